"""Draws hours boards that hang over other people's signs, as in any street."""

import random
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image, ImageDraw

from tools.boards import Board, Colour, Face, faces, hours_board
from tools.sign_photos import SignPhoto, labelled_photo

_OTHERS = (
    "欧芭黎华美发", "恩西路", "理各类金融业务", "装饰材料", "禁止攀爬", "书法学校", "承接室内外",
    "五金建材", "土壤修复", "维美养生", "烟酒茶", "GRICULTURAL",
)  # fmt: skip
_COLOURS: tuple[tuple[Colour, Colour], ...] = (
    ((30, 70, 160), (255, 255, 255)), ((175, 30, 35), (250, 220, 80)),
    ((25, 115, 60), (255, 255, 255)), ((200, 150, 90), (90, 30, 20)),
)  # fmt: skip
_SEED = 20261202


def neighbours_photo(
    number: int, seed: int = _SEED, *, fonts: Sequence[Face] | None = None
) -> SignPhoto:
    """The seed's photo of that number: a board of hours, and round it what is none of its."""
    fonts = fonts or faces()
    dice = random.Random(seed * 100_000 + number)
    photo = labelled_photo(
        dice, among_others(dice, hours_board(dice, fonts), fonts), f"neighbours_{number:04}.jpg"
    )
    photo.label["way"] = "neighbours"
    return photo


def among_others(dice: random.Random, board: Board, fonts: Sequence[Face]) -> Board:
    """The same board before signs on another ground, which it hides in part."""
    base = board.image.convert("RGB")
    light = sum(_pixel(base)) > 384
    grounds = [pair for pair in _COLOURS if not light or sum(pair[0]) < 384] or list(_COLOURS)
    ground, ink = dice.choice(grounds)
    tall = round(board.name_px * dice.uniform(0.6, 1.1))
    edge = 2 * tall
    image = Image.new("RGB", (base.width + 2 * edge, base.height + 2 * edge), ground)
    pen, face = ImageDraw.Draw(image), dice.choice(fonts).sized(tall)
    for y in range(tall // 2, image.height - tall, round(1.7 * tall)):
        x = dice.randint(-tall, tall)
        while x < image.width:
            text = dice.choice(_OTHERS)
            pen.text((x, y), text, font=face, fill=ink)
            x += round(face.getlength(text)) + 2 * tall
    image.paste(base, (edge, edge))
    return replace(board, image=image)


def _pixel(image: Image.Image) -> tuple[int, int, int]:
    red, green, blue = image.resize((1, 1)).tobytes()[:3]
    return red, green, blue
