"""One unit's month: its figures, what the liaison writes, its versions, and the office's word."""

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, merged, opened
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from desk.programme.reports import month_named, options_here, rulebook_here
from server.calendar import full_day_text, full_month_text, month_of
from server.errors import NotFound, Problem
from server.http import clock
from server.http.database import own_write, session, settings_of
from server.http.guards import guard_desk
from server.models.monthly_report import MonthlyReport, MonthlyReportVersion
from server.models.organisation import Organisation
from server.policy.plan.report_frozen import ReportFigure
from server.policy.plan.reports import Blank, Part, ReportState, Section
from server.policy.typed_days import read_day
from server.services.common.seals import Value, seal
from server.services.inspections.kept_papers import version_said
from server.services.people.scope import REPORTS
from server.services.registry.stations import stations_in_sight
from server.services.reporting.accepting import (
    REOPENED_AT_MOST,
    accept_report,
    acceptance_of,
    may_accept,
    reopen_report,
    return_report,
    steps_of,
)
from server.services.reporting.drafts import (
    Wording,
    draft_shown,
    may_write,
    report_of,
    save_draft,
    why_closed,
)
from server.services.reporting.figures import told
from server.services.reporting.reminders import reminded_sentence
from server.services.reporting.reports import (
    Entered,
    figures_hash,
    hand_in,
    is_whole,
    version_of,
    versions_of,
    writers_of,
)
from server.services.reporting.unit_figures import changed_since, figures_now
from server.services.reporting.units import unit_for, unit_months

blueprint = Blueprint("desk_unit_reports", __name__, url_prefix="/desk/reports")
guard_desk(blueprint, *REPORTS)
UNIT = "/<int:organisation_id>/<month>"


def _here(organisation_id: int, month: str) -> tuple[Organisation, date, MonthlyReport | None]:
    """The unit, the month and what there is of it. Raises NotFound."""
    options_here()
    unit = unit_for(session(), organisation_id=organisation_id, seen_by=me())
    month_on = month_named(month)
    return unit, month_on, report_of(session(), unit=unit, month_on=month_on)


def _figures(unit: Organisation, month_on: date) -> list[ReportFigure]:
    return figures_now(
        session(),
        county=county_of_desk(),
        unit=unit,
        month_on=month_on,
        today=clock.today(),
        book=rulebook_here(),
    )


def _held(report: MonthlyReport | None) -> dict[str, Any]:
    """The draft in the form's own shape."""
    blanks = report.blanks if report else {}
    texts = {part.value: getattr(report, part.value) if report else "" for part in Part}
    return texts | {f"blank_{part}": blanks.get(part.value, "") for part in Part}


def _merged(report: MonthlyReport | None) -> MergedForm:
    held, form = _held(report), request.form
    sent = {name: form.get(name, held[name]) for name in held}

    def said(field: str, value: Value) -> tuple[str, str]:
        part = Part(field.removeprefix("blank_"))
        if field == part.value:
            return part.label, str(value)
        return f"{part.label}空着的原因", Blank(value).label if value in set(Blank) else ""

    return merged(held, sent, said)


def _page(organisation_id: int, month: str, problem: Problem | None = None) -> Any:
    unit, month_on, report = _here(organisation_id, month)
    options, today = options_here(), clock.today()
    versions = versions_of(session(), report=report) if report else []
    closed = why_closed(unit=unit, report=report, options=options, month_on=month_on, on=today)
    months = unit_months(session(), unit=unit, options=options, on=today)
    mine = next((one for one in months if one.month_on == month_on), None)
    writes = may_write(session(), unit=unit, by=me()) and not closed
    newest = versions[0] if versions else None
    office = may_accept(session(), me())
    reads = newest is not None and (office or not writes)
    now = _figures(unit, month_on) if writes else []
    figures = newest.content["figures"] if newest and reads else now
    form = _merged(report) if problem and "do" in request.form else opened(_held(report))
    return page(
        "monthly_unit.html",
        problem=problem,
        unit=unit,
        month_on=month_on,
        month=month,
        month_name=full_month_text(month_on),
        due_on=options.rule.due_on(month_on),
        mine=mine,
        months=months,
        reminded=reminded_sentence(mine) if mine and mine.state is ReportState.MISSING else "",
        report=report,
        versions=versions,
        newest=newest,
        who=writers_of(session(), versions),
        steps=steps_of(session(), report=report) if report else [],
        changed=_changed(unit, month_on, report, newest),
        closed=closed,
        writes=writes,
        is_liaison=me().id == unit.liaison_id,
        may_accept=office,
        reads=reads,
        figures=figures,
        sections=Section,
        told=told,
        seen_sha256=figures_hash(now),
        form=form,
        values=form.values,
        parts=Part,
        blanks=Blank,
        states=ReportState,
        latest=today + REOPENED_AT_MOST,
        month_text=full_month_text,
        month_of=month_of,
    )


