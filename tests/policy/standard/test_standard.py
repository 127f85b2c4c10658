"""Standards: quoted word for word, complete, unchanged once in force, and refused when broken."""

import re
import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from server.errors import NotFound
from server.policy.document import StandardError
from server.policy.standard.checks import NAME_DECISION
from server.policy.standard.facts import JUDGED
from server.policy.standard.lock import lock_problems
from server.policy.standard.standards import (
    STANDARDS_FOLDER,
    Rule,
    in_force,
    load_standard,
    standard_by_id,
    standards_for,
    standards_in,
)

STANDARDS = standards_in()
TRIAL = standard_by_id(STANDARDS, "shanxi-2023-trial")
JINGLE, XIPING = "140926", "411721"

# Clause by clause as a person read 附件3: 应, 要 and plain statements are shall, 宜 is should.
CLAUSES = {
    "A3-1a": "shall", "A3-1b": "shall",
    "A3-21a": "shall", "A3-21b": "shall", "A3-21c": "shall", "A3-21d": "should", "A3-21e": "shall",
    "A3-22a": "shall", "A3-22b": "shall", "A3-22c": "may",
    "A3-23a": "shall", "A3-23b": "shall", "A3-23c": "should",
    "A3-3a": "shall", "A3-3b": "should",
    "A3-41a": "shall", "A3-41b": "shall", "A3-41c": "should",
    "A3-42a": "shall", "A3-42b": "shall", "A3-42c": "shall", "A3-42d": "shall", "A3-42e": "shall",
    "A3-42f": "should", "A3-5": "shall",
}  # fmt: skip


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def source_text(name: str) -> str:
    return squeezed((STANDARDS_FOLDER / "sources" / name).read_text(encoding="utf-8"))


QUOTED = [
    (standard, rule) for standard in STANDARDS if standard.source.file for rule in standard.rules
]


@pytest.mark.parametrize("rule", [rule for _s, rule in QUOTED], ids=lambda rule: rule.code)
def test_every_clause_is_quoted_word_for_word(rule: Rule) -> None:
    standard = standard_by_id(STANDARDS, rule.standard_id)
    assert standard.source.file
    text = source_text(standard.source.file)

    assert len(rule.text) >= 6
    assert squeezed(rule.text) in text[text.index("附件3：") :]


def test_no_clause_of_annex_three_is_missing() -> None:
    assert {rule.code: rule.level for rule in TRIAL.rules} == CLAUSES


def test_words_of_recommendation_are_never_a_duty() -> None:
    for rule in TRIAL.rules:
        if "宜" in rule.text and "应" not in rule.text:
            assert rule.level == "should", rule.code
        if rule.text.startswith("如因特殊情况") and "可采取" in rule.text:
            assert rule.level == "may", rule.code


def test_a_standard_whose_source_is_not_held_quotes_nothing() -> None:
    national = standard_by_id(STANDARDS, "national-outlet-filing-2018")

    assert national.source.file is None
    assert all(not rule.text for rule in national.rules)
    assert all("条" in rule.clause or "规定" in rule.clause for rule in national.rules)


def test_every_rule_tells_the_keeper_what_to_do() -> None:
    for standard in STANDARDS:
        for rule in standard.rules:
            assert rule.mend.endswith("。"), rule.code
            assert len(rule.title) <= 14, rule.code


def test_a_fact_that_no_rule_uses_has_no_place_in_the_vocabulary() -> None:
    text = "".join((STANDARDS_FOLDER / standard.file).read_text("utf-8") for standard in STANDARDS)

    unused = [name for name in JUDGED if name not in text and not name.startswith("safety_")]

    assert unused == [NAME_DECISION.name]  # asked for by the checks of names themselves


def test_standards_plans_and_sources_in_force_are_unchanged() -> None:
    assert lock_problems() == []


def test_a_published_standard_that_changes_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "standards"
    shutil.copytree(STANDARDS_FOLDER, folder)
    with (folder / TRIAL.file).open("a") as file:
        file.write("# 改一点点\n")
    (folder / "sources" / "xiping-2021.txt").unlink()
    written(folder, MINIMAL)

    assert lock_problems(folder) == [
        "sources/xiping-2021.txt 不见了，请从发布的版本里恢复",
        "county-2030.yaml 还没有写进 LOCK，发布前请按 standards/README.md 登记",
        f"{TRIAL.file} 发布后被改动过，请恢复原文件；要变更请另加新文件",
    ]


