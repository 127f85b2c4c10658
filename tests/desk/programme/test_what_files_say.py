"""A file is passed on without its page: it says what the page says of how sure its figures are."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import first_of_month
from server.http import clock
from server.models.history import HistoryLine
from server.models.matter import MatterKind, MatterSource
from server.models.person import Person
from server.models.station import Stage
from server.policy.hours import parse_hours
from server.policy.plan.reports import Section
from server.policy.reconciliation import DayState
from server.services.audit.marking import erase
from server.services.days.months import approval_of, approve_month, frozen_month, month_figures
from server.services.days.register_mistakes import Because, add_closing
from server.services.matters.registering import register
from server.services.programme.days import Told
from server.services.registry.stations import close_station, reopen_station
from server.services.reporting.assessment_figures import Span, _put_right, _unread, draw
from server.services.reporting.figures import report_figures
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def lines_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def notes_of(answer: Any) -> str:
    book = load_workbook(BytesIO(answer.data))
    return "\n".join(
        str(cell)
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell
    )


@pytest.fixture
def last_month(session: Session, cast: Cast) -> date:
    """老李's point was closed for a week last month, and a law had that deleted."""
    month_on = first_of_month(first_of_month(clock.today()) - timedelta(days=1))
    cast.c1.created_at = clock.now() - timedelta(days=90)
    cast.c1.stage, cast.c1.hours = Stage.BUILT, parse_hours("每天 8:00-18:00")
    cast.c1.serves = ["140926101201"]
    close_station(
        session, station=cast.c1, by=cast.office, now=clock.now(), on=month_on, reason="外出",
    )  # fmt: skip
    reopen_station(session, station=cast.c1, by=cast.office, now=clock.now(), reason="回来了")
    ids = session.scalars(
        select(HistoryLine.id).where(HistoryLine.action.in_(["station-closed", "station-reopened"]))
    ).all()
    erase(
        session, county=cast.county, ids=ids, reason="本人申请", by=cast.office, now=clock.now(),
    )  # fmt: skip
    session.commit()
    return month_on


