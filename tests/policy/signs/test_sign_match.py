"""Signs as lines of text against the register; no picture is needed for these."""

import pytest

from server.policy.signs.lines import Glyph, Line
from server.policy.signs.match import match_sign
from server.policy.signs.number import NumberRead, agreed, best_number, is_vain, numbers_in, voted
from server.policy.signs.parts import sign_parts
from server.policy.signs.placed import Outcome
from server.policy.signs.text import plain
from server.policy.standard.facts import Level
from tests.policy.signs.written import NAME, at, name_outcome


def doubtful(line: Line, index: int, text: str, probability: float, **others: float) -> Line:
    """The same line with one glyph read as something else."""
    glyphs = list(line.glyphs)
    glyphs[index] = Glyph(text, probability, glyphs[index].at, tuple(others.items()))
    return line._replace(glyphs=tuple(glyphs))


@pytest.mark.parametrize(
    ("painted", "spelt"),
    [
        ("赤泥窪鄉快遞綜合服務站", "赤泥洼乡快递综合服务站"),
        ("赤泥窊乡", "赤泥洼乡"),
        ("编号：Ｃ００４０", "编号C0040"),
        ("（静乐）西庄村", "静乐西庄村"),
    ],
)
def test_width_brackets_and_traditional_characters_make_no_difference(
    painted: str, spelt: str
) -> None:
    assert plain(painted) == spelt


def test_a_sign_on_one_line_gives_place_kind_and_number():
    parts = sign_parts([at(NAME, 0, 0), at("编号：C0007", 60, 30, 10)])
    assert (parts.place, parts.level) == ("西庄村", Level.VILLAGE_POINT)
    assert parts.number is not None
    assert parts.number.text == "C0007"


def test_a_sign_on_two_lines_is_read_from_top_to_bottom():
    lines = [at("快递综合服务站", 0, 30), at("鹅城镇", 40, 0), at("NO.XZ0019", 60, 60, 10)]
    parts = sign_parts(lines)
    assert parts.name == "鹅城镇快递综合服务站"
    assert parts.number is not None
    assert parts.number.text == "XZ0019"


def test_columns_are_read_from_right_to_left():
    lines = [
        at("快递便民服务点", 0, 0, vertical=True),
        at("西庄村", 40, 0, vertical=True),
    ]
    assert sign_parts(lines).name == NAME


def test_characters_found_one_by_one_below_each_other_are_a_column():
    lines = [at(character, 0, 30 * row) for row, character in enumerate(NAME)]
    assert sign_parts(lines).name == NAME


def test_a_sign_behind_a_pole_is_put_together_from_its_pieces():
    lines = [at("西庄", 0, 0), at("快递便民服务点", 75, 0)]
    assert name_outcome(lines) is Outcome.MATCHES


def test_the_county_before_the_village_is_not_its_name():
    lines = [at("静乐县西庄村快递便民服务点", 0, 0)]
    assert sign_parts(lines).place == "西庄村"
    assert name_outcome(lines) is Outcome.MATCHES


def test_opening_hours_above_the_wording_are_no_place():
    assert sign_parts([at("早9点到晚6点", 0, 0), at("快递便民服务点", 0, 40)]).place == ""


def test_a_neighbour_with_one_other_character_differs():
    assert name_outcome([at(NAME, 0, 0)], "东庄村快递便民服务点") is Outcome.DIFFERS


def test_a_character_that_the_network_never_saw_is_no_other_one() -> None:
    words = "快递便民服务点"
    assert name_outcome([at(f"大拢村{words}", 0, 0)], f"大垅村{words}") is Outcome.UNREADABLE
    assert name_outcome([at(f"小拢村{words}", 0, 0)], f"大垅村{words}") is Outcome.DIFFERS
    assert name_outcome([at(f"大垅村{words}", 0, 0)], f"大垅村{words}") is Outcome.MATCHES


def test_a_longer_name_is_not_the_shorter_one():
    words = "快递便民服务点"
    lines, other = [at(words, 0, 30), at("前马坊村", 40, 0)], f"前马坊村{words}"
    for read in ([at(other, 0, 0)], lines):
        assert name_outcome(read, f"马坊村{words}", register=[other]) is Outcome.DIFFERS
        # 损马坊村: where nobody knows a longer name, it may be a scrap of other writing.
        assert name_outcome(read, f"马坊村{words}") is Outcome.UNREADABLE


def test_a_shorter_name_is_not_the_longer_one():
    outcome = name_outcome([at("马坊村快递便民服务点", 0, 0)], "前马坊村快递便民服务点")
    assert outcome is not Outcome.MATCHES


