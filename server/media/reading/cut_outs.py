"""Cut out of a photo what stands round a sign's name, level, enlarged, in the name's colours."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from server.media.reading.smear import Shades
from server.media.reading.text_models import Pixels
from server.policy.signs.lines import Line, Point, Quad, hull

CLOSER_SIDE = 1120
LARGEST_ZOOM = 3.0
STRIP_NUMBER_PX = 44
LARGEST_STRIP_ZOOM = 4.0
_AT_SIDE = 0.5
INK_PX = 20  # height of a name at which its colours are taken
_OF_LIGHT, _SPECKS, _OF_INK, _LIT = 0.4, 2.0, 0.033, 0.25
CLEARED_NAME_PX = 110
"""A name's characters need not be higher for its smear to be found and undone."""
SMEAR_WINDOW = (384, 192)

_PIXELS_ASKED = 30_000
_ROWS_AT_ONCE = 64

Vector = npt.NDArray[np.float64]


def board_round(picture: Pixels, anchor: Line) -> tuple[Pixels, Callable[[Point], Point]]:
    """The board round a line of writing, level and enlarged, and the way back to the picture.

    A board reaches a little beyond its writing, and further above and below than to the sides; a
    column's board reaches further to the sides.
    """
    corner, along, down = frame(anchor)
    if anchor.vertical:
        origin, along, down = corner - 1.5 * along - 0.15 * down, 4 * along, 1.35 * down
    else:
        origin, along, down = corner - 0.15 * along - 2.2 * down, 1.3 * along, 5.7 * down
    longer = max(float(np.linalg.norm(along)), float(np.linalg.norm(down)))
    return cut_out(picture, origin, along, down, min(LARGEST_ZOOM, CLOSER_SIDE / longer))


def ends_at_side(cut: Pixels, line: Line) -> bool:
    """Whether a line reaches one of the sides of what was cut out, or nearly."""
    left, top, right, low = hull([line.quad])
    height, width = cut.shape[:2]
    return bool(min(left, top, width - right, height - low) < _AT_SIDE * line.glyph_px)


def strips_beside(picture: Pixels, anchor: Line) -> list[tuple[Pixels, Callable[[Point], Point]]]:
    """What stands below and above a name, or at a column's foot and head, much enlarged."""
    corner, along, down = frame(anchor)
    if anchor.vertical:
        size = float(np.linalg.norm(along))
        tall = down / np.linalg.norm(down) * 1.6 * size
        wide = 4 * along
        left = corner - 1.5 * along
        places = [(left + 0.95 * down, tall), (left - tall, tall)]
        number_px = 0.28 * size
    else:
        wide = 1.3 * along
        left = corner - 0.15 * along
        places = [(left + 0.95 * down, 2.3 * down), (left - 1.25 * down, 1.3 * down)]
        number_px = 0.33 * float(np.linalg.norm(down))
    most = min(LARGEST_STRIP_ZOOM, 2400 / float(np.linalg.norm(wide)))
    scale = min(most, max(1.0, STRIP_NUMBER_PX / number_px))
    return [cut_out(picture, origin, wide, tall, scale) for origin, tall in places]


class Writing(NamedTuple):
    """The board round a name in shades from its ground to its ink, and the ways there and back."""

    shades: Shades
    name: Shades
    into: Callable[[Point], Point]
    back: Callable[[Point], Point]


def writing_round(picture: Pixels, anchor: Line) -> Writing:
    """The board as it stands in the picture: turned or stretched, its smear would not be one.

    `name` is the middle of the name, large enough to tell the smear from.
    """
    corner, along, down = frame(anchor)
    if anchor.vertical:
        origin, wide, tall = corner - 1.5 * along - 0.35 * down, 4 * along, 1.75 * down
    else:
        origin, wide, tall = corner - 0.2 * along - 1.6 * down, 1.4 * along, 5.2 * down
    corners = np.array([origin, origin + wide, origin + tall, origin + wide + tall])
    left, top = np.floor(corners.min(axis=0)).astype(int).clip(0).tolist()
    right, low = np.ceil(corners.max(axis=0)).astype(int).tolist()
    return writing_within(picture, anchor, (left, top, right, low), ink_apart(picture, anchor))


