"""Who is along on a visit, on the phone: a second inspector is named, signs, or is not there."""

import json

import pytest

from tests.app.quick import Core

ZHAO = json.dumps({"id": 5, "name": "赵督导"})
SIGNED = "Object.assign({}, fresh(), {outcome: 'signed', keeper_name: '李福来', signatures: {inspector: LINE, keeper: LINE}})"


@pytest.fixture(scope="module")
def core() -> Core:
    return Core("fake_visits.js")


def test_who_goes_alone_sends_nothing_of_a_second_inspector(core: Core) -> None:
    sent = core.run(f"return recordOf({SIGNED}, START, 0).payload;")

    assert not {"second_inspector_id", "second_signature"} & set(sent)
    assert core.run(f"return whatIsMissing({SIGNED});") == []


def test_a_second_inspector_takes_the_signatures_back_and_is_asked_for_the_own(core: Core) -> None:
    seen = core.run(
        f"let d = withSecond({SIGNED}, {ZHAO}); const first = d.signatures;"
        "d = Object.assign({}, d, {signatures: {inspector: LINE, keeper: LINE, second: null}});"
        "const missing = whatIsMissing(d);"
        "d = Object.assign({}, d, {signatures: {inspector: LINE, keeper: LINE, second: LINE}});"
        "return [first, missing, whatIsMissing(d), recordOf(d, START, 0).payload];"
    )

    assert seen[0] == {"inspector": None, "keeper": None, "second": None}
    assert seen[1] == ["一同督导的赵督导还没签名。"]
    assert seen[2] == []
    assert seen[3]["second_inspector_id"] == 5
    assert seen[3]["second_signature"] == [[[0, 0], [100, 0], [100, 50]]]


def test_one_may_still_say_that_nobody_came_along(core: Core) -> None:
    sent = core.run(
        f"return recordOf(withSecond(withSecond({SIGNED}, {ZHAO}), null), START, 0).payload;"
    )

    assert "second_inspector_id" not in sent
    assert sent["keeper_signature"] == []


COVERT = "asCovert(Object.assign({}, fresh(), {keeper_name: '李福来'}))"


def test_a_secret_visit_names_no_keeper_and_needs_the_inspectors_name_alone(core: Core) -> None:
    missing = core.run(f"return whatIsMissing({COVERT});")
    sent = core.run(
        f"const d = Object.assign({COVERT}, {{signatures: {{inspector: LINE, keeper: null}}}});"
        "return [whatIsMissing(d), recordOf(d, START, 0).payload];"
    )

    assert missing == ["您自己还没签名。"]
    assert sent[0] == []
    assert (sent[1]["outcome"], sent[1]["keeper_name"], sent[1]["keeper_signature"]) == (
        "covert", "", []
    )  # fmt: skip


def test_a_secret_visit_stays_one_when_amended_and_is_no_result_of_the_round(core: Core) -> None:
    seen = core.run(
        f"const d = {COVERT}; const done = finished(d, START);"
        "return [amendmentOf(done, 'n', 'i', '2026-07-03').outcome, stateOf(majiagou, [done], []).state,"
        " stateOf(majiagou, [finished(fresh(), START)], []).state];"
    )

    assert seen == ["covert", "due", "sent"]
