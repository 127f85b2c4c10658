"""What is said to be sure: the same order as what the networks give, at temperatures once fitted."""

from itertools import pairwise

import pytest

from server.cli.read import _sure
from server.media.reading.reading import Reading, reading_json
from server.policy.signs.lines import Glyph, Line, plain_line
from server.policy.signs.number import BEYOND_DOUBT, CLEAR_CUT, SURE, NumberRead
from server.policy.signs.parts import sign_parts
from server.policy.signs.placed import CLEAR
from server.policy.signs.sureness import KINDS, Kind, at_temperature, said

FOUR_DIGITS = [share / 10_000 for share in range(1, 10_000)]
BARS = (SURE, BEYOND_DOUBT[0], 0.97, CLEAR_CUT[0], CLEAR)
QUAD = plain_line("x").quad


@pytest.mark.parametrize("kind", KINDS)
def test_every_bar_divides_what_is_said_where_it_divides_what_the_network_gives(
    kind: Kind,
) -> None:
    scale = [said(kind, own) for own in FOUR_DIGITS]

    assert all(lower < higher for lower, higher in pairwise(scale))
    for bar in BARS:
        by_own = [own >= bar for own in FOUR_DIGITS]
        assert [one >= said(kind, bar) for one in scale] == by_own
        assert 0 < sum(by_own) < len(by_own)


def test_numbers_are_certain_by_the_networks_own_share_as_before() -> None:
    kept = [NumberRead("C0007", own, 1.0, QUAD) for own in (0.79, 0.7999, 0.8, 0.93, 1.0)]

    assert [number.certain for number in kept] == [False, False, True, True, True]
    bar = said("number", SURE)
    assert [said("number", number.sure) >= bar for number in kept] == [
        number.certain for number in kept
    ]


def test_nothing_is_said_to_be_certain_or_impossible() -> None:
    for kind in KINDS:
        assert 0 < said(kind, 0.0) < 0.5 < said(kind, 1.0) < 1
        assert said(kind, 0.5) == pytest.approx(0.5)
    assert at_temperature(0.9, 1) == pytest.approx(0.9)
    assert at_temperature(0.9, 2) == pytest.approx(0.75)


def test_what_technicians_get_is_on_this_scale_and_what_is_not_there_is_not_said() -> None:
    line = Line((Glyph("西", 0.96, 0.2), Glyph("会", 0.9, 0.6)), QUAD)
    reading = Reading(800, 600, (line,), None, 1, 0.5, 0.6)

    [told] = reading_json(reading)["lines"]

    assert told["confidence"] == round(said("line", line.confidence), 3)
    assert _sure("number", 0.93) == round(said("number", 0.93), 4)
    assert _sure("name", sign_parts([line]).name_sure) is None


def test_a_name_is_as_sure_as_its_weakest_character() -> None:
    whole = plain_line("西会村快递便民服务点")
    faint = whole._replace(glyphs=(whole.glyphs[0]._replace(probability=0.7), *whole.glyphs[1:]))

    assert sign_parts([whole]).name_sure == 1
    assert sign_parts([faint]).name_sure == 0.7
