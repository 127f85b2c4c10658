"""Random looks between rounds: asks open stations for one photo of today, and counts answers."""

import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.inspection import PhotoRequest
from server.models.person import Keeping
from server.models.phone_event import Photo
from server.models.station import Station
from server.policy.sampling import Candidate, draw, pick
from server.policy.targets import steps_needed
from server.services.moments import BEIJING, beijing_day
from server.services.round_options import round_options

ASKED_SUBJECTS = ("signboard", "hours_board", "interior", "exterior")


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests a station got that are over, and how many it answered in time."""

    asked: int
    answered: int

    @property
    def share(self) -> float | None:
        """Answered of asked; None before anything was asked."""
        return self.answered / self.asked if self.asked else None


def draw_requests(
    session: Session, *, county: County, on: date, now: datetime, seed: str | None = None
) -> list[PhotoRequest]:
    """Ask a random few of the stations that are open today; a second call the same day asks none.

    The seed is drawn at that moment, so nobody can foresee it, and kept, so anybody can repeat it.
    Stations without a keeper or closed on this weekday are not asked.
    """
    known = sa.select(PhotoRequest.id).where(
        PhotoRequest.county == county.code, PhotoRequest.asked_on == on
    )
    percent = round_options(county).photo_request_percent
    if percent == 0 or session.scalar(known.limit(1)) is not None:
        return []
    stations = {
        station.code or f"#{station.id}": station
        for station in session.scalars(_kept_stations(county.code, on, now))
        if _open_on(station.hours, on)
    }
    if not stations:
        return []
    seed = seed or secrets.token_hex(8)
    drawn = draw(
        [Candidate(key) for key in sorted(stations)],
        kind="random",
        seed=seed,
        size=steps_needed(len(stations), percent),
    )
    until_at = datetime.combine(on + timedelta(days=1), time(), BEIJING)
    asked = [
        PhotoRequest(
            county=county.code,
            station_id=stations[one.key].id,
            subject=pick(ASKED_SUBJECTS, seed=f"{seed}|subject", key=one.key),
            seed=seed,
            asked_on=on,
            asked_at=now,
            until_at=until_at,
        )
        for one in drawn
    ]
    session.add_all(asked)
    session.flush()
    return asked


def answered_by(session: Session, *, photo: Photo, now: datetime) -> PhotoRequest | None:
    """The request that a photo answers by arriving: its subject, taken after it and today.

    A time that could not be verified counts as the time of arrival does: both lie in the day.
    """
    request = session.scalars(
        sa.select(PhotoRequest).where(
            PhotoRequest.station_id == photo.station_id,
            PhotoRequest.subject == photo.subject,
            PhotoRequest.asked_on == photo.day_on,
            PhotoRequest.answered_at.is_(None),
            PhotoRequest.asked_at <= photo.taken_at,
            PhotoRequest.until_at > now,
        )
    ).one_or_none()
    if request is not None:
        request.photo_id, request.answered_at = photo.id, now
        session.flush()
    return request


def open_requests(
    session: Session, *, station_ids: Collection[int], now: datetime
) -> list[PhotoRequest]:
    """Today's requests of these stations, answered or not."""
    return list(
        session.scalars(
            sa.select(PhotoRequest)
            .where(
                PhotoRequest.station_id.in_(list(station_ids)),
                PhotoRequest.asked_on == beijing_day(now),
            )
            .order_by(PhotoRequest.id)
        )
    )


def requests_on(session: Session, *, county: str, on: date) -> list[tuple[PhotoRequest, Station]]:
    """A day's requests with their stations, by number."""
    return [
        (request, station)
        for request, station in session.execute(
            sa.select(PhotoRequest, Station)
            .join(Station, Station.id == PhotoRequest.station_id)
            .where(PhotoRequest.county == county, PhotoRequest.asked_on == on)
            .order_by(Station.code, Station.id)
        )
    ]


def rates(
    session: Session, *, county: str, since: date, until: date, now: datetime
) -> dict[int, Rate]:
    """The answer rate per station of requests asked from `since` to `until`, both included.

    A request still open is left out until it is answered or its day is over.
    """
    asked: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    for station_id, answered_at in session.execute(
        sa.select(PhotoRequest.station_id, PhotoRequest.answered_at).where(
            PhotoRequest.county == county,
            PhotoRequest.asked_on >= since,
            PhotoRequest.asked_on <= until,
            sa.or_(PhotoRequest.answered_at.is_not(None), PhotoRequest.until_at <= now),
        )
    ):
        asked[station_id] += 1
        answered[station_id] += answered_at is not None
    return {station_id: Rate(count, answered[station_id]) for station_id, count in asked.items()}


def _kept_stations(county: str, on: date, now: datetime) -> sa.Select[Any]:
    kept = (
        sa.select(Keeping.id)
        .where(
            Keeping.station_id == Station.id,
            Keeping.from_at <= now,
            sa.or_(Keeping.until_at.is_(None), Keeping.until_at > now),
        )
        .exists()
    )
    return sa.select(Station).where(
        Station.county == county,
        sa.or_(Station.closed_on.is_(None), Station.closed_on > on),
        kept,
    )


def _open_on(hours: Collection[Any], on: date) -> bool:
    """Whether the station's hours name this weekday; without hours it is taken as open."""
    return not hours or any(on.isoweekday() in span[0] for span in hours)
