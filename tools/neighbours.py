"""Draws hours boards that hang over other people's signs, as in any street.

And boards with a limit on a strip below them through which the picture's edge goes.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
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
_LIMITS = ("暂停营业", "雨天不开门", "农忙不营业", "今日盘点", "只限上午", "本月停业")
_SEED = 20261202
_STRIP, _WRITING = 2.0, (0.5, 1.5)
"""A strip is twice as high as its writing, which stands in its middle."""


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


def cut_limit_photo(
    number: int, seed: int = _SEED, *, fonts: Sequence[Face] | None = None
) -> SignPhoto:
    """A board over a strip with a limit, of which the picture shows slices: right is no week."""
    fonts = fonts or faces()
    dice = random.Random(seed * 100_000 + number)
    board = hours_board(dice, fonts)
    tall = round(board.name_px * dice.uniform(0.6, 1.1))
    gap = round(tall * dice.uniform(0, 0.6))
    board = replace(board, image=_over_strip(dice, board, tall, gap, fonts), hours=[])
    photo = labelled_photo(dice, board, f"cut_limits_{number:04}.jpg")
    image = np.asarray(board.image)
    deep = dice.uniform(0.3, 0.65) * (_WRITING[1] - _WRITING[0]) + _WRITING[0]
    at = image.shape[0] - (_STRIP - deep) * tall
    right, below = image.shape[1], image.shape[0]
    flat = np.array([(0, 0), (right, 0), (right, below), (0, below)], np.float32)
    turn = cv2.getPerspectiveTransform(flat, np.array(photo.label["quad"], np.float32))
    middle = cv2.perspectiveTransform(np.array([[(right / 2, at)]], np.float32), turn)
    picture = cv2.imdecode(np.frombuffer(photo.content, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(photo.file)
    _, jpeg = cv2.imencode(".jpg", picture[: max(1, round(float(middle[0, 0, 1])))])
    photo.label["way"] = "cut limits"
    return replace(photo, content=jpeg.tobytes())


def _over_strip(
    dice: random.Random, board: Board, tall: int, gap: int, fonts: Sequence[Face]
) -> Image.Image:
    base = board.image.convert("RGB")
    ground, ink = dice.choice(_COLOURS)
    strip = round(_STRIP * tall)
    image = Image.new("RGB", (base.width, base.height + gap + strip), (150, 148, 142))
    image.paste(base, (0, 0))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, base.height + gap, base.width, image.height), fill=ground)
    middle = (base.width / 2, image.height - strip / 2)
    pen.text(
        middle, dice.choice(_LIMITS), font=dice.choice(fonts).sized(tall), fill=ink, anchor="mm"
    )
    return image


def _pixel(image: Image.Image) -> tuple[int, int, int]:
    red, green, blue = image.resize((1, 1)).tobytes()[:3]
    return red, green, blue
