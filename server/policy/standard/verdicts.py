"""What a check answers: a verdict, on whose word, since when, and one sentence why."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from server.policy.standard.facts import Fact, Said, StationFacts, Word, settled
from server.policy.standard.options import CountyOptions


class Verdict(StrEnum):
    """Unknown is not failed: it says that nobody has shown it either way."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        """The verdict on a screen."""
        return _LABELS[self]


_LABELS = {
    Verdict.PASS: "符合",
    Verdict.FAIL: "不符合",
    Verdict.UNKNOWN: "未知",
    Verdict.NOT_APPLICABLE: "不适用",
}


class Outcome(NamedTuple):
    """One check's answer. `since`: the first day of the unbroken run of this verdict, if known.

    `contradicted_by`: newer statements of a lower word that say otherwise. `mended_on`: the day a
    deadline was met after all; the failing stays on record but no longer holds.
    """

    verdict: Verdict
    word: Word | None
    since: date | None
    evidence: tuple[str, ...]
    why: str
    contradicted_by: tuple[Said, ...] = ()
    mended_on: date | None = None


class Look:
    """One station looked at on one day; worked out once and handed to every check."""

    __slots__ = ("facts", "fresh_from", "inspection_from", "judged", "on")

    def __init__(self, facts: StationFacts, on: date) -> None:
        self.facts = facts
        self.on = on
        self.judged = facts.judged
        self.fresh_from, self.inspection_from = _fresh_days(facts.options, on)

    def settle(self, statements: tuple[Said, ...]) -> Said | None:
        """The statement that counts today, or None."""
        return settled(statements, self.on, self.fresh_from, self.inspection_from)

    def limit_days(self, word: Word) -> int | None:
        """How long this word stays fresh in this county."""
        options = self.facts.options
        return options.inspection_fresh_days if word is Word.INSPECTOR else options.fresh_days


Judge = Callable[[Look], Outcome]
"""A check with its arguments bound: looks at a station, answers."""

Test = Callable[[Look, Said], bool]
Sentence = Callable[[Look, Said, bool], str]


def answered(verdict: Verdict, why: str) -> Outcome:
    """An outcome that rests on nobody's word."""
    return Outcome(verdict, None, None, (), why)


def by_register(verdict: Verdict, why: str, since: date | None = None) -> Outcome:
    """An outcome that the county's own register settles."""
    return Outcome(verdict, Word.REGISTER, since, (), why)


def on_their_word(fact: Fact, test: Test, sentence: Sentence) -> Judge:
    """A judge of one judged fact: who speaks, what follows, since when, who says otherwise."""
    name = fact.name
    nobody = answered(Verdict.UNKNOWN, f"还没有“{fact.title}”的照片或记录")

    def judge(look: Look) -> Outcome:
        statements = look.judged.get(name)
        if not statements:
            return nobody
        said = look.settle(statements)
        if said is None:
            return _unsettled(fact, look, statements) or nobody
        passed = test(look, said)
        since = said.on
        against: tuple[Said, ...] = ()
        if len(statements) > 1:
            since, against = _around(look, statements, said, test, passed=passed)
        return Outcome(
            Verdict.PASS if passed else Verdict.FAIL,
            said.word,
            since,
            said.evidence,
            sentence(look, said, passed),
            against,
        )

    return judge


def _fresh_days(options: CountyOptions, on: date) -> tuple[date, date]:
    fresh, inspection = options.fresh_days, options.inspection_fresh_days
    fresh_from = date.min if fresh is None else on - timedelta(fresh)
    if inspection == fresh:
        return fresh_from, fresh_from
    return fresh_from, date.min if inspection is None else on - timedelta(inspection)


def _around(
    look: Look, statements: tuple[Said, ...], said: Said, test: Test, *, passed: bool
) -> tuple[date, tuple[Said, ...]]:
    """The first day of this verdict by this word, and the newest later objection from below."""
    word, settled_on = said.word, said.on
    broken_on: date | None = None
    agreeing = [settled_on]
    objection: Said | None = None
    for one in statements:
        if one is said or one.on > look.on:
            continue
        if one.word is word:
            if one.value is not None and test(look, one) is passed:
                agreeing.append(one.on)
            elif broken_on is None or one.on > broken_on:
                broken_on = one.on
        elif (
            one.on > settled_on
            and one.value is not None
            and (objection is None or (one.on, one.word) >= (objection.on, objection.word))
            and one.word < word
            and test(look, one) is not passed
        ):
            objection = one
    if broken_on is not None:
        agreeing = [on for on in agreeing if on > broken_on or on == settled_on]
    return min(agreeing), () if objection is None else (objection,)


def _unsettled(fact: Fact, look: Look, statements: tuple[Said, ...]) -> Outcome | None:
    """Why statements that exist say nothing today; None where none had been made yet."""
    made = [said for said in statements if said.on <= look.on]
    if not made:
        return None
    last = max(made, key=lambda said: (said.on, said.word))
    limit = look.limit_days(last.word)
    if limit is not None and (look.on - last.on).days > limit:
        return Outcome(
            Verdict.UNKNOWN,
            None,
            last.on + timedelta(limit + 1),
            last.evidence,
            f"“{fact.title}”的证据已过期：最近一次是{last.word.label}{last.on}，"
            f"已超过{limit}天，请重新核实",
        )
    return Outcome(
        Verdict.UNKNOWN,
        None,
        last.on,
        last.evidence,
        f"{last.word.label}{last.on}没能看清“{fact.title}”，请补拍照片或到现场核实",
    )
