import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.models.person import Person
from server.policy.standard.options import OPTIONS
from server.services.common import history
from server.services.county.actions import CountyAction
from server.services.county.counties import policy_options
from server.services.registry.actions import RegistryAction
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import NOW, Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def form_of(desk: Desk, **changed: Any) -> dict[str, Any]:
    """The settings form as it stands, with some fields changed."""
    html = desk.get("/county").get_data(as_text=True)
    [seal] = re.findall(r'name="seal" value="(\w+)"', html)
    return {
        "seal": seal,
        "hotline": "",
        "standard_id": "shanxi-2023-trial",
        "fresh_days": "180",
        "inspection_fresh_days": "180",
        "about_percent": "10",
        "equipment": "",
        "reason": "县专班会议决定",
    } | changed


def test_every_choice_is_explained_and_said_to_be_the_county_s_own(
    cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.office).get("/county"))

    assert page.count("本县自定") >= 5
    for sentence in OPTIONS.values():
        assert sentence in page
    assert "留空表示不过期" in page
    assert "四（2）只写了“等必要的生产经营设备”" in page


def test_settings_are_changed_with_a_reason_and_told_in_words(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    page = desk.done("/county", **form_of(
        desk,
        hotline="0350-1234567",
        fresh_days="90",
        inspection_fresh_days="",
        about_percent="5",
        enabled=["safety_everywhere"],
        safety_items=["fire_extinguisher", "video"],
        equipment=" 电子秤 \r\n\r\n面单打印机\r\n电子秤",
    ))  # fmt: skip

    session.expire_all()
    options = policy_options(cast.county)
    assert cast.county.hotline == "0350-1234567"
    assert (options.fresh_days, options.inspection_fresh_days) == (90, None)
    assert options.about_percent == 5
    assert options.enabled == {"safety_everywhere"}
    assert options.safety_items == ("fire_extinguisher", "video")
    assert [name for _, name in options.equipment_items] == ["电子秤", "面单打印机"]
    assert "站长、机器和县办的说法多久算过期： 180天 → 90天" in page
    assert "督导员的说法多久算过期： 180天 → 不过期" in page
    assert "“左右”上下放宽： 10% → 5%" in page
    assert "要核查的安全设备：空 → 灭火器、视频监控" in page
    assert "理由：县专班会议决定" in page


def test_a_page_opened_before_about_could_be_set_leaves_it_as_it_is(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    desk.done("/county", **form_of(desk, about_percent="0"))
    old = form_of(desk, hotline="110")
    del old["about_percent"]

    desk.done("/county", **old)

    session.expire_all()
    assert policy_options(cast.county).about_percent == 0


def test_a_thing_that_leaves_the_list_and_comes_back_keeps_what_was_said_of_it(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    keys = []
    for listed in ("电子秤", "打印机", "打印机\n电子秤"):
        desk.done("/county", **form_of(desk, equipment=listed))
        session.expire_all()
        keys.append({name: key for key, name in policy_options(cast.county).equipment_items})

    assert keys[0]["电子秤"] == keys[2]["电子秤"]
    assert keys[1]["打印机"] != keys[0]["电子秤"]


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"fresh_days": "0"}, 422, "应为1到3650之间的整数"),
        ({"fresh_days": "九十"}, 422, "应为1到3650之间的整数"),
        ({"inspection_fresh_days": "-1"}, 422, "应为1到3650之间的整数"),
        ({"about_percent": "21"}, 422, "“左右”上下放宽应为0到20之间的整数"),
        ({"about_percent": ""}, 422, "不放宽就写0"),
        ({"about_percent": "-1"}, 422, "“左右”上下放宽应为0到20之间的整数"),
        ({"enabled": ["everything"]}, 422, "里没有“everything”"),
        ({"safety_items": ["dog"]}, 422, "里没有“dog”"),
        ({"equipment": "长" * 21}, 422, "太长了"),
        ({"equipment": "\n".join(f"第{n}样" for n in range(21))}, 422, "最多列20样"),
        ({"hotline": "1" * 41}, 422, "服务热线太长了"),
        ({"standard_id": "mars-1"}, 404, "没有编号为“mars-1”的标准"),
        ({"standard_id": "national-outlet-filing-2018"}, 422, "不是站点建设标准"),
        ({"hotline": "110", "reason": " "}, 422, "请写一句修改的原因"),
    ],
)
def test_what_cannot_be_is_explained_and_changes_nothing(
    session: Session,
    cast: Cast,
    desk_of: DeskOf,
    changed: dict[str, Any],
    status: int,
    sentence: str,
) -> None:
    desk = desk_of(cast.office)
    before = (cast.county.hotline, cast.county.standard_id, dict(cast.county.options))

    answer = desk.post("/county", **form_of(desk, **changed))

    session.expire_all()
    assert answer.status_code == status
    assert sentence in text_of(answer)
    assert (cast.county.hotline, cast.county.standard_id, cast.county.options) == before


