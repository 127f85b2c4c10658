"""How long what happened at a station takes to arrive here: by kind, township and station."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Division
from server.models.person import Person
from server.models.phone_event import NEVER_CAME, EventKind, PhoneEvent, Photo
from server.models.station import Station
from server.services.days.counts import DESK_DEVICE
from server.services.people.scope import Everybody, stations_visible_to

# Within how many seconds, and how people say it; the last bin takes what is later still.
BINS: tuple[tuple[int, str], ...] = (
    (60, "1 分钟内"),
    (600, "10 分钟内"),
    (3_600, "1 小时内"),
    (6 * 3_600, "6 小时内"),
    (86_400, "1 天内"),
    (3 * 86_400, "3 天内"),
    (7 * 86_400, "7 天内"),
)
LATER = "超过 7 天"
LABELS = (*(label for _, label in BINS), LATER)
WITHIN_A_DAY = 5  # so many bins lie within a day
PHOTO_BYTES = "photo"
KINDS = {kind.value: kind.long for kind in EventKind} | {PHOTO_BYTES: "照片本身"}
SLOWEST_SHOWN = 10
FEWEST = 5  # a station with fewer arrivals is not called slow
WINDOW = timedelta(days=30)


@dataclass
class Lag:
    """How many arrived within each bin; `unverified` were left out, for their time is a guess."""

    bins: list[int] = field(default_factory=lambda: [0] * len(LABELS))
    unverified: int = 0

    def add(self, other: "Lag") -> None:
        """Count another's arrivals in."""
        self.bins = [mine + theirs for mine, theirs in zip(self.bins, other.bins, strict=True)]
        self.unverified += other.unverified

    @property
    def total(self) -> int:
        """All whose time is known."""
        return sum(self.bins)

    @property
    def within_a_day(self) -> int:
        """How many took a day at most."""
        return sum(self.bins[:WITHIN_A_DAY])

    @property
    def later(self) -> int:
        """How many took longer than a day."""
        return self.total - self.within_a_day

    @property
    def half(self) -> str:
        """Within what time the faster half arrived; a dash when nothing did."""
        seen = 0
        for label, count in zip(LABELS, self.bins, strict=True):
            seen += count
            if seen and seen * 2 >= self.total:
                return label
        return "—"


@dataclass
class LagReport:
    """A period's arrivals in every cut that the office looks at; names in the maps' keys."""

    since: datetime
    until: datetime
    whole: Lag = field(default_factory=Lag)
    kinds: dict[str, Lag] = field(default_factory=dict)
    townships: dict[str, Lag] = field(default_factory=dict)
    slowest: list[tuple[Station, Lag]] = field(default_factory=list)


def lag_report(
    session: Session,
    *,
    county: str,
    now: datetime,
    seen_by: Person | Everybody,
) -> LagReport:
    """What arrived in thirty days of the stations in sight, and how late; three queries, always.

    For records it is the time from what happened to its receipt, for photos from the shutter to
    the arrival of their bytes. What the office itself entered is left out.
    """
    report = LagReport(now - WINDOW, now)
    by_station: defaultdict[int, Lag] = defaultdict(Lag)
    kinds: defaultdict[str, Lag] = defaultdict(Lag)
    for station_id, kind, at_bin, verified, count in (
        *_events(session, county, seen_by, report.since),
        *_photos(session, county, seen_by, report.since),
    ):
        one = Lag()
        if verified:
            one.bins[at_bin] = count
        else:
            one.unverified = count
        kinds[kind].add(one)
        by_station[station_id].add(one)
        report.whole.add(one)
    report.kinds = {kind: kinds[kind] for kind in KINDS if kind in kinds}
    report.kinds |= {kind: lag for kind, lag in kinds.items() if kind not in KINDS}
    places = session.execute(
        sa.select(Station, Division.name)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(Station.county == county)
        .order_by(Station.township_code, Station.id)
    ).all()
    for station, township in places:
        if station.id in by_station:
            name = township or "没有登记乡镇"
            report.townships.setdefault(name, Lag()).add(by_station[station.id])
    slow = [
        (station, by_station[station.id])
        for station, _ in places
        if station.id in by_station
        and by_station[station.id].later
        and by_station[station.id].total >= FEWEST
    ]
    slow.sort(key=lambda pair: (-pair[1].later / pair[1].total, -pair[1].later, pair[0].id))
    report.slowest = slow[:SLOWEST_SHOWN]
    return report


def bin_of(seconds: float) -> int:
    """The bin that a delay falls into."""
    return next((at for at, (most, _) in enumerate(BINS) if seconds <= most), len(BINS))


def _events(
    session: Session, county: str, seen_by: Person | Everybody, since: datetime
) -> list[Any]:
    late_s = _seconds(session, PhoneEvent.received_at, PhoneEvent.occurred_at)
    query = sa.select(
        PhoneEvent.station_id,
        PhoneEvent.kind,
        _bin(late_s).label("bin"),
        PhoneEvent.time_verified,
        sa.func.count(),
    )
    query = query.join(Station, Station.id == PhoneEvent.station_id).where(
        stations_visible_to(seen_by),
        PhoneEvent.county == county,
        PhoneEvent.received_at >= since,
        PhoneEvent.device_id != DESK_DEVICE,
    )
    grouped = query.group_by(
        PhoneEvent.station_id, PhoneEvent.kind, sa.text("bin"), PhoneEvent.time_verified
    )
    return [(at, kind.value, *rest) for at, kind, *rest in session.execute(grouped)]


def _photos(
    session: Session, county: str, seen_by: Person | Everybody, since: datetime
) -> list[Any]:
    late_s = _seconds(session, Photo.arrived_at, Photo.taken_at)
    query = sa.select(
        Photo.station_id, _bin(late_s).label("bin"), PhoneEvent.time_verified, sa.func.count()
    )
    # As of records: what comes late by a clock that agrees is late, if nobody can prove it.
    query = query.join(PhoneEvent, PhoneEvent.id == Photo.event_id)
    query = query.join(Station, Station.id == Photo.station_id).where(
        stations_visible_to(seen_by),
        Photo.county == county,
        Photo.state.not_in(NEVER_CAME),
        Photo.arrived_at >= since,
    )
    grouped = query.group_by(Photo.station_id, sa.text("bin"), PhoneEvent.time_verified)
    return [(at, PHOTO_BYTES, *rest) for at, *rest in session.execute(grouped)]


def _bin(late_s: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """The number of the bin, worked out where the rows are."""
    return sa.case(*((late_s <= most, at) for at, (most, _) in enumerate(BINS)), else_=len(BINS))


def _seconds(session: Session, later: Any, earlier: Any) -> sa.ColumnElement[Any]:
    """Seconds between two moments, as each engine says it."""
    if session.get_bind().dialect.name == "sqlite":
        days = sa.func.julianday(later) - sa.func.julianday(earlier)
        return sa.func.round(days * 86_400, 3)
    return sa.func.extract("epoch", later - earlier)
