"""The standard's checks on the phone: for every case the server's verdict, word and sentence."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from json import dumps
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.policy.standard.cases import Case, read_cases
from server.policy.standard.examine import examine
from server.policy.standard.facts import Said, StationFacts, Word
from server.policy.standard.standards import Standard
from server.settings import ROOT
from tests.app.packed import packed, standards_of
from tests.app.quick import Core
from tests.policy.standard.stations import TRIAL, any_station

LONG = os.environ.get("DRILL") == "long"
A_TIME = 20
SIGNS = ROOT / "tests" / "cases" / "sign-names.yaml"
FILES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))
Told = tuple[str, str | None, str]


@pytest.fixture(scope="module")
def core() -> Core:
    core = Core()
    core.context.set_time_limit(-1)
    return core


def without_today(facts: StationFacts, on: date) -> tuple[StationFacts, dict[str, Any]]:
    """The station before the inspector came that day, and what was entered then, as sent."""
    judged, entered = {}, {}
    for fact, every in facts.judged.items():
        last = every[-1] if every else None
        came = last is not None and (last.word, last.on) == (Word.INSPECTOR, on)
        if last is not None and came and last.value is not None:
            entered[fact] = last.value if isinstance(last.value, bool | str) else str(last.value)
            judged[fact] = every[:-1]
        else:
            judged[fact] = every
    return replace(facts, judged=judged), entered


def asked_on_phone(
    standards: list[Standard], facts: StationFacts, on: date
) -> Iterator[tuple[list[Any], list[Told]]]:
    """A station for `tried` and what the server says of each rule asked.

    Once as it is packed, once with what the inspector entered that day apart.
    """
    every = {one.code: one for one in examine(standards, facts, on)}
    before, entered = without_today(facts, on)
    for now, said in ((facts, {}), (before, entered)):
        phone = packed(standards, now, on)
        asked = {ask["fact"] for row in phone["rows"] for ask in row["asks"]}
        if not said.keys() <= asked:
            continue  # nobody is asked on the spot what the county decides
        found = [every[row["code"]] for row in phone["rows"]]
        question = [phone["rows"], phone["station"], phone["options"], said, on.isoformat()]
        words = [one.word.value if one.word else None for one in found]
        yield (
            question,
            [(one.verdict.value, word, one.why) for one, word in zip(found, words, strict=True)],
        )


def tell(core: Core, asked: list[tuple[list[Any], list[Told]]]) -> None:
    said = core.run(
        f"const sent = {dumps([question for question, _ in asked])};"
        "return sent.map(([rows, station, options, entered, on]) => rows.map((row) => {"
        "  const found = tried(row, station, options, entered, on);"
        "  return [found.verdict, found.word, found.why]; }));"
    )
    for (question, told), found in zip(asked, said, strict=True):
        assert [tuple(one) for one in found] == told, question[1:]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_comes_to_the_same_on_the_phone(core: Core, path: Any) -> None:
    cases: list[Case] = read_cases(path)
    asked = [
        one
        for case in cases
        if case.on is not None
        for one in asked_on_phone(standards_of(case), case.facts, case.on)
    ]

    tell(core, asked)

    assert asked or path.stem.startswith("filing")  # what the register alone settles


@settings(
    max_examples=1_000 if LONG else 5,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**32))
def test_any_station_is_examined_alike_on_the_phone(core: Core, seed: int) -> None:
    dice = Random(seed)
    stations = [any_station(dice) for _ in range(A_TIME)]

    tell(core, [one for facts, on in stations for one in asked_on_phone([TRIAL], facts, on)])


def test_made_up_stations_reach_every_verdict_of_most_rules() -> None:
    dice = Random(3)
    reached: dict[str, set[str]] = {}
    for _ in range(400):
        facts, on = any_station(dice)
        for row in packed([TRIAL], facts, on)["station"]["findings"]:
            reached.setdefault(row["code"], set()).add(row["verdict"])
    by_many = [code for code, found in reached.items() if {"pass", "fail", "unknown"} <= found]

    assert {"A3-1b", "A3-21e", "A3-22a", "A3-22b", "A3-41b", "A3-41c", "A3-42d"} <= set(by_many)


def test_a_decision_about_the_words_of_this_very_day_counts(core: Core) -> None:
    [case] = [one for one in read_cases(SIGNS) if one.name == "牌上写的就是登记的村"]
    assert case.on is not None
    written = Said("馬家溝村快遞便民服務點", Word.INSPECTOR, case.on)
    decided = Said(value=True, word=Word.REVIEWER, on=case.on)
    facts = replace(case.facts, judged={"sign_text": (written,), "sign_name_accepted": (decided,)})

    asked = list(asked_on_phone([TRIAL], facts, case.on))

    assert any("县办2023-07-12认定" in why for _, told in asked for _, _, why in told)
    assert len(asked) == 2
    tell(core, asked)
