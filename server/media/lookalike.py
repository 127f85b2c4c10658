"""Tell whether two photos are the same picture, changed a little, or two pictures of one place.

Prints (the 256-bit frequency hash of the whole picture and of windows of it) find candidates among
very many; `compare` then lays two pictures over each other. Nothing here is a verdict on a keeper.
"""

import enum
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.fingerprint import frequency_hashes
from server.media.images import pixels

WINDOWS = ((0.95, (0.0, 1.0)), (0.90, (0.0, 0.5, 1.0)))
"""Sides of the windows and where they stand, as shares of the room: 4 + 9 beside the whole."""
UPPER = 0.85
"""A stamp is written over the lower edge; what is above it keeps a print of its own."""
PRINTS = 2 + sum(len(places) ** 2 for _, places in WINDOWS)
NEAR = 76
"""Bits of 256 within which a print names a candidate; it may be wrong, `compare` decides."""

_PRINT_SIDE = 512
_SIDE = 640
_FEATURES = 900
_LEAST_POINTS = 24
_LEAST_SHARE = 0.15  # of the pairs of points that look alike, so many must agree
_LEAST_LIKENESS = 0.80
_TIGHT_PX = 1.6
_LEAST_LEVEL = 0.70  # of the agreeing points, so many must do so without any turning
# Degrees turned and shades of light: a copy is quite level, or nearly so in unchanged light.
_LEVEL_AND_LIGHT = ((0.06, 8.0), (0.3, 0.9))
_LEAST_BLOCKS = 8
_MOST_TURNED = 20.0
_MOST_ZOOMED = 2.5
_BLOCK = 32

Grey = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]


class Resemblance(enum.StrEnum):
    """What two photos are to each other."""

    IDENTICAL = "identical"  # byte for byte
    SAME = "same"  # one picture, sent again after saving, cropping, mirroring, brightening
    SAME_PLACE = "same_place"  # taken anew from the same spot: honest, as every month's photo is
    DIFFERENT = "different"

    @property
    def label(self) -> str:
        """For screens."""
        return {
            "identical": "同一个文件", "same": "同一张照片改过", "same_place": "同一地点另拍",
            "different": "不同的照片",
        }[self.value]  # fmt: skip

    @property
    def is_double(self) -> bool:
        """Whether a person should be asked."""
        return self in (Resemblance.IDENTICAL, Resemblance.SAME)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two pictures laid over each other.

    `points` agree on one shift and scale, `likeness` is a correlation that seven in ten parts of
    what both show reach, `turned` says by how many degrees one is turned against the other, and
    `light` how many shades of 255 the change of light differs from place to place.
    """

    resemblance: Resemblance
    distance: int
    mirrored: bool
    points: int = 0
    likeness: float = 0.0
    overlap: float = 0.0
    turned: float = 0.0
    light: float = 0.0


@dataclass(frozen=True, slots=True)
class Prints:
    """A photo's fingerprints, rows of four words: the whole, what is above a stamp, the windows."""

    straight: Words
    mirrored: Words

    @property
    def packed(self) -> bytes:
        """The straight prints for the database; the mirrored ones are for asking only."""
        return self.straight.tobytes()


def prints_of(content: bytes) -> Prints:
    """The fingerprints of a photo; raises `Invalid` as `images.admit` does."""
    grey = Image.fromarray(pixels(content, _PRINT_SIDE)).convert("L")
    return grey_prints(grey)


def grey_prints(grey: Image.Image) -> Prints:
    """The fingerprints of a grey picture, which should not be larger than 512 pixels."""
    width, height = grey.size
    boxes = [(0.0, 0.0, float(width), float(height)), (0.0, 0.0, float(width), UPPER * height)]
    for side, places in WINDOWS:
        across, down = (1 - side) * width, (1 - side) * height
        boxes += [
            (x * across, y * down, x * across + side * width, y * down + side * height)
            for y in places
            for x in places
        ]
    pairs = [frequency_hashes(grey, box) for box in boxes]
    straight, mirrored = (
        np.frombuffer(b"".join(bytes.fromhex(pair[n]) for pair in pairs), np.uint64).reshape(-1, 4)
        for n in (0, 1)
    )
    return Prints(straight, mirrored)


