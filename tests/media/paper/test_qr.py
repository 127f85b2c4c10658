"""Codes on plaques: made, signed, typed by hand, drawn and read back."""

import io
import random
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from server.errors import Invalid
from server.media.paper.qr import (
    ALPHABET,
    is_genuine,
    module_mm,
    new_qr_id,
    qr_modules,
    qr_png,
    qr_svg,
    qr_text,
    require_readable,
    sign_token,
    split_token,
    station_url,
    token_in,
)

OLD = ("2026-01", b"an old secret of 24 bytes")
NEW = ("2026-07", b"a newer secret, also long")
ID = "k7qx2m3"
TOKEN = sign_token([OLD], "140926", ID, 1)
URL = "https://kd.xiping.gov.cn/s/k7qx2m38fq2zb4t"


def test_a_token_is_fifteen_lower_case_characters_that_begin_with_the_id() -> None:
    assert len(TOKEN) == 15
    assert TOKEN.startswith(ID)
    assert set(TOKEN) <= set(ALPHABET)
    assert not set("ilou") & set(ALPHABET)


def test_a_token_never_changes_for_plates_already_printed() -> None:
    """Frozen: a change here would make every mounted plate a forgery."""
    assert sign_token([("k", bytes(range(32)))], "140926", "0123456", 1) == FROZEN


FROZEN = "01234566j9a5zfv"


def test_ids_are_seven_characters_and_do_not_repeat() -> None:
    ids = {new_qr_id(random.Random(seed)) for seed in range(5_000)}

    assert {len(qr_id) for qr_id in ids} == {7}
    assert len(ids) == 5_000
    assert len(new_qr_id()) == 7


@pytest.mark.parametrize(
    "typed",
    [
        TOKEN,
        TOKEN.upper(),
        f"  {TOKEN}\n",
        f"https://kd.jingle.gov.cn/s/{TOKEN}",
        f"http://192.168.3.7:8000/s/{TOKEN}?from=wechat#top",
        f"HTTPS://KD.JINGLE.GOV.CN/S/{TOKEN.upper()}/",
        f"kd.jingle.gov.cn/s/{TOKEN}",
        f"https%3A%2F%2Fkd.jingle.gov.cn%2Fs%2F{TOKEN}",
        " ".join(TOKEN.upper()[i : i + 4] for i in range(0, 15, 4)),
        "-".join(TOKEN[i : i + 5] for i in range(0, 15, 5)),
        "".join(chr(ord(c) + 0xFEE0) for c in TOKEN),  # full-width, as Chinese keyboards type
        TOKEN.replace("0", "O").replace("1", "l"),
    ],
)
def test_however_it_is_scanned_or_typed_the_same_sign_is_meant(typed: str) -> None:
    assert token_in(typed) == TOKEN
    assert split_token(typed) == ID
    assert is_genuine([OLD], typed, county="140926", plate_no=1)


def test_the_letters_o_i_and_l_are_taken_for_digits() -> None:
    assert token_in("oOiIlL0123456ab") == "001111012345" + "6ab"


@pytest.mark.parametrize(
    "typed",
    [
        "", "C0001", TOKEN[:-1], TOKEN + "0", "u" * 15, "静乐县快递便民服务点一二三四五",
        f"https://kd.jingle.gov.cn/app/{TOKEN}", f"https://kd.jingle.gov.cn/{TOKEN}",
        "https://[bad/s/" + TOKEN, "https://weixin.qq.com/r/abcdefg", "s/" * 3000,
        f"https://kd.jingle.gov.cn/s/{TOKEN}/edit", "\x00", "%00%ff",
    ],
)  # fmt: skip
def test_what_is_no_token_of_ours_is_none(typed: str) -> None:
    assert token_in(typed) is None
    assert split_token(typed) is None
    assert not is_genuine([OLD], typed, county="140926", plate_no=1)


@given(st.text(max_size=60))
def test_no_text_a_person_can_scan_breaks_the_reader(text: str) -> None:
    found = token_in(text)

    assert found is None or (len(found) == 15 and set(found) <= set(ALPHABET))


@pytest.mark.parametrize(("county", "plate_no"), [("140926", 2), ("411721", 1), ("", 1)])
def test_a_replaced_plate_and_another_countys_plate_are_not_genuine(
    county: str, plate_no: int
) -> None:
    assert not is_genuine([OLD], TOKEN, county=county, plate_no=plate_no)


def test_changing_any_character_makes_a_forgery() -> None:
    for at in range(15):
        for other in ALPHABET:
            forged = TOKEN[:at] + other + TOKEN[at + 1 :]
            genuine = is_genuine([OLD], forged, county="140926", plate_no=1)
            assert genuine == (forged == TOKEN)


