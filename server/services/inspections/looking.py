"""Records that part from the county's own reckoning: listed for the office, looked at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.errors import Conflict, Invalid
from server.models.inspection import Campaign, Inspection, LookedAt, Visit
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.differences import DifferenceKind
from server.policy.standard.frozen import Difference
from server.services.common import history
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.common.written import reason_given
from server.services.inspections.actions import InspectionsAction
from server.services.inspections.versions import newer_than
from server.services.people.scope import Everybody, stations_visible_to


@dataclass(frozen=True, slots=True)
class DifferenceTold:
    """One difference, ready for a screen: what kind, of which clause, both sides."""

    kind: DifferenceKind
    about: str
    signed: str
    now: str


@dataclass(frozen=True, slots=True)
class DifferingView:
    """A record with its differences; `looker` is empty while nobody has looked."""

    inspection: Inspection
    station: Station
    round: str
    inspector_name: str
    told: tuple[DifferenceTold, ...]
    looker: str


def differences_told(differences: Sequence[Difference]) -> tuple[DifferenceTold, ...]:
    """A record's differences for a screen."""
    return tuple(
        DifferenceTold(DifferenceKind(one["kind"]), one["about"], one["signed"], one["now"])
        for one in differences
    )


def differing_seen(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    settled: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[DifferingView]:
    """Records in somebody's sight that part, the oldest first; looked at, the newest first.

    One query. What an amendment has replaced needs no look any more.
    """
    inspector, looker = aliased(Person), aliased(Person)
    query = (
        sa.select(Inspection, Station, Campaign, inspector.name, looker.name)
        .join(Station, Station.id == Inspection.station_id)
        .join(inspector, inspector.id == Inspection.inspector_id)
        .outerjoin(looker, looker.id == Inspection.looked_by)
        .outerjoin(Visit, Visit.id == Inspection.visit_id)
        .outerjoin(Campaign, Campaign.id == Visit.campaign_id)
        .where(*_wanted(county, seen_by, settled=settled))
        .limit(limit)
        .offset(offset)
    )
    newest_first = (Inspection.looked_at.desc(), Inspection.id)
    oldest_first = (Inspection.received_at, Inspection.id)
    return [
        DifferingView(
            inspection=inspection,
            station=station,
            round=f"{campaign.period} {campaign.name}" if campaign else "轮次之外的督导",
            inspector_name=name,
            told=differences_told(inspection.differences),
            looker=by or "",
        )
        for inspection, station, campaign, name, by in session.execute(
            query.order_by(*(newest_first if settled else oldest_first))
        )
    ]


def differing_tally(
    session: Session, *, county: str, seen_by: Person | Everybody
) -> tuple[int, int]:
    """How many wait for a look, and how many were looked at."""
    waiting, looked = (
        _how_many(session, county, seen_by, settled=settled) for settled in (False, True)
    )
    return waiting, looked


@counted
def differing_queue(session: Session, asked: Asked) -> QueueLine:
    """How many wait for a look, and since when; one query."""
    rows = (
        sa.select(Inspection)
        .join(Station, Station.id == Inspection.station_id)
        .where(*_wanted(asked.county, asked.seen_by, settled=False))
    )
    return waiting(session, rows, Inspection.received_at)


def look_at(
    session: Session,
    *,
    inspection: Inspection,
    decision: str,
    reason: str,
    by: Person,
    now: datetime,
) -> None:
    """A person says, once and with a reason, whether the record may stand or is to be amended.

    The record itself does not change; only its inspector's 更正 makes a new version. Raises Invalid
    decision-unknown, reason-needed; Conflict record-looked-at, record-amended.
    """
    session.refresh(inspection, with_for_update=True)  # of two at once, one is told
    if inspection.looked_at is not None or not inspection.differing:
        raise Conflict("record-looked-at", "这份记录已经有人看过并写下了，不能再改。请刷新页面。")
    newer = newer_than(session, inspection)
    if newer is not None:
        raise Conflict(
            "record-amended",
            f"您看的时候，督导员已经更正了这份记录，现在是第{newer.version}版，旧的不用再看。"
            f"您写的没有记下；第{newer.version}版还有不一致的，会另外列出来。",
        )
    if decision not in LookedAt.labels():
        raise Invalid("decision-unknown", "请选择看过了还是要更正。", fields={"decision": "请选择"})
    reason = reason_given(
        reason, "请写明看下来怎样，或者要更正什么。", label="理由", into=Inspection.looked_reason
    )
    inspection.looked_decision, inspection.looked_reason = LookedAt(decision), reason
    inspection.looked_at, inspection.looked_by = now, by.id
    session.flush()
    history.write(
        session,
        of=inspection,
        by=by,
        at=now,
        action=InspectionsAction.DIFFERENCES_LOOKED_AT,
        summary=f"{inspection.differing}处不一致：{inspection.looked_decision.label}",
        reason=reason,
    )


def _how_many(session: Session, county: str, seen_by: Person | Everybody, *, settled: bool) -> int:
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Inspection)
            .join(Station, Station.id == Inspection.station_id)
            .where(*_wanted(county, seen_by, settled=settled))
        )
        or 0
    )


def _wanted(
    county: str, seen_by: Person | Everybody, *, settled: bool
) -> list[sa.ColumnElement[bool]]:
    looked = Inspection.looked_at.is_not(None)
    return [
        Inspection.county == county,
        Inspection.differing > 0,
        stations_visible_to(seen_by),
        looked if settled else sa.and_(~looked, Inspection.is_current()),
    ]
