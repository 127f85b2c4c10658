"""Writes names as a finger does on a pad: by strokes or joined, small or large, with a tremble."""

import random
from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
BOX, MARGIN, LARGEST = (600, 200), 8, 3

# The strokes of characters as lines through points of a square.
CHARACTERS: dict[str, list[list[Point]]] = {
    "一": [[(0.1, 0.5), (0.9, 0.48)]],
    "丁": [[(0.1, 0.2), (0.9, 0.18)], [(0.5, 0.2), (0.5, 0.9), (0.35, 0.82)]],
    "王": [
        [(0.2, 0.25), (0.8, 0.22)],
        [(0.25, 0.5), (0.75, 0.47)],
        [(0.5, 0.24), (0.52, 0.77)],
        [(0.15, 0.8), (0.86, 0.76)],
    ],
    "小": [
        [(0.5, 0.1), (0.5, 0.9), (0.4, 0.8)],
        [(0.3, 0.4), (0.2, 0.6)],
        [(0.7, 0.4), (0.85, 0.6)],
    ],
    "山": [
        [(0.5, 0.1), (0.5, 0.8)],
        [(0.2, 0.4), (0.2, 0.82), (0.8, 0.8)],
        [(0.8, 0.4), (0.8, 0.85)],
    ],
    "李": [
        [(0.2, 0.2), (0.8, 0.18)],
        [(0.5, 0.08), (0.5, 0.45)],
        [(0.48, 0.2), (0.35, 0.35), (0.15, 0.45)],
        [(0.52, 0.2), (0.68, 0.35), (0.88, 0.44)],
        [(0.3, 0.52), (0.7, 0.5), (0.52, 0.62), (0.52, 0.92), (0.4, 0.86)],
        [(0.15, 0.7), (0.88, 0.68)],
    ],
    "马": [
        [(0.2, 0.15), (0.7, 0.15), (0.6, 0.45)],
        [(0.3, 0.15), (0.25, 0.5), (0.8, 0.48), (0.75, 0.85), (0.6, 0.75)],
        [(0.1, 0.7), (0.65, 0.68)],
    ],
    "五": [
        [(0.15, 0.2), (0.85, 0.18)],
        [(0.45, 0.2), (0.35, 0.8)],
        [(0.25, 0.5), (0.7, 0.48), (0.65, 0.8)],
        [(0.1, 0.83), (0.9, 0.8)],
    ],
}


def on_pad(
    name: str, *, size: float, tremble: float = 0.5, joined: bool = False
) -> list[list[list[float]]]:
    """A name in pixels of the pad, characters side by side; `joined` lifts the pen between them."""
    hand = random.Random(f"{name}{size}{tremble}{joined}")
    strokes: list[list[Point]] = []
    for place, character in enumerate(name):
        own = [_dense([(x + place * 1.1, y) for x, y in one]) for one in CHARACTERS[character]]
        strokes += [[point for one in own for point in one]] if joined else own
    return [
        [[x * size + hand.gauss(0, tremble), y * size + hand.gauss(0, tremble)] for x, y in one]
        for one in strokes
    ]


def written(
    name: str, *, size: float, tremble: float = 0.5, joined: bool = False
) -> list[list[list[int]]]:
    """The same in the box of 600 x 200 in which a phone sends it."""
    return in_box(on_pad(name, size=size, tremble=tremble, joined=joined))


def in_box(strokes: Sequence[Sequence[Sequence[float]]]) -> list[list[list[int]]]:
    """As `inBox` of miniapp/core/strokes.js places it, without thinning."""
    xs = [point[0] for one in strokes for point in one]
    ys = [point[1] for one in strokes for point in one]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    scale = min(LARGEST, (BOX[0] - 2 * MARGIN) / max(1, wide), (BOX[1] - 2 * MARGIN) / max(1, high))
    left, top = (BOX[0] - wide * scale) / 2, (BOX[1] - high * scale) / 2
    return [
        [[round((x - min(xs)) * scale + left), round((y - min(ys)) * scale + top)] for x, y in one]
        for one in strokes
    ]


def _dense(stroke: Sequence[Point], steps: int = 10) -> list[Point]:
    points = [
        (here[0] + (there[0] - here[0]) * i / steps, here[1] + (there[1] - here[1]) * i / steps)
        for here, there in pairwise(stroke)
        for i in range(steps)
    ]
    return [*points, stroke[-1]]


def _drawn(*strokes: Sequence[Point]) -> list[list[list[int]]]:
    hand = random.Random(7)
    return in_box(
        [
            [[x + hand.gauss(0, 0.6), y + hand.gauss(0, 0.6)] for x, y in _dense(one, 25)]
            for one in strokes
        ]
    )


DOT = [[[300, 100], [301, 101]]]
LINE = _drawn([(0, 0), (200, 12)])
TICK = _drawn([(0, 60), (40, 100), (140, 0)])
CROSS = _drawn([(0, 0), (100, 100)], [(100, 0), (0, 100)])
