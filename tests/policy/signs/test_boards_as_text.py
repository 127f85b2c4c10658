"""Boards as many hands write them, read without a doubt: what is told of each, and what is not."""

import json

import pytest

from server.policy.hours import hours_text
from server.policy.signs.hours_board import board_hours
from server.settings import ROOT
from tools.read_boards import hindering, laid_out, outcome

BOARDS = [
    json.loads(row)
    for row in (ROOT / "tests" / "cases" / "hours" / "boards.jsonl").read_text("utf-8").splitlines()
]
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
