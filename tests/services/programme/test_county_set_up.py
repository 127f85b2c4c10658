from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models.county import Division, DivisionAlias, DivisionLevel, Operator, OperatorTerm
from server.models.history import HistoryLine
from server.models.station import Station
from server.policy.plan.nouns import Programme
from server.policy.plan.reading import programme_of, programmes_in
from server.policy.standard.facts import Level
from server.services.county.counties import find_division, full_name, townships, villages
from server.services.county.divisions import DivisionRow, rows_of
from server.services.programme.set_up import CountySetUp, set_up_county
from server.settings import ROOT
from tests.factories import NOW


@cache
def table(code: str) -> tuple[DivisionRow, ...]:
    return tuple(rows_of(ROOT / "data", code))


@cache
def plan(code: str) -> Programme | None:
    return programme_of(programmes_in(ROOT / "standards"), code)


def set_up(
    session: Session, code: str, rows: Sequence[DivisionRow] | None = None, **more: Any
) -> CountySetUp:
    return set_up_county(
        session, code=code, rows=rows or table(code), programme=plan(code), now=NOW, **more
    )


def stations(session: Session, code: str, level: Level) -> list[Station]:
    query = select(Station).where(Station.county == code, Station.level == level)
    return list(session.scalars(query.order_by(Station.village_code, Station.township_code)))


def test_jingle_gets_twelve_townships_and_the_stations_of_annex_2(session: Session) -> None:
    done = set_up(session, "140926")

    hubs = stations(session, "140926", Level.TOWNSHIP_STATION)
    points = stations(session, "140926", Level.VILLAGE_POINT)
    assert [one.name for one in townships(session, "140926", targets_only=True)].count(
        "静乐县居民办事处"
    ) == 0
    assert (done.counts["乡镇"], done.counts["村民委员会"]) == (12, 223)
    assert (len(hubs), len(points)) == (12, 52)
    assert sum(one.township_code == "140926102" for one in points) == 8  # 康家会镇
    assert {one.operator_id for one in hubs + points} == {session.scalar(select(Operator.id))}
    assert session.scalar(select(func.count()).select_from(OperatorTerm)) == 12
    assert points[0].name == "北门村快递便民服务点"
    assert points[0].basis == "附件2未列村名，先按区划代码取前4个，请县里核对"
    assert done.notes == ()
    assert done.county.standard_id == "shanxi-2023-trial"


def test_the_plans_spelling_of_a_township_is_found_through_its_alias(session: Session) -> None:
    set_up(session, "140926")

    assert find_division(session, "140926", "赤泥洼乡").name == "赤泥窊乡"
    assert session.scalar(select(DivisionAlias.source)).endswith("写作“赤泥洼乡”")


def test_xiping_gets_sixteen_hubs_and_all_251_villages_with_a_committee(session: Session) -> None:
    done = set_up(session, "411721")

    points = stations(session, "411721", Level.VILLAGE_POINT)
    assert (done.counts["乡级区划"], done.counts["乡镇"], done.counts["村级点"]) == (20, 16, 251)
    assert len(stations(session, "411721", Level.TOWNSHIP_STATION)) == 16
    assert sum(one.township_code == "411721500" for one in points) == 4  # 老王坡农场's villages
    assert not any("社区" in one.name or "居委会" in one.name for one in points)
    assert done.county.standard_id is None


def test_setting_up_again_changes_nothing(session: Session) -> None:
    set_up(session, "140926")
    lines = session.scalar(select(func.count()).select_from(HistoryLine))

    again = set_up(session, "140926")

    assert (again.made, again.changes, again.counts["村级点"]) == (False, (), 52)
    assert session.scalar(select(func.count()).select_from(HistoryLine)) == lines


@pytest.mark.parametrize(
    ("code", "name", "township_targets"),
    [
        ("110101", "北京市东城区", 0),
        ("152221", "内蒙古自治区兴安盟科尔沁右翼前旗", 14),
        ("441900", "广东省东莞市", 28),
        ("429004", "湖北省仙桃市", 15),
    ],
)
def test_any_county_of_china_can_be_set_up_without_a_plan(
    session: Session, code: str, name: str, township_targets: int
) -> None:
    done = set_up(session, code)

    assert full_name(done.county) == name
    assert done.counts["乡镇"] == township_targets
    assert done.counts["乡镇站"] == done.counts["村级点"] == 0


def test_a_county_without_a_plan_gets_stations_when_asked(session: Session) -> None:
    done = set_up(session, "152221", with_stations=True)

    assert (done.counts["乡镇站"], done.counts["村级点"]) == (14, done.counts["村民委员会"])


def newer_table() -> list[DivisionRow]:
    """马家沟 renamed, 杨家山 gone, one village new."""
    rows = [row for row in table("140926") if row.code != "140926100206"]
    at = next(i for i, row in enumerate(rows) if row.code == "140926100205")
    rows[at] = DivisionRow("140926100205", "新马家沟村委会")
    return [*rows, DivisionRow("140926100299", "新建村委会")]


def test_a_newer_table_is_a_difference_to_confirm_not_a_change(session: Session) -> None:
    set_up(session, "140926")

    done = set_up(session, "140926", rows=newer_table())

    assert not done.applied
    assert [change.text for change in done.changes] == [
        "更名 140926100205 马家沟村委会 → 新马家沟村委会",
        "撤销 140926100206 杨家山村委会",
        "新增 140926100299 新建村委会",
    ]
    assert session.get(Division, "140926100205").name == "马家沟村委会"
    assert session.get(Division, "140926100299") is None


def test_a_confirmed_table_is_followed_and_the_old_name_stays_findable(session: Session) -> None:
    set_up(session, "140926")

    done = set_up(session, "140926", rows=newer_table(), confirm=True)

    assert done.applied
    assert find_division(session, "140926", "马家沟村").short_name == "新马家沟村"
    assert session.get(Division, "140926100206").withdrawn_on is not None
    assert "杨家山村" not in [one.short_name for one in villages(session, "140926")]
    line = session.scalar(select(HistoryLine).where(HistoryLine.action == "divisions-changed"))
    assert len(line.changes) == 3
    assert set_up(session, "140926", rows=newer_table()).changes == ()


def test_a_village_that_comes_back_is_told_so(session: Session) -> None:
    set_up(session, "140926")
    set_up(session, "140926", rows=newer_table(), confirm=True)

    back = set_up(session, "140926")

    assert "恢复 140926100206 杨家山村委会" in [change.text for change in back.changes]


def test_a_plan_that_comes_later_is_brought_then(session: Session) -> None:
    set_up_county(session, code="140926", rows=table("140926"), programme=None, now=NOW)

    done = set_up(session, "140926", by=None)

    assert done.counts["村级点"] == 52
    assert (
        session.scalar(
            select(func.count())
            .select_from(Division)
            .where(Division.level == DivisionLevel.VILLAGE)
        )
        == 233
    )
