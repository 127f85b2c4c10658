"""Lay one picture exactly over another, and look for what only a copy keeps: frame, light, noise.

A copy that was saved, cut, resized, mirrored or brightened keeps its edges level, changes light
everywhere by one rule, and brings the specks of the first sensor along. The next photo from the
same spot does none of the three; where a holder keeps frame and light for it, and a rough wall
looks like specks, `resaved` asks for more: that saving again explains all of the second picture.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

# Measured by tools/other_days.py and tools/changed_photos.py (docs/accuracy.md).
MOST_SKEW_PX = 0.25
"""By which a corner of a 640 pixel picture may leave a level frame: copies reached 0.1, photos by
hand began at 1."""
MOST_LIGHT = 5.5
"""Shades of 255; copies that were burnt out by brightening reached 4, another hour has 6."""
LEAST_NOISE = 0.03
"""Correlation of the specks; copies saved at quality 30 kept 0.05, two noisy photos have 0.02."""
PLAIN_NOISE = 0.75
"""From here on the specks speak for a copy, whatever was done to its light."""
PLAIN_SKEW_PX = 0.5
"""A stamp may pull so far at the frame of a copy whose specks are plain."""
TILTED_NOISE = 0.45
"""So plain must the specks be where the frame is not level: a copy turned or slanted."""
MOST_STRAYED_TILTED = 0.65
"""A picture mixed anew explains more: photos by hand, in the same light, began at 0.85."""
MOST_STRAYED_SPECKED, SPECKED = 0.7, 0.4
"""And so much where its specks are also the first's. Copies turned and slanted measured 0.67 to
0.79 at 0.41 to 0.6; but so did photos from a mark on the ground by quiet sensors, 0.77 and more:
the grain of a wall is common to both."""
SOME_NOISE = 0.14
"""From here on it is worth laying the two over each other, however the frame lies: turned copies of
quiet walls kept 0.15 to 0.25."""
LEAST_ON_STEPS = 6.0
"""Standard deviations by which a copy lies on the steps of the file that it was made from; honest
pairs reached 2.6."""
MOST_STRAYED_OFF_STEPS, OFF_STEPS = 0.55, 1.0
"""And so much where the old file's steps could tell and tell of nothing: a brick wall from a mark
on the ground, by a sensor with noise of 0.5, saved at quality 50, measured 0.6 at -1."""
TILTED_ON_STEPS = 4.5
"""Enough where the frame is not level and the specks are also the first's: of honest pairs so held
and so near none measured more than 2.0; level ones by a shutter once 4.6."""
MOST_STRAYED_PULLED = 0.85
"""What may be left where a stamp has pulled at the frame; holders nudged so little began at 1.5."""
UNCUT_PX = 1.0
"""Within so much of a 640 pixel picture the edges of a copy that was not cut lie on each other; a
stamp may pull at them."""
_STEPS = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 1e-4)
_WIDE_BLOCK = 32
_BLOCK = 16
_LEAST_BLOCKS = 60
_LEAST_ALIKE = 12
_SPECKS = 0.35  # shades, from which a block has any specks to compare


@dataclass(frozen=True, slots=True)
class Traces:
    """What laying over showed.

    `skew_px` is how far a corner leaves the level frame, `light` by how many shades of 255 the
    change of light differs from place to place (None where most is burnt out), `noise` the
    correlation of specks in smooth places (None where there are too few). `strayed` is how far the
    two stray from one saved again, 1 being the most that copies do (None where nothing tells, or
    where the others already say no), `on_steps` how surely the one lies on the steps to which the
    other's file was rounded (None where nothing tells, see `old_steps`).
    """

    skew_px: float
    light: float | None
    noise: float | None
    strayed: float | None = None
    on_steps: float | None = None

    @property
    def of_a_copy(self) -> bool:
        """Whether these are a copy's traces, and nothing is left that a copy cannot have."""
        if not self.worth_foretelling or self.strayed is None or self.strayed > 1:
            return False
        if self.on_steps is not None and self.on_steps >= LEAST_ON_STEPS:
            return True
        if self.skew_px > PLAIN_SKEW_PX:
            specked = self.noise is not None and self.noise >= SPECKED
            stepped = self.on_steps is not None and self.on_steps >= TILTED_ON_STEPS
            if specked and stepped:
                return self.strayed <= MOST_STRAYED_PULLED
            if self.on_steps is not None and self.on_steps <= OFF_STEPS:
                return self.strayed <= MOST_STRAYED_OFF_STEPS
            return self.strayed <= (MOST_STRAYED_SPECKED if specked else MOST_STRAYED_TILTED)
        return self.like_a_copy or self.strayed <= MOST_STRAYED_PULLED

    @property
    def worth_foretelling(self) -> bool:
        """Whether it is worth laying the one over the other as the files hold them."""
        even = self.light is None or self.light <= MOST_LIGHT
        specked = self.noise is not None and self.noise >= SOME_NOISE
        # A coarse saving or WebP leaves quiet walls no specks, and nothing to lay frames by.
        return self.like_a_copy or (even and (specked or self.skew_px <= PLAIN_SKEW_PX))

    @property
    def like_a_copy(self) -> bool:
        """Whether frame, light and specks are a copy's."""
        plain = self.noise is not None and self.noise >= PLAIN_NOISE
        if plain and self.skew_px <= PLAIN_SKEW_PX:
            return True
        even = self.light is None or self.light <= MOST_LIGHT
        if self.skew_px > PLAIN_SKEW_PX:
            return even and self.noise is not None and self.noise >= TILTED_NOISE
        if self.skew_px > MOST_SKEW_PX:
            return False
        return even and (self.noise is None or self.noise >= LEAST_NOISE)


