"""The facts that can be picked for a referral: only what a person has looked at and decided."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import beijing_day, full_day_text
from server.models.complaint import Complaint
from server.models.inspection import DoubleRecord, Inspection
from server.models.matter import MatterDeed, MatterStep
from server.models.operator_total import ReconciliationDecision
from server.models.rectification import Rectification
from server.models.signal import IntegritySignal
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.policy.plan.referral import FactKind
from server.policy.signals.options import KINDS
from server.services.common.seals import tick_mark
from server.services.mending.rectifications import OPEN_STATES

MOST = 60
"""So many of one kind are offered, the newest first; the rest are told as a number."""


@dataclass(frozen=True, slots=True)
class Pickable:
    """One fact that may be picked: its row, its station, its day, and what it is about."""

    kind: FactKind
    ref: str
    station: Station | None
    day: str
    about: str

    @property
    def text(self) -> str:
        """2023年7月3日，收12寄3."""
        when, what = self.day, self.about
        return f"{when}，{what}"

    @property
    def mark(self) -> str:
        """What a list shows of it, as a few characters that its tick carries."""
        place = (self.station.code, self.station.name) if self.station else ()
        return tick_mark(place, self.day, self.about)


@dataclass(frozen=True, slots=True)
class Offer:
    """All facts of one kind: those that are shown, and how many there are."""

    kind: FactKind
    shown: tuple[Pickable, ...]
    total: int


@dataclass(frozen=True, slots=True)
class _Source:
    """Where facts of a kind stand; `about` says in a few words what a row is."""

    noun: Any
    day: Any
    about: Callable[[Any], str]
    wanted: Callable[[date], list[sa.ColumnElement[bool]]]
    key_of: Callable[[str], Any] = int


def _newest_decision() -> sa.ColumnElement[bool]:
    later = aliased(ReconciliationDecision)
    return ~(
        sa.select(later.id)
        .where(
            later.station_id == ReconciliationDecision.station_id,
            later.day_on == ReconciliationDecision.day_on,
            later.seq > ReconciliationDecision.seq,
        )
        .exists()
    )


def _both_sides(one: ReconciliationDecision) -> str:
    keeper = f"站长收{one.keeper_received}寄{one.keeper_sent}"
    return f"{keeper}，企业收{one.operator_inbound}寄{one.operator_outbound}"


def _how_many(one: Inspection) -> str:
    return f"{one.differing}处不一致"


def _punished() -> sa.ColumnElement[bool]:
    return (
        sa.select(MatterStep.id)
        .where(MatterStep.matter_id == Complaint.matter_id, MatterStep.deed == MatterDeed.PUNISHED)
        .exists()
    )


_SOURCES: Mapping[FactKind, _Source] = {
    FactKind.SIGNAL: _Source(
        IntegritySignal,
        IntegritySignal.day_on,
        lambda one: KINDS.get(one.kind, one.kind),
        lambda _on: [IntegritySignal.decision == "doubtful"],
    ),
    FactKind.OVERDUE: _Source(
        Rectification,
        Rectification.due_on,
        lambda one: one.title,
        lambda on: [Rectification.state.in_(OPEN_STATES), Rectification.due_on < on],
    ),
    FactKind.DIFFERING: _Source(
        Inspection,
        Inspection.day_on,
        _how_many,
        lambda _on: [Inspection.differing > 0, Inspection.looked_at.is_not(None)],
        UUID,
    ),
    FactKind.DOUBLE: _Source(
        DoubleRecord,
        DoubleRecord.opened_at,
        lambda one: one.reason,
        lambda _on: [DoubleRecord.settled_at.is_not(None)],
    ),
    FactKind.RECONCILIATION: _Source(
        ReconciliationDecision,
        ReconciliationDecision.day_on,
        lambda one: (
            f"站长收{one.keeper_received}寄{one.keeper_sent}，"
            f"企业收{one.operator_inbound}寄{one.operator_outbound}"
        ),
        lambda _on: [
            ReconciliationDecision.keeper_received.is_not(None),
            ReconciliationDecision.operator_inbound.is_not(None),
            sa.or_(
                ReconciliationDecision.keeper_received != ReconciliationDecision.operator_inbound,
                ReconciliationDecision.keeper_sent != ReconciliationDecision.operator_outbound,
            ),
            _newest_decision(),
        ],
    ),
    FactKind.COMPLAINT: _Source(
        Complaint,
        Complaint.received_on,
        lambda one: f"{one.number} {one.kind.label}",
        lambda _on: [_punished()],
    ),
    FactKind.REVERSED: _Source(
        SubsidyEntitlement,
        SubsidyEntitlement.ended_at,
        lambda one: one.sentence,
        lambda _on: [SubsidyEntitlement.state == EntitlementState.REVERSED],
    ),
}


def offers(session: Session, *, county: str, on: date) -> list[Offer]:
    """What can be picked in a county on a day, kind by kind, the newest first."""
    found = []
    for kind, source in _SOURCES.items():
        wanted = _wanted(source, county, on)
        total = session.scalar(sa.select(sa.func.count()).select_from(source.noun).where(*wanted))
        rows = session.execute(
            sa.select(source.noun, Station)
            .outerjoin(Station, Station.id == source.noun.station_id)
            .where(*wanted)
            .order_by(source.day.desc(), source.noun.id.desc())
            .limit(MOST)
        )
        shown = tuple(_pickable(kind, source, row, station) for row, station in rows)
        found.append(Offer(kind, shown, total or 0))
    return found


def can_be_picked(session: Session, *, county: str, kind: FactKind, ref: str, on: date) -> bool:
    """Whether a row is there and has been decided; nothing that waits for a person is handed on."""
    source = _SOURCES[kind]
    try:
        key = source.key_of(ref)
    except ValueError:
        return False
    asked = sa.select(source.noun.id).where(source.noun.id == key, *_wanted(source, county, on))
    return session.scalar(asked) is not None


def picked(session: Session, *, county: str, kind: FactKind, ref: str) -> Pickable:
    """A row that can be picked, as a list shows it by now."""
    source, row = _SOURCES[kind], row_of(session, county=county, kind=kind, ref=ref)
    station = session.get(Station, row.station_id) if row.station_id is not None else None
    return _pickable(kind, source, row, station)


def row_of(session: Session, *, county: str, kind: FactKind, ref: str) -> Any:
    """The row of a fact that was picked; None where it is gone."""
    source = _SOURCES[kind]
    row = session.get(source.noun, source.key_of(ref))
    return row if row is not None and row.county == county else None


def _wanted(source: _Source, county: str, on: date) -> list[sa.ColumnElement[bool]]:
    return [source.noun.county == county, *source.wanted(on)]


def _pickable(kind: FactKind, source: _Source, row: Any, station: Station | None) -> Pickable:
    at = getattr(row, source.day.key)
    day = beijing_day(at) if isinstance(at, datetime) else at
    return Pickable(kind, str(row.id), station, full_day_text(day), source.about(row))
