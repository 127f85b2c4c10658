"""每月报送: which units reported a month and how; the office's summary, and the settings."""

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me, reports_here
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from server.calendar import first_of_month, full_month_text, month_of
from server.errors import NotFound, Problem
from server.http import clock
from server.http.database import own_write, session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import programme_here, standards_here, working_days_here
from server.models.person import Role
from server.policy.plan.reports import ReportState, Timeliness, asked_from
from server.services.common.seals import Value
from server.services.inspections.kept_papers import version_said
from server.services.people.people import names_of
from server.services.people.scope import REPORTS
from server.services.reporting.accepting import may_accept, refuse_unless_accepts, reopened_of
from server.services.reporting.figures import told
from server.services.reporting.reminders import reminders_of_month
from server.services.reporting.reports import figures_hash
from server.services.reporting.rules import (
    LABELS,
    SETTINGS,
    ReportOptions,
    edit_options,
    options_asked,
    options_shown,
)
from server.services.reporting.summaries import (
    accepted_seal,
    issue_summary,
    summaries_of,
    summary_figures,
    summary_of,
)
from server.services.reporting.unit_figures import Rulebook
from server.services.reporting.units import late_months, units_of_month, waiting_months

blueprint = Blueprint("desk_reports", __name__, url_prefix="/desk/reports")
guard_desk(blueprint, *REPORTS)


def options_here() -> ReportOptions:
    """When this county's units report; raises NotFound reports-not-asked, which says why."""
    options = options_asked(county_of_desk(), programme_here(me().county))
    if reports_here() is None:
        raise NotFound("reports-not-asked", "本县只要求专班成员单位每月报送，各乡镇不用报。")
    return options


def rulebook_here() -> Rulebook:
    """What figures are held against."""
    return Rulebook(standards_here(), working_days_here().holiday)


def month_named(text: str) -> date:
    """The month in an address (2026-11). Raises NotFound monthly-report-unknown."""
    try:
        month_on = date.fromisoformat(f"{text}-01")
    except ValueError:
        month_on = date.min
    if not 2000 <= month_on.year < 2200:
        raise NotFound("monthly-report-unknown", "没有这个月的报送。请返回“每月报送”重新选择。")
    return month_on


def _page(month_on: date | None = None, problem: Problem | None = None) -> Any:
    options, today = options_here(), clock.today()
    months = options.rule.months(today)
    chosen = month_on or (months[0] if months else first_of_month(today))
    rows = units_of_month(
        session(), county=me().county, options=options, month_on=chosen, on=today, seen_by=me()
    )
    office = may_accept(session(), me())
    summaries = summaries_of(session(), county=me().county, month_on=chosen, reader=me())
    accepted = sum(one.accepted is not None for one in rows)
    figures = (
        summary_figures(
            session(), county=county_of_desk(), month_on=chosen, today=today, book=rulebook_here()
        )
        if office and accepted
        else []
    )
    return page(
        "monthly_reports.html",
        problem=problem,
        month_on=chosen,
        month_name=full_month_text(chosen),
        month=month_of(chosen),
        months=months,
        options=options,
        due_on=options.rule.due_on(chosen),
        rows=rows,
        states=ReportState,
        times=Timeliness,
        may_accept=office,
        summaries=summaries,
        who=names_of(session(), person_ids=[one.issued_by for one in summaries]),
        accepted=accepted,
        figures=figures,
        told=told,
        seen_figures=figures_hash(figures),
        seen_units=accepted_seal(session(), county=me().county, month_on=chosen),
        reminders=reminders_of_month(session(), county=me().county, month_on=chosen)
        if office or me().role is Role.AUDITOR
        else [],
        month_text=full_month_text,
    )


@blueprint.get("")
def reports() -> Any:
    """One month's units; without a name in the address the newest month that has begun."""
    asked = request.args.get("month", "")
    return _page(month_named(asked) if asked else None)


@blueprint.get("/late")
def late() -> Any:
    """Over all months: who was late by how much, who has not handed in, and what was reopened."""
    options, today = options_here(), clock.today()
    return page(
        "monthly_late.html",
        rows=late_months(session(), county=me().county, options=options, on=today, seen_by=me()),
        reopened=reopened_of(session(), county=me().county, seen_by=me()),
        times=Timeliness,
        month_text=full_month_text,
        month_of=month_of,
    )


