"""A copy made by any usual program is foretold from the first file; a quiet sensor's photo is not."""

import io
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFilter

from server.media.pictures.jpeg_between import by_way_of_jpeg
from server.media.pictures.resaved import explained, unexplained
from server.media.pictures.soft_between import by_way_of_blur
from server.media.pictures.stored import stored
from tests.media.scenes import saved

Shades = npt.NDArray[np.float32]
Change = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]


def _wall(seed: int, size: tuple[int, int] = (640, 480)) -> Shades:
    """A wall with a sign's hard edges and a fine grain of its own, before any file."""
    rng = np.random.default_rng(seed)
    width, height = size
    wall = cv2.GaussianBlur(rng.normal(0, 60, (height, width, 3)).astype(np.float32), (0, 0), 5)
    wall += np.linspace(110, 170, width, dtype=np.float32)[None, :, None]
    for left in range(40, width - 80, 90):
        wall[height // 3 : height // 2, left : left + 50] -= 40
    return np.asarray(
        cv2.GaussianBlur(wall + rng.normal(0, 2, wall.shape), (0, 0), 0.7), np.float32
    )


def _taken(scene: Shades, seed: int, quality: int, noise: float = 0.6) -> bytes:
    """A photo by a quiet sensor, whose specks the telephone then smooths."""
    specks = np.random.default_rng(seed).normal(0, noise, scene.shape)
    smooth = cv2.GaussianBlur((scene + specks).astype(np.float32), (0, 0), 0.8)
    return saved(Image.fromarray(smooth.clip(0, 255).round().astype(np.uint8)), quality=quality)


def _colours(photo: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(photo)).convert("RGB"))


