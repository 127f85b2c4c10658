"""考核: sheets of periods, points proposed and given, issued with a ranking, withdrawn."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from desk.programme.assessment_schemes import whom_named
from server.calendar import first_of_month, month_of
from server.errors import Problem
from server.http import clock
from server.http.database import own_write, session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import programme_here, standards_here
from server.models.assessment import Assessment
from server.policy.plan.assessment import (
    COVERED,
    MEASURES,
    MENDED,
    RANK_SAID,
    ROUNDING_SAID,
    Item,
    Period,
    Whom,
    points_text,
)
from server.policy.plan.assessment_frozen import FrozenRow
from server.policy.plan.duties import Deed
from server.policy.typed_days import read_day
from server.services.people.people import names_of
from server.services.people.scope import SEES_ROUNDS, refuse_unless_may_do
from server.services.reporting.assessment_figures import figure_text
from server.services.reporting.assessment_sheets import (
    by_rank,
    changed_since,
    content_for,
    give_points,
    is_whole,
    issue_assessment,
    missing_points,
    row_of,
    rows_hash,
    rows_of,
    sheet_items,
    withdraw_assessment,
)
from server.services.reporting.assessments import (
    Asked,
    CountBook,
    assessment_for,
    assessments_in_sight,
    count_again,
    counts_hash,
    days_of_period,
    figures_now,
    may_assess,
    open_assessment,
    subjects_of,
    title_of,
)
from server.services.reporting.circular_sight import circulars_over
from server.services.reporting.rules import report_options
from server.services.reporting.schemes import scheme_of, scheme_on

blueprint = Blueprint("desk_assessments", __name__, url_prefix="/desk/assessments")
guard_desk(blueprint, *SEES_ROUNDS)
KINDS = ("pdf", "xlsx")


def _book() -> CountBook:
    options = report_options(county_of_desk(), programme_here(me().county))
    return CountBook(tuple(standards_here()), options)


def _sheet(assessment_id: int) -> Assessment:
    return assessment_for(session(), assessment_id=assessment_id, seen_by=me())


def _rows(sheet: Assessment) -> list[FrozenRow]:
    """The rows that the person at the desk may see."""
    if sheet.content is None:
        return rows_of(session(), sheet)
    return content_for(session(), sheet=sheet, reader=me())["rows"]


def _behind(sheet: Assessment, subject: str, measure: str) -> str:
    """Where what was counted can be looked at; "" where there is no such page."""
    if measure == COVERED:
        on = sheet.until_on.isoformat()
        return url_for("desk_coverage.coverage", on=on, township=subject)
    if measure == MENDED:
        return url_for("desk_rectifications.rectifications")
    if sheet.whom is Whom.UNITS and subject[1:].isdigit():
        month = month_of(sheet.until_on)
        return url_for("desk_unit_reports.unit_month", organisation_id=subject[1:], month=month)
    level, _, key = measure.partition(".")
    on = sheet.until_on.isoformat()
    return url_for("desk_pace.stations", on=on, level=level, what=key, township=subject, part="all")


def _list(problem: Problem | None = None) -> Any:
    form = request.form if problem else {}
    whom = whom_named(form.get("whom", "") or request.args.get("whom", ""))
    county, today = county_of_desk(), clock.today()
    sheets = assessments_in_sight(session(), county=county.code, seen_by=me())
    last = first_of_month(today) - timedelta(days=1)
    held = {
        "period": Period.MONTH.value,
        "from_on": first_of_month(last).isoformat(),
        "until_on": last.isoformat(),
        "because": "",
    }
    known = subjects_of(session(), county=county.code, whom=whom)
    makes = may_assess(session(), me())
    return page(
        "assessments.html",
        problem=problem,
        sheets=sheets,
        who=names_of(session(), person_ids=[one.issued_by for one in sheets if one.issued_by]),
        titles={one.id: title_of(county, one) for one in sheets},
        days_of=days_of_period,
        makes=makes,
        whom=whom,
        everybody=Whom,
        periods=Period,
        scheme=scheme_on(session(), county=county.code, whom=whom, on=last),
        subjects=known,
        chosen=request.form.getlist("chosen") if problem else list(known),
        values={name: form.get(name, one) for name, one in held.items()},
    )


@blueprint.get("")
def assessments() -> Any:
    """The sheets in sight, and the form that opens one."""
    return _list()


@blueprint.post("")
def open_one() -> Any:
    """Open the sheet of a period that is over."""
    refuse_unless_may_do(session(), me(), Deed.ASSESS)
    form = request.form
    with answering(_list):
        made = open_assessment(
            session(),
            county=county_of_desk(),
            asked=Asked(
                whom=whom_named(form.get("whom", "")),
                period=next(
                    (one for one in Period if one.value == form.get("period")), Period.MONTH
                ),
                from_on=read_day(form.get("from_on", ""), "第一天", latest=None),
                until_on=read_day(form.get("until_on", ""), "最后一天", latest=None),
                chosen=form.getlist("chosen"),
                because=form.get("because", ""),
            ),
            by=me(),
            now=clock.now(),
            book=_book(),
        )
    return done(
        "考核表开好了，系统里的数已经取来。",
        url_for("desk_assessments.sheet", assessment_id=made.id),
    )


def _shown(assessment_id: int, problem: Problem | None = None) -> Any:
    sheet = _sheet(assessment_id)
    rows, items = _rows(sheet), sheet_items(session(), sheet)
    makes = may_assess(session(), me())
    now_figures = figures_now(session(), sheet=sheet, book=_book(), now=clock.now())
    people = [one for one in (sheet.opened_by, sheet.issued_by, sheet.withdrawn_by) if one]
    return page(
        "assessment.html",
        problem=problem,
        sheet=sheet,
        title=title_of(county_of_desk(), sheet),
        days=days_of_period(sheet),
        scheme=scheme_of(session(), county=me().county, scheme_id=sheet.scheme_id),
        items=items,
        rows=by_rank(rows),
        most=points_text(sum((one.points for one in items), Decimal(0))),
        seen=rows_hash(rows),
        counted=counts_hash(sheet, now_figures),
        missing=missing_points(rows) if sheet.content is None else 0,
        changed=changed_since(session(), sheet, rows, now_figures),
        whole=sheet.content is None or is_whole(sheet),
        makes=makes,
        figure_text=figure_text,
        behind=_behind,
        points_text=points_text,
        rank_said=RANK_SAID,
        rounding_said=ROUNDING_SAID,
        who=names_of(session(), person_ids=people),
        partial=sheet.content is not None and len(rows) < len(sheet.subjects),
    )


@blueprint.get("/<int:assessment_id>")
def sheet(assessment_id: int) -> Any:
    """One sheet: as it stands, or as it was issued."""
    return _shown(assessment_id)


def _row_page(assessment_id: int, subject: str, problem: Problem | None = None) -> Any:
    sheet = _sheet(assessment_id)
    rows = _rows(sheet)
    row = row_of([one for one in rows if one["cells"]], subject)
    items = sheet_items(session(), sheet)
    writes = may_assess(session(), me()) and not sheet.issued_at and not sheet.withdrawn_at
    now_figures = figures_now(session(), sheet=sheet, book=_book(), now=clock.now())
    order = [one["subject"] for one in rows if one["cells"]]
    place = order.index(subject)
    return page(
        "assessment_row.html",
        problem=problem,
        sheet=sheet,
        title=title_of(county_of_desk(), sheet),
        days=days_of_period(sheet),
        row=row,
        pairs=list(zip(items, row["cells"], strict=True)),
        typed_of=_typed_of,
        now_figures=now_figures.get(subject, {}),
        seen=rows_hash([row]),
        writes=writes,
        measure_of=MEASURES,
        figure_text=figure_text,
        behind=_behind,
        points_text=points_text,
        next_one=order[place + 1] if place + 1 < len(order) else "",
    )


def _typed_of(item: Item, name: str, held: str) -> str:
    """What a field of the form holds: what was typed where the form is shown again."""
    return request.form.get(f"{name}-{item.key}", held)


@blueprint.get("/<int:assessment_id>/rows/<subject>")
def row(assessment_id: int, subject: str) -> Any:
    """One of those assessed: every item with what was counted, proposed and given."""
    return _row_page(assessment_id, subject)


@blueprint.post("/<int:assessment_id>/rows/<subject>")
@carries("seen")
def give(assessment_id: int, subject: str) -> Any:
    """Keep the points that somebody gave."""
    found, form = _sheet(assessment_id), request.form
    with answering(lambda problem: _row_page(assessment_id, subject, problem)):
        changed = give_points(
            session(),
            sheet=found,
            subject=subject,
            typed={
                one.key: (form.get(f"points-{one.key}", ""), form.get(f"reason-{one.key}", ""))
                for one in sheet_items(session(), found)
                if f"points-{one.key}" in form
            },
            seen=form.get("seen", ""),
            by=me(),
            now=clock.now(),
        )
    where = url_for("desk_assessments.row", assessment_id=assessment_id, subject=subject)
    on = request.form.get("next", "")
    if form.get("do") == "next" and on in {one["key"] for one in found.subjects}:
        where = url_for("desk_assessments.row", assessment_id=assessment_id, subject=on)
    return done(f"存好了，改了 {changed} 项。" if changed else "没有改动。", where)


@blueprint.post("/<int:assessment_id>/count-again")
def count(assessment_id: int) -> Any:
    """Take the counts anew; points that people gave stay."""
    found = _sheet(assessment_id)
    with answering(lambda problem: _shown(assessment_id, problem)):
        changed = count_again(
            session(), sheet=found, by=me(), now=clock.now(), book=_book(),
            seen=request.form.get("counted", ""),
        )  # fmt: skip
    return done(
        f"重新取了数，{changed} 处变了；人打的分没有动。",
        url_for("desk_assessments.sheet", assessment_id=assessment_id),
    )


@blueprint.post("/<int:assessment_id>/issue")
@carries("seen")
def issue(assessment_id: int) -> Any:
    """Freeze the sheet as it was looked at, and keep its files."""
    found = _sheet(assessment_id)
    with answering(lambda problem: _shown(assessment_id, problem)):
        issue_assessment(
            session(),
            sheet=found,
            seen=request.form.get("seen", ""),
            whole_ranking=request.form.get("whole_ranking") == "yes",
            by=me(),
            now=clock.now(),
        )
        for kind in KINDS:
            _paper(found, kind)
    return done(
        "考核结果发布了，内容从此固定。",
        url_for("desk_assessments.sheet", assessment_id=assessment_id),
    )


@blueprint.post("/<int:assessment_id>/withdraw")
def withdraw(assessment_id: int) -> Any:
    """Take the sheet back with a reason; it stays to be read."""
    found = _sheet(assessment_id)
    with answering(lambda problem: _shown(assessment_id, problem)):
        reason = request.form.get("reason", "")
        withdraw_assessment(session(), sheet=found, reason=reason, by=me(), now=clock.now())
    still = "、".join(one.number for one in circulars_over(session(), found))
    also = f"依据它印发的通报{still}还没有撤回，请到“通报”里办。" if still else ""
    return done(
        f"撤回了，原来的留着备查。要再考核，请重新开一张。{also}",
        url_for("desk_assessments.assessments"),
    )


def _paper(found: Assessment, kind: str) -> bytes:
    from server.papers.assessment import assessment_paper

    return assessment_paper(
        session(), sheet=found, kind=kind, seen_by=me(), now=clock.now(),
        font_dir=settings_of().font_dir,
    )  # fmt: skip


@blueprint.get("/<int:assessment_id>.<any(pdf, xlsx):kind>")
def sheet_file(assessment_id: int, kind: str) -> Any:
    """An issued sheet's file, as far as the person at the desk may see it."""
    from server.papers.assessment import kept_assessment

    found = _sheet(assessment_id)
    content_for(session(), sheet=found, reader=me())
    made = kept_assessment(session(), sheet=found, kind=kind, seen_by=me())
    if made is None:
        with own_write():  # a reader cannot become a writer (decision 0004)
            made = _paper(found, kind)
    back = "（已撤回）" if found.withdrawn_at else ""
    name = f"{title_of(county_of_desk(), found)}{found.until_on.isoformat()}{back}"
    return made_out(made, f"{name}.{kind}")
