"""Questions answered by keepers and settled by people; none of them is ever a verdict."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Problem
from server.models.county import County
from server.models.person import Person
from server.models.phone_event import PhoneEvent
from server.models.signal import IntegritySignal, SignalState
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.phone_items import AnswerEntry, ItemResult, PhoneItem
from server.services.common.seals import seal
from server.services.home.keeper import home
from server.services.intake.sync import receive
from server.services.people.scope import EVERYBODY
from server.services.signals.lists import Wanted, signals_seen
from server.services.signals.questions import open_counts, settle_signal, signal_shown
from server.services.standing.standing import standing_of
from tests.factories import NOW, RING, TODAY, Cast
from tests.services.asked import raised


def test_what_is_not_settled_is_counted_by_station(session: Session, cast: Cast) -> None:
    raised(session, cast.c1, "a")
    raised(session, cast.c1, "b", state=SignalState.ANSWERED)
    raised(session, cast.c2, "c", state=SignalState.SETTLED)
    raised(session, cast.foreign, "d")

    assert open_counts(session, county="140926", seen_by=EVERYBODY) == {cast.c1.id: 2}


def answered(cast: Cast, signal: IntegritySignal, text: str = "那天在镇上取件") -> PhoneItem:
    return PhoneItem(
        id=uuid4(),
        station_id=cast.c1.id,
        device_at=NOW,
        entry=AnswerEntry(signal.id, text),
        clock_offset_ms=0,
    )


def send(session: Session, person: Person, *items: PhoneItem) -> list[ItemResult]:
    return receive(
        session,
        person=person,
        device_id="phone-1",
        client_now=NOW,
        items=items,
        now=NOW,
        ring=RING,
    )


def test_the_keeper_answers_once_and_again_until_it_is_settled(
    session: Session, cast: Cast
) -> None:
    signal = raised(session, cast.c1)
    first = answered(cast, signal)

    results = send(session, cast.li, first, first, answered(cast, signal, "  在镇上帮忙  "))

    assert [one.result for one in results] == ["ok", "same", "ok"]
    assert (signal.state, signal.answer) == (SignalState.ANSWERED, "在镇上帮忙")
    lines = history.lines(session, county="140926", station_id=cast.c1.id, limit=5)
    assert [line.action for line in lines] == ["signal-answered", "signal-answered"]


def test_an_answer_after_the_decision_is_kept_beside_it_but_changes_no_earlier_one(
    session: Session, cast: Cast
) -> None:
    late, done = raised(session, cast.c1, "late"), raised(session, cast.c1, "done")
    send(session, cast.li, answered(cast, done))
    for signal in (late, done):
        settle_signal(
            session, signal=signal, decision="explained", reason="已核实", by=cast.office, now=NOW
        )

    late_item = answered(cast, late)
    kept, again = send(session, cast.li, late_item, late_item)
    [refused] = send(session, cast.li, answered(cast, done, "改一下"))

    assert (kept.result, again.result) == ("ok", "same")
    assert kept.message == again.message == "县里已经处理了这个问题，您的说明也记上了。"
    assert (late.state, late.answer) == (SignalState.SETTLED, "那天在镇上取件")
    assert (refused.result, refused.code) == ("invalid", "signal-settled")
    assert done.answer == "那天在镇上取件"


def test_a_question_of_another_station_cannot_be_answered(session: Session, cast: Cast) -> None:
    theirs, foreign = raised(session, cast.c2), raised(session, cast.foreign)

    results = send(session, cast.li, answered(cast, theirs), answered(cast, foreign))
    [empty] = send(session, cast.li, answered(cast, raised(session, cast.c1), "  "))

    assert [one.code for one in results] == ["signal-unknown", "signal-unknown"]
    assert empty.code == "answer-empty"
    assert (theirs.state, foreign.state) == (SignalState.OPEN, SignalState.OPEN)
    assert session.scalars(select(PhoneEvent)).all() == []


def test_only_office_and_the_own_township_settle_with_a_reason(
    session: Session, cast: Cast
) -> None:
    signal = raised(session, cast.c1)

    def refused(by: Person, decision: str = "explained", reason: str = "看过了") -> str:
        with pytest.raises(Problem) as problem:
            settle_signal(session, signal=signal, decision=decision, reason=reason, by=by, now=NOW)
        return problem.value.code

    assert refused(cast.li) == "not-your-page"
    assert refused(cast.wang) == "not-your-page"
    assert refused(cast.officer) == "signal-unknown"  # of the other township
    assert refused(cast.outsider) == "signal-unknown"
    assert refused(cast.office, decision="guilty") == "signal-decision-unknown"
    assert refused(cast.office, reason=" ") == "reason-needed"
    assert signal.state is SignalState.OPEN
    settle_signal(
        session, signal=signal, decision="doubtful", reason="再看", by=cast.office, now=NOW
    )
    assert refused(cast.office, decision="doubtful", reason="再看") == "signal-settled"
    settle_signal(
        session, signal=signal, decision="explained", reason="去过了", by=cast.office, now=NOW
    )
    lines = history.lines(session, county="140926", station_id=cast.c1.id, limit=5)
    assert [line.reason for line in lines] == ["去过了", "再看"]


def test_no_signal_changes_a_verdict_or_a_status(
    session: Session, cast: Cast, standards: Sequence[Standard]
) -> None:
    def standing() -> tuple[Any, ...]:
        found = standing_of(session, station=cast.c1, on=TODAY, standards=standards)
        return found.status, [(one.code, one.verdict, one.why) for one in found.findings]

    before = standing()
    for decision in ("", "explained", "doubtful", "mistaken"):
        signal = raised(session, cast.c1, decision or "open")
        if decision:
            settle_signal(
                session, signal=signal, decision=decision, reason="看过", by=cast.office, now=NOW
            )

    assert standing() == before


def test_the_keepers_home_asks_the_three_oldest_questions_until_they_are_answered(
    session: Session, cast: Cast, standards: Sequence[Standard]
) -> None:
    signals = [raised(session, cast.c1, f"{n}", day_on=TODAY - timedelta(days=n)) for n in range(5)]
    send(session, cast.li, answered(cast, signals[4]))

    [today] = home(
        session,
        person=cast.li,
        county=session.get_one(County, "140926"),
        now=NOW,
        standards=standards,
    )

    asked = [task for task in today.todo if task.kind == "question"]
    assert [task.signal_id for task in asked] == [signals[n].id for n in (3, 2, 1)]
    assert asked[0].why == signals[3].question
    assert asked[0].day_on == signals[3].day_on


def test_a_list_goes_on_page_by_page_with_every_question_once(session: Session, cast: Cast) -> None:
    everything = {
        raised(
            session, cast.c1 if n % 2 else cast.c3, f"{n}", day_on=TODAY - timedelta(days=n // 3)
        ).id
        for n in range(14)
    }
    shown: list[int] = []
    before, pages = "", 0
    while True:
        page = signals_seen(session, seen_by=cast.office, wanted=Wanted(), before=before, limit=4)
        shown += [one.signal.id for one in page.shown]
        before, pages = page.following, pages + 1
        if not before:
            break

    assert pages == 4
    assert len(shown) == len(everything)
    assert set(shown) == everything
    own = signals_seen(session, seen_by=cast.officer, wanted=Wanted(), limit=50)
    assert {one.station.id for one in own.shown} == {cast.c3.id}
    assert list(signals_seen(session, seen_by=cast.outsider, wanted=Wanted()).shown) == []


def test_nobody_decides_over_an_answer_that_was_not_on_the_page(
    session: Session, cast: Cast
) -> None:
    signal = raised(session, cast.c1)
    seen = seal(signal_shown(signal))
    send(session, cast.li, answered(cast, signal, "那天在镇上取件"))

    def settled(over: str) -> None:
        settle_signal(
            session, signal=signal, decision="doubtful", reason="没有说明", by=cast.office, now=NOW,
            seal=over,
        )  # fmt: skip

    with pytest.raises(Problem) as problem:
        settled(seen)
    assert problem.value.code == "signal-changed-meanwhile"
    assert "那天在镇上取件" in problem.value.message
    assert signal.state is SignalState.ANSWERED
    settled(seal(signal_shown(signal)))
    assert signal.state is SignalState.SETTLED
