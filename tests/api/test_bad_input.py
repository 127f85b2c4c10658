"""Whatever cannot be right gets a clear Chinese sentence, the right status, and changes nothing."""

import io
import json
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from server.db import Base
from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Person
from server.models.phone_event import Photo
from server.models.sign import SignState
from tests.api.events import batch, check_in, count, note, photo
from tests.factories import Cast, make_sign, token_of

Headers = Callable[[Person], dict[str, str]]
SENTENCE = re.compile(r"[\u4e00-\u9fff].*[。！？]$", re.DOTALL)
# A sign of life and a failed try are written whatever happens.
NOT_LOOKED_AT = {"sign_ins", "failed_tries"}


def everything(session: Session) -> dict[str, list[Any]]:
    """All rows of all tables that matter."""
    return {
        table.name: sorted(map(repr, session.execute(sa.select(table)).all()))
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_LOOKED_AT
    }


@pytest.fixture
def headers(cast: Cast, signed_in: Headers) -> dict[str, str]:
    return signed_in(cast.li)


@pytest.fixture
def unchanged(session: Session) -> Iterator[Callable[[], None]]:
    """Call it when all is arranged; at the end every row must be as it was then."""
    before: dict[str, list[Any]] = {}

    def look() -> None:
        session.commit()
        before.update(everything(session))

    yield look
    session.commit()
    assert before, "the test never said when all was arranged"
    assert everything(session) == before


def refused(answer: Any, status: int, code: str) -> None:
    """The answer is a problem of this code, with a Chinese sentence."""
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert answer.content_type == "application/problem+json"
    assert SENTENCE.search(answer.json["detail"]), answer.json["detail"]


def refused_item(answer: Any, code: str, result: str = "invalid") -> dict[str, Any]:
    """The batch was taken, its one item was not."""
    assert answer.status_code == 200, answer.json
    [item] = answer.json["results"]
    assert (item["result"], item["code"]) == (result, code), item
    assert SENTENCE.search(item["message"]), item["message"]
    return dict(item)


@pytest.mark.parametrize(
    ("received", "code"),
    [
        (-1, "count-negative"),
        (10**9, "count-too-large"),
        (100_000, "count-too-large"),
        ("十二", "item-unreadable"),
        ("", "item-unreadable"),
        (1.5, "item-unreadable"),
        (None, "item-unreadable"),
        (True, "item-unreadable"),
        ([12], "item-unreadable"),
        (10**30, "count-too-large"),
    ],
)
def test_counts_that_cannot_be(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    received: Any,
    code: str,
) -> None:
    unchanged()

    answer = client.post(
        "/api/v1/sync", json=batch(count(cast.c1.id, received=received)), headers=headers
    )

    item = refused_item(answer, code)
    assert item["fields"] == ["payload.received"]
    assert "收到" in item["message"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sent": 3, "agri_sent": 4}, "agri-more-than-sent"),
        ({"by_brand": {"圆通": 99}}, "brands-more-than-all"),
        ({"by_brand": {"圆通": -1}}, "count-too-large"),
        ({"day_on": (clock.today() + timedelta(days=1)).isoformat()}, "day-in-future"),
        ({"day_on": "2019-01-01"}, "day-too-old"),
        ({"day_on": "7月5日"}, "item-unreadable"),
        ({"day_on": "2023-02-30"}, "item-unreadable"),
        ({"reason": "好" * 201}, "item-unreadable"),
    ],
)
def test_count_forms_that_cannot_be(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    fields: dict[str, Any],
    code: str,
) -> None:
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(count(cast.c1.id, **fields)), headers=headers)

    refused_item(answer, code)


def plates(session: Session, cast: Cast) -> dict[str, str]:
    """Scanned texts that open nothing, by the code of the refusal."""
    genuine = token_of(make_sign(session, cast.xz1))
    return {
        "forged": genuine[:-1] + ("0" if genuine[-1] != "0" else "1"),
        "foreign": token_of(make_sign(session, cast.foreign)),
        "retired": token_of(make_sign(session, cast.c1, SignState.REPLACED)),
        "elsewhere": genuine,
        "web page": "https://example.com/win-a-prize",
        "unknown number": "C9999",
        "empty": "   ",
        "foreign number": "411721-C0001",
    }


@pytest.mark.parametrize(
    ("plate", "code"),
    [
        ("forged", "sign-unknown"),
        ("foreign", "sign-foreign"),
        ("retired", "sign-retired"),
        ("elsewhere", "plate-of-another-station"),
        ("web page", "sign-unknown"),
        ("unknown number", "sign-unknown"),
        ("empty", "scan-empty"),
        ("foreign number", "sign-foreign"),
    ],
)
def test_plates_that_open_nothing(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    plate: str,
    code: str,
) -> None:
    text = plates(session, cast)[plate]
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(check_in(cast.c1.id, text)), headers=headers)

    refused_item(answer, code)


