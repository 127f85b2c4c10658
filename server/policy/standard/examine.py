"""Examining a station: every rule's finding, and the state that follows from all of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from server.labelled import Labelled
from server.policy.standard.contests import Contest
from server.policy.standard.facts import (
    RULED,
    Level,
    Ownership,
    Said,
    StationFacts,
    Word,
    ruling_on,
)
from server.policy.standard.frozen import FrozenFinding
from server.policy.standard.open_work import NOTHING_OPEN, OpenWork
from server.policy.standard.options import CountyOptions
from server.policy.standard.standards import Rule, Standard
from server.policy.standard.verdicts import Judge, Look, Outcome, Verdict, on_their_word

__all__ = [
    "Finding",
    "Status",
    "Verdict",
    "examine",
    "finding_json",
    "fixed_finding",
    "held_back",
    "standing_why",
    "status",
]


class Finding(NamedTuple):
    """What one rule says of one station on one day."""

    rule: Rule
    verdict: Verdict
    word: Word | None
    since: date | None
    evidence: tuple[str, ...]
    why: str
    contradicted_by: tuple[Said, ...] = ()
    mended_on: date | None = None

    @property
    def code(self) -> str:
        """The rule's code, never reused."""
        return self.rule.code

    @property
    def clause(self) -> str:
        """Where the rule stands in its source, such as 四（1）."""
        return self.rule.clause

    @property
    def title(self) -> str:
        """The rule's short name."""
        return self.rule.title

    @property
    def level(self) -> str:
        """Shall, should or may."""
        return self.rule.level

    @property
    def word_label(self) -> str | None:
        """On whose word it rests, on a screen; None where on nobody's."""
        return self.word.label if self.word else None

    @property
    def standard_id(self) -> str:
        """Which standard asks for it."""
        return self.rule.standard_id

    @property
    def counts_against(self) -> bool:
        """True for a flag: a `shall` that fails on a confirming word and is not mended since."""
        return (
            self.verdict is Verdict.FAIL
            and self.rule.level == "shall"
            and self.mended_on is None
            and self.word is not None
            and self.word.confirms
        )

    @property
    def label(self) -> str:
        """The verdict on a screen; a recommendation is never called 不符合."""
        if self.verdict is not Verdict.FAIL:
            return self.verdict.label
        if self.rule.level != "shall":
            return "建议改进"
        if self.mended_on is not None:
            return "逾期已补"
        return self.verdict.label if self.counts_against else "待确认不符合"


class Status(Labelled):
    """A station's state; nothing but `shall` rules and what is still open decides it."""

    MEETS = "meets", "达标", "", "应当项都到场核实过"
    MEETS_OPEN = "meets_open", "达标·整改未办结", "", "还有整改、分歧没办结，不算达标"
    FAILS = "fails", "不达标", "", "有应当项核实不符合"
    TO_VERIFY = "to_verify", "待核实", "", "等督导员到场核实"
    NOT_ASSESSED = "not_assessed", "未评估", "", "还缺证据，不算不符合"


def examine(
    standards: Standard | Sequence[Standard], facts: StationFacts, on: date
) -> list[Finding]:
    """Hold a station against one or more standards as of a day; findings in the files' order.

    Statements and registered days after `on` count as not yet made. An inspector's ruling on a rule
    (`ruling_on`) stands instead of its check until one of the rule's own facts is spoken of later.
    """
    every = (standards,) if isinstance(standards, Standard) else tuple(standards)
    look = Look(facts, on)
    ruled = any(name.startswith(RULED) for name in facts.judged)
    findings = []
    for rule, judge, constant in _plan(every, facts.level, facts.ownership, facts.options):
        if constant is not None and constant.verdict is Verdict.NOT_APPLICABLE:
            findings.append(constant)
            continue
        contest = facts.contested.get(rule.code)
        ruling = _contested(rule, contest, look) if contest else None
        if ruling is None and ruled:
            ruling = _ruling(look, rule)
        if ruling is not None:
            findings.append(Finding(rule, *ruling))
            continue
        if constant is not None:
            findings.append(constant)
            continue
        outcome = judge(look)
        if rule.why and (wording := rule.why.get(outcome.verdict)):
            outcome = outcome._replace(why=wording.format(found=outcome.why))
        findings.append(Finding(rule, *outcome))
    return findings


def fixed_finding(rule: Rule, facts: StationFacts) -> Finding | None:
    """What the kind of station and the county's choices settle alone; None where a look does."""
    return _constant(rule, facts.level, facts.ownership, facts.options)


