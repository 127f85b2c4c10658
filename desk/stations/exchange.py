"""Stations in and out as tables: template, export, and the upload that leads to a preview."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.list_words import narrowed_in_words
from desk.frame.pages import answering, page
from desk.frame.papers import anchor_now, made_out, table_out
from desk.frame.uploads import keep_upload, table_of_form, takes_table
from server.calendar import file_day, file_moment
from server.errors import Problem
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.services.county.counties import townships
from server.services.people.scope import OFFICE
from server.services.registry.searching import closed_stations
from server.services.registry.sheet_undo import imports_of

blueprint = Blueprint("desk_exchange", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)  # the tables hold whole telephone numbers


def exchange_page(problem: Problem | None = None) -> Any:
    """Template, upload, export, and what was imported before."""
    return page(
        "exchange.html",
        problem=problem,
        imports=imports_of(session(), county=me().county),
    )


@blueprint.get("/exchange")
def exchange() -> Any:
    """Template, upload, export."""
    return exchange_page()


@blueprint.get("/template.xlsx")
def template() -> Any:
    """The empty table with its headers and notes."""
    from server.services.registry.sheets import template_xlsx

    return made_out(template_xlsx(), "站点导入模板.xlsx")


@blueprint.get("/export.<any(xlsx, csv):kind>")
def export(kind: str) -> Any:
    """All open stations, as they can be imported again; with ?closed=1 the closed ones.

    Of those the ones that the board's filters leave, as the page beside the link lists them.
    """
    from server.services.registry.sheets import closed_xlsx, export_csv, export_xlsx

    county = county_of_desk()
    if kind == "xlsx" and request.args.get("closed") == "1":
        q, town = request.args.get("q", "").strip(), request.args.get("township", "")
        shown = closed_stations(session(), seen_by=me(), q=q, township=town or None)
        stations = [one.station for one in shown]
        places = {one.code: one.name for one in townships(session(), county.code)}
        which = narrowed_in_words("已停业", places.get(town, town), q=q)
        return table_out(
            closed_xlsx(
                session(), county=county, anchor=anchor_now(), stations=stations, which=which
            ),
            f"{county.name}已停业站点{file_day(clock.today())}.xlsx",
        )
    if kind == "xlsx":
        content = export_xlsx(session(), county=county, anchor=anchor_now())
        return table_out(content, f"{county.name}站点{file_day(clock.today())}.xlsx")
    # It goes back in as it is and has no foot: its name says of which minute it is.
    content = export_csv(session(), county=county)
    return table_out(content, f"{county.name}站点{file_moment(clock.now())}.csv")


@blueprint.post("/import/preview")
@takes_table
def upload() -> Any:
    """Put the table aside and go on to its preview, whose address shows it again and again."""
    with answering(exchange_page):
        content, name = table_of_form("表格")
    token = keep_upload(settings_of().home, content, person_id=me().id, now=clock.now())
    return redirect(url_for("desk_imports.preview", token=token, file=name), 303)
