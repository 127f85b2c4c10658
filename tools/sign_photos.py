"""Photographs boards: perspective, light, shadow, poles, blur, noise and JPEG, all from one seed.

`python -m tools.sign_photos FOLDER [COUNT [SEED]]` writes the photos and labels.json.
"""

import json
import math
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tools.boards import Board, Face, faces, hours_board, sign_board

SEED = 20230411
SIDE = 1280
"""Long side in pixels, as the phones send them."""
EFFECTS = ("none", "dark", "backlit", "glare", "shadow", "pole")
BLURS = ("sharp", "soft", "defocus", "motion")

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SignPhoto:
    """One labelled photo; `number_px` and `name_px` are heights of characters in the picture."""

    file: str
    content: bytes
    label: dict[str, Any]


def sign_photos(
    count: int,
    seed: int = SEED,
    *,
    hours_share: float = 1 / 3,
    fonts: Sequence[Face] | None = None,
) -> Iterator[SignPhoto]:
    """So many photos; the same seed and the same fonts give the same ones."""
    for number in range(count):
        yield sign_photo(number, seed, hours_share=hours_share, fonts=fonts)


def sign_photo(
    number: int,
    seed: int = SEED,
    *,
    hours_share: float = 1 / 3,
    fonts: Sequence[Face] | None = None,
) -> SignPhoto:
    """The seed's photo of that number, without drawing the others."""
    fonts = fonts or faces()
    dice = random.Random(seed * 100_000 + number)
    board = hours_board(dice, fonts) if dice.random() < hours_share else sign_board(dice, fonts)
    return labelled_photo(dice, board, f"{board.kind}_{number:04}.jpg")


