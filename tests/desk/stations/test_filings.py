"""末端备案 at the desk: the list, a station's steps, its receipt and the papers for its opener."""

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.filing import FilingStep
from server.models.inspection import InspectionOutcome, Visit
from server.models.person import Person, Role
from server.models.station import Station
from server.settings import Settings
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_inspection, make_person
from tests.keepers_days import photographed
from tests.queries import queries

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
PDF = b"%PDF-1.7\nreceipt\n%%EOF\n"


@pytest.fixture
def open_c1(session: Session, cast: Cast) -> Station:
    """C0001, opened eighteen days ago and not filed."""
    c1 = cast.c1
    c1.opened_on, c1.filed_on, c1.filed_name, c1.filing_number = (
        clock.today() - timedelta(18), None, "", "",
    )  # fmt: skip
    session.commit()
    return c1


def rows_of(content: bytes) -> list[tuple[str, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [tuple(str(cell or "") for cell in row) for row in sheet.values]


def seen_in(page: Any) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page.get_data(as_text=True))
    assert found is not None
    return found.group(1)


def steps(session: Session) -> list[str]:
    return [one.kind.value for one in session.scalars(select(FilingStep).order_by(FilingStep.id))]


def test_from_submitted_to_receipt_on_the_desk(
    session: Session, cast: Cast, desk_of: DeskOf, open_c1: Station
) -> None:
    where = f"/filings/{open_c1.id}"
    clerk = make_person(session, name="企业员", role=Role.OPERATOR, operator_id=open_c1.operator_id)
    desk = desk_of(clerk)
    shown = desk.get(where)
    assert "备案办好了" not in text_of(shown)  # that is not the clerk's to say
    desk.done(f"{where}/steps", what="submitted", on=clock.today().isoformat(), seen=seen_in(shown))

    desk = desk_of(cast.office)
    shown = desk.get(where)
    page = desk.done(
        f"{where}/steps", what="filed", on=clock.today().isoformat(), number="晋忻0001",
        name=open_c1.name, seen=seen_in(shown), receipt=(io.BytesIO(PDF), "回执 <1>.pdf"),
    )  # fmt: skip

    assert "已备案" in page
    assert "企业员" in page
    assert "回执 1.pdf" in page
    assert steps(session) == ["submitted", "filed"]
    sha = session.scalars(select(FilingStep.receipt_sha256)).all()[1]
    assert sha in page
    number = session.scalars(select(FilingStep.id)).all()[1]
    receipt = desk.get(f"/filings/receipts/{number}")
    assert receipt.data == PDF
    assert receipt.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in receipt.headers["Content-Security-Policy"]
    receipt.close()


def test_a_step_sent_twice_or_over_a_colleagues_is_told_and_what_was_typed_stays(
    session: Session, cast: Cast, desk_of: DeskOf, open_c1: Station
) -> None:
    desk, where = desk_of(cast.office), f"/filings/{open_c1.id}"
    form = {"what": "submitted", "on": clock.today().isoformat(), "seen": "0"}
    desk.done(f"{where}/steps", **form)

    again = desk.post_and_go_on(f"{where}/steps", **{**form, "what": "filed", "number": "晋<b>7"})

    assert desk.answered == 303
    assert again.status_code == 409
    assert "县办记了“提交了备案材料”" in text_of(again)
    assert 'value="晋&lt;b&gt;7"' in again.get_data(as_text=True)
    assert steps(session) == ["submitted"]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"what": "asked", "text": " "}, "请写明要求补正什么"),
        ({"what": "submitted", "on": ""}, "请写明是哪一天"),
        ({"what": "submitted", "on": "2099-01-01"}, "还没有到"),
        ({"what": "filed", "number": "九" * 61}, "最多能记60个字"),
        ({"what": "nonsense"}, "请先选好要记哪一步"),
        ({"what": "voided", "corrects": "9", "reason": "错"}, "不能更正或作废"),
    ],
)
def test_what_is_missing_is_asked_for(
    session: Session, cast: Cast, desk_of: DeskOf, open_c1: Station, form: dict[str, str], told: str
) -> None:
    desk, where = desk_of(cast.office), f"/filings/{open_c1.id}"
    if form["what"] == "asked":
        desk.done(f"{where}/steps", what="submitted", on=clock.today().isoformat(), seen="0")
    seen = seen_in(desk.get(where))

    answer = desk.post_and_go_on(
        f"{where}/steps", **{"on": clock.today().isoformat(), "seen": seen, **form}
    )

    assert told in text_of(answer)
    assert "filed" not in steps(session)


