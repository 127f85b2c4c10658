"""A station's months side by side: days of check-ins, counts, and whether the month is approved."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import first_of_month
from server.models.person import Person
from server.models.phone_event import CheckIn
from server.policy.hours.open import Holidays, nobody_knows
from server.services.days.corrections import corrections
from server.services.days.months import StationMonth, frozen_month, month_figures, months_of
from server.services.people.scope import EVERYBODY


@dataclass(frozen=True, slots=True)
class MonthTold:
    """One month: its stations' figures by id, as approved where it was, else as they stand now.

    `corrected` counts what came of a station after the approval; `opened` the days on which a
    check-in arrived.
    """

    month_on: date
    stations: dict[int, StationMonth]
    approved_at: datetime | None
    approver: str
    corrected: Counter[int]
    opened: Counter[int]


def months_told(
    session: Session,
    *,
    county: str,
    today: date,
    most: int,
    station_ids: Collection[int],
    holidays: Holidays = nobody_knows,
) -> list[MonthTold]:
    """The county's newest months for some stations, the newest month first."""
    wanted = set(station_ids)
    months = months_of(session, county=county, today=today)[:most]
    opened = _opened(session, county, wanted, months[-1][0]) if months else {}
    found = []
    for month_on, approval in months:
        if approval is None:
            month, approver, late = (
                month_figures(
                    session, county=county, month_on=month_on, today=today, holidays=holidays
                ),
                "",
                Counter[int](),
            )
        else:
            month = frozen_month(approval)
            approver = session.get_one(Person, approval.approved_by).name
            late = Counter(
                one.station.id for one in corrections(session, approval=approval, seen_by=EVERYBODY)
            )
        found.append(
            MonthTold(
                month_on=month_on,
                stations={one.station_id: one for one in month.of_stations(wanted).stations},
                approved_at=approval.approved_at if approval else None,
                approver=approver,
                corrected=late,
                opened=opened.get(month_on, Counter()),
            )
        )
    return found


def _opened(
    session: Session, county: str, station_ids: Collection[int], since: date
) -> dict[date, Counter[int]]:
    """By month and station on how many days a check-in came; one query."""
    found: dict[date, Counter[int]] = {}
    for station_id, day in session.execute(
        sa.select(CheckIn.station_id, CheckIn.day_on)
        .where(
            CheckIn.county == county, CheckIn.station_id.in_(station_ids), CheckIn.day_on >= since
        )
        .distinct()
    ):
        found.setdefault(first_of_month(day), Counter())[station_id] += 1
    return found
