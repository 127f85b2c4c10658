"""The closest look: small writing beside a name, in the name's own colours."""

import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import pytest
from PIL import Image

from server.media.reading.cut_outs import in_ink, ink_of, strips_beside
from server.media.reading.looks import PictureReader, _anchor
from server.media.reading.text_models import Pixels, TextModels
from server.media.reading.ways_held import MIRRORED, ON_ITS_HEAD, WayHeld, reads_upright
from server.policy.signs.lines import Line, plain_line
from server.policy.signs.number import NumberRead, best_number, borne_out, voted
from server.policy.signs.parts import sign_parts
from server.policy.signs.text import UNKNOWN
from tools.boards import our_faces, sign_board
from tools.changed_photos import as_jpeg

# Red on green of one lightness: grey shades do not tell them apart.
GROUND, INK = (60, 118, 60), (50, 60, 214)


@pytest.fixture
def dim_sign() -> tuple[Pixels, Line]:
    """A sign in the dark: a name of broad strokes, a small number below it, and coloured specks."""
    board = np.full((400, 900, 3), GROUND, np.uint8)
    cv2.putText(board, "MMMMMMMM", (100, 150), cv2.FONT_HERSHEY_SIMPLEX, 4, INK, 14)
    cv2.putText(board, "C0645", (300, 210), cv2.FONT_HERSHEY_SIMPLEX, 0.8, INK, 2)
    rng = np.random.default_rng(1)
    dim = board * 0.2 + rng.normal(0, 5, board.shape)
    quad = ((90.0, 60.0), (830.0, 60.0), (830.0, 160.0), (90.0, 160.0))
    return dim.clip(0, 255).astype(np.uint8), plain_line("MMMMMMMM", quad)


def test_small_writing_stands_out_in_the_ink_of_the_name(dim_sign: tuple[Pixels, Line]) -> None:
    picture, name = dim_sign
    ink = ink_of(picture, name)
    letters = np.array(INK, float) - GROUND
    assert abs(ink @ letters) / np.linalg.norm(letters) > 0.9

    below, _ = strips_beside(picture, name)[0]
    grey = cv2.cvtColor(below, cv2.COLOR_BGR2GRAY)
    assert contrast(in_ink(below, ink)[:, :, 0]) > 3 * contrast(np.asarray(grey, np.uint8))


def test_what_is_read_in_a_strip_is_placed_in_the_picture(dim_sign: tuple[Pixels, Line]) -> None:
    picture, name = dim_sign
    (below, back), (above, to_top) = strips_beside(picture, name)
    assert below.shape[1] > 1.3 * 740  # enlarged
    left, top = back((0, 0))
    right, low = back((below.shape[1], below.shape[0]))
    assert left < 300 < right
    assert top < 190
    assert low > 215
    assert to_top((0, above.shape[0]))[1] <= 70


def contrast(picture: Pixels) -> float:
    """By how many standard deviations of the ground the number differs from it."""
    tall, wide = picture.shape
    soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.5)
    # The number stands from 300 to 390 of the strip's -21 to 941, and from 190 to 212 of 155 to 385.
    part = soft[round(0.15 * tall) : round(0.25 * tall), round(0.335 * wide) : round(0.425 * wide)]
    ground = soft[round(0.5 * tall) :]
    return float((part.std() - ground.std()) / ground.std())


