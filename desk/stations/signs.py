"""One plate's life, and the PDF of many: mark, lose, replace, print."""

from io import BytesIO
from typing import Any, Literal

import sqlalchemy as sa
from flask import Blueprint, request, send_file, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.pages import done, page, status_of
from server.errors import Conflict, Invalid, NotFound, Problem
from server.http import clock
from server.http.database import row_id, session, settings_of
from server.http.guards import guard_desk
from server.models.sign import LIVE_STATES, Sign, SignState
from server.models.station import Station
from server.services.people.scope import TOWNSHIP, station_for, stations_visible_to
from server.services.plates.orders import sheets_for
from server.services.plates.signs import issue_sign, mark, replace_sign

blueprint = Blueprint("desk_signs", __name__, url_prefix="/desk")
guard_desk(blueprint, *TOWNSHIP)


def _sign(station: Station, sign_id: int) -> Sign:
    sign = session().get(Sign, sign_id)
    if sign is None or sign.station_id != station.id:
        raise NotFound("sign-unknown", "没有找到这块标识牌。请回到站点页重新选择。")
    return sign


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
    mark(session(), sign=_sign(station, sign_id), state=SignState(state), by=me(), now=clock.now())
    return done("已记下。", url_for("desk_station.station", station_id=station.id))


def _change_page(station: Station, sign: Sign, problem: Problem | None = None) -> Any:
    return page(
        "change_sign.html",
        status_of(problem) if problem else 200,
        station=station,
        sign=sign,
        message=problem.message if problem else "",
        typed=request.form,
    )


@blueprint.get("/stations/<int:station_id>/signs/<int:sign_id>/change")
def change(station_id: int, sign_id: int) -> Any:
    """Ask before a plate stops working."""
    station = station_for(session(), me(), station_id)
    return _change_page(station, _sign(station, sign_id))


@blueprint.post("/stations/<int:station_id>/signs/<int:sign_id>/change")
def end_sign(station_id: int, sign_id: int) -> Any:
    """Note a plate as lost, retire it, or replace it by a new one; the old one stops at once."""
    station = station_for(session(), me(), station_id)
    sign, what = _sign(station, sign_id), request.form.get("what", "")
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _change_page(
            station, sign, Invalid("reason-needed", "请写一句原因，例如“大风刮走”。")
        )
    try:
        if what == "replace":
            new = replace_sign(session(), sign=sign, by=me(), now=clock.now(), reason=reason)
            said = f"旧牌已停用，新的是第 {new.plate_no} 块，请打印。"
        else:
            state = SignState.RETIRED if what == "retired" else SignState.LOST
            mark(session(), sign=sign, state=state, by=me(), now=clock.now(), reason=reason)
            said = "这块牌已停用。" if what == "retired" else "已记为丢失，扫这块牌不再有效。"
    except (Invalid, Conflict) as problem:
        session().rollback()
        return _change_page(station, sign, problem)
    return done(said, url_for("desk_station.station", station_id=station.id))


@blueprint.get("/plaques.pdf")
def plaques() -> Any:
    """Plates as PDF: some stations', a township's or all in sight; ?kind=sticker for doors."""
    from server.media.paper.plaques import plaques_pdf

    wanted = (
        sa.select(Station.id, Station.code)
        .join(Sign, Sign.station_id == Station.id)
        .where(
            stations_visible_to(me()),
            Station.closed_on.is_(None),
            Station.code.is_not(None),
            Sign.state.in_(LIVE_STATES),
        )
        .order_by(Station.code)
    )
    chosen = request.args.getlist("station", type=row_id)
    if chosen:
        wanted = wanted.where(Station.id.in_(chosen))
    if request.args.get("township"):
        wanted = wanted.where(Station.township_code == request.args["township"])
    if request.args.get("only") == "issued":
        wanted = wanted.where(Sign.state == SignState.ISSUED)
    found = session().execute(wanted).all()
    if not found:
        raise Invalid("plaques-none", "选中的站都还没有标识牌。请先编发编号和标识牌，再打印。")
    settings = settings_of()
    kind: Literal["a4", "sticker"] = "sticker" if request.args.get("kind") == "sticker" else "a4"
    sheets = sheets_for(
        session(),
        county=county_of_desk(),
        station_ids=[row.id for row in found],
        ring=settings.plaque_keys,
        base_url=settings.base_url,
    )
    content = plaques_pdf(sheets, kind, settings.font_dir)
    word = "门贴" if kind == "sticker" else "标识牌"
    name = f"{found[0].code}{word}.pdf" if len(found) == 1 else f"{word}{len(found)}块.pdf"
    answer = send_file(BytesIO(content), mimetype="application/pdf", download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
