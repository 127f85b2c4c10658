"""A county today, composed from what its pages tell: figures, plan, ranking, months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from desk.frame.access import county_of_desk, me, whole_county_in_sight
from server.http import clock
from server.http.database import session
from server.http.rulebook import standards_here
from server.policy.plan.indicators import IndicatorKey
from server.policy.standard.facts import Level
from server.services.county.counties import townships
from server.services.programme.indicators import DayFigures, indicators_on
from server.services.programme.pace_steps import (
    StepLine,
    StepState,
    TargetLine,
    step_lines,
    target_lines,
)
from server.services.programme.ranking import Place, TrendDay, ranked_townships, ranking, trend
from server.services.programme.targets import PlanOn, plan_on
from server.services.standing.standing import Standing

ALARMING = (StepState.LATE, StepState.UNSURE)


@dataclass(frozen=True, slots=True)
class Glance:
    """Today as the person at the desk may see it; `plan` only for who sees the whole county.

    `level` is what ranking and months are of: village points, or the first level with stations.
    `steps` are what is late, and what each track asks for next.
    """

    figures: DayFigures
    level: Level
    what: IndicatorKey
    places: list[Place]
    months: list[TrendDay]
    plan: PlanOn | None
    targets: list[TargetLine]
    steps: list[StepLine]


def glance(standing: Sequence[Standing] | None = None) -> Glance:
    """Everything for today, in the sight of the person at the desk.

    `standing` is the whole county's, where the page has it already: both then tell of one look.
    """
    county, on = county_of_desk(), clock.today()
    figures = indicators_on(
        session(), county=county, on=on, now=clock.now(), standards=standards_here(), seen_by=me(),
        standing=standing,
    )  # fmt: skip
    level = level_shown(figures)
    what = IndicatorKey.FILED if level is Level.VILLAGE_POINT else IndicatorKey.BUILT
    plan = plan_on(session(), county, on) if whole_county_in_sight() else None
    steps = step_lines(session(), county=county, plan=plan, figures=figures) if plan else []
    return Glance(
        figures=figures,
        level=level,
        what=what,
        places=ranking(
            session(),
            figures.day,
            townships=ranked_townships(townships(session(), county.code), figures.day, level),
            level=level,
            key=what,
            seen_by=me(),
        ),
        months=trend(session(), county=county, today=figures.day, seen_by=me()),
        plan=plan,
        targets=target_lines(plan, figures) if plan else [],
        steps=pressing(steps, on),
    )


def level_shown(figures: DayFigures) -> Level:
    """Village points, or the first other level that has stations in the county."""
    held = {one.level for one in figures.day.stations}
    order = (Level.VILLAGE_POINT, Level.TOWNSHIP_STATION, Level.COUNTY_HUB)
    return next((one for one in order if one in held), Level.VILLAGE_POINT)


def pressing(steps: list[StepLine], on: date) -> list[StepLine]:
    """What is late or may be, and on each track everything of the next day that asks for more."""
    ahead = [one for one in steps if one.state is StepState.COMING and one.step.on >= on]
    next_on: dict[str, date] = {}
    for one in ahead:
        track = one.step.track.value
        next_on[track] = min(one.step.on, next_on.get(track, one.step.on))
    return [
        one
        for one in steps
        if one.state in ALARMING or (one in ahead and one.step.on == next_on[one.step.track.value])
    ]