def labelled_photo(dice: random.Random, board: Board, file: str) -> SignPhoto:
    """A board photographed, with all that is true of it."""
    content, taken = photographed(dice, board)
    label = {
        "file": file, "kind": board.kind, "name": board.name, "shown": board.shown,
        "place": board.place, "number": board.number, "hours": board.hours,
        "layout": board.layout, "face": board.face, "lines": board.lines, **taken,
    }  # fmt: skip
    return SignPhoto(file, content, label)


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands before the lens, without noise: the board on its wall in even light."""

    light: Floats
    corners: Floats
    effect: str
    blur: str
    facts: dict[str, Any]


def photographed(dice: random.Random, board: Board) -> tuple[bytes, dict[str, Any]]:
    """A photo of a board as JPEG, and how it was taken."""
    scene = staged(dice, board)
    content = exposed(dice, scene.light.copy(), scene.effect, scene.blur, scene.corners)
    return content, scene.facts


def staged(dice: random.Random, board: Board) -> Scene:
    """Hang a board on a wall and stand before it with a camera."""
    upright = board.image.height > board.image.width
    width, height = (960, SIDE) if upright or dice.random() < 0.2 else (SIDE, 960)
    effect = dice.choices(EFFECTS, (5, 2, 2, 2, 2, 1))[0]
    blur = dice.choices(BLURS, (6, 5, 1, 1))[0]
    yaw = dice.choice((dice.uniform(-12, 12), dice.uniform(-40, 40)))
    corners = _corners(dice, board, width, height, yaw)
    flat = np.asarray(board.image, np.uint8)
    area = np.array(
        [(0, 0), (flat.shape[1], 0), (flat.shape[1], flat.shape[0]), (0, flat.shape[0])], np.float32
    )
    scale = float(np.linalg.norm(corners[1] - corners[0]) / flat.shape[1])
    if scale < 0.6:  # an enlarged pixel averages nothing: shrink first, or fine strokes break up
        flat = np.asarray(
            cv2.resize(flat, None, fx=scale * 1.5, fy=scale * 1.5, interpolation=cv2.INTER_AREA),
            np.uint8,
        )
        area *= np.array(
            [flat.shape[1] / board.image.width, flat.shape[0] / board.image.height], np.float32
        )
    turn = cv2.getPerspectiveTransform(area, corners.astype(np.float32))
    scene = _wall(dice, width, height).astype(np.float32)
    mask = cv2.warpPerspective(np.ones(flat.shape[:2], np.float32), turn, (width, height))
    shadow = cv2.GaussianBlur(np.roll(mask, (10, 6), (0, 1)), (0, 0), 9)[..., None]
    scene *= 1 - 0.45 * shadow
    painted = cv2.warpPerspective(flat, turn, (width, height), flags=cv2.INTER_LINEAR).astype(
        np.float32
    )
    scene = scene * (1 - mask[..., None]) + painted * mask[..., None]
    facts = {
        "effect": effect, "blur": blur, "yaw": round(yaw, 1), "width": width, "height": height,
        "name_px": round(board.name_px * scale, 1), "number_px": round(board.number_px * scale, 1),
        "quad": [[round(float(x), 1), round(float(y), 1)] for x, y in corners],
    }  # fmt: skip
    return Scene(scene, corners, effect, blur, facts)


def exposed(dice: random.Random, scene: Floats, effect: str, blur: str, corners: Floats) -> bytes:
    """Light, lens, sensor and JPEG: what the telephone makes of what stands before it."""
    scene = _lit(dice, scene, effect, corners)
    scene = _blurred(dice, scene, blur)
    rng = np.random.default_rng(dice.getrandbits(32))
    scene += rng.normal(0, 7 if effect == "dark" else dice.uniform(0.5, 3), scene.shape).astype(
        np.float32
    )
    return jpeg_of(scene, dice.choice((60, 70, 75, 80)))


def jpeg_of(picture: Pixels | Floats, quality: int) -> bytes:
    """Red, green and blue shades of about 0 to 255 as a JPEG file."""
    shades = picture.clip(0, 255).astype(np.uint8)[:, :, ::-1]
    coded, jpeg = cv2.imencode(".jpg", shades, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not coded:
        raise ValueError("the photo could not be written as JPEG")
    return jpeg.tobytes()


def _corners(dice: random.Random, board: Board, width: int, height: int, yaw: float) -> Floats:
    """Where the board's corners fall: turned in space and projected by a phone's camera."""
    share = dice.uniform(0.35, 0.9)
    aspect = board.image.height / board.image.width
    across = min(share * width, share * height / aspect)
    half = np.array([(-1, -aspect), (1, -aspect), (1, aspect), (-1, aspect)]) / 2
    pitch, roll = math.radians(dice.uniform(-10, 10)), math.radians(dice.gauss(0, 3))
    turn = math.radians(yaw)
    x = half[:, 0] * math.cos(turn)
    z = half[:, 0] * math.sin(turn) + half[:, 1] * math.sin(pitch)
    y = half[:, 1] * math.cos(pitch)
    x, y = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
    far = 1.8 / (1.8 + z)
    points = np.stack([x * far, y * far], axis=1) * across
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([width, height]) - (high - low)
    start = np.array([dice.uniform(0.1, 0.9), dice.uniform(0.1, 0.9)]) * room
    placed: Floats = (points - low + start).astype(np.float32)
    return placed


def _wall(dice: random.Random, width: int, height: int) -> Pixels:
    """A wall of bricks, tiles, plaster or a shutter, with sky above, and some foreign writing."""
    rng = np.random.default_rng(dice.getrandbits(32))
    base = np.array(
        dice.choice(
            ((188, 120, 96), (206, 200, 188), (150, 146, 140), (222, 214, 190), (120, 132, 140))
        )
    )
    wall = np.empty((height, width, 3), np.float32)
    wall[:] = base
    wall += _clouds(rng, width, height, dice.uniform(8, 30))[..., None]
    kind = dice.choice(("bricks", "tiles", "plaster", "shutter"))
    line = base * dice.uniform(0.6, 0.85)
    if kind in ("bricks", "tiles"):
        tall = dice.randint(24, 46) if kind == "bricks" else dice.randint(60, 120)
        wide = tall * 2 if kind == "bricks" else tall
        for row, y in enumerate(range(0, height, tall)):
            wall[y : y + 3] = line
            for x in range((row % 2) * wide // 2 if kind == "bricks" else 0, width, wide):
                wall[y : y + tall, x : x + 3] = line
    elif kind == "shutter":
        rows = np.sin(np.arange(height) * 2 * math.pi / dice.randint(18, 40))
        wall *= (0.85 + 0.15 * rows)[:, None, None]
    sky = dice.randint(0, height // 4)
    wall[:sky] = np.array((176, 206, 236)) + _clouds(rng, width, height, 20)[:sky, :, None]
    for _ in range(dice.randint(0, 6)):  # windows, posters, boxes
        x, y = dice.randint(0, width - 60), dice.randint(0, height - 60)
        colour = [dice.randint(30, 220) for _ in range(3)]
        cv2.rectangle(
            wall, (x, y), (x + dice.randint(40, 260), y + dice.randint(40, 260)), colour, -1
        )
    return wall.clip(0, 255).astype(np.uint8)


def _clouds(rng: np.random.Generator, width: int, height: int, strength: float) -> Floats:
    """Soft irregularities, from coarse to fine."""
    total = np.zeros((height, width), np.float32)
    for cells in (4, 12, 40, 160):
        coarse = rng.normal(0, 1, (cells, cells)).astype(np.float32)
        total += np.asarray(
            cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32
        ) / math.sqrt(cells)
    level: Floats = total * np.float32(strength / max(1e-6, float(total.std())))
    return level


def _lit(dice: random.Random, scene: Floats, effect: str, corners: Floats) -> Floats:
    height, width = scene.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    middle = corners.mean(axis=0)
    match effect:
        case "dark":
            return np.asarray(scene * dice.uniform(0.12, 0.35), np.float32)
        case "backlit":
            return np.asarray(scene * 0.42 + (rows < height * 0.2)[..., None] * 120, np.float32)
        case "glare":
            x, y = middle + np.array(
                [dice.uniform(-0.3, 0.3) * width, dice.uniform(-0.1, 0.1) * height]
            )
            spot = np.exp(
                -(((columns - x) / (0.12 * width)) ** 2 + ((rows - y) / (0.10 * height)) ** 2)
            )
            return np.asarray(scene + spot[..., None] * dice.uniform(60, 140), np.float32)
        case "shadow":
            edge = np.tan(math.radians(dice.uniform(-60, 60))) * (columns - middle[0]) + middle[1]
            light = np.where(rows > edge, dice.uniform(0.35, 0.6), 1.0)
            return np.asarray(scene * light[..., None], np.float32)
        case "pole":
            left, right = corners[:, 0].min(), corners[:, 0].max()
            wide = round((right - left) * dice.uniform(0.015, 0.035))
            x = round(dice.uniform(left, right))
            lean = dice.randint(-30, 30)
            points = np.array(
                [(x, 0), (x + wide, 0), (x + wide + lean, height), (x + lean, height)], np.int32
            )
            cv2.fillPoly(scene, [points], [dice.randint(40, 140)] * 3)
            return scene
    return scene


def _blurred(dice: random.Random, scene: Floats, blur: str) -> Floats:
    match blur:
        case "soft":
            return np.asarray(cv2.GaussianBlur(scene, (0, 0), dice.uniform(0.5, 0.9)), np.float32)
        case "defocus":
            return np.asarray(cv2.GaussianBlur(scene, (0, 0), dice.uniform(1.4, 2.2)), np.float32)
        case "motion":
            length = dice.randint(5, 9)
            kernel = np.zeros((length, length), np.float32)
            angle = math.radians(dice.uniform(0, 180))
            for step in np.linspace(-length / 2, length / 2, 4 * length):
                x, y = length / 2 + step * math.cos(angle), length / 2 + step * math.sin(angle)
                if 0 <= x < length and 0 <= y < length:
                    kernel[int(y), int(x)] = 1
            return np.asarray(cv2.filter2D(scene, -1, kernel / kernel.sum()), np.float32)
    return scene


def main(folder: str, count: int = 60, seed: int = SEED) -> None:
    """Write the photos and their labels."""
    write_all(folder, sign_photos(count, seed))


def write_all(folder: str, photos: Iterable[SignPhoto]) -> None:
    """Photos and labels.json, as `bench.accuracy` takes labelled photos of one's own."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    labels = []
    for photo in photos:
        (place / photo.file).write_bytes(photo.content)
        labels.append(photo.label)
    (place / "labels.json").write_text(
        json.dumps(labels, ensure_ascii=False, indent=1), encoding="utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:4]))
