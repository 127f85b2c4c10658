"""The newest usable photo of each subject, for many stations in one query."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.inspection import Inspection
from server.models.person import Person
from server.models.phone_event import TO_SHOW, Photo, Subject
from server.models.reading import sent_again
from server.models.station import Station

FOR_FILING = (Subject.SIGNBOARD, Subject.HOURS_BOARD, Subject.INTERIOR)
"""The photos that go with a filing."""


def missing_of(session: Session, station: Station) -> list[str]:
    """Which of the photos for a filing a station has not got."""
    found = newest_of(session, county=station.county, station_ids=[station.id], subjects=FOR_FILING)
    return [one.label for one in FOR_FILING if (station.id, one.value) not in found]


def usable(county: str) -> tuple[sa.ColumnElement[bool], ...]:
    """In a query over photos: those of a county that can be opened and shown to others.

    A photo that a person found to be an older picture is passed over, and one of a 暗访, of which
    nobody at the station was told.
    """
    return (
        Photo.county == county,
        Photo.state.in_(TO_SHOW),
        Photo.id.not_in(sent_again(county)),
        ~Inspection.is_secret(Photo.event_id),
    )


def newest_of(
    session: Session, *, county: str, station_ids: Collection[int], subjects: Collection[str]
) -> dict[tuple[int, str], tuple[Photo, str]]:
    """By station and subject the newest `usable` photo, with who took it; one query."""
    rank = sa.func.row_number().over(
        partition_by=(Photo.station_id, Photo.subject),
        order_by=(Photo.day_on.desc(), Photo.taken_at.desc(), Photo.id.desc()),
    )
    ranked = (
        sa.select(Photo.id, rank.label("rank"))
        .where(
            *usable(county),
            Photo.station_id.in_(station_ids),
            Photo.subject.in_(subjects),
        )
        .subquery()
    )
    rows = session.execute(
        sa.select(Photo, Person.name)
        .join(ranked, ranked.c.id == Photo.id)
        .outerjoin(Person, Person.id == Photo.person_id)
        .where(ranked.c.rank == 1)
    )
    return {(photo.station_id, photo.subject): (photo, name or "") for photo, name in rows}
