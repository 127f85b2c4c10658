"""Photos are admitted by content, measured, and shown to others upright and without EXIF."""

import io
import json
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from server.errors import Invalid
from server.media.fingerprint import ALIKE_WITHIN, SAME_WITHIN, distance
from server.media.images import MAX_BYTES, admit, look, rendition, thumbnail


def scene(seed: int = 1, size: tuple[int, int] = (1280, 960)) -> Image.Image:
    """A street of boxes with some grain: sharp, bright, and different for every seed."""
    choose = random.Random(seed)
    image = Image.new("RGB", size, tuple(choose.randrange(90, 200) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = choose.randrange(size[0]), choose.randrange(size[1])
        right, low = x + choose.randrange(20, 400), y + choose.randrange(20, 300)
        pen.rectangle((x, y, right, low), fill=tuple(choose.randrange(20, 255) for _ in range(3)))
    grain = np.random.default_rng(seed).integers(-9, 10, (size[1], size[0], 1))
    return Image.fromarray((np.asarray(image, np.int16) + grain).clip(0, 255).astype(np.uint8))


def saved(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


PHOTO = saved(scene(), quality=85)


def refused(content: bytes) -> Invalid:
    with pytest.raises(Invalid) as by_admit:
        admit(content)
    with pytest.raises(Invalid) as by_look:
        look(content)
    with pytest.raises(Invalid):
        rendition(content)
    assert by_admit.value.message == by_look.value.message
    return by_admit.value


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_three_formats_are_admitted(format: str) -> None:
    content = saved(scene(size=(1000, 600)), format)

    header = admit(content)

    assert (header.format, header.width, header.height) == (format, 1000, 600)
    assert look(content).format == format


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
from server.media.images import admit, look, rendition, thumbnail
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
    busy = peak_mb("admit(content); look(content); rendition(content); thumbnail(content)")

    assert busy - idle < 90


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_photos_are_refused_or_read_but_never_break_anything(data: st.DataObject) -> None:
    small = data.draw(st.sampled_from(SMALL))
    broken = bytearray(small)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))

    try:
        picture = look(bytes(broken))
    except Invalid as problem:
        assert problem.code.startswith(("photo-", "not-a-picture"))  # noqa: PT017
    else:
        json.dumps(picture.exif, allow_nan=False)
        rendition(bytes(broken))


def test_a_good_photo_has_no_complaints() -> None:
    picture = look(PHOTO)

    assert picture.complaints == ()
    assert (picture.width, picture.height, picture.size) == (1280, 960, len(PHOTO))
    assert picture.sharpness > 75
    assert 50 < picture.brightness < 200
    assert picture.contrast > 20


def changed(change: Callable[[Image.Image], Image.Image], **options: object) -> bytes:
    return saved(change(scene()), **{"quality": 85, **options})


@pytest.mark.parametrize(
    ("content", "flag", "words"),
    [
        (changed(lambda i: ImageEnhance.Brightness(i).enhance(0.08)), "dark", "开灯"),
        (changed(lambda i: ImageEnhance.Brightness(i).enhance(6)), "overexposed", "太亮"),
        (changed(lambda i: i.filter(ImageFilter.GaussianBlur(5))), "blurred", "拿稳手机"),
        (changed(lambda i: i.resize((640, 480))), "too_small", "走近一点"),
        (changed(lambda i: i.resize((1080, 2300)), format="PNG"), "screenshot", "截图"),
        (
            changed(lambda i: ImageOps.pad(i, (1080, 2300), color="black")),
            "screenshot",
            "到现场",
        ),
    ],
    ids=["dark", "overexposed", "blurred", "small", "png-of-a-phone", "bars"],
)
def test_a_poor_photo_says_what_to_do_better(content: bytes, flag: str, words: str) -> None:
    picture = look(content)

    assert getattr(picture, flag)
    assert words in "".join(picture.complaints)
    assert len(picture.complaints) == 1


def test_a_tall_photo_from_a_camera_is_no_screenshot() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "HUAWEI"
    tall = scene(size=(1080, 2300))

    assert not look(saved(tall, exif=exif)).screenshot
    assert not look(saved(tall)).screenshot


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "RGBA", "LA", "I;16"])
def test_unusual_colours_are_no_trouble(mode: str) -> None:
    image = scene(size=(1000, 700))
    plain = (
        Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 256)
        if mode == "I;16"
        else image.convert(mode)
    )
    content = saved(plain, "JPEG" if mode in ("L", "CMYK") else "PNG")

    picture = look(content)

    assert (picture.width, picture.height) == (1000, 700)
    assert 50 < picture.brightness < 200
    assert Image.open(io.BytesIO(rendition(content))).mode == "RGB"


