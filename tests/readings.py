"""Readings as the reading process hands them back, recorded, and what came of them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.media.reading.reading import Reading
from server.models.phone_event import Photo
from server.models.reading import ReviewItem, ReviewState
from server.models.station import Station
from server.policy.signs.lines import Line
from server.policy.standard.facts import Word
from server.services.review.readings import Read, record_reading
from server.services.standing import statements
from tests.factories import NOW
from tests.policy.signs.written import at
from tests.reviews import make_photo

NAME = "马家沟村快递便民服务点"


def written(*rows: str) -> list[Line]:
    """So many rows of clear writing, one below the other."""
    return [at(row, 40, 40 * place) for place, row in enumerate(rows)]


def read(
    session: Session,
    station: Station,
    lines: Sequence[Line],
    *,
    subject: str = "signboard",
    days_ago: int = 0,
    photo: Photo | None = None,
) -> Photo:
    """A photo of so many days ago whose reading has just been recorded."""
    photo = photo or make_photo(session, station, subject, days_ago=days_ago)
    reading = Reading(1280, 960, tuple(lines), None, 1, 0.1, 0.1)
    record_reading(session, Read(photo.id, reading), now=NOW)
    return photo


def sign(session: Session, station: Station, name: str = NAME, number: str = "C0001") -> Photo:
    return read(session, station, written(name, f"编号{number}"))


def blurred(session: Session, station: Station, days_ago: int = 0) -> Photo:
    return read(session, station, [], days_ago=days_ago)


def machine_says(session: Session, station: Station) -> dict[str, Any]:
    found = statements.newest(session, station_ids=[station.id], word=Word.MACHINE)
    return {one.fact: one.value for one in found}


def open_questions(session: Session) -> list[ReviewItem]:
    return list(
        session.scalars(
            sa.select(ReviewItem)
            .where(ReviewItem.state == ReviewState.OPEN)
            .order_by(ReviewItem.id)
        )
    )
