"""县级中心: the brands at the county's centre, on any day, and its acceptance as 示范."""

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.pages import answering, done, page
from desk.frame.papers import paper_of_form, paper_out, takes_papers
from server.errors import Invalid, NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import blobs_of, row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here
from server.models.hub import HubBrand
from server.policy.plan.hub import HubFunction, hub_on
from server.policy.typed_days import read_day
from server.services.people.scope import OFFICE, WHOLE_COUNTY
from server.services.registry.acceptance_views import acceptances_of
from server.services.registry.hub import (
    brand_of,
    hub_brands,
    hub_stations,
    periods_of,
    record_brand,
    take_back,
)

blueprint = Blueprint("desk_hub", __name__, url_prefix="/desk")
guard_desk(blueprint, *WHOLE_COUNTY)
EVIDENCE = "证明材料"
SAID: dict[str, bool | None] = {"yes": True, "no": False, "": None}


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "县级中心由县专班登记。如有意见，请联系县专班。")


def _day_asked() -> tuple[date, Problem | None]:
    """The day of the address, today where there is none; what is wrong with it, if anything."""
    asked = request.args.get("day", "")
    if not asked:
        return clock.today(), None
    try:
        return read_day(asked, "日期", latest=clock.today()), None
    except Invalid as problem:
        return clock.today(), problem


def _replaces() -> HubBrand | None:
    wanted = request.values.get("replaces", type=row_id)
    return brand_of(session(), county=me().county, line_id=wanted) if wanted else None


def _page(problem: Problem | None = None, *, about: int = 0) -> Any:
    """The centre on a day; `about` is the line whose own form was not taken."""
    county = county_of_desk()
    programme = programme_here(county.code)
    goal = programme.hub if programme else None
    day, wrong_day = _day_asked()
    views = hub_brands(session(), county=county.code)
    hub = hub_on(periods_of(views), day)
    centres = hub_stations(session(), county=county.code)
    return page(
        "hub.html",
        problem=problem or wrong_day,
        day=day,
        goal=goal,
        hub=hub,
        reached=hub.reaches(goal.brands) if goal else None,
        there=[one for one in views if one.holds and one.line.from_on <= day],
        before=[one for one in views if not one.holds],
        to_come=[one for one in views if one.holds and one.line.from_on > day],
        centres=[(one, acceptances_of(session(), station_id=one.id)) for one in centres],
        due=next(
            (one for one in (programme.targets if programme else ()) if one.kind == "demo"), None
        ),
        functions=HubFunction,
        replaces=_replaces(),
        about=about,
    )


@blueprint.get("/hub")
def hub() -> Any:
    """The brands of a day against what the plan asks, and every line there ever was."""
    return _page()


@blueprint.post("/hub")
@takes_papers("evidence", what=EVIDENCE)
def record() -> Any:
    """Enter a brand's time, or say an earlier line better."""
    _only_office()
    form = request.form
    with answering(_page):
        until = form.get("until_on", "").strip()
        made = record_brand(
            session(),
            blobs_of(),
            county=county_of_desk(),
            brand=form.get("brand", ""),
            from_on=read_day(form.get("from_on", ""), "开始日期", latest=None),
            until_on=read_day(until, "结束日期", latest=None) if until else None,
            shares={one: SAID.get(form.get(one.value, "")) for one in HubFunction},
            note=form.get("note", ""),
            evidence=paper_of_form("evidence", what=EVIDENCE),
            by=me(),
            now=clock.now(),
            replaces=_replaces(),
            because=form.get("because", ""),
        )
    return done(f"已登记{made.brand}。", url_for("desk_hub.hub"))


@blueprint.post("/hub/<int:brand_id>/mistaken")
def mistaken(brand_id: int) -> Any:
    """Say that a line should never have been entered."""
    _only_office()
    found = brand_of(session(), county=me().county, line_id=brand_id)
    with answering(lambda problem: _page(problem, about=found.id)):
        take_back(
            session(), line=found, by=me(), now=clock.now(), reason=request.form.get("reason", "")
        )
    return done("已标为登记有误，记录还在。", url_for("desk_hub.hub"))


@blueprint.get("/hub/<int:brand_id>/evidence")
def evidence(brand_id: int) -> Any:
    """What proves a line, to be saved: no browser opens it within our pages."""
    found = brand_of(session(), county=me().county, line_id=brand_id)
    if found.file_sha256 is None:
        raise NotFound("hub-brand-unknown", "这一条没有证明材料。请从县级中心页面重新选择。")
    return paper_out(found.file_sha256, kind=found.file_kind, name=found.file_name)
