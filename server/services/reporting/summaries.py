"""The office's own report of a month to the 专班: what was accepted, and who is missing, frozen."""

import hashlib
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_month_text, month_of
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County
from server.models.monthly_report import MonthlyReport, MonthlyReportVersion, MonthlySummary
from server.models.person import Person
from server.policy.plan.report_frozen import ReportFigure, SummarisedUnit, SummaryContent
from server.policy.plan.reports import Section, Timeliness
from server.services.common import history
from server.services.common.written import reason_given, written
from server.services.county.round_options import round_options
from server.services.people.scope import EVERYBODY, Everybody, sees_whole_county
from server.services.reporting.accepting import refuse_unless_accepts
from server.services.reporting.actions import ReportingAction
from server.services.reporting.figures import report_figures
from server.services.reporting.reports import content_hash, figures_hash
from server.services.reporting.rules import ReportOptions
from server.services.reporting.unit_figures import Rulebook
from server.services.reporting.units import UnitMonth, units_of_month


def summary_content(
    session: Session,
    *,
    county: County,
    options: ReportOptions,
    month_on: date,
    by: Person,
    today: date,
    figures: list[ReportFigure],
    words: str = "",
    because: str = "",
    version: int = 1,
) -> SummaryContent:
    """A month put together from the accepted reports; who has none is named with how it stands."""
    units = units_of_month(
        session,
        county=county.code,
        options=options,
        month_on=month_on,
        on=today,
        seen_by=EVERYBODY,
    )
    accepted = {
        one.report_id: one
        for one in session.scalars(
            sa.select(MonthlyReportVersion).where(
                sa.tuple_(MonthlyReportVersion.report_id, MonthlyReportVersion.version).in_(
                    [(one.report.id, one.accepted) for one in units if one.report and one.accepted]
                )
            )
        )
    }
    return {
        "county": county.name,
        "issuer": round_options(county).issuer,
        "month": month_of(month_on),
        "version": version,
        "on": today.isoformat(),
        "due_on": options.rule.due_on(month_on).isoformat(),
        "by": by.name,
        "because": because,
        "demo": county.demo,
        "units": [_unit(one, accepted.get(one.report.id) if one.report else None) for one in units],
        "figures": figures,
        "words": words,
    }


def summary_figures(
    session: Session, *, county: County, month_on: date, today: date, book: Rulebook
) -> list[ReportFigure]:
    """The county's figures of this moment, which the summary freezes: to be looked at before."""
    return report_figures(
        session,
        county=county,
        standards=book.standards,
        sections=tuple(Section),
        month_on=month_on,
        on=today,
        today=today,
        holidays=book.holidays,
    )


def _unit(one: UnitMonth, made: MonthlyReportVersion | None) -> SummarisedUnit:
    missing = ""
    if made is None:
        late = f"，已过期{one.days_late}天" if one.timeliness is Timeliness.OVERDUE else ""
        missing = f"{one.state.label}{late}"
    return {
        "unit": one.unit.name,
        "unit_short": one.unit.short,
        "version": made.version if made else 0,
        "sha256": made.content_sha256 if made else "",
        "received_on": one.received_on.isoformat() if one.received_on else "",
        "timeliness": one.timeliness.label,
        "days_late": one.days_late,
        "missing": missing,
        "parts": made.content["parts"] if made else [],
    }


def accepted_seal(session: Session, *, county: str, month_on: date) -> str:
    """The mark of which versions are accepted of a month, and which of them are open again."""
    rows = session.execute(
        sa.select(
            MonthlyReport.organisation_id,
            MonthlyReport.newest,
            MonthlyReport.accepted,
            MonthlyReport.returned,
            MonthlyReport.reopened_until,
        )
        .where(MonthlyReport.county == county, MonthlyReport.month_on == month_on)
        .order_by(MonthlyReport.organisation_id)
    )
    return hashlib.sha256(repr([tuple(one) for one in rows]).encode()).hexdigest()[:32]


