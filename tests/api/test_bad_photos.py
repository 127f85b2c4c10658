"""Photos that are none, and announcements that cannot be, change nothing."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.phone_event import Photo
from tests.api.events import batch, note, photo
from tests.api.refusals import refused, refused_item
from tests.databases import ON_SQLITE
from tests.factories import Cast


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
@ON_SQLITE
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
@ON_SQLITE
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
