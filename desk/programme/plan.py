"""The plan: targets with sources, what is due next, 附件2 beside what is done, and its readings."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import (
    county_of_desk,
    may,
    me,
    standings_in_sight,
    whole_county_in_sight,
)
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from server.errors import NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here, shipped_here, standards_here
from server.policy.plan.indicators import COUNTS_FOR
from server.policy.plan.pace import next_steps, overdue
from server.policy.plan.words import PHRASES
from server.policy.typed_days import read_day
from server.services.people.scope import OFFICE, SEES_ROUNDS
from server.services.programme.days import day_of
from server.services.programme.decisions import (
    decide_conflict,
    decided_readings,
    plan_conflicts,
)
from server.services.programme.indicators import figures_of
from server.services.programme.milestone_edits import milestones_told
from server.services.programme.plan import (
    RESPONSIBLE,
    STREETS,
    counted,
    progress,
    township_progress,
)
from server.services.programme.programmes import bring_programme, programmes_of
from server.services.programme.target_edits import programme_here_of
from server.services.programme.targets import plan_of_row, plan_on, rows_told

blueprint = Blueprint("desk_plan", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)


def _page(problem: Problem | None = None) -> Any:
    county, today = county_of_desk(), clock.today()
    programme = programme_here(county.code)
    rows = programmes_of(session(), county.code)
    known = {one.key for one in rows}
    shared = {
        "conflicts": plan_conflicts(session(), county=county, programme=programme),
        "plans": rows,
        "shipped": [
            one for one in shipped_here() if one.county == county.code and one.id not in known
        ],
    }
    if programme is None:
        return page("plan.html", problem=problem, programme=None, **shared)
    standings = standings_in_sight()
    plan = plan_on(session(), county, today)
    readings = decided_readings(session(), county=county.code, programme=programme)
    townships = township_progress(
        session(),
        county=county,
        programme=programme,
        standings=standings,
        streets=readings.get(STREETS) == RESPONSIBLE,
    )
    whole = whole_county_in_sight()
    found = progress(plan.targets if plan else (), standings) if whole else []
    there = counted(found)
    steps = plan.steps if plan else ()
    return page(
        "plan.html",
        problem=problem,
        programme=programme,
        plan=plan,
        whole=whole,
        progress=found if plan else [],
        there=there,
        townships=[one for one in townships if whole or one.township_code == me().township_code],
        steps=steps,
        coming=next_steps(steps, today),
        late=overdue(steps, there, today, ends_on=plan.ends_on if plan else None) if whole else (),
        told=rows_told(session(), plan.programme) if plan else [],
        milestones=milestones_told(session(), plan.programme.id, today) if plan else [],
        phrases=PHRASES.get(programme.id, ()),
        **shared,
    )


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "方案和它的读法由县专班办理。如有意见，请联系县专班。")


@blueprint.get("/plan")
def plan() -> Any:
    """Targets, allocation against done, pace, conflicts."""
    return _page()


@blueprint.post("/plan/decide")
@carries("seal")
def decide() -> Any:
    """A named person's choice between two readings of the plan or a rule, with the reason."""
    _only_office()
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


@blueprint.post("/plan/shipped")
def shipped() -> Any:
    """Enter a plan whose file came with the system."""
    _only_office()
    form, county = request.form, county_of_desk()
    found = next(
        (
            one for one in shipped_here()
            if one.county == county.code and one.id == form.get("key")
        ),
        None,
    )  # fmt: skip
    if found is None:
        raise NotFound("programme-unknown", "没有找到这个方案。请从计划与进度页重新选择。")
    with answering(_page):
        day = form.get("from_on", "").strip()
        bring_programme(
            session(),
            county=county,
            programme=found,
            now=clock.now(),
            by=me(),
            from_on=read_day(day, "从哪天起", latest=None) if day else None,
        )
    return done(f"已登记《{found.name}》。", url_for("desk_plan.plan"))


@blueprint.get("/plan/<int:programme_id>")
def past(programme_id: int) -> Any:
    """One of the county's plans on its last day (or today): what it asked and what was reached."""
    county, today = county_of_desk(), clock.today()
    row = programme_here_of(session(), county, programme_id)
    later = [
        one.from_on for one in programmes_of(session(), county.code) if one.from_on > row.from_on
    ]
    last = min([today, *(one - timedelta(days=1) for one in later)])
    plan = plan_of_row(session(), row, max(last, row.from_on))
    begun = row.from_on <= today
    figures = None
    if begun:
        day = day_of(session(), county=county, on=last, now=clock.now(), standards=standards_here())
        figures = figures_of(session(), day, county=county.code, seen_by=me())
    return page(
        "plan_past.html",
        row=row,
        plan=plan,
        last=last,
        ended=bool(later) and min(later) <= today,
        begun=begun,
        figures=figures,
        counts_for=COUNTS_FOR,
        told=rows_told(session(), row),
    )
