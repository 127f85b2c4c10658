"""The inspector's form, made from the standard, and what its answers come to."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from server.errors import Invalid
from server.policy.standard.examine import Finding, Status, examine, status
from server.policy.standard.facts import Level, Ownership, Said, StationFacts, Word
from server.policy.standard.inspection_form import (
    Answer,
    asked_of,
    hear,
    on_keepers_word,
    rules_asked,
)
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import STANDARDS_FOLDER, standard_by_id, standards_in
from server.policy.standard.verdicts import Verdict

EVERY = standards_in(STANDARDS_FOLDER)
TRIAL = (standard_by_id(EVERY, "shanxi-2023-trial"),)
DAY = date(2023, 7, 5)
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def point(**fields: Any) -> StationFacts:
    values: dict[str, Any] = {
        "level": Level.VILLAGE_POINT,
        "ownership": Ownership.COOPERATIVE,
        "code": "C0001",
        "name": "马家沟村快递便民服务点",
        "operator": "壹公里",
        "address": "村委会旁",
    }
    return StationFacts(**(values | fields))


def station(**fields: Any) -> StationFacts:
    return point(level=Level.TOWNSHIP_STATION, code="XZ0001", name="鹅城镇快递综合服务站", **fields)


def answer(rule: str, verdict: Verdict, note: str = "", **values: Any) -> Answer:
    return Answer(rule, verdict, values, note)


def found(findings: list[Finding], code: str) -> Finding:
    return next(one for one in findings if one.code == code)


def asked(facts: StationFacts) -> list[str]:
    return [rule.code for rule in rules_asked(examine(TRIAL, facts, DAY), facts)]


def test_the_form_asks_only_what_applies_and_can_be_seen_on_the_spot() -> None:
    codes = asked(point())

    assert {"A3-22a", "A3-3a", "A3-42a", "A3-42b", "A3-42c"} <= set(codes)
    assert "A3-23a" not in codes  # the register settles numbers
    assert "A3-21a" not in codes  # 自营 only
    assert "A3-42e" not in codes  # waits for the county
    assert "A3-41b" in asked(station())
    assert "A3-41b" not in codes


def test_the_permitted_alternative_is_asked_before_it_is_claimed() -> None:
    assert "A3-22c" in asked(point())
    assert "A3-22c" not in asked(point(ownership=Ownership.SELF_OPERATED))


def test_what_the_county_switched_on_is_asked_item_by_item() -> None:
    options = CountyOptions(
        safety_items=("fire_extinguisher", "alarm"), enabled=frozenset({"safety_everywhere"})
    )
    heard = hear(TRIAL, point(options=options), [answer("A3-42e", PASS)], on=DAY, photos={})

    assert set(heard.said) == {"safety_fire_extinguisher", "safety_alarm"}


def test_one_tap_answers_a_yes_or_no_fact_on_the_inspectors_word() -> None:
    heard = hear(
        TRIAL, point(), [answer("A3-42b", FAIL, "空屋子")], on=DAY, photos={"A3-42b": ["photo:x"]}
    )
    finding = found(heard.findings, "A3-42b")

    assert (finding.verdict, finding.word, finding.evidence) == (FAIL, Word.INSPECTOR, ("photo:x",))
    assert finding.counts_against
    assert heard.said["shelves"] == Said(False, Word.INSPECTOR, DAY, None, ("photo:x",), "空屋子")


def test_the_measured_value_decides_and_a_contradicted_tap_is_told() -> None:
    tapped = [answer("A3-41b", PASS, floor_area_m2="8.5")]

    heard = hear(TRIAL, station(), tapped, on=DAY, photos={})

    assert found(heard.findings, "A3-41b").verdict is FAIL
    assert heard.said["floor_area_m2"].value == Decimal("8.5")
    assert heard.remarks[0].startswith("四（1）乡镇站面积：您点的是符合，按标准判为不符合（面积8.5")


def test_a_tap_without_the_value_counts_but_is_not_taken_down_as_a_measurement() -> None:
    heard = hear(TRIAL, station(), [answer("A3-41b", FAIL, "太小")], on=DAY, photos={})
    finding = found(heard.findings, "A3-41b")

    assert (finding.verdict, finding.why) == (FAIL, "督导员现场判定不符合：太小")
    assert "floor_area_m2" not in heard.said


def test_a_value_says_which_of_two_services_fails() -> None:
    heard = hear(TRIAL, point(), [answer("A3-1b", FAIL, services_posting=False)], on=DAY, photos={})

    assert found(heard.findings, "A3-1b").verdict is FAIL
    assert found(heard.findings, "A3-1b").why == "不能寄件"
    assert set(heard.said) == {"services_posting"}


def test_not_seen_is_unknown_and_takes_nothing_down() -> None:
    heard = hear(TRIAL, point(), [answer("A3-42b", UNKNOWN)], on=DAY, photos={})

    assert found(heard.findings, "A3-42b").verdict is UNKNOWN
    assert heard.said == {}


def test_an_answer_to_a_rule_that_does_not_apply_changes_nothing() -> None:
    heard = hear(TRIAL, point(), [answer("A3-21a", FAIL)], on=DAY, photos={})

    assert found(heard.findings, "A3-21a").verdict is Verdict.NOT_APPLICABLE


def test_an_area_that_cannot_be_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        hear(TRIAL, station(), [answer("A3-41b", PASS, floor_area_m2="很大")], on=DAY, photos={})

    assert refused.value.code == "fact-value-invalid"


def test_all_passes_on_the_spot_make_a_station_meet_its_standard() -> None:
    facts = point()
    answers = [
        answer(rule, PASS, **({"sign_text": facts.name} if rule == "A3-22a" else {}))
        for rule in asked(facts)
        if rule not in ("A3-41c", "A3-22c")
    ]

    heard = hear(TRIAL, facts, answers, on=DAY, photos={})

    assert status(heard.findings) is Status.MEETS
    assert heard.remarks == ()


def test_the_keepers_word_is_told_apart_from_everybody_elses() -> None:
    facts = point(
        judged={
            "shelves": (Said(True, Word.KEEPER, DAY), Said(False, Word.REVIEWER, DAY)),
            "service_counter": (Said(True, Word.REVIEWER, DAY),),
        }
    )
    findings = on_keepers_word(TRIAL, facts, DAY)

    assert found(findings, "A3-42b").verdict is PASS
    assert found(findings, "A3-42b").word is Word.KEEPER
    assert found(findings, "A3-42a").verdict is UNKNOWN


def test_a_tap_decides_where_the_words_on_the_sign_leave_it_open() -> None:
    written = {"sign_text": "馬家溝村快遞便民服務點"}

    yes = hear(TRIAL, point(), [answer("A3-22a", PASS, **written)], on=DAY, photos={})
    no = hear(TRIAL, point(), [answer("A3-22a", FAIL, "看不懂", **written)], on=DAY, photos={})

    assert found(yes.findings, "A3-22a").verdict is PASS
    assert found(yes.findings, "A3-22a").word is Word.INSPECTOR
    assert found(no.findings, "A3-22a").verdict is FAIL
    assert found(no.findings, "A3-22a").counts_against
    assert yes.said["sign_name_accepted"].value is True
    assert no.said["sign_name_accepted"] == Said(False, Word.INSPECTOR, DAY, None, (), "看不懂")
    assert yes.remarks == no.remarks == ()


def test_a_tap_does_not_decide_what_the_words_say_plainly() -> None:
    written = {"sign_text": "杨家山村快递便民服务点"}

    heard = hear(TRIAL, point(), [answer("A3-22a", PASS, **written)], on=DAY, photos={})

    assert found(heard.findings, "A3-22a").verdict is FAIL
    assert "sign_name_accepted" not in heard.said
    assert "写的是“杨家山村”，登记的是“马家沟村”" in heard.remarks[0]


def test_a_decision_of_the_desk_is_not_asked_of_an_inspector() -> None:
    rule = TRIAL[0].rule("A3-22c")

    assert [fact.name for fact in asked_of(rule, CountyOptions())] == ["service_plaque_present"]
