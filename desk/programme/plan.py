"""The plan: targets with sources, 附件2 beside what is done, conflicts for a person to decide."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me, standings_in_sight, whole_county_in_sight
from desk.frame.pages import answering, done, page
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here
from server.services.people.scope import OFFICE, SEES_ROUNDS
from server.services.programme.decisions import decide_conflict, plan_conflicts
from server.services.programme.plan import progress, township_progress
from server.services.programme.targets import plan_on

blueprint = Blueprint("desk_plan", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)


def _page(problem: Problem | None = None) -> Any:
    county = county_of_desk()
    programme = programme_here(county.code)
    shared = {
        "conflicts": plan_conflicts(session(), county=county, programme=programme),
    }
    if programme is None:
        return page("plan.html", problem=problem, programme=None, **shared)
    standings = standings_in_sight()
    plan = plan_on(session(), county, clock.today())
    townships = township_progress(
        session(), county=county, programme=programme, standings=standings
    )
    whole = whole_county_in_sight()
    return page(
        "plan.html",
        problem=problem,
        programme=programme,
        whole=whole,
        progress=progress(plan.targets, standings) if whole and plan else [],
        townships=[one for one in townships if whole or one.township_code == me().township_code],
        steps=plan.steps if plan else (),
        **shared,
    )


@blueprint.get("/plan")
def plan() -> Any:
    """Targets, allocation against done, pace, conflicts."""
    return _page()


@blueprint.post("/plan/decide")
def decide() -> Any:
    """A named person's choice between two readings of the plan or a rule, with the reason."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "这里的两种读法由县专班决定。如有意见，请联系县专班。")
    county = county_of_desk()
    form = request.form
    with answering(_page):
        decide_conflict(
            session(),
            county=county,
            programme=programme_here(county.code),
            key=form.get("key", ""),
            choice=form.get("choice", ""),
            reason=form.get("reason", "").strip(),
            seal=form.get("seal"),
            by=me(),
            now=clock.now(),
        )
    return done("已记下这个决定，连同您的姓名和理由。", url_for("desk_plan.plan"))
