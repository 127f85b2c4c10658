"""Copies that were turned, slanted or saved as WebP are foretold as their programs made them."""

import io
import subprocess
import sys

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from server.media.pictures import webp_between
from server.media.pictures.aslant import shades_aslant
from server.media.pictures.images import rendition
from server.media.pictures.overlay import Traces
from server.media.pictures.resampled import PLAINEST, SHARP, weighed_at
from server.media.pictures.resaved import Pair, _as_shown, _aslant, explained, unexplained
from server.media.pictures.stored import shares, stored
from server.media.pictures.webp_between import by_way_of_webp
from tests.media.scenes import saved

Colours = npt.NDArray[np.uint8]
SIZE = 640, 480


def _taken(seed: int, quality: int, way: npt.NDArray[np.float64] | None = None) -> bytes:
    """A sign on a wall by a sensor with specks of half a shade, which the telephone smooths."""
    width, height = SIZE
    dice = np.random.default_rng(1)
    rough = cv2.GaussianBlur(dice.normal(0, 70, (height, width, 3)).astype(np.float32), (0, 0), 4)
    wall: npt.NDArray[np.float32] = (rough + np.linspace(110, 170, width)[None, :, None]).astype(
        np.float32
    )
    for left in range(40, width - 80, 90):
        wall[height // 3 : height // 2, left : left + 50] -= 40
    wall = np.asarray(
        cv2.GaussianBlur(wall + dice.normal(0, 2, wall.shape), (0, 0), 0.7), np.float32
    )
    if way is not None:
        wall[:] = cv2.warpPerspective(
            wall, way, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        )  # fmt: skip
    specks = np.random.default_rng(seed).normal(0, 0.6, wall.shape)
    smooth = cv2.GaussianBlur((wall + specks).astype(np.float32), (0, 0), 0.8)
    return saved(Image.fromarray(smooth.clip(0, 255).round().astype(np.uint8)), quality=quality)


def _colours(photo: bytes) -> Colours:
    return np.asarray(Image.open(io.BytesIO(photo)).convert("RGB"))


def _smaller(photo: bytes) -> bytes:
    return saved(Image.open(io.BytesIO(photo)).crop((0, 0, 256, 192)), quality=90)


def _slant(px: float) -> npt.NDArray[np.float64]:
    """From a picture's pixels to those of the one that it is a slanted copy of."""
    width, height = SIZE
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + np.array([(px, px / 2), (-px, px), (-px / 3, -px), (px / 2, -px / 2)])
    return np.asarray(cv2.getPerspectiveTransform(corners, moved.astype(np.float32)), np.float64)


def _in_shares(way: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    unit = shares(*SIZE)
    return np.asarray(unit @ way @ np.linalg.inv(unit), np.float64)


@pytest.mark.parametrize(("kernel", "quality"), [(cv2.INTER_LINEAR, 75), (cv2.INTER_CUBIC, 92)])
def test_a_slanted_copy_is_foretold_and_an_honest_photo_held_so_is_not(
    kernel: int, quality: int
) -> None:
    """Also where the way is only known to half a pixel: the pictures tell the rest."""
    photo, way = _taken(1, 92), _slant(9)
    slanted = cv2.warpPerspective(
        _colours(photo), way, SIZE, flags=kernel | cv2.WARP_INVERSE_MAP
    )  # fmt: skip
    copy = saved(Image.fromarray(np.asarray(slanted, np.uint8)), quality=quality)
    first, roughly = stored(photo), _in_shares(_slant(9.3))
    (found,) = _aslant(Pair.of(first, stored(copy), roughly))
    assert found <= 0.6
    honest = _taken(2, quality, way)
    assert min(_aslant(Pair.of(first, stored(honest), roughly))) > 1
    strayed = explained(photo, honest, roughly).strayed
    assert strayed is not None
    assert strayed > 1


def test_a_turned_copy_is_foretold_whatever_kernel_turned_it() -> None:
    """Pillow turns by a kernel that bends by one, OpenCV by three quarters."""
    photo = _taken(1, 90)
    shades = _colours(photo)[..., 1].astype(np.float32)
    turned = Image.fromarray(shades).rotate(2, Image.Resampling.BICUBIC)
    turn = np.radians(2)
    y, x = np.mgrid[100:200, 100:200] + 0.5
    middle = np.array(SIZE) / 2
    there = np.stack(
        [
            np.cos(turn) * (x - middle[0]) - np.sin(turn) * (y - middle[1]) + middle[0] - 0.5,
            np.sin(turn) * (x - middle[0]) + np.cos(turn) * (y - middle[1]) + middle[1] - 0.5,
        ],
        axis=-1,
    )
    away = weighed_at(shades, there, SHARP) - np.asarray(turned)[100:200, 100:200]
    plain = weighed_at(shades, there, PLAINEST) - np.asarray(turned)[100:200, 100:200]
    assert np.abs(away).mean() < 0.2 * np.abs(plain).mean()


@pytest.mark.parametrize("kernel", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC])
def test_what_pillow_turns_is_foretold_without_what_is_beyond_whole_shades(
    kernel: Image.Resampling,
) -> None:
    """It leaves that off, which moves a smooth wall nearly as much as a new photo would."""
    middle = (SIZE[0] / 2 - 0.5, SIZE[1] / 2 - 0.5)
    turn = np.vstack([cv2.getRotationMatrix2D(middle, 2, 1), [0, 0, 1]])
    way = np.asarray(np.linalg.inv(turn), np.float64)

    def smooth(photo: bytes) -> Image.Image:
        return Image.fromarray(np.asarray(cv2.GaussianBlur(_colours(photo), (0, 0), 2), np.uint8))

    photo = saved(smooth(_taken(1, 97)), quality=90)
    copy = saved(Image.open(io.BytesIO(photo)).rotate(2, kernel), quality=85)
    honest = saved(smooth(_taken(2, 97, way)), quality=85)

    def left(later: bytes, enough: float) -> float:
        shades = shades_aslant(stored(photo), stored(later), way, enough)
        return 9.0 if shades is None else shades

    assert left(copy, 0.27) <= 0.21
    assert left(copy, 1.0) >= 0.28
    assert left(honest, 0.27) == left(honest, 1.0) > 0.5


@pytest.mark.parametrize("method", [4, 6])
def test_webp_shows_its_quality_and_method_to_the_last_shade(method: int) -> None:
    """What another method makes of the same quality lies as far away as any other saving."""
    photo = _smaller(_taken(1, 90))
    out = io.BytesIO()
    Image.fromarray(_colours(photo)).save(out, "WEBP", quality=74, method=method)
    between = _colours(out.getvalue())
    for later in (out.getvalue(), saved(Image.fromarray(between), quality=85)):
        (made,) = by_way_of_webp(stored(photo), stored(later))
        assert np.array_equal(made.colours, between)
    smooth = io.BytesIO()
    Image.fromarray(_colours(_smaller(_taken(2, 90)))).save(
        smooth, "WEBP", quality=74, method=method
    )
    assert not list(by_way_of_webp(stored(photo), stored(smooth.getvalue())))


def test_no_whole_picture_is_saved_twice_on_the_way_to_the_right_quality(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each costs 0.1 seconds, and the middle alone is only looked at where the first tries fail."""
    photo, between, saves = _taken(1, 90), io.BytesIO(), []
    Image.fromarray(_colours(photo)).save(between, "WEBP", quality=74)
    saving = webp_between._saved

    def noted(picture: Image.Image, quality: int, method: int) -> Colours:
        saves.append((picture.size, quality, method))
        return saving(picture, quality, method)

    monkeypatch.setattr(webp_between, "_saved", noted)
    assert len(list(by_way_of_webp(stored(photo), stored(between.getvalue())))) == 1
    assert {size for size, _, _ in saves} == {SIZE}
    assert len(saves) == len(set(saves)) <= 12


def test_a_copy_by_way_of_webp_is_found_whichever_of_the_two_is_named_first() -> None:
    photo, between = _taken(1, 90), io.BytesIO()
    Image.fromarray(_colours(photo)).save(between, "WEBP", quality=74)
    later = saved(Image.open(between), quality=85)

    def strayed(one: bytes, other: bytes, *, in_order: bool) -> float:
        found = explained(one, other, np.eye(3), uncut=True, in_order=in_order).strayed
        return 9.0 if found is None else found

    assert strayed(photo, later, in_order=False) <= 1
    assert strayed(photo, later, in_order=True) > 1


def test_what_this_house_shows_is_foretold_also_when_chat_shrank_it_again() -> None:
    photo = _taken(1, 90)
    shown = Image.open(io.BytesIO(rendition(photo, stamp=("东庄村快递便民服务点",))))
    sent = saved(shown.resize((480, 360), Image.Resampling.LANCZOS), quality=75)
    larger, smaller = stored(photo), stored(sent)
    seen, unseen = (
        _as_shown(photo, Pair.of(larger, smaller, np.eye(3))),
        unexplained(larger, smaller, np.eye(3)),
    )
    assert seen.strayed is not None
    assert unseen.strayed is not None
    assert seen.strayed <= 0.9 < unseen.strayed
    assert _as_shown(sent, Pair.of(smaller, larger, np.eye(3))).strayed is None


def test_a_level_frame_without_specks_is_looked_at_and_a_nudged_one_is_not() -> None:
    """WebP and coarse files leave quiet walls none."""
    assert Traces(skew_px=0.4, light=0.4, noise=0.02).worth_foretelling
    assert not Traces(skew_px=1.2, light=0.4, noise=0.02).worth_foretelling
    assert not Traces(skew_px=0.4, light=9.0, noise=0.02).worth_foretelling
    assert not Traces(skew_px=0.4, light=0.4, noise=0.02, strayed=0.9).of_a_copy


def test_only_one_resized_picture_is_held_at_a_time() -> None:
    """Nine of them were 255 MB for a moment."""
    code = (
        "import io, resource, numpy as np\n"
        "from PIL import Image\n"
        "from server.media.pictures.stored import stored\n"
        "from server.media.pictures.resized_between import resized\n"
        "def photo(size):\n"
        "    out = io.BytesIO()\n"
        "    Image.new('RGB', size, (90, 120, 130)).save(out, 'JPEG')\n"
        "    return stored(out.getvalue())\n"
        "one, other = photo((2000, 1500)), photo((1600, 1200))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(sum(1 for _ in resized(one, other)))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ways, more = map(int, told.stdout.split())
    assert ways == 9
    assert more < 60_000
