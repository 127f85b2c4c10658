"""What keepers, operators and deciding persons said of a month's days: one query for each."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import next_month
from server.db import plain_rows
from server.models.month import MonthApproval
from server.models.operator_total import OperatorTotal, ReconciliationDecision
from server.models.phone_event import ParcelCount, PhoneEvent
from server.policy.reconciliation import Numbers


class KeeperSide(NamedTuple):
    """The count that holds; `late` is whether it came after the month was approved."""

    id: UUID
    version: int
    numbers: Numbers
    agri_sent: int
    late: bool


class OperatorLine(NamedTuple):
    """One line of an operator's file that holds."""

    id: int
    file_id: int
    file_row: int
    operator_id: int
    brand: str
    version: int
    numbers: Numbers


class Asked(NamedTuple):
    """Whose days of which month are read; `ids` None are all stations of the county."""

    county: str
    month_on: date
    ids: Collection[int] | None

    @property
    def last(self) -> date:
        """The month's last day."""
        return next_month(self.month_on) - timedelta(days=1)


def sum_of(numbers: Iterable[Numbers]) -> Numbers | None:
    """All of them together; None for none."""
    every = list(numbers)
    if len(every) < 2:  # most days have one line, and a month of a county has thousands of days
        return every[0] if every else None
    return Numbers(sum(one.inbound for one in every), sum(one.outbound for one in every))


def keepers_said(
    session: Session, asked: Asked, approval: MonthApproval | None
) -> defaultdict[int, dict[date, KeeperSide]]:
    """The counts that hold, by station and day."""
    late = PhoneEvent.received_at > approval.approved_at if approval else sa.false()
    query = sa.select(
        ParcelCount.station_id,
        ParcelCount.day_on,
        ParcelCount.id,
        ParcelCount.version,
        ParcelCount.received,
        ParcelCount.sent,
        ParcelCount.agri_sent,
        late,
    ).where(
        ParcelCount.county == asked.county,
        ParcelCount.day_on.between(asked.month_on, asked.last),
        ParcelCount.holds(),
    )
    if approval:  # else nothing can be late, and nobody need look at the events
        query = query.join(PhoneEvent, PhoneEvent.id == ParcelCount.id)
    if asked.ids is not None:
        query = query.where(ParcelCount.station_id.in_(asked.ids))
    found: defaultdict[int, dict[date, KeeperSide]] = defaultdict(dict)
    for station_id, day_on, key, version, received, sent, agri, after in plain_rows(
        session, query
    ).all():
        found[station_id][day_on] = KeeperSide(
            key, version, Numbers(received, sent), agri, bool(after)
        )
    return found


def operators_said(
    session: Session, asked: Asked
) -> tuple[defaultdict[int, dict[date, list[OperatorLine]]], dict[date, tuple[OperatorLine, ...]]]:
    """The operators' lines that hold, by station and day; and those of the county's centre."""
    query = (
        sa.select(
            OperatorTotal.station_id,
            OperatorTotal.day_on,
            OperatorTotal.id,
            OperatorTotal.file_id,
            OperatorTotal.file_row,
            OperatorTotal.operator_id,
            OperatorTotal.brand,
            OperatorTotal.version,
            OperatorTotal.inbound,
            OperatorTotal.outbound,
        )
        .where(
            OperatorTotal.county == asked.county,
            OperatorTotal.month_on == asked.month_on,
            OperatorTotal.current,
        )
        .order_by(OperatorTotal.id)
    )
    if asked.ids is not None:
        query = query.where(OperatorTotal.station_id.in_(asked.ids))
    found: defaultdict[int, dict[date, list[OperatorLine]]] = defaultdict(dict)
    hub: defaultdict[date, list[OperatorLine]] = defaultdict(list)
    for station_id, day_on, key, file, row, operator, brand, version, *numbers in plain_rows(
        session, query
    ).all():
        said = OperatorLine(key, file, row, operator, brand, version, Numbers(*numbers))
        if station_id is None:
            hub[day_on].append(said)
        else:
            found[station_id].setdefault(day_on, []).append(said)
    return found, {day: tuple(of_day) for day, of_day in sorted(hub.items())}


def newest_decisions(
    session: Session, asked: Asked
) -> dict[tuple[int, date], ReconciliationDecision]:
    """The newest decision of each station's day."""
    query = (
        sa.select(ReconciliationDecision)
        .where(
            ReconciliationDecision.county == asked.county,
            ReconciliationDecision.day_on.between(asked.month_on, asked.last),
        )
        .order_by(ReconciliationDecision.seq)
    )
    if asked.ids is not None:
        query = query.where(ReconciliationDecision.station_id.in_(asked.ids))
    return {(one.station_id, one.day_on): one for one in session.scalars(query)}