def issue_summary(
    session: Session,
    *,
    county: County,
    options: ReportOptions,
    month_on: date,
    words: str,
    because: str,
    seen: int,
    seen_units: str,
    seen_figures: str,
    by: Person,
    now: datetime,
    book: Rulebook,
) -> MonthlySummary:
    """Freeze the summary as it stands; again: a new version with a reason, the old ones stay.

    `seen` is the newest version on the page (0: none): a second press finds the first one's;
    `seen_units` is `accepted_seal` of the page, `seen_figures` the `figures_hash` of the county's
    own figures on it: nobody signs for what was not shown.
    Raises NotAllowed report-accept-not-yours; Invalid summary-empty, reason-needed,
    text-too-long; Conflict summary-newer, summary-changed-meanwhile.
    """
    refuse_unless_accepts(session, by)
    session.execute(sa.select(County.code).where(County.code == county.code).with_for_update())
    before = summaries_of(session, county=county.code, month_on=month_on, reader=EVERYBODY)
    newest = before[0].version if before else 0
    if newest != seen:
        raise Conflict("summary-newer", f"刚才已经出过第{newest}版汇总。请看过再定要不要再出一版。")
    if seen_units != accepted_seal(session, county=county.code, month_on=month_on):
        raise Conflict(
            "summary-changed-meanwhile",
            "您看的时候，有单位的报送刚审定或重新打开了。汇总还没有出，请看过现在的名单再出。",
        )
    if before:
        because = reason_given(
            because,
            "这个月已经出过汇总。再出一版请写明原因。",
            field="because",
            into=MonthlySummary.because,
        )
    today = beijing_day(now)
    figures = summary_figures(session, county=county, month_on=month_on, today=today, book=book)
    if figures_hash(figures) != seen_figures:
        raise Conflict(
            "summary-changed-meanwhile",
            "您看的时候，县里的数字变了。汇总还没有出，请看过现在的数字再出。",
        )
    content = summary_content(
        session,
        county=county,
        options=options,
        month_on=month_on,
        by=by,
        today=today,
        figures=figures,
        words=written(words, "县专班的话", field="words", into=MonthlySummary.words),
        because=because,
        version=newest + 1,
    )
    if not any(one["version"] for one in content["units"]):
        raise Invalid("summary-empty", "还没有一份审定的报送，不能出汇总。请先审定。")
    made = MonthlySummary(
        county=county.code,
        month_on=month_on,
        version=newest + 1,
        content=content,
        content_sha256=content_hash(content),
        issued_at=now,
        issued_by=by.id,
        words=content["words"],
        because=because,
    )
    session.add(made)
    session.flush()
    missing = [one["unit_short"] for one in content["units"] if not one["version"]]
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ReportingAction.SUMMARY_ISSUED,
        summary=f"{full_month_text(month_on)}报送汇总第{made.version}版："
        f"{len(content['units']) - len(missing)}个单位"
        + (f"，缺{'、'.join(missing)}" if missing else ""),
        reason=because,
    )
    return made


def summaries_of(
    session: Session, *, county: str, month_on: date, reader: Person | Everybody
) -> list[MonthlySummary]:
    """Every version of a month's summary, the newest first; nothing for who sees only a part."""
    if not sees_whole_county(reader, county):
        return []
    return list(
        session.scalars(
            sa.select(MonthlySummary)
            .where(MonthlySummary.county == county, MonthlySummary.month_on == month_on)
            .order_by(MonthlySummary.version.desc())
        )
    )


def summary_of(
    session: Session, *, county: str, month_on: date, version: int, reader: Person | Everybody
) -> MonthlySummary:
    """One version. Raises NotFound monthly-report-unknown."""
    for one in summaries_of(session, county=county, month_on=month_on, reader=reader):
        if one.version == version:
            return one
    raise NotFound("monthly-report-unknown", "没有这一版汇总。请返回“每月报送”重新选择。")
