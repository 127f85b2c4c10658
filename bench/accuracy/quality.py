"""How often the hints about quality speak where they should, and where they should not."""

import io
import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from bench.accuracy.tally import Tally
from server.media.pictures.images import Picture, look_at_photo
from tools.changed_photos import as_jpeg

OF = "photos"
GOOD_LIGHT = ("none", "shadow", "glare", "pole")
Worsen = Callable[[Image.Image], Image.Image]


def is_good(label: dict[str, Any]) -> bool:
    """Whether a photo was drawn sharp or a little soft, in good light."""
    return label["blur"] in ("sharp", "soft") and label["effect"] in GOOD_LIGHT


def judge(content: bytes, label: dict[str, Any]) -> Tally:
    """The hints on a good photo, and on the same photo made worse in known ways."""
    tally = Tally()
    if not is_good(label):
        return tally
    image = Image.open(io.BytesIO(content)).convert("RGB")
    good = look_at_photo(content)
    for hint in sorted({hint for hint, _ in WORSE.values()} | {"screen_photo"}):
        tally.add(f"good photo: {hint}", _spoken(good, hint))
    for what, (hint, worsen) in WORSE.items():
        tally.add(f"{what}: {hint}", _spoken(look_at_photo(as_jpeg(worsen(image), 85)), hint))
    return tally


def _motion(length: int) -> Worsen:
    """Moved by so many pixels, each photo another way, always the same for the same photo."""

    def moved(image: Image.Image) -> Image.Image:
        angle = sum(image.resize((1, 1)).convert("L").tobytes()) * 0.7
        across, down = math.cos(angle) * (length - 1) / 2, math.sin(angle) * (length - 1) / 2
        smear = np.zeros((length + 2, length + 2), np.float32)
        middle = (length + 2) // 2
        for share in np.linspace(-1, 1, 8 * length):
            smear[round(middle + share * down), round(middle + share * across)] = 1
        pixels = cv2.filter2D(np.asarray(image), -1, smear / smear.sum())
        return Image.fromarray(np.asarray(pixels, np.uint8))

    return moved


def _screenshot(image: Image.Image) -> Image.Image:
    """The photo as shown by a telephone, with bars above and below."""
    screen = Image.new("RGB", (1080, 2400), "black")
    shown = image.resize((1080, 1080 * image.height // image.width))
    screen.paste(shown, (0, (2400 - shown.height) // 2))
    return screen


WORSE: dict[str, tuple[str, Worsen]] = {
    "blurred, σ 1 px": ("blurred", lambda image: image.filter(ImageFilter.GaussianBlur(1))),
    "blurred, σ 2 px": ("blurred", lambda image: image.filter(ImageFilter.GaussianBlur(2))),
    "blurred, σ 3 px": ("blurred", lambda image: image.filter(ImageFilter.GaussianBlur(3))),
    "moved by 9 px": ("blurred", _motion(9)),
    "moved by 15 px": ("blurred", _motion(15)),
    "moved by 25 px": ("blurred", _motion(25)),
    "light × 0.2": ("dark", lambda image: ImageEnhance.Brightness(image).enhance(0.2)),
    "light × 0.08": ("dark", lambda image: ImageEnhance.Brightness(image).enhance(0.08)),
    "light × 3": ("overexposed", lambda image: ImageEnhance.Brightness(image).enhance(3)),
    "640 px": ("too_small", lambda image: image.resize((640, 640 * image.height // image.width))),
    "a screenshot": ("screenshot", _screenshot),
}


def _spoken(picture: Picture, hint: str) -> str:
    return "hint" if getattr(picture, hint) else "silent"
