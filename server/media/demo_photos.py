"""Draw plain demonstration photos of stations, so that no real place is shown as something else."""

import io
import random
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

from server.media.paper.plaques import name_lines
from server.media.paper.typeface import sans_path

WIDTH, HEIGHT = 1280, 960
MARK = "演示数据"

_TURNS = (
    Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180,
)  # fmt: skip

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom

_WALLS: tuple[Colour, ...] = (
    (214, 205, 190), (186, 120, 96), (198, 204, 206), (226, 214, 170), (170, 178, 160),
    (232, 230, 224), (150, 140, 132), (206, 176, 150),
)  # fmt: skip
_SKIES: tuple[Colour, ...] = ((176, 206, 236), (206, 214, 222), (120, 170, 222), (228, 226, 216))
_FLOORS: tuple[Colour, ...] = ((120, 114, 106), (160, 150, 134), (92, 96, 98), (140, 120, 98))
_BOARDS: tuple[Colour, ...] = ((11, 74, 143), (20, 96, 70), (168, 34, 30), (30, 60, 110))
_DOORS: tuple[Colour, ...] = ((96, 64, 44), (60, 76, 92), (130, 136, 140), (44, 82, 66))
_PARCELS: tuple[Colour, ...] = (
    (186, 146, 98), (170, 128, 82), (206, 170, 122), (226, 224, 218), (70, 74, 80), (150, 112, 70),
)  # fmt: skip
_WHITE: Colour = (250, 250, 248)
_INK: Colour = (28, 32, 38)
_RED: Colour = (196, 34, 28)
_PAPERS: tuple[tuple[Colour, Colour], ...] = (
    ((246, 246, 240), _INK), ((238, 226, 188), _INK), ((26, 84, 62), _WHITE),
    ((22, 62, 120), _WHITE),
)  # fmt: skip


class _Scene:
    """A picture being drawn, with the dice of its seed and the station's own words."""

    def __init__(self, dice: random.Random, name: str, number: str, hours: str) -> None:
        self.dice, self.name, self.number, self.hours = dice, name, number, hours
        self.image = Image.new("RGB", (WIDTH, HEIGHT))
        self.pen = ImageDraw.Draw(self.image)
        self.boards: list[Box] = []  # kept free of the watermark, or no machine could read them

    def box(self, box: Box, fill: Colour, edge: Colour | None = None, width: int = 3) -> None:
        """A filled rectangle, never turned inside out."""
        left, top, right, bottom = box
        self.pen.rectangle(
            (left, top, max(left, right), max(top, bottom)), fill=fill, outline=edge, width=width
        )

    def write(self, words: str, box: Box, fill: Colour, most: int = 200) -> None:
        """One line in the middle of a box, as large as fits."""
        left, top, right, bottom = box
        natural = _font(100).getlength(words) or 1.0
        size = int(min(most, (bottom - top) * 0.82, (right - left) * 94 / natural)) // 2 * 2
        self.pen.text(
            ((left + right) / 2, (top + bottom) / 2), words, font=_font(max(8, size)), fill=fill,
            anchor="mm",
        )  # fmt: skip

    def around(self, middle: int, spread: int) -> int:
        """Somewhere near `middle`."""
        return middle + self.dice.randint(-spread, spread)

    def shade(self, colour: Colour, spread: int = 14) -> Colour:
        """The colour on another day."""
        by = self.dice.randint(-spread, spread)
        red, green, blue = (min(255, max(0, part + by)) for part in colour)
        return red, green, blue


