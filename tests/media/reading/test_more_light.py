"""A sign of a few shades is looked at again in full light; one with all its shades is not."""

import random

import cv2
import numpy as np
import pytest

from server.media.reading.looks import PictureReader, Seen
from server.media.reading.more_light import LEAST, MOST, in_other_light
from server.media.reading.reading import Subject
from server.media.reading.text_models import DETECT_SIDE, Pixels, TextModels
from server.policy.signs.lines import Line, Quad
from server.policy.signs.number import NumberRead
from server.policy.signs.parts import sign_parts
from tools.boards import our_faces, sign_board


@pytest.fixture(scope="module")
def sign() -> tuple[Pixels, str, str]:
    """A sharp sign, its name and its number."""
    dice = random.Random(1)
    drawn = sign_board(dice, our_faces()[:1], layout="two")
    while drawn.number is None or drawn.shown != drawn.name:
        drawn = sign_board(dice, our_faces()[:1], layout="two")
    shrunk = np.asarray(drawn.image.convert("RGB").reduce(round(drawn.name_px / 56)), np.uint8)
    ringed = cv2.copyMakeBorder(shrunk[:, :, ::-1], 90, 90, 90, 90, cv2.BORDER_REPLICATE)
    return np.asarray(ringed, np.uint8), drawn.name, drawn.number


def faint(picture: Pixels, times: float) -> Pixels:
    """The same with its shades so many times nearer to each other, round a light grey."""
    dark, bright = np.percentile(picture, (1, 99))
    scaled = (picture.astype(np.float32) - (dark + bright) / 2) * 255 / (bright - dark) / times
    return np.asarray((scaled + 150).clip(0, 255), np.uint8)


@pytest.mark.parametrize(
    ("times", "spread"), [(1.0, 0), (LEAST - 0.3, 0), (4.0, 1), (MOST + 2, -1)]
)
def test_only_a_photo_of_few_shades_but_enough_is_spread(
    sign: tuple[Pixels, str, str], times: float, spread: int
) -> None:
    lit = list(in_other_light(faint(sign[0], times)))
    assert len(lit) == spread + 1
    for picture in lit[:spread]:
        assert np.ptp(np.percentile(picture, (1, 99))) > 240


def test_a_dark_board_before_a_bright_sky_is_evened(sign: tuple[Pixels, str, str]) -> None:
    board = (sign[0] // 6 + 30).astype(np.uint8)
    sky = np.full((board.shape[0], board.shape[1], 3), 235, np.uint8)
    picture = np.asarray(np.vstack([sky, board]), np.uint8)
    (evened,) = in_other_light(picture)
    before, after = (float(one[len(sky) :].std()) for one in (picture, evened))
    assert after > 1.3 * before


def read(picture: Pixels, monkeypatch: pytest.MonkeyPatch, blind_below: float) -> tuple[Seen, int]:
    """What is seen by a finder that passes lines over in pictures of too few shades."""
    reader = PictureReader()
    find, looks = TextModels.find, 0

    def finds(models: TextModels, seen: Pixels, side: int = DETECT_SIDE) -> list[Quad]:
        nonlocal looks
        looks += 1
        faint = np.ptp(np.percentile(seen, (1, 99))) < blind_below
        return [] if faint else find(models, seen, side)

    monkeypatch.setattr(TextModels, "find", finds)
    written = cv2.imencode(".png", picture)[1].tobytes()
    return reader.read(written, "signboard"), looks


def test_a_sign_in_haze_is_read_in_full_light(
    sign: tuple[Pixels, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, name, number = sign
    seen, _ = read(faint(picture, 4.0), monkeypatch, 200)
    assert sign_parts(seen.lines).name == name
    told = seen.number or sign_parts(seen.lines).number
    assert told is not None
    assert told.text == number


def test_a_sign_without_a_name_is_looked_at_in_even_light_too(
    sign: tuple[Pixels, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, looks = read(faint(sign[0], 1.1), monkeypatch, 300)
    assert not seen.lines
    assert looks == 4  # in either light the first look, and the one for large letters


@pytest.mark.parametrize(("plainly", "named"), [("", True), ("C0001", False)])
def test_what_other_light_shows_beside_another_number_is_not_believed(
    sign: tuple[Pixels, str, str], monkeypatch: pytest.MonkeyPatch, plainly: str, *, named: bool
) -> None:
    picture, name, number = sign
    seen_plainly = number if not plainly else "C0001" if number != "C0001" else "C0002"
    turned, first = PictureReader._turned, True

    def in_turn(
        reader: PictureReader, seen: Pixels, subject: Subject
    ) -> tuple[list[Line], NumberRead | None, int]:
        nonlocal first
        lines, told, looks = turned(reader, seen, subject)
        if first:
            first, lines = False, []
            told = NumberRead(seen_plainly, 1.0, 1.0, ((0, 0), (9, 0), (9, 9), (0, 9)))
        return lines, told, looks

    monkeypatch.setattr(PictureReader, "_turned", in_turn)
    seen, _ = read(faint(picture, 4.0), monkeypatch, 0)
    assert (sign_parts(seen.lines).name == name) is named
    assert seen.number is not None
    assert seen.number.text == seen_plainly
