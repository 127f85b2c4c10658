from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from server.http import clock
from server.models.person import Person, Role
from server.models.station import Stage, Station
from server.policy.standard.facts import Level, Word
from server.services.standing.statements import say
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_person, make_plan, make_station
from tests.queries import queries_of

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def measured(session: Session, station: Station, area: str, by: Person) -> None:
    say(
        session,
        station=station,
        fact="floor_area_m2",
        value=area,
        word=Word.REVIEWER,
        on=clock.today(),
        by=by,
        now=clock.now(),
        note="量过",
    )
    session.commit()


def test_the_township_station_with_nine_square_metres_fails_and_the_village_point_does_not(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    measured(session, cast.xz1, "9", cast.office)
    measured(session, cast.c1, "4", cast.office)
    desk = desk_of(cast.office)

    failing = text_of(desk.get("/board?status=fails"))

    assert "鹅城镇快递综合服务站" in failing
    assert "四（1）" in failing
    assert "9平方米" in failing
    assert "马家沟村快递便民服务点" not in failing


def test_each_failed_clause_is_a_link_that_narrows_the_list(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    measured(session, cast.xz1, "9", cast.office)
    desk = desk_of(cast.office)

    page = desk.get("/board").get_data(as_text=True)
    narrowed = text_of(desk.get("/board?clause=A3-41b"))

    assert "clause=A3-41b" in page
    assert "1 站" in narrowed
    assert "鹅城镇快递综合服务站" in narrowed
    assert "舍科村快递便民服务点" not in narrowed


@pytest.mark.parametrize(
    ("filters", "shown", "hidden"),
    [
        ("township=140926101", "舍科村", "马家沟村"),
        ("level=township_station", "鹅城镇快递综合服务站", "马家沟村"),
        ("q=杨家山", "杨家山村", "马家沟村"),
        ("q=C0003", "舍科村", "杨家山村"),
    ],
)
def test_the_address_holds_the_filters(
    cast: Cast, desk_of: DeskOf, filters: str, shown: str, hidden: str
) -> None:
    page = text_of(desk_of(cast.office).get(f"/board?{filters}"))

    assert shown in page
    assert f"{hidden}快递便民服务点" not in page


def test_a_filter_that_finds_nothing_says_so_and_shows_the_way_back(
    cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.office).get("/board?q=没有这个站"))

    assert "没有符合这些条件的站点" in page
    assert "看全部 4 站" in page


def test_nonsense_in_the_address_harms_nothing(cast: Cast, desk_of: DeskOf) -> None:
    desk = desk_of(cast.office)

    answer = desk.get("/board?status=x&level=y&sort=drop&down=7&township=<script>")

    assert answer.status_code == 200
    assert (
        desk.get("/board?level=%00").status_code == 400
    )  # no person types it; no engine stores it
    assert "<script>" not in answer.get_data(as_text=True).replace("<script src", "")


def test_both_village_totals_of_the_plan_stand_side_by_side(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_plan(session, cast.county)
    session.commit()

    page = text_of(desk_of(cast.office).get("/board"))

    assert "3／48" in page.replace(" ", "")
    assert "3／52" in page.replace(" ", "")


def test_demonstration_data_is_marked(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    cast.c1.demo = True
    session.commit()
    desk = desk_of(cast.office)

    assert "演示" in text_of(desk.get("/board?q=C0001"))
    assert "演示数据" in text_of(desk.get(f"/stations/{cast.c1.id}"))
    assert "演示" not in text_of(desk.get("/board?q=C0002"))


def test_the_board_asks_as_many_questions_for_forty_stations_as_for_four(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    desk.get("/board")
    with queries_of(desk.client.application) as asked:
        desk.get("/board")
        few = len(asked)
        for n in range(40):
            make_station(
                session,
                code=f"C{n + 100:04}",
                name=f"第{n}村快递便民服务点",
                township_code=cast.township.code,
            )
        asked.clear()
        page = text_of(desk.get("/board"))
        many = len(asked)

    assert "第39村快递便民服务点" in page
    assert many == few


def test_a_hub_is_listed_among_the_levels(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    make_station(session, code=None, name="静乐县统仓共配中心", level=Level.COUNTY_HUB)
    make_person(session, name="县办二", role=Role.COUNTY_OFFICE)

    page = text_of(desk_of(cast.office).get("/board?level=county_hub"))

    assert "静乐县统仓共配中心" in page
    assert "未编号" in page


def test_the_board_narrows_to_how_far_a_station_has_come(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    cast.c1.stage = Stage.BUILT
    session.flush()

    page = text_of(desk_of(cast.office).get("/board?stage=built"))

    assert "马家沟村快递便民服务点" in page
    assert "杨家山村快递便民服务点" not in page
    assert "建成（1 站）" in page
