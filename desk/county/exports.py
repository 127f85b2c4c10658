"""数据导出: files of open data in one's own sight, made in the background and taken in parts."""

from typing import Any

from flask import Blueprint, Response, request, send_file, url_for
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from desk.frame.access import county_of_desk, me
from desk.frame.pages import answering, done, page, piece
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import blobs_of, own_write, session
from server.http.downloads import XLSX, tell_of_file
from server.http.guards import asks_by_itself, gives_parts, guard_desk
from server.http.open_rows import MOST, Asked, tell_rows
from server.models.open_data import ExportForm, ExportState
from server.policy.document import day_from
from server.services.opendata.exports import (
    KEPT_DAYS,
    UNFINISHED,
    ask_for_export,
    drop_export,
    exports_of,
    note_resumed,
    ready_file,
    townships_of,
)
from server.services.opendata.reading import Wanted
from server.services.opendata.tables import TABLES
from server.services.people.scope import stations_visible_to

blueprint = Blueprint("desk_exports", __name__, url_prefix="/desk/exports")
# Whoever only reads may have a file made as well: it changes nothing of the county's.
guard_desk(blueprint, own_account=True)
MIMETYPES = {
    ExportForm.CSV: "text/csv; charset=utf-8",
    ExportForm.XLSX: XLSX,
    ExportForm.GEOJSON: "application/geo+json",
}


def _day(name: str) -> Any:
    """A day of the form or address, or None where it is empty. Raises Invalid open-data-days."""
    text = request.values.get(name, "").strip()
    found = day_from(text) if text else None
    if text and found is None:
        raise Invalid(
            "open-data-days",
            "日期看不懂，要写成 2023-07-05 这样。请改一下再试。",
            fields={name: "日期看不懂"},
        )
    return found


def _wanted() -> Wanted:
    return Wanted(
        townships=request.values.getlist("township"),
        station_code=request.args.get("station", ""),
        since_on=_day("since"),
        until_on=_day("until"),
    )


def _listed() -> dict[str, Any]:
    found = exports_of(session(), person=me(), today=clock.today())
    return {
        "exports": found,
        "unfinished": any(one.state in UNFINISHED for one in found),
    }


def _page(problem: Problem | None = None) -> Any:
    return page(
        "exports.html",
        problem=problem,
        tables=TABLES.values(),
        forms=ExportForm,
        townships=townships_of(session(), me()),
        ticked=request.form.getlist("township"),
        kept_days=KEPT_DAYS,
        **_listed(),
    )


@blueprint.get("")
def exports() -> Any:
    """What may be asked for, and the files asked for before."""
    return _page()


@blueprint.post("")
def ask() -> Any:
    """Have a file made."""
    with answering(_page):
        try:
            form = ExportForm(request.form.get("form", ""))
        except ValueError as wrong:
            sentence = "请选文件的格式。"
            raise Invalid("form-invalid", sentence, fields={"form": sentence}) from wrong
        ask_for_export(
            session(),
            by=me(),
            kind=request.form.get("kind", ""),
            form=form,
            wanted=_wanted(),
            now=clock.now(),
        )
    return done("正在做，做好了就在下面。可以先去忙别的。", url_for("desk_exports.exports"))


@blueprint.get("/list")
@asks_by_itself
def listed() -> Any:
    """The files alone, for a page that waits for one."""
    return piece("export_list.html", **_listed())


@blueprint.post("/<int:export_id>/drop")
def drop(export_id: int) -> Any:
    """Cancel a file, or delete it before its last day."""
    state = drop_export(session(), person=me(), export_id=export_id, now=clock.now())
    said = "已取消。" if state is ExportState.CANCELLED else "已删除，不能再下载。"
    return done(said, url_for("desk_exports.exports"))


@blueprint.get("/<int:export_id>/file")
@gives_parts
def file(export_id: int) -> Any:
    """The file, or the part of it from where a download broke off (RFC 9110, 14)."""
    row = ready_file(session(), person=me(), export_id=export_id, today=clock.today())
    sha256 = row.file_sha256 or ""
    if "," in request.headers.get("Range", ""):
        request.environ.pop("HTTP_RANGE")  # several parts at once are the whole
    answer: Response = send_file(
        blobs_of().open(sha256),
        mimetype=MIMETYPES[row.form],
        as_attachment=True,
        download_name=row.file_name,
        etag=sha256,
    )
    size = row.file_bytes or 0
    answer.content_length = size
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        answer.close()
        raise
    answer.headers["Cache-Control"] = "private, no-cache"
    tell_of_file(f"{row.lines}行，{row.file_bytes}字节")
    part = answer.content_range
    if answer.status_code == 206 and part is not None:
        begin, end = part.start or 0, (part.stop or 0) - 1
        by = me()
        with own_write():
            note_resumed(session(), by=by, row=row, first=begin, last=end, now=clock.now())
    return answer


@blueprint.get("/columns")
def columns() -> Any:
    """What each column of each table means."""
    return page("open_columns.html", tables=TABLES.values())


@blueprint.get("/data/<kind>.json")
def data(kind: str) -> Any:
    """A page of a table as other systems get it, in one's own sight."""
    told = tell_rows(
        Asked(kind, _wanted(), request.args.get("cursor", ""), MOST),
        county=county_of_desk().code,
        seen=stations_visible_to(me()),
        now=clock.now(),
    )
    if told.response.status_code == 200:
        told.response.headers["Content-Disposition"] = f"attachment; filename={kind}.json"
        tell_of_file(f"{told.rows}行")
    return told.response
