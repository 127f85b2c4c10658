"""What a record settles once it counts: words taken down, 分歧, 整改, questions about letters."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.statement import Statement
from server.policy.standard.facts import Said, Word, fact_named, ruling_on, value_of
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Standard
from server.services.county.counties import policy_options
from server.services.inspections import contradictions, disagreements
from server.services.mending import notice_questions, rectifications
from server.services.standing.statements import Saying, take_down

BACK = "更正督导记录，收回原来的判定"
OTHER_HOLDS = "县里以另一份督导记录为准，收回这一份的判定"


def sayings_of(inspection: Inspection, said: Mapping[str, Said]) -> list[Saying]:
    """What a record says of facts, ready to be taken down; it speaks of the day of the visit."""
    station_id, day = inspection.station_id, inspection.day_on
    return [
        Saying(station_id, fact, one.value, day, one.note, _first_photo(one.evidence))
        for fact, one in said.items()
    ]


def withheld(sayings: Iterable[Saying]) -> list[Any]:
    """The same as JSON, for a record that does not count: [fact, value, note, photo]."""
    return [
        [
            one.fact,
            one.value if isinstance(one.value, bool) or one.value is None else str(one.value),
            one.note,
            str(one.photo_id) if one.photo_id else None,
        ]
        for one in sayings
    ]


def sayings_withheld(inspection: Inspection, options: CountyOptions) -> list[Saying]:
    """What a record that did not count has to say, read back."""
    station_id, day = inspection.station_id, inspection.day_on
    return [
        Saying(
            station_id,
            fact,
            value_of(fact_named(fact, options), value),
            day,
            note,
            UUID(photo) if photo else None,
        )
        for fact, value, note, photo in inspection.withheld or ()
    ]


def settle(
    session: Session,
    *,
    inspection: Inspection,
    sayings: Sequence[Saying],
    standards: Sequence[Standard],
    by: Person,
    amended: Inspection | None,
    now: datetime,
) -> None:
    """Let a record count: on its arrival, or when it amends one that counted."""
    _take_words(
        session,
        sayings,
        inspection=inspection,
        standards=standards,
        by=by,
        amended=amended,
        now=now,
    )
    _follow(
        session,
        inspection=inspection,
        before=amended,
        standards=standards,
        by=by,
        now=now,
        because=inspection.amended_because,
    )


def settle_instead(
    session: Session,
    *,
    inspection: Inspection,
    of: Inspection,
    standards: Iterable[Standard],
    by: Person,
    now: datetime,
    because: str,
) -> None:
    """Let a record count in the place of another, as the office has decided.

    What the other said of facts is taken back in its own inspector's name; where it spoke of a
    later day, what stands now is said of that day too, else nobody would hear it.
    """
    options = policy_options(session.get_one(County, inspection.county))
    word: dict[str, Any] = {"county": inspection.county, "word": Word.INSPECTOR, "now": now}
    other = session.get_one(Person, of.inspector_id)
    spoken = set(_said_at(session, of, other)) - set(_said_since(session, of))
    back = [Saying(of.station_id, fact, None, of.day_on, OTHER_HOLDS) for fact in sorted(spoken)]
    take_down(session, back, by=other, **word)
    own = [
        one._replace(on=max(one.on, of.day_on)) if one.fact in spoken else one
        for one in sayings_withheld(inspection, options)
    ]
    take_down(session, own, by=session.get_one(Person, inspection.inspector_id), **word)
    _follow(
        session,
        inspection=inspection,
        before=of,
        standards=standards,
        by=by,
        now=now,
        because=because,
        decision="replaced",
    )


def _follow(
    session: Session,
    *,
    inspection: Inspection,
    before: Inspection | None,
    standards: Iterable[Standard],
    by: Person,
    now: datetime,
    because: str,
    decision: str = "amended",
) -> None:
    """What follows from the frozen findings, beside those of the record before, if any."""
    disagreements.open_for(
        session,
        inspection=inspection,
        amended=before,
        now=now,
        because=because,
        decision=decision,
    )
    contradictions.open_between(session, inspection=inspection, now=now)
    rectifications.open_for(
        session,
        inspection=inspection,
        standards=standards,
        county=session.get_one(County, inspection.county),
        amended=before,
        by=by,
        now=now,
        because=because,
    )
    notice_questions.ask_about_letters(
        session,
        inspection=inspection,
        amended=before,
        failing=[one["code"] for one in inspection.findings if one["counts_against"]],
        now=now,
        because=because,
    )


def _take_words(
    session: Session,
    sayings: Sequence[Saying],
    *,
    inspection: Inspection,
    standards: Sequence[Standard],
    by: Person,
    amended: Inspection | None,
    now: datetime,
) -> None:
    """Write the inspector's word into the register, and take back what an amendment left out."""
    own = {one.fact: one for one in sayings}
    if amended is not None:
        for fact in _said_at(session, amended, by):
            own.setdefault(fact, Saying(inspection.station_id, fact, None, inspection.day_on, BACK))
        since = set(_said_since(session, amended))
        for fact in since | _rulings_about(since, standards):
            own.pop(fact, None)
    take_down(
        session,
        list(own.values()),
        county=inspection.county,
        word=Word.INSPECTOR,
        by=by,
        now=now,
    )


def _said_at(session: Session, record: Inspection, by: Person) -> Sequence[str]:
    """Of which facts a record's word was taken down."""
    return session.scalars(
        sa.select(Statement.fact).where(
            Statement.county == record.county,
            Statement.station_id == record.station_id,
            Statement.person_id == by.id,
            Statement.word == Word.INSPECTOR.value,
            Statement.observed_on >= record.day_on,
            Statement.said_at == record.spoke_at,
        )
    ).all()


def _said_since(session: Session, record: Inspection) -> Sequence[str]:
    """Of which facts an inspector's word was spoken later on the same day: that one holds.

    Such as the acceptance of what was mended at once.
    """
    return session.scalars(
        sa.select(Statement.fact).where(
            Statement.county == record.county,
            Statement.station_id == record.station_id,
            Statement.word == Word.INSPECTOR.value,
            Statement.observed_on == record.day_on,
            Statement.said_at > record.spoke_at,
        )
    ).all()


def _rulings_about(facts: set[str], standards: Iterable[Standard]) -> set[str]:
    """Rulings on rules of whose own facts an inspector has spoken."""
    named = set(facts) | {fact.partition("_")[0] for fact in facts}
    return {
        ruling_on(rule.code).name
        for standard in standards
        for rule in standard.rules
        if named & set(rule.facts)
    }


def _first_photo(evidence: Sequence[str]) -> UUID | None:
    return UUID(evidence[0].removeprefix("photo:")) if evidence else None
