"""What a visit comes to, worked out on the phone before anybody signs: the cases of visits/."""

from json import dumps
from typing import Any

import pytest

from tests.app.packed import Visited, visits
from tests.app.quick import Core

VISITS = visits()
DOUBTS = """
  const v = visit;
  const of = {};
  v.answers.forEach((answer) => {
    const row = v.rows.filter((one) => one.code === answer.rule)[0];
    const others = allSettled(v.rows, v.answers.filter((one) => one !== answer));
    if (row) of[row.code] = doubt(row, v.station, v.options, answer, others);
  });
  return of;
"""


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


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
