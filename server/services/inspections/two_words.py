"""Keeper's and inspector's word clause by clause, and how far a keeper's words were borne out."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Division
from server.models.inspection import (
    Campaign,
    Disagreement,
    DisagreementKind,
    Inspection,
    InspectionOutcome,
    Visit,
)
from server.models.person import Keeping, Person
from server.models.station import Station
from server.policy.rounds.visits import DECIDED, Trust, WordPair, trust
from server.policy.standard.facts import Word
from server.policy.standard.frozen import FrozenFinding, SaidOfClause
from server.services.people.scope import Everybody, stations_visible_to


@dataclass(frozen=True, slots=True)
class ClauseTwice:
    """One clause in both words; `agree` is None where one of them said neither pass nor fail."""

    code: str
    clause: str
    title: str
    level: str
    keeper: SaidOfClause | None
    inspector: SaidOfClause
    agree: bool | None


@dataclass(frozen=True, slots=True)
class TwoWords:
    """One inspected station with keeper's and inspector's word on every clause side by side."""

    station: Station
    township_name: str
    inspection_id: UUID
    rows: list[ClauseTwice]


def two_words(
    session: Session, *, campaign: Campaign, seen_by: Person | Everybody
) -> list[TwoWords]:
    """Every inspected station of a round in sight with both words clause by clause; one query."""
    rows = session.execute(
        sa.select(Inspection, Station, Division.name)
        .join(Visit, Visit.id == Inspection.visit_id)
        .join(Station, Station.id == Inspection.station_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(
            Visit.campaign_id == campaign.id,
            stations_visible_to(seen_by),
            Inspection.outcome != InspectionOutcome.CLOSED_DOOR,
            Inspection.holds(),
        )
        .order_by(Station.township_code, Station.level, Station.code, Inspection.finished_at)
    )
    return [
        TwoWords(station, township or "", inspection.id, _side_by_side(inspection))
        for inspection, station, township in rows
    ]


def trust_of(session: Session, *, person: Person) -> Trust:
    """How often inspectors confirmed what this keeper had reported; two queries.

    An inspection counts for whoever kept the station when it was finished.
    """
    query = (
        sa.select(Inspection, Station.code, Station.name)
        .join(Station, Station.id == Inspection.station_id)
        .join(
            Keeping,
            sa.and_(
                Keeping.station_id == Inspection.station_id,
                Keeping.from_at <= Inspection.finished_at,
                sa.or_(Keeping.until_at.is_(None), Keeping.until_at > Inspection.finished_at),
            ),
        )
        .where(
            Keeping.person_id == person.id,
            Inspection.county == person.county,
            Inspection.outcome != InspectionOutcome.CLOSED_DOOR,
            Inspection.holds(),
        )
        .order_by(Inspection.finished_at, Inspection.id)
    )
    decided = {
        (item.inspection_id, item.rule_code): item.decision
        for item in session.scalars(
            sa.select(Disagreement).where(
                Disagreement.county == person.county,
                Disagreement.kind == DisagreementKind.KEEPER,
                Disagreement.settled_at.is_not(None),
            )
        )
    }
    return trust(
        [
            WordPair(
                clause=str(own["clause"]),
                title=str(own["title"]),
                keeper=str(own["verdict"]),
                inspector=str(seen["verdict"]),
                on=inspection.day_on,
                station=code or name,
                decided_for=decided.get((inspection.id, str(own["code"])), ""),
            )
            for inspection, code, name in session.execute(query)
            for own, seen in decided_by_both(inspection)
        ]
    )


def decided_by_both(
    inspection: Inspection,
) -> Iterable[tuple[FrozenFinding, FrozenFinding]]:
    """Clauses on which the keeper's and the inspector's word both say pass or fail."""
    seen = {one["code"]: one for one in inspection.findings if _speaks(one, Word.INSPECTOR)}
    for own in inspection.keeper_findings:
        if _speaks(own, Word.KEEPER) and own["code"] in seen:
            yield own, seen[own["code"]]


def _speaks(finding: FrozenFinding, word: Word) -> bool:
    return finding["word"] == word.value and finding["verdict"] in DECIDED


def _side_by_side(inspection: Inspection) -> list[ClauseTwice]:
    own_word = {one["code"]: one for one in inspection.keeper_findings}
    rows = []
    for seen in inspection.findings:
        own = own_word.get(seen["code"])
        if seen["verdict"] == "not_applicable":
            continue
        comparable = own is not None and _speaks(own, Word.KEEPER) and _speaks(seen, Word.INSPECTOR)
        rows.append(
            ClauseTwice(
                code=seen["code"],
                clause=seen["clause"],
                title=seen["title"],
                level=seen["level"],
                keeper=said_of_clause(own) if own else None,
                inspector=said_of_clause(seen),
                agree=own["verdict"] == seen["verdict"] if comparable and own else None,
            )
        )
    return rows


def said_of_clause(finding: FrozenFinding) -> SaidOfClause:
    """What of a frozen finding an item keeps."""
    return {
        "clause": finding["clause"],
        "title": finding["title"],
        "verdict": finding["verdict"],
        "label": finding["label"],
        "word": finding["word"],
        "why": finding["why"],
        "since": finding["since"],
        "evidence": finding["evidence"],
    }
