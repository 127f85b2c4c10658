"""One past day or today of a county's stations: as written down that night, or reckoned back."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Invalid
from server.labelled import Labelled
from server.models.county import County
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.policy.plan.indicators import StationDay
from server.policy.standard.standards import Standard, station_standard
from server.services.programme.reconstructed import LaterChange, Register, register_of
from server.services.programme.snapshots import (
    LATE,
    Version,
    digest,
    end_of,
    look,
    station_day,
    versions_of,
)
from server.services.standing.standing import Standing

EARLIEST = date(2000, 1, 1)


class Told(Labelled):
    """On what a day's figures rest."""

    NOW = "now", "现在的情况", "现在", "随时在变，当晚零点过后才留底"
    TAKEN = "taken", "当晚留的底", "留底", "当天夜里记下的，以后不再改"
    LATE = "late", "第二天才留的底", "迟留底", "当天夜里系统没有开着，第二天才记下"
    RECKONED = "reckoned", "按现在的记录倒推", "倒推", "那天夜里没有留底，照现在的登记和验收往回推"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A county's stations at the end of a day, all of them, by id.

    `taken_at` is when that was written down (None: never). `assessed` is whether a standard was
    chosen then (of a day reckoned back: is now), `whole` whether the day still hashes to what was
    written. `later` are the stations of which today's records say otherwise than the day did.
    `unread` names those of which a law had the record of a closing deleted: of a day reckoned back
    nobody can tell whether they were closed, and they count as open. `put_right` names those of
    which a person corrected whether they were closed on it.
    """

    on: date
    told: Told
    stations: tuple[StationDay, ...]
    assessed: bool
    taken_at: datetime | None = None
    whole: bool = True
    later: tuple[LaterChange, ...] = ()
    unread: tuple[str, ...] = ()
    put_right: tuple[str, ...] = ()

    @property
    def closings_said(self) -> tuple[str, ...]:
        """What a file has to say of closings that nobody can tell, or that were corrected."""
        return tuple(
            f"{'、'.join(names)}：{told}"
            for names, told in (
                (self.unread, "停业的记录已按规定删除，那天停没停业查不到，按没停算"),
                (self.put_right, "停业的登记后来更正过，那天按更正后的算"),
            )
            if names
        )


def check_day(on: date, *, today: date) -> None:
    """Refuse what is not yet, and what nobody can have meant. Raises Invalid day-not-yet."""
    if on > today:
        raise Invalid("day-not-yet", f"{full_day_text(on)}还没有到，请选今天或以前的日子。")
    if on < EARLIEST:
        raise Invalid("day-not-yet", f"{full_day_text(on)}太早了，请选2000年以后的日子。")


def day_of(
    session: Session,
    *,
    county: County,
    on: date,
    now: datetime,
    standards: Sequence[Standard],
    standing: Iterable[Standing] | None = None,
) -> Day:
    """One day of the whole county; today as it stands now. A fixed number of queries.

    `standing` is today's of the whole county, where the caller has it already. Raises Invalid
    day-not-yet.
    """
    today = beijing_day(now)
    check_day(on, today=today)
    if on == today:
        seen = look(session, county=county, on=on, now=now, standards=standards, standing=standing)
        return Day(on=on, told=Told.NOW, stations=seen.stations, assessed=seen.assessed)
    register = register_of(session, county=county)
    chosen = station_standard(standards, today, county.code, county.standard_id) is not None
    night = session.get(SnapshotDay, (county.code, on))
    if night is None:
        stations = register.on(on, open_work=register.open_work(session, on))
        return Day(
            on=on,
            told=Told.RECKONED,
            stations=stations,
            assessed=chosen,
            unread=register.unread(on),
            put_right=register.put_right(on),
        )
    rows = [one.row for one in _versions(session, county.code, (on,)) if one.stands(on)]
    stations = tuple(station_day(one) for one in rows)
    return Day(
        on=on,
        told=_told(night),
        stations=stations,
        assessed=night.standard_id is not None,
        taken_at=night.taken_at,
        whole=digest(rows) == night.sha256,
        later=register.later_than(on, {one.station_id: one for one in rows}),
    )


def days_of(session: Session, *, county: County, days: Iterable[date], assessed: bool) -> list[Day]:
    """Several past days at once, in their order, for a trend: without open work or what came later.

    Days that no night wrote down are `assessed` as the day beside which they stand. Four queries
    for any number of days and stations.
    """
    wanted = sorted(set(days))
    if not wanted:
        return []
    nights: Mapping[date, SnapshotDay] = {
        one.day_on: one
        for one in session.scalars(
            sa.select(SnapshotDay).where(
                SnapshotDay.county == county.code, SnapshotDay.day_on.in_(wanted)
            )
        )
    }
    register: Register | None = None
    written = sorted(nights)
    stood: dict[date, list[StationDay]] = {on: [] for on in written}
    for version in _versions(session, county.code, tuple(nights)) if nights else ():
        first = bisect_left(written, version.from_on)
        last = bisect_left(written, version.until_on) if version.until_on else len(written)
        if first < last:  # many stand for one or two of the days
            told = station_day(version.row)
            for on in written[first:last]:
                stood[on].append(told)
    made = []
    for on in wanted:
        night = nights.get(on)
        if night is None:
            register = register or register_of(session, county=county)
            stations = register.on(on)
            made.append(Day(on=on, told=Told.RECKONED, stations=stations, assessed=assessed))
            continue
        made.append(
            Day(
                on=on,
                told=_told(night),
                stations=tuple(stood[on]),
                assessed=night.standard_id is not None,
                taken_at=night.taken_at,
            )
        )
    return made


def first_night(session: Session, *, county: str) -> date | None:
    """The first day that was written down; None before the first night."""
    return session.scalar(
        sa.select(sa.func.min(SnapshotDay.day_on)).where(SnapshotDay.county == county)
    )


def _told(night: SnapshotDay) -> Told:
    return Told.LATE if night.taken_at > end_of(night.day_on) + LATE else Told.TAKEN


def _versions(session: Session, county: str, days: Sequence[date]) -> Iterator[Version]:
    """The rows that stand on any of these days, by station."""
    return versions_of(
        session,
        county,
        StationSnapshot.from_on <= max(days),
        StationSnapshot.until_on.is_(None) | (StationSnapshot.until_on > min(days)),
    )
