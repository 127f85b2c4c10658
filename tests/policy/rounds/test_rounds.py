"""What became of a visit, what changed between rounds, how far two words agree."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.policy.rounds.visits import Ended, VisitState, WordPair, compare, trust, visit_state

DUE = date(2023, 7, 31)


def state(*ended: Ended, on: date = DUE, withdrawn: bool = False) -> VisitState:
    return visit_state(ended, due_on=DUE, on=on, withdrawn=withdrawn)


def test_the_last_day_is_still_in_time_and_the_next_is_not() -> None:
    tomorrow = DUE + timedelta(days=1)

    assert state(on=DUE) is VisitState.DUE
    assert state(on=tomorrow) is VisitState.MISSED
    assert state(Ended("signed", DUE), on=tomorrow) is VisitState.DONE
    assert state(Ended("signed", tomorrow), on=tomorrow) is VisitState.LATE


def test_a_visit_that_has_not_happened_yet_does_not_count() -> None:
    assert state(Ended("signed", DUE), on=DUE - timedelta(days=1)) is VisitState.DUE


def test_a_closed_door_stays_a_closed_door_until_somebody_gets_in() -> None:
    door = Ended("closed_door", date(2023, 7, 10))

    assert state(door, on=date(2023, 8, 20)) is VisitState.CLOSED_DOOR
    assert state(door, Ended("to_confirm", date(2023, 7, 12))) is VisitState.DONE


def test_a_refused_signature_is_a_result_of_its_own() -> None:
    refused = Ended("refused", date(2023, 7, 10))

    assert state(refused) is VisitState.REFUSED
    assert state(refused).inspected
    assert state(refused, Ended("signed", date(2023, 7, 20))) is VisitState.DONE


def test_two_inspectors_on_one_station_count_by_the_earlier_visit() -> None:
    late, early = Ended("signed", DUE + timedelta(days=3)), Ended("signed", date(2023, 7, 3))

    assert state(late, early, on=DUE + timedelta(days=5)) is VisitState.DONE


def test_a_withdrawn_station_is_neither_due_nor_missed() -> None:
    assert state(on=DUE + timedelta(days=9), withdrawn=True) is VisitState.WITHDRAWN


def finding(code: str, verdict: str) -> dict[str, Any]:
    return {"code": code, "clause": "四（2）", "title": code, "level": "shall", "verdict": verdict}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("fail", "pass", "mended"),
        ("fail", "fail", "still_failing"),
        ("pass", "fail", "newly_failing"),
        ("pass", "pass", "steady"),
        ("unknown", "fail", "not_comparable"),
        ("fail", "not_applicable", "not_comparable"),
    ],
)
def test_november_is_held_against_july_clause_by_clause(before: str, after: str, kind: str) -> None:
    [change] = compare([finding("A3-42b", before)], [finding("A3-42b", after)])

    assert (change.kind, change.before, change.after) == (kind, before, after)


def test_a_clause_that_only_one_round_knows_is_not_comparable() -> None:
    changes = compare([finding("OLD", "fail")], [finding("NEW", "fail")])

    assert [(one.code, one.kind) for one in changes] == [
        ("NEW", "not_comparable"),
        ("OLD", "not_comparable"),
    ]


def pair(keeper: str, inspector: str, **fields: Any) -> WordPair:
    told: dict[str, Any] = {"on": date(2023, 7, 5), "station": "C0001"} | fields
    return WordPair("四（2）", "货架", keeper, inspector, **told)


def test_trust_is_the_share_of_reports_that_inspectors_confirmed() -> None:
    found = trust([pair("pass", "pass"), pair("pass", "pass"), pair("pass", "fail")])

    assert (found.agreed, found.differed) == (2, 1)
    assert found.share == pytest.approx(2 / 3)
    assert found.reasons == ("2023年7月5日 C0001 四（2）货架：站长自报符合，督导员判定不符合",)


def test_a_disagreement_decided_for_the_keeper_costs_no_trust() -> None:
    found = trust([pair("pass", "fail", decided_for="keeper"), pair("fail", "fail")])

    assert (found.share, found.reasons) == (1.0, ())


def test_nobody_is_distrusted_before_anything_was_compared() -> None:
    assert trust([]).share is None
    assert trust([]).text == "还没有可以核对的条款"
