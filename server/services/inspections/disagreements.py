"""Clauses of which keeper and inspector say different things: opened, decided, counted as trust."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.errors import Conflict, Invalid, NotFound
from server.models.county import Division
from server.models.inspection import Campaign, Disagreement, Inspection, InspectionOutcome, Visit
from server.models.person import Keeping, Person
from server.models.station import Station
from server.policy.rounds.visits import DECIDED, Trust, WordPair, trust
from server.policy.standard.facts import Word
from server.policy.standard.frozen import FrozenFinding, SaidOfClause
from server.services.common import history
from server.services.common.written import reason_given
from server.services.inspections.actions import InspectionsAction
from server.services.people.scope import Everybody, stations_visible_to

DECISIONS = {
    "inspector": "以督导员为准",
    "keeper": "以站长为准",
    "both": "两边都对（时间不同）",
    "amended": "督导记录已更正",
    "replaced": "县里以另一份督导记录为准",
}
BY_PEOPLE = ("inspector", "keeper", "both")


@dataclass(frozen=True, slots=True)
class DisagreementView:
    """One open or settled item, ready for a screen."""

    disagreement: Disagreement
    station: Station
    keeper_name: str
    inspector_name: str
    clause: str
    title: str
    keeper_says: SaidOfClause
    inspector_says: SaidOfClause
    decision_label: str


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


def open_for(
    session: Session,
    *,
    inspection: Inspection,
    amended: Inspection | None,
    now: datetime,
    because: str = "",
    decision: str = "amended",
) -> list[Disagreement]:
    """Open an item for every clause on which this visit contradicts the keeper's own word.

    What the amended version (or the record that this one counts instead of) had opened and nobody
    has settled is closed with it.
    """
    if amended is not None:
        for item in session.scalars(
            sa.select(Disagreement).where(
                Disagreement.inspection_id == amended.id, Disagreement.settled_at.is_(None)
            )
        ):
            item.settled_at, item.decision, item.reason = now, decision, because
    keeper_id = _keeper_id(session, inspection)
    opened = [
        Disagreement(
            county=inspection.county,
            inspection_id=inspection.id,
            station_id=inspection.station_id,
            keeper_id=keeper_id,
            rule_code=str(own["code"]),
            keeper_says=_said(own),
            inspector_says=_said(seen),
            opened_at=now,
        )
        for own, seen in _decided_by_both(inspection)
        if own["verdict"] != seen["verdict"]
    ]
    session.add_all(opened)
    session.flush()
    return opened


def disagreements_seen(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    open_only: bool = True,
    settled_only: bool = False,
    campaign_id: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[DisagreementView]:
    """The county's items in somebody's sight, the oldest first, settled ones the newest first.

    One query.
    """
    keeper, inspector = aliased(Person), aliased(Person)
    query = (
        sa.select(Disagreement, Station, keeper.name, inspector.name)
        .join(Station, Station.id == Disagreement.station_id)
        .join(Inspection, Inspection.id == Disagreement.inspection_id)
        .join(inspector, inspector.id == Inspection.inspector_id)
        .outerjoin(keeper, keeper.id == Disagreement.keeper_id)
        .where(*_wanted(county, campaign_id, seen_by))
        .offset(offset)
        .limit(limit)
    )
    if settled_only:
        query = query.where(Disagreement.settled_at.is_not(None)).order_by(
            Disagreement.settled_at.desc(), Disagreement.id.desc()
        )
    else:
        query = query.order_by(Disagreement.opened_at, Disagreement.id)
        if open_only:
            query = query.where(Disagreement.settled_at.is_(None))
    return [
        DisagreementView(
            disagreement=item,
            station=station,
            keeper_name=keeper_name or "",
            inspector_name=inspector_name,
            clause=str(item.inspector_says["clause"]),
            title=str(item.inspector_says["title"]),
            keeper_says=item.keeper_says,
            inspector_says=item.inspector_says,
            decision_label=DECISIONS.get(item.decision, ""),
        )
        for item, station, keeper_name, inspector_name in session.execute(query)
    ]


def disagreement_tally(
    session: Session, *, county: str, seen_by: Person | Everybody, campaign_id: int | None = None
) -> tuple[int, int]:
    """How many items are open, and how many settled; one query."""
    settled = sa.case((Disagreement.settled_at.is_not(None), 1), else_=0)
    found: dict[int, int] = dict(
        session.execute(
            sa.select(settled, sa.func.count())
            .join(Station, Station.id == Disagreement.station_id)
            .where(*_wanted(county, campaign_id, seen_by))
            .group_by(settled)
        ).all()
    )
    return found.get(0, 0), found.get(1, 0)


def disagreement_of(session: Session, *, county: str, disagreement_id: int) -> Disagreement:
    """An item of this county. Raises NotFound disagreement-unknown."""
    found = session.scalars(
        sa.select(Disagreement).where(
            Disagreement.county == county, Disagreement.id == disagreement_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("disagreement-unknown", "没有找到这一条。请返回列表重新选择。")
    return found


def settle_disagreement(
    session: Session,
    *,
    disagreement: Disagreement,
    decision: str,
    reason: str,
    by: Person,
    now: datetime,
) -> None:
    """A person decides whose word holds, with the reason.

    The frozen inspection stays as it is; a decision for the keeper counts in the keeper's trust.
    Raises Invalid decision-unknown, reason-needed; Conflict disagreement-settled.
    """
    session.refresh(disagreement, with_for_update=True)  # of two at once, one is told
    if disagreement.settled_at is not None:
        raise Conflict("disagreement-settled", "这一条已经裁定过了，不能再改。")
    if decision not in BY_PEOPLE:
        raise Invalid("decision-unknown", "请选择以哪一方为准。", fields={"decision": "请选择"})
    reason = reason_given(reason, "请写明这样裁定的理由。", label="理由", into=Disagreement.reason)
    disagreement.decision, disagreement.reason = decision, reason
    disagreement.settled_at, disagreement.settled_by = now, by.id
    session.flush()
    said = disagreement.inspector_says
    history.write(
        session,
        of=disagreement,
        by=by,
        at=now,
        action=InspectionsAction.DISAGREEMENT_SETTLED,
        summary=f"{said['clause']}{said['title']}：{DECISIONS[decision]}",
        reason=reason,
    )


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
                Disagreement.county == person.county, Disagreement.settled_at.is_not(None)
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
            for own, seen in _decided_by_both(inspection)
        ]
    )


def _wanted(
    county: str, campaign_id: int | None, seen_by: Person | Everybody
) -> list[sa.ColumnElement[bool]]:
    """What a list asks for, as conditions on Disagreement and its Station."""
    found = [Disagreement.county == county, stations_visible_to(seen_by)]
    if campaign_id is not None:
        found.append(
            Disagreement.inspection_id.in_(
                sa.select(Inspection.id)
                .join(Visit, Visit.id == Inspection.visit_id)
                .where(Visit.campaign_id == campaign_id)
            )
        )
    return found


def _decided_by_both(
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
                keeper=_said(own) if own else None,
                inspector=_said(seen),
                agree=own["verdict"] == seen["verdict"] if comparable and own else None,
            )
        )
    return rows


def _said(finding: FrozenFinding) -> SaidOfClause:
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


def _keeper_id(session: Session, inspection: Inspection) -> int | None:
    """Who kept the station when the visit ended."""
    return session.scalar(
        sa.select(Keeping.person_id)
        .where(
            Keeping.station_id == inspection.station_id,
            Keeping.from_at <= inspection.finished_at,
            sa.or_(Keeping.until_at.is_(None), Keeping.until_at > inspection.finished_at),
        )
        .order_by(Keeping.id)
        .limit(1)
    )
