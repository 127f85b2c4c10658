"""Facts written down in a YAML file, for the `examine` command and for the cases under tests/."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from server.errors import Invalid
from server.policy.document import Fields, Part, read_document
from server.policy.standard.facts import (
    Fact,
    Level,
    Ownership,
    Place,
    Said,
    StationFacts,
    Value,
    Word,
    fact_named,
    value_of,
)
from server.policy.standard.options import CountyOptions, options_from

_TEXTS = ("code", "name", "filed_name", "operator", "address")
_DAYS = ("opened_on", "filed_on", "filing_changed_on", "filing_change_filed_on")
_POSTAL = {"yes": True, "no": False, "unknown": None}
_SAID = ("value", "word", "on", "by", "evidence", "note")
_PLACE = ("name", "aliases", "within")
_FACTS = (
    "level", "ownership", *_TEXTS, *_DAYS, "code_duplicated", "postal", "place",
    "options", "said_by", "judged",
)  # fmt: skip
_CASE = ("name", "on", "standards", "facts", "answers", "expect", "note")
_WORDS = tuple(word.value for word in Word if word is not Word.REGISTER)


@dataclass(frozen=True, slots=True)
class Case:
    """One station's facts on a day; `on` None means today.

    `answers`, what an inspector tapped and entered that day, and `expect` are for tests only.
    """

    name: str
    on: date | None
    standards: tuple[str, ...]
    facts: StationFacts
    answers: Part | None
    expect: Part | None
    line: int


def read_cases(path: Path) -> list[Case]:
    """Read one case, a list of cases, or `{base: …, cases: […]}`; raises StandardError.

    Every case starts from `base` and replaces what it names itself, fact by fact.
    """
    root, _digest = read_document(path)
    if root.is_list:
        return [_case(part, None) for part in _some(root)]
    if root.is_mapping and "cases" in (whole := root.fields()):
        whole = root.fields(needed=("cases",), known=("base", "note"))
        base = whole["base"].fields(known=_CASE) if "base" in whole else None
        return [_case(part, base) for part in _some(whole["cases"])]
    return [_case(root, None)]


def _some(part: Part) -> list[Part]:
    parts = part.items()
    if not parts:
        part.refuse("一个案例也没有，请至少写一个")
    return parts


def _case(part: Part, base: Fields | None) -> Case:
    fields = part.fields(known=_CASE)
    own = dict(fields)
    inherited = dict(base) if base else {}
    merged = {**inherited, **own}
    if "facts" not in merged:
        part.refuse("缺少“facts”，请写上站点的情况")
    layers = [one["facts"].fields(known=_FACTS) for one in (inherited, own) if "facts" in one]
    days, standards = merged.get("on"), merged.get("standards")
    return Case(
        name=own["name"].text() if "name" in own else "（未命名）",
        on=None if days is None or days.empty else days.day(),
        standards=tuple(one.text() for one in standards.items()) if standards else (),
        facts=_facts(merged["facts"], layers),
        answers=own.get("answers"),
        expect=merged.get("expect"),
        line=part.line,
    )


def _facts(part: Part, layers: Sequence[Fields]) -> StationFacts:
    merged: dict[str, Part] = {}
    judged: dict[str, Part] = {}
    for layer in layers:
        merged.update({name: value for name, value in layer if name != "judged"})
        if "judged" in layer and not layer["judged"].empty:
            judged.update(iter(layer["judged"].fields()))
    known = {name: value for name, value in merged.items() if not value.empty}
    if "level" not in known:
        part.refuse(f"缺少“level”（站点级别），只能是：{'、'.join(Level)}")
    options = _options(known.get("options"))
    values: dict[str, Any] = {name: known[name].text() for name in _TEXTS if name in known}
    values |= {name: known[name].day() for name in _DAYS if name in known}
    if "code_duplicated" in known:
        values["code_duplicated"] = known["code_duplicated"].flag()
    if "postal" in known:
        postal = known["postal"].one_of(tuple(_POSTAL))
        values["postal"] = _POSTAL[postal]
    if "ownership" in known:
        values["ownership"] = Ownership(known["ownership"].one_of(tuple(Ownership)))
    if "place" in known:
        values["place"] = _place(known["place"])
    speaker = _speaker(known.get("said_by"))
    return StationFacts(
        level=Level(known["level"].one_of(tuple(Level))),
        options=options,
        judged={
            name: statements
            for name, value in judged.items()
            if (statements := _statements(_named(value, name, options), value, speaker))
        },
        **values,
    )


def _named(part: Part, name: str, options: CountyOptions) -> Fact:
    try:
        return fact_named(name, options)
    except Invalid as problem:
        part.refuse(problem.message)


def _place(part: Part) -> Place:
    fields = part.fields(known=_PLACE)
    return Place(
        name=fields.get("name", Part.text, ""),
        aliases=fields.get("aliases", _texts, ()),
        within=fields.get("within", _texts, ()),
    )


def _texts(part: Part) -> tuple[str, ...]:
    return tuple(one.text() for one in part.items())


def _speaker(part: Part | None) -> tuple[Word, date] | None:
    if part is None:
        return None
    fields = part.fields(needed=("word", "on"))
    return Word(fields["word"].one_of(_WORDS)), fields["on"].day()


def _statements(fact: Fact, part: Part, speaker: tuple[Word, date] | None) -> tuple[Said, ...]:
    if part.is_list:
        return tuple(_said(fact, one, speaker) for one in part.items())
    if part.is_mapping:
        return (_said(fact, part, speaker),)
    if part.empty:
        return ()
    if speaker is None:
        part.refuse(
            f"“{part.name}”要写明是谁在哪天说的，例如 {{value: true, word: inspector, "
            "on: 2023-07-12}，或者在“facts”里写“said_by”"
        )
    return (Said(_value(fact, part), *speaker),)


def _said(fact: Fact, part: Part, speaker: tuple[Word, date] | None) -> Said:
    needed = ("value",) if speaker else ("value", "word", "on")
    fields = part.fields(needed=needed, known=[one for one in _SAID if one not in needed])
    word, on = speaker or (Word.KEEPER, date.min)
    return Said(
        value=_value(fact, fields["value"]),
        word=fields.get("word", lambda one: Word(one.one_of(_WORDS)), word),
        on=fields.get("on", Part.day, on),
        by=fields.get("by", Part.text, None),
        evidence=fields.get("evidence", _evidence, ()),
        note=fields.get("note", Part.text, ""),
    )


def _evidence(part: Part) -> tuple[str, ...]:
    return tuple(one.text() for one in part.items()) if part.is_list else (part.text(),)


def _value(fact: Fact, part: Part) -> Value:
    if part.empty:
        return None
    try:
        return value_of(fact, part.plain())
    except Invalid as problem:
        part.refuse(problem.message)


def _options(part: Part | None) -> CountyOptions:
    if part is None:
        return CountyOptions()
    known = tuple(one.name for one in fields(CountyOptions))
    given = {name: value.plain() for name, value in part.fields(known=known)}
    try:
        return options_from(given)
    except Invalid as problem:
        part.refuse(problem.message)
