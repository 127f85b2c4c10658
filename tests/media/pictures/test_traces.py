"""What laying two pictures over each other showed, and when that is a copy."""

import pytest

from server.media.pictures.overlay import Traces


def test_a_copy_betrays_itself_by_its_frame_light_or_specks() -> None:
    assert Traces(skew_px=0.1, light=0.4, noise=0.3).like_a_copy
    assert Traces(skew_px=0.1, light=0.4, noise=None).like_a_copy
    assert Traces(skew_px=0.1, light=None, noise=None).like_a_copy
    assert Traces(skew_px=0.1, light=20.0, noise=0.9).like_a_copy
    assert Traces(skew_px=0.5, light=2.0, noise=0.9).like_a_copy
    assert not Traces(skew_px=0.5, light=0.4, noise=0.3).like_a_copy
    # Turned or slanted, by more than a stamp pulls: only plain specks speak for it.
    assert Traces(skew_px=9.0, light=0.4, noise=0.5).like_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.3).like_a_copy
    assert not Traces(skew_px=9.0, light=20.0, noise=0.9).like_a_copy
    assert not Traces(skew_px=0.1, light=20.0, noise=0.3).like_a_copy
    assert not Traces(skew_px=0.1, light=0.4, noise=0.02).like_a_copy


@pytest.mark.parametrize(
    ("strayed", "noise", "on_steps", "copy"),
    [
        (0.77, 0.47, 4.9, True),  # slanted copies
        (0.71, 0.54, 5.7, True),
        (0.77, 0.47, 4.4, False),
        (0.86, 0.47, 5.0, False),
        (0.77, 0.39, 5.0, False),
        (0.79, 0.91, -0.1, False),  # from a mark, by a quiet sensor
        (0.69, 0.45, None, True),
        (0.6, 0.99, -1.0, False),  # from a mark, a brick wall, saved coarsely
        (0.6, 0.47, 1.5, True),
        (0.54, 0.47, -1.7, True),
    ],
)
def test_a_frame_that_is_not_level_needs_specks_and_old_steps_or_to_stray_little(
    *, strayed: float, noise: float, on_steps: float | None, copy: bool
) -> None:
    seen = Traces(skew_px=6.0, light=0.1, noise=noise, strayed=strayed, on_steps=on_steps)
    assert seen.of_a_copy is copy


def test_traces_alone_make_no_double_where_more_is_left_than_saving_explains() -> None:
    assert Traces(skew_px=0.1, light=0.4, noise=0.9, strayed=1.0).of_a_copy
    assert not Traces(skew_px=0.1, light=0.4, noise=0.9, strayed=1.1).of_a_copy
    assert not Traces(skew_px=0.1, light=0.4, noise=0.9, strayed=None).of_a_copy
    assert Traces(skew_px=9.0, light=0.4, noise=0.9, strayed=0.5).of_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.5, strayed=0.8).of_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.9, strayed=1.0).of_a_copy
    assert Traces(skew_px=9.0, light=0.4, noise=0.45, strayed=0.69).of_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.86, strayed=0.75).of_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.35, strayed=0.69).of_a_copy
    # Neither frame nor specks are plain: only the old file's steps, or very little left, tell.
    assert Traces(skew_px=9.0, light=0.4, noise=0.4, strayed=0.6).of_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.4, strayed=0.8).of_a_copy
    assert Traces(skew_px=9.0, light=0.4, noise=0.4, strayed=0.8, on_steps=8.0).of_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.39, strayed=0.8, on_steps=5.0).of_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.4, strayed=1.1, on_steps=50.0).of_a_copy
    assert not Traces(skew_px=9.0, light=0.4, noise=0.1, strayed=0.8, on_steps=50.0).of_a_copy
