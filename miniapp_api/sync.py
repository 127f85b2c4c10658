"""The phones' mail slot: batches of events; their photos follow (photos.py)."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import g

from miniapp_api.batch import BatchIn, BatchOut, item_of
from miniapp_api.bodies import ApiBlueprint
from server.http import clock
from server.http.database import own_transaction, own_write, session, settings_of, takes_bodies_of
from server.http.day_use import put_off
from server.http.guards import SignInNeeded, guard_phones
from server.http.metrics import counters
from server.http.rulebook import standards_here
from server.services.common.phone_items import ItemResult, PhoneItem
from server.services.intake import sync
from server.services.intake.batches import Known, look_up, still_there
from server.services.people.scope import INSPECTING, KEEPERS
from server.services.photos import photos

MOST_BATCH_BYTES = 1024 * 1024  # 20 visits with signatures and signed texts have far less
blp = ApiBlueprint("sync", __name__, url_prefix="/api/v1", description="交记录")
guard_phones(blp, *KEEPERS, *INSPECTING)


@blp.route("/sync", methods=["POST"])
@blp.arguments(BatchIn())  # one for all requests
@blp.response(200, BatchOut)
@takes_bodies_of(MOST_BATCH_BYTES)
@own_transaction
def receive(batch: dict[str, Any]) -> dict[str, Any]:
    """Take in up to 20 events; each gets its own answer, and sending again is safe.

    `ok` kept, `same` was here already, `merged` kept beside another person's, `conflict` and
    `invalid` not kept, with the reason, `later` not kept now: the day's share is used up, or it
    is another person's (`person_id`); the phone sends it again. `need_photos` are announced photos
    that have not arrived.
    """
    now = clock.now()
    read = put_off([item_of(raw) for raw in batch["items"]], now)
    items = [item for item in read if isinstance(item, PhoneItem)]
    known = look_up(session(), person=g.person, items=items, now=now)
    kept = None
    with suppress(sync.NotTogether):
        kept = _kept(batch, items, known, now, together=True)
    answers, need = kept or _kept(batch, items, known, now, together=False)
    left = iter(answers)
    results = [item if isinstance(item, ItemResult) else next(left) for item in read]
    counters().taken_in(results)
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
