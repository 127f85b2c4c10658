"""件数对账 at the desk: a file looked at and entered, days decided one by one and many, tables."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import first_of_month
from server.http import clock
from server.models.county import Operator
from server.models.operator_total import OperatorFile, ReconciliationDecision
from server.models.person import Person, Role
from server.models.station import Station
from server.services.common.phone_items import CountEntry
from server.services.common.queues import Asked
from server.services.days.counts import correct_count
from server.services.days.reconciliation_lists import recent_waiting
from server.services.days.reconciliation_queue import reconciliation_queue
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_person

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
PDF = b"%PDF-1.4\n1 0 obj\n%%EOF"


@pytest.fixture
def last_month() -> date:
    return first_of_month(first_of_month(clock.today()) - timedelta(days=1))


def report(session: Session, cast: Cast, station: Station, day_on: date, received: int) -> None:
    entry = CountEntry(day_on, received, sent=3, agri_sent=1, reason="电话报的")
    correct_count(session, station=station, entry=entry, by=cast.office, now=clock.now())


def table(month_on: date, *lines: tuple[str, int, int, int]) -> bytes:
    rows = [f"{code},{month_on:%Y-%m}-{day:02d},{a},{b}" for code, day, a, b in lines]
    return "\n".join(["编号,日期,下行,上行", *rows]).encode()


def upload(desk: Desk, month_on: date, content: bytes, **form: object) -> str:
    """Choose a file; gives the words of the page that follows, and keeps where that is."""
    answer = desk.post(
        "/operator-totals", month=f"{month_on:%Y-%m}", file=(BytesIO(content), "扫描量.csv"), **form
    )
    desk.location = answer.location or ""
    return text_of(desk.client.get(answer.location) if answer.location else answer)


def enter(desk: Desk) -> str:
    """Press 确认录入 on the preview."""
    shown = desk.client.get(desk.location).get_data(as_text=True)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))
    hidden.pop("csrf", None)
    path = desk.location.partition("?")[0].removeprefix("/desk")
    return desk.done(path, **{name: unescape(value) for name, value in hidden.items()})


def boxes(page: str) -> list[str]:
    return re.findall(r'name="day" value="([^"]+)"', page)


def test_a_file_is_entered_and_its_differences_decided(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    office, month = desk_of(cast.office), f"{last_month:%Y-%m}"
    for day, received in ((3, 12), (4, 20), (5, 7)):
        report(session, cast, cast.c1, last_month.replace(day=day), received)
    report(session, cast, cast.c2, last_month.replace(day=4), 9)
    lines = (("C0001", 3, 12, 3), ("C0001", 4, 18, 3), ("C0001", 6, 5, 0), ("C0002", 4, 8, 3))
    nothing_given = text_of(office.get(f"/reconciliation?month={month}"))
    assert "等决定 0 有差异 0" in nothing_given
    assert "企业还没交 4 站长报了" in nothing_given
    assert reconciliation_queue(session, Asked(cast.office, clock.now())).number == 0

    assert "请选择是哪家企业的数" in upload(office, last_month, table(last_month, *lines))
    firm = str(cast.c1.operator_id)
    wrong = upload(office, last_month, table(last_month, ("C9", 3, -1, 0)), operator=firm)
    assert "没有编号是“C9”的站点" in wrong
    assert "不能是负数" in wrong
    assert "确认录入" not in wrong
    marked = office.client.get(office.location.replace("?", "/marked.xlsx?"))
    assert marked.data[:2] == b"PK"
    assert "新的 4" in upload(office, last_month, table(last_month, *lines), operator=firm)
    told = enter(office)
    assert "企业数已录入：4个站点日，收43寄9" in told
    [file] = session.scalars(select(OperatorFile))
    kept = office.get(f"/operator-totals/files/{file.id}/file")
    assert (kept.data, kept.mimetype) == (table(last_month, *lines), "text/csv")
    assert "等决定 4 有差异 2，缺企业数 1，缺站长数 1" in told
    assert "对上了 1 一致 1" in told

    asked = recent_waiting(session, county="140926", today=clock.today(), seen_by=cast.office)
    assert len(asked) == 4
    assert "件数对账等决定 4 天" in text_of(office.get("/"))
    recent = office.get("/reconciliation?month=recent").get_data(as_text=True)
    assert len(boxes(recent)) == 4

    # Together: the ticked ones by the operator's numbers; the one that changed is left out.
    ticked = boxes(
        office.get(f"/reconciliation?month={month}&state=differs").get_data(as_text=True)
    )
    assert len(ticked) == 2
    report(session, cast, cast.c2, last_month.replace(day=4), 10)
    bare = office.shown(f"/reconciliation?month={month}", day=ticked, choice="operator", reason="")
    assert "请写明为什么这样定" in text_of(bare)
    assert bare.get_data(as_text=True).count(" checked") == 1  # what still stands is still ticked
    done = office.done(
        f"/reconciliation?month={month}", day=ticked, choice="operator", reason="看过派件单"
    )
    assert "已决定1天：按企业的数" in done
    assert "杨家山村快递便民服务点" in done
    assert "数或者决定变了，请再看一看" in done

    # One day by another number, with a paper; the second officer's form is refused.
    where = f"/reconciliation/{cast.c1.id}/{month}-05"
    seen = office.get(where).get_data(as_text=True).partition('name="seen" value="')[2][:66]
    form = {"seen": seen, "choice": "other", "reason": "站长补了签收表"}
    assert "“收到”请填0到99999之间的整数" in text_of(office.shown(where, **form))
    form |= {"inbound": "6", "outbound": "3"}
    assert "要附上凭据" in text_of(office.shown(where, **form))
    told = office.done(where, **form, paper=(BytesIO(PDF), "签收表.pdf"))
    assert "可以算：收到 6 、寄出 3 （对账决定另定一个数）" in told
    assert "再决定一次" in text_of(office.shown(where, **form | {"choice": "not_payable"}))
    [made] = session.scalars(
        select(ReconciliationDecision).where(ReconciliationDecision.choice == "other")
    )
    paper = office.get(f"/reconciliation/{cast.c1.id}/papers/{made.id}")
    assert paper.data == PDF
    # The keeper's later word opens the day again, and the decision stays to be read.
    report(session, cast, cast.c1, last_month.replace(day=5), 8)
    assert "数变了，不再算数" in text_of(office.get(where))

    queue = reconciliation_queue(session, Asked(cast.office, clock.now()))
    still = recent_waiting(session, county="140926", today=clock.today(), seen_by=cast.office)
    assert queue.number == len(still) == 3
    assert queue.oldest == last_month.replace(day=4)
    csv = office.get(f"/reconciliation/table.csv?month={month}&state=all").data.decode("utf-8-sig")
    assert f"{month}-04,鹅城镇,C0001,马家沟村快递便民服务点,20,3,18,3,两边有差异" in csv
    assert office.get(f"/reconciliation/table.xlsx?month={month}").data[:2] == b"PK"
    assert "等决定 3 天（有差异" in text_of(office.get(f"/months?month={month}"))


def test_an_operators_clerk_enters_the_own_numbers_and_decides_nothing(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    other = Operator(county="140926", name="别家公司")
    session.add(other)
    session.flush()
    clerk = desk_of(
        make_person(
            session, name="企业小周", role=Role.OPERATOR, operator_id=cast.c1.operator_id,
            login="qiye",
        )
    )  # fmt: skip
    content = table(last_month, ("C0001", 3, 12, 3))
    upload(clerk, last_month, content, operator=str(other.id))  # not heard: it is the own firm's
    enter(clerk)
    [file] = session.scalars(select(OperatorFile))
    assert file.operator_id == cast.c1.operator_id
    assert "不归您管" in upload(clerk, last_month, table(last_month, ("C0003", 3, 1, 0)))
    page = clerk.get(f"/reconciliation?month={last_month:%Y-%m}").get_data(as_text=True)
    assert boxes(page) == []
    assert "舍科村" not in page
    refused = clerk.post(
        f"/reconciliation/{cast.c1.id}/{last_month:%Y-%m}-03", choice="operator", reason="对"
    )
    assert refused.status_code == 403
    told = clerk.done(f"/operator-totals/files/{file.id}/withdraw", reason="传错了")
    assert "以前录入的数重新有效" in told


@pytest.mark.parametrize(
    ("typed", "status"), [("{0:%Y}年{0.month}月", 303), ("{0:%Y.%m}", 303), ("{0:%m}月", 422)]
)
def test_the_month_may_be_typed_where_a_browser_has_no_calendar(
    cast: Cast, desk_of: DeskOf, last_month: date, typed: str, status: int
) -> None:
    content = (BytesIO(table(last_month, ("C0001", 3, 12, 3))), "扫描量.csv")
    given = {"month": typed.format(last_month), "operator": cast.c1.operator_id}

    answer = desk_of(cast.office).post("/operator-totals", file=content, **given)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "?month=x&state=nonsense&station=99999999999999&township=%00x",
        "?month=2199-01&page=-3",
        "/table.csv?month=recent&station=abc",
        "/1/2023-02-31",
        "?month=2023-06&township=999999&station=1",
    ],
)
def test_odd_addresses_are_answered_in_words(desk_of: DeskOf, cast: Cast, path: str) -> None:
    answer = desk_of(cast.office).get(f"/reconciliation{path}")

    assert answer.status_code in (200, 400, 404, 422)
