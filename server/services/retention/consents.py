"""同意: what a keeper is free to refuse, in which words, and what was answered.

Only what the work goes on without is asked for: where a check-in was made, and messages in WeChat.
What the law or the contract needs (name, telephone, photos of the station, counts, the account) is
told and not asked: a consent that cannot be refused is none. An inspector's position belongs to the
record that both sign and is an official's duty.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from server.calendar import beijing_day
from server.errors import Invalid
from server.models.consent import Consent, ConsentState, ConsentWay, Purpose
from server.models.county import County
from server.models.person import Person, Role
from server.models.phone_event import CheckIn, PhoneEvent
from server.models.wechat import WeChatIdentity
from server.services.common import history
from server.services.common.phone_items import ConsentEntry
from server.services.retention.actions import RetentionAction
from server.services.retention.blanking import blank_check_ins
from server.services.retention.wordings import Wording, keep_wordings, texts_held, wordings

A_PAGE = 100
Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class AskedOf:
    """A purpose as a person's phone shows it: the present text, and how it stands."""

    purpose: Purpose
    title: str
    text: str
    sha256: str
    state: ConsentState


def asked_of(session: Session, *, person: Person, county: County) -> list[AskedOf]:
    """What a keeper is asked, and how each stands; two queries. A no holds for every text.

    Messages are asked about where somebody is in WeChat, or has spoken of them before.
    """
    if person.role is not Role.KEEPER:
        return []
    last = _last(session, person.id)
    in_wechat = Purpose.MESSAGES in last or session.scalar(
        sa.select(WeChatIdentity.id)
        .where(WeChatIdentity.person_id == person.id, WeChatIdentity.ended_at.is_(None))
        .limit(1)
    )
    return [
        AskedOf(purpose, purpose.label, one.text, one.sha256, _state(last.get(purpose), one))
        for purpose, one in wordings(county).items()
        if purpose is not Purpose.MESSAGES or in_wechat
    ]


def _state(last: Consent | None, now: Wording) -> ConsentState:
    if last is None or (last.agreed and last.text_sha256 != now.sha256):
        return ConsentState.NOT_ASKED
    return ConsentState.AGREED if last.agreed else ConsentState.DECLINED


def _last(session: Session, person_id: int) -> dict[Purpose, Consent]:
    return _last_of(session, [person_id]).get(person_id, {})


def take_consent(
    session: Session,
    *,
    event: PhoneEvent,
    county: County,
    entry: ConsentEntry,
    by: Person,
    now: datetime,
) -> None:
    """Keep an answer with the text's version, moment and way; the last that was said holds.

    From a no on nothing of the kind is kept, whatever a phone sends; what was before stays lawful.
    A yes must name a text that can be read; a no holds whatever it named. Raises Invalid
    consent-unknown, consent-text-unknown.
    """
    if entry.purpose not in Purpose.labels() or entry.way not in ConsentWay.labels():
        raise Invalid("consent-unknown", "这一项服务器还不认识。请更新以后再选一次。")
    purpose, way = Purpose(entry.purpose), ConsentWay(entry.way)
    if entry.text_sha256 == wordings(county)[purpose].sha256:
        keep_wordings(session, county, now=now)  # shown before a restored copy, say
    elif entry.agreed:
        _refuse_unread(session, county=county, purpose=purpose, sha256=entry.text_sha256)
    session.add(
        Consent(
            county=event.county,
            person_id=by.id,
            purpose=purpose,
            agreed=entry.agreed,
            text_sha256=entry.text_sha256,
            way=way,
            device_id=event.device_id,
            event_id=event.id,
            said_at=event.occurred_at,
            received_at=now,
        )
    )
    session.flush()
    holds(session, person_id=by.id)
    if purpose is Purpose.POSITION and not entry.agreed:
        _forget_declined(session, person_id=by.id, on=beijing_day(now))
    history.write(
        session,
        of=county,
        by=session.get_one(Person, by.id),
        at=now,
        action=RetentionAction.CONSENT_GIVEN if entry.agreed else RetentionAction.CONSENT_DECLINED,
        summary=f"{by.name}{'同意' if entry.agreed else '不同意'}：{purpose.label}"
        f"（{way.label}，文本{entry.text_sha256}）",
    )


def _refuse_unread(session: Session, *, county: County, purpose: Purpose, sha256: str) -> None:
    """Nobody can say later what somebody agreed to whose text nobody has."""
    if texts_held(session, county=county.code, among=[sha256]).get(sha256) is not purpose:
        raise Invalid(
            "consent-text-unknown",
            "您同意的那段话，县里已经改过，原话这里没有留底，不能算数。"
            "请点“我的”里的“我的信息怎么用”，看现在的话再选一次。",
        )


def holds(session: Session, *, person_id: int) -> None:
    """Write beside the person what the last answers forbid, for whoever may not ask twice."""
    person, last = session.get_one(Person, person_id), _last(session, person_id)
    spans = declined_spans(session, person_id=person_id)
    person.position_declined_at = spans[-1][0] if spans and spans[-1][1] is None else None
    messages = last.get(Purpose.MESSAGES)
    said_no = messages is not None and not messages.agreed
    person.messages_declined_at = messages.said_at if messages and said_no else None
    session.flush()


