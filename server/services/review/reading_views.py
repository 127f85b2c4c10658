"""What the machine read in photos, in words for whoever looks at them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.reading import PhotoReading, ReadingState
from server.models.station import Station
from server.policy.hours import hours_lines
from server.policy.signs.placed import Outcome


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One reading beside its photo; `parts` are name, number or hours with read and expected.

    `check_ins` says how the hours on a board fit the station's check-ins, "" where unknown;
    `aside` what else stands on a board that matches, and was passed over.
    """

    outcome: str
    label: str
    why: str
    parts: tuple[dict[str, Any], ...] = ()
    check_ins: str = ""
    aside: str = ""


def reading_view(one: PhotoReading | None, station: Station) -> ReadingView | None:
    """A reading in words; None where nothing was read, or there was nothing to compare.

    Only the newest photo of a sign or board is compared again when the register changes; an older
    one says that it was held against the register of its time.
    """
    if one is None or one.state is ReadingState.SET_ASIDE or not one.outcome:
        return None
    parts = tuple(one.compared.get("parts", ()))
    before = "" if all(holds(part, station) for part in parts) else "（对照旧登记）"
    return ReadingView(
        one.outcome,
        f"机器识读{before}：{Outcome(one.outcome).label}",
        one.compared.get("why", ""),
        parts,
        one.compared.get("check_ins", ""),
        "".join(part.get("aside", "") for part in parts) if one.outcome == Outcome.MATCHES else "",
    )


def holds(part: Mapping[str, Any], station: Station) -> bool:
    """Whether the register still says what this part of a photo was held against."""
    registered = {
        "name": station.filed_name or station.name,
        "number": station.code,
        "hours": "；".join(hours_lines(station.hours)),
    }
    return bool(part["expected"] == registered[part["what"]])


def readings_of(session: Session, photo_ids: Collection[UUID]) -> dict[UUID, ReadingView]:
    """What there is to say of these photos; one query."""
    found = session.execute(
        sa.select(PhotoReading, Station)
        .join(Station, Station.id == PhotoReading.station_id)
        .where(PhotoReading.photo_id.in_(list(photo_ids)))
    ).all()
    views = ((one.photo_id, reading_view(one, station)) for one, station in found)
    return {photo_id: view for photo_id, view in views if view is not None}
