from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.policy.standard.facts import Level, Ownership
from server.services.common.history import lines
from server.services.registry.actions import RegistryAction
from server.services.registry.stations import (
    add_station,
    close_station,
    edit_station,
    reopen_station,
    station_of,
    station_view,
)
from tests.factories import NOW, Cast, make_village


def edit(session: Session, cast: Cast, **changes: Any):
    return edit_station(
        session,
        station=cast.c1,
        changes=changes,
        by=cast.office,
        now=NOW,
        reason="现场核实",
        standards=(),
    )


def test_a_station_is_named_after_its_village(session: Session, cast: Cast) -> None:
    make_village(session, code="140926100207", name="宋家村")

    station = add_station(
        session, county=cast.county, level=Level.VILLAGE_POINT, by=cast.office,
        now=NOW, village_code="140926100207",
    )  # fmt: skip

    assert station.name == "宋家村快递便民服务点"
    assert (station.township_code, station.code) == ("140926100", None)


def test_a_village_has_one_point(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict, match="已经有站点"):
        add_station(
            session, county=cast.county, level=Level.VILLAGE_POINT, by=None,
            now=NOW, village_code=cast.c1.village_code,
        )  # fmt: skip


@pytest.mark.parametrize("village", [None, "411721101201", "140926100", "999"])
def test_a_village_point_needs_a_village_of_its_county(
    session: Session, cast: Cast, village: str | None
) -> None:
    with pytest.raises(Invalid) as refused:
        add_station(
            session, county=cast.county, level=Level.VILLAGE_POINT, by=None,
            now=NOW, village_code=village,
        )  # fmt: skip

    assert refused.value.code == "division-wrong"


def test_every_change_says_who_when_from_what_to_what_and_why(session: Session, cast: Cast) -> None:
    edit(session, cast, hours="周一至周五 8:30-18:00", ownership="自营", filed_on="2023年5月12日")

    [line] = lines(session, county="140926", station_id=cast.c1.id)
    assert (line.who, line.at, line.reason) == ("县办", NOW, "现场核实")
    assert [(one["label"], one["old"], one["new"]) for one in line.changes] == [
        ("营业时间", "周一至周日 08:00-18:00", "周一至周五 08:30-18:00"),
        ("开办方式", "合作开办", "自营"),
        ("备案日期", "2023-05-08", "2023-05-12"),
    ]
    assert cast.c1.ownership is Ownership.SELF_OPERATED
    assert cast.c1.hours == [[[1, 2, 3, 4, 5], "08:30", "18:00"]]


