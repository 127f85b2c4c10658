"""Foretell a copy that was saved twice, as chat does, by saving the first photo so in between.

What a coarse saving rounded away cannot be foretold from the first photo, only by doing the same
again. With the very quality the picture comes out as it was between, so the quality shows itself:
it comes much nearer to the later file than its neighbours do. New specks have no such quality.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.admission import SHOWN_QUALITY
from server.media.pictures.kept import outside
from server.media.pictures.resized_between import middle, resized
from server.media.pictures.stored import Stored

QUALITIES = range(50, 97)
"""Chat saves at 60 to 80; tried at 3 milliseconds of processor each."""
LATER = (None, SHOWN_QUALITY)
"""What may have come after that saving and before the last: nothing, or this house's own. Whoever
saves a stamped picture here and sends it on hands in a photo that was saved three times. Where it
was shrunk as well that is not looked for: there are many ways, and it would take too long."""
_AROUND = 6  # qualities to either side that the best is held against
_RIGHT = 0.2
"""Of how far these lie outside of the later file's steps: copies sent twice measured 0 to 0.02,
honest photos from a tripod by quiet sensors 0.27 and more. What is saved by half of the later
steps lies inside or on an edge, whatever it shows."""

Colours = npt.NDArray[np.uint8]


def by_way_of_jpeg(first: Stored, second: Stored) -> Iterator[Stored]:
    """The first photo as a saving at the second's size would leave it, if that led to the second.

    Both must lie edge on edge in one light, the first no smaller than the second. Looked for in the
    middle of the picture, in each way to shrink.
    """
    part = middle(*second.size)
    away_of = outside(second, part)
    for picture in resized(first, second):
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


def _saved_twice(picture: Image.Image, quality: int, later: int | None) -> Colours:
    colours = _saved(picture, quality)
    return colours if later is None else _saved(Image.fromarray(colours), later)


def _saved(picture: Image.Image, quality: int) -> Colours:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))
