"""Makes an inspector's form from a standard, and turns what was entered into findings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from server.policy.standard.checks import NAME_DECISION, SIGN_TEXT
from server.policy.standard.examine import Finding, examine
from server.policy.standard.facts import Fact, Said, StationFacts, Value, Word, fact_named, value_of
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Rule, Standard
from server.policy.standard.verdicts import Verdict

UNITS = {"floor_area_m2": "平方米"}
SETTLING = (Verdict.PASS, Verdict.FAIL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the inspector entered on one rule.

    `verdict` is the tap: pass, fail, unknown (看不清) or not_applicable (不适用). `values` are what
    was measured or read, by fact; a yes-or-no fact may be left out, for the tap says it.
    """

    rule: str
    verdict: Verdict
    values: Mapping[str, Any]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A form worked through: the findings with the inspector's word in them.

    `said` are the facts to take down, `remarks` what a person should know about a tap that its
    value contradicts.
    """

    findings: list[Finding]
    said: Mapping[str, Said]
    remarks: tuple[str, ...]


def asked_of(rule: Rule, options: CountyOptions) -> tuple[Fact, ...]:
    """The facts a rule asks an inspector for; none where the register or nobody settles it."""
    if rule.settled_by != "on_site":
        return ()
    names: list[str] = []
    for fact in rule.facts:
        if fact == "safety":
            names += [f"safety_{item}" for item in options.safety_items]
        elif fact == "equipment":
            names += [f"equipment_{key}" for key, _ in options.equipment_items]
        else:
            names.append(fact)
    facts = (fact_named(name, options) for name in names)
    return tuple(fact for fact in facts if Word.INSPECTOR in fact.speakers)


def rules_asked(findings: Iterable[Finding], facts: StationFacts) -> list[Rule]:
    """The rules of a station's form: what applies to it and can be seen on the spot.

    A permitted alternative (可) is asked as well, although it does not apply before it is claimed.
    """
    return [
        finding.rule
        for finding in findings
        if (finding.verdict is not Verdict.NOT_APPLICABLE or _may_be_claimed(finding.rule, facts))
        and asked_of(finding.rule, facts.options)
    ]


def hear(
    standards: Sequence[Standard],
    facts: StationFacts,
    answers: Iterable[Answer],
    *,
    on: date,
    photos: Mapping[str, Sequence[str]],
) -> Heard:
    """Hold a station against the standards with the inspector's answers of that day.

    `photos` are references to the pictures taken per rule. Where values were entered, the
    standard's own check decides; where a tap stands alone, the tap does, and where the words on a
    sign leave it open whether they name the station, the tap is the person's decision. Raises
    Invalid fact-value-invalid for a value that cannot be.
    """
    rules = {rule.code: rule for standard in standards for rule in standard.rules}
    entered = {answer.rule: answer for answer in answers if answer.rule in rules}
    said: dict[str, Said] = {}
    bare: set[str] = set()  # rules that rest on the tap alone
    for code, answer in entered.items():
        seen = _values(asked_of(rules[code], facts.options), answer)
        evidence = tuple(photos.get(code, ()))
        for fact, value in seen.items():
            said[fact] = Said(value, Word.INSPECTOR, on, None, evidence, answer.note)
        if len(seen) < len(asked_of(rules[code], facts.options)):
            bare.add(code)
    findings = examine(standards, _with(facts, said), on)
    if (decision := _decision(findings, entered, said.get(SIGN_TEXT))) is not None:
        said[NAME_DECISION.name] = decision
        findings = examine(standards, _with(facts, said), on)
    remarks: list[str] = []
    for index, finding in enumerate(findings):
        given = entered.get(finding.code)
        if given is None or given.verdict not in SETTLING:
            continue
        settled = finding.verdict is given.verdict and finding.word is Word.INSPECTOR
        if settled:
            continue
        if finding.code in bare and finding.verdict is not Verdict.NOT_APPLICABLE:
            findings[index] = _by_tap(finding, given, on, tuple(photos.get(finding.code, ())))
        elif finding.verdict in (Verdict.PASS, Verdict.FAIL) and finding.verdict != given.verdict:
            remarks.append(
                f"{finding.clause}{finding.title}：您点的是{given.verdict.label}，"
                f"按标准判为{finding.verdict.label}（{finding.why}）"
            )
    return Heard(findings, said, tuple(remarks))


def on_keepers_word(standards: Sequence[Standard], facts: StationFacts, on: date) -> list[Finding]:
    """The same station on nobody's word but the keeper's."""
    judged = {
        fact: own
        for fact, every in facts.judged.items()
        if (own := tuple(one for one in every if one.word is Word.KEEPER))
    }
    return examine(standards, replace(facts, judged=judged), on)


def _with(facts: StationFacts, said: Mapping[str, Said]) -> StationFacts:
    judged = {**facts.judged}
    for fact, one in said.items():
        judged[fact] = (*judged.get(fact, ()), one)
    return replace(facts, judged=judged)


def _decision(
    findings: Iterable[Finding], entered: Mapping[str, Answer], words: Said | None
) -> Said | None:
    """The tap beside words read on a sign, where these leave the station's name open."""
    for finding in findings:
        answer = entered.get(finding.code)
        waits = finding.verdict is Verdict.UNKNOWN and SIGN_TEXT in finding.rule.facts
        if words and waits and answer and answer.verdict in (Verdict.PASS, Verdict.FAIL):
            return words._replace(value=answer.verdict is Verdict.PASS)
    return None


def _may_be_claimed(rule: Rule, facts: StationFacts) -> bool:
    return (
        rule.level == "may"
        and rule.waits_for is None
        and facts.level in rule.applies_to
        and (not rule.ownership or facts.ownership in rule.ownership)
    )


def _values(asked: Sequence[Fact], answer: Answer) -> dict[str, Value]:
    """The facts an answer settles; for several yes-or-no facts a bare tap speaks of all."""
    if answer.verdict not in SETTLING:
        return {}
    given = {
        fact.name: value_of(fact, answer.values[fact.name])
        for fact in asked
        if answer.values.get(fact.name) is not None
    }
    if given and answer.verdict is Verdict.FAIL:
        return given  # which of them fails has been said; the rest was not
    passed = answer.verdict is Verdict.PASS
    return {fact.name: passed for fact in asked if fact.kind == "flag"} | given


def _by_tap(finding: Finding, answer: Answer, on: date, evidence: tuple[str, ...]) -> Finding:
    why = f"督导员现场判定{answer.verdict.label}"
    return finding._replace(
        verdict=answer.verdict,
        word=Word.INSPECTOR,
        since=on,
        evidence=evidence,
        why=f"{why}：{answer.note}" if answer.note else why,
        contradicted_by=(),
        mended_on=None,
    )
