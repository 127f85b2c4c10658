"""Stations in and out as tables: template, preview row by row, import whole or not at all."""

from io import BytesIO
from typing import Any

from flask import Blueprint, request, send_file, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.pages import done, page, status_of
from desk.frame.uploads import keep_upload, kept_upload
from server.db import begin_write
from server.errors import Conflict, Invalid, Problem
from server.http import clock
from server.http.database import own_transaction, session, settings_of
from server.http.guards import guard_desk
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_exchange", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)  # the tables hold whole telephone numbers
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 300  # rows of a preview that are drawn; wrong ones come first


def _page(problem: Problem | None = None) -> Any:
    return page(
        "exchange.html",
        status_of(problem) if problem else 200,
        message=problem.message if problem else "",
    )


@blueprint.get("/exchange")
def exchange() -> Any:
    """Template, upload, export."""
    return _page()


@blueprint.get("/template.xlsx")
def template() -> Any:
    """The empty table with its headers and notes."""
    from server.services.registry.sheets import template_xlsx

    return send_file(
        BytesIO(template_xlsx()),
        mimetype=XLSX,
        as_attachment=True,
        download_name="站点导入模板.xlsx",
    )


@blueprint.get("/export.<any(xlsx, csv):kind>")
def export(kind: str) -> Any:
    """All stations of the county, in the form in which they can be imported again."""
    from server.services.registry.sheets import export_csv, export_xlsx

    county = county_of_desk()
    make = export_xlsx if kind == "xlsx" else export_csv
    return send_file(
        BytesIO(make(session(), county=county)),
        mimetype=XLSX if kind == "xlsx" else "text/csv; charset=utf-8",
        as_attachment=True,
        download_name=f"{county.name}站点{clock.today().isoformat()}.{kind}",
    )


@blueprint.post("/import/preview")
@own_transaction
def preview() -> Any:
    """What the table would change, row by row; nothing is changed yet."""
    from server.services.registry.sheets import preview_import

    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(Invalid("import-empty", "还没有选文件。请先选好表格，再点预览。"))
    content = file.read()
    try:
        found = preview_import(
            session(),
            county=county_of_desk(),
            content=content,
            filename=file.filename,
            now=clock.now(),
        )
    except (Invalid, Conflict) as problem:
        session().rollback()
        return _page(problem)
    token = keep_upload(settings_of().home, content, person_id=me().id, now=clock.now())
    order = {"wrong": 0, "new": 1, "changed": 2, "same": 3}
    rows = sorted(found.rows, key=lambda row: (order[row.action], row.line))
    return page(
        "preview.html",
        found=found,
        rows=rows[:SHOWN],
        hidden=len(rows) - SHOWN,
        token=token,
        filename=file.filename,
    )


@blueprint.post("/import/apply")
@own_transaction
def apply() -> Any:
    """Import the previewed table: every row, or none."""
    from server.services.registry.sheets import apply_import

    token, filename = request.form.get("token", ""), request.form.get("filename", "")
    county, by = county_of_desk(), me()
    content = kept_upload(settings_of().home, token, person_id=by.id)
    session().commit()
    begin_write(session())
    try:
        made = apply_import(
            session(),
            county=county,
            content=content,
            filename=filename,
            by=by,
            now=clock.now(),
            on=clock.today(),
        )
    except (Invalid, Conflict) as problem:
        session().rollback()
        return _page(problem)
    return done(
        f"导入完成：新增 {made.new} 站，修改 {made.changed} 站，{made.same} 站没有变化。",
        url_for("desk_board.board"),
    )
