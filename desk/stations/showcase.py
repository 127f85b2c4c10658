"""样板与宣传: stations chosen as models, and the county's publicity log."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import paper_of_form, paper_out, takes_papers
from server.errors import NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import blobs_of, session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.station import Station
from server.policy.typed_days import read_day
from server.services.people.scope import OFFICE, WHOLE_COUNTY, station_for
from server.services.registry.showcase import (
    choose_model,
    end_model,
    model_of,
    model_stations,
    publicity_line,
    publicity_of,
    record_publicity,
    standing_seal,
    take_publicity_back,
)
from server.services.standing.standing import Standing, standing_of

blueprint = Blueprint("desk_showcase", __name__, url_prefix="/desk")
guard_desk(blueprint, *WHOLE_COUNTY)


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "样板和宣传由县专班登记。如有意见，请联系县专班。")


def _page(problem: Problem | None = None, *, about: str = "") -> Any:
    """Both lists; `about` names the row whose own form was not taken (m3, p5)."""
    lines = publicity_of(session(), county=me().county)
    year = clock.today().year
    return page(
        "showcase.html",
        problem=problem,
        models=model_stations(session(), seen_by=me()),
        lines=lines,
        this_year=sum(
            one.line.told_on.year == year and one.line.mistaken_at is None for one in lines
        ),
        year=year,
        about=about,
    )


@blueprint.get("/showcase")
def showcase() -> Any:
    """Model stations, and where the county told of its work."""
    return _page()


def _standing(station: Station) -> Standing:
    return standing_of(session(), station=station, on=clock.today(), standards=standards_here())


def _choose_page(station_id: int, problem: Problem | None = None) -> Any:
    station = station_for(session(), me(), station_id)
    standing = _standing(station)
    return page(
        "choose_model.html",
        problem=problem,
        station=station,
        standing=standing,
        seen=standing_seal(standing),
        past=model_stations(session(), seen_by=me(), station_id=station.id),
    )


@blueprint.get("/stations/<int:station_id>/model")
def choose_form(station_id: int) -> Any:
    """One station, and why it might be a model."""
    return _choose_page(station_id)


@blueprint.post("/stations/<int:station_id>/model")
@carries("seen")
def choose(station_id: int) -> Any:
    """Choose it, in the name of whoever is signed in."""
    _only_office()
    station, form = station_for(session(), me(), station_id), request.form
    with answering(lambda problem: _choose_page(station.id, problem)):
        choose_model(
            session(),
            standing=_standing(station),
            seen=form.get("seen", ""),
            on=read_day(form.get("on", ""), "选定日期", latest=clock.today()),
            reason=form.get("reason", ""),
            acknowledged=form.get("acknowledged", ""),
            by=me(),
            now=clock.now(),
        )
    return done(f"{station.name}已选作样板。", url_for("desk_showcase.showcase"))


@blueprint.post("/showcase/models/<int:model_id>/end")
def end(model_id: int) -> Any:
    """It is no model any more."""
    _only_office()
    found, form = model_of(session(), county=me().county, model_id=model_id), request.form
    with answering(lambda problem: _page(problem, about=f"m{found.id}")):
        end_model(
            session(),
            model=found,
            on=read_day(form.get("on", ""), "取消日期", latest=clock.today()),
            by=me(),
            now=clock.now(),
            reason=form.get("reason", ""),
        )
    return done("已取消，记录还在。", url_for("desk_showcase.showcase"))


@blueprint.post("/showcase")
@takes_papers("paper", what="宣传材料")
def record() -> Any:
    """Enter one line of the publicity log."""
    _only_office()
    form = request.form
    with answering(_page):
        record_publicity(
            session(),
            blobs_of(),
            county=county_of_desk(),
            on=read_day(form.get("told_on", ""), "宣传日期", latest=clock.today()),
            medium=form.get("medium", ""),
            title=form.get("title", ""),
            link=form.get("link", ""),
            codes=form.get("codes", ""),
            paper=paper_of_form("paper", what="宣传材料"),
            by=me(),
            now=clock.now(),
        )
    return done("已记下这次宣传。", url_for("desk_showcase.showcase"))


@blueprint.post("/showcase/<int:publicity_id>/mistaken")
def mistaken(publicity_id: int) -> Any:
    """Say that a line was entered by mistake."""
    _only_office()
    found = publicity_line(session(), county=me().county, line_id=publicity_id)
    with answering(lambda problem: _page(problem, about=f"p{found.id}")):
        take_publicity_back(
            session(), line=found, by=me(), now=clock.now(), reason=request.form.get("reason", "")
        )
    return done("已标为登记有误，记录还在。", url_for("desk_showcase.showcase"))


@blueprint.get("/showcase/<int:publicity_id>/paper")
def paper(publicity_id: int) -> Any:
    """What was published, to be saved: no browser opens it within our pages."""
    found = publicity_line(session(), county=me().county, line_id=publicity_id)
    if found.file_sha256 is None:
        raise NotFound("publicity-unknown", "这一条没有材料。请从列表里重新选择。")
    return paper_out(found.file_sha256, kind=found.file_kind, name=found.file_name)