def test_a_standard_binds_its_own_province_from_its_day_on() -> None:
    day = date(2023, 4, 11)

    here = [one.id for one in in_force(STANDARDS, day, JINGLE)]
    there = [one.id for one in in_force(STANDARDS, day, XIPING)]
    before = [one.id for one in in_force(STANDARDS, date(2023, 4, 10), JINGLE)]

    assert here == ["shanxi-2023-trial", "national-outlet-filing-2018"]
    assert there == ["national-outlet-filing-2018"]
    assert before == ["national-outlet-filing-2018"]


def test_a_county_may_choose_another_province_s_standard() -> None:
    chosen = standards_for(STANDARDS, date(2023, 7, 1), XIPING, "shanxi-2023-trial")
    own = standards_for(STANDARDS, date(2023, 7, 1), JINGLE, "shanxi-2023-trial")

    assert [one.id for one in chosen] == ["shanxi-2023-trial", "national-outlet-filing-2018"]
    assert [one.id for one in own] == ["shanxi-2023-trial", "national-outlet-filing-2018"]


def test_an_unknown_standard_or_rule_is_said_in_words() -> None:
    with pytest.raises(NotFound, match="没有编号为“nowhere”的标准"):
        standard_by_id(STANDARDS, "nowhere")
    with pytest.raises(NotFound, match="没有编号为“A3-99”的条款"):
        TRIAL.rule("A3-99")


MINIMAL = """\
id: county-2030
name: 某县标准
basis: county
jurisdiction: {code: "140926", name: 静乐县}
in_force_from: 2030-01-01
source: {title: 某文件, issued_on: 2030-01-01, source_text: not_held}
rules:
  - code: R-1
    clause: 一
    level: shall
    title: 面积
    applies_to: [township_station]
    settled_by: on_site
    check: {measures: {fact: floor_area_m2, at_least: 10, unit: 平方米}}
    mend: 请扩大场所。
"""


