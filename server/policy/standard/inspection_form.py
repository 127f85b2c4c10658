"""Makes an inspector's form from a standard, and turns what was entered into findings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from server.policy.standard.checks import NAME_DECISION, SIGN_TEXT
from server.policy.standard.examine import Finding, examine
from server.policy.standard.facts import (
    Fact,
    Said,
    StationFacts,
    Value,
    Word,
    fact_named,
    ruling_on,
    value_of,
)
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Rule, Standard
from server.policy.standard.verdicts import Verdict

UNITS = {"floor_area_m2": "平方米"}
SETTLING = (Verdict.PASS, Verdict.FAIL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the inspector entered on one rule.

    `verdict` is the tap: pass, fail, unknown (看不清) or not_applicable (不适用, with the reason as
    `note`). `values` are what was measured or read, by fact; a yes-or-no fact may be left out, for
    the tap says it.
    """

    rule: str
    verdict: Verdict
    values: Mapping[str, Any]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A form worked through: the findings with the inspector's word in them.

    `said` are the facts to take down, rulings on whole rules (`ruling_on`) among them; a value None
    takes back. `doubts` are, by rule, what the check says against a tap and its values.
    """

    findings: list[Finding]
    said: Mapping[str, Said]
    doubts: Mapping[str, str]


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

    `photos` are references to the pictures taken per rule. A tap 符合 or 不符合 is the finding;
    what the check says of the values stands beside it in the finding's sentence, and where
    it says the opposite that is a doubt. 看不清 leaves the finding as it was; 不适用 makes it
    unknown until the office decides. A permitted alternative (可) is only claimed by a tap. What
    nobody was asked or has answered stays as it was, except where a fact behind it was answered
    under another rule: that follows from its check. `miniapp/core/standard/findings.js` does the
    same.

    Raises Invalid fact-value-invalid for a value that cannot be.
    """
    rules = {rule.code: rule for standard in standards for rule in standard.rules}
    spoken = {
        answer.rule: answer
        for answer in answers
        if answer.verdict is not Verdict.UNKNOWN
        and answer.rule in rules
        and asked_of(rules[answer.rule], facts.options)  # what the register settles, no tap does
    }
    # A record says what its own inspector saw, whatever a colleague said on the same day.
    disputed = {code: one for code, one in facts.contested.items() if code not in spoken}
    facts = replace(facts, contested=disputed)
    said: dict[str, Said] = {}
    for code, answer in spoken.items():
        evidence = tuple(photos.get(code, ()))
        for fact, value in _values(asked_of(rules[code], facts.options), answer).items():
            said[fact] = Said(value, Word.INSPECTOR, on, None, evidence, answer.note)
    entered = frozenset(said)
    unruled = _without_rulings(facts, spoken)
    before = examine(standards, facts, on)
    tried = examine(standards, _with(unruled, said), on)
    alone = tried
    if (decision := _decision(tried, spoken, said.get(SIGN_TEXT))) is not None:
        said[NAME_DECISION.name] = decision
        alone = examine(standards, _with(unruled, said), on)
    findings: list[Finding] = []
    doubts: dict[str, str] = {}
    for was, check, now in zip(before, tried, alone, strict=True):
        given = spoken.get(was.code)
        if was.verdict is check.verdict is Verdict.NOT_APPLICABLE or (
            given is None and not entered & _facts_in(was.rule.check)
        ):
            findings.append(was)
            continue
        seen = _Seen(was, check, given, on, tuple(photos.get(was.code, ())), options=facts.options)
        finding = seen.finding()
        findings.append(finding)
        if given is not None and given.verdict is Verdict.NOT_APPLICABLE:
            said |= _taken_back(was.rule, unruled, given, on, spoken=said)
        elif seen.tapped is not None and (now.verdict, now.word) != (finding.verdict, finding.word):
            said[ruling_on(was.code).name] = seen.ruling(finding.why)
        if doubt := seen.doubt():
            doubts[was.code] = doubt
    for name in _rulings_on(spoken) & facts.judged.keys():
        said.setdefault(name, Said(None, Word.INSPECTOR, on, None, (), "以后来的督导为准"))
    return Heard(findings, said, doubts)


def on_keepers_word(standards: Sequence[Standard], facts: StationFacts, on: date) -> list[Finding]:
    """The same station on nobody's word but the keeper's."""
    judged = {
        fact: own
        for fact, every in facts.judged.items()
        if (own := tuple(one for one in every if one.word is Word.KEEPER))
    }
    return examine(standards, replace(facts, judged=judged, contested={}), on)


def _with(facts: StationFacts, said: Mapping[str, Said]) -> StationFacts:
    judged = {**facts.judged}
    for fact, one in said.items():
        judged[fact] = (*judged.get(fact, ()), one)
    return replace(facts, judged=judged)


def _rulings_on(codes: Iterable[str]) -> set[str]:
    return {ruling_on(code).name for code in codes}


