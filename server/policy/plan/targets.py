"""What a plan asks for by when, and where it contradicts itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations, groupby

from server.calendar import full_day_text, month_of, month_text
from server.policy.plan.coverage import coverage_readings
from server.policy.plan.nouns import Milestone, PlanConflict, Programme, Reading, Target, Track
from server.policy.standard.facts import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceStep:
    """So many places of a level needed by a day. `retroactive`: due before the plan was issued."""

    track: str
    on: date
    level: Level
    needed: int
    total: int
    percent: int
    retroactive: bool
    clause: str
    text: str

    def overdue(self, done: int, on: date) -> bool:
        """True when the day has passed with fewer done; a retroactive step never alarms."""
        return not self.retroactive and on > self.on and done < self.needed


def steps_needed(total: int, percent: int) -> int:
    """The whole places that a share asks for: never rounded down (12 at 90 % → 11)."""
    return -(-total * percent // 100)


def stated(programme: Programme, level: Level) -> int | None:
    """The total in the plan's text."""
    target = _target(programme, level)
    return target.total if target else None


def allocated(programme: Programme, level: Level) -> int | None:
    """The sum of the task table's column; None where the plan has no such table or column."""
    if not programme.allocation or level is Level.COUNTY_HUB:
        return None
    if level is Level.TOWNSHIP_STATION:
        return sum(row.township_stations for row in programme.allocation)
    return sum(row.village_points for row in programme.allocation)


def pace(programme: Programme, totals: Mapping[Level, int] | None = None) -> tuple[PaceStep, ...]:
    """Both tracks' steps by day. `totals` replaces stated totals that a person has decided on."""
    decided = totals or {}
    steps = []
    for milestone in programme.milestones:
        for level in milestone.levels:
            total = decided.get(level, stated(programme, level))
            if total is None:
                continue
            steps.append(
                PaceStep(
                    track=milestone.track,
                    on=milestone.on,
                    level=level,
                    needed=steps_needed(total, milestone.percent),
                    total=total,
                    percent=milestone.percent,
                    retroactive=_retroactive(programme, milestone),
                    clause=milestone.clause,
                    text=milestone.text,
                )
            )
    return tuple(sorted(steps, key=lambda step: (step.track, step.on, step.level)))


def conflicts(programme: Programme) -> tuple[PlanConflict, ...]:
    """Every contradiction in a plan: those its own numbers and days show, then those declared."""
    return (
        *_totals_differ(programme),
        *_tracks_differ(programme),
        *_deadlines_repeat(programme),
        *_due_before_issue(programme),
        *programme.declared_conflicts,
        *coverage_readings(programme),
    )


def _totals_differ(programme: Programme) -> Iterable[PlanConflict]:
    for level in (Level.TOWNSHIP_STATION, Level.VILLAGE_POINT):
        target, in_table = _target(programme, level), allocated(programme, level)
        if target is None or in_table is None or target.total == in_table:
            continue
        unusual = _unusual_rows(programme, level)
        yield PlanConflict(
            key=f"{level.value.replace('_', '-')}-total",
            title=f"{level.short}的目标数对不上",
            readings=(
                Reading(
                    label="方案正文",
                    value=f"{target.total}个",
                    clause=target.clause,
                    text=target.text,
                ),
                Reading(
                    label=f"{programme.allocation_clause}各行相加",
                    value=f"{in_table}个{unusual}",
                    clause=programme.allocation_clause,
                    text=programme.allocation_title,
                ),
            ),
            affects=f"{level.short}的目标数、完成率和进度；两个数都照样显示，由人决定以哪个为准",
            derived=True,
        )


def _unusual_rows(programme: Programme, level: Level) -> str:
    """Where the sum comes from: the rows above the plan's own minimum."""
    least = next((one.per_township for one in programme.minimums if one.level is level), None)
    column = "village_points" if level is Level.VILLAGE_POINT else "township_stations"
    over = [
        f"{row.township}{getattr(row, column)}个"
        for row in programme.allocation
        if least is not None and getattr(row, column) != least
    ]
    return f"（{'、'.join(over)}，其余各{least}个）" if over else ""


def _tracks_differ(programme: Programme) -> Iterable[PlanConflict]:
    by_day = sorted(programme.milestones, key=lambda one: one.on)
    for on, group in groupby(by_day, key=lambda one: one.on):
        for first, second in combinations(list(group), 2):
            shared = [level for level in first.levels if level in second.levels]
            if not shared or first.percent == second.percent:
                continue
            names = "、".join(level.short for level in shared)
            yield PlanConflict(
                key=f"pace-{on:%Y-%m}",
                title=f"{month_text(month_of(on))}底要完成多少",
                readings=(_milestone_reading(first), _milestone_reading(second)),
                affects=f"{names}在{month_text(month_of(on))}底的进度判断；两条线都照样显示",
                derived=True,
            )


def _deadlines_repeat(programme: Programme) -> Iterable[PlanConflict]:
    full = [one for one in programme.milestones if one.percent == 100]
    for first, second in combinations(sorted(full, key=lambda one: one.on), 2):
        shared = [level for level in first.levels if level in second.levels]
        if first.track != second.track or first.on == second.on or not shared:
            continue
        names = "、".join(level.short for level in shared)
        yield PlanConflict(
            key=f"deadline-{first.on:%Y-%m}-{second.on:%Y-%m}",
            title="同一任务写了两个完成期限",
            readings=(_milestone_reading(first), _milestone_reading(second)),
            affects=f"{names}从哪天起算逾期",
            derived=True,
        )


def _due_before_issue(programme: Programme) -> Iterable[PlanConflict]:
    for milestone in programme.milestones:
        if programme.issued_on is None or not _retroactive(programme, milestone):
            continue
        yield PlanConflict(
            key=f"before-issue-{milestone.on:%Y-%m}",
            title=f"{month_text(month_of(milestone.on))}底早于方案印发日期",
            readings=(
                _milestone_reading(milestone),
                Reading(
                    label="印发日期",
                    value=str(programme.issued_on),
                    clause="印发通知",
                    text=full_day_text(programme.issued_on),
                ),
            ),
            affects="这个节点只作记录，不作逾期提醒",
            derived=True,
        )


def _milestone_reading(milestone: Milestone) -> Reading:
    share = f"{milestone.percent}%" if milestone.percent else "全面推进"
    return Reading(
        label=Track(milestone.track).label,
        value=f"{month_text(month_of(milestone.on))}底 {share}",
        clause=milestone.clause,
        text=milestone.text,
    )


def _retroactive(programme: Programme, milestone: Milestone) -> bool:
    return programme.issued_on is not None and milestone.on < programme.issued_on


def _target(programme: Programme, level: Level) -> Target | None:
    return next((one for one in programme.targets if one.level is level), None)
