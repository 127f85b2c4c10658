"""Tell whether two photos are the same picture, changed a little, or two pictures of one place.

Prints (`prints.py`) find candidates among very many; `compare` then lays two pictures over each
other. Nothing here is a verdict on a keeper.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from server.media.pictures.edges import inside_bars
from server.media.pictures.images import pixels
from server.media.pictures.overlay import (
    UNCUT_PX,
    Traces,
    blocks,
    laid_exactly,
    light_and_noise,
    skew_px,
)
from server.media.pictures.prints import PRINT_SIDE, grey_prints, print_distance
from server.media.pictures.resaved import explained
from server.media.pictures.resemblance import Resemblance
from server.media.pictures.scene import Scene, scene_of
from server.media.pictures.stored import shares

_SIDE = 640
_FINE_SIDE = 960
_LEAST_SIDE = 48  # below it there are no points to find
_FEATURES = 900
_LEAST_POINTS = 24
_LEAST_SHARE = 0.15  # of the pairs of points that look alike, so many must agree
_LEAST_LIKENESS = 0.60  # before the two lie exactly; what remains is told by their traces
_LEAST_TILTED = 0.25  # of pictures turned or slanted, which only lie roughly before
_TIGHT_PX = 1.6
_LEVEL = 0.4  # degrees turned, as points tell; copies measured 0.1 at most
_LEAST_BLOCKS = 8
_MOST_TURNED = 20.0
_MOST_ZOOMED = 2.5
_BLOCK = 32

Grey = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two pictures laid over each other.

    `points` agree on one shift and scale, `likeness` is a correlation that seven in ten parts of
    what both show reach, `turned` says by how many degrees one is turned against the other. How
    exactly the second is a copy of the first is told by `traces`, None where that was not asked.
    """

    resemblance: Resemblance
    distance: int
    mirrored: bool
    points: int = 0
    likeness: float = 0.0
    overlap: float = 0.0
    turned: float = 0.0
    traces: Traces | None = None


def compare(one: bytes, other: bytes, *, closely: bool = True, in_order: bool = False) -> Compared:
    """What two photos are to each other; raises `Invalid` as `images.admit` does.

    Not `closely`, what takes seconds is left out (see `explained`), and some copies with it.
    `in_order`, the one came later, and only it is held for a copy by way of WebP: that spares
    seconds.
    """
    if one == other:
        return Compared(Resemblance.IDENTICAL, 0, mirrored=False, likeness=1.0, overlap=1.0)
    first, second = (_fine(content) for content in (one, other))
    distance, mirrored = print_distance(
        *(grey_prints(_small(grey), searching=False) for grey in (first, second))
    )
    inner, outer = _Part.of(first), _Part.of(second)
    results: list[Compared] = []
    files = _Files(one, other, closely, in_order, (_coarse(first), _coarse(second)))
    for turned_over in (mirrored, not mirrored):
        mine = inner.mirrored() if turned_over else inner
        results.append(_laid_over(mine, outer, distance, files, mirrored=turned_over))
        if quarters := round(-results[-1].turned / 90) % 4:
            mine = mine.turned(quarters)
            results.append(_laid_over(mine, outer, distance, files, mirrored=turned_over))
        if results[-1].resemblance is not Resemblance.DIFFERENT:
            break
    return max(
        results, key=lambda result: (result.resemblance is not Resemblance.DIFFERENT, result.points)
    )


class _Files(NamedTuple):
    """The two photos as they came, whether to look closely, and whether the one came later.

    `shown` are both, bars and all.
    """

    one: bytes
    other: bytes
    closely: bool
    in_order: bool
    shown: tuple[Grey, Grey]

    def scene(self, whole: Matrix) -> Scene:
        """What both show of a scene, laid on each other in shares of width and height."""
        first, second = (shares(*each.shape[::-1]) for each in self.shown)
        return scene_of(*self.shown, np.asarray(np.linalg.inv(first) @ whole @ second, np.float64))


class _Part(NamedTuple):
    """A picture without plain bars, perhaps mirrored or turned; `back` leads to the whole.

    Both in shares of width and height.
    """

    grey: Grey
    back: Matrix

    @classmethod
    def of(cls, grey: Grey) -> "_Part":
        height, width = grey.shape
        left, top, right, below = inside_bars(grey) or (0, 0, width, height)
        back = np.diag([(right - left) / width, (below - top) / height, 1.0])
        back[:2, 2] = left / width, top / height
        return cls(np.ascontiguousarray(grey[top:below, left:right]), back)

    def mirrored(self) -> "_Part":
        flip = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
        return _Part(np.ascontiguousarray(self.grey[:, ::-1]), self.back @ flip)

    def turned(self, quarters: int) -> "_Part":
        """By so many quarters, anti-clockwise."""
        quarter = np.array([[0.0, -1, 1], [1, 0, 0], [0, 0, 1]])
        back = self.back @ np.linalg.matrix_power(quarter, quarters)
        return _Part(np.ascontiguousarray(np.rot90(self.grey, quarters)), back)


