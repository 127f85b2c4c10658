"""Says what an inspector measured or read on a clause, in the words of pages and papers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import Invalid
from server.models.inspection import Inspection
from server.policy.standard.facts import EQUIPMENT, Fact, equipment_fact, fact_named, value_of
from server.policy.standard.inspection_form import asked_of
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Standard
from server.services.standing.statements import value_text


@dataclass(frozen=True, slots=True)
class ValueTold:
    """One thing that was measured or read, by its fact's name, in words."""

    fact: str
    title: str
    text: str


def values_told(answer: Mapping[str, Any], options: CountyOptions) -> tuple[ValueTold, ...]:
    """What was entered besides the tap, by the fact's name.

    `answer` is one of a frozen inspection's `answers`. A value that no longer means anything
    today is shown as it was typed: what was signed is never left out.
    """
    entered: Mapping[str, Any] = answer.get("values") or {}
    return tuple(
        _told(name, raw, options)
        for name, raw in sorted(entered.items())
        if raw is not None and raw != ""
    )


def values_of(inspection: Inspection, code: str, options: CountyOptions) -> tuple[ValueTold, ...]:
    """What was entered on a clause, in the words of that day where the record keeps them."""
    if inspection.as_signed is not None:
        return tuple(ValueTold(*one) for one in inspection.as_signed["values"].get(code, ()))
    answer = inspection.answers.get(code)
    return values_told(answer, options) if answer else ()


def note_on(inspection: Inspection, code: str) -> str:
    """What the inspector wrote on a clause; empty where nothing."""
    answer = inspection.answers.get(code)
    return answer["note"] if answer and "note" in answer else ""


def asked_codes(standards: Iterable[Standard], options: CountyOptions) -> set[str]:
    """The rules that are to be answered on the spot."""
    return {
        rule.code
        for standard in standards
        for rule in standard.rules
        if rule.level != "may" and asked_of(rule, options)
    }


def _told(name: str, raw: Any, options: CountyOptions) -> ValueTold:
    fact = _fact(name, options)
    try:
        text = value_text(fact, value_of(fact, raw))
    except Invalid:
        text = str(raw)
    return ValueTold(name, fact.title, text)


def _fact(name: str, options: CountyOptions) -> Fact:
    try:
        return fact_named(name, options)
    except Invalid:
        # The county's own list has changed since; or a phone was newer than this server.
        gone = "后来不再列出的设备" if name.startswith(EQUIPMENT) else name
        return equipment_fact(name.removeprefix(EQUIPMENT), gone)
