import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.frame import map_chart as map_chart_module
from desk.frame.map_chart import APART, Spot, map_chart
from server.models.outline import CountyOutline
from server.models.person import Person
from server.models.station import Stage
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_station

DeskOf = Callable[[Person], Desk]
SQUARE = [[111.8, 38.2], [112.2, 38.2], [112.2, 38.6], [111.8, 38.6], [111.8, 38.2]]
FILE = json.dumps({"type": "Polygon", "coordinates": [SQUARE]}).encode()


@ON_SQLITE
def test_a_station_stands_where_it_is_and_leads_to_its_page(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.latitude, cast.c1.longitude, cast.c1.stage = 38.36, 111.94, Stage.BUILT
    cast.c2.latitude = cast.c2.longitude = None
    session.commit()
    answer = desk_of(cast.office).get("/map")
    page = answer.get_data(as_text=True)

    assert f'href="/desk/stations/{cast.c1.id}" aria-label="C0001 {cast.c1.name}' in page
    assert "还没有位置的站" in page
    assert f'href="/desk/stations/{cast.c2.id}" aria-label' not in page
    assert 'class="outline"' not in page
    assert "审图号：" not in text_of(answer)


@ON_SQLITE
def test_an_outline_is_drawn_only_with_its_number_and_until_it_is_replaced(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    def send(number: str, content: bytes = FILE, datum: str = "wgs84") -> str:
        answer = desk.shown(
            "/map/outline", outline=(BytesIO(content), "静乐.geojson"), review_number=number,
            datum=datum,
        )  # fmt: skip
        return text_of(answer)

    assert "没有审图号的轮廓不能画到图上" in send("")
    assert "没有审图号的轮廓不能画到图上" in send("第5号")
    assert "先经后纬" in send(
        "晋S（2023）015号",
        json.dumps({"type": "Polygon", "coordinates": [[[38, 111]] * 4]}).encode(),
    )
    assert "请选择文件用的是哪一种坐标" in send("晋S（2023）015号", datum="")
    assert "轮廓已画到图上" in send("晋S（2023）015号")
    drawn = desk.get("/map").get_data(as_text=True)
    assert drawn.count('class="outline"') == 1
    assert '<text class="signature" x="14" y="706">审图号：晋S（2023）015号</text>' in drawn
    send("晋S(2024)003号")
    kept = session.scalars(select(CountyOutline).order_by(CountyOutline.id)).all()
    assert [one.removed_because for one in kept] == ["换了新的轮廓", ""]
    assert "已撤下轮廓" in desk.done(f"/map/outline/{kept[1].id}/remove", reason="过期")
    assert 'class="outline"' not in desk.get("/map").get_data(as_text=True)


@pytest.mark.parametrize("many", [1, 2, 60, 267])
def test_marks_never_lie_on_one_another(many: int) -> None:
    spots = [
        Spot(38.3 + (n % 17) * 0.002, 112.0 + n // 17 * 0.002, "meets", f"站{n}", f"/s/{n}")
        for n in range(many)
    ]
    drawing = map_chart(spots, shapes={"meets": "circle"}, title="图").drawing

    places = [
        (float(x), float(y))
        for x, y in re.findall(r"translate\(([\d.]+) ([\d.]+)\)\"><circle", drawing)
    ]
    assert len(places) == many
    for n, (x, y) in enumerate(places):
        assert all(abs(x - a) >= APART - 0.2 or abs(y - b) >= APART - 0.2 for a, b in places[:n])
    assert len(drawing) < 120_000


def test_a_mark_is_held_against_those_near_it_and_not_against_the_whole_county(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = 0

    def close(*given: float) -> bool:
        nonlocal held
        held += 1
        return as_it_is(*given)

    as_it_is = map_chart_module._close
    monkeypatch.setattr(map_chart_module, "_close", close)
    spots = [Spot(36 + n // 20 / 20, 111 + n % 20 / 20, "m", "站", "/") for n in range(400)]
    map_chart(spots, shapes={"m": "circle"}, title="图")

    assert held < 400 * 20


@ON_SQLITE
def test_stations_close_together_are_one_mark_that_leads_to_the_list_of_just_these(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    """Of one township only, and every station once: on the map or in a mark with a number."""
    here = [
        make_station(
            session, code=f"C01{n:02d}", name=f"{n}号点", township_code=cast.township.code,
            latitude=38.3 + n * 0.00001, longitude=111.9, stage=Stage.BUILT,
        )
        for n in range(4)
    ]  # fmt: skip
    stranger = make_station(
        session, code="C0150", name="邻镇点", township_code=cast.other_township.code, latitude=38.3,
        longitude=111.9, stage=Stage.BUILT,
    )  # fmt: skip
    make_station(
        session, code="C0160", name="远处点", township_code=cast.township.code, latitude=38.9,
        longitude=112.5,
    )  # fmt: skip
    session.commit()
    answer = desk_of(cast.office).get("/map")
    page = answer.get_data(as_text=True)

    mark = re.search(r'<a href="(/desk/map#k\d+)" aria-label="([^"]+4个[^"]+)"', page)
    assert mark is not None
    key = mark[1].partition("#")[2]
    assert mark[2].startswith(f"{cast.township.name}4个站挨在一起：")
    row = re.search(rf'<tr id="{key}">(.*?)</tr>', page, flags=re.DOTALL)
    assert row is not None
    listed = set(map(int, re.findall(r"/desk/stations/(\d+)", row[1])))
    assert listed == {one.id for one in here}
    drawn = page.partition("</svg>")[0]
    assert f'href="/desk/stations/{stranger.id}" aria-label' in page
    for one in here:
        assert f'href="/desk/stations/{one.id}" aria-label' not in page
    assert "<svg" in drawn


def test_a_mark_of_many_takes_its_room_and_no_spot_is_lost_or_told_twice() -> None:
    spots = [
        Spot(38.3 + (n % 5) * 0.0004, 112.0 + n // 5 * 0.004, "meets", f"站{n}", f"/s/{n}", "甲")
        for n in range(200)
    ]
    drawn = map_chart(
        spots, shapes={"meets": "circle"}, title="图", told=lambda group: (group.key, "#")
    )
    inside = [index for group in drawn.groups for index in group.members]
    alone = {int(one) for one in re.findall(r'href="/s/(\d+)"', drawn.drawing)}
    assert sorted([*inside, *alone]) == list(range(200))
    assert len(drawn.groups) == drawn.drawing.count('class="group"') > 0
    numbers = [int(one) for one in re.findall(r'middle">(\d+)</text></g></a>', drawn.drawing)]
    assert numbers == [len(group.members) for group in drawn.groups]
