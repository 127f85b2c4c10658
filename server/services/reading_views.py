"""What the machine read in photos, in words for whoever looks at them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.reading import PhotoReading, ReadingState
from server.policy.sign_match import Outcome


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One reading beside its photo; `parts` are name, number or hours with read and expected.

    `check_ins` says how the hours on a board fit the station's check-ins, "" where unknown.
    """

    outcome: str
    label: str
    why: str
    parts: tuple[dict[str, Any], ...] = ()
    check_ins: str = ""


def reading_view(one: PhotoReading | None) -> ReadingView | None:
    """A reading in words; None where nothing was read, or there was nothing to compare."""
    if one is None or one.state is ReadingState.SET_ASIDE or not one.outcome:
        return None
    return ReadingView(
        one.outcome,
        f"机器识读：{Outcome(one.outcome).label}",
        one.compared.get("why", ""),
        tuple(one.compared.get("parts", ())),
        one.compared.get("check_ins", ""),
    )


def readings_of(session: Session, photo_ids: Collection[UUID]) -> dict[UUID, ReadingView]:
    """What there is to say of these photos; one query."""
    found = session.scalars(
        sa.select(PhotoReading).where(PhotoReading.photo_id.in_(list(photo_ids)))
    )
    views = ((one.photo_id, reading_view(one)) for one in found)
    return {photo_id: view for photo_id, view in views if view is not None}
