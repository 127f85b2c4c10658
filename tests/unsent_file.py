"""Writes the file into which a phone saves what it could not send."""

import base64
import hashlib
import json
from typing import Any

from server.models.person import Person


def head(person: Person, /, **fields: Any) -> dict[str, Any]:
    return {
        "what": "cunzhantong-unsent",
        "version": 1,
        "made_at": "2026-07-03T01:02:03.000Z",
        "clock_offset_ms": 0,
        "device_id": "phone-1",
        "device_label": "红米 Note 9",
        "county": person.county,
        "person": {"id": person.id, "name": person.name},
        "records": 0,
        "photos": 0,
    } | fields


def record(item: dict[str, Any], state: str = "waiting", why: Any = None) -> dict[str, Any]:
    return {"record": item, "state": state, "why": why, "saved_at": item["device_at"]}


def photo(announced: dict[str, Any], of: dict[str, Any], content: bytes | None) -> dict[str, Any]:
    told = {name: announced[name] for name in ("id", "sha256", "size")} | {"of": of["id"]}
    if content is None:
        return {"photo": told | {"missing": True}}
    return {"photo": told | {"base64": base64.b64encode(content).decode(), "type": "image/jpeg"}}


def end(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    records = [line["record"]["id"] for line in lines if "record" in line]
    kept = [line["photo"]["sha256"] for line in lines if "base64" in line.get("photo", {})]
    in_order = [
        line["record"]["id"] if "record" in line else line["photo"]["sha256"]
        for line in lines
        if "record" in line or "base64" in line["photo"]
    ]
    chain = "".join(f"{one}\n" for one in in_order)
    return {
        "end": True,
        "records": len(records),
        "photos": len(kept),
        "missing": sum("missing" in line.get("photo", {}) for line in lines),
        "sha256": hashlib.sha256(chain.encode()).hexdigest(),
    } | fields


def file_of(person: Person, /, *lines: dict[str, Any], **fields: Any) -> bytes:
    """A whole file of this person with these record and photo lines."""
    every = [head(person, **fields), *lines, end(*lines)]
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in every)