@blueprint.get("/waiting")
def waiting() -> Any:
    """Over all months: what has not come though somebody was reminded, was returned, or waits."""
    options, today = options_here(), clock.today()
    rows = waiting_months(session(), county=me().county, options=options, on=today, seen_by=me())
    asked = next((one for one in ReportState if one == request.args.get("state")), None)
    return page(
        "monthly_waiting.html",
        rows=[one for one in rows if asked in (None, one.state)],
        asked=asked,
        states=(ReportState.MISSING, ReportState.RETURNED, ReportState.RECEIVED),
        month_text=full_month_text,
        month_of=month_of,
    )


@blueprint.post("/summary")
@carries("seen", "seen_units", "seen_figures")
def issue() -> Any:
    """Freeze the office's summary of a month and keep its papers."""
    options, form = options_here(), request.form
    refuse_unless_accepts(session(), me())
    month_on = month_named(form.get("month", "") or month_of(clock.today()))
    with answering(lambda problem: _page(month_on, problem)):
        made = issue_summary(
            session(),
            county=county_of_desk(),
            options=options,
            month_on=month_on,
            words=form.get("words", ""),
            because=form.get("because", ""),
            seen_units=form.get("seen_units", ""),
            seen_figures=form.get("seen_figures", ""),
            seen=form.get("seen", 0, type=int),
            by=me(),
            now=clock.now(),
            book=rulebook_here(),
        )
        _keep_summary(made)
    return done(
        f"{full_month_text(month_on)}的汇总已出第 {made.version} 版，内容从此固定。",
        url_for("desk_reports.reports", month=month_of(month_on)),
    )


def _keep_summary(made: Any) -> None:
    from server.papers.monthly_kept import summary_paper
    from server.papers.monthly_report import KINDS

    for kind in KINDS:
        summary_paper(
            session(), made=made, kind=kind, now=clock.now(), font_dir=settings_of().font_dir
        )


@blueprint.get("/summary/<month>/<int:version>.<any(pdf, docx, xlsx):kind>")
def summary_file(month: str, version: int, kind: str) -> Any:
    """A summary's paper as kept."""
    from server.papers.monthly_kept import kept_summary, summary_paper

    options_here()
    made = summary_of(
        session(), county=me().county, month_on=month_named(month), version=version, reader=me()
    )
    paper = kept_summary(session(), made=made, kind=kind)
    if paper is None:
        with own_write():  # a reader cannot become a writer (decision 0004)
            paper = summary_paper(
                session(), made=made, kind=kind, now=clock.now(), font_dir=settings_of().font_dir
            )
    every = summaries_of(session(), county=me().county, month_on=made.month_on, reader=me())
    of = f"{made.content['county']}{full_month_text(made.month_on)}报送汇总"
    return made_out(paper, f"{of}{version_said(version, every[0].version)}.{kind}")


def _held(options: ReportOptions) -> dict[str, Any]:
    return {
        "day": str(options.day),
        "first": month_of(options.first),
        "last": month_of(options.last) if options.last else "",
        "townships": ["yes"] if options.townships else [],
    }


def _merged(options: ReportOptions) -> MergedForm:
    form = request.form
    sent = {name: form.get(name, "").strip() for name in ("day", "first", "last")}

    def told(field: str, value: Value) -> tuple[str, str]:
        if field == "townships":
            return LABELS[field], "是" if value else "否"
        return {**LABELS, "day": SETTINGS["day"].label}[field], str(value)

    return merged(_held(options), sent | {"townships": form.getlist("townships")}, told)


def _settings(problem: Problem | None = None) -> Any:
    options = options_here()
    programme = programme_here(me().county)
    form = _merged(options) if problem else opened(_held(options))
    return page(
        "monthly_settings.html",
        problem=problem,
        form=form,
        typed=form.values,
        reason=request.form.get("reason", "").strip(),
        setting=SETTINGS["day"],
        plan=programme.monthly_report if programme else None,
        programme=programme,
        since=asked_from(programme),
        month_text=full_month_text,
    )


@blueprint.get("/settings")
def choices() -> Any:
    """The county's own choices about reports."""
    options_here()
    refuse_unless_accepts(session(), me())
    return _settings()


@blueprint.post("/settings")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    options_here()
    refuse_unless_accepts(session(), me())
    with answering(_settings):
        form = _merged(options_here())
        made = choices_saved(
            form,
            edit_options,
            what="每月报送的设置",
            shown=options_shown(options_here()),
            programme=programme_here(me().county),
            typed=form.values | {"townships": "yes" if form.values["townships"] else ""},
        )
    message = "已经改好。已经报到的，按不按时仍照当时的日子算。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_reports.choices"))
