"""Other companies' badges beside a name, and characters that nobody keeps apart."""

import lzma
import re
from collections import defaultdict
from itertools import accumulate

from server.policy.signs.lines import Line
from server.policy.signs.match import match_sign
from server.policy.signs.parts import sign_parts
from server.policy.signs.placed import Outcome
from server.policy.signs.text import _TWINS
from server.settings import ROOT
from tests.policy.signs.written import NAME, at, name_outcome


def test_a_badge_beside_above_or_below_the_name_is_no_part_of_it() -> None:
    words = at("快递便民服务点", 0, 40)
    for lines in (
        [at("兔喜", -30, 4, 12), at(NAME, 0, 0)],
        [at("供销e家", -96, 0), at(NAME, 0, 0)],
        [at("兔喜生活", -84, 0, 18), at(NAME, 0, 0)],  # as large as the name: a brand all the same
        [at("西庄村", 0, 0), at("百姓身边好驿站", 0, 25, 10), words],  # small: whatever it says
        [at("西庄村", 0, 0), at("极兔 中通快递", -10, 22, 17), words],
        [at("客货邮融合示范点", 0, -30, 18), at("西庄村", 0, 0), at("快递便民服务点", 64, 0)],
    ):
        assert name_outcome(lines) is Outcome.MATCHES, [line.text for line in lines]
        assert sign_parts(lines).name == NAME
        assert name_outcome(lines, "东庄村快递便民服务点") is Outcome.DIFFERS


def _in_one_line(before: str, gap: float, badge_size: float = 1.0) -> list[Line]:
    """A badge and the name found as one line, so many pitches from the one to the other."""
    line, place, moved = at(f"{before}{NAME}", 0, 0), 0.5, []
    for n, glyph in enumerate(line.glyphs):
        moved.append(glyph._replace(at=place))
        place += gap if n == len(before) - 1 else badge_size if n < len(before) else 1.0
    return [line._replace(glyphs=tuple(glyph._replace(at=glyph.at / place) for glyph in moved))]


def _in_sizes(*parts: tuple[str, float]) -> list[Line]:
    """One line of parts whose characters are so many times as large as the name's."""
    sizes = [size for text, size in parts for _ in text]
    ends, whole = [*accumulate(sizes)], sum(sizes)
    line = at("".join(text for text, _ in parts), 0, 0)
    glyphs = [
        glyph._replace(at=(end - size / 2) / whole)
        for glyph, end, size in zip(line.glyphs, ends, sizes, strict=True)
    ]
    return [line._replace(glyphs=tuple(glyphs))]


def test_a_large_character_behind_smaller_ones_is_the_names() -> None:
    for size in (0.5, 0.6, 0.7, 0.75):
        slogan = name_outcome(_in_sizes(("村口就是收件处", size), (NAME, 1)))
        # Half as large, it may as well be that its last character is larger.
        assert slogan is (Outcome.MATCHES if size > 0.5 else Outcome.UNREADABLE)
        for small, large in (("太平店镇", "东"), ("太平店镇", "小东"), ("供销社代办点", "下")):
            other = _in_sizes((small, size), (f"{large}{NAME}", 1))
            assert name_outcome(other) is Outcome.UNREADABLE, (small, large, size)
        # Nor is it where the words for the kind are larger than the place, or much smaller.
        place, kind = NAME[:3], NAME[3:]
        for parts in (
            [(f"太平店镇东{place}", size), (kind, 1)],
            [("太平店镇", size), (f"东{place}", 1), (kind, size)],
            [("太平店镇", size), (f"东{place}", 1), (kind, 0.46)],
        ):
            assert name_outcome(_in_sizes(*parts)) is Outcome.UNREADABLE, parts


def test_a_badge_in_the_names_own_line_is_no_part_of_it_where_a_gap_parts_them() -> None:
    for badge in ("圆通", "供销", "极兔快递"):
        assert name_outcome(_in_one_line(badge, 1.25)) is Outcome.MATCHES
        assert name_outcome(_in_one_line(badge, 1.0)) is Outcome.UNREADABLE
    assert name_outcome(_in_one_line("壹公里", 1.25)) is Outcome.UNREADABLE
    assert name_outcome(_in_one_line("壹公里", 1.25), brands=["壹公里"]) is Outcome.MATCHES
    # Ends in a carrier's word, be the rest misread; or smaller than the name.
    assert name_outcome(_in_one_line("带免速递", 1.25)) is Outcome.MATCHES
    assert name_outcome(_in_one_line("极兔速递", 1.0, badge_size=0.7)) is Outcome.MATCHES
    assert name_outcome(_in_one_line("物流", 1.0)) is Outcome.UNREADABLE
    # Long and smaller, whatever it says; short it may be the name's.
    slogan = _in_one_line("村口就是收件处", 0.86, badge_size=0.72)
    assert name_outcome(slogan) is Outcome.MATCHES
    assert name_outcome(slogan, "东庄村快递便民服务点") is Outcome.DIFFERS
    assert name_outcome(slogan, register=["件处西庄村快递便民服务点"]) is Outcome.UNREADABLE
    assert name_outcome(_in_one_line("村口就是收件处", 1.0)) is Outcome.UNREADABLE
    assert name_outcome(_in_one_line("收件处", 1.0, badge_size=0.72)) is Outcome.UNREADABLE
    # The register has a place of the longer name, or the badge is not whole.
    longer = ["圆通西庄村快递便民服务点", "通西庄村快递便民服务点"]
    for name in longer:
        assert name_outcome(_in_one_line("圆通", 1.25), register=[name]) is Outcome.UNREADABLE
    assert name_outcome(_in_one_line("通", 1.25)) is Outcome.UNREADABLE
    assert name_outcome(_in_one_line("圆通", 1.25), "东庄村快递便民服务点") is Outcome.DIFFERS


