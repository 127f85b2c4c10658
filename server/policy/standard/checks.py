"""The closed vocabulary of checks a standard may use; there is no expression language."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from server.policy.standard import check_reading as read
from server.policy.standard.facts import (
    JUDGED,
    REGISTERED,
    Fact,
    Level,
    Said,
    Word,
    equipment_fact,
    settled,
)
from server.policy.standard.sign_names import Named, named, only_written_otherwise
from server.policy.standard.verdicts import (
    Judge,
    Look,
    Outcome,
    Verdict,
    answered,
    by_register,
    on_their_word,
)
from server.policy.standard.wording import code_text, number, plain

SIGN_TEXT = "sign_text"
NAME_DECISION = JUDGED["sign_name_accepted"]
"""What a person decides where the words on a sign leave it open whether they name the station."""


@read.check(fact=read.fact_of("flag"))
def holds(*, fact: Fact) -> Judge:
    """A yes-or-no fact is yes."""
    yes, no = fact.yes, fact.no

    def is_yes(_look: Look, said: Said) -> bool:
        return said.value is True

    def sentence(_look: Look, _said: Said, passed: bool | None) -> str:  # noqa: FBT001
        return yes if passed else no

    return on_their_word(fact, is_yes, sentence)


@read.check(
    fact=read.fact_of("amount"),
    at_least=read.amount,
    at_most=read.amount,
    unit=read.text,
    note=read.text,
)
def measures(
    *, fact: Fact, at_least: Decimal, at_most: Decimal | None = None, unit: str, note: str = ""
) -> Judge:
    """An amount lies in a range; both ends belong to it (以上 includes the number itself).

    A range with two ends is a recommendation (左右): the county's `about_percent` stretches both.
    """
    low = number(at_least)
    hint = f"，{note}" if note else ""

    def about(look: Look) -> tuple[Decimal, Decimal | None]:
        if at_most is None:
            return at_least, None
        share = Decimal(look.facts.options.about_percent) / 100
        return at_least * (1 - share), at_most * (1 + share)

    def in_range(look: Look, said: Said) -> bool:
        value: Any = said.value
        least, most = about(look)
        return bool(value >= least and (most is None or value <= most))

    def sentence(look: Look, said: Said, _passed: bool | None) -> str:  # noqa: FBT001
        value: Any = said.value
        least, most = about(look)
        if at_most is None or most is None:
            wanted = f"标准要求{low}{unit}以上（含{low}）"
        else:
            percent = look.facts.options.about_percent
            ours = f"（本县把上下{percent}%都算左右：{number(least)}—{number(most)}{unit}）"
            wanted = f"标准建议在{low}—{number(at_most)}{unit}左右{ours if percent else ''}"
        return f"{fact.title}{number(value)}{unit}，{wanted}{hint}"

    return on_their_word(fact, in_range, sentence)


@read.check(fact=read.fact_of("text"), one_of=read.texts_by_level, wording=read.text_by_level)
def contains(
    *, fact: Fact, one_of: dict[Level, tuple[str, ...]], wording: dict[Level, str]
) -> Judge:
    """A text has the wanted words somewhere in it (注明…字样), compared as `wording.plain` does.

    Where the wording begins with XXX, the place's own name has to stand there (`sign_names`).
    """
    wanted = {level: tuple(plain(text) for text in texts) for level, texts in one_of.items()}

    def found(look: Look, said: Said) -> Named:
        facts, text = look.facts, str(said.value)
        words = wanted[facts.level]
        if wording[facts.level].startswith("XXX"):
            own = tuple(name for name in (facts.name, facts.filed_name) if name)
            return named(text, words, facts.place, own)
        return Named(any(one in plain(text) for one in words))

    def has_words(look: Look, said: Said) -> bool | None:
        return found(look, said).holds

    def sentence(look: Look, said: Said, passed: bool | None) -> str:  # noqa: FBT001
        words, why = wording[look.facts.level], found(look, said).why
        begun = f"标识上写的是“{said.value}”"
        if passed:
            return f"{begun}，有“{words}”字样"
        if passed is None:
            return f"{begun}：{why}，算不算本站的名称，要由人认定"
        place = look.facts.place
        here = f"（本站在“{place.name}”）" if place and place.name and not why else ""
        return f"{begun}，{f'{why}，' if why else ''}应注明“{words}”字样{here}"

    return _or_decided(fact, on_their_word(fact, has_words, sentence))


@read.check(fact=read.fact_of("text"), register=read.registered("filed_name", "name"))
def same_as(*, fact: Fact, register: str) -> Judge:
    """A text equals a registered name, compared as `wording.plain` does.

    What differs in 繁体 or marks alone is for a person to decide; another character differs.
    """
    title = REGISTERED[register]
    missing = answered(Verdict.UNKNOWN, f"还没有登记{title}，无法核对")

    def is_same(look: Look, said: Said) -> bool | None:
        text, name = str(said.value), getattr(look.facts, register)
        if plain(text) == plain(name):
            return True
        return None if only_written_otherwise(text, name) else False

    def sentence(look: Look, said: Said, passed: bool | None) -> str:  # noqa: FBT001
        if passed:
            return f"标识上的名称与{title}一致（{said.value}）"
        both = f"标识上写的是“{said.value}”，{title}是“{getattr(look.facts, register)}”"
        return (
            f"{both}，只差繁简或符号，算不算一致，要由人认定"
            if passed is None
            else f"{both}，两者不一致"
        )

    compare = _or_decided(fact, on_their_word(fact, is_same, sentence))

    def judge(look: Look) -> Outcome:
        return compare(look) if getattr(look.facts, register) else missing

    return judge


@read.check(register=read.registered("operator", "address", "name", "filed_name", "code"))
def recorded(*, register: str) -> Judge:
    """The county's register has this value; a gap in the register is unknown, not failed."""
    title = REGISTERED[register]
    missing = answered(Verdict.UNKNOWN, f"还没有登记{title}")

    def judge(look: Look) -> Outcome:
        value = getattr(look.facts, register)
        return by_register(Verdict.PASS, f"{title}：{value}") if value else missing

    return judge


