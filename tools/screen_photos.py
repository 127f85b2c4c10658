"""Photographs a screen that shows a photo: lattice of lights, moiré, bezel, banding, reflections.

`python -m tools.screen_photos FOLDER [COUNT [SEED]]` writes some, and honest photos beside them.
"""

import io
import math
import random
import sys
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

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

GRID = 24

Matrix = npt.NDArray[np.float64]
# Lights of a screen's pixel as a sum of waves: cycles per pixel across and down, contrast of
# red, green and blue, and whether each colour stands a third of a pixel beside the last.
Wave = tuple[float, float, tuple[float, float, float], bool]


def _of_bars(wide: float, tall: float) -> tuple[Wave, ...]:
    """Liquid crystal: three bars a pixel, side by side, so wide and tall."""
    waves: list[Wave] = []
    for across, down in ((1, 0), (2, 0), (0, 1), (1, 1), (1, -1)):
        share = float(np.sinc(across * wide) * np.sinc(down * tall))
        waves.append((across, down, (share, share, share), True))
    return tuple(waves)


def _of_diamonds(green: float, other: float) -> tuple[Wave, ...]:
    """Organic lights: a green dot in every pixel, red and blue in every other one."""
    waves: list[Wave] = []
    for across, down in ((1.0, 0.0), (0.0, 1.0), (0.5, 0.5), (0.5, -0.5)):
        half = float(np.sinc(across * other) * np.sinc(down * other))
        whole = float(np.sinc(across * green) * np.sinc(down * green)) if across != 0.5 else 0.0
        waves.append((across, down, (half, whole, -half if across == 0.5 else half), False))
    return tuple(waves)


@dataclass(frozen=True, slots=True)
class Screen:
    """A kind of screen and how people hold a camera to it; sizes in its own pixels."""

    sizes: tuple[tuple[int, int], ...]
    waves: tuple[tuple[Wave, ...], ...]
    fills: tuple[float, float]
    """Share of the frame's width or height that the shown photo takes."""


_BARS = (_of_bars(0.26, 0.80), _of_bars(0.29, 0.88))
_DOTS = (_of_diamonds(0.42, 0.55), _of_diamonds(0.5, 0.6))
_PHONES = ((720, 1600), (1080, 2340), (1080, 2400))
SCREENS: dict[str, Screen] = {
    "a phone (LCD), near": Screen(_PHONES, _BARS, (0.85, 1.15)),
    "a phone (LCD), whole": Screen(_PHONES, _BARS, (0.45, 0.80)),
    "a phone (OLED), near": Screen((*_PHONES[1:], (1440, 3200)), _DOTS, (0.85, 1.15)),
    "a phone (OLED), whole": Screen((*_PHONES[1:], (1440, 3200)), _DOTS, (0.45, 0.80)),
    "a computer, near": Screen(((1366, 768), (1920, 1080)), _BARS, (0.85, 1.15)),
    "a computer, whole": Screen(((1366, 768), (1920, 1080)), _BARS, (0.45, 0.80)),
    "a tablet": Screen(((1200, 1920), (1536, 2048), (1600, 2560)), _BARS, (0.6, 1.1)),
    "a television": Screen(((1920, 1080), (3840, 2160)), _BARS, (0.45, 1.0)),
}


def screen_photo(dice: random.Random, shown: bytes, kind: str) -> Shot:
    """A photo of a screen of that kind showing `shown`, as the phone app would send it."""
    screen, camera = SCREENS[kind], some_camera(dice)
    size, waves = dice.choice(screen.sizes), dice.choice(screen.waves)
    photo = ImageOps.contain(Image.open(io.BytesIO(shown)).convert("RGB"), size)
    face = Image.new("RGB", size, dice.choice(((0, 0, 0), (0, 0, 0), (245, 245, 245))))
    left, top = (size[0] - photo.width) // 2, (size[1] - photo.height) // 2
    face.paste(photo, (left, top))
    glow = dice.uniform(0.002, 0.02)
    white = np.array([dice.uniform(0.85, 1.0), 1.0, dice.uniform(0.95, 1.15)], np.float32)
    light_of_it = (as_light(np.asarray(face)) + glow) * white
    light_of_it *= np.float32(exposure(dice, light_of_it[top : top + photo.height]))
    lit = planes(light_of_it)
    way = _held(dice, camera, (left, top, photo.width, photo.height), dice.uniform(*screen.fills))
    bezel = dice.uniform(0.005, 0.05) * min(size)
    room = planes(_reflections(dice))
    veil = planes(_reflections(dice) * np.float32(dice.choice((0.0, 0.02, 0.06))))
    banding, rows = dice.choice((0.0, 0.0, 0.03, 0.1)), dice.uniform(150, 900)
    columns = np.linspace(0, camera.width, GRID)
    strengths = [(one, _strength(camera, way, one)) for one in waves]

    def light(x: Floats, y: Floats, colour: int) -> Floats:
        u, v = _through(way, *camera.bent(x, y))
        found = looked_up(lit[colour], u - np.float32(0.5), v - np.float32(0.5))
        pattern = np.ones_like(found)
        here = y[0, 0] / camera.height * (GRID - 1)
        for (across, down, shares, beside), strength in strengths:
            if not shares[colour]:
                continue
            third = across * (colour - 1) / 3 if beside else 0.0
            phase = u * np.float32(across) + v * np.float32(down) - np.float32(third)
            left_of_it = np.interp(x[0], columns, strength[round(here)]) * (2 * shares[colour])
            pattern += left_of_it.astype(np.float32) * wave(phase)
        found *= pattern.clip(0, None)
        found *= 1 + np.float32(banding) * wave(y / np.float32(rows))
        inside = (u >= 0) & (v >= 0) & (u < size[0]) & (v < size[1])
        frame = (u > -bezel) & (v > -bezel) & (u < size[0] + bezel) & (v < size[1] + bezel)
        place = (x * (63 / camera.width), y * (63 / camera.height))
        around = np.where(frame, np.float32(0.004), looked_up(room[colour], *place) * 0.5)
        return np.asarray(
            np.where(inside, found, around) + looked_up(veil[colour], *place), np.float32
        )

    return take(dice, camera, light)


