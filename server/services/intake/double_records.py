"""A second record of one visit: kept, counted for nothing, put to the office beside the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import day_text, full_day_text
from server.errors import Conflict, Invalid, NotFound
from server.models.inspection import (
    Campaign,
    Counted,
    DoubleRecord,
    Inspection,
    InspectionOutcome,
    Visit,
)
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.common.written import reason_given
from server.services.inspections.versions import current, versions_of
from server.services.intake.actions import IntakeAction
from server.services.intake.inspection_effects import settle_instead
from server.services.people.people import names_of
from server.services.people.scope import Everybody, stations_visible_to

DECISIONS = {"first": "以先收到的一份为准", "second": "以后收到的一份为准"}


@dataclass(frozen=True, slots=True)
class DoubleView:
    """Two records of one visit beside each other, each in its newest version."""

    double: DoubleRecord
    station: Station
    round: str
    first: Inspection
    second: Inspection
    first_by: str
    second_by: str
    differing: tuple[str, ...]
    decider: str

    @property
    def seal(self) -> str:
        """Which two records are shown: who decides sends it along."""
        return _sealed(self.first, self.second)

    @property
    def decision_label(self) -> str:
        """What the office has decided; empty while it is open."""
        return DECISIONS.get(self.double.decision, "")


def met_by(
    session: Session, inspection: Inspection, *, station: Station, amended: Inspection | None
) -> Inspection | None:
    """The record of the same visit that counts already, in its newest version; None for the first.

    A round's visit has one record, whoever made it. Outside rounds it is one inspector's record of
    one station and day. A locked door is no visit yet, 暗访 stands apart, and a new version is no
    second record; where a locked door becomes a visit, it is. Two that arrive at once wait for each
    other here.
    """
    if inspection.outcome in (InspectionOutcome.CLOSED_DOOR, InspectionOutcome.COVERT):
        return None
    if amended and amended.outcome is not InspectionOutcome.CLOSED_DOOR:
        return None
    if amended and amended.counted is not Counted.YES:
        return None
    noun = Station if inspection.visit_id is None else Visit
    key = station.id if inspection.visit_id is None else inspection.visit_id
    session.execute(sa.select(noun.id).where(noun.id == key).with_for_update())
    return _counting(session, inspection)


def ask(session: Session, *, inspection: Inspection, beside: Inspection, now: datetime) -> None:
    """Put a second record to the office."""
    session.add(
        DoubleRecord(
            county=inspection.county,
            station_id=inspection.station_id,
            inspection_id=versions_of(session, inspection)[0].id,
            beside_id=versions_of(session, beside)[0].id,
            opened_at=now,
        )
    )
    session.flush()


def told_of(session: Session, inspection: Inspection) -> list[str]:
    """What its inspector should know of other records of this visit, without full stops."""
    if inspection.counted is Counted.SET_ASIDE:
        return ["同一次督导，县专班定了以另一份记录为准；这一份留着，不算数"]
    if inspection.counted is Counted.WAITS:
        first = _counting(session, inspection)
        if first is None:
            return []
        held = "这一份收下了，先不算数，由县专班定以哪份为准"
        if first.inspector_id == inspection.inspector_id:
            day = day_text(first.day_on)
            return [f"这个站点您{day}已经交过一份记录，{held}", "要改原来那份，请打开它点“更正”"]
        name = session.get_one(Person, first.inspector_id).name
        return [f"{name}{day_text(first.day_on)}已经查过这个站点，{held}"]
    return [
        f"{name}{day_text(day)}也到过这个站点，{outcome.label}"
        for name, day, outcome in _others(session, inspection)
    ]


def double_tally(session: Session, *, county: str, seen_by: Person | Everybody) -> tuple[int, int]:
    """How many are open, and how many decided; one query."""
    settled = sa.case((DoubleRecord.settled_at.is_not(None), 1), else_=0)
    found: dict[int, int] = dict(
        session.execute(
            sa.select(settled, sa.func.count())
            .join(Station, Station.id == DoubleRecord.station_id)
            .where(DoubleRecord.county == county, stations_visible_to(seen_by))
            .group_by(settled)
        ).all()
    )
    return found.get(0, 0), found.get(1, 0)


@counted
def doubles_queue(session: Session, asked: Asked) -> QueueLine:
    """How many are open in somebody's sight, and since when; one query."""
    rows = (
        sa.select(DoubleRecord)
        .join(Station, Station.id == DoubleRecord.station_id)
        .where(
            DoubleRecord.county == asked.county,
            DoubleRecord.settled_at.is_(None),
            stations_visible_to(asked.seen_by),
        )
    )
    return waiting(session, rows, DoubleRecord.opened_at)