def test_the_list_counts_narrows_and_exports_what_each_sees(
    session: Session, cast: Cast, desk_of: DeskOf, open_c1: Station
) -> None:
    cast.c3.coop_modes, cast.c3.filed_on = ["postal_coop"], None
    session.commit()
    desk = desk_of(cast.office)

    page = text_of(desk.get("/filings"))
    assert "还有2天" in page
    assert "有 1 个站“未定”" in page
    assert "舍科村" not in text_of(desk.get("/filings?state=soon"))
    assert "没有这样的站点" in text_of(desk.get("/filings?q=没有<b>这个"))
    table = desk.get("/filings/export.xlsx?state=waiting")
    rows = list(openpyxl.load_workbook(io.BytesIO(table.data)).worksheets[0].values)
    assert [row[0] for row in rows[1:]] == ["C0001"]
    assert rows[1][7] == "还有2天"

    officers = text_of(desk_of(cast.officer).get("/filings"))
    assert "舍科村" in officers
    assert "马家沟村" not in officers
    assert "到期前几天提醒" not in officers


def test_the_days_of_reminders_are_the_countys_choice_with_a_reason(
    session: Session, cast: Cast, desk_of: DeskOf, open_c1: Station
) -> None:
    desk = desk_of(cast.office)
    found = re.search(r'name="seal" value="(\w+)"', desk.get("/filings").get_data(as_text=True))
    assert found is not None
    seal = found.group(1)
    wrong = desk.post_and_go_on(
        "/filings/reminders", filing_remind_days="两天", reason="x", seal=seal
    )
    assert "0到15之间的整数" in text_of(wrong)

    desk.done("/filings/reminders", filing_remind_days="1", reason="专班会议", seal=seal)

    assert "没有这样的站点" in text_of(desk.get("/filings?state=soon"))
    late = desk.post_and_go_on("/filings/reminders", filing_remind_days="9", reason="x", seal=seal)
    assert "别人已经改过县设置" in text_of(late)


def test_the_papers_of_one_station_and_of_one_opener_carry_their_hashes(
    session: Session, cast: Cast, blobs: FolderStore, desk_of: DeskOf, open_c1: Station
) -> None:
    photo = photographed(session, blobs, open_c1, cast.li)
    open_c1.name = "马家沟/村站"
    session.commit()
    desk = desk_of(cast.office)

    one = desk.get(f"/filings/{open_c1.id}/pack.zip")
    with zipfile.ZipFile(io.BytesIO(one.data)) as packed:
        names = packed.namelist()
        told = list(csv.reader(io.StringIO(packed.read("清单.csv").decode("utf-8-sig"))))
        assert packed.testzip() is None
        assert packed.read("备案资料表.pdf").startswith(b"%PDF-")
        table = rows_of(packed.read("备案资料.xlsx"))
        gaps = rows_of(packed.read("还缺什么.xlsx"))
    assert names == [
        "备案资料表.pdf", "备案资料.xlsx", "还缺什么.xlsx", "C0001 马家沟 村站/接待台席.jpg",
        "清单.csv",
    ]  # fmt: skip
    assert told[4][2] == photo.sha256
    filled = dict(zip(table[0], table[1], strict=True))
    assert (filled["网点名称"], filled["编号"]) == ("马家沟/村站", "C0001")
    assert filled["联系电话"] == open_c1.head_phone
    lacking = {line[2] for line in gaps[1:] if line[0] == "C0001"}
    # Exactly what the table has empty, and the photos that are not packed.
    assert lacking == {word for word, value in filled.items() if not value} | {
        "照片：门头标识牌", "照片：营业时间牌",
    }  # fmt: skip
    assert "场所类型" in lacking
    assert [line[0] for line in gaps[1:]].count("每个站") == 4
    assert one.headers["Content-Disposition"].isascii()
    assert unquote(one.headers["Content-Disposition"]).startswith(
        "attachment; filename=files.zip; filename*=UTF-8''备案材料-C0001 马家沟 村站-"
    )

    opener = "山西壹公里快递有限公司"
    many = desk.get(f"/filings/pack.zip?opener={opener}")
    with zipfile.ZipFile(io.BytesIO(many.data)) as packed:
        assert "3个站的备案资料表" in packed.read("清单.csv").decode("utf-8-sig")
    assert "请先选一家开办企业" in text_of(desk.get("/filings/pack.zip"))


