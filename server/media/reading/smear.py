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
    """A picture with room round it, and its waves."""

    def __init__(self, writing: Shades) -> None:
        height, width = writing.shape
        tall, wide = (cv2.getOptimalDFTSize(side + 2 * _MARGIN) for side in (height, width))
        self.pixels = np.asarray(
            cv2.copyMakeBorder(
                writing, _MARGIN, tall - height - _MARGIN, _MARGIN, wide - width - _MARGIN,
                cv2.BORDER_REFLECT,
            ),
            np.float32,
        )  # fmt: skip
        self.size = height, width
        self.shape = tall, wide
        self.waves = np.fft.rfft2(self.pixels)
        down = 2 - 2 * np.cos(2 * np.pi * np.fft.fftfreq(tall)).astype(np.float32)
        across = 2 - 2 * np.cos(2 * np.pi * np.fft.rfftfreq(wide)).astype(np.float32)
        self.rough = 0.1 + down[:, None] + across  # flat colours have little of the fine waves
        self.spread = max(1e-9, float(writing.var()))

    def undone(self, smear: npt.NDArray[np.complex64], doubt: float) -> Shades:
        waves = self.waves * smear.conj() / (np.abs(smear) ** 2 + doubt * self.rough)
        return np.asarray(np.fft.irfft2(waves, self.shape), np.float32)

    def tried(self, smear: Smear) -> Likeness:
        waves = _spread(smear, self.shape)
        flat = ((self.undone(waves, _SEARCH_DOUBT) - 0.5) * _STEEPNESS + 0.5).clip(0, 1)
        again = np.fft.irfft2(np.fft.rfft2(flat) * waves, self.shape)
        left = self.inside(np.asarray(again - self.pixels, np.float32))
        return Likeness(float(left.var()) / self.spread, smear)

    def inside(self, padded: Shades) -> Shades:
        height, width = self.size
        return padded[_MARGIN : _MARGIN + height, _MARGIN : _MARGIN + width]


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


def _spread(smear: Smear, shape: tuple[int, int]) -> npt.NDArray[np.complex64]:
    """The waves of a smear laid in the corner of a picture of this shape."""
    point = _drawn(smear)
    side = len(point)
    across = np.zeros((side, shape[1]), np.float32)
    across[:, :side] = point
    rows = np.fft.rfft(np.roll(across, -(side // 2), 1))  # only these rows hold anything
    room = np.zeros((shape[0], rows.shape[1]), np.complex64)
    room[: side - side // 2] = rows[side // 2 :]
    room[len(room) - side // 2 :] = rows[: side // 2]
    return np.asarray(np.fft.fft(room, axis=0), np.complex64)
