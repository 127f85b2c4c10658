"""One inspection as it was frozen: verdicts, both words, photos, signatures, versions, papers."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, request, send_file, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.pages import done, page
from desk.frame.photo_proofs import proofs
from server.calendar import file_day
from server.errors import NotAllowed, NotFound
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.inspection import Inspection
from server.policy.standard.standards import standards_for
from server.services.inspections.copies import copy_of, rerun
from server.services.inspections.freezing import frozen_is_whole
from server.services.inspections.versions import inspection_of, photos_of, versions_of
from server.services.mending.notices import issue_notice, notice_number, notice_of
from server.services.people.scope import TOWNSHIP, station_for

blueprint = Blueprint("desk_inspections", __name__, url_prefix="/desk")
guard_desk(blueprint)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def inspection_here(inspection_id: UUID) -> Inspection:
    """An inspection of a station in sight; others look as if they were not there."""
    found = inspection_of(session(), county=me().county, inspection_id=inspection_id)
    try:
        station_for(session(), me(), found.station_id)
    except NotFound as unseen:
        raise NotFound(
            "inspection-unknown", "没有找到这份督导记录。请返回列表重新选择。"
        ) from unseen
    return found


@blueprint.get("/inspections/<uuid:inspection_id>")
def inspection(inspection_id: UUID) -> Any:
    """The whole record; `?rerun=1` shows beside it what today's standard would say."""
    found = inspection_here(inspection_id)
    county = county_of_desk()
    current = standards_for(standards_here(), clock.today(), county.code, county.standard_id)
    try:
        notice = notice_of(session(), county=me().county, inspection_id=found.id)
        number = notice_number(county, notice)
    except NotFound:
        notice, number = None, ""
    return page(
        "inspection.html",
        one=found,
        copy=copy_of(session(), found, standards=standards_here()),
        proofs=proofs([photo.id for photo in photos_of(session(), found)]),
        versions=versions_of(session(), found),
        whole=frozen_is_whole(session(), found),
        notice=notice,
        number=number,
        current=current,
        rerun=rerun(session(), inspection=found, standards=current)
        if request.args.get("rerun") == "1"
        else None,
    )


def _sent(content: bytes, name: str, kind: str) -> Any:
    answer = send_file(
        BytesIO(content),
        mimetype=DOCX if kind == "docx" else "application/pdf",
        as_attachment=kind == "docx",
        download_name=name,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/inspections/<uuid:inspection_id>/copy.pdf")
def copy_pdf(inspection_id: UUID) -> Any:
    """The copy that keeper and office keep."""
    from server.papers.inspection_copy import inspection_pdf

    found = inspection_here(inspection_id)
    content = inspection_pdf(
        session(),
        inspection=found,
        standards=standards_here(),
        font_dir=settings_of().font_dir,
    )
    return _sent(content, f"督导记录{file_day(found.day_on)}第{found.version}版.pdf", "pdf")


@blueprint.post("/inspections/<uuid:inspection_id>/notice")
def issue(inspection_id: UUID) -> Any:
    """Issue the numbered 整改通知书; asking again gives the same one."""
    if not may(*TOWNSHIP):
        raise NotAllowed("not-your-page", "整改通知书由县专班或乡镇签发。如需办理，请联系县专班。")
    found = inspection_here(inspection_id)
    made = issue_notice(session(), inspection=found, by=me(), now=clock.now())

    where = url_for("desk_inspections.inspection", inspection_id=found.id)
    return done(f"已签发 {notice_number(county_of_desk(), made)}，可以下载了。", where)


@blueprint.get("/inspections/<uuid:inspection_id>/notice.<any(pdf, docx):kind>")
def notice_file(inspection_id: UUID, kind: str) -> Any:
    """The issued notice, ready for the seal or to be edited."""
    from server.papers.notice import notice_docx, notice_pdf

    found = inspection_here(inspection_id)
    notice = notice_of(session(), county=me().county, inspection_id=found.id)
    content = (
        notice_docx(session(), notice=notice)
        if kind == "docx"
        else notice_pdf(session(), notice=notice, font_dir=settings_of().font_dir)
    )
    return _sent(content, f"整改通知书{notice.year}-{notice.number}号.{kind}", kind)
