"""Draws what villages really hang: brands beside the name, columns, paint, lamps, steel, relief.

Brands and slogans here are the generator's own; faces and places are those of `tools.boards`. A
`way` is what is difficult: `badges`, `columns`, a material, or how the photo was held (`turned`,
`on_its_side`, `mirrored`).

`python -m tools.village_signs FOLDER [COUNT [SEED]]` writes photos and labels.json.
"""

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from server.policy.hours import stored
from tools.boards import Board, Colour, Face, faces, hours_board, rows_board, sign_board
from tools.hours_ways import any_week, written
from tools.sign_photos import SignPhoto, jpeg_of, labelled_photo, write_all

SEED = 20261201
WAYS = (
    "badges", "badges", "badges", "columns", "painted", "lamps", "steel", "relief", "turned",
    "on_its_side", "upwards", "mirrored", "hours_turned", "hours_mirrored",
)  # fmt: skip
LONGEST_ROW, MOST_ROWS = 26, 8
DOTS = 7
"""Lamps that digits of a running text, 0.72 of their size, are high; five hardly an eye reads."""
_WIDEST_PITCH = 10
_BRANDS = (
    "极兔速递", "中通快递", "圆通速递", "申通快递", "韵达快递", "菜鸟驿站", "兔喜生活", "邮乐购",
    "惠农服务", "供销合作社", "美团优选", "极兔", "中通", "圆通", "韵达", "申通", "邮政", "兔喜",
)  # fmt: skip
_SLOGANS = ("交邮融合 快递进村", "客货邮融合示范点", "统仓共配 快递进村", "便民利民 就近取件")
_SCRAPS = (
    "拆", "福", "招租", "烟酒", "理发", "修表", "五金", "小心", "请进", "停", "肥料", "早点",
    "面粉", "酒", "快修", "家具", "药店", "茶", "转让", "开锁",
)  # fmt: skip
_BADGE_COLOURS: tuple[tuple[Colour, Colour], ...] = (
    ((208, 20, 30), (255, 255, 255)), ((72, 36, 130), (255, 255, 255)),
    ((10, 80, 170), (255, 220, 40)), ((255, 200, 20), (20, 20, 20)),
    ((250, 250, 250), (200, 30, 30)), ((20, 120, 60), (255, 255, 255)),
)  # fmt: skip

Flat = npt.NDArray[np.uint8]


def village_photo(
    number: int, seed: int = SEED, *, fonts: Sequence[Face] | None = None
) -> SignPhoto:
    """The seed's photo of that number; `label["way"]` names what is difficult about it."""
    fonts = fonts or faces()
    dice = random.Random(seed * 100_000 + number)
    way = WAYS[number % len(WAYS)]
    if way.startswith("hours_"):
        board = hours_board(dice, fonts)
    else:
        layout = {"columns": "columns", "badges": dice.choice(("one", "one", "two", "stack"))}
        board = sign_board(dice, fonts, layout=layout.get(way))
    if way == "badges":
        board = badged(dice, board, fonts)
    elif way in _MATERIALS:
        flat = np.asarray(board.image.convert("RGB"), np.uint8)
        if way == "lamps" and board.number:
            larger = max(1.0, DOTS * _WIDEST_PITCH / (0.72 * board.number_px))
            flat = np.asarray(cv2.resize(flat, None, fx=larger, fy=larger), np.uint8)
            tall, small = board.name_px * larger, board.number_px * larger
            board = replace(board, name_px=tall, number_px=small)
        board = replace(board, image=Image.fromarray(_MATERIALS[way](dice, flat)))
    photo = labelled_photo(dice, board, f"{way}_{number:04}.jpg")
    photo.label["way"] = way
    held = way.removeprefix("hours_")
    if held in _HELD:
        picture = cv2.imdecode(np.frombuffer(photo.content, np.uint8), cv2.IMREAD_COLOR)
        content = jpeg_of(_HELD[held](np.asarray(picture, np.uint8)[:, :, ::-1]), 80)
        return SignPhoto(photo.file, content, photo.label)
    return photo


def kinds_photo(number: int, seed: int = SEED, *, fonts: Sequence[Face] | None = None) -> SignPhoto:
    """A board with hours of any kind that the register holds, written in any way."""
    fonts = fonts or faces()
    dice = random.Random(seed * 100_000 + 50_000 + number)
    while True:
        week = any_week(dice)
        lines = written(week, dice).split("\n")
        if max(map(len, lines)) <= LONGEST_ROW and len(lines) <= MOST_ROWS:
            break
    board = rows_board(dice, fonts, lines, stored(week))
    photo = labelled_photo(dice, board, f"kinds_{number:04}.jpg")
    photo.label["way"] = "all kinds"
    return photo


