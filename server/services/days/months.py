"""A county's months of parcel counts: added up, approved once by a person, then only corrected."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, first_of_month, full_month_text, next_month
from server.db import plain_rows
from server.errors import Conflict, Invalid
from server.models.county import County, Division
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.phone_event import ParcelCount
from server.models.station import Station
from server.policy.hours import Holidays, nobody_knows
from server.policy.reconciliation import Tolerance
from server.services.common import history
from server.services.common.closures import times_away
from server.services.common.hours_then import hours_then
from server.services.common.openings import days_closed
from server.services.common.written import reason_given, written
from server.services.county.round_options import round_options, tolerance_of
from server.services.days.actions import DaysAction
from server.services.days.due import NO_DAYS, DaysDue, MonthDays
from server.services.people.scope import (
    EVERYBODY,
    Everybody,
    station_ids,
)

MONTHS_BACK = 36
NO_TOWNSHIP = "没有登记乡镇"


@dataclass(frozen=True)
class StationMonth:
    """One station's month: `due` days it was to report, `counted` days reported, `without` not.

    A day of which the keeper told that the door stays shut is not `without`.

    A day is due from the station's opening to its closing where the hours of that day surely
    say that it is open: a market day, which nobody can foretell from here, is not.
    """

    station_id: int
    code: str
    name: str
    township_code: str
    township: str
    due: int
    counted: int
    without: int
    received: int
    sent: int
    agri_sent: int


@dataclass(frozen=True)
class Sums:
    """Several stations' month together."""

    name: str
    stations: int
    due: int
    counted: int
    without: int
    received: int
    sent: int
    agri_sent: int


@dataclass(frozen=True)
class Gap:
    """The station-days that nobody reported: `without` of `due`; `stations` lack the most first."""

    without: int
    due: int
    stations: tuple[StationMonth, ...]

    @property
    def text(self) -> str:
        """应报90天，没报88天，占97.8%，涉及3个站."""
        share = f"{self.without * 100 / self.due:.1f}%" if self.due else "0%"
        return f"应报{self.due}天，没报{self.without}天，占{share}，涉及{len(self.stations)}个站"

    def over(self, percent: int) -> bool:
        """Whether more than this share of what was due is missing."""
        return self.without * 100 > self.due * percent


@dataclass(frozen=True)
class Month:
    """A month's figures, station by station; equal content has an equal `sha256`.

    `unread` are stations whose hours or closings of then nobody can tell any more: what was
    registered next stands in for them.
    """

    month_on: date
    stations: tuple[StationMonth, ...]
    unread: frozenset[int] = frozenset()

    @property
    def name(self) -> str:
        """2023年7月."""
        return full_month_text(self.month_on)

    @property
    def total(self) -> Sums:
        """All stations together."""
        return _sums("合计", self.stations)

    @property
    def townships(self) -> tuple[Sums, ...]:
        """Each township's stations together, in the order of the townships' codes."""
        found: defaultdict[tuple[str, str], list[StationMonth]] = defaultdict(list)
        for one in self.stations:
            found[(one.township_code or "~", one.township)].append(one)
        return tuple(_sums(name, found[(code, name)]) for code, name in sorted(found))

    def as_json(self) -> dict[str, Any]:
        """What an approval freezes; `unread` only where there are any, as before it was frozen."""
        return {
            "month": self.month_on.isoformat()[:7],
            "stations": [asdict(one) for one in self.stations],
            "total": asdict(self.total),
            **({"unread": sorted(self.unread)} if self.unread else {}),
        }

    @property
    def unread_names(self) -> str:
        """C0001 马家沟站、C0002 …: those of `unread`."""
        some = (one for one in self.stations if one.station_id in self.unread)
        return "、".join(f"{one.code or '未编号'} {one.name}" for one in some)

    @property
    def gap(self) -> "Gap":
        """What nobody reported of what was due."""
        silent = sorted((one for one in self.stations if one.without), key=lambda one: -one.without)
        return Gap(self.total.without, self.total.due, tuple(silent))

    @property
    def sha256(self) -> str:
        """A hash of all figures, by which an approval proves what was approved."""
        text = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def of_stations(self, station_ids: Iterable[int]) -> "Month":
        """The same month as somebody sees it who may see only these stations."""
        seen = set(station_ids)
        some = tuple(one for one in self.stations if one.station_id in seen)
        return Month(self.month_on, some, self.unread & seen)