def test_no_photo_of_a_secret_visit_goes_to_the_opener(
    session: Session, cast: Cast, blobs: FolderStore, desk_of: DeskOf, open_c1: Station
) -> None:
    photo = photographed(session, blobs, open_c1, cast.li)
    session.commit()
    where = f"/filings/{open_c1.id}/pack.zip"
    with zipfile.ZipFile(io.BytesIO(desk_of(cast.office).get(where).data)) as packed:
        assert [name for name in packed.namelist() if name.endswith(".jpg")]
    place = Visit(id=None, county=open_c1.county, station_id=open_c1.id)
    secret = make_inspection(session, place, cast.wang.id, outcome=InspectionOutcome.COVERT)
    photo.event_id = secret.id
    session.commit()
    with zipfile.ZipFile(io.BytesIO(desk_of(cast.office).get(where).data)) as packed:
        assert not [name for name in packed.namelist() if name.endswith(".jpg")]


@pytest.mark.parametrize("kind", ["off", "worked"])
def test_list_and_first_page_count_by_the_days_off_of_this_installation(
    session: Session, cast: Cast, desk_of: DeskOf, app: Flask, settings: Settings, tmp_path: Path,
    open_c1: Station, kind: str,
) -> None:  # fmt: skip
    """The last day was yesterday; by a notice of the county's own it is off, so nobody is late."""
    today, off = clock.today(), kind == "off"
    open_c1.opened_on = today - timedelta(21)
    cast.county.options = {"policy": {"deadline_on_day_off": "moved"}}
    session.commit()
    own = tmp_path / "standards"
    shutil.copytree(settings.standards, own)
    for path in own.rglob("*-holidays.yaml"):
        path.unlink()
    yesterday, tomorrow = today - timedelta(1), today + timedelta(1)
    for year in {yesterday.year, today.year, tomorrow.year, (today + timedelta(5)).year}:
        first, last = max(yesterday, date(year, 1, 1)), min(today, date(year, 12, 31))
        period = (
            f"[{{name: 县庆, from: {first}, until: {last}}}]" if off and first <= last else "[]"
        )
        worked = [] if off else [one for one in (yesterday, today) if one.weekday() > 4]
        (own / "national" / f"{year}-holidays.yaml").write_text(
            f"year: {year}\nsource: {{title: 县里的, number: 一, issued_on: {year}-01-01}}\n"
            f"days_off: {period}\nworking_weekends: [{', '.join(map(str, worked))}]\n",
            "utf-8",
        )
    app.extensions["settings"] = replace(settings, standards=own)
    desk = desk_of(cast.office)

    listed = text_of(desk.get("/filings?state=overdue"))
    first_page = desk.get("/").get_data(as_text=True)
    assert ("马家沟村" in listed) is not off
    none_late = re.search(r'href="/desk/filings\?state=overdue">[^<]* 0</a>', first_page)
    assert (none_late is not None) is off


def test_the_list_asks_the_database_equally_often_for_any_number_of_stations(
    session: Session, cast: Cast, desk_of: DeskOf, open_c1: Station
) -> None:
    desk = desk_of(cast.office)
    desk.get("/filings")
    with queries(session) as every:
        desk.get("/filings")
    cast.c2.closed_on = cast.c3.closed_on = clock.today()
    session.commit()
    with queries(session) as fewer:
        desk.get("/filings")

    assert len(every) == len(fewer)
