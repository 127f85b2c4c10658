"""A keeper's phone for drills: the app's own queue under quickjs, on a real net, with real photos."""

import hashlib
import http.client
import io
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image

from tests.app.quick import Core

WAIT_S = 20


def _plain_jpeg() -> bytes:
    """A small picture unlike any other: alike ones would be searched as doubles, which is slow."""
    out = io.BytesIO()
    blots = Image.frombytes("RGB", (8, 6), os.urandom(8 * 6 * 3))
    blots.resize((320, 240), Image.Resampling.BICUBIC).save(out, "JPEG", quality=60)
    return out.getvalue()


def jpeg_of(size: int) -> bytes:
    """A new picture of exactly so many bytes."""
    plain = _plain_jpeg()
    left = size - len(plain)
    padding = b""
    while left > 0:
        comment = min(left, 60_000) if left - min(left, 60_000) != 1 else 59_000
        assert comment >= 20, f"{size} bytes leave no room for what makes the picture unique"
        padding += b"\xff\xfe" + (comment - 2).to_bytes(2) + os.urandom(comment - 4)
        left -= comment
    return plain[:2] + padding + plain[2:]


@dataclass
class Kept:
    """What a keeper saw saved: the records' ids, and each photo's id with its SHA-256."""

    events: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)


class RealPhone:
    """One person's phone; all of it must be used in the thread that made it."""

    def __init__(
        self, address: tuple[str, int], token: str, person_id: int, station_id: int, number: str
    ) -> None:
        self.address = address
        self.kept = Kept()
        self.person_id, self.station_id, self.number = person_id, station_id, number
        self._token = token
        self._photos: dict[str, bytes] = {}
        self._ahead_ms = 0.0
        self._core = Core()
        context = self._core.context
        context.set_time_limit(-1)  # what calls into Python cannot have one
        context.add_callable("http", self._http)
        context.add_callable("wall_ms", lambda: int(time.time() * 1000 + self._ahead_ms))
        context.add_callable("steady_ms", lambda: time.monotonic() * 1000)
        context.add_callable("new_uuid", lambda: str(uuid4()))
        context.eval(Path(__file__).with_name("real_phone.js").read_text(encoding="utf-8"))

    def check_in(self, *photo_sizes: int) -> None:
        """Sign in at the door, with photos."""
        payload = {"method": "typed", "text": self.number, "position": None}
        self._keep("check_in", payload, photo_sizes)

    def count(self, received: int) -> None:
        """Write down today's parcels."""
        payload = {"day_on": _today(), "received": received, "sent": 1, "agri_sent": 0}
        self._keep("parcel_count", payload | {"on_hand": 0, "by_brand": {}, "reason": ""}, ())

    def note(self, *photo_sizes: int) -> None:
        """Take photos for their own sake."""
        self._keep("photo_note", {"note": ""}, photo_sizes)

    def _keep(self, kind: str, payload: dict[str, Any], sizes: tuple[int, ...]) -> None:
        shots = [self._shot(size) for size in sizes]
        draft = {"kind": kind, "station_id": self.station_id, "payload": payload, "photos": shots}
        item = self._core.run(f"return keep(phone, {self.person_id}, {json.dumps(draft)});")
        self.kept.events[item["id"]] = kind
        for photo in item["photos"]:
            self.kept.photos[photo["id"]] = photo["sha256"]

    def _shot(self, size: int) -> dict[str, Any]:
        content = jpeg_of(size)
        sha256 = hashlib.sha256(content).hexdigest()
        self._photos[sha256] = content
        return {
            "subject": "interior",
            "bytes": {"byteLength": size, "sha256": sha256, "handle": sha256},
            "size": size,
            "taken_ms": int(time.time() * 1000),
            "camera": "camera",
            "notes": {},
        }

    def sync(self) -> str:
        """Press 现在上传 once; the outcome in a word."""
        said = self._core.run(f"return sync(phone, {self.person_id}, true);")
        # Nobody waits in a drill: the phone's clock is put ahead of what it was asked to wait.
        if said["outcome"] in {"later", "busy"}:
            self._ahead_ms += said["wait_ms"] + 1
        return str(said["outcome"])

    def held(self) -> dict[str, str]:
        """The ids of what still lies on the phone, with their states."""
        held: dict[str, str] = self._core.run(
            "return Object.fromEntries(Object.values(phone.disk.items).map((i) => [i.id, i.state]));"
        )
        return held

    def refused(self) -> list[Any]:
        """What the server said no to, and why."""
        refused: list[Any] = self._core.run(
            "return Object.values(phone.disk.items).filter((i) => i.why).map((i) => [i.kind, i.why]);"
        )
        return refused

    def photos_held(self) -> list[str]:
        """The ids of the photos whose bytes the phone still has."""
        ids: list[str] = self._core.run("return Object.keys(phone.disk.photos);")
        return ids

    def acknowledged(self) -> list[str]:
        """The records that the phone has let go of, because the server has them whole."""
        held = self.held()
        return [event for event in self.kept.events if event not in held]

    def ask(self, method: str, path: str, body: Any) -> tuple[int, Mapping[str, str], Any]:
        """One request past the queue: status, headers and what was said."""
        connection = http.client.HTTPConnection(*self.address, timeout=WAIT_S)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        connection.request(method, f"/api/v1{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        return answer.status, answer.headers, said

    def _http(self, method: str, path: str, body: str, sha256: str) -> str:
        """One request; "" when there was no answer, else {status, body, retry_after_s} as JSON."""
        content = self._photos[body] if sha256 else body.encode()
        headers = {"Authorization": f"Bearer {self._token}", "Connection": "close"}
        headers["Content-Type"] = "image/jpeg" if sha256 else "application/json"
        if sha256:
            headers["X-SHA256"] = sha256
        connection = http.client.HTTPConnection(*self.address, timeout=WAIT_S)
        try:
            connection.request(method, f"/api/v1{path}", content, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.length:  # the answer was broken off
                return ""
            after = answer.headers.get("Retry-After") or ""
            try:
                parsed = (
                    json.loads(said) if "json" in answer.headers.get("Content-Type", "") else None
                )
            except ValueError:
                parsed = None
            waits = int(after) if after.isdigit() else None
            return json.dumps({"status": answer.status, "body": parsed, "retry_after_s": waits})
        except (OSError, http.client.HTTPException):
            return ""
        finally:
            connection.close()


def _today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
