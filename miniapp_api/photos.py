"""The phones' photos, one by one: their bytes come after the record that announced them."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, request

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import Text
from miniapp_api.lenient import Lenient
from miniapp_api.shapes import BINARY, PhotoKept, PhotoWithdrawn
from server.errors import Invalid
from server.http import clock
from server.http.database import (
    blobs_of,
    own_transaction,
    own_write,
    session,
    takes_bodies_of,
)
from server.http.day_use import refuse_photo_over_share
from server.http.guards import ask_phone, guard_phones
from server.http.metrics import counters
from server.media.apart.opener import NotOpened
from server.media.apart.pictures import ADMIT, admit_unopened
from server.media.pictures.admission import MAX_BYTES
from server.metrics import Counters
from server.services.people.scope import INSPECTING, KEEPERS
from server.services.photos.arriving import differs, expect_photo, keep_photo
from server.services.photos.missing import withdraw
from server.services.photos.requests import Arrived

MOST_PHOTO_BODY = MAX_BYTES + 1024 * 1024  # so that a photo just too large is told its own size
blp = ApiBlueprint("photos", __name__, url_prefix="/api/v1/photos", description="传照片")
guard_phones(blp, *KEEPERS, *INSPECTING)


@blp.route("/<uuid:photo_id>", methods=["PUT"])
@blp.doc(
    requestBody={
        "required": True,
        "content": {kind: {"schema": BINARY} for kind in ("image/jpeg", "image/png", "image/webp")},
    },
    parameters=[
        {
            "name": "X-SHA256",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"},
            "description": "SHA-256 of the body in hex",
        }
    ],
)
@blp.response(201, PhotoKept, description="kept")
@blp.alt_response(200, schema=PhotoKept, description="was here already")
@takes_bodies_of(MOST_PHOTO_BODY)
@own_transaction
def put_photo(photo_id: UUID) -> Any:
    """Keep the bytes of an announced photo; safe to send again.

    Only after 201 or 200 with the photo's own SHA-256 may the phone delete it. Its pixels are
    looked at later: what does not open after all stays, and is told and asked for anew.
    """
    now = clock.now()
    expected = expect_photo(session(), person=g.person, photo_id=photo_id)
    if not expected.here:  # sent again, it costs nothing
        if expected.set_aside:
            raise NotOpened(ADMIT.what)
        refuse_photo_over_share(request.content_length or 0, now)
    session().commit()  # no transaction stays open while the bytes are looked at and kept
    content = request.get_data(cache=False)
    _check(content, claimed=request.headers.get("X-SHA256", "").lower(), announced=expected.sha256)
    if not expected.given_up:
        blobs_of().refuse_when_low()
        blobs_of().put(content)
    with own_write():
        kept = keep_photo(
            session(),
            person=g.person,
            photo_id=photo_id,
            sha256=expected.sha256,
            size=len(content),
            now=now,
            sign_in=g.sign_in,
        )
    if kept is None:
        ask_phone()  # who was signed out while the bytes travelled keeps the photo on the phone
    count_photo(counters(), kept, size=len(content), now=now)
    answer = {"id": photo_id, "sha256": expected.sha256, "state": "kept"}
    return answer, 200 if kept is None else 201


def count_photo(into: Counters, kept: Arrived | None, *, size: int, now: datetime) -> None:
    """Count a photo whose bytes came, `kept` None where they were here, and how late it came."""
    into.photo_received("same" if kept is None else "new", size)
    if kept is not None and kept.time_verified:
        into.arrived(kept.county, "photo", (now - kept.taken_at).total_seconds())


class WithdrawnIn(Lenient):
    """Why a photo will not come."""

    reason = Text(
        20, required=True, metadata={"description": "lost, refused or dropped (by the person)"}
    )
    code = Text(60, load_default="", metadata={"description": "of the problem that refused it"})
    note = Text(200, load_default="")


@blp.route("/<uuid:photo_id>/withdrawn", methods=["POST"])
@blp.arguments(WithdrawnIn)
@blp.response(200, PhotoWithdrawn)
def withdraw_photo(sent: dict[str, str], photo_id: UUID) -> dict[str, Any]:
    """Say that an announced photo will not come; safe to send again.

    Nobody waits for it any more. Should its bytes come after all, they are kept like any other's.
    """
    state = withdraw(session(), person=g.person, photo_id=photo_id, **sent, now=clock.now())
    return {"id": photo_id, "state": state.value}


def _check(content: bytes, *, claimed: str, announced: str) -> None:
    """Refuse bytes that changed on the way, are not the announced ones, or are no picture."""
    if content:
        actual = hashlib.sha256(content).hexdigest()
        if claimed and claimed != actual:
            raise Invalid("hash-differs", "照片在路上传坏了，没有收下。手机会自动再传一次。")
        if actual != announced:
            raise differs()
    admit_unopened(content)