def test_after_a_change_of_keys_old_plates_still_verify_and_new_ones_use_the_new_key() -> None:
    ring = [NEW, OLD]

    assert is_genuine(ring, TOKEN, county="140926", plate_no=1)
    assert sign_token(ring, "140926", ID, 1) == sign_token([NEW], "140926", ID, 1) != TOKEN


def test_a_key_taken_out_of_the_ring_verifies_no_more() -> None:
    assert not is_genuine([NEW], TOKEN, county="140926", plate_no=1)


@pytest.mark.parametrize("ring", [[], [("short", b"short")]])
def test_without_a_proper_secret_nothing_is_signed(ring: list[tuple[str, bytes]]) -> None:
    with pytest.raises(ValueError, match=r"ring|secret"):
        sign_token(ring, "140926", ID, 1)
    with pytest.raises(ValueError, match=r"ring|secret"):
        is_genuine(ring, TOKEN, county="140926", plate_no=1)


@pytest.mark.parametrize("qr_id", ["k7qx2m", "k7qx2mu", "K7QX2M3", "k7qx2m3x"])
def test_only_proper_ids_are_signed(qr_id: str) -> None:
    with pytest.raises(ValueError, match="id"):
        sign_token([OLD], "140926", qr_id, 1)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://kd.jingle.gov.cn", f"https://kd.jingle.gov.cn/s/{TOKEN}"),
        ("HTTPS://KD.Jingle.gov.cn/", f"https://kd.jingle.gov.cn/s/{TOKEN}"),
        ("http://127.0.0.1:8000", f"http://127.0.0.1:8000/s/{TOKEN}"),
    ],
)
def test_the_printed_address_is_lower_case_and_has_one_slash(base: str, url: str) -> None:
    assert station_url(base, TOKEN) == url


@pytest.mark.parametrize("base", ["kd.jingle.gov.cn", "ftp://x", "", "https://"])
def test_an_address_without_http_is_not_printed(base: str) -> None:
    with pytest.raises(ValueError, match="web address"):
        station_url(base, TOKEN)


@pytest.mark.parametrize(("level", "side"), [("M", 29), ("Q", 33)])
def test_a_short_address_needs_few_modules(level: str, side: int) -> None:
    """Version 3 at M and 4 at Q, as measured in the stack report, section 7."""
    modules = qr_modules(URL, level)

    assert len(modules) == side
    assert {len(row) for row in modules} == {side}
    assert all(modules[0][:7])  # a finder pattern's upper edge
    assert not any(row[7] for row in modules[:7])


def test_another_encoder_makes_a_code_of_the_same_size() -> None:
    other = zxingcpp.create_barcode(URL, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")

    assert other.to_image(scale=1, add_quiet_zones=False).shape[0] == len(qr_modules(URL, "Q"))


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_a_drawn_code_reads_back(level: str) -> None:
    picture = Image.open(io.BytesIO(qr_png(qr_modules(URL, level), scale=4)))

    [code] = zxingcpp.read_barcodes(picture)

    assert code.text == URL
    assert code.ec_level == level


def test_the_vector_drawing_covers_just_the_black_squares() -> None:
    modules = qr_modules(URL)
    svg = ET.fromstring(qr_svg(modules, quiet=4))
    [path] = svg
    covered = set()
    for stroke in path.attrib["d"].split("M")[1:]:
        where, rest = stroke.split("h", 1)
        x, y = map(int, where.split())
        covered |= {(x - 4 + step, y - 4) for step in range(int(rest.split("v")[0]))}

    assert svg.attrib["viewBox"] == "0 0 37 37"
    assert covered == {(x, y) for y, row in enumerate(modules) for x, b in enumerate(row) if b}


def test_the_terminals_drawing_reads_back() -> None:
    lines = qr_text(qr_modules(URL), quiet=4).splitlines()
    halves = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    picture = Image.new("L", (len(lines[0]), 2 * len(lines)))
    for y, line in enumerate(lines):
        for x, glyph in enumerate(line):
            picture.putpixel((x, 2 * y), halves[glyph][0])
            picture.putpixel((x, 2 * y + 1), halves[glyph][1])
    large = picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)

    assert [code.text for code in zxingcpp.read_barcodes(large)] == [URL]


def test_squares_printed_under_nine_tenths_of_a_millimetre_are_refused() -> None:
    modules = qr_modules(URL)

    assert module_mm(modules, 37) == 1.0
    require_readable(modules, 33.31)
    with pytest.raises(Invalid) as refused:
        require_readable(modules, 33.0)
    assert refused.value.code == "qr-too-fine"
    assert "0.89 毫米" in refused.value.message
