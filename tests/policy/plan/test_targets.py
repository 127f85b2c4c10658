"""The counties' plans: targets, pace, and the contradictions a person must decide."""

import re
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from server.policy.document import StandardError
from server.policy.plan.conflicts import conflicts
from server.policy.plan.effects import DECLARED, effect_of
from server.policy.plan.nouns import Programme, round_name
from server.policy.plan.reading import load_programme, programme_of, programmes_in
from server.policy.plan.readings import READINGS
from server.policy.plan.targets import allocated, stated, steps_needed
from server.policy.plan.words import PHRASES
from server.policy.standard.facts import Level
from server.policy.standard.standards import STANDARDS_FOLDER, standards_in

PROGRAMMES = programmes_in()
TOWNSHIP, VILLAGE, HUB = Level.TOWNSHIP_STATION, Level.VILLAGE_POINT, Level.COUNTY_HUB


def plan_of(county: str) -> Programme:
    found = programme_of(PROGRAMMES, county)
    assert found is not None
    return found


JINGLE, XIPING = plan_of("140926"), plan_of("411721")


def quotes(programme: Programme) -> list[str]:
    parts = [
        *programme.targets, *programme.minimums, *programme.milestones, *programme.subsidies,
        *programme.tasks, *programme.schemes,
        *(one.not_below for one in programme.schemes if one.not_below),
        *(reading for one in conflicts(programme) for reading in one.readings),
        *filter(None, [programme.inspections, programme.monthly_report, programme.coverage]),
    ]  # fmt: skip
    return [part.text for part in parts]


def test_the_plan_s_own_words_are_quoted_word_for_word() -> None:
    for programme in PROGRAMMES:
        source = (STANDARDS_FOLDER / "sources" / programme.source).read_text("utf-8")
        for phrase in PHRASES.get(programme.id, ()):
            assert phrase.text in source
            assert phrase.term in phrase.text


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda one: one.id)
def test_every_line_of_a_plan_is_quoted_word_for_word(programme: Programme) -> None:
    source = (STANDARDS_FOLDER / "sources" / programme.source).read_text("utf-8")
    squeezed = re.sub(r"\s+", "", source)

    for text in quotes(programme):
        assert re.sub(r"\s+", "", text) in squeezed


def test_the_task_table_stands_row_by_row_as_in_annex_two() -> None:
    source = (STANDARDS_FOLDER / "sources" / JINGLE.source).read_text("utf-8")
    table = re.sub(r"\s+", "", source[source.index("行政村便民服务点") :])

    assert [row.row for row in JINGLE.allocation] == list(range(1, 13))
    for row in JINGLE.allocation:
        cells = f"{row.row}{row.county}{row.operator}{row.township}{row.township_stations}"
        assert f"{cells}{row.village_points}" in table


def test_a_plan_names_a_standard_that_exists_or_none() -> None:
    known = {standard.id for standard in standards_in()}

    assert JINGLE.standard in known
    assert XIPING.standard is None


@pytest.mark.parametrize(
    ("total", "steps"),
    [(12, [6, 11, 12]), (48, [24, 44, 48]), (52, [26, 47, 52]), (0, [0, 0, 0])],
)
def test_a_share_of_stations_is_never_rounded_down(total: int, steps: list[int]) -> None:
    assert [steps_needed(total, percent) for percent in (50, 90, 100)] == steps


def test_jingle_s_forty_eight_and_fifty_two_stand_side_by_side() -> None:
    assert (stated(JINGLE, VILLAGE), allocated(JINGLE, VILLAGE)) == (48, 52)
    assert (stated(JINGLE, TOWNSHIP), allocated(JINGLE, TOWNSHIP)) == (12, 12)

    [conflict] = [one for one in conflicts(JINGLE) if one.key == "village-point-total"]

    assert conflict.derived
    assert [reading.value for reading in conflict.readings] == [
        "48个",
        "52个（康家会镇8个，其余各4个）",
    ]


def test_a_plan_whose_table_adds_up_has_no_such_conflict() -> None:
    rows = tuple(replace(row, village_points=4) for row in JINGLE.allocation)

    keys = [one.key for one in conflicts(replace(JINGLE, allocation=rows))]

    assert "village-point-total" not in keys


def test_each_contradiction_is_shown_once_with_its_readings() -> None:
    for programme, keys in (
        (
            JINGLE,
            [
                "village-point-total", "pace-2023-06", "deadline-2023-06-2023-10",
                "before-issue-2023-03", "inspection-body", "operator-names", "market-order-body",
                "subsidy-payee",
            ],
        ),
        (
            XIPING,
            [
                "street-offices", "village-total", "supply-cooperative",
                "subsidy-payee", "subsidy-year", "subsidy-handled",
                "coverage-population-basis", "coverage-resident-point",
            ],
        ),
    ):  # fmt: skip
        found = conflicts(programme)

        assert [one.key for one in found] == keys
        assert all(
            len({reading.value for reading in one.readings}) == len(one.readings) for one in found
        )
        assert all(one.affects for one in found)


