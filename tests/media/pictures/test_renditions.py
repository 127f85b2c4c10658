"""What a camera wrote is kept as data; what others see is upright and without it."""

import io
import json

import numpy as np
import pytest
from PIL import ExifTags, Image

from server.media.pictures.fingerprint import SAME_WITHIN, distance
from server.media.pictures.images import look_at_photo, rendition, thumbnail
from tests.media.scenes import PHOTO, saved, scene, with_exif


def test_transparent_parts_become_white() -> None:
    clear = Image.new("RGBA", (1000, 700), (0, 0, 0, 0))

    shown = Image.open(io.BytesIO(rendition(saved(clear, "PNG"))))

    assert shown.getpixel((500, 300)) == (255, 255, 255)


def test_exif_is_kept_as_data_that_json_can_hold() -> None:
    exif = look_at_photo(with_exif()).exif

    assert exif == {
        "make": "Xiaomi",
        "model": "Redmi 9A",
        "orientation": 1,
        "taken_local": "2026-07-01T08:30:00",
        "offset": "+08:00",
    }
    assert json.loads(json.dumps(exif, allow_nan=False)) == exif


def test_a_photo_without_exif_is_normal() -> None:
    assert look_at_photo(PHOTO).exif == {}


def test_nonsense_in_exif_is_left_out() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "x" * 500 + "\x1b[31m"
    exif[ExifTags.Base.DateTime] = "0000:00:00 00:00:00"

    assert look_at_photo(saved(scene(), exif=exif)).exif == {"make": "x" * 64}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_however_the_phone_was_held_the_picture_comes_out_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = scene() if orientation == 1 else scene().transpose(UNDO[orientation])
    content = saved(stored, exif=exif, quality=90)

    picture = look_at_photo(content)
    shown = Image.open(io.BytesIO(rendition(content)))

    assert (picture.width, picture.height) == shown.size == (1280, 960)
    assert distance(picture.phash, look_at_photo(PHOTO).phash) <= SAME_WITHIN
    assert (
        distance(look_at_photo(rendition(content)).phash, look_at_photo(PHOTO).phash) <= SAME_WITHIN
    )


UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def test_others_see_a_photo_without_exif_and_not_enlarged() -> None:
    shown = Image.open(io.BytesIO(rendition(with_exif(), 800)))

    assert shown.size == (800, 600)
    assert not shown.getexif()
    assert "exif" not in shown.info
    assert b"Xiaomi" not in rendition(with_exif())
    remark = saved(scene(), comment=b"38.36N 111.94E", xmp=b"<p>38.36N</p>")
    assert b"38.36N" in remark
    assert b"38.36N" not in rendition(remark), "a camera writes places into remarks too"
    assert Image.open(io.BytesIO(rendition(PHOTO, 9000))).size == (1280, 960)


def test_a_thumbnail_is_small() -> None:
    small = thumbnail(PHOTO)

    assert max(Image.open(io.BytesIO(small)).size) == 320
    assert len(small) < 40_000


def test_a_stamp_is_written_over_the_lower_edge_only() -> None:
    plain = np.asarray(Image.open(io.BytesIO(rendition(PHOTO))).convert("L"), np.int16)
    lines = ["段家寨乡段家寨村快递便民服务点 C0001", "2026-07-01 08:30 误差 12 米 · 演示数据"]
    marked = np.asarray(
        Image.open(io.BytesIO(rendition(PHOTO, stamp=lines))).convert("L"), np.int16
    )
    rows = np.abs(plain - marked).max(axis=1)

    assert marked.shape == plain.shape
    assert rows[:800].max() < 12  # the same, but for a JPEG block
    assert (marked[870:] > 230).sum() > 1_000  # white strokes
    assert marked[870:].mean() < plain[870:].mean() * 0.75


def test_a_stamp_too_long_for_the_picture_is_written_smaller() -> None:
    narrow = saved(scene(size=(1000, 1300)))
    line = "静乐县" * 30
    marked = np.asarray(Image.open(io.BytesIO(rendition(narrow, stamp=[line]))).convert("L"))

    assert (marked[-40:, -50:] > 230).sum() < (marked[-40:, 300:350] > 230).sum()
