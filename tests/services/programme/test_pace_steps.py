"""A day beside the plan: numbers that may be exceeded, and steps that alarm only for certain."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from server.models.station import Stage
from server.policy.plan.nouns import Programme, Track
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.people.scope import EVERYBODY
from server.services.programme.days import Told
from server.services.programme.decisions import decide_conflict, plan_conflicts
from server.services.programme.indicators import DayFigures, indicators_on
from server.services.programme.pace_steps import StepLine, StepState, step_lines, target_lines
from server.services.programme.targets import PlanOn, plan_on
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_plan, make_station

pytestmark = ON_SQLITE
Standards = tuple[Standard, ...]
JUNE, POINT, HUB = date(2023, 6, 30), Level.VILLAGE_POINT, Level.TOWNSHIP_STATION


@pytest.fixture
def jingle(session: Session, cast: Cast) -> Programme:
    return make_plan(session, cast.county)


def seen(session: Session, cast: Cast, standards: Standards, on: date) -> tuple[PlanOn, DayFigures]:
    now = NOW + timedelta(days=max((on - TODAY).days, 0))
    figures = indicators_on(
        session, county=cast.county, on=on, now=now, standards=standards, seen_by=EVERYBODY
    )
    plan = plan_on(session, cast.county, on)
    assert plan is not None
    return plan, figures


def line(
    session: Session, cast: Cast, standards: Standards, track: Track, level: Level = POINT,
    on: date = TODAY,
) -> StepLine:  # fmt: skip
    """The step of the end of June on a track."""
    plan, figures = seen(session, cast, standards, on)
    lines = step_lines(session, county=cast.county, plan=plan, figures=figures)
    return next(
        one
        for one in lines
        if (one.step.track, one.step.level, one.step.on) == (track, level, JUNE)
    )


def file_more(session: Session, number: int) -> None:
    for n in range(number):
        make_station(session, code=f"C1{n:03}", name=f"第{n}村便民点")


def test_a_step_tells_what_there_was_on_its_day_and_what_there_is(
    session: Session, cast: Cast, standards: Standards, jingle: Programme
) -> None:
    cast.c1.filed_on = TODAY
    session.flush()

    half = line(session, cast, standards, Track.RHYTHM_MILESTONE)

    assert (half.step.needed, half.beside.done, half.beside.missing) == (24, 3, 21)
    assert half.then is not None
    assert (len(half.then.done), half.then_told) == (2, Told.RECKONED)
    assert half.state is StepState.LATE


def test_one_open_reading_alone_alarms_nobody_and_a_decided_one_does(
    session: Session, cast: Cast, standards: Standards, jingle: Programme
) -> None:
    file_more(session, 21)

    half = line(session, cast, standards, Track.RHYTHM_MILESTONE)
    whole = line(session, cast, standards, Track.TASK_DEADLINE)

    assert (half.state, half.beside.over) == (StepState.REACHED, 0)
    assert (whole.state, whole.why) == (StepState.QUIET, "两种期限还没有决定用哪个")
    for one in plan_conflicts(session, county=cast.county, programme=jingle):
        if one.key in {"pace-2023-06", "deadline-2023-06-2023-10"}:
            june = next(
                each for each in one.readings if each.step == (Track.TASK_DEADLINE.value, JUNE)
            )
            decide_conflict(
                session, county=cast.county, programme=jingle, key=one.key, choice=june.label,
                reason="专班会议", by=cast.office, now=NOW,
            )  # fmt: skip
    assert line(session, cast, standards, Track.TASK_DEADLINE).state is StepState.LATE
    assert line(session, cast, standards, Track.RHYTHM_MILESTONE).state is StepState.ASIDE


def test_what_nobody_can_tell_makes_no_station_late(
    session: Session, cast: Cast, standards: Standards, jingle: Programme
) -> None:
    for n in range(12):
        make_station(
            session, code=f"XZ1{n:03}", name=f"第{n}乡综合服务站", stage=Stage.BUILT_BEFORE
        )

    found = line(session, cast, standards, Track.RHYTHM_MILESTONE, HUB)

    assert (found.state, found.why) == (StepState.UNSURE, "有12站说不清")


def test_a_plan_that_is_over_alarms_nobody_and_coming_steps_have_time(
    session: Session, cast: Cast, standards: Standards, jingle: Programme
) -> None:
    over = line(session, cast, standards, Track.TASK_DEADLINE, on=date(2023, 11, 1))
    last_day = line(session, cast, standards, Track.TASK_DEADLINE, on=JUNE)

    assert (over.state, over.why) == (StepState.QUIET, "方案的期限都过了")
    assert last_day.state is StepState.COMING


def test_more_than_the_plan_asks_for_is_beyond_and_no_share(
    session: Session, cast: Cast, standards: Standards, jingle: Programme
) -> None:
    file_more(session, 47)
    plan, figures = seen(session, cast, standards, TODAY)

    points = next(one for one in target_lines(plan, figures) if one.target.level is POINT)

    assert (points.beside.done, points.target.number, points.beside.over) == (50, 48, 2)
    assert points.figure.percent == 100
