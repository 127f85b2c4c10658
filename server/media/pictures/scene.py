"""Tell what two pictures that lie exactly share of a scene, and what a program drew in both.

One page of a chat, one report's frame, one watermark: whatever two places are shown in it, it lies
exactly on itself. It says nothing of who took the photos; another photo where both show one does.
"""

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from server.media.pictures.overlay import blocks, curve_of_light
from server.media.pictures.stored import Stored, shares

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Matrix = npt.NDArray[np.float64]

MOST_OTHER = 0.19
"""Of what is not drawn in the middle of both, so much may be something else: a stamp, a thing stuck
on. Copies with other watermarks, frames and stickers measured 0.165 at most, other photos on one
page, in one frame or in one list 0.23 and more."""
LEAST_COMMON = 0.1
"""Of what both show, so much must be of a scene: two chats with another small photo had 0.04 at
most, a whole page that was sent again 0.27 and more."""
_SIDE, _BLOCK = 640, 16
_DRAWN, _OTHER, _OTHER_PLAIN = 4.0, 0.4, 0.7
"""Shades by which a block is drawn on, and how alike it may be then and else to be another."""
_OTHER_LIGHT = 10.0  # shades beside what the rule of light would make of it
_FLAT, _OF_ALL, _SHARE = 2, 0.04, 0.25
"""A pixel is flat where no neighbour differs by more; a program's ground is of one shade that so
much of the picture has, and a block is drawn where so much round about is such ground in both."""
_EDGE, _WIDE_EDGE = 0.15, 0.22
"""Of each side: frames, watermarks and buttons lie there. The wider one leaves what must tell."""


class Scene(NamedTuple):
    """Blocks of the second picture, row by row.

    `other` and `common` are shares, see `MOST_OTHER` and `LEAST_COMMON`.
    `own` are those that show what both have of a scene, `inner` those of them in the middle.
    """

    other: float
    common: float
    own: Mask
    inner: Mask

    @property
    def may_tell(self) -> bool:
        """Whether the two may be one scene, and not only one page or frame."""
        return self.other <= MOST_OTHER and self.common >= LEAST_COMMON

    def squares(self, places: Floats, second: Stored) -> tuple[Mask, Mask]:
        """Both for the squares of tiles of the second file (see `tile_places`): tiles × squares."""
        starts = places[:, 1:-1:8, 1:-1:8].reshape(-1, 2).astype(np.float64) + 3.5
        way = shares(*second.upright_size) @ second.upright
        there = cv2.perspectiveTransform(starts[None], way)[0]
        own, inner = (_at(mask, there).reshape(len(places), -1) for mask in (self.own, self.inner))
        return own, inner

    def turned(self, size: tuple[int, int], way: Matrix) -> "Scene":
        """The same for a picture of that size, from which `way` (in shares) leads into this one."""
        wide, tall = (max(1, round(side * _SIDE / max(size) / _BLOCK)) for side in size)
        x, y = np.meshgrid((np.arange(wide) + 0.5) / wide, (np.arange(tall) + 0.5) / tall)
        there = cv2.perspectiveTransform(np.stack([x, y], -1).reshape(1, -1, 2), way)[0]
        own, inner = (_at(mask, there).reshape(tall, wide) for mask in (self.own, self.inner))
        return Scene(self.other, self.common, own, inner)


def _at(mask: Mask, places: npt.NDArray[Any]) -> Mask:
    """What a mask says at places in shares of width and height; nothing beyond its edges."""
    rows, columns = mask.shape
    x, y = (
        np.floor(places[..., axis] * side).astype(int) for axis, side in enumerate((columns, rows))
    )
    inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    return np.asarray(inside & mask[y.clip(0, rows - 1), x.clip(0, columns - 1)], np.bool_)


def scene_of(first: Grey, second: Grey, way: Matrix) -> Scene:
    """What both show of a scene; `way` leads from pixels of the second to those of the first."""
    height, width = second.shape
    rows, columns = height // _BLOCK, width // _BLOCK
    back: Any = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    nearest: Any = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    moved = np.asarray(cv2.warpPerspective(first, way, (width, height), flags=back), np.uint8)
    shown = cv2.warpPerspective(np.full_like(first, 255), way, (width, height), flags=nearest)
    inside = blocks(shown, _BLOCK).min(axis=(1, 2)) > 0
    if not inside.any():
        nothing = np.zeros((rows, columns), bool)
        return Scene(0.0, 0.0, nothing, nothing)
    one, two = (
        blocks(cv2.GaussianBlur(each, (0, 0), 1.0).astype(np.float32), _BLOCK)
        for each in (moved, second)
    )
    light, lit = one.mean(axis=(1, 2)), two.mean(axis=(1, 2))
    drawing = one - light[:, None, None], two - lit[:, None, None]
    spreads = np.stack([each.std(axis=(1, 2)) for each in drawing])
    alike = (drawing[0] * drawing[1]).mean(axis=(1, 2)) / np.maximum(spreads.prod(axis=0), 0.25)
    away = np.zeros(len(inside))
    away[inside] = curve_of_light(light[inside], lit[inside])
    drawn_on = spreads.max(axis=0) >= _DRAWN
    other = inside & (
        (drawn_on & (alike < _OTHER)) | ((away > _OTHER_LIGHT) & (alike < _OTHER_PLAIN))
    )
    flat, any_ground = (
        _drawn(*(_ground(each, flat=only) for each in (moved, second))) for only in (True, False)
    )
    own, of_scene = (inside & ~other & ~drawn for drawn in (flat, any_ground))
    seen = inside.reshape(rows, columns)
    middle = _middle(seen, _EDGE).ravel()
    differing, common = (int((each & middle).sum()) for each in (other, of_scene))
    share = differing / max(1, differing + common)
    kept = own.reshape(rows, columns)
    of_all = float(of_scene.sum() / inside.sum())
    return Scene(share, of_all, kept, kept & _middle(seen, _WIDE_EDGE))


def _drawn(one: Mask, other: Mask) -> Mask:
    """Which blocks have ground about them in both: writing stands on it."""
    ground = (one & other).astype(np.float32)
    round_about = cv2.blur(ground, (3 * _BLOCK, 3 * _BLOCK))
    return np.asarray(blocks(round_about, _BLOCK).mean(axis=(1, 2)) >= _SHARE, np.bool_)


def _ground(grey: Grey, *, flat: bool) -> Mask:
    """What is of a shade that much of the picture has exactly where it lies flat.

    Beside letters a coarse saving leaves nothing `flat`: what is common is counted without either.
    Of plain boards that would be most, so what tells is looked for in all that is not flat ground.
    """
    around = np.ones((3, 3), np.uint8)
    level = cv2.dilate(grey, around) - cv2.erode(grey, around) <= _FLAT
    counts = np.bincount(grey[level], minlength=256)
    near = np.convolve(counts, np.ones(3, int), "same")
    shades = (near >= _OF_ALL * grey.size)[grey]
    return np.asarray(level & shades if flat else shades, np.bool_)


def _middle(inside: Mask, edge: float) -> Mask:
    """What both pictures show without its edges."""
    kept = np.zeros_like(inside)
    (top, below), (left, right) = (
        (int(each[0]), int(each[-1]) + 1)
        for each in (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
    )
    y, x = edge * (below - top), edge * (right - left)
    kept[round(top + y) : round(below - y), round(left + x) : round(right - x)] = True
    return kept
