"""Changes a photo as people do who send it again, or takes the same scene anew another day."""

import io
import math
import random
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

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


def _sent_twice(image: Image.Image) -> bytes:
    """Through chat to somebody, and from there through chat again, which resizes no more."""
    first = Image.open(io.BytesIO(as_jpeg(_resized(image, 1080 / max(image.size)), 70)))
    return as_jpeg(first, 65)


def _screenshot(image: Image.Image, dice: random.Random) -> Image.Image:
    """Shown on a telephone 1080 pixels wide, with its black above and below, and shot there."""
    shown = _resized(image, 1080 / image.width)
    screen = Image.new("RGB", (1080, dice.choice((1920, 2160, 2340))), (8, 8, 8))
    room = screen.height - shown.height
    screen.paste(shown, (0, max(0, room // 2)))
    pen = ImageDraw.Draw(screen)
    pen.text((40, 30), "12:08", font=ImageFont.truetype(str(sans_path()), 40), fill="white")
    return screen


def _bordered(image: Image.Image, dice: random.Random) -> Image.Image:
    wide = round(min(image.size) * dice.uniform(0.02, 0.05))
    return ImageOps.expand(image, wide, dice.choice(("white", "black", (240, 230, 200))))


def _webp(image: Image.Image) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def _tilted(image: Image.Image, degrees: float) -> Image.Image:
    """Turned a little, and cut to what is full."""
    turned = image.rotate(degrees, Image.Resampling.BICUBIC)
    lost = math.tan(math.radians(abs(degrees)))
    x, y = round(image.height * lost / 2) + 2, round(image.width * lost / 2) + 2
    return turned.crop((x, y, image.width - x, image.height - y))


def _slanted(image: Image.Image, dice: random.Random) -> Image.Image:
    """A perspective of 2 % laid over it."""
    width, height = image.size
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    off = np.array(
        [[dice.uniform(0, 0.02) * width, dice.uniform(0, 0.02) * height] for _ in corners]
    )
    inner = corners + off * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    way = cv2.getPerspectiveTransform(inner.astype(np.float32), corners)
    return Image.fromarray(cv2.warpPerspective(np.asarray(image), way, (width, height)))


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
    "cropped by 15 %": lambda image, dice: _cropped(image, dice, 0.85),
    "sent twice through chat": lambda image, _dice: _sent_twice(image),
    "a screenshot": _screenshot,
    "with a border": _bordered,
    "enlarged to 130 %": lambda image, _dice: _resized(image, 1.3),
    "slightly blurred": lambda image, _dice: image.filter(ImageFilter.GaussianBlur(0.7)),
    "by way of WebP": lambda image, _dice: _webp(image),
    "turned by a quarter": lambda image, dice: image.rotate(dice.choice((90, 270)), expand=True),
    "turned by 2 degrees": lambda image, dice: _tilted(image, dice.choice((-2, 2))),
    "slanted by 2 %": _slanted,
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
