import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO

from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.county import DivisionKind
from server.models.coverage import VillagePopulation
from server.models.person import Person
from server.models.station import Stage
from server.services.registry.stations import edit_station
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_village

DeskOf = Callable[[Person], Desk]
LIST = "村,户籍人口,常住人口\n马家沟村,2810,2600\n杨家山村,900,\n".encode()

pytestmark = ON_SQLITE


def test_a_clerk_enters_a_list_sees_it_on_the_page_and_takes_it_back(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.stage, cast.c1.serves = Stage.BUILT, ["140926101201"]
    session.commit()
    desk = desk_of(cast.office)
    page = text_of(desk.get("/coverage"))
    assert "村里有站 1 建制村 3 个里" in page
    assert "2 建制村" not in page.split("没有站服务")[0].split("外村的站辐射")[0]

    answer = desk.post(
        "/coverage/populations", file=(BytesIO(LIST), "人口.csv"), counted_on="2020-11-01",
        source="2020年人口普查", basis="",
    )  # fmt: skip
    preview = desk.client.get(answer.location).get_data(as_text=True)
    assert "户籍人口：没有登记 → 2810人（2020年11月1日，2020年人口普查）" in preview
    mark = re.search(r'name="mark" value="(\w+)"', preview)
    assert mark
    where = answer.location.split("?")[0].removeprefix("/desk")
    told = desk.done(
        where, mark=mark[1], file="人口.csv", counted_on="2020-11-01", source="2020年人口普查",
        basis="",
    )  # fmt: skip
    assert "名单已录入：新登记 2 个村" in told
    assert len(session.scalars(select(VillagePopulation)).all()) == 3
    assert "2,810" in text_of(desk.get("/coverage?q=马家沟"))
    assert "1 个村" in text_of(desk.get("/coverage?people=unknown"))

    back = desk.done("/coverage/populations/lists/1/withdraw", reason="写反了")
    assert "已撤回“人口.csv”的 3 个数" in back
    assert "3 个村" in text_of(desk.get("/coverage?people=unknown"))


def test_every_figure_leads_to_its_villages_and_the_table_holds_the_same(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.stage, cast.c1.serves = Stage.BUILT, ["140926101201"]
    session.commit()
    desk = desk_of(cast.office)
    page = desk.get("/coverage").get_data(as_text=True)
    assert "measure=covered-committees&amp;part=inside" in page
    listed = text_of(desk.get("/coverage?measure=covered-committees&part=inside"))
    assert "算进去的村" in listed
    assert "2 个村" in listed
    assert "没有站服务" not in listed.split("算进去的村")[1]

    book = load_workbook(BytesIO(desk.get("/coverage.xlsx?how=radiated").data))
    rows = list(book.worksheets[0].values)
    assert [row[1] for row in rows[1:]] == ["舍科村"]
    assert rows[1][11] == "外村的站辐射"
    assert rows[1][4] is None  # nobody has counted: no 0
    assert "马家沟村" in desk.get("/coverage.csv").get_data(as_text=True)


def test_every_place_of_the_county_can_be_listed_and_taken_along(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    town = make_village(session, code="140926100001", name="城关社区")
    town.kind = DivisionKind.RESIDENTS_COMMITTEE
    session.commit()
    desk = desk_of(cast.office)
    page = desk.get("/coverage").get_data(as_text=True)
    assert "城关社区" not in page

    link = re.search(r'href="/desk(/coverage[^"]*kind=units[^"]*)"', page)
    assert link
    page = desk.get(unescape(link[1])).get_data(as_text=True)
    assert "城关社区" in page
    links = re.findall(r'href="/desk(/coverage\.csv[^"]*)"', page)
    [table] = [desk.get(unescape(one)).get_data(as_text=True) for one in links]
    assert "城关社区" in table


def test_a_past_day_names_whose_villages_were_entered_since(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.stage = Stage.BUILT
    edit_station(
        session, station=cast.c1, changes={"serves": "舍科村"}, by=cast.office,
        now=clock.now(), reason="补登记", standards=(),
    )  # fmt: skip
    session.commit()
    desk, past = desk_of(cast.office), (clock.today() - timedelta(days=1)).isoformat()
    said = f"{cast.c1.code} {cast.c1.name}：辐射村或合作模式"

    assert said not in text_of(desk.get("/coverage"))
    assert said in text_of(desk.get(f"/coverage?on={past}"))
    book = load_workbook(BytesIO(desk.get(f"/coverage.xlsx?on={past}").data))
    told = [str(cell) for row in book["说明"].iter_rows(values_only=True) for cell in row]
    assert any(one.startswith(said) for one in told)


def test_a_day_that_has_not_come_is_refused_in_words(cast: Cast, desk_of: DeskOf) -> None:
    answer = desk_of(cast.office).get("/coverage?on=2099-01-01")
    assert answer.status_code == 422
    assert "还没有到" in text_of(answer)


def test_one_figure_is_recorded_on_the_villages_own_page_and_what_was_typed_stays(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), "/coverage/villages/140926100205"
    answer = desk.post_and_go_on(
        where, basis="resident", people="两千五", counted_on="2020-11-01", source="普查", seen="0"
    )
    assert "人数写的“两千五”请换成数字写全" in text_of(answer)
    assert 'value="两千五"' in answer.get_data(as_text=True)
    page = desk.done(
        where, basis="resident", people="2500", counted_on="2020-11-01", source="普查", seen="0"
    )
    assert "已记下：马家沟村常住人口2500人" in page
    again = desk.post_and_go_on(
        where, basis="resident", people="2400", counted_on="2020-11-01", source="普查", seen="0"
    )
    assert "别人登记过马家沟村的人口" in text_of(again)
    seen = re.search(r'name="seen" value="(\d+)"', desk.get(where).get_data(as_text=True))
    assert seen is not None
    older = desk.done(
        where, basis="resident", people="2600", counted_on="2010-11-01", source="普查", seen=seen[1]
    )
    assert "但现在用的仍是更晚统计的2500人" in older


def test_an_officer_sees_the_own_villages_without_the_countys_goals(
    cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.officer).get("/coverage"))
    assert "舍科村" in page
    assert "马家沟" not in page
    assert "覆盖率" not in page
    assert "录入人口" not in page


def test_an_agreement_is_entered_with_its_paper_which_comes_back_as_a_download(
    cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    form = {
        "mode": "postal_coop", "covers": "全县", "from_on": "2023-01-01", "until_on": "2023-06-30",
        "note": "",
    }  # fmt: skip
    wrong = desk.post_and_go_on("/agreements", parties="县邮政公司", **form)
    assert "至少两方" in text_of(wrong)
    assert ">县邮政公司</textarea>" in wrong.get_data(as_text=True)

    told = desk.done(
        "/agreements", parties="县邮政公司\n壹公里公司", **form,
        paper=(BytesIO(b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF"), "../协议<1>.pdf"),
    )  # fmt: skip
    assert "已登记邮快合作协议：县邮政公司、壹公里公司" in told
    assert "已到期" in text_of(desk.get("/agreements?state=waiting"))
    assert "合作协议到期" in text_of(desk.get("/"))
    paper = desk.get("/agreements/1/paper")
    assert paper.data.startswith(b"%PDF-1.4")
    assert paper.mimetype == "application/pdf"
    assert paper.headers["Content-Disposition"].startswith("attachment")
    assert "nosniff" in paper.headers["X-Content-Type-Options"]

    ended = desk.done("/agreements/1/end", what="ended", on="2023-07-01", reason="不再合作")
    assert "已记下这份协议终止" in ended
    assert "没有这样的协议" in text_of(desk.get("/agreements?state=waiting"))


def test_stations_are_told_apart_by_place_and_function_and_each_number_leads_to_them(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.venue, cast.c1.coop_modes = "村委会", ["commerce_coop"]
    cast.c2.venue, cast.c2.coop_modes = "诊所", ["postal_coop"]
    cast.c2.services = ["posting", "agri_outbound"]
    session.commit()
    desk = desk_of(cast.office)
    assert "C0001" in text_of(desk.get("/coverage/venues?show=no-uplink")).split("收起")[1]
    assert "C0002" in text_of(desk.get("/coverage/venues?show=f-agri_outbound")).split("收起")[1]
    assert "C0002" in text_of(desk.get("/coverage/venues?show=other")).split("收起")[1]
    sealed = re.search(r'name="seal" value="(\w+)"', desk.get("/coverage/venues").text)
    assert sealed
    page = desk.done("/coverage/venues", venues="卫生室：诊所", reason="本县有", seal=sealed[1])
    assert "卫生室 本县自定 1 诊所 1" in page
    assert "诊所（卫生室）" in text_of(desk.get(f"/stations/{cast.c2.id}"))

    own = re.findall(r'name="seal" value="(\w+)"', desk.get("/coverage/venues").text)[-1]
    shown = desk.post_and_go_on(
        "/coverage/venues/functions", functions="寄件", reason="本县有", seal=own
    )
    assert "“寄件”已经有了" in text_of(shown)
    page = desk.done(
        "/coverage/venues/functions", functions="代缴水电费", reason="本县有", seal=own
    )
    assert "代缴水电费 本县自定 0" in page
    form = desk.get(f"/stations/{cast.c2.id}/edit").text
    assert 'name="services" value="代缴水电费"' in form
