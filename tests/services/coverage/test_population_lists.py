from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.coverage import PopulationBasis, PopulationList, VillagePopulation
from server.services.coverage.population_lists import (
    ListDefaults,
    PopulationPlan,
    enter_populations,
    plan_populations,
    population_template,
)
from server.services.coverage.populations import newest_populations, withdraw_list
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast

NOTHING = ListDefaults(None, None, "")
CENSUS = ListDefaults(PopulationBasis.RESIDENT, date(2020, 11, 1), "2020年人口普查")
VILLAGE = "140926100205"
HEAD = "乡镇,行政村,户籍人口,常住人口\n"

pytestmark = ON_SQLITE


def plan(
    session: Session, cast: Cast, text: str, defaults: ListDefaults = CENSUS
) -> PopulationPlan:
    return plan_populations(
        session, county=cast.county, content=text.encode(), filename="人口.csv",
        defaults=defaults, now=NOW,
    )  # fmt: skip


def enter(session: Session, cast: Cast, text: str, mark: str | None = None) -> PopulationPlan:
    return enter_populations(
        session, county=cast.county, content=text.encode(), filename="人口.csv", defaults=CENSUS,
        mark=mark or plan(session, cast, text).mark, by=cast.office, now=NOW,
    )  # fmt: skip


def test_a_list_is_told_village_by_village_entered_once_and_taken_back_whole(
    session: Session, cast: Cast
) -> None:
    text = HEAD + '鹅城镇,马家沟村,2810,2500\n,杨家山村,"1,200",\n,舍科村,,\n'
    first, second, third = plan(session, cast, text).rows
    assert (first.action, second.action, third.action) == ("new", "new", "blank")
    assert first.changes[1] == "常住人口：没有登记 → 2500人（2020年11月1日，2020年人口普查）"

    enter(session, cast, text)
    found = newest_populations(session, county="140926")
    assert {basis: row.people for basis, row in found[VILLAGE].items()} == {
        PopulationBasis.REGISTERED: 2810,
        PopulationBasis.RESIDENT: 2500,
    }
    assert "140926101201" not in found
    again = plan(session, cast, text)
    assert [row.action for row in again.rows] == ["same", "same", "blank"]
    enter(session, cast, text)
    assert len(session.scalars(select(PopulationList)).all()) == 1

    listed = session.scalars(select(PopulationList)).one()
    gone = withdraw_list(session, listed=listed, by=cast.office, now=NOW, reason="户籍和常住写反了")
    assert (gone, newest_populations(session, county="140926")) == (3, {})
    assert len(session.scalars(select(VillagePopulation)).all()) == 3


def test_a_newer_count_is_a_change_and_an_older_one_says_that_it_will_not_hold(
    session: Session, cast: Cast
) -> None:
    enter(session, cast, HEAD + ",马家沟村,,2500\n")
    head = "行政村,常住人口,统计日期\n"
    [newer] = plan(session, cast, head + "马家沟村,2400,2022-12-31\n").rows
    [older] = plan(session, cast, head + "马家沟村,2700,2015/1/1\n").rows
    assert newer.action == older.action == "changed"
    assert newer.changes[0].startswith("常住人口：2500人（2020年11月1日，2020年人口普查） → 2400人")
    assert "仍以更新的2500人" in older.changes[0]


def test_a_header_may_name_people_as_its_unit_but_ten_thousands_are_no_people(
    session: Session, cast: Cast
) -> None:
    [row] = plan(session, cast, "行政村,常住人口（人）,统计日期\n马家沟村,2400,2022-12-31\n").rows
    assert (row.action, row.figures[0].people) == ("new", 2400)

    thousands = plan(session, cast, "行政村,常住人口（万人）,统计日期\n马家沟村,2400,2022-12-31\n")
    assert thousands.rows[0].action == "blank"
    assert thousands.list.ignored == ["常住人口（万人）"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",没有的村,1,1", "没有“没有的村”"),
        (",,1,1", "没有写是哪个村"),
        (",马家沟村,约三千,", "户籍人口：人数写的“约三千”"),
        (",马家沟村,1.2万人,", "户籍人口：人数写的“1.2万人”请换成数字写全"),
        (",马家沟村,2500/2300,", "“2500/2300”里不止一个数"),
        ("杜家村镇,马家沟村,1,1", "没有“马家沟村”"),
        (",杨家山村,7,7", "和第2行是同一个村"),
    ],
)
def test_one_wrong_line_keeps_the_whole_list_out(
    session: Session, cast: Cast, line: str, said: str
) -> None:
    text = HEAD + f",杨家山村,5,5\n{line}\n"
    assert any(said in error for error in plan(session, cast, text).rows[1].errors)
    with pytest.raises(Invalid) as refused:
        enter(session, cast, text)
    assert refused.value.code == "import-has-errors"
    assert session.scalars(select(VillagePopulation)).all() == []


def test_a_column_that_says_people_alone_needs_a_basis_and_a_figure_its_day_and_source(
    session: Session, cast: Cast
) -> None:
    text = "村,总人口\n马家沟村,2500\n"
    [row] = plan(session, cast, text, NOTHING).rows
    assert "没有说是户籍还是常住" in row.errors[0]
    [row] = plan(session, cast, text, CENSUS._replace(counted_on=None, source="")).rows
    assert [error[:8] for error in row.errors] == ["没有写统计日期。", "没有写来源。请在"]
    [row] = plan(session, cast, text).rows
    assert row.figures[0].basis is PopulationBasis.RESIDENT


def test_a_list_that_would_do_otherwise_than_shown_is_shown_anew(
    session: Session, cast: Cast
) -> None:
    text = HEAD + ",马家沟村,,2500\n"
    mark = plan(session, cast, text).mark
    enter(session, cast, text)
    with pytest.raises(Conflict) as refused:
        enter(session, cast, text, mark)
    assert refused.value.code == "import-outdated"
    assert population_template()[:2] == b"PK"


def test_a_figure_said_again_after_another_of_the_same_day_is_a_change(
    session: Session, cast: Cast
) -> None:
    for people in (2500, 2600):
        enter(session, cast, HEAD + f",马家沟村,,{people}\n")

    [row] = plan(session, cast, HEAD + ",马家沟村,,2500\n").rows
    assert row.action == "changed"
    assert row.changes[0].startswith("常住人口：2600人")
    enter(session, cast, HEAD + ",马家沟村,,2500\n")

    found = newest_populations(session, county="140926")[VILLAGE]
    assert found[PopulationBasis.RESIDENT].people == 2500
    assert plan(session, cast, HEAD + ",马家沟村,,2500\n").rows[0].action == "same"
