"""What two people sign: doubts said at once, one text for what is shown, and no signature left."""

import json
from typing import Any

import pytest

from tests.app.quick import Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core("fake_visits.js", "fake_signing.js")


def finding(told: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in told["findings"] if one["code"] == code)


def test_tap_and_value_that_part_are_doubted_at_once_and_the_tap_is_made_again(core: Core) -> None:
    seen = core.run(
        "const d = small(); const again = withAnswer(insisted(d, ROWS[1]), 'C', {note: '拐角没量进去'});"
        "const other = doubted(withValue(again, 'C', 'floor_area_m2', '9.4'));"
        "const enough = doubted(withValue(again, 'C', 'floor_area_m2', '10'));"
        "return [doubtOf(d, ROWS[1]), [d, again, other, enough].map((one) => lackOf(one, ROWS[1]))];"
    )
    assert "面积9.5平方米，标准要求10平方米以上（含10）" in seen[0]
    assert "您点的是“符合”" in seen[0]
    assert seen[1] == ["doubt", "", "doubt", ""]


def test_the_text_holds_the_tap_as_the_finding_with_value_and_reason_beside_it(core: Core) -> None:
    told = core.run(
        "return told(withAnswer(insisted(small(), ROWS[1]), 'C', {note: '拐角没量进去'}));"
    )
    area = finding(told, "C")
    assert (area["verdict"], area["word"], area["since"]) == ("pass", "inspector", "2026-07-03")
    assert area["why"] == (
        "面积9.5平方米，标准要求10平方米以上（含10）；督导员现场认定符合：拐角没量进去"
    )
    assert (told["status"], told["fails"]) == ("meets", 0)
    answer = next(one for one in told["answers"] if one["rule"] == "C")
    assert answer["values_told"] == [["floor_area_m2", "面积", "9.5平方米"]]
    assert answer["insisted"] is True
    assert "您点的是“符合”" in answer["doubt"]


def test_the_text_names_whose_station_and_visit_it_is_and_what_the_register_said(
    core: Core,
) -> None:
    told = core.run("return told(small());")
    assert (told["shape"], told["id"], told["day_on"]) == (3, "v-1", "2026-07-03")
    assert told["station"]["name"] == "马家沟村"
    assert told["package"] == {
        "taken_on": "2026-07-02",
        "standards": [{"id": "s", "name": "标准", "sha256": "ab"}],
    }
    register = finding(told, "R")
    assert (register["verdict"], register["word"]) == ("pass", "register")
    assert "word_label" not in register  # frozen as records freeze it


def test_what_was_left_stands_in_the_text_with_its_reason(core: Core) -> None:
    told = core.run("return told(leftOut(checked(), '站长急着出门'));")
    assert [(one["rule"], one["reason"]) for one in told["unanswered"]] == [
        ("A", "站长急着出门"),
        ("C", "站长急着出门"),
    ]
    assert told["status"] == "not_assessed"


def test_nobody_reaches_a_pass_by_saying_that_a_rule_does_not_fit(core: Core) -> None:
    told = core.run(
        "const d = tapped(small(), ROWS[0], 'not_applicable');"
        "return told(withAnswer(d, 'A', {note: '只收寄件'}));"
    )
    assert finding(told, "A")["verdict"] == "unknown"
    assert finding(told, "A")["why"] == "督导员认为本条不适用：只收寄件，等县办认定"
    assert told["status"] == "not_assessed"


