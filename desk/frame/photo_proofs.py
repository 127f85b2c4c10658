"""Finds the photos that words rest on, with who took them, for pages that show them as proof."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desk.frame.access import me
from server.http.database import session
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.station import Station
from server.services.days.activity import PhotoView
from server.services.people.scope import stations_visible_to

PREFIX = "photo:"


def proofs(ids: Iterable[UUID]) -> dict[UUID, PhotoView]:
    """These photos by id, as far as the person at the desk may see their stations; one query."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    rows = session().execute(
        select(Photo, Person.name)
        .join(Person, Person.id == Photo.person_id)
        .join(Station, Station.id == Photo.station_id)
        .where(Photo.id.in_(wanted), stations_visible_to(me()))
    )
    return {photo.id: PhotoView(photo, who) for photo, who in rows}


def photo_ids(said: Mapping[str, Any] | None) -> list[UUID]:
    """The photos among a frozen word's evidence."""
    return [
        UUID(text.removeprefix(PREFIX))
        for text in (said or {}).get("evidence", ())
        if text.startswith(PREFIX)
    ]
