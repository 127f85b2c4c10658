"""Find out how a picture of writing was smeared, by hand or lens, and undo it.

Writing has two colours. Of all ways to smear, the right one, undone, leaves two flat colours that,
smeared anew, give the picture that was taken; a wrong one leaves shades and ripples that do not.
"""

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Shades = npt.NDArray[np.float32]
"""A picture of writing with about 0 in one of its colours and 1 in the other."""

DOUBTS = (0.02, 0.08, 0.3)
"""Shares of noise: the more, the fewer ripples and the less detail."""
_LONGER = 1.15
_DISCS = (1.5, 2.0, 2.5, 3.0, 3.5, 4.2, 5.0)
_LENGTHS = (5.0, 7.5, 10.0, 13.0, 16.5, 20.5)
_SOFTNESS = 0.6  # of every lens and every JPEG, pixels
_FINE = 8  # pixels of the drawing that make one of a smear
_MARGIN = 24
_SLIGHT = 1.5
_SEARCH_DOUBT = 0.5
_STEEPNESS = 6.0


class Smear(NamedTuple):
    """A way to smear: along a line `length` pixels long at `angle`, or over a disc (angle None).

    A disc's length is its radius.
    """

    length: float
    angle: float | None = None


class Likeness(NamedTuple):
    """How well a smear explains a picture: what it leaves unexplained, from 0 to about 1."""

    unexplained: float
    smear: Smear


def likely_smears(writing: Shades) -> list[Likeness]:
    """The smears that explain a picture of writing, the best first.

    Looks at all ways coarsely, then closely round the best one.
    """
    picture = _Padded(writing)
    found = [picture.tried(smear) for smear in _coarse()]
    best = min(found, key=_least)
    found += [picture.tried(smear) for smear in _near(best.smear)]
    return sorted(found, key=_least)


def _least(likeness: Likeness) -> float:
    return likeness.unexplained


def cleared(writing: Shades, smears: Sequence[Smear], doubts: Sequence[float]) -> Iterator[Shades]:
    """The picture with each of these smears undone, for each of these shares of noise (Wiener)."""
    picture = _Padded(writing)
    del picture.pixels  # that these waves are of
    for smear in smears:
        waves = _spread(smear, picture.shape)
        for doubt in doubts:
            yield picture.inside(picture.undone(waves, doubt))


def longer(smear: Smear) -> Smear:
    """The same way to smear, a little further: it is found too short rather than too long."""
    return smear._replace(length=smear.length * _LONGER)


def is_slight(smear: Smear) -> bool:
    """Whether undoing it gains nothing."""
    return smear.angle is None and smear.length < _SLIGHT


def specks(writing: Shades) -> float:
    """By how much single pixels stray, where 1 is the step from one colour to the other."""
    bends = cv2.filter2D(writing, -1, np.array([(1, -2, 1), (-2, 4, -2), (1, -2, 1)], np.float32))
    return float(np.median(np.abs(bends))) / (6 * 0.6745)