def written(folder: Path, text: str | bytes, name: str = "county-2030.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_smallest_standard_is_read(tmp_path: Path) -> None:
    standard = load_standard(written(tmp_path, MINIMAL))

    assert standard.rules[0].facts == ("floor_area_m2",)
    assert standard.sha256 == sha256(MINIMAL.encode()).hexdigest()


DAMAGE = {
    "a tab instead of spaces": ("    clause: 一", "\tclause: 一", 9, "Tab"),
    "a quote that ends too late": ("name: 某县标准", 'name: "某县标准', 4, "上面几行的缩进、冒号和引号"),
    "a quote that never ends": ("    mend: 请扩大场所。", '    mend: "请扩大场所。', 15, "引号"),
    "an unknown check": ("{measures:", "{weighs:", 14, "没有“weighs”这种检查"),
    "two checks in one rule": ("{measures:", "{unique_code: {}, measures:", 14, "只写一个"),
    "an unknown fact": ("fact: floor_area_m2", "fact: floor_area", 14, "没有“floor_area”这个核查项"),
    "a fact of the wrong kind": ("fact: floor_area_m2", "fact: shelves", 14, "类型是 flag"),
    "an argument the check does not have": ("unit: 平方米", "units: 平方米", 14, "不认识“units”"),
    "a missing argument": (", unit: 平方米", "", 14, "缺少“unit”"),
    "words where a number belongs": ("at_least: 10", "at_least: 十", 14, "应为整数"),
    "a number where words belong": ("name: 某县标准", "name: 2030", 2, "请加上引号"),
    "a missing field": ("    mend: 请扩大场所。\n", "", 8, "缺少“mend”"),
    "a misspelt field": ("    mend:", "    mends:", 15, "不认识“mends”"),
    "a level that is no level": ("level: shall", "level: must", 10, "只能是：shall、should、may"),
    "stations that do not exist": ("[township_station]", "[town]", 12, "county_hub"),
    "no stations at all": ("[township_station]", "[]", 12, "不能是空的"),
    "a day of another age": ("in_force_from: 2030-01-01", "in_force_from: 0001-01-01", 5, "应为日期"),
    "a number beyond all measure": ("at_least: 10", "at_least: 1.0e+999999", 14, "大小合理"),
    "a day that is no day": ("in_force_from: 2030-01-01", "in_force_from: 2030-02-30", 5, "应为日期"),
    "a code written without quotes": ('code: "140926"', "code: 140926", 4, "请加上引号"),
    "a key written twice": ("    title: 面积", "    title: 面积\n    title: 大小", 12, "写了两次"),
    "an empty value": ("    title: 面积", "    title:", 11, "空值"),
    "rules that are no list": ("rules:\n  - code: R-1\n    clause", "rules:\n    code: R-1\n    clause", 8, "应为列表"),
    "a wait for nothing known": (
        "    mend:", "    waits_for: {option: rain, reason: 等雨}\n    mend:", 15, "只能是："),
    "a wording with a stray brace": (
        "    mend:", "    why: {fail: '面积{value}'}\n    mend:", 15, "{found}"),
    "an anchor": ("    title: 面积", "    title: &t 面积", 11, "引用"),
    "a control character": ("    title: 面积", "    title: 面\x07积", 11, "控制字符"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_broken_standard_is_refused_with_file_line_and_reason(
    tmp_path: Path, damage: str
) -> None:
    old, new, line, reason = DAMAGE[damage]
    assert old in MINIMAL

    with pytest.raises(StandardError) as refused:
        load_standard(written(tmp_path, MINIMAL.replace(old, new, 1)))

    assert (refused.value.file, refused.value.line) == ("county-2030.yaml", line)
    assert reason in refused.value.reason
    assert str(refused.value).startswith(f"county-2030.yaml 第{line}行：")


def test_a_rule_code_used_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    rule = MINIMAL[MINIMAL.index("  - code") :]

    with pytest.raises(StandardError, match=r"第16行：条款编号“R-1”重复，上一次在第8行"):
        load_standard(written(tmp_path, MINIMAL + rule))


def test_text_may_not_be_left_out_where_the_source_is_held(tmp_path: Path) -> None:
    held = MINIMAL.replace("source_text: not_held", "source_text: jingle-2023.txt")

    with pytest.raises(StandardError, match=r"第8行：.*缺少“text”"):
        load_standard(written(tmp_path, held))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "文件是空的"),
        (b"# nothing but a comment\n", "文件是空的"),
        ("name: 静乐".encode("gb18030"), "不是 UTF-8"),
        (b"- a\n- b\n", "应为一组"),
        (b"a: 1\n---\nb: 2\n", "只能有一份内容"),
        (b"[" * 1500, "层次太深"),
        (b"#" * 1_000_001, "文件太大"),
    ],
)
def test_a_file_that_is_no_standard_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(StandardError, match=reason):
        load_standard(written(tmp_path, content))


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StandardError, match=r"nothing\.yaml：文件读不出来"):
        load_standard(tmp_path / "nothing.yaml")


def test_two_files_may_not_share_an_id(tmp_path: Path) -> None:
    written(tmp_path, MINIMAL, "one.yaml")
    written(tmp_path, MINIMAL, "two.yaml")

    with pytest.raises(StandardError, match=r"two\.yaml.*与 one\.yaml 重复"):
        standards_in(tmp_path)


def test_a_newer_standard_replaces_the_older_without_touching_it(tmp_path: Path) -> None:
    written(tmp_path, MINIMAL, "old.yaml")
    newer = MINIMAL.replace("county-2030", "county-2031").replace("2030-01-01", "2031-01-01")
    written(tmp_path, newer + "replaces: [county-2030]\n", "new.yaml")
    standards = standards_in(tmp_path)

    assert [one.id for one in in_force(standards, date(2030, 6, 1), JINGLE)] == ["county-2030"]
    assert [one.id for one in in_force(standards, date(2031, 6, 1), JINGLE)] == ["county-2031"]


def test_replacing_a_standard_that_is_not_there_is_refused(tmp_path: Path) -> None:
    written(tmp_path, MINIMAL + "replaces: [county-1999]\n")

    with pytest.raises(StandardError, match="“county-1999”没有对应的标准文件"):
        standards_in(tmp_path)