@read.check(prefix=read.text_by_level, digits=read.whole)
def code_form(*, prefix: dict[Level, str], digits: int) -> Judge:
    """The number is its level's letters and so many digits, counted from 1 (XZ0001, C0001).

    Width, blanks and small letters are ways of typing, not of numbering (`wording.code_text`).
    """
    missing = answered(Verdict.UNKNOWN, "还没有发放标识牌编号")

    def judge(look: Look) -> Outcome:
        code = code_text(look.facts.code or "")
        if not code:
            return missing
        letters = prefix[look.facts.level]
        digit_part = code.removeprefix(letters)
        right = (
            code.startswith(letters)
            and len(digit_part) == digits
            and digit_part.isascii()
            and digit_part.isdigit()
            and int(digit_part) > 0
        )
        first = f"{letters}{1:0{digits}d}"
        if right:
            return by_register(Verdict.PASS, f"编号{code}，符合{first}起依次编号的规则")
        return by_register(
            Verdict.FAIL, f"编号是“{code}”，应为{letters}加{digits}位数字，从{first}起"
        )

    return judge


@read.check()
def unique_code() -> Judge:
    """No other station of the county carries the same number (一县一编号)."""
    missing = answered(Verdict.UNKNOWN, "还没有发放标识牌编号")

    def judge(look: Look) -> Outcome:
        code = code_text(look.facts.code or "")
        if not code:
            return missing
        if look.facts.code_duplicated:
            return by_register(Verdict.FAIL, f"编号{code}在本县不止一个站点使用")
        return by_register(Verdict.PASS, f"编号{code}在本县没有重复")

    return judge


@read.check(family=read.choice("safety", "equipment"))
def has_items(*, family: str) -> Judge:
    """Every item that the county has put on its list is there."""
    empty_list = answered(Verdict.NOT_APPLICABLE, "县里的清单还是空的，暂不核查")

    def judge(look: Look) -> Outcome:
        options = look.facts.options
        if family == "safety":
            judges = _safety_judges(options.safety_items)
        else:
            judges = _equipment_judges(options.equipment_items)
        if not judges:
            return empty_list
        return _together([one(look) for one in judges])

    return judge


@lru_cache(maxsize=256)
def _safety_judges(items: tuple[str, ...]) -> tuple[Judge, ...]:
    return tuple(holds(fact=JUDGED[f"safety_{item}"]) for item in items)


@lru_cache(maxsize=256)
def _equipment_judges(items: tuple[tuple[str, str], ...]) -> tuple[Judge, ...]:
    return tuple(holds(fact=equipment_fact(key, title)) for key, title in items)


@read.check(checks=read.judges)
def all_of(*, checks: tuple[Judge, ...]) -> Judge:
    """Every one of several checks passes."""

    def judge(look: Look) -> Outcome:
        return _together([one(look) for one in checks])

    return judge


