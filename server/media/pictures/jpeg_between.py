"""Foretell a copy that was saved twice, as chat does, by saving the first photo so in between.

What a coarse saving rounded away cannot be foretold from the first photo, only by doing the same
again. With the very quality the picture comes out as it was between, so the quality shows itself:
it comes much nearer to the later file than its neighbours do. New specks have no such quality.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.admission import SHOWN_QUALITY
from server.media.pictures.kept import Box, outside
from server.media.pictures.stored import Stored
from server.media.pictures.tiles import luma
from server.media.pictures.webp_between import LIT, astray, lights

QUALITIES = range(50, 97)
"""Chat saves at 60 to 80; tried at 3 milliseconds of processor each."""
LATER = (None, SHOWN_QUALITY)
"""What may have come after that saving and before the last: nothing, or this house's own. Whoever
saves a stamped picture here and sends it on hands in a photo that was saved three times. Where it
was shrunk as well that is not looked for: there are many ways, and it would take too long."""
_AROUND = 6  # qualities to either side that the best is held against
_RIGHT = 0.55
"""Of how far these lie outside of the later file's steps: copies measured 0.08 to 0.4, honest
photos from a tripod by quiet sensors 0.67 and more."""
_NEAR = 1.25
"""Of what the nearest way to shrink strays: the right one, held before it was saved between, came
within 1.15."""
_PART = 384, 256
_SHAPE = 0.01
"""By which the ratios of the sides may differ: whole pixels are all that resizing rounds to."""
_KERNELS = (
    Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR,
    Image.Resampling.BOX, Image.Resampling.HAMMING,
)  # fmt: skip

_PLAIN_KERNELS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)

Colours = npt.NDArray[np.uint8]


def by_way_of_jpeg(first: Stored, second: Stored) -> Iterator[Stored]:
    """The first photo as a saving at the second's size would leave it, if that led to the second.

    Both must lie edge on edge in one light, the first no smaller than the second. Looked for in the
    middle of the picture, in each way to shrink.
    """
    part = middle(*second.size)
    away_of = outside(second, part)
    for picture in _resized(first, second, part):
        piece = picture.crop(part)
        for later in LATER if first.size == second.size else LATER[:1]:
            right = _right(piece, away_of, later)
            if right is not None:
                colours = _saved_twice(picture, right, later)
                yield replace(first, colours=colours, upright=second.upright, square=second.square)


def _right(
    piece: Image.Image, away_of: Callable[[Colours], float], later: int | None
) -> int | None:
    """The quality that shows itself as the one the piece was saved at (before it was `later`)."""
    tried = {each: away_of(_saved_twice(piece, each, later)) for each in QUALITIES}
    right = min(tried, key=lambda each: tried[each])
    others = [away for each, away in tried.items() if 0 < abs(each - right) <= _AROUND]
    # Where all is burnt out nothing tells, and no quality is so far below the others.
    return right if tried[right] < _RIGHT * float(np.median(others)) else None


def middle(width: int, height: int) -> Box:
    """The part that a change is looked for in: whole squares of what is saved together."""
    across, down = min(width, _PART[0]) // 16 * 16, min(height, _PART[1]) // 16 * 16
    left, top = ((width - across) // 2) // 16 * 16, ((height - down) // 2) // 16 * 16
    return left, top, left + across, top + down


def _resized(first: Stored, second: Stored, part: Box) -> Iterator[Image.Image]:
    """The first at the second's size, in each way that comes near; nothing if it cannot be it."""
    (width, height), (wide, tall) = first.size, second.size
    if not first.square == second.square == 8 or not np.allclose(
        first.upright[:2, :2], second.upright[:2, :2]
    ):
        return
    if wide > width or tall > height or abs(width * tall / (height * wide) - 1) > _SHAPE:
        return
    picture = Image.fromarray(first.colours)
    ways = [picture]
    if (width, height) != (wide, tall):
        ways = [picture.resize((wide, tall), kernel) for kernel in _KERNELS]
        ways += [
            Image.fromarray(cv2.resize(first.colours, (wide, tall), interpolation=kernel))
            for kernel in _PLAIN_KERNELS
        ]
    left, top, right, below = part
    wanted = luma(second.colours[top:below, left:right])
    found = [(luma(np.asarray(way.crop(part))), way) for way in ways]
    strays = [
        (astray(piece, wanted), astray(lights(piece), lights(wanted)), way) for piece, way in found
    ]
    least = min(away for away, _, _ in strays)
    lit = max(LIT, float(second.steps[0, 0]) / 8)  # a file keeps the light of squares so roughly
    for away, unlit, way in strays:
        if away <= _NEAR * least and unlit <= lit:
            yield way


def _saved_twice(picture: Image.Image, quality: int, later: int | None) -> Colours:
    colours = _saved(picture, quality)
    return colours if later is None else _saved(Image.fromarray(colours), later)


def _saved(picture: Image.Image, quality: int) -> Colours:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))
