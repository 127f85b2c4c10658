"""Makes what phones send."""

import hashlib
import io
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.http import clock


def now_text(ahead: timedelta = timedelta(0)) -> str:
    """What a phone's clock says, as JavaScript writes it."""
    return (clock.now() + ahead).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def jpeg(shade: int = 120, side: int = 400) -> bytes:
    """A small picture; other shades are other bytes."""
    out = io.BytesIO()
    image = Image.effect_noise((side, side * 3 // 4), 60).convert("RGB")
    image.paste((shade, 90, 60), (0, 0, side // 4, side // 4))
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def photo(content: bytes, subject: str = "signboard", **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "subject": subject,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "taken_at": now_text(),
        "camera": "camera",
        "notes": {},
    } | fields


def item(kind: str, station_id: int, payload: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "kind": kind,
        "station_id": station_id,
        "seq": 1,
        "device_at": now_text(),
        "clock_offset_ms": 0,
        "clock_held": True,
        "payload": payload,
        "photos": [],
    } | fields


def check_in(station_id: int, text: str, method: str = "scan", **fields: Any) -> dict[str, Any]:
    payload = {"method": method, "text": text, "position": fields.pop("position", None)}
    return item("check_in", station_id, payload, **fields)


def count(station_id: int, received: Any = 12, sent: Any = 3, **fields: Any) -> dict[str, Any]:
    own = {"id", "device_at", "seq", "clock_offset_ms", "photos", "kind"}
    payload = {
        "day_on": clock.today().isoformat(),
        "received": received,
        "sent": sent,
        "agri_sent": 1,
        "on_hand": 2,
        "by_brand": {},
        "reason": "",
    } | {name: value for name, value in fields.items() if name not in own}
    return item(
        "parcel_count",
        station_id,
        payload,
        **{name: value for name, value in fields.items() if name in own},
    )


def note(station_id: int, *photos: dict[str, Any]) -> dict[str, Any]:
    return item("photo_note", station_id, {"note": ""}, photos=list(photos))


def batch(*items: dict[str, Any], ahead: timedelta = timedelta(0)) -> dict[str, Any]:
    return {"device_id": "phone-1", "client_now": now_text(ahead), "items": list(items)}


def id_of(sent: dict[str, Any]) -> UUID:
    return UUID(sent["id"])


def announce(
    client: FlaskClient, headers: dict[str, str], station_id: int, *photos: dict[str, Any]
) -> None:
    answer = client.post("/api/v1/sync", json=batch(note(station_id, *photos)), headers=headers)
    assert answer.json["results"][0]["result"] == "ok", answer.json


def put(
    client: FlaskClient, headers: dict[str, str], photo_id: str, content: bytes, **more: str
) -> Any:
    sha256 = {"X-SHA256": hashlib.sha256(content).hexdigest(), "Content-Type": "image/jpeg"}
    return client.put(f"/api/v1/photos/{photo_id}", data=content, headers=headers | sha256 | more)


def results(answer: Any) -> list[str]:
    return [one["result"] for one in answer["results"]]


def rows(session: Session, noun: Any) -> int:
    return session.scalar(select(func.count()).select_from(noun)) or 0
