"""Hold what was read against what people know stands there, and say how sure a share is.

`bench.accuracy` measures generated photos with it, `python -m server label-set` a county's own.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from server.media.reading.reading import Subject
from server.policy.hours import same_week, week_of
from server.policy.signs.hours_board import board_hours
from server.policy.signs.lines import Line
from server.policy.signs.match import match_sign
from server.policy.signs.number import NumberRead
from server.policy.signs.placed import Outcome

Label = Mapping[str, Any]
"""`file`, `kind` (sign or hours), and of `name`, `number` (None: there is none) and `hours` what
somebody judged; `brands` are the county's own badges."""

RIGHT, UNREAD, WRONG = "right", "unread", "wrong"
OUTCOMES = (RIGHT, UNREAD, WRONG)
_OF_NAMES = {Outcome.MATCHES: RIGHT, Outcome.UNREADABLE: UNREAD, Outcome.DIFFERS: WRONG}
_SURENESS_Z = 1.96


def subject_of(label: Label) -> Subject:
    """As what a labelled photo is read."""
    return "signboard" if label["kind"] == "sign" else "hours_board"


def outcomes(lines: Sequence[Line], number: NumberRead | None, label: Label) -> dict[str, str]:
    """Of each judged part whether it was read right, not at all, or wrong."""
    found = {}
    if label.get("name"):
        match = match_sign(
            lines,
            names=[label["name"]],
            number=None,
            brands=label.get("brands", ()),
            number_read=number,
        )
        found["name"] = _OF_NAMES[match.name.outcome]
    if "number" in label:
        found["number"] = number_outcome(number, label["number"])
    if label.get("hours"):
        found["hours"] = hours_outcome(lines, label["hours"])
    return found


def number_outcome(read: NumberRead | None, stands: str | None) -> str:
    """Of the code on a sign; where none stands there, none read is right."""
    if read is None:
        return RIGHT if stands is None else UNREAD
    return RIGHT if read.text == stands else WRONG


def hours_outcome(lines: Sequence[Line], stand: Sequence[Any]) -> str:
    """Of the whole week on a board, as the register keeps hours."""
    found = board_hours(lines).week
    if found is None:
        return UNREAD
    return RIGHT if same_week(found, week_of(stand)) else WRONG


def likely_share(hits: int, of: int) -> tuple[float, float]:
    """Between which shares the true one lies in 95 of 100 such samples (Wilson's interval)."""
    if of == 0:
        return 0.0, 1.0
    z2 = _SURENESS_Z**2
    share = hits / of
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = _SURENESS_Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)
