"""The check of a legal deadline: its last day, and where to that day moves when it is a day off."""

from datetime import date, timedelta
from typing import NamedTuple

from server.policy.standard import check_reading as read
from server.policy.standard.facts import REGISTERED, StationFacts
from server.policy.standard.options import CountyOptions
from server.policy.standard.postal import must_file, why_not_told
from server.policy.standard.verdicts import Judge, Look, Outcome, Verdict, answered, by_register
from server.policy.standard.working_days import WorkingDays

LONGEST_BREAK = timedelta(15)
"""No break of the years held is longer than nine days: later than this is late by any reading."""


FIRST_FILING = "filed_on"
"""The registered day that only some stations owe: those of the post by the county's decision."""


class Term(NamedTuple):
    """How long a deadline is, and the days on which offices work."""

    days: int
    calendar: WorkingDays


class _End(NamedTuple):
    """The last day by each reading that is still open; `moved` None: not known yet."""

    counted: date
    moved: date | None
    decided: str | None
    why_off: str
    year_missing: int | None

    @property
    def surely_in_time(self) -> date:
        """Until this day all open readings say in time."""
        return self.moved if self.decided == "moved" and self.moved else self.counted

    @property
    def surely_late(self) -> date:
        """After this day all open readings say late."""
        if self.decided == "kept":
            return self.counted
        return self.moved or self.counted + LONGEST_BREAK

    @property
    def told(self) -> str:
        """What a sentence has to say of the last day, "" where it is an ordinary one."""
        if self.moved == self.counted:
            return ""
        if self.decided == "kept":
            return f"（最后一天{self.counted}是休息日也不顺延，县里已决定）" if self.why_off else ""
        if self.moved is None:
            return (
                f"（{self.year_missing}年的放假安排还没有收录，"
                f"不知道最后一天{self.counted}要不要顺延、顺延到哪天）"
            )
        off = f"最后一天{self.counted}是{self.why_off}"
        if self.decided == "moved":
            return f"（{off}，县里已决定顺延到{self.moved}）"
        return f"（{off}：不顺延就到{self.counted}，顺延就到{self.moved}，县里还没有决定）"


def _end(start: date, term: Term, decided: str | None) -> _End:
    counted = start + timedelta(term.days)
    worked = term.calendar.next_worked(counted)
    missing = term.calendar.year_missing(worked)
    why_off = term.calendar.why_off(counted) or ""
    return _End(counted, None if missing else worked, decided, why_off, missing)


@read.check(
    start=read.registered("opened_on", "filing_changed_on"),
    done=read.registered("filed_on", "filing_change_filed_on"),
    days=lambda part, scope: Term(part.whole(), scope.calendar),
    without_start=read.choice("unknown", "not_applicable"),
    earlier_counts=read.flag,
)
def within_days(
    *, start: str, done: str, days: Term, without_start: str, earlier_counts: bool
) -> Judge:
    """One registered day follows another within so many calendar days; the first day is day 0.

    Before the deadline nothing is owed yet (not_applicable). Done late is a failing on record,
    mended on the day it was done. `earlier_counts`: a `done` before `start` answers for it.

    A last day that is a day off moves to the next working day by one reading (民法典 第二百零三条)
    and not by the other: between the two it is unknown until the county has decided. Whether the
    post's points file at all is the county's decision too: until then none of them is late.
    """
    begun, finished = REGISTERED[start], REGISTERED[done]
    term = days
    no_start = answered(
        Verdict(without_start),
        f"没有登记{begun}日期，无法核对{term.days}天的期限"
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
                Verdict.NOT_APPLICABLE, f"{start_on}才{begun}，{term.days}天的期限还没有开始"
            )
        done_on: date | None = getattr(facts, done)
        if done_on is not None and (done_on > on or (done_on < start_on and not earlier_counts)):
            done_on = None
        end = _end(start_on, term, facts.options.deadline_on_day_off)
        found = (
            _still_owed(f"{start_on}{begun}", finished, term.days, end, on)
            if done_on is None
            else _done(start_on, done_on, (begun, finished), term.days, end)
        )
        return _if_it_files(found, facts) if done == FIRST_FILING else found

    return judge


def last_day(
    start: date, days: int, calendar: WorkingDays, options: CountyOptions
) -> tuple[date, date]:
    """The day until which it is surely in time, and the day after which it is surely late."""
    end = _end(start, Term(days, calendar), options.deadline_on_day_off)
    return end.surely_in_time, end.surely_late


def _if_it_files(found: Outcome, facts: StationFacts) -> Outcome:
    needed = must_file(facts.postal, facts.options)
    if needed or found.verdict is Verdict.PASS:
        return found
    why = why_not_told(facts.postal, facts.options)
    if needed is False:
        return answered(Verdict.NOT_APPLICABLE, why)
    if found.verdict is Verdict.NOT_APPLICABLE:
        return answered(Verdict.NOT_APPLICABLE, f"{found.why}；{why}")
    return answered(Verdict.UNKNOWN, f"{found.why}；{why}")._replace(mended_on=found.mended_on)


def _still_owed(begun: str, finished: str, days: int, end: _End, on: date) -> Outcome:
    if on <= end.surely_in_time:
        last = end.surely_in_time
        left = f"还有{(last - on).days}天" if on < last else "今天是最后一天"
        return answered(
            Verdict.NOT_APPLICABLE, f"{begun}，{last}及以前{finished}即可，{left}{end.told}"
        )
    late = f"{begun}，至今没有{finished}"
    if on <= end.surely_late:
        return answered(
            Verdict.UNKNOWN, f"{late}，{days}天的期限到没到还说不准{end.told}"
        )._replace(since=end.surely_in_time + timedelta(1))
    over = (on - end.surely_in_time).days
    return by_register(
        Verdict.FAIL,
        f"{late}，已超过{days}天的期限{over}天{end.told}",
        end.surely_late + timedelta(1),
    )


def _done(start_on: date, done_on: date, words: tuple[str, str], days: int, end: _End) -> Outcome:
    begun, finished = words
    took = (done_on - start_on).days
    when = f"第{took}天" if took >= 0 else f"早于{begun}"
    if done_on <= end.surely_in_time:
        told = end.told if done_on > end.counted else ""
        why = f"{start_on}{begun}，{done_on}{finished}（{when}，期限{days}天）{told}"
        return by_register(Verdict.PASS, why, done_on)
    why = f"{start_on}{begun}，{done_on}才{finished}（{when}，期限{days}天）"
    if done_on <= end.surely_late:
        return answered(Verdict.UNKNOWN, f"{why}，算不算逾期还说不准{end.told}")._replace(
            since=done_on, mended_on=done_on
        )
    return by_register(
        Verdict.FAIL, f"{why}{end.told}；已补办", end.surely_late + timedelta(1)
    )._replace(mended_on=done_on)