def _changed(
    unit: Organisation,
    month_on: date,
    report: MonthlyReport | None,
    newest: MonthlyReportVersion | None,
) -> list[str]:
    """What is otherwise by now than in the version that holds."""
    if report is None or newest is None:
        return []
    holds = newest
    if report.accepted and report.accepted != newest.version:
        holds = version_of(session(), report=report, version=report.accepted)
    return changed_since(
        session(),
        county=county_of_desk(),
        unit=unit,
        made=holds,
        month_on=month_on,
        today=clock.today(),
        book=rulebook_here(),
    )


@blueprint.get(UNIT)
def unit_month(organisation_id: int, month: str) -> Any:
    """The month as it stands, with its form where it may be written."""
    return _page(organisation_id, month)


@blueprint.post(UNIT)
@carries("seal", "figures")
def write(organisation_id: int, month: str) -> Any:
    """Keep the draft, or hand it in as a version (`do`)."""
    unit, month_on, _ = _here(organisation_id, month)
    options, form = options_here(), request.form
    here = url_for("desk_unit_reports.unit_month", organisation_id=unit.id, month=month)
    with answering(lambda problem: _page(organisation_id, month, problem)):
        report = report_of(session(), unit=unit, month_on=month_on)
        shown, both = seal(draft_shown(report)), _merged(report)
        both.refuse("report-changed-meanwhile", f"{unit.short}{full_month_text(month_on)}的报送")
        wording = Wording(
            texts={part.value: both.values[part.value] for part in Part},
            blanks={part.value: both.values[f"blank_{part}"] for part in Part},
        )
        given: dict[str, Any] = {
            "unit": unit,
            "options": options,
            "month_on": month_on,
            "wording": wording,
            "by": me(),
            "now": clock.now(),
            "seal": shown,
        }
        if form.get("do") != "hand_in":
            save_draft(session(), **given)
            said = f"草稿存好了，还没有报。{both.told()}"
        else:
            made = hand_in(
                session(),
                **given,
                county=county_of_desk(),
                figures=_figures(unit, month_on),
                seen_sha256=form.get("figures", ""),
                because=form.get("because", ""),
                entered=_entered(),
                sure=form.get("sure", ""),
            )
            said = _said(made) + both.told()
    return done(said, here)


def _entered() -> Entered:
    """What the office says of something that came on paper; the day is today where none is said.

    Raises Invalid field-invalid for a day that cannot be read or has not come.
    """
    said = request.form.get("received_on", "").strip()
    came_on = read_day(said, "收到日期", latest=clock.today()) if said else clock.today()
    return Entered(request.form.get("source", ""), came_on)


def _said(made: MonthlyReportVersion) -> str:
    late = (made.received_on - date.fromisoformat(made.content["due_on"])).days
    when = f"过了期限{late}天，记为迟报" if late > 0 and made.version == 1 else "已收到"
    whole = "" if made.complete else "有空着的没有写原因，记为不完整。"
    return f"第 {made.version} 版报上去了，{when}。{whole}"


@blueprint.post(f"{UNIT}/accept")
@carries("version")
def accept(organisation_id: int, month: str) -> Any:
    """Accept the version on the page, and keep its papers."""
    unit, _, report = _here(organisation_id, month)
    with answering(lambda problem: _page(organisation_id, month, problem)):
        made = accept_report(
            session(),
            report=_there(report),
            version=request.form.get("version", 0, type=int),
            by=me(),
            now=clock.now(),
            note=request.form.get("note", ""),
        )
        _keep_papers(made)
    return done(f"{unit.short}的第 {made.version} 版已审定，内容从此固定。", _back(unit, month))


def _keep_papers(made: MonthlyReportVersion) -> None:
    from server.papers.monthly_kept import version_paper
    from server.papers.monthly_report import KINDS

    for kind in KINDS:
        version_paper(
            session(), made=made, kind=kind, now=clock.now(), font_dir=settings_of().font_dir
        )


