"""What a station's keepers have sent, put together for the office: days, counts, photos."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.phone_event import CheckIn, ParcelCount, Photo, PhotoState
from server.models.reading import PhotoReading
from server.models.station import Station
from server.policy.drawings import drawings_in, told
from server.services.common.openings import OpeningTold, openings_told
from server.services.people.scope import Everybody, photos_told_to, stations_visible_to
from server.services.review.reading_views import ReadingView, reading_view


@dataclass(frozen=True)
class Activity:
    """A station's period in figures; `days_open` counts days with at least one check-in."""

    last_check_in_at: datetime | None = None
    days_open: int = 0
    days_counted: int = 0
    received: int = 0
    sent: int = 0


@dataclass(frozen=True)
class StationDay:
    """One Beijing day of one station: its check-ins in order, its count, what was told of it."""

    day_on: date
    check_ins: tuple[CheckIn, ...]
    count: ParcelCount | None
    opening: OpeningTold | None = None

    @property
    def time_verified(self) -> bool:
        """Whether at least one check-in of the day has a trusted time."""
        return any(check_in.time_verified for check_in in self.check_ins)


@dataclass(frozen=True)
class PhotoView:
    """A photo, the name of whoever took it, and what the machine read in it."""

    photo: Photo
    who: str
    read: ReadingView | None = None

    @property
    def drawings(self) -> str:
        """What an inspector drew on it, in words (箭头1处); empty for nothing."""
        return told(drawings_in(self.photo.phone_notes))

    @property
    def complaints(self) -> tuple[str, ...]:
        """What the worker found wanting, in words (太暗 …); empty when all is well."""
        said = self.photo.quality.get("complaints") or ()
        return tuple(str(word) for word in said)


def _newest_counts(county: str, since: date, until: date) -> sa.Select[ParcelCount]:
    """The highest version of each station's each day, `since` to `until` inclusive."""
    return select(ParcelCount).where(
        ParcelCount.county == county,
        ParcelCount.day_on >= since,
        ParcelCount.day_on <= until,
        ParcelCount.holds(),
    )


def activity(
    session: Session,
    *,
    county: str,
    station_ids: Collection[int],
    since: date,
    until: date,
) -> dict[int, Activity]:
    """Each of these stations' activity from `since` to `until`, both included; two queries, always.

    Stations without any are left out.
    """
    opened = select(
        CheckIn.station_id,
        sa.func.max(CheckIn.occurred_at),
        sa.func.count(CheckIn.day_on.distinct()),
    ).where(
        CheckIn.county == county,
        CheckIn.station_id.in_(station_ids),
        CheckIn.day_on >= since,
        CheckIn.day_on <= until,
    )
    of_these = _newest_counts(county, since, until).where(ParcelCount.station_id.in_(station_ids))
    counted = of_these.with_only_columns(
        ParcelCount.station_id,
        sa.func.count(),
        sa.func.sum(ParcelCount.received),
        sa.func.sum(ParcelCount.sent),
    )
    opens = {row[0]: row for row in session.execute(opened.group_by(CheckIn.station_id))}
    counts = {row[0]: row for row in session.execute(counted.group_by(ParcelCount.station_id))}
    found = {}
    for station_id in opens.keys() | counts.keys():
        _, last, days = opens.get(station_id, (station_id, None, 0))
        _, reported, received, sent = counts.get(station_id, (station_id, 0, 0, 0))
        found[station_id] = Activity(last, days, reported, int(received), int(sent))
    return found


def station_days(
    session: Session, *, station: Station, since: date, until: date
) -> list[StationDay]:
    """Every day from `since` to `until`, both included, whether or not anything came."""
    check_ins: defaultdict[date, list[CheckIn]] = defaultdict(list)
    for check_in in session.scalars(
        select(CheckIn)
        .where(
            CheckIn.county == station.county,
            CheckIn.station_id == station.id,
            CheckIn.day_on >= since,
            CheckIn.day_on <= until,
        )
        .order_by(CheckIn.occurred_at)
    ):
        check_ins[check_in.day_on].append(check_in)
    counts = {
        count.day_on: count
        for count in session.scalars(
            _newest_counts(station.county, since, until).where(ParcelCount.station_id == station.id)
        )
    }
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    told = openings_told(
        session, county=station.county, station_ids=[station.id], since=since, until=until
    )
    return [
        StationDay(day, tuple(check_ins[day]), counts.get(day), told.get((station.id, day)))
        for day in days
    ]


def photos_of(
    session: Session,
    *,
    station: Station,
    to: Person,
    subject: str | None = None,
    before: datetime | None = None,
    limit: int = 60,
) -> list[PhotoView]:
    """A station's photos, newest first; page on with `before` = the last one's taken_at.

    Those of a 暗访 are there only for whom it is told `to`.
    """
    wanted = (
        select(Photo, Person.name, PhotoReading)
        .join(Person, Person.id == Photo.person_id)
        .outerjoin(PhotoReading, PhotoReading.photo_id == Photo.id)
        .where(Photo.county == station.county, Photo.station_id == station.id, photos_told_to(to))
        .order_by(Photo.taken_at.desc(), Photo.id)
        .limit(limit)
    )
    if subject is not None:
        wanted = wanted.where(Photo.subject == subject)
    if before is not None:
        wanted = wanted.where(Photo.taken_at < before)
    return [
        PhotoView(photo, who, reading_view(read, station))
        for photo, who, read in session.execute(wanted)
    ]


def photos_seen(
    session: Session, *, ids: Iterable[UUID], seen_by: Person | Everybody
) -> dict[UUID, PhotoView]:
    """These photos by id, as far as somebody may see their stations; one query at most."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(Photo, Person.name)
        .join(Person, Person.id == Photo.person_id)
        .join(Station, Station.id == Photo.station_id)
        .where(Photo.id.in_(wanted), stations_visible_to(seen_by), photos_told_to(seen_by))
    )
    return {photo.id: PhotoView(photo, who) for photo, who in rows}


def newest_photos(session: Session, *, station: Station, to: Person) -> list[PhotoView]:
    """The newest photo of each subject, in the order in which they were taken, newest first."""
    newest = (
        select(Photo.subject, sa.func.max(Photo.taken_at).label("at"))
        .where(
            Photo.county == station.county,
            Photo.station_id == station.id,
            Photo.state != PhotoState.WITHDRAWN,
            photos_told_to(to),
        )
        .group_by(Photo.subject)
        .subquery()
    )
    rows = session.execute(
        select(Photo, Person.name, PhotoReading)
        .join(Person, Person.id == Photo.person_id)
        .outerjoin(PhotoReading, PhotoReading.photo_id == Photo.id)
        .join(newest, (newest.c.subject == Photo.subject) & (newest.c.at == Photo.taken_at))
        .where(
            Photo.county == station.county,
            Photo.station_id == station.id,
            Photo.state != PhotoState.WITHDRAWN,
            photos_told_to(to),
        )
        .order_by(Photo.taken_at.desc(), Photo.id)
    )
    seen: dict[str, PhotoView] = {}
    for photo, who, read in rows:
        seen.setdefault(photo.subject, PhotoView(photo, who, reading_view(read, station)))
    return list(seen.values())
