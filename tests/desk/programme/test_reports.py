"""每月报送 at the desk: the liaison writes and hands in, the office accepts, files are kept."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.calendar import first_of_month, full_month_text, month_of
from server.http import clock
from server.models.kept_paper import KeptPaper
from server.models.monthly_report import MonthlyReport, MonthlyReportVersion, MonthlySummary
from server.models.organisation import Organisation
from server.models.person import Person
from tests.bodies import make_bureau_person, make_organisation
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, named, text_of
from tests.desk.programme.reported import report_this_month
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def liaison(session: Session, cast: Cast) -> Person:
    unit = make_organisation(session)
    person = make_bureau_person(session, unit, name="周联络", login="zhou")
    unit.liaison_id = person.id
    session.flush()
    return person


def path_of(liaison: Person) -> str:
    return f"/reports/{liaison.organisation_id}/{month_of(clock.today())}"


def filled(desk: Desk, path: str, **more: str) -> dict[str, str]:
    """The form as the page has it, with what a liaison types."""
    page = desk.get(path).get_data(as_text=True)
    hidden = dict(re.findall(r'name="(seal|figures)" value="([^"]*)"', page))
    return {
        **hidden, "do": "hand_in", "progress": "补助已拨付。", "problems": "", "next": "按月核对。",
        "blank_problems": "nothing",
    } | more  # fmt: skip


def test_a_liaison_hands_in_and_the_office_accepts(
    session: Session, cast: Cast, desk_of: DeskOf, liaison: Person
) -> None:
    path, month = path_of(liaison), full_month_text(clock.today())
    bureau = desk_of(liaison)
    draft = bureau.done(path, **filled(bureau, path, do="save", progress="写了一半"))
    asked = bureau.shown(path, **filled(bureau, path, blank_problems=""))
    handed = bureau.done(path, **filled(bureau, path, progress="拨付到6月。\n<b>已核</b>"))
    again = bureau.shown(path, **filled(bureau, path, progress="拨付到6月。\n<b>已核</b>"))
    office = desk_of(cast.office)
    read = office.get(path)
    accepted = office.done(f"{path}/accept", version="1")
    closed = desk_of(liaison).get(path)

    assert "草稿存好了，还没有报" in draft
    assert "先这样报" in text_of(asked)
    assert "报上去了" in handed
    assert "内容和数字都没有变" in text_of(again)
    assert "&lt;b&gt;已核&lt;/b&gt;" in read.get_data(as_text=True)
    assert "本月无此项" in text_of(read)
    assert f"财政局 {month}报送" in accepted
    assert "审定第 1 版" in accepted
    assert "已审定：财政局" in text_of(closed)
    kinds = session.scalars(select(KeptPaper.kind).order_by(KeptPaper.kind)).all()
    assert kinds == ["docx", "pdf", "xlsx"]


def test_a_version_that_was_given_back_or_written_anew_says_so_by_its_name(
    session: Session, cast: Cast, desk_of: DeskOf, liaison: Person
) -> None:
    path = path_of(liaison)
    bureau = desk_of(liaison)
    bureau.done(path, **filled(bureau, path, progress="拨付到5月。"))
    paper = f"{path}/versions/1.pdf"

    fresh = named(bureau.get(paper))
    office = desk_of(cast.office)
    office.done(f"{path}/return", version="1", reason="少了6月")
    returned = named(office.get(paper))
    bureau = desk_of(liaison)
    bureau.done(path, **filled(bureau, path, progress="拨付到6月。", because="补6月"))

    assert fresh.endswith("报送（第1版）.pdf")
    assert returned.endswith("报送（第1版，已退回）.pdf")
    assert named(bureau.get(paper)).endswith("报送（第1版，已有第2版）.pdf")
    assert named(bureau.get(f"{path}/versions/2.pdf")).endswith("报送（第2版）.pdf")


def test_files_are_the_same_whenever_they_are_asked_for(
    session: Session, cast: Cast, desk_of: DeskOf, liaison: Person, standards: Any
) -> None:
    month = report_this_month(session, cast, liaison, standards)
    session.commit()
    office = desk_of(cast.office)
    first = f"/reports/{liaison.organisation_id}/{month}/versions/1"
    files = {kind: office.get(f"{first}.{kind}") for kind in ("pdf", "docx", "xlsx")}
    summary = {kind: office.get(f"/reports/summary/{month}/1.{kind}") for kind in files}
    again = office.get(f"{first}.pdf")

    assert [one.status_code for one in (*files.values(), *summary.values())] == [200] * 6
    assert again.data == files["pdf"].data
    assert files["pdf"].data.startswith(b"%PDF")
    words = "\n".join(one.text for one in docx.Document(BytesIO(files["docx"].data)).paragraphs)
    assert "一、工作开展情况" in words
    assert "（本月无此项）" in words
    assert "县办于" in words
    book = openpyxl.load_workbook(BytesIO(summary["xlsx"].data))
    told = dict(book["报送"].iter_rows(min_row=2, values_only=True))
    assert told["报齐没有"] == "1个单位，汇总1个"
    assert "（财政局）补助已拨付。\n（财政局）核对了件数。" in told["工作开展情况"]
    session.execute(update(KeptPaper).where(KeptPaper.kind == "pdf").values(content=b"%PDF-x"))
    session.commit()
    assert "没有给出" in text_of(office.get(f"{first}.pdf"))


def test_two_at_one_draft_are_asked_which_words_to_take(
    session: Session, cast: Cast, desk_of: DeskOf, liaison: Person
) -> None:
    path = path_of(liaison)
    bureau, office = desk_of(liaison), desk_of(cast.office)
    theirs = filled(office, path, do="save", progress="县办写的")
    mine = filled(bureau, path, do="save", progress="联络员写的")
    desk_of(cast.office).done(path, **theirs)
    clash = desk_of(liaison).shown(path, **mine)

    assert clash.status_code == 409
    assert "两个人都改了，用哪一个" in text_of(clash)
    assert session.scalars(select(MonthlyReport.progress)).one() == "县办写的"


def test_long_texts_and_strange_months_are_refused_in_words(
    session: Session, cast: Cast, desk_of: DeskOf, liaison: Person
) -> None:
    path, bureau = path_of(liaison), desk_of(liaison)
    long = bureau.shown(path, **filled(bureau, path, progress="长" * 5000))
    unit = f"/reports/{liaison.organisation_id}"
    strange = [
        bureau.get(f"{unit}/{month}").status_code
        for month in ("2023-13", "gestern", "0001-01", "9999-12", "２０２３-07")
    ]

    assert "写了5000个字，最多能记2000个字" in text_of(long)
    assert "长" * 5000 in long.get_data(as_text=True)
    assert strange == [404] * 5
    assert session.scalars(select(MonthlyReportVersion)).all() == []
    assert "还没有开始" in text_of(bureau.get(f"{unit}/2199-01"))
    assert "没有要求财政局报送" in text_of(bureau.get(f"{unit}/2020-01"))


def test_the_office_enters_what_came_on_paper(
    session: Session, cast: Cast, desk_of: DeskOf, liaison: Person
) -> None:
    path, office = path_of(liaison), desk_of(cast.office)
    nameless = office.shown(path, **filled(office, path))
    words = office.done(path, **filled(office, path, source="微信，周联络发来"))

    assert "请写明依据" in text_of(nameless)
    assert "县办代录（微信，周联络发来）" in words


def test_xiping_has_no_such_page_line_or_reminder(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.outsider)
    answer = desk.get("/reports")

    assert answer.status_code == 404
    assert "没有要求成员单位每月报送，所以没有这一页" in text_of(answer)
    assert "每月报送" not in text_of(desk.get("/account"))


def test_a_township_comes_in_where_the_county_adds_townships(
    session: Session, cast: Cast, desk_of: DeskOf, liaison: Person
) -> None:
    before = desk_of(cast.officer).get("/reports").status_code
    office = desk_of(cast.office)
    page = office.get("/reports/settings").get_data(as_text=True)
    seal = re.search(r'name="seal" value="([^"]*)"', page)
    assert seal is not None
    month = month_of(first_of_month(clock.today()))
    form = {"seal": seal[1], "day": "20", "first": month, "last": "", "townships": "yes"}
    refused = office.shown("/reports/settings", **form, reason=" ")
    office.done("/reports/settings", **form, reason="专班会议定的")

    assert before == 404
    assert "请写一句修改的原因" in text_of(refused)
    assert desk_of(cast.officer).get("/reports").status_code == 200
    assert "每月报送" in text_of(desk_of(cast.officer).get("/account"))
    assert month_of(clock.today()) in cast.county.options["monthly_report"]["first"]


def test_a_unit_without_liaison_is_named_and_the_summary_says_who_is_missing(
    session: Session, cast: Cast, desk_of: DeskOf, liaison: Person, standards: Any
) -> None:
    report_this_month(session, cast, liaison, standards)
    make_organisation(session, name="静乐县工信局")
    session.commit()
    office = desk_of(cast.office)
    page = text_of(office.get("/reports"))
    stale = office.shown("/reports/summary", month=month_of(clock.today()), seen="0", words="x")
    html = office.get("/reports").text
    shown = re.findall(r'name="(seen_units|seen_figures)" value="(\w+)"', html)
    assert "汇总里的全县数字" in html
    office.done(
        "/reports/summary", month=month_of(clock.today()), seen="1", because="工信局没报", words="",
        **dict(shown),
    )  # fmt: skip

    assert "工信局 没有登记" in page
    assert "刚才已经出过第1版汇总" in text_of(stale)
    newest = session.scalars(select(MonthlySummary).order_by(MonthlySummary.version.desc())).first()
    assert newest is not None
    units = {one["unit_short"]: one["missing"] for one in newest.content["units"]}
    assert units["财政局"] == ""
    assert units["工信局"].startswith("还没报")
    assert session.scalars(select(Organisation.id)).all()
