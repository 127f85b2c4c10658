import re
from collections.abc import Callable
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import Operator, OperatorStatus
from server.models.person import Person
from server.models.station import Station
from server.services.registry.operator_stations import station_mark
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_operator

DeskOf = Callable[[Person], Desk]


def ticked(station: Station) -> str:
    return f"{station.id}:{station_mark(station)}"


def test_a_clerk_enters_an_operator_gives_it_a_township_and_the_stations_without_one(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    assert "1 站：没有登记企业" in text_of(desk.get("/operators"))

    page = desk.done("/operators", name="杜家村快递公司", licence_number="晋邮20230020")
    assert "接着写它服务哪些乡镇" in page
    made = session.scalars(select(Operator).where(Operator.name == "杜家村快递公司")).one()
    where = f"/operators/{made.id}"
    page = desk.done(
        f"{where}/townships", township_code=cast.other_township.code, from_on="2023-04-11",
        source="附件2",
    )  # fmt: skip
    assert "2023-04-11 到 现在 附件2" in page
    page = desk.done(
        f"{where}/townships", township_code=cast.township.code, from_on="2099-01-01", source="批复",
    )  # fmt: skip
    listed = text_of(desk.get("/operators"))
    assert "2099-01-01 还没有定 批复" in listed
    assert "2099-01-01 现在" not in listed
    assert cast.c3.operator_id is None
    page = desk.done(
        "/operators/unserved", station=[ticked(cast.c3)], taker=str(made.id), on="2023-06-01",
        why="附件2",
    )  # fmt: skip
    assert "每个站都有在运营的企业" in page


def test_what_was_decided_of_an_operator_is_told_on_its_page_and_its_stations_move_on(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    other = make_operator(session, name="乡递公司")
    session.commit()
    desk, where = desk_of(cast.office), f"/operators/{cast.c1.operator_id}"

    page = desk.done(
        f"{where}/status", status="left", decided_on="2023-07-01",
        deciders="供销社、邮政公司、智通园区", document="", reason="连续两月未按址投递",
    )  # fmt: skip
    assert "在运营 → 已退出 供销社、邮政公司、智通园区：连续两月未按址投递" in page
    assert "企业已退出" in text_of(desk.get("/operators"))

    page = desk.done(
        f"{where}/hand-over", station=[ticked(cast.c1), ticked(cast.c2)],
        taker=str(other.id), on="2023-07-01", why="原企业退出",
    )  # fmt: skip
    assert "2 个站已移交乡递公司" in page
    session.expire_all()
    assert cast.c1.operator_id == other.id


@pytest.mark.parametrize("how", ["renamed", "closed", "unseen"])
def test_a_station_that_changed_since_it_was_ticked_is_shown_first(
    session: Session, cast: Cast, desk_of: DeskOf, how: str
) -> None:
    other = make_operator(session, name="乡递公司")
    session.commit()
    desk, where = desk_of(cast.office), f"/operators/{cast.c1.operator_id}"
    had, page = cast.c1.operator_id, desk.get(where).get_data(as_text=True)
    tick = ticked(cast.c1)
    assert f'value="{tick}"' in page
    if how == "renamed":
        cast.c1.name = "马家沟第一站"
    elif how == "closed":
        cast.c1.closed_on = date(2023, 7, 1)
    else:
        tick = str(cast.c1.id)
    session.commit()

    answer = desk.shown(
        f"{where}/hand-over", station=[tick, ticked(cast.c2)], taker=str(other.id),
        on="2023-07-01", why="原企业退出",
    )  # fmt: skip

    assert "您勾选以后，有1个站在登记簿里变了，现在是" in text_of(answer)
    session.expire_all()
    assert cast.c1.operator_id == cast.c2.operator_id == had


def test_a_decision_without_its_deciders_is_asked_for_again_with_what_was_typed(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/operators/{cast.c1.operator_id}"

    answer = desk.post(
        f"{where}/status", status="left", decided_on="2023-07-01", deciders="", reason="未投递",
    )  # fmt: skip
    if answer.status_code == 303:
        answer = desk.client.get(answer.location)

    assert "请写明是谁决定的" in text_of(answer)
    assert 'value="未投递"' in answer.get_data(as_text=True)
    assert session.get_one(Operator, cast.c1.operator_id).status is OperatorStatus.ACTIVE


def test_a_township_and_its_stations_without_an_operator_are_given_in_one_step(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    where, desk = f"/operators/{cast.c1.operator_id}/townships", desk_of(cast.office)
    form = {
        "township_code": cast.other_township.code, "from_on": "2023-04-11", "source": "附件2",
        "stations": "1",
    }  # fmt: skip

    asks = desk.post_and_go_on(where, **form)
    assert f"1个站也交给{session.get_one(Operator, cast.c1.operator_id).name}" in text_of(asks)
    [sure] = re.findall(r'name="sure" value="([^"]+)"', asks.get_data(as_text=True))
    assert f"{cast.c3.code} {cast.c3.name}" in unescape(sure)
    cast.c3.name = "舍科第一站"
    session.commit()
    anew = desk.shown(where, **form, sure=unescape(sure))
    assert "舍科第一站" in text_of(anew)  # asked anew: it is called otherwise by now
    assert cast.c3.operator_id is None
    [sure] = re.findall(r'name="sure" value="([^"]+)"', anew.get_data(as_text=True))
    page = desk.done(where, **form, sure=unescape(sure))

    assert "1 个没有企业的站也交给了它" in page
    session.expire_all()
    assert cast.c3.operator_id == cast.c1.operator_id


def test_a_list_of_operators_is_previewed_and_entered(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)
    answer = desk.post(
        "/operators/list",
        file=(BytesIO("企业名称,电话\n乡递公司,0350-6521234".encode()), "企业.csv"),
    )
    page = desk.client.get(answer.location).get_data(as_text=True)
    where = re.search(r'action="/desk(/operators/list/\w+)"', page).group(1)
    mark = re.search(r'name="mark" value="(\w+)"', page).group(1)

    told = desk.done(where, mark=mark, file="企业.csv")

    assert "名单已录入：新增 1 行" in told
    assert "乡递公司" in told


def test_of_two_clerks_who_change_one_operator_neither_loses_what_was_typed(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/operators/{cast.c1.operator_id}"
    seal = re.search(r'name="seal" value="([^"]+)"', desk.get(where).get_data(as_text=True)).group(
        1
    )
    name = session.get_one(Operator, cast.c1.operator_id).name
    first = {"name": name, "address": "东街1号"}
    desk.done(where, seal=seal, **first)

    page = desk.done(where, seal=seal, name=name, address="", contact_name="高某")
    assert "照别人改的留着" in page  # the address was not touched here: it follows the first
    answer = desk.post(where, seal=seal, name=name, address="西街9号")
    if answer.status_code == 303:
        answer = desk.client.get(answer.location)
    clash = text_of(answer)

    assert "西街9号" in clash
    assert "东街1号" in clash
    session.expire_all()
    held = session.get_one(Operator, cast.c1.operator_id)
    assert (held.address, held.contact_name) == ("东街1号", "高某")