def test_a_misread_carriers_badge_beside_the_words_for_the_kind_is_no_part_of_the_name() -> None:
    def beside(badge: str, size: int) -> list[Line]:
        words = at("快递便民服务点", 0, 25)
        return [at("西庄村", 40, 0), at(badge, -len(badge) * size - 4, 27, size), words]

    assert name_outcome(beside("丹快递", 16)) is Outcome.MATCHES
    assert name_outcome(beside("丹快递", 16), "东庄村快递便民服务点") is Outcome.DIFFERS
    assert name_outcome(beside("丹快递", 20)) is Outcome.UNREADABLE
    assert name_outcome(beside("丹庄村", 16)) is not Outcome.MATCHES


def test_a_county_adds_its_own_brands() -> None:
    lines = [at("壹公里", -64, 0), at(NAME, 0, 0)]
    assert name_outcome(lines) is Outcome.UNREADABLE
    assert name_outcome(lines, brands=["壹公里"]) is Outcome.MATCHES


def test_what_is_small_and_yet_the_name_stays_the_name() -> None:
    small = [at("西庄村", 40, 0, 10), at("快递便民服务点", 0, 20)]
    assert name_outcome(small) is Outcome.MATCHES
    assert name_outcome(small, "东庄村快递便民服务点") is Outcome.DIFFERS
    # 一 is low, and as large as any other character.
    low = at("一", 0, 8, 20)._replace(quad=((0, 8), (20, 8), (20, 16), (0, 16)))
    mill: list[Line] = [low, at("里村快递便民服务点", 24, 0)]
    assert name_outcome(mill, "一里村快递便民服务点") is Outcome.MATCHES
    longer = ["一里村快递便民服务点"]
    assert name_outcome(mill, "里村快递便民服务点", register=longer) is Outcome.DIFFERS


def test_a_place_that_is_called_like_a_brand_is_not_the_place_without_it() -> None:
    lines = [at("中通", -44, 0), at(NAME, 0, 0)]
    others = ["中通西庄村快递便民服务点"]
    assert name_outcome(lines, register=others) is Outcome.UNREADABLE
    assert name_outcome(lines, others[0]) is Outcome.MATCHES


def test_twins_may_be_each_other_unless_the_register_has_both() -> None:
    painted = [at("鸟兰村快递便民服务点", 0, 0)]
    name = "乌兰村快递便民服务点"
    assert name_outcome(painted, name) is Outcome.MATCHES
    rival = match_sign(painted, names=[name], number=None, register=["鸟兰村快递便民服务点"])
    assert rival.name.outcome is Outcome.UNREADABLE


def test_a_character_that_is_always_read_as_the_one_expected_may_be_the_one_there() -> None:
    # 屲 is read as 山, and 峁 as 昴, whatever the sign: neither can be told from it.
    for read, rival in (("阳山村", "阳屲村"), ("昴上村", "峁上村")):
        hung = [at(f"{read}快递便民服务点", 0, 0)]
        others = [f"{rival}快递便民服务点"]
        assert name_outcome(hung, f"{read}快递便民服务点") is Outcome.MATCHES
        assert name_outcome(hung, f"{read}快递便民服务点", register=others) is Outcome.UNREADABLE


def test_no_county_has_two_places_that_only_twins_keep_apart() -> None:
    first = {sign: group[0] for group in _TWINS for sign in group}
    text = lzma.decompress((ROOT / "data" / "divisions-2023.csv.xz").read_bytes()).decode("utf-8")
    named = re.findall(rf"(?m)^(\d{{6}})\d{{3,6}},(.*[{''.join(first)}].*)$", text)
    alike: dict[tuple[str, str], set[str]] = defaultdict(set)
    for county, name in named:
        alike[county, "".join(first.get(sign, sign) for sign in name)].add(name)
    assert len(named) > 5000
    assert [names for names in alike.values() if len(names) > 1] == []


def test_two_columns_found_as_rows_of_two_are_two_columns() -> None:
    pairs = ["快西", "递庄", "便村", "民", "服", "务", "点"]
    lines = [at(pair, 0, 24 * row) for row, pair in enumerate(pairs)]
    assert name_outcome(lines) is Outcome.MATCHES
    assert name_outcome(lines, "东庄村快递便民服务点") is Outcome.DIFFERS


def test_a_badge_in_the_row_of_the_kind_is_no_place() -> None:
    lines = [at("西庄村", 0, 0), at("德邦快递快递便民服务点", -40, 25)]
    assert name_outcome(lines) is Outcome.MATCHES
    assert name_outcome(lines, "东庄村快递便民服务点") is Outcome.DIFFERS
    assert name_outcome([at("德邦快递快递便民服务点", -40, 25)]) is not Outcome.MATCHES
    own = [at("西庄村", 0, 0), at("中通快递便民服务点", -40, 25)]
    assert name_outcome(own) is not Outcome.MATCHES


def test_a_slogan_above_the_place_is_left_out() -> None:
    lines = [at("取件不出村", -20, -30, 20), at("西庄村", 0, 0), at("快递便民服务点", 0, 40)]
    assert name_outcome(lines) is Outcome.MATCHES


def test_characters_that_were_all_put_at_one_place_are_no_badge() -> None:
    line = at("极兔速递西庄村", 0, 0)
    heap = line._replace(glyphs=tuple(glyph._replace(at=0.5) for glyph in line.glyphs))
    words = at("快递便民服务点", 0, 25)
    assert name_outcome([heap, words]) is not Outcome.DIFFERS
