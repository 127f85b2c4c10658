"""The verbs around sending: number what was committed, take what is due, keep what came of it.

Nothing here speaks to anybody outside, and nothing commits (`server/channels/webhooks` does both).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.db import UtcDateTime
from server.errors import Conflict
from server.models.county import County
from server.models.webhook import (
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookState,
    WebhookTry,
    WebhookWay,
)
from server.policy.webhooks import pause_after
from server.services.common import history
from server.services.common.outbox import LISTENING
from server.services.common.written import cut
from server.services.webhooks.actions import WebhookAction
from server.services.webhooks.endpoints import Ring, secrets_of

LEASE = timedelta(minutes=2)
"""A sender silent for longer has died: its delivery goes out again, under the same webhook-id."""
FARTHEST = timedelta(hours=26)
"""No pause is as long: what would wait longer was put off by a clock that has been set back."""
KEPT_FOR = timedelta(days=60)
GONE = 410


@dataclass(frozen=True)
class Taken:
    """A delivery in somebody's hands; `secrets` is empty where they cannot be unsealed."""

    id: int
    owner: str
    tries: int
    endpoint_id: int
    uid: str
    body: bytes
    url: str
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What a receiver answered; `status` None where it did not, and `trouble` says why."""

    status: int | None
    took_ms: int
    said: str = ""
    trouble: str = ""
    retry_after_s: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it: 2xx alone says so."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def away(self) -> bool:
        """Whether nobody is there, or asks for patience: nothing more is sent now."""
        return self.status in {None, 429, 502, 503, 504}


def put_in_order(session: Session, *, now: datetime) -> int:
    """Number what has been committed, and make a delivery of each for whoever asked; how many.

    A county's numbers are given by one at a time, under the county's row, and only to messages that
    everybody sees: a number that came earlier is never seen later.
    """
    unnumbered = WebhookEvent.seq.is_(None)
    counties = session.scalars(sa.select(WebhookEvent.county).where(unnumbered).distinct()).all()
    number = 0
    for county in sorted(counties):
        session.execute(
            sa.select(County.code).where(County.code == county).with_for_update(key_share=True)
        )
        last = session.scalar(
            sa.select(sa.func.max(WebhookEvent.seq)).where(WebhookEvent.county == county)
        )
        asked = sa.select(WebhookEvent).where(unnumbered, WebhookEvent.county == county)
        events = session.scalars(asked.order_by(WebhookEvent.id)).all()
        # A clock set back hides nothing from receivers that are there by now (`feed_page`).
        newest = session.scalar(
            sa.select(sa.func.max(WebhookEndpoint.made_at)).where(WebhookEndpoint.county == county)
        )
        for seq, one in enumerate(events, (last or 0) + 1):
            one.seq, one.put_at = seq, max(now, newest or now)
        session.flush()
        _fan_out(session, county, events, now)
        number += len(events)
    return number


def _fan_out(session: Session, county: str, events: Iterable[WebhookEvent], now: datetime) -> None:
    receivers = session.scalars(
        sa.select(WebhookEndpoint).where(
            WebhookEndpoint.county == county,
            WebhookEndpoint.way == WebhookWay.PUSH,
            WebhookEndpoint.state.in_(LISTENING),
        )
    ).all()
    for event in events:
        for one in receivers:
            own = event.endpoint_id == one.id
            if own or (event.endpoint_id is None and event.kind.value in one.kinds):
                session.add(
                    WebhookDelivery(
                        event_id=event.id, endpoint_id=one.id, state=DeliveryState.DUE, next_at=now
                    )
                )
    session.flush()


def _due(now: datetime) -> sa.ColumnElement[bool]:
    free = sa.or_(
        WebhookDelivery.lease_until.is_(None),
        WebhookDelivery.lease_until < now,
        WebhookDelivery.lease_until > now + 2 * LEASE,
    )
    come = sa.or_(WebhookDelivery.next_at <= now, WebhookDelivery.next_at > now + FARTHEST)
    active = sa.select(WebhookEndpoint.id).where(WebhookEndpoint.state == WebhookState.ACTIVE)
    return sa.and_(
        WebhookDelivery.state == DeliveryState.DUE,
        free,
        come,
        WebhookDelivery.endpoint_id.in_(active),
    )


def anything_due(session: Session, *, now: datetime) -> bool:
    """Whether there is anything to number or to send; only reads."""
    unnumbered = sa.select(WebhookEvent.id).where(WebhookEvent.seq.is_(None)).exists()
    due = sa.select(WebhookDelivery.id).where(_due(now)).exists()
    return bool(session.scalar(sa.select(sa.or_(unnumbered, due))))


def next_due(session: Session) -> datetime | None:
    """When the next delivery comes, or the silence of one's sender has lasted too long."""
    active = sa.select(WebhookEndpoint.id).where(WebhookEndpoint.state == WebhookState.ACTIVE)
    comes = sa.func.coalesce(WebhookDelivery.lease_until, WebhookDelivery.next_at)
    return session.scalar(
        sa.select(sa.type_coerce(sa.func.min(comes), UtcDateTime())).where(
            WebhookDelivery.state == DeliveryState.DUE, WebhookDelivery.endpoint_id.in_(active)
        )
    )