def laid_exactly(first: Grey, second: Grey, frame: Matrix) -> Matrix | None:
    """The 3 × 3 way from pixels of `second` to pixels of `first`, refined from a first guess.

    `frame` (2 × 3) leads from first to second. Parts that are not alike, such as a stamp, are left
    out. None when the two cannot be laid over each other.
    """
    here, there = _outlined(first), _outlined(second)
    way = np.vstack([cv2.invertAffineTransform(frame), [0, 0, 1]]).astype(np.float32)
    try:
        for _ in range(2):
            alike = _alike(here, there, way)
            if alike is None:
                return None
            _, found = cv2.findTransformECC(
                there, here, way, cv2.MOTION_HOMOGRAPHY, _STEPS, alike, 3
            )
            way = np.asarray(found, np.float32)
    except cv2.error:  # nothing to hold on to, or the two drift apart
        return None
    return np.asarray(way, np.float64)


def skew_px(way: Matrix, width: int, height: int) -> float:
    """How far the corners of a picture leave the best way that only shifts and scales."""
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    moved = cv2.perspectiveTransform(corners[None], way)[0]
    off = []
    for axis in (0, 1):
        scale, shift = np.polyfit(corners[:, axis], moved[:, axis], 1)
        off.append(moved[:, axis] - scale * corners[:, axis] - shift)
    return float(np.hypot(*off).max())


def light_and_noise(first: Grey, second: Grey, way: Matrix) -> tuple[float | None, float | None]:
    """How the light and the specks of `second` go with those of `first`, laid over it by `way`."""
    step = math.sqrt(abs(float(np.linalg.det(way[:2, :2]))))
    if step < 0.9:  # the first is the coarser one: specks that it has lost prove nothing
        return light_and_noise(second, first, np.asarray(np.linalg.inv(way)))
    if step > 1.1:
        size = (round(first.shape[1] / step), round(first.shape[0] / step))
        way = np.diag([size[0] / first.shape[1], size[1] / first.shape[0], 1.0]) @ way
        first = np.asarray(cv2.resize(first, size, interpolation=cv2.INTER_AREA), np.uint8)
    height, width = second.shape
    over: Any = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    one = cv2.warpPerspective(first, way, (width, height), flags=over).astype(np.float32)
    shown = cv2.warpPerspective(
        np.full_like(first, 255), way, (width, height),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
    )  # fmt: skip
    other = second.astype(np.float32)
    mine, theirs = blocks(one, _BLOCK), blocks(other, _BLOCK)
    whole = blocks(shown, _BLOCK).min(axis=(1, 2)) > 0
    burnt = sum(((part < 4) | (part > 251)).mean(axis=(1, 2)) for part in (mine, theirs))
    telling = whole & (burnt < 0.02)
    if telling.sum() < _LEAST_BLOCKS:
        return None, None
    light = _light_rule(mine[telling].mean(axis=(1, 2)), theirs[telling].mean(axis=(1, 2)))
    return light, _specks(one, other, telling)


