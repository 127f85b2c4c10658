"""Says what an inspector measured or read on a clause, in the words of pages and papers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import Invalid
from server.policy.standard.facts import EQUIPMENT, Fact, equipment_fact, fact_named, value_of
from server.policy.standard.options import CountyOptions
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
