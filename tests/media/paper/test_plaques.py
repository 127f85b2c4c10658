"""Plaques look the same every time, say what the standard asks for, and scan."""

import dataclasses
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from server.errors import Invalid
from server.media.paper import plaques
from server.media.paper.plaques import Kind, PlaqueSheet, PlaqueUnreadable, name_lines, plaques_pdf
from server.media.paper.qr import sign_token, station_url, token_in
from server.media.paper.typeface import characters_in, font_files, sans_path, unprintable
from server.policy.hours import hours_lines, parse_hours

RING = [("2026-07", b"a secret of more than sixteen bytes")]


def sheet(nth: int = 1, **changes: Any) -> PlaqueSheet:
    token = sign_token(RING, "411721", f"{nth:07d}", 1)
    plain = PlaqueSheet(
        name="重渠村快递便民服务点",
        number=f"C{nth:04d}",
        level_label="村级快递便民服务点",
        hours=("上午 8:00—12:00", "下午 14:00—18:00"),
        hotline="0396-4922345",
        url=station_url("https://kd.xiping.gov.cn", token),
        county="西平县",
        township="重渠乡",
        plate_no=1,
        operator="西平县某快递有限公司",
    )
    return dataclasses.replace(plain, **changes)


def text_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def raster(pdf: bytes, page: int = 0, dpi: int = 100) -> np.ndarray:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page].render(scale=dpi / 72, grayscale=True).to_numpy().copy()


def test_a_plaque_says_all_that_a_villager_needs() -> None:
    [words] = text_of(plaques_pdf([sheet()]))
    words = words.replace(" ", "")  # letters set wide apart come out with blanks between

    for wanted in (
        "重渠村", "快递便民服务点", "C0001", "村级快递便民服务点", "西平县 · 重渠乡",
        "上午 8:00—12:00", "下午 14:00—18:00", "0396-4922345", "微信扫一扫",
        "看营业时间，咨询、投诉、提意见", "运营企业：西平县某快递有限公司",
    ):  # fmt: skip
        assert wanted.replace(" ", "") in words
    assert "演示数据" not in words


@pytest.mark.parametrize("kind", ["a4", "sticker"])
def test_the_characters_to_type_by_hand_are_those_of_the_code(kind: Kind) -> None:
    [words] = text_of(plaques_pdf([sheet()], kind))
    typed = next(line for line in words.splitlines() if line.count(" ") == 3 and line.isupper())

    assert token_in(typed) == token_in(sheet().url)


@pytest.mark.parametrize("kind", ["a4", "sticker"])
def test_demonstration_plaques_are_marked(kind: Kind) -> None:
    [words] = text_of(plaques_pdf([sheet(demo=True)], kind))

    assert "演示数据 请勿张贴" in words