def test_coverage_of_a_day_says_whose_closing_nobody_can_tell(
    cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    desk, on = desk_of(cast.office), (last_month + timedelta(days=9)).isoformat()
    said = f"{cast.c1.code} {cast.c1.name}：停业记录的内容已经按规定删除"

    assert said not in text_of(desk.get("/coverage"))
    assert said in text_of(desk.get(f"/coverage?on={on}"))
    assert said in notes_of(desk.get(f"/coverage.xlsx?on={on}"))
    rows = lines_of(desk.get(f"/coverage.csv?on={on}"))
    assert rows
    assert all(said in row["注意"] for row in rows)
    assert {row["注意"] for row in lines_of(desk.get("/coverage.csv"))} == {""}


def listed(session: Session, cast: Cast) -> None:
    register(
        session, county=cast.county, station=cast.c1, source=MatterSource.SPOT_CHECK,
        kind=MatterKind.CHARGING, words="多收费", heard_on=clock.today(), by=cast.office, now=clock.now(),
    )  # fmt: skip
    session.commit()


def test_a_list_that_was_narrowed_says_so(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    desk = desk_of(cast.office)
    town = cast.c1.township_code
    which = "村民委员会（建制村），鹅城镇，外村的站辐射，找“村”"
    asked = f"township={town}&how=radiated&q=村"
    assert which in notes_of(desk.get(f"/coverage.xlsx?{asked}"))
    assert {one["列了哪些"] for one in lines_of(desk.get(f"/coverage.csv?{asked}"))} <= {which}
    month = f"{last_month:%Y-%m}"
    days = desk.get(f"/reconciliation/table.xlsx?month={month}&state=missing&township={town}")
    assert f"{DayState.MISSING.short}，鹅城镇" in notes_of(days)
    rows = lines_of(desk.get(f"/reconciliation/table.csv?month={month}&state=all&township={town}"))
    assert rows
    assert {one["列了哪些"] for one in rows} == {"全部，鹅城镇"}
    assert "全部，找“马家”" in notes_of(desk.get("/filings/export.xlsx?q=马家"))
    assert "没有办结，鹅城镇" in notes_of(desk.get(f"/matters.xlsx?township={town}"))
    listed(session, cast)
    rows = lines_of(desk.get(f"/matters.csv?township={town}"))
    assert [one["列了哪些"] for one in rows] == ["没有办结，鹅城镇"]
    gone = desk.get(f"/export.xlsx?closed=1&township={town}&q=马家")
    assert "已停业，鹅城镇，找“马家”" in notes_of(gone)
    own = desk_of(cast.officer)
    assert "没有办结，只有看得到的" in notes_of(own.get("/matters.xlsx"))


def test_a_day_that_is_reckoned_back_says_whose_closing_nobody_can_tell(
    session: Session, cast: Cast, desk_of: DeskOf, standards: Any, last_month: date
) -> None:
    on = last_month + timedelta(days=9)
    said = f"{cast.c1.code} {cast.c1.name}"
    desk = desk_of(cast.office)
    page = text_of(desk.get(f"/pace?on={on.isoformat()}"))
    assert f"{said}：停业的记录已按规定删除" in page
    assert f"{said}：停业的记录已按规定删除" in notes_of(
        desk.get(f"/pace.xlsx?on={on.isoformat()}")
    )

    span = Span(
        cast.county, {cast.c1.township_code or "": "鹅城镇"}, ["village_point.built"], on, on
    )
    drawn = draw(session, span, options=None, standards=standards, now=clock.now())
    assert f"注意：{said}停业的记录已按规定删除" in drawn.last_day
    assert len(drawn.last_day) <= 200
    longest = _unread([f"C0001 {'很' * 60}"] * 40)
    longest += _put_right(["C0001"] * 1000)
    assert len(f"{Told.RECKONED.label}：{Told.RECKONED.long}{longest}") <= 200


def test_a_day_that_is_reckoned_back_says_whose_closing_was_corrected(
    session: Session, cast: Cast, desk_of: DeskOf, standards: Any
) -> None:
    today = clock.today()
    first, back = today - timedelta(days=9), today - timedelta(days=5)
    cast.c1.stage, cast.c1.created_at = Stage.BUILT, clock.now() - timedelta(days=90)
    cast.c1.opened_on = None
    add_closing(
        session, station=cast.c1, closed_on=first, back_on=back, whole=False, by=cast.office,
        because=Because("没有人登记", "站长电话说的"), now=clock.now(),
    )  # fmt: skip
    session.commit()
    desk = desk_of(cast.office)
    said = f"{cast.c1.code} {cast.c1.name}：停业的登记后来更正过"

    assert said in text_of(desk.get(f"/pace?on={first.isoformat()}"))
    assert said in notes_of(desk.get(f"/pace.xlsx?on={first.isoformat()}"))
    assert said not in text_of(desk.get(f"/pace?on={back.isoformat()}"))
    rows = lines_of(desk.get(f"/pace/stations.csv?on={first.isoformat()}&part=all"))
    assert rows
    assert all(said in row["注意"] for row in rows)
    rows = lines_of(desk.get(f"/pace/stations.csv?on={back.isoformat()}&part=all"))
    assert {row["注意"] for row in rows} == {""}
    span = Span(
        cast.county, {cast.c1.township_code or "": "鹅城镇"}, ["village_point.built"], first, first
    )
    drawn = draw(session, span, options=None, standards=standards, now=clock.now())
    assert "；1个站停业的登记更正过，按更正后的算" in drawn.last_day


def test_days_to_reconcile_say_what_stands_in_for_what_is_gone(
    cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    desk, month = desk_of(cast.office), f"{last_month:%Y-%m}"
    said = f"{cast.c1.code} {cast.c1.name}：当时登记的营业时间或停业认不出来"

    assert said in text_of(desk.get(f"/reconciliation?month={month}"))
    assert said in notes_of(desk.get(f"/reconciliation/table.xlsx?month={month}&state=all"))
    rows = lines_of(desk.get(f"/reconciliation/table.csv?month={month}&state=all"))
    assert {row["站点编号"] for row in rows if "认不出来" in row["注意"]} == {cast.c1.code}
    assert {row["站点编号"] for row in rows if not row["注意"]} >= {cast.c2.code}
    assert all(row["核准情况"].startswith("件数未核准") for row in rows)


def test_what_was_not_sure_when_a_month_was_approved_stays_said(
    session: Session, cast: Cast, desk_of: DeskOf, last_month: date
) -> None:
    seen = month_figures(session, county="140926", month_on=last_month, today=clock.today())
    assert seen.unread == {cast.c1.id}
    # Whoever looked before the deletion saw figures without that remark, and looks again.
    assert seen.sha256 != type(seen)(seen.month_on, seen.stations).sha256
    approve_month(
        session, county="140926", month_on=last_month, seen_sha256=seen.sha256, note="",
        gap_reason="停网", by=cast.office, now=clock.now(),
    )  # fmt: skip
    session.commit()
    approval = approval_of(session, county="140926", month_on=last_month)
    assert approval is not None
    assert frozen_month(approval).unread == {cast.c1.id}
    assert frozen_month(approval).sha256 == approval.figures_sha256

    desk, month = desk_of(cast.office), f"{last_month:%Y-%m}"
    page = text_of(desk.get(f"/months?month={month}"))
    assert f"{cast.c1.code} {cast.c1.name}：当时登记的营业时间或停业认不出来" in page
    assert "核准前请看一下" not in page
    assert f"{cast.c1.code} {cast.c1.name}" in notes_of(desk.get(f"/months.xlsx?month={month}"))


def test_a_report_says_how_many_stations_may_have_been_closed(
    session: Session, cast: Cast, standards: Any, last_month: date
) -> None:
    def told(on: date) -> set[str]:
        figures = report_figures(
            session, county=cast.county, standards=standards, month_on=last_month,
            sections=[Section.PROGRESS, Section.ROUNDS], on=on, today=clock.today(),
        )  # fmt: skip
        wanted = ("built_village", "filed", "visited")
        return {one["note"] for one in figures if one["key"] in wanted}

    assert told(clock.today()) == {""}
    assert told(last_month + timedelta(days=20)) == {
        "1个站停业的记录已按规定删除，停没停业查不到，按没停算"
    }
