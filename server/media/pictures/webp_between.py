"""Foretell a copy that went by way of WebP, by saving the first photo so again.

WebP rounds squares of four pixels by what their neighbours were rounded to, so nothing of its steps
can be read off the later file. But whoever saves the same pixels with the same quality, by the same
method, gets the same picture to the last shade; so both are looked for. What comes out then lies
inside of the later file's steps, while its neighbours lie outside as far as any other saving.
"""

import io
from collections.abc import Iterable, Iterator
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

MOST_SAVED = 32
"""Whole pictures, at some 0.1 seconds of processor each for 1280 × 960 pixels: five to find out how
coarse, seven round that, five round what the middle alone shows, and five by each of three other
methods. Without a sign of it, seventeen."""
_METHODS = (4, 5, 6, 3)
"""The library's usual one, two that take their time, and that of browsers and telephones."""
_LOWEST, _HIGHEST, _FINELY = 40, 100, 3
_BELOW, _ABOVE = 2, 4  # how far the right quality is from how coarse the later file is
_BESIDE = 2  # qualities beside the nearest of the usual method
_ROUGHLY = range(44, 101, 2)
"""Tried on the middle alone, at 0.01 seconds each: of some pictures a higher quality is coarser."""
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
    strays: dict[tuple[int, int], float] = {}
    aways: dict[tuple[int, int], float] = {}

    def shown(tried: Iterable[int], method: int) -> Colours | None:
        made: dict[int, Colours] = {}
        for quality in tried:
            if (quality, method) not in aways:
                colours = _saved(picture, quality, method)
                strays[quality, method] = astray(luma(colours), wanted)
                aways[quality, method] = away_of(colours[top:below, left:right])
                if aways[quality, method] == min(aways.values()):
                    made = {quality: colours}
        others = [away for (_, by), away in aways.items() if by == method]
        for quality, colours in made.items():
            if aways[quality, method] < _RIGHT * float(np.median(others)):
                return colours
        return None

    likely = _likeliest(picture, second)
    piece = picture.crop(part)
    roughly = min(_ROUGHLY, key=lambda each: away_of(_saved(piece, each, _METHODS[0])))
    for low, high in ((likely - _BELOW, likely + _ABOVE), (roughly - _BESIDE, roughly + _BESIDE)):
        found = shown(_qualities(low, high), _METHODS[0])
        if found is not None:
            return found
    dips = (min(each.values()) / np.median(list(each.values())) for each in (strays, aways))
    if min(dips) > _NEARER:
        return None
    nearest, _ = min(strays, key=lambda each: strays[each])
    for method in _METHODS[1:]:
        found = shown(_qualities(nearest - _BESIDE, nearest + _BESIDE), method)
        if found is not None:
            return found
    return None


def _qualities(low: int, high: int) -> range:
    return range(max(1, low), min(100, high) + 1)


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
