"""What benchmarks have phones send: check-ins, counts, days and photos, ready as bytes."""

import hashlib
import io
import json
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from PIL import Image

from bench.client import Request, request
from server.http import clock

PHOTO_BYTES = 198 * 1024
Work = list[list[Request]]


class Phone(NamedTuple):
    """A keeper's phone: its token, its station, and what the plate there says."""

    token: str
    station_id: int
    plate: str


def now_text() -> str:
    """What a phone's clock says."""
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pictures(how_many: int) -> list[bytes]:
    """Photos of some 198 KB, each of its own bytes."""
    quality = 95
    content = b""
    while quality and (not content or len(content) > PHOTO_BYTES):
        quality -= 1
        out = io.BytesIO()
        Image.effect_noise((1280, 960), 60).convert("RGB").save(out, "JPEG", quality=quality)
        content = out.getvalue()
    filled = content + b"\0" * (PHOTO_BYTES - len(content))
    return [filled[:2] + b"\xff\xfe\x00\x12" + secrets.token_bytes(16) + filled[2:]
            for _ in range(how_many)]  # fmt: skip


def item(phone: Phone, kind: str, payload: dict[str, Any], *photos: bytes) -> dict[str, Any]:
    """One record as the app writes it."""
    return {
        "id": str(uuid4()),
        "kind": kind,
        "station_id": phone.station_id,
        "seq": 1,
        "device_at": now_text(),
        "clock_offset_ms": 0,
        "payload": payload,
        "photos": [
            {
                "id": str(uuid4()),
                "subject": "interior",
                "sha256": hashlib.sha256(photo).hexdigest(),
                "size": len(photo),
                "taken_at": now_text(),
                "camera": "camera",
                "notes": {},
            }
            for photo in photos
        ],
    }


def check_in(phone: Phone, *photos: bytes) -> dict[str, Any]:
    """A check-in by the plate, with a position."""
    position = {"latitude": 38.36, "longitude": 111.94, "accuracy_m": 12, "fix_age_s": 3}
    payload = {
        "method": "scan",
        "text": f"https://kd.example.cn/s/{phone.plate}",
        "position": position,
    }
    return item(phone, "check_in", payload, *photos)


def count(phone: Phone, ago: int) -> dict[str, Any]:
    """A day's parcels."""
    on = clock.today() - timedelta(days=ago)
    return item(
        phone,
        "parcel_count",
        {"day_on": on.isoformat(), "received": 12, "sent": 3, "agri_sent": 1, "on_hand": 2},
    )


def sync(phone: Phone, *items: dict[str, Any]) -> Request:
    """The request that hands records in."""
    body = json.dumps({"device_id": "bench", "client_now": now_text(), "items": items})
    return request(
        "POST", "/api/v1/sync", body.encode(),
        Content_Type="application/json", Authorization=f"Bearer {phone.token}",
    )  # fmt: skip


def put(phone: Phone, announced: dict[str, Any], photo: bytes) -> Request:
    """The request that hands a photo's bytes in."""
    return request(
        "PUT", f"/api/v1/photos/{announced['id']}", photo,
        Content_Type="image/jpeg", X_SHA256=announced["sha256"],
        Authorization=f"Bearer {phone.token}",
    )  # fmt: skip


class House:
    """Our web processes at work, with a phone for each of the county's keepers."""

    def __init__(self, address: tuple[str, int], process: int, phones: list[Phone]) -> None:
        self.address, self.process, self.phones = address, process, phones
        self._days = 0

    def spread(self, callers: int, each: int, make: Callable[[Phone], list[Request]]) -> Work:
        """`each` times what `make` makes for every caller, over all phones."""
        turn = iter(range(10**9))
        return [
            [one for _ in range(each) for one in make(self.phones[next(turn) % len(self.phones)])]
            for _ in range(callers)
        ]

    def batch(self, phone: Phone) -> list[Request]:
        """Twenty records in one request: check-ins and counts."""
        self._days += 10
        return [
            sync(phone, *(
                check_in(phone) if n % 2 else count(phone, (self._days + n) % 360)
                for n in range(20)
            ))
        ]  # fmt: skip

    def days(self, phone: Phone, photos: Iterator[bytes], how_many: int) -> list[Request]:
        """Some days of a keeper: check-in with a photo and a count each; all records at once."""
        shots = [next(photos) for _ in range(how_many)]
        items = [check_in(phone, shot) for shot in shots]
        self._days += how_many
        counts = [count(phone, (self._days + n) % 360) for n in range(how_many)]
        puts = [put(phone, one["photos"][0], shot) for one, shot in zip(items, shots, strict=True)]
        return [sync(phone, *items, *counts), *puts]
