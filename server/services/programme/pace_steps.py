"""A day's figures beside what the plan asks for: its targets, and both tracks' steps.

Only whoever sees the whole county can hold it against the county's plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from server.labelled import Labelled
from server.models.county import County
from server.policy.plan.indicators import COUNTS_FOR, AgainstTarget, Indicator, IndicatorKey
from server.policy.plan.nouns import TargetKind
from server.policy.plan.pace import Hold, Step, overdue
from server.policy.standard.facts import Level
from server.services.programme.days import Told, days_of
from server.services.programme.indicators import DayFigures, indicators_of
from server.services.programme.targets import PlanOn, TargetRow


class StepState(Labelled):
    """How a step of the plan stands on a day."""

    REACHED = "reached", "够数了"
    LATE = "late", "到期没够数"
    UNSURE = "unsure", "够不够说不清"
    QUIET = "quiet", "没够数，不催"
    COMING = "coming", "还没到期"
    ASIDE = "aside", "未采用"


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target of the plan beside the stations that count towards it on the day."""

    target: TargetRow
    figure: Indicator
    beside: AgainstTarget


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step: what it asks for, what there was at its day's end, and what there is on the day.

    `then` is None before its day; `then_told` says on what it rests. `why` says in words why a step
    that is not reached alarms nobody.
    """

    step: Step
    now: Indicator
    beside: AgainstTarget
    then: Indicator | None
    then_told: Told | None
    state: StepState
    why: str


def target_lines(plan: PlanOn, figures: DayFigures) -> list[TargetLine]:
    """The plan's targets in its order; a number of the plan is no share and may be exceeded."""
    found = []
    for one in plan.targets:
        figure = figures.of(one.level, COUNTS_FOR[one.indicator])
        found.append(TargetLine(one, figure, AgainstTarget(len(figure.done), one.number)))
    return found


def step_lines(
    session: Session, *, county: County, plan: PlanOn, figures: DayFigures
) -> list[StepLine]:
    """Both tracks' steps by day; four queries for the days that are past.

    `figures` are the whole county's.
    """
    on = figures.day.on
    past = sorted({one.on for one in plan.steps if one.on < on})
    days = {
        one.on: (one.told, indicators_of(one.stations, assessed=one.assessed))
        for one in days_of(session, county=county, days=past, assessed=figures.day.assessed)
    }
    days[on] = (figures.day.told, dict(figures.indicators))
    done = {
        (level, kind): len(figures.of(level, key).done)
        for level in Level
        for kind, key in _KEYS.items()
    }
    late = overdue(plan.steps, done, on, ends_on=plan.ends_on)
    return [_line(one, plan, figures, days, late) for one in plan.steps]


_KEYS: Mapping[TargetKind, IndicatorKey] = {kind: COUNTS_FOR[kind] for kind in TargetKind}
_Days = Mapping[date, tuple[Told, Mapping[tuple[Level, IndicatorKey], Indicator]]]


def _line(
    step: Step, plan: PlanOn, figures: DayFigures, days: _Days, late: frozenset[Step]
) -> StepLine:
    key = _KEYS[step.kind]
    now = figures.of(step.level, key)
    told, held = days.get(step.on, (None, {}))
    state, why = _state(step, plan, now, figures.day.on, late)
    return StepLine(
        step=step,
        now=now,
        beside=AgainstTarget(len(now.done), step.needed),
        then=held.get((step.level, key)),
        then_told=told,
        state=state,
        why=why,
    )


def _state(
    step: Step, plan: PlanOn, now: Indicator, on: date, late: frozenset[Step]
) -> tuple[StepState, str]:
    if step.hold is Hold.ASIDE:
        return StepState.ASIDE, "县里决定用另一种读法"
    if len(now.done) >= step.needed:
        return StepState.REACHED, ""
    if on <= step.on:
        return StepState.COMING, ""
    if step not in late:
        return StepState.QUIET, _why_quiet(step, plan)
    if len(now.done) + len(now.unknown) >= step.needed:
        return StepState.UNSURE, f"有{len(now.unknown)}站说不清"
    return StepState.LATE, ""


def _why_quiet(step: Step, plan: PlanOn) -> str:
    if step.retroactive:
        return "这一天早于方案印发"
    return "方案的期限都过了" if plan.over else "两种期限还没有决定用哪个"
