"""How a photo is looked at: once whole, and again where a sign or board was not made out.

Only the reading process imports this; it needs the text models.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from server.media.images import pixels
from server.media.reading import Subject
from server.media.text_models import DETECT_SIDE, Pixels, TextModels
from server.policy.hours_board import board_hours, looks_like_hours
from server.policy.lines import Line, Point, Quad, hull, in_order
from server.policy.sign_number import NumberRead, agreed, best_number
from server.policy.sign_parts import PREFIXES, WORDINGS, SignParts, closest, sign_parts
from server.policy.sign_text import plain_glyphs

READ_SIDE = 3200
"""Photos are read at up to this long side, for the sake of small numbers."""
LARGE_LETTERS_SIDE = 640
"""Shrunken so far, letters that filled the picture are found after all (ocr report, 1.1)."""
CLOSER_SIDE = 1120
LARGEST_ZOOM = 3.0
STRIP_SIDE = 1600
STRIP_NUMBER_PX = 44
LARGEST_STRIP_ZOOM = 4.0
INK_PX = 20  # height of a name at which its colours are taken

# A number that only the closer look made out must be beyond doubt: it reads noise as digits too.
CLOSER_SURE = 0.93
CLOSER_LEGIBLE = 0.80


Vector = npt.NDArray[np.float64]


@dataclass(slots=True)
class Seen:
    """What the looks at one photo gave."""

    width: int
    height: int
    lines: tuple[Line, ...]
    number: NumberRead | None
    looks: int
    model_s: float


@dataclass(slots=True)
class PictureReader:
    """Reads photos one after the other with models loaded once."""

    models: TextModels = field(default_factory=TextModels.load)

    def __post_init__(self) -> None:
        cv2.setNumThreads(1)

    def read(self, content: bytes, subject: Subject) -> Seen:
        """Look at a photo as often as its subject needs; raises `Invalid` as `admit` does."""
        before = self.models.busy_s
        picture = np.ascontiguousarray(pixels(content, READ_SIDE)[:, :, ::-1])
        lines = self._look(picture, DETECT_SIDE)
        looks = 1
        if subject != "hours_board" and _wants(subject, lines):
            lines, number, more = self._sign(picture, lines)
            looks += more
        else:
            number = None
            if subject != "signboard" and not board_hours(lines):
                lines, more = self._hours(picture, lines, asked=subject == "hours_board")
                looks += more
        height, width = picture.shape[:2]
        return Seen(
            width, height, tuple(in_order(lines)), number, looks, self.models.busy_s - before
        )

    def _look(self, picture: Pixels, side: int) -> list[Line]:
        return self.models.read(picture, self.models.find(picture, side))

    def _sign(
        self, picture: Pixels, lines: list[Line]
    ) -> tuple[list[Line], NumberRead | None, int]:
        """Find the name with large letters, and the number close by, if they are still missing."""
        looks = 0
        parts = sign_parts(lines)
        if not parts.place:
            looks += 1
            larger = self._look(picture, LARGE_LETTERS_SIDE)
            if sign_parts(larger).level or not parts.level:
                lines = _merged(larger, lines)
                parts = sign_parts(lines)
        if parts.number is not None:
            return lines, parts.number, looks
        anchor = _anchor(lines, parts)
        if anchor is None:
            return lines, None, looks
        closer = self._closer(picture, anchor)
        level = PREFIXES.get(parts.level) if parts.level else None
        seen = [best_number(closer, level)]
        looks += 1
        if not _beyond_doubt(seen[0]):
            seen.append(best_number(self._beside(picture, anchor), level))
            looks += 1
        number = agreed(*seen) if len(seen) > 1 else seen[0]
        return _merged(lines, closer), number if _beyond_doubt(number) else None, looks

    def _hours(self, picture: Pixels, lines: list[Line], *, asked: bool) -> tuple[list[Line], int]:
        """Look closer where times stand, or at the whole with large letters when none were seen."""
        timely = [line for line in lines if looks_like_hours(line.text)]
        if timely:
            anchor = max(timely, key=lambda line: len(line.glyphs) * line.glyph_px)
            return _merged(self._closer(picture, anchor), lines), 1
        if asked:
            return _merged(self._look(picture, LARGE_LETTERS_SIDE), lines), 1
        return lines, 0

    def _beside(self, picture: Pixels, anchor: Line) -> list[Line]:
        """Read what stands above and below the name in the name's own two colours, much enlarged.

        Small writing in the dark is lost among specks of all colours; seen along the line that
        leads from the colour of the ground to that of the ink, it stands out.
        """
        found = []
        ink = _ink(picture, anchor)
        for cut, back in _strips_beside(picture, anchor):
            written = _in_ink(cut, ink)
            found += [
                line._replace(quad=_moved(line.quad, back))
                for line in self.models.read(written, self.models.find(written, STRIP_SIDE))
            ]
        return found

    def _closer(self, picture: Pixels, anchor: Line) -> list[Line]:
        """Cut out the board round a line, lay it level, enlarge it, and read it with full light."""
        cut, back = _board_round(picture, anchor)
        return [
            line._replace(quad=_moved(line.quad, back))
            for line in self._look(_full_light(cut), CLOSER_SIDE)
        ]


def _wants(subject: Subject, lines: Sequence[Line]) -> bool:
    """Whether to look for a sign: asked for, or its words are there, or nothing like hours is."""
    if subject == "signboard":
        return True
    return sign_parts(lines).place != "" or not any(looks_like_hours(line.text) for line in lines)


def _anchor(lines: Sequence[Line], parts: SignParts) -> Line | None:
    """The line that places the sign: the one with its wording, else the nearest to it."""
    if parts.name_quads:
        named = [line for line in lines if line.quad in parts.name_quads]
        return max(named, key=lambda line: len(line.glyphs), default=None)

    def misses(line: Line) -> float:
        run = plain_glyphs(line.glyphs)
        return min(closest(words, run).cost for words in WORDINGS.values())

    best = min(lines, key=misses, default=None)
    return best if best is not None and misses(best) <= 4 else None


def _beyond_doubt(number: NumberRead | None) -> bool:
    return number is not None and number.sure >= CLOSER_SURE and number.legible >= CLOSER_LEGIBLE


def _board_round(picture: Pixels, anchor: Line) -> tuple[Pixels, Callable[[Point], Point]]:
    """The board round a line of writing, level and enlarged, and the way back to the picture.

    A board reaches a little beyond its writing, and further above and below than to the sides; a
    column's board reaches further to the sides.
    """
    corner, along, down = _frame(anchor)
    if anchor.vertical:
        origin, along, down = corner - 1.5 * along - 0.15 * down, 4 * along, 1.35 * down
    else:
        origin, along, down = corner - 0.15 * along - 2.2 * down, 1.3 * along, 5.7 * down
    longer = max(float(np.linalg.norm(along)), float(np.linalg.norm(down)))
    return _cut_out(picture, origin, along, down, min(LARGEST_ZOOM, CLOSER_SIDE / longer))


def _strips_beside(picture: Pixels, anchor: Line) -> list[tuple[Pixels, Callable[[Point], Point]]]:
    """What stands below and above a name, or at a column's foot and head, much enlarged."""
    corner, along, down = _frame(anchor)
    if anchor.vertical:
        size = float(np.linalg.norm(along))
        tall = down / np.linalg.norm(down) * 1.6 * size
        wide = 4 * along
        left = corner - 1.5 * along
        places = [(left + 0.95 * down, tall), (left - tall, tall)]
        number_px = 0.28 * size
    else:
        wide = 1.3 * along
        left = corner - 0.15 * along
        places = [(left + 0.95 * down, 2.3 * down), (left - 1.25 * down, 1.3 * down)]
        number_px = 0.33 * float(np.linalg.norm(down))
    most = min(LARGEST_STRIP_ZOOM, 2400 / float(np.linalg.norm(wide)))
    scale = min(most, max(1.0, STRIP_NUMBER_PX / number_px))
    return [_cut_out(picture, origin, wide, tall, scale) for origin, tall in places]


