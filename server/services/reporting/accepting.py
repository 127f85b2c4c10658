"""The office's word on what was handed in: accepted, returned, opened again for a while."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text, full_month_text
from server.errors import Conflict, Invalid, NotAllowed
from server.models.county import County
from server.models.monthly_report import MonthlyReport, MonthlyReportStep, MonthlyReportVersion
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.duties import Deed
from server.policy.plan.reports import ReportState, state_of
from server.services.common import history
from server.services.common.written import reason_given, written
from server.services.people.scope import Everybody, may_do, organisations_visible_to
from server.services.reporting.actions import ReportingAction
from server.services.reporting.reports import is_whole, version_of

REOPENED_AT_MOST = timedelta(days=31)
STEPS = {
    ReportingAction.REPORT_ACCEPTED: "accepted",
    ReportingAction.REPORT_RETURNED: "returned",
    ReportingAction.REPORT_REOPENED: "reopened",
}
DEEDS = {"accepted": "审定", "returned": "退回", "reopened": "重新打开"}


@dataclass(frozen=True, slots=True)
class StepView:
    """One deed of the office as a page tells it."""

    label: str
    version: int
    at: datetime
    who: str
    reason: str
    until_on: date | None


def accept_report(
    session: Session,
    *,
    report: MonthlyReport,
    version: int,
    by: Person,
    now: datetime,
    note: str = "",
) -> MonthlyReportVersion:
    """Accept the version that somebody has looked at: from now on it stands, and nothing is taken.

    Raises NotAllowed report-accept-not-yours; Conflict report-newer, report-accepted-already,
    report-returned-already, report-altered; Invalid report-incomplete.
    """
    made = _looked_at(session, report, version, by)
    if report.accepted == made.version:
        raise Conflict("report-accepted-already", "这一版已经审定过了。")
    if report.returned == made.version:
        raise Conflict(
            "report-returned-already", "这一版已经退回了，等对方重报一版，再看新的一版审定。"
        )
    if not made.complete:
        raise Invalid(
            "report-incomplete", "这一版还不完整：有空着的没有写原因。请退回补齐，再审定。"
        )
    if not is_whole(made):
        raise Conflict(
            "report-altered", "这一版的内容与当初的校验码对不上，不能审定。请联系技术人员。"
        )
    text = written(note, "说明", field="note", into=MonthlyReportStep.reason)
    report.accepted, report.returned, report.reopened_until = made.version, None, None
    _done(session, report, ReportingAction.REPORT_ACCEPTED, by=by, now=now, reason=text)
    return made


def return_report(
    session: Session,
    *,
    report: MonthlyReport,
    version: int,
    reason: str,
    by: Person,
    now: datetime,
) -> None:
    """Give a version back with a reason; it stays, and so does the day on which the first came.

    Raises NotAllowed report-accept-not-yours; Conflict report-newer, report-accepted-already,
    report-returned-already; Invalid reason-needed.
    """
    made = _looked_at(session, report, version, by)
    if report.accepted == made.version:
        raise Conflict("report-accepted-already", "这一版已经审定，不能退回。要改，请先重新打开。")
    if report.returned == made.version:
        raise Conflict("report-returned-already", "这一版已经退回了，等对方重报。")
    text = reason_given(
        reason, "请写明为什么退回、要补什么。", into=MonthlyReportStep.reason, label="退回的原因"
    )
    report.returned = made.version
    _done(session, report, ReportingAction.REPORT_RETURNED, by=by, now=now, reason=text)


def reopen_report(
    session: Session,
    *,
    report: MonthlyReport,
    reason: str,
    until_on: date | None,
    by: Person,
    now: datetime,
) -> None:
    """Let an accepted month be written again up to a day, after which it closes by itself.

    What was accepted holds meanwhile. The same right as accepting, never less. Raises NotAllowed
    report-accept-not-yours; Conflict report-not-accepted; Invalid reason-needed, report-day-wrong.
    """
    refuse_unless_accepts(session, by)
    _lock(session, report)
    today = beijing_day(now)
    if _state(report, today) is not ReportState.ACCEPTED or report.accepted is None:
        raise Conflict("report-not-accepted", "只有审定了的才能重新打开；现在它本来就能改。")
    if until_on is None or not today <= until_on <= today + REOPENED_AT_MOST:
        raise Invalid(
            "report-day-wrong",
            f"请写明打开到哪一天：从今天起，最晚{full_day_text(today + REOPENED_AT_MOST)}。",
            fields={"until_on": "请核对"},
        )
    text = reason_given(
        reason, "请写明为什么重新打开。", into=MonthlyReportStep.reason, label="重新打开的原因"
    )
    report.reopened_until = until_on
    _done(
        session,
        report,
        ReportingAction.REPORT_REOPENED,
        by=by,
        now=now,
        reason=text,
        until_on=until_on,
    )


def steps_of(session: Session, *, report: MonthlyReport) -> list[StepView]:
    """What the office did with a month, the newest first."""
    rows = session.execute(
        sa.select(MonthlyReportStep, Person.name)
        .join(Person, Person.id == MonthlyReportStep.by)
        .where(MonthlyReportStep.report_id == report.id)
        .order_by(MonthlyReportStep.id.desc())
    )
    return [
        StepView(DEEDS[one.deed], one.version, one.at, who, one.reason, one.until_on)
        for one, who in rows
    ]


def acceptance_of(session: Session, *, made: MonthlyReportVersion) -> tuple[str, datetime] | None:
    """Who accepted a version and when, now or before a later one; None where nobody did."""
    found = session.execute(
        sa.select(Person.name, MonthlyReportStep.at)
        .join(Person, Person.id == MonthlyReportStep.by)
        .where(
            MonthlyReportStep.report_id == made.report_id,
            MonthlyReportStep.version == made.version,
            MonthlyReportStep.deed == "accepted",
        )
    ).first()
    return (found[0], found[1]) if found else None


def reopened_of(
    session: Session, *, county: str, seen_by: Person | Everybody
) -> list[tuple[MonthlyReport, str, StepView]]:
    """Every reopening of units in sight, with the unit's short name, the newest first."""
    rows = session.execute(
        sa.select(MonthlyReportStep, MonthlyReport, Organisation.short, Person.name)
        .join(MonthlyReport, MonthlyReport.id == MonthlyReportStep.report_id)
        .join(Organisation, Organisation.id == MonthlyReport.organisation_id)
        .join(Person, Person.id == MonthlyReportStep.by)
        .where(
            MonthlyReportStep.county == county,
            MonthlyReportStep.deed == "reopened",
            organisations_visible_to(seen_by),
        )
        .order_by(MonthlyReportStep.id.desc())
    )
    return [
        (
            report,
            short,
            StepView(DEEDS[one.deed], one.version, one.at, who, one.reason, one.until_on),
        )
        for one, report, short, who in rows
    ]


