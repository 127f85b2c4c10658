"""A month's workbook: what the office reports stays the same, what came later stands beside it."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from server.models.person import Person
from server.papers.month_sheet import month_xlsx
from server.services.common.phone_items import CountEntry
from server.services.days.counts import correct_count
from server.services.days.month_contents import month_content
from server.services.days.months import approval_of
from server.services.people.scope import EVERYBODY, Everybody
from tests.factories import NOW, TODAY, Cast
from tests.services.days.of_june import JUNE, approve, counted, june, send

LATER = NOW + timedelta(hours=2)
APPROVED = ("汇总", "乡镇", "站点")


def file_of(session: Session, cast: Cast, seen_by: Person | Everybody = EVERYBODY) -> bytes:
    return month_xlsx(
        month_content(
            session,
            county=cast.county,
            now=june(session),
            approval=approval_of(session, county="140926", month_on=JUNE),
            seen_by=seen_by,
            on=TODAY,
            scope="" if seen_by is EVERYBODY else "只有鹅城镇的站点",
        )
    )


def sheets(file: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(file))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def put_right(session: Session, cast: Cast, received: int, reason: str) -> None:
    entry = CountEntry(JUNE.replace(day=3), received, sent=3, agri_sent=1, reason=reason)
    correct_count(session, station=cast.c1, entry=entry, by=cast.office, now=LATER)


def test_the_workbook_adds_up_by_township_and_station(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1, received=12))
    send(session, cast.zhao, counted(cast.c2, received=8))

    read = sheets(file_of(session, cast))

    assert dict(read["汇总"][1:])["核准情况"] == "未核准，统计到2023年7月5日，数字还会变"
    assert read["乡镇"][0][:3] == ("乡镇", "站点数", "应报（天）")
    assert read["乡镇"][1] == ("鹅城镇", 3, 90, 2, 88, 20, 6, 2)
    assert read["乡镇"][-1][0] == "合计"
    rows = {row[0]: row for row in read["站点"]}
    assert rows["C0001"][1:] == ("马家沟村快递便民服务点", "鹅城镇", 30, 1, 29, 12, 3, 1)
    assert rows["合计"][6:] == (20, 6, 2)
    assert "核准后更正" not in read


def test_an_approved_month_says_the_same_for_ever(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1, received=12))
    approve(session, cast)
    before = file_of(session, cast)
    again = file_of(session, cast)

    put_right(session, cast, 40, "按企业系统的数改")
    after = sheets(file_of(session, cast))

    assert before == again
    told = dict(sheets(before)["汇总"][1:])
    assert told["核准情况"] == "县办于2023-07-05 14:30核准，数字不再变"
    assert (told["核准说明"], told["收到"]) == ("已与企业对账", 12)
    assert told["没报的"] == "应报120天，没报119天，占99.2%，涉及4个站"
    assert told["没报的多，为什么核准"] == "村里停网，件数电话对过"
    assert {name: after[name] for name in APPROVED} == {
        name: sheets(before)[name] for name in APPROVED
    }
    assert after["按更正算"][-1][5] == 40


def test_corrections_stand_beside_what_was_approved_with_who_and_why(
    session: Session, cast: Cast
) -> None:
    send(session, cast.li, counted(cast.c1, received=12))
    approve(session, cast)
    put_right(session, cast, 40, "按企业系统的数改")

    read = sheets(file_of(session, cast))

    assert read["核准后更正"][1] == (
        "2023-06-03", "C0001", "马家沟村快递便民服务点", 12, 40, 3, 3, 1, 1,
        "按企业系统的数改", "县办", "2023-07-05 16:30", "算数",
    )  # fmt: skip
    assert [(row[3], row[8], row[10]) for row in read["改过的数"][1:]] == [
        (12, "老李", "后来又有新的"),
        (40, "县办", "算数"),
    ]


@pytest.mark.parametrize("approved", [False, True])
def test_a_township_s_file_holds_its_own_stations_only(
    session: Session, cast: Cast, *, approved: bool
) -> None:
    send(session, cast.li, counted(cast.c1))
    send(session, cast.zhao, counted(cast.c2))
    if approved:
        approve(session, cast)
    put_right(session, cast, 40, "按企业系统的数改")

    read = sheets(file_of(session, cast, cast.zhao))

    assert dict(read["汇总"][1:])["范围"] == "只有鹅城镇的站点"
    words = " ".join(str(cell) for rows in read.values() for row in rows for cell in row)
    assert "杨家山" in words
    assert "马家沟" not in words
