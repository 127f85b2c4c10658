"""What lies beyond a county: of its outline, or of where its other stations are."""

import pytest

from server.policy.distance import Spot, metres_outside, reach_of

TOWN: list[Spot] = [(38.3 + n / 50, 111.9 + n / 60) for n in range(9)]


@pytest.mark.parametrize(
    ("spot", "odd"),
    [((38.4, 112.2), False), ((39.4, 111.9), True), ((38.36, 119.11), True), ((38.6, 112.1), False)],
)  # fmt: skip
def test_a_place_far_from_the_middle_of_the_rest_is_beyond(spot: Spot, odd: bool) -> None:  # noqa: FBT001
    reach = reach_of([*TOWN, spot])  # a table's own wrong one among them

    assert reach is not None
    assert bool(reach.beyond(spot, TOWN)) is odd


def test_two_stations_beside_it_show_that_somebody_works_there() -> None:
    reach, outpost = reach_of(TOWN), [(39.4, 111.9), (39.41, 111.91)]

    assert reach is not None
    assert reach.beyond((39.42, 111.9), outpost) == 0
    assert reach.beyond((39.42, 111.9), outpost[:1]) > 100_000
    assert reach_of(TOWN[:2]) is None  # too few to say


def test_a_hole_in_an_outline_is_outside_and_so_is_what_lies_beyond_its_edge() -> None:
    square = [[111.0, 38.0], [112.0, 38.0], [112.0, 39.0], [111.0, 39.0], [111.0, 38.0]]
    hole = [[111.4, 38.4], [111.6, 38.4], [111.6, 38.6], [111.4, 38.6], [111.4, 38.4]]

    assert metres_outside([square, hole], (38.2, 111.2)) == 0
    assert metres_outside([square, hole], (38.5, 111.5)) == pytest.approx(8_700, rel=0.02)
    assert metres_outside([square], (39.1, 111.5)) == pytest.approx(11_120, rel=0.01)
