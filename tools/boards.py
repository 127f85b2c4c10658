"""Draws flat signboards and business-hours boards with their labels, for measuring how we read.

The wording follows 附件3 (XXX快递综合服务站 / XXX快递便民服务点, numbers XZ0001 and C0001); place
names are real villages and townships of the division table. All dice are the caller's.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from server.media.paper.typeface import font_files, unprintable
from server.policy.signs.parts import PREFIXES, WORDINGS
from server.policy.standard.facts import Level
from server.services.county.divisions import rows_of, short_name
from server.settings import ROOT
from tools.hours_said import hours_said

COUNTIES = ("140926", "411721")
SYSTEM_FONTS = Path("/usr/share/fonts")
_SYSTEM_FACES = (
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "ukai.ttc", "LXGWWenKai-Regular.ttf",
    "LXGWWenKai-Bold.ttf",
)  # fmt: skip
LAYOUTS = ("one", "two", "stack", "plate", "inline", "vertical", "columns", "boxes")
_EXTRAS = (
    "中国邮政", "邮快合作", "快递进村", "寄快递 取快递", "代收代寄 便民服务", "投诉电话：12305",
    "农产品进城 消费品下乡", "中通 圆通 申通 韵达 极兔", "县级统仓共配",
)  # fmt: skip
_LABELS = ("", "编号：", "编号 ", "NO.", "标识牌编号：", "编号:", "No. ")
_COLOURS = (
    ((178, 24, 32), (255, 250, 240)), ((12, 74, 148), (255, 255, 255)),
    ((18, 110, 70), (250, 250, 240)), ((244, 196, 48), (140, 20, 20)),
    ((246, 246, 242), (24, 24, 24)), ((246, 246, 242), (190, 24, 30)),
    ((60, 60, 64), (232, 220, 170)), ((120, 72, 36), (250, 226, 150)),
)  # fmt: skip
# What simplified characters of the two wordings, and frequent ones of names, were before 1956.
_TRADITIONAL = str.maketrans(
    "递综务点乡镇东庄马会关桥杨树沟龙风双后丰润娘神泥宁张刘赵陈郑吴",
    "遞綜務點鄉鎮東莊馬會關橋楊樹溝龍風雙後豐潤娘神泥寧張劉趙陳鄭吳",
)

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Face:
    """One typeface; `index` within a collection, `stroke` thickens a regular face to a bold one."""

    path: Path
    index: int = 0
    stroke: float = 0.0

    @property
    def name(self) -> str:
        """Short, for labels."""
        return f"{self.path.stem}{'-bold' if self.stroke else ''}"

    def sized(self, size: int) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels."""
        return _font(self.path, size, self.index)


@cache
def _font(path: Path, size: int, index: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, index=index)


@dataclass(slots=True)
class Board:
    """A flat board and its truth; `name_px` and `number_px` are heights of characters on it."""

    image: Image.Image
    kind: str
    name: str = ""
    shown: str = ""
    place: str = ""
    number: str | None = None
    hours: list[list[Any]] = field(default_factory=list)
    layout: str = ""
    face: str = ""
    name_px: float = 0.0
    number_px: float = 0.0
    lines: list[str] = field(default_factory=list)


def our_faces() -> list[Face]:
    """The two that come with our packages, regular and thickened; the same on every machine."""
    return [Face(path, stroke=stroke) for path in font_files() for stroke in (0.0, 0.03)]


@cache
def faces() -> list[Face]:
    """Ours, and those of the system's that `make accuracy` installs, as far as they are there."""
    found = {path.name: path for path in sorted(SYSTEM_FONTS.rglob("*"))}
    return our_faces() + [Face(found[name]) for name in _SYSTEM_FACES if name in found]


@cache
def register() -> tuple[tuple[Level, str], ...]:
    """Every township and village of the two counties, as (level, short name)."""
    places: dict[str, Level] = {}
    for county in COUNTIES:
        for row in rows_of(ROOT / "data", county):
            if len(row.code) == 9 and row.name.endswith(("乡", "镇")):
                places[row.name] = Level.TOWNSHIP_STATION
            elif len(row.code) == 12 and "村" in row.name:
                name = short_name(row.name)
                places[name if name.endswith("村") else name + "村"] = Level.VILLAGE_POINT
    return tuple((level, name) for name, level in places.items())


