"""Foretell a copy that was slightly blurred, by blurring the first photo so.

Programs that blur round to whole shades at every step, across and down and again; no mixture of
pixels foretells that, only doing the same.
"""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter

from server.media.pictures.kept import outside
from server.media.pictures.resized_between import middle
from server.media.pictures.stored import Stored

_ROUGHLY, _FINELY, _MOST = 0.1, 0.02, 1.5  # pixels
_SOFTER = 0.95
"""Of how far the first lies outside of the later file's steps as it is: what no blur brings nearer
was not blurred."""


def by_way_of_blur(first: Stored, second: Stored) -> Stored | None:
    """The first photo as blurred as the second, None where it seems to be as sharp.

    Both must lie edge on edge, of one size.
    """
    if first.size != second.size or not np.array_equal(first.upright, second.upright):
        return None
    part = middle(*second.size)
    if min(part[2] - part[0], part[3] - part[1]) < 64:
        return None
    picture, away_of = Image.fromarray(first.colours), outside(second, part)
    piece = picture.crop(part)

    def away(radius: float) -> float:
        return away_of(np.asarray(piece.filter(ImageFilter.GaussianBlur(radius))))

    roughly = {each: away(each) for each in np.arange(_ROUGHLY, _MOST, _ROUGHLY).tolist()}
    rough = min(roughly, key=lambda each: roughly[each])
    if roughly[rough] >= _SOFTER * away_of(np.asarray(piece)):
        return None
    found = min(np.arange(rough - _ROUGHLY + _FINELY, rough + _ROUGHLY, _FINELY).tolist(), key=away)
    return replace(first, colours=np.asarray(picture.filter(ImageFilter.GaussianBlur(found))))