def _without_rulings(facts: StationFacts, codes: Iterable[str]) -> StationFacts:
    """The station without the rulings on rules that were answered anew."""
    gone = _rulings_on(codes)
    if not gone & facts.judged.keys():
        return facts
    judged = {name: every for name, every in facts.judged.items() if name not in gone}
    return replace(facts, judged=judged)


def _decision(
    findings: Iterable[Finding], entered: Mapping[str, Answer], words: Said | None
) -> Said | None:
    """The tap beside words read on a sign, where these leave the station's name open."""
    for finding in findings:
        answer = entered.get(finding.code)
        waits = finding.verdict is Verdict.UNKNOWN and SIGN_TEXT in finding.rule.facts
        if words and waits and answer and answer.verdict in SETTLING:
            return words._replace(value=answer.verdict is Verdict.PASS)
    return None


def _taken_back(
    rule: Rule, facts: StationFacts, answer: Answer, on: date, *, spoken: Mapping[str, Said]
) -> dict[str, Said]:
    """What inspectors said of a rule before it was found not to apply holds no more."""
    back = Said(None, Word.INSPECTOR, on, None, (), f"督导员认为本条不适用：{answer.note}")
    return {
        fact.name: back
        for fact in asked_of(rule, facts.options)
        if fact.name not in spoken
        and any(one.word is Word.INSPECTOR for one in facts.judged.get(fact.name, ()))
    }


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
        fact.name: value_of(fact, value)
        for fact in asked
        if (value := answer.values.get(fact.name)) is not None and str(value).strip()
    }
    if given and answer.verdict is Verdict.FAIL:
        return given  # which of them fails has been said; the rest was not
    passed = answer.verdict is Verdict.PASS
    return {fact.name: passed for fact in asked if fact.kind == "flag"} | given


def _facts_in(check: object) -> set[str]:
    """The single facts that a check asks for, at any depth, with what may stand in for them."""
    if isinstance(check, list):
        return set().union(*map(_facts_in, check))
    if not isinstance(check, Mapping):
        return set()
    own = {check[key] for key in ("fact", "claimed", "approved") if key in check}
    return own.union(*map(_facts_in, check.values()))


@dataclass(frozen=True, slots=True)
class _Seen:
    """One rule after a visit: as it stood, what the check says now, and the answer if there is one.

    Without an answer of its own it follows from what was answered under another rule.
    """

    was: Finding
    check: Finding
    given: Answer | None
    on: date
    evidence: tuple[str, ...]
    options: CountyOptions

    @property
    def tapped(self) -> Answer | None:
        """The answer where its tap is the finding; a permitted alternative is only claimed."""
        given = self.given
        is_finding = (
            given is not None
            and given.verdict in SETTLING
            and "exception" not in self.was.rule.check
            and self.check.verdict is not Verdict.NOT_APPLICABLE
        )
        return given if is_finding else None

    def finding(self) -> Finding:
        """The finding with the inspector's word in it."""
        rule, given = self.was.rule, self.given
        if given is not None and given.verdict is Verdict.NOT_APPLICABLE:
            why = f"督导员认为本条不适用：{given.note or '没有写理由'}，等县办认定"
            return Finding(rule, Verdict.UNKNOWN, None, self.on, self.evidence, why)
        if (tapped := self.tapped) is not None:
            return self._found(tapped.verdict, self._why(tapped))
        if self.check.verdict in SETTLING:
            return self._found(self.check.verdict, self.check.why)
        return Finding(rule, self.check.verdict, None, None, (), self.check.why)

    def ruling(self, why: str) -> Said:
        """The finding as a statement about the whole rule."""
        passed = self.tapped is not None and self.tapped.verdict is Verdict.PASS
        return Said(passed, Word.INSPECTOR, self.on, None, self.evidence, why)

    def doubt(self) -> str:
        """What the check of what was entered says against the tap; empty where it does not."""
        tapped, check = self.tapped, self.check
        if tapped is None or check.verdict not in SETTLING or check.verdict is tapped.verdict:
            return ""
        if not self._settles(tapped):
            return ""
        told = f"按标准应是“{check.verdict.label}”：{check.why}。"
        return f"{told}您点的是“{tapped.verdict.label}”。"

    def _settles(self, answer: Answer) -> bool:
        """Whether the answer says anything of the facts behind the rule."""
        return bool(_values(asked_of(self.was.rule, self.options), answer))

    def _why(self, tapped: Answer) -> str:
        ruled = f"督导员现场认定{tapped.verdict.label}"
        if tapped.note:
            ruled = f"{ruled}：{tapped.note}"
        if not self._settles(tapped):
            return ruled  # to be measured or read, and it was not
        agrees = (self.check.verdict, self.check.word) == (tapped.verdict, Word.INSPECTOR)
        return self.check.why if agrees else f"{self.check.why}；{ruled}"

    def _found(self, verdict: Verdict, why: str) -> Finding:
        """On the inspector's word; since when, if an inspector had found the same before."""
        was = self.was
        same = was.verdict is verdict and was.word is Word.INSPECTOR and was.since is not None
        since = was.since if same else self.on
        return Finding(was.rule, verdict, Word.INSPECTOR, since, self.evidence, why)
