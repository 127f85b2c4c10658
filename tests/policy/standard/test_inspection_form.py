"""The inspector's form, made from the standard, and what its answers come to."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from server.errors import Invalid
from server.policy.standard.examine import Finding, Status, examine, status
from server.policy.standard.facts import Level, Ownership, Said, StationFacts, Word
from server.policy.standard.inspection_form import (
    Answer,
    Heard,
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


def test_a_tap_that_its_measure_contradicts_is_the_finding_and_the_doubt_stands_beside_it() -> None:
    """9.5 m² with 符合 tapped: a person's word, with value and reason, for the office to see."""
    tapped = [answer("A3-41b", PASS, "隔壁还有一间没量", floor_area_m2="9.5")]

    heard = hear(TRIAL, station(), tapped, on=DAY, photos={"A3-41b": ["photo:x"]})

    finding = found(heard.findings, "A3-41b")
    sentence = "面积9.5平方米，标准要求10平方米以上（含10）"
    assert (finding.verdict, finding.word, finding.since) == (PASS, Word.INSPECTOR, DAY)
    assert finding.why == f"{sentence}；督导员现场认定符合：隔壁还有一间没量"
    assert finding.evidence == ("photo:x",)
    assert heard.said["floor_area_m2"].value == Decimal("9.5")
    assert heard.doubts == {"A3-41b": f"按标准应是“不符合”：{sentence}。您点的是“符合”。"}


def test_a_persons_no_is_never_turned_into_a_yes() -> None:
    """The words are right by the standard; the inspector says no all the same, and why."""
    written = {"sign_text": "马家沟村快递便民服务点"}
    tapped = [answer("A3-22a", FAIL, "字掉了一半", **written)]

    heard = hear(TRIAL, point(), tapped, on=DAY, photos={})

    finding = found(heard.findings, "A3-22a")
    assert (finding.verdict, finding.counts_against) == (FAIL, True)
    assert finding.why.endswith("；督导员现场认定不符合：字掉了一半")
    assert set(heard.doubts) == {"A3-22a"}


def test_a_tap_without_the_value_counts_but_is_not_taken_down_as_a_measurement() -> None:
    heard = hear(TRIAL, station(), [answer("A3-41b", FAIL, "太小")], on=DAY, photos={})
    finding = found(heard.findings, "A3-41b")

    assert (finding.verdict, finding.why) == (FAIL, "督导员现场认定不符合：太小")
    assert "floor_area_m2" not in heard.said
    assert heard.doubts == {}


def later(facts: StationFacts, heard: Heard, on: date) -> list[Finding]:
    """The station as statements tell of it on a later day, without any form."""
    judged = {**facts.judged}
    for name, one in heard.said.items():
        judged[name] = (*judged.get(name, ()), one)
    return examine(TRIAL, replace(facts, judged=judged), on)


@pytest.mark.parametrize(
    "given",
    [
        answer("A3-41b", PASS, "隔壁还有一间没量", floor_area_m2="9.5"),
        answer("A3-41b", FAIL, "太小"),
        answer("A3-41b", FAIL, "有一半堆着杂物", floor_area_m2="12"),
    ],
    ids=["against the measure", "nothing measured", "no to a good measure"],
)
def test_the_standing_follows_the_tap_as_a_ruling(given: Answer) -> None:
    heard = hear(TRIAL, station(), [given], on=DAY, photos={})

    standing = found(later(station(), heard, DAY + timedelta(days=30)), "A3-41b")
    signed = found(heard.findings, "A3-41b")

    assert (standing.verdict, standing.word, standing.since) == (given.verdict, Word.INSPECTOR, DAY)
    assert standing.why == signed.why
    assert heard.said["ruled_A3-41b"].value is (given.verdict is PASS)


def test_no_ruling_is_taken_down_where_the_statements_say_the_same() -> None:
    tapped = [answer("A3-41b", FAIL, floor_area_m2="9.5"), answer("A3-42b", PASS)]

    heard = hear(TRIAL, station(), tapped, on=DAY, photos={})

    assert set(heard.said) == {"floor_area_m2", "shelves"}


def test_a_ruling_ends_with_a_later_word_as_strong_a_taking_back_or_its_age() -> None:
    ruled = {"ruled_A3-41b": (Said(True, Word.INSPECTOR, DAY, note="看着够"),)}
    small = Decimal(8)
    measured = Said(small, Word.INSPECTOR, DAY + timedelta(days=3))

    def on_day(days: int, **judged: tuple[Said, ...]) -> Verdict:
        facts = station(judged=ruled | judged)
        return found(examine(TRIAL, facts, DAY + timedelta(days=days)), "A3-41b").verdict

    assert on_day(2, floor_area_m2=(measured,)) is PASS  # not yet measured
    assert on_day(5, floor_area_m2=(measured,)) is FAIL
    assert on_day(5, floor_area_m2=(measured._replace(word=Word.REVIEWER),)) is PASS
    assert on_day(180) is PASS
    assert on_day(181) is UNKNOWN
    back = Said(None, Word.INSPECTOR, DAY + timedelta(days=1))
    assert on_day(5, **{"ruled_A3-41b": (*ruled["ruled_A3-41b"], back)}) is UNKNOWN


