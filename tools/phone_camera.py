"""What a telephone's camera and this app make of light: sensor, colour, noise, JPEG, shrinking.

Fine patterns only come out right when the steps are in their true order: the lens blurs, a mosaic
of colour filters samples, the camera interpolates and smooths, JPEG rounds, the app shrinks.
"""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tools.sign_photos import SignPhoto, jpeg_of

Floats = npt.NDArray[np.floating[Any]]
Pixels = npt.NDArray[np.uint8]

SENSORS = ((3264, 2448), (4000, 3000), (4160, 3120))
"""Width and height in pixels of cameras of 8, 12 and 13 megapixels."""
SENT_SIDE, SENT_QUALITY = 1600, 70
"""What the phone app sends (web/camera/shrink.js)."""
STRIP = 48
"""Rows of the sensor done at once: what fits near the processor goes three times as fast."""
_FILTERS = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2))  # row, column, red green or blue
_COSINE: Floats = np.cos(np.arange(4096) * (2 * math.pi / 4096)).astype(np.float32)

Light = Callable[[Floats, Floats, int], Floats]
"""Linear light of one colour (0 red, 1 green, 2 blue) at points x and y of the sensor, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One telephone; `blur_px` is the lens at its best, as the sigma of a Gaussian."""

    width: int
    height: int
    blur_px: float
    bend: float
    shot_noise: float
    read_noise: float
    calm_colour_px: float
    calm: float
    sharpen: float
    area_shrink: bool

    def bent(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where the light of a point of the sensor comes from: lenses bend straight lines."""
        across, down = x - self.width / 2, y - self.height / 2
        out = 1 + self.bend * (across**2 + down**2) / (self.width / 2) ** 2
        return across * out + self.width / 2, down * out + self.height / 2

    def passes(self, across: Floats, down: Floats) -> Floats:
        """The share of a pattern's contrast left by lens and pixels; cycles per pixel."""
        lens = np.exp(-2 * (math.pi * self.blur_px) ** 2 * (across**2 + down**2))
        return np.asarray(lens * np.sinc(across) * np.sinc(down), np.float32)


def some_camera(dice: random.Random) -> Camera:
    """A telephone as village keepers have it."""
    width, height = dice.choice(SENSORS)
    return Camera(
        width, height,
        blur_px=dice.uniform(0.45, 0.95),
        bend=dice.uniform(-0.02, 0.02),
        shot_noise=math.exp(dice.uniform(math.log(0.0002), math.log(0.003))),
        read_noise=dice.uniform(0.001, 0.004),
        calm_colour_px=dice.choice((0.0, 1.0, 2.0)),
        calm=dice.choice((0.0, 0.0, 6.0, 12.0)),
        sharpen=dice.uniform(0.2, 0.9),
        area_shrink=dice.random() < 0.6,
    )  # fmt: skip


def _filter_points(camera: Camera) -> Iterator[tuple[slice, slice, int, Floats, Floats]]:
    """Rows, columns, colour and points (x, y) of the colour filters, strip by strip."""
    for top in range(0, camera.height, STRIP):
        low = min(top + STRIP, camera.height)
        for row, column, colour in _FILTERS:
            y, x = np.mgrid[top + row : low : 2, column : camera.width : 2].astype(np.float32)
            yield slice(top + row, low, 2), slice(column, None, 2), colour, x, y


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo as JPEG: the camera's own file, and what the app makes of it and sends."""

    original: bytes
    sent: bytes


def take(dice: random.Random, camera: Camera, light: Light) -> Shot:
    """Take a photo of `light`."""
    mosaic = np.empty((camera.height, camera.width), np.float32)
    for rows, columns, colour, x, y in _filter_points(camera):
        mosaic[rows, columns] = light(x, y, colour)
    rng = np.random.default_rng(dice.getrandbits(32))
    noise = rng.standard_normal(mosaic.shape, np.float32)
    noise *= np.sqrt(mosaic.clip(0, None) * camera.shot_noise + camera.read_noise**2)
    mosaic += noise
    raw = (mosaic.clip(0, 1) * 65535).astype(np.uint16)
    colours = cv2.cvtColor(raw, cv2.COLOR_BayerBG2RGB)
    original = jpeg_of(_developed(camera, colours), 93)
    return Shot(original, sent(original, area=camera.area_shrink))


def _developed(camera: Camera, colours: npt.NDArray[np.generic]) -> Pixels:
    """Gamma, less noise in the colours, less noise at all, crisper edges."""
    curve = ((np.arange(65536) / 65535) ** (1 / 2.2) * 255).astype(np.uint8)
    picture = np.asarray(curve[colours], np.uint8)
    if camera.calm_colour_px:
        parts = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)
        smooth = cv2.GaussianBlur(parts, (0, 0), camera.calm_colour_px)
        smooth[:, :, 0] = parts[:, :, 0]
        picture = np.asarray(cv2.cvtColor(smooth, cv2.COLOR_YCrCb2RGB), np.uint8)
    if camera.calm:
        picture = np.asarray(cv2.bilateralFilter(picture, 5, camera.calm, 2), np.uint8)
    soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
    return np.asarray(
        cv2.addWeighted(picture, 1 + camera.sharpen, soft, -camera.sharpen, 0), np.uint8
    )


def sent(jpeg: bytes, *, area: bool = True) -> bytes:
    """A camera's file as the app sends it: shrunk by averaging, or by a browser that samples."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("the photo could not be read back")
    scale = SENT_SIDE / max(picture.shape[:2])
    if scale < 1:
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        if not area:  # half by half, then bilinear, as a mipmap does
            while picture.shape[1] >= 2 * size[0]:
                picture = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        way = cv2.INTER_AREA if area else cv2.INTER_LINEAR
        picture = cv2.resize(picture, size, interpolation=way)
    return jpeg_of(np.asarray(picture[:, :, ::-1], np.uint8), SENT_QUALITY)


def write_each(
    folder: str,
    kinds: Sequence[str],
    seed: int,
    signs: Iterable[SignPhoto],
    shoot: Callable[[random.Random, SignPhoto, str], Shot],
) -> None:
    """Write what the app would send of each sign, photographed in each kind of way in turn."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for number, sign in enumerate(signs):
        kind = kinds[number % len(kinds)]
        name = kind.replace(" ", "_").replace(",", "")
        shot = shoot(random.Random(seed * 1000 + number), sign, kind)
        (place / f"{number:03}_{name}.jpg").write_bytes(shot.sent)


def as_light(picture: Pixels) -> Floats:
    """Shades of 0 to 255 as linear light of 0 to 1."""
    curve = ((np.arange(256) / 255) ** 2.2).astype(np.float32)
    return np.asarray(curve[picture], np.float32)


def planes(picture: Floats) -> tuple[Floats, Floats, Floats]:
    """Red, green and blue, each by itself."""
    red, green, blue = (np.ascontiguousarray(picture[:, :, colour]) for colour in range(3))
    return red, green, blue


def looked_up(plane: Floats, x: Floats, y: Floats) -> Floats:
    """A plane at points given in its own pixels; its edge goes on outside."""
    found = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def wave(turns: Floats) -> Floats:
    """The cosine of so many turns, quicker than by computing it."""
    steps = (turns * np.float32(len(_COSINE))).astype(np.int32) & (len(_COSINE) - 1)
    return np.asarray(_COSINE[steps])


def exposure(dice: random.Random, light: Floats) -> float:
    """By how much a camera makes this light brighter or darker: its whites nearly white."""
    whites = float(np.percentile(light[::8, ::8], 97))
    return min(6.0, dice.uniform(0.6, 0.95) / max(whites, 1e-3))
