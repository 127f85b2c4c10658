"""Targets are rows: brought once, corrected by later rows, held against as a person decided."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.county import PlanDecision
from server.models.programme import CountyProgramme, ProgrammeMilestone, ProgrammeTarget
from server.policy.plan.nouns import Programme, TargetKind
from server.policy.plan.pace import Hold
from server.policy.plan.reading import programmes_in
from server.policy.standard.facts import Level
from server.services.programme.decisions import decide_conflict, plan_conflicts
from server.services.programme.programmes import (
    bring_missing,
    bring_programme,
    programme_on,
    without_programme,
)
from server.services.programme.targets import TargetRow, plan_on, targets_of
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_plan

SHIPPED = programmes_in()
VILLAGE = Level.VILLAGE_POINT


@pytest.fixture
def jingle(session: Session, cast: Cast) -> Programme:
    return make_plan(session, cast.county)


def decide(session: Session, cast: Cast, plan: Programme, key: str, choice: str) -> None:
    decide_conflict(
        session, county=cast.county, programme=plan, key=key, choice=choice,
        reason="专班会议纪要3号", by=cast.office, now=NOW,
    )  # fmt: skip


def points(session: Session, cast: Cast, on: date = TODAY) -> TargetRow:
    return next(one for one in targets_of(session, cast.county, on) if one.level is VILLAGE)


def test_a_plan_is_brought_once_with_a_row_for_every_reading(
    session: Session, cast: Cast, jingle: Programme
) -> None:
    bring_programme(session, county=cast.county, programme=jingle, now=NOW, by=None)

    rows = session.execute(
        sa.select(ProgrammeTarget.level, ProgrammeTarget.number, ProgrammeTarget.basis).order_by(
            ProgrammeTarget.id
        )
    ).all()
    assert [tuple(one) for one in rows] == [
        (Level.COUNTY_HUB, 1, "方案正文"),
        (Level.TOWNSHIP_STATION, 12, "方案正文"),
        (VILLAGE, 48, "方案正文"),
        (VILLAGE, 52, "附件2各行相加"),
    ]
    assert session.scalar(sa.select(sa.func.count()).select_from(ProgrammeMilestone)) == 7
    [row] = session.scalars(sa.select(CountyProgramme))
    assert (row.from_on, row.shipped, row.key) == (date(2023, 4, 11), True, "jingle-2023")


@ON_SQLITE
def test_while_nobody_has_decided_both_numbers_stand_and_the_smaller_is_held_against(
    session: Session, cast: Cast, jingle: Programme
) -> None:
    target = points(session, cast)

    assert (target.number, target.decided, target.decision) == (48, False, None)
    assert [(one.number, one.hold) for one in target.readings] == [
        (48, Hold.OPEN), (52, Hold.OPEN),
    ]  # fmt: skip
    assert [one.number for one in target.others] == [52]
    assert (target.indicator, target.due_on) == (TargetKind.FILED, date(2023, 10, 31))


@ON_SQLITE
@pytest.mark.parametrize(("choice", "number"), [("方案正文", 48), ("附件2各行相加", 52)])
def test_a_decided_total_is_held_against_and_the_other_stays_in_grey(
    session: Session, cast: Cast, jingle: Programme, choice: str, number: int
) -> None:
    decide(session, cast, jingle, "village-point-total", choice)

    target = points(session, cast)

    assert (target.number, target.decided) == (number, True)
    assert target.decision is not None
    assert (target.decision.who, target.decision.reason) == ("县办", "专班会议纪要3号")
    assert [(one.number, one.hold) for one in target.others] == [(100 - number, Hold.ASIDE)]
    plan = plan_on(session, cast.county, TODAY)
    assert plan is not None
    ends = [one for one in plan.steps if one.level is VILLAGE and one.percent == 100]
    assert {one.needed for one in ends} == {number}


@ON_SQLITE
def test_a_decided_deadline_is_the_day_the_target_is_due(
    session: Session, cast: Cast, jingle: Programme
) -> None:
    decide(session, cast, jingle, "deadline-2023-06-2023-10", "任务期限：2023年6月底")

    assert points(session, cast).due_on == date(2023, 6, 30)


@ON_SQLITE
def test_an_earlier_decision_for_either_deadline_is_kept_but_decides_nothing(
    session: Session, cast: Cast, jingle: Programme
) -> None:
    """Both readings were called 任务期限, so which one was meant cannot be known."""
    session.add(
        PlanDecision(
            county="140926", programme=jingle.id, conflict_key="deadline-2023-06-2023-10",
            choice="任务期限", reason="会议", person_id=cast.office.id, decided_at=NOW,
        )
    )  # fmt: skip
    session.flush()

    views = plan_conflicts(session, county=cast.county, programme=jingle)

    [view] = [one for one in views if one.key == "deadline-2023-06-2023-10"]
    assert view.decided is None
    assert [one.choice for one in view.history] == ["任务期限"]
    assert points(session, cast).due_on == date(2023, 10, 31)


@ON_SQLITE
@pytest.mark.parametrize(("choice", "number"), [("目标任务", 251), ("全覆盖", 288)])
def test_xiping_s_villages_are_251_or_288_as_decided(
    session: Session, cast: Cast, choice: str, number: int
) -> None:
    county = cast.other_county
    plan = make_plan(session, county)
    before = targets_of(session, county, TODAY)[-1]

    decide_conflict(
        session, county=county, programme=plan, key="village-total", choice=choice,
        reason="专班会议", by=cast.outsider, now=NOW,
    )  # fmt: skip

    after = targets_of(session, county, TODAY)[-1]
    assert (before.number, before.decided) == (251, False)
    assert (after.number, after.decided) == (number, True)
    assert targets_of(session, county, date(2020, 12, 31)) == ()  # before its first year


@ON_SQLITE
def test_two_who_decide_at_once_are_told_of_each_other(
    session: Session, cast: Cast, jingle: Programme
) -> None:
    [seen] = [
        one
        for one in plan_conflicts(session, county=cast.county, programme=jingle)
        if one.key == "village-point-total"
    ]
    decide(session, cast, jingle, seen.key, "方案正文")

    with pytest.raises(Conflict, match="改成了“方案正文”") as refused:
        decide_conflict(
            session, county=cast.county, programme=jingle, key=seen.key, choice="附件2各行相加",
            reason="另一次会议", by=cast.office, now=NOW, seal=seen.seal,
        )  # fmt: skip

    assert refused.value.code == "conflict-decided-meanwhile"
    assert points(session, cast).number == 48


def test_an_older_county_gets_its_plan_without_anybody_asking(session: Session, cast: Cast) -> None:
    cast.county.programme_id = "jingle-2023"
    cast.other_county.programme_id = "gone-2020"  # its file has left the folder
    session.flush()
    assert {one.code for one in without_programme(session)} == {"140926", "411721"}

    for _ in range(2):
        bring_missing(session, counties=without_programme(session), shipped=SHIPPED, now=NOW)

    assert [one.code for one in without_programme(session)] == ["411721"]
    assert [one.number for one in targets_of(session, cast.county, TODAY)] == [1, 12, 48]
    assert targets_of(session, cast.other_county, TODAY) == ()


@ON_SQLITE
def test_the_newest_plan_that_has_begun_is_current_and_the_older_stays(
    session: Session, cast: Cast, jingle: Programme
) -> None:
    begins = date(2024, 3, 1)
    session.add(
        CountyProgramme(
            county="140926", key="own-1", name="静乐县2024年方案", source="静政办〔2024〕1号",
            from_on=begins, entered_at=NOW,
        )
    )  # fmt: skip
    session.flush()

    def current(on: date) -> str:
        found = programme_on(session, county=cast.county, shipped=SHIPPED, on=on)
        assert found is not None
        return found.name

    assert current(begins - timedelta(days=1)) == jingle.name
    assert current(begins) == "静乐县2024年方案"
    assert targets_of(session, cast.county, begins) == ()
    assert len(targets_of(session, cast.county, begins - timedelta(days=1))) == 3
    assert programme_on(session, county=cast.county, shipped=SHIPPED, on=date(2023, 1, 1)) is None
