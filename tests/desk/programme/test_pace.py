"""进度 at the desk: any day, every figure a way to its stations, each sight its own."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person
from server.models.station import Stage
from server.policy.plan.indicators import Indicator, IndicatorKey
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.county.counties import townships
from server.services.programme.days import Day, Told, day_of
from server.services.programme.ranking import ranked_townships, ranking, trend
from server.services.programme.snapshots import end_of, keep, look
from server.services.registry.acceptances import accept_stations
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_station, make_township, make_village

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
Standards = tuple[Standard, ...]


@pytest.fixture
def yesterday(session: Session, cast: Cast, standards: Standards) -> date:
    """The day before today, as its night wrote it: C0001 built, C0002 not filed."""
    on = clock.today() - timedelta(days=1)
    accept_stations(
        session, county=cast.county, seen={cast.c1.id: None}, grade=Stage.BUILT,
        on=on - timedelta(days=10), present="供销社王某", by=cast.office, now=clock.now(),
        standards=standards,
    )  # fmt: skip
    cast.c2.filed_on = None
    session.flush()
    now = end_of(on) + timedelta(minutes=2)
    keep(
        session,
        look(session, county=cast.county, on=on, now=now, standards=standards),
        now=now,
    )
    session.commit()
    return on


def links(page: str) -> set[str]:
    return {found.replace("&amp;", "&") for found in re.findall(r'href="(/desk/pace[^"#]*)"', page)}


def test_every_figure_leads_to_as_many_stations_as_it_says(
    cast: Cast, desk_of: DeskOf, yesterday: date
) -> None:
    desk = desk_of(cast.office)
    page = desk.get(f"/pace?on={yesterday}&beside={yesterday - timedelta(days=40)}")
    html = page.get_data(as_text=True)
    figures = re.findall(
        r'<a class="figures[^"]*" href="(/desk/pace/stations[^"]*)"[^>]*>[＋－]?(\d+)</a>', html
    )

    assert len(figures) > 20
    for where, number in figures[::3]:
        found = text_of(desk.client.get(where.replace("&amp;", "&")))
        assert f"共 {number} 站" in found, where


def test_a_day_that_was_written_down_says_when_and_one_that_was_not_says_so(
    cast: Cast, desk_of: DeskOf, yesterday: date
) -> None:
    desk = desk_of(cast.office)

    kept = text_of(desk.get(f"/pace?on={yesterday}"))
    back = text_of(desk.get(f"/pace?on={yesterday - timedelta(days=1)}"))
    today = text_of(desk.get("/pace"))

    assert "当晚留的底" in kept
    assert "00:02 记下" in kept
    assert "按现在的记录倒推：那天夜里没有留底" in back  # what paper says in place of the notice
    assert "今天现在" in today
    listed = desk.get(f"/pace/stations?on={yesterday - timedelta(days=1)}&what=met&part=unknown")
    assert "按现在的记录倒推" in text_of(listed)


def test_what_was_changed_since_stands_beside_what_the_night_wrote(
    session: Session, cast: Cast, desk_of: DeskOf, yesterday: date
) -> None:
    cast.c2.filed_on = yesterday - timedelta(days=3)
    session.commit()

    words = text_of(desk_of(cast.office).get(f"/pace?on={yesterday}"))

    assert "那天以后更正的 1 处" in words
    assert "杨家山村快递便民服务点 备案 没有备案 已备案" in words
    assert "那天以后更正的" not in text_of(desk_of(cast.officer).get(f"/pace?on={yesterday}"))


def test_a_township_officer_sees_the_own_stations_and_only_figures_of_others(
    cast: Cast, desk_of: DeskOf, yesterday: date
) -> None:
    desk = desk_of(cast.officer)
    answer = desk.get(f"/pace?on={yesterday}&what=built")
    page, words = answer.get_data(as_text=True), text_of(answer)

    assert "1 鹅城镇 1 ／ 2 50%" in words.replace("1／2", "1 ／ 2")
    assert "别的乡镇只列数" in words
    asked = [one for one in links(page) if "township=" in one]
    assert all(f"township={cast.other_township.code}" in one for one in asked)
    other = text_of(desk.get(f"/pace/stations?on={yesterday}&township={cast.township.code}"))
    assert "马家沟" not in other
    assert "没有这样的站点" in other
    table = desk.get(f"/pace/stations.csv?on={yesterday}&part=all").data.decode("utf-8-sig")
    assert [line.split(",")[1] for line in table.splitlines()[1:]] == ["舍科村快递便民服务点"]


def test_the_workbook_says_what_the_page_says_and_on_what_it_rests(
    cast: Cast, desk_of: DeskOf, yesterday: date
) -> None:
    file = desk_of(cast.office).get(
        f"/pace.xlsx?on={yesterday}&beside={yesterday - timedelta(days=40)}&what=filed"
    )
    book = openpyxl.load_workbook(BytesIO(file.data))

    said = dict(book["说明"].values)
    assert said["凭什么"].startswith("当晚留的底")
    rows = {row[:2]: row[2:7] for row in book["指标"].values}
    assert rows["村级点", "已建成"] == (1, 2, 0, 3, 0.33)
    assert rows["村级点", "已备案"] == (2, 1, 0, 3, 0.66)
    assert [row[:2] for row in book["乡镇排名"].values][1:] == [(1, "杜家村镇"), (2, "鹅城镇")]
    stations = list(book["站点"].values)
    assert [row[0] for row in stations] == ["编号", "XZ0001", "C0001", "C0002", "C0003"]
    assert ("村级点", "已建成", 0, 1, 1, 0, 0) in list(book["两天比"].values)


@pytest.mark.parametrize("on", ["2023-02-30", "gestern", "2999-01-01", "1999-12-31"])
def test_a_day_that_is_none_or_not_yet_is_refused_in_words(
    cast: Cast, desk_of: DeskOf, on: str
) -> None:
    answer = desk_of(cast.office).get(f"/pace?on={on}")

    assert answer.status_code == 422
    assert any(word in text_of(answer) for word in ("“日期”", "还没有到", "太早了"))


def test_odd_addresses_show_the_nearest_that_makes_sense(
    cast: Cast, desk_of: DeskOf, yesterday: date
) -> None:
    desk = desk_of(cast.office)
    for odd in ("level=moon", "what=<b>", "what=standardised&level=village_point", "beside="):
        assert desk.get(f"/pace?on={yesterday}&{odd}").status_code == 200
    for odd in ("part=newly", "part=x&level=&township='", "page=99999999999"):
        assert desk.get(f"/pace/stations?on={yesterday}&{odd}").status_code == 200


def test_a_station_taken_out_of_the_register_has_no_page_to_go_to(
    session: Session, cast: Cast, desk_of: DeskOf, standards: Standards
) -> None:
    on = clock.today() - timedelta(days=1)
    gone = make_station(session, code=None, name="<b>导入错的</b>", level=Level.VILLAGE_POINT)
    now = end_of(on) + timedelta(minutes=2)
    keep(
        session,
        look(session, county=cast.county, on=on, now=now, standards=standards),
        now=now,
    )
    session.delete(gone)
    session.commit()

    page = desk_of(cast.office).get(f"/pace/stations?on={on}&part=all").get_data(as_text=True)

    assert "&lt;b&gt;导入错的" in page
    assert f'href="/desk/stations/{gone.id}"' not in page
    assert "已从登记簿移除" in page


def test_equal_shares_share_a_place_and_nothing_to_count_has_none(
    session: Session, cast: Cast, standards: Standards
) -> None:
    third = make_township(session, code="140926102", name="丰润镇")
    make_village(session, code="140926102201", name="丰润村")
    make_township(session, code="140926103", name="空镇")
    make_station(
        session, code="C0009", name="丰润村点", township_code=third.code, filed_on=None,
        village_code="140926102201",
    )  # fmt: skip
    make_station(session, code="C0010", name="不知道哪里的点")
    day = day_of(
        session, county=cast.county, on=clock.today(), now=clock.now(), standards=standards
    )
    places = ranking(
        session, day, townships=ranked_townships(townships(session, "140926"), day, cast.c1.level),
        level=cast.c1.level, key=IndicatorKey.FILED, seen_by=cast.officer,
    )  # fmt: skip

    assert [(one.place, one.name, one.yours) for one in places] == [
        (1, "鹅城镇", False), (1, "杜家村镇", True), (3, "丰润镇", False), (None, "空镇", False),
        (None, "没有写明乡镇", False),
    ]  # fmt: skip


def test_a_trend_has_the_months_ends_and_breaks_where_nobody_can_tell(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.c1.filed_on = clock.today().replace(day=1) - timedelta(days=1)
    session.flush()
    day = day_of(
        session, county=cast.county, on=clock.today(), now=clock.now(), standards=standards
    )

    months = trend(session, county=cast.county, today=day, seen_by=cast.office)

    def figure(at: int, key: IndicatorKey) -> Indicator:
        return months[at].indicators[cast.c1.level, key]

    assert [one.told for one in months[-2:]] == [Told.RECKONED, Told.NOW]
    assert len(months) == 13  # filed long ago: nothing is left out
    assert cast.c1.id in figure(-2, IndicatorKey.FILED).done
    assert cast.c1.id in figure(-3, IndicatorKey.FILED).not_done
    assert figure(-2, IndicatorKey.MET).share is None
    assert isinstance(day, Day)
