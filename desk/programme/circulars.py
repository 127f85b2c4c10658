"""通报: drafted from an assessment or a day's ranking, edited, looked at, issued, withdrawn."""

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, merged, opened
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from server.calendar import full_day_text
from server.errors import Conflict, Problem
from server.http import clock
from server.http.database import own_write, session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.circular import Circular
from server.policy.plan.circular import CircularPart, table_changes
from server.policy.plan.duties import Deed
from server.policy.plan.indicators import IndicatorKey
from server.policy.standard.facts import Level
from server.policy.typed_days import read_day
from server.services.common.seals import Value, seal
from server.services.people.people import names_of
from server.services.people.scope import SEES_ROUNDS, refuse_unless_may_do
from server.services.reporting.assessments import assessment_for
from server.services.reporting.circular_sight import (
    circular_for,
    circulars_in_sight,
    is_whole,
    may_circulate,
    source_withdrawn,
)
from server.services.reporting.circulars import (
    COLUMNS,
    DATED,
    Wording,
    changes_said,
    content_of,
    draft_of_assessment,
    draft_of_pace,
    draft_shown,
    draw_anew,
    issue_circular,
    save_draft,
    source_text,
    table_now,
    withdraw_circular,
)
from server.services.reporting.reports import content_hash

blueprint = Blueprint("desk_circulars", __name__, url_prefix="/desk/circulars")
guard_desk(blueprint, *SEES_ROUNDS)
KINDS = ("pdf", "docx")


def _circular(circular_id: int) -> Circular:
    return circular_for(session(), circular_id=circular_id, reader=me())


def _list(problem: Problem | None = None) -> Any:
    every = circulars_in_sight(session(), county=me().county, reader=me())
    people = [one for row in every for one in (row.drafted_by, row.issued_by) if one]
    return page(
        "circulars.html",
        problem=problem,
        circulars=every,
        sources={one.id: source_text(session(), one) for one in every},
        who=names_of(session(), person_ids=people),
        makes=may_circulate(session(), me()),
    )


@blueprint.get("")
def circulars() -> Any:
    """The circulars in sight."""
    return _list()


@blueprint.post("")
def draft() -> Any:
    """Draft one over an issued assessment (`assessment`) or a day's ranking (`on`, …)."""
    refuse_unless_may_do(session(), me(), Deed.CIRCULATE)
    form = request.form
    with answering(_list):
        assessment_id = form.get("assessment", type=int)
        if assessment_id is not None:
            made = draft_of_assessment(
                session(),
                county=county_of_desk(),
                sheet=assessment_for(session(), assessment_id=assessment_id, seen_by=me()),
                by=me(),
                now=clock.now(),
            )
        else:
            level = next((one for one in Level if one == form.get("level")), Level.VILLAGE_POINT)
            key = next((one for one in IndicatorKey if one == form.get("what")), None)
            made = draft_of_pace(
                session(),
                county=county_of_desk(),
                on=read_day(form.get("on", ""), "日期", latest=None),
                level=level,
                key=key or IndicatorKey.FILED,
                by=me(),
                now=clock.now(),
                standards=standards_here(),
            )
    return done("草稿起好了，还没有印发。", url_for("desk_circulars.circular", circular_id=made.id))


def _held(circular: Circular) -> dict[str, Any]:
    return {one.field: one.text for one in draft_shown(circular)}


def _merged(circular: Circular) -> MergedForm:
    held = _held(circular)
    sent = {name: request.form.get(name, one) for name, one in held.items()}

    def told(field: str, value: Value) -> tuple[str, str]:
        return COLUMNS[field][0] if field in COLUMNS else DATED, str(value)

    return merged(held, sent, told)


def _changed(circular: Circular) -> tuple[list[str], str]:
    """Where a draft's figures changed since, and why they cannot be told any more."""
    if circular.issued_at or circular.withdrawn_at:
        return [], ""
    try:
        now = table_now(session(), circular, now=clock.now(), standards=standards_here())
    except Conflict as gone:
        return [], gone.message
    return table_changes(circular.table, now), ""


def _page(circular_id: int, problem: Problem | None = None) -> Any:
    found = _circular(circular_id)
    saving = bool(problem) and "title" in request.form
    form = _merged(found) if saving else opened(_held(found))
    content = content_of(session(), found)
    changed, gone = _changed(found)
    makes = may_circulate(session(), me())
    people = [one for one in (found.drafted_by, found.issued_by, found.withdrawn_by) if one]
    return page(
        "circular.html",
        problem=problem,
        circular=found,
        content=content,
        form=form,
        values=form.values,
        longest={name: column.type.length for name, (_, column) in COLUMNS.items()},
        labels={name: label for name, (label, _) in COLUMNS.items()},
        parts=CircularPart,
        dated=full_day_text(date.fromisoformat(content["date"])) if content["date"] else "",
        seen=content_hash(content),
        changed=changed,
        changed_said=changes_said(changed),
        gone=gone,
        whole=found.issued_at is None or is_whole(found),
        source=source_text(session(), found),
        source_withdrawn=source_withdrawn(session(), found),
        private=_private(found),
        makes=makes,
        writes=makes and not found.issued_at and not found.withdrawn_at,
        who=names_of(session(), person_ids=people),
    )


