"""Characters that the reader has hardly ever seen, and writing of another hand near a name."""

import lzma
from collections import defaultdict
from pathlib import Path

import pytest

from server.policy.signs.lines import Glyph, Line
from server.policy.signs.placed import Outcome
from server.policy.signs.text import READ_AS, is_rare
from server.services.county.divisions import short_name
from tests.policy.signs.written import NAME, at, name_outcome

TOWN = "濉溪镇快递综合服务站"
OTHERS = ["孙疃镇快递综合服务站", "刘桥镇快递综合服务站"]
DIVISIONS = Path(__file__).parents[3] / "data" / "divisions-2023.csv.xz"


def read_as(name: str, index: int, text: str, probability: float = 0.8, **others: float) -> Line:
    """A line that says the name but for one glyph, read as something else."""
    line = at(name, 0, 0)
    glyphs = list(line.glyphs)
    glyphs[index] = Glyph(text, probability, glyphs[index].at, tuple(others.items()))
    return line._replace(glyphs=tuple(glyphs))


def test_a_rare_character_of_which_the_reader_saw_a_trace_is_the_registered_one() -> None:
    seen = read_as(TOWN, 0, "滩", 潍=0.08, 濉=0.06)
    assert name_outcome([seen], TOWN, register=OTHERS) is Outcome.MATCHES
    assert name_outcome([seen], TOWN) is Outcome.UNREADABLE  # nobody knows the county's others


@pytest.mark.parametrize("like_it", ["滩", "潍"])
def test_not_where_the_county_has_a_place_that_it_may_as_well_be(like_it: str) -> None:
    seen = read_as(TOWN, 0, "滩", 潍=0.08, 濉=0.06)
    other = f"{like_it}溪镇快递综合服务站"
    assert name_outcome([seen], TOWN, register=[*OTHERS, other]) is Outcome.UNREADABLE


def test_not_where_the_reader_was_sure_or_saw_no_trace_or_another_is_in_doubt() -> None:
    for seen in (
        read_as(TOWN, 0, "滩", 0.97, 濉=0.02),
        read_as(TOWN, 0, "滩", 潍=0.08),
        read_as("濉澳镇快递综合服务站", 0, "滩", 濉=0.06),
    ):
        assert name_outcome([seen], TOWN, register=OTHERS) is not Outcome.MATCHES
    doubtful = read_as("濉溪镇快递综合服务站", 0, "滩", 濉=0.06)
    glyphs = list(doubtful.glyphs)
    glyphs[1] = Glyph("浪", 0.6, glyphs[1].at, (("溪", 0.3),))
    doubtful = doubtful._replace(glyphs=tuple(glyphs))
    assert name_outcome([doubtful], TOWN, register=OTHERS) is Outcome.UNREADABLE


def test_a_common_character_needs_more_than_a_trace() -> None:
    seen = read_as(NAME, 0, "东", 西=0.06)
    assert name_outcome([seen], register=OTHERS) is Outcome.UNREADABLE
    assert not is_rare("西")
    assert is_rare("濉")
    assert is_rare("鄀")  # not in GB 2312 at all


def test_what_the_reader_makes_of_a_character_in_clear_print_stands_for_it() -> None:
    name = "张家峁村快递便民服务点"
    assert name_outcome([read_as(name, 2, "昴", 0.99)], name) is Outcome.MATCHES
    assert name_outcome([read_as(name, 2, "沟", 0.99)], name) is Outcome.DIFFERS


def test_no_county_has_two_places_that_differ_in_such_a_character_alone() -> None:
    places: dict[tuple[str, int], set[str]] = defaultdict(set)
    with lzma.open(DIVISIONS, "rt", encoding="utf-8") as table:
        for row in table:
            code, _, name = row.strip().partition(",")
            if len(code) in {9, 12}:
                places[code[:6], len(code)].add(short_name(name))
    clashes = [
        (name, f"{name[:at]}{other}{name[at + 1 :]}")
        for names in places.values()
        for name in names
        for at, character in enumerate(name)
        for other in READ_AS.get(character, ())
        if f"{name[:at]}{other}{name[at + 1 :]}" in names
    ]
    assert clashes == []


def test_a_piece_of_another_size_further_off_than_the_next_character_is_of_another_hand() -> None:
    name = at(NAME, 0, 0, 40)
    small = at("活", -72, 5, 30)
    assert name_outcome([small, name]) is Outcome.MATCHES
    assert name_outcome([small, name._replace(preceded=True)]) is Outcome.UNREADABLE
    assert name_outcome([at("大", -88, 0, 40), name]) is Outcome.UNREADABLE
    assert name_outcome([small, name], register=[f"活{NAME}"]) is Outcome.UNREADABLE


def test_a_column_of_other_writing_beside_a_name_in_columns_does_not_go_on_in_it() -> None:
    lines = [
        at("请", 300, 0, 20),
        at("直", 330, 0, 20),
        at("出损", 120, 60, 20, vertical=True),
        at("西庄村", 60, 0, 20, vertical=True),
        at("快递便民服务点", 20, 0, 20, vertical=True),
    ]
    assert name_outcome(lines) is Outcome.MATCHES
