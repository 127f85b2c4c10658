"""Finds the photos that words rest on, with who took them, for pages that show them as proof."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from desk.frame.access import me
from server.http.database import session
from server.services.days.activity import PhotoView, photos_seen

PREFIX = "photo:"


def proofs(ids: Iterable[UUID]) -> dict[UUID, PhotoView]:
    """These photos by id, as far as the person at the desk may see their stations."""
    return photos_seen(session(), ids=ids, seen_by=me())


def photo_ids(said: Mapping[str, Any] | None) -> list[UUID]:
    """The photos among a frozen word's evidence."""
    return [
        UUID(text.removeprefix(PREFIX))
        for text in (said or {}).get("evidence", ())
        if text.startswith(PREFIX)
    ]
