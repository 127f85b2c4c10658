"""件数核准 at the desk: approving with open eyes, correcting with a reason."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from urllib.parse import unquote

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import first_of_month, next_month
from server.http import clock
from server.models.history import HistoryLine
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.phone_event import ParcelCount
from server.services.common import history
from server.services.common.phone_items import CountEntry
from server.services.days.counts import correct_count
from server.services.registry.actions import RegistryAction
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def last_month() -> date:
    return first_of_month(first_of_month(clock.today()) - timedelta(days=1))


def report(session: Session, cast: Cast, day_on: date, received: int = 12) -> None:
    entry = CountEntry(day_on, received, sent=3, agri_sent=1, reason="电话报的")
    correct_count(session, station=cast.c1, entry=entry, by=cast.office, now=clock.now())


def sha256_on(page: str) -> str:
    return page.partition('name="sha256" value="')[2][:64]


def test_the_office_approves_the_month_it_looked_at(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    report(session, cast, last_month)
    desk = desk_of(cast.office)
    month = f"{last_month:%Y-%m}"
    seen = desk.get("/months").get_data(as_text=True)  # the newest month that is over

    words = desk.done(
        "/months/approve",
        month=month,
        sha256=sha256_on(seen),
        sure="yes",
        note="对过",
        gap_reason="停网",
    )

    assert "已核准" in words
    assert "对过" in words
    assert "不用撤，写明理由更正" in words
    assert session.scalars(select(MonthApproval)).one().month_on == last_month


def test_nothing_is_approved_by_a_slip_of_the_finger(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    report(session, cast, last_month)
    desk = desk_of(cast.office)
    month, seen = f"{last_month:%Y-%m}", sha256_on(desk.get("/months").get_data(as_text=True))

    unsure = desk.post("/months/approve", month=month, sha256=seen)
    changed = desk.post("/months/approve", month=month, sha256="0" * 64, sure="yes")

    assert (unsure.status_code, changed.status_code) == (422, 409)
    assert "请勾选“我看过了”" in text_of(unsure)
    assert "请看过新的数再核准" in text_of(changed)
    assert session.scalars(select(MonthApproval)).all() == []


def test_a_month_with_many_days_missing_says_how_many_where_and_asks_why(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    report(session, cast, last_month)
    desk, month = desk_of(cast.office), f"{last_month:%Y-%m}"
    page = desk.get("/months")
    form = {"month": month, "sha256": sha256_on(page.get_data(as_text=True)), "sure": "yes"}

    unexplained = desk.shown("/months/approve", **form, note="对过")
    words = desk.done("/months/approve", **form, gap_reason="十个村停网")

    days = (next_month(last_month) - last_month).days
    assert f"没报的 4 个站 C0002 杨家山村快递便民服务点 {days}／{days} 天" in text_of(page)
    assert "没报的超过 10%，为什么还是核准" in text_of(page)
    assert unexplained.status_code == 422
    told = f"应报{4 * days}天，没报{4 * days - 1}天"
    assert told in text_of(unexplained)
    assert 'value="对过"' in unexplained.get_data(as_text=True)
    assert told in words
    assert "为什么还是核准：十个村停网" in words
    assert session.scalars(select(MonthApproval)).one().gap_reason == "十个村停网"


def test_a_county_that_asks_at_a_hundred_per_cent_is_not_asked(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    cast.county.options = {**cast.county.options, "month_gap_percent": 100}
    report(session, cast, last_month)
    desk, month = desk_of(cast.office), f"{last_month:%Y-%m}"
    page = desk.get("/months").get_data(as_text=True)

    desk.done("/months/approve", month=month, sha256=sha256_on(page), sure="yes", gap_reason="白写")

    assert "为什么还是核准" not in page
    assert session.scalars(select(MonthApproval)).one().gap_reason == ""


def test_a_correction_stands_beside_the_approved_figures(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    report(session, cast, last_month, received=12)
    desk = desk_of(cast.office)
    month, seen = f"{last_month:%Y-%m}", sha256_on(desk.get("/months").get_data(as_text=True))
    desk.done("/months/approve", month=month, sha256=seen, sure="yes", gap_reason="停网")
    day = f"/stations/{cast.c1.id}/counts/{last_month.isoformat()}"
    numbers = {"received": "40", "sent": "3", "agri_sent": "1", "on_hand": "0"}

    unexplained = desk.post(day, **numbers, reason=" ")
    words = desk.done(day, **numbers, reason="按企业系统的数改")

    assert (unexplained.status_code, "请写上为什么改" in text_of(unexplained)) == (422, True)
    assert "第 2 版 算数" in words
    month_page = text_of(desk.get(f"/months?month={month}"))
    assert "核准后有更正" in month_page
    assert "12 → 40" in month_page
    assert "按企业系统的数改" in month_page
    assert "合计 4 站" in month_page
    assert "按更正算：收 40" in month_page


def test_a_month_s_file_says_whether_it_is_approved_and_whose_stations_it_holds(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    report(session, cast, last_month)
    office, month = desk_of(cast.office), f"{last_month:%Y-%m}"
    before = office.get(f"/months.xlsx?month={month}")
    seen = sha256_on(office.get("/months").get_data(as_text=True))
    office.done("/months/approve", month=month, sha256=seen, sure="yes", gap_reason="停网")

    approved = office.get(f"/months.xlsx?month={month}")
    officers = desk_of(cast.officer).get(f"/months.xlsx?month={month}")

    assert "（未核准）" in unquote(before.headers["Content-Disposition"])
    assert "（已核准）" in unquote(approved.headers["Content-Disposition"])
    whole, part = (openpyxl.load_workbook(BytesIO(one.data)) for one in (approved, officers))
    assert dict(whole["汇总"].values)["范围"] == "全县"
    assert dict(part["汇总"].values)["范围"] == "只有杜家村镇的站点"
    assert [row[0] for row in part["站点"].values] == ["编号", "C0003", "合计"]


@pytest.mark.parametrize("received", ["", "-1", "十二", "1.5", "9999999999", "100000"])
def test_a_number_that_is_none_is_refused_in_words(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date, received: str
) -> None:
    desk = desk_of(cast.office)
    day = f"/stations/{cast.c1.id}/counts/{last_month.isoformat()}"

    answer = desk.post(day, received=received, sent="3", agri_sent="1", on_hand="0", reason="改")

    assert answer.status_code == 422
    assert "“收到”" in text_of(answer)
    assert session.scalars(select(ParcelCount)).all() == []


def test_a_day_that_nobody_reported_is_not_filled_in_with_noughts(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    desk = desk_of(cast.office)
    day = f"/stations/{cast.c1.id}/counts/{last_month.isoformat()}"
    names = ("received", "sent", "agri_sent", "on_hand")

    page = desk.get(day).get_data(as_text=True)
    given = dict(re.findall(r'name="(\w+)" value="(\d*)" inputmode', page))
    unsaid = desk.post(day, **given, reason="站长电话补报")

    assert given == dict.fromkeys(names, "")
    assert "补报" in page
    assert "保存更正" not in page
    assert (unsaid.status_code, session.scalars(select(ParcelCount)).all()) == (422, [])
    assert "件数已补报" in desk.done(day, **dict.fromkeys(names, "0"), reason="站长说没有件")
    told = session.scalars(select(HistoryLine.summary).order_by(HistoryLine.id)).all()[-1]
    assert told.startswith("补报")
    assert "保存更正" in desk.get(day).get_data(as_text=True)


def test_a_township_sees_its_own_stations_only(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    report(session, cast, last_month)
    words = text_of(desk_of(cast.officer).get("/months"))

    assert "舍科村快递便民服务点" in words
    assert "马家沟" not in words
    assert "我看过了" not in words  # no form for who may not approve


@pytest.mark.parametrize("day", ["2023-02-30", "gestern", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_is_refused_in_words(cast: Cast, desk_of: DeskOf, day: str) -> None:
    answer = desk_of(cast.office).get(f"/stations/{cast.c1.id}/counts/{day}")

    assert (answer.status_code, "日期看不懂" in text_of(answer)) == (422, True)


def test_the_page_says_by_which_hours_a_day_was_owed(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    report(session, cast, last_month)
    desk = desk_of(cast.office)
    plain = desk.get("/months").get_data(as_text=True)
    history.write(
        session, of=cast.c1, by=cast.office, at=clock.now(), action=RegistryAction.STATION_EDITED,
        summary="修改营业时间",
        changes=[history.Change(field="hours", label="营业时间", old="老样子", new="")],
    )  # fmt: skip
    session.commit()

    assert "应报天数按那一天当时登记的营业时间算，后来改的从改的那天起算" in plain
    assert "认不出来" not in plain
    said = f"{cast.c1.code} {cast.c1.name}：当时登记的营业时间或停业认不出来"
    assert said in desk.get("/months").get_data(as_text=True)


def test_a_count_that_came_meanwhile_is_not_written_over_unseen(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    report(session, cast, last_month, received=12)
    desk, day = desk_of(cast.office), f"/stations/{cast.c1.id}/counts/{last_month.isoformat()}"
    [seen] = re.findall(r'name="seal" value="(\w+)"', desk.get(day).get_data(as_text=True))
    numbers = {
        "received": "40",
        "sent": "3",
        "agri_sent": "1",
        "on_hand": "0",
        "reason": "企业的数",
    }
    report(session, cast, last_month, received=30)

    refused = desk.post_and_go_on(day, **numbers, seal=seen)
    assert "“收到”从“12”改成了“30”" in text_of(refused)
    [again] = re.findall(r'name="seal" value="(\w+)"', refused.get_data(as_text=True))
    assert "第 3 版 算数" in desk.done(day, **numbers, seal=again)
