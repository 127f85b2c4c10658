"""Tell a photo of a screen by the lattice of its lights: one fine pattern over all it shows."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

# The picture is looked at through windows spread over it. A window is lit when one wave stands out
# of its spectrum: from all around it, so that it is no edge, and from its own halves and thirds, so
# that it is no brick or slat. Lit windows count when a neighbour has nearly the same wave.
WINDOW = 64
WINDOWS = (12, 9)
"""Along the long and the short side."""
FINEST, COARSEST = 0.62, 0.26  # cycles a pixel; the corner beyond belongs to cameras' own mosaics
DARKEST, LIGHTEST = 30, 250  # dark windows show no lattice, white ones have lost it
STANDS_OUT = 6.0  # times the power of all around
DRIFT = 4  # sixty-fourths of a cycle a pixel between neighbours
# Tiles, cloth, mesh and print have lattices too, but each lies on one plain thing. A screen's lies
# on all that is shown, so on edges and writing as well; or it is strong and fills the picture.
BUSY = 12.0  # of 255: how much light differs within a window, whatever its lattice
SHARE, SHARE_OF_BUSY, LEAST_BUSY, CONTRAST = 0.1, 0.2, 5, 1.5
SHARE_OF_ALL, CONTRAST_OF_ALL = 0.7, 6.0

Floats = npt.NDArray[np.float32]
_AROUND = [(y, x) for y in range(-5, 6) for x in range(-5, 6) if 3 <= max(abs(y), abs(x)) <= 5]
_BESIDE = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]


def like_a_screen(shades: npt.NDArray[np.uint8]) -> bool:
    """Whether a grey picture looks like a photo of a screen; of honest photos one in a hundred.

    The picture must not have been made smaller than it was sent: shrinking takes the lattice away.
    """
    found = _lattice(shades)
    return found is not None and found.of_a_screen


@dataclass(frozen=True, slots=True)
class Lattice:
    """A fine pattern: its share of the windows, of the busy ones, how many these are, contrast."""

    share: float
    share_of_busy: float
    busy: int
    contrast: float

    @property
    def of_a_screen(self) -> bool:
        """Whether it lies on everything or fills the picture."""
        on_everything = self.busy >= LEAST_BUSY and self.share_of_busy >= SHARE_OF_BUSY
        if on_everything and self.share >= SHARE and self.contrast >= CONTRAST:
            return True
        return self.share >= SHARE_OF_ALL and self.contrast >= CONTRAST_OF_ALL


def _lattice(shades: npt.NDArray[np.uint8]) -> Lattice | None:
    """What the windows have in common; None for pictures without any pattern."""
    if min(shades.shape) < WINDOW:
        return None
    seen = _windows(shades)
    light = seen.mean(axis=(2, 3))
    power = np.abs(np.fft.fft2((seen - light[..., None, None]) * _bell())) ** 2
    rows, columns = np.indices(light.shape)
    highest = (power * _searched()).reshape(*light.shape, -1).argmax(axis=-1)
    down, across = np.unravel_index(highest, (WINDOW, WINDOW))
    down = np.where(down >= WINDOW // 2, down - WINDOW, down)

    def at(y: npt.NDArray[np.intp], x: npt.NDArray[np.intp]) -> Floats:
        return np.asarray(power[rows, columns, y % WINDOW, x % WINDOW], np.float32)

    peak = at(down, across)
    around = np.max([at(down + y, across + x) for y, x in _AROUND], axis=0)
    coarser = np.max(
        [
            at(np.rint(down / part).astype(np.intp) + y, np.rint(across / part).astype(np.intp) + x)
            for part in (2, 3, 4)
            for y, x in _BESIDE
        ],
        axis=0,
    )
    usable = (light > DARKEST) & (light < LIGHTEST)
    lit = usable & (peak > STANDS_OUT * (around + 1)) & (peak > coarser + 1)
    lattice = _shared(lit, down, across)
    if not lattice.any():
        return None
    contrast = float(np.median(np.sqrt(peak[lattice]))) * 2 / float(_bell().sum())
    eighths = seen.reshape(*light.shape, 8, WINDOW // 8, 8, WINDOW // 8).mean(axis=(3, 5))
    busy = usable & (eighths.std(axis=(2, 3)) > BUSY)
    of_busy = int((lattice & busy).sum())
    return Lattice(
        float(lattice.sum() / usable.sum()), of_busy / max(1, int(busy.sum())), of_busy, contrast
    )


def _windows(shades: npt.NDArray[np.uint8]) -> Floats:
    height, width = shades.shape
    long, short = WINDOWS
    rows, columns = (long, short) if height > width else (short, long)
    tops = [(height - WINDOW) * row // (rows - 1) for row in range(rows)]
    lefts = [(width - WINDOW) * column // (columns - 1) for column in range(columns)]
    return np.array(
        [[shades[y : y + WINDOW, x : x + WINDOW] for x in lefts] for y in tops], np.float32
    )


@cache
def _bell() -> Floats:
    """Windows fade towards their edges, which would be waves of their own."""
    one = 0.5 - 0.5 * np.cos(np.arange(WINDOW) * (2 * math.pi / WINDOW))
    return np.asarray(one[:, None] * one[None], np.float32)


@cache
def _searched() -> npt.NDArray[np.bool_]:
    """Waves to look for: half of the plane, not too coarse, none of JPEG's blocks of eight."""
    steps = np.arange(WINDOW)
    down = np.where(steps >= WINDOW // 2, steps - WINDOW, steps)[:, None]
    across = steps[None]
    cycles = np.hypot(down, across) / WINDOW
    half = across <= WINDOW // 2
    blocks = ((across == 0) & (down % 8 == 0)) | ((down == 0) & (across % 8 == 0))
    return np.asarray(half & (cycles >= COARSEST) & (cycles <= FINEST) & ~blocks)


def _shared(
    lit: npt.NDArray[np.bool_], down: npt.NDArray[np.intp], across: npt.NDArray[np.intp]
) -> npt.NDArray[np.bool_]:
    """Lit windows whose wave a lit neighbour has as well."""
    shared = np.zeros_like(lit)
    for here, next_to_it in (
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
    ):
        alike = np.zeros_like(lit[here])
        for way in (1, -1):  # a wave and its opposite are the same
            away_y = np.abs(down[here] - way * down[next_to_it])
            away_x = np.abs(across[here] - way * across[next_to_it])
            away_y = np.minimum(away_y, WINDOW - away_y)
            away_x = np.minimum(away_x, WINDOW - away_x)
            alike |= (away_y <= DRIFT) & (away_x <= DRIFT)
        alike &= lit[here] & lit[next_to_it]
        shared[here] |= alike
        shared[next_to_it] |= alike
    return shared
