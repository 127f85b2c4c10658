"""Draws strips with and without a station's number, to train and to measure our number reader.

A strip is what the line finder cuts out of a photo: the number with whatever stands before it, and
leftovers of the rows above and below. All comes from one seed. Faces, materials and conditions
(`tools.number_materials`) are not those of `tools.village_signs`, on which is measured.

`python -m tools.number_strips FACES FOLDER COUNT SEED [held]` writes COUNT strips in shards; `held`
draws with the faces kept apart. FACES is a folder with fonts (docs/accuracy-signs.md says which).
"""

import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from server.media.paper.typeface import unprintable
from tools.boards import register
from tools.number_materials import MATERIALS, lit, softened
from tools.number_reader import STRIP_HIGH, as_strip

CODES = "XZC0123456789"
ANYTHING = "*"
"""Stands in labels for every character that no number is made of."""
NOTHING = "-"
WIDEST = 384
SHARD = 500
KEPT_APART = 7
"""Every seventh face is never trained on."""
MEASURED_WITH = ("wqy-", "ukai", "LXGW", "NotoSansSC", "NotoSerifSC", "NotoSansCJK", "NotoSerifCJK")
"""Faces with which `make accuracy` draws: never trained on either."""
UNLIKE = ("DSEG",)
_SIZES = (26, 32, 40)
_LABELS = (
    "", "", "", "编号：", "编号 ", "编号:", "NO.", "No. ", "No:", "标识牌编号：", "站点编号：",
    "代码：", "编码 ", "站号", "牌号：", "№ ", "编号",
)  # fmt: skip
_WORDS = (
    "快递便民服务点", "快递综合服务站", "中国邮政", "邮快合作", "快递进村", "代收代寄", "便民服务",
    "营业时间", "联系电话", "极兔速递", "中通快递", "欢迎光临", "寄快递", "取快递", "农村电商",
    "EXPRESS", "OPEN", "CHINA POST", "ZTO", "XZ", "BUSINESS HOURS", "EMS", "CNPL",
)  # fmt: skip

Shades = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A strip, what stands in it, where each character's middle and half width are, how high.

    `label` has a character of `CODES` or `ANYTHING` for each one that shows; `digit_px` is how
    high digits stood in the photo.
    """

    strip: Shades
    label: str
    middles: tuple[float, ...]
    halves: tuple[float, ...]
    digit_px: float
    material: str
    code: str | None


@cache
def faces(folder: Path, *, held: bool) -> tuple[tuple[Path, bool], ...]:
    """The faces to draw numbers with, and whether each has Chinese characters."""
    found = []
    for path in sorted(folder.rglob("*"), key=lambda path: path.name):
        if path.suffix.lower() not in {".ttf", ".otf", ".ttc", ".otb"}:
            continue
        if path.name.startswith((*MEASURED_WITH, *UNLIKE)) or unprintable(CODES, [path]):
            continue
        try:
            for size in _SIZES:
                ImageFont.truetype(str(path), size).getmask(CODES)
        except OSError:  # hinted by programs that FreeType refuses
            continue
        found.append((path, not unprintable("编号快递服务点村", [path])))
    return tuple(f for n, f in enumerate(found) if (n % KEPT_APART == 3) == held)


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


def drawn_strip(dice: random.Random, folder: Path, *, held: bool = False) -> Drawn:
    """One strip of the caller's dice."""
    fonts = faces(folder, held=held)
    chinese = [path for path, has in fonts if has]
    path = dice.choice(chinese) if dice.random() < 0.35 else dice.choice(fonts)[0]
    text, code = _said(dice)
    lacking = unprintable(text.replace(" ", ""), [path])
    other = dice.choice(chinese) if lacking else path
    size = dice.choice(_SIZES)
    sheet = _sheet(dice, text, path, other, size)
    material = dice.choices(tuple(MATERIALS), tuple(share for share, _ in MATERIALS.values()))[0]
    rng = np.random.default_rng(dice.getrandbits(32))
    board = MATERIALS[material][1](dice, rng, sheet.mask)
    digit_px = math.exp(dice.uniform(math.log(6.5), math.log(32)))
    photo, way = _photographed(dice, rng, board, (sheet.low - sheet.top, digit_px))
    strip, kept = _cut(dice, photo, way, (sheet, digit_px, code))
    label = "".join(sheet.label[n] for n, _, _ in kept)
    return Drawn(
        strip, label, tuple(x for _, x, _ in kept), tuple(half for _, _, half in kept),
        digit_px, material, code if code and code in label else None,
    )  # fmt: skip


