"""Changes a photo as people do who send it again, or takes the same scene anew another day."""

import io
import math
import random
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from server.media.paper.typeface import sans_path
from server.media.pictures.images import rendition
from tools.other_days import other_hour, put_down

Change = Callable[[Image.Image, random.Random], Image.Image | bytes]


def _cropped(image: Image.Image, dice: random.Random, side: float) -> Image.Image:
    """What is left when a share of width and height is cut away, wherever it lies."""
    wide, tall = round(image.width * side), round(image.height * side)
    x, y = dice.randint(0, image.width - wide), dice.randint(0, image.height - tall)
    return image.crop((x, y, x + wide, y + tall))


def _resized(image: Image.Image, share: float) -> Image.Image:
    return image.resize(
        (round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS
    )


def _stamped(image: Image.Image) -> bytes:
    jpeg = as_jpeg(image, 90)
    return rendition(jpeg, 1600, stamp=("东庄村快递便民服务点 C0007", "2023-07-11 08:05 误差12米"))


def _watermarked(image: Image.Image) -> Image.Image:
    marked = image.copy()
    pen = ImageDraw.Draw(marked)
    font = ImageFont.truetype(str(sans_path()), image.width // 18)
    pen.text(
        (image.width * 0.5, image.height * 0.88), "水印相机 2023.07.11", font=font, fill="white"
    )
    return marked


CHANGES: dict[str, Change] = {
    "saved again at q50": lambda image, _dice: as_jpeg(image, 50),
    "saved again at q30": lambda image, _dice: as_jpeg(image, 30),
    "resized to 60 %": lambda image, _dice: _resized(image, 0.6),
    "resized to 40 %, q60": lambda image, _dice: as_jpeg(_resized(image, 0.4), 60),
    "cropped by 5 %": lambda image, dice: _cropped(image, dice, 0.95),
    "cropped by 10 %": lambda image, dice: _cropped(image, dice, 0.90),
    "mirrored": lambda image, _dice: ImageOps.mirror(image),
    "brighter": lambda image, _dice: ImageEnhance.Brightness(image).enhance(1.35),
    "darker": lambda image, _dice: ImageEnhance.Brightness(image).enhance(0.65),
    "more contrast": lambda image, _dice: ImageEnhance.Contrast(image).enhance(1.4),
    "stamped": lambda image, _dice: _stamped(image),
    "watermarked": lambda image, _dice: _watermarked(image),
    "cropped by 10 %, mirrored, q60": lambda image, dice: as_jpeg(
        ImageOps.mirror(_cropped(image, dice, 0.90)), 60
    ),
    "cropped by 10 %, q40": lambda image, dice: as_jpeg(_cropped(image, dice, 0.90), 40),
    "stamped, then q50": lambda image, _dice: as_jpeg(Image.open(io.BytesIO(_stamped(image))), 50),
    "1080 px, q70, as sent by chat": lambda image, _dice: as_jpeg(
        _resized(image, 1080 / max(image.size)), 70
    ),
}


def changed(content: bytes, how: str, dice: random.Random) -> bytes:
    """A photo after one of `CHANGES`, as JPEG."""
    made = CHANGES[how](Image.open(io.BytesIO(content)).convert("RGB"), dice)
    return made if isinstance(made, bytes) else as_jpeg(made, 85)


def as_jpeg(image: Image.Image, quality: int) -> bytes:
    """The picture as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def taken_anew(content: bytes, dice: random.Random) -> bytes:
    """The same scene from the same spot on another day.

    The hand holds the camera a little differently, the sun stands elsewhere, somebody has put down
    a parcel, and the sensor's noise is new.
    """
    scene = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.float32)
    height, width = scene.shape[:2]
    turn = math.radians(dice.choice((-1, 1)) * dice.uniform(0.2, 2.0))
    zoom = dice.uniform(1.02, 1.07)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    middle = np.array([width / 2, height / 2])
    spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    moved = (corners - middle) @ spin.T * zoom + middle
    moved += np.array(
        [[dice.gauss(0, 0.006) * width, dice.gauss(0, 0.006) * height] for _ in range(4)]
    )
    moved += np.array([dice.uniform(-0.02, 0.02) * width, dice.uniform(-0.02, 0.02) * height])
    way = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    scene = cv2.warpPerspective(scene, way, (width, height), borderMode=cv2.BORDER_REFLECT).astype(
        np.float32
    )
    scene = other_hour(dice, scene)
    put_down(dice, scene, dice.randint(1, 3))
    rng = np.random.default_rng(dice.getrandbits(32))
    scene += rng.normal(0, dice.uniform(1, 4), scene.shape).astype(np.float32)
    return as_jpeg(Image.fromarray(scene.clip(0, 255).astype(np.uint8)), dice.choice((70, 75, 80)))