def _private(circular: Circular) -> bool:
    """Whether the assessment of a draft shows each only its own: a circular tells everybody."""
    if circular.assessment_id is None or circular.issued_at is not None:
        return False
    sheet = assessment_for(session(), assessment_id=circular.assessment_id, seen_by=me())
    return not sheet.whole_ranking


@blueprint.get("/<int:circular_id>")
def circular(circular_id: int) -> Any:
    """One circular: a draft to be written on, or as it was issued."""
    return _page(circular_id)


@blueprint.post("/<int:circular_id>")
@carries("seal")
def save(circular_id: int) -> Any:
    """Keep what was written."""
    found = _circular(circular_id)
    with answering(lambda problem: _page(circular_id, problem)):
        shown = seal(draft_shown(found))
        form = _merged(found)
        form.refuse("circular-changed-meanwhile", "这份通报")
        dated = str(form.values["dated_on"]).strip()
        save_draft(
            session(),
            circular=found,
            wording=Wording(
                {name: str(form.values[name]) for name in COLUMNS},
                read_day(dated, DATED, latest=None) if dated else None,
            ),
            by=me(),
            seal=shown,
        )
    return done(
        f"草稿存好了，还没有印发。{form.told()}",
        url_for("desk_circulars.circular", circular_id=circular_id),
    )


@blueprint.post("/<int:circular_id>/figures")
def figures(circular_id: int) -> Any:
    """Put today's figures of the ranking into a draft."""
    found = _circular(circular_id)
    with answering(lambda problem: _page(circular_id, problem)):
        told = draw_anew(
            session(), circular=found, by=me(), now=clock.now(), standards=standards_here()
        )
    return done(
        f"换成了现在的数字，{len(told)} 行变了。请看一遍您写的话还对不对。",
        url_for("desk_circulars.circular", circular_id=circular_id),
    )


@blueprint.post("/<int:circular_id>/issue")
@carries("seen")
def issue(circular_id: int) -> Any:
    """Freeze a draft as it was looked at, and keep its papers."""
    found = _circular(circular_id)
    with answering(lambda problem: _page(circular_id, problem)):
        issue_circular(
            session(),
            circular=found,
            seen=request.form.get("seen", ""),
            as_drafted=request.form.get("as_drafted", ""),
            by=me(),
            now=clock.now(),
            standards=standards_here(),
        )
        for kind in KINDS:
            _paper(found, kind)
    return done(
        "印发了，内容从此固定。", url_for("desk_circulars.circular", circular_id=circular_id)
    )


@blueprint.post("/<int:circular_id>/withdraw")
def withdraw(circular_id: int) -> Any:
    """Take a circular back, or throw a draft away, with a reason."""
    found = _circular(circular_id)
    with answering(lambda problem: _page(circular_id, problem)):
        reason = request.form.get("reason", "")
        withdraw_circular(session(), circular=found, reason=reason, by=me(), now=clock.now())
    return done("撤回了，原来的留着，标明已撤回。", url_for("desk_circulars.circulars"))


def _paper(found: Circular, kind: str) -> bytes:
    from server.papers.circular import circular_paper

    return circular_paper(
        session(), circular=found, kind=kind, now=clock.now(), font_dir=settings_of().font_dir
    )


@blueprint.get("/<int:circular_id>.<any(pdf, docx):kind>")
def circular_file(circular_id: int, kind: str) -> Any:
    """An issued circular's paper as kept; of a draft how it would look, marked as one."""
    from server.papers.circular import circular_file as draft_file
    from server.papers.table_letter import kept_letter

    found = _circular(circular_id)
    if found.issued_at is None:
        content = content_of(session(), found)
        mark = "草稿　没有印发"
        made: bytes | None = draft_file(content, kind, mark=mark, font_dir=settings_of().font_dir)
    else:
        made = kept_letter(session(), of=found, kind=kind)
    if made is None:
        with own_write():  # a reader cannot become a writer (decision 0004)
            made = _paper(found, kind)
    state = "（草稿）" if found.issued_at is None else "（已撤回）" if found.withdrawn_at else ""
    if not state and source_withdrawn(session(), found):
        state = "（所依据的考核已撤回）"
    return made_out(made, f"{found.title}{state}.{kind}")
