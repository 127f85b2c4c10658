"""Takes down what somebody says of a station, and tells what was said last and by whom."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from server.calendar import beijing_day, full_day_text
from server.errors import Invalid, NotFound
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.statement import Statement
from server.models.station import Station
from server.policy.standard.facts import RULED, Fact, Value, Word, fact_named, value_of
from server.policy.standard.options import CountyOptions
from server.services.common import history
from server.services.common.written import cut
from server.services.standing.actions import StandingAction


@dataclass(frozen=True, slots=True)
class SaidView:
    """The newest statement of one word on one fact, ready for a screen."""

    fact: str
    title: str
    value: Value
    text: str
    word: Word
    word_label: str
    observed_on: date
    who: str
    note: str
    photo_id: UUID | None


class Saying(NamedTuple):
    """What one word says of a fact on a day; `value` as `value_of` reads it, None takes back."""

    station_id: int
    fact: str
    value: Value
    on: date
    note: str = ""
    photo_id: UUID | None = None


def take_down(
    session: Session,
    sayings: Sequence[Saying],
    *,
    county: str,
    word: Word,
    by: Person | None,
    now: datetime,
) -> list[int]:
    """Take down what one word says, as it comes: the only writer of statements. Ids in that order.

    Nothing is checked and no history written: for deeds that write their own (an inspection, an
    acceptance, an import) and know that each says something new. A single word comes by `say`.
    """
    rows = [
        {
            "county": county,
            "station_id": one.station_id,
            "fact": one.fact,
            "value": _kept(one.value),
            "word": word.value,
            "observed_on": one.on,
            "said_at": now,
            "person_id": by.id if by else None,
            "photo_id": one.photo_id,
            "note": _note(one.note),
        }
        for one in sayings
    ]
    if not rows:
        return []
    insert = sa.insert(Statement).returning(Statement.id, sort_by_parameter_order=True)
    return list(session.scalars(insert, rows))


def say(
    session: Session,
    *,
    station: Station,
    fact: str,
    value: Any,
    word: Word,
    on: date,
    by: Person | None,
    now: datetime,
    photo_id: UUID | None = None,
    note: str = "",
    options: CountyOptions | None = None,
) -> Statement | None:
    """Take down one statement; None when the same word said exactly this of the same day already.

    `value` None takes back what that word said before. Raises Invalid fact-unknown,
    fact-value-invalid, statement-not-theirs, statement-day-wrong; NotFound photo-unknown.
    """
    known = fact_named(fact, options or CountyOptions())
    read = value_of(known, value)
    if word not in known.speakers:
        who = "、".join(one.label for one in known.speakers)
        raise Invalid("statement-not-theirs", f"“{known.title}”只能由{who}来说，没有记下。")
    if on > beijing_day(now):
        raise Invalid("statement-day-wrong", f"“{known.title}”的核查日期还没有到，请核对。")
    if photo_id is not None:
        photo = session.get(Photo, photo_id)
        if photo is None or photo.station_id != station.id:
            raise NotFound("photo-unknown", "这个站点没有这张照片。请从本站照片里选择。")
    before = newest(session, station_ids=[station.id], fact=fact, word=word)
    old = before[0] if before else None
    said = (_kept(read), on, _note(note), photo_id)
    if old and (old.value, old.observed_on, old.note, old.photo_id) == said:
        return None
    saying = Saying(station.id, fact, read, on, note, photo_id)
    [key] = take_down(session, [saying], county=station.county, word=word, by=by, now=now)
    statement = session.get_one(Statement, key)
    if word is Word.MACHINE and old is not None and old.value == statement.value:
        return statement  # the same again, of a newer photo: no line in anybody's history
    old_text = value_text(known, value_of(known, old.value)) if old else ""
    change = history.Change(
        field=fact, label=known.title, old=old_text, new=value_text(known, read)
    )
    still = ""
    if old is not None and on < old.observed_on:  # it tells of an earlier day, and changes nothing
        still = f"（说的是{full_day_text(on)}，现在仍以{full_day_text(old.observed_on)}看的为准）"
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=StandingAction.STATEMENT_SAID,
        summary=f"{word.label}：{known.title} {value_text(known, read) or '不作判断'}{still}",
        changes=[] if still else [change],
        reason=statement.note,
    )
    return statement


def holds_instead(
    session: Session, statement: Statement, *, options: CountyOptions | None = None
) -> str:
    """What the same word says of a later day, so that this statement does not hold; else ""."""
    [first] = newest(
        session,
        station_ids=[statement.station_id],
        fact=statement.fact,
        word=Word(statement.word),
    )
    if first.id == statement.id:
        return ""
    known = fact_named(statement.fact, options or CountyOptions())
    said = value_text(known, value_of(known, first.value)) or "不作判断"
    return f"{known.title}仍以{full_day_text(first.observed_on)}看的“{said}”为准"


def lapse(
    session: Session,
    *,
    station: Station,
    fact: str,
    word: Word,
    by: Person | None,
    now: datetime,
    note: str,
) -> Statement | None:
    """Take back what a word says of a fact, because what it was held against has changed.

    Of the same day as what is taken back: whoever looks at the same photo again is heard.
    """
    before = newest(session, station_ids=[station.id], fact=fact, word=word)
    if not before or before[0].value is None:
        return None
    on = before[0].observed_on
    return say(
        session, station=station, fact=fact, value=None, word=word, on=on, by=by, now=now, note=note
    )


def lapses(
    session: Session, station_ids: Collection[int], *, fact: str, word: Word, note: str
) -> list[tuple[Saying, history.Change]]:
    """What `lapse` would say of many stations, and the change as history tells it; says nothing."""
    known = fact_named(fact, CountyOptions())
    return [
        (
            Saying(one.station_id, fact, None, one.observed_on, note),
            history.Change(
                field=fact,
                label=known.title,
                old=value_text(known, value_of(known, one.value)),
                new="",
            ),
        )
        for one in newest(session, station_ids=station_ids, fact=fact, word=word)
        if one.value is not None
    ]


def value_text(fact: Fact, value: Value) -> str:
    """A value as a screen says it: 有货架, 没有货架, 12.5平方米."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return fact.yes if value else fact.no
    if isinstance(value, Decimal):
        return f"{value:f}平方米" if fact.name == "floor_area_m2" else f"{value:f}"
    return value


