"""One plate's life, and the PDF of many: mark, lose, replace, print."""

from typing import Any, Literal

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import row_id, session, settings_of
from server.http.guards import guard_desk
from server.models.sign import Sign, SignEvent, SignState
from server.models.station import Station
from server.services.common.written import reason_given
from server.services.people.scope import TOWNSHIP, station_for
from server.services.plates.orders import printable, refuse_without_hotline, sheets_for
from server.services.plates.signs import issue_sign, mark, replace_sign, sign_of

blueprint = Blueprint("desk_signs", __name__, url_prefix="/desk")
guard_desk(blueprint, *TOWNSHIP)


@blueprint.post("/stations/<int:station_id>/signs")
def issue(station_id: int) -> Any:
    """The first plate of a numbered station, or the next after one has ended."""
    station = station_for(session(), me(), station_id)
    issue_sign(session(), station=station, by=me(), now=clock.now())
    return done(
        "已编发标识牌，可以打印了。", url_for("desk_station.station", station_id=station.id)
    )


@blueprint.post("/stations/<int:station_id>/signs/<int:sign_id>/mark")
def mark_sign(station_id: int, sign_id: int) -> Any:
    """A plate was printed or hung."""
    station = station_for(session(), me(), station_id)
    state = request.form.get("state", "")
    if state not in {SignState.PRINTED.value, SignState.MOUNTED.value}:
        raise Invalid("sign-step-unknown", "没有这一步。请返回上一页重新选择。")
    sign = sign_of(session(), station=station, sign_id=sign_id)
    mark(session(), sign=sign, state=SignState(state), by=me(), now=clock.now())
    return done("已记下。", url_for("desk_station.station", station_id=station.id))


def _change_page(station: Station, sign: Sign, problem: Problem | None = None) -> Any:
    return page(
        "change_sign.html",
        problem=problem,
        station=station,
        sign=sign,
        typed=request.form,
    )


@blueprint.get("/stations/<int:station_id>/signs/<int:sign_id>/change")
def change(station_id: int, sign_id: int) -> Any:
    """Ask before a plate stops working."""
    station = station_for(session(), me(), station_id)
    return _change_page(station, sign_of(session(), station=station, sign_id=sign_id))


@blueprint.post("/stations/<int:station_id>/signs/<int:sign_id>/change")
def end_sign(station_id: int, sign_id: int) -> Any:
    """Note a plate as lost, retire it, or replace it by a new one; the old one stops at once."""
    station = station_for(session(), me(), station_id)
    sign = sign_of(session(), station=station, sign_id=sign_id)
    what = request.form.get("what", "")
    reason = request.form.get("reason", "")
    with answering(lambda problem: _change_page(station, sign, problem)):
        reason = reason_given(reason, "请写一句原因，例如“大风刮走”。", into=SignEvent.reason)
        if what == "replace":
            new = replace_sign(session(), sign=sign, by=me(), now=clock.now(), reason=reason)
            said = f"旧牌已停用，新的是第 {new.plate_no} 块，请打印。"
        else:
            state = SignState.RETIRED if what == "retired" else SignState.LOST
            mark(session(), sign=sign, state=state, by=me(), now=clock.now(), reason=reason)
            said = "这块牌已停用。" if what == "retired" else "已记为丢失，扫这块牌不再有效。"
    return done(said, url_for("desk_station.station", station_id=station.id))


@blueprint.get("/plaques.pdf")
def plaques() -> Any:
    """Plates as PDF: some stations', a township's or all in sight; ?kind=sticker for doors."""
    from server.media.paper.plaques import plaques_pdf

    found = printable(
        session(),
        seen_by=me(),
        station_ids=request.args.getlist("station", type=row_id),
        township_code=request.args.get("township") or None,
        only_issued=request.args.get("only") == "issued",
    )
    if not found:
        raise Invalid("plaques-none", "选中的站都还没有标识牌。请先编发编号和标识牌，再打印。")
    settings = settings_of()
    kind: Literal["a4", "sticker"] = "sticker" if request.args.get("kind") == "sticker" else "a4"
    if kind == "a4":
        refuse_without_hotline(county_of_desk())
    sheets = sheets_for(
        session(),
        county=county_of_desk(),
        seen_by=me(),
        station_ids=[one.id for one in found],
        ring=settings.plaque_keys,
        base_url=settings.base_url,
    )
    content = plaques_pdf(sheets, kind, settings.font_dir)
    word = "门贴" if kind == "sticker" else "标识牌"
    name = f"{found[0].code}{word}.pdf" if len(found) == 1 else f"{word}{len(found)}块.pdf"
    return made_out(content, name)
