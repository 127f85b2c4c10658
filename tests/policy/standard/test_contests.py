"""A clause of which two inspectors differed: until when it is unknown, and what ends that."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from server.policy.standard.contests import Contest
from server.policy.standard.examine import Finding, examine
from server.policy.standard.facts import Level, Ownership, Said, StationFacts, Word
from server.policy.standard.inspection_form import Answer, hear, on_keepers_word
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import standard_by_id, standards_in
from server.policy.standard.verdicts import Verdict

TRIAL = standard_by_id(standards_in(), "shanxi-2023-trial")
DAY = date(2023, 7, 12)
OPEN = Contest(DAY, "王督导说“不符合”，赵督导说“符合”，等县办裁定", ("photo:1",))
FACTS = StationFacts(
    level=Level.TOWNSHIP_STATION,
    ownership=Ownership.SELF_OPERATED,
    judged={
        "floor_area_m2": (Said(Decimal(12), Word.INSPECTOR, DAY),),
        "shelves": (Said(True, Word.INSPECTOR, DAY),),
    },
    contested={"A3-42b": OPEN, "A3-41b": OPEN},
)


def shelves(facts: StationFacts, on: date = DAY) -> Finding:
    return next(one for one in examine(TRIAL, facts, on) if one.code == "A3-42b")


def test_it_is_unknown_on_nobodys_word_whatever_was_said_last_on_that_day() -> None:
    found = shelves(FACTS)

    assert (found.verdict, found.word, found.since) == (Verdict.UNKNOWN, None, DAY)
    assert (found.why, found.evidence) == (OPEN.why, ("photo:1",))


def test_a_decision_is_the_word_of_the_inspector_whom_it_lets_stand() -> None:
    decided = replace(OPEN, holds=False, since=date(2023, 7, 1))

    found = shelves(replace(FACTS, contested={"A3-42b": decided}))

    assert (found.verdict, found.word, found.since) == (
        Verdict.FAIL, Word.INSPECTOR, date(2023, 7, 1),
    )  # fmt: skip
    assert found.counts_against


@pytest.mark.parametrize(("word", "verdict"), [(Word.INSPECTOR, "pass"), (Word.KEEPER, "unknown")])
def test_only_an_inspector_on_a_later_day_leaves_it_behind(word: Word, verdict: str) -> None:
    later = DAY + timedelta(3)
    said = (*FACTS.judged["shelves"], Said(True, word, later))

    found = shelves(replace(FACTS, judged={**FACTS.judged, "shelves": said}), later)

    assert found.verdict == verdict


def test_it_tells_nothing_of_the_days_before_and_goes_out_of_date_with_the_visits() -> None:
    options = CountyOptions(inspection_fresh_days=30)
    stale = shelves(replace(FACTS, options=options), DAY + timedelta(31))
    before = shelves(
        replace(FACTS, judged={"shelves": (Said(True, Word.KEEPER, DAY - timedelta(9)),)}),
        DAY - timedelta(1),
    )

    assert (before.verdict, before.word) == (Verdict.PASS, Word.KEEPER)
    assert "已过期" in stale.why


def test_a_record_says_what_its_own_inspector_saw_and_the_keepers_word_is_the_keepers() -> None:
    keeper = {"shelves": (Said(True, Word.KEEPER, DAY),)}
    heard = hear((TRIAL,), FACTS, [Answer("A3-42b", Verdict.FAIL, {}, "没有")], on=DAY, photos={})
    found = {one.code: one for one in heard.findings}
    [own] = [
        one
        for one in on_keepers_word((TRIAL,), replace(FACTS, judged=keeper), DAY)
        if one.code == "A3-42b"
    ]

    assert found["A3-42b"].verdict is Verdict.FAIL
    assert found["A3-41b"].verdict is Verdict.UNKNOWN  # not answered: still undecided
    assert (own.verdict, own.word) == (Verdict.PASS, Word.KEEPER)
