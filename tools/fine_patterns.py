"""Photographs honest things that look like screens: tiles, shutters, blinds, cloth, mesh, print.

`python -m tools.fine_patterns FOLDER [COUNT [SEED]]` writes some.
"""

import io
import math
import random
import sys
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from tools.phone_camera import (
    Camera,
    Floats,
    Shot,
    as_light,
    exposure,
    looked_up,
    planes,
    some_camera,
    take,
    wave,
    write_each,
)
from tools.sign_photos import SEED, SignPhoto, sign_photos

Pattern = Callable[[Floats, Floats], Floats]
"""Light from 0 to about 1 at points given in periods of the pattern."""


def _line(at: Floats, wide: float) -> Floats:
    """1 on a line of that share of the period, 0 beside it, with a soft edge."""
    away = np.abs((at + np.float32(0.5)) % 1 - np.float32(0.5))
    return np.asarray(((wide / 2 - away) / 0.06 + 0.5).clip(0, 1), np.float32)


def _wave(at: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * wave(at), np.float32)


PATTERNS: dict[str, tuple[Pattern, tuple[float, float]]] = {
    # How it looks, and its shortest and longest period in the sensor's pixels: a shutter's slat of
    # 7 cm has 25 of them in a picture 11 m wide, a fly screen's mesh of 1.4 mm has 4 at a metre.
    "tiles": (lambda u, v: 1 - 0.5 * np.maximum(_line(u, 0.06), _line(v, 0.06)), (20, 400)),
    "bricks": (
        lambda u, v: (
            1 - 0.4 * np.maximum(_line(v, 0.12), _line(u / 2 + (np.floor(v + 0.5) % 2) / 2, 0.05))
        ),
        (20, 200),
    ),
    "a shutter": (lambda _u, v: 0.55 + 0.45 * _wave(v), (25, 140)),
    "corrugated metal": (lambda u, _v: 0.4 + 0.6 * _wave(u) ** 2, (12, 150)),
    "blinds": (lambda _u, v: 0.25 + 0.75 * _line(v, 0.6), (10, 100)),
    "cloth": (lambda u, v: 0.6 + 0.4 * _wave(u) * _wave(v), (2.5, 14)),
    "ribbed cloth": (lambda u, _v: 0.7 + 0.3 * _wave(u), (2.5, 14)),
    "a fly screen": (lambda u, v: 1 - 0.6 * np.maximum(_line(u, 0.25), _line(v, 0.25)), (3, 24)),
    "a fence": (lambda u, _v: 0.3 + 0.7 * _line(u, 0.4), (20, 300)),
    "pierced metal": (
        lambda u, v: 0.8 - 0.7 * ((_wave(u) * _wave(v) - 0.4) * 6).clip(0, 1),
        (10, 60),
    ),
    "coarse print": (
        lambda u, v: 1 - 0.8 * ((_wave(u + v) * _wave(u - v) - 0.3) * 4).clip(0, 1),
        (3, 12),
    ),
    "lamps of a running text": (
        lambda u, v: 0.05 + ((_wave(u) * _wave(v) - 0.5) * 4).clip(0, 1),
        (10, 40),
    ),
}
NO_PATTERN = "nothing special"
_NEVER_ALL_AROUND = ("cloth", "ribbed cloth", "coarse print", "lamps of a running text")


def honest_photo(dice: random.Random, sign: SignPhoto, kind: str) -> Shot:
    """A photo of the sign itself, before such a wall, window or cloth, by some telephone.

    The pattern fills a part of the picture, or, as walls and shutters do, all around the board.
    """
    camera = some_camera(dice)
    scene = as_light(np.asarray(Image.open(io.BytesIO(sign.content)).convert("RGB")))
    scene *= np.float32(exposure(dice, scene))
    height, width = scene.shape[:2]
    across, down = width / camera.width, height / camera.height
    board = np.array(sign.label["quad"], np.float32)
    covered = np.zeros((height, width), np.float32)
    if kind != NO_PATTERN:
        if dice.random() < 0.5 and kind not in _NEVER_ALL_AROUND:
            covered[:] = 1
        else:
            x, y = dice.randint(0, width * 2 // 3), dice.randint(0, height * 2 // 3)
            covered[y : y + dice.randint(height // 5, height), :] = 1
            covered[:, : dice.choice((0, x))] = 0
        cv2.fillConvexPoly(covered, board.astype(np.int32), 0.0)
    draw = _drawn(dice, camera, kind) if kind != NO_PATTERN else None
    paint = np.array([dice.uniform(0.3, 1.0) for _ in range(3)], np.float32)
    ground = np.array([dice.uniform(0.0, 1.0) for _ in range(3)], np.float32)
    shown = planes(scene)
    even, slant, shade = float(scene.mean()) + 0.1, dice.uniform(-0.5, 0.5), dice.uniform(0.2, 1)
    lean, edge = dice.uniform(-1.5, 1.5), dice.uniform(0, camera.height)

    def light(x: Floats, y: Floats, colour: int) -> Floats:
        x, y = camera.bent(x, y)
        place = (x * np.float32(across), y * np.float32(down))
        seen = looked_up(shown[colour], *place)
        if draw is None:
            return seen
        there = looked_up(covered, *place)
        in_shade = y > edge + lean * (x - camera.width / 2)
        bright = even * (1 + slant * x / camera.width) * np.where(in_shade, shade, 1.0)
        share = draw(x, y)
        pattern = bright * (paint[colour] * share + 0.25 * ground[colour] * (1 - share)) * 1.3
        return np.asarray(seen * (1 - there) + pattern * there, np.float32)

    return take(dice, camera, light)


def _drawn(dice: random.Random, camera: Camera, kind: str) -> Callable[[Floats, Floats], Floats]:
    """The pattern at points of the sensor: of some size, turned, seen at a slant, lens-blurred."""
    pattern, (least, most) = PATTERNS[kind]
    period = math.exp(dice.uniform(math.log(least), math.log(most)))
    turn = math.radians(dice.gauss(0, 4) + dice.choice((0, 0, 0, 90)))
    slant = [dice.gauss(0, 0.08) / camera.width for _ in range(2)]
    # What the lens leaves: fine patterns lose contrast, so mix with the mean.
    grid = np.mgrid[0:8:200j, 0:8:200j].astype(np.float32)
    mean = float(pattern(grid[0], grid[1]).mean())
    left = float(np.exp(-2 * (math.pi * camera.blur_px / period) ** 2))

    def draw(x: Floats, y: Floats) -> Floats:
        far = 1 + np.float32(slant[0]) * x + np.float32(slant[1]) * y
        u = (np.float32(math.cos(turn)) * x - np.float32(math.sin(turn)) * y) / far
        v = (np.float32(math.sin(turn)) * x + np.float32(math.cos(turn)) * y) / far
        share = pattern(u / np.float32(period), v / np.float32(period))
        return np.asarray(share * left + mean * (1 - left), np.float32)

    return draw


def main(folder: str, count: int = 13, seed: int = SEED + 9) -> None:
    """Write so many honest photos, each kind in turn."""
    write_each(folder, (*PATTERNS, NO_PATTERN), seed, sign_photos(count, seed), honest_photo)


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:4]))
