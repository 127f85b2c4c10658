"""The verbs around a message: note the news, take what is due for one person, keep what came of it.

Nothing here speaks to WeChat, and nothing commits (`server/channels/wechat/round.py` does both).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from server.db import table_of
from server.models.wechat import MessageState, WeChatMessage
from server.policy.messages import Words, next_try, together
from server.services.messages.news import News, NewsKind, news_for
from server.services.messages.permissions import Reach, reachable, used

LEASE = timedelta(minutes=2)
"""A sender silent for longer has died: what it had in hand is tried again."""
KEPT_FOR = timedelta(days=90)
"""Longer than anything stays news, so that nothing is told twice."""
OPEN = (MessageState.WAITING, MessageState.SENDING)

_NEW = {
    dialect: insert(table_of(WeChatMessage)).on_conflict_do_nothing(
        index_elements=["kind", "key", "person_id"]
    )
    for dialect, insert in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
}


class Came(Enum):
    """What came of a try."""

    SENT = auto()
    LATER = auto()
    REFUSED = auto()
    NOBODY = auto()


@dataclass(frozen=True)
class Templates:
    """The owner's templates: of things to do, and of money paid; None where there is none."""

    todo: str | None = None
    paid: str | None = None

    @property
    def ids(self) -> list[str]:
        """Those that there are."""
        return [one for one in (self.todo, self.paid) if one]

    def of(self, kind: str) -> str | None:
        """By which a kind of news is told."""
        return self.paid if kind == NewsKind.PAID else self.todo


@dataclass(frozen=True)
class Parcel:
    """What one person is told in one message, now in somebody's hands."""

    ids: tuple[int, ...]
    kind: NewsKind
    reach: Reach
    template: str
    words: Words


def fresh_news(
    session: Session, *, people: Sequence[Reach], templates: Templates, now: datetime
) -> list[News]:
    """What is news to these people and not written down yet; only reads, however long it takes."""
    found = _allowed(
        news_for(session, people=[one.person for one in people], now=now), people, templates
    )
    known = _known(session, [one.person.id for one in people])
    return [one for one in found if one.name not in known]


def write_down(session: Session, news: Sequence[News], *, now: datetime) -> None:
    """Have news wait to be told; what somebody else has written down meanwhile stays as it is."""
    insert = _NEW[session.get_bind().dialect.name]
    for one in news:
        row = {
            "county": one.county, "kind": one.kind.value, "key": one.key,
            "person_id": one.person_id, "state": MessageState.WAITING, "tries": 0,
            "found_at": now, "next_at": now,
        }  # fmt: skip
        session.execute(insert, row)


@dataclass(frozen=True)
class Taken:
    """Whoever was looked at, and what they are to be told: None where nothing is left to tell."""

    person_id: int
    parcel: Parcel | None


def take(
    session: Session,
    *,
    appid: str,
    templates: Templates,
    now: datetime,
    without: Collection[int] = (),
) -> Taken | None:
    """Take what is due for one person by one template, as one message; None when nothing is.

    What is news no longer, or not allowed any more, ends here instead: nobody is told of what is
    done. One person a time, so that the write lock is held no longer for many. Whoever it was taken
    for is not looked at again in this round (`without`).
    """
    is_due = sa.and_(WeChatMessage.state.in_(OPEN), WeChatMessage.next_at <= now)
    person_id = session.scalar(
        sa.select(WeChatMessage.person_id)
        .where(is_due, WeChatMessage.person_id.not_in(list(without)))
        .order_by(WeChatMessage.next_at, WeChatMessage.id)
        .limit(1)
    )
    if person_id is None:
        return None
    due = session.scalars(
        sa.select(WeChatMessage)
        .where(is_due, WeChatMessage.person_id == person_id)
        .order_by(WeChatMessage.next_at, WeChatMessage.id)
        .with_for_update(skip_locked=True)
    ).all()
    people = reachable(session, appid=appid, templates=templates.ids, now=now, person_id=person_id)
    reach = people[0] if people else None
    news = {
        one.name: one for one in news_for(session, people=[one.person for one in people], now=now)
    }
    groups: dict[str, list[tuple[WeChatMessage, News]]] = {}
    for one in due:
        template = templates.of(one.kind)
        if reach is None or template is None or template not in reach.templates:
            _end(one, MessageState.UNWANTED, now)
            continue
        still = news.get((one.kind, one.key, one.person_id))
        if still is None:
            _end(one, MessageState.SETTLED, now)
            continue
        groups.setdefault(template, []).append((one, still))
    session.flush()
    if reach is None or not groups:
        return Taken(person_id, None)
    template, first = next(iter(groups.items()))
    for one, _ in first:
        one.state, one.tries, one.next_at = MessageState.SENDING, one.tries + 1, now + LEASE
    session.flush()
    parcel = Parcel(
        tuple(one.id for one, _ in first),
        first[0][1].kind,
        reach,
        template,
        together([still.words for _, still in first]),
    )
    return Taken(person_id, parcel)


def keep(
    session: Session, parcel: Parcel, came: Came, *, number: int | None, now: datetime
) -> None:
    """Write down what came of a try; `number` is WeChat's error, if there was one."""
    for one in session.scalars(
        sa.select(WeChatMessage)
        .where(WeChatMessage.id.in_(parcel.ids), WeChatMessage.state == MessageState.SENDING)
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        one.number = number
        again = next_try(now, one.tries) if came is Came.LATER else None
        if came is Came.SENT:
            _end(one, MessageState.SENT, now)
        elif came in (Came.REFUSED, Came.NOBODY):
            _end(one, MessageState.UNWANTED, now)
        elif again is None:
            _end(one, MessageState.GIVEN_UP, now)
        else:
            one.state, one.next_at = MessageState.WAITING, again
    if came is not Came.LATER:
        identity_id, gone = parcel.reach.identity.id, came is not Came.SENT
        templates = parcel.reach.templates if came is Came.NOBODY else {parcel.template}
        for template in templates:
            used(session, identity_id=identity_id, template=template, all_of_them=gone)
    session.flush()


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget messages that ended long ago."""
    session.execute(sa.delete(WeChatMessage).where(WeChatMessage.ended_at < now - KEPT_FOR))


def numbers_lately(session: Session, *, now: datetime) -> Mapping[int, int]:
    """With which errors messages wait or were given up in the last two days, and how many each."""
    return {
        number: many
        for number, many in session.execute(
            sa.select(WeChatMessage.number, sa.func.count())
            .where(
                WeChatMessage.number.is_not(None),
                WeChatMessage.state.in_([*OPEN, MessageState.GIVEN_UP]),
                sa.func.coalesce(WeChatMessage.ended_at, WeChatMessage.next_at)
                > now - timedelta(days=2),
            )
            .group_by(WeChatMessage.number)
        )
        if number is not None
    }


def _allowed(found: Sequence[News], people: Sequence[Reach], templates: Templates) -> list[News]:
    allowed = {one.person.id: one.templates for one in people}
    return [one for one in found if templates.of(one.kind) in allowed[one.person_id]]


def _known(session: Session, people: Sequence[int]) -> set[tuple[str, str, int]]:
    return {
        (kind, key, person_id)
        for kind, key, person_id in session.execute(
            sa.select(WeChatMessage.kind, WeChatMessage.key, WeChatMessage.person_id).where(
                WeChatMessage.person_id.in_(people)
            )
        )
    }


def _end(one: WeChatMessage, state: MessageState, now: datetime) -> None:
    one.state, one.ended_at = state, now