@read.check(check=read.read_check, claimed=read.fact_of("flag"), approved=read.fact_of("flag"))
def with_exception(*, check: Judge, claimed: Fact, approved: Fact) -> Judge:
    """A check that a claimed and approved exception stands in for (二（2）服务标识牌).

    A claim alone only makes a station wait, and unmakes nothing that a stronger word has found.
    """
    is_claimed, is_approved = holds(fact=claimed), holds(fact=approved)

    def judge(look: Look) -> Outcome:
        itself = check(look)
        claim = is_claimed(look)
        if claim.verdict is not Verdict.PASS:
            return itself
        approval = is_approved(look)
        passes = itself.verdict is Verdict.PASS
        if approval.verdict is Verdict.PASS:
            stands_in = _by_leave(claim, approval)
            return itself if passes and _rank(itself) >= _rank(stands_in) else stands_in
        found = itself.verdict is Verdict.FAIL and _rank(itself) > _rank(claim)
        if passes or found or approval.verdict is Verdict.FAIL:
            return itself
        return _together([claim, approval])

    return judge


@read.check(claimed=read.fact_of("flag"), approved=read.fact_of("flag"))
def exception(*, claimed: Fact, approved: Fact) -> Judge:
    """A permitted alternative: nothing to say unless claimed, then it waits for approval."""
    is_claimed, is_approved = holds(fact=claimed), holds(fact=approved)
    unclaimed = answered(Verdict.NOT_APPLICABLE, f"没有采用{claimed.title}代替")

    def judge(look: Look) -> Outcome:
        claim = is_claimed(look)
        if claim.verdict is not Verdict.PASS:
            return unclaimed
        approval = is_approved(look)
        if approval.verdict is Verdict.PASS:
            return _by_leave(claim, approval)
        return _together([claim, approval])

    return judge


@read.check(reason=read.text)
def not_examined(*, reason: str) -> Judge:
    """Nothing to examine station by station; the reason says why."""
    outcome = answered(Verdict.NOT_APPLICABLE, reason)

    def judge(_look: Look) -> Outcome:
        return outcome

    return judge


def _by_leave(seen: Outcome, decision: Outcome) -> Outcome:
    """What was seen, by leave of a decision: it passes on the word of whoever saw it."""
    joined = _together([seen, decision])
    return joined._replace(word=seen.word)


def _or_decided(fact: Fact, compare: Judge) -> Judge:
    """A comparison that may stay open, until a person has decided about these very words."""

    def judge(look: Look) -> Outcome:
        outcome = compare(look)
        statements = look.heard(fact)
        said = look.settle(fact, statements) if outcome.verdict is Verdict.UNKNOWN else None
        decision = look.settle(NAME_DECISION, look.heard(NAME_DECISION)) if said else None
        if said is None or decision is None:
            return outcome
        about = settled(statements, decision.on, date.min, date.min)
        if about is None or plain(str(about.value)) != plain(str(said.value)):
            return outcome
        passed = decision.value is True
        told = NAME_DECISION.yes if passed else NAME_DECISION.no
        return outcome._replace(
            verdict=Verdict.PASS if passed else Verdict.FAIL,
            word=said.word if passed else min(said.word, decision.word),
            since=max(outcome.since or decision.on, decision.on),
            why=f"标识上写的是“{said.value}”，{decision.word.label}{decision.on}{told}",
        )

    return judge


def _together(outcomes: list[Outcome]) -> Outcome:
    """Several outcomes as one: a failing on the strongest word counts; else gaps; else all pass.

    A pass rests on the weakest of its words: a chain holds as its weakest link does.
    """
    failed = [one for one in outcomes if one.verdict is Verdict.FAIL]
    gaps = [one for one in outcomes if one.verdict is Verdict.UNKNOWN]
    against = tuple(said for one in outcomes for said in one.contradicted_by)
    if failed:
        strongest = max(_rank(one) for one in failed)
        told = [one for one in failed if _rank(one) == strongest]
        first = min((one.since for one in told if one.since), default=None)
        return _joined(Verdict.FAIL, told, told[0].word, first, against)
    if gaps:
        return _joined(Verdict.UNKNOWN, gaps, None, None, against)
    weakest = min(outcomes, key=_rank)
    newest = max((one.since for one in outcomes if one.since), default=None)
    return _joined(Verdict.PASS, outcomes, weakest.word, newest, against)


def _rank(outcome: Outcome) -> int:
    return outcome.word.rank if outcome.word else -1


def _joined(
    verdict: Verdict,
    told: list[Outcome],
    word: Word | None,
    since: date | None,
    against: tuple[Said, ...],
) -> Outcome:
    evidence = tuple(dict.fromkeys(ref for one in told for ref in one.evidence))
    return Outcome(verdict, word, since, evidence, "；".join(one.why for one in told), against)
