"""The readable cases in tests/cases: given these facts, these findings."""

import pytest

from server.policy.document import Part
from server.policy.standard.cases import Case, read_cases
from server.policy.standard.examine import Finding, Status, examine, standing_why, status
from server.policy.standard.standards import standard_by_id, standards_in
from server.settings import ROOT

STANDARDS = standards_in()
FILES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))
CASES = [(path, case) for path in FILES for case in read_cases(path)]
EXPECTED = (
    "verdict",
    "word",
    "since",
    "why",
    "level",
    "label",
    "evidence",
    "contradicted_by",
    "mended_on",
)


@pytest.mark.parametrize(
    "case", [case for _path, case in CASES], ids=[f"{path.stem}:{c.name}" for path, c in CASES]
)
def test_given_these_facts_these_findings(case: Case) -> None:
    assert case.on is not None
    assert case.expect is not None
    standards = [standard_by_id(STANDARDS, one) for one in case.standards]

    findings = examine(standards, case.facts, case.on)

    expect = case.expect.fields(known=("status", "findings"))
    if "status" in expect:
        assert status(findings).label == expect["status"].one_of([one.label for one in Status])
        assert standing_why(findings)
    by_code = {finding.code: finding for finding in findings}
    for code, part in expect["findings"].fields() if "findings" in expect else ():
        compare(by_code[code], part)


def compare(finding: Finding, part: Part) -> None:
    if not part.is_mapping:
        assert finding.verdict.value == part.text(), f"{finding.code}: {finding.why}"
        return
    for name, expected in part.fields(known=EXPECTED):
        want = expected.plain()
        if name == "why":
            assert want in finding.why
        elif name == "contradicted_by":
            assert [said.word.value for said in finding.contradicted_by] == ([want] if want else [])
        elif name == "evidence":
            assert list(finding.evidence) == want
        else:
            assert getattr(finding, name) == want, f"{finding.code} {name}: {finding.why}"


def test_every_rule_has_a_case_for_each_verdict_it_can_reach() -> None:
    reached: dict[str, set[str]] = {}
    for _path, case in CASES:
        assert case.on is not None
        standards = [standard_by_id(STANDARDS, one) for one in case.standards]
        told = {
            code: part.fields()["verdict"].text() if part.is_mapping and "verdict" in part.fields()
            else "" if part.is_mapping else part.text()
            for code, part in _told(case)
        }  # fmt: skip
        for finding in examine(standards, case.facts, case.on):
            if told.get(finding.code) == finding.verdict.value:
                reached.setdefault(finding.code, set()).add(finding.verdict.value)

    for standard in STANDARDS:
        for rule in standard.rules:
            wanted = {"not_applicable"} if rule.code == "A3-5" else {"pass", "fail"}
            assert wanted <= reached[rule.code], rule.code


def _told(case: Case) -> list[tuple[str, Part]]:
    assert case.expect is not None
    expect = case.expect.fields(known=("status", "findings"))
    return list(expect["findings"].fields()) if "findings" in expect else []


def test_there_are_at_least_forty_cases_and_each_has_its_own_name() -> None:
    names = [(path.stem, case.name) for path, case in CASES]

    assert len(names) >= 40
    assert len(set(names)) == len(names)
