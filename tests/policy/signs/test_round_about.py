"""What stands round about a sign, and what stands before it, is no part of what it says."""

import pytest

from server.policy.signs.lines import HIDDEN, Line, plain_line
from server.policy.signs.match import match_sign
from server.policy.signs.number import best_number
from server.policy.signs.parts import sign_parts
from server.policy.signs.placed import Outcome
from tests.policy.signs.written import NAME, at, name_outcome


def unsure(line: Line, character: str, probability: float, other: str = "") -> Line:
    """A line with one character read with this probability."""
    others = ((other, 1 - probability),) if other else ()
    return line._replace(
        glyphs=tuple(
            glyph._replace(probability=probability, others=others)
            if glyph.text == character
            else glyph
            for glyph in line.glyphs
        )
    )


def test_a_motorway_is_no_station_and_a_c_that_looks_like_a_g_is() -> None:
    assert best_number([at("G4212", 0, 0)]) is None
    doubtful = best_number([unsure(at("G4212", 0, 0), "G", 0.7, "C")])
    assert doubtful is not None
    assert doubtful.text == "C4212"


def test_of_several_numbers_the_nearest_to_the_name_is_the_signs() -> None:
    lines = [at("C4212", 40, -300, 60), at(NAME, 0, 0), unsure(at("C0203", 60, 30, 12), "3", 0.96)]
    found = sign_parts(lines).number
    assert found is not None
    assert found.text == "C0203"
    compared = match_sign(lines, names=[NAME], number="C0203").number
    assert compared is not None
    assert compared.outcome is Outcome.MATCHES


def test_writing_further_along_the_row_is_no_part_of_the_name() -> None:
    assert name_outcome([at("抱住宠物", -124, 2), at(NAME, 0, 0)]) is Outcome.MATCHES
    large, longer = [at("大", -24, 0), at(NAME, 0, 0)], [f"大{NAME}"]
    assert name_outcome(large) is Outcome.UNREADABLE
    assert name_outcome(large, register=longer) is Outcome.DIFFERS
    assert name_outcome([at("大", -44, 0), at(NAME, 0, 0)]) is not Outcome.MATCHES
    large = [unsure(at("分", -42, -6, 32), "分", 0.4), at(NAME, 0, 0)]
    assert name_outcome(large) is Outcome.MATCHES


@pytest.mark.parametrize("words", ["面快递便民服务点", "小心快递便民服务点"])
def test_other_writing_before_the_lower_row_is_no_other_name(words: str) -> None:
    two = [at("西庄村", 40, 0), at(words, -20 * (len(words) - 7), 26)]
    assert name_outcome(two) is Outcome.UNREADABLE
    assert name_outcome(two, "东庄村快递便民服务点") is Outcome.DIFFERS
    behind = [at(f"西庄村{words[0]}", 0, 0), at("快递便民服务点", 0, 26)]
    assert name_outcome(behind) is Outcome.UNREADABLE
    assert name_outcome(behind, register=[f"西庄村{words[0]}快递便民服务点"]) is Outcome.DIFFERS
    # 太平镇 is not 平林镇, and 西庄村 is not 西庄.
    assert (
        name_outcome([at("太平村快递便民服务点", 0, 0)], "平林村快递便民服务点") is Outcome.DIFFERS
    )
    assert name_outcome([at(NAME, 0, 0)], "西庄快递便民服务点") is Outcome.DIFFERS


def test_what_stands_beside_a_name_is_told_to_the_keeper() -> None:
    found = match_sign([at("损", -24, 0), at(NAME, 0, 0)], names=[NAME], number=None).name
    assert "损" in found.why


def test_writing_that_leans_otherwise_does_not_tear_the_rows_apart() -> None:
    lines = [
        plain_line("027-88852022", ((-39, 383), (1101, 107), (1144, 291), (3, 567))),
        plain_line("027-8885", ((-38, 593), (717, 409), (761, 597), (5, 781))),
        plain_line("922", ((843, 373), (1112, 315), (1149, 496), (880, 554))),
        plain_line("独贵特拉村", ((716, 458), (867, 462), (866, 505), (715, 502))),
        plain_line("快递便民服务点", ((710, 497), (873, 497), (873, 534), (710, 534))),
    ]
    assert sign_parts(lines).place == "独贵特拉村"


