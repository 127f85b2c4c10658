"""The short way of `POST /api/v1/sync`: check-ins and counts of phones that are signed in.

The long way is `miniapp_api/sync.py`.
"""

import re
from typing import Any

import msgspec

from miniapp_api.quick import Asked, ShortWay
from miniapp_api.quick_batch import read_batch
from miniapp_api.sync import MOST_BATCH_BYTES
from server.http import clock
from server.http.day_use import records_over
from server.http.rulebook import standards_of
from server.logs import of_person
from server.prepared import NeedsSession
from server.services.common.phone_items import ItemResult
from server.services.intake.at_once import keep_at_once, sender_of
from server.services.people.scope import INSPECTING, KEEPERS

RULE = "/api/v1/sync"


def _kept(asked: Asked) -> tuple[int, bytes]:
    """Keep a batch; status and body of the answer."""
    batch, now = read_batch(asked.body), clock.now()
    for item in batch.items:
        _ = item.content_sha256  # worked out before anybody waits for us
    with asked.commits.reading() as reading:
        sender = sender_of(reading, token_sha256=asked.token_sha256, items=batch.items, now=now)
        of_person(sender.person.id)
        if sender.person.role not in KEEPERS + INSPECTING:
            raise NeedsSession
        if records_over(
            asked.app, reading.as_session(), person=sender.person, add=len(batch.items), now=now
        ):
            raise NeedsSession
    settings = asked.app.extensions["settings"]
    standards = standards_of(settings)
    results, need = asked.commits.write(
        lambda straight: keep_at_once(
            straight,
            sender,
            device_id=batch.device_id,
            client_now=batch.client_now,
            items=batch.items,
            now=now,
            ring=settings.plaque_keys,
            standards=standards,
        )
    )
    asked.app.extensions["counters"].taken_in(results)
    return 200, _ENCODER.encode(
        {
            "server_now": now.isoformat(),
            "results": [_told(one) for one in results],
            "need_photos": need,
        }
    )


_ENCODER = msgspec.json.Encoder()


def _told(one: ItemResult) -> dict[str, Any]:
    return {
        "id": one.id,
        "result": one.result,
        "code": one.code,
        "message": one.message,
        "fields": one.fields,
    }


WAY = ShortWay(
    method="POST",
    rule=RULE,
    path=re.compile(re.escape(RULE)),
    kinds=frozenset({"application/json", "application/json; charset=utf-8"}),
    most_bytes=MOST_BATCH_BYTES,
    answer=_kept,
)
