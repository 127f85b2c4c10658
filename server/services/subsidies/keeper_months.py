"""A keeper's months: what was reported, whether it was approved, and for whom the money waits."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import first_of_month, month_of, next_month
from server.models.person import Keeping, Person
from server.models.phone_event import ParcelCount
from server.models.subsidy import SubsidyCycle, SubsidyEntitlement
from server.services.days.months import approved_since

MONTHS = 6
RUNNING = "这个月还没过完，过完了县专班核准件数。"
NOT_APPROVED = "等县专班核准这个月的件数。"
NOT_WORKED_OUT = "件数核准了，等县里算这个月的补助。"
NOTHING_HERE = "县里算过这个月的补助，没有您这个站的。不明白就打电话问县里。"
LISTED = "补助算好了，到哪一步看下面。"


@dataclass(frozen=True, slots=True)
class KeeperMonth:
    """One month of one station: the sums of what its keeper reported, and how far it has come.

    `said` is what it waits for and for whom, in a sentence.
    """

    station_id: int
    month_on: date
    received: int
    sent: int
    days: int
    approved: bool
    said: str

    @property
    def period(self) -> str:
        """The month as subsidies name it: 2023-05."""
        return month_of(self.month_on)


def keeper_months(
    session: Session, *, keeper: Person, schemes: Collection[str], today: date
) -> list[KeeperMonth]:
    """The newest six months of the keeper's stations in which anything was reported; four queries.

    The newest first. `schemes` are the keys of what the county pays by the piece, each month;
    without any no month waits for money, and none is told of.
    """
    if not schemes:
        return []
    first = first_of_month(today)
    for _ in range(MONTHS - 1):
        first = first_of_month(first - timedelta(days=1))
    kept = sa.select(Keeping.station_id).where(
        Keeping.person_id == keeper.id, Keeping.until_at.is_(None)
    )
    sums: defaultdict[tuple[date, int], Counter[str]] = defaultdict(Counter)
    for station_id, day_on, received, sent in session.execute(
        sa.select(
            ParcelCount.station_id, ParcelCount.day_on, ParcelCount.received, ParcelCount.sent
        ).where(
            ParcelCount.county == keeper.county,
            ParcelCount.station_id.in_(kept),
            ParcelCount.day_on >= first,
            ParcelCount.day_on <= today,
            ParcelCount.holds(),
        )
    ):
        sums[first_of_month(day_on), station_id].update(received=received, sent=sent, days=1)
    approved = set(approved_since(session, county=keeper.county, day=first))
    opened = session.execute(
        sa.select(SubsidyCycle.period, SubsidyCycle.scheme)
        .where(SubsidyCycle.county == keeper.county, SubsidyCycle.scheme.in_(schemes))
        .distinct()
    )
    worked_out = Counter(period for period, _ in opened)
    listed = {
        (period, station_id)
        for period, station_id in session.execute(
            sa.select(SubsidyCycle.period, SubsidyEntitlement.station_id)
            .join(SubsidyCycle, SubsidyCycle.id == SubsidyEntitlement.cycle_id)
            .where(SubsidyEntitlement.station_id.in_(kept))
        )
    }

    def said(month_on: date, station_id: int) -> str:
        period = month_of(month_on)
        if (period, station_id) in listed:
            return LISTED
        if next_month(month_on) > today:
            return RUNNING
        if month_on not in approved:
            return NOT_APPROVED
        return NOTHING_HERE if worked_out[period] == len(set(schemes)) else NOT_WORKED_OUT

    return [
        KeeperMonth(
            station_id,
            month_on,
            of["received"],
            of["sent"],
            of["days"],
            month_on in approved,
            said(month_on, station_id),
        )
        for (month_on, station_id), of in sorted(sums.items(), reverse=True)
    ]