def _held(
    dice: random.Random, camera: Camera, box: tuple[int, int, int, int], fill: float
) -> Matrix:
    """From points of the sensor to points of the screen: turned in space, not quite centred."""
    left, top, wide, tall = box
    across = min(camera.width * fill / wide, camera.height * fill / tall)
    half = np.array([(-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall)]) / 2 * across
    yaw, pitch = math.radians(dice.gauss(0, 7)), math.radians(dice.gauss(0, 7))
    roll = math.radians(dice.gauss(0, 2))
    x, y = half[:, 0] * math.cos(yaw), half[:, 1] * math.cos(pitch)
    z = half[:, 0] * math.sin(yaw) + half[:, 1] * math.sin(pitch)
    far = 1.3 * camera.width / (1.3 * camera.width + z)
    x, y = x * far, y * far
    x, y = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
    x += camera.width * (0.5 + dice.gauss(0, 0.02))
    y += camera.height * (0.5 + dice.gauss(0, 0.02))
    corners = np.array(
        [(left, top), (left + wide, top), (left + wide, top + tall), (left, top + tall)],
        np.float32,
    )
    return np.asarray(
        cv2.getPerspectiveTransform(np.stack([x, y], 1).astype(np.float32), corners), np.float64
    )


def _through(way: Matrix, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    w = np.float32(way[2, 0]) * x + np.float32(way[2, 1]) * y + np.float32(way[2, 2])
    u = np.float32(way[0, 0]) * x + np.float32(way[0, 1]) * y + np.float32(way[0, 2])
    v = np.float32(way[1, 0]) * x + np.float32(way[1, 1]) * y + np.float32(way[1, 2])
    return np.asarray(u / w, np.float32), np.asarray(v / w, np.float32)


def _strength(camera: Camera, way: Matrix, one: Wave) -> Floats:
    """How much of a wave's contrast reaches the mosaic, over a coarse grid of the sensor."""
    y, x = np.mgrid[0 : camera.height : GRID * 1j, 0 : camera.width : GRID * 1j]

    def phase(x: Matrix, y: Matrix) -> Matrix:
        w = way[2, 0] * x + way[2, 1] * y + way[2, 2]
        u = (way[0, 0] * x + way[0, 1] * y + way[0, 2]) / w
        v = (way[1, 0] * x + way[1, 1] * y + way[1, 2]) / w
        return np.asarray(u * one[0] + v * one[1])

    here = phase(x, y)
    return camera.passes(
        (phase(x + 1, y) - here).astype(np.float32), (phase(x, y + 1) - here).astype(np.float32)
    )


def _reflections(dice: random.Random) -> Floats:
    """Soft light of a room, 64 × 64."""
    rng = np.random.default_rng(dice.getrandbits(32))
    coarse = rng.uniform(0, 1, (5, 5, 3)).astype(np.float32) ** 2
    coarse = coarse.mean(axis=2, keepdims=True) * 0.7 + coarse * 0.3
    return np.asarray(cv2.resize(coarse, (64, 64), interpolation=cv2.INTER_CUBIC), np.float32)


def main(folder: str, count: int = 14, seed: int = SEED + 9) -> None:
    """Write so many photos of screens, each kind in turn."""

    def shown(dice: random.Random, sign: SignPhoto, kind: str) -> Shot:
        return screen_photo(dice, sign.content, kind)

    write_each(folder, tuple(SCREENS), seed, sign_photos(count, seed), shown)


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:4]))
