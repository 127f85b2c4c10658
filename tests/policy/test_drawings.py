"""Arrows and circles on a photo: bounded, and whatever cannot be one is passed over."""

from typing import Any

import pytest

from server.policy.drawings import AT_MOST, drawings_in, told

ARROW = {"kind": "arrow", "start": [100, 900], "end": [500, 500]}
CIRCLE = {"kind": "circle", "start": [0, 0], "end": [1000, 1000]}


def test_drawings_are_read_in_their_order_and_told_by_kind() -> None:
    found = drawings_in({"drawings": [CIRCLE, ARROW, CIRCLE], "width": 1600})

    assert [one.json for one in found] == [CIRCLE, ARROW, CIRCLE]
    assert told(found) == "箭头1处、圈2处"
    assert told([CIRCLE]) == "圈1处"  # type: ignore[list-item]
    assert told([]) == ""


@pytest.mark.parametrize(
    "odd",
    [
        None, 5, "arrow", {}, {"kind": "star", "start": [1, 1], "end": [2, 2]},
        {"kind": "arrow", "start": [1, 1]}, {"kind": "arrow", "start": [1, 1], "end": [2]},
        {"kind": "arrow", "start": [-1, 1], "end": [2, 2]},
        {"kind": "arrow", "start": [1, 1], "end": [2, 1001]},
        {"kind": "arrow", "start": [1.5, 1], "end": [2, 2]},
        {"kind": "arrow", "start": [True, 1], "end": [2, 2]},
        {"kind": ["arrow"], "start": "ab", "end": [2, 2]},
    ],
)  # fmt: skip
def test_what_cannot_be_a_drawing_is_passed_over_and_the_others_stay(odd: Any) -> None:
    assert [one.json for one in drawings_in({"drawings": [odd, ARROW]})] == [ARROW]
    assert drawings_in({"drawings": odd}) == ()


def test_no_more_than_a_dozen_are_kept_and_a_photo_without_notes_has_none() -> None:
    assert len(drawings_in({"drawings": [ARROW] * 50})) == AT_MOST
    assert drawings_in(None) == ()
