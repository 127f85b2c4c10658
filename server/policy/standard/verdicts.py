"""What a check answers: a verdict, on whose word, since when, and one sentence why."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from server.labelled import Labelled
from server.policy.standard.facts import ANYBODY, Fact, Said, StationFacts, Word, settled
from server.policy.standard.options import CountyOptions


class Verdict(Labelled):
    """Unknown is not failed: it says that nobody has shown it either way."""

    PASS = "pass", "符合"
    FAIL = "fail", "不符合"
    UNKNOWN = "unknown", "未知"
    NOT_APPLICABLE = "not_applicable", "不适用"


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

    def settle(self, fact: Fact, statements: tuple[Said, ...]) -> Said | None:
        """The statement that counts today, or None; a decision does not age."""
        if fact.decision:
            return settled(statements, self.on, date.min, date.min)
        return settled(statements, self.on, self.fresh_from, self.inspection_from)

    def heard(self, fact: Fact) -> tuple[Said, ...]:
        """What those said of a fact who may speak for it."""
        statements = self.judged.get(fact.name, ())
        if len(fact.speakers) == len(ANYBODY):
            return statements
        return tuple(said for said in statements if said.word in fact.speakers)

    def limit_days(self, word: Word) -> int | None:
        """How long this word stays fresh in this county."""
        options = self.facts.options
        return options.inspection_fresh_days if word is Word.INSPECTOR else options.fresh_days


_VERDICTS = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.UNKNOWN}

Judge = Callable[[Look], Outcome]
"""A check with its arguments bound: looks at a station, answers."""

Test = Callable[[Look, Said], bool | None]
"""What a statement comes to; None where a person has to decide first."""
Sentence = Callable[[Look, Said, bool | None], str]


def answered(verdict: Verdict, why: str) -> Outcome:
    """An outcome that rests on nobody's word."""
    return Outcome(verdict, None, None, (), why)


def by_register(verdict: Verdict, why: str, since: date | None = None) -> Outcome:
    """An outcome that the county's own register settles."""
    return Outcome(verdict, Word.REGISTER, since, (), why)


def on_their_word(fact: Fact, test: Test, sentence: Sentence) -> Judge:
    """A judge of one judged fact: who speaks, what follows, since when, who says otherwise."""
    nobody = answered(Verdict.UNKNOWN, f"还没有“{fact.title}”的照片或记录")

    def judge(look: Look) -> Outcome:
        statements = look.heard(fact)
        if not statements:
            return _unheard(fact, look) or nobody
        said = look.settle(fact, statements)
        if said is None:
            return _unsettled(fact, look, statements) or nobody
        passed = test(look, said)
        since = said.on
        against: tuple[Said, ...] = ()
        if len(statements) > 1:
            since, against = _around(look, statements, said, test, passed=passed)
        return Outcome(
            _VERDICTS[passed],
            None if passed is None else said.word,
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
    look: Look, statements: tuple[Said, ...], said: Said, test: Test, *, passed: bool | None
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


def _unheard(fact: Fact, look: Look) -> Outcome | None:
    """Why what was said by others says nothing of a fact on which only some words count."""
    others = [said for said in look.judged.get(fact.name, ()) if said.on <= look.on and said.value]
    if not others:
        return None
    last = max(others, key=lambda said: (said.on, said.word))
    who = "、".join(word.label for word in fact.speakers)
    return answered(
        Verdict.UNKNOWN, f"{last.word.label}说“{fact.yes}”，但“{fact.title}”只以{who}说的为准"
    )


def _unsettled(fact: Fact, look: Look, statements: tuple[Said, ...]) -> Outcome | None:
    """Why statements that exist say nothing today; None where none had been made yet."""
    made = [said for said in statements if said.on <= look.on]
    if not made:
        return None
    last = max(made, key=lambda said: (said.on, said.word))
    limit = None if fact.decision else look.limit_days(last.word)
    if limit is not None and (look.on - last.on).days > limit:
        return Outcome(
            Verdict.UNKNOWN,
            None,
            last.on + timedelta(limit + 1),
            last.evidence,
            f"“{fact.title}”的证据已过期：最近一次是{last.word.label}{last.on}，"
            f"已超过{limit}天，请重新核实",
        )
    why = f"{last.word.label}{last.on}没能看清“{fact.title}”，请补拍照片或到现场核实"
    if fact.decision:
        why = f"{last.word.label}{last.on}收回了“{fact.title}”，还没有重新决定"
    return Outcome(Verdict.UNKNOWN, None, last.on, last.evidence, why)
