"""Look at a photo: is it one, is it good enough to judge by, and what would make it better."""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFont, ImageStat

from server.media.paper.typeface import sans_path
from server.media.pictures.admission import SHOWN_QUALITY, SHOWN_SIDE, admit_by_header, truncated
from server.media.pictures.exif import orientation_of, quietly, read_exif
from server.media.pictures.header import Header

# NumPy is loaded by those who measure: a web process only admits photos, and starts sooner.
if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SHARPNESS_SIDE = 1024
"""Sharpness is measured at this long side, as its threshold was (ocr report, section 5)."""

# Thresholds of the ocr report, section 5, measured on real street photos. They ask for a better
# photo and never refuse one: nine of ten blurred signs could still be read by machine.
BLURRED_BELOW = 35.0  # variance of the Laplacian; good but plain photos reach down to 40
MOVED_BELOW = 0.72  # steepness of edges; 1 % of good photos have less, nine pixels leave 0.6
DARK_MEAN = 35.0  # of 255; 98 % of good photos have 50 and more, at a fifth of the light 34 at most
DARK_BRIGHTEST = 40  # 95th percentile: not even the lamp is bright
OVEREXPOSED_SHARE = 0.35  # of pixels above 250
SMALL_SIDE = 960  # below it a number on a sign is under 14 pixels high
SCREENSHOT_BARS = 0.20  # uniform rows above and below; real photos reach 0.03
SCREENSHOT_ASPECT = 1.9

_DECODER_SAYS = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a photo's bytes say; sizes in pixels as seen upright, light on a scale of 0 to 255.

    `sharpness` is the variance of the Laplacian at 1,024 pixels, `contrast` the standard
    deviation of the light. `dhash` has 64 bits, `phash` and `phash_mirrored` 256, all in hex.
    """

    format: str
    width: int
    height: int
    size: int
    sharpness: float
    brightness: float
    contrast: float
    dark: bool
    overexposed: bool
    blurred: bool
    too_small: bool
    screenshot: bool
    screen_photo: bool
    dhash: str
    phash: str
    phash_mirrored: str
    exif: dict[str, Any]

    @property
    def complaints(self) -> tuple[str, ...]:
        """What to do better, in a keeper's words; empty when nothing is wrong."""
        return tuple(
            sentence
            for wrong, sentence in (
                (self.dark, "照片太暗，看不清。请开灯，或到亮一点的地方再拍。"),
                (self.overexposed, "照片太亮，发白了。请背对阳光或灯光再拍。"),
                (
                    self.blurred and not (self.dark or self.screenshot),
                    "照片有点糊。请拿稳手机，点一下屏幕对准，等清楚了再拍。",
                ),
                (self.too_small, "照片太小，字看不清。请走近一点，用手机直接拍。"),
                (self.screenshot, "这像是一张手机截图。请到现场用手机直接拍照。"),
                (
                    self.screen_photo and not self.screenshot,
                    "这张像是对着屏幕拍的。请到现场对着实物再拍一张；拍的就是实物的话，不用管它。",
                ),
            )
            if wrong
        )


def admit(content: bytes) -> Header:
    """Refuse whatever is no usable photo, in plain words; answer its header when it is one.

    Reads the header before any pixel, then decodes at the smallest scale to be sure that the
    file is whole. Raises `Invalid` as `admit_by_header` does.
    """
    header = admit_by_header(content)
    _decode(content, header, side=1)
    return header


def look_at_photo(content: bytes) -> Picture:
    """Measure a photo; raises `Invalid` as `admit` does."""
    import numpy as np

    from server.media.pictures.fingerprint import difference_hash, frequency_hashes
    from server.media.pictures.screens import like_a_screen
    from server.media.pictures.sharpness import detail, steepness

    header = admit_by_header(content)
    image = _decode(content, header, side=SHARPNESS_SIDE, mode="L")
    exif = read_exif(image)
    grey = _upright(image) if image.mode == "L" else _flat(_upright(image)).convert("L")
    screen_photo = like_a_screen(np.asarray(grey))  # before it is made smaller
    grey.thumbnail((SHARPNESS_SIDE, SHARPNESS_SIDE), Image.Resampling.BOX, reducing_gap=1.0)
    turned = exif.get("orientation", 1) >= 5  # 5 to 8 lie on their side
    width, height = (header.height, header.width) if turned else (header.width, header.height)
    light = ImageStat.Stat(grey)
    shades = np.asarray(grey.histogram(), dtype=np.int64)
    share = shades.cumsum() / shades.sum()  # of pixels at or below each of the 256 shades
    drawn = np.asarray(grey, dtype=np.int16)
    sharpness = detail(drawn)
    phash, phash_mirrored = frequency_hashes(grey)
    return Picture(
        format=header.format,
        width=width,
        height=height,
        size=len(content),
        sharpness=round(sharpness, 1),
        brightness=round(light.mean[0], 1),
        contrast=round(light.stddev[0], 1),
        dark=light.mean[0] < DARK_MEAN or bool(share[DARK_BRIGHTEST - 1] >= 0.95),
        overexposed=bool(1 - share[250] > OVEREXPOSED_SHARE),
        blurred=sharpness < BLURRED_BELOW or steepness(drawn) < MOVED_BELOW,
        too_small=max(width, height) < SMALL_SIDE,
        screenshot=_like_a_screenshot(grey, header, exif),
        screen_photo=screen_photo,
        dhash=difference_hash(grey),
        phash=phash,
        phash_mirrored=phash_mirrored,
        exif=exif,
    )