def test_a_row_beside_and_between_the_two_of_a_name_does_not_part_them() -> None:
    name = [at("安乐村", 40, 0), at("快递便民服务点", 0, 26)]
    assert name_outcome([*name, at("时", -60, 13)], "安乐村快递便民服务点") is Outcome.MATCHES


def test_a_name_in_two_rows_beside_other_writing_is_found() -> None:
    above = [at("西庄村", 40, 0), at("AGRICL", 160, 4), at("快递便民服务点", 0, 26)]
    below = [at("西庄村", 40, 0), at("本网点办", -104, 26), at("快递便民服务点", 0, 26)]
    for lines in (above, below):
        assert name_outcome(lines) is Outcome.MATCHES
        assert name_outcome(lines, "东庄村快递便民服务点") is Outcome.DIFFERS
    two = [at("东庄村", 40, 0), at("西庄村", -66, 26), at("快递便民服务点", 0, 26)]
    assert name_outcome(two, "东庄村快递便民服务点") is not Outcome.MATCHES


def test_pieces_of_one_row_that_overlap_say_twice_what_both_hold() -> None:
    lines = [at("西庄村快递便", 0, 0), at("快递便民服务点", 60, 2)]
    assert name_outcome(lines) is Outcome.MATCHES
    assert name_outcome(lines, "东庄村快递便民服务点") is Outcome.DIFFERS


def test_a_piece_of_an_unsure_character_of_the_kind_is_no_other_kind() -> None:
    read = at("西庄村快递便民服务占点", 0, 0)
    assert name_outcome([unsure(read, "点", 0.6)]) is Outcome.MATCHES
    assert name_outcome([read]) is Outcome.DIFFERS


@pytest.mark.parametrize(("sure", "outcome"), [(0.93, "unreadable"), (0.97, "differs")])
def test_only_what_is_surely_another_character_differs(sure: float, outcome: str) -> None:
    assert name_outcome([unsure(at("东庄村快递便民服务点", 0, 0), "东", sure)]).value == outcome


def test_a_hidden_character_is_neither_the_expected_one_nor_another() -> None:
    long = at("长村快递便民服务点", 0, 0)
    name = "长村快递便民服务点"
    assert name_outcome([long], name) is Outcome.MATCHES
    hidden = unsure(long, "长", HIDDEN)
    for claimed in (name, "三张村快递便民服务点", "高村快递便民服务点"):
        assert name_outcome([hidden], claimed) is Outcome.UNREADABLE, claimed


def test_a_name_that_may_have_lost_its_first_character_does_not_match_the_shorter() -> None:
    line = plain_line("张庵村快递便民服务点", ((0, 0), (500, 0), (500, 50), (0, 50)))
    longer = ["南张庵村快递便民服务点", "东庄村快递便民服务点"]

    def outcome(*, preceded: bool, register: list[str]) -> Outcome:
        name = line.text
        lines = [line._replace(preceded=preceded)]
        return match_sign(lines, names=[name], number=None, register=register).name.outcome

    assert outcome(preceded=False, register=longer) is Outcome.MATCHES
    assert outcome(preceded=True, register=longer[1:]) is Outcome.MATCHES
    assert outcome(preceded=True, register=longer) is Outcome.UNREADABLE


def test_only_what_stands_before_the_names_first_line_may_hide_its_beginning() -> None:
    place = plain_line("张庵村", ((100, 100), (300, 100), (300, 150), (100, 150)))
    kind = plain_line("快递便民服务点", ((50, 170), (400, 170), (400, 220), (50, 220)))

    def outcome(first: Line, second: Line) -> Outcome:
        longer = ["南张庵村快递便民服务点"]
        names = ["张庵村快递便民服务点"]
        return match_sign([first, second], names=names, number=None, register=longer).name.outcome

    assert outcome(place, kind._replace(preceded=True)) is Outcome.MATCHES
    assert outcome(place._replace(preceded=True), kind) is Outcome.UNREADABLE


