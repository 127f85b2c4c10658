import mmap

import pytest

from server.light_again import APART_S, BEGAN_ANEW, GROWN_MB, Lightness, own_mb


@pytest.mark.parametrize(
    ("anew_s", "grown_mb", "steady_s", "lost"),
    [
        (None, GROWN_MB, 5.0, True),
        (None, GROWN_MB - 0.1, 5.0, False),
        (1000.0, GROWN_MB, 1000.0 + APART_S - 1, False),
        (1000.0, GROWN_MB, 1000.0 + APART_S, True),
        (1000.0, GROWN_MB, 5.0, True),  # the machine was started anew since
    ],
)
def test_a_process_has_lost_its_lightness_by_what_it_took_and_not_again_and_again(
    *, anew_s: float | None, grown_mb: float, steady_s: float, lost: bool
) -> None:
    lightness = Lightness(at_first_mb=60.0, anew_s=anew_s)

    assert lightness.is_lost(60.0 + grown_mb, steady_s) is lost


def test_what_is_its_own_grows_with_what_it_takes() -> None:
    before = own_mb()
    # From the system itself: a process that has run other tests has memory left to give.
    with mmap.mmap(-1, 50_000_000, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as taken:
        for _ in range(50):
            taken.write(b"x" * 1_000_000)
        grown = own_mb() - before

    assert 40 < grown < 60


def test_when_it_last_began_anew_is_told_from_one_program_to_the_next() -> None:
    assert Lightness.at_start({}).anew_s is None
    assert Lightness.at_start({BEGAN_ANEW: "12.5"}).anew_s == 12.5