def _contested(rule: Rule, contest: Contest, look: Look) -> Outcome | None:
    """What a clause comes to of which two inspectors differed; None where that is long past.

    It is past once an inspector has been there on a later day, or the day itself is out of date.
    """
    if not look.inspection_from <= contest.on <= look.on or _seen_since(rule, contest.on, look):
        return None
    verdict = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.UNKNOWN}[contest.holds]
    word = None if contest.holds is None else Word.INSPECTOR
    return Outcome(verdict, word, contest.since or contest.on, contest.evidence, contest.why)


def _seen_since(rule: Rule, day: date, look: Look) -> bool:
    """Whether an inspector said anything of the rule's facts on a later day."""
    own = {*rule.facts, ruling_on(rule.code).name}
    lists = tuple(f"{name}_" for name in ("safety", "equipment") if name in own)
    return any(
        said.word is Word.INSPECTOR and day < said.on <= look.on
        for name, statements in look.judged.items()
        if name in own or (lists and name.startswith(lists))
        for said in statements
    )


def status(findings: Iterable[Finding], open_work: OpenWork = NOTHING_OPEN) -> Status:
    """The station's state, by the first of these that is true (domain: 附件3 has no scores).

    1. 不达标: an applicable `shall` fails on the word of reviewer, inspector or register;
       a deadline missed but met since no longer counts.
    2. 未评估: no `shall` applies at all, or an applicable one is unknown (a deadline of which it is
       unknown whether it was met late or in time, but which is met, is no gap).
    3. 达标: all applicable `shall` pass, and every one to be settled on site rests on the
       inspector's word, in date. With anything still open at the station it is called
       达标·整改未办结 and counts as met nowhere.
    4. 待核实: otherwise. All is answered, but by keeper, machine or desk only, or a keeper's or
       machine's own “no” that nobody has confirmed yet.

    `should` and `may` (宜, 适宜, 可) change nothing.
    """
    applicable = False
    gap = False
    confirmed = True
    for finding in findings:
        rule, verdict = finding.rule, finding.verdict
        if rule.level != "shall" or verdict is Verdict.NOT_APPLICABLE:
            continue
        applicable = True
        if verdict is Verdict.UNKNOWN:
            gap = gap or finding.mended_on is None  # done, in time or late: nothing is owed
        elif verdict is Verdict.FAIL:
            if finding.counts_against:
                return Status.FAILS
            confirmed = confirmed and finding.mended_on is not None
        elif rule.settled_by == "on_site" and finding.word is not Word.INSPECTOR:
            confirmed = False
    if gap or not applicable:
        return Status.NOT_ASSESSED
    return held_back(Status.MEETS if confirmed else Status.TO_VERIFY, open_work)


def held_back(state: Status, open_work: OpenWork) -> Status:
    """The same state, but no bare 达标 while anything is open; also for what a record once said."""
    return Status.MEETS_OPEN if state is Status.MEETS and open_work else state


def standing_why(
    findings: Sequence[Finding],
    open_work: OpenWork = NOTHING_OPEN,
    state: Status | None = None,
) -> str:
    """One sentence for the `state` that `status` gives, which is asked where it is not known."""
    if not findings:
        return "本县没有规定站点标准，只记情况，不判达标"
    state = state or status(findings, open_work)
    shall = [
        finding
        for finding in findings
        if finding.rule.level == "shall" and finding.verdict is not Verdict.NOT_APPLICABLE
    ]
    if not shall:
        return "所用标准里没有适用于这个站点的要求"
    if state is Status.FAILS:
        failed = [finding for finding in shall if finding.counts_against]
        more = f"（共{len(failed)}条不符合）" if len(failed) > 1 else ""
        return f"{failed[0].clause}{failed[0].title}：{failed[0].why}{more}"
    if state is Status.NOT_ASSESSED:
        gaps = [
            finding.title
            for finding in shall
            if finding.verdict is Verdict.UNKNOWN and finding.mended_on is None
        ]
        return f"还有{len(gaps)}条没有结论：{_some(gaps)}"
    if state in (Status.MEETS, Status.MEETS_OPEN):
        rest = (
            f"但还有{open_work.text}，办结以后才算达标" if open_work else "现场要求均经督导员确认"
        )
        return f"{len(shall)}条要求全部符合，{rest}"
    waiting = [
        finding.title
        for finding in shall
        if (finding.verdict is Verdict.FAIL and finding.mended_on is None)
        or (finding.verdict is Verdict.PASS and not _rests_on_inspector(finding))
    ]
    return f"还有{len(waiting)}条要督导员到现场确认：{_some(waiting)}"


