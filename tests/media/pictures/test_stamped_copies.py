"""The house's own stamped picture, handed in again, is found: the everyday cheat."""

import io
import random
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageEnhance

from server.media.pictures.images import rendition
from server.media.pictures.jpeg_between import by_way_of_jpeg, middle
from server.media.pictures.kept import outside
from server.media.pictures.lookalike import compare
from server.media.pictures.resaved import explained
from server.media.pictures.stored import stored
from server.media.pictures.tiles import (
    kept_at,
    luma,
    relit,
    relit_alone,
    sampled,
    tile_places,
    unburnt,
    whole_luma,
)
from tests.media.scenes import saved
from tools.boards import our_faces
from tools.changed_photos import changed
from tools.sign_photos import sign_photo

STAMP = ("东庄村快递便民服务点 C0007", "2026-07-11 08:05 误差12米")


@pytest.mark.parametrize("how", ["stamped", "stamped, then q50"])
@pytest.mark.parametrize("number", [1, 2, 24])
def test_what_a_keeper_does_to_a_picture_of_this_house_hides_nothing(how: str, number: int) -> None:
    photo = sign_photo(number, 61130000, fonts=our_faces()).content
    compared = compare(changed(photo, how, random.Random(number)), photo)
    assert compared.resemblance.is_double, compared


@pytest.mark.parametrize("before", [None, 90, 75])
@pytest.mark.parametrize("after", [None, 75, 50])
def test_a_stamped_picture_is_foretold_whatever_was_saved_before_and_after(
    before: int | None, after: int | None
) -> None:
    photo = _plain()
    between = photo if before is None else saved(_opened(photo), quality=before)
    shown = rendition(between, stamp=STAMP)
    handed_in = shown if after is None else saved(_opened(shown), quality=after)
    strayed = explained(photo, handed_in, np.eye(3), uncut=True).strayed
    assert strayed is not None
    assert strayed <= 1


def test_a_quality_shows_itself_beside_what_was_cut_off_at_white_and_on_plain_walls() -> None:
    """Both lie outside of what the file keeps, by what the reader of the file made of them."""
    photo = _plain()
    first = stored(photo)
    between = saved(_opened(photo), quality=90)
    second = stored(saved(_opened(between), quality=82))
    away = outside(second, middle(*second.size))
    left, top, right, below = middle(*second.size)
    part = stored(between).colours[top:below, left:right]
    assert away(part) <= 0.03
    made = [each.colours for each in by_way_of_jpeg(first, second)]
    assert any(np.array_equal(each, stored(between).colours) for each in made)


@pytest.mark.parametrize(
    ("how", "number"), [("darker", 4), ("by way of WebP", 5), ("sent twice through chat", 10)]
)
def test_photos_of_little_grain_are_found_whatever_was_done(how: str, number: int) -> None:
    """There a part of a shade is much, and the numbers that tell are few."""
    photo = sign_photo(number, 61130000, fonts=our_faces()).content
    compared = compare(changed(photo, how, random.Random(number)), photo)
    assert compared.resemblance.is_double, compared


def test_shades_are_told_as_they_lie_in_the_file_also_on_plain_walls() -> None:
    """From colours that were made whole they come out beside it, all over a wall of one colour."""
    dice = np.random.default_rng(6)
    wall = np.repeat(np.repeat(dice.integers(40, 215, (24, 32, 3)), 32, 0), 32, 1)
    photo = saved(_whole(wall.astype(np.float64)), quality=82)
    file = Image.open(io.BytesIO(photo))
    file.draft("L", file.size)
    assert file.mode == "L"
    colours = stored(photo).colours
    there = unburnt(colours[:, :, None, None, :])
    assert there.mean() > 0.8
    assert (whole_luma(colours) == np.asarray(file))[there].mean() > 0.99
    assert np.abs(luma(colours) - np.asarray(file))[there].max() > 0.3


def test_a_dark_strip_below_bends_no_rule_of_light() -> None:
    photo = stored(_plain())
    stamped = stored(rendition(_plain(), stamp=("站点",) * 9))
    places = tile_places(stamped.size, photo.colours, np.eye(3), 220)
    kept = kept_at(stamped, places)
    laid = sampled(photo.colours, np.eye(3), places)
    ours, telling = relit(laid, kept, luma(kept))
    assert telling.mean() > 0.2
    assert np.array_equal(ours, luma(laid))


@pytest.mark.parametrize("change", [ImageEnhance.Brightness, ImageEnhance.Contrast])
def test_each_colour_made_darker_alone_is_foretold_to_the_whole_shade(
    change: Callable[[Image.Image], ImageEnhance._Enhance],
) -> None:
    """A plain wall's pixels are all cut off alike: whole squares stray by half a shade."""
    dice = np.random.default_rng(4)
    before = np.repeat(np.repeat(dice.integers(60, 190, (64, 64, 3)), 8, 0), 8, 1)
    after = np.asarray(change(_whole(before.astype(np.float64))).enhance(0.65))
    laid, kept = (each.reshape(-1, 32, 32, 3) for each in (before.astype(np.float32), after))
    shades = relit_alone(laid, kept, np.ones((len(laid), 16), bool))
    assert (shades == whole_luma(kept)).mean() > 0.97


def _plain() -> bytes:
    """Plain coloured boards on a wall of little grain, some as bright and blue as can be."""
    dice = np.random.default_rng(11)
    wall = np.empty((960, 1280, 3), np.float32)
    wall[:] = (150, 140, 121)
    wall += np.linspace(-25, 25, 1280, dtype=np.float32)[None, :, None]
    wall += np.linspace(-9, 9, 960, dtype=np.float32)[:, None, None]
    for _ in range(70):
        x, y, wide, tall = dice.integers((0, 0, 40, 30), (1200, 900, 260, 160))
        wall[y : y + tall, x : x + wide] = dice.integers(30, 200, 3)
    wall[400:560, 560:800] = (20, 90, 255)
    return saved(_whole(wall + dice.normal(0, 0.5, wall.shape)), quality=85)


def _whole(shades: npt.NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(shades.clip(0, 255).round().astype(np.uint8))


def _opened(photo: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo)).convert("RGB")