def test_every_contradiction_says_what_deciding_it_changes_here() -> None:
    declared = [*READINGS, *JINGLE.declared_conflicts, *XIPING.declared_conflicts]

    assert {one.key for one in declared if not one.of_totals} <= set(DECLARED)
    told = {one.key: effect_of(one) for one in [*conflicts(JINGLE), *conflicts(XIPING), *READINGS]}
    assert told["village-total"].endswith(told["village-point-total"])
    assert len(set(told.values())) == len(told) - 1  # 6月底 and the two deadlines say the same
    assert "仍不催办" in told["before-issue-2023-03"]


def test_a_regulator_and_a_postal_enterprise_are_not_the_same_body() -> None:
    types = {one.short: one.type for one in JINGLE.organisations}

    assert types["邮政管理局"] == "regulator"
    assert types["邮政公司"] == "postal_enterprise"


def test_operator_and_hub_operator_are_two_enterprises() -> None:
    hub = [one.name for one in JINGLE.organisations if "hub_operator" in one.roles]

    assert JINGLE.operators() == ("山西壹公里信息科技有限公司",)
    assert hub == ["静乐县智通电子商务产业物流园区有限公司"]


def test_the_plan_s_spelling_finds_the_township_of_the_division_table() -> None:
    assert JINGLE.division_name("赤泥洼乡") == "赤泥窊乡"
    assert JINGLE.division_name("鹅城镇") == "鹅城镇"


def test_jingle_inspects_in_july_and_november_and_reports_by_the_eighteenth() -> None:
    assert JINGLE.inspections is not None
    assert JINGLE.monthly_report is not None
    assert JINGLE.inspections.months == (7, 11)
    assert (JINGLE.monthly_report.day, JINGLE.monthly_report.from_month) == (18, 4)


def test_xiping_s_one_off_subsidies_add_up_to_their_ceiling() -> None:
    amounts = {one.level: one.amount_yuan for one in XIPING.subsidies}
    totals = {one.level: one.total for one in XIPING.targets}

    ceiling = sum(amounts[level] * totals[level] for level in amounts)

    assert ceiling == Decimal(871_000)
    assert [len(one.conditions) for one in XIPING.subsidies] == [2, 2, 1]
    assert totals == {HUB: 1, TOWNSHIP: 16, VILLAGE: 251}


def test_xiping_s_coverage_asks_for_resident_points_in_large_villages() -> None:
    assert XIPING.coverage is not None
    assert XIPING.coverage.resident_population_min == 2500
    assert (XIPING.coverage.resident_percent, XIPING.coverage.coverage_percent) == (100, 90)
    assert [one.name for one in XIPING.modes if one.emphasised] == [
        "驻村设点",
        "邮快合作",
        "交快合作",
    ]


PLAN = STANDARDS_FOLDER / JINGLE.file


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("total: 12", "total: 十二", "“total”应为整数"),
        ("kind: filed", "kind: done", "只能是：demo"),
        ("percent: 90", "percent: 190", "最大是100"),
        ('code: "140926"', 'code: "1409"', "六位县级区划代码"),
        ("township: 杜家村镇", "township: 鹅城镇", "“鹅城镇”写了两次"),
        ("type: regulator", "type: office", "只能是：department"),
        ("months: [7, 11]", "months: [7, 13]", "最大是12"),
        ("monthly_report:", "monthly_reports:", "不认识“monthly_reports”"),
        ("on: 2023-09-30", "on: 9月底", "应为日期"),
    ],
)
def test_a_broken_plan_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    text = PLAN.read_text("utf-8")
    line = text[: text.index(old)].count("\n") + 1
    path = tmp_path / "broken-programme.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(StandardError) as refused:
        load_programme(path)

    assert reason in refused.value.reason
    assert refused.value.line == line


def test_two_plans_may_not_share_an_id(tmp_path: Path) -> None:
    for name in ("one-programme.yaml", "two-programme.yaml"):
        (tmp_path / name).write_bytes(PLAN.read_bytes())

    with pytest.raises(StandardError, match=r"与 one-programme\.yaml 重复"):
        programmes_in(tmp_path)


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("national-outlet-filing-2018", "全国的管理规定，本来就要核查，不是站点建设标准"),
        ("shanxi-2099", "“shanxi-2099”没有对应的标准文件，现有：shanxi-2023-trial"),
    ],
)
def test_a_plan_may_not_name_national_rules_as_the_countys_standard(
    tmp_path: Path, named: str, reason: str
) -> None:
    folder = tmp_path / "standards"
    shutil.copytree(PLAN.parents[2], folder)
    broken = folder / "shanxi" / "jingle" / PLAN.name
    text = PLAN.read_text("utf-8").replace("standard: shanxi-2023-trial", f"standard: {named}")
    broken.write_text(text, "utf-8")

    with pytest.raises(StandardError) as refused:
        programmes_in(folder)

    assert reason in refused.value.reason
    assert refused.value.file == f"shanxi/jingle/{PLAN.name}"
    assert refused.value.line == text[: text.index("standard: ")].count("\n") + 1


def test_a_county_without_a_plan_has_none() -> None:
    assert programme_of(PROGRAMMES, "110101") is None


def test_a_round_is_called_what_the_plan_calls_its_months() -> None:
    names = [round_name(JINGLE, date(2026, month, 3)) for month in (7, 9, 11)]

    assert names == ["7月督导验收", "9月督导", "11月督导验收"]
    assert round_name(None, date(2026, 7, 3)) == "7月督导"
