"""考核 at the desk: the county writes its scheme, opens a month, gives points, issues, withdraws."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.assessment import Assessment
from server.models.history import HistoryLine
from server.models.kept_paper import KeptPaper
from server.models.person import Person, Role
from server.models.station import Stage
from tests.bodies import make_auditor, make_bureau_person
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_person
from tests.services.reporting.assessed import issued_sheet

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
SCHEME = {
    "whom": "townships", "name": "静乐县乡镇考核办法", "basis": "专班会议", "from_on": "2023-01-01",
    "title-0": "村级站备案", "points-0": "60", "way-0": "share",
    "measure-0": "village_point.filed", "untold-0": "ask",
    "title-1": "村级站建成", "points-1": "30", "way-1": "bands",
    "measure-1": "village_point.built", "bands-1": "100:30 0:0",
    "title-2": "组织<b>领导", "points-2": "10", "way-2": "hand",
}  # fmt: skip


def hidden(desk: Desk, path: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', desk.get(path).get_data(as_text=True))
    assert found is not None, (path, name)
    return found[1]


@pytest.fixture
def own(session: Session, cast: Cast) -> Person:
    return make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code,
        login="echeng",
    )  # fmt: skip


def test_a_county_writes_its_scheme_assesses_a_month_and_takes_it_back(
    session: Session, cast: Cast, desk_of: DeskOf, own: Person
) -> None:
    office, last = desk_of(cast.office), clock.today() - timedelta(days=1)
    for one in (cast.c1, cast.c2, cast.c3):
        one.stage = Stage.BUILT_BEFORE
    session.commit()
    empty = text_of(office.get("/assessments/schemes"))
    asked = {
        "whom": "townships", "period": "month", "from_on": (last - timedelta(days=29)).isoformat(),
        "until_on": last.isoformat(),
        "chosen": [cast.township.code, cast.other_township.code],
    }  # fmt: skip
    early = office.shown("/assessments", **asked)
    office.done("/assessments/schemes", **SCHEME, seen="0")
    twice = office.shown("/assessments/schemes", **{**SCHEME, "title-2": "另写的"}, seen="0")
    office.done("/assessments", **asked)
    sheet_id = session.scalars(select(Assessment.id)).one()
    page = f"/assessments/{sheet_id}"
    rows = {one: f"{page}/rows/{one}" for one in (cast.township.code, cast.other_township.code)}
    here = office.get(rows[cast.township.code])
    refused = office.shown(
        rows[cast.township.code], seen=hidden(office, rows[cast.township.code], "seen"),
        **{"points-i3": "8", "reason-i3": "", "points-i1": "60"},
    )  # fmt: skip
    for path in rows.values():
        office.done(
            path, seen=hidden(office, path, "seen"),
            **{"points-i2": "15", "reason-i2": "看过现场", "points-i3": "8", "reason-i3": "台账齐"},
        )  # fmt: skip
    unseen = desk_of(own).get(page).status_code
    issued = desk_of(cast.office).done(f"{page}/issue", seen=hidden(office, page, "seen"))
    mine, book = desk_of(own).get(page), desk_of(own).get(f"{page}.xlsx")
    others = desk_of(own).get(rows[cast.other_township.code]).status_code
    cast.c1.filed_on = None
    session.commit()
    later = text_of(desk_of(cast.office).get(page))
    desk_of(cast.office).done(f"{page}/withdraw", reason="有一处要更正")
    taken_back = text_of(desk_of(own).get(page))
    marked = desk_of(cast.office).get(f"{page}.xlsx")

    assert "本县还没有登记乡镇考核办法" in empty
    assert "还没有施行的乡镇考核办法" in text_of(early)
    assert "别人已经存了第1版" in text_of(twice)
    assert "另写的" in twice.get_data(as_text=True)
    assert "组织&lt;b&gt;领导" in here.get_data(as_text=True)
    assert "2站说不清" in text_of(here)
    assert "0—30 有说不清的，由人定" in text_of(here)
    assert "请写一句原因" in text_of(refused)
    assert (unseen, others) == (404, 404)
    assert "考核结果发布了" in issued
    assert "鹅城镇" in text_of(mine)
    assert "杜家村镇" not in text_of(mine)
    sheet = openpyxl.load_workbook(BytesIO(book.data))["名次"]
    assert list(sheet.iter_rows(min_row=2, values_only=True)) == [(1, "鹅城镇", 83, 60, 15, 8)]
    assert "1 处数据后来变了 （发布的结果不变）" in later
    assert "表里是 2/2站，现在是 1/2站" in later
    assert "有一处要更正" in taken_back
    told = openpyxl.load_workbook(BytesIO(marked.data))["说明"]
    assert any("已撤回" in str(one) for one in next(told.iter_rows(min_row=2, values_only=True)))
    stages = session.execute(select(KeptPaper.stage, KeptPaper.kind).order_by(KeptPaper.id)).all()
    assert [tuple(one) for one in stages] == [
        ("", "pdf"), ("", "xlsx"), (cast.township.code, "xlsx"), ("-w", "xlsx")
    ]  # fmt: skip


def test_files_are_given_as_kept_and_an_auditors_is_written_down(
    session: Session, cast: Cast, desk_of: DeskOf, standards: Any
) -> None:
    sheet = issued_sheet(session, cast, standards)
    session.commit()
    reader, colleague = make_auditor(session), make_bureau_person(session)
    session.commit()
    auditor = desk_of(reader)
    files = [auditor.get(f"/assessments/{sheet.id}.{kind}") for kind in ("pdf", "xlsx")]
    again = desk_of(colleague).get(f"/assessments/{sheet.id}.pdf")
    lines = session.scalars(
        select(HistoryLine.summary).where(HistoryLine.action == "file-taken")
    ).all()

    assert [one.status_code for one in files] == [200, 200]
    assert files[0].data.startswith(b"%PDF")
    assert again.data == files[0].data
    assert sum("乡镇月度考核" in one for one in lines) == 2


def test_what_is_typed_oddly_is_refused_in_words_and_stays_in_the_form(
    cast: Cast, desk_of: DeskOf
) -> None:
    office = desk_of(cast.office)
    wrong = office.shown("/assessments/schemes", **{**SCHEME, "points-1": "三十"}, seen="0")
    day = office.shown("/assessments/schemes", **{**SCHEME, "from_on": "明天"}, seen="0")
    whom = office.get("/assessments?whom=%27%22").status_code
    unknown = [
        office.get(path).status_code
        for path in ("/assessments/999999", "/assessments/schemes/999999", "/assessments/1/rows/x")
    ]

    assert "第2行“村级站建成”的分值应是大于0的数" in text_of(wrong)
    assert "组织&lt;b&gt;领导" in wrong.get_data(as_text=True)
    assert "施行日期" in text_of(day)
    assert whom == 200
    assert unknown == [404] * 3
