"""Weeks of all kinds, written in very many ways: read as that week, or not at all.

`DRILL=long` tries 20,000 of each.
"""

import os
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.errors import Invalid
from server.policy.hours import (
    Week,
    hours_text,
    parse_hours,
    read_week,
    same_week,
    stored,
)
from server.policy.signs.hours_board import hours_in
from tools.hours_hands import by_other_hands
from tools.hours_limits import ALREADY_SAID, KNOWN_LIMITS, UNKNOWN_LIMITS, limited
from tools.hours_ways import any_week, written

LONG = os.environ.get("DRILL") == "long"
many = settings(
    max_examples=20_000 if LONG else 400,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
dice = st.integers(0, 2**32).map(Random)


def typed(text: str) -> Week | None:
    try:
        return read_week(text)
    except Invalid:
        return None


@many
@given(dice)
def test_a_week_is_read_as_it_was_meant_or_not_at_all(dice: Random) -> None:
    week = any_week(dice)
    text = written(week, dice)

    for found in (typed(text), hours_in(text).week):
        assert found is None or same_week(found, week), hours_text(stored(found))


@many
@given(dice)
def test_hurried_hands_are_read_as_they_meant_or_not_at_all(dice: Random) -> None:
    week = any_week(dice)
    text = by_other_hands(written(week, dice), dice)

    for found in (typed(text), hours_in(text).week):
        assert found is None or same_week(found, week), f"{text!r}: {hours_text(stored(found))}"


def test_most_of_what_hurried_hands_write_is_understood() -> None:
    read = board = 0
    for seed in range(500):
        dice = Random(seed)
        text = by_other_hands(written(any_week(dice), dice), dice)
        read += typed(text) is not None
        board += bool(hours_in(text))

    assert (read, board) >= (460, 440)


@many
@given(dice)
def test_what_is_read_is_printed_so_that_it_reads_the_same(dice: Random) -> None:
    found = typed(written(any_week(dice), dice))
    if found is not None:
        kept = stored(found)

        assert parse_hours(hours_text(kept)) == kept


@many
@given(dice, st.sampled_from(UNKNOWN_LIMITS))
def test_a_limit_that_nobody_taught_us_leaves_the_whole_unread(dice: Random, limit: str) -> None:
    text = limited(written(any_week(dice), dice), limit, dice)

    assert typed(text) is None
    assert not hours_in(text)


@many
@given(dice, st.sampled_from(KNOWN_LIMITS))
def test_a_limit_that_we_know_is_never_dropped(dice: Random, limit: str) -> None:
    week = any_week(dice)
    before = written(week, dice)
    text = limited(before, limit, dice)

    for found in (typed(text), hours_in(text).week):
        if found is not None and same_week(found, week):
            assert ALREADY_SAID[limit](week), f"{limit} is lost in {text!r}"


def test_most_ways_are_understood_or_the_others_would_prove_nothing() -> None:
    read = board = 0
    for seed in range(500):
        dice = Random(seed)
        text = written(any_week(dice), dice)
        read += typed(text) is not None
        board += bool(hours_in(text))

    assert (read, board) >= (485, 460)
