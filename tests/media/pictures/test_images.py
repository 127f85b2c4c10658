"""Photos are admitted by content, measured, and shown to others upright and without EXIF."""

import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageEnhance, ImageFilter, ImageOps

from server.errors import Invalid
from server.media.pictures.admission import MAX_BYTES
from server.media.pictures.images import admit, look_at_photo, rendition, thumbnail
from server.settings import ROOT
from tests.media.scenes import PHOTO, saved, scene, with_exif


def refused(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as by_admit:
        admit(content)
    with pytest.raises(Invalid) as by_look:
        look_at_photo(content)
    with pytest.raises(Invalid):
        rendition(content)
    assert by_admit.value.message == by_look.value.message
    return by_admit.value


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_three_formats_are_admitted(format: str) -> None:
    content = saved(scene(size=(1000, 600)), format)

    header = admit(content)

    assert (header.format, header.width, header.height) == (format, 1000, 600)
    assert look_at_photo(content).format == format


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("packing", [{"lossless": True}, {"lossless": False}])
def test_every_kind_of_webp_header_is_read(mode: str, packing: dict[str, bool]) -> None:
    image = scene(size=(333, 200)).convert(mode)
    if mode == "RGBA":
        image.putalpha(128)

    header = admit(saved(image, "WEBP", **packing))

    assert (header.width, header.height) == (333, 200)


def test_a_progressive_jpeg_with_comments_and_thumbnails_is_read() -> None:
    header = admit(saved(scene(), progressive=True, comment=b"x" * 60_000, icc_profile=b"y" * 9000))

    assert (header.width, header.height) == (1280, 960)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "photo-empty", "0 字节"),
        (b"\xff\xd8\xff" + b"\0" * (60 * 1024**2), "photo-too-large", "60 MB，最多 15 MB"),
        (b"PK\x03\x04" + b"a zip named photo.jpg" * 9, "not-a-picture", "不是照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-a-picture", "重新拍照"),
        (b"RIFF\x10\0\0\0WAVEfmt " + b"\0" * 40, "not-a-picture", "不是照片"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "photo-format", "兼容性最佳"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 99, "photo-format", "HEIC"),
        (b"GIF89a" + b"\0" * 99, "photo-format", "GIF"),
        (b"II*\0" + b"\0" * 99, "photo-format", "TIFF"),
        (b"\xff\xd8\xff", "photo-truncated", "不完整"),
        (b"\x89PNG\r\n\x1a\n", "photo-truncated", "再传一次"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "photo-truncated", "不完整"),
    ],
)
def test_what_is_no_usable_photo_is_refused_in_plain_words(
    content: bytes, code: str, words: str
) -> None:
    problem = refused(content)

    assert problem.code == code
    assert words in problem.message


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_photo_cut_off_on_the_way_is_refused(format: str, share: float) -> None:
    content = saved(scene(), format)

    assert refused(content[: int(len(content) * share)]).code == "photo-truncated"


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(min(width // 8 * height, 4_000_000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels)


def jpeg_claiming(width: int, height: int) -> bytes:
    at = PHOTO.index(b"\xff\xc0")
    return PHOTO[: at + 5] + struct.pack(">HH", height, width) + PHOTO[at + 9 :]


def webp_claiming(width: int, height: int) -> bytes:
    body = b"VP8X\x0a\0\0\0\0\0\0\0" + (width - 1).to_bytes(3, "little")
    body += (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize("claiming", [png_claiming, jpeg_claiming, webp_claiming])
@pytest.mark.parametrize("size", [(20_000, 20_000), (65_000, 65_000)])
def test_a_decompression_bomb_is_refused_by_its_header(
    claiming: Callable[[int, int], bytes], size: tuple[int, int]
) -> None:
    problem = refused(claiming(*size))

    assert problem.code == "photo-too-many-pixels"
    assert f"{size[0]}×{size[1]}" in problem.message


def test_a_picture_of_no_width_is_refused() -> None:
    assert refused(png_claiming(0, 100)).code == "photo-truncated"


MEMORY = """
import resource, sys
from server.media.pictures.images import admit, look_at_photo, rendition, thumbnail
content = sys.stdin.buffer.read()
"""
EIGHT_THOUSAND = saved(Image.linear_gradient("L").resize((8000, 6000)).convert("RGB"), quality=60)


def peak_mb(work: str) -> float:
    program = MEMORY + work + "\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    told = subprocess.run(
        [sys.executable, "-c", program], input=EIGHT_THOUSAND, capture_output=True, check=True,
        timeout=100,
    )  # fmt: skip
    return float(told.stdout)


def test_a_photo_of_48_megapixels_is_looked_at_in_little_memory() -> None:
    """Decoded whole it would take 144 MB for the pixels alone."""
    idle = peak_mb("")
    busy = peak_mb("admit(content); look_at_photo(content); rendition(content); thumbnail(content)")

    assert busy - idle < 90


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_photos_are_refused_or_read_but_never_break_anything(data: st.DataObject) -> None:
    small = data.draw(st.sampled_from(SMALL))
    broken = bytearray(small)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))

    try:
        picture = look_at_photo(bytes(broken))
    except Invalid as problem:
        assert problem.code.startswith(("photo-", "not-a-picture"))  # noqa: PT017
    else:
        json.dumps(picture.exif, allow_nan=False)
        rendition(bytes(broken))