def declined_spans(session: Session, *, person_id: int) -> list[Span]:
    """When a person let nobody have where they check in, the earliest first; one query.

    From the first no to the yes after it, whatever was said in between: phones hand in late, and
    in any order. `until` is None while it lasts.
    """
    asked = (
        sa.select(Consent.said_at, Consent.agreed)
        .where(Consent.person_id == person_id, Consent.purpose == Purpose.POSITION)
        .order_by(Consent.said_at, Consent.received_at, Consent.id)
    )
    spans: list[Span] = []
    for said_at, agreed in session.execute(asked):
        lasts = bool(spans) and spans[-1][1] is None
        if agreed and lasts:
            spans[-1] = spans[-1][0], said_at
        elif not agreed and not lasts:
            spans.append((said_at, None))
    return spans


def declined_at(spans: Sequence[Span], at: datetime) -> bool:
    """Whether a moment lies within such times."""
    return any(since <= at and (until is None or at < until) for since, until in spans)


def turned(person_id: "sa.ColumnElement[int] | InstrumentedAttribute[int]") -> sa.Exists:
    """In a query: whether a no to the place was followed by a yes, so that times must be asked."""
    no, yes = aliased(Consent), aliased(Consent)
    return sa.exists().where(
        no.person_id == person_id,
        no.purpose == Purpose.POSITION,
        ~no.agreed,
        yes.person_id == no.person_id,
        yes.purpose == no.purpose,
        yes.agreed,
        yes.said_at >= no.said_at,
    )


def _forget_declined(session: Session, *, person_id: int, on: date) -> None:
    """Places of check-ins that came before the no that forbade them, by another phone say."""
    for since, until in declined_spans(session, person_id=person_id):
        asked = (
            sa.select(CheckIn)
            .join(PhoneEvent, PhoneEvent.id == CheckIn.id)
            .where(
                PhoneEvent.person_id == person_id,  # has an index; a county's check-ins are many
                PhoneEvent.occurred_at >= since,
                CheckIn.position_declined.is_(False),
            )
        )
        if until is not None:
            asked = asked.where(PhoneEvent.occurred_at < until)
        some = session.scalars(asked).all()
        blank_check_ins(session, [one.id for one in some], on=on)
        for one in some:
            one.distance_m, one.position_erased_on, one.position_declined = None, None, True
            event = session.get_one(PhoneEvent, one.id)
            event.payload = event.payload | {"position_declined": True}
    session.flush()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a keeper stands to each purpose, with the last answer to it where there is one.

    `unread` are purposes whose last answer names a text that was never written down.
    """

    person: Person
    states: dict[Purpose, ConsentState]
    last: dict[Purpose, Consent]
    unread: frozenset[Purpose]


def standings(
    session: Session, *, county: County, first: int = 0, most: int = A_PAGE
) -> list[Standing]:
    """The county's keepers by name, some from the `first` on, for its office; three queries."""
    people = session.scalars(
        _keepers(county).order_by(Person.name, Person.id).offset(first).limit(most)
    ).all()
    last = _last_of(session, [one.id for one in people])
    now = wordings(county)
    named = {one.text_sha256 for theirs in last.values() for one in theirs.values()}
    held = texts_held(session, county=county.code, among=named)
    found = []
    for person in people:
        theirs = last.get(person.id, {})
        unread = frozenset(p for p, one in theirs.items() if held.get(one.text_sha256) is not p)
        states = {p: _state(theirs.get(p), now[p]) for p in now}
        found.append(Standing(person, states, theirs, unread))
    return found


def counts(session: Session, *, county: County) -> dict[Purpose, Counter[ConsentState]]:
    """How many keepers stand how to each purpose; two queries."""
    people = session.scalars(_keepers(county).with_only_columns(Person.id)).all()
    last, now = _last_of(session, people), wordings(county)
    return {
        purpose: Counter(_state(last.get(key, {}).get(purpose), now[purpose]) for key in people)
        for purpose in now
    }


def _keepers(county: County) -> sa.Select[Any]:
    return sa.select(Person).where(
        Person.county == county.code, Person.role == Role.KEEPER, Person.active
    )


def _last_of(session: Session, people: Sequence[int]) -> dict[int, dict[Purpose, Consent]]:
    """The last answers of these people: what the database ranks, not all that was ever said."""
    rank = sa.func.row_number().over(
        partition_by=(Consent.person_id, Consent.purpose),
        order_by=(Consent.said_at.desc(), Consent.received_at.desc(), Consent.id.desc()),
    )
    ranked = (
        sa.select(Consent.id, rank.label("rank")).where(Consent.person_id.in_(people)).subquery()
    )
    found: dict[int, dict[Purpose, Consent]] = {}
    for one in session.scalars(
        sa.select(Consent).join(ranked, (ranked.c.id == Consent.id) & (ranked.c.rank == 1))
    ):
        found.setdefault(one.person_id, {})[one.purpose] = one
    return found
