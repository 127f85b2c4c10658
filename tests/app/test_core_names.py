"""Names on signs and ways of spelling: the phone says of every text what the server says of it.

`DRILL=long` tries 20,000 made-up signs.
"""

import functools
import os
import unicodedata
from collections.abc import Callable
from json import dumps
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.policy.standard.sign_names import named, only_written_otherwise
from server.policy.standard.wording import one_spelling, plain, simplified, without_marks
from tests.app.quick import Core
from tests.policy.standard.sign_ways import VILLAGE, any_question
from tools import traditional

LONG = os.environ.get("DRILL") == "long"
A_TIME = 50
many = settings(
    max_examples=400 if LONG else 12,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
WAYS: dict[str, Callable[[str], str]] = {
    "plain": plain,
    "simplified": simplified,
    "oneSpelling": one_spelling,
    "withoutMarks": without_marks,
    "stripped": str.strip,
}


@functools.cache
def characters() -> list[str]:
    return [
        chr(code)
        for code in range(0x110000)
        # Letters newer than Python's Unicode may have small letters on newer phones already.
        if unicodedata.category(chr(code)) not in {"Cn", "Cs", "Co"}
    ]


@pytest.fixture(scope="module")
def core() -> Core:
    core = Core()
    core.context.set_time_limit(-1)
    return core


def told(core: Core, call: str, questions: list[Any]) -> list[Any]:
    answers: list[Any] = core.run(f"return {dumps(questions)}.map((q) => {call});")
    return answers


@pytest.mark.parametrize("way", WAYS)
def test_every_character_is_written_alike_on_phone_and_server(core: Core, way: str) -> None:
    here = told(core, f"{way}(q)", characters())
    wrong = [one for one, said in zip(characters(), here, strict=True) if WAYS[way](one) != said]

    assert len(characters()) > 140_000
    assert wrong == []


def test_every_phrase_is_converted_as_a_whole_wherever_it_stands(core: Core) -> None:
    phrases = list(traditional.phrases())
    texts = [
        text
        for phrase, other in zip(phrases, phrases[1:] + phrases[:1], strict=True)
        for text in (phrase, phrase[:-1], phrase + other, f"乾{phrase}髮", phrase[0] + phrase)
    ]

    assert len(phrases) > 400
    assert told(core, "simplified(q)", texts) == [simplified(text) for text in texts]


def test_the_phones_table_is_what_the_pinned_converter_gives() -> None:
    assert traditional.TARGET.read_text(encoding="utf-8") == traditional.script()


@many
@given(st.lists(st.text(), min_size=A_TIME, max_size=A_TIME))
def test_any_text_is_spelt_alike(core: Core, texts: list[str]) -> None:
    for way, write in WAYS.items():
        known = [one for one in texts if all(map(_is_known, one))]
        assert told(core, f"{way}(q)", known) == [write(one) for one in known]


def _is_known(character: str) -> bool:
    return unicodedata.category(character) not in {"Cn", "Cs"}


@many
@given(st.integers(0, 2**32))
def test_a_sign_is_judged_alike_with_the_same_words_why(core: Core, seed: int) -> None:
    dice = Random(seed)
    asked = [any_question(dice) for _ in range(A_TIME)]
    questions = [
        [text, words, place and {name: getattr(place, name) for name in place.__slots__}, own]
        for text, words, place, own in asked
    ]

    here = told(core, "named(q[0], q[1], q[2], q[3])", questions)

    assert here == [named(*one)._asdict() for one in asked]


def test_made_up_signs_are_of_every_kind() -> None:
    dice = Random(1)
    found = [named(*any_question(dice)) for _ in range(2000)]

    for holds in (True, False, None):
        assert sum(one.holds is holds for one in found) > 200
    assert len({one.why for one in found}) > 200


@pytest.mark.parametrize("piece", ["县", "乡镇", "农村", "某", "快递", "鹅城镇", "X", "·", "県"])
def test_the_longest_text_is_judged_in_no_time_on_the_phone_too(core: Core, piece: str) -> None:
    text = (piece * 200)[:190] + "啊村快递便民服务点"
    place = {"name": "马家沟村", "aliases": ["马家圪洞村"], "within": ["鹅城镇", "静乐县"]}
    core.context.set_time_limit(5)

    for at in (None, place):
        asked = [[text, VILLAGE, at, ["马家沟村快递便民服务点"]]]
        [said] = told(core, "named(q[0], q[1], q[2], q[3])", asked)
        assert said["holds"] is not True

    core.context.set_time_limit(-1)


def test_names_that_differ_in_script_or_marks_alone_are_told_alike(core: Core) -> None:
    pairs = [
        ("鵝城鎮·快遞綜合服務站", "鹅城镇快递综合服务站"),
        ("赤泥洼乡快递综合服务站", "赤泥窊乡快递综合服务站"),
        ("鹅城镇（快递）综合服务站", "鹅城镇快递综合服务站"),
    ]

    here = told(core, "onlyWrittenOtherwise(q[0], q[1])", [list(one) for one in pairs])

    assert here == [only_written_otherwise(*one) for one in pairs] == [True, False, True]
