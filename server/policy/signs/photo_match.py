"""Hold what was read in a photo of a sign or an hours board against the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server.policy.hours import open_at
from server.policy.hours.week import Stored
from server.policy.signs.close_by import close_by
from server.policy.signs.held import advice
from server.policy.signs.hours_board import board_hours, looks_like_hours
from server.policy.signs.hours_compared import compare_hours
from server.policy.signs.lines import Line
from server.policy.signs.match import Comparison, compare_number, level_of, match_sign, worst
from server.policy.signs.number import NumberRead, plain_number
from server.policy.signs.placed import Outcome
from server.policy.signs.text import plain
from server.policy.standard.facts import Level, Value
from server.policy.standard.wording import one_spelling, simplified, without_marks
from server.policy.standard.wording import plain as as_compared

SIGNBOARD, HOURS_BOARD, ANY = "signboard", "hours_board", "any"
FACT_OF_PART: Mapping[str, str] = {
    "name": "sign_text",
    "number": "sign_code_visible",
    "hours": "hours_board_matches",
}
"""Which fact of the standard a part of a photo speaks for (附件3 二（1）（2）（3）, 三)."""
_PARTS_OF: Mapping[str, tuple[str, ...]] = {
    SIGNBOARD: ("name", "number"),
    HOURS_BOARD: ("hours",),
    ANY: ("name", "number", "hours"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the register says of a station; what it does not say is not compared.

    `names[0]` is what should stand on the sign (the filed name, else the station's own), then come
    the other names it goes by. `others` are the names of the county's other stations, and what
    stations would be called of places whose name holds this one's, `brands` what other companies'
    badges may say there beside those that everybody knows.
    """

    level: Level | None = None
    names: tuple[str, ...] = ()
    number: str | None = None
    hours: Stored = ()
    others: Sequence[str] = ()
    brands: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PhotoMatch:
    """The parts of one photo beside the register; no parts when there was nothing to compare."""

    subject: str
    parts: Mapping[str, Comparison]
    text: str = ""
    """The name that the sign was found to carry, "" when it carries none of the station's."""
    otherwise_written: bool = False
    """In 繁体, with marks or the like: whether that is the name is for a person to decide."""

    @property
    def outcome(self) -> Outcome | None:
        """Differs as soon as one part does; None when nothing was compared."""
        return worst([part.outcome for part in self.parts.values()]) if self.parts else None

    @property
    def why(self) -> str:
        """The sentences of the parts that do not match, or that all is well."""
        wrong = [one.why for one in self.parts.values() if one.outcome is not Outcome.MATCHES]
        return "".join(wrong) or "".join(one.why for one in self.parts.values())

    def supports(self, station: Registered) -> dict[str, Value]:
        """What a machine may say of each fact by this photo: only what helps, else None.

        A machine's word is never held against a station: what differs or cannot be read is asked
        of a person. A name other than the one to be filed, or without the kind of station that
        附件3 asks for, would fail the clause, so nothing is said of it; nor of one that is written
        otherwise.
        """
        said: dict[str, Value] = {}
        for what in _PARTS_OF[self.subject]:
            part = self.parts.get(what)
            matches = part is not None and part.outcome is Outcome.MATCHES
            value: Value = True if matches else None
            if what == "name" and matches:
                kind = level_of(self.text)
                right = plain(self.text) == plain(station.names[0])
                right = right and kind is not None and kind is station.level
                value = station.names[0] if right and not self.otherwise_written else None
            said[FACT_OF_PART[what]] = value
        return said


def match_photo(
    subject: str,
    lines: Sequence[Line],
    station: Registered,
    *,
    number_read: NumberRead | None = None,
) -> PhotoMatch:
    """Compare a photo of a `signboard`, of an `hours_board`, or of `any` of them.

    Other subjects raise KeyError. `number_read` is a code found by a closer look than the lines
    tell.
    """
    asked, text, otherwise = _PARTS_OF[subject], "", False
    parts: dict[str, Comparison] = {}
    if "name" in asked and station.names:
        found = match_sign(
            lines,
            names=station.names,
            number=station.number,
            register=station.others,
            brands=station.brands,
            number_read=number_read,
        )
        parts["name"] = found.name
        if found.number:
            parts["number"] = found.number
        if found.name.outcome is Outcome.MATCHES:
            text = _which_name(lines, station)
            used = [line.text for line in lines if line.quad in found.name.quads]
            otherwise = _written_otherwise("".join(used), text)
    elif "number" in asked and station.number:
        parts["number"] = compare_number(number_read or plain_number(lines), station.number)
    if "hours" in asked and station.hours:
        parts["hours"] = _match_hours(lines, station.hours)
    return PhotoMatch(subject, parts, text, otherwise)


def outside_hours(lines: Sequence[Line], check_ins: Sequence[datetime]) -> tuple[int, int] | None:
    """Of so many check-ins (local moments) how many lie outside the board's hours.

    None when no hours can be read, or when of some moment one cannot tell (seasons without dates,
    market days).
    """
    week = board_hours(lines).week
    answers = [open_at(week, at) for at in check_ins] if week else []
    if week is None or None in answers:
        return None
    return answers.count(False), len(answers)


def parts_json(match: PhotoMatch) -> list[dict[str, Any]]:
    """The parts as the database and the review queue keep them."""
    return [
        {
            "what": what,
            "outcome": part.outcome.value,
            "read": part.read,
            "expected": part.expected,
            "why": part.why,
            "aside": part.aside,
            "quads": [[list(point) for point in quad] for quad in part.quads],
        }
        for what, part in match.parts.items()
    ]


def _written_otherwise(read: str, name: str) -> bool:
    """The name does not stand there character by character, but does in one spelling of both."""
    read, name = as_compared(read), as_compared(name)
    return name not in read and _one_way(name) in _one_way(read)


def _one_way(text: str) -> str:
    return without_marks(one_spelling(simplified(text)))


def _which_name(lines: Sequence[Line], station: Registered) -> str:
    for name in station.names:
        found = match_sign(lines, names=[name], number=None, brands=station.brands)
        if found.name.outcome is Outcome.MATCHES:
            return name
    return station.names[0]


def _match_hours(lines: Sequence[Line], declared: Stored) -> Comparison:
    quads = tuple(line.quad for line in lines if looks_like_hours(line.text))
    compared = compare_hours(board_hours(lines), declared, advice(lines), close_by(lines))
    return replace(compared, quads=quads)