def _said(dice: random.Random) -> tuple[str, str | None]:
    """What stands on the strip, and the number if there is one."""
    most = (1, 60), (1, 999), (0, 9999), (0, 9999)
    digits = f"{dice.choice([dice.randint(*ends) for ends in most]):04}"
    prefix = dice.choice(("XZ", "C", "C"))
    kind = dice.random()
    if kind < 0.66:
        code = prefix + digits
        shown = code.translate(_WIDE) if dice.random() < 0.04 else code
        if dice.random() < 0.1:
            shown = prefix + " " + digits
        before = dice.choice(_LABELS)
        if dice.random() < 0.15:
            before = _name(dice)[-dice.randint(1, 8) :] + dice.choice((" ", ""))
        after = dice.choice(("", "", "", "", "", "", "号", " " + dice.choice(_WORDS)))
        return before + shown + after, code
    if kind < 0.8:  # almost a number
        near = dice.choice(
            (
                prefix + digits[:3], prefix + digits + str(dice.randint(0, 9)), prefix + digits[:2],
                digits, dice.choice("ABDEFGHJKLMNOPQRSTUVWY") + digits, "XC" + digits,
                dice.choice(("CX", "XX", "AZ", "CN", "GZ", "KZ", "XB", "ZX")) + digits,
                digits + prefix, prefix, prefix + digits[:2] + dice.choice("-.:") + digits[2:],
                prefix + digits + dice.choice("ABCDXZ"), "X" + digits, "Z" + digits,
            )
        )  # fmt: skip
        return dice.choice(_LABELS) + near, None
    if kind < 0.9:
        return dice.choice(
            (
                f"1{dice.randint(3, 9)}{dice.randint(10**8, 10**9 - 1)}",
                f"0{dice.randint(100, 999)}-{dice.randint(10**6, 10**7 - 1)}",
                f"电话：{dice.randint(10**6, 10**7 - 1)}", "投诉电话：12305",
                f"{dice.randint(0, 12):02}:{dice.choice((0, 30)):02}-{dice.randint(13, 23)}:00",
                f"{dice.randint(2020, 2026)}年{dice.randint(1, 12)}月", f"{dice.randint(1, 99)}号",
                f"20{dice.randint(18, 26)}.{dice.randint(1, 12)}.{dice.randint(1, 28)}",
            )
        ), None  # fmt: skip
    if kind < 0.985:
        return dice.choice((_name(dice), dice.choice(_WORDS), dice.choice(_WORDS))), None
    return "", None


_WIDE = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in CODES})


def _name(dice: random.Random) -> str:
    return dice.choice(register())[1] + dice.choice(("快递便民服务点", "快递综合服务站"))


@dataclass(frozen=True, slots=True)
class _Sheet:
    mask: Shades
    label: str
    middles: list[float]
    halves: list[float]
    top: float
    low: float
    left: float
    right: float


