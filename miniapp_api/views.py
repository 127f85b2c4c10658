"""What several of the phones' pages show in the same words: people, counties, stations, photos."""

from collections.abc import Sequence
from typing import Any

from flask import Response, g, make_response

from server.http.database import blobs_of, session, settings_of
from server.models.county import County
from server.models.person import Person
from server.models.phone_event import Photo, PhotoState, Subject
from server.models.sign import Sign
from server.models.station import Station
from server.services.photos.photos import picture
from server.services.plates.signs import token_of


def county_here() -> County:
    """The county of whoever is signed in."""
    return session().get_one(County, g.person.county)


def county_view(county: County) -> dict[str, Any]:
    """A county, and whom to call."""
    return {
        "code": county.code,
        "name": county.name,
        "demo": county.demo,
        "hotline": county.hotline,
    }


def person_view(person: Person) -> dict[str, Any]:
    """A person as they see themselves; no phone number."""
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "role_label": person.role.label,
    }


def plate_token(sign: Sign | None) -> str | None:
    """The characters on a live plate, so that a phone knows its own plate while offline."""
    return token_of(settings_of().plaque_keys, sign) if sign else None


def complaints_of(photo: Photo) -> Sequence[str]:
    """What to do better next time, in words."""
    return list(photo.quality.get("complaints") or ())


def photo_view(photo: Photo) -> dict[str, Any]:
    """A photo in a list."""
    return {
        "id": photo.id,
        "subject": photo.subject,
        "subject_label": Subject(photo.subject).label,
        "taken_at": photo.taken_at,
        "day_on": photo.day_on,
        "state": photo.state.value,
        "complaints": complaints_of(photo),
        "has_thumb": photo.state in (PhotoState.KEPT, PhotoState.EXAMINED),
    }


def picture_answer(photo: Photo, size: str) -> Response:
    """A photo's JPEG; only this person's browser may keep it."""
    answer = make_response(picture(session(), blobs_of(), photo, size))
    answer.content_type = "image/jpeg"
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def station_brief(station: Station) -> dict[str, Any]:
    """A station in one line."""
    return {
        "id": station.id,
        "code": station.code,
        "name": station.name,
        "level": station.level.value,
    }
