"""Photos sent twice, changed photos, and honest photos of the same place on another day."""

import io
import itertools
import json
import random
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import ExifTags, Image

from server.__main__ import main
from server.errors import Invalid
from server.media.pictures import webp_between
from server.media.pictures.edges import inside_bars
from server.media.pictures.jpeg_between import by_way_of_jpeg
from server.media.pictures.lookalike import Resemblance, compare
from server.media.pictures.print_search import PrintShelf
from server.media.pictures.prints import (
    DRAWN_OUT_NEAR,
    NEAR,
    PRINTS,
    print_distance,
    prints_of,
    unpacked,
)
from server.media.pictures.resaved import _foretold, unexplained
from server.media.pictures.stored import shares, stored
from server.media.pictures.tiles import file_ways
from server.media.pictures.webp_between import MOST_SAVED, Colours, by_way_of_webp
from tests.media.scenes import saved
from tools.boards import our_faces
from tools.changed_photos import CHANGES, changed, taken_anew
from tools.other_days import SAME_LIGHT, from_a_tripod, two_days
from tools.sign_photos import sign_photos


@pytest.fixture(scope="module")
def photos() -> Sequence[bytes]:
    return [photo.content for photo in sign_photos(6, seed=77, fonts=our_faces())]


def test_the_same_bytes_are_identical(photos: Sequence[bytes]) -> None:
    assert compare(photos[0], photos[0]).resemblance is Resemblance.IDENTICAL


@pytest.mark.parametrize("how", CHANGES)
def test_a_changed_copy_is_found_and_called_the_same(photos: Sequence[bytes], how: str) -> None:
    photo = photos[1]
    copy = changed(photo, how, random.Random(how))
    assert print_distance(prints_of(copy), prints_of(photo))[0] <= NEAR
    compared = compare(copy, photo)
    assert compared.resemblance is Resemblance.SAME, compared
    assert compared.mirrored == ("mirrored" in how)


def test_a_copy_that_was_cut_anywhere_is_asked_for_with_its_edges_drawn_out(
    photos: Sequence[bytes],
) -> None:
    shelf = PrintShelf()
    for photo in photos:
        shelf.add(prints_of(photo).straight)
    dice = random.Random(15)
    for number, photo in enumerate(photos):
        for _ in range(3):
            asked = prints_of(changed(photo, "cropped by 15 %", dice))
            assert print_distance(asked, prints_of(photo))[0] <= DRAWN_OUT_NEAR
            assert shelf.near(asked, within=NEAR)[number][0] <= DRAWN_OUT_NEAR


def test_the_same_place_on_another_day_is_no_double(photos: Sequence[bytes]) -> None:
    dice = random.Random(9)
    compared = [compare(photo, taken_anew(photo, dice)).resemblance for photo in photos[:3]]
    assert not any(found.is_double for found in compared)
    assert Resemblance.SAME_PLACE in compared


@pytest.mark.parametrize(
    "hand",
    [
        "by hand",
        f"by hand{SAME_LIGHT}",
        "from a mark on the ground",
        "from a holder",
        f"from a holder{SAME_LIGHT}",
    ],
)
def test_two_honest_photos_of_a_sign_are_no_double(hand: str) -> None:
    dice = random.Random(hand)
    pairs = [two_days(dice, hand, our_faces()) for _ in range(2)]
    assert not any(compare(*pair).resemblance.is_double for pair in pairs)


@pytest.mark.parametrize("noise", [1.0, 2.5])
def test_a_tripod_in_unchanged_light_makes_no_double(noise: float) -> None:
    pair = from_a_tripod(random.Random(noise), noise, our_faces())
    compared = compare(*(saved(_part(photo)) for photo in pair))
    assert compared.resemblance is Resemblance.SAME_PLACE, compared


def test_nor_does_one_in_the_very_same_light() -> None:
    """The only honest pair for which a way by WebP is looked for."""
    pair = from_a_tripod(random.Random(8), 1.0, our_faces(), relit=False)
    compared = compare(*(saved(_part(photo)) for photo in pair))
    assert compared.resemblance is Resemblance.SAME_PLACE, compared


