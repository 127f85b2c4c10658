"""Tell by what steps a copy was rounded in between, when it was saved twice.

Chats save by tables of their own, after a shrinking of their own, so doing the same again does not
find what lay between. But each number of a square was then rounded by two steps: the second's file
names the later one, and the other shows itself in what is kept. The noise of a new photo came
before both, so it is measured as if there were one rounding only.
"""

import numpy as np
import numpy.typing as npt

from server.media.pictures.told import ANEW, LEAST_MOVED, LOW, SHADES, STRAY, Told, steps_of, within

Floats = npt.NDArray[np.float32]

_STEPS = np.arange(2, 46, dtype=np.float64)
"""Chats save at 60 to 80, by steps of 4 to 20 for what is looked at; one of one hides nothing."""
_USUALLY = (0.35, 0.8)
"""Shades by which a mixture may stray while the steps are looked for."""
_SINGLY = (0.35, 0.8, 2.0, 5.0)
"""Shades by which it may where nothing was rounded in between."""
_MOST, _LEAST = 1200, 40
"""Numbers of one place in the squares that are asked for its step, and without which none is."""
_SHOWN, _SHOWN_ALL = 12.0, 400.0
"""Natural logarithms of how much likelier what is kept is with a step between, for one place in the
squares and for all that was asked: copies measured 900 and more."""
_LOOSE = 0.3  # shades: between two savings colours are made whole
_FIRST = 4  # places looked at before the others: where none shows a step, none is


def steps_between(told: Told, steps: Floats) -> Floats | None:
    """The steps by which the numbers in `LOW` were rounded before; nought where none shows itself.

    None where they hardly show, or where a photo taken anew would be rounded so as well.
    """
    found, gained, moved = np.zeros(len(LOW), np.float32), 0.0, 0.0
    for which, step in enumerate(steps_of(steps).tolist()):
        if which == _FIRST and not found.any():
            return None
        places = np.flatnonzero(told.which == which)
        if len(places) < _LEAST:
            continue
        asked = _Asked(told, places[:: -(-len(places) // _MOST)], step)
        single = max(asked.chance(None, shades) for shades in _SINGLY)
        best, between = max(
            (asked.chance(between, shades), between) for shades in _USUALLY for between in _STEPS
        )
        if best - single >= _SHOWN:
            found[which], gained = between, gained + best - single
        if which:
            moved += len(places) * min(1.0, ANEW / max(step, float(found[which])))
    return found if gained >= _SHOWN_ALL and moved >= LEAST_MOVED else None


def shades_between(told: Told, steps: Floats, between: Floats) -> float:
    """The likeliest deviation between what was foretold, before both roundings, and the file.

    Light whose earlier step does not show itself has no say: it was allowed to differ a little from
    place to place, and what coarse steps do to it was taken for that.
    """
    asked = [
        (_Asked(told, np.flatnonzero(told.which == which), step), float(before) or None)
        for which, (step, before) in enumerate(zip(steps_of(steps).tolist(), between, strict=True))
        if which or before
    ]
    return max(
        SHADES, key=lambda shades: sum(each.chance(before, shades) for each, before in asked)
    )


class _Asked:
    """Numbers of one place in the squares."""

    def __init__(self, told: Told, places: npt.NDArray[np.intp], step: float) -> None:
        self._foretold, self._step = told.foretold[places].astype(np.float64), step
        kept, self._known = told.kept[places].astype(np.float64), told.known[places]
        self._low, self._high = (kept - 0.5) * step, (kept + 0.5) * step

    def chance(self, between: float | None, shades: float) -> float:
        """The logarithm of the chance that this file keeps what it does."""
        deviation = np.sqrt(shades**2 + self._known)
        if between is None:
            inside = within(self._low - self._foretold, self._high - self._foretold, deviation)
        else:
            inside = np.zeros(len(self._foretold))
            nearest = np.rint(self._foretold / between)
            far = min(4, 1 + int(np.ceil(3 * shades / between)))
            for beside in range(-far, far + 1):
                made = (nearest + beside) * between
                away = made - self._foretold
                inside += within(away - between / 2, away + between / 2, deviation) * within(
                    self._low - made, self._high - made, _LOOSE
                )
        return float(np.log((1 - STRAY) * inside + STRAY * min(1.0, self._step / 60)).sum())
