"""Whether names, numbers and hours are read right, and a neighbour's name never for one's own."""

import difflib
import json
import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from bench.accuracy.tally import Tally
from server.media.reading.looks import PictureReader, Seen
from server.media.reading.measured import Label, hours_outcome, number_outcome, subject_of
from server.policy.signs.hours_board import board_hours
from server.policy.signs.match import SignMatch, match_sign
from server.policy.signs.parts import WORDINGS
from server.policy.signs.placed import Outcome
from server.policy.signs.text import same_place
from tools.boards import register

OF = "photos"
READABLE_PX = 14
"""Height of a number's characters from which it has to be read (issue 5)."""
DIGITS_OF_QUAD = 0.55
"""Digits' own height in that of the quad they were read in; 0.4-0.6 on photos of the generator."""
READABLE_HOURS_PX = 16


def judge(content: bytes, label: Label, more_names: Sequence[str] = ()) -> Tally:
    """What is read in one photo beside its label, and beside names that are like its own.

    `more_names` are whole names that stand on photos beside those of the two counties' register.
    """
    tally, reader = Tally(), _reader()
    before = reader.models.busy_s
    seen = reader.read(content, subject_of(label))
    tally.cost("looks", seen.looks)
    tally.cost("s in the models", reader.models.busy_s - before)
    if label["kind"] == "hours":
        _hours(tally, seen, label)
    else:
        _sign(tally, seen, label, _places(tuple(more_names)))
    return tally


def labelled(file: Path) -> Iterator[tuple[Path, Label]]:
    """Photos of your own: a list of labels with file, kind, name, number and hours.

    `digit_px`, how high the number's digits stand in the photo, may be told too. Where it is not,
    it is estimated from where the number was read, and a number left unread counts as readable.
    """
    for label in json.loads(file.read_text("utf-8")):
        label.setdefault("name", label.get("main"))
        label.setdefault("name_px", label.get("charpx", 99))
        label.setdefault("number_px", label.get("digit_px"))
        label.setdefault("lines", label.get("text_lines", []))
        label.setdefault("effect", "")
        label.setdefault("blur", "")
        folder = file.parent / file.name.removesuffix(".json").removesuffix("-labels")
        photo = folder / label["file"]
        yield photo if photo.is_file() else file.parent / label["file"], label


@cache
def _reader() -> PictureReader:
    """One a process."""
    return PictureReader()


@cache
def _places(more_names: tuple[str, ...]) -> Sequence[str]:
    words = tuple(WORDINGS.values())
    more = {name.removesuffix(words[0]).removesuffix(words[1]) for name in more_names}
    return sorted({*(name for _, name in register()), *more})


def _hours(tally: Tally, seen: Seen, label: Label) -> None:
    outcome = hours_outcome(seen.lines, label["hours"])
    size = "readable" if label["name_px"] >= READABLE_HOURS_PX else "too small"
    way = _way(label)
    tally.add(f"{way}hours, {size}", outcome)
    if outcome != "right":
        tally.miss(label["file"], label["lines"], board_hours(seen.lines).as_json())


def _sign(tally: Tally, seen: Seen, label: Label, places: Sequence[str]) -> None:
    name, number, way = label["name"], label.get("number"), _way(label)

    def against(claim: str, code: str | None) -> SignMatch:
        return match_sign(
            seen.lines,
            names=[claim],
            number=code,
            brands=label.get("brands", ()),
            number_read=seen.number,
        )

    if name:
        match = against(name, number)
        tally.add(f"{way}name of the station", match.name.outcome.value)
        if match.name.outcome is not Outcome.MATCHES:
            tally.miss(label["file"], name, match.name.outcome.value, match.name.read)
    found = seen.number.text if seen.number else None
    if "number" in label and number is None:
        tally.add("number, none on the sign", "none read" if found is None else "wrong")
    elif number is not None:
        size = "readable" if _number_px(label, seen) >= READABLE_PX else "too small"
        outcome = number_outcome(seen.number, number)
        tally.add(f"{way}number, {size}", outcome)
        if outcome != "right" and size == "readable":
            tally.miss(label["file"], number, found, label["effect"], label["blur"])
        if name:
            digit = str((int(number[-1]) + 1) % 10)
            other = against(name, number[:-1] + digit)
            tally.add("number with one other digit claimed", other.outcome.value)
    for neighbour in nearest(name, places) if name else ():
        tally.add("nearest names claimed", against(neighbour, None).outcome.value)


def _way(label: Label) -> str:
    """What is difficult about the photo, before what is counted; of plain photos nothing."""
    return f"{label['way']}: " if "way" in label else ""


def _number_px(label: Label, seen: Seen) -> float:
    """How high the number's characters stand: as the label says, else as they were read."""
    if label["number_px"] is not None:
        return float(label["number_px"])
    if seen.number is None:
        return READABLE_PX
    top_left, top_right, below_right, below_left = seen.number.quad
    tall = math.dist(top_left, below_left) + math.dist(top_right, below_right)
    return DIGITS_OF_QUAD * tall / 2


def nearest(name: str, places: Sequence[str], count: int = 3) -> list[str]:
    """The names of other stations that are the most like this one."""
    wording = next((words for words in WORDINGS.values() if name.endswith(words)), "")
    place = name.removesuffix(wording)
    others = (other for other in places if not same_place(other, place))
    likest = sorted(others, key=lambda o: -difflib.SequenceMatcher(None, o, place).ratio())
    return [other + wording for other in likest[:count]]
