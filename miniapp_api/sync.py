"""The phones' mail slot: batches of events, then photos one by one."""

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g, request

from miniapp_api.batch import BatchIn, BatchOut, item_of
from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import Text
from miniapp_api.lenient import Lenient
from miniapp_api.shapes import BINARY, PhotoKept, PhotoWithdrawn
from server.db import begin_write
from server.errors import Conflict, Invalid
from server.http import clock
from server.http.database import (
    blobs_of,
    own_transaction,
    own_write,
    session,
    settings_of,
    takes_bodies_of,
)
from server.http.day_use import put_off, refuse_photo_over_share
from server.http.guards import SignInNeeded, ask_phone, guard_phones
from server.http.metrics import counters
from server.http.rulebook import standards_here
from server.media.apart.pictures import admit
from server.media.pictures.images import MAX_BYTES
from server.models.phone_event import NOT_HERE, Photo
from server.services.common.phone_items import ItemResult, PhoneItem
from server.services.intake import sync
from server.services.intake.batches import Known, look_up, still_there
from server.services.people.scope import INSPECTING, KEEPERS
from server.services.photos import photos
from server.services.photos.missing import withdraw

MOST_PHOTO_BODY = MAX_BYTES + 1024 * 1024  # so that a photo just too large is told its own size
MOST_BATCH_BYTES = 1024 * 1024  # 20 visits with signatures and signed texts have far less
blp = ApiBlueprint("sync", __name__, url_prefix="/api/v1", description="交记录、传照片")
guard_phones(blp, *KEEPERS, *INSPECTING)


@blp.route("/sync", methods=["POST"])
@blp.arguments(BatchIn())  # one for all requests
@blp.response(200, BatchOut)
@takes_bodies_of(MOST_BATCH_BYTES)
@own_transaction
def receive(batch: dict[str, Any]) -> dict[str, Any]:
    """Take in up to 20 events; each gets its own answer, and sending again is safe.

    `ok` kept, `same` was here already, `merged` kept beside another person's, `conflict` and
    `invalid` not kept, with the reason, `later` not kept today: the day's share is used up, and the
    phone sends it again. `need_photos` are announced photos that have not arrived.
    """
    now = clock.now()
    read = put_off([item_of(raw) for raw in batch["items"]], now)
    items = [item for item in read if isinstance(item, PhoneItem)]
    known = look_up(session(), person=g.person, items=items, now=now)
    kept = None
    with suppress(sync.NotTogether):
        kept = _kept(batch, items, known, now, together=True)
    answers, need = kept or _kept(batch, items, known, now, together=False)
    for answer in answers:
        if answer.arrived is not None:
            counters().arrived(*answer.arrived)
    left = iter(answers)
    results = [item if isinstance(item, ItemResult) else next(left) for item in read]
    for result in results:
        counters().synced(result.result, result.code)
    return {"server_now": now, "results": results, "need_photos": need}


def _kept(
    batch: dict[str, Any], items: list[PhoneItem], known: Known, now: datetime, *, together: bool
) -> tuple[list[ItemResult], list[UUID]]:
    """Take in what could be read, in one transaction; the answers and the photos to come.

    All that was slow to read has been read; what may have changed since is asked once more.
    """
    session().close()  # what was looked up keeps what it said
    with own_write():
        still = still_there(session(), person=g.person, sign_in=g.sign_in, items=items, now=now)
        if still is None:
            raise SignInNeeded
        results = sync.receive(
            session(),
            person=g.person,
            device_id=batch["device_id"],
            client_now=batch["client_now"],
            items=items,
            now=now,
            ring=settings_of().plaque_keys,
            standards=standards_here(),
            known=known if still.mark == known.mark else None,
            all_new=not still.some_here,
            together=together,
        )
        awaited = still.photos_awaited or any(item.photos for item in items)
        need = photos.missing_photos(session(), person=g.person) if awaited else []
    return results, need


@blp.route("/photos/<uuid:photo_id>", methods=["PUT"])
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

    Only after 201 or 200 with the photo's own SHA-256 may the phone delete it.
    """
    now = clock.now()
    expected = photos.expect_photo(session(), person=g.person, photo_id=photo_id)
    announced = expected.sha256
    if expected.state in NOT_HERE:  # sent again, it costs nothing
        refuse_photo_over_share(request.content_length or 0, now)
    session().commit()  # no transaction stays open while a slow phone sends
    content = request.get_data(cache=False)
    _check(content, claimed=request.headers.get("X-SHA256", "").lower(), announced=announced)
    blobs_of().refuse_when_low()
    blobs_of().put(content)
    begin_write(session())
    ask_phone()  # who was signed out while the bytes travelled keeps the photo on the phone
    result = photos.keep_photo(
        session(),
        person=g.person,
        photo_id=photo_id,
        sha256=announced,
        size=len(content),
        now=now,
    )
    counters().photo_received(result, len(content))
    kept = session().get_one(Photo, photo_id)
    if result == "new" and kept.time_verified:
        late = now - kept.taken_at
        counters().arrived(kept.county, "photo", late.total_seconds())
    return {"id": photo_id, "sha256": announced, "state": "kept"}, 201 if result == "new" else 200


class WithdrawnIn(Lenient):
    """Why a photo will not come."""

    reason = Text(
        20, required=True, metadata={"description": "lost, refused or dropped (by the person)"}
    )
    code = Text(60, load_default="", metadata={"description": "of the problem that refused it"})
    note = Text(200, load_default="")


@blp.route("/photos/<uuid:photo_id>/withdrawn", methods=["POST"])
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
    if not content:
        admit(content)
    actual = hashlib.sha256(content).hexdigest()
    if claimed and claimed != actual:
        raise Invalid("hash-differs", "照片在路上传坏了，没有收下。手机会自动再传一次。")
    if actual != announced:
        raise Conflict("photo-differs", "这张照片和之前登记的不是同一张，没有收下。请重新拍一张。")
    admit(content)
