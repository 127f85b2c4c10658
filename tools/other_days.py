"""Photographs one place on two days, as honest keepers do: another hand, hour and speck of noise.

A copy of a photo shares its noise; two photos of a place do not, so both are taken from one scene.
"""

import math
import random
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from tools.boards import Face, faces, sign_board
from tools.sign_photos import exposed, jpeg_of, staged

Floats = npt.NDArray[np.float32]

SAME_LIGHT = ", in the same light"
# How far the second photo's camera is from the first one's: degrees turned, share of zoom, of
# skew and of shift, as standard deviations.
HANDS: dict[str, tuple[float, float, float, float]] = {
    "by hand": (1.0, 0.03, 0.005, 0.02),
    f"by hand{SAME_LIGHT}": (1.0, 0.03, 0.005, 0.02),
    "from a mark on the ground": (0.35, 0.01, 0.002, 0.006),
    f"from a mark on the ground{SAME_LIGHT}": (0.35, 0.01, 0.002, 0.006),
    "from a holder, nudged": (0.05, 0.002, 0.0004, 0.001),
    f"from a holder, nudged{SAME_LIGHT}": (0.05, 0.002, 0.0004, 0.001),
    "from a holder": (0.0, 0.0, 0.0, 0.0),
    f"from a holder{SAME_LIGHT}": (0.0, 0.0, 0.0, 0.0),
}


def two_days(
    dice: random.Random, hand: str, fonts: Sequence[Face] | None = None
) -> tuple[bytes, bytes]:
    """Two honest photos of one sign, with `hand` one of `HANDS`, as JPEG."""
    scene = staged(dice, sign_board(dice, fonts or faces()))
    first = exposed(dice, scene.light.copy(), scene.effect, scene.blur, scene.corners)
    moved = _moved(dice, scene.light, *HANDS[hand])
    effect, blur = scene.effect, scene.blur
    if not hand.endswith(SAME_LIGHT):
        moved = other_hour(dice, moved)
        put_down(dice, moved, dice.randint(0, 2))
        effect = dice.choice(("none", "none", "glare", "shadow", "backlit"))
        blur = dice.choice(("sharp", "sharp", "soft"))
    return first, exposed(dice, moved, effect, blur, scene.corners)


def from_a_tripod(
    dice: random.Random,
    noise: float,
    fonts: Sequence[Face] | None = None,
    *,
    quality: int = 75,
    relit: bool = True,
) -> tuple[bytes, bytes]:
    """The hardest honest pair: nothing differs but noise, and light by one rule for all of it.

    `noise` is its deviation in shades of 255; both are JPEG of `quality`. Not `relit`, the light is
    the same as well.
    """
    scene = staged(dice, sign_board(dice, fonts or faces())).light
    later = _by_one_rule(dice, scene) if relit else scene
    rng = np.random.default_rng(dice.getrandbits(32))
    first, second = (
        jpeg_of(np.asarray(each + rng.normal(0, noise, each.shape), np.float32), quality)
        for each in (scene, later)
    )
    return first, second


def _by_one_rule(dice: random.Random, scene: Floats) -> Floats:
    """The scene in a light that differs by one rule for all of it."""
    level, curve = dice.uniform(0.9, 1.1), dice.uniform(0.9, 1.1)
    warm = np.array([1 + dice.uniform(-0.04, 0.04), 1, 1 + dice.uniform(-0.04, 0.04)], np.float32)
    return np.asarray((scene.clip(0, 255) / 255) ** curve * 255 * level * warm, np.float32)


def other_hour(dice: random.Random, scene: Floats) -> Floats:
    """Another hour's light: a slant over the picture, its colour, perhaps the edge of a shade."""
    height, width = scene.shape[:2]
    rows, columns = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    slant = (
        1 + dice.uniform(-0.35, 0.35) * (columns - 0.5) + dice.uniform(-0.35, 0.35) * (rows - 0.5)
    )
    warm = np.array([1 + dice.uniform(-0.06, 0.06), 1.0, 1 + dice.uniform(-0.06, 0.06)], np.float32)
    scene = scene * (slant * dice.uniform(0.75, 1.2))[..., None] * warm
    if dice.random() < 0.5:
        edge = (
            math.tan(math.radians(dice.uniform(-60, 60))) * (columns - dice.random())
            + dice.random()
        )
        scene = scene * np.where(rows > edge, dice.uniform(0.5, 0.75), 1.0)[..., None]
    return np.asarray(scene, np.float32)


def put_down(dice: random.Random, scene: Floats, parcels: int) -> None:
    """Put so many parcels in front, in the lower half."""
    height, width = scene.shape[:2]
    for _ in range(parcels):
        x, y = dice.randint(0, width), dice.randint(height // 2, height)
        far = (x + dice.randint(40, width // 5), y + dice.randint(40, height // 5))
        cv2.rectangle(scene, (x, y), far, [dice.randint(40, 210) for _ in range(3)], -1)


def _moved(  # noqa: PLR0917 - what, and how far in each way
    dice: random.Random, scene: Floats, turn: float, zoom: float, skew: float, shift: float
) -> Floats:
    """The scene seen from a little elsewhere."""
    height, width = scene.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    middle = np.array([width / 2, height / 2])
    angle = math.radians(dice.gauss(0, turn))
    spin = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    placed = (corners - middle) @ spin.T * (1 + dice.gauss(0, zoom)) + middle
    placed += np.array(
        [[dice.gauss(0, skew) * width, dice.gauss(0, skew) * width] for _ in corners]
    )
    placed += np.array([dice.gauss(0, shift) * width, dice.gauss(0, shift) * width])
    way = cv2.getPerspectiveTransform(corners, placed.astype(np.float32))
    return np.asarray(
        cv2.warpPerspective(
            scene, way, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        ),
        np.float32,
    )
