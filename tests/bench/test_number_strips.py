"""The strips that a number reader is trained and measured on, and how what it says is weighed."""

import random

import numpy as np
import pytest

from server.media.paper.typeface import sans_path
from tools import number_strips
from tools.measure_number_reader import Held, Read, at_most, counted
from tools.number_reader import ANSWERS, STRIP_HIGH, Chances, spelt_in
from tools.number_strips import ANYTHING, CODES, drawn_strip


def test_a_strip_comes_from_its_seed_and_says_what_stands_where(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(number_strips, "MEASURED_WITH", ())
    number_strips.faces.cache_clear()
    drawn = [drawn_strip(random.Random(n), sans_path().parent) for n in range(40)]
    again = drawn_strip(random.Random(7), sans_path().parent)
    number_strips.faces.cache_clear()

    assert np.array_equal(again.strip, drawn[7].strip)
    assert 20 < sum(one.code is not None for one in drawn) < 36
    for one in drawn:
        assert one.strip.shape[0] == STRIP_HIGH
        assert set(one.label) <= {*CODES, ANYTHING}
        assert one.code is None or one.code in one.label
        assert len(one.label) == len(one.middles) == len(one.halves)
        assert list(one.middles) == sorted(one.middles)
        assert all(0 < middle < one.strip.shape[1] for middle in one.middles)


def said(text: str, doubt: float = 1e-6) -> Chances:
    """Chances of a network that says this, one step a character, its last one perhaps an 8."""
    chances = np.full((2 * len(text) + 1, len(ANSWERS)), 1e-6)
    chances[::2, 0] = 1
    for n, character in enumerate(text):
        chances[2 * n + 1, ANSWERS.index(character)] = 1
    chances[-2, ANSWERS.index(text[-1])] = 1 - doubt
    chances[-2, ANSWERS.index("8")] = doubt
    return np.asarray(chances / chances.sum(axis=1, keepdims=True), np.float64)


def test_a_number_stands_alone_and_is_as_sure_as_its_least_sure_digit() -> None:
    (found,) = spelt_in(said("**XZ0013*"))
    assert found.text == "XZ0013"
    assert found.sure > 0.99
    (doubtful,) = spelt_in(said("C0013", doubt=0.3))
    assert doubtful.sure == pytest.approx(0.7, abs=0.01)
    for text in ("XZ00133", "C001", "XC0013", "0C0013", "C0013X", "0013"):
        assert spelt_in(said(text)) == []


def test_few_strips_read_right_prove_no_small_error() -> None:
    held = Held(np.zeros((STRIP_HIGH, 8), np.uint8), "C0001", 20.0, "plain")
    reads = [Read(held, "C0001", 0.9), Read(held, "C0007", 0.6), Read(held, "", 0.0)]
    assert counted(reads, 0.5) == {"right": 1, "wrong": 1, "unread": 1}
    assert counted(reads, 0.8) == {"right": 1, "unread": 2}
    assert at_most(0, 1500) == pytest.approx(0.002, rel=0.01)
    assert at_most(0, 300) > 0.009
    assert at_most(191, 1571) > 191 / 1571
