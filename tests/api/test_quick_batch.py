"""What the quick reader takes of a phone's batch it reads as the schemas do, whatever is sent."""

import json
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from miniapp_api.batch import PAYLOADS, BatchIn, ItemIn, PhotoIn, item_of
from miniapp_api.lenient import PositionIn
from miniapp_api.quick_batch import Unusual, read_batch
from server.models.phone_event import Opening, ScanMethod
from server.services.common.phone_items import PhoneItem
from tests.api.events import check_in, count, item, note, photo

ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.just([]),
    st.just({}), st.sampled_from([
        "", " ", "12", "1.0", 1.0, -0.0, 1e400, 2**31, 2**63, 2**64, "\ud800", "a\0b", "\u3000x",
        "2026-11-30T08:00:00.000Z", "2026-11-30T08:00:00+08:00", "2026-11-30", "2026-11-30T08:00",
        "20261130T080000Z", "2201-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2026-02-30",
        "2026-11-30T08:00:00.1234567Z", "1899-12-31", "٢٠٢٦-11-30", "2026-11-30\n",
        "{8f14e45f-ceea-467f-a8ff-9d3e6b0c1a2b}", "8F14E45F-CEEA-467F-A8FF-9D3E6B0C1A2B",
        "8f14e45f-ceea-467f-a8ff-9d3e6b0c1a2b\n", "scan", "photo", "early", "f" * 64, "x" * 301,
        {"a": [{"b": {"c": {"d": 1}}}], "e": 1e400, "n" * 99: "\ud83d"}, {"中通": 3, " 中通": 4},
        {"latitude": 38, "longitude": "111"}, {"latitude": 91, "longitude": 0}, [{}] * 41,
    ]),
)  # fmt: skip
USUAL = [
    check_in(1, "https://kd.example.cn/s/abcdefghjkmnpqr", position={
        "latitude": 38.36, "longitude": 111, "accuracy_m": 12, "fix_age_s": None}),
    check_in(1, "C0001", method="typed", photos=[photo(b"x", notes={"width": 4000, "why": "暗"})]),
    count(1, by_brand={"中通": 3, "韵达": 0}, reason=" 少数了\u3000两件 ", corrects=str(UUID(int=7))),
    note(1, photo(b"y"), photo(b"z", notes=None)) | {"person_id": 3},
    item("opening", 1, {"opening": "early"}),
]  # fmt: skip


def long_way(body: str) -> Any:
    """What the schemas read of a body, as `QuickBatch` holds it; None where they refuse any of it."""
    try:
        batch = BatchIn().load(json.loads(body))
    except ValidationError:
        return None
    read = [item_of(one) for one in batch["items"]]
    items = [one for one in read if isinstance(one, PhoneItem)]
    if items != read:
        return None
    return batch["device_id"], batch["client_now"], items, [one.content_sha256 for one in items]


def quick(body: str) -> Any:
    """What the quick reader makes of it; raises Unusual."""
    read = read_batch(body.encode("utf-8", "surrogatepass"))
    hashes = [one.content_sha256 for one in read.items]
    return read.device_id, read.client_now, read.items, hashes


def places(sent: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in it something may be put."""
    found = [at] if at else []
    pairs = (
        sent.items()
        if isinstance(sent, dict)
        else enumerate(sent)
        if isinstance(sent, list)
        else ()
    )
    for key, inner in pairs:
        found += places(inner, (*at, key))
    return found


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """A batch as phones write it, with up to three odd things somewhere in it."""
    sent: Any = {
        "device_id": draw(st.sampled_from(["phone-1", " x ", "", "é" * 65])),
        "client_now": "2026-11-30T08:00:00.000Z",
        "items": json.loads(json.dumps(draw(st.lists(st.sampled_from(USUAL), max_size=3)))),
    }
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from(places(sent)))
        inner = sent
        for step in way:
            inner = inner[step]
        if isinstance(inner, dict) and draw(st.booleans()):
            inner[draw(st.sampled_from([last, "unknown"]))] = deepcopy(draw(ODD))
        elif isinstance(inner, dict):
            del inner[last]
        else:
            inner[last] = deepcopy(draw(ODD))
    return json.dumps(sent, ensure_ascii=draw(st.booleans()))


@settings(max_examples=300, deadline=None)
@given(bodies())
def test_whatever_the_quick_reader_takes_it_reads_as_the_schemas_do(body: str) -> None:
    try:
        read = quick(body)
    except Unusual:
        return
    assert repr(read) == repr(long_way(body))
    assert read == long_way(body)


def test_it_takes_what_phones_of_today_write() -> None:
    body = json.dumps({"device_id": "p", "client_now": "2026-11-30T08:00:00.000Z", "items": USUAL})

    assert quick(body) == long_way(body)


def test_it_knows_every_field_and_word_that_the_schemas_know() -> None:
    """A field that it did not know would be passed over in silence, and the record kept without."""
    known = {
        BatchIn: {"device_id", "client_now", "items"},
        ItemIn: {"id", "person_id", "kind", "station_id", "seq", "device_at", "clock_offset_ms",
                     "clock_held", "payload", "photos"},
        PhotoIn: {"id", "subject", "sha256", "size", "taken_at", "camera", "notes"},
        PositionIn: {"latitude", "longitude", "accuracy_m", "fix_age_s"},
    }  # fmt: skip
    payloads = {
        "check_in": {"method", "text", "position", "new_plate"},
        "parcel_count": {"day_on", "received", "sent", "agri_sent", "on_hand", "by_brand",
                         "reason", "corrects"},
        "photo_note": {"note"},
        "opening": {"opening"},
    }  # fmt: skip
    assert {schema: set(schema().fields) for schema in known} == known
    assert {kind: set(PAYLOADS[kind].fields) for kind in payloads} == payloads
    for method in ScanMethod:
        assert _reads(check_in(1, "C0001", method=method.value))
    for opening in Opening:
        assert _reads(item("opening", 1, {"opening": opening.value}))


@pytest.mark.parametrize(
    "body", ["", "[]", "{", "null", "[" * 100_000, '{"items": NaN}', "\ufeff{}"]
)
def test_what_is_no_batch_is_for_the_schemas_to_tell(body: str) -> None:
    with pytest.raises(Unusual):
        read_batch(body.encode())


def _reads(one: dict[str, Any]) -> bool:
    sent = {"device_id": "p", "client_now": "2026-11-30T08:00:00.000Z", "items": [one]}
    return bool(quick(json.dumps(sent)))
