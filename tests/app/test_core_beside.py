"""What stands beside a rule on the phone: earlier findings and remarks ready to tap."""

import json

import pytest

from tests.app.quick import Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


WORD = {"code": "A", "verdict": "fail", "verdict_label": "不符合", "why": "没有货架", "note": ""}
STATION = {
    "earlier": [
        {"id": "2", "day_on": "2026-07-12", "by": "王督导", "round": "", "said": []},
        {"id": "1", "day_on": "2025-11-20", "by": "赵督导", "round": "2025-11", "said": [WORD]},
    ]
}


def test_a_rule_tells_what_each_earlier_visit_said_of_it_and_which_passed_it_over(
    core: Core,
) -> None:
    found = core.run(f"return earlierOf({json.dumps(STATION)}, 'A');")

    assert [one["word"] and one["word"]["verdict"] for one in found] == [None, "fail"]
    assert [one["by"] for one in found] == ["王督导", "赵督导"]


def test_a_rule_that_nobody_looked_at_and_an_older_package_tell_nothing(core: Core) -> None:
    assert core.run(f"return earlierOf({json.dumps(STATION)}, 'B');") == []
    assert core.run("return earlierOf({}, 'A');") == []


def test_remarks_of_the_rule_come_before_those_that_fit_any(core: Core) -> None:
    given = [
        {"text": "站长不在", "rules": []},
        {"text": "没有巴枪", "rules": ["C"]},
        {"text": "门头旧了", "rules": ["A"]},
    ]

    assert core.run(f"return remarksFor({json.dumps(given)}, 'C');") == ["没有巴枪", "站长不在"]
    assert core.run("return remarksFor(undefined, 'C');") == []


@pytest.mark.parametrize(
    ("note", "text", "whole"),
    [
        ("", "没有巴枪", "没有巴枪"),
        ("只有手机", "没有巴枪", "只有手机；没有巴枪"),
        ("只有手机。", "没有巴枪", "只有手机。没有巴枪"),
        ("没有巴枪，用手机", "没有巴枪", "没有巴枪，用手机"),
        ("长" * 298, "没有巴枪", "长" * 298),
    ],
)
def test_a_tapped_remark_is_added_to_what_was_typed(
    core: Core, note: str, text: str, whole: str
) -> None:
    assert core.run(f"return withRemark({json.dumps(note)}, {json.dumps(text)});") == whole