def test_a_way_by_webp_is_looked_for_only_where_it_may_be_and_only_so_often(
    photos: Sequence[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (
        saved(_small(content)) for content in from_a_tripod(random.Random(7), 1.0, relit=False)
    )
    brighter = saved(_small(first).point(lambda shade: min(255, round(shade * 1.05))))
    copy = changed(photos[1], "by way of WebP", random.Random(1))
    qualities: list[int] = []

    def counted(picture: Image.Image, quality: int, method: int) -> Colours:
        qualities.append(quality)
        return save(picture, quality, method)

    save = webp_between._saved
    monkeypatch.setattr(webp_between, "_saved", counted)

    assert not list(by_way_of_webp(stored(first), stored(brighter)))
    assert compare(copy, photos[1], closely=False).resemblance is Resemblance.SAME_PLACE
    assert qualities == []
    assert not list(by_way_of_webp(stored(first), stored(second)))
    assert 0 < len(qualities) <= MOST_SAVED + len(webp_between._ROUGHLY)
    qualities.clear()
    assert list(by_way_of_webp(stored(photos[1]), stored(copy)))
    assert 0 < len(qualities) <= MOST_SAVED + len(webp_between._ROUGHLY)


@pytest.fixture(scope="module")
def rough() -> npt.NDArray[np.float32]:
    """A wall of 480 by 360 pixels, lit from one side, with drawing and grain, before any file."""
    rng = np.random.default_rng(3)
    wall = cv2.GaussianBlur(rng.normal(0, 90, (360, 480, 3)).astype(np.float32), (0, 0), 4)
    slope = np.linspace(90, 160, 480, dtype=np.float32)[None, :, None]
    return np.asarray(wall + slope + rng.normal(0, 2, wall.shape), np.float32)


def _taken(scene: npt.NDArray[np.float32], seed: int, quality: int, noise: float = 1.0) -> bytes:
    """A photo of a scene with specks of its own, of one shade."""
    specks = np.random.default_rng(seed).normal(0, noise, scene.shape)
    return saved(Image.fromarray((scene + specks).clip(0, 255).astype(np.uint8)), quality=quality)


@pytest.mark.parametrize("kernel", [Image.Resampling.LANCZOS, Image.Resampling.BILINEAR])
def test_a_copy_sent_twice_through_chat_is_foretold_by_saving_it_in_between(
    rough: npt.NDArray[np.float32], kernel: Image.Resampling
) -> None:
    first = _taken(rough, 1, 85)
    sent = saved(Image.open(io.BytesIO(first)).resize((360, 270), kernel), quality=70)
    copy = stored(saved(Image.open(io.BytesIO(sent)), quality=65))
    strays = [
        unexplained(made, copy, np.eye(3)).strayed or 9.0
        for made in by_way_of_jpeg(stored(first), copy)
    ]
    assert min(strays) <= 0.6


def test_another_photo_from_a_holder_was_not_saved_in_between(
    rough: npt.NDArray[np.float32],
) -> None:
    first = stored(_taken(rough, 1, 85))
    for quality in (70, 85):
        second = _taken(rough, 2, quality)
        assert not list(by_way_of_jpeg(first, stored(second)))
        shrunk = saved(Image.open(io.BytesIO(second)).resize((360, 270)), quality=70)
        assert not list(by_way_of_jpeg(first, stored(shrunk)))
    larger = saved(Image.open(io.BytesIO(_taken(rough, 1, 85))).resize((640, 480)), quality=70)
    assert not list(by_way_of_jpeg(first, stored(larger)))


@pytest.mark.parametrize("quality", [75, 80, 85, 90, 95])
def test_finely_saved_photos_from_one_holder_are_no_copies(
    rough: npt.NDArray[np.float32], quality: int
) -> None:
    """Quiet sensors and fine files leave little to differ in: a bar for coarse files lets it pass."""
    one, other = (stored(_taken(rough, seed, quality)) for seed in (1, 2))
    strayed = unexplained(one, other, np.eye(3)).strayed
    assert strayed is not None
    assert strayed > 1.1


@pytest.mark.parametrize("quality", [93, 95, 97])
def test_smoothed_photos_finely_saved_are_no_copies(
    rough: npt.NDArray[np.float32], quality: int
) -> None:
    """Telephones smooth specks down to half a shade; a fine file hides no saving to excuse them."""
    one, other = (_taken(rough, seed, quality, 0.5) for seed in (1, 2))
    strayed = unexplained(stored(one), stored(other), np.eye(3)).strayed
    assert strayed is not None
    assert strayed > 1.1
    copy = saved(Image.open(io.BytesIO(one)), quality=quality)
    assert (unexplained(stored(one), stored(copy), np.eye(3)).strayed or 9.0) <= 0.85


@pytest.mark.parametrize("quality", [75, 88])
def test_shrinking_another_photo_makes_no_copy_of_it(
    rough: npt.NDArray[np.float32], quality: int
) -> None:
    """It averages the specks by which the two differ, but leaves a copy as near as it was."""

    def halved(photo: bytes) -> bytes:
        shrunk = Image.open(io.BytesIO(photo)).resize((240, 180), Image.Resampling.LANCZOS)
        return saved(shrunk, quality=quality)

    one, other = (_taken(rough, seed, 90) for seed in (1, 2))
    strayed, copied = (
        unexplained(stored(one), stored(halved(each)), np.eye(3)).strayed for each in (other, one)
    )
    assert strayed is not None
    assert copied is not None
    assert copied <= 0.85
    assert strayed > 1


@pytest.mark.parametrize("part", [0.3, 0.5])
def test_who_moves_a_picture_by_a_part_of_a_pixel_took_it_anew(
    rough: npt.NDArray[np.float32], part: float
) -> None:
    """Mixing it anew would let pass what lies between: a quiet sensor in a holder nudged so far."""
    beside = cv2.warpAffine(
        rough, np.array([[1, 0, part], [0, 1, 0]], np.float32), (480, 360), flags=cv2.INTER_CUBIC
    )
    one, other = stored(_taken(rough, 1, 93, 0.6)), stored(_taken(beside, 2, 75, 0.6))
    way = np.eye(3)
    way[0, 2] = -part / 480
    strayed = unexplained(one, other, way).strayed
    assert strayed is None or strayed > 1


def _part(photo: bytes) -> Image.Image:
    """A quarter of it: whatever is done to each pixel takes a quarter of the time."""
    image = Image.open(io.BytesIO(photo)).convert("RGB")
    wide, tall = image.width // 2 // 16 * 16, image.height // 2 // 16 * 16
    left, top = (image.width - wide) // 32 * 16, (image.height - tall) // 32 * 16
    return image.crop((left, top, left + wide, top + tall))


def _small(photo: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(photo)).convert("RGB")
    return image.crop((320, 240, 640, 480))


def test_new_specks_on_an_old_photo_are_not_explained_by_saving_it_again(
    photos: Sequence[bytes],
) -> None:
    photo = saved(_part(photos[1]), quality=85)
    old = np.asarray(Image.open(io.BytesIO(photo)), np.float32)
    specks = np.random.default_rng(5).normal(0, 3, old.shape)
    new = saved(Image.fromarray((old + specks).clip(0, 255).astype(np.uint8)), quality=75)
    assert compare(new, photo).resemblance is Resemblance.SAME_PLACE
    again = saved(Image.fromarray(old.astype(np.uint8)), quality=75)
    assert compare(again, photo).resemblance is Resemblance.SAME


@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (2, Image.Transpose.FLIP_LEFT_RIGHT), (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM), (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90), (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)  # fmt: skip
def test_a_copy_that_lies_on_its_side_in_the_file_is_foretold_as_exactly(
    photos: Sequence[bytes], orientation: int, turn: Image.Transpose
) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    lying = Image.open(io.BytesIO(photos[1])).transpose(turn)
    copy = stored(saved(lying, quality=60, exif=exif))
    first, (width, height) = stored(photos[1]), stored(photos[1]).size
    assert copy.upright_size == (width, height)
    share = unexplained(first, copy, np.eye(3)).strayed
    assert share is not None
    assert share <= 0.5


def test_a_new_photo_lies_on_no_old_steps_and_a_copy_does() -> None:
    first, second = from_a_tripod(random.Random(31), 1.0, our_faces())
    old = saved(_cut(first), quality=75)  # its squares lie elsewhere than the second's
    for new, shift, honest in ((second, 4, True), (saved(_cut(old), quality=90), -4, False)):
        before, after = stored(old), stored(new)
        moved = np.array([[1.0, 0, shift], [0, 1, shift], [0, 0, 1]])
        way = shares(*after.size) @ moved @ np.linalg.inv(shares(*before.size))
        sure = _foretold(after, before, file_ways(after, before, way), None).on_steps
        assert sure is not None
        assert (sure < 2.5) if honest else (sure > 8)


def _cut(photo: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(photo))
    return image.crop((4, 4, image.width, image.height))


def test_plain_bars_round_a_picture_are_told_from_a_sky() -> None:
    dice = np.random.default_rng(3)
    grey = np.asarray(
        Image.fromarray(dice.integers(40, 200, (30, 40), np.uint8)).resize((400, 300)), np.uint8
    )
    shot = np.full((800, 400), 8, np.uint8)
    shot[250:550] = grey
    shot[12:40, 20:90] = 255  # the clock
    assert inside_bars(shot) == (0, 250, 400, 550)
    assert inside_bars(np.pad(grey, 9, constant_values=250)) == (9, 9, 409, 309)
    sky = np.linspace(180, 90, 120, dtype=np.float32)[:, None] + dice.normal(0, 3, (120, 400))
    assert inside_bars(np.vstack([sky, grey.astype(np.float32)])) is None
    assert inside_bars(grey) is None


def test_two_places_are_different(photos: Sequence[bytes]) -> None:
    prints = [prints_of(photo) for photo in photos]
    for one, other in itertools.combinations(prints, 2):
        assert print_distance(one, other)[0] > NEAR
    assert not compare(photos[0], photos[1]).resemblance.is_double


def test_prints_keep_in_the_database(photos: Sequence[bytes]) -> None:
    prints = prints_of(photos[0])
    assert len(prints.packed) == PRINTS * 32
    assert (unpacked(prints.packed) == prints.straight).all()


def test_what_is_no_photo_is_refused() -> None:
    with pytest.raises(Invalid):
        prints_of(b"GIF89a nothing")


def test_the_command_names_pairs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], photos: Sequence[bytes]
) -> None:
    files = []
    for number, content in enumerate(
        (photos[0], changed(photos[0], "cropped by 10 %", random.Random(1)), photos[1])
    ):
        files.append(tmp_path / f"{number}.jpg")
        files[-1].write_bytes(content)
    assert main(["lookalike", *map(str, files), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [pair["double"] for pair in answer["pairs"]] == [True, False, False]
    assert answer["errors"] == {}
    assert main(["lookalike", str(files[0])]) == 2


def test_the_same_file_named_twice_is_identical(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], photos: Sequence[bytes]
) -> None:
    file = tmp_path / "one.jpg"
    file.write_bytes(photos[0])
    assert main(["lookalike", str(file), str(file)]) == 0
    assert capsys.readouterr().out == f"同一个文件  {file}  {file}\n"


def test_pictures_too_small_to_compare_are_different_and_odd_files_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], photos: Sequence[bytes]
) -> None:
    files = [tmp_path / name for name in ("tiny.png", "photo.jpg", "empty.jpg", "missing.jpg")]
    files[0].write_bytes(saved(Image.new("RGB", (3, 1)), "PNG"))
    files[1].write_bytes(photos[0])
    files[2].touch()
    assert main(["lookalike", *map(str, files), str(tmp_path), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [pair["verdict"] for pair in answer["pairs"]] == ["different"]
    assert set(answer["errors"]) == {str(path) for path in (*files[2:], tmp_path)}