def _sheet(dice: random.Random, text: str, path: Path, other: Path, size: int) -> _Sheet:
    """The writing as a mask, with leftovers of other rows, and where its characters stand."""
    own, second = _font(path, size), _font(other, size)
    spacing = dice.choice((0.0, 0.0, 0.0, 0.04, 0.1, 0.2)) * size
    squeeze = dice.choice((1.0, 1.0, 1.0, dice.uniform(0.6, 1.25)))
    margin = size
    wide = round(sum(second.getlength(c) + own.getlength("0") for c in text)) + round(2.5 * margin)
    high = 3 * size
    image = Image.new("L", (wide, high), 0)
    pen = ImageDraw.Draw(image)
    base = high / 2 + 0.36 * size
    bold = dice.choice((0, 0, 0, 1, 2)) if size >= 32 else 0
    x, label, middles, halves = float(margin), "", [], []
    for c in text:
        font = own if c.isascii() or other is path else second
        pen.text((x, base), c, font=font, fill=255, anchor="ls", stroke_width=bold)
        step = font.getlength(c)
        if not c.isspace():
            plain = chr(ord(c) - 0xFEE0) if "０" <= c <= "Ｚ" else c
            label += plain if plain in CODES else ANYTHING
            middles.append(x + step / 2)
            halves.append(step / 2)
        x += step + spacing
    right = x - spacing if text else x + 4 * size
    cap = own.getbbox("0", anchor="ls")
    top, low = base + cap[1], base + cap[3]
    for way in (-1, 1):  # what the rows above and below leave in the strip
        if dice.random() < 0.4:
            kin = _font(other, round(size * dice.uniform(0.6, 1.9)))
            row = dice.choice((_name(dice), dice.choice(_WORDS), dice.choice(_WORDS)))
            gap = dice.uniform(0.1, 0.5) * size
            at = (margin - dice.uniform(0, 3) * size, (top - gap) if way < 0 else (low + gap))
            pen.text(at, row, font=kin, fill=255, anchor="lb" if way < 0 else "lt")
    mask = np.asarray(image)
    if squeeze != 1.0:
        mask = cv2.resize(mask, (round(wide * squeeze), high), interpolation=cv2.INTER_AREA)
    return _Sheet(
        np.asarray(mask, np.uint8), label, [m * squeeze for m in middles],
        [h * squeeze for h in halves], top, low, margin * squeeze, right * squeeze,
    )  # fmt: skip


