"""登记投诉: one that came by telephone, visit, 12345 or 12305, into the same list and clock."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me, whole_county_in_sight
from desk.frame.addresses import station_come_from
from desk.frame.pages import answering, done, page
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.models.complaint import ComplaintChannel, ComplaintKind
from server.policy.typed_days import read_day
from server.services.complaints.rights import may_record
from server.services.complaints.said import read_said
from server.services.complaints.taking import record
from server.services.county.counties import townships
from server.services.matters.views import station_called, stations_to_name
from server.services.people.scope import SEES_ROUNDS

blueprint = Blueprint("desk_new_complaint", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
CHANNELS = tuple(one for one in ComplaintChannel if one is not ComplaintChannel.PAGE)


def _refuse_others() -> None:
    if not may_record(session(), me()):
        raise NotAllowed("complaint-not-yours", "您的账号不能登记投诉。如需登记，请联系县专班。")


def _page(problem: Problem | None = None) -> Any:
    return page(
        "new_complaint.html",
        problem=problem,
        channels=CHANNELS,
        kinds=ComplaintKind,
        stations=stations_to_name(session(), seen_by=me()),
        places=townships(session(), me().county) if whole_county_in_sight() else [],
        station=station_come_from(),
    )


@blueprint.get("/complaints/new")
def new() -> Any:
    """The empty form."""
    _refuse_others()
    return _page()


@blueprint.post("/complaints/new")
def add() -> Any:
    """Take it down; the two numbers are told once, to be told to whoever called."""
    form, today = request.form, clock.today()
    _refuse_others()
    with answering(_page):
        if not form.get("received_on", "").strip():
            sentence = "请写明哪天收到的。"
            raise Invalid("complaint-incomplete", sentence, fields={"received_on": sentence})
        made = record(
            session(),
            county=county_of_desk(),
            channel=form.get("channel", ""),
            received_on=read_day(form["received_on"], "收到的日期", latest=None),
            said=read_said(form, today=today),
            ref=form.get("ref", ""),
            station=station_called(session(), seen_by=me(), text=form.get("station", "")),
            township_code=(form.get("township") if whole_county_in_sight() else me().township_code)
            or None,
            by=me(),
            secret=settings_of().secret_key,
            now=clock.now(),
        )
    return done(
        f"已登记，编号{made.complaint.number}，查询码 {made.code}。"
        "请告诉反映人；查询码只显示这一次。",
        url_for("desk_complaint.complaint", complaint_id=made.complaint.id),
    )
