"""What an inspector's phone carries of one station, and visits made with it, without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.policy.document import Part
from server.policy.standard.cases import Case, read_cases
from server.policy.standard.examine import examine, finding_json
from server.policy.standard.facts import StationFacts
from server.policy.standard.inspection_form import UNITS, Answer, asked_of, rules_asked
from server.policy.standard.on_phone import facts_in, known_facts, phone_check, station_data
from server.policy.standard.standards import Standard, standard_by_id, standards_in
from server.policy.standard.verdicts import Look, Verdict
from server.settings import ROOT

EVERY = standards_in()


def standards_of(case: Case) -> list[Standard]:
    """The standards that a case is held against."""
    return [standard_by_id(EVERY, one) for one in case.standards]


def packed(standards: Sequence[Standard], facts: StationFacts, on: date) -> dict[str, Any]:
    """{station, rows, options} as the package brings them."""
    findings = examine(standards, facts, on)
    asked = rules_asked(findings, facts)
    rows = []
    for rule in asked:
        asks = [
            {"fact": one.name, "title": one.title, "kind": one.kind, "unit": UNITS.get(one.name)}
            for one in asked_of(rule, facts.options)
        ]
        check = phone_check(rule, facts.options)
        why = {verdict.value: text for verdict, text in rule.why.items()}
        rows.append({"code": rule.code, "asks": asks, "check": check, "why": why})
    names = list(dict.fromkeys(name for row in rows for name in facts_in(row["check"])))
    known = known_facts(Look(facts, on), names)
    station = {
        "facts": station_data(facts, known, asked),
        "asked": [rule.code for rule in asked],
        "findings": [{**finding_json(one), "word_label": one.word_label} for one in findings],
    }
    options = {"about_percent": facts.options.about_percent}
    return {"station": station, "rows": rows, "options": options}


@dataclass(frozen=True)
class Visited:
    """One case of tests/cases/visits: the answers as the phone sends them, photos by rule."""

    case: Case
    on: date
    answers: tuple[dict[str, Any], ...]
    photos: tuple[dict[str, str], ...]

    @property
    def name(self) -> str:
        """What the case says of itself."""
        return self.case.name

    def wanted(self, told: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """The findings that the case expects; a sentence that begins with … is told by its end."""
        assert self.case.expect is not None
        findings = self.case.expect.plain().get("findings", {})
        wanted: dict[str, dict[str, Any]] = {code: dict(one) for code, one in findings.items()}
        for code, parts in wanted.items():
            end, why = str(parts.get("why", "")), told[code].get("why", "")
            if end.startswith("…") and why.endswith(end.removeprefix("…")):
                parts["why"] = why
        return wanted

    def phone(self) -> dict[str, Any]:
        """What `findings` of miniapp/core/standard takes."""
        carried = packed(standards_of(self.case), self.case.facts, self.on)
        return {
            **carried,
            "answers": self.answers,
            "photos": self.photos,
            "day_on": self.on.isoformat(),
        }

    def heard(self) -> tuple[list[Answer], dict[str, list[str]]]:
        """What `hear` of the server takes: answers, and references to photos by rule."""
        photos: dict[str, list[str]] = {}
        for one in self.photos:
            photos.setdefault(one["rule_code"], []).append(f"photo:{one['id']}")
        given = [
            Answer(one["rule"], Verdict(one["verdict"]), one["values"], one["note"])
            for one in self.answers
        ]
        return given, photos


def visits() -> list[Visited]:
    """Every case of tests/cases/visits."""
    files = sorted((ROOT / "tests" / "cases" / "visits").glob("*.yaml"))
    return [_visited(case) for path in files for case in read_cases(path)]


def _visited(case: Case) -> Visited:
    assert case.on is not None
    assert case.answers is not None
    answers, photos = [], []
    for rule, part in case.answers.fields():
        given = _given(part)
        named = given.pop("photos", [])
        photos += [{"id": one, "rule_code": rule} for one in named]
        verdict, note = given.pop("tap"), given.pop("note", "")
        answers.append({"rule": rule, "verdict": verdict, "values": given, "note": note})
    return Visited(case, case.on, tuple(answers), tuple(photos))


def _given(part: Part) -> dict[str, Any]:
    return dict(part.plain()) if part.is_mapping else {"tap": part.text()}
