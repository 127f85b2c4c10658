"""Writes what an inspector's phone shows and both sign, for visits that tests hand in."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import Campaign, Inspection
from server.models.person import Person
from server.models.station import Station
from server.services.common.phone_items import AnnouncedPhoto, InspectionEntry
from server.services.demo.signed_texts import canonical, signed_text
from server.services.rounds.campaigns import standards_of

Hand = Callable[..., Inspection]


def documented(
    session: Session,
    sent: dict[str, Any],
    *,
    station: Station,
    campaign: Campaign,
    by: Person,
    standards: Sequence[Any],
    changed: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The same visit with the text that was signed; `changed` are keys of the text made untrue."""
    payload = {key: value for key, value in sent["payload"].items() if key != "position"}
    moments = {key: datetime.fromisoformat(payload[key]) for key in ("arrived_at", "finished_at")}
    payload["amends_id"] = UUID(payload["amends_id"]) if payload["amends_id"] else None
    photos = [
        AnnouncedPhoto(
            UUID(one["id"]), one["subject"], one["sha256"], one["size"],
            datetime.fromisoformat(one["taken_at"]), notes=one.get("notes"),
        )
        for one in sent.get("photos", ())
    ]  # fmt: skip
    text = json.loads(
        signed_text(
            session,
            InspectionEntry(**(payload | moments)),
            id=UUID(sent["id"]),
            station=station,
            campaign=campaign,
            by=by,
            standards=standards_of(campaign, standards),
            photos=photos,
            day=clock.today(),
        )
    )
    sent["payload"]["document"] = canonical(text | (changed or {}))
    return sent


def kinds(kept: Inspection) -> list[tuple[str, str]]:
    return [(one["kind"], one["code"]) for one in kept.differences]


def shown(kept: Inspection) -> dict[str, Any]:
    return json.loads(kept.document or "{}")
