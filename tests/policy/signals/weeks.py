"""Reads the cases of weeks in tests/cases/signals, as strictly as every other case."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from server.policy.document import Part, read_document

DAYS = ("day", "from", "to", "weekdays")
ENTRIES = {
    "check_ins": (
        *DAYS, "at", "after_hours", "person", "device", "minutes_slow", "verified",
        "latitude", "longitude", "accuracy_m", "fix_age_s", "distance_m",
    ),
    "counts": (*DAYS, "received", "sent"),
    "operator_totals": (*DAYS, "received"),
    "visits": (
        *DAYS, "at", "minutes", "person", "surely_m", "placed", "verified", "latitude", "longitude",
        "accuracy_m", "closed_door", "why",
    ),
    "photos": (*DAYS, "subject", "camera", "clock", "same", "like"),
}  # fmt: skip
STATION = (
    *ENTRIES, "station", "name", "group", "since", "until", "opened_on", "inspected_on", "said_closed",
)  # fmt: skip
TWIN = ("station", "name", "day")
ASKED = ("station", "about", "asks", "why")
MOMENTS = ("camera", "clock")  # local, in quotes: "2023-06-30 10:00:00"


def read_weeks(path: Path) -> list[dict[str, Any]]:
    """A file's cases as plain values: `name`, `stations`, `options`, and what to `expect`.

    Raises StandardError naming file and line of a word that is not known there.
    """
    root, _digest = read_document(path)
    return [_case(part) for part in root.items()]


def _case(part: Part) -> dict[str, Any]:
    given = part.fields(needed=("name", "stations", "expect"), known=("options", "note"))
    return {
        "name": given["name"].text(),
        "stations": [_station(one) for one in given["stations"].items()],
        "options": given.get("options", _value, {}),
        "expect": [_listed(one, ASKED) for one in given["expect"].items()],
    }


def _station(part: Part) -> dict[str, Any]:
    return {
        name: [_listed(one, ENTRIES[name]) for one in value.items()]
        if name in ENTRIES
        else _value(value)
        for name, value in part.fields(known=STATION)
    }


def _listed(part: Part, known: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in part.fields(known=known):
        if name in ("same", "like"):
            found[name] = [_listed(one, TWIN) for one in value.items()]
        elif name in MOMENTS:
            found[name] = datetime.fromisoformat(value.text())
        else:
            found[name] = _value(value)
    return found


def _value(part: Part) -> Any:
    """A plain value; what was measured is a float, as phones send it."""
    if part.is_list:
        return [_value(one) for one in part.items()]
    plain = part.plain()
    return float(plain) if isinstance(plain, Decimal) else plain