def test_saying_the_same_again_is_no_change(session: Session, cast: Cast) -> None:
    assert edit(session, cast, address="村委会旁", head_name=" 李福来 ") == []
    assert lines(session, county="140926", station_id=cast.c1.id) == []


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("hours", "随时", "看不懂"),
        ("hours", "8:00-18:00，逢雨关门", "“逢雨关门”看不懂，请照"),
        ("opened_on", "2023-13-40", "2023-13-40没有这一天"),
        ("opened_on", "2099-01-01", "还没有到"),
        ("ownership", "不知道", "只能填"),
        ("position", "111.94,38.36", "前后写反了"),
        ("position", "1,2", "不在中国境内"),
        ("position", "38,111", "太粗"),
        ("position", "38.36,111.94", "太粗"),
        ("position", "38度75分", "看不懂"),
        ("position", "38.3600S,111.9400E", "看不懂"),
        ("position", "约38.3600,111.9400", "看不懂"),
        ("position", "38.3600,111.9400,850", "看不懂"),
        ("coop_modes", "合作", "里没有“合作”这一项"),
        ("head_phone", "没有", "不像电话"),
        ("name", "  ", "不能是空的"),
        ("name", "长" * 61, "太长了"),
        ("name", "马家沟村🎉快递便民服务点", "“🎉”印不到标识牌上"),
        ("name", "马家沟\ue000村快递便民服务点", "自造字"),
        ("opened_on", "2022年3月", "只写到月"),
        ("opened_on", "5月1日", "没有写是哪一年"),
        ("opened_on", "23.5.1", "只写了两位"),
        ("head_phone", "13903500003/13903500004", "不止一个号码"),
        ("operator", "没登记的公司", "还没有登记"),
        ("services", "洗衣", "没有“洗衣”"),
        ("serves", "没这个村", "没有“没这个村”"),
        ("code", "C9", "没有“code”"),
    ],
)
def test_a_wrong_field_is_refused_in_words_and_nothing_changes(
    session: Session, cast: Cast, field: str, typed: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        edit(session, cast, address="新地址", **{field: typed})

    assert set(refused.value.details["fields"]) == {field}
    assert cast.c1.address == "村委会旁"
    assert lines(session, county="140926", station_id=cast.c1.id) == []


@pytest.mark.parametrize(
    "typed",
    ["38.358333,111.938889", "38°21′30″N 111°56′20″E", "北纬38°21'30\" 东经111°56'20\"",
     "东经111.938889 北纬38.358333", "E111.938889,N38.358333", "【38.358333, 111.938889】",
     "38.358333°N，111.938889°E", "Lat 38.358333 Lng 111.938889"],
)  # fmt: skip
def test_a_position_is_read_as_offices_write_it(session: Session, cast: Cast, typed: str) -> None:
    edit(session, cast, position=typed)

    assert (cast.c1.latitude, cast.c1.longitude) == (38.358333, 111.938889)


def test_a_rare_character_of_a_villages_name_is_no_mistake(session: Session, cast: Cast) -> None:
    edit(session, cast, name="赤泥窊𬮿村快递便民服务点 ①")

    assert cast.c1.name == "赤泥窊𬮿村快递便民服务点 ①"


def test_all_wrong_fields_are_named_at_once(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        edit(session, cast, hours="随时", opened_on="昨天")

    assert set(refused.value.details["fields"]) == {"hours", "opened_on"}


def test_a_change_needs_its_reason(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid, match="原因"):
        edit_station(
            session, station=cast.c1, changes={"address": "新地址"}, by=cast.office, now=NOW,
            reason=" ", standards=(),
        )  # fmt: skip

    assert cast.c1.address == "村委会旁"


def test_two_people_at_one_form_are_told(session: Session, cast: Cast) -> None:
    seen = cast.c1.version
    edit(session, cast, address="第一个人写的")

    with pytest.raises(Conflict, match="有人改过") as refused:
        edit_station(
            session, station=cast.c1, changes={"address": "第二个人写的"}, by=cast.office,
            now=NOW, reason="更正", version=seen, standards=(),
        )  # fmt: skip

    assert refused.value.code == "station-changed-meanwhile"
    assert cast.c1.address == "第一个人写的"


def test_a_closed_station_keeps_its_number_and_can_come_back(session: Session, cast: Cast) -> None:
    close_station(
        session, station=cast.c1, by=cast.office, now=NOW, on=date(2023, 7, 1), reason="站长外出"
    )
    with pytest.raises(Conflict, match="不用再办"):
        close_station(
            session, station=cast.c1, by=None, now=NOW, on=date(2023, 7, 1), reason="又撤"
        )

    reopen_station(session, station=cast.c1, by=cast.office, now=NOW, reason="站长回来了")

    assert (cast.c1.closed_on, cast.c1.code) == (None, "C0001")
    assert [line.action for line in lines(session, county="140926", station_id=cast.c1.id)] == [
        RegistryAction.STATION_REOPENED,
        RegistryAction.STATION_CLOSED,
    ]


def test_another_countys_station_looks_like_none(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound, match="没有找到"):
        station_of(session, county="140926", station_id=cast.foreign.id)


def test_a_stations_page_knows_the_names_around_it(session: Session, cast: Cast) -> None:
    view = station_view(session, station=cast.c1, now=NOW)

    assert (view.township_name, view.village_name) == ("鹅城镇", "马家沟村")
    assert (view.level_label, view.ownership_label) == ("村级快递便民服务点", "合作开办")
    assert [keeper.name for keeper in view.keepers] == ["老李"]
    assert view.hours_lines == ("周一至周日 08:00–18:00",)