def _frame(anchor: Line) -> tuple[Vector, Vector, Vector]:
    """A line's first corner, and the ways along and down it."""
    corner, right, _, below = (np.asarray(point, np.float64) for point in anchor.quad)
    return corner, right - corner, below - corner


def _cut_out(
    picture: Pixels, origin: Vector, along: Vector, down: Vector, scale: float
) -> tuple[Pixels, Callable[[Point], Point]]:
    width, height = (max(32, int(np.linalg.norm(side) * scale)) for side in (along, down))
    here = np.array([origin, origin + along, origin + down], np.float32)
    there = np.array([(0, 0), (width, 0), (0, height)], np.float32)
    cut = cv2.warpAffine(
        picture,
        cv2.getAffineTransform(here, there),
        (width, height),
        flags=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )

    def back(point: Point) -> Point:
        x, y = origin + along * (point[0] / width) + down * (point[1] / height)
        return round(float(x), 1), round(float(y), 1)

    return np.asarray(cut, dtype=np.uint8), back


def _ink(picture: Pixels, anchor: Line) -> Vector:
    """The way in colours from the ground of a name to its letters, or back."""
    corner, along, down = _frame(anchor)
    across = min(float(np.linalg.norm(along)), float(np.linalg.norm(down)))
    # Shrunk, so that what is left of the specks does not outweigh the letters.
    cut, _ = _cut_out(picture, corner, along, down, min(1.0, INK_PX / max(1.0, across)))
    shades = cut.reshape(-1, 3).astype(np.float64)
    shades -= shades.mean(axis=0)
    return np.asarray(np.linalg.eigh(shades.T @ shades)[1][:, -1], np.float64)


def _in_ink(cut: Pixels, ink: Vector) -> Pixels:
    """A picture in shades of one colour's way, with full light."""
    shades = cut.astype(np.float32) @ ink.astype(np.float32)
    dark, bright = np.percentile(shades, (1, 99))
    spread = ((shades - dark) * (255 / max(1.0, float(bright - dark)))).clip(0, 255)
    return np.asarray(cv2.cvtColor(spread.astype(np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)


def _full_light(cut: Pixels) -> Pixels:
    """Spread the light over the whole scale; the darkest and brightest hundredth are cut off."""
    dark, bright = np.percentile(cut, (1, 99))
    if bright - dark < 1:
        return cut
    spread: np.ndarray[Any, Any] = (cut.astype(np.float32) - dark) * (255 / (bright - dark))
    return spread.clip(0, 255).astype(np.uint8)


def _moved(quad: Quad, way: Callable[[Point], Point]) -> Quad:
    top_left, top_right, bottom_right, bottom_left = quad
    return way(top_left), way(top_right), way(bottom_right), way(bottom_left)


def _merged(better: Sequence[Line], other: Sequence[Line]) -> list[Line]:
    """All of the first look, and of the second what stands where the first saw nothing."""
    boxes = [hull([line.quad]) for line in better]

    def free(line: Line) -> bool:
        x, y = line.middle
        return not any(
            left <= x <= right and top <= y <= below for left, top, right, below in boxes
        )

    return [*better, *(line for line in other if free(line))]
