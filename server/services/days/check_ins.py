"""Keeps a check-in: whose plate was read, and how far from the station."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.station import Station
from server.policy.distance import distance_m
from server.services.common.phone_items import CheckInEntry, Position
from server.services.plates.scans import Plates, read_scan


def check_in_row(
    session: Session,
    *,
    event: Mapping[str, Any],
    proven: bool,
    station: Station,
    entry: CheckInEntry,
    ring: Sequence[tuple[str, bytes]],
    plates: Plates,
) -> dict[str, Any]:
    """The row of a check-in; the plate must have been a live one of this very station at that time.

    `event` is the row of its receipt, which says whether the keeper lets nobody have the place,
    `proven` whether its time is beyond doubt; `plates` what is known of plates already. Raises what
    `read_scan` raises for forged, retired and foreign plates, and `Invalid`
    (plate-of-another-station).
    """
    scan = read_scan(
        session,
        text=entry.text,
        ring=ring,
        county=station.county,
        now=event["received_at"],
        then=event["occurred_at"],
        then_known=event["time_verified"],
        plates=plates,
    )
    if scan.station.id != station.id:
        raise Invalid(
            "plate-of-another-station",
            f"这块牌子是{scan.station.name}的，不是您的站点的。请对着自己站点的标识牌再扫一次。",
        )
    declined = bool(event["payload"].get("position_declined"))
    position = None if declined else entry.position
    return {
        "id": event["id"],
        "county": event["county"],
        "station_id": station.id,
        "person_id": event["person_id"],
        "day_on": event["day_on"],
        "occurred_at": event["occurred_at"],
        "time_verified": proven,
        # A number typed into the scan page is still typed: only a token proves a plate.
        "method": entry.method if scan.method == "scan" else "typed",
        "sign_id": scan.sign.id if scan.sign else None,
        "latitude": position.latitude if position else None,
        "longitude": position.longitude if position else None,
        "accuracy_m": position.accuracy_m if position else None,
        "fix_age_s": position.fix_age_s if position else None,
        "distance_m": distance_to(station, position),
        "position_declined": declined,
        "demo": False,
    }


def distance_to(station: Station, position: Position | None) -> float | None:
    """Metres from the station's registered position; None where either is not known."""
    if position is None or station.latitude is None or station.longitude is None:
        return None
    return round(
        distance_m(position.latitude, position.longitude, station.latitude, station.longitude), 1
    )
