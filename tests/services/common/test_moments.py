"""A phone's clock, put right or marked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.calendar import beijing_day
from server.services.common.moments import Moment, moment_of

NOW = datetime(2023, 7, 5, 6, 30, tzinfo=UTC)
HOUR_MS = 3_600_000


def judged(
    said: datetime,
    own_ms: int | None = 0,
    sending: timedelta | None = None,
    *,
    held: bool | None = None,
) -> Moment:
    client_now = NOW if sending is None else NOW + sending
    return moment_of(said, own_offset_ms=own_ms, client_now=client_now, now=NOW, held=held)


def test_a_right_clock_is_believed() -> None:
    at = NOW - timedelta(hours=5)

    assert judged(at) == Moment(at, verified=True)


@pytest.mark.parametrize(
    ("ago", "held", "proven"),
    [
        (timedelta(days=2), True, True),
        (timedelta(days=2), False, False),
        (timedelta(days=2), None, False),
        (timedelta(minutes=4), None, True),
        (timedelta(minutes=6), False, False),
    ],
)
def test_what_comes_late_is_proven_only_by_a_clock_that_nobody_sets(
    ago: timedelta, *, held: bool | None, proven: bool
) -> None:
    """Set back, recorded and set right again: both times that the server hears of the clock agree."""
    assert judged(NOW - ago, held=held) == Moment(NOW - ago, verified=True, proven=proven)


def test_a_clock_that_runs_evenly_wrong_is_corrected_and_believed() -> None:
    fast = timedelta(hours=3)

    moment = judged(NOW + fast, own_ms=-3 * HOUR_MS, sending=fast)

    assert moment == Moment(NOW, verified=True, proven=True)


def test_a_clock_that_was_set_in_between_is_corrected_but_marked() -> None:
    moment = judged(
        NOW - timedelta(hours=1), own_ms=2 * HOUR_MS - HOUR_MS * 2, sending=timedelta(hours=3)
    )

    assert moment.verified is False


def test_without_an_offset_of_its_own_a_wrong_clock_is_only_a_guess() -> None:
    fast = timedelta(hours=3)

    assert judged(NOW + fast, own_ms=None, sending=fast) == Moment(NOW, verified=False)


@pytest.mark.parametrize(
    "said",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2099, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_an_impossible_time_becomes_the_time_of_receipt(said: datetime) -> None:
    assert judged(said, own_ms=10 * HOUR_MS) == Moment(NOW, verified=False)


def test_a_few_seconds_ahead_is_no_future() -> None:
    assert judged(NOW + timedelta(seconds=40)) == Moment(NOW, verified=True, proven=True)


def test_the_day_is_beijings() -> None:
    assert beijing_day(datetime(2023, 7, 4, 16, 0, tzinfo=UTC)) == date(2023, 7, 5)
    assert beijing_day(datetime(2023, 7, 4, 15, 59, tzinfo=UTC)) == date(2023, 7, 4)
