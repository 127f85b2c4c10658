"""A shown picture with an inspector's arrows and circles on it; the original is another file."""

import io
import math
from collections.abc import Iterable

from PIL import Image, ImageDraw

from server.policy.drawings import SIDE, Drawing, DrawingKind

RED, WHITE = (217, 30, 24), (255, 255, 255)
QUALITY = 85


def with_drawings(jpeg: bytes, drawings: Iterable[Drawing]) -> bytes:
    """A JPEG with these on it: red on a white rim, so that they show on any ground."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        picture = opened.convert("RGB")
    pen = ImageDraw.Draw(picture)
    thick = max(4, round(max(picture.size) / 160))
    for one in drawings:
        start, end = (_placed(point, picture.size) for point in (one.start, one.end))
        for colour, width in ((WHITE, thick * 2), (RED, thick)):
            if one.kind is DrawingKind.CIRCLE:
                box = (
                    min(start[0], end[0]), min(start[1], end[1]),
                    max(start[0], end[0]), max(start[1], end[1]),
                )  # fmt: skip
                pen.ellipse(box, outline=colour, width=width)
            else:
                pen.line([start, end], fill=colour, width=width)
                for tip in _barbs(start, end, max(picture.size) * 0.05):
                    pen.line([tip, end], fill=colour, width=width)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, comment=b"")
    return out.getvalue()


def _placed(point: tuple[int, int], size: tuple[int, int]) -> tuple[float, float]:
    return point[0] * size[0] / SIDE, point[1] * size[1] / SIDE


def _barbs(
    start: tuple[float, float], end: tuple[float, float], longest: float
) -> list[tuple[float, float]]:
    """The two ends of an arrow's head, 30 degrees off its shaft."""
    angle = math.atan2(start[1] - end[1], start[0] - end[0])
    length = min(longest, math.dist(start, end) * 0.4)
    return [
        (end[0] + length * math.cos(angle + turn), end[1] + length * math.sin(angle + turn))
        for turn in (math.pi / 6, -math.pi / 6)
    ]
