from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import DivisionAlias, PlanDecision
from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def conflict(session: Session, cast: Cast) -> Any:
    """The plan's two totals of village points, as the programme service names them."""
    from server.policy.plan.reading import programme_of, programmes_in
    from server.services.programme.decisions import plan_conflicts
    from server.settings import ROOT

    programme = programme_of(programmes_in(ROOT / "standards"), "140926")
    assert programme is not None
    every = plan_conflicts(session, county=cast.county, programme=programme)
    return next(one for one in every if any("52" in r.value for r in one.readings))


def test_both_readings_are_quoted_with_their_clause(cast: Cast, desk_of: DeskOf) -> None:
    page = text_of(desk_of(cast.office).get("/plan"))

    assert "推进48个村级快递便民服务点进行快递网点末端备案" in page
    assert "附件2" in page
    assert "待决定" in page


def test_a_named_person_decides_with_a_reason_and_may_think_again(
    session: Session, cast: Cast, desk_of: DeskOf, conflict: Any
) -> None:
    desk = desk_of(cast.office)
    first, second = (reading.label for reading in conflict.readings)

    desk.done("/plan/decide", key=conflict.key, choice=first, reason="会议纪要3号")
    page = desk.done("/plan/decide", key=conflict.key, choice=second, reason="会议纪要5号")

    assert f"已决定：{second}" in page
    assert "会议纪要3号" in page
    assert "县办 决定用" in page
    assert len(session.scalars(select(PlanDecision)).all()) == 2


@pytest.mark.parametrize(
    ("choice", "reason"), [("", "理由"), ("第三种读法", "理由"), ("first", ""), ("first", "  ")]
)
def test_no_decision_without_a_reading_and_a_reason(
    session: Session, cast: Cast, desk_of: DeskOf, conflict: Any, choice: str, reason: str
) -> None:
    label = conflict.readings[0].label if choice == "first" else choice

    answer = desk_of(cast.office).post(
        "/plan/decide", key=conflict.key, choice=label, reason=reason
    )

    assert answer.status_code == 422
    assert session.scalars(select(PlanDecision)).all() == []


def test_a_township_officer_sees_the_own_row_and_decides_nothing(
    session: Session, cast: Cast, desk_of: DeskOf, conflict: Any
) -> None:
    desk = desk_of(cast.officer)

    page = text_of(desk.get("/plan"))
    answer = desk.post(
        "/plan/decide", key=conflict.key, choice=conflict.readings[0].label, reason="我想"
    )

    assert "杜家村镇" in page
    assert "鹅城镇" not in page.split("各乡镇完成")[1]
    assert "名义决定" not in page
    assert answer.status_code == 403
    assert session.scalars(select(PlanDecision)).all() == []


def test_a_county_without_a_plan_says_so(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    from tests.factories import make_county, make_person

    county = make_county(session, "110101", "东城区")
    from server.models.person import Role

    clerk = make_person(session, county, "东城办", Role.COUNTY_OFFICE, login="dongcheng")
    desk = desk_of(clerk)

    assert "还没有录入实施方案" in text_of(desk.get("/plan"))
    assert "还没有录入实施方案" in text_of(desk.get("/board"))
    assert desk.post("/plan/decide", key="x", choice="y", reason="z").status_code == 404
    assert session.scalars(select(DivisionAlias)).all() == []
