"""站长请求: what keepers ask for from their phones; the office does it, or says why not."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.request import RequestAbout, RequestState
from server.policy.hours import hours_lines
from server.services.common.seals import seal
from server.services.people.scope import OFFICE, SEES_REQUESTS
from server.services.requests.deciding import (
    grant_request,
    plate_since,
    refuse_request,
    register_shown,
    same_named,
)
from server.services.requests.lists import (
    RequestView,
    request_for,
    request_tally,
    requests_seen,
)
from server.services.requests.taking import understood

blueprint = Blueprint("desk_requests", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_REQUESTS)
PAGE_ROWS = 50


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "站长请求由县专班来办。着急的，请打电话告诉县里。")


@blueprint.get("/requests")
def requests() -> Any:
    """What waits for the office, or what became of the rest."""
    asked = request.values.get("state", RequestState.WAITING.value)
    state = next((one for one in RequestState if one.value == asked), None)
    counts = request_tally(session(), county=me().county, seen_by=me())
    total = counts[state] if state else sum(counts.values())
    leaf = page_of(total, PAGE_ROWS, where=url_for("desk_requests.requests"))
    return page(
        "requests.html",
        state=state,
        counts=counts,
        states=RequestState,
        leaf=leaf,
        shown=requests_seen(
            session(),
            county=me().county,
            seen_by=me(),
            state=state,
            offset=leaf.first,
            limit=leaf.size,
        ),
        address=lambda **to: url_for(
            "desk_requests.requests", **{"state": state.value if state else "all", **to}
        ),
    )


def _request_page(view: RequestView, problem: Problem | None = None) -> Any:
    item, station = view.request, view.station
    handover = item.about is RequestAbout.HANDOVER
    held = register_shown(session(), item, station, now=clock.now())
    return page(
        "request.html",
        problem=problem,
        view=view,
        item=item,
        station=station,
        hours=hours_lines(station.hours),
        understood=understood(item.wish) if item.about is RequestAbout.HOURS else "",
        seal=seal(held),
        held=held[0],
        since=plate_since(session(), request=item, station=station),
        candidates=same_named(session(), request=item) if handover else [],
        handover=handover,
    )


@blueprint.get("/requests/<uuid:request_id>")
def keeper_request(request_id: UUID) -> Any:
    """One request: who asks, for what, and what the register says now."""
    return _request_page(request_for(session(), me(), request_id))


@blueprint.post("/requests/<uuid:request_id>")
@carries("seal")
def decide(request_id: UUID) -> Any:
    """Do what is asked, or refuse with the sentence that the keeper reads."""
    _only_office()
    view, form, now = request_for(session(), me(), request_id), request.form, clock.now()
    where = url_for("desk_requests.requests")
    with answering(lambda problem: _request_page(view, problem)):
        if form.get("what") == "refuse":
            refuse_request(
                session(), request=view.request, by=me(), now=now, answer=form.get("answer", "")
            )
            return done("记下了，站长在手机上能看到您写的话。", where)
        if form.get("what") != "grant":
            raise Invalid("nothing-chosen", "还没有选。请点“同意”，或者写一句为什么不办。")
        granted = grant_request(
            session(),
            county=county_of_desk(),
            request=view.request,
            by=me(),
            now=now,
            answer=form.get("granted", ""),
            seal=form.get("seal", ""),
            keeper_id=form.get("keeper", type=row_id),
            standards=standards_here(),
        )
    if granted.keeper is not None:
        where = url_for("desk_people.person", person_id=granted.keeper.id)
        return done(
            f"办好了：{granted.keeper.name}是{view.station.name}的站长了。请给他一个绑定码。", where
        )
    if view.request.about is not RequestAbout.HOURS:
        where = url_for("desk_station.station", station_id=view.station.id)
        return done("新牌子编好了，站长在手机上看得到。请接着在“标识牌”里印出来。", where)
    return done("登记改好了，站长在手机上看得到。", where)