class _Padded:
    """A picture with room round it, and its waves.

    Waves are kept as OpenCV lays them: as many numbers as pixels, a wave's two side by side, and
    above each other in the first and the last column. Both sides are even. numpy's take three
    times as long.
    """

    def __init__(self, writing: Shades) -> None:
        height, width = writing.shape
        tall, wide = (
            2 * cv2.getOptimalDFTSize((side + 2 * _MARGIN + 1) // 2) for side in (height, width)
        )
        self.pixels = np.asarray(
            cv2.copyMakeBorder(
                writing, _MARGIN, tall - height - _MARGIN, _MARGIN, wide - width - _MARGIN,
                cv2.BORDER_REFLECT,
            ),
            np.float32,
        )  # fmt: skip
        self.size = height, width
        self.shape = tall, wide
        self.waves = _waves(self.pixels)
        down, across = (
            (2 - 2 * np.cos(2 * np.pi * np.fft.rfftfreq(side))).astype(np.float32)
            for side in (tall, wide)
        )
        self.rough = self._rough(down, across)  # flat colours have little of the fine waves
        self.spread = max(1e-9, float(writing.var()))

    def _rough(self, down: Shades, across: Shades) -> Shades:
        """How fine each wave is, laid as the waves are."""
        rough = np.empty(self.shape, np.float32)
        both = np.concatenate([down, down[-2:0:-1]])[:, None]
        rough[:, 1:-1:2] = 0.1 + both + across[None, 1:-1]
        for column, fine in ((0, across[0]), (-1, across[-1])):
            rough[0, column] = 0.1 + down[0] + fine
            rough[1::2, column] = 0.1 + down[1:] + fine
        return _for_both(rough)

    def undone(self, smear: Shades, doubt: float) -> Shades:
        power = _for_both(np.asarray(cv2.mulSpectrums(smear, smear, 0, conjB=True), np.float32))
        power += np.float32(doubt) * self.rough
        waves = np.asarray(cv2.mulSpectrums(self.waves, smear, 0, conjB=True), np.float32)
        waves /= power
        return _from_waves(waves)

    def tried(self, smear: Smear) -> Likeness:
        waves = _spread(smear, self.shape)
        flat = self.undone(waves, _SEARCH_DOUBT)
        flat -= 0.5
        flat *= _STEEPNESS
        flat += 0.5
        flat = flat.clip(0, 1, out=flat)
        again = _from_waves(cv2.mulSpectrums(_waves(flat), waves, 0))
        again -= self.pixels
        return Likeness(float(self.inside(again).var()) / self.spread, smear)

    def inside(self, padded: Shades) -> Shades:
        height, width = self.size
        return padded[_MARGIN : _MARGIN + height, _MARGIN : _MARGIN + width]


def _waves(pixels: Shades) -> Shades:
    return np.asarray(cv2.dft(pixels), np.float32)


def _from_waves(waves: cv2.typing.MatLike) -> Shades:
    return np.asarray(cv2.idft(waves, flags=cv2.DFT_SCALE), np.float32)


def _for_both(laid: Shades) -> Shades:
    """What stands at the first number of each wave also at its second; in place."""
    laid[:, 2:-1:2] = laid[:, 1:-2:2]
    for column in (0, -1):
        laid[2:-1:2, column] = laid[1:-2:2, column]
    return laid


def _coarse() -> Iterator[Smear]:
    for radius in _DISCS:
        yield Smear(radius)
    for length in _LENGTHS:
        ways = round(min(16, 4 + 0.8 * length))
        for way in range(ways):
            yield Smear(length, math.pi * way / ways)


def _near(smear: Smear) -> Iterator[Smear]:
    if smear.angle is None:
        for change in (0.88, 1.12):
            yield Smear(smear.length * change)
        return
    ways = round(min(16, 4 + 0.8 * smear.length))
    for turn in (-0.33, 0, 0.33):
        for change in (0.85, 0.93, 1.0, 1.08, 1.16):
            if turn or change != 1.0:
                yield Smear(smear.length * change, smear.angle + turn * math.pi / ways)


@cache
def _drawn(smear: Smear) -> Shades:
    """A smear as the little picture that it makes of a single point."""
    reach = smear.length / 2 if smear.angle is not None else smear.length
    side = 2 * math.ceil(reach + 2) + 1
    large = np.zeros((side * _FINE, side * _FINE), np.float32)
    middle = (side * _FINE - 1) / 2
    if smear.angle is None:
        cv2.circle(large, (round(middle),) * 2, round(smear.length * _FINE), 1.0, -1)
    else:
        across = math.cos(smear.angle) * reach * _FINE
        down = math.sin(smear.angle) * reach * _FINE
        ends = [(round(middle + s * across), round(middle + s * down)) for s in (-1, 1)]
        cv2.line(large, ends[0], ends[1], 1.0, _FINE)
    small = cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), _SOFTNESS)
    return np.asarray(soft / soft.sum(), np.float32)


def _spread(smear: Smear, shape: tuple[int, int]) -> Shades:
    """The waves of a smear whose middle lies at the corner of a picture of this shape."""
    point = _drawn(smear)
    reach = len(point) // 2
    room = np.zeros(shape, np.float32)
    room[: reach + 1, : reach + 1] = point[reach:, reach:]
    room[: reach + 1, -reach:] = point[reach:, :reach]
    room[-reach:, : reach + 1] = point[:reach, reach:]
    room[-reach:, -reach:] = point[:reach, :reach]
    return _waves(room)