@blueprint.post(f"{UNIT}/return")
@carries("version")
def send_back(organisation_id: int, month: str) -> Any:
    """Give the version on the page back, with a reason."""
    unit, _, report = _here(organisation_id, month)
    with answering(lambda problem: _page(organisation_id, month, problem)):
        return_report(
            session(),
            report=_there(report),
            version=request.form.get("version", 0, type=int),
            reason=request.form.get("reason", ""),
            by=me(),
            now=clock.now(),
        )
    return done(f"已退回{unit.short}，对方会看到原因。", _back(unit, month))


@blueprint.post(f"{UNIT}/reopen")
def reopen(organisation_id: int, month: str) -> Any:
    """Open an accepted month again until a day, with a reason."""
    unit, _, report = _here(organisation_id, month)
    with answering(lambda problem: _page(organisation_id, month, problem)):
        try:
            until_on = date.fromisoformat(request.form.get("until_on", ""))
        except ValueError:
            until_on = None
        reopen_report(
            session(),
            report=_there(report),
            reason=request.form.get("reopen_reason", ""),
            until_on=until_on,
            by=me(),
            now=clock.now(),
        )
    until = full_day_text(until_on) if until_on else ""
    return done(f"已重新打开到{until}，过后自动关上；审定的那一版照样有效。", _back(unit, month))


def _there(report: MonthlyReport | None) -> MonthlyReport:
    if report is None:
        raise NotFound("monthly-report-unknown", "这个月还没有报送。请返回“每月报送”重新选择。")
    return report


def _back(unit: Organisation, month: str) -> str:
    return url_for("desk_unit_reports.unit_month", organisation_id=unit.id, month=month)


@blueprint.get(f"{UNIT}/versions/<int:version>")
def one_version(organisation_id: int, month: str, version: int) -> Any:
    """One version as it was handed in; it never changes."""
    unit, month_on, report = _here(organisation_id, month)
    made = version_of(session(), report=_there(report), version=version)
    return page(
        "monthly_version.html",
        unit=unit,
        month=month,
        month_name=full_month_text(month_on),
        made=made,
        content=made.content,
        whole=is_whole(made),
        report=report,
        sections=Section,
        told=told,
        figures=made.content["figures"],
    )


@blueprint.get(f"{UNIT}/versions/<int:version>.<any(pdf, docx, xlsx):kind>")
def version_file(organisation_id: int, month: str, version: int, kind: str) -> Any:
    """A version's paper: as kept once it was accepted, before that made now and marked so."""
    from server.papers.monthly_kept import kept_version, version_made, version_paper

    unit, month_on, report = _here(organisation_id, month)
    made = version_of(session(), report=_there(report), version=version)
    paper = kept_version(session(), made=made, kind=kind)
    if paper is None and acceptance_of(session(), made=made):
        with own_write():  # a reader cannot become a writer (decision 0004)
            paper = version_paper(
                session(), made=made, kind=kind, now=clock.now(), font_dir=settings_of().font_dir
            )
    elif paper is None:
        paper = version_made(session(), made=made, kind=kind, font_dir=settings_of().font_dir)
    row = _there(report)
    came = "已退回" if row.returned == version else ""
    name = f"{unit.short}{full_month_text(month_on)}报送{version_said(version, row.newest, came)}"
    return made_out(paper, f"{name}.{kind}")


@blueprint.get(f"{UNIT}/figures/<key>")
def stations_behind(organisation_id: int, month: str, key: str) -> Any:
    """The stations behind a figure: of a version, else of today."""
    unit, month_on, report = _here(organisation_id, month)
    version = request.args.get("version", type=int)
    figures = (
        version_of(session(), report=_there(report), version=version).content["figures"]
        if version
        else _figures(unit, month_on)
    )
    one = next((one for one in figures if one["key"] == key), None)
    if one is None:
        raise NotFound("monthly-report-unknown", "没有这一项数字。请返回报送页重新选择。")
    ids = set(one["stations"])
    return page(
        "monthly_figure.html",
        unit=unit,
        month=month,
        month_name=full_month_text(month_on),
        figure=one,
        told=told(one),
        version=version,
        stations=[
            (station, township)
            for station, township in stations_in_sight(session(), seen_by=me())
            if station.id in ids
        ],
    )