def _laid_over(
    mine: _Part, theirs: _Part, distance: int, files: _Files, *, mirrored: bool
) -> Compared:
    first, second = _coarse(mine.grey), _coarse(theirs.grey)
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
        return Compared(
            Resemblance.DIFFERENT, distance, mirrored, points=agreed, turned=round(angle, 2)
        )
    frame, points = _straight_frame(here[kept], there[kept])
    likeness, overlap = _likeness(first, second, frame)
    least = _LEAST_LIKENESS
    if abs(angle) >= _LEVEL or likeness < least:  # a copy may be turned a little, or slanted
        frame, points, least = np.asarray(turn, np.float64), agreed, _LEAST_TILTED
        likeness, overlap = _likeness(first, second, frame)
    traces = None
    if (
        points >= 4
        and max(overlap, _shown(first, second, frame, overlap)) >= 0.5
        and likeness >= least
    ):
        way = laid_exactly(first, second, frame)
        traces = None if way is None else _traces(mine.grey, theirs.grey, first, second, way)
        if (
            way is not None
            and traces is not None
            and (traces.worth_foretelling if files.closely else traces.like_a_copy)
        ):
            part = shares(*first.shape[::-1]) @ way @ np.linalg.inv(shares(*second.shape[::-1]))
            whole = np.asarray(mine.back @ part @ np.linalg.inv(theirs.back), np.float64)
            scene = files.scene(whole)
            if scene.may_tell:
                found = explained(
                    files.one, files.other, whole, scene=scene,
                    uncut=_uncut(part) or _uncut(whole),
                    closely=files.closely, in_order=files.in_order,
                )  # fmt: skip
                traces = replace(
                    traces, strayed=_rounded(found.strayed, 2), on_steps=_rounded(found.on_steps, 1)
                )
    verdict = Resemblance.SAME if traces and traces.of_a_copy else Resemblance.SAME_PLACE
    return Compared(
        verdict, distance, mirrored, points=points, likeness=round(likeness, 3),
        overlap=round(overlap, 3), turned=round(angle, 2), traces=traces,
    )  # fmt: skip


def _shown(first: Grey, second: Grey, frame: Matrix, overlap: float) -> float:
    """How much of the first picture the second shows: it may have had a part taken for a bar."""
    return overlap * second.size / max(1.0, first.size * abs(float(np.linalg.det(frame[:, :2]))))


def _rounded(number: float | None, places: int) -> float | None:
    return None if number is None else round(number, places)


def _uncut(way: Matrix) -> bool:
    """Whether a way in shares of width and height leads every corner onto a corner."""
    corners = np.array([[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]])
    moved = cv2.perspectiveTransform(corners, way)
    return float(np.abs(moved - np.rint(moved)).max()) * _SIDE <= UNCUT_PX


def _traces(
    finer: Grey, fine: Grey, first: Grey, second: Grey, way: npt.NDArray[np.float64]
) -> Traces:
    """A copy's traces, looked for in the larger pictures once the smaller ones lie exactly."""
    height, width = second.shape
    skew = skew_px(way, width, height) * max(1.0, _SIDE / max(width, height))
    larger, large = finer.shape[1] / first.shape[1], fine.shape[1] / width
    way = np.diag([larger, larger, 1.0]) @ way @ np.diag([1 / large, 1 / large, 1.0])
    light, noise = light_and_noise(finer, fine, way)
    return Traces(round(skew, 2), _rounded(light, 1), _rounded(noise, 3))


def _matches(first: Grey, second: Grey) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Points of the first picture and those of the second that look like them, and no others."""
    none = np.empty((0, 2), np.float32)
    if min(*first.shape, *second.shape) < _LEAST_SIDE:
        return none, none
    finder = _finder()
    (points, marks), (others, signs) = (
        finder.detectAndCompute(picture, None) for picture in (first, second)
    )
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


def _likeness(first: Grey, second: Grey, frame: npt.NDArray[np.float64]) -> tuple[float, float]:
    """How alike the two are once laid over each other, and how much of the second they share.

    Blocks without any drawing, or burnt out, say nothing of likeness. Seven in ten of the others
    must be alike: the rest may be under a stamp.
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
        return 0.0, overlap
    means = np.stack([one.mean(axis=(1, 2)), other.mean(axis=(1, 2))])
    spreads = np.stack([one.std(axis=(1, 2)), other.std(axis=(1, 2))])
    drawn = max(1.5, 0.12 * float(second.std()))
    telling = (spreads.max(axis=0) >= drawn) & (means.max(axis=0) <= 245)
    if telling.sum() < _LEAST_BLOCKS:
        return 0.0, overlap
    a, b = one[telling], other[telling]
    a, b = a - a.mean(axis=(1, 2), keepdims=True), b - b.mean(axis=(1, 2), keepdims=True)
    scores = (a * b).mean(axis=(1, 2)) / np.maximum(spreads[:, telling].prod(axis=0), 0.5)
    return float(np.percentile(scores, 30)), overlap


def _turned(here: npt.NDArray[np.float32], there: npt.NDArray[np.float32]) -> float:
    """By how many degrees points are turned against each other, by least squares."""
    one, other = ((points - points.mean(axis=0)) @ (1, 1j) for points in (here, there))
    return float(np.degrees(np.angle(np.vdot(one, other))))


def _blocks(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return blocks(picture, _BLOCK)


def _fine(content: bytes) -> Grey:
    return np.asarray(Image.fromarray(pixels(content, _FINE_SIDE)).convert("L"), dtype=np.uint8)


def _coarse(grey: Grey) -> Grey:
    image = Image.fromarray(grey)
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.uint8)


def _small(grey: Grey) -> Image.Image:
    image = Image.fromarray(grey)
    image.thumbnail((PRINT_SIDE, PRINT_SIDE), Image.Resampling.BOX)
    return image


@cache
def _finder() -> cv2.ORB:
    cv2.setNumThreads(1)
    return cv2.ORB.create(nfeatures=_FEATURES, fastThreshold=8)