def test_the_same_visit_is_the_same_text_whatever_the_order_of_its_keys(core: Core) -> None:
    seen = core.run(
        "const d = small(); const turned = {}; Object.keys(d).reverse().forEach((key) => { turned[key] = d[key]; });"
        "const text = textOf(d);"
        "return [text === textOf(turned), text, canonical({b: [1, null, '丙'], a: {d: undefined, c: true}})];"
    )
    assert seen[0] is True
    assert seen[2] == '{"a":{"c":true},"b":[1,null,"丙"]}'
    spelled = json.dumps(
        json.loads(seen[1]), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert seen[1] == spelled


def test_an_amendment_speaks_of_the_day_of_the_visit(core: Core) -> None:
    seen = core.run(
        "const d = amendmentOf(finished(small(), NOON), 'v-2', 'v-1', '2026-06-30');"
        "const t = told(d); return [t.day_on, t.amends_id, t.findings.filter((one) => one.code === 'A')[0].since];"
    )
    assert seen == ["2026-06-30", "v-1", "2026-06-30"]


def test_a_door_that_nobody_opened_has_a_text_without_findings(core: Core) -> None:
    told = core.run("return told(Object.assign(checked(), {outcome: 'closed_door'}));")
    assert (told["findings"], told["answers"], told["status"]) == ([], [], "not_assessed")


# Signatures


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ("(d) => tapped(d, ROWS[0], 'fail')", False),
        ("(d) => withAnswer(d, 'A', {note: '还有'})", False),
        ("(d) => withPhoto(d, {id: 'p', sha256: 'x'})", False),
        ("(d) => withoutPhoto(d, 'p')", False),
        ("(d) => Object.assign({}, d, {keeper_name: '李贵'})", False),
        ("(d) => Object.assign({}, d, {amended_because: '写错了'})", False),
        ("(d) => renewedBy(d)", True),
        ("(d) => Object.assign({}, d, {outcome: 'refused', refusal: '不服'})", True),
        ("(d) => Object.assign({}, d, {position: {latitude: 1, longitude: 2}})", True),
        ("(d) => withSignature(d, 'keeper', LINE, {text: 'other', sha256: 'o'})", True),
    ],
)
def test_signatures_stay_only_while_what_they_stand_under_stays(
    core: Core,
    change: str,
    *,
    stays: bool,
) -> None:
    seen = core.run(
        "const renewedBy = (d) => renewed(d, {taken_on: '2026-07-04', station: AT_STATION, rows: ROWS});"
        "const d = withSignature(small(), 'inspector', LINE, {text: 't', sha256: 's'});"
        f"const now = edited(d, ({change})(d));"
        "return [isSignedBy(now), now.document, Boolean(now.taken_back), now.position];"
    )
    assert seen == [stays, {"text": "t", "sha256": "s"} if stays else None, not stays, None]


def test_the_first_signature_fixes_the_text_and_the_record_carries_it(core: Core) -> None:
    seen = core.run(
        "const one = withSignature(small(), 'inspector', LINE, {text: 'first', sha256: 's'});"
        "const two = Object.assign(withSignature(one, 'keeper', LINE, {text: 'later', sha256: 'l'}), {outcome: 'signed'});"
        "const over = finished(two, NOON);"
        "return [recordOf(two, NOON, 0).payload.document, over.document, over.document_sha256];"
    )
    assert seen == ["first", None, "s"]


def test_what_the_keeper_reads_comes_first(core: Core) -> None:
    seen = core.run(
        "const d = tapped(withAnswer(insisted(small(), ROWS[1]), 'C', {note: '拐角'}), ROWS[0], 'fail');"
        "const order = inOrder(told(d).findings, ['C']);"
        "return Object.keys(order).map((key) => [key, order[key].map((one) => one.code).join('')]);"
    )
    assert seen == [["failed", "A"], ["decided", "C"], ["open", ""], ["passed", "R"], ["idle", ""]]


def test_a_draft_begun_with_an_older_package_gets_a_newer_one_and_keeps_its_taps(
    core: Core,
) -> None:
    seen = core.run(
        "const old = tapped(fresh(), rows[0], 'pass');"
        "const now = renewed(old, {taken_on: '2026-07-04', station: AT_STATION, rows: ROWS, options: {}});"
        "return [hasChecks(old), hasChecks(now), answerTo(now, 'A').verdict, renewed(old, {station: 1}) === old];"
    )
    assert seen == [False, True, "pass", True]