def test_the_wording_must_be_the_standards_own():
    assert name_outcome([at("西庄村快递服务点", 0, 0)]) is Outcome.DIFFERS
    assert name_outcome([at("西庄村快递综合服务站", 0, 0)]) is Outcome.DIFFERS


def test_a_character_that_may_well_be_the_expected_one_still_matches():
    line = doubtful(at(NAME, 0, 0), 1, "压", 0.7, 庄=0.25)
    assert name_outcome([line]) is Outcome.MATCHES


def test_a_rival_that_fits_as_well_takes_the_match_back():
    line = doubtful(at(NAME, 0, 0), 1, "压", 0.5, 庄=0.25, 沟=0.2)
    assert name_outcome([line], register=["西沟村快递便民服务点"]) is Outcome.UNREADABLE


def test_a_blurred_place_is_unreadable_and_never_a_guess():
    line = doubtful(at(NAME, 0, 0), 0, "四", 0.4, 酉=0.2)
    assert name_outcome([line]) is Outcome.UNREADABLE


def test_a_photo_without_the_sign_is_unreadable():
    assert name_outcome([at("海尔电器专卖店", 0, 0)]) is Outcome.UNREADABLE
    assert name_outcome([]) is Outcome.UNREADABLE


def test_a_station_matches_under_its_alias_too():
    lines = [at("赤泥洼乡快递综合服务站", 0, 0)]
    names = ["赤泥凹乡快递综合服务站", "赤泥湾乡快递综合服务站"]
    assert match_sign(lines, names=names, number=None).name.outcome is Outcome.MATCHES


def test_each_outcome_says_why_in_chinese():
    lines = [at(NAME, 0, 0), at("C0008", 0, 30)]
    match = match_sign(lines, names=[NAME], number="C0007")
    assert match.outcome is Outcome.DIFFERS
    assert match.why == "招牌上读到的编号是C0008，登记的是C0007。"
    unread = match_sign([at(NAME, 0, 0)], names=[NAME], number="C0007")
    assert unread.outcome is Outcome.UNREADABLE
    assert "编号没有读到" in unread.why


@pytest.mark.parametrize(
    ("painted", "code"),
    [
        ("编号：C0007", "C0007"),
        ("NO.Ｃ０９６０", "C0960"),
        ("NO.X Z 0 3 6 0", "XZ0360"),
        ("西庄村快递便民服务点 CO007", "C0007"),
        ("标识牌编号:XZ00I9", "XZ0019"),
        ("编码：×20016", "XZ0016"),
        ("ND.C4600", "C4600"),
        ("3×20016", None),
        ("投诉电话：12305", None),
        ("C12345", None),
        ("ABC0007", None),
        ("01/21/2006 2:43pm", None),
    ],
)
def test_a_sign_code_is_found_by_its_form(painted: str, code: str | None) -> None:
    found = best_number([at(painted, 0, 0)])
    assert (found and found.text) == code


def test_a_digit_that_may_be_two_is_not_read_at_all():
    line = doubtful(at("C0028", 0, 0), 4, "3", 0.4, **{"8": 0.35})
    assert best_number([line]) is None
    assert numbers_in([line])[0].text == "C0023"


def test_where_the_number_stands_is_told():
    found = best_number([at("编号C0007", 0, 0, 20)])
    assert found is not None
    (left, _), (right, _), *_ = found.quad
    assert 35 <= left <= 45
    assert 135 <= right <= 140


def test_two_looks_that_disagree_give_no_number():
    first, second = (best_number([at(code, 0, 0)]) for code in ("C0007", "C0001"))
    assert agreed(first, second) is None
    assert agreed(first, None) is first


def test_two_looks_that_agree_are_surer_than_either():
    line = doubtful(at("C0028", 0, 0), 4, "8", 0.86, **{"3": 0.14})
    seen = best_number([line])
    assert seen is not None
    both = agreed(seen, seen)
    assert both is not None
    assert both.text == "C0028"
    assert 0.97 < both.sure < 1


def test_a_number_of_which_half_may_be_anything_is_not_read():
    """Motion in the dark made C0105 of C0135: sure among the digits, hardly digits at all."""
    line = at("C0105", 0, 0)
    for index in (1, 2, 3):
        line = doubtful(line, index, line.text[index], 0.6)
    assert best_number([line]) is None


