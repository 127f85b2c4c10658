"""What a month's file says: as approved, what came afterwards, and every entry of a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import full_day_text, moment_text, next_month
from server.models.county import County
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.phone_event import ParcelCount, PhoneEvent
from server.models.station import Station
from server.services.days.corrections import Correction, corrections
from server.services.days.months import (
    Month,
    frozen_month,
    month_seen,
)
from server.services.people.scope import Everybody, stations_visible_to


@dataclass(frozen=True)
class Version:
    """One of several entries for a station's day; `holds` says whether it is the newest."""

    day_on: date
    code: str
    station: str
    received: int
    sent: int
    agri_sent: int
    on_hand: int
    reason: str
    who: str
    at: datetime
    holds: bool


@dataclass(frozen=True)
class MonthContent:
    """What a month's file says: `month` is as approved if it was, else as it stands on `on`.

    `now` is the month with its corrections. `scope` names whose stations these are when they are
    not the whole county's.
    """

    county: County
    month: Month
    now: Month
    approval: MonthApproval | None
    approver: str
    corrections: tuple[Correction, ...]
    versions: tuple[Version, ...]
    on: date
    scope: str
    anchor: str = ""  # at the foot of its file; of an approved month that of its approval

    @property
    def title(self) -> str:
        """静乐县2023年7月件数."""
        return f"{self.county.name}{self.month.name}件数"

    @property
    def stamp(self) -> str:
        """Whether these figures may go into a report."""
        if self.approval is None:
            return f"未核准，统计到{full_day_text(self.on)}，数字还会变"
        return f"{self.approver}于{moment_text(self.approval.approved_at)}核准，数字不再变"


def month_content(
    session: Session,
    *,
    county: County,
    now: Month,
    approval: MonthApproval | None,
    seen_by: Person | Everybody,
    on: date,
    scope: str = "",
) -> MonthContent:
    """Gather what the file says of the stations in sight; `now` is the whole county's month."""
    whole = frozen_month(approval) if approval else now
    return MonthContent(
        county=county,
        month=month_seen(session, whole, seen_by=seen_by),
        now=month_seen(session, now, seen_by=seen_by),
        approval=approval,
        approver=session.get_one(Person, approval.approved_by).name if approval else "",
        corrections=tuple(corrections(session, approval=approval, seen_by=seen_by))
        if approval
        else (),
        versions=tuple(
            _versions(session, month_on=now.month_on, county=county.code, seen_by=seen_by)
        ),
        on=on,
        scope=scope,
    )


def _versions(
    session: Session, *, county: str, month_on: date, seen_by: Person | Everybody
) -> list[Version]:
    """Every entry of the days that were entered more than once, day by day, in order of arrival."""
    other = aliased(ParcelCount)
    rows = session.execute(
        sa.select(ParcelCount, Station, Person.name, PhoneEvent.received_at, ParcelCount.holds())
        .join(PhoneEvent, PhoneEvent.id == ParcelCount.id)
        .join(Station, Station.id == ParcelCount.station_id)
        .join(Person, Person.id == ParcelCount.person_id)
        .where(
            ParcelCount.county == county,
            stations_visible_to(seen_by),
            ParcelCount.day_on.between(month_on, next_month(month_on) - timedelta(days=1)),
            sa.exists().where(
                other.county == ParcelCount.county,
                other.station_id == ParcelCount.station_id,
                other.day_on == ParcelCount.day_on,
                other.version != ParcelCount.version,
            ),
        )
    ).all()
    found = [
        Version(
            day_on=count.day_on,
            code=station.code or "",
            station=station.name,
            received=count.received,
            sent=count.sent,
            agri_sent=count.agri_sent,
            on_hand=count.on_hand,
            reason=count.reason,
            who=who,
            at=at,
            holds=holds,
        )
        for count, station, who, at, holds in rows
    ]
    return sorted(found, key=lambda one: (one.day_on, one.code or "~", one.station, one.at))
