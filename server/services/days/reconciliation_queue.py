"""Days on which keeper and operator differ and nobody has decided: counted for the first page."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import first_of_month, next_month
from server.models.county import County
from server.models.month import MonthApproval
from server.models.operator_total import OperatorTotal, ReconciliationDecision
from server.models.phone_event import ParcelCount
from server.policy.reconciliation import Tolerance
from server.services.common.queues import NOTHING, Asked, QueueLine
from server.services.county.round_options import round_options, tolerance_of

MONTHS = 3
"""How many months the queue looks back on, the running one too: what is older is seen by month."""


def months_looked_at(today: date) -> list[date]:
    """The first days of the months of the queue, the newest first."""
    months = [first_of_month(today)]
    while len(months) < MONTHS:
        months.append(first_of_month(months[-1] - timedelta(days=1)))
    return months


def reconciliation_queue(session: Session, asked: Asked) -> QueueLine:
    """How many station-days of the newest months wait for a person.

    One query where no operator gave anything, as in most counties on most days; else five.

    Counted are days on which an operator gave a number, and those of the same station's month on
    which it alone is missing. Where an operator has given nothing at all for a month there is
    nothing to hold against each other yet.
    """
    county, months = asked.county, months_looked_at(asked.on)
    given = (
        OperatorTotal.county == county,
        OperatorTotal.month_on.in_(months),
        OperatorTotal.current,
        OperatorTotal.station_id.is_not(None),
    )
    if not session.scalar(sa.select(sa.exists().where(*given))):
        return NOTHING
    tolerance = tolerance_of(round_options(session.get_one(County, county)))
    said = (
        sa.select(
            OperatorTotal.station_id,
            OperatorTotal.month_on,
            OperatorTotal.day_on,
            sa.func.sum(OperatorTotal.inbound).label("inbound"),
            sa.func.sum(OperatorTotal.outbound).label("outbound"),
        )
        .where(*given)
        .group_by(OperatorTotal.month_on, OperatorTotal.station_id, OperatorTotal.day_on)
        .subquery()
    )
    frozen = {
        one.month_on: Tolerance(one.tolerance_parcels, one.tolerance_percent)
        for one in session.scalars(
            sa.select(MonthApproval).where(
                MonthApproval.county == county, MonthApproval.month_on.in_(months)
            )
        )
    }
    held = {one: frozen.get(one, tolerance) for one in months}
    parcels = sa.case({one: each.parcels for one, each in held.items()}, value=said.c.month_on)
    percent = sa.case({one: each.percent for one, each in held.items()}, value=said.c.month_on)

    def near(keeper: Any, operator: Any) -> sa.ColumnElement[bool]:
        apart = sa.func.abs(keeper - operator)
        return sa.or_(apart <= parcels, apart * 100 <= percent * operator)

    beside = (
        sa.select(sa.func.count(), sa.func.min(said.c.day_on))
        .select_from(said)
        .outerjoin(
            ParcelCount,
            sa.and_(
                ParcelCount.county == county,
                ParcelCount.station_id == said.c.station_id,
                ParcelCount.day_on == said.c.day_on,
                ParcelCount.holds(),
            ),
        )
        .where(
            sa.case(
                (ParcelCount.id.is_(None), said.c.inbound + said.c.outbound > 0),
                else_=~(
                    near(ParcelCount.received, said.c.inbound)
                    & near(ParcelCount.sent, said.c.outbound)
                ),
            ),
            ~_decided(
                said.c.station_id,
                said.c.day_on,
                (ParcelCount.received, ParcelCount.sent, said.c.inbound, said.c.outbound),
            ),
        )
    )
    of_month = sa.select(said.c.station_id, said.c.month_on).distinct().subquery()
    line = aliased(OperatorTotal)
    beside_it = sa.select(line.id).where(
        line.station_id == ParcelCount.station_id, line.day_on == ParcelCount.day_on, line.current
    )
    alone = (
        sa.select(sa.func.count(), sa.func.min(ParcelCount.day_on))
        .join(of_month, of_month.c.station_id == ParcelCount.station_id)
        .where(
            ParcelCount.county == county,
            ParcelCount.day_on >= months[-1],
            _within(ParcelCount.day_on, of_month.c.month_on, months),
            ~beside_it.exists(),
            ParcelCount.received + ParcelCount.sent > 0,
            ParcelCount.holds(),
            ~_decided(
                ParcelCount.station_id,
                ParcelCount.day_on,
                (ParcelCount.received, ParcelCount.sent, sa.null(), sa.null()),
            ),
        )
    )
    found = [session.execute(query).one() for query in (beside, alone)]
    return QueueLine(
        sum(number for number, _ in found), min((day for _, day in found if day), default=None)
    )


def _within(day: Any, month: Any, months: list[date]) -> sa.ColumnElement[bool]:
    """Whether a day lies in a month; said month by month, for engines count days differently."""
    return sa.or_(*(sa.and_(month == one, day >= one, day < next_month(one)) for one in months))


def _decided(station_id: Any, day_on: Any, numbers: tuple[Any, ...]) -> sa.ColumnElement[bool]:
    """Whether the newest decision of a day was made over just these numbers."""
    newest, later = aliased(ReconciliationDecision), aliased(ReconciliationDecision)
    seen = (
        newest.keeper_received, newest.keeper_sent,
        newest.operator_inbound, newest.operator_outbound,
    )  # fmt: skip
    followed = sa.select(later.id).where(
        later.station_id == newest.station_id,
        later.day_on == newest.day_on,
        later.seq > newest.seq,
    )
    return (
        sa.select(newest.id)
        .where(
            newest.station_id == station_id,
            newest.day_on == day_on,
            *(one.is_not_distinct_from(number) for one, number in zip(seen, numbers, strict=True)),
            ~followed.exists(),
        )
        .correlate_except(newest)
        .exists()
    )
