"""What a unit writes of a month before it is handed in, and when that may be written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, day_text, first_of_month, full_day_text, full_month_text
from server.errors import Conflict, Invalid, NotAllowed
from server.models.monthly_report import MonthlyReport
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.duties import Deed
from server.policy.plan.reports import Blank, Part, ReportState, closed_again, state_of
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.written import written
from server.services.people.scope import may_do
from server.services.reporting.rules import ReportOptions
from server.services.reporting.units import is_asked

COLUMNS = {
    Part.PROGRESS: MonthlyReport.progress,
    Part.PROBLEMS: MonthlyReport.problems,
    Part.NEXT: MonthlyReport.next,
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What a liaison wrote: `texts` by Part, and by Part why there is none (values of Blank)."""

    texts: Mapping[str, str]
    blanks: Mapping[str, str]


def report_of(session: Session, *, unit: Organisation, month_on: date) -> MonthlyReport | None:
    """A unit's month, if anything was written of it."""
    return session.scalars(
        sa.select(MonthlyReport).where(
            MonthlyReport.organisation_id == unit.id, MonthlyReport.month_on == month_on
        )
    ).one_or_none()


def draft_shown(report: MonthlyReport | None) -> list[Shown]:
    """What a form shows of the draft, as its seal tells it."""
    shown = []
    for part in Part:
        text = getattr(report, part.value) if report else ""
        blank = (report.blanks if report else {}).get(part.value, "")
        label = Blank(blank).label if blank else ""
        shown.append(Shown(part.value, part.label, text))
        shown.append(Shown(f"blank_{part.value}", f"{part.label}空着的原因", label))
    return shown


def may_write(session: Session, *, unit: Organisation, by: Person) -> bool:
    """Whether somebody writes for a unit: its 联络员, and the office where it enters for it."""
    if unit.county != by.county:
        return False
    return by.id == unit.liaison_id or may_do(session, by, Deed.ACCEPT_REPORTS)


def why_closed(
    *,
    unit: Organisation,
    report: MonthlyReport | None,
    options: ReportOptions,
    month_on: date,
    on: date,
) -> str:
    """Why a month can not be written now, as a sentence; "" while it can. Late is no reason."""
    name = f"{unit.short}{full_month_text(month_on)}的报送"
    if first_of_month(on) < month_on:
        first, due = day_text(month_on, on), day_text(options.rule.due_on(month_on), on)
        return f"未到期：{full_month_text(month_on)}还没有开始，{first}起可以报，{due}前报到。"
    if report is None:
        if options.rule.asks_in(month_on) and is_asked(unit, options, month_on):
            return ""
        return f"不用报：{full_month_text(month_on)}没有要求{unit.short}报送。"
    if not closed_again(accepted=report.accepted, reopened_until=report.reopened_until, on=on):
        return ""
    if report.reopened_until is not None:
        ended = full_day_text(report.reopened_until)
        waits = _state(report, on) is ReportState.RECEIVED
        after = f"第{report.newest}版等县专班审定，审定前" if waits else ""
        return (
            f"已审定：{name}重新打开到{ended}为止，已经过了，{after}仍以第{report.accepted}版为准。"
        )
    return f"已审定：{name}第{report.accepted}版已经审定，不能再改。确实要改，请县专班重新打开。"


def save_draft(
    session: Session,
    *,
    unit: Organisation,
    options: ReportOptions,
    month_on: date,
    wording: Wording,
    by: Person,
    now: datetime,
    seal: str | None = None,
) -> MonthlyReport:
    """Keep what has been written so far; nobody at the office takes it for a report.

    `seal` is that of `draft_shown` when the form was filled in. Raises NotAllowed report-not-yours;
    Conflict report-closed, report-changed-meanwhile; Invalid text-too-long, report-blank-unknown.
    """
    report = _open_report(
        session, unit=unit, options=options, month_on=month_on, by=by, now=now, seal=seal
    )
    for part, column in COLUMNS.items():
        text = written(wording.texts.get(part, ""), part.label, field=part.value, into=column)
        setattr(report, part.value, text)
    report.blanks = _blanks(wording)
    report.written_by, report.written_at = by.id, now
    session.flush()
    return report


def _open_report(
    session: Session,
    *,
    unit: Organisation,
    options: ReportOptions,
    month_on: date,
    by: Person,
    now: datetime,
    seal: str | None,
) -> MonthlyReport:
    """The row of a month that may be written, locked; two who begin at once get the same one."""
    if not may_write(session, unit=unit, by=by):
        raise NotAllowed(
            "report-not-yours",
            f"无权限：{unit.short}的报送由本单位联络员填写。联络员变了，请告诉县专班。",
        )
    # Who comes second waits here, and then finds what the first one wrote.
    session.execute(sa.select(Organisation.id).where(Organisation.id == unit.id).with_for_update())
    report = report_of(session, unit=unit, month_on=month_on)
    if report is not None:
        session.refresh(report)
    closed = why_closed(
        unit=unit,
        report=report,
        options=options,
        month_on=month_on,
        on=beijing_day(now),
    )
    if closed:
        raise Conflict("report-closed", closed)
    what = f"{unit.short}{full_month_text(month_on)}的报送"
    refuse_if_changed(seal, draft_shown(report), code="report-changed-meanwhile", what=what)
    if report is None:
        report = MonthlyReport(
            county=unit.county, organisation_id=unit.id, month_on=month_on, blanks={}, newest=0
        )
        session.add(report)
        session.flush()
    return report


def _state(report: MonthlyReport, on: date) -> ReportState:
    return state_of(
        newest=report.newest,
        accepted=report.accepted,
        returned=report.returned,
        reopened_until=report.reopened_until,
        on=on,
    )


def _blanks(wording: Wording) -> dict[str, Any]:
    """The reasons of parts that are blank; of a part with a text there is none to give."""
    found = {}
    for part in Part:
        given = wording.blanks.get(part, "")
        if not given or wording.texts.get(part, "").strip():
            continue
        if given not in set(Blank):
            raise Invalid("report-blank-unknown", "空着的原因只能从名单里选。请重新选一次。")
        found[part.value] = given
    return found
