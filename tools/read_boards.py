"""Boards as text: rows laid out as lines read without a doubt, and what the reader makes of them.

`python -m tools.read_boards FILE.jsonl [--from N] [--until N] [--all]` (boards from N, before N)

One board a row of JSON: `rows` as they hang there, `kind`, and `week`, which is null where a board
must be refused, {"mon": [["8:00", "18:00"]], …} (a day that is missing is closed; "25:30" is after
midnight), or {"seasons": [{"months": [5, 10] or "name": "summer", "week": {…}}, …]}. Holidays,
market days and the like have no place in it: what the reader tells of them is shown beside.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from server.policy.hours.week import Day, Part, Span, Week, minute_of
from server.policy.signs.hours_board import BoardHours, board_hours, board_text
from server.policy.signs.lines import Line, plain_line

_TALL, _PITCH, _APART = 20.0, 34.0, 1.5
"""Of the writing, from row to row, and between two pieces of a row in heights of writing."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def laid_out(rows: Sequence[str]) -> list[Line]:
    """Rows as the reader would give them, all as high, every character sure; pieces stand apart."""
    lines = []
    for place, row in enumerate(rows):
        left, top = 0.0, place * _PITCH
        for piece in re.split(r"\s{2,}|\u3000", row):
            wide = sum(_TALL * (0.5 if sign < "\u2e7f" else 1.0) for sign in piece)
            right, below = left + wide, top + _TALL
            if piece.strip():
                quad = ((left, top), (right, top), (right, below), (left, below))
                lines.append(plain_line(piece, quad))
            left = right + _APART * _TALL
    return lines


def hindering(rows: Sequence[str]) -> list[str]:
    """The rows each of which alone keeps a board unread; [] where only several together do."""
    return [
        row
        for place, row in enumerate(rows)
        if board_hours(laid_out([*rows[:place], *rows[place + 1 :]]))
    ]


def outcome(told: BoardHours, truth: Mapping[str, Any] | None) -> str:
    """right, wrong or unread; of a board that must be refused refused or told."""
    if truth is None:
        return "told" if told else "refused"
    if told.week is None:
        return "unread"
    return "right" if _same(told.week, truth) else "wrong"


def _same(told: Week, truth: Mapping[str, Any]) -> bool:
    parts = [(one.season, _spans(one)) for one in told.parts]
    if "seasons" not in truth:
        return [days for _, days in parts] == [_meant(truth)]
    told_weeks, meant = (
        {repr(one) for one in weeks}
        for weeks in (
            (days for _, days in parts),
            (_meant(one["week"]) for one in truth["seasons"]),
        )
    )
    return told_weeks == meant


def _spans(part: Part) -> list[list[Span]]:
    return [_joined(day) for day in part.days]


def _joined(day: Day) -> list[Span]:
    return sorted(day.spans)


def _meant(week: Mapping[str, Any]) -> list[list[Span]]:
    return [
        sorted((minute_of(opens), minute_of(closes)) for opens, closes in week.get(day) or [])
        for day in _WEEKDAYS
    ]


def main() -> None:
    """Read the boards of a file and print what came of them."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("file", type=Path)
    asked.add_argument("--from", dest="first", type=int, default=0)
    asked.add_argument("--until", type=int)
    asked.add_argument("--all", action="store_true", help="show the boards that are right as well")
    given = asked.parse_args()
    boards = [json.loads(row) for row in given.file.read_text("utf-8").splitlines() if row.strip()]
    counted: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    for place, board in list(enumerate(boards))[given.first : given.until]:
        told = board_hours(laid_out(board["rows"]))
        came = outcome(told, board["week"])
        counted[came] += 1
        kinds.setdefault(board["kind"], Counter())[came] += 1
        if came in {"right", "refused"} and not given.all:
            continue
        print(f"== {place} {came} [{board['kind']}] {' / '.join(board['rows'])}")
        if told:
            print(f"   told: {board_text(told)}  aside: {'、'.join(told.aside)}")
        elif came == "unread":
            words = told.words or "?"
            print(f"   hindered: {' / '.join(hindering(board['rows'])) or '?'}  words: {words}")
        if came != "refused":
            print(f"   meant: {json.dumps(board['week'], ensure_ascii=False)} {board.get('note')}")
    for kind, came_of in sorted(kinds.items()):
        print(f"{kind}: {dict(came_of)}")
    print(dict(counted))


if __name__ == "__main__":
    main()