def _by(kernel: int, share: float) -> Change:
    def resized(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        size = (round(share * colours.shape[1]), round(share * colours.shape[0]))
        return np.asarray(cv2.resize(colours, size, interpolation=kernel), np.uint8)

    return resized


def _strayed(one: bytes, other: bytes, *, uncut: bool = True) -> float:
    found = explained(one, other, np.eye(3), uncut=uncut).strayed
    assert found is not None
    return found


@pytest.mark.parametrize("share", [0.9, 0.75, 0.55])
@pytest.mark.parametrize("quality", [85, 93])
def test_a_quiet_sensor_makes_no_copy_however_much_one_photo_was_shrunk(
    share: float, quality: int
) -> None:
    """0.2 shades of specks are left to tell by, once the telephone has smoothed them."""
    scene = _wall(1)
    one, other = (_taken(scene, seed, 95) for seed in (1, 2))
    shrink = _by(cv2.INTER_AREA, share)
    assert _strayed(one, saved(Image.fromarray(shrink(_colours(other))), quality=quality)) > 1
    copy = saved(Image.fromarray(shrink(_colours(one))), quality=quality)
    assert _strayed(one, copy) <= 0.85


@pytest.mark.parametrize("quality", [60, 70, 80])
def test_nor_does_it_where_files_are_coarse_and_both_of_one_size(quality: int) -> None:
    scene = _wall(2)
    assert _strayed(_taken(scene, 1, 90), _taken(scene, 2, quality)) > 1


@pytest.mark.parametrize("quality", [40, 50, 60])
def test_a_plain_board_saved_coarsely_says_nothing_of_who_took_it(quality: int) -> None:
    """Its squares keep their light and nothing else, and a quiet sensor does not change that."""
    board = np.full((480, 960, 3), (30, 90, 60), np.uint8)
    for left in range(96, 760, 240):
        board[120:440, left + 3 : left + 117] = 255
    soft = cv2.GaussianBlur(board.astype(np.float32), (0, 0), 0.7)
    moved = cv2.warpAffine(
        soft, np.array([[1, 0, 0.2], [0, 1, 0.2]], np.float32), (960, 480),
        flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    one, other = (
        _taken(np.asarray(scene, np.float32), seed, quality, 0.4)
        for seed, scene in ((1, soft), (2, moved))
    )
    strayed = explained(one, other, np.eye(3), uncut=True).strayed
    assert strayed is None or strayed > 1
    photo = _taken(_wall(1), 1, quality)
    assert _strayed(photo, saved(Image.fromarray(_colours(photo)), quality=quality)) <= 0.5


@pytest.mark.parametrize("wall", [1, 3])
def test_what_was_saved_between_comes_out_to_the_last_shade_and_no_mixture_helps_it(
    wall: int,
) -> None:
    """Half of a later file's steps look like a saving in between: all lies inside or on an edge."""
    scene = _wall(wall)
    photo, honest = _taken(scene, 1, 85), _taken(scene, 2, 50)
    between = saved(Image.fromarray(_colours(photo)), quality=76)
    made = replace(stored(photo), colours=_colours(between))
    copy = stored(saved(Image.fromarray(_colours(between)), quality=50))

    assert (unexplained(made, copy, np.eye(3), made=True).strayed or 9.0) <= 0.5
    assert (unexplained(made, stored(honest), np.eye(3), made=True).strayed or 9.0) > 1.8


@pytest.mark.parametrize(
    "change",
    [
        _by(cv2.INTER_LINEAR, 0.62), _by(cv2.INTER_CUBIC, 0.7), _by(cv2.INTER_LANCZOS4, 0.8),
        _by(cv2.INTER_AREA, 0.57), _by(cv2.INTER_CUBIC, 1.3), _by(cv2.INTER_LINEAR, 1.3),
    ],
    ids=["linear", "cubic", "lanczos", "area", "larger-cubic", "larger-linear"],
)  # fmt: skip
@pytest.mark.parametrize("quality", [78, 96])
def test_a_copy_is_foretold_whatever_program_resized_it(change: Change, quality: int) -> None:
    photo = _taken(_wall(3), 1, 85, 2.0)
    copy = saved(Image.fromarray(change(_colours(photo))), quality=quality)
    assert _strayed(photo, copy, uncut=False) <= 1


def _in_sixteenths(wide: int, tall: int) -> Change:
    """As Skia does it, the library of browsers and telephones: between pixels by sixteenths."""

    def lines(side: int, wanted: int) -> npt.NDArray[np.float64]:
        there = (np.arange(wanted) + 0.5) * side / wanted - 0.5
        first = np.floor(there)
        share = np.floor((there - first) * 16) / 16
        weights = np.zeros((wanted, side))
        for beside, part in ((0, 1 - share), (1, share)):
            columns = np.clip(first + beside, 0, side - 1).astype(int)
            np.add.at(weights, (np.arange(wanted), columns), part)
        return weights

    def resized(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        rows, columns = lines(colours.shape[0], tall), lines(colours.shape[1], wide)
        found = np.einsum("yr,rck,xc->yxk", rows, colours.astype(float), columns, optimize=True)
        return np.asarray(np.rint(found), np.uint8)

    return resized


def _halved_first(wide: int, tall: int) -> Change:
    half = _by(cv2.INTER_AREA, 0.5)
    return lambda colours: _in_sixteenths(wide, tall)(half(colours))


@pytest.mark.parametrize(
    "change",
    [
        _in_sixteenths(520, 390), _in_sixteenths(832, 624), _halved_first(290, 217),
        _by(cv2.INTER_AREA, 1.3),
    ],
    ids=["browser", "browser-larger", "browser-half", "area-larger"],
)  # fmt: skip
def test_a_copy_is_foretold_that_a_browser_or_a_telephone_resized(change: Change) -> None:
    photo = _taken(_wall(3), 1, 85, 4.0)
    copy = saved(Image.fromarray(change(_colours(photo))), quality=92)
    assert _strayed(photo, copy, uncut=False) <= 0.85


def _by_a_table(colours: npt.NDArray[np.uint8], least: int) -> bytes:
    """Saved by steps that no usual program has."""
    steps = [least + row + 2 * column for row in range(8) for column in range(8)]
    out = io.BytesIO()
    Image.fromarray(colours).save(out, "JPEG", qtables=[steps, steps])
    return out.getvalue()


@pytest.mark.parametrize("least", [6, 8])
@pytest.mark.parametrize("share", [1.0, 0.8])
def test_what_was_saved_twice_is_foretold_whatever_the_table_between(
    least: int, share: float
) -> None:
    """The steps between show themselves; the noise of a new photo came before both savings."""
    scene = _wall(5, (960, 720))
    scene = 0.5 * scene.mean(axis=2, keepdims=True) + 0.1 * scene + 45  # nothing is cut off
    scene += np.random.default_rng(3).normal(0, 6, (720, 960, 1)).astype(np.float32)
    photo, anew = (_taken(scene, seed, 90, 1.0) for seed in (1, 2))
    change = _by(cv2.INTER_LINEAR, share)
    copy, other = (
        saved(Image.fromarray(_colours(_by_a_table(change(_colours(each)), least))), quality=74)
        for each in (photo, anew)
    )
    assert _strayed(photo, copy, uncut=False) <= 0.85
    assert _strayed(photo, other, uncut=False) > 1.15


@pytest.mark.parametrize("beside", [0.3, 0.5])
def test_what_lies_a_part_of_a_pixel_beside_was_taken_anew_also_when_shrunk(beside: float) -> None:
    scene = _wall(4)
    moved = cv2.warpAffine(
        scene, np.array([[1, 0, beside], [0, 1, beside]], np.float32), (640, 480),
        flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    one, other = (
        stored(_taken(scene, 1, 95, 0.2)),
        _taken(np.asarray(moved, np.float32), 2, 95, 0.2),
    )
    half = stored(saved(Image.fromarray(_by(cv2.INTER_AREA, 0.5)(_colours(other))), quality=90))
    way = np.eye(3)
    way[:2, 2] = -beside / 640, -beside / 480
    strayed = unexplained(one, half, way).strayed
    assert strayed is None or strayed > 1


@pytest.mark.parametrize("beside", [(0.16, 0.26), (0.0, -0.4)])
def test_nor_does_a_smooth_wall_hide_that_its_pixels_do_not_lie_on_the_others(
    beside: tuple[float, float],
) -> None:
    """Also of one size, where the way found is near to none: pixels are held against pixels."""
    smooth = cv2.GaussianBlur(_wall(4) - 128, (0, 0), 3) * 0.5 + 170
    moved = cv2.warpAffine(
        smooth, np.array([[1, 0, beside[0]], [0, 1, beside[1]]], np.float32), (640, 480),
        flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    one = stored(_taken(np.asarray(smooth, np.float32), 1, 97, 0.3))
    other = stored(_taken(np.asarray(moved, np.float32), 2, 97, 0.3))
    assert (unexplained(one, other, np.eye(3)).strayed or 9.0) > 1
    copy = stored(saved(Image.fromarray(one.colours), quality=60))
    assert (unexplained(one, copy, np.eye(3)).strayed or 9.0) <= 1


@pytest.mark.parametrize("radius", [0.6, 0.97])
def test_a_slightly_blurred_copy_is_foretold_by_blurring(radius: float) -> None:
    """The library rounds six times on its way; no mixture of pixels foretells that."""
    photo = _taken(_wall(5), 1, 85, 2.0)
    soft = Image.fromarray(_colours(photo)).filter(ImageFilter.GaussianBlur(radius))
    assert _strayed(photo, saved(soft, quality=92)) <= 1


def test_what_no_blur_brings_nearer_is_not_looked_at_as_blurred() -> None:
    photo = _taken(_wall(5), 1, 85, 2.0)
    again, honest = saved(Image.fromarray(_colours(photo)), quality=80), _taken(_wall(5), 2, 80)
    assert by_way_of_blur(stored(photo), stored(again)) is None
    assert by_way_of_blur(stored(photo), stored(honest)) is None


def test_a_finer_saving_before_a_coarse_one_shows_its_quality_also_under_a_stamp() -> None:
    """How much two pictures differ is how coarsely the last one was saved: steps tell them apart."""
    photo = _taken(_wall(6), 1, 85, 2.0)
    between = Image.open(io.BytesIO(saved(Image.fromarray(_colours(photo)), quality=90)))
    ImageDraw.Draw(between).rectangle((0, 430, 640, 480), fill=(10, 10, 10))
    stamped = saved(between, quality=80)
    assert _strayed(photo, stamped) <= 1
    scene = _wall(6)
    assert _strayed(photo, _taken(scene, 3, 80, 2.0)) > 1


def test_a_copy_of_little_drawing_is_judged_by_what_was_foretold_alone() -> None:
    """Numbers just rounded up, without those just rounded down, would make it seem to stray."""
    faint = (_wall(7) - 128) * 0.12 + 150
    photo = _taken(np.asarray(faint, np.float32), 1, 92, 1.0)
    copy = saved(Image.fromarray(_by(cv2.INTER_AREA, 0.84)(_colours(photo))), quality=75)
    assert _strayed(photo, copy) <= 1


def test_a_burnt_out_middle_tells_no_saving_in_between() -> None:
    scene = _wall(7)
    scene[80:400, 100:540] = 400
    one, other = (stored(_taken(scene, seed, quality)) for seed, quality in ((1, 92), (2, 80)))

    assert list(by_way_of_jpeg(one, other)) == []


def test_a_file_may_call_its_steps_by_any_number_and_have_one_of_nought() -> None:
    grey = io.BytesIO()
    Image.fromarray(_colours(_taken(_wall(7), 1, 90))).convert("L").save(grey, "JPEG", quality=80)
    plain = grey.getvalue()
    table, frame = plain.index(b"\xff\xdb"), plain.index(b"\xff\xc0")
    made = bytearray(plain)
    made[table + 4] = made[frame + 12] = 1  # the table's number, and whose steps are meant
    made[table + 5 + 60] = 0

    assert Image.open(io.BytesIO(made)).convert("L").size == (640, 480)
    steps, usual = stored(bytes(made)).steps, stored(plain).steps
    assert steps.min() == 1
    assert (steps != usual).sum() == 1


@pytest.mark.parametrize("size", [(1, 1), (900, 1), (31, 31), (400, 40)])
def test_pictures_too_narrow_to_tell_anything_tell_nothing(size: tuple[int, int]) -> None:
    wall = Image.fromarray(_colours(_taken(_wall(7), 1, 90))).resize(size)

    found = explained(saved(wall, quality=90), saved(wall, quality=70), np.eye(3), uncut=True)
    assert found.strayed is None
