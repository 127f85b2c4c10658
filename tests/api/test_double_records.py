"""A second record of one visit: kept whole, counted for nothing, until a person has decided."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.http import clock
from server.models.history import HistoryLine
from server.models.inspection import (
    Campaign,
    Counted,
    Disagreement,
    DoubleRecord,
    Inspection,
    Visit,
)
from server.models.person import Person, Role
from server.models.rectification import NoticeQuestion, Rectification, RectificationState
from server.models.statement import Statement
from server.policy.rounds.visits import VisitState
from server.services.inspections.freezing import frozen_is_whole
from server.services.intake.double_records import decide_double
from server.services.mending.notices import issue_notice
from server.services.people.scope import EVERYBODY
from server.services.rounds.visits import VisitView, visit_views
from server.services.standing.standing import standing_of
from tests.api.events import batch, id_of, now_text
from tests.api.rounds import inspection, visit_of
from tests.factories import Cast, make_person

Send = Callable[..., Any]
SHELVES, COUNTER = "A3-42b", "A3-42a"


@pytest.fixture
def send(client: FlaskClient, cast: Cast, signed_in: Callable[[Person], dict[str, str]]) -> Send:
    """Send a batch as 王督导, or as whoever is named; what the phone is told."""

    def post(*items: dict[str, Any], by: Person | None = None) -> Any:
        answer = client.post(
            "/api/v1/sync",
            data=json.dumps(batch(*items)),
            content_type="application/json",
            headers=signed_in(by or cast.wang),
        )
        assert answer.status_code == 200, answer.json
        assert {one["result"] for one in answer.json["results"]} <= {"ok", "same"}
        return answer.json["results"]

    return post


@pytest.fixture
def decide(session: Session, cast: Cast, standards: Any) -> Callable[[str], None]:
    """The office decides the one open question."""

    def settle(decision: str, reason: str = "问过站长，那天只来过一次") -> None:
        session.expire_all()
        [double] = session.scalars(
            select(DoubleRecord).where(DoubleRecord.settled_at.is_(None))
        ).all()
        decide_double(
            session,
            double=double,
            decision=decision,
            reason=reason,
            standards=standards,
            by=cast.office,
            now=clock.now(),
        )
        session.commit()

    return settle


def view_of(session: Session, campaign: Campaign, visit: Visit) -> VisitView:
    session.expire_all()
    views = visit_views(session, campaign=campaign, on=clock.today(), seen_by=EVERYBODY)
    return next(one for one in views if one.visit.id == visit.id)


def rows(session: Session, noun: Any) -> int:
    return session.scalar(select(func.count()).select_from(noun)) or 0


def open_mends(session: Session) -> set[str]:
    states = (RectificationState.OPEN, RectificationState.ANSWERED)
    return set(
        session.scalars(select(Rectification.rule_code).where(Rectification.state.in_(states)))
    )


def fails(session: Session, cast: Cast, standards: Any) -> set[str]:
    session.expire_all()
    standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
    return {one.code for one in standing.fails}


def test_a_second_record_is_kept_whole_and_settles_nothing(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    first = inspection(cast.c1, visit, failing=[SHELVES])
    second = inspection(cast.c1, visit, failing=[COUNTER])
    send(first)
    before = [rows(session, noun) for noun in (Statement, Rectification, Disagreement)]

    [told] = send(second)

    assert "已经交过一份记录，这一份收下了，先不算数" in told["message"]
    assert "点“更正”" in told["message"]
    assert before == [rows(session, noun) for noun in (Statement, Rectification, Disagreement)]
    kept = session.get_one(Inspection, id_of(second))
    assert (kept.counted, kept.fails) == (Counted.WAITS, 1)
    assert frozen_is_whole(session, kept)
    [double] = session.scalars(select(DoubleRecord)).all()
    assert (double.inspection_id, double.beside_id) == (id_of(second), id_of(first))
    view = view_of(session, campaign, visit)
    assert (view.state, view.waiting, len(view.all)) == (VisitState.DONE, True, 2)
    assert view.result is not None
    assert view.result.id == id_of(first)
    assert fails(session, cast, standards) == {SHELVES}


def test_two_inspectors_on_one_station_are_both_kept_and_the_second_is_told(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    colleague = make_person(session, name="赵督导", role=Role.INSPECTOR)
    visit = visit_of(session, campaign, cast.c1)
    first, second = inspection(cast.c1, visit), inspection(cast.c1, visit, failing=["A3-42b"])
    send(first)

    [answer] = send(second, by=colleague)
    [again] = send(second, by=colleague)

    assert (answer["result"], again["result"]) == ("ok", "same")
    assert answer["message"].startswith("王督导")
    assert again["message"] == answer["message"]
    view = view_of(session, campaign, visit)
    assert {one.inspector_name for one in view.all} == {"王督导", "赵督导"}
    assert view.result is not None
    assert view.result.id == id_of(first)  # whose station it was
    assert (view.waiting, view.two_results) == (True, False)  # the second settles nothing yet
    assert view.state is VisitState.DONE


def test_a_station_with_a_second_record_waiting_has_open_work(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any, decide: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    send(inspection(cast.c1, visit))
    send(inspection(cast.c1, visit))

    def told() -> str:
        session.expire_all()
        standing = standing_of(session, station=cast.c1, on=clock.today(), standards=standards)
        return standing.open_work.text

    assert told() == "1次督导有两份记录，等县办定以哪份为准"
    decide("first")
    assert told() == ""


def test_outside_rounds_only_the_same_inspector_on_the_same_day_comes_twice(
    session: Session, cast: Cast, send: Send
) -> None:
    colleague = make_person(session, name="赵督导", role=Role.INSPECTOR)
    yesterday = {
        "arrived_at": now_text(timedelta(days=-1, minutes=-20)),
        "finished_at": now_text(timedelta(days=-1)),
        "device_at": now_text(timedelta(days=-1)),
    }
    sent = [inspection(cast.c1), inspection(cast.c1), inspection(cast.c1, **yesterday)]
    for one in sent:
        send(one)
    theirs = inspection(cast.c1)
    send(theirs, by=colleague)

    counted = [session.get_one(Inspection, id_of(one)).counted.value for one in (*sent, theirs)]

    assert counted == ["yes", "waits", "yes", "yes"]


def test_a_locked_door_is_no_visit_yet_and_no_second_one(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    colleague = make_person(session, name="赵督导", role=Role.INSPECTOR)
    locked: dict[str, Any] = {"outcome": "closed_door", "answers": [], "outcome_note": "没人接"}
    send(inspection(cast.c1, visit, **locked))
    send(inspection(cast.c1, visit))
    [told] = send(inspection(cast.c1, visit, **locked), by=colleague)

    assert "王督导" in told["message"]
    assert rows(session, DoubleRecord) == 0
    view = view_of(session, campaign, visit)
    assert (view.state, [one.counted.value for one in view.all]) == (VisitState.DONE, ["yes"] * 3)


def test_a_locked_door_amended_into_a_visit_meets_the_record_that_counts(
    session: Session, cast: Cast, campaign: Campaign, send: Send
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    colleague = make_person(session, name="赵督导", role=Role.INSPECTOR)
    door = inspection(cast.c1, visit, outcome="closed_door", answers=[], outcome_note="没人接")
    send(door)
    send(inspection(cast.c1, visit), by=colleague)
    amendment = inspection(
        cast.c1, visit, amends_id=door["id"], amended_because="后来开了门", failing=[SHELVES]
    )

    send(amendment)

    assert session.get_one(Inspection, id_of(amendment)).counted is Counted.WAITS
    assert open_mends(session) == set()


def test_when_the_second_stands_its_words_and_mends_count_and_the_firsts_are_taken_back(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any, decide: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    first = inspection(cast.c1, visit, failing=[SHELVES, "A3-3a"])
    second = inspection(cast.c1, visit, failing=[COUNTER, "A3-3a"])
    send(first)
    send(second)
    bytes_before = [
        session.get_one(Inspection, id_of(one)).frozen_sha256 for one in (first, second)
    ]

    decide("second")

    assert fails(session, cast, standards) == {COUNTER, "A3-3a"}
    assert open_mends(session) == {COUNTER, "A3-3a"}
    assert rows(session, Rectification) == 3  # what both found goes on as it was
    view = view_of(session, campaign, visit)
    assert view.result is not None
    assert (view.result.id, view.waiting) == (id_of(second), False)
    kept = [session.get_one(Inspection, id_of(one)) for one in (first, second)]
    assert [one.counted for one in kept] == [Counted.SET_ASIDE, Counted.YES]
    assert [one.frozen_sha256 for one in kept] == bytes_before
    assert all(frozen_is_whole(session, one) for one in kept)
    [line] = session.scalars(
        select(HistoryLine).where(HistoryLine.action == "double-decided")
    ).all()
    assert (line.reason, "以后收到的一份为准" in line.summary) == ("问过站长，那天只来过一次", True)


def test_when_the_first_stands_the_second_stays_and_says_so_when_sent_again(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any, decide: Any,
    client: FlaskClient, signed_in: Any,
) -> None:  # fmt: skip
    visit = visit_of(session, campaign, cast.c1)
    second = inspection(cast.c1, visit, failing=[COUNTER])
    send(inspection(cast.c1, visit, failing=[SHELVES]))
    send(second)

    decide("first")

    assert fails(session, cast, standards) == {SHELVES}
    assert open_mends(session) == {SHELVES}
    assert session.get_one(Inspection, id_of(second)).counted is Counted.SET_ASIDE
    answer = client.post("/api/v1/sync", json=batch(second), headers=signed_in(cast.wang))
    [again] = json.loads(answer.data)["results"]
    assert (again["result"], "以另一份记录为准" in again["message"]) == ("same", True)


def test_an_amendment_of_what_waits_waits_with_it_and_is_what_gets_decided(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any, decide: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    second = inspection(cast.c1, visit, failing=[COUNTER])
    amendment = inspection(
        cast.c1, visit, amends_id=second["id"], amended_because="看错了", failing=["A3-3a"]
    )
    send(inspection(cast.c1, visit, failing=[SHELVES]))
    send(second)
    send(amendment)
    assert session.get_one(Inspection, id_of(amendment)).counted is Counted.WAITS

    decide("second")

    assert fails(session, cast, standards) == {"A3-3a"}
    assert open_mends(session) == {"A3-3a"}
    assert session.get_one(Inspection, id_of(second)).counted is Counted.YES


def test_the_record_that_was_let_count_can_be_amended_like_any_other(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any, decide: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    second = inspection(cast.c1, visit, failing=[COUNTER])
    send(inspection(cast.c1, visit, failing=[SHELVES]))
    send(second)
    decide("second")

    send(inspection(cast.c1, visit, amends_id=second["id"], amended_because="台席在里间"))

    assert fails(session, cast, standards) == set()
    assert open_mends(session) == set()


def test_a_second_record_of_an_earlier_day_is_heard_when_it_stands(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any, decide: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    yesterday = {
        "arrived_at": now_text(timedelta(days=-1, minutes=-20)),
        "finished_at": now_text(timedelta(days=-1)),
        "device_at": now_text(timedelta(days=-1)),
    }
    send(inspection(cast.c1, visit, failing=[SHELVES]))
    send(inspection(cast.c1, visit, failing=[COUNTER], **yesterday))

    decide("second")

    assert fails(session, cast, standards) == {COUNTER}


def test_a_letter_of_the_record_set_aside_is_put_to_the_office_not_withdrawn(
    session: Session, cast: Cast, campaign: Campaign, send: Send, decide: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    first = inspection(cast.c1, visit, failing=[SHELVES])
    send(first)
    kept = session.get_one(Inspection, id_of(first))
    issue_notice(session, inspection=kept, by=cast.office, now=clock.now())
    session.commit()
    send(inspection(cast.c1, visit))

    decide("second")

    [question] = session.scalars(select(NoticeQuestion)).all()
    assert question.settled_at is None
    assert open_mends(session) == {SHELVES}


def test_a_decision_has_a_reason_and_is_made_once(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any, decide: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    send(inspection(cast.c1, visit))
    send(inspection(cast.c1, visit))

    with pytest.raises(Invalid, match="请写明这样定的理由"):
        decide("second", " ")
    session.rollback()
    with pytest.raises(Invalid, match="请选择以哪一份为准"):
        decide("both")
    session.rollback()
    decide("first")
    [double] = session.scalars(select(DoubleRecord)).all()
    with pytest.raises(Conflict, match="已经定过了"):
        decide_double(
            session, double=double, decision="second", reason="改主意", standards=standards,
            by=cast.office, now=clock.now(),
        )  # fmt: skip


def test_of_three_records_the_third_is_held_against_the_one_that_stands_now(
    session: Session, cast: Cast, campaign: Campaign, send: Send, standards: Any, decide: Any
) -> None:
    visit = visit_of(session, campaign, cast.c1)
    second = inspection(cast.c1, visit, failing=[COUNTER])
    third = inspection(cast.c1, visit, failing=["A3-3a"])
    send(inspection(cast.c1, visit, failing=[SHELVES]))
    send(second)
    decide("second")
    send(third)

    decide("second")

    assert fails(session, cast, standards) == {"A3-3a"}
    assert open_mends(session) == {"A3-3a"}
    doubles = session.scalars(select(DoubleRecord).order_by(DoubleRecord.id)).all()
    assert doubles[1].beside_id == id_of(second)
