"""Says a rule's check as data, so that a phone without a net can hold what is entered against it.

`miniapp/core/standard` reads these shapes; what only the register settles has no form there.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from server.policy.standard.checks import NAME_DECISION
from server.policy.standard.examine import fixed_finding
from server.policy.standard.facts import (
    JUDGED,
    REGISTERED,
    Fact,
    Place,
    StationFacts,
    Value,
    equipment_fact,
    settled,
)
from server.policy.standard.inspection_form import asked_of
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Rule
from server.policy.standard.verdicts import Look, on_their_word
from server.policy.standard.wording import number

CheckData = dict[str, Any]
"""One check: `kind` and its arguments; amounts are text, so that no digit is lost."""

Form = Callable[[Mapping[str, Any], CountyOptions], CheckData]

REGISTER: CheckData = {"kind": "register"}
"""What is never asked on site: the phone keeps the finding that it was given."""


class KnownFact(TypedDict):
    """What is settled of a fact today; without a `value` the sentence why not.

    `about` are the words on the sign that a decision about its name was taken of.
    """

    value: bool | str | None
    word: str | None
    on: str | None
    why: NotRequired[str]
    about: NotRequired[str]


def check_data(check: Mapping[str, Any], options: CountyOptions) -> CheckData:
    """A rule's check (`Rule.check`) for the phone, with the county's own lists in it."""
    [(name, arguments)] = check.items()
    return FORMS[name](arguments or {}, options)


def facts_in(check: CheckData) -> list[str]:
    """The judged facts that a check for the phone asks for, at any depth."""
    found = [check["fact"]] if "fact" in check else []
    parts = [
        *check.get("checks", ()),
        *(check.get(key) for key in ("check", "claimed", "approved")),
    ]
    for part in parts:
        found += facts_in(part) if part else []
    if check["kind"] in {"contains", "same_as"}:
        found.append(NAME_DECISION.name)
    return list(dict.fromkeys(found))


def phone_check(rule: Rule, options: CountyOptions) -> CheckData:
    """The check of a rule that is asked on the spot; `register` for every other."""
    return check_data(rule.check, options) if asked_of(rule, options) else REGISTER


def known_facts(look: Look, names: list[str]) -> dict[str, KnownFact]:
    """What is settled of these facts on the day of the look, and why where nothing is."""
    return {name: _known(look, name) for name in names}


def place_data(place: Place | None) -> dict[str, Any] | None:
    """Where a station stands, for comparing what is written on its sign."""
    if place is None:
        return None
    return {"name": place.name, "aliases": list(place.aliases), "within": list(place.within)}


def station_data(
    facts: StationFacts, known: Mapping[str, KnownFact], asked: Iterable[Rule]
) -> dict[str, Any]:
    """One station's facts for the phone's checks.

    `fixed` says of asked rules, by code, why no check is held against them (not yet known whether
    自营 or 合作).
    """
    fixed = {rule.code: found.why for rule in asked if (found := fixed_finding(rule, facts))}
    return {
        "level": facts.level.value,
        "name": facts.name,
        "filed_name": facts.filed_name,
        "place": place_data(facts.place),
        "code": facts.code,
        "operator": facts.operator,
        "address": facts.address,
        "known": known,
        "fixed": fixed,
    }


def _known(look: Look, name: str) -> KnownFact:
    fact = JUDGED.get(name) or _equipment(look.facts.options, name)
    statements = look.heard(fact)
    said = look.settle(fact, statements)
    if said is None:
        outcome = on_their_word(fact, lambda *_: True, lambda *_: "")(look)
        return {"value": None, "word": None, "on": None, "why": outcome.why}
    known: KnownFact = {
        "value": _json(said.value),
        "word": said.word.value,
        "on": said.on.isoformat(),
    }
    if fact is NAME_DECISION:
        words = look.judged.get("sign_text", ())
        about = settled(words, said.on, said.on.min, said.on.min)
        known["about"] = str(about.value) if about is not None else ""
    return known


def _equipment(options: CountyOptions, name: str) -> Fact:
    key = name.removeprefix("equipment_")
    return equipment_fact(key, dict(options.equipment_items)[key])


def _json(value: Value) -> bool | str:
    return value if isinstance(value, bool) else str(value)


def _holds(fact: Fact) -> CheckData:
    return {
        "kind": "holds",
        "fact": fact.name,
        "title": fact.title,
        "yes": fact.yes,
        "no": fact.no,
    }


def _holds_form(given: Mapping[str, Any], _options: CountyOptions) -> CheckData:
    return _holds(JUDGED[given["fact"]])


def _measures_form(given: Mapping[str, Any], _options: CountyOptions) -> CheckData:
    most = given.get("at_most")
    return {
        "kind": "measures",
        "fact": given["fact"],
        "title": JUDGED[given["fact"]].title,
        "at_least": number(given["at_least"]),
        "at_most": None if most is None else number(most),
        "unit": given["unit"],
        "note": given.get("note") or "",
    }


def _contains_form(given: Mapping[str, Any], _options: CountyOptions) -> CheckData:
    return {
        "kind": "contains",
        "fact": given["fact"],
        "title": JUDGED[given["fact"]].title,
        "one_of": given["one_of"],
        "wording": given["wording"],
    }


def _same_as_form(given: Mapping[str, Any], _options: CountyOptions) -> CheckData:
    return {
        "kind": "same_as",
        "fact": given["fact"],
        "title": JUDGED[given["fact"]].title,
        "register": given["register"],
        "register_title": REGISTERED[given["register"]],
    }


def _recorded_form(given: Mapping[str, Any], _options: CountyOptions) -> CheckData:
    return {
        "kind": "recorded",
        "register": given["register"],
        "register_title": REGISTERED[given["register"]],
    }


def _has_items_form(given: Mapping[str, Any], options: CountyOptions) -> CheckData:
    facts = (
        [JUDGED[f"safety_{item}"] for item in options.safety_items]
        if given["family"] == "safety"
        else [equipment_fact(key, title) for key, title in options.equipment_items]
    )
    return {"kind": "has_items", "checks": [_holds(fact) for fact in facts]}


def _all_of_form(given: Mapping[str, Any], options: CountyOptions) -> CheckData:
    return {"kind": "all_of", "checks": [check_data(one, options) for one in given["checks"]]}


def _with_exception_form(given: Mapping[str, Any], options: CountyOptions) -> CheckData:
    return {
        "kind": "with_exception",
        "check": check_data(given["check"], options),
        "claimed": _holds(JUDGED[given["claimed"]]),
        "approved": _holds(JUDGED[given["approved"]]),
    }


def _exception_form(given: Mapping[str, Any], _options: CountyOptions) -> CheckData:
    return {
        "kind": "exception",
        "claimed": _holds(JUDGED[given["claimed"]]),
        "approved": _holds(JUDGED[given["approved"]]),
    }


def _register_form(_given: Mapping[str, Any], _options: CountyOptions) -> CheckData:
    return REGISTER


FORMS: Mapping[str, Form] = {
    "holds": _holds_form,
    "measures": _measures_form,
    "contains": _contains_form,
    "same_as": _same_as_form,
    "recorded": _recorded_form,
    "has_items": _has_items_form,
    "all_of": _all_of_form,
    "with_exception": _with_exception_form,
    "exception": _exception_form,
    # Numbers, deadlines and general demands are settled by the register alone.
    "code_form": _register_form,
    "unique_code": _register_form,
    "within_days": _register_form,
    "not_examined": _register_form,
}
"""Every check, as the phone knows it; a new check takes its place here."""