def sign_board(dice: random.Random, fonts: Sequence[Face], *, layout: str | None = None) -> Board:
    """A signboard of a station that really could stand in one of the two counties."""
    level, place = _place(dice)
    name = place + WORDINGS[level]
    number = f"{PREFIXES[level]}{dice.choice((dice.randint(1, 60), dice.randint(1, 999))):04}"
    layout = layout or dice.choices(LAYOUTS, (5, 4, 4, 4, 2, 2, 1, 1))[0]
    shown = name.translate(_TRADITIONAL) if dice.random() < 0.06 else name
    face = dice.choice([face for face in fonts if not unprintable(shown, [face.path])])
    size = 150
    painted = dice.choice(_LABELS) + number
    if dice.random() < 0.12:
        painted = painted.translate({ord(c): ord(c) + 0xFEE0 for c in "XZC0123456789"})
    no_number = dice.random() < 0.06
    extras = dice.sample(_EXTRAS, dice.choices((0, 1, 2), (3, 4, 2))[0])
    small = round(size * dice.uniform(0.3, 0.5))
    core, words = shown[: len(place)], shown[len(place) :]
    if layout == "vertical":
        rows, pen = _column([(shown, size)], painted, small, no_number=no_number), "v"
    elif layout == "columns":
        rows, pen = (
            _column([(words, size), (core, size)], painted, small, no_number=no_number),
            "v",
        )
    else:
        pen = "h"
        rows = (
            [(shown, size)] if layout not in ("stack", "boxes") else [(core, size), (words, size)]
        )
        if layout == "inline":
            rows = [(f"{shown} {'' if no_number else number}".strip(), size)]
            small = size
        below = [] if layout == "inline" or no_number else [(painted, small)]
        lesser = [(extra, round(small * dice.uniform(0.7, 1.0))) for extra in extras]
        top = lesser[:1] if layout == "plate" else []
        rest = lesser[len(top) :] + below
        dice.shuffle(rest)
        rows = top + rows + rest
    image = _drawn(dice, rows, face, upright=pen == "v", spaced=layout == "boxes")
    return Board(
        image, "sign", name=name, shown=shown, place=place, number=None if no_number else number,
        layout=layout, face=face.name, name_px=size, number_px=0 if no_number else small,
        lines=[text for text, _ in rows],
    )  # fmt: skip


def hours_board(dice: random.Random, fonts: Sequence[Face]) -> Board:
    """A business-hours board in one of the many ways people write them."""
    rows, hours = hours_said(dice)
    title = dice.choice(
        ("营业时间", "营业时间：", "工作时间", "服务时间", "营业时间牌", "营业时间 BUSINESS HOURS")
    )
    lines = [title, *rows]
    if len(rows) == 1 and dice.random() < 0.25:
        lines = [f"{dice.choice(('营业时间', '营业时间：'))}{rows[0]}"]
    if dice.random() < 0.6:
        lines.append(
            dice.choice(
                ("欢迎光临", "联系电话 12305", "快递便民服务点", "如有急事请电话联系", "OPEN")
            )
        )
    return rows_board(dice, fonts, lines, hours)


def rows_board(
    dice: random.Random, fonts: Sequence[Face], lines: list[str], hours: list[list[Any]]
) -> Board:
    """An hours board with these rows, the first of which is its title."""
    written = "".join("".join(lines).split())
    face = dice.choice([face for face in fonts if not unprintable(written, [face.path])])
    size = 110
    sized = [
        (line, size if n else round(size * dice.uniform(0.7, 1.1))) for n, line in enumerate(lines)
    ]
    image = _drawn(dice, sized, face, upright=False, spaced=False)
    return Board(
        image, "hours", hours=hours, layout="rows", face=face.name, name_px=size, lines=lines
    )


