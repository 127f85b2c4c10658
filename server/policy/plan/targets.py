"""What a plan asks for: the totals of its text and of its table, and shares in whole places."""

from server.policy.plan.nouns import Programme, Target
from server.policy.standard.facts import Level


def steps_needed(total: int, percent: int) -> int:
    """The whole places that a share asks for: never rounded down (12 at 90 % → 11)."""
    return -(-total * percent // 100)


def stated(programme: Programme, level: Level) -> int | None:
    """The total in the plan's text."""
    target = target_of(programme, level)
    return target.total if target else None


def allocated(programme: Programme, level: Level) -> int | None:
    """The sum of the task table's column; None where the plan has no such table or column."""
    if not programme.allocation or level is Level.COUNTY_HUB:
        return None
    if level is Level.TOWNSHIP_STATION:
        return sum(row.township_stations for row in programme.allocation)
    return sum(row.village_points for row in programme.allocation)


def target_of(programme: Programme, level: Level) -> Target | None:
    """The first target of a level, which the table and the contradictions are about."""
    return next((one for one in programme.targets if one.level is level), None)
