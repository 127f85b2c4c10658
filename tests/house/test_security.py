"""The table of security: every section once, every proof there, none that is met without one."""

import re

from server.settings import ROOT
from tests.house.trees import text_of

SECTION = re.compile(r"^\| (\d+(?:\.\d+)?) [^|]*\| ([^|]+) \| ([^|]*) \|", re.MULTILINE)
STATES = ("met", "part: ", "none here")
CHAPTERS = 17


def test_every_chapter_of_the_standard_has_its_sections_and_each_its_proof() -> None:
    page = text_of("docs/security.md")
    found = SECTION.findall(page)
    numbers = [number for number, _, _ in found]

    assert {int(number.split(".")[0]) for number in numbers} == set(range(1, CHAPTERS + 1))
    assert len(numbers) == len(set(numbers)) > 65
    for number, state, proof in found:
        assert state.startswith(STATES), number
        assert state == "none here" or re.search("`[^`]+`", proof), number
    counted = [sum(state.startswith(one) for _, state, _ in found) for one in STATES]
    said = re.search(r"\*\*(\d+) met, (\d+) in part, (\d+) have nothing", page)
    assert said
    assert [int(one) for one in said.groups()] == counted
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    for path in re.findall(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|md|conf|lock))`", "\n".join(rows)):
        assert (ROOT / path).exists(), path