def _photographed(
    dice: random.Random, rng: np.random.Generator, board: Any, digits: tuple[float, float]
) -> tuple[Any, Any]:
    """Seen aslant at some distance, in some light, by some lens; and the way into that photo.

    `digits` tells how high they stand on the board and in the photo.
    """
    high, wide = board.shape[:2]
    cap, digit_px = max(8.0, digits[0]), digits[1]
    scale = digit_px / cap
    lean, squash = dice.gauss(0, 0.08), dice.choice((1.0, dice.uniform(0.72, 1.0)))
    slope = dice.gauss(0, 0.05)  # what the level box leaves of it is taken out below
    matrix = np.array([[scale * squash, scale * lean, 0], [slope * scale, scale, 0], [0, 0, 1]])
    keystone = dice.gauss(0, 0.06) / wide
    matrix = matrix @ np.array([[1, 0, 0], [0, 1, -high / 2], [keystone, 0, 1]])
    if scale < 0.6:
        less = scale * 1.5
        board = cv2.resize(board, None, fx=less, fy=less, interpolation=cv2.INTER_AREA)
        matrix = matrix @ np.diag((wide / board.shape[1], high / board.shape[0], 1))
        shrunk = np.diag((board.shape[1] / wide, board.shape[0] / high, 1))
    else:
        shrunk = np.eye(3)
    to_photo = matrix @ shrunk
    corners = _through(to_photo, [(0, 0), (wide, 0), (wide, high), (0, high)])
    offset = dice.uniform(0, 1), dice.uniform(0, 1)
    left, top = offset - corners.min(axis=0)
    shift = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]])
    size = np.ceil(corners.max(axis=0) - corners.min(axis=0)).astype(int) + 2
    photo = cv2.warpPerspective(
        board, shift @ matrix, (min(2400, int(size[0])), min(600, int(size[1]))),
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)  # fmt: skip
    to_photo = shift @ to_photo
    photo = softened(dice, lit(dice, photo), digit_px)
    noise = dice.choice((dice.uniform(0.5, 3), dice.uniform(0.5, 3), dice.uniform(3, 9)))
    photo += rng.normal(0, noise, photo.shape).astype(np.float32)
    quality = dice.choice((50, 60, 70, 75, 80, 90))
    shades = photo.clip(0, 255).astype(np.uint8)
    jpeg = cv2.imencode(".jpg", shades, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    photo = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    return photo, to_photo


def _cut(
    dice: random.Random, photo: Any, way: Any, about: tuple[_Sheet, float, str | None]
) -> tuple[Shades, list[tuple[int, float, float]]]:
    """The strip, cut out and laid level; which characters are on it, their middles and halves."""
    sheet, digit_px, code = about
    middle = (sheet.top + sheet.low) / 2
    ends = _through(way, [(sheet.left, middle), (sheet.right, middle)])
    along = ends[1] - ends[0]
    angle = math.atan2(along[1], along[0]) + math.radians(dice.gauss(0, 1.2))
    box = digit_px / dice.triangular(0.36, 0.85, 0.52)
    before, after = (dice.uniform(0.02, 0.5) * box for _ in range(2))
    unit = np.array([math.cos(angle), math.sin(angle)])
    down = np.array([-math.sin(angle), math.cos(angle)])
    long = float(np.linalg.norm(along)) + before + after
    origin = ends[0] - unit * before - down * box * (0.5 + dice.gauss(0, 0.05))
    scale = max(1.0, STRIP_HIGH / box)
    target = (max(8, round(long * scale)), max(8, round(box * scale)))
    here = np.array([origin, origin + unit * long, origin + down * box], np.float32)
    there = np.array([(0, 0), (target[0], 0), (0, target[1])], np.float32)
    turn = cv2.getAffineTransform(here, there)
    cut = cv2.warpAffine(
        photo, turn, target, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    strip = as_strip(np.asarray(cut, np.uint8))
    stretch = strip.shape[1] / target[0]
    whole = np.vstack([turn, (0, 0, 1)]) @ way
    xs = _through(whole, [(m, middle) for m in sheet.middles] or [(0, 0)])[:, 0] * stretch
    ends_at = [(m + h, middle) for m, h in zip(sheet.middles, sheet.halves, strict=True)]
    hs = _through(whole, ends_at or [(0, 0)])[:, 0] * stretch - xs
    label = sheet.label
    first, last = 0, strip.shape[1]
    if last > WIDEST:
        start = label.find(code) if code else 0
        focus = xs[start] if label else 0
        first = int(min(max(0, focus - dice.uniform(0.05, 0.4) * WIDEST), last - WIDEST))
        last = first + WIDEST
    kept = [n for n in range(len(label)) if first + 2 < xs[n] < last - 2]
    return strip[:, first:last], [(n, float(xs[n] - first), float(abs(hs[n]))) for n in kept]


def _through(way: Any, points: Sequence[tuple[float, float]]) -> Any:
    found = np.c_[np.array(points, np.float64), np.ones(len(points))] @ way.T
    return found[:, :2] / found[:, 2:]


def write(folder: Path, into: Path, count: int, seed: int, *, held: bool) -> None:
    """Shards of strips, each written whole; those that are there are not drawn again."""
    cv2.setNumThreads(1)
    into.mkdir(parents=True, exist_ok=True)
    for shard in range(-(-count // SHARD)):
        file = into / f"{seed}_{shard:04}.npz"
        if file.exists():
            continue
        drawn = [
            drawn_strip(random.Random(f"{seed} {shard} {n}"), folder, held=held)
            for n in range(min(SHARD, count))
        ]
        part = file.with_suffix(".part")
        with part.open("wb") as out:
            np.savez(
                out,
                shades=np.concatenate([one.strip.T for one in drawn]),
                wide=np.array([one.strip.shape[1] for one in drawn]),
                labels=np.array([one.label for one in drawn]),
                middles=np.concatenate([np.array(one.middles) for one in drawn]),
                halves=np.concatenate([np.array(one.halves) for one in drawn]),
                digit_px=np.array([one.digit_px for one in drawn]),
                materials=np.array([one.material for one in drawn]),
                codes=np.array([one.code or "" for one in drawn]),
            )
        part.rename(file)


if __name__ == "__main__":
    write(
        Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]),
        held=sys.argv[5:] == ["held"],
    )  # fmt: skip
