"""The closed vocabulary of checks a standard may use; there is no expression language."""

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from server.policy.standard import check_reading as read
from server.policy.standard.facts import JUDGED, REGISTERED, Fact, Level, Said, Word, equipment_fact
from server.policy.standard.verdicts import (
    Judge,
    Look,
    Outcome,
    Verdict,
    answered,
    by_register,
    on_their_word,
)
from server.policy.standard.wording import number, plain


@read.check(fact=read.fact_of("flag"))
def holds(*, fact: Fact) -> Judge:
    """A yes-or-no fact is yes."""
    yes, no = fact.yes, fact.no

    def is_yes(_look: Look, said: Said) -> bool:
        return said.value is True

    def sentence(_look: Look, _said: Said, passed: bool) -> str:  # noqa: FBT001
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
    """An amount lies in a range; both ends belong to it (以上 includes the number itself)."""
    low = number(at_least)
    wanted = (
        f"标准要求{low}{unit}以上（含{low}）"
        if at_most is None
        else f"标准建议在{low}—{number(at_most)}{unit}左右"
    ) + (f"，{note}" if note else "")

    def in_range(_look: Look, said: Said) -> bool:
        value: Any = said.value
        return bool(value >= at_least and (at_most is None or value <= at_most))

    def sentence(_look: Look, said: Said, _passed: bool) -> str:  # noqa: FBT001
        value: Any = said.value
        return f"{fact.title}{number(value)}{unit}，{wanted}"

    return on_their_word(fact, in_range, sentence)


@read.check(fact=read.fact_of("text"), one_of=read.texts_by_level, wording=read.text_by_level)
def contains(
    *, fact: Fact, one_of: dict[Level, tuple[str, ...]], wording: dict[Level, str]
) -> Judge:
    """A text has the wanted words somewhere in it (注明…字样), compared as `wording.plain` does."""
    wanted = {level: tuple(plain(text) for text in texts) for level, texts in one_of.items()}

    def has_words(look: Look, said: Said) -> bool:
        text = plain(str(said.value))
        return any(words in text for words in wanted[look.facts.level])

    def sentence(look: Look, said: Said, passed: bool) -> str:  # noqa: FBT001
        words = wording[look.facts.level]
        if passed:
            return f"标识上写的是“{said.value}”，有“{words}”字样"
        return f"标识上写的是“{said.value}”，应注明“{words}”字样"

    return on_their_word(fact, has_words, sentence)


@read.check(fact=read.fact_of("text"), register=read.registered("filed_name", "name"))
def same_as(*, fact: Fact, register: str) -> Judge:
    """A text equals a registered name, compared as `wording.plain` does."""
    title = REGISTERED[register]
    missing = answered(Verdict.UNKNOWN, f"还没有登记{title}，无法核对")

    def is_same(look: Look, said: Said) -> bool:
        return plain(str(said.value)) == plain(getattr(look.facts, register))

    def sentence(look: Look, said: Said, passed: bool) -> str:  # noqa: FBT001
        if passed:
            return f"标识上的名称与{title}一致（{said.value}）"
        return f"标识上写的是“{said.value}”，{title}是“{getattr(look.facts, register)}”，两者不一致"

    compare = on_their_word(fact, is_same, sentence)

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
    """The number is its level's letters and so many digits, counted from 1 (XZ0001, C0001)."""
    missing = answered(Verdict.UNKNOWN, "还没有发放标识牌编号")

    def judge(look: Look) -> Outcome:
        code = look.facts.code
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
        code = look.facts.code
        if not code:
            return missing
        if look.facts.code_duplicated:
            return by_register(Verdict.FAIL, f"编号{code}在本县不止一个站点使用")
        return by_register(Verdict.PASS, f"编号{code}在本县没有重复")

    return judge


@read.check(
    start=read.registered("opened_on", "filing_changed_on"),
    done=read.registered("filed_on", "filing_change_filed_on"),
    days=read.whole,
    without_start=read.choice("unknown", "not_applicable"),
    earlier_counts=read.flag,
)
def within_days(
    *, start: str, done: str, days: int, without_start: str, earlier_counts: bool
) -> Judge:
    """One registered day follows another within so many calendar days; the first day is day 0.

    Before the deadline nothing is owed yet (not_applicable). Done late is a failing on record,
    mended on the day it was done. `earlier_counts`: a `done` before `start` answers for it.
    """
    begun, finished = REGISTERED[start], REGISTERED[done]
    no_start = answered(
        Verdict(without_start),
        f"没有登记{begun}日期，无法核对{days}天的期限"
        if without_start == "unknown"
        else f"没有{begun}，不需要核对",
    )

    def judge(look: Look) -> Outcome:
        facts, on = look.facts, look.on
        start_on: date | None = getattr(facts, start)
        if start_on is None:
            return no_start
        if start_on > on:
            return answered(
                Verdict.NOT_APPLICABLE, f"{start_on}才{begun}，{days}天的期限还没有开始"
            )
        done_on: date | None = getattr(facts, done)
        if done_on is not None and (done_on > on or (done_on < start_on and not earlier_counts)):
            done_on = None
        due_on = start_on + timedelta(days)
        if done_on is None:
            if on <= due_on:
                left = f"还有{(due_on - on).days}天" if on < due_on else "今天是最后一天"
                return answered(
                    Verdict.NOT_APPLICABLE,
                    f"{start_on}{begun}，{due_on}及以前{finished}即可，{left}",
                )
            return by_register(
                Verdict.FAIL,
                f"{start_on}{begun}，至今没有{finished}，已超过{days}天的期限"
                f"{(on - due_on).days}天",
                due_on + timedelta(1),
            )
        took = (done_on - start_on).days
        if took <= days:
            when = f"第{took}天" if took >= 0 else f"早于{begun}"
            return by_register(
                Verdict.PASS,
                f"{start_on}{begun}，{done_on}{finished}（{when}，期限{days}天）",
                done_on,
            )
        return by_register(
            Verdict.FAIL,
            f"{start_on}{begun}，{done_on}才{finished}（第{took}天，期限{days}天）；已补办",
            due_on + timedelta(1),
        )._replace(mended_on=done_on)

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
    """A check that a claimed and approved exception stands in for (二（2）服务标识牌)."""
    is_claimed, is_approved = holds(fact=claimed), holds(fact=approved)

    def judge(look: Look) -> Outcome:
        plain_outcome = check(look)
        if plain_outcome.verdict is Verdict.PASS:
            return plain_outcome
        claim = is_claimed(look)
        if claim.verdict is not Verdict.PASS:
            return plain_outcome
        approval = is_approved(look)
        if approval.verdict is Verdict.FAIL:
            return plain_outcome
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
        return _together([claim, is_approved(look)])

    return judge


@read.check(reason=read.text)
def not_examined(*, reason: str) -> Judge:
    """Nothing to examine station by station; the reason says why."""
    outcome = answered(Verdict.NOT_APPLICABLE, reason)

    def judge(_look: Look) -> Outcome:
        return outcome

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
