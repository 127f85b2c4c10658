from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import DivisionAlias, PlanDecision
from server.models.person import Person
from server.models.programme import ProgrammeMilestone, ProgrammeTarget
from server.policy.plan.reading import programme_of, programmes_in
from server.services.programme.decisions import plan_conflicts
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import TODAY, Cast, make_plan

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def conflict(session: Session, cast: Cast) -> Any:
    """The plan's two totals of village points, as the programme service names them."""
    programme = programme_of(programmes_in(), "140926")
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


def test_a_decided_total_is_what_the_page_holds_against_with_the_other_in_grey(
    session: Session, cast: Cast, desk_of: DeskOf, conflict: Any
) -> None:
    make_plan(session, cast.county)
    session.commit()
    desk = desk_of(cast.office)
    before = text_of(desk.get("/plan"))
    assert "24／48" in before
    assert "26／52" in before

    page = desk.done(
        "/plan/decide", key=conflict.key, choice="附件2各行相加", reason="纪要9号",
        seal=next(one.seal for one in plan_conflicts(
            session, county=cast.county, programme=programme_of(programmes_in(), "140926")
        ) if one.key == conflict.key),
    )  # fmt: skip

    assert "村级点的目标按“附件2各行相加”52个：县办" in page
    assert "“方案正文”的48个未采用" in page
    assert "未采用" in text_of(desk.get("/board"))


def test_the_plan_s_own_words_stand_on_the_page_with_their_clause(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_plan(session, cast.county)
    session.commit()

    page = text_of(desk_of(cast.office).get("/plan"))

    assert "一特色三标准" in page
    assert "聚焦“一年通服务、两年提能力”的总体要求" in page


def test_the_office_corrects_a_target_and_enters_a_new_year(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_plan(session, cast.county)
    session.commit()
    row = session.scalars(select(ProgrammeTarget).where(ProgrammeTarget.number == 12)).one()
    milestone = session.scalars(
        select(ProgrammeMilestone).order_by(ProgrammeMilestone.due_on.desc())
    ).first()
    assert milestone is not None
    desk = desk_of(cast.office)

    page = desk.done(
        f"/plan/targets/{row.id}", number="13", due_on="2023-10-31", valid_from="2023-04-11",
        source="纪要<b>10</b>号", reason="多一个乡镇站",
    )  # fmt: skip
    assert "已更正：乡镇站目标13个" in page
    assert "纪要<b>10</b>号" in page
    refused = desk.post(f"/plan/targets/{row.id}", number="x", due_on="2023-10-31")
    assert refused.status_code == 422

    page = desk.done(
        f"/plan/milestones/{milestone.id}", due_on="2023-11-15", percent="95",
        valid_from="2023-04-11", source="纪要<i>11</i>号", reason="推迟验收",
    )  # fmt: skip
    assert "已更正这个时间节点" in page
    assert (
        "更正为 2023-11-15 完成 95%，从 2023-04-11 起。依据：纪要<i>11</i>号。理由：推迟验收"
        in page
    )
    assert f"{milestone.due_on.isoformat()} 完成 {milestone.percent}%" in page
    form = text_of(desk.get(f"/plan/milestones/{milestone.id}"))
    assert f"原来是到 {milestone.due_on.isoformat()} 完成 {milestone.percent}%" in form
    assert desk.post(f"/plan/milestones/{milestone.id}", percent="x").status_code == 422

    begins = f"{TODAY:%Y-%m-%d}"
    page = desk.done(
        "/plan/new", name="静乐县新方案", from_on=begins, source="县政府", reason="新一年",
        **{"2-kind": "filed", "2-number": "70", "2-due_on": "2099-10-31",
           "m0-track": "rhythm_milestone", "m0-on": "2099-06-30", "m0-percent": "50"},
    )  # fmt: skip
    assert "已登记《静乐县新方案》" in page
    assert "35／70" in page
    old = text_of(desk.get("/plan/1"))
    assert "到最后一天完成了多少" in old
    assert "48" in old


def test_a_county_without_a_standard_is_not_spoken_of_as_failing(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    make_plan(session, cast.other_county)
    session.commit()
    desk = desk_of(cast.outsider)

    for address in ("/board", "/plan", "/rounds/new"):
        page = text_of(desk.get(address))
        for word in ("不达标（", "现在不达标", "卡在哪一条", "不达标条款", "待核实"):
            assert word not in page, (address, word)
    assert "没有规定站点标准，只记情况，不判达标" in text_of(desk.get("/board"))