@pytest.mark.parametrize("left", [-40, -60, -90])
def test_a_longer_name_set_wide_is_not_the_shorter_one(left: int) -> None:
    wide = [at("南", left, 0), at("张庵村快递便民服务点", 0, 0)]
    above = [at("南", 40, 0), at("张庵村", 80, 0), at("快递便民服务点", 0, 30)]
    for lines in (wide, above):
        found = name_outcome(lines, "张庵村快递便民服务点", register=["南张庵村快递便民服务点"])
        assert found is not Outcome.MATCHES
        assert name_outcome(lines, "南张庵村快递便民服务点") is Outcome.MATCHES
    far = [at("南方大降价", -160, 0), at("张庵村快递便民服务点", 0, 0)]
    assert name_outcome(far, "张庵村快递便民服务点", register=["南张庵村快递便民服务点"]) is (
        name_outcome(far, "张庵村快递便民服务点")
    )


def test_a_number_far_larger_than_the_name_is_a_roads() -> None:
    name, road = at(NAME, 100, 100), at("C4212", 100, 200, 60)
    assert sign_parts([name, road]).number is None
    own = sign_parts([name, road, at("C0108", 100, 130, 12)]).number
    assert own is not None
    assert own.text == "C0108"
    column = at(NAME, 100, 100, vertical=True)  # its height is no letter's
    assert best_number([road], "C", [column.quad]) is None


def test_a_character_at_the_edge_of_what_glare_took_may_be_half_of_one() -> None:
    whole = "仙人渡镇快递综合服务站"
    lines = [at("仙人", 100, 100), at("真快递综合服务站", 165, 100)]
    assert name_outcome(lines, whole) is Outcome.UNREADABLE
    assert name_outcome([at("仙人桥真快递综合服务站", 100, 100)], whole) is Outcome.DIFFERS


def test_what_misreads_the_kind_may_misread_the_place() -> None:
    unread = unsure(at("力山村快递使民服务点", 100, 100), "力", 0.5, "九")
    assert name_outcome([unread], "万山村快递便民服务点") is Outcome.UNREADABLE
    for other in ("万山村快递使民服务点", "力山村快递便民服务点", "万山村快递便利服务点"):
        assert name_outcome([at(other, 100, 100)], "万山村快递便民服务点") is Outcome.DIFFERS


def test_a_c_that_looks_like_a_nought_counts_behind_the_words_for_a_number() -> None:
    found = best_number([unsure(at("编号：05419", 0, 0), "0", 0.97, "C")])
    assert found is not None
    assert found.text == "C5419"
    assert best_number([at("编号：05419", 0, 0)]) is None
    assert best_number([unsure(at("电话：05419", 0, 0), "0", 0.97, "C")]) is None
    assert best_number([unsure(at("编号：054190", 0, 0), "0", 0.97, "C")]) is None


def test_a_kind_read_otherwise_is_misread_however_unsure_and_a_crossed_one_is_not() -> None:
    for sure, outcome in ((0.67, Outcome.UNREADABLE), (0.3, Outcome.DIFFERS)):
        line = unsure(at("荣营村快递博民服务点", 100, 100), "博", sure, "情")
        assert name_outcome([line], "菜营村快递便民服务点") is outcome


def test_a_word_of_another_hand_before_the_kind_is_no_other_place() -> None:
    word = at("床上用品", 0, 100)
    foreign = tuple(glyph._replace(foreign=True) for glyph in word.glyphs)
    lines = [word._replace(glyphs=foreign, beside=True), at("快递便民服务点", 85, 100)]
    assert name_outcome(lines, "西阳村快递便民服务点") is Outcome.UNREADABLE
    assert name_outcome([word, lines[1]], "西阳村快递便民服务点") is Outcome.DIFFERS