def test_a_later_visit_takes_an_earlier_ruling_back_also_on_the_same_day() -> None:
    facts = station(judged={"ruled_A3-41b": (Said(True, Word.INSPECTOR, DAY, note="看着够"),)})

    heard = hear(TRIAL, facts, [answer("A3-41b", FAIL, floor_area_m2="8")], on=DAY, photos={})

    assert heard.said["ruled_A3-41b"].value is None
    assert found(later(facts, heard, DAY), "A3-41b").verdict is FAIL


def test_nobody_is_asked_about_the_office_by_a_tap_on_a_permitted_alternative() -> None:
    """可: the inspector says that the plaque hangs there; that it may, the office alone says."""
    claimed = hear(TRIAL, point(), [answer("A3-22c", PASS)], on=DAY, photos={})
    unused = hear(TRIAL, point(), [answer("A3-22c", FAIL)], on=DAY, photos={})

    assert found(claimed.findings, "A3-22c").verdict is UNKNOWN
    assert found(unused.findings, "A3-22c").verdict is Verdict.NOT_APPLICABLE
    assert set(claimed.said) == set(unused.said) == {"service_plaque_present"}


def test_what_does_not_apply_waits_for_the_office_and_nobody_meets_the_standard_by_it() -> None:
    seen_before = Said(True, Word.INSPECTOR, DAY - timedelta(days=20))
    facts = point(judged={"barcode_scanner": (seen_before,)})
    given = answer("A3-42c", Verdict.NOT_APPLICABLE, "只用手机扫码")

    heard = hear(TRIAL, facts, [given], on=DAY, photos={})

    finding = found(heard.findings, "A3-42c")
    assert (finding.verdict, finding.word) == (UNKNOWN, None)
    assert finding.why == "督导员认为本条不适用：只用手机扫码，等县办认定"
    assert heard.said["barcode_scanner"].value is None
    assert found(later(facts, heard, DAY), "A3-42c").verdict is UNKNOWN


def test_what_was_not_answered_stays_as_it_was_with_its_own_word_and_day() -> None:
    earlier = Said(True, Word.KEEPER, DAY - timedelta(days=9), None, ("photo:k",))
    facts = point(judged={"shelves": (earlier,)})
    tapped = [answer("A3-42b", UNKNOWN, "太暗"), answer("A3-42a", PASS)]

    heard = hear(TRIAL, facts, tapped, on=DAY, photos={})

    before = examine(TRIAL, facts, DAY)
    assert found(heard.findings, "A3-42b") == found(before, "A3-42b")
    assert found(heard.findings, "A3-3a") == found(before, "A3-3a")


def test_since_when_an_inspector_found_the_same_is_kept() -> None:
    earlier = DAY - timedelta(days=40)
    facts = point(judged={"shelves": (Said(True, Word.INSPECTOR, earlier),)})

    same = hear(TRIAL, facts, [answer("A3-42b", PASS)], on=DAY, photos={})
    other = hear(TRIAL, facts, [answer("A3-42b", FAIL)], on=DAY, photos={})

    assert found(same.findings, "A3-42b").since == earlier
    assert found(other.findings, "A3-42b").since == DAY


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
    assert heard.doubts == {}


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
    assert yes.doubts == no.doubts == {}
    assert found(yes.findings, "A3-22a").why.endswith("要由人认定；督导员现场认定符合")


def test_a_tap_against_what_the_words_say_plainly_is_a_doubt_and_no_decision_about_the_name() -> (
    None
):
    written = {"sign_text": "杨家山村快递便民服务点"}

    heard = hear(TRIAL, point(), [answer("A3-22a", PASS, **written)], on=DAY, photos={})

    assert found(heard.findings, "A3-22a").verdict is PASS
    assert "sign_name_accepted" not in heard.said
    assert heard.said["ruled_A3-22a"].value is True
    assert "写的是“杨家山村”，登记的是“马家沟村”" in heard.doubts["A3-22a"]


def test_a_decision_of_the_desk_is_not_asked_of_an_inspector() -> None:
    rule = TRIAL[0].rule("A3-22c")

    assert [fact.name for fact in asked_of(rule, CountyOptions())] == ["service_plaque_present"]
