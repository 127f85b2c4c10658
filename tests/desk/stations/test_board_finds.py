"""The board finds what is no open station, too; lists of people and changes are narrowed."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO
from urllib.parse import urlencode

import openpyxl
import pytest
from sqlalchemy.orm import Session

from server.http import clock
from server.models.county import Division
from server.models.person import Person, Role
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.county.actions import CountyAction
from server.services.registry.searching import digits_of
from server.services.registry.stations import close_station
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_person, make_sign, make_sign_in, make_station

DeskOf = Callable[[Person], Desk]


def test_a_number_is_looked_for_however_wide_or_dashed_it_was_typed() -> None:
    for typed in ("１３９０３５０", "139–0350", "139—0350", "139 0350", "（139）0350"):
        assert digits_of(typed) == "1390350"


def close(session: Session, cast: Cast) -> None:
    close_station(
        session,
        station=cast.c1,
        by=cast.office,
        now=clock.now(),
        on=date(2026, 11, 2),
        reason="搬走",
    )


def test_a_closed_station_is_found_filtered_exported_and_reopened(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    close(session, cast)
    desk = desk_of(cast.office)

    for asked in ("/board?status=closed", f"/board?q={cast.c1.name}", "/board?q=C0001"):
        shown = text_of(desk.get(asked))
        assert "2026年11月2日停业" in shown
        assert cast.c1.name in shown
        assert "恢复营业" in shown
    assert (
        "停业" not in text_of(desk.get("/board?q=C0002")).split("找到")[0].split("已停业")[-1][:40]
    )
    page = text_of(desk.get(f"/stations/{cast.c1.id}"))
    assert "已于2026年11月2日停业，停业期间不评定" in page
    sheet = openpyxl.load_workbook(BytesIO(desk.get("/export.xlsx?closed=1").data))
    rows = [[str(cell or "") for cell in row] for row in sheet.active.iter_rows(values_only=True)]
    assert ["停业日期" in row for row in rows].count(True) == 1
    [line] = [row for row in rows if cast.c1.name in row]
    assert "2026-11-02" in line
    desk.done(f"/stations/{cast.c1.id}/closing", what="reopen", reason="又办起来了")
    assert "没有已停业的站点" in text_of(desk.get("/board?status=closed"))


def test_the_closed_ones_are_exported_as_they_are_listed_and_the_centre_with_them(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    hub = make_station(session, level=Level.COUNTY_HUB, code=None, name="静乐县共配中心")
    for one in (cast.c1, cast.c3, hub):
        one.closed_on = date(2026, 11, 2)
    session.commit()
    desk = desk_of(cast.office)

    def exported(**asked: str) -> list[str]:
        page = desk.get(f"/board?{urlencode({'status': 'closed', **asked})}")
        [link] = re.findall(r'href="/desk(/export[^"]*closed=1[^"]*)"', page.get_data(as_text=True))
        sheet = openpyxl.load_workbook(BytesIO(desk.get(unescape(link)).data)).active
        head, *rows = sheet.iter_rows(values_only=True)
        return sorted(str(row[head.index("站点名称")]) for row in rows)

    assert exported() == sorted([cast.c1.name, cast.c3.name, hub.name])
    assert exported(q="C0001") == [cast.c1.name]
    assert exported(township=cast.c3.township_code or "") == [cast.c3.name]


def test_a_closed_station_stays_in_its_own_sight(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    close(session, cast)

    for who in (cast.officer, cast.outsider):
        assert cast.c1.name not in text_of(desk_of(who).get("/board?status=closed"))


@pytest.mark.parametrize("number", ["13800001111", "138 0000 1111", "0000-1111"])
def test_the_board_finds_a_station_by_its_keepers_or_registered_number(
    session: Session, cast: Cast, desk_of: DeskOf, number: str
) -> None:
    cast.li.phone, cast.c2.head_phone = "13800001111", "0350-6521234"

    shown = text_of(desk_of(cast.office).get(f"/board?q={number}"))

    assert cast.c1.name in shown
    assert cast.c2.name not in shown
    assert cast.c2.name in text_of(desk_of(cast.office).get("/board?q=6521234"))


def test_numbers_are_no_question_that_an_operators_clerk_may_ask(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.li.phone = "13800001111"
    clerk = make_person(
        session, name="企业员", role=Role.OPERATOR, operator_id=cast.c1.operator_id, login="qiye"
    )

    assert cast.c1.name not in text_of(desk_of(clerk).get("/board?q=13800001111"))


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("0350-652 1234", "03506521234"), ("C0001", ""), ("123", ""), ("马家沟", ""), ("１３８", "")],
)
def test_what_counts_as_a_number(typed: str, digits: str) -> None:
    assert digits_of(typed) == digits


def test_a_village_without_a_station_is_named_and_leads_to_its_registration(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    close(session, cast)  # its village has none now
    code, name = cast.c1.village_code or "", session.get_one(Division, cast.c1.village_code)

    page = desk_of(cast.office).get(f"/board?q={name.short_name}").get_data(as_text=True)

    assert "还没有站的村" in page
    assert re.findall(r'href="/desk/stations/new\?village=(\d{12})"', page) == [code]
    form = desk_of(cast.office).get(f"/stations/new?village={code}").get_data(as_text=True)
    assert f'value="{code}" selected' in form
    elsewhere = text_of(desk_of(cast.officer).get(f"/board?q={name.short_name}"))
    assert "还没有站的村" not in elsewhere  # another township's
    other = session.get_one(Division, cast.c2.village_code).short_name
    assert "还没有站的村" not in text_of(desk_of(cast.office).get(f"/board?q={other}"))


@ON_SQLITE
def test_people_are_found_by_number_township_and_phone(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.li.phone = "13800001111"
    make_sign_in(session, cast.li)
    desk = desk_of(cast.office)

    def shown(query: str) -> str:
        return text_of(desk.get(f"/people?{query}")).split("管的站")[-1].split("新增人员")[0]

    assert "老李" in shown("q=13800001111")
    assert "小赵" not in shown("q=13800001111")
    assert "老李" in shown("q=C0001")
    assert ("老李" in shown("phone=bound"), "小赵" in shown("phone=bound")) == (True, False)
    assert ("老李" in shown("phone=unbound"), "小赵" in shown("phone=unbound")) == (False, True)
    here = shown(f"township={cast.c1.township_code}")
    assert "老李" in here
    assert "鹅城镇" in here  # a keeper stands with the township of the station
    assert "老李" not in shown(f"township={cast.other_township.code}")


@ON_SQLITE
def test_the_changes_of_people_are_shown_without_the_systems(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    for by, what in ((cast.office, "人改的"), (None, "系统记的")):
        history.write(
            session,
            of=cast.county,
            by=by,
            at=clock.now(),
            action=CountyAction.COUNTY_EDITED,
            summary=what,
        )
    desk = desk_of(cast.office)

    people = text_of(desk.get("/history?who=people"))

    assert ("人改的" in people, "系统记的" in people) == (True, False)
    assert "系统记的" in text_of(desk.get("/history"))


@ON_SQLITE
def test_a_plate_that_speaks_of_complaints_waits_for_a_number_to_call(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_sign(session, cast.c1)
    cast.county.hotline = ""
    desk = desk_of(cast.office)

    refused = desk.get(f"/plaques.pdf?station={cast.c1.id}")

    assert refused.status_code == 409
    assert "可县里还没有填服务热线" in text_of(refused)
    sticker = desk.get(f"/plaques.pdf?station={cast.c1.id}&kind=sticker")
    assert sticker.mimetype == "application/pdf"  # says nothing of complaints
    cast.county.hotline = "0350-6521234"
    assert desk.get(f"/plaques.pdf?station={cast.c1.id}").mimetype == "application/pdf"


@ON_SQLITE
@pytest.mark.parametrize("path", ["/nowhere", "/stations/99999", "/county"])
def test_the_menu_stands_beside_what_is_not_there_or_not_allowed(
    cast: Cast, desk_of: DeskOf, path: str
) -> None:
    answer = desk_of(cast.officer).get(path)
    page = answer.get_data(as_text=True)

    assert answer.status_code in (403, 404)
    assert '<nav class="menu"' in page
    assert "整改" in page.split("</nav>")[0]


def test_a_stranger_sees_no_menu_where_nothing_is(cast: Cast, client: object) -> None:
    answer = client.get("/desk/nowhere")  # type: ignore[attr-defined]

    assert answer.status_code == 404
    assert "整改" not in answer.get_data(as_text=True)
