"""What several of the phones' pages show in the same words: people, counties, stations, photos."""

from collections.abc import Sequence

from flask import Response, g, make_response

from miniapp_api.reading_rows import Beside
from server.http.database import blobs_of, session, settings_of
from server.models.county import County
from server.models.phone_event import TO_SHOW, Photo, Subject
from server.models.sign import Sign
from server.services.photos.photos import picture
from server.services.plates.signs import token_of


def county_here() -> County:
    """The county of whoever is signed in."""
    return session().get_one(County, g.person.county)


def plate_token(sign: Sign | None) -> str | None:
    """The characters on a live plate, so that a phone knows its own plate while offline."""
    return token_of(settings_of().plaque_keys, sign) if sign else None


def complaints_of(photo: Photo) -> Sequence[str]:
    """What to do better next time, in words."""
    return list(photo.quality.get("complaints") or ())


def photo_view(photo: Photo, **more: object) -> Beside:
    """A photo in a list."""
    return Beside(
        photo,
        subject_label=Subject(photo.subject).label,
        complaints=complaints_of(photo),
        has_thumb=photo.state in TO_SHOW,
        **more,
    )


def picture_answer(photo: Photo, size: str) -> Response:
    """A photo's JPEG, for no cache: faces and papers may be on it."""
    answer = make_response(picture(session(), blobs_of(), photo, size))
    answer.content_type = "image/jpeg"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
