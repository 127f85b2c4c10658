"""The maths of the reliability table, on readings counted by hand."""

import pytest

from bench.accuracy.calibration import pairs_of, shown, temperatures
from bench.accuracy.reliability import bins, calibration_error, fitted, log_loss, table
from bench.accuracy.tally import Tally
from server.policy.signs.lines import plain_line
from server.policy.signs.number import NumberRead
from server.policy.signs.sureness import at_temperature

BOASTING = [(0.9, True)] * 300 + [(0.9, False)] * 100
"""Says nine of ten, and is right in three of four: its logit is twice what it should be."""


def test_a_machine_that_boasts_is_cooled_to_what_comes_true() -> None:
    fit = fitted(BOASTING)
    cooled = [(at_temperature(own, fit), right) for own, right in BOASTING]

    assert fit == pytest.approx(2, abs=0.03)
    assert calibration_error(BOASTING) == pytest.approx(0.15)
    assert calibration_error(cooled) < 0.005
    assert log_loss(cooled) < log_loss(BOASTING)


def test_of_readings_that_were_all_right_no_more_is_said_than_their_count_bears_out() -> None:
    right = [(0.9999, True)] * 98

    assert at_temperature(0.9999, fitted(right)) == pytest.approx(99 / 100, abs=0.001)
    assert fitted([]) == 1


def test_the_table_counts_every_reading_once_and_tells_what_the_sample_allows() -> None:
    said = [(0.0, False), (0.5, True), (0.79, False), (0.98, True), (1.0, True), (1.0, True)]

    assert [(low, len(inside)) for low, _, inside in bins(said)] == [(0, 1), (0.5, 2), (0.98, 3)]
    assert calibration_error(said) == pytest.approx((0 + 0.29 + 0.02) / 6)
    assert log_loss([(0.5, True), (0.5, False)]) == pytest.approx(0.6931, abs=1e-4)
    rows = table("number", [(0.9, right) for _, right in said], [(0.8, right) for _, right in said])
    assert rows[2] == "| 80–90% | 6 | 80.0% | 66.7% | 30.0–90.3% |"
    assert rows[3].startswith("| all | 6 | before: error 0.233, log loss 0.838 ")
    assert calibration_error([]) == log_loss([]) == 0


def test_pairs_are_what_is_said_beside_what_stands_on_the_board() -> None:
    name = plain_line("西会村快递便民服务点", ((0, 0), (400, 0), (400, 40), (0, 40)))
    code = plain_line("编号：C0007", ((0, 60), (200, 60), (200, 80), (0, 80)))
    label = {
        "kind": "sign", "name": "西会村快递便民服务点", "number": "C0001",
        "lines": ["西会村快递便民服务点", "编号：C0001"],
    }  # fmt: skip
    read = NumberRead("C0007", 0.97, 1.0, code.quad)

    assert list(pairs_of([name, code], read, label)) == [
        ("number", 0.97, False), ("name", 1.0, True), ("line", 1.0, True), ("line", 1.0, False),
    ]  # fmt: skip
    badges = {**label, "number": "C0007", "way": "badges"}
    assert list(pairs_of([name, code], None, badges)) == [
        ("number", 1.0, True),
        ("name", 1.0, True),
    ]
    board = [plain_line("营业时间 8:30-18:00")]
    hours = {"kind": "hours", "hours": [[[1, 2, 3, 4, 5, 6, 7], "08:30", "18:00"]], "lines": []}
    assert next(pairs_of(board, None, hours)) == ("hours", 1.0, True)


def test_the_parts_print_what_was_said_before_and_after() -> None:
    tally = Tally()
    for own, right in BOASTING:
        tally.say("line", own, right=right)
    other = Tally()
    other.take_in(tally)

    assert temperatures(other)[-1].startswith("| line | 400 | 300 | 2.0")
    assert "error 0.150" in shown(other)[-1]
