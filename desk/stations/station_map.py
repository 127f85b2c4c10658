"""地图: stations by township and state, drawn by the server, without a boundary of our own."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me, standings_in_sight
from desk.frame.county_map import map_of
from desk.frame.pages import answering, done, page
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import (
    MOST_FILES_BYTES,
    own_transaction,
    own_write,
    session,
    takes_bodies_of,
)
from server.http.guards import guard_desk
from server.policy.outline import Datum
from server.services.county.outlines import (
    datum_read,
    outline_for,
    outline_here,
    record_outline,
    remove_outline,
    rings_read,
)
from server.services.people.scope import OFFICE, SEES_ROUNDS

blueprint = Blueprint("desk_map", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)


def _page(problem: Problem | None = None) -> Any:
    county = county_of_desk()
    found = outline_here(session(), county.code)
    standings = standings_in_sight()
    shown = map_of(
        standings,
        found[0].rings if found else [],
        f"审图号：{found[0].review_number}" if found else "",
    )
    return page(
        "map.html",
        problem=problem,
        shown=shown,
        drawing=shown.drawing if shown.placed or found else None,
        outline=found[0] if found else None,
        outline_who=found[1] if found else "",
        datums=Datum,
    )


@blueprint.get("/map")
def stations_map() -> Any:
    """Every open station in sight where it stands."""
    return _page()


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "县域轮廓由县专班上传。如有需要，请联系县专班。")


@blueprint.post("/map/outline")
@takes_bodies_of(MOST_FILES_BYTES)
@own_transaction
def add_outline() -> Any:
    """Take in the county's own outline with its 审图号."""
    _only_office()
    form, file = request.form, request.files.get("outline")
    with answering(_page):
        content = file.read() if file else b""
        datum = datum_read(form.get("datum"))
        rings = rings_read(content, datum)
        with own_write():
            record_outline(
                session(),
                county=county_of_desk(),
                content=content,
                rings=rings,
                file_name=(file.filename or "") if file else "",
                review_number=form.get("review_number", ""),
                datum=datum,
                by=me(),
                now=clock.now(),
            )
    return done("轮廓已画到图上，审图号印在左下角。", url_for("desk_map.stations_map"))


@blueprint.post("/map/outline/<int:outline_id>/remove")
def take_outline_off(outline_id: int) -> Any:
    """Draw it no more."""
    _only_office()
    found = outline_for(session(), me().county, outline_id)
    with answering(_page):
        remove_outline(
            session(),
            outline=found,
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", ""),
        )
    return done("已撤下轮廓，记录还在操作历史里。", url_for("desk_map.stations_map"))