def rendition(
    content: bytes,
    long_side: int = SHOWN_SIDE,
    *,
    stamp: Sequence[str] = (),
    quality: int = SHOWN_QUALITY,
) -> bytes:
    """A JPEG for others to see: upright, at most `long_side` pixels, without EXIF, never enlarged.

    `stamp` lines (station, number, time, accuracy) are written over the lower edge. Raises
    `Invalid` as `admit` does.
    """
    header = admit_by_header(content)
    image = _upright(_decode(content, header, side=long_side))
    image.thumbnail((long_side, long_side), Image.Resampling.BICUBIC, reducing_gap=1.0)
    image = _flat(image)
    if stamp:
        _write_stamp(image, stamp)
    out = io.BytesIO()
    # Unless told otherwise Pillow writes a camera's remark again, which may name a place.
    image.save(out, "JPEG", quality=quality, optimize=False, comment=b"")
    return out.getvalue()


def pixels(content: bytes, long_side: int) -> "npt.NDArray[np.uint8]":
    """The upright picture in RGB, rows × columns × 3, at most `long_side` pixels, not enlarged.

    Raises `Invalid` as `admit` does.
    """
    import numpy as np

    image = _flat(_upright(_decode(content, admit_by_header(content), side=long_side)))
    image.thumbnail((long_side, long_side), Image.Resampling.BICUBIC, reducing_gap=1.0)
    return np.asarray(image)


def thumbnail(content: bytes, long_side: int = 320) -> bytes:
    """A small JPEG for lists; like `rendition` without a stamp."""
    return rendition(content, long_side, quality=78)


def _decode(content: bytes, header: Header, *, side: int, mode: str = "RGB") -> Image.Image:
    """Decode as few pixels as `side` needs; raises `Invalid` when they are not all there."""
    try:
        with quietly():
            image = Image.open(io.BytesIO(content), formats=[header.format])
        if image.size != (header.width, header.height):
            raise truncated()  # the two readers disagree: somebody made this file by hand
        scale = min(1.0, side / max(image.size))
        # Ask for the size we want, not for a square: a square makes Pillow decode everything.
        image.draft(mode, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
        image.load()
    except _DECODER_SAYS as error:
        raise truncated() from error
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its camera says; Pillow's own turning fails on damaged EXIF, which it rewrites."""
    turn = _TURNS.get(orientation_of(image))
    return image if turn is None else image.transpose(turn)


def _flat(image: Image.Image) -> Image.Image:
    """The picture in RGB, transparent parts on white."""
    if image.mode == "RGB":
        return image
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would cut off at 255
        import numpy as np

        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def _like_a_screenshot(grey: Image.Image, header: Header, exif: dict[str, Any]) -> bool:
    """A hint only: a phone-shaped picture without a camera, with bars or as a PNG."""
    if "make" in exif or max(grey.size) < SCREENSHOT_ASPECT * min(grey.size):
        return False
    if header.format == "PNG":
        return True
    import numpy as np

    shades = np.asarray(grey)
    along = shades if grey.height >= grey.width else shades.T
    varied = np.flatnonzero(along.std(axis=1) >= 2.0)
    if not len(varied):
        return False  # one plain colour: the photo has other troubles
    bars = len(along) - (varied[-1] - varied[0] + 1)
    return bool(bars / len(along) >= SCREENSHOT_BARS)


@cache
def _stamp_font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(sans_path()), size)


def _write_stamp(image: Image.Image, lines: Sequence[str]) -> None:
    """White words on a darkened strip along the lower edge, as large as the picture allows."""
    size = max(10, image.width // 44)
    widest = max(_stamp_font(size).getlength(line) for line in lines)
    if widest > image.width * 0.94:
        size = max(8, int(size * image.width * 0.94 / widest))
    font = _stamp_font(size)
    pitch, margin = round(size * 1.35), size // 2
    top = max(0, image.height - pitch * len(lines) - margin)
    strip = image.crop((0, top, image.width, image.height))
    image.paste(Image.eval(strip, lambda light: light * 2 // 5), (0, top))
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        pen.text((margin, top + margin // 2 + row * pitch), line, font=font, fill="white")
