"""Days on which keeper and operator differ and nobody has decided: counted for the first page."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import first_of_month, next_month
from server.db import plain_rows
from server.models.county import County
from server.models.month import MonthApproval
from server.models.operator_total import OperatorFile, OperatorTotal, ReconciliationDecision
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

    One query where no operator gave anything, as in most counties on most days; else three, and
    two more for each month of which one did.

    Counted are days on which an operator gave a number, and those of the same station's month on
    which it alone is missing. Where an operator has given nothing at all for a month there is
    nothing to hold against each other yet.
    """
    county, months = asked.county, months_looked_at(asked.on)
    given = set(plain_rows(session, _TOLD, {"county": county, "months": months}).scalars())
    if not given:
        return NOTHING
    tolerance = tolerance_of(round_options(session.get_one(County, county)))
    frozen = {
        one.month_on: Tolerance(one.tolerance_parcels, one.tolerance_percent)
        for one in session.execute(
            sa.select(
                MonthApproval.month_on,
                MonthApproval.tolerance_parcels,
                MonthApproval.tolerance_percent,
            ).where(MonthApproval.county == county, MonthApproval.month_on.in_(given))
        )
    }
    found = []
    for month_on in given:
        held = frozen.get(month_on, tolerance)
        days = {
            "county": county,
            "month": month_on,
            "until": next_month(month_on),
            "parcels": held.parcels,
            "percent": held.percent,
        }
        found += [session.execute(query, days).one() for query in (_DIFFERING, _ALONE)]
    return QueueLine(
        sum(number for number, _ in found), min((day for _, day in found if day), default=None)
    )


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


def _near(keeper: Any, operator: Any) -> sa.ColumnElement[bool]:
    """As `Tolerance.allows`, by the parameters of the queries below."""
    apart = sa.func.abs(keeper - operator)
    parcels, percent = (sa.bindparam(name, type_=sa.Integer) for name in ("parcels", "percent"))
    return sa.or_(apart <= parcels, apart * 100 <= percent * operator)


# Built once, month by month: a query over all three asks of each day how far its month's sides may
# lie apart, which costs more than the days do.
_COUNTY = sa.bindparam("county", type_=sa.String)
_MONTH = sa.bindparam("month", type_=sa.Date)
_TOLD = (
    sa.select(OperatorFile.month_on)
    .where(
        OperatorFile.county == _COUNTY,
        OperatorFile.month_on.in_(sa.bindparam("months", type_=sa.Date, expanding=True)),
        OperatorFile.withdrawn_at.is_(None),
    )
    .distinct()
)
"""Of which of some months an operator gave a file that holds."""
_GIVEN = (
    OperatorTotal.county == _COUNTY,
    OperatorTotal.month_on == _MONTH,
    OperatorTotal.current,
    OperatorTotal.station_id.is_not(None),
)
_said = (
    sa.select(
        OperatorTotal.station_id,
        OperatorTotal.day_on,
        sa.func.sum(OperatorTotal.inbound).label("inbound"),
        sa.func.sum(OperatorTotal.outbound).label("outbound"),
    )
    .where(*_GIVEN)
    .group_by(OperatorTotal.station_id, OperatorTotal.day_on)
    .subquery()
)
_DIFFERING = (
    sa.select(sa.func.count(), sa.func.min(_said.c.day_on))
    .select_from(_said)
    .outerjoin(
        ParcelCount,
        sa.and_(
            ParcelCount.county == _COUNTY,
            ParcelCount.station_id == _said.c.station_id,
            ParcelCount.day_on == _said.c.day_on,
            ParcelCount.holds(),
        ),
    )
    .where(
        sa.case(
            (ParcelCount.version.is_(None), _said.c.inbound + _said.c.outbound > 0),
            else_=~(
                _near(ParcelCount.received, _said.c.inbound)
                & _near(ParcelCount.sent, _said.c.outbound)
            ),
        ),
        ~_decided(
            _said.c.station_id,
            _said.c.day_on,
            (ParcelCount.received, ParcelCount.sent, _said.c.inbound, _said.c.outbound),
        ),
    )
)
"""Days of a month on which operators gave a number that the keeper's is not near to."""
_ALONE = sa.select(sa.func.count(), sa.func.min(ParcelCount.day_on)).where(
    ParcelCount.county == _COUNTY,
    ParcelCount.day_on >= _MONTH,
    ParcelCount.day_on < sa.bindparam("until", type_=sa.Date),
    ParcelCount.received + ParcelCount.sent > 0,
    ~sa.exists().where(
        *_GIVEN,
        OperatorTotal.station_id == ParcelCount.station_id,
        OperatorTotal.day_on == ParcelCount.day_on,
    ),
    sa.exists().where(*_GIVEN, OperatorTotal.station_id == ParcelCount.station_id),
    ParcelCount.holds(),
    ~_decided(
        ParcelCount.station_id,
        ParcelCount.day_on,
        (ParcelCount.received, ParcelCount.sent, sa.null(), sa.null()),
    ),
)
"""Days of a month that a keeper counted and no operator, of stations of which one told others."""
