"""What went out and what did not, for the desk, and what a person does with the undelivered."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import jobs
from server.errors import Conflict
from server.models.county import County
from server.models.person import Person
from server.models.webhook import (
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookKind,
    WebhookState,
    WebhookTry,
)
from server.services.common import history
from server.services.common.outbox import SEND
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.webhooks.actions import WebhookAction


class Sent(NamedTuple):
    """One message to one receiver with its newest try (None before the first)."""

    delivery_id: int
    uid: str
    kind: WebhookKind
    at: datetime
    state: DeliveryState
    tries: int
    next_at: datetime
    last: WebhookTry | None


class Tally(NamedTuple):
    """How much of a receiver's lies where; `done` in the last 7 days."""

    due: int = 0
    dead: int = 0
    done: int = 0


def tallies(session: Session, *, county: str, now: datetime) -> dict[int, Tally]:
    """By receiver; one query."""
    asked = (
        sa.select(WebhookDelivery.endpoint_id, WebhookDelivery.state, sa.func.count())
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(
            WebhookEndpoint.county == county,
            sa.or_(
                WebhookDelivery.ended_at.is_(None),
                WebhookDelivery.state == DeliveryState.DEAD,
                WebhookDelivery.ended_at > now - timedelta(days=7),
            ),
        )
        .group_by(WebhookDelivery.endpoint_id, WebhookDelivery.state)
    )
    found: dict[int, Tally] = {}
    for endpoint_id, state, number in session.execute(asked):
        if state is not DeliveryState.DROPPED:
            held = found.get(endpoint_id, Tally())
            found[endpoint_id] = held._replace(**{state.value: number})
    return found


def sent_to(
    session: Session, *, endpoint: WebhookEndpoint, state: DeliveryState | None, limit: int
) -> list[Sent]:
    """What was or is to be sent to a receiver, the newest first."""
    newest = (
        sa.select(sa.func.max(WebhookTry.id))
        .where(WebhookTry.delivery_id == WebhookDelivery.id)
        .correlate(WebhookDelivery)
        .scalar_subquery()
    )
    asked = (
        sa.select(WebhookDelivery, WebhookEvent, WebhookTry)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .outerjoin(WebhookTry, WebhookTry.id == newest)
        .where(WebhookDelivery.endpoint_id == endpoint.id)
        .order_by(WebhookDelivery.id.desc())
        .limit(limit)
    )
    if state is not None:
        asked = asked.where(WebhookDelivery.state == state)
    return [
        Sent(
            one.id, event.uid, event.kind, event.at, one.state, one.tries, one.next_at, last
        )
        for one, event, last in session.execute(asked)
    ]  # fmt: skip


def tries_of(session: Session, *, endpoint: WebhookEndpoint, uid: str) -> list[WebhookTry]:
    """Every try of one message to a receiver, the first first."""
    asked = (
        sa.select(WebhookTry)
        .join(WebhookDelivery, WebhookDelivery.id == WebhookTry.delivery_id)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookEvent.uid == uid)
    )
    return list(session.scalars(asked.order_by(WebhookTry.id)))


def replay(
    session: Session, *, endpoint: WebhookEndpoint, ids: Collection[int] | None, by: Person,
    now: datetime,
) -> int:  # fmt: skip
    """Send given-up messages again from the first try; None means all. Raises Conflict."""
    if endpoint.state is WebhookState.ENDED:
        raise Conflict("webhook-ended", f"{endpoint.name}已经取消，不能再发。")
    values = {"state": DeliveryState.DUE, "next_at": now, "tries": 0, "ended_at": None}
    number = _of_dead(session, endpoint, ids, values)
    _say(session, endpoint, WebhookAction.WEBHOOK_REPLAYED, f"{number}条重新发", by=by, now=now)
    jobs.enqueue(session, SEND, {}, now=now)
    return number


def drop(
    session: Session, *, endpoint: WebhookEndpoint, seen: int, by: Person, now: datetime
) -> int:
    """Say that the given-up messages need not arrive any more: all, if they are as many as `seen`.

    Raises Conflict webhook-none-dead, webhook-more-dead.
    """
    values = {"state": DeliveryState.DROPPED, "ended_at": now}
    number = _of_dead(session, endpoint, None, values)
    if number != seen:
        raise Conflict(
            "webhook-more-dead",
            f"没送到的现在是{number}条，和您刚才看到的{seen}条不一样，所以都还留着。请看过再办。",
        )
    _say(session, endpoint, WebhookAction.WEBHOOK_DROPPED, f"{number}条不再发", by=by, now=now)
    return number


@counted
def webhooks_queue(session: Session, asked: Asked) -> QueueLine:
    """Receivers that a person has to look at: they take no more, or did not get something."""
    dead = (
        sa.select(WebhookDelivery.endpoint_id, sa.func.min(WebhookDelivery.ended_at).label("since"))
        .where(WebhookDelivery.state == DeliveryState.DEAD)
        .group_by(WebhookDelivery.endpoint_id)
        .subquery()
    )
    gone = WebhookEndpoint.state == WebhookState.GONE
    rows = (
        sa.select(WebhookEndpoint)
        .outerjoin(dead, dead.c.endpoint_id == WebhookEndpoint.id)
        .where(
            WebhookEndpoint.county == asked.county,
            WebhookEndpoint.state != WebhookState.ENDED,
            gone | dead.c.since.is_not(None),
        )
    )
    return waiting(session, rows, sa.func.coalesce(dead.c.since, WebhookEndpoint.state_at))


def _of_dead(
    session: Session,
    endpoint: WebhookEndpoint,
    ids: Collection[int] | None,
    values: dict[str, object],
) -> int:
    chosen = sa.update(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.state == DeliveryState.DEAD
    )
    if ids is not None:
        chosen = chosen.where(WebhookDelivery.id.in_(list(ids)))
    done = session.execute(
        chosen.values(values)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    number = len(done.all())
    if not number:
        raise Conflict("webhook-none-dead", "没有要处理的消息，可能别人刚处理过。请刷新看一下。")
    return number


def _say(
    session: Session, endpoint: WebhookEndpoint, action: WebhookAction, what: str, *, by: Person,
    now: datetime,
) -> None:  # fmt: skip
    history.write(
        session, of=session.get_one(County, endpoint.county), by=by, at=now, action=action,
        summary=f"{endpoint.name}：{what}",
    )  # fmt: skip
