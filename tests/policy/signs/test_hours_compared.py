"""A board's week beside the register's: equal, another, or not told, and what is said of it."""

import pytest

from server.policy.hours import parse_hours
from server.policy.signs.close_by import close_by
from server.policy.signs.hours_board import board_hours, hours_in
from server.policy.signs.hours_compared import compare_hours
from server.policy.signs.photo_match import Registered, match_photo, parts_json
from server.policy.signs.placed import Outcome
from tests.policy.signs.written import at


def test_the_board_is_held_against_the_declared_hours_in_chinese() -> None:
    declared = parse_hours("周一至周日 8:30-18:00")
    assert compare_hours(hours_in("8：30—18：00"), declared).outcome is Outcome.MATCHES
    differs = compare_hours(hours_in("9：00—18：00"), declared)
    assert differs.outcome is Outcome.DIFFERS
    assert differs.why == (
        "营业时间牌上读到的是“周一至周日 09:00–18:00”，登记的是“周一至周日 08:30–18:00”。"
    )
    assert compare_hours(hours_in("欢迎光临"), declared).outcome is Outcome.UNREADABLE


@pytest.mark.parametrize(
    ("board", "declared", "outcome"),
    [
        ("夏季 7:30-20:00\n冬季 8:30-18:00", "8:30-18:00", Outcome.DIFFERS),
        ("夏季 7:30-20:00\n冬季 8:30-18:00", "夏季7:30-20:00；冬季8:30-18:00", Outcome.MATCHES),
        ("逢三、六、九 8:00-16:00", "8:00-16:00", Outcome.DIFFERS),
        ("8:00-18:00\n午休12:00-14:00", "8:00-18:00", Outcome.DIFFERS),
        ("8:00-18:00（周六、周日休息）", "8:00-18:00", Outcome.DIFFERS),
        ("10:00-次日凌晨2:00", "10:00-14:00", Outcome.DIFFERS),
        ("8:00-18:00\n节假日休息", "8:00-18:00", Outcome.DIFFERS),
        ("8:00-18:00\n雨天除外", "8:00-18:00", Outcome.UNREADABLE),
    ],
)
def test_a_board_matches_only_when_the_whole_weeks_are_equal(
    board: str, declared: str, outcome: Outcome
) -> None:
    assert compare_hours(hours_in(board), parse_hours(declared)).outcome is outcome


def test_words_that_were_read_and_not_understood_are_told_apart_from_a_bad_photo() -> None:
    declared = parse_hours("8:00-18:00")
    odd = compare_hours(board_hours([at("8:00-18:00", 0, 0), at("逢雨关门", 0, 30)]), declared)
    bad = compare_hours(board_hours([at("8:00-", 0, 0)]), declared)

    assert odd.why == (
        "营业时间牌上的“逢雨关门”机器看不懂，没有核对。其余的和登记一样，只看这句话改不改时间。"
        "请看照片，和登记比一比。"
    )
    assert (odd.read, bad.read) == ("逢雨关门", "")
    other = [at("9:00-17:00", 0, 0), at("逢雨关门", 0, 30)]
    assert (
        compare_hours(board_hours(other), declared).aside == "其余的读作“周一至周日 09:00–17:00”。"
    )
    timed = [at("8:00-18:00", 0, 0), at("市场那日另从7:30开门", 0, 30)]
    assert (board_hours(timed).words, board_hours(timed).rest) == ("市场那日另从", None)
    assert bad.why == "照片里没有读全营业时间。请走近一点，正对营业时间牌，把它拍满画面。"


@pytest.mark.parametrize(
    "row",
    ["周日休息 看老母亲", "每周三 看老母亲", "春节放假，看老母亲", "CLOSED SUNDAY", "MON-FRI GONE"],
)
def test_the_rest_is_not_told_of_a_row_that_says_more_than_what_is_named(row: str) -> None:
    read = board_hours([at("8:00-18:00", 0, 0), at(row, 0, 30)])
    compared = compare_hours(read, parse_hours("8:00-18:00"))
    assert compared.outcome is Outcome.UNREADABLE
    assert (bool(compared.read), compared.aside) == (True, "")


def test_what_was_passed_over_is_told_also_beside_words_not_understood() -> None:
    rows = ["老耿头铁匠铺", "营业时间", "8:00-18:00", "逢雨关门"]
    read = board_hours([at(row, 0, 30 * n) for n, row in enumerate(rows)])
    assert compare_hours(read, parse_hours("8:00-18:00")).aside == (
        "其余的和登记一样，只看这句话改不改时间。牌上还有“老耿头铁匠铺”，机器当作与时间无关。"
    )


def test_a_note_on_another_ground_close_to_the_times_is_told() -> None:
    note = at("看孙子去了", 0, 60)._replace(beside=True)
    far = at("老耿头铁匠铺", 0, 400)._replace(beside=True)
    title = at("营业时间", 0, 0)._replace(beside=True)
    lines = [at("8:00-18:00", 0, 30), note, far, title]
    assert close_by(lines) == ("看孙子去了",)
    assert close_by([note]) == ()
    declared = parse_hours("8:00-18:00")
    compared = compare_hours(board_hours(lines), declared, near=close_by(lines))
    assert compared.outcome is Outcome.MATCHES
    assert compared.aside == "紧挨着还有“看孙子去了”，机器当作不是这块牌上的。"
    station = Registered(hours=declared)
    [part] = parts_json(match_photo("hours_board", lines, station))
    assert part["aside"] == compared.aside
