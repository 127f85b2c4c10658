"""A keeper's tasks are facts about a station: no sentences and no days left to go come from here."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.inspection import Inspection, Visit
from server.models.rectification import RectificationState, RectificationStep
from server.policy.standard.standards import Standard
from server.services.home.keeper import StationToday, home
from server.services.home.tasks import Task, TaskKind
from tests.factories import (
    NOW,
    TODAY,
    Cast,
    make_inspection,
    make_keeping,
    make_rectification,
    make_sign,
)
from tests.queries import queries
from tests.services.asked import raised, seen_far
from tests.services.rounds.opened import open_round

Standards = tuple[Standard, ...]


def todays(session: Session, cast: Cast, standards: Standards) -> list[StationToday]:
    return home(session, person=cast.li, county=cast.county, now=NOW, standards=standards)


def of_kind(session: Session, cast: Cast, standards: Standards, kind: TaskKind) -> list[Task]:
    [only] = todays(session, cast, standards)
    return [task for task in only.todo if task.kind is kind]


@pytest.fixture
def failing(session: Session, cast: Cast, standards: Standards) -> Inspection:
    campaign = open_round(session, cast, standards)
    at_c1 = select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == cast.c1.id)
    return make_inspection(session, session.scalars(at_c1).one(), cast.wang.id, fails=1)


def test_a_check_in_and_a_count_are_done_or_not_and_nothing_more_is_said(
    session: Session, cast: Cast, standards: Standards
) -> None:
    seen_far(session, cast.c1, cast.li, TODAY, away=0)

    [check_in] = of_kind(session, cast, standards, TaskKind.CHECK_IN)
    [count] = of_kind(session, cast, standards, TaskKind.COUNT)

    assert check_in == Task(kind=TaskKind.CHECK_IN, key="check_in", done=True)
    assert count == Task(kind=TaskKind.COUNT, key="count")


def test_what_is_to_be_mended_comes_with_its_day_and_what_to_do_as_it_was_written(
    session: Session, cast: Cast, standards: Standards, failing: Inspection
) -> None:
    one = make_rectification(session, failing, TODAY + timedelta(days=15))

    asked = [
        task for task in of_kind(session, cast, standards, TaskKind.MEND) if task.rectification_id
    ]

    assert asked == [
        Task(
            kind=TaskKind.MEND,
            key=f"rectification:{one.id}",
            title=one.title,
            why=one.what_to_do,
            clause=one.clause,
            subject="mend",
            rectification_id=one.id,
            state=RectificationState.OPEN,
            due_on=one.due_on,
        )
    ]


def test_the_reason_of_a_return_is_the_persons_own_sentence(
    session: Session, cast: Cast, standards: Standards, failing: Inspection
) -> None:
    one = make_rectification(session, failing, TODAY, state=RectificationState.RETURNED)
    for note in ("看不清", "货架还是歪的"):
        session.add(
            RectificationStep(rectification_id=one.id, action="returned", at=NOW, note=note)
        )
    session.flush()

    [task] = [
        task for task in of_kind(session, cast, standards, TaskKind.MEND) if task.rectification_id
    ]

    assert (task.returned_because, task.why) == ("货架还是歪的", one.what_to_do)


def test_a_question_carries_its_own_words_and_day(
    session: Session, cast: Cast, standards: Standards
) -> None:
    signal = raised(session, cast.c1)

    [task] = of_kind(session, cast, standards, TaskKind.QUESTION)

    assert (task.why, task.day_on, task.signal_id) == (signal.question, TODAY, signal.id)


def test_a_picture_is_asked_for_with_the_findings_own_reason(
    session: Session, cast: Cast, standards: Standards
) -> None:
    [only] = todays(session, cast, standards)

    asked = [task for task in only.todo if task.kind is TaskKind.PHOTO and not task.done]

    reasons = {task.clause: task.why for task in asked}
    assert reasons
    assert all(reasons.values())
    assert {task.subject for task in asked} >= {"signboard", "shelves"}


def test_a_keeper_of_three_stations_costs_as_many_queries_as_a_keeper_of_one(
    session: Session, cast: Cast, standards: Standards
) -> None:
    make_sign(session, cast.c1)
    with queries(session) as for_one:
        todays(session, cast, standards)
    for station in (cast.c2, cast.xz1):
        make_keeping(session, cast.li, station)
        make_sign(session, station)
    with queries(session) as for_three:
        found = todays(session, cast, standards)

    assert [one.station.code for one in found if one.sign] == ["C0001", "C0002", "XZ0001"]
    assert len(for_three) == len(for_one)