def writing_within(
    picture: Pixels, anchor: Line, box: tuple[int, int, int, int], ink: Vector | None = None
) -> Writing:
    """What lies between these sides (left, top, right, below), in the shades of an anchor in it.

    `ink` is the way in colours that is taken for shades (`ink_of` the anchor without it).
    """
    _, along, down = frame(anchor)
    left, top, right, low = box
    across = min(float(np.linalg.norm(along)), float(np.linalg.norm(down)))
    scale = min(1.0, CLEARED_NAME_PX / max(1.0, across))
    board = picture[top:low, left:right]
    if scale < 1:
        shrunk = cv2.resize(board, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        board = np.asarray(shrunk, np.uint8)
    way = (ink_of(picture, anchor) if ink is None else ink).astype(np.float32)
    shades: Shades = np.empty(board.shape[:2], np.float32)
    bands = [slice(row, row + _ROWS_AT_ONCE) for row in range(0, len(shades), _ROWS_AT_ONCE)]
    for band in bands:  # all at once, three colours in floats take more than a network does
        shades[band] = board[band].astype(np.float32) @ way

    def into(point: Point) -> Point:
        return (point[0] - float(left)) * scale, (point[1] - float(top)) * scale

    def back(point: Point) -> Point:
        return (
            round(point[0] / scale + float(left), 1),
            round(point[1] / scale + float(top), 1),
        )

    x0, y0, x1, y1 = hull([moved(anchor.quad, into)])
    across_most, down_most = SMEAR_WINDOW[::-1] if anchor.vertical else SMEAR_WINDOW
    columns = _middle(x0, x1, across_most, shades.shape[1])
    rows = _middle(y0, y1, down_most, shades.shape[0])
    dark, bright = np.percentile(cv2.GaussianBlur(shades[rows, columns], (0, 0), 1.0), (4, 96))
    for band in bands:
        shades[band] = (shades[band] - dark) / max(1.0, float(bright - dark))
    return Writing(shades, shades[rows, columns], into, back)


def _middle(start: float, end: float, most: int, limit: int) -> slice:
    """The middle of a stretch, at most so long and inside the picture."""
    middle, reach = (start + end) / 2, min(end - start, most) / 2
    first = min(max(0, int(middle - reach)), limit - 1)
    return slice(first, max(first + 1, min(limit, int(middle + reach) + 1)))


def as_picture(shades: Shades) -> Pixels:
    """Shades as a picture for the networks, in BGR."""
    return np.asarray(cv2.cvtColor(in_grey(shades), cv2.COLOR_GRAY2BGR), np.uint8)


def in_grey(shades: Shades) -> Pixels:
    """Shades from 0 to 255; what rippled far beyond the two colours is cut off."""
    dark, bright = _ends(shades, 0.5)
    dark, bright = max(dark, -0.6), min(bright, 1.6)
    spread = shades - dark
    spread *= 255 / max(0.1, bright - dark)
    return spread.clip(0, 255, out=spread).astype(np.uint8)


def frame(anchor: Line) -> tuple[Vector, Vector, Vector]:
    """A line's first corner, and the ways along and down it."""
    corner, right, _, below = (np.asarray(point, np.float64) for point in anchor.quad)
    return corner, right - corner, below - corner


def cut_out(
    picture: Pixels, origin: Vector, along: Vector, down: Vector, scale: float
) -> tuple[Pixels, Callable[[Point], Point]]:
    """A slanting piece laid level and `scale` times as large, and the way back to the picture."""
    width, height = (max(32, int(np.linalg.norm(side) * scale)) for side in (along, down))
    here = np.array([origin, origin + along, origin + down], np.float32)
    there = np.array([(0, 0), (width, 0), (0, height)], np.float32)
    cut = cv2.warpAffine(
        picture,
        cv2.getAffineTransform(here, there),
        (width, height),
        flags=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )

    def back(point: Point) -> Point:
        x, y = origin + along * (point[0] / width) + down * (point[1] / height)
        return round(float(x), 1), round(float(y), 1)

    return np.asarray(cut, dtype=np.uint8), back


def ink_of(picture: Pixels, anchor: Line) -> Vector:
    """The way in colours from the ground of a name to its letters, or back."""
    return np.asarray(np.linalg.eigh(_strayed(_shrunk(picture, anchor)))[1][:, -1], np.float64)


def ink_apart(picture: Pixels, anchor: Line) -> Vector:
    """The way in colours from a name's ground to its letters where light changes the ground more.

    Across glare or a reflection `ink_of` is the way of the light, in which nothing is flat. What
    changes within a character is writing, what changes over more than one is light; of all ways
    the letters then stand out most from light and specks in this one.
    """
    plain = ink_of(picture, anchor)
    cut = _shrunk(picture, anchor).astype(np.float64)
    lit = cv2.GaussianBlur(cut, (0, 0), _OF_LIGHT * INK_PX)
    written, light = _strayed(cut - lit), _strayed(lit)
    if plain @ light @ plain < _LIT * (plain @ written @ plain):
        return plain
    against = light + (_SPECKS**2 + _OF_INK * np.trace(written)) * np.eye(3)
    root = np.linalg.inv(np.linalg.cholesky(against))
    way = np.linalg.eigh(root @ written @ root.T)[1][:, -1] @ root
    return np.asarray(way / np.linalg.norm(way), np.float64)


def _shrunk(picture: Pixels, anchor: Line) -> Pixels:
    """A line so small that what is left of the specks does not outweigh the letters."""
    corner, along, down = frame(anchor)
    across = min(float(np.linalg.norm(along)), float(np.linalg.norm(down)))
    return cut_out(picture, corner, along, down, min(1.0, INK_PX / max(1.0, across)))[0]


def _strayed(cut: npt.NDArray[Any]) -> Vector:
    """How the colours of a picture stray about their mean, and together (3 × 3)."""
    shades = cut.reshape(-1, 3).astype(np.float64)
    shades -= shades.mean(axis=0)
    return np.asarray(shades.T @ shades / len(shades), np.float64)


def in_ink(cut: Pixels, ink: Vector) -> Pixels:
    """A picture in shades of one colour's way, with full light."""
    shades = cut.astype(np.float32) @ ink.astype(np.float32)
    dark, bright = _ends(shades, 1)
    spread = ((shades - dark) * (255 / max(1.0, bright - dark))).clip(0, 255)
    return np.asarray(cv2.cvtColor(spread.astype(np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)


def full_light(cut: Pixels) -> Pixels:
    """Spread the light over the whole scale; the darkest and brightest hundredth are cut off."""
    dark, bright = _ends(cut, 1)
    if bright - dark < 1:
        return cut
    # Of each of the 256 shades, not of each pixel: the picture is not held in floats as well.
    spread = (np.arange(256, dtype=np.float32) - dark) * (255 / (bright - dark))
    return np.asarray(cv2.LUT(cut, spread.clip(0, 255).astype(np.uint8)), np.uint8)


def light_left(picture: Pixels) -> float:
    """How many times further apart `full_light` lays the shades of a picture."""
    dark, bright = _ends(picture, 1)
    return 255 / max(1.0, bright - dark)


def _ends(picture: npt.NDArray[Any], percent: float) -> tuple[float, float]:
    """The shades that so many percent of the pixels lie below and above; some stand for all."""
    step = max(1, math.isqrt(picture.shape[0] * picture.shape[1] // _PIXELS_ASKED))
    dark, bright = np.percentile(picture[::step, ::step], (percent, 100 - percent))
    return float(dark), float(bright)


def moved(quad: Quad, way: Callable[[Point], Point]) -> Quad:
    """Corners seen from elsewhere."""
    top_left, top_right, bottom_right, bottom_left = quad
    return way(top_left), way(top_right), way(bottom_right), way(bottom_left)
