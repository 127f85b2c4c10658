"""What a visit comes to, worked out on the phone before anybody signs: the cases of visits/."""

import os
from json import dumps
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.policy.standard.examine import finding_json, status
from server.policy.standard.inspection_form import Answer, Heard, hear
from server.policy.standard.verdicts import Verdict
from tests.app.packed import Visited, packed, visits
from tests.app.quick import Core
from tests.policy.standard.stations import TRIAL, any_answers, any_station

LONG = os.environ.get("DRILL") == "long"
A_TIME = 20
VISITS = visits()
DOUBTS = """
  const of = {};
  visit.answers.forEach((answer) => {
    const row = visit.rows.filter((one) => one.code === answer.rule)[0];
    const entered = allSettled(visit.rows, visit.answers);
    if (row) of[row.code] = doubt(row, visit.station, visit.options, answer, entered, visit.day_on);
  });
  return of;
"""


@pytest.fixture(scope="module")
def core() -> Core:
    core = Core()
    core.context.set_time_limit(-1)
    return core


def run(core: Core, visit: Visited, script: str) -> Any:
    return core.run(f"const visit = {dumps(visit.phone())};" + script)


@pytest.mark.parametrize("visit", VISITS, ids=[one.name for one in VISITS])
def test_given_these_taps_these_findings_on_the_phone(core: Core, visit: Visited) -> None:
    expect = visit.case.expect
    assert expect is not None
    wanted = expect.plain()
    unknown = wanted.keys() - {"status", "fails", "findings", "doubt"}

    found = run(core, visit, "return findings(visit);")
    status, fails = core.run(
        f"const list = {dumps(found)};"
        f"return [statusOf(list, {dumps(visit.phone()['station']['asked'])}), fails(list)];"
    )
    doubts = run(core, visit, DOUBTS)

    assert not unknown
    assert wanted.get("status", status["label"]) == status["label"]
    assert wanted.get("fails", fails) == fails
    by_code = {one["code"]: one for one in found}
    told = {
        code: {name: by_code[code][name] for name in parts}
        for code, parts in wanted.get("findings", {}).items()
    }
    assert told == visit.wanted(told)
    for code, sentence in wanted.get("doubt", {}).items():
        assert (doubts[code] or "无") == sentence, code


@settings(
    max_examples=1_000 if LONG else 6,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**32))
def test_any_visit_comes_to_the_same_on_phone_and_server(core: Core, seed: int) -> None:
    dice = Random(seed)
    visits = [any_visit(dice) for _ in range(A_TIME)]

    here = core.run(
        f"return {dumps([phone for phone, _ in visits])}.map((visit) => {{"
        "  const list = findings(visit);"
        "  const doubts = (() => {" + DOUBTS + "})();"
        "  return [list, statusOf(list, visit.station.asked).label, fails(list), doubts]; });"
    )

    for (phone, heard), (found, state, failing, doubts) in zip(visits, here, strict=True):
        there = [dict(finding_json(one)) for one in heard.findings]
        assert found == there, phone["answers"]
        assert (state, failing) == (
            status(heard.findings).label,
            sum(one.counts_against for one in heard.findings),
        )
        against = {code: said for code, said in doubts.items() if said.startswith("按标准应是")}
        assert against == dict(heard.doubts)


def any_visit(dice: Random) -> tuple[dict[str, Any], Heard]:
    """A visit for the phone, and what the server makes of the same answers."""
    facts, on = any_station(dice)
    carried = packed([TRIAL], facts, on)
    asked = carried["station"]["asked"]
    others = [rule.code for rule in TRIAL.rules if rule.settled_by == "register"]
    sent = any_answers(dice, carried["rows"], others, facts)
    photos = [{"id": f"p{n}", "rule_code": one} for n, one in enumerate(asked) if n % 3]
    answers = [
        Answer(one["rule"], Verdict(one["verdict"]), one["values"], one["note"].strip())
        for one in sent
    ]
    of_rule = {one["rule_code"]: [f"photo:{one['id']}"] for one in photos}
    heard = hear([TRIAL], facts, answers, on=on, photos=of_rule)
    visit = {**carried, "answers": sent, "photos": photos, "day_on": on.isoformat()}
    return visit, heard


def test_every_answer_is_remembered_as_it_was_given(core: Core) -> None:
    """The findings stand apart: what was tapped is not changed by working them out."""
    for visit in VISITS:
        before = visit.phone()
        after = run(core, visit, "findings(visit); return visit;")
        assert after == {**before, "answers": list(visit.answers), "photos": list(visit.photos)}


def test_a_package_of_an_older_server_is_told_apart(core: Core) -> None:
    phone = VISITS[0].phone()

    whole, old = core.run(
        f"const v = {dumps(phone)};"
        "const old = v.rows.map((row) => Object.assign({}, row, { check: undefined }));"
        "return [carriesChecks(v.station, v.rows), carriesChecks(v.station, old)];"
    )

    assert (whole, old) == (True, False)
    assert not core.run(f"return carriesChecks({{ findings: [] }}, {dumps(phone['rows'])});")


def test_there_are_cases_for_every_answer_and_they_disagree_both_ways() -> None:
    taps = [answer["verdict"] for visit in VISITS for answer in visit.answers]
    doubts = [
        sentence
        for visit in VISITS
        if visit.case.expect is not None
        for sentence in visit.case.expect.plain().get("doubt", {}).values()
    ]

    assert set(taps) == {"pass", "fail", "unknown", "not_applicable"}
    assert sum("应是“不符合”" in one for one in doubts) > 3
    assert sum("应是“符合”" in one for one in doubts) > 2