def unpacked(packed: bytes) -> Words:
    """Prints from the database, as rows of four words."""
    return np.frombuffer(packed, np.uint64).reshape(-1, 4)


def print_distance(one: Prints, other: Prints) -> tuple[int, bool]:
    """The least number of differing bits, whole against anything, and whether it is mirrored."""
    best = (257, False)
    theirs = other.straight
    for mine, mirrored in ((one.straight, False), (one.mirrored, True)):
        for first, second in ((mine[:1], theirs), (mine, theirs[:1]), (mine[1:2], theirs[1:2])):
            bits = np.bitwise_count(first[:, None, :] ^ second[None, :, :]).sum(axis=-1)
            best = min(best, (int(bits.min()), mirrored))
    return best


def compare(one: bytes, other: bytes) -> Compared:
    """What two photos are to each other; raises `Invalid` as `images.admit` does."""
    if one == other:
        return Compared(Resemblance.IDENTICAL, 0, mirrored=False, likeness=1.0, overlap=1.0)
    first, second = (_grey(content) for content in (one, other))
    distance, mirrored = print_distance(grey_prints(_small(first)), grey_prints(_small(second)))
    results = []
    for turned_over in (mirrored, not mirrored):
        mine = np.ascontiguousarray(first[:, ::-1]) if turned_over else first
        results.append(_laid_over(mine, second, distance, mirrored=turned_over))
        if results[-1].resemblance is not Resemblance.DIFFERENT:
            break
    return max(
        results, key=lambda result: (result.resemblance is not Resemblance.DIFFERENT, result.points)
    )


def _laid_over(first: Grey, second: Grey, distance: int, *, mirrored: bool) -> Compared:
    here, there = _matches(first, second)
    if len(here) < _LEAST_POINTS:
        return Compared(Resemblance.DIFFERENT, distance, mirrored, points=len(here))
    turn, inside = cv2.estimateAffinePartial2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=3.0, maxIters=2000, confidence=0.995
    )
    agreed = 0 if turn is None else int(inside.sum())
    if agreed < max(_LEAST_POINTS, _LEAST_SHARE * len(here)):
        return Compared(Resemblance.DIFFERENT, distance, mirrored, points=agreed)
    kept = inside.ravel() > 0
    angle = _turned(here[kept], there[kept])
    zoom = float(np.hypot(turn[0, 0], turn[1, 0]))
    if abs(angle) > _MOST_TURNED or not 1 / _MOST_ZOOMED < zoom < _MOST_ZOOMED:
        return Compared(Resemblance.DIFFERENT, distance, mirrored, points=agreed)
    frame, points = _straight_frame(here[kept], there[kept])
    likeness, overlap, light = _likeness(first, second, frame)
    same = (
        points >= max(_LEAST_POINTS, _LEAST_LEVEL * kept.sum())
        and overlap >= 0.5
        and likeness >= _LEAST_LIKENESS
        and any(abs(angle) < turned and light <= most for turned, most in _LEVEL_AND_LIGHT)
    )
    verdict = Resemblance.SAME if same else Resemblance.SAME_PLACE
    return Compared(
        verdict, distance, mirrored, points=points, likeness=round(likeness, 3),
        overlap=round(overlap, 3), turned=round(angle, 2), light=round(light, 1),
    )  # fmt: skip