def test_a_number_that_needs_a_closer_look_differs_from_nothing() -> None:
    """The reader looks closer at such; where that did not bear it out, nobody is asked about it."""
    line = doubtful(at("C0028", 0, 40, 12), 4, "8", 0.86, **{"3": 0.14})
    match = match_sign([at(NAME, 0, 0), line], names=[NAME], number="C0023")
    assert match.number is not None
    assert match.number.outcome is Outcome.UNREADABLE


def cleared(text: str, sure: float, legible: float = 0.95) -> NumberRead:
    """A number as one clearing of a smeared picture showed it."""
    return NumberRead(text, sure, legible, ((0, 0), (60, 0), (60, 20), (0, 20)))


def test_a_cleared_number_needs_two_clearings_and_one_beyond_doubt() -> None:
    best = cleared("C0052", 0.99)
    assert voted([None, cleared("C0052", 0.85), best, None]) is best
    assert voted([best, None, None]) is None
    assert voted([best, cleared("C0052", 0.56)]) is None
    assert voted([cleared("C0800", 0.86), cleared("C0800", 0.75), cleared("C0800", 0.77)]) is None
    assert voted([cleared("C0052", 0.99, 0.6), cleared("C0052", 0.98, 0.6)]) is None
    assert voted([]) is None


def test_a_clearing_that_surely_reads_another_number_silences_all() -> None:
    same = [cleared("C0394", 0.99), cleared("C0394", 0.98)]
    assert voted([*same, cleared("C0344", 0.66)]) in same
    assert voted([*same, cleared("C0344", 0.9)]) is None


def test_no_further_clearing_is_read_once_none_can_bear_a_number_out() -> None:
    sure, other, doubtful = cleared("C0052", 0.99), cleared("C0344", 0.99), cleared("C0052", 0.56)

    assert not is_vain(None, [], 6)
    assert not is_vain(None, [None, doubtful, None, None], 2)
    assert not is_vain(None, [sure, None, None, None, None], 1)
    assert not is_vain(sure, [None] * 5, 1)  # the last may speak against it, or for it
    assert is_vain(None, [None, doubtful, None, None, None], 1)
    assert is_vain(None, [sure, other], 4)


@pytest.mark.parametrize(
    ("end", "sure", "outcome"),
    [
        ("站", 0.99, Outcome.DIFFERS),
        ("站", 0.8, Outcome.UNREADABLE),
        ("占", 0.97, Outcome.MATCHES),  # a piece of 点
    ],
)
def test_another_end_of_the_kind_is_no_end_lost(end: str, sure: float, outcome: Outcome) -> None:
    seen = [doubtful(at(NAME, 0, 0), -1, end, sure)]
    found = match_sign(seen, names=[NAME], number=None).name
    assert found.outcome is outcome
    assert outcome is not Outcome.DIFFERS or f"{NAME[:-1]}站" in found.why


def test_another_end_of_the_kind_in_another_row_is_another_sign() -> None:
    seen = [at(NAME[:-1], 0, 0), at("站长电话", 60, 0)]
    assert name_outcome(seen) is Outcome.MATCHES


def test_a_township_read_where_a_town_is_expected_does_not_match() -> None:
    seen = [doubtful(at("康丰镇快递综合服务站", 0, 0), 2, "乡", 0.9)]
    assert name_outcome(seen, "康丰镇快递综合服务站") is Outcome.UNREADABLE


def test_what_lines_say_is_worked_out_once() -> None:
    lines = [at(NAME, 0, 0)]
    assert sign_parts(lines) is sign_parts(list(lines))
    assert sign_parts(lines, ["东庄"]) is not sign_parts(lines)


def test_a_code_whose_x_is_behind_something_is_read_behind_its_label() -> None:
    found = best_number([at("编号Z0018", 0, 0, 20)])
    assert found is not None
    assert found.text == "XZ0018"
    (left, _), *_ = found.quad
    assert 15 <= left <= 25  # a character before the Z


@pytest.mark.parametrize("text", ["Z0018", "编号Z00182", "编号Z001", "编号20018", "站Z0018"])
def test_a_z_alone_is_no_code_elsewhere(text: str) -> None:
    assert best_number([at(text, 0, 0)]) is None


@pytest.mark.parametrize("label", ["编号", "统一编码", "标牌号", "站点号"])
def test_a_nought_right_behind_a_label_may_be_the_c(label: str) -> None:
    line = doubtful(at(f"{label}00054", 0, 0), len(label), "0", 0.9, C=0.05)
    found = best_number([line])
    assert found is not None
    assert found.text == "C0054"
    assert best_number([doubtful(at("电话00054", 0, 0), 2, "0", 0.9, C=0.05)]) is None