def _sums(name: str, stations: Sequence[StationMonth]) -> Sums:
    def add(field: str) -> int:
        return sum(getattr(one, field) for one in stations)

    return Sums(
        name,
        len(stations),
        add("due"),
        add("counted"),
        add("without"),
        add("received"),
        add("sent"),
        add("agri_sent"),
    )


def approval_of(session: Session, *, county: str, month_on: date) -> MonthApproval | None:
    """A month's approval, if it has one."""
    return session.scalars(
        sa.select(MonthApproval).where(
            MonthApproval.county == county, MonthApproval.month_on == month_on
        )
    ).one_or_none()


_APPROVED = (
    sa.select(MonthApproval.month_on)
    .where(
        MonthApproval.county == sa.bindparam("county"),
        MonthApproval.month_on >= sa.bindparam("since"),
    )
    .order_by(MonthApproval.month_on)
)


def approved_since(session: Session, *, county: str, day: date) -> list[date]:
    """The first days of the approved months from that of `day` on, the oldest first."""
    asked = {"county": county, "since": first_of_month(day)}
    return list(plain_rows(session, _APPROVED, asked).scalars())


def months_of(
    session: Session, *, county: str, today: date
) -> list[tuple[date, MonthApproval | None]]:
    """The months since the county's first count (three years at most), the newest first."""
    first = session.scalar(
        sa.select(sa.func.min(ParcelCount.day_on)).where(ParcelCount.county == county)
    )
    approvals = {
        one.month_on: one
        for one in session.scalars(sa.select(MonthApproval).where(MonthApproval.county == county))
    }
    earliest = first_of_month(min(first or today, today))
    found: list[tuple[date, MonthApproval | None]] = []
    month_on = first_of_month(today)
    while month_on >= earliest and len(found) < MONTHS_BACK:
        found.append((month_on, approvals.get(month_on)))
        month_on = first_of_month(month_on - timedelta(days=1))
    return found


_COUNTY = sa.bindparam("county", type_=sa.String)
# A station's month in one row: its days are bits, the first of the month the lowest, for each day
# has one count that holds.
_DAY = sa.cast(sa.extract("day", ParcelCount.day_on), sa.Integer) - 1
_COUNTS = (
    sa.select(
        ParcelCount.station_id,
        sa.func.sum(sa.literal_column("1").op("<<")(_DAY.self_group())),
        sa.func.sum(ParcelCount.received),
        sa.func.sum(ParcelCount.sent),
        sa.func.sum(ParcelCount.agri_sent),
    )
    .where(
        ParcelCount.county == _COUNTY,
        ParcelCount.day_on.between(
            sa.bindparam("since", type_=sa.Date), sa.bindparam("until", type_=sa.Date)
        ),
        ParcelCount.holds(),
    )
    .group_by(ParcelCount.station_id)
)
_STATIONS = (
    sa.select(
        Station.id, Station.code, Station.name, Station.township_code, Station.hours,
        Station.opened_on, Station.closed_on, Division.name.label("township"),
    )
    .outerjoin(Division, (Division.county == _COUNTY) & (Division.code == Station.township_code))
    .where(Station.county == _COUNTY)
)  # fmt: skip


def month_figures(
    session: Session,
    *,
    county: str,
    month_on: date,
    today: date,
    holidays: Holidays = nobody_knows,
) -> Month:
    """What the county's stations reported in a month, as it stands now; five queries, always."""
    last = next_month(month_on) - timedelta(days=1)
    asked = {"county": county, "since": month_on, "until": last}
    counts = {station_id: sums for station_id, *sums in plain_rows(session, _COUNTS, asked).all()}
    closed = days_closed(session, county=county, station_ids=None, since=month_on, until=last)
    away = times_away(session, county=county)
    month_days = MonthDays(month_on)
    then = hours_then(session, county=county, since=month_on, until=last)
    due_days = DaysDue(month_on, last, holidays, then)
    found = []
    for station in plain_rows(session, _STATIONS, {"county": county}).all():
        bits, received, sent, agri_sent = counts.get(station.id, (0, 0, 0, 0))
        due = due_days.of_station(station, month_on, min(last, today))
        gone = away.between(station.id, due or ())
        if not bits and (due is None or (gone and due == gone)):
            continue  # not yet open, or closed before, or all the time until it opened again
        due, counted = (due or NO_DAYS) - gone, month_days.of(bits)
        found.append(
            StationMonth(
                station_id=station.id,
                code=station.code or "",
                name=station.name,
                township_code=station.township_code or "",
                township=station.township or NO_TOWNSHIP,
                due=len(due),
                counted=len(counted),
                without=len(due - counted - closed.get(station.id, NO_DAYS)),
                received=received,
                sent=sent,
                agri_sent=agri_sent,
            )
        )
    # Sorted here: engines differ in where they put what has no township or number.
    found.sort(key=lambda one: (one.township_code or "~", one.code or "~", one.station_id))
    unread = then.unread | away.unread(month_on)
    return Month(month_on, tuple(found), unread & {one.station_id for one in found})


