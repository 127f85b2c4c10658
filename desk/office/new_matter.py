"""登记问题: a problem that came to the county, in the words in which it came."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me, whole_county_in_sight
from desk.frame.addresses import station_come_from
from desk.frame.pages import answering, done, page
from desk.frame.papers import papers_of_form, takes_papers
from desk.office.matter import PAPERS
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import blobs_of, session
from server.http.guards import guard_desk
from server.models.matter import MatterKind, MatterSource
from server.policy.typed_days import read_day
from server.services.county.counties import townships
from server.services.matters.papers import MOST, attach
from server.services.matters.registering import register
from server.services.matters.rights import sources_open_to
from server.services.matters.steps import number_text
from server.services.matters.views import station_called, stations_to_name

blueprint = Blueprint("desk_new_matter", __name__, url_prefix="/desk")
guard_desk(blueprint)


def _sources() -> tuple[MatterSource, ...]:
    """From where this person may register problems; some may not at all."""
    sources = sources_open_to(session(), me())
    if not sources:
        raise NotAllowed("matter-not-yours", "您的账号不能登记问题。如需登记，请联系县专班。")
    return sources


def _page(problem: Problem | None = None) -> Any:
    return page(
        "new_matter.html",
        problem=problem,
        sources=_sources(),
        kinds=MatterKind,
        stations=stations_to_name(session(), seen_by=me()),
        places=townships(session(), me().county) if whole_county_in_sight() else [],
        station=station_come_from(),
    )


@blueprint.get("/matters/new")
def new() -> Any:
    """The empty form."""
    return _page()


@blueprint.post("/matters/new")
@takes_papers("papers", what=PAPERS, most=MOST, bare=True)
def add() -> Any:
    """Take it down."""
    form = request.form
    _sources()
    with answering(_page):
        if not form.get("heard_on", "").strip():
            raise Invalid(
                "matter-incomplete", "请写明哪天收到的。", fields={"heard_on": "请写明哪天收到的。"}
            )
        station = station_called(session(), seen_by=me(), text=form.get("station", ""))
        papers, now = papers_of_form("papers", what=PAPERS, most=MOST), clock.now()
        own = "" if whole_county_in_sight() else me().township_code
        made = register(
            session(),
            county=county_of_desk(),
            source=form.get("source", ""),
            kind=form.get("kind", ""),
            heard_on=read_day(form["heard_on"], "收到的日期", latest=None),
            said_by=form.get("said_by", ""),
            words=form.get("words", ""),
            ref=form.get("ref", ""),
            station=station,
            township_code=own or form.get("township") or None,
            by=me(),
            now=now,
        )
        attach(session(), blobs_of(), matter=made, papers=papers, by=me(), now=now)
    where = url_for("desk_matter.matter", matter_id=made.id)
    return done(f"已登记，编号是{number_text(made)}。接下来请转办。", where)
