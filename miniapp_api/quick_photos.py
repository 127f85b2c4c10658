"""The short way of `PUT /api/v1/photos/<id>`: a photo that is awaited, whole, and as announced.

The long way is `miniapp_api/photos.py`.
"""

import re
from uuid import UUID

import msgspec

from miniapp_api.photos import count_photo
from miniapp_api.quick import Asked, ShortWay, Unusual
from server.http import clock
from server.http.day_use import photo_over
from server.logs import of_person
from server.media.pictures.admission import MAX_BYTES, admit_by_header
from server.media.pictures.header import has_its_end
from server.prepared import NeedsSession
from server.services.people.scope import INSPECTING, KEEPERS
from server.services.photos.arriving import awaited_from, keep_photo

FOLDER = "/api/v1/photos/"


def _kept(asked: Asked) -> tuple[int, bytes]:
    """Keep a photo's bytes, then say so in its row; status and body of the answer."""
    extensions, content, now = asked.app.extensions, asked.body, clock.now()
    if extensions["settings"].s3 is not None:  # what waits for the net may wait for all of it
        raise Unusual
    sha256 = asked.environ.get("HTTP_X_SHA256", "").lower()
    photo_id = UUID(asked.environ["PATH_INFO"].removeprefix(FOLDER))
    with asked.commits.reading() as reading:
        awaited = awaited_from(reading, token_sha256=asked.token_sha256, photo_id=photo_id, now=now)
        of_person(awaited.person.id)
        if awaited.person.role not in KEEPERS + INSPECTING or awaited.sha256 != sha256:
            raise NeedsSession
        if photo_over(
            asked.app, reading.as_session(), person=awaited.person, size=len(content), now=now
        ):
            raise NeedsSession
    admit_by_header(content)
    if not has_its_end(content):
        raise Unusual
    blobs = extensions["blobs"]
    blobs.refuse_when_low()
    blobs.put(content, expected=sha256)  # hashed as it is written; other bytes get no name
    kept = asked.commits.write(
        lambda straight: keep_photo(
            straight.as_session(),
            person=awaited.person,
            photo_id=photo_id,
            sha256=sha256,
            size=len(content),
            now=now,
            sign_in=awaited.sign_in,
        )
    )
    if kept is None:
        raise NeedsSession
    count_photo(extensions["counters"], kept, size=len(content), now=now)
    return 201, _ENCODER.encode({"id": photo_id, "sha256": sha256, "state": "kept"})


_ENCODER = msgspec.json.Encoder()
WAY = ShortWay(
    method="PUT",
    rule=f"{FOLDER}<uuid:photo_id>",
    path=re.compile(f"{FOLDER}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"),
    kinds=frozenset({"image/jpeg", "application/octet-stream"}),
    most_bytes=MAX_BYTES,
    answer=_kept,
)
