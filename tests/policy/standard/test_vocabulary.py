"""standards/README.md tells the whole vocabulary: facts, checks, register values, settings."""

import re
from dataclasses import fields

from server.policy.standard.check_reading import CHECKS
from server.policy.standard.facts import (
    ANYBODY,
    JUDGED,
    REGISTERED,
    FactGroup,
    StationFacts,
    Word,
    facts_on_form,
)
from server.policy.standard.inspection_form import asked_of
from server.policy.standard.on_phone import FORMS, REGISTER, CheckData, phone_check
from server.policy.standard.options import OPTIONS, SAFETY_ITEMS, CountyOptions
from server.policy.standard.standards import STANDARDS_FOLDER, standards_in

README = (STANDARDS_FOLDER / "README.md").read_text("utf-8")
EVERYTHING = CountyOptions(
    enabled=frozenset(OPTIONS),
    safety_items=tuple(SAFETY_ITEMS),
    equipment_items=(("scale", "电子秤"),),
)


def section(title: str) -> str:
    return README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_the_readme_lists_every_fact_with_its_kind_and_title() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^，（|]+)", section("核查项"), re.MULTILINE)

    assert [(name, kind, title.strip()) for name, kind, title in rows] == [
        (fact.name, fact.kind, fact.title) for fact in JUDGED.values()
    ]


def test_the_readme_says_whose_word_counts_on_each_fact() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\S+) \|$", section("核查项"), re.MULTILINE)

    assert dict(rows) == {
        fact.name: "都算"
        if fact.speakers == ANYBODY
        else "、".join(word.label for word in fact.speakers)
        for fact in JUDGED.values()
    }


def test_only_an_approval_and_a_name_accepted_are_decisions_and_nobody_else_takes_them() -> None:
    decisions = {fact.name: fact.speakers for fact in JUDGED.values() if fact.decision}

    assert decisions == {
        "service_plaque_approved": (Word.REVIEWER,),
        "sign_name_accepted": (Word.REVIEWER, Word.INSPECTOR),
    }
    assert all(Word.REGISTER not in fact.speakers for fact in JUDGED.values())


def test_the_readme_lists_every_check_with_its_arguments() -> None:
    rows = dict(
        re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", section("检查的写法"), re.MULTILINE)
    )

    assert rows.keys() == CHECKS.keys()
    for name, check in CHECKS.items():
        for argument in check.readers:
            assert f"`{argument}`" in rows[name], (name, argument)


def test_the_readme_lists_every_setting_of_a_county() -> None:
    text = section("县里的决定")

    names = {field.name for field in fields(CountyOptions)} - {"enabled"}
    for name in (*OPTIONS, *SAFETY_ITEMS, *names):
        assert f"`{name}`" in text, name


def test_the_readme_lists_every_registered_value() -> None:
    names = {field.name for field in fields(StationFacts)} - {"options", "judged", "contested"}

    assert all(f"`{name}`" in section("核查项") for name in names)
    assert REGISTERED.keys() <= names


def test_every_document_of_the_folder_is_named_in_the_readme() -> None:
    for path in STANDARDS_FOLDER.rglob("*.yaml"):
        assert f"`{path.relative_to(STANDARDS_FOLDER).as_posix()}`" in README


def test_every_fact_has_its_one_place_on_the_form_of_whoever_judges() -> None:
    """A fact of a new standard is asked as soon as it is in the vocabulary."""
    asked = [fact.name for _, facts in facts_on_form(EVERYTHING) for fact in facts]

    assert sorted(asked) == sorted([*JUDGED, "equipment_scale"])
    assert [group for group, _ in facts_on_form(EVERYTHING)] == list(FactGroup)


def test_what_a_county_has_not_chosen_is_not_asked() -> None:
    groups = [group for group, _ in facts_on_form(CountyOptions())]

    assert groups == [FactGroup.PLACE, FactGroup.SIGN, FactGroup.HOURS]


def test_every_check_has_a_form_for_the_phone() -> None:
    assert set(FORMS) == set(CHECKS)


def test_whatever_is_settled_on_the_spot_is_asked_there() -> None:
    """So the phone knows by what it asks which passes need the inspector's word (达标)."""
    silent = [
        rule.code
        for standard in standards_in(STANDARDS_FOLDER)
        for rule in standard.rules
        if rule.settled_by == "on_site" and not asked_of(rule, EVERYTHING)
    ]

    assert silent == ["A3-5"]  # 不逐站评定


def test_a_rule_that_is_asked_on_the_spot_can_be_worked_out_on_the_phone() -> None:
    """Nothing that an inspector answers may be left to the register without a word."""
    asked = [
        phone_check(rule, EVERYTHING)
        for standard in standards_in(STANDARDS_FOLDER)
        for rule in standard.rules
        if asked_of(rule, EVERYTHING)
    ]

    assert len(asked) > 15
    assert not [one for one in asked if REGISTER in _parts(one)]


def _parts(check: CheckData) -> list[CheckData]:
    inside = [*check.get("checks", ()), *([check["check"]] if "check" in check else [])]
    return [check, *(part for one in inside for part in _parts(one))]