@pytest.mark.parametrize(("kind", "pages"), [("a4", 11), ("sticker", 2)])
def test_every_page_scans_and_each_code_stands_with_its_number(kind: Kind, pages: int) -> None:
    sheets = [sheet(n) for n in range(1, 12)]

    pdf = plaques_pdf(sheets, kind)

    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == pages
        for page in document:
            shades = page.render(scale=150 / 72, grayscale=True).to_numpy()
            codes = zxingcpp.read_barcodes(shades.reshape(shades.shape[:2]))
            assert {code.ec_level for code in codes} == {"Q" if kind == "a4" else "M"}
            codes.sort(key=lambda c: (c.position.top_left.y // 50, c.position.top_left.x))
            found += [code.text for code in codes]
    assert found == [s.url for s in sheets]


def test_the_code_on_a4_is_at_least_six_centimetres_wide() -> None:
    shades = raster(plaques_pdf([sheet()]), dpi=100)

    [code] = zxingcpp.read_barcodes(shades.reshape(shades.shape[:2]))

    assert (code.position.top_right.x - code.position.top_left.x) / 100 * 25.4 >= 60


def test_a_code_that_reads_as_another_station_is_never_released() -> None:
    form = plaques._FORMS["a4"]
    of_another = plaques_pdf([sheet(2, number="C0001")])

    with pytest.raises(PlaqueUnreadable, match="C0001: its code reads"):
        plaques._read_back(of_another, [sheet(1)], form)


def test_two_stickers_with_their_codes_exchanged_are_never_released() -> None:
    form = plaques._FORMS["sticker"]
    pdf = plaques_pdf([sheet(1), sheet(2)], "sticker")

    plaques._read_back(pdf, [sheet(1), sheet(2)], form)
    with pytest.raises(PlaqueUnreadable, match="C0001"):
        plaques._read_back(pdf, [sheet(1, url=sheet(2).url), sheet(2, url=sheet(1).url)], form)


def test_a_number_that_is_not_on_its_plaque_is_never_released() -> None:
    with pytest.raises(PlaqueUnreadable, match="C0009: its number"):
        plaques._read_back(plaques_pdf([sheet()]), [sheet(number="C0009")], plaques._FORMS["a4"])


def test_a_page_too_many_is_never_released() -> None:
    with pytest.raises(PlaqueUnreadable, match="2 pages for 1"):
        plaques._read_back(plaques_pdf([sheet(1), sheet(2)]), [sheet(1)], plaques._FORMS["a4"])


def test_a_code_painted_over_is_never_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A template gone wrong is caught on the page, not trusted."""
    form = plaques._FORMS["a4"]
    template = (Path(plaques.__file__).parent / form.template).read_text("utf-8")
    blot = "  place(top + left, dx: 40mm, dy: 130mm, rect(width: 40mm, height: 40mm, fill: blue))\n"
    spoilt = template.replace("  number(sheet)\n", "  number(sheet)\n" + blot)
    assert blot in spoilt
    (tmp_path / "spoilt.typ").write_text(spoilt, encoding="utf-8")
    monkeypatch.setitem(
        plaques._FORMS, "a4", dataclasses.replace(form, template=str(tmp_path / "spoilt.typ"))
    )

    with pytest.raises(PlaqueUnreadable, match="reads nothing"):
        plaques_pdf([sheet()])


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("重渠村快递便民服务点", ["重渠村", "快递便民服务点"]),
        ("蔡寨回族乡快递综合服务站", ["蔡寨回族乡", "快递综合服务站"]),
        ("静乐县统仓共配中心", ["静乐县", "统仓共配中心"]),
        ("快递便民服务点", ["快递便民服务点"]),
        ("老李超市", ["老李超市"]),
        ("黑龙江省农垦总局某管理区第十三居民委员会快递便民服务点",
         ["黑龙江省农垦总局某管", "理区第十三居民委员会", "快递便民服务点"]),
        ("张家村快递便民服务点（代办）", ["张家村", "快递便民服务点（代办）"]),
    ],
)  # fmt: skip
def test_a_name_is_broken_where_a_reader_would(name: str, lines: list[str]) -> None:
    assert name_lines(name) == lines


@pytest.mark.parametrize("kind", ["a4", "sticker"])
@pytest.mark.parametrize(
    "name",
    [
        "王村",
        "蔡寨回族乡快递综合服务站",
        "黑龙江省农垦总局某管理区第十三居民委员会快递便民服务点",
        "村" * 60,
    ],
)
def test_long_names_stay_inside_the_blue(kind: Kind, name: str) -> None:
    """White letters beside the blue would be lost on white paper: count them on the page."""
    pdf = plaques_pdf([sheet(name=name)], kind)
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        text = page.get_textpage()
        start = text.get_text_bounded().replace("\r", "").replace("\n", "").find(name[:2])
        boxes = [
            text.get_charbox(index)
            for index in range(text.count_chars())
            if text.get_text_range(index, 1) in set(name)
        ]
    millimetres = [tuple(side / 72 * 25.4 for side in box) for box in boxes]

    assert start >= 0
    assert len(boxes) >= len(name)
    assert min(box[0] for box in millimetres) > (12 if kind == "a4" else 11)
    assert max(box[2] for box in millimetres) < (198 if kind == "a4" else 200)


def test_rare_village_characters_are_really_drawn() -> None:
    """A missing glyph is drawn as the same empty box for every character."""
    drawn = [
        raster(plaques_pdf([sheet(name=character * 3)])).tobytes() for character in "垚堃窊墕堌玥"
    ]

    assert len(set(drawn)) == 6
    assert unprintable("垚堃窊墕堌玥", font_files()) == ""


def test_a_character_no_font_has_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refused:
        plaques_pdf([sheet(1), sheet(2, name="𠮷村快递便民服务点")])

    assert refused.value.code == "plaque-glyph-missing"
    assert "C0002" in refused.value.message
    assert "𠮷" in refused.value.message


def test_the_fonts_know_just_what_pillow_can_draw() -> None:
    """Our reading of the font's table against FreeType's: glyph by glyph, over 3,000 of them."""
    from PIL import ImageFont

    face = ImageFont.truetype(str(sans_path()), 20)
    empty_box = bytes(face.getmask(chr(0x10FFFF)))
    ranges = characters_in(sans_path())
    sample = [*range(0x4E00, 0x9FFF, 13), *range(0x3400, 0x4DBF, 7), *range(0x20000, 0x2A6DF, 97)]

    for point in sample:
        known = any(first <= point <= last for first, last in ranges)
        assert known == (bytes(face.getmask(chr(point))) != empty_box), hex(point)


def test_the_offices_own_fonts_are_found_in_its_folder(tmp_path: Path) -> None:
    shutil.copy(sans_path(), tmp_path / "Office Sans.OTF")
    (tmp_path / "readme.txt").write_text("no font")
    (tmp_path / "broken.ttf").write_bytes(b"no font either")

    assert [path.name for path in font_files(tmp_path)][:2] == ["Office Sans.OTF", "broken.ttf"]
    assert characters_in(tmp_path / "broken.ttf") == ()
    assert "C0001" in text_of(plaques_pdf([sheet()], font_dir=tmp_path))[0]


def test_words_are_never_read_as_typst() -> None:
    evil = '#panic("x") *粗* $x$ \\ "引号" [村] https://例'

    [words] = text_of(plaques_pdf([sheet(name=evil, operator='#read("/etc/passwd")')]))

    assert '#panic("x")' in words.replace("\r\n", "")
    assert "运营企业：#read" in words


def test_the_same_plaques_are_the_same_bytes() -> None:
    assert plaques_pdf([sheet()]) == plaques_pdf([sheet()])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "plaque-text-missing"),
        ({"number": ""}, "plaque-text-missing"),
        ({"hours": ("周一 8:00—9:00",) * 6}, "plaque-hours-many"),
        ({"url": "https://" + "a-very-long-name." * 30 + "cn/s/k7qx2m38fq2zb4t"}, "qr-too-fine"),
    ],
)
def test_what_cannot_be_printed_well_is_refused_in_words(
    changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        plaques_pdf([sheet(**changes)])

    assert refused.value.code == code


def test_nothing_to_print_is_said_so() -> None:
    with pytest.raises(Invalid) as refused:
        plaques_pdf([])

    assert refused.value.code == "plaques-none"


def test_a_village_with_seasons_market_days_and_holidays_has_room_on_a_plaque() -> None:
    hours = parse_hours(
        "夏季5-10月 7:30-12:00 14:30-19:30；冬季11-4月 8:30-17:30；逢三、六、九 7:00-18:00；法定节假日休息"
    )

    [words] = text_of(plaques_pdf([sheet(hours=hours_lines(hours))]))

    for line in ("夏季（5月至10月）每天 07:30–12:00，14:30–19:30", "逢三、六、九 07:00–18:00"):
        assert line.replace(" ", "") in words.replace(" ", "")


def test_hours_unknown_and_no_hotline_leave_no_hole() -> None:
    [words] = text_of(plaques_pdf([sheet(hours=(), hotline="", operator="", township="")]))

    assert "以店内公告为准" in words
    assert "监督服务电话" not in words
    assert "西平县快递进村" in words


def test_a_whole_county_of_251_plaques_is_released_with_every_code_read_back() -> None:
    """Decision 0005; how long it takes is measured by `bench/plaques.py`, not asserted."""
    pdf = plaques_pdf([sheet(n) for n in range(1, 252)])

    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        assert len(document) == 251