def finding_json(finding: Finding) -> FrozenFinding:
    """A finding as the command prints it and as an inspection freezes it."""
    rule = finding.rule
    return {
        "standard": rule.standard_id,
        "code": rule.code,
        "clause": rule.clause,
        "title": rule.title,
        "level": rule.level,
        "verdict": finding.verdict.value,
        "label": finding.label,
        "counts_against": finding.counts_against,
        "word": finding.word.value if finding.word else None,
        "since": finding.since.isoformat() if finding.since else None,
        "why": finding.why,
        "mend": rule.mend,
        "text": rule.text,
        "evidence": list(finding.evidence),
        "contradicted_by": [
            {
                "word": said.word.value,
                "value": said.value if isinstance(said.value, bool | str) else str(said.value),
                "on": said.on.isoformat(),
                "evidence": list(said.evidence),
            }
            for said in finding.contradicted_by
        ],
        "mended_on": finding.mended_on.isoformat() if finding.mended_on else None,
    }


def _rests_on_inspector(finding: Finding) -> bool:
    return finding.rule.settled_by != "on_site" or finding.word is Word.INSPECTOR


def _some(titles: list[str], most: int = 4) -> str:
    shown = "、".join(titles[:most])
    return f"{shown}等" if len(titles) > most else shown


def _ruling(look: Look, rule: Rule) -> Outcome | None:
    """What an inspector found of a whole rule, while nobody as strong has spoken since."""
    fact = ruling_on(rule.code)
    statements = look.heard(fact)
    said = look.settle(fact, statements)
    if said is None or _spoken_of_since(look, rule, said):
        return None
    return on_their_word(fact, _is_yes, _as_told)(look)


def _is_yes(_look: Look, said: Said) -> bool:
    return said.value is True


def _as_told(_look: Look, said: Said, _passed: bool | None) -> str:  # noqa: FBT001
    return said.note or (ruling_on("").yes if said.value is True else ruling_on("").no)


def _spoken_of_since(look: Look, rule: Rule, ruling: Said) -> bool:
    """Whether a word as strong has spoken of one of the rule's own facts on a later day."""
    families = tuple(f"{name}_" for name in rule.facts if name in {"safety", "equipment"})
    return any(
        ruling.on < said.on <= look.on and said.word >= ruling.word
        for name, statements in look.judged.items()
        if name in rule.facts or (families and name.startswith(families))
        for said in statements
    )


@lru_cache(maxsize=4096)
def _plan(
    standards: tuple[Standard, ...],
    level: Level,
    ownership: Ownership | None,
    options: CountyOptions,
) -> tuple[tuple[Rule, Judge, Finding | None], ...]:
    """Per kind of station, the rules that need a look and the findings that never change."""
    return tuple(
        (rule, rule.judge, _constant(rule, level, ownership, options))
        for standard in standards
        for rule in standard.rules
    )


def _constant(
    rule: Rule, level: Level, ownership: Ownership | None, options: CountyOptions
) -> Finding | None:
    """A finding that follows from the kind of station and the county's options alone."""
    levels, kinds = rule.applies_to, rule.ownership
    wider = rule.extends_to
    if wider is not None and _decided(wider.option, options):
        levels = (*levels, *wider.levels)
        kinds = (*kinds, *wider.ownership) if kinds else ()
    if level not in levels:
        names = "、".join(one.label for one in levels)
        return _finding(rule, Verdict.NOT_APPLICABLE, f"本条只针对{names}")
    if rule.waits_for is not None and not _decided(rule.waits_for.option, options):
        return _finding(rule, Verdict.NOT_APPLICABLE, rule.waits_for.reason)
    if not kinds or len(set(kinds)) == len(Ownership) or ownership in kinds:
        return None
    if ownership is None:
        return _finding(rule, Verdict.UNKNOWN, "还没有登记是自营还是合作开办，无法判断本条是否适用")
    return _finding(rule, Verdict.NOT_APPLICABLE, f"本条只针对{kinds[0].label}的站点")


def _decided(option: str, options: CountyOptions) -> bool:
    if option == "safety_items":
        return bool(options.safety_items)
    if option == "equipment_items":
        return bool(options.equipment_items)
    return option in options.enabled


def _finding(rule: Rule, verdict: Verdict, why: str) -> Finding:
    return Finding(rule, verdict, None, None, (), why)
