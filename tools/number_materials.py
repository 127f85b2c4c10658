"""What a number is made of, and the light and lens it is seen by; for `tools.number_strips`.

Each material takes a mask of writing (0 ground, 255 writing) and gives a board in BGR shades.
"""

import math
import random
from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Board = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]
Maker = Callable[[random.Random, np.random.Generator, Mask], Board]


def _colours(dice: random.Random) -> tuple[Any, Any]:
    """Ground and ink, at least 60 shades of luminance apart or of quite another hue."""
    while True:
        ground, ink = (
            np.array([dice.randint(5, 250) for _ in range(3)], np.float32)
            if dice.random() < 0.6
            else np.full(3, dice.choice((10, 30, 200, 235, 250)), np.float32)
            for _ in range(2)
        )
        light = abs(float((ground - ink) @ np.array((0.11, 0.59, 0.30), np.float32)))
        if light > 60 or (light > 25 and np.abs(ground - ink).max() > 120):
            return ground, ink


def _mixed(mask: Any, ground: Any, ink: Any) -> Board:
    share = (mask.astype(np.float32) / 255)[..., None]
    return np.asarray(ground * (1 - share) + ink * share, np.float32)


def _rough(rng: np.random.Generator, shape: tuple[int, int], grain: float) -> Board:
    """Soft irregularities of deviation 1, about `grain` pixels large."""
    small = (max(2, int(shape[0] / grain) + 2), max(2, int(shape[1] / grain) + 2))
    soft = cv2.resize(
        rng.normal(0, 1, small).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(soft / max(1e-3, float(soft.std())), np.float32)


def plain(dice: random.Random, rng: np.random.Generator, mask: Mask) -> Board:
    """Printed or cut from foil: two colours, sometimes a rim or a drop shadow."""
    ground, ink = _colours(dice)
    board = _mixed(mask, ground, ink)
    if dice.random() < 0.15:
        reach = dice.randint(1, 4)
        shadow = np.roll(mask, (reach, reach), (0, 1))
        board = _mixed(mask, _mixed(shadow, ground, ground * 0.45), ink)
    if dice.random() < 0.4:
        board += _rough(rng, mask.shape, dice.uniform(30, 200))[..., None] * dice.uniform(3, 14)
    return board


def painted(dice: random.Random, rng: np.random.Generator, mask: Mask) -> Board:
    """Brushed on a rough wall: bent, uneven, worn."""
    tall, wide = mask.shape
    push = dice.uniform(0.3, 2.6)
    grain = dice.uniform(3, 12)
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    bent = cv2.remap(
        mask, columns + push * _rough(rng, mask.shape, grain),
        rows + push * _rough(rng, mask.shape, grain), cv2.INTER_LINEAR,
    )  # fmt: skip
    if dice.random() < 0.4:
        bent = (cv2.dilate if dice.random() < 0.5 else cv2.erode)(bent, np.ones((3, 3), np.uint8))
    ground, ink = _colours(dice)
    worn = np.clip((_rough(rng, mask.shape, dice.uniform(2, 9)) - dice.uniform(0.5, 1.6)), 0, 1)
    share = bent.astype(np.float32) * (1 - worn * dice.uniform(0.3, 0.95))
    board = _mixed(share, ground, ink)
    board += _rough(rng, mask.shape, dice.uniform(10, 80))[..., None] * dice.uniform(2, 14)
    board += rng.normal(0, dice.uniform(2, 14), (tall, wide, 1)).astype(np.float32)
    return board


def lamps(dice: random.Random, rng: np.random.Generator, mask: Mask) -> Board:
    """A dot matrix: lit dots on dark, round or square, coarse or fine, some dead, blooming."""
    tall, wide = mask.shape
    pitch = dice.uniform(1.7, 5.0)
    small = cv2.resize(
        mask, (max(4, round(wide / pitch)), max(4, round(tall / pitch))),
        interpolation=dice.choice((cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_LINEAR)),
    )  # fmt: skip
    lit = (small > dice.uniform(70, 150)).astype(np.float32)
    lit *= rng.random(lit.shape) > dice.choice((0, 0, 0.02, 0.06))
    zoom = 5
    dot = np.zeros((zoom, zoom), np.float32)
    if dice.random() < 0.75:
        cv2.circle(dot, (zoom // 2, zoom // 2), dice.choice((1, 2, 2)), 1.0, -1)
    else:
        dot[1:-1, 1:-1] = 1
    dots = np.kron(lit, dot) + dice.choice((0, 0, 0.08)) * np.kron(1 - lit, dot)
    dots = cv2.GaussianBlur(dots, (0, 0), dice.uniform(0.6, 1.6))
    glow = cv2.GaussianBlur(dots, (0, 0), dice.uniform(0.5, 1.6) * zoom)
    light = cv2.resize(
        np.asarray(dots + dice.uniform(0, 0.8) * glow, np.float32), (wide, tall),
        interpolation=cv2.INTER_AREA,
    )  # fmt: skip
    colour = np.array(
        dice.choice(
            ((40, 50, 255), (60, 190, 255), (90, 255, 90), (255, 240, 235), (255, 120, 60))
        ),
        np.float32,
    )
    ground = np.array([dice.randint(4, 45)] * 3, np.float32)
    return np.asarray(ground + light[..., None] * colour * dice.uniform(0.5, 1.3), np.float32)


def carved(dice: random.Random, rng: np.random.Generator, mask: Mask) -> Board:
    """Engraved in metal or raised from the board: the edges show, the ground's colour or nearly."""
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), dice.uniform(0.5, 1.6))
    angle = dice.uniform(0, 2 * math.pi)
    slope = math.cos(angle) * cv2.Sobel(soft, cv2.CV_32F, 1, 0)
    slope += math.sin(angle) * cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    if dice.random() < 0.5:
        grey = dice.uniform(110, 205)
        ground = np.array((grey * 1.02, grey, grey * 0.98), np.float32)
    else:
        ground = np.array([dice.randint(30, 215) for _ in range(3)], np.float32)
    own = dice.choice((dice.uniform(-90, 90), dice.uniform(-40, 40), 0))
    board = ground + (dice.uniform(15, 110) * slope + own * soft)[..., None]
    if dice.random() < 0.6:
        long = dice.randint(15, 61)
        brushed = cv2.blur(rng.normal(0, 22, mask.shape).astype(np.float32), (long, 1))
        board += brushed[..., None] * dice.uniform(0.5, 3.2)
    return np.asarray(board, np.float32)


def outlined(dice: random.Random, _: np.random.Generator, mask: Mask) -> Board:
    """Letters of one colour with a rim of another, or only the rim."""
    ground, ink = _colours(dice)
    size = dice.choice((3, 3, 5))
    rim = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    other = ground if dice.random() < 0.25 else np.array([dice.randint(0, 255)] * 3, np.float32)
    return _mixed(mask, _mixed(rim, ground, ink), other if dice.random() < 0.6 else ink * 0.6)


def stencilled(dice: random.Random, rng: np.random.Generator, mask: Mask) -> Board:
    """Sprayed through a stencil: soft edges, little bridges, drips."""
    ground, ink = _colours(dice)
    cut = mask.copy()
    step = dice.randint(16, 40)
    if dice.random() < 0.5:
        for x in range(dice.randint(0, step), mask.shape[1], step):
            cut[:, x : x + dice.randint(1, 3)] = 0
    soft = cv2.GaussianBlur(cut, (0, 0), dice.uniform(0.5, 1.7)).astype(np.float32)
    soft *= np.clip(1 - 0.25 * np.abs(_rough(rng, mask.shape, dice.uniform(8, 30))), 0.2, 1)
    board = _mixed(soft, ground, ink)
    return np.asarray(board + _rough(rng, mask.shape, 15)[..., None] * dice.uniform(2, 10))


MATERIALS: Mapping[str, tuple[float, Maker]] = {
    "plain": (0.40, plain), "painted": (0.17, painted), "lamps": (0.17, lamps),
    "carved": (0.16, carved), "outlined": (0.04, outlined), "stencilled": (0.06, stencilled),
}  # fmt: skip


def lit(dice: random.Random, photo: Board) -> Board:
    """In the dark, against the light, in glare, with the edge of a shadow, behind a pole."""
    tall, wide = photo.shape[:2]
    kind = dice.random()
    if kind < 0.5:
        return photo * dice.uniform(0.7, 1.05)
    if kind < 0.62:
        return photo * dice.uniform(0.1, 0.35)
    if kind < 0.7:
        return photo * dice.uniform(0.3, 0.5) + dice.uniform(0, 70)
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    if kind < 0.82:
        x, y = dice.uniform(0, wide), dice.uniform(-0.3, 1.3) * tall
        across = (columns - x) / (dice.uniform(1, 6) * tall)
        spot = np.exp(-(across**2 + ((rows - y) / tall) ** 2))
        return np.asarray(photo + spot[..., None] * dice.uniform(40, 150), np.float32)
    if kind < 0.94:
        lean = math.tan(math.radians(dice.uniform(-70, 70)))
        edge = lean * (rows - tall / 2) + dice.uniform(0, wide) - columns
        if dice.random() < 0.4:
            edge = rows - dice.uniform(0.2, 0.8) * tall + 0.05 * (columns - wide / 2)
        soft = np.clip(edge / dice.uniform(0.5, 5) + 0.5, 0, 1)
        return np.asarray(photo * (1 - soft * dice.uniform(0.35, 0.65))[..., None], np.float32)
    across = dice.uniform(0.05, 0.35) * tall
    x = dice.uniform(0, wide)
    lean = dice.uniform(-0.3, 0.3)
    behind = np.abs(columns - x - lean * rows) < across / 2
    photo[behind] = dice.randint(20, 220)
    return photo


def softened(dice: random.Random, photo: Board, digit_px: float) -> Board:
    """Sharp, a little soft, out of focus, or moved; worst in proportion to the digits."""
    kind = dice.random()
    if kind < 0.40:
        return photo
    if kind < 0.70:
        return np.asarray(cv2.GaussianBlur(photo, (0, 0), dice.uniform(0.4, 1.1)), np.float32)
    if kind < 0.85:
        radius = dice.uniform(0.05, 0.2) * digit_px
        if dice.random() < 0.5:
            return np.asarray(cv2.GaussianBlur(photo, (0, 0), max(0.3, 0.6 * radius)), np.float32)
        side = 2 * math.ceil(radius) + 3
        rows, columns = np.mgrid[0:side, 0:side] - side // 2
        disc = np.clip(radius + 0.5 - np.hypot(rows, columns), 0, 1).astype(np.float32)
        return np.asarray(cv2.filter2D(photo, -1, disc / disc.sum()), np.float32)
    long = max(1.0, dice.uniform(0.1, 0.45) * digit_px)
    side = 2 * math.ceil(long / 2) + 3
    kernel = np.zeros((side, side), np.float32)
    angle = dice.uniform(0, math.pi)
    for step in np.linspace(-long / 2, long / 2, 8 * side):
        x, y = side // 2 + step * math.cos(angle), side // 2 + step * math.sin(angle)
        kernel[round(y), round(x)] += 1
    soft = cv2.GaussianBlur(kernel, (0, 0), 0.5)
    return np.asarray(cv2.filter2D(photo, -1, soft / soft.sum()), np.float32)