@pytest.mark.parametrize("lean", [-14, 0, 9, 14])
def test_a_column_that_leans_is_read_from_its_top(lean: int) -> None:
    # By more than six degrees, the two corners furthest to the left are both of the top, or the foot.
    drawn = sign_board(random.Random(3), our_faces()[:1], layout="vertical")
    upright = drawn.image.convert("RGB").reduce(max(1, round(drawn.name_px / 50)))
    wide, high = upright.size
    sheet = Image.new("RGB", (high, round(1.2 * high)), (150, 160, 150))
    sheet.paste(upright, ((high - wide) // 2, round(0.1 * high)))
    leaning = np.asarray(sheet.rotate(lean, resample=Image.Resampling.BICUBIC), np.uint8)
    models = TextModels.load()
    picture = np.ascontiguousarray(leaning[:, :, ::-1])
    lines = models.read(picture, models.find(picture))
    assert drawn.shown in [line.text for line in lines if line.vertical]


@pytest.mark.parametrize(("text", "upright"), [("编号：C0048", True), ("号编", False)])
def test_a_labelled_number_tells_that_a_photo_was_held_upright(text: str, *, upright: bool) -> None:
    assert reads_upright([plain_line(text)]) is upright


@pytest.fixture(scope="module")
def board() -> tuple[Pixels, str]:
    """A sharp sign with a number of 17 pixels, and that number."""
    dice = random.Random(1)
    drawn = sign_board(dice, our_faces()[:1], layout="two")
    while drawn.number is None or drawn.shown != drawn.name:
        drawn = sign_board(dice, our_faces()[:1], layout="two")
    shrunk = drawn.image.convert("RGB").reduce(round(drawn.name_px / 56))
    ringed = np.pad(np.asarray(shrunk, np.uint8), ((40, 40), (40, 40), (0, 0)), mode="edge")
    return np.ascontiguousarray(ringed[:, :, ::-1]), drawn.number


def shaken(picture: Pixels, length: int) -> Pixels:
    """The same taken by a hand that moved by so many pixels, slightly downwards."""
    total = np.zeros(picture.shape, np.float32)
    steps = np.linspace(-length / 2, length / 2, 4 * length)
    for step in steps:
        way = np.array([[1, 0, 0.94 * step], [0, 1, 0.34 * step]], np.float32)
        size = picture.shape[1], picture.shape[0]
        total += cv2.warpAffine(picture, way, size, borderMode=cv2.BORDER_REPLICATE)
    return (total / len(steps)).clip(0, 255).astype(np.uint8)


def test_a_number_that_a_moving_hand_smeared_is_read_once_its_smear_is_undone(
    board: tuple[Pixels, str],
) -> None:
    sharp, number = board
    reader = PictureReader()
    picture = shaken(sharp, 12)
    assert not UNKNOWN & set(reader.models.characters)
    lines = reader.models.read(picture, reader.models.find(picture))
    name = max(lines, key=lambda line: line.glyph_px)
    assert best_number(lines) is None

    clear = reader._clearings(picture, name, lines, None)
    read = voted([found for _, found, _ in clear])
    assert read is not None
    assert read.text == number
    # Its place in the photo: in the lower part, inside the board.
    back = clear[0][2]
    assert all(40 < x < picture.shape[1] - 40 for x, _ in map(back, read.quad))
    assert all(name.middle[1] < y < picture.shape[0] for _, y in map(back, read.quad))

    hopeless = cv2.GaussianBlur(shaken(sharp, 12), (0, 0), 6)
    clear = reader._clearings(np.asarray(hopeless, np.uint8), name, lines, None)
    assert voted([found for _, found, _ in clear]) is None
    assert len(clear) == 5  # the sixth alone would bear nothing out
    clear = reader._clearings(np.asarray(hopeless, np.uint8), name, lines, None, empty=3)
    assert [found for _, found, _ in clear] == [None] * 3
    clear = reader._clearings(picture, name, lines, None, empty=3)
    assert voted([found for _, found, _ in clear]) == read


@pytest.mark.parametrize(("size", "times"), [((1600, 1200), 0), ((3200, 2400), 1)])
def test_before_a_large_photo_is_unpacked_the_networks_give_their_memory_back(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], times: int
) -> None:
    given: list[str] = []
    reader = object.__new__(PictureReader)
    reader.models = cast("TextModels", SimpleNamespace(busy_s=0.0))
    monkeypatch.setattr(reader.models, "give_back", lambda: given.append("back"), raising=False)
    monkeypatch.setattr(PictureReader, "_turned", lambda *_: ([], None, 1))

    seen = reader.read(as_jpeg(Image.new("RGB", size), 80), "hours_board")

    assert (seen.width, seen.height) == size
    assert len(given) == times


def test_one_doubtful_line_is_not_borne_out_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = object.__new__(PictureReader)
    kind = plain_line("快递便民服务点", NAME_AT)
    named = plain_line("西庄村快递便民服务点", NAME_AT)
    monkeypatch.setattr(PictureReader, "_look", lambda *_: [named])
    for look in ("_closer", "_beside", "_clearings"):
        monkeypatch.setattr(PictureReader, look, lambda *_, **__: [])

    lines, found, _, _ = reader._sign(np.zeros((60, 200, 3), np.uint8), [kind, code("C0008", 0.82)])

    assert sign_parts(lines).name == named.text
    assert found is None


NAME_AT = ((0.0, 0.0), (200.0, 0.0), (200.0, 20.0), (0.0, 20.0))
NUMBER_AT = ((60.0, 30.0), (120.0, 30.0), (120.0, 42.0), (60.0, 42.0))


def code(text: str, sure: float = 1.0) -> Line:
    """A sign code whose last digit is so sure; what is left of it may be a 3."""
    line = plain_line(text, NUMBER_AT)
    last = line.glyphs[-1]._replace(probability=sure, others=(("3", round(1 - sure, 4)),))
    return line._replace(glyphs=(*line.glyphs[:-1], last))


def cleared(text: str, sure: float) -> NumberRead:
    return NumberRead(text, sure, 0.98, NUMBER_AT)


@pytest.mark.parametrize(
    ("first", "closer", "beside", "undone", "number"),
    [
        ([code("C0008", 0.95)], [code("C0001")], [], [], "C0008"),  # needs no closer look
        ([code("C0008", 0.82)], [], [], [], None),
        ([code("C0008", 0.82)], [code("C0008", 0.9)], [], [], "C0008"),
        ([code("C0008", 0.82)], [code("C0006", 0.9)], [], [], None),
        ([], [code("C0028", 0.98)], [], [], "C0028"),  # nothing is smeared
        ([], [code("C0028", 0.98)], [], [cleared("C0028", 0.56), cleared("C0038", 0.44)], None),
        ([], [code("C0028", 0.98)], [], [None, None], "C0028"),
        ([], [code("C0028", 0.98)], [], [cleared("C0028", 0.85), None], "C0028"),
        ([], [code("C0028", 0.98)], [], [cleared("C0038", 0.85), None], None),
        ([], [code("C0028")], [], [cleared("C0038", 0.99), cleared("C0038", 0.99)], "C0028"),
        ([], [], [code("C0028", 0.9)], [cleared("C0028", 0.97), None], "C0028"),
    ],
)
def test_a_number_that_one_look_leaves_in_doubt_is_borne_out_by_others_or_unread(
    monkeypatch: pytest.MonkeyPatch,
    first: list[Line], closer: list[Line], beside: list[Line],
    undone: list[NumberRead | None], number: str | None,
) -> None:  # fmt: skip
    reader = object.__new__(PictureReader)
    monkeypatch.setattr(PictureReader, "_closer", lambda *_: closer)
    monkeypatch.setattr(PictureReader, "_beside", lambda *_: [[], beside])
    clear = [(np.zeros((1, 1, 3), np.uint8), one, lambda point: point) for one in undone]
    monkeypatch.setattr(PictureReader, "_clearings", lambda *_, **__: clear)
    lines = [plain_line("西庄村快递便民服务点", NAME_AT), *first]

    _, found, _, _ = reader._sign(np.zeros((60, 200, 3), np.uint8), lines)

    assert (found and found.text) == number


@pytest.mark.parametrize(
    ("closer", "beside", "cleared_anew"),
    [([], [], False), (["便民C"], [], False), (["便·0民7"], [], False), (["C02"], [], True),
     ([], ["电话13"], True), (["7:0"], [], True), ([], ["cmx"], True)],
)  # fmt: skip
def test_a_smear_is_undone_for_a_number_only_where_a_piece_of_a_code_was_seen(
    monkeypatch: pytest.MonkeyPatch, closer: list[str], beside: list[str], *, cleared_anew: bool
) -> None:
    reader = object.__new__(PictureReader)
    asked: list[str] = []

    def seen_beside(*given: object) -> Iterator[list[Line]]:
        found = [plain_line(text, NUMBER_AT) for text in beside]
        cast("list[Line]", given[-1]).extend(found)
        yield found

    def clearings(*_: object, **__: object) -> list[object]:
        asked.append("cleared")
        return []

    read = [plain_line(text, NUMBER_AT) for text in closer]
    monkeypatch.setattr(PictureReader, "_closer", lambda *_: read)
    monkeypatch.setattr(PictureReader, "_beside", seen_beside)
    monkeypatch.setattr(PictureReader, "_clearings", clearings)

    name = plain_line("西庄村快递便民服务点", NAME_AT)
    _, number, _, clear = reader._sign(np.zeros((60, 200, 3), np.uint8), [name])

    assert number is None
    assert (asked, clear) == ((["cleared"], []) if cleared_anew else ([], None))


def test_above_the_name_nobody_looks_once_the_number_below_is_plain() -> None:
    name = plain_line("西庄村快递便民服务点", NAME_AT)
    asked: list[str] = []

    def strips(below: list[Line]) -> Iterator[list[Line]]:
        asked.append("below")
        yield below
        asked.append("above")
        yield [code("C0028")]

    for below in ([code("C0028")], []):
        found = borne_out(None, strips(below), None, name.quad)
        assert found is not None
        assert found.text == "C0028"
    assert asked == ["below", "below", "above"]


def test_a_number_without_any_name_counts_only_beyond_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = object.__new__(PictureReader)
    monkeypatch.setattr(PictureReader, "_look", lambda *_: [])

    def read(sure: float) -> NumberRead | None:
        return reader._sign(np.zeros((60, 200, 3), np.uint8), [code("C0008", sure)])[1]

    assert read(0.85) is None
    found = read(0.95)
    assert found is not None
    assert found.text == "C0008"


def test_a_row_that_a_mirror_leaves_as_it_is_does_not_tell_how_a_photo_was_held() -> None:
    assert not reads_upright([plain_line(":间t业营", NAME_AT)])
    assert reads_upright([plain_line("欢迎光临", NAME_AT)])


@pytest.mark.parametrize("way", [ON_ITS_HEAD, MIRRORED])
def test_a_photo_held_wrongly_is_told_by_any_row_that_can_be_read(
    monkeypatch: pytest.MonkeyPatch, way: WayHeld
) -> None:
    """Other writing may be larger than the sign, which is then looked for the right way round."""
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:5, :9] = 1
    reader = object.__new__(PictureReader)

    class Shop:
        def read(self, shown: Pixels, quads: list[object]) -> list[Line]:
            text = "欧芭黎华烁" if np.array_equal(shown, way.laid(picture)) else "60车日"
            return [plain_line(text, NAME_AT) for _ in quads]

    monkeypatch.setattr(reader, "models", Shop(), raising=False)
    assert reader._held(picture, [NAME_AT]) == way


