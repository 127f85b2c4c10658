"""What earlier inspections found at a station, clause by clause, for the form of the next one."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.inspection import Campaign, Counted, Inspection, InspectionOutcome, Visit
from server.models.person import Person
from server.models.rectification import Rectification
from server.policy.standard.frozen import FrozenFinding
from server.policy.standard.verdicts import Verdict

VISITS_AT_MOST = 2


@dataclass(frozen=True, slots=True)
class EarlierWord:
    """One clause as an earlier visit froze it; `mending` is what has become of it since."""

    code: str
    verdict: str
    label: str
    why: str
    note: str
    mending: str


@dataclass(frozen=True, slots=True)
class EarlierVisit:
    """One earlier visit; `round` is empty for one outside any, `said` only what was looked at."""

    id: UUID
    day_on: date
    inspector_name: str
    round: str
    covert: bool  # 暗访: the keeper has not seen it
    said: tuple[EarlierWord, ...]


def earlier_visits(
    session: Session,
    *,
    station_ids: Collection[int],
    campaign: Campaign | None,
    on: date,
    asked: Mapping[int, Collection[str]],
) -> dict[int, tuple[EarlierVisit, ...]]:
    """The last two visits to each station before this round, the newest first; two queries.

    What colleagues find in the same round is left out: it must not lead the one who looks next.
    `asked` are the rules of each station's form; of those the inspector's own words are told.
    """
    rank = sa.func.row_number().over(
        partition_by=Inspection.station_id,
        order_by=(Inspection.finished_at.desc(), Inspection.id),
    )
    elsewhere = (
        []
        if campaign is None
        else [sa.or_(Visit.campaign_id.is_(None), Visit.campaign_id != campaign.id)]
    )
    ranked = (
        sa.select(Inspection.id, rank.label("rank"))
        .outerjoin(Visit, Visit.id == Inspection.visit_id)
        .where(
            Inspection.station_id.in_(list(station_ids)),
            Inspection.outcome != InspectionOutcome.CLOSED_DOOR,
            Inspection.day_on <= on,
            sa.or_(
                Inspection.holds(),
                sa.and_(Inspection.is_current(), Inspection.counted == Counted.APART),
            ),
            *elsewhere,
        )
        .subquery()
    )
    rows = session.execute(
        sa.select(
            Inspection.id,
            Inspection.station_id,
            Inspection.day_on,
            Inspection.findings,
            Inspection.answers,
            Inspection.outcome,
            Person.name,
            Campaign.period,
            Campaign.name.label("round_name"),
        )
        .join(ranked, ranked.c.id == Inspection.id)
        .join(Person, Person.id == Inspection.inspector_id)
        .outerjoin(Visit, Visit.id == Inspection.visit_id)
        .outerjoin(Campaign, Campaign.id == Visit.campaign_id)
        .where(ranked.c.rank <= VISITS_AT_MOST)
        .order_by(Inspection.station_id, Inspection.finished_at.desc(), Inspection.id)
    ).all()
    mending = _mending(session, [row.id for row in rows])
    found: dict[int, list[EarlierVisit]] = defaultdict(list)
    for row in rows:
        wanted = asked.get(row.station_id, ())
        said = tuple(
            _word(one, row.answers, mending.get((row.id, one["code"]), ""))
            for one in row.findings
            if one["code"] in wanted and one["code"] in row.answers
        )
        round_name = f"{row.period} {row.round_name}" if row.period else ""
        covert = row.outcome is InspectionOutcome.COVERT
        found[row.station_id].append(
            EarlierVisit(row.id, row.day_on, row.name, round_name, covert, said)
        )
    return {station_id: tuple(visits) for station_id, visits in found.items()}


def _word(
    one: FrozenFinding, answers: Mapping[str, Mapping[str, object]], mending: str
) -> EarlierWord:
    passed = one["verdict"] == Verdict.PASS
    note = str(answers[one["code"]].get("note") or "")
    return EarlierWord(
        code=one["code"],
        verdict=one["verdict"],
        label=one["label"],
        why="" if passed else one["why"],
        note="" if note in one["why"] and not passed else note,
        mending=mending,
    )


def _mending(session: Session, ids: Collection[UUID]) -> dict[tuple[UUID, str], str]:
    """What became of each thing found wanting, by inspection and rule; the newest holds."""
    rows = session.execute(
        sa.select(Rectification.inspection_id, Rectification.rule_code, Rectification.state)
        .where(Rectification.inspection_id.in_(list(ids)))
        .order_by(Rectification.id)
    )
    return {(row.inspection_id, row.rule_code): row.state.label for row in rows}