def _facade(scene: _Scene) -> int:
    """Sky, wall, ground, windows and a door; answers where the wall begins."""
    dice = scene.dice
    wall_top = dice.randint(20, 230)
    ground = dice.randint(760, 900)
    scene.box((0, 0, WIDTH, wall_top), scene.shade(dice.choice(_SKIES)))
    wall = scene.shade(dice.choice(_WALLS))
    scene.box((0, wall_top, WIDTH, ground), wall)
    scene.box((0, ground, WIDTH, HEIGHT), scene.shade(dice.choice(_FLOORS)))
    joint = scene.shade(wall, 24)
    step_x, step_y = dice.randint(50, 160), dice.randint(24, 90)
    for y in range(wall_top, ground, step_y):
        scene.pen.line((0, y, WIDTH, y), fill=joint, width=2)
        shift = (y // step_y % 2) * step_x // 2
        for x in range(shift, WIDTH, step_x):
            scene.pen.line((x, y, x, min(ground, y + step_y)), fill=joint, width=2)
    for _ in range(dice.randint(2, 5)):
        left, top = dice.randint(-60, WIDTH - 160), dice.randint(wall_top + 120, ground - 170)
        right, bottom = left + dice.randint(120, 420), min(ground, top + dice.randint(140, 420))
        scene.box((left, top, right, bottom), scene.shade(dice.choice(_DOORS), 40), _WHITE, 8)
        for x in range(left, right, max(60, (right - left) // dice.randint(2, 4))):
            scene.pen.line((x, top, x, bottom), fill=_WHITE, width=6)
    if dice.random() < 0.6:
        trunk = dice.randint(30, WIDTH - 60)
        scene.box((trunk, wall_top // 2, trunk + dice.randint(14, 46), HEIGHT), (84, 66, 50))
        crown = dice.randint(120, 260)
        leaves = scene.shade((70, 106, 62), 30)
        scene.pen.ellipse((trunk - crown, -crown, trunk + crown, crown), fill=leaves)
    return wall_top


def _hang_board(scene: _Scene, box: Box) -> None:
    """The signboard with the station's name and number."""
    left, top, right, bottom = box
    scene.boards.append(box)
    board = scene.dice.choice(_BOARDS)
    scene.box((left + 10, top + 12, right + 10, bottom + 12), (60, 58, 56))
    scene.box(box, scene.shade(board, 8), _WHITE, 6)
    foot = bottom - (bottom - top) // 5
    lines = [scene.name] if scene.dice.random() < 0.6 else name_lines(scene.name)
    pitch = (foot - top - 12) // len(lines)
    for row, words in enumerate(lines):
        y = top + 10 + row * pitch
        scene.write(words, (left + 16, y, right - 16, y + pitch), _WHITE)
    scene.write(f"编号 {scene.number}", (left + 20, foot - 6, right - 20, bottom - 8), _WHITE)


def _signboard(scene: _Scene) -> None:
    top = _facade(scene)
    left = scene.dice.randint(40, 220)
    right = WIDTH - scene.dice.randint(40, 220)
    y = max(40, scene.around(top + 90, 70))
    _hang_board(scene, (left, y, right, y + scene.dice.randint(190, 330)))


def _exterior(scene: _Scene) -> None:
    top = _facade(scene)
    wide = scene.dice.randint(480, 760)
    left = scene.dice.randint(30, WIDTH - wide - 30)
    y = max(20, scene.around(top + 110, 80))
    _hang_board(scene, (left, y, left + wide, y + scene.dice.randint(120, 190)))
    door_left = scene.around(left + wide // 2, 160)
    door = (door_left, y + 230, door_left + scene.dice.randint(160, 300), scene.around(880, 30))
    scene.box(door, scene.shade(scene.dice.choice(_DOORS)), _WHITE, 8)
    _parcels(scene, scene.dice.randint(0, 900), 930, scene.dice.randint(3, 8))


def _hours_board(scene: _Scene) -> None:
    _facade(scene)
    dice = scene.dice
    wide, high = dice.randint(480, 900), dice.randint(380, 700)
    left, top = dice.randint(40, WIDTH - wide - 40), dice.randint(60, HEIGHT - high - 60)
    scene.boards.append((left, top, left + wide, top + high))
    paper, ink = dice.choice(_PAPERS)
    head = top + high // 4
    scene.box((left + 12, top + 14, left + wide + 12, top + high + 14), (70, 68, 66))
    scene.box((left, top, left + wide, top + high), scene.shade(paper, 8), ink, 5)
    scene.box((left, top, left + wide, head), dice.choice(_BOARDS))
    scene.write("营业时间", (left + 20, top, left + wide - 20, head), _WHITE, 120)
    lines = [line for line in scene.hours.splitlines() if line.strip()] or ["以店内公告为准"]
    lines = [*lines, scene.name, scene.number]
    pitch = (top + high - head - 20) // len(lines)
    for row, words in enumerate(lines):
        y = head + 10 + row * pitch
        scene.write(words, (left + 24, y, left + wide - 24, y + pitch), ink, 96)


def _room(scene: _Scene) -> int:
    """Back wall, side wall, floor and lamp; answers where the floor begins."""
    dice = scene.dice
    floor = dice.randint(600, 800)
    wall = scene.shade(dice.choice(_WALLS), 20)
    scene.box((0, 0, WIDTH, floor), wall)
    scene.box((0, floor, WIDTH, HEIGHT), scene.shade(dice.choice(_FLOORS), 20))
    depth, side = dice.randint(90, 320), scene.shade(wall, 34)
    if dice.random() < 0.5:
        scene.pen.polygon([(0, 0), (depth, 0), (depth, floor), (0, HEIGHT)], fill=side)
    else:
        near = WIDTH - depth
        scene.pen.polygon([(WIDTH, 0), (near, 0), (near, floor), (WIDTH, HEIGHT)], fill=side)
    lamp = dice.randint(200, 900)
    scene.box((lamp, 0, lamp + dice.randint(120, 300), dice.randint(20, 60)), _WHITE)
    for y in range(floor, HEIGHT, dice.randint(50, 90)):
        scene.pen.line((0, y, WIDTH, y), fill=(90, 88, 84), width=2)
    return floor


def _parcels(scene: _Scene, left: int, bottom: int, count: int, tallest: int = 120) -> None:
    """A row of parcels, each with its label."""
    for _ in range(count):
        wide = scene.dice.randint(50, 130)
        high = scene.dice.randint(tallest // 3, tallest)
        colour = scene.shade(scene.dice.choice(_PARCELS))
        scene.box((left, bottom - high, left + wide, bottom), colour, _INK, 2)
        scene.box((left + 8, bottom - high + 8, left + wide // 2, bottom - high // 2), _WHITE)
        left += wide + scene.dice.randint(4, 24)


def _stand_shelves(scene: _Scene, box: Box) -> None:
    left, top, right, bottom = box
    frame = scene.shade((96, 104, 112), 30)
    rows = scene.dice.randint(3, 5)
    pitch = (bottom - top) // rows
    scene.box(box, scene.shade((70, 72, 76), 30), frame, 8)
    for row in range(1, rows + 1):
        y = top + row * pitch
        fits = max(1, (right - left - 160) // 110)
        _parcels(scene, left + 16, y - 8, scene.dice.randint(max(1, fits // 2), fits), pitch - 30)
        scene.box((left, y - 8, right, y + 6), frame)
        scene.write(f"{row}号货架", (left + 10, y - 10, left + 100, y + 20), _WHITE, 22)


def _interior(scene: _Scene) -> None:
    floor, dice = _room(scene), scene.dice
    left = dice.randint(40, 560)
    _stand_shelves(scene, (left, dice.randint(110, 260), left + dice.randint(360, 660), floor))
    desk_left, desk_top = dice.randint(20, 520), dice.randint(floor - 90, floor + 60)
    desk = (desk_left, desk_top, desk_left + dice.randint(420, 740), HEIGHT - dice.randint(0, 60))
    scene.box(desk, scene.shade(dice.choice(_DOORS), 20), _INK, 4)
    scene.box((desk[0] - 14, desk[1] - 26, desk[2] + 14, desk[1]), (190, 170, 140), _INK, 3)
    plate = (desk[0] + 20, desk[1] + 30, desk[2] - 20, desk[1] + 110)
    scene.box(plate, dice.choice(_BOARDS))
    scene.write(f"{scene.name} {scene.number}", plate, _WHITE, 60)
    _parcels(scene, desk[0] + 20, desk[1] - 26, dice.randint(1, 3))


def _shelves(scene: _Scene) -> None:
    floor, dice = _room(scene), scene.dice
    left = dice.randint(20, 320)
    _stand_shelves(scene, (left, dice.randint(60, 180), dice.randint(820, 1240), floor + 60))
    sign = (left + 30, 8, left + 560, 56)
    scene.box(sign, _WHITE, _INK, 3)
    scene.write(f"{scene.number} {scene.name}", sign, _INK, 44)


def _scanner(scene: _Scene) -> None:
    _room(scene)
    dice = scene.dice
    top = dice.randint(340, 560)
    scene.box((0, top, WIDTH, HEIGHT), scene.shade((176, 150, 118), 26))
    left, y = dice.randint(40, 460), dice.randint(top - 140, top + 130)
    body = scene.shade((46, 50, 56), 16)
    scene.pen.rounded_rectangle((left, y, left + 210, y + 400), 40, fill=body, outline=_INK)
    scene.pen.rounded_rectangle((left + 24, y + 36, left + 186, y + 200), 12, fill=(196, 220, 230))
    scene.write(scene.number, (left + 30, y + 60, left + 180, y + 130), _INK)
    scene.write("扫描成功", (left + 30, y + 130, left + 180, y + 180), _INK)
    for key in range(12):
        x, row = left + 34 + key % 3 * 52, y + 224 + key // 3 * 40
        scene.pen.rounded_rectangle((x, row, x + 38, row + 26), 6, fill=(170, 174, 178))
    box_left, box_top = left + dice.randint(240, 400), dice.randint(top - 60, top + 160)
    right = box_left + dice.randint(300, 400)
    scene.box((box_left, box_top, right, HEIGHT - 40), scene.shade(_PARCELS[0]), _INK, 3)
    label = (box_left + 40, box_top + 40, right - 40, box_top + 250)
    scene.box(label, _WHITE, _INK, 2)
    x = label[0] + 20
    while x < label[2] - 30:
        bar = dice.randint(2, 8)
        scene.box((x, label[1] + 20, x + bar, label[1] + 130), _INK)
        x += bar + dice.randint(3, 9)
    scene.write(scene.name, (label[0], label[1] + 140, label[2], label[1] + 200), _INK, 40)


def _safety(scene: _Scene) -> None:
    floor, dice = _room(scene), scene.dice
    left = dice.randint(80, 700)
    for bottle in range(dice.randint(1, 3)):
        x, y = left + bottle * 170, floor - dice.randint(20, 60)
        scene.pen.rounded_rectangle((x, y - 300, x + 120, y + 40), 40, fill=_RED, outline=_INK)
        scene.box((x + 44, y - 350, x + 76, y - 290), _INK)
        scene.box((x + 14, y - 200, x + 106, y - 90), _WHITE)
        scene.write("灭火器", (x + 16, y - 190, x + 104, y - 100), _RED)
    sign_left, sign_top = dice.randint(60, 620), dice.randint(70, 200)
    sign = (sign_left, sign_top, sign_left + dice.randint(380, 600), sign_top + 110)
    scene.box(sign, _RED, _WHITE, 4)
    scene.write("消防器材 禁止遮挡", sign, _WHITE, 60)
    eye = dice.randint(80, 1100)
    scene.box((eye - 50, 40, eye + 60, 90), _WHITE, _INK, 3)
    scene.pen.ellipse((eye - 30, 46, eye + 8, 84), fill=_INK)
    plate_left = dice.randint(30, 560)
    plate = (plate_left, floor + 60, plate_left + 640, floor + 130)
    scene.box(plate, _WHITE, _INK, 3)
    scene.write(f"{scene.number} {scene.name}", plate, _INK, 50)


_DRAW: dict[str, Callable[[_Scene], None]] = {
    "signboard": _signboard,
    "hours_board": _hours_board,
    "interior": _interior,
    "shelves": _shelves,
    "scanner": _scanner,
    "safety": _safety,
    "exterior": _exterior,
}

SUBJECTS = tuple(_DRAW)


def demo_photo(subject: str, name: str, number: str, hours: str, seed: int) -> bytes:
    """A drawn JPEG of 1280 × 960, marked 演示数据; the same arguments give the same bytes.

    `hours` may have several lines. Another seed is another picture to the eye and to the
    fingerprints. Raises KeyError for a subject that is not in `SUBJECTS`.
    """
    dice = random.Random(f"{subject}|{name}|{number}|{seed}")
    scene = _Scene(dice, name, number, hours)
    _DRAW[subject](scene)
    image = _in_some_light(scene.image, dice, scene.boards)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=64)
    return out.getvalue()


def _in_some_light(image: Image.Image, dice: random.Random, boards: Sequence[Box]) -> Image.Image:
    """Light from one side (or evenly), a camera's grain, and the watermark beside the boards."""
    image = ImageChops.multiply(image, _light(dice.choice((*_TURNS, None))))
    mark = _mark()
    for x, y in ((20, 20), (680, 270), (60, 540), (700, 20), (680, 560)):
        box = (x - 60, y - 60, x + mark.width + 60, y + mark.height + 60)
        if not any(_touch(box, taken) for taken in boards):
            image.paste(_WHITE, (x, y), mark)
            boards = [*boards, box]
    ImageDraw.Draw(image).text(
        (WIDTH - 24, HEIGHT - 16), MARK, font=_font(44), fill=_WHITE, anchor="rs",
        stroke_width=2, stroke_fill=_INK,
    )  # fmt: skip
    return image


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(sans_path()), size)


@cache
def _light(turn: Image.Transpose | None) -> Image.Image:
    """How much light each pixel gets: all at one corner, three fifths at the other, with grain."""
    edge = 1.0 if turn is None else 0.78
    light = np.linspace(1, edge, WIDTH)[None, :] * np.linspace(1, edge, HEIGHT)[:, None]
    grain = np.random.default_rng(7).normal(-0.015, 0.007, (HEIGHT, WIDTH))
    shades = Image.fromarray(((light + grain).clip(0, 1) * 255).astype(np.uint8))
    return Image.merge("RGB", [shades if turn is None else shades.transpose(turn)] * 3)


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@cache
def _mark() -> Image.Image:
    """演示数据 aslant, as a mask that lets two thirds of the picture's colour stay."""
    word = Image.new("L", (600, 150))
    ImageDraw.Draw(word).text((300, 75), MARK, font=_font(130), fill=84, anchor="mm")
    word = word.rotate(24, Image.Resampling.BICUBIC, expand=True)
    return word.crop(word.getbbox())


def sent_again(content: bytes) -> bytes:
    """The picture as somebody would send it a second time: cut a little, and saved anew."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    width, height = image.size
    cut = image.crop((width // 40, height // 50, width - width // 50, height - height // 40))
    out = io.BytesIO()
    cut.save(out, "JPEG", quality=58)
    return out.getvalue()