@pytest.mark.parametrize("station", ["c2", "c3", "foreign", "none"])
def test_stations_of_others_take_nothing(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    station: str,
) -> None:
    station_id = 10**12 if station == "none" else getattr(cast, station).id
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(count(station_id)), headers=headers)

    refused_item(answer, "station-not-yours")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "delete_everything"},
        {"payload": "text"},
        {"payload": None},
        {"device_at": "yesterday"},
        {"device_at": "0001-01-01T00:00:00+14:00"},
        {"photos": "none"},
        {"station_id": "C0001"},
        {"id": "../../etc"},
    ],
)
def test_items_that_cannot_be_read(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    change: dict[str, Any],
) -> None:
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(count(cast.c1.id) | change), headers=headers)

    refused_item(answer, "item-unreadable")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json at all", 400, "bad-request"),
        (b"", 422, "form-invalid"),
        (b"[]", 422, "form-invalid"),
        (b"{}", 422, "form-invalid"),
        (b'{"items": 7}', 422, "form-invalid"),
        (json.dumps(batch(*[{"id": "x"}] * 21)).encode(), 422, "form-invalid"),
        (json.dumps(batch() | {"items": [{"no": "id"}]}).encode(), 422, "form-invalid"),
        (b"\xff\xfe\x00", 400, "bad-request"),
        (b'{"a":' * 50_000, 400, "bad-request"),
    ],
    ids=["text", "empty", "list", "nothing", "number", "21 items", "no id", "bytes", "deep"],
)
def test_envelopes_that_cannot_be_read(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    body: bytes,
    status: int,
    code: str,
) -> None:
    unchanged()

    answer = client.post(
        "/api/v1/sync", data=body, content_type="application/json", headers=headers
    )

    refused(answer, status, code)


def test_a_body_that_does_not_claim_to_be_json(
    client: FlaskClient, cast: Cast, headers: dict[str, str], unchanged: Callable[[], None]
) -> None:
    unchanged()

    answer = client.post("/api/v1/sync", data="received=12", headers=headers)

    refused(answer, 415, "not-json")


def bomb() -> bytes:
    """A PNG of 30,000 × 30,000 pixels in a few hundred kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * (30_000 // 8 + 1) * 3_000, 9)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def gif() -> bytes:
    out = io.BytesIO()
    Image.new("P", (20, 20)).save(out, "GIF")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"hello, I am a photo", "not-a-picture"),
        (b"<html><script>alert(1)</script></html>", "not-a-picture"),
        (bomb(), "photo-too-many-pixels"),
        (gif(), "photo-format"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 200, "photo-truncated"),
    ],
    ids=["text", "page", "bomb", "gif", "cut short"],
)
def test_photos_that_are_none(
    client: FlaskClient,
    cast: Cast,
    blobs: FolderStore,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    content: bytes,
    code: str,
) -> None:
    sent = photo(content)
    client.post("/api/v1/sync", json=batch(note(cast.c1.id, sent)), headers=headers)
    unchanged()

    answer = client.put(f"/api/v1/photos/{sent['id']}", data=content, headers=headers)

    refused(answer, 422, code)
    assert list(blobs.blob_keys()) == []


def test_a_photo_of_zero_bytes(
    client: FlaskClient, cast: Cast, headers: dict[str, str], unchanged: Callable[[], None]
) -> None:
    sent = photo(b"something")
    client.post("/api/v1/sync", json=batch(note(cast.c1.id, sent)), headers=headers)
    unchanged()

    refused(
        client.put(f"/api/v1/photos/{sent['id']}", data=b"", headers=headers), 422, "photo-empty"
    )


def test_sixty_megabytes(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    blobs: FolderStore,
    headers: dict[str, str],
    unchanged: Callable[[], None],
) -> None:
    sent = photo(b"something")
    client.post("/api/v1/sync", json=batch(note(cast.c1.id, sent)), headers=headers)
    assert session.get(Photo, UUID(sent["id"])) is not None
    unchanged()

    answer = client.put(f"/api/v1/photos/{sent['id']}", data=b"\xff" * 60_000_000, headers=headers)

    refused(answer, 413, "body-too-large")
    assert list(blobs.blob_keys()) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": "selfie"}, "subject-unknown"),
        ({"size": 0}, "photo-empty"),
        ({"size": 60_000_000}, "photo-too-large"),
        ({"sha256": "abc"}, "item-unreadable"),
        ({"id": "1"}, "item-unreadable"),
    ],
)
def test_announcements_that_cannot_be(
    client: FlaskClient,
    cast: Cast,
    headers: dict[str, str],
    unchanged: Callable[[], None],
    change: dict[str, Any],
    code: str,
) -> None:
    unchanged()

    sent = note(cast.c1.id, photo(b"something") | change)
    answer = client.post("/api/v1/sync", json=batch(sent), headers=headers)

    refused_item(answer, code)


def test_a_photo_note_without_a_photo(
    client: FlaskClient, cast: Cast, headers: dict[str, str], unchanged: Callable[[], None]
) -> None:
    unchanged()

    answer = client.post("/api/v1/sync", json=batch(note(cast.c1.id)), headers=headers)

    refused_item(answer, "photo-note-empty")


@pytest.mark.parametrize("code", ["", "12", "ABCD-EFGH", "一二三四", "A" * 41, None, 7])
def test_bind_codes_that_are_none(
    client: FlaskClient, cast: Cast, unchanged: Callable[[], None], code: Any
) -> None:
    unchanged()

    answer = client.post("/api/v1/session/bind", json={"code": code, "device_id": "device-0001"})

    if answer.status_code == 422:
        refused(answer, 422, "form-invalid")
    else:
        refused(answer, 404, "bind-code-unknown")


def test_an_inspector_hears_what_is_wrong_with_a_plate(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    signed_in: Headers,
    unchanged: Callable[[], None],
) -> None:
    wang, texts = signed_in(cast.wang), plates(session, cast)
    unchanged()

    for plate, status, code in (
        ("forged", 404, "sign-unknown"),
        ("foreign", 403, "sign-foreign"),
        ("retired", 409, "sign-retired"),
        ("empty", 422, "scan-empty"),
    ):
        answer = client.get(
            "/api/v1/inspector/scan", query_string={"text": texts[plate]}, headers=wang
        )
        refused(answer, status, code)
