"""Whoever was late stays counted late, whatever day or hands come afterwards."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.models.inspection import Inspection, Visit
from server.models.matter import Matter
from server.models.person import Person, Role
from server.models.phone_event import EventKind
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.services.matters.closing import check, close, reopen
from server.services.matters.handling import answer, ask_for_time, decide_time, refer, return_it
from server.services.matters.on_time import OnTime, on_time_by_township
from server.services.mending import rectifications
from server.services.mending.deadlines import days_then
from server.services.mending.lists import rectifications_seen
from server.services.mending.notices import issue_notice, notice_number
from server.services.mending.proof import NOT_PROVEN
from server.services.people.scope import EVERYBODY
from tests.databases import ON_SQLITE
from tests.factories import (
    NOW,
    TODAY,
    Cast,
    make_inspection,
    make_person,
    make_rectification,
)
from tests.reviews import make_photo
from tests.services.asked import made_event
from tests.services.matters.brought import IN_TEN_DAYS, referred
from tests.services.rounds.opened import open_round

pytestmark = ON_SQLITE
SOON, LATE, LATER = (NOW + timedelta(days=days) for days in (5, 12, 14))
MUCH_LATER = TODAY + timedelta(days=40)


@pytest.fixture
def own(session: Session, cast: Cast) -> Person:
    return make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )


def told(session: Session, since: date = TODAY, until: date = IN_TEN_DAYS) -> dict[str, OnTime]:
    found = on_time_by_township(
        session, county="140926", since=since, until=until, on=TODAY + timedelta(days=20),
        seen_by=EVERYBODY,
    )  # fmt: skip
    return dict(found)


def _returned(session: Session, matter: Matter, cast: Cast, own: Person, now: Any) -> None:
    return_it(session, matter=matter, note="不归我们", by=own, now=now)


def _taken(session: Session, matter: Matter, cast: Cast, own: Person, now: Any) -> None:
    refer(
        session, matter=matter, to=f"township:{cast.other_township.code}", due_on=MUCH_LATER,
        note="改由杜家村办", by=cast.office, now=now,
    )  # fmt: skip


def _given_time(session: Session, matter: Matter, cast: Cast, own: Person, now: Any) -> None:
    ask_for_time(session, matter=matter, until=MUCH_LATER, note="大雪", by=own, now=now)
    decide_time(session, matter=matter, granted=True, note="", by=cast.office, now=LATER)


def _reopened(session: Session, matter: Matter, cast: Cast, own: Person, now: Any) -> None:
    answer(session, matter=matter, note="办了", by=own, now=now)
    check(session, matter=matter, good=True, note="看过", by=cast.office, now=now)
    close(session, matter=matter, outcome="solved", note="", by=cast.office, now=now)
    reopen(session, matter=matter, note="又有了", by=cast.office, now=LATER)


@pytest.mark.parametrize("moved", [_returned, _taken, _given_time, _reopened])
def test_a_township_that_was_late_stays_late_when_the_problem_leaves_it(
    session: Session, cast: Cast, own: Person, moved: Callable[..., None]
) -> None:
    matter = referred(session, cast)
    moved(session, matter, cast, own, LATE)

    assert told(session) == {cast.township.code: OnTime(frozenset({("matter", matter.id)}))}


@pytest.mark.parametrize("moved", [_returned, _taken, _given_time])
def test_a_township_that_it_leaves_while_there_was_time_was_not_late(
    session: Session, cast: Cast, own: Person, moved: Callable[..., None]
) -> None:
    moved(session, referred(session, cast), cast, own, SOON)

    assert told(session) == {}


def test_a_township_that_was_late_stays_late_by_whatever_name_it_goes_later(
    session: Session, cast: Cast, own: Person
) -> None:
    there = f"township:{cast.other_township.code}"
    matter = referred(session, cast, to=there)  # of a station of 鹅城镇, by another's hands
    cast.other_township.name, cast.township.name = "新安镇", cast.other_township.name
    _taken(session, matter, cast, own, LATE)

    assert told(session) == {cast.other_township.code: OnTime(frozenset({("matter", matter.id)}))}


def test_what_was_in_time_and_is_opened_again_stays_in_time(
    session: Session, cast: Cast, own: Person
) -> None:
    matter = referred(session, cast)
    _reopened(session, matter, cast, own, SOON)
    key = frozenset({("matter", matter.id)})
    assert told(session) == {cast.township.code: OnTime(key, key)}

    refer(  # and if it is late then, both are told of one month, but only once
        session, matter=matter, to=f"township:{cast.township.code}", note="",
        due_on=TODAY + timedelta(days=15), by=cast.office, now=LATER,
    )  # fmt: skip
    both = told(session, until=MUCH_LATER)
    assert both == {cast.township.code: OnTime(key)}


@pytest.fixture
def mend(session: Session, cast: Cast, standards: Any) -> Rectification:
    campaign = open_round(session, cast, standards)
    visit = session.scalars(
        sa.select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == cast.c1.id)
    ).one()
    return make_rectification(session, make_inspection(session, visit, cast.wang.id), IN_TEN_DAYS)


def _shown(session: Session, mend: Rectification, now: Any) -> None:
    mend.state = RectificationState.ANSWERED
    session.add(RectificationStep(rectification_id=mend.id, action="answered", at=now))
    session.flush()


def _sent_back(session: Session, mend: Rectification, cast: Cast, now: Any) -> None:
    rectifications.return_to_keeper(
        session, rectification=mend, by=cast.office, now=now, reason="太暗", due_on=MUCH_LATER
    )


def test_a_return_with_a_later_day_keeps_who_was_late_and_the_step_tells_the_day(
    session: Session, cast: Cast, mend: Rectification
) -> None:
    _shown(session, mend, LATE)
    _sent_back(session, mend, cast, LATER)

    assert mend.due_on == MUCH_LATER
    assert told(session) == {cast.township.code: OnTime(frozenset({("rectification", mend.id)}))}
    [view] = rectifications_seen(session, county="140926", on=TODAY, seen_by=EVERYBODY)
    [step] = [one for one in view.steps if one.action == "returned"]
    assert (step.who, step.note, step.before_on, step.due_on) == (
        "县办", "太暗", IN_TEN_DAYS, MUCH_LATER
    )  # fmt: skip
    # On the day itself the earlier one held: a report of that day says so still.
    assert days_then(session, {mend.id: mend.due_on}, before=LATE) == {mend.id: IN_TEN_DAYS}
    assert days_then(session, {mend.id: mend.due_on}, before=LATER + timedelta(days=1)) == {
        mend.id: MUCH_LATER
    }


def test_who_answered_in_time_is_not_late_by_a_return_that_gives_more_days(
    session: Session, cast: Cast, mend: Rectification
) -> None:
    _shown(session, mend, SOON)
    _sent_back(session, mend, cast, LATER)

    assert told(session) == {}


def test_a_letter_after_the_deadline_keeps_who_was_late_and_says_that_it_moved_the_day(
    session: Session, cast: Cast, mend: Rectification
) -> None:
    inspection = session.get_one(Inspection, mend.inspection_id)
    letter = issue_notice(session, inspection=inspection, by=cast.office, now=LATE)

    assert mend.due_on == letter.due_on > IN_TEN_DAYS
    assert told(session) == {cast.township.code: OnTime(frozenset({("rectification", mend.id)}))}
    [view] = rectifications_seen(session, county="140926", on=TODAY, seen_by=EVERYBODY)
    assert (view.steps[-1].label, view.steps[-1].who) == ("期限改了", "县办")
    assert (view.steps[-1].before_on, view.steps[-1].due_on) == (IN_TEN_DAYS, letter.due_on)
    assert notice_number(cast.county, letter) in view.steps[-1].note


@pytest.mark.parametrize(
    ("ahead", "left", "given"), [(3, 0, 3), (3, 2, 3), (3, 3, 3), (3, 9, 9), (0, 0, 1)]
)
def test_a_letter_of_the_last_days_leaves_the_days_that_the_county_reminds_ahead(
    session: Session, cast: Cast, mend: Rectification, ahead: int, left: int, given: int
) -> None:
    cast.county.options = {**cast.county.options, "remind_days_before": ahead}
    issued = datetime.combine(mend.due_on - timedelta(days=left), time(16), BEIJING)
    inspection = session.get_one(Inspection, mend.inspection_id)
    letter = issue_notice(session, inspection=inspection, by=cast.office, now=issued)

    assert letter.due_on - letter.issued_on == timedelta(days=given)
    assert mend.due_on == letter.due_on, "the phone says what the letter says"
    assert told(session, until=letter.issued_on) == {}, (
        "moved while there was time: nobody was late"
    )


@pytest.mark.parametrize(
    ("recorded_on", "verified", "in_time"),
    [
        (IN_TEN_DAYS, True, True),
        (IN_TEN_DAYS, False, None),
        (TODAY + timedelta(11), True, False),
        (TODAY + timedelta(11), False, False),
    ],
)
def test_an_answer_recorded_on_the_last_day_without_a_net_is_in_time(
    session: Session, cast: Cast, mend: Rectification, recorded_on: date, *, verified: bool,
    in_time: bool | None,
) -> None:  # fmt: skip
    evening = datetime.combine(recorded_on, time(23, 50), BEIJING)  # the day before in UTC
    arrived = datetime.combine(IN_TEN_DAYS + timedelta(2), time(0, 10), BEIJING)
    mend.state = RectificationState.ACCEPTED
    mend.closed_at = arrived + timedelta(hours=9)
    event = made_event(session, cast.c1, cast.li, recorded_on, EventKind.RECTIFICATION, evening)
    event.received_at = arrived
    photo = make_photo(session, cast.c1)
    photo.event_id, photo.time_verified = event.id, verified
    session.add(
        RectificationStep(
            rectification_id=mend.id, action="answered", at=arrived, photo_id=photo.id
        )
    )
    session.flush()

    key = frozenset({("rectification", mend.id)})
    found = told(session, until=MUCH_LATER)
    bound = OnTime(key, key if in_time else frozenset())
    assert found == ({} if in_time is None else {cast.township.code: bound}), "unknown: neither"
    [view] = rectifications_seen(
        session, county="140926", on=TODAY, seen_by=EVERYBODY, inspection_id=mend.inspection_id
    )
    said = f"手机上{recorded_on.isoformat()} 23:50记下"
    assert said in view.steps[-1].told
    assert (NOT_PROVEN in view.steps[-1].told) != verified


def test_a_day_moved_before_an_answer_in_time_arrived_was_kept_all_the_same(
    session: Session, cast: Cast, mend: Rectification
) -> None:
    evening = datetime.combine(IN_TEN_DAYS, time(20), BEIJING)
    event = made_event(session, cast.c1, cast.li, IN_TEN_DAYS, EventKind.RECTIFICATION, evening)
    photo = make_photo(session, cast.c1)
    photo.event_id = event.id
    moved = RectificationStep(
        rectification_id=mend.id, action="moved", at=LATE, before_on=mend.due_on,
        due_on=MUCH_LATER,
    )  # fmt: skip
    mend.due_on, mend.state = MUCH_LATER, RectificationState.ANSWERED
    came = RectificationStep(
        rectification_id=mend.id, action="answered", at=LATER, photo_id=photo.id
    )
    session.add_all([moved, came])
    session.flush()

    assert told(session) == {}, "it waits for a look; nobody was late by the first day"
