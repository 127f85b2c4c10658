"""The table of what the plans ask: every row is there, and what it points to exists."""

import re
from dataclasses import dataclass

from server.settings import ROOT

TABLE = ROOT / "docs" / "coverage-of-the-plans.md"
ROWS = 32
STATES = ("whole", "part: ", "not yet")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    number: int
    says: str
    state: str
    lives: tuple[str, ...]
    shown: tuple[str, ...]


def rows() -> list[Row]:
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not re.match(r"\| \d+ \|", line):
            continue
        number, says, state, lives, shown = (one.strip() for one in line.strip("|").split("|"))
        found.append(
            Row(
                int(number), says, state, tuple(re.findall("`([^`]+)`", lives)),
                tuple(re.findall("`([^`]+)`", shown)),
            )
        )  # fmt: skip
    return found


def test_every_thing_that_the_plans_ask_has_its_row() -> None:
    assert [one.number for one in rows()] == list(range(1, ROWS + 1))
    assert all(one.says for one in rows())


def test_every_row_says_how_far_it_is_and_a_whole_one_names_its_test() -> None:
    assert [one.number for one in rows() if not one.state.startswith(STATES)] == []
    unproved = [one.number for one in rows() if one.state == "whole" and not one.shown]
    homeless = [one.number for one in rows() if one.state == "whole" and not one.lives]
    assert (unproved, homeless) == ([], [])


def test_the_head_counts_the_rows_that_are_whole() -> None:
    whole = sum(one.state == "whole" for one in rows())
    assert f"**{whole} of {ROWS} rows are whole.**" in TABLE.read_text(encoding="utf-8")


def test_what_the_rows_point_to_is_there() -> None:
    gone = [
        f"{one.number}: {path}"
        for one in rows()
        for path in (*one.lives, *one.shown)
        if not (ROOT / path).exists()
    ]
    assert gone == []
    assert [one.number for one in rows() for path in one.shown if "tests/" not in path] == []