def _matches(first: Grey, second: Grey) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Points of the first picture and those of the second that look like them, and no others."""
    finder = _finder()
    (points, marks), (others, signs) = (
        finder.detectAndCompute(picture, None) for picture in (first, second)
    )
    none = np.empty((0, 2), np.float32)
    if marks is None or signs is None or len(marks) < 2 or len(signs) < 2:
        return none, none
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(marks, signs, k=2)
    good = [
        pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < 0.8 * pair[1].distance
    ]
    if not good:
        return none, none
    here = np.array([points[match.queryIdx].pt for match in good], np.float32)
    there = np.array([others[match.trainIdx].pt for match in good], np.float32)
    return here, there


def _straight_frame(
    here: npt.NDArray[np.float32], there: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float64], int]:
    """The scales and shifts, without any turning, that copying leaves; how many points obey them.

    A picture that was only saved, resized or cropped keeps its edges level; the next photo by hand
    never does.
    """
    frame = np.zeros((2, 3))
    kept = np.ones(len(here), bool)
    for _ in range(4):
        if kept.sum() < 4:
            return frame, 0
        for axis in (0, 1):
            scale, shift = np.polyfit(here[kept, axis], there[kept, axis], 1)
            frame[axis, axis], frame[axis, 2] = scale, shift
        away = np.linalg.norm(here @ frame[:, :2].T + frame[:, 2] - there, axis=1)
        kept = away < max(_TIGHT_PX, float(np.median(away)) * 1.5)
    return frame, int((away < _TIGHT_PX).sum())


def _likeness(
    first: Grey, second: Grey, frame: npt.NDArray[np.float64]
) -> tuple[float, float, float]:
    """How alike the two are once laid over each other, how much they share, and the light's change.

    Blocks without any drawing, or burnt out, say nothing of likeness. Seven in ten of the others
    must be alike: the rest may be under a stamp. Copying changes light everywhere by one rule; how
    far seven in ten blocks stay from the best such rule is given in shades of 255.
    """
    height, width = second.shape
    moved = cv2.warpAffine(first, frame, (width, height), flags=cv2.INTER_AREA)
    mask = cv2.warpAffine(np.full_like(first, 255), frame, (width, height), flags=cv2.INTER_NEAREST)
    inside = _blocks(mask).min(axis=(1, 2)) > 0
    one, other = (
        _blocks(cv2.GaussianBlur(picture, (0, 0), 1.2).astype(np.float32))[inside]
        for picture in (moved, second)
    )
    overlap = float((mask > 0).mean())
    if len(one) < _LEAST_BLOCKS:
        return 0.0, overlap, 255.0
    means = np.stack([one.mean(axis=(1, 2)), other.mean(axis=(1, 2))])
    spreads = np.stack([one.std(axis=(1, 2)), other.std(axis=(1, 2))])
    light = _light_rule(means[0], means[1])
    drawn = max(1.5, 0.12 * float(second.std()))
    telling = (spreads.max(axis=0) >= drawn) & (means.max(axis=0) <= 245)
    if telling.sum() < _LEAST_BLOCKS:
        return 0.0, overlap, light
    a, b = one[telling], other[telling]
    a, b = a - a.mean(axis=(1, 2), keepdims=True), b - b.mean(axis=(1, 2), keepdims=True)
    scores = (a * b).mean(axis=(1, 2)) / np.maximum(spreads[:, telling].prod(axis=0), 0.5)
    return float(np.percentile(scores, 30)), overlap, light


def _light_rule(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    """How far blocks stay from one rule between their shades, whatever its curve.

    Blocks of nearly the same shade in one picture must be of nearly the same in the other.
    """
    order = np.argsort(one, kind="stable")
    reach = max(3, len(one) // 20)
    padded = np.pad(other[order], reach, mode="edge")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)
    return float(np.percentile(np.abs(other[order] - usual), 70))


def _turned(here: npt.NDArray[np.float32], there: npt.NDArray[np.float32]) -> float:
    """By how many degrees points are turned against each other, by least squares."""
    one, other = ((points - points.mean(axis=0)) @ (1, 1j) for points in (here, there))
    return float(np.degrees(np.angle(np.vdot(one, other))))


def _blocks(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The picture cut into squares, row by row; what is left over at the edges is dropped."""
    rows, columns = picture.shape[0] // _BLOCK, picture.shape[1] // _BLOCK
    cut = picture[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    return cut.swapaxes(1, 2).reshape(-1, _BLOCK, _BLOCK)


def _grey(content: bytes) -> Grey:
    return np.asarray(Image.fromarray(pixels(content, _SIDE)).convert("L"), dtype=np.uint8)


def _small(grey: Grey) -> Image.Image:
    image = Image.fromarray(grey)
    image.thumbnail((_PRINT_SIDE, _PRINT_SIDE), Image.Resampling.BOX)
    return image


@cache
def _finder() -> cv2.ORB:
    cv2.setNumThreads(1)
    return cv2.ORB.create(nfeatures=_FEATURES, fastThreshold=8)