@pytest.mark.parametrize(("steady", "kept"), [(4, "C0028"), (3, None)])
def test_a_number_that_only_a_smear_hides_is_kept_where_it_is_steady_once_that_is_undone(
    monkeypatch: pytest.MonkeyPatch, steady: int, kept: str | None
) -> None:
    picture = np.zeros((60, 200, 3), np.uint8)
    clear = np.ones((60, 200, 3), np.uint8)
    number = NumberRead("C0028", 0.98, 0.99, NAME_AT)
    reads = [(clear, number if n < steady else None, lambda point: point) for n in range(6)]
    reader = object.__new__(PictureReader)
    monkeypatch.setattr(reader, "models", type("No", (), {"read": lambda *_: []}), raising=False)
    made: list[int] = []
    monkeypatch.setattr(PictureReader, "_clearings", lambda *_: made.append(1) or reads)
    for module in ("looks", "steady"):  # unsteady as it was taken, steady where it was undone
        monkeypatch.setattr(
            f"server.media.reading.{module}.is_steady", lambda _, seen, __: seen is clear
        )
    lines = [plain_line("西庄村快递便民服务点", NAME_AT)]

    for already, anew in ((reads, 0), (None, 1)):  # made once, which costs a second
        _, found = reader._kept_steady(picture, lines, lines, number, already)
        assert (found and found.text) == kept
        assert len(made) == anew


def test_the_row_with_the_words_for_a_station_places_a_sign() -> None:
    above = plain_line("HeFei WuHan ChiZhou Jing", ((400, 60), (900, 60), (900, 100), (400, 100)))
    words = plain_line("快递综合服务站", ((480, 110), (820, 110), (820, 150), (480, 150)))
    lines = [above, words]
    parts = sign_parts(lines)
    assert set(parts.name_quads) == {above.quad, words.quad}
    assert _anchor(lines, parts) is words
