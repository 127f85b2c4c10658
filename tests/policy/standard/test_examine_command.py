"""`python -m server examine`: facts in, findings out, and refusals a technician can act on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from server.__main__ import main
from server.policy.standard.cases import read_cases
from server.settings import ROOT

FACTS = """\
name: 鹅城镇站
on: 2023-07-12
facts:
  level: township_station
  ownership: self_operated
  judged:
    floor_area_m2: {value: 9, word: inspector, on: 2023-07-12, evidence: 照片1}
"""


@pytest.fixture
def facts_file(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, "utf-8")
    return path


def test_a_case_is_answered_with_its_state_and_every_clause(
    facts_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["examine", "--standard", "shanxi-2023-trial", str(facts_file), "--json"])

    [answer] = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (answer["name"], answer["status"], answer["status_label"]) == (
        "鹅城镇站",
        "fails",
        "不达标",
    )
    [area] = [one for one in answer["findings"] if one["code"] == "A3-41b"]
    assert area["clause"] == "四（1）"
    assert area["verdict"] == "fail"
    assert area["word"] == "inspector"
    assert area["since"] == "2023-07-12"
    assert area["why"] == "面积9平方米，标准要求10平方米以上（含10）"
    assert area["text"] == "乡镇快递综合服务站面积应在10平米以上"
    assert area["evidence"] == ["照片1"]
    assert len(answer["findings"]) == 25


def test_without_json_it_reads_like_a_note(
    facts_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["examine", "--standard", "shanxi-2023-trial", str(facts_file)])

    out = capsys.readouterr().out
    assert code == 0
    assert "不达标：四（1）乡镇站面积" in out
    assert "A3-41b 乡镇站面积：不符合（督导员）" in out


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "cases").glob("*.yaml")), ids=lambda path: path.stem
)
def test_the_cases_of_the_tests_are_readable_as_they_are(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["examine", str(path), "--json"])

    answers = json.loads(capsys.readouterr().out)
    assert code == 0
    for answer, case in zip(answers, read_cases(path), strict=True):
        expect = dict(case.expect.fields()) if case.expect else {}
        state = expect["status"].text() if "status" in expect else answer["status_label"]
        assert (answer["name"], answer["status_label"]) == (case.name, state)


def test_several_standards_are_answered_together(
    facts_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--standard", "shanxi-2023-trial", "--standard", "national-outlet-filing-2018"]

    code = main(["examine", *arguments, str(facts_file), "--json"])

    [answer] = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [one["id"] for one in answer["standards"]] == arguments[1::2]
    assert len(answer["findings"]) == 28


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "floor_area_m2",
            "floor_area",
            "第7行：没有“floor_area”这个核查项，是不是“floor_area_m2”？",
        ),
        ("value: 9", "value: 很大", "第7行：“面积”应填大于0的数字"),
        ("value: 9", "value: -9", "第7行："),
        ("word: inspector", "word: boss", "第7行：“word”写的是“boss”，只能是：keeper"),
        ("word: inspector", "word: register", "第7行：“word”写的是“register”"),
        ("on: 2023-07-12, e", "on: 昨天, e", "第7行：“on”应为日期"),
        ("level: township_station", "level: 乡镇", "第4行：“level”写的是“乡镇”"),
        ("  level: township_station\n", "", "缺少“level”"),
        ("ownership:", "owner:", "第5行：不认识“owner”"),
        (
            "  judged:\n",
            "  options: {fresh_days: 0}\n  judged:\n",
            "第6行：“站长、机器和县办的说法多久算过期”应为1到3650",
        ),
        (
            "{value: 9, word: inspector, on: 2023-07-12, evidence: 照片1}",
            "9",
            "要写明是谁在哪天说的",
        ),
        ("facts:", "fact:", "第3行：不认识“fact”"),
        (FACTS, "[]", "一个案例也没有"),
        (FACTS, "name: 只有名字\n", "缺少“facts”"),
        (FACTS, "", "文件是空的"),
    ],
)
def test_a_bad_facts_file_is_refused_in_a_sentence_with_its_line(
    facts_file: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, sentence: str
) -> None:
    assert old in FACTS
    facts_file.write_text(FACTS.replace(old, new, 1), "utf-8")

    code = main(["examine", "--standard", "shanxi-2023-trial", str(facts_file), "--json"])

    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert told.err.startswith("facts.yaml 第")
    assert sentence in told.err
    assert told.err.count("\n") == 1


def test_an_unknown_standard_is_refused_with_those_there_are(
    facts_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["examine", "--standard", "moon-2030", str(facts_file)])

    assert code == 2
    assert "没有编号为“moon-2030”的标准，现有：national-outlet-filing-2018、shanxi-2023-trial" in (
        capsys.readouterr().err
    )


def test_without_any_standard_it_asks_for_one(
    facts_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["examine", str(facts_file)])

    assert code == 2
    assert "请加上 --standard" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["examine", "--standard", "shanxi-2023-trial", "nowhere.yaml"])

    assert code == 2
    assert "文件读不出来" in capsys.readouterr().err


def test_a_reader_that_stops_early_sees_no_traceback(facts_file: Path) -> None:
    many = "\n".join("- " + FACTS.replace("\n", "\n  ").rstrip() for _ in range(40))
    facts_file.write_text(many, "utf-8")
    command = f"{sys.executable} -m server examine --standard shanxi-2023-trial {facts_file}"

    done = subprocess.run(
        ["bash", "-c", f"{command} --json | head -1"], capture_output=True, text=True, check=False
    )

    assert done.stdout == "[\n"
    assert done.stderr == ""
