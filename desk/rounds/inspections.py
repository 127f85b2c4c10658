"""One inspection as it was frozen: verdicts, both words, photos, signatures, versions, papers."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from desk.frame.photo_proofs import proofs
from desk.rounds.notices import sent_letter
from server.calendar import file_day
from server.errors import NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import own_write, session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.inspection import Inspection, InspectionOutcome
from server.models.rectification import Notice
from server.policy.standard.standards import standards_for
from server.services.common.seals import seal
from server.services.inspections.copies import copy_of, rerun
from server.services.inspections.freezing import frozen_is_whole
from server.services.inspections.kept_papers import kept_paper, since_said, stage_of, station_said
from server.services.inspections.looking import differences_told
from server.services.inspections.versions import inspection_of, photos_of, versions_of
from server.services.mending.notice_papers import papers_of
from server.services.mending.notice_questions import QuestionView, questions_seen
from server.services.mending.notices import DUE, notice_number, notice_of, to_be_issued
from server.services.people.people import names_of
from server.services.people.scope import TOWNSHIP, station_for, told_of_secret_visits

blueprint = Blueprint("desk_inspections", __name__, url_prefix="/desk")
guard_desk(blueprint)


def inspection_here(inspection_id: UUID) -> Inspection:
    """An inspection that one is told of, of a station in sight; others look as if not there."""
    found = inspection_of(session(), county=me().county, inspection_id=inspection_id)
    unseen = NotFound("inspection-unknown", "没有找到这份督导记录。请返回列表重新选择。")
    if found.outcome is InspectionOutcome.COVERT and not told_of_secret_visits(me()):
        raise unseen
    try:
        station_for(session(), me(), found.station_id)
    except NotFound as outside:
        raise unseen from outside
    return found


@blueprint.get("/inspections/<uuid:inspection_id>")
def inspection(inspection_id: UUID) -> Any:
    """The whole record; `?rerun=1` shows beside it what today's standard would say."""
    return _record(inspection_here(inspection_id))


def _record(found: Inspection, problem: Problem | None = None) -> Any:
    county = county_of_desk()
    current = standards_for(standards_here(), clock.today(), county.code, county.standard_id)
    to_issue = to_be_issued(session(), found, clock.today())
    try:
        notice = notice_of(session(), county=me().county, inspection_id=found.id)
        number = notice_number(county, notice)
    except NotFound:
        notice, number = None, ""
    return page(
        "inspection.html",
        problem=problem,
        seal=seal(to_issue),
        asks_until=next((one.text for one in to_issue if one.field == DUE), ""),
        one=found,
        copy=copy_of(session(), found, standards=standards_here()),
        proofs=proofs([photo.id for photo in photos_of(session(), found)]),
        versions=versions_of(session(), found),
        whole=frozen_is_whole(session(), found),
        differences=differences_told(found.differences),
        looker=names_of(session(), person_ids=[found.looked_by]).get(found.looked_by, "")
        if found.looked_by
        else "",
        notice=notice,
        number=number,
        papers=papers_of(session(), notice=notice) if notice else [],
        questions=_questions(notice),
        current=current,
        rerun=rerun(session(), inspection=found, standards=current)
        if request.args.get("rerun") == "1"
        else None,
    )


def _questions(notice: Notice | None) -> list[QuestionView]:
    """What has been asked and decided about this letter."""
    if notice is None:
        return []
    within: dict[str, Any] = {"county": me().county, "seen_by": me(), "notice_id": notice.id}
    return [
        one
        for settled in (False, True)
        for one in questions_seen(session(), **within, settled=settled)
    ]


@blueprint.get("/inspections/<uuid:inspection_id>/copy.pdf")
def copy_pdf(inspection_id: UUID) -> Any:
    """The record as signed, as kept; `?now=1` made anew with what the register says now."""
    from server.papers.inspection_copy import inspection_pdf
    from server.papers.kept import record_paper

    found = inspection_here(inspection_id)
    given: dict[str, Any] = {"standards": standards_here(), "font_dir": settings_of().font_dir}
    name = f"督导记录{station_said(session(), found)}-{file_day(found.day_on)}第{found.version}版"
    if request.args.get("now") == "1":
        content = inspection_pdf(session(), inspection=found, **given)
        return made_out(content, f"{name}附现在的登记.pdf")
    kept = kept_paper(session(), of=found, stage=stage_of(found), kind="pdf")
    if kept is None:
        with own_write():  # a reader cannot become a writer (decision 0004)
            kept = record_paper(session(), inspection=found, now=clock.now(), **given)
    return made_out(kept, f"{name}{since_said(session(), found)}.pdf")


@blueprint.post("/inspections/<uuid:inspection_id>/notice")
@carries("seal")
def issue(inspection_id: UUID) -> Any:
    """Issue the numbered 整改通知书; asking again gives the same one."""
    if not may(*TOWNSHIP):
        raise NotAllowed("not-your-page", "整改通知书由县专班或乡镇签发。如需办理，请联系县专班。")
    found = inspection_here(inspection_id)
    from server.papers.issued import issue

    with answering(lambda problem: _record(found, problem)):
        made = issue(
            session(),
            inspection=found,
            by=me(),
            now=clock.now(),
            standards=standards_here(),
            font_dir=settings_of().font_dir,
            seal=request.form.get("seal"),
        )
    where = url_for("desk_inspections.inspection", inspection_id=found.id)
    return done(f"已签发 {notice_number(county_of_desk(), made)}，可以下载了。", where)


@blueprint.get("/inspections/<uuid:inspection_id>/notice.<any(pdf, docx):kind>")
def notice_file(inspection_id: UUID, kind: str) -> Any:
    """The issued notice as kept, ready for the seal or to be edited."""
    found = inspection_here(inspection_id)
    return sent_letter(notice_of(session(), county=me().county, inspection_id=found.id), kind)
