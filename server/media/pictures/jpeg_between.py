"""Foretell a copy that was saved twice, as chat does, by saving the first photo so in between.

What a coarse saving rounded away cannot be foretold from the first photo, only by doing the same
again. With the very quality the picture comes out as it was between, so the quality shows itself:
it comes much nearer to the later file than its neighbours do. New specks have no such quality.
"""

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.stored import Stored
from server.media.pictures.tiles import luma
from server.media.pictures.webp_between import LIT, astray, lights

QUALITIES = range(50, 97)
"""Chat saves at 60 to 80; tried at 3 milliseconds of processor each."""
_AROUND = 6  # qualities to either side that the best is held against
_RIGHT = 0.78
"""Of what these stray: copies measured 0.54 to 0.68, honest photos in an exact holder from 0.85."""
_NEAR = 1.1
"""Of what the nearest way to shrink strays: at most two of the four ways came so near."""
_PART = 512, 384
_SHAPE = 0.01
"""By which the ratios of the sides may differ: whole pixels are all that resizing rounds to."""
_KERNELS = (
    Image.Resampling.LANCZOS, Image.Resampling.BICUBIC, Image.Resampling.BILINEAR,
    Image.Resampling.BOX,
)  # fmt: skip

Colours = npt.NDArray[np.uint8]


def by_way_of_jpeg(first: Stored, second: Stored) -> Iterator[Stored]:
    """The first photo as a saving at the second's size would leave it, if that led to the second.

    Both must lie edge on edge in one light, the first no smaller than the second. Looked for in the
    middle of the picture, in each way to shrink.
    """
    wanted = luma(second.colours)
    part = _middle(*second.size)
    for picture in _resized(first, second, wanted):
        piece, there = picture.crop(part), wanted[part[1] : part[3], part[0] : part[2]]
        tried = {each: astray(luma(_saved(piece, each)), there) for each in QUALITIES}
        right = min(tried, key=lambda each: tried[each])
        others = [away for each, away in tried.items() if 0 < abs(each - right) <= _AROUND]
        if tried[right] <= _RIGHT * float(np.median(others)):
            colours = _saved(picture, right)
            yield replace(first, colours=colours, upright=second.upright, square=second.square)


def _middle(width: int, height: int) -> tuple[int, int, int, int]:
    """The part that the quality is looked for in: whole squares of what is saved together."""
    across, down = min(width, _PART[0]), min(height, _PART[1])
    left, top = ((width - across) // 2) // 16 * 16, ((height - down) // 2) // 16 * 16
    return left, top, left + across, top + down


def _resized(
    first: Stored, second: Stored, wanted: npt.NDArray[np.float32]
) -> Iterator[Image.Image]:
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
    found = [(astray(luma(np.asarray(way)), wanted), way) for way in ways]
    least = min(away for away, _ in found)
    for away, way in found:
        lit = astray(lights(luma(np.asarray(way))), lights(wanted)) <= LIT
        if away <= _NEAR * least and lit:
            yield way


def _saved(picture: Image.Image, quality: int) -> Colours:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))