def test_two_officers_do_not_overwrite_each_other(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)
    mine, theirs = form_of(desk, hotline="110"), form_of(desk, hotline="120")
    desk.done("/county", **theirs)

    answer = desk.post("/county", **mine)

    assert answer.status_code == 409
    assert "您填写的时候，别人也改了县设置的“服务热线”" in text_of(answer)
    assert "别人改的： 120" in text_of(answer)
    assert "我填的： 110" in text_of(answer)


def test_saving_without_a_change_writes_no_history(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    held = {"standard_id": cast.county.standard_id or "", "hotline": cast.county.hotline}
    desk.done("/county", **form_of(desk, **held))

    assert history.lines(session, county="140926", station_id=None, action="county-edited") == []


def written(session: Session, cast: Cast, number: int, **values: Any) -> None:
    line: dict[str, Any] = {
        "of": cast.county, "by": cast.office, "at": NOW,
        "action": RegistryAction.STATION_EDITED, "summary": f"第{number}件事",
    }  # fmt: skip
    history.write(session, **line | values)


def test_the_county_s_history_is_paged_without_gaps(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    for number in range(130):
        written(session, cast, number, of=cast.c1)
    desk = desk_of(cast.office)
    seen: list[str] = []
    path: str | None = "/history?action=station-edited"
    while path:
        html = desk.get(path).get_data(as_text=True)
        seen += re.findall(r"<b>第(\d+)件事</b>", html)
        links = re.findall(r'href="/desk(/history\?[^"]*before=\d+)"', html)
        path = links[-1].replace("&amp;", "&") if links else None

    assert seen == [str(number) for number in reversed(range(130))]


def test_history_is_filtered_by_deed_person_and_day(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    written(session, cast, 1, of=cast.c1)
    written(session, cast, 2, by=None, action=CountyAction.COUNTY_EDITED)
    written(session, cast, 3, of=cast.other_county, by=cast.outsider)
    desk = desk_of(cast.office)

    def found(query: str) -> set[str]:
        return set(re.findall(r"第(\d)件事", text_of(desk.get(f"/history?{query}"))))

    assert found("") == {"1", "2"}
    assert found("who=0") == {"2"}
    assert found(f"who={cast.office.id}") == {"1"}
    assert found("action=county-edited") == {"2"}
    assert found("since=2100-01-01") == set()
    assert found("until=2001-01-01") == set()
    assert found("who=99999999999999999999&before=abc&since=0001-01-01&action=x") == {"1", "2"}
    assert cast.c1.name in text_of(desk.get("/history"))


@pytest.mark.parametrize("path", ["/?q=%00", "/history?action=%00", "/sign-in?next=%00"])
def test_a_nul_in_an_address_is_refused(cast: Cast, desk_of: DeskOf, path: str) -> None:
    assert desk_of(cast.office).get(path).status_code == 400


def test_a_nul_in_a_form_is_refused(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)

    answer = desk.post("/county", **form_of(desk, reason="a\0b"))

    assert answer.status_code == 303
    assert "发来的内容看不懂" in text_of(desk.client.get(answer.location))


def test_a_hotline_that_nobody_can_dial_is_not_printed_on_plates(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    for typed in ("待定", "1390350000", "0350-652123"):
        answer = desk.post("/county", **form_of(desk, hotline=typed))
        assert (answer.status_code, f"服务热线“{typed}”" in text_of(answer)) == (422, True)
    desk.done("/county", **form_of(desk, hotline="（0350）6521234"))

    session.expire_all()
    assert cast.county.hotline == "0350-6521234"