def said_of(
    session: Session, *, station_id: int, options: CountyOptions | None = None
) -> list[SaidView]:
    """The newest statement per fact and word, the strongest word first within a fact."""
    statements = newest(session, station_ids=[station_id])
    ids = {one.person_id for one in statements if one.person_id}
    people: dict[int, str] = dict(
        session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()
    )
    views = []
    for one in statements:
        fact, word = fact_named(one.fact, options or CountyOptions()), Word(one.word)
        value = value_of(fact, one.value)
        views.append(
            SaidView(
                fact=one.fact,
                title=fact.title,
                value=value,
                text=value_text(fact, value) or "不作判断",
                word=word,
                word_label=word.label,
                observed_on=one.observed_on,
                who=people.get(one.person_id or 0, ""),
                note=one.note,
                photo_id=one.photo_id,
            )
        )
    return sorted(views, key=lambda view: (view.fact, -view.word.rank))


def newest(
    session: Session,
    *,
    station_ids: Iterable[int],
    fact: str | None = None,
    word: Word | None = None,
) -> list[Statement]:
    """The newest statement per (station, fact, word), by the day it speaks of, then by entry."""
    conditions: list[ColumnElement[bool]] = [Statement.station_id.in_(list(station_ids))]
    if fact is not None:
        conditions.append(Statement.fact == fact)
    if word is not None:
        conditions.append(Statement.word == word.value)
    return newest_where(session, conditions)


def rulings_held(session: Session, station_ids: Collection[int]) -> list[str]:
    """Which rulings of inspectors (`ruling_on`) were ever given on any of these stations."""
    return sorted(
        session.scalars(
            select(Statement.fact)
            .where(
                Statement.station_id.in_(list(station_ids)),
                Statement.fact.startswith(RULED, autoescape=True),
            )
            .distinct()
        )
    )


def _kept(value: Value) -> bool | str | None:
    """A value as JSON keeps it: a decimal as text, so that no digit is lost."""
    return str(value) if isinstance(value, Decimal) else value


def _note(text: str) -> str:
    return cut(text.strip(), Statement.note)


def newest_where(session: Session, conditions: Collection[ColumnElement[bool]]) -> list[Statement]:
    """The newest statement per (station, fact, word) among those that meet the conditions."""
    rank = (
        func.row_number()
        .over(
            partition_by=(Statement.station_id, Statement.fact, Statement.word),
            order_by=(Statement.observed_on.desc(), Statement.id.desc()),
        )
        .label("rank")
    )
    ranked = select(Statement, rank).where(*conditions).subquery()
    found = aliased(Statement, ranked)
    return list(session.scalars(select(found).where(ranked.c.rank == 1).order_by(ranked.c.id)))
