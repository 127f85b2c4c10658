"""Keeps `make accuracy` the same in one process and in many."""

from collections.abc import Mapping
from functools import partial

from bench.accuracy.tally import Tally
from bench.accuracy.work import measured


def judged(number: int) -> Mapping[str, Tally]:
    """A photo of one of two kinds, for one part or two."""
    tally = Tally()
    tally.add(f"kind {number % 2}", "right" if number % 3 else "unread")
    tally.miss("photo", number)
    tally.cost("looks", 1)
    return {"reading": tally} if number % 2 else {"reading": tally, "quality": tally}


def test_two_processes_say_what_one_says_in_the_same_order() -> None:
    jobs = [partial(judged, number) for number in range(7)]

    alone, together = measured(jobs, 1), measured(jobs, 2)

    shown = alone["reading"].lines("reading", "photos")
    assert together["reading"].lines("reading", "photos") == shown
    assert shown[3:5] == [
        "| kind 0 | 4 | right 50.0%, unread 50.0% |",
        "| kind 1 | 3 | right 66.7%, unread 33.3% |",
    ]
    assert [miss[-1] for miss in alone["reading"].misses] == list("0123456")
    assert (alone["reading"].costs, alone["quality"].costs) == ({"looks": 7}, {"looks": 4})
