"""Foretell a copy that went by way of WebP, by saving the first photo so again.

WebP rounds squares of four pixels by what their neighbours were rounded to, so nothing of its steps
can be read off the later file. But whoever saves the same pixels with the same quality, by the same
method, gets the same picture to the last shade; so both are looked for. What comes out then lies
inside of the later file's steps, while its neighbours lie outside as far as any other saving.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace

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
_METHODS = (4, 3, 5, 6)
"""The library's usual one, that of browsers and telephones, and two that take their time."""
_LOWEST, _HIGHEST, _FINELY = 40, 100, 3
_BELOW, _ABOVE = 2, 4  # how far the right quality is from how coarse the later file is
_BESIDE = 2  # qualities beside the nearest of the usual method
_ROUGHLY = range(44, 101, 2)
"""Tried on the middle alone, at 0.01 seconds each: of some pictures a higher quality is coarser."""
_NEARER = 0.978
"""Of what usual tries stray and lie outside, in the mean of both: at the right quality another
method comes so much nearer too. Copies measured 0.73 to 0.977, honest pairs mostly 0.98 to 0.99."""
_RIGHT = 0.4
"""Of how far its neighbours lie outside of the later file's steps: copies measured 0 to 0.2, the
right quality by another method 0.53. What only smooths new specks, as any coarse saving does, has
no quality that is so much better."""
_LARGEST = 1600  # pixels of the longer side: beyond it so many savings take too long
_LEAST = 64  # pixels of the part to look at: below it nothing shows itself


def by_way_of_webp(first: Stored, second: Stored) -> Iterator[Stored]:
    """The first photo as WebP would leave it at the second's size, if that led to the second.

    Both must lie edge on edge, be of one size and show one light. Saves the whole picture
    `MOST_SAVED` times at most.
    """
    if first.size != second.size:  # half of those were found, for twice the time
        return
    left, top, right, below = middle(*second.size)
    if max(second.size) > _LARGEST or min(right - left, below - top) < _LEAST:
        return
    for picture in resized(first, second):
        made = _right(picture, second)
        if made is not None:
            yield replace(first, colours=made, upright=second.upright, square=second.square)
            return


def _right(picture: Image.Image, second: Stored) -> Colours | None:
    """What was made with the quality and method that show themselves as those of the second."""
    tries, usual = _Tries(picture, second), _METHODS[0]
    likely = tries.likeliest()
    if (found := tries.shown(_qualities(likely - _BELOW, likely + _ABOVE), usual)) is not None:
        return found
    roughly = tries.roughly()
    if (found := tries.shown(_qualities(roughly - _BESIDE, roughly + _BESIDE), usual)) is not None:
        return found
    nearest = tries.nearest()
    if nearest is None:
        return None
    for method in _METHODS[1:]:
        around = _qualities(nearest - _BESIDE, nearest + _BESIDE)
        if (found := tries.shown(around, method)) is not None:
            return found
    return None


class _Tries:
    """How far savings of the first picture stray from the second, and lie outside of its steps."""

    def __init__(self, picture: Image.Image, second: Stored) -> None:
        self._picture, self._second, self._part = picture, second, middle(*second.size)
        self._outside, self._wanted = outside(second, self._part), luma(second.colours)
        self._made: dict[int, Colours] = {}
        self._strays: dict[tuple[int, int], float] = {}
        self._aways: dict[tuple[int, int], float] = {}

    def likeliest(self) -> int:
        """The quality that goes as far astray from the first photo as the second does."""
        away_of = rounded_from(np.asarray(self._picture), self._second)
        away, low, high = away_of(self._second.colours), _LOWEST, _HIGHEST
        while high - low > _FINELY:
            tried = (low + high) // 2
            self._made[tried] = _saved(self._picture, tried, _METHODS[0])
            if away_of(self._made[tried]) > away:
                low = tried
            else:
                high = tried
        return (low + high) // 2

    def roughly(self) -> int:
        """The quality that is nearest in the middle, saved alone."""
        piece = self._picture.crop(self._part)
        return min(_ROUGHLY, key=lambda each: self._outside(_saved(piece, each, _METHODS[0])))

    def shown(self, tried: Iterable[int], method: int) -> Colours | None:
        """What one of these qualities makes, if it shows itself as the right one."""
        best: tuple[float, Colours] | None = None
        for quality in tried:
            if (quality, method) in self._aways:
                continue
            made = self._made.get(quality) if method == _METHODS[0] else None
            colours = _saved(self._picture, quality, method) if made is None else made
            away = self._away(colours)
            self._strays[quality, method] = self._astray(colours)
            self._aways[quality, method] = away
            if best is None or away < best[0]:
                best = away, colours
        others = [away for (_, by), away in self._aways.items() if by == method]
        if best is None or best[0] >= _RIGHT * float(np.median(others)):
            return None
        return best[1]

    def _astray(self, colours: Colours) -> float:
        return astray(luma(colours), self._wanted)

    def _away(self, colours: Colours) -> float:
        left, top, right, below = self._part
        return self._outside(colours[top:below, left:right])

    def nearest(self) -> int | None:
        """The quality that stands out most among its neighbours, if any does more than by chance.

        Not the nearest of all: the finest savings are near whatever the later file is.
        """
        dips = [
            min(each.values()) / float(np.median(list(each.values())))
            for each in (self._strays, self._aways)
        ]
        if sum(dips) / len(dips) > _NEARER:
            return None
        usual = {quality: astray for (quality, _), astray in self._strays.items()}
        return min(usual, key=lambda each: usual[each] / _beside(usual, each))


def _beside(usual: dict[int, float], quality: int) -> float:
    """How far the next qualities stray, in the mean."""
    next_to = [usual[each] for each in (quality - 1, quality + 1) if each in usual]
    return sum(next_to) / len(next_to) if next_to else usual[quality]


def _qualities(low: int, high: int) -> range:
    return range(max(1, low), min(100, high) + 1)


def _saved(picture: Image.Image, quality: int, method: int) -> Colours:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=method)
    return np.asarray(Image.open(io.BytesIO(out.getvalue())).convert("RGB"))
