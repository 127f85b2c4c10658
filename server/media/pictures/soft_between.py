"""Foretell a copy that was slightly blurred, by blurring the first photo so.

Programs that blur round to whole shades: some at every step, across and down and again, some once,
and some leave off what is beyond whole ones, as Java does. Of quiet walls that takes as much as a
new photo would, and no mixture of pixels foretells it, only doing the same.
"""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from server.media.pictures.kept import outside
from server.media.pictures.resized_between import middle
from server.media.pictures.stored import Stored

Colours = npt.NDArray[np.uint8]

_ROUGHLY, _FINELY, _MOST = 0.1, 0.02, 1.5  # pixels
_SOFTER = 0.95
"""Of how far the first lies outside of the later file's steps as it is: what no blur brings nearer
was not blurred."""
_REACH = 3  # times the radius: what lies beyond weighs nothing
_JUST_WHOLE = 1e-3  # shades: what is whole already stays so


def by_way_of_blur(first: Stored, second: Stored) -> Stored | None:
    """The first photo as blurred as the second, None where it seems to be as sharp.

    Both must lie edge on edge, of one size.
    """
    if first.size != second.size or not np.array_equal(first.upright, second.upright):
        return None
    part = left, top, right, below = middle(*second.size)
    if min(right - left, below - top) < 64:
        return None
    away_of = outside(second, part)
    piece = first.colours[top:below, left:right]
    roughly = {
        each: away_of(_step_by_step(piece, each))
        for each in np.arange(_ROUGHLY, _MOST, _ROUGHLY).tolist()
    }
    rough = min(roughly, key=lambda each: roughly[each])
    if roughly[rough] >= _SOFTER * away_of(piece):
        return None
    tries = (
        (away_of(way(piece, radius)), radius, way)
        for way in (_step_by_step, _left_off, _nearest)
        for radius in np.arange(rough - _ROUGHLY + _FINELY, rough + _ROUGHLY, _FINELY).tolist()
    )
    _, radius, way = min(tries, key=lambda each: each[0])
    return replace(first, colours=way(first.colours, radius))


def _step_by_step(colours: Colours, radius: float) -> Colours:
    """As Pillow does it."""
    return np.asarray(Image.fromarray(colours).filter(ImageFilter.GaussianBlur(radius)))


def _left_off(colours: Colours, radius: float) -> Colours:
    return np.asarray(np.floor(_exactly(colours, radius) + _JUST_WHOLE), np.uint8)


def _nearest(colours: Colours, radius: float) -> Colours:
    return np.asarray(np.rint(_exactly(colours, radius)), np.uint8)


def _exactly(colours: Colours, radius: float) -> npt.NDArray[np.float32]:
    side = 2 * max(1, round(_REACH * radius)) + 1
    exact = colours.astype(np.float32)
    return np.asarray(cv2.GaussianBlur(exact, (side, side), radius), np.float32)
