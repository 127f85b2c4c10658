"""Where a plan contradicts itself: found in its own numbers and days, or declared in its file."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, groupby

from server.calendar import full_day_text, full_month_text, month_of, month_text
from server.policy.plan.coverage import coverage_readings
from server.policy.plan.nouns import Milestone, PlanConflict, Programme, Reading, Track
from server.policy.plan.targets import allocated, target_of
from server.policy.standard.facts import Level


def conflicts(programme: Programme) -> tuple[PlanConflict, ...]:
    """Every contradiction in a plan: those its own numbers and days show, then those declared."""
    found = (
        *_totals_differ(programme),
        *_tracks_differ(programme),
        *_deadlines_repeat(programme),
        *_due_before_issue(programme),
        *programme.declared_conflicts,
        *coverage_readings(programme),
    )
    return tuple(_keys_apart(found))


def _keys_apart(found: Iterable[PlanConflict]) -> Iterable[PlanConflict]:
    """Two contradictions of one month have two keys, so that each is decided for itself."""
    seen: Counter[str] = Counter()
    for one in found:
        seen[one.key] += 1
        times = seen[one.key]
        yield one if times == 1 else replace(one, key=f"{one.key}-{times}")


def _totals_differ(programme: Programme) -> Iterable[PlanConflict]:
    for level in (Level.TOWNSHIP_STATION, Level.VILLAGE_POINT):
        target, in_table = target_of(programme, level), allocated(programme, level)
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
                    number=target.total,
                ),
                Reading(
                    label=f"{programme.allocation_clause}各行相加",
                    value=f"{in_table}个{unusual}",
                    clause=programme.allocation_clause,
                    text=programme.allocation_title,
                    number=in_table,
                ),
            ),
            affects=f"{level.short}的目标数、完成率和每个时间节点要完成的个数",
            derived=True,
            levels=(level,),
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
                affects=f"{names}到{month_text(month_of(on))}底该完成多少、算不算落后",
                derived=True,
                levels=tuple(shared),
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
            readings=(
                _milestone_reading(first, dated=True),
                _milestone_reading(second, dated=True),
            ),
            affects=f"{names}的完成期限，从哪天起算逾期",
            derived=True,
            levels=tuple(shared),
        )


def _due_before_issue(programme: Programme) -> Iterable[PlanConflict]:
    for milestone in programme.milestones:
        if programme.issued_on is None or not retroactive(programme, milestone):
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
            affects="这个节点列不列进时间节点；不管怎么定，它都只作记录，不作逾期提醒",
            derived=True,
            levels=milestone.levels,
        )


def _milestone_reading(milestone: Milestone, *, dated: bool = False) -> Reading:
    """One milestone as a reading; `dated` where the track alone does not tell it from the other."""
    share = f"{milestone.percent}%" if milestone.percent else "全面推进"
    month, track = month_text(month_of(milestone.on)), Track(milestone.track).label
    return Reading(
        label=f"{track}：{full_month_text(milestone.on)}底" if dated else track,
        value=f"{month}底 {share}",
        clause=milestone.clause,
        text=milestone.text,
        step=(milestone.track, milestone.on),
    )


def retroactive(programme: Programme, milestone: Milestone) -> bool:
    """Whether a milestone lies before the day on which its plan was issued."""
    return programme.issued_on is not None and milestone.on < programme.issued_on
