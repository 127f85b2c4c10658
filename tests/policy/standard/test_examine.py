"""Examining stations: what may change a state and what never can."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import Invalid
from server.policy.standard.examine import (
    Status,
    Verdict,
    examine,
    finding_json,
    standing_why,
    status,
)
from server.policy.standard.facts import (
    JUDGED,
    Level,
    Ownership,
    Said,
    StationFacts,
    Word,
    fact_named,
    value_of,
)
from server.policy.standard.options import CountyOptions, options_from
from server.policy.standard.standards import standard_by_id, standards_in

STANDARDS = standards_in()
TRIAL = standard_by_id(STANDARDS, "shanxi-2023-trial")
DAY = date(2023, 7, 12)
SAYING = {"flag": True, "text": "鹅城镇快递综合服务站", "amount": Decimal(12)}
# The machine that runs the tests may be busy; slowness is not what these examples look for.
PATIENT = settings(deadline=None, max_examples=40)
HUMAN_WORDS = [word for word in Word if word is not Word.REGISTER]


def said_by(word: Word, on: date = DAY) -> dict[str, tuple[Said, ...]]:
    return {name: (Said(SAYING[fact.kind], word, on),) for name, fact in JUDGED.items()}


GOOD = StationFacts(
    level=Level.TOWNSHIP_STATION,
    ownership=Ownership.SELF_OPERATED,
    code="XZ0001",
    filed_name="鹅城镇快递综合服务站",
    opened_on=date(2023, 5, 1),
    filed_on=date(2023, 5, 10),
    operator="山西壹公里信息科技有限公司",
    address="鹅城镇东大街",
    judged=said_by(Word.INSPECTOR),
)


@pytest.mark.parametrize(
    ("area", "verdict"), [(Decimal("9.99"), "fail"), (Decimal(10), "pass"), (None, "unknown")]
)
def test_a_township_station_needs_ten_square_metres(area: Decimal | None, verdict: str) -> None:
    judged = {**GOOD.judged, "floor_area_m2": (Said(area, Word.INSPECTOR, DAY),)}

    [finding] = [f for f in examine(TRIAL, replace(GOOD, judged=judged), DAY) if f.code == "A3-41b"]

    assert finding.verdict == verdict
    assert finding.clause == "四（1）"
    assert finding.standard_id == "shanxi-2023-trial"


def statements() -> st.SearchStrategy[dict[str, tuple[Said, ...]]]:
    days = st.integers(min_value=0, max_value=400).map(lambda ago: DAY - timedelta(ago))

    def of_kind(kind: str) -> st.SearchStrategy[tuple[Said, ...]]:
        values = {
            "flag": st.sampled_from([True, False, None]),
            "text": st.sampled_from(
                ["鹅城镇快递综合服务站", "城内村快递便民服务点", "代收点", None]
            ),
            "amount": st.sampled_from([Decimal(4), Decimal("9.99"), Decimal(10), None]),
        }[kind]
        one = st.builds(Said, values, st.sampled_from(HUMAN_WORDS), days)
        return st.lists(one, max_size=3).map(tuple)

    return st.fixed_dictionaries({name: of_kind(fact.kind) for name, fact in JUDGED.items()})


def stations() -> st.SearchStrategy[StationFacts]:
    level = st.sampled_from(list(Level))
    ownership = st.sampled_from([None, *Ownership])
    options = st.builds(
        CountyOptions,
        fresh_days=st.sampled_from([None, 30, 180]),
        safety_items=st.sampled_from([(), ("video",)]),
    )
    judged = st.one_of(statements(), st.sampled_from(HUMAN_WORDS).map(said_by))
    return st.builds(
        lambda level, ownership, options, judged: replace(
            GOOD, level=level, ownership=ownership, options=options, judged=judged
        ),
        level,
        ownership,
        options,
        judged,
    )


@PATIENT
@given(stations())
def test_recommendations_never_change_the_status(facts: StationFacts) -> None:
    findings = examine(STANDARDS, facts, DAY)

    turned = [
        finding._replace(verdict=verdict, word=Word.INSPECTOR)
        if finding.level != "shall"
        else finding
        for verdict in Verdict
        for finding in findings
    ]

    count = len(findings)
    for start in range(0, len(turned), count):
        assert status(turned[start : start + count]) is status(findings)
    assert status([one for one in findings if one.level == "shall"]) is status(findings)


@PATIENT
@given(
    stations(),
    st.sampled_from(sorted(JUDGED)),
    st.sampled_from([Word.KEEPER, Word.MACHINE]),
    st.integers(min_value=0, max_value=200),
)
def test_a_keeper_s_or_a_machine_s_word_never_turns_a_station_to_failing(
    facts: StationFacts, name: str, word: Word, ago: int
) -> None:
    before = status(examine(STANDARDS, facts, DAY))
    against = {"flag": False, "text": "代收点", "amount": Decimal(1)}[JUDGED[name].kind]
    more = (*facts.judged.get(name, ()), Said(against, word, DAY - timedelta(ago)))

    after = status(examine(STANDARDS, replace(facts, judged={**facts.judged, name: more}), DAY))

    assert before is Status.FAILS or after is not Status.FAILS


@PATIENT
@given(stations())
def test_every_finding_can_be_frozen_as_json_and_says_why(facts: StationFacts) -> None:
    findings = examine(STANDARDS, facts, DAY)

    frozen = json.loads(json.dumps([finding_json(finding) for finding in findings]))

    assert [one["code"] for one in frozen] == [f.code for s in STANDARDS for f in s.rules]
    for finding in findings:
        assert finding.why
        assert "None" not in finding.why
        has_word = finding.verdict in {Verdict.PASS, Verdict.FAIL}
        assert (finding.word is not None) == has_word, finding
    assert standing_why(findings)


@PATIENT
@given(stations(), st.permutations(range(3)))
def test_the_order_of_statements_does_not_matter_between_days(
    facts: StationFacts, order: list[int]
) -> None:
    unambiguous = {
        name: tuple({(said.word, said.on): said for said in told}.values())
        for name, told in facts.judged.items()
    }
    shuffled = {
        name: tuple(told[i] for i in order if i < len(told)) for name, told in unambiguous.items()
    }

    one = examine(TRIAL, replace(facts, judged=unambiguous), DAY)
    other = examine(TRIAL, replace(facts, judged=shuffled), DAY)

    assert [f[:6] for f in one] == [f[:6] for f in other]


def test_without_a_standard_a_station_is_not_assessed() -> None:
    findings = examine((), GOOD, DAY)

    assert findings == []
    assert status(findings).label == "未评估"
    assert standing_why(findings) == "本县没有规定站点标准，只记情况，不判达标"


def test_the_state_is_explained_in_one_sentence() -> None:
    def why(facts: StationFacts) -> str:
        return standing_why(examine(TRIAL, facts, DAY))

    small = {**GOOD.judged, "floor_area_m2": (Said(Decimal(9), Word.REVIEWER, DAY),)}
    unseen = {name: said for name, said in GOOD.judged.items() if name != "shelves"}

    assert why(GOOD) == "13条要求全部符合，现场要求均经督导员确认"
    assert why(replace(GOOD, judged=small)).startswith("四（1）乡镇站面积：面积9平方米")
    assert why(replace(GOOD, judged=unseen)) == "还有1条没有结论：货架"
    assert why(replace(GOOD, judged=said_by(Word.REVIEWER))).startswith(
        "还有11条要督导员到现场确认：固定经营场所、寄件和投递服务"
    )
    assert why(replace(GOOD, level=Level.COUNTY_HUB)) == "所用标准里没有适用于这个站点的要求"


def test_words_are_ordered_by_trust_not_by_spelling() -> None:
    assert sorted(Word, reverse=True)[1:] == [
        Word.INSPECTOR, Word.REVIEWER, Word.MACHINE, Word.KEEPER,
    ]  # fmt: skip
    assert [word for word in Word if word.confirms] == [
        Word.REVIEWER, Word.INSPECTOR, Word.REGISTER,
    ]  # fmt: skip


def test_the_same_facts_on_an_earlier_day_give_that_day_s_findings() -> None:
    told = (
        Said(value=False, word=Word.INSPECTOR, on=date(2023, 7, 1)),
        Said(value=True, word=Word.INSPECTOR, on=date(2023, 7, 10)),
    )
    facts = replace(GOOD, judged={**GOOD.judged, "shelves": told})

    def shelves(on: date) -> str:
        return next(f.verdict for f in examine(TRIAL, facts, on) if f.code == "A3-42b")

    assert [shelves(date(2023, 6, 30)), shelves(date(2023, 7, 1)), shelves(DAY)] == [
        "unknown", "fail", "pass",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("shelves", "是"),
        ("shelves", 1),
        ("floor_area_m2", "十"),
        ("floor_area_m2", -1),
        ("floor_area_m2", 0),
        ("floor_area_m2", "NaN"),
        ("floor_area_m2", 10**9),
        ("floor_area_m2", "1e-999999"),
        ("sign_text", "站" * 201),
        ("floor_area_m2", True),
        ("sign_text", "  "),
        ("sign_text", 12),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(name: str, raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        value_of(JUDGED[name], raw)

    assert refused.value.code == "fact-value-invalid"
    assert JUDGED[name].title in refused.value.message


def test_amounts_keep_the_digits_they_were_written_with() -> None:
    area = JUDGED["floor_area_m2"]

    assert value_of(area, "9.99") == Decimal("9.99")
    assert value_of(area, 9.99) == Decimal("9.99")
    assert value_of(area, None) is None


def test_an_unknown_fact_is_refused_with_the_nearest_name() -> None:
    options = options_from({"equipment_items": {"printer": "面单打印机"}})

    with pytest.raises(Invalid, match="是不是“floor_area_m2”"):
        fact_named("floor_area", options)
    with pytest.raises(Invalid):
        fact_named("equipment_scale", options)
    assert fact_named("equipment_printer", options).title == "面单打印机"


@pytest.mark.parametrize(
    "settings",
    [
        {"fresh_day": 30},
        {"fresh_days": 0},
        {"fresh_days": "30"},
        {"fresh_days": True},
        {"enabled": ["sign_desing"]},
        {"enabled": "sign_design"},
        {"enabled": 7},
        {"safety_items": ["helmet"]},
        {"equipment_items": {"a b": "打印机"}},
        {"equipment_items": {"printer": " "}},
        {"equipment_items": 3},
    ],
)
def test_a_county_setting_that_cannot_be_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        options_from(settings)

    assert refused.value.code == "county-option-invalid"