def may_accept(session: Session, by: Person) -> bool:
    """Whether somebody may accept, return and reopen."""
    return may_do(session, by, Deed.ACCEPT_REPORTS)


def refuse_unless_accepts(session: Session, by: Person) -> None:
    """Raise NotAllowed report-accept-not-yours for everybody else."""
    if not may_accept(session, by):
        raise NotAllowed(
            "report-accept-not-yours",
            "无权限：报送由县专班审定、退回和重新打开。有意见，请告诉县专班。",
        )


def _lock(session: Session, report: MonthlyReport) -> None:
    """Hold the unit's months still, as handing in does: the second sees what the first did."""
    session.execute(
        sa.select(Organisation.id)
        .where(Organisation.id == report.organisation_id)
        .with_for_update()
    )
    session.refresh(report)


def _looked_at(
    session: Session, report: MonthlyReport, version: int, by: Person
) -> MonthlyReportVersion:
    """The version on somebody's page, if it still is the newest."""
    refuse_unless_accepts(session, by)
    _lock(session, report)
    made = version_of(session, report=report, version=version)
    if made.version != report.newest:
        raise Conflict(
            "report-newer",
            f"您看的是第{made.version}版，后来又报来了第{report.newest}版。请看过新的一版再办。",
        )
    return made


def _state(report: MonthlyReport, on: date) -> ReportState:
    return state_of(
        newest=report.newest,
        accepted=report.accepted,
        returned=report.returned,
        reopened_until=report.reopened_until,
        on=on,
    )


def _done(
    session: Session,
    report: MonthlyReport,
    action: ReportingAction,
    *,
    by: Person,
    now: datetime,
    reason: str,
    until_on: date | None = None,
) -> None:
    """Note the deed down beside the report's newest version, and in the history."""
    deed = STEPS[action]
    version = report.accepted if deed == "reopened" and report.accepted else report.newest
    session.add(
        MonthlyReportStep(
            county=report.county,
            report_id=report.id,
            version=version,
            deed=deed,
            at=now,
            by=by.id,
            reason=reason,
            until_on=until_on,
        )
    )
    session.flush()
    unit = session.get_one(Organisation, report.organisation_id)
    until = f"，到{full_day_text(until_on)}为止" if until_on else ""
    history.write(
        session,
        of=session.get_one(County, report.county),
        by=by,
        at=now,
        action=action,
        summary=f"{action.label}：{unit.short}{full_month_text(report.month_on)}第{version}版{until}",
        reason=reason,
    )
