"""What a visit comes to on the server: the same cases that the phone is held against."""

import pytest

from server.policy.standard.examine import finding_json, status
from server.policy.standard.facts import Word
from server.policy.standard.inspection_form import Answer, hear
from server.policy.standard.verdicts import Verdict
from tests.app.packed import Visited, standards_of, visits

VISITS = visits()


@pytest.mark.parametrize("visit", VISITS, ids=[one.name for one in VISITS])
def test_given_these_taps_these_findings(visit: Visited) -> None:
    assert visit.case.expect is not None
    wanted = visit.case.expect.plain()
    answers, photos = visit.heard()

    heard = hear(standards_of(visit.case), visit.case.facts, answers, on=visit.on, photos=photos)

    found = {one.code: finding_json(one) for one in heard.findings}
    told = {
        code: {name: dict(found[code])[name] for name in parts}
        for code, parts in wanted.get("findings", {}).items()
    }
    assert told == visit.wanted(told)
    state = status(heard.findings).label
    fails = sum(one.counts_against for one in heard.findings)
    assert (wanted.get("status", state), wanted.get("fails", fails)) == (state, fails)


def test_a_tap_on_what_the_register_settles_is_no_finding() -> None:
    [visit] = [one for one in VISITS if one.name == "没有问到的条款，原来怎样还怎样"]
    forced = [Answer("A3-23a", Verdict.FAIL, {}, "硬塞的")]

    heard = hear(standards_of(visit.case), visit.case.facts, forced, on=visit.on, photos={})

    [number] = [one for one in heard.findings if one.code == "A3-23a"]
    assert (number.verdict, number.word) == (Verdict.PASS, Word.REGISTER)
    assert heard.said == {}