def take(
    session: Session, *, owner: str, now: datetime, ring: Ring, without: Collection[int] = ()
) -> Taken | None:
    """Take the delivery that is due longest; None when there is none.

    One UPDATE, so two senders never have the same (as with jobs). `without` are receivers that are
    left alone. The try counts from here: one that never ends has been one all the same.
    """
    query = sa.select(WebhookDelivery.id).where(_due(now))
    if without:
        query = query.where(WebhookDelivery.endpoint_id.not_in(list(without)))
    first = (
        query.order_by(WebhookDelivery.next_at, WebhookDelivery.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=WebhookDelivery)
        .scalar_subquery()
    )
    taken = session.execute(
        sa.update(WebhookDelivery)
        .where(WebhookDelivery.id == first)
        .values(owner=owner, lease_until=now + LEASE, tries=WebhookDelivery.tries + 1)
        .returning(
            WebhookDelivery.id, WebhookDelivery.tries, WebhookDelivery.event_id,
            WebhookDelivery.endpoint_id,
        )
        .execution_options(synchronize_session=False)
    ).one_or_none()  # fmt: skip
    if taken is None:
        return None
    event = session.get_one(WebhookEvent, taken.event_id)
    endpoint = session.get_one(WebhookEndpoint, taken.endpoint_id)
    try:
        secrets = tuple(secrets_of(endpoint, ring=ring, now=now))
    except Conflict:
        secrets = ()  # the key is lost: this receiver's tries say so, the others' go on
    return Taken(
        taken.id, owner, taken.tries, endpoint.id, event.uid, event.body.encode(), endpoint.url,
        secrets,
    )  # fmt: skip


def keep(session: Session, taken: Taken, answer: Answer, *, now: datetime, chance: float) -> bool:
    """Write down what came of a try; False when it is in other hands by now.

    Taken (2xx): done. 410: the receiver is stopped, and what is for it waits for a person. All else
    is tried again by the standard's schedule, and given up after the last try. `chance` in [0, 1).
    """
    asked_s = answer.retry_after_s if answer.away else None
    pause = pause_after(taken.tries, chance=chance, asked_s=asked_s)
    gone = answer.status == GONE
    if answer.taken:
        state, next_at = DeliveryState.DONE, now
    elif pause is None and not gone:
        state, next_at = DeliveryState.DEAD, now
    else:
        state, next_at = DeliveryState.DUE, now + (pause or timedelta())
    ended_at = None if state is DeliveryState.DUE else now
    mine = session.execute(
        sa.update(WebhookDelivery)
        .where(
            WebhookDelivery.id == taken.id,
            WebhookDelivery.owner == taken.owner,
            WebhookDelivery.tries == taken.tries,
            WebhookDelivery.state == DeliveryState.DUE,
        )
        .values(state=state, next_at=next_at, ended_at=ended_at, owner=None, lease_until=None)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    session.add(
        WebhookTry(
            delivery_id=taken.id,
            at=now,
            status=answer.status,
            took_ms=answer.took_ms,
            said=cut(answer.said, WebhookTry.said),
            trouble=cut(answer.trouble, WebhookTry.trouble),
        )
    )
    session.flush()
    if gone:
        _stop(session, taken.endpoint_id, now)
    return mine is not None


def _stop(session: Session, endpoint_id: int, now: datetime) -> None:
    """The receiver said that it takes no more (410): it is stopped, and the office is told."""
    endpoint = session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True)
    session.refresh(endpoint)
    if endpoint.state in {WebhookState.GONE, WebhookState.ENDED}:
        return
    endpoint.state, endpoint.state_at = WebhookState.GONE, now
    session.flush()
    history.write(
        session,
        of=session.get_one(County, endpoint.county),
        by=None,
        at=now,
        action=WebhookAction.WEBHOOK_GONE,
        summary=f"{endpoint.name}：对方答复不再接收（410），已停止推送",
    )


def forget_old(session: Session, *, now: datetime) -> int:
    """Forget messages of long ago with their tries, but the newest of a county; how many.

    What still waits for its receiver, and what was given up, stays until a person decides.
    """
    later = aliased(WebhookEvent)
    waiting = sa.select(WebhookDelivery.event_id).where(
        WebhookDelivery.state.in_([DeliveryState.DUE, DeliveryState.DEAD])
    )
    old = session.scalars(
        sa.select(WebhookEvent.id).where(
            WebhookEvent.put_at < now - KEPT_FOR,
            WebhookEvent.id.not_in(waiting),
            sa.exists().where(later.county == WebhookEvent.county, later.seq > WebhookEvent.seq),
        )
    ).all()
    for first in range(0, len(old), 500):
        some = old[first : first + 500]
        of_these = sa.select(WebhookDelivery.id).where(WebhookDelivery.event_id.in_(some))
        session.execute(sa.delete(WebhookTry).where(WebhookTry.delivery_id.in_(of_these)))
        session.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.event_id.in_(some)))
        session.execute(sa.delete(WebhookEvent).where(WebhookEvent.id.in_(some)))
    return len(old)
