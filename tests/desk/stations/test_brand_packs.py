"""品牌共用资料包: one paper and the photos that somebody found right, byte for byte."""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable

import pypdfium2
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.history import HistoryLine
from server.models.person import Person
from server.services.review.decisions import decide
from tests.api.events import jpeg
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, Cast, make_sign
from tests.reviews import ask_sign, make_photo


@ON_SQLITE
def test_a_pack_holds_the_paper_the_plate_and_the_newest_photo_found_right(
    app: Flask, session: Session, cast: Cast, desk_of: Callable[[Person], Desk]
) -> None:
    store = app.extensions["blobs"]
    older, right, wrong, unseen = (jpeg(shade=100 + number) for number in range(4))
    for content, days, answer in (
        (older, 9, "matches"), (right, 5, "matches"), (wrong, 2, "differs"), (unseen, 1, ""),
    ):  # fmt: skip
        store.put(content)
        photo = make_photo(session, cast.c1, content=content, days_ago=days, person_id=cast.li.id)
        if answer:
            item = ask_sign(session, cast.c1, photo)
            decide(session, item=item, decision=answer, by=cast.office, now=NOW, seen=0)
    make_sign(session, cast.c1)
    session.commit()
    desk = desk_of(cast.office)
    page = text_of(desk.get(f"/stations/{cast.c1.id}/brand-pack"))
    assert "县办（县专班）看过，相符" in page
    assert "还没有核对相符的照片" in page  # of the hours board

    sent = desk.get(f"/stations/{cast.c1.id}/brand-pack.zip?brand=中通")

    assert sent.status_code == 200
    packed = zipfile.ZipFile(io.BytesIO(sent.data))
    assert packed.namelist() == [
        "说明.txt", "备案资料表.pdf", "备案资料.xlsx", "编号和二维码牌.pdf", "门头标识牌.jpg",
        "清单.csv",
    ]  # fmt: skip
    assert packed.read("门头标识牌.jpg") == right
    listed = {
        row["文件"]: row
        for row in csv.DictReader(io.StringIO(packed.read("清单.csv").decode("utf-8-sig")))
    }
    assert all(
        row["SHA-256"] == hashlib.sha256(packed.read(name)).hexdigest()
        for name, row in listed.items()
    )
    assert "县办（县专班）看过，相符" in listed["门头标识牌.jpg"]["说明"]
    told = packed.read("说明.txt").decode("utf-8-sig")
    assert "给中通的资料包" in told
    assert hashlib.sha256(right).hexdigest() in told
    assert "没有 营业时间牌照片" in told
    sheet = pypdfium2.PdfDocument(packed.read("备案资料表.pdf"))[0].get_textpage().get_text_range()
    assert "材料包里有：门头标识牌（2023 年 6 月 30 日）" in sheet
    assert "还缺：营业时间牌。" in sheet
    assert "身份证" not in sheet
    everything = b"".join(packed.read(name) for name in packed.namelist())
    assert "身份证号" not in everything.decode("utf-8", "ignore")
    session.rollback()
    lines = session.scalars(
        select(HistoryLine.summary).where(HistoryLine.action == "file-exported")
    ).all()
    assert any("资料包-C0001" in one and "给中通，5份文件" in one for one in lines)