def month_seen(session: Session, month: Month, *, seen_by: Person | Everybody) -> Month:
    """A month, as it stands or as it was approved, as somebody sees it; at most one query."""
    if seen_by is EVERYBODY:
        return month
    return month.of_stations(station_ids(session, seen_by))


def frozen_month(approval: MonthApproval) -> Month:
    """The figures as they were approved."""
    return Month(
        approval.month_on,
        tuple(StationMonth(**one) for one in approval.figures["stations"]),
        frozenset(approval.figures.get("unread", ())),
    )


def approve_month(
    session: Session,
    *,
    county: str,
    month_on: date,
    seen_sha256: str,
    note: str,
    by: Person,
    now: datetime,
    gap_reason: str = "",
    holidays: Holidays = nobody_knows,
    tolerance: Tolerance | None = None,
) -> MonthApproval:
    """Close a month with the figures that `by` has seen; from then on only corrections.

    There is no way back: what was approved may have been reported and paid by. Where more is
    missing than the county's own share, `gap_reason` says why it is approved all the same. How far
    both sides' numbers may lie apart is frozen with it: `tolerance` is what `by` was shown. Raises
    `Invalid` (month-not-over, reason-needed) and `Conflict` (month-approved-already,
    month-changed-meanwhile).
    """
    today = beijing_day(now)
    if next_month(month_on) > today:
        raise Invalid(
            "month-not-over",
            f"{full_month_text(month_on)}还没有过完，不能核准。请到下个月再办。",
        )
    # Every event that comes in holds its county's row a little (its foreign key), so this waits
    # for those on their way, and those that come later see the approval.
    session.execute(sa.select(County.code).where(County.code == county).with_for_update())
    if approval_of(session, county=county, month_on=month_on) is not None:
        raise Conflict(
            "month-approved-already",
            f"{full_month_text(month_on)}已经核准过了。要改数，请在站点页更正那一天，写明理由。",
        )
    month = month_figures(session, county=county, month_on=month_on, today=today, holidays=holidays)
    if month.sha256 != seen_sha256:
        raise Conflict(
            "month-changed-meanwhile",
            "您看的时候又有件数报上来，合计变了。请看过新的数再核准。",
        )
    options = round_options(session.get_one(County, county))
    if tolerance not in (None, tolerance_of(options)):
        raise Conflict(
            "month-changed-meanwhile",
            "您看的时候，县里改了对账的允许误差，一致的天数变了。请看过再核准。",
        )
    gap, asked = month.gap, options.month_gap_percent
    if gap.over(asked):
        gap_reason = reason_given(
            gap_reason,
            f"{month.name}{gap.text}，超过本县定的{asked}%。"
            "请写明为什么还是核准，例如哪些站停网、已电话核对。",
            field="gap_reason",
            label="为什么还是核准",
            into=MonthApproval.gap_reason,
        )
    else:
        gap_reason = ""
    approval = MonthApproval(
        county=county,
        month_on=month_on,
        figures=month.as_json(),
        figures_sha256=month.sha256,
        approved_at=now,
        approved_by=by.id,
        note=written(note, "说明", field="note", into=MonthApproval.note),
        gap_reason=gap_reason,
        tolerance_parcels=options.tolerance_parcels,
        tolerance_percent=options.tolerance_percent,
    )
    session.add(approval)
    session.flush()
    total = month.total
    history.write(
        session,
        of=approval,
        by=by,
        at=now,
        action=DaysAction.MONTH_APPROVED,
        summary=f"核准{month.name}件数：{total.stations} 站，收 {total.received} 件，"
        f"寄 {total.sent} 件；{gap.text}",
        reason="；".join(one for one in (gap_reason, approval.note) if one),
    )
    return approval
