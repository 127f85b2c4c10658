"""What must be done by when, on both tracks, as far as the plan's contradictions are decided.

While a contradiction is open nobody is marked late by one of its readings alone: only when every
reading is missed (decision 0027). A decided one leaves the other reading in sight, set aside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.labelled import Labelled
from server.policy.plan.nouns import Milestone, PlanConflict, TargetKind, Track
from server.policy.plan.targets import steps_needed
from server.policy.standard.facts import Level

Counted = Mapping[tuple[Level, TargetKind], int]
"""What is there on a day, by level and by what a target counts of it."""


class Hold(Labelled):
    """Whether something of the plan is held against: yes, not decided yet, or set aside."""

    HELD = "held", "以此为准"
    OPEN = "open", "待决定"
    ASIDE = "aside", "未采用"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One total of a level by one reading of the plan (`basis`: 方案正文 48, 附件2 52)."""

    level: Level
    kind: TargetKind
    basis: str
    number: int
    hold: Hold = Hold.HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """How many places a step asks for when its share is taken of one total."""

    basis: str
    total: int
    needed: int
    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A share of one target due by the end of a day, in whole places for every total of it.

    `retroactive`: due before the plan was issued, which never alarms. `rivals` are the steps of the
    other readings, as track and day, while nobody has decided between them.
    """

    track: Track
    on: date
    percent: int
    level: Level
    kind: TargetKind
    needs: tuple[Need, ...]
    hold: Hold
    retroactive: bool
    rivals: tuple[tuple[str, date], ...]
    clause: str
    text: str

    @property
    def needed(self) -> int:
        """The places held against: by the decided total, or the least while it is undecided."""
        return min(one.needed for one in self.needs if one.hold is not Hold.ASIDE)

    def done_of(self, done: Counted) -> int:
        """How many of what this step counts are there."""
        return done.get((self.level, self.kind), 0)

    def missed(self, done: Counted, on: date) -> bool:
        """Whether the day has passed with fewer done, whatever else holds of the step."""
        return on > self.on and self.done_of(done) < self.needed


def hold_of(conflict: PlanConflict, label: str, choices: Mapping[str, str]) -> Hold:
    """How one reading of a contradiction stands; a choice that is none of its readings is open."""
    chosen = choices.get(conflict.key)
    if chosen is None or chosen not in {one.label for one in conflict.readings}:
        return Hold.OPEN
    return Hold.HELD if chosen == label else Hold.ASIDE


def steps(
    milestones: Iterable[Milestone],
    goals: Sequence[Goal],
    conflicts: Iterable[PlanConflict],
    choices: Mapping[str, str],
    *,
    issued_on: date | None,
) -> tuple[Step, ...]:
    """Both tracks' steps by day and level. `choices` are decided readings by contradiction."""
    dated = [one for one in conflicts if any(reading.step for reading in one.readings)]
    pairs = [(one, level) for one in milestones for level in one.levels]
    aside = {
        (one.track, one.on, level)
        for one, level in pairs
        if any(_set_aside(conflict, one, level, choices) for conflict in dated)
    }
    found = []
    for one, level in pairs:
        rivals = _rivals(dated, one, level, choices, aside)
        by_kind: dict[TargetKind, list[Goal]] = {}
        for goal in goals:
            if goal.level is level:
                by_kind.setdefault(goal.kind, []).append(goal)
        hold = Hold.OPEN if rivals else Hold.HELD
        for kind, of_kind in by_kind.items():
            found.append(
                Step(
                    track=Track(one.track),
                    on=one.on,
                    percent=one.percent,
                    level=level,
                    kind=kind,
                    needs=tuple(_need(goal, one.percent) for goal in of_kind),
                    hold=Hold.ASIDE if (one.track, one.on, level) in aside else hold,
                    retroactive=issued_on is not None and one.on < issued_on,
                    rivals=rivals,
                    clause=one.clause,
                    text=one.text,
                )
            )
    order = list(Level)
    return tuple(sorted(found, key=lambda one: (one.track, one.on, order.index(one.level))))


def last_due(found: Iterable[Step], due: Iterable[date] = ()) -> date | None:
    """The last day on which anything of a plan is due; after it the plan alarms nobody."""
    return max([*(one.on for one in found if one.hold is not Hold.ASIDE), *due], default=None)


def overdue(
    found: Sequence[Step], done: Counted, on: date, *, ends_on: date | None = None
) -> frozenset[Step]:
    """The steps that are late on a day. `ends_on` is the plan's last due day (`last_due`).

    None after the plan's end, none of a step set aside or retroactive, and none that is late by one
    open reading alone.
    """
    if ends_on is not None and on > ends_on:
        return frozenset()
    by_step = {(one.track.value, one.on, one.level, one.kind): one for one in found}

    def alone(step: Step) -> bool:
        rivals = (by_step.get((track, day, step.level, step.kind)) for track, day in step.rivals)
        return any(one is not None and not one.missed(done, on) for one in rivals)

    return frozenset(
        one
        for one in found
        if one.hold is not Hold.ASIDE
        and not one.retroactive
        and one.missed(done, on)
        and not alone(one)
    )


def next_steps(found: Iterable[Step], on: date) -> dict[tuple[Level, TargetKind, Track], Step]:
    """What is due next of each target on each track: the first step not past that day."""
    coming: dict[tuple[Level, TargetKind, Track], Step] = {}
    for one in sorted(found, key=lambda step: step.on):
        if one.on >= on and one.hold is not Hold.ASIDE:
            coming.setdefault((one.level, one.kind, one.track), one)
    return coming


def _need(goal: Goal, percent: int) -> Need:
    return Need(
        basis=goal.basis,
        total=goal.number,
        needed=steps_needed(goal.number, percent),
        hold=goal.hold,
    )


def _set_aside(
    conflict: PlanConflict, one: Milestone, level: Level, choices: Mapping[str, str]
) -> bool:
    """Whether a person chose another reading than the one that this milestone is."""
    return level in conflict.levels and any(
        reading.step == (one.track, one.on)
        and hold_of(conflict, reading.label, choices) is Hold.ASIDE
        for reading in conflict.readings
    )


def _rivals(
    dated: Iterable[PlanConflict],
    one: Milestone,
    level: Level,
    choices: Mapping[str, str],
    aside: set[tuple[str, date, Level]],
) -> tuple[tuple[str, date], ...]:
    """The steps that stand against this one in contradictions which nobody has decided."""
    found = []
    for conflict in dated:
        own = [reading for reading in conflict.readings if reading.step == (one.track, one.on)]
        if level not in conflict.levels or not own:
            continue
        if hold_of(conflict, own[0].label, choices) is not Hold.OPEN:
            continue
        found += [
            reading.step
            for reading in conflict.readings
            if reading.step and reading is not own[0] and (*reading.step, level) not in aside
        ]
    return tuple(dict.fromkeys(found))
