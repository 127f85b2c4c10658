"""Hold what a file was foretold to keep against what it keeps."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.media.pictures.stored import Stored

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.floating]

LEAST_TOLD = 400  # numbers of the file that say something
ANEW, LEAST_MOVED = 0.4, 5.0
"""By so many shades a number moves, in the mean, where a quiet sensor takes a photo anew; and so
many of a file's numbers must be likely to have become other multiples by that. The light of a
square is none of them: where a board is plain all over it stays the same, whoever takes it."""
SHADES = tuple(math.exp(step / 12) for step in range(-26, 28))
"""From 0.11 to 9.5 shades."""
_BESIDE = 3  # of them are tried on each side of the likeliest
FORETOLD = 0.25
STRAY = 0.03  # of the numbers may be anything
_HARDLY = 1e-4
"""Nor may so many where squares were moved alone: there nothing was drawn over the copy."""
_WELL_INSIDE, _AGREEING = 2.0, 3
"""Shades by which a number is foretold inside of its step, and how many such a square must have for
one that was kept as the next multiple to have moved alone. Nothing that copies leave moves it: what
is written over a square moves many. Of another photo coarse steps hide all but such moves: three
pairs of quiet sensors on a tripod, the second saved at 45 or twice, strayed by 0.2 else."""
_ALONE, _MOST_ALONE = 6, 0.006
"""So many squares, and this share of those with so many numbers: honest photos had 20 and more,
0.014 and more; copies with other watermarks, frames and stickers 2 and 0.0024 at most."""
_PLAIN, _PLAINER = 95, 70
"""Percent of the squares, those with the least drawing, that are looked at: fewer where a share of
the drawing goes astray in any case."""
LOW = ((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0), (2, 2),
        (1, 3), (3, 1))  # fmt: skip

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Told:
    """What was foretold, and the multiple that was kept, of each number that tells.

    `which` is its place in `LOW`, `known` the square shades that it may stray in any case, `square`
    the number of its square.
    """

    foretold: Floats
    kept: Floats
    which: npt.NDArray[np.intp]
    known: Floats
    square: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls,
        ours: Floats,
        theirs: Floats,
        telling: Mask,
        file: Stored,
        *,
        drawing: float,
        evenly: bool = False,
        inner: Mask | None = None,
    ) -> "Told | None":
        """None where too few numbers say anything, or all that do would say so of any photo.

        `drawing` is the share of a square's drawing that goes astray in any case. `evenly`, numbers
        are chosen by what is foretold alone (see `foretells`). What would have moved must lie in
        `inner` squares, where these are known (see `Scene`).
        """
        # All of them, where those with the least drawing are blank.
        for share in (_PLAIN, 100) if drawing == 0 else (_PLAINER,):
            drawn, plain = drawing_of(ours, telling, share)
            told = cls._of_squares(
                ours, theirs, drawn, plain, file=file, drawing=drawing, evenly=evenly, inner=inner
            )
            if told is not None:
                return told
        return None

    @classmethod
    def _of_squares(
        cls,
        ours: Floats,
        theirs: Floats,
        drawn: Floats,
        plain: Mask,
        *,
        file: Stored,
        drawing: float,
        evenly: bool,
        inner: Mask | None,
    ) -> "Told | None":
        parts, moved_in = [], math.inf if inner is None else 0.0
        for which, (row, column) in enumerate(LOW):
            foretold, step = ours[..., row, column], float(file.steps[row, column])
            kept = np.rint(theirs[..., row, column] / step)
            if row == column == 0:  # the light of a place may differ a little
                count = plain.sum(axis=1, keepdims=True)
                told = plain & (count >= 4)
                light = np.where(plain, kept * step - foretold, 0).sum(axis=1, keepdims=True)
                foretold = foretold + light / np.maximum(count, 1)
            else:
                told = plain & (
                    foretells(foretold, step) if evenly else tells(foretold, kept, step)
                )
            known = (drawing * drawn[told]) ** 2 + file.loose**2
            if which and inner is not None:
                moved_in += float((told & inner).sum()) * min(1.0, ANEW / step)
            place, square = np.full(len(known), which), np.flatnonzero(told)
            parts.append((foretold[told], kept[told], place, known, square))
        foretold, kept, place, known, square = (
            np.concatenate(part) for part in zip(*parts, strict=True)
        )
        drawn_steps = steps_of(file.steps)[place[place > 0]]
        moved = float(np.minimum(1, ANEW / drawn_steps).sum())
        if len(known) < LEAST_TOLD or min(moved, moved_in) < LEAST_MOVED:
            return None
        return cls(foretold, kept, place, known, square)

    def shades(self, steps: Floats) -> float:
        """The likeliest deviation between what was foretold and what the file says."""
        step = steps_of(steps)[self.which]
        low, high = (self.kept - 0.5) * step, (self.kept + 0.5) * step
        stray = _HARDLY if self._moved_alone(step) else STRAY
        chances: dict[int, float] = {}

        def chance(tried: int) -> float:
            if tried not in chances:
                deviation = np.sqrt(SHADES[tried] ** 2 + self.known)
                inside = within(low - self.foretold, high - self.foretold, deviation)
                chances[tried] = float(
                    np.log((1 - stray) * inside + stray * np.minimum(1, step / 60)).sum()
                )
            return chances[tried]

        every = range(len(SHADES))
        best = max(every[:: _BESIDE + 1], key=chance)
        beside = every[max(0, best - _BESIDE) : best + _BESIDE + 1]
        return SHADES[max(beside, key=chance)]

    def _moved_alone(self, step: Floats) -> bool:
        """Whether many squares keep the next multiple of one number, and all else as foretold."""
        multiples = self.foretold / step
        foretold = np.rint(multiples)
        inside = (0.5 - np.abs(multiples - foretold)) * step >= _WELL_INSIDE
        inside &= self.which > 0
        away, squares = np.abs(self.kept - foretold)[inside], self.square[inside]
        asked = np.bincount(squares)
        moved, nearby = (
            np.bincount(squares[each], minlength=len(asked)) for each in (away > 0, away == 1)
        )
        telling = asked >= _AGREEING
        alone = int((telling & (moved == 1) & (nearby == 1)).sum())
        return alone >= max(_ALONE, _MOST_ALONE * int(telling.sum()))


def steps_of(steps: Floats) -> Floats:
    """The steps of the numbers that are looked at."""
    return np.asarray(steps[tuple(np.transpose(LOW))], np.float32)


def drawing_of(ours: Floats, telling: Mask, share: float) -> tuple[Floats, Mask]:
    """How much is drawn in each square, and which have no more than that share of them all."""
    drawn = np.sqrt(np.maximum((ours**2).sum(axis=(2, 3)) - ours[..., 0, 0] ** 2, 0))
    return drawn, telling & (drawn <= np.percentile(drawn[telling], share))


def tells(foretold: Floats, kept: Floats, step: float) -> Mask:
    """Where a number says something: nought in both says little, for all small ones become it."""
    return np.asarray((np.abs(foretold) > step / 2) | (kept != 0), np.bool_)


def foretells(foretold: Floats, step: float) -> Mask:
    """The same, chosen by what is foretold alone: what was kept has a say in no choice.

    Otherwise those just rounded up are all looked at and those just rounded down are not, and a
    copy seems to stray where it has few large numbers.
    """
    return np.asarray(np.abs(foretold) > FORETOLD * step, np.bool_)


def within(low: Numbers, high: Numbers, deviation: Numbers | float) -> Numbers:
    """The chance that what is foretold to be nought lies between the two."""
    return np.asarray((np.tanh(0.8 * high / deviation) - np.tanh(0.8 * low / deviation)) / 2)
