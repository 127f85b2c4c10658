"""Times with the days that they are for, and what lies within them or between."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from server.policy.hours.clauses import Clause
from server.policy.hours.days import Days
from server.policy.hours.week import DAY, Day, Span

_LUNCH_FROM, _LUNCH_UNTIL = 11 * 60, 16 * 60


@dataclass(slots=True)
class Group:
    """Times with the days that they are for; no days: nobody named any."""

    times: list[Clause]
    at: int
    """Which clause of the block its last time is."""
    days: Days | None = None
    spans: list[Span] = field(default_factory=list)
    appointment: bool = False

    def add(self, one: Clause, at: int) -> None:
        """Take further times; all of the day said twice (0:00-24:00 全天候服务) are said once."""
        if one.span != (0, DAY) or self.times[-1].span != one.span:
            self.times.append(one)
            self.at = at

    def stands_in(self, day: Day) -> bool:
        """Whether a day has these times, be it among others."""
        return set(self.spans) <= set(day.spans) and day.appointment == self.appointment

    @property
    def half(self) -> str:
        """上午 or 下午, where all its times are said to lie in it."""
        halves = {time.text[:2] for time in self.times}
        return halves.pop() if len(halves) == 1 else ""

    @property
    def day(self) -> Day:
        """What holds on each of its days."""
        return Day(tuple(sorted(self.spans)), appointment=self.appointment)


def inside(span: Span, group: Group) -> bool:
    """Whether a span lies within one of the times."""
    return any(opens < span[0] and span[1] < closes for opens, closes in group.spans)


def touches(span: Span, group: Group) -> bool:
    """Whether a span meets one of the times, be it at an end."""
    return any(opens <= span[1] and span[0] <= closes for opens, closes in group.spans)


def gaps(group: Group) -> list[Span]:
    """What lies between the times of a day."""
    return [(closes, opens) for (_, closes), (opens, _) in pairwise(sorted(group.spans))]


def has_gap(group: Group) -> bool:
    """Whether it is closed for a while about noon."""
    return any(_LUNCH_FROM <= starts < ends <= _LUNCH_UNTIL for starts, ends in gaps(group))


def in_row_with(place: int, clauses: Sequence[Clause], groups: Sequence[Group]) -> list[Group]:
    """The groups that stand in one row with a clause, before it."""
    rows = [n for n, one in enumerate(clauses[:place]) if one.kind == "hard"]
    return [group for group in groups if max(rows, default=-1) < group.at < place]