def _place(dice: random.Random) -> tuple[Level, str]:
    """Villages three times as often as townships; names every face is likely to have."""
    places = register()
    level = dice.choices((Level.VILLAGE_POINT, Level.TOWNSHIP_STATION), (3, 1))[0]
    return dice.choice([place for place in places if place[0] is level and 2 <= len(place[1]) <= 6])


def _column(
    columns: list[tuple[str, int]], painted: str, small: int, *, no_number: bool
) -> list[tuple[str, int]]:
    """Columns from left to right as (text, size), the number last, written level below them."""
    return [*columns, ("" if no_number else painted, min(small, round(columns[0][1] * 0.28)))]


def _drawn(
    dice: random.Random, rows: list[tuple[str, int]], face: Face, *, upright: bool, spaced: bool
) -> Image.Image:
    ground, ink = dice.choice(_COLOURS)
    board = (
        _upright(rows, face, ground, ink)
        if upright
        else _level(dice, rows, face, ground, ink, spaced=spaced)
    )
    if dice.random() < 0.5:
        pen = ImageDraw.Draw(board)
        pen.rectangle((8, 8, board.width - 9, board.height - 9), outline=ink, width=6)
    return board


def _level(
    dice: random.Random,
    rows: list[tuple[str, int]],
    face: Face,
    ground: Colour,
    ink: Colour,
    *,
    spaced: bool,
) -> Image.Image:
    spacing = 0.35 if spaced else dice.choice((0.0, 0.0, 0.08, 0.2))
    biggest = max(size for _, size in rows)
    widths = [_width(text, face, size, spacing if size == biggest else 0.0) for text, size in rows]
    pad = round(biggest * dice.uniform(0.3, 0.6))
    gap = round(biggest * dice.uniform(0.18, 0.4))
    width = round(max(widths)) + 2 * pad
    height = round(sum(size * 1.15 for _, size in rows)) + gap * (len(rows) - 1) + 2 * pad
    board = Image.new("RGB", (width, height), ground)
    pen = ImageDraw.Draw(board)
    y = pad
    for (text, size), wide in zip(rows, widths, strict=True):
        place = (
            dice.choice(("middle", "middle", "middle", "left", "right"))
            if size < biggest
            else "middle"
        )
        x = {"middle": (width - wide) / 2, "left": pad, "right": width - pad - wide}[place]
        _write(pen, (x, y), text, face, size, ink, spacing if size == biggest else 0.0)
        y += round(size * 1.15) + gap
    return board


def _upright(rows: list[tuple[str, int]], face: Face, ground: Colour, ink: Colour) -> Image.Image:
    *columns, (number, small) = rows
    size = columns[0][1]
    pad, pitch = round(size * 0.4), round(size * 1.14)
    tall = max(len(text) for text, _ in columns) * pitch
    wide = len(columns) * pitch + round(0.2 * size) * (len(columns) - 1)
    width = max(wide, round(_width(number, face, small, 0.0))) + 2 * pad
    board = Image.new(
        "RGB", (width, tall + 2 * pad + (round(small * 1.6) if number else 0)), ground
    )
    pen = ImageDraw.Draw(board)
    for place, (text, _) in enumerate(columns):
        x = (width - wide) / 2 + place * round(pitch + 0.2 * size)
        for row, character in enumerate(text):
            _write(pen, (x, pad + row * pitch), character, face, size, ink, 0.0)
    if number:
        x = (width - _width(number, face, small, 0.0)) / 2
        _write(pen, (x, pad + tall + small * 0.2), number, face, small, ink, 0.0)
    return board


def _width(text: str, face: Face, size: int, spacing: float) -> float:
    return face.sized(size).getlength(text) + spacing * size * max(0, len(text) - 1)


def _write(  # noqa: PLR0917 - what, where and how, as a pen needs it
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    face: Face,
    size: int,
    ink: Colour,
    spacing: float,
) -> None:
    font, stroke = face.sized(size), round(size * face.stroke)
    x, y = at
    if not spacing:
        pen.text((x, y), text, font=font, fill=ink, stroke_width=stroke)
        return
    for character in text:
        pen.text((x, y), character, font=font, fill=ink, stroke_width=stroke)
        x += font.getlength(character) + spacing * size
