"""A sample that anybody can draw again."""

import hashlib
from collections import Counter

import pytest

from server.errors import Invalid
from server.policy.rounds.sampling import Candidate, SampleKind, Weights, draw, pick

COUNTY = [Candidate(f"C{number:04d}") for number in range(1, 252)]


def keys(drawn: object) -> list[str]:
    return [one.key for one in drawn]  # type: ignore[attr-defined]


def test_everybody_draws_the_same_stations_from_the_same_seed() -> None:
    first = draw(COUNTY, kind=SampleKind.RANDOM, seed="2026-11", size=50)
    again = draw(list(reversed(COUNTY)), kind=SampleKind.RANDOM, seed="2026-11", size=50)

    assert len(first) == 50
    assert sorted(keys(first)) == sorted(keys(again))
    assert keys(first) != keys(draw(COUNTY, kind=SampleKind.RANDOM, seed="2026-12", size=50))


def test_a_sample_can_be_repeated_with_nothing_but_sha256() -> None:
    by_hand = sorted(
        COUNTY, key=lambda one: hashlib.sha256(f"abc|{one.key}|1".encode()).hexdigest()
    )[:7]

    assert sorted(keys(draw(COUNTY, kind=SampleKind.RANDOM, seed="abc", size=7))) == sorted(
        one.key for one in by_hand
    )


def test_a_larger_sample_with_the_same_seed_contains_the_smaller_one() -> None:
    small = set(keys(draw(COUNTY, kind=SampleKind.RANDOM, seed="s", size=20)))
    large = set(keys(draw(COUNTY, kind=SampleKind.RANDOM, seed="s", size=60)))

    assert small < large


def test_a_station_with_three_tickets_is_drawn_first_three_times_as_often() -> None:
    drum = [Candidate("C0001", 3, "2条不符合"), Candidate("C0002"), Candidate("C0003")]

    first = Counter(
        draw(drum, kind=SampleKind.WEIGHTED, seed=str(turn), size=1)[0].key for turn in range(5000)
    )

    assert first["C0001"] / 5000 == pytest.approx(3 / 5, abs=0.025)
    assert first["C0002"] / 5000 == pytest.approx(1 / 5, abs=0.02)


def test_a_random_sample_does_not_look_at_tickets() -> None:
    heavy = [Candidate(one.key, 9) for one in COUNTY]

    assert keys(draw(heavy, kind=SampleKind.RANDOM, seed="x", size=30)) == keys(
        draw(COUNTY, kind=SampleKind.RANDOM, seed="x", size=30)
    )


def test_the_reason_for_being_drawn_is_told() -> None:
    drum = [Candidate("C0001", Weights(flags=2).tickets, Weights(flags=2).why)]

    assert (
        draw(drum, kind=SampleKind.WEIGHTED, seed="x", size=1)[0].because
        == "抽签：5张签（2条不符合）"
    )
    assert draw(drum, kind=SampleKind.ALL)[0].because == "全部检查"


@pytest.mark.parametrize(("seed", "size"), [("", 5), ("x", 0), ("x", 252), ("x", None)])
def test_a_sample_without_seed_or_with_an_impossible_size_is_refused(
    seed: str, size: int | None
) -> None:
    with pytest.raises(Invalid) as refused:
        draw(COUNTY, kind=SampleKind.RANDOM, seed=seed, size=size)

    assert refused.value.code == "round-sample-wrong"


def test_no_number_of_flags_makes_a_station_certain() -> None:
    assert Weights().tickets == 1
    assert Weights(flags=500).tickets == 21


def test_flags_missed_rounds_and_open_questions_each_add_tickets_and_are_told() -> None:
    heavy = Weights(flags=2, missed=1, signals=3)

    assert (heavy.tickets, heavy.why) == (10, "2条不符合、1轮没查到、3个待说明的提示")
    assert (Weights(missed=2).tickets, Weights(signals=1).tickets) == (5, 2)
    assert Weights().why == ""


def test_picking_for_a_station_is_repeatable_and_spreads() -> None:
    chosen = Counter(pick(("a", "b"), seed="day", key=one.key) for one in COUNTY)

    assert chosen == Counter(pick(("a", "b"), seed="day", key=one.key) for one in COUNTY)
    assert min(chosen.values()) > 90
