"""Foretell a copy that went by way of WebP, by saving the first photo so again.

WebP rounds squares of four pixels by what their neighbours were rounded to, so nothing of its steps
can be read off the later file. But whoever saves the same pixels with the same quality gets the
same picture; so the quality is looked for, and what comes out is held against the later file.
"""

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.stored import Stored
from server.media.pictures.tiles import luma

Colours = npt.NDArray[np.uint8]

MOST_SAVED = 14
"""Times, at some 0.1 seconds of processor each for 1280 × 960 pixels: four to find out how coarse,
five round that, four beside the best of them, and it by another method."""
_ROUGHLY = 3  # qualities from one try to the next
_AROUND = 6  # qualities to either side of the likeliest
_NEARER = 0.95
"""Of what usual tries stray: with the right quality, or one beside it, it comes nearer."""
_RIGHT = 0.8
"""Of the same, with the very quality: copies measured 0.5 to 0.6. What only smooths new specks,
as any coarse saving does, has no quality that is so much better than the next."""
LIT = 1.0
"""Shades by which squares of 16 pixels may differ in light: saving as WebP and as JPEG again
measured up to 0.73. In another light, tries of any quality stray alike."""
_LARGEST = 1600  # pixels of the longer side: beyond it so many savings take too long
_METHODS = (4, 3)  # the library's usual one, and that of browsers and telephones


def by_way_of_webp(first: Stored, second: Stored) -> Iterator[Stored]:
    """The first photo as WebP would leave it, if that may have led to the second.

    Both must be of one size, lie exactly on each other, and show one light. Saves the picture
    `MOST_SAVED` times at most.
    """
    if not _worth_trying(first, second):
        return
    picture, wanted = Image.fromarray(first.colours), luma(second.colours)
    away = astray(luma(first.colours), wanted)
    tried: dict[tuple[int, int], tuple[float, Colours]] = {}

    def near(quality: int, method: int = _METHODS[0]) -> float:
        if (quality, method) not in tried:
            made = _saved(picture, quality, method)
            tried[quality, method] = (astray(luma(made), wanted), made)
        return tried[quality, method][0]

    middle = _likeliest(first.colours, away, picture)
    for quality in range(middle - _AROUND, middle + _AROUND + 1, _ROUGHLY):
        near(min(100, max(1, quality)))
    rough = sorted(each for each, _ in tried.values())
    if rough[0] > _NEARER * rough[len(rough) // 2]:
        return
    best = min(tried, key=lambda each: tried[each][0])[0]
    for quality in range(max(1, best - _ROUGHLY + 1), min(100, best + _ROUGHLY - 1) + 1):
        near(quality)
    best = min(tried, key=lambda each: tried[each][0])[0]
    for method in _METHODS[1:]:
        near(best, method)
    if min(each for each, _ in tried.values()) > _RIGHT * rough[len(rough) // 2]:
        return
    yield replace(first, colours=min(tried.values(), key=lambda each: each[0])[1])


def _worth_trying(first: Stored, second: Stored) -> bool:
    """Whether the two have one size and light, and their squares were not shrunk."""
    if first.colours.shape != second.colours.shape or not first.square == second.square == 8:
        return False
    if max(first.size) > _LARGEST:
        return False
    return astray(lights(luma(first.colours)), lights(luma(second.colours))) <= LIT


def _likeliest(colours: Colours, away: float, picture: Image.Image) -> int:
    """The quality that goes as far astray from the first photo as the second does."""
    grey, low, high = luma(colours), 20, 100
    while high - low > _AROUND:
        middle = (low + high) // 2
        if astray(luma(_saved(picture, middle, _METHODS[0])), grey) > away:
            low = middle
        else:
            high = middle
    return (low + high) // 2


def _saved(picture: Image.Image, quality: int, method: int) -> Colours:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=method)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))


def lights(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The mean shade of each square of 16 pixels."""
    rows, columns = grey.shape[0] // 16, grey.shape[1] // 16
    cut = grey[: rows * 16, : columns * 16].reshape(rows, 16, columns, 16)
    return np.asarray(cut.mean(axis=(1, 3)), np.float32)


def astray(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    """By how many shades two pictures usually differ."""
    return float(np.sqrt(np.mean((one - other) ** 2)))