def scrap_photo(number: int, seed: int = SEED, *, fonts: Sequence[Face] | None = None) -> SignPhoto:
    """A sign with a word of another hand in the very row of its name."""
    fonts = fonts or faces()
    dice = random.Random(seed * 100_000 + 70_000 + number)
    board = sign_board(dice, fonts, layout="one")
    photo = labelled_photo(dice, _scrapped(dice, board, fonts), f"scrap_{number:04}.jpg")
    photo.label["way"] = "scraps"
    return photo


def _scrapped(dice: random.Random, board: Board, fonts: Sequence[Face]) -> Board:
    """The same board with a word before or behind the name, on a plate or bare."""
    base = board.image.convert("RGB")
    flat = np.asarray(base, np.float32)
    ground = flat[12, 12]
    inked = (np.abs(flat - ground).sum(axis=2) > 60).mean(axis=1) > 0.02
    turns = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(int), [0]])))
    runs = [(int(start), int(end)) for start, end in zip(turns[::2], turns[1::2], strict=True)]
    top, low = next((run for run in runs if run[1] - run[0] > board.name_px / 2), (0, base.height))
    size = round(board.name_px * dice.uniform(0.6, 1.1))
    own = (round(float(ground[0])), round(float(ground[1])), round(float(ground[2])))
    plate, ink = dice.choice(_BADGE_COLOURS)
    if dice.random() < 0.5:
        plate, ink = own, plate if abs(sum(plate) - sum(own)) > 200 else ink
    word = _badge(dice, dice.choice(_SCRAPS), size, dice.choice(fonts), plate, ink)
    gap = round(size * dice.uniform(0.0, 0.8))
    image = Image.new("RGB", (base.width + word.width + gap, base.height), own)
    before = dice.random() < 0.65
    image.paste(base, (word.width + gap if before else 0, 0))
    y = max(0, (top + low - word.height) // 2)
    image.paste(word, (0 if before else base.width + gap, y))
    return replace(board, image=image)


_HELD: Mapping[str, Callable[[Flat], Flat]] = {
    "turned": lambda flat: np.rot90(flat, 2),
    "on_its_side": lambda flat: np.rot90(flat, 3),
    "upwards": np.rot90,
    "mirrored": lambda flat: flat[:, ::-1],
}


def badged(dice: random.Random, board: Board, fonts: Sequence[Face]) -> Board:
    """The same board with other companies' badges beside, above or below what it says."""
    size = board.name_px
    where = dice.choice(("left", "left", "right", "both", "above", "below"))
    pieces = {
        side: _badges(
            dice, round(size * dice.uniform(0.28, 0.58)), fonts, down=side in {"left", "right"}
        )
        for side in (("left", "right") if where == "both" else (where,))
    }
    left, right = pieces.get("left"), pieces.get("right")
    above, below = pieces.get("above"), pieces.get("below")
    gap = round(size * dice.uniform(0.08, 0.5))
    base = board.image.convert("RGB")
    ground = base.getpixel((12, 12))
    wide = base.width + sum(one.width + gap for one in (left, right) if one)
    beside = max((one.height for one in (left, right) if one), default=0)
    tall = max(base.height, beside) + sum(one.height + gap for one in (above, below) if one)
    wide = max(wide, *(one.width for one in (above, below) if one), 0)
    image = Image.new("RGB", (wide + 2 * gap, tall + 2 * gap), ground)
    x = gap + (left.width + gap if left else 0)
    y = gap + (above.height + gap if above else 0)
    row = max(base.height, beside)
    image.paste(base, (x, y + (row - base.height) // 2))
    for one, at in ((left, gap), (right, x + base.width + gap)):
        if one:
            image.paste(one, (at, y + (row - one.height) // 2))
    for one, at in ((above, gap), (below, y + row + gap)):
        if one:
            image.paste(one, ((image.width - one.width) // 2, at))
    return replace(board, image=image)


def _badges(dice: random.Random, size: int, fonts: Sequence[Face], *, down: bool) -> Image.Image:
    """One to three badges in a row or one below the other, or a slogan."""
    said = [dice.choice(_BRANDS) for _ in range(dice.choice((1, 1, 2) if down else (1, 2, 3)))]
    if not down and dice.random() < 0.3:
        said = [dice.choice(_SLOGANS)]
    pieces = [_badge(dice, text, size, dice.choice(fonts)) for text in said]
    gap = round(size * 0.25)
    if down:
        wide, tall = max(p.width for p in pieces), sum(p.height + gap for p in pieces) - gap
    else:
        wide, tall = sum(p.width + gap for p in pieces) - gap, max(p.height for p in pieces)
    sheet = Image.new("RGB", (wide, tall), pieces[0].getpixel((2, 2)))
    at = 0
    for piece in pieces:
        sheet.paste(piece, (0, at) if down else (at, 0))
        at += (piece.height if down else piece.width) + gap
    return sheet


def _badge(dice: random.Random, text: str, size: int, face: Face, *colours: Colour) -> Image.Image:
    """A brand in its colours, on one row or on two."""
    ground, ink = colours or dice.choice(_BADGE_COLOURS)
    half = len(text) // 2
    rows = [text[:half], text[half:]] if len(text) == 4 and dice.random() < 0.5 else [text]
    font = face.sized(size)
    pad = round(size * 0.25)
    wide = round(max(font.getlength(row) for row in rows)) + 2 * pad
    badge = Image.new("RGB", (wide, round(size * 1.2) * len(rows) + 2 * pad), ground)
    pen = ImageDraw.Draw(badge)
    for place, row in enumerate(rows):
        pen.text((pad, pad + place * round(size * 1.2)), row, font=font, fill=ink)
    return badge


# Materials


def _painted(dice: random.Random, flat: Flat) -> Flat:
    """Brushed on a rough wall: uneven edges, worn strokes."""
    rng = np.random.default_rng(dice.getrandbits(32))
    tall, wide = flat.shape[:2]
    push = [
        cv2.GaussianBlur(rng.normal(0, 1, (tall, wide)).astype(np.float32), (0, 0), 6) * 30
        for _ in range(2)
    ]
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    bent = cv2.remap(flat, columns + push[0], rows + push[1], cv2.INTER_LINEAR, borderMode=1)
    wall = np.array(dice.choice(((214, 206, 190), (196, 120, 96), (188, 188, 182))), np.float32)
    coarse = cv2.GaussianBlur(rng.normal(0, 1, (tall, wide)).astype(np.float32), (0, 0), 5)
    worn = np.clip((coarse / max(1e-6, float(coarse.std())) - 0.9) * 0.8, 0, 0.8)[..., None]
    grain = rng.normal(0, 9, (tall, wide, 1))
    return _shades(bent * (1 - worn) + wall * worn + grain)


def _lamps(dice: random.Random, flat: Flat) -> Flat:
    """A running text: lit dots on black."""
    tall, wide = flat.shape[:2]
    pitch = dice.choice((8, 9, _WIDEST_PITCH))
    small = cv2.resize(flat, (wide // pitch, tall // pitch), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    ground = float(np.median(grey))
    lit = np.abs(grey - ground) > 0.45 * float(np.abs(grey - ground).max())
    dots = np.zeros((lit.shape[0] * pitch, lit.shape[1] * pitch), np.uint8)
    for row, column in np.argwhere(lit).tolist():
        cv2.circle(
            dots, (column * pitch + pitch // 2, row * pitch + pitch // 2), pitch // 3, 255, -1
        )
    colour = np.array(dice.choice(((255, 50, 40), (255, 190, 60), (90, 255, 90))), np.float32)
    light = cv2.GaussianBlur(dots, (0, 0), 1.5).astype(np.float32)[..., None] / 255
    glow = cv2.GaussianBlur(dots, (0, 0), pitch).astype(np.float32)[..., None] / 255
    return _shades(16 + light * colour + 0.4 * glow * colour)


def _carved(flat: Flat, ground: Sequence[float], depth: float, own: float) -> Flat:
    """Letters that show by their edges: light from the top left, `own` shades of ink left."""
    grey = cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mask = np.abs(grey - float(np.median(grey)))
    mask = np.clip(mask / max(1.0, float(mask.max())) * 2, 0, 1)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.6)
    slope = cv2.Sobel(soft, cv2.CV_32F, 1, 0) + cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    shades = np.asarray(ground, np.float32) + (depth * slope - own * mask)[..., None]
    return _shades(shades)


def _steel(dice: random.Random, flat: Flat) -> Flat:
    """Engraved in brushed steel."""
    rng = np.random.default_rng(dice.getrandbits(32))
    brushed = cv2.blur(rng.normal(0, 22, flat.shape[:2]).astype(np.float32), (61, 1))[..., None]
    carved = _carved(flat, (176, 178, 182), dice.uniform(30, 60), dice.uniform(40, 80))
    return _shades(carved + 3 * brushed)


def _relief(dice: random.Random, flat: Flat) -> Flat:
    """Raised letters of the board's own colour."""
    ground = dice.choice(((170, 40, 40), (60, 90, 140), (196, 186, 160)))
    return _carved(flat, ground, dice.uniform(60, 110), dice.uniform(-40, -12))


def _shades(picture: npt.NDArray[Any]) -> Flat:
    return np.asarray(picture.clip(0, 255), np.uint8)


_MATERIALS: Mapping[str, Callable[[random.Random, Flat], Flat]] = {
    "painted": _painted, "lamps": _lamps, "steel": _steel, "relief": _relief,
}  # fmt: skip


def main(folder: str, count: int = 140, seed: int = SEED) -> None:
    """Write the photos and their labels, and a third as many boards with hours of all kinds."""
    signs = (village_photo(number, seed) for number in range(count))
    write_all(folder, chain(signs, (kinds_photo(number, seed) for number in range(count // 3))))


if __name__ == "__main__":
    main(sys.argv[1], *(int(word) for word in sys.argv[2:4]))