def doubles_seen(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    settled: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[DoubleView]:
    """Second records in somebody's sight, the oldest first; decided ones the newest first."""
    query = (
        sa.select(DoubleRecord, Station)
        .join(Station, Station.id == DoubleRecord.station_id)
        .where(DoubleRecord.county == county, stations_visible_to(seen_by))
        .limit(limit)
        .offset(offset)
    )
    if settled:
        query = query.where(DoubleRecord.settled_at.is_not(None)).order_by(
            DoubleRecord.settled_at.desc(), DoubleRecord.id.desc()
        )
    else:
        query = query.where(DoubleRecord.settled_at.is_(None)).order_by(
            DoubleRecord.opened_at, DoubleRecord.id
        )
    return [_view(session, double, station) for double, station in session.execute(query)]


def double_of(session: Session, *, county: str, double_id: int) -> DoubleRecord:
    """A second record of this county. Raises NotFound double-unknown."""
    found = session.get(DoubleRecord, double_id)
    if found is None or found.county != county:
        raise NotFound("double-unknown", "没有找到这一条。请返回列表重新选择。")
    return found


def decide_double(
    session: Session,
    *,
    double: DoubleRecord,
    decision: str,
    reason: str,
    standards: Sequence[Standard],
    by: Person,
    now: datetime,
    seal: str | None = None,
) -> None:
    """A person decides which record stands; the other is kept and counts for nothing.

    `seal` is that of the two that were shown; None is nobody's form.

    Where the second stands, its words, 分歧 and 整改 begin to count now, and those of the first are
    taken back; neither record changes. Raises Invalid decision-unknown, reason-needed; Conflict
    double-settled, double-changed-meanwhile.
    """
    session.refresh(double, with_for_update=True)  # of two at once, one is told
    if double.settled_at is not None:
        raise Conflict("double-settled", "这一条已经定过了，不能再改。请刷新页面。")
    if decision not in DECISIONS:
        raise Invalid("decision-unknown", "请选择以哪一份为准。", fields={"decision": "请选择"})
    reason = reason_given(reason, "请写明这样定的理由。", label="理由", into=DoubleRecord.reason)
    first, second = _pair(session, double)
    if seal not in (None, _sealed(first, second)):
        raise Conflict(
            "double-changed-meanwhile",
            "您看的时候，其中一份督导记录更正了，或者换了一份。什么都没有定，"
            "请看过下面的两份再定。",
        )
    double.decision, double.reason = decision, reason
    double.settled_at, double.settled_by = now, by.id
    double.beside_id = versions_of(session, first)[0].id
    stands, aside = (first, second) if decision == "first" else (second, first)
    for version in versions_of(session, aside):
        version.counted = Counted.SET_ASIDE
    if decision == "second":
        for version in versions_of(session, second):
            version.counted = Counted.YES
        second.heard_at = now
    session.flush()
    if decision == "second":
        settle_instead(
            session,
            inspection=second,
            of=first,
            standards=standards,
            by=by,
            now=now,
            because=reason,
        )
    names = names_of(session, person_ids=[first.inspector_id, second.inspector_id])
    history.write(
        session,
        of=session.get_one(Station, double.station_id),
        by=by,
        at=now,
        action=IntakeAction.DOUBLE_DECIDED,
        summary=f"两份督导记录：{DECISIONS[decision]}"
        f"（{names[stands.inspector_id]}，{full_day_text(stands.day_on)}）",
        reason=reason,
    )


def _counting(session: Session, inspection: Inspection) -> Inspection | None:
    """Another record of the same visit that counts, got in openly, in its newest version."""
    conditions = [
        Inspection.station_id == inspection.station_id,
        Inspection.outcome.not_in((InspectionOutcome.CLOSED_DOOR, InspectionOutcome.COVERT)),
        Inspection.id != inspection.id,
        Inspection.holds(),
    ]
    if inspection.amends_id is not None:
        conditions.append(Inspection.id != inspection.amends_id)
    if inspection.visit_id is not None:
        conditions.append(Inspection.visit_id == inspection.visit_id)
    else:
        conditions += [
            Inspection.visit_id.is_(None),
            Inspection.inspector_id == inspection.inspector_id,
            Inspection.day_on == inspection.day_on,
        ]
    return session.scalars(
        sa.select(Inspection)
        .where(*conditions)
        .order_by(Inspection.received_at, Inspection.id)
        .limit(1)
    ).one_or_none()


def _sealed(first: Inspection, second: Inspection) -> str:
    return f"{first.id} {second.id}"


def _pair(session: Session, double: DoubleRecord) -> tuple[Inspection, Inspection]:
    """The record that counts and the one that waits (or as they were decided), newest versions."""
    second = current(session, session.get_one(Inspection, double.inspection_id))
    if double.settled_at is None and (first := _counting(session, second)) is not None:
        return first, second
    return current(session, session.get_one(Inspection, double.beside_id)), second


def _view(session: Session, double: DoubleRecord, station: Station) -> DoubleView:
    first, second = _pair(session, double)
    people = [first.inspector_id, second.inspector_id]
    if double.settled_by:
        people.append(double.settled_by)
    names = names_of(session, person_ids=people)
    campaign = (
        session.scalars(
            sa.select(Campaign)
            .join(Visit, Visit.campaign_id == Campaign.id)
            .where(Visit.id == second.visit_id)
        ).one_or_none()
        if second.visit_id
        else None
    )
    return DoubleView(
        double=double,
        station=station,
        round=f"{campaign.period} {campaign.name}" if campaign else "日常检查",
        first=first,
        second=second,
        first_by=names[first.inspector_id],
        second_by=names[second.inspector_id],
        differing=_differing(first, second),
        decider=names.get(double.settled_by or 0, ""),
    )


def _differing(first: Inspection, second: Inspection) -> tuple[str, ...]:
    """Where their findings say different things, clause by clause."""
    before = {one["code"]: one for one in first.findings}
    return tuple(
        f"{one['clause']}{one['title']}：先收到的{before[one['code']]['label']}，"
        f"后收到的{one['label']}"
        for one in second.findings
        if one["code"] in before and before[one["code"]]["verdict"] != one["verdict"]
    )


def _others(session: Session, inspection: Inspection) -> list[tuple[str, date, InspectionOutcome]]:
    """Other inspectors at the same station in the same round, whose record does not wait."""
    if inspection.visit_id is None:
        return []
    rows = session.execute(
        sa.select(Person.name, Inspection.day_on, Inspection.outcome)
        .join(Person, Person.id == Inspection.inspector_id)
        .where(
            Inspection.visit_id == inspection.visit_id,
            Inspection.inspector_id != inspection.inspector_id,
            Inspection.holds(),
        )
        .order_by(Inspection.finished_at)
    )
    return [(name, day, outcome) for name, day, outcome in rows]
