"""Boards as many hands write them, read without a doubt: what is told of each, and what is not."""

import json

import pytest

from server.policy.hours import hours_text
from server.policy.signs.hours_board import board_hours
from server.settings import ROOT
from tools.read_boards import hindering, laid_out, outcome

CASES = ROOT / "tests" / "cases" / "hours"
BOARDS = [json.loads(row) for row in (CASES / "boards.jsonl").read_text("utf-8").splitlines()]
EVERY_DAY = {key: [["8:00", "18:00"]] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board["rows"][0])
def test_a_board_is_told_as_its_writer_meant_it_or_refused(board: dict[str, list[str]]) -> None:
    told = board_hours(laid_out(board["rows"]))
    assert (hours_text(told.as_json()) if told else None) == board["told"]


@pytest.mark.parametrize(
    "row",
    [
        "来之前先打个电话：18300004495", "周日打13800001234", "下雨打13800001234", "农忙找13800001234",
        "取件请先打 138-0000-1234", "负责人：外出", "站长：周日不在", "休息时间", "派件 周六",
        "医生下村巡诊时门关，请打 18200004420", "周日下雨停业", "周末可能不开门",
        "收割去了 13800001234", "到家取件 13800001234", "件在我家 13800001234", "店转让 13800001234",
        "约好再来 13800001234", "站长：小周日休", "周六有人就开", "周日多半休息", "周三轮休",
        "每月最后一个周日盘点休息", "人不在时间 8:00-12:00", "余日看情况", "大忙 看情况",
    ],
)  # fmt: skip
def test_what_limits_is_no_title_no_telephone_and_no_person(row: str) -> None:
    told = board_hours(laid_out(["营业时间", "8:00-18:00", row]))
    assert not told or hours_text(told.as_json()) != "周一至周日 08:00-18:00"


def test_two_doings_on_one_board_are_not_joined() -> None:
    assert not board_hours(laid_out(["售药时间 8:00-12:00", "收发时间 14:00-18:00"]))
    assert not board_hours(laid_out(["营业时间 8:00-12:00", "看病时间 14:00-18:00"]))


def test_the_row_that_hinders_is_named() -> None:
    rows = ["营业时间", "8:00-18:00", "下雨天另说"]
    assert hindering(rows) == ["下雨天另说"]
    told = board_hours(laid_out(rows[:2]))
    assert outcome(told, EVERY_DAY) == "right"
    assert outcome(told, {**EVERY_DAY, "sun": []}) == "wrong"
    assert outcome(told, None) == "told"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("周内 8:00-18:00|双休 9:00-17:00", "周一至周五 08:00-18:00；周六、周日 09:00-17:00"),
        ("收种大忙 5:30-21:00|平时 7:30-19:00", "周一至周日 07:30-19:00；农忙 05:30-21:00"),
        ("除大年三十外天天开门|8:00-18:00", "周一至周日 08:00-18:00；春节（除夕） 休息"),
        ("8点到12点|2点到6点|逢年过节照样开", "周一至周日 08:00-12:00，14:00-18:00；节假日 照常"),
        ("四十八小时内取走|8:00-18:00", "周一至周日 08:00-18:00"),
        ("快递到站24小时内通知|8:30-18:30", "周一至周日 08:30-18:30"),
        (
            "农历三六九逢集 7:00-17:00|不逢集 8:00-16:00",
            "周一至周日 08:00-16:00；农历逢三、六、九 07:00-17:00",
        ),
        (
            "每周二下午政治学习不办公|8:00-12:00 14:00-18:00",
            "周一、周三至周日 08:00-12:00，14:00-18:00；周二 08:00-12:00",
        ),
        ("早 7 点 晚 8 点", "周一至周日 07:00-20:00"),
        ("每天 8 时至 18 时", "周一至周日 08:00-18:00"),
        ("取件请在早8点到晚7点之间", "周一至周日 08:00-19:00"),
        ("本站每天8:00-18:00有人", "周一至周日 08:00-18:00"),
        (
            "每逢一、四、七赶集，早6点开门到下午5点|平时8点开门到下午6点",
            "周一至周日 08:00-18:00；逢一、四、七 06:00-17:00",
        ),
        (
            "集日 6:00-18:00（农历一、六）|平日 8:00-18:00",
            "周一至周日 08:00-18:00；农历逢一、六 06:00-18:00",
        ),
        ("【夏】早6:30晚8:30|【冬】早7:30晚7:00", "夏季每天 06:30-20:30；冬季每天 07:30-19:00"),
        ("礼拜一～礼拜六 8:00～17:30|礼拜天 休", "周一至周六 08:00-17:30"),
    ],
)
def test_what_people_say_round_days_and_times_is_put_plainly(rows: str, told: str) -> None:
    found = board_hours(laid_out(rows.split("|")))
    assert hours_text(found.as_json()) == told


@pytest.mark.parametrize("row", (CASES / "common-rows.txt").read_text("utf-8").splitlines())
def test_what_hangs_beside_hours_everywhere_leaves_them_told(row: str) -> None:
    told = board_hours(laid_out(["张湾村快递便民服务点", "营业时间", "8:00-18:00", row]))
    assert hours_text(told.as_json()).startswith("周一至周日 08:00-18:00")