def _outlined(picture: Grey) -> Floats:
    """The drawing without its light: a stamp's dark strip must not pull at what lies under it."""
    soft = cv2.GaussianBlur(picture, (0, 0), 1.0).astype(np.float32)
    drawing = soft - cv2.GaussianBlur(soft, (0, 0), 6.0)
    strength = cv2.GaussianBlur(drawing * drawing, (0, 0), 6.0)
    return np.asarray(drawing / np.sqrt(strength + 9.0), np.float32)


def _alike(here: Floats, there: Floats, way: npt.NDArray[np.float32]) -> Grey | None:
    """Where in `here` the two are alike, as a mask; None when that is hardly anywhere."""
    height, width = there.shape
    back: Any = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpPerspective(here, way, (width, height), flags=back)
    one, other = (blocks(part, _WIDE_BLOCK) for part in (moved, there))
    spreads = np.stack([one.std(axis=(1, 2)), other.std(axis=(1, 2))])
    one, other = (part - part.mean(axis=(1, 2), keepdims=True) for part in (one, other))
    scores = (one * other).mean(axis=(1, 2)) / np.maximum(spreads.prod(axis=0), 1e-3)
    good = (scores > 0.5) & (spreads.max(axis=0) > 0.25)
    if good.sum() < _LEAST_ALIKE:
        return None
    rows, columns = height // _WIDE_BLOCK, width // _WIDE_BLOCK
    mask = np.zeros((height, width), np.uint8)
    mask[: rows * _WIDE_BLOCK, : columns * _WIDE_BLOCK] = np.kron(
        good.reshape(rows, columns), np.full((_WIDE_BLOCK, _WIDE_BLOCK), 255, np.uint8)
    )
    size = (here.shape[1], here.shape[0])
    return np.asarray(cv2.warpPerspective(mask, way, size, flags=cv2.INTER_NEAREST), np.uint8)


def _light_rule(one: Floats, other: Floats) -> float:
    """How far seven in ten blocks stay from the smooth curve that leads from shade to shade."""
    return float(np.percentile(curve_of_light(one, other), 70))


def curve_of_light(one: Floats, other: Floats) -> Floats:
    """How far each block stays from the smooth curve that leads from shade to shade."""
    powers = np.vander(one / 128 - 1, 4)
    weights = np.ones(len(one))
    away = np.zeros(len(one))
    for _ in range(8):
        curve, *_ = np.linalg.lstsq(powers * weights[:, None], other * weights, rcond=None)
        away = np.abs(other - powers @ curve)
        weights = np.sqrt(1 / np.maximum(away, 1.0))
    return np.asarray(away, np.float32)


def _specks(one: Floats, other: Floats, telling: npt.NDArray[np.bool_]) -> float | None:
    """The usual correlation of the finest detail, in the blocks with the least drawing."""
    fine = [blocks(part - cv2.GaussianBlur(part, (0, 0), 1.2), _BLOCK) for part in (one, other)]
    drawn = np.maximum(
        *(blocks(_steepness(part), _BLOCK).max(axis=(1, 2)) for part in (one, other))
    )
    spreads = np.stack([part.std(axis=(1, 2)) for part in fine])
    specked = telling & (spreads.min(axis=0) > _SPECKS)
    if specked.sum() < _LEAST_BLOCKS:
        return None
    smooth = specked & (drawn <= np.percentile(drawn[specked], 15))
    product = (fine[0][smooth] * fine[1][smooth]).mean(axis=(1, 2))
    return float(np.median(product / spreads[:, smooth].prod(axis=0)))


def _steepness(picture: Floats) -> Floats:
    soft = cv2.GaussianBlur(picture, (0, 0), 2.0)
    return np.asarray(
        cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)),
        np.float32,
    )


def blocks(picture: npt.NDArray[Any], side: int) -> npt.NDArray[Any]:
    """The picture cut into squares, row by row; what is left over at the edges is dropped."""
    rows, columns = picture.shape[0] // side, picture.shape[1] // side
    cut = picture[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return cut.swapaxes(1, 2).reshape(-1, side, side)