def test_damaged_camera_data_never_keeps_a_picture_from_being_shown() -> None:
    """Pillow's own turning upright writes the EXIF anew, and fails on such values."""
    content = with_exif(6)
    begin = content.index(b"Exif")
    shown = set()
    for at in range(begin, begin + 60):
        damaged = bytearray(content)
        damaged[at] = 1
        with Image.open(io.BytesIO(thumbnail(bytes(damaged)))) as picture:
            shown.add(picture.size)

    with Image.open(io.BytesIO(thumbnail(content))) as upright:
        assert shown == {upright.size, upright.size[::-1]}  # the latter where the turn is lost


def test_a_good_photo_has_no_complaints() -> None:
    picture = look_at_photo(PHOTO)

    assert picture.complaints == ()
    assert (picture.width, picture.height, picture.size) == (1280, 960, len(PHOTO))
    assert picture.sharpness > 75
    assert 50 < picture.brightness < 200
    assert picture.contrast > 20


def changed(change: Callable[[Image.Image], Image.Image], **options: object) -> bytes:
    return saved(change(scene()), **{"quality": 85, **options})


def smeared(image: Image.Image) -> Image.Image:
    """As by a hand that moved to the side while the shutter was open."""
    drawn = np.asarray(image, np.float32)
    moved = np.mean([np.roll(drawn, steps, axis=1) for steps in range(15)], axis=0)
    return Image.fromarray(moved.astype(np.uint8))


@pytest.mark.parametrize(
    ("content", "flag", "words"),
    [
        (partial(changed, lambda i: ImageEnhance.Brightness(i).enhance(0.08)), "dark", "开灯"),
        (partial(changed, lambda i: ImageEnhance.Brightness(i).enhance(0.2)), "dark", "开灯"),
        (partial(changed, lambda i: ImageEnhance.Brightness(i).enhance(6)), "overexposed", "太亮"),
        (partial(changed, lambda i: i.filter(ImageFilter.GaussianBlur(5))), "blurred", "拿稳手机"),
        (partial(changed, smeared), "blurred", "拿稳手机"),
        (partial(changed, lambda i: i.resize((640, 480))), "too_small", "走近一点"),
        (partial(changed, lambda i: i.resize((1080, 2300)), format="PNG"), "screenshot", "截图"),
        (
            partial(changed, lambda i: ImageOps.pad(i, (1080, 2300), color="black")),
            "screenshot",
            "到现场",
        ),
    ],
    ids=["black", "dark", "overexposed", "blurred", "moved", "small", "png-of-a-phone", "bars"],
)
def test_a_poor_photo_says_what_to_do_better(
    content: Callable[[], bytes], flag: str, words: str
) -> None:
    picture = look_at_photo(content())

    assert getattr(picture, flag)
    assert words in "".join(picture.complaints)
    assert len(picture.complaints) == 1


def test_a_tall_photo_from_a_camera_is_no_screenshot() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "HUAWEI"
    tall = scene(size=(1080, 2300))

    assert not look_at_photo(saved(tall, exif=exif)).screenshot
    assert not look_at_photo(saved(tall)).screenshot


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "RGBA", "LA", "I;16"])
def test_unusual_colours_are_no_trouble(mode: str) -> None:
    image = scene(size=(1000, 700))
    plain = (
        Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 256)
        if mode == "I;16"
        else image.convert(mode)
    )
    content = saved(plain, "JPEG" if mode in ("L", "CMYK") else "PNG")

    picture = look_at_photo(content)

    assert (picture.width, picture.height) == (1000, 700)
    assert 50 < picture.brightness < 200
    assert Image.open(io.BytesIO(rendition(content))).mode == "RGB"


SMALL = [
    saved(scene(size=(90, 60)), exif=Image.open(io.BytesIO(with_exif())).getexif()),
    saved(scene(size=(90, 60)), "PNG"),
    saved(scene(size=(90, 60)), "WEBP"),
]


def test_the_byte_limit_is_fifteen_megabytes() -> None:
    padded = PHOTO + b"\0" * (MAX_BYTES - len(PHOTO))

    assert admit(padded).width == 1280
    assert refused(padded + b"\0").code == "photo-too-large"


def test_a_web_process_starts_without_loading_numpy(tmp_path: Path) -> None:
    look = (
        "import sys; from server.settings import settings_from; from wsgi import create_app; "
        "create_app(settings_from()); print('numpy' in sys.modules)"
    )

    said = subprocess.run(
        [sys.executable, "-c", look],
        cwd=ROOT,
        env={"CZT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip().splitlines()[-1] == "False"
