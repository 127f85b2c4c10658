"""The report that a plan asks for each month: since when, due when, reminded when, and its state.

静乐, 附件1 3: 从4月起，每月18日前将相关工作开展情况、存在问题及下一步工作计划报工作专班办公室.
Whether the 18th itself is in time, and what holds on days off, is not said; here the whole day
counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from server.calendar import first_of_month, next_month
from server.labelled import Labelled
from server.policy.plan.duties import Duty
from server.policy.plan.nouns import Programme


class Part(Labelled):
    """What a liaison writes, in the plan's order."""

    PROGRESS = "progress", "工作开展情况"
    PROBLEMS = "problems", "存在问题"
    NEXT = "next", "下一步工作计划"


class Blank(Labelled):
    """Why a part stays blank; a blank without one of these is not complete."""

    NOTHING = "nothing", "本月无此项"
    NOT_COUNTED = "not_counted", "未统计"
    WAITING = "waiting", "等其他单位的情况"


class Section(Labelled):
    """A group of figures that the house gives; which unit is shown which follows its duties."""

    PROGRESS = "progress", "站点建设和备案"
    ROUNDS = "rounds", "督导和整改"
    COUNTS = "counts", "件数"
    OPERATORS = "operators", "运营企业"


class ReportState(Labelled):
    """Whose turn it is with one unit's month."""

    MISSING = "missing", "还没报"
    RECEIVED = "received", "已收到，等审定"
    RETURNED = "returned", "已退回，等重报"
    ACCEPTED = "accepted", "已审定"
    REOPENED = "reopened", "已重新打开"


class Timeliness(Labelled):
    """Whether it came in time; that is another question than whether it is complete or accepted."""

    NOT_DUE = "not_due", "还没到期"
    OVERDUE = "overdue", "逾期没报"
    ON_TIME = "on_time", "按时报到"
    LATE = "late", "迟报"


class Reminder(Labelled):
    """One of three reminders of a month, each made once."""

    BEFORE_5 = "before_5", "到期前5天"
    BEFORE_1 = "before_1", "到期前1天"
    AFTER_1 = "after_1", "过期1天"


REMINDED: Mapping[Reminder, int] = {
    Reminder.BEFORE_5: -5,
    Reminder.BEFORE_1: -1,
    Reminder.AFTER_1: 1,
}
"""How many days from the last day each reminder is made."""

SECTIONS: Mapping[Duty, tuple[Section, ...]] = {
    Duty.TASK_FORCE: (Section.PROGRESS,),
    Duty.TASK_FORCE_OFFICE: tuple(Section),
    Duty.LEAD_UNIT: (Section.ROUNDS,),
    Duty.RESPONSIBLE_BODY: (Section.PROGRESS, Section.ROUNDS, Section.COUNTS),
    Duty.DISPATCH: (Section.ROUNDS, Section.OPERATORS),
    Duty.INSPECTION: (Section.ROUNDS,),
    Duty.SUBSIDY_PAYMENT: (Section.COUNTS,),
    Duty.OUTBOUND_REVIEW: (Section.ROUNDS, Section.COUNTS, Section.OPERATORS),
    Duty.INBOUND_REVIEW: (Section.ROUNDS, Section.COUNTS, Section.OPERATORS),
    Duty.OPERATOR_MANAGEMENT: (Section.OPERATORS,),
    Duty.STATIONS: (Section.PROGRESS,),
    Duty.FILING: (Section.PROGRESS,),
    Duty.HUB_OPERATOR: (Section.PROGRESS, Section.COUNTS),
    Duty.OPERATOR: (Section.PROGRESS, Section.COUNTS),
}
"""What figures a duty calls for (附件1 2, 成员单位职责); every member sees how far things are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a county's units report: due by the end of `day`, from `first` to `last` (months)."""

    day: int
    first: date
    last: date | None

    def due_on(self, month_on: date) -> date:
        """The last day of being in time; where a month is shorter than `day`, its own last."""
        end = next_month(month_on) - timedelta(days=1)
        return min(month_on + timedelta(days=self.day - 1), end)

    def asks_in(self, month_on: date) -> bool:
        """Whether a month has to be reported."""
        return self.first <= month_on and (self.last is None or month_on <= self.last)

    def months(self, today: date) -> list[date]:
        """The months that have begun and have to be reported, the newest first."""
        end = first_of_month(today) if self.last is None else min(self.last, first_of_month(today))
        return sorted(_months(self.first, end), reverse=True)


def _months(first: date, last: date) -> Iterator[date]:
    month_on = first
    while month_on <= last:
        yield month_on
        month_on = next_month(month_on)


def asked_from(programme: Programme | None) -> date | None:
    """The first month of which a plan asks for a report; None where it asks for none.

    A plan without a day of issue gives no year to its month: then it is the first that anybody
    could mean, and the county's own beginning here decides.
    """
    if programme is None or programme.monthly_report is None:
        return None
    year = programme.issued_on.year if programme.issued_on else date.min.year
    return date(year, programme.monthly_report.from_month, 1)


def sections_of(duties: tuple[Duty, ...]) -> tuple[Section, ...]:
    """The figures that a unit with these duties is shown, in the order of `Section`."""
    wanted = {section for duty in duties for section in SECTIONS.get(duty, ())}
    return tuple(section for section in Section if section in wanted)


def timeliness(received_on: date | None, *, due_on: date, on: date) -> Timeliness:
    """Held against the last day by the Beijing day of the first version that came."""
    if received_on is None:
        return Timeliness.NOT_DUE if on <= due_on else Timeliness.OVERDUE
    return Timeliness.ON_TIME if received_on <= due_on else Timeliness.LATE


def days_late(received_on: date | None, *, due_on: date, on: date) -> int:
    """How many days after the last day it came, or has not come yet; 0 in time."""
    return max(0, ((received_on or on) - due_on).days)


def state_of(
    *,
    newest: int,
    accepted: int | None,
    returned: int | None,
    reopened_until: date | None,
    on: date,
) -> ReportState:
    """What a month of a unit is on a day; all but the days are numbers of versions (0: none).

    A reopening ends by itself after its last day: then what was accepted holds as before, unless a
    newer version came meanwhile and waits. One that was returned then waits for nobody any more.
    """
    if newest == 0:
        return ReportState.MISSING
    if returned == newest:
        over = closed_again(accepted=accepted, reopened_until=reopened_until, on=on)
        return ReportState.ACCEPTED if over else ReportState.RETURNED
    if accepted is None or newest > accepted:
        return ReportState.RECEIVED
    if reopened_until is not None and on <= reopened_until:
        return ReportState.REOPENED
    return ReportState.ACCEPTED


def closed_again(*, accepted: int | None, reopened_until: date | None, on: date) -> bool:
    """Whether an accepted month takes nothing (any more): never opened, or its last day is over."""
    return accepted is not None and (reopened_until is None or reopened_until < on)


def blank_parts(texts: Mapping[str, str], blanks: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts that say nothing and give no reason; complete is where there are none."""
    return tuple(
        part for part in Part if not texts.get(part, "").strip() and not blanks.get(part, "")
    )


def reminder_due(due_on: date, *, on: date) -> Reminder | None:
    """The reminder whose turn it is on a day; a night that was missed is made up for.

    After the last one nothing comes any more, however late the report is; what was missed is made
    up for until the month's end, or a week after the last day where that is later.
    """
    if on >= max(next_month(first_of_month(due_on)), due_on + timedelta(days=8)):
        return None
    begun = [one for one, days in REMINDED.items() if on >= due_on + timedelta(days=days)]
    return begun[-1] if begun else None
