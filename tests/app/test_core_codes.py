"""Station numbers on the phone, by the cases that the server's check is held against as well."""

from pathlib import Path

import pytest

from server.policy.standard.cases import Case, read_cases
from server.policy.standard.examine import Verdict, examine
from server.policy.standard.facts import Level
from server.policy.standard.standards import standard_by_id, standards_in
from server.services.plates.numbers import normal_code
from tests.app.quick import Core

CASES = read_cases(Path(__file__).parents[1] / "cases" / "codes.yaml")
STANDARD = standard_by_id(standards_in(), "shanxi-2023-trial")
PREFIX = {Level.TOWNSHIP_STATION: "XZ", Level.VILLAGE_POINT: "C"}


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_phone_takes_a_number_for_right_exactly_where_the_standard_does(
    core: Core, case: Case
) -> None:
    assert case.on is not None
    findings = examine(STANDARD, case.facts, case.on)
    [form] = [one for one in findings if one.code == "A3-23a"]

    number, plain = core.run(
        f"const t = {case.facts.code!r}; return [readNumber(t), plainCode(t)];"
    )

    right = number == plain and plain.startswith(PREFIX[case.facts.level])
    assert right is (form.verdict is Verdict.PASS)
    assert number == normal_code(case.facts.code or "") or not right
    if right:
        assert f"编号{number}，" in form.why
        assert (
            core.run(
                f"return readStationDigits({plain.lstrip('XZC')!r} + '\\n', {PREFIX[case.facts.level]!r},"
                f" [{{code: {plain!r}}}]).code;"
            )
            == plain
        )


def test_a_fifth_digit_makes_no_other_stations_number(core: Core) -> None:
    """C00070 is C0007 with a slip of the finger, or C0070: nobody knows."""
    assert core.run("return ['C00070', 'xz00010', 'C7', '140926-C0007'].map(readNumber)") == [
        None, None, "C0007", "C0007",
    ]  # fmt: skip
