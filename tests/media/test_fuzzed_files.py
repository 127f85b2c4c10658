"""Files, codes and tables with something wrong in them: read, or refused in words; never a fault."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from PIL import Image

from server.errors import Problem
from server.media.paper.qr import is_genuine, split_token, token_in
from server.media.pictures.images import admit, look_at_photo, rendition
from server.media.sheets.reading import open_book
from server.policy.document import StandardError
from server.policy.outline import Datum, outline_of
from server.policy.plan.reading import load_programme
from server.policy.standard.standards import load_standard
from server.services.common.office_lists import ListColumn, read_list
from server.services.intake.unsent_files import read_head, read_lines
from server.services.registry.sheet_table import find_table
from server.settings import ROOT
from tests.factories import RING
from tests.fuzzing import LONG, ODD_TEXTS, damaged, tried
from tests.media.scenes import saved, scene, with_exif
from tests.sheets import Tab, day, formula, number, xlsx

pytestmark = pytest.mark.timeout(3000 if LONG else 300)
MANY = 1000


def refused_or_read(
    deed: Callable[[bytes], Any], *refusals: type[Exception]
) -> Callable[..., None]:
    def each(content: bytes) -> None:
        try:
            deed(content)
        except refusals as refusal:
            assert re.search("[一-鿿]", str(refusal)), refusal  # noqa: PT017

    return each


def test_photos_and_what_their_cameras_wrote() -> None:
    small = scene(1, (160, 120))
    photos = [
        saved(small), saved(small, "JPEG", progressive=True), saved(small, "PNG"),
        saved(small, "WEBP"), saved(small.convert("L")), saved(small.convert("CMYK")),
        saved(small.convert("RGBA"), "PNG"), saved(small.convert("P"), "PNG"), with_exif(6),
    ]  # fmt: skip

    def open_all(content: bytes) -> None:
        admit(content)
        json.dumps(look_at_photo(content).exif, allow_nan=False)
        with Image.open(io.BytesIO(rendition(content, 64, stamp=["村"]))) as shown:
            shown.load()

    exif = photos[-1].index(b"Exif")
    for photo in photos:
        tried(damaged(photo), refused_or_read(open_all, Problem), some=25, many=MANY)
    # Damage within the camera's own words alone, which a whole picture follows.
    within = damaged(photos[-1][exif : exif + 300]).map(
        lambda spoiled: photos[-1][:exif] + spoiled + photos[-1][exif + 300 :]
    )
    tried(within, refused_or_read(open_all, Problem), some=25, many=MANY)


def test_tables() -> None:
    whole = xlsx(
        Tab(
            [["乡镇", "村", "站点名称", "面积", "开始日期"],
             ["鹅城镇", "宋家村", "甲站", number(12), day(date(2026, 7, 3))],
             ["", "马家沟村", formula("A1", "乙"), number(8.5), ""]],
            merges=["A2:A3"], hidden_rows=[3], hidden_columns=[4],
        )
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    columns = [ListColumn("name", "站点名称"), ListColumn("village", "村")]

    def read(content: bytes) -> None:
        for look in (
            lambda: find_table(open_book(content, "a.xlsx")),
            lambda: read_list(content, "a.xlsx", columns=columns, needs="name"),
        ):
            try:
                look()
            except Problem as problem:
                assert problem.message  # noqa: PT017

    def packed_again(name: str, spoiled: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as again:
            for part, content in parts.items():
                again.writestr(part, spoiled if part == name else content)
        return out.getvalue()

    for name, content in parts.items():
        spoiled = damaged(content).map(lambda one, name=name: packed_again(name, one))
        tried(spoiled, read, some=10, many=MANY)
    tried(damaged(whole), read, some=20, many=MANY)
    csv = '乡镇,村,站点名称\n鹅城镇,宋家村,\'=甲\n,"乙\n丙",丁\n'
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        tried(damaged(csv.encode(encoding)), read, some=10, many=MANY)


def test_outlines_and_standards(tmp_path: Path) -> None:
    ring = [[111.9, 38.3], [112.0, 38.3], [112.0, 38.4], [111.9, 38.3]]
    outline = json.dumps({"type": "Polygon", "coordinates": [ring]}).encode()
    for datum in Datum:
        tried(
            damaged(outline), refused_or_read(lambda c, d=datum: outline_of(c, d), Problem),
            some=50, many=MANY,
        )  # fmt: skip

    def as_file(load: Callable[[Path], Any], name: str) -> Callable[[bytes], Any]:
        place = tmp_path / name

        def each(content: bytes) -> None:
            place.write_bytes(content)
            load(place)

        return each

    standard = ROOT / "standards/shanxi/2023-04-11-station-trial.yaml"
    programme = ROOT / "standards/shanxi/jingle/2023-programme.yaml"
    for load, file in ((load_standard, standard), (load_programme, programme)):
        tried(
            damaged(file.read_bytes()),
            refused_or_read(as_file(load, file.name), StandardError, Problem),
            some=6, many=MANY // 5,
        )  # fmt: skip


def test_codes_of_plates() -> None:
    def ask(text: str) -> None:
        token_in(text)
        split_token(text)
        assert not is_genuine(RING, text, county="140926", plate_no=1)

    tried(ODD_TEXTS, ask, some=200, many=MANY)
    near = st.from_regex(r"https?://[^ ]{0,20}/s/[0-9a-hjkmnp-tv-zA-Z-]{0,20}[?#/]?.?")
    tried(near, ask, some=200, many=MANY)


def test_files_of_phones(tmp_path: Path) -> None:
    from tests.api.events import batch, count, note, photo
    from tests.unsent_file import end, record
    from tests.unsent_file import photo as photo_line

    item = note(1, photo(b"x" * 50))
    lines = [record(count(1)), record(item), photo_line(item["photos"][0], item, b"x" * 50)]
    head = {"what": "cunzhantong-unsent", "version": 1, "made_at": "2026-07-03T01:02:03.000Z",
            "clock_offset_ms": 0, "device_id": "phone-1", "county": "140926",
            "person": {"id": 1, "name": "老李"}}  # fmt: skip
    whole = b"".join(json.dumps(one).encode() + b"\n" for one in [head, *lines, end(*lines)])
    assert batch()
    place = tmp_path / "a.txt"

    def read(content: bytes) -> None:
        place.write_bytes(content)
        read_head(place)
        list(read_lines(place))

    tried(damaged(whole), refused_or_read(read, Problem), some=150, many=2 * MANY)