def test_transparent_parts_become_white() -> None:
    clear = Image.new("RGBA", (1000, 700), (0, 0, 0, 0))

    shown = Image.open(io.BytesIO(rendition(saved(clear, "PNG"))))

    assert shown.getpixel((500, 300)) == (255, 255, 255)


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Xiaomi\0\0"
    exif[ExifTags.Base.Model] = "Redmi 9A"
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = "2026:07:01 08:30:00"
    camera[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (Fraction(38), Fraction(21), Fraction(36))
    gps[ExifTags.GPS.GPSLongitudeRef] = "E"
    gps[ExifTags.GPS.GPSLongitude] = (Fraction(111), Fraction(56), Fraction(24))
    gps[ExifTags.GPS.GPSAltitude] = Fraction(14005, 10)
    return saved(scene(), exif=exif, quality=85)


def test_exif_is_kept_as_data_that_json_can_hold() -> None:
    exif = look(with_exif()).exif

    assert exif == {
        "make": "Xiaomi",
        "model": "Redmi 9A",
        "orientation": 1,
        "taken_local": "2026-07-01T08:30:00",
        "offset": "+08:00",
        "gps": {"lat": 38.36, "lon": 111.94, "altitude_m": 1400.5},
    }
    assert json.loads(json.dumps(exif, allow_nan=False)) == exif


def test_a_photo_without_exif_is_normal() -> None:
    assert look(PHOTO).exif == {}


def test_nonsense_in_exif_is_left_out() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "x" * 500 + "\x1b[31m"
    exif[ExifTags.Base.DateTime] = "0000:00:00 00:00:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude] = (Fraction(0), Fraction(0), Fraction(0))
    gps[ExifTags.GPS.GPSLongitude] = (Fraction(0), Fraction(0), Fraction(0))

    assert look(saved(scene(), exif=exif)).exif == {"make": "x" * 64}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_however_the_phone_was_held_the_picture_comes_out_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = scene() if orientation == 1 else scene().transpose(UNDO[orientation])
    content = saved(stored, exif=exif, quality=90)

    picture = look(content)
    shown = Image.open(io.BytesIO(rendition(content)))

    assert (picture.width, picture.height) == shown.size == (1280, 960)
    assert distance(picture.phash, look(PHOTO).phash) <= SAME_WITHIN
    assert distance(look(rendition(content)).phash, look(PHOTO).phash) <= SAME_WITHIN


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


@pytest.mark.parametrize(
    ("change", "within"),
    [
        (lambda i: i, 8),
        (lambda i: i.resize((720, 540)), SAME_WITHIN),
        (lambda i: ImageEnhance.Brightness(i).enhance(1.25), SAME_WITHIN),
        (lambda i: i.crop((25, 19, 1255, 941)), ALIKE_WITHIN),
    ],
    ids=["encoded-again", "smaller", "brighter", "cropped-by-4-percent"],
)
def test_the_same_picture_is_found_again(
    change: Callable[[Image.Image], Image.Image], within: int
) -> None:
    copies = [
        distance(look(saved(scene(n), quality=85)).phash,
                 look(saved(change(scene(n)), quality=50)).phash)
        for n in range(5)
    ]  # fmt: skip

    assert max(copies) <= within


def test_a_mirrored_picture_is_found_by_its_mirrored_fingerprint() -> None:
    mirrored = look(saved(ImageOps.mirror(scene()), quality=60))

    assert distance(mirrored.phash_mirrored, look(PHOTO).phash) <= SAME_WITHIN
    assert distance(mirrored.phash, look(PHOTO).phash) > ALIKE_WITHIN


def test_different_pictures_are_far_apart() -> None:
    hashes = [look(saved(scene(n))).phash for n in range(12)]
    apart = [distance(a, b) for n, a in enumerate(hashes) for b in hashes[:n]]

    assert min(apart) > ALIKE_WITHIN


def test_fingerprints_are_hex_of_64_and_256_bits() -> None:
    picture = look(PHOTO)

    assert len(bytes.fromhex(picture.dhash)) == 8
    assert len(bytes.fromhex(picture.phash)) == 32
    with pytest.raises(ValueError, match="different kinds"):
        distance(picture.dhash, picture.phash)


SMALL = [
    saved(scene(size=(90, 60)), exif=Image.open(io.BytesIO(with_exif())).getexif()),
    saved(scene(size=(90, 60)), "PNG"),
    saved(scene(size=(90, 60)), "WEBP"),
]


def test_the_byte_limit_is_fifteen_megabytes() -> None:
    padded = PHOTO + b"\0" * (MAX_BYTES - len(PHOTO))

    assert admit(padded).width == 1280
    assert refused(padded + b"\0").code == "photo-too-large"
