"""Foretell a copy that went by way of WebP, by saving the first photo so again.

WebP rounds squares of four pixels by what their neighbours were rounded to, so nothing of its steps
can be read off the later file. But whoever saves the same pixels with the same quality, by the same
method, gets the same picture to the last shade; so both are looked for. What comes out then lies
inside of the later file's steps, while its neighbours lie outside as far as any other saving.
"""

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.kept import outside, rounded_from
from server.media.pictures.resized_between import astray, middle, resized
from server.media.pictures.stored import Stored
from server.media.pictures.tiles import luma

Colours = npt.NDArray[np.uint8]

MOST_SAVED = 27
"""Whole pictures, at some 0.1 seconds of processor each for 1280 × 960 pixels: five to find out how
coarse, seven round that, and five by each of three other methods. Without a sign of it, twelve."""
_METHODS = (4, 5, 6, 3)
"""The library's usual one, two that take their time, and that of browsers and telephones."""
_LOWEST, _HIGHEST, _FINELY = 40, 100, 3
_BELOW, _ABOVE = 2, 4  # how far the right quality is from how coarse the later file is
_BESIDE = 2  # qualities beside the nearest of the usual method
_NEARER = 0.985
"""Of what usual tries stray: at the right quality also another method comes so much nearer."""
_RIGHT = 0.55
"""Of how far its neighbours lie outside of the later file's steps: copies measured 0 to 0.2. What
only smooths new specks, as any coarse saving does, has no quality that is so much better."""
_LARGEST = 1600  # pixels of the longer side: beyond it so many savings take too long
_LEAST = 64  # pixels of the part to look at: below it nothing shows itself


def by_way_of_webp(first: Stored, second: Stored) -> Iterator[Stored]:
    """The first photo as WebP would leave it at the second's size, if that led to the second.

    Both must lie edge on edge, the first no smaller than the second, and show one light; where it
    was shrunk only the nearest way to shrink is tried. Saves the whole picture `MOST_SAVED` times
    at most.
    """
    left, top, right, below = middle(*second.size)
    if max(second.size) > _LARGEST or min(right - left, below - top) < _LEAST:
        return
    for picture in islice(resized(first, second), 1):
        made = _right(picture, second)
        if made is not None:
            yield replace(first, colours=made, upright=second.upright, square=second.square)
            return


def _right(picture: Image.Image, second: Stored) -> Colours | None:
    """What was made with the quality and method that show themselves as those of the second."""
    left, top, right, below = part = middle(*second.size)
    away_of, wanted = outside(second, part), luma(second.colours)
    usual = _likeliest(picture, second)
    tried = range(max(1, usual - _BELOW), min(100, usual + _ABOVE) + 1)
    for method in _METHODS:
        made, strays, aways = {}, {}, {}
        for quality in tried:
            colours = _saved(picture, quality, method)
            strays[quality] = astray(luma(colours), wanted)
            aways[quality] = away_of(colours[top:below, left:right])
            if aways[quality] == min(aways.values()):
                made = {quality: colours}
        ((best, found),) = made.items()
        if aways[best] < _RIGHT * float(np.median(list(aways.values()))):
            return found
        if method == _METHODS[0]:
            nearest = min(strays, key=lambda each: strays[each])
            dips = (min(each.values()) / np.median(list(each.values())) for each in (strays, aways))
            if min(dips) > _NEARER:
                return None
            tried = range(max(1, nearest - _BESIDE), min(100, nearest + _BESIDE) + 1)
    return None


def _likeliest(picture: Image.Image, second: Stored) -> int:
    """The quality that goes as far astray from the first photo as the second does."""
    away_of = rounded_from(np.asarray(picture), second)
    away, low, high = away_of(second.colours), _LOWEST, _HIGHEST
    while high - low > _FINELY:
        middle_one = (low + high) // 2
        if away_of(_saved(picture, middle_one, _METHODS[0])) > away:
            low = middle_one
        else:
            high = middle_one
    return (low + high) // 2


def _saved(picture: Image.Image, quality: int, method: int) -> Colours:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=method)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))
