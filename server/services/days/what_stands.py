"""What a correction of past days changes, and what stands all the same, for who is about to sign.

Only months that nobody has approved are reckoned anew. What was approved, reported, issued or
paid stays as it is; each has its own way to be put right, which is named beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import first_of_month, full_day_text, full_month_text, month_of, next_month
from server.models.assessment import Assessment
from server.models.month import MonthApproval
from server.models.monthly_report import MonthlyReport, MonthlySummary
from server.models.subsidy import EntitlementState, SubsidyCycle, SubsidyEntitlement
from server.policy.hours import Holidays
from server.policy.plan.subsidies import SchemeKind
from server.services.common.closures import TimesAway
from server.services.common.hours_then import HoursThen
from server.services.days.due import DaysDue, days_there

PROMISED = (EntitlementState.APPROVED, EntitlementState.PAID)
MOST_TOLD = 6  # months by name; of more the sum is said
ASKED = (EntitlementState.PROPOSED, EntitlementState.REVIEWED)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A station's past as it is reckoned, or as it would be with a correction."""

    id: int
    hours: list[Any]
    opened_on: date | None
    closed_on: date | None
    then: HoursThen
    away: TimesAway

    def due(self, first: date, last: date, holidays: Holidays) -> int:
        """How many days it was to report, as a month's figures count them."""
        due = DaysDue(first, last, holidays, self.then).of(self, days_there(self, first, last))
        return len(due - self.away.between(self.id, due))


def months_of_days(first: date, last: date) -> list[date]:
    """The first days of the months that hold a day from `first` to `last`."""
    found, month_on = [], first_of_month(first)
    while month_on <= last:
        found.append(month_on)
        month_on = next_month(month_on)
    return found


def what_changes(
    session: Session,
    *,
    county: str,
    months: Sequence[date],
    before: Reckoned,
    after: Reckoned,
    today: date,
    holidays: Holidays,
) -> list[str]:
    """What becomes of each month's 应报, the approved ones together; one query."""
    approved = set(
        session.scalars(
            sa.select(MonthApproval.month_on).where(
                MonthApproval.county == county, MonthApproval.month_on.in_(months)
            )
        )
    )
    told: list[str] = []
    rest = [0, 0, 0]
    for month_on in months:
        if month_on in approved:
            continue
        last = min(next_month(month_on) - timedelta(days=1), today)
        was, becomes = (one.due(month_on, last, holidays) for one in (before, after))
        if was == becomes:
            continue
        if len(told) == MOST_TOLD:
            rest = [one + more for one, more in zip(rest, (1, was, becomes), strict=True)]
        else:
            told.append(f"{full_month_text(month_on)}应报{was}天改成{becomes}天")
    if rest[0]:
        told.append(f"以后{rest[0]}个月一共应报{rest[1]}天改成{rest[2]}天")
    if not told and len(approved) < len(months):
        told.append("没有核准的月份，应报天数不变")
    if approved:
        names = "、".join(full_month_text(one) for one in sorted(approved))
        told.append(f"{names}的件数已经核准，核准的数一个不动")
    return told


def what_stands(
    session: Session, *, county: str, station_id: int, first: date, last: date, closing: bool
) -> list[str]:
    """Reports, sheets and payments that rest on these days and stay; each with its own way.

    On a `closing` rests what other stations were awarded for coverage as well.
    """
    months = months_of_days(first, last)
    quoting = sorted({*months, *(next_month(one) for one in months)})  # they tell the month before
    told = []
    reports = session.execute(
        sa.select(MonthlyReport.month_on, sa.func.count())
        .where(
            MonthlyReport.county == county,
            MonthlyReport.month_on.in_(quoting),
            MonthlyReport.newest > 0,
        )
        .group_by(MonthlyReport.month_on)
        .order_by(MonthlyReport.month_on)
    ).all()
    if reports:
        names = "、".join(f"{full_month_text(on)}{n}家" for on, n in reports)
        told.append(f"已经报送的（{names}）照旧，要改由单位再报一版")
    summaries = session.scalars(
        sa.select(MonthlySummary.month_on)
        .where(MonthlySummary.county == county, MonthlySummary.month_on.in_(quoting))
        .distinct()
        .order_by(MonthlySummary.month_on)
    ).all()
    if summaries:
        names = "、".join(full_month_text(on) for on in summaries)
        told.append(f"已经印发的汇总（{names}）照旧，要改就另出一版")
    sheets = session.execute(
        sa.select(Assessment.from_on, Assessment.until_on)
        .where(
            Assessment.county == county,
            Assessment.from_on <= last,
            Assessment.until_on >= first,
            Assessment.issued_at.is_not(None),
            Assessment.withdrawn_at.is_(None),
        )
        .distinct()
        .order_by(Assessment.from_on, Assessment.until_on)
    ).all()
    if sheets:
        names = "、".join(f"{full_day_text(begin)}至{full_day_text(end)}" for begin, end in sheets)
        told.append(f"已经发布的考核（{names}）照旧，要改就撤回，重新开一张")
    return told + _money(session, county, station_id, months, closing=closing)


def _money(
    session: Session, county: str, station_id: int, months: Sequence[date], *, closing: bool
) -> list[str]:
    periods = {month_of(one) for one in months} | {str(one.year) for one in months}

    def counted(*which: sa.ColumnElement[bool]) -> Mapping[EntitlementState, int]:
        return dict(
            session.execute(
                sa.select(SubsidyEntitlement.state, sa.func.count())
                .join(SubsidyCycle, SubsidyCycle.id == SubsidyEntitlement.cycle_id)
                .where(
                    SubsidyEntitlement.county == county,
                    SubsidyEntitlement.ended_at.is_(None),
                    SubsidyCycle.period.in_(periods),
                    *which,
                )
                .group_by(SubsidyEntitlement.state)
            ).all()
        )

    rows = counted(SubsidyEntitlement.station_id == station_id)
    told = []
    if promised := sum(rows.get(one, 0) for one in PROMISED):
        told.append(
            f"这个站这段时间已经批准或拨付的补贴{promised}笔照旧，付错了的到那一笔的页面办冲回"
        )
    if asked := sum(rows.get(one, 0) for one in ASKED):
        told.append(f"在审的补贴{asked}笔，批准以前按更正后的重新核对")
    if closing:
        once = counted(
            SubsidyEntitlement.station_id != station_id, SubsidyEntitlement.kind == SchemeKind.ONCE
        )
        if others := sum(once.get(one, 0) for one in PROMISED):
            told.append(f"别的站一次性的补贴{others}笔也照旧，按覆盖率发的请再核一遍")
    return told
