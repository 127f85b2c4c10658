"""末端备案 as a life of steps: what each step does, which may follow, and how long is left."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from server.calendar import full_day_text
from server.labelled import Labelled
from server.policy.standard.deadlines import last_day
from server.policy.standard.options import CountyOptions
from server.policy.standard.working_days import WorkingDays

FILE_WITHIN_DAYS = 20
"""From opening; 快递暂行条例（2019年文本）第十八条, rule EXT-F1."""
CHANGE_WITHIN_DAYS = 10
"""From a change of name, type, scope or 负责人; 快递末端网点备案暂行规定, rule EXT-F2."""

FILED_FACTS: Mapping[str, str] = {
    "name": "名称",
    "ownership": "类型",
    "services": "经营范围",
    "head_name": "负责人",
    "opener": "开办企业",
}
"""Fields of the register that a filing names, with the word of the form for each.

A new 开办企业 is not among the four of the rules: it has to file anew, so a person looks as well.
"""


class FilingState(Labelled):
    """Where a filing is; ENDED is over, by 注销 or with its station.

    The last three are said on lists only, of stations that need no filing, of which nobody has
    decided whether they do, and that are not opened yet.
    """

    ASKED = "asked", "补正"
    CHANGING = "changing", "变更中"
    WAITING = "waiting", "待备案"
    SUBMITTED = "submitted", "已提交"
    FILED = "filed", "已备案"
    ENDED = "ended", "已终止"
    UNDECIDED = "undecided", "未定"
    NOT_NEEDED = "not_needed", "不需备案"
    NOT_OPEN = "not_open", "尚未开办"


class StepKind(Labelled):
    """What one step of a filing says."""

    SUBMITTED = "submitted", "提交了备案材料"
    ASKED = "asked", "邮政管理部门要求补正"
    RESUBMITTED = "resubmitted", "补正后再次提交"
    FILED = "filed", "备案办好了"
    NOTICED = "noticed", "登记内容变了，等人确认"
    CHANGED = "changed", "备案内容有变更"
    NOT_CONCERNED = "not_concerned", "不涉及备案内容"
    CHANGE_FILED = "change_filed", "变更备案办好了"
    RECEIPT = "receipt", "补交备案回执"
    REGISTERED = "registered", "按登记表写明"
    CORRECTED = "corrected", "更正"
    VOIDED = "voided", "作废"
    WITHDRAWN = "withdrawn", "备案注销"
    CLOSED = "closed", "随站点停业终止"
    REOPENED = "reopened", "随站点恢复营业"


CORRECTABLE = frozenset(
    {
        StepKind.SUBMITTED,
        StepKind.ASKED,
        StepKind.RESUBMITTED,
        StepKind.FILED,
        StepKind.CHANGED,
        StepKind.CHANGE_FILED,
        StepKind.RECEIPT,
    }
)
VOIDABLE = CORRECTABLE | {StepKind.NOT_CONCERNED, StepKind.WITHDRAWN}


class Registered(NamedTuple):
    """The five things that the register holds of a filing."""

    filed_on: date | None = None
    number: str = ""
    name: str = ""
    changed_on: date | None = None
    change_filed_on: date | None = None


NOT_REGISTERED = Registered()


class Step(NamedTuple):
    """One step; `corrects` is the `seq` of the step that it puts right or makes void."""

    seq: int
    kind: StepKind
    on: date
    text: str = ""
    number: str = ""
    name: str = ""
    facts: tuple[str, ...] = ()
    corrects: int | None = None
    registered: Registered = NOT_REGISTERED


@dataclass(frozen=True, slots=True)
class Life:
    """What the steps say together. `stage` is how far the filing or its open change has come.

    `pending` are facts that changed in the register and that nobody has spoken about, since
    `pending_on`; `running` is a confirmed change that is not filed yet.
    """

    registered: Registered = NOT_REGISTERED
    stage: FilingState = FilingState.WAITING
    submitted_on: date | None = None
    asked_on: date | None = None
    asked: str = ""
    pending: tuple[str, ...] = ()
    pending_on: date | None = None
    running: bool = False
    change_facts: tuple[str, ...] = ()
    ended: bool = False

    @property
    def state(self) -> FilingState:
        """The state that a list shows."""
        if self.ended:
            return FilingState.ENDED
        if self.registered.filed_on is None:
            return self.stage
        return FilingState.CHANGING if self.running or self.pending else FilingState.FILED

    @property
    def clock_from(self) -> date | None:
        """Since when the 10 days of a change run, also of one that nobody confirmed yet."""
        days = [
            day
            for day, runs in (
                (self.registered.changed_on, self.running),
                (self.pending_on, bool(self.pending)),
            )
            if runs and day is not None
        ]
        return min(days, default=None)


def effective(steps: Iterable[Step]) -> list[Step]:
    """The steps as they stand after corrections, without those made void."""
    held = list(steps)
    put_right = {one.corrects: one for one in held if one.kind is StepKind.CORRECTED}
    void = {one.corrects for one in held if one.kind is StepKind.VOIDED}
    return [
        _put_right(one, put_right.get(one.seq))
        for one in held
        if one.kind not in (StepKind.CORRECTED, StepKind.VOIDED) and one.seq not in void
    ]


def _put_right(step: Step, right: Step | None) -> Step:
    if right is None:
        return step
    return step._replace(
        on=right.on, text=right.text, number=right.number, name=right.name, facts=right.facts
    )


def life_of(steps: Iterable[Step]) -> Life:
    """What all steps say together, in their order."""
    life = Life()
    for one in effective(steps):
        life = _after(life, one)
    return life


def filed_until_withdrawn(steps: Iterable[Step]) -> tuple[date, date] | None:
    """From which day a filing held to the day of its 注销; None where it was not withdrawn."""
    life = Life()
    for one in effective(steps):
        if one.kind is StepKind.WITHDRAWN:
            filed_on = life.registered.filed_on
            return None if filed_on is None else (filed_on, one.on)
        life = _after(life, one)
    return None


def may_follow(life: Life) -> tuple[StepKind, ...]:
    """What a person may record next, the usual first."""
    if life.ended:
        return ()
    filed = life.registered.filed_on is not None
    if filed and not life.running:
        first = (StepKind.CHANGED, StepKind.NOT_CONCERNED) if life.pending else (StepKind.CHANGED,)
        return (*first, StepKind.RECEIPT, StepKind.WITHDRAWN)
    done = StepKind.CHANGE_FILED if filed else StepKind.FILED
    way = {
        FilingState.WAITING: (StepKind.SUBMITTED, done),
        FilingState.SUBMITTED: (done, StepKind.ASKED),
        FilingState.ASKED: (StepKind.RESUBMITTED, done),
    }[life.stage]
    if not filed:
        return way
    also = (StepKind.CHANGED, StepKind.NOT_CONCERNED) if life.pending else ()
    return (*also, *way, StepKind.RECEIPT, StepKind.WITHDRAWN)


def _not_before(kind: StepKind) -> tuple[tuple[str, str], ...]:
    """Days of a life that a step cannot lie before, each with its word."""
    match kind:
        case StepKind.ASKED | StepKind.FILED:
            return (("submitted_on", "提交"),)
        case StepKind.RESUBMITTED:
            return (("asked_on", "要求补正"),)
        case StepKind.CHANGED | StepKind.WITHDRAWN:
            return (("filed_on", "备案"),)
        case StepKind.CHANGE_FILED:
            return (("changed_on", "备案内容变更"), ("submitted_on", "提交变更材料"))
    return ()


def disorder(steps: Sequence[Step]) -> str:
    """Why these steps cannot stand one after another, as a sentence; "" when they can."""
    life = Life()
    for one in effective(steps):
        if one.kind in VOIDABLE:
            if one.kind not in may_follow(life):
                return f"“{one.kind.label}”不能跟在“{life.state.label}”后面。"
            for name, word in _not_before(one.kind):
                day = getattr(life, name, None) or getattr(life.registered, name, None)
                if day is not None and one.on < day:
                    return (
                        f"“{one.kind.label}”写的是{full_day_text(one.on)}，"
                        f"早于{word}的{full_day_text(day)}。"
                    )
        life = _after(life, one)
    return ""


def _rested(life: Life) -> Life:
    """Nothing is under way any more."""
    return replace(life, stage=FilingState.WAITING, submitted_on=None, asked_on=None, asked="")


def _written_anew(life: Life, made: Registered) -> Life:
    """What a table or the register's form says instead of steps."""
    told = made.change_filed_on
    running = made.changed_on is not None and (told is None or told < made.changed_on)
    spoken_of = made.changed_on != life.registered.changed_on
    filed_now = made.filed_on is not None and life.registered.filed_on is None
    return replace(
        _rested(life) if filed_now or (not running and life.running) else life,
        registered=made,
        running=running and made.filed_on is not None,
        change_facts=life.change_facts if running else (),
        pending=() if spoken_of or made.filed_on is None else life.pending,
        pending_on=None if spoken_of or made.filed_on is None else life.pending_on,
    )


def _submitted(life: Life, step: Step) -> Life:
    return replace(life, stage=FilingState.SUBMITTED, submitted_on=step.on)


def _asked(life: Life, step: Step) -> Life:
    return replace(life, stage=FilingState.ASKED, asked_on=step.on, asked=step.text)


def _filed(life: Life, step: Step) -> Life:
    made = life.registered._replace(filed_on=step.on, number=step.number, name=step.name)
    return replace(_rested(life), registered=made)


def _noticed(life: Life, step: Step) -> Life:
    return replace(
        life,
        pending=tuple(dict.fromkeys((*life.pending, *step.facts))),
        pending_on=min(life.pending_on or step.on, step.on),
    )


def _changed(life: Life, step: Step) -> Life:
    """A confirmed change; of two that are not filed yet, the earlier one's days run."""
    before = life.registered.changed_on if life.running else None
    return replace(
        life if life.running else _rested(life),
        registered=life.registered._replace(
            changed_on=min(before or step.on, step.on), change_filed_on=None
        ),
        running=True,
        change_facts=tuple(dict.fromkeys((*life.change_facts, *step.facts))),
        pending=(),
        pending_on=None,
    )


def _change_filed(life: Life, step: Step) -> Life:
    held = life.registered
    made = held._replace(
        change_filed_on=step.on, number=step.number or held.number, name=step.name or held.name
    )
    return replace(_rested(life), registered=made, running=False, change_facts=())


_DOES: Mapping[StepKind, Callable[[Life, Step], Life]] = {
    StepKind.SUBMITTED: _submitted,
    StepKind.RESUBMITTED: _submitted,
    StepKind.ASKED: _asked,
    StepKind.FILED: _filed,
    StepKind.NOTICED: _noticed,
    StepKind.CHANGED: _changed,
    StepKind.NOT_CONCERNED: lambda life, _: replace(life, pending=(), pending_on=None),
    StepKind.CHANGE_FILED: _change_filed,
    StepKind.REGISTERED: lambda life, step: _written_anew(life, step.registered),
    StepKind.WITHDRAWN: lambda life, _: replace(life, registered=NOT_REGISTERED, ended=True),
    StepKind.CLOSED: lambda life, _: replace(life, ended=True),
    StepKind.REOPENED: lambda life, _: replace(life, ended=False),
}


def _after(life: Life, step: Step) -> Life:
    """The life once this step is done as well."""
    does = _DOES.get(step.kind)
    return does(life, step) if does else life


class Clock(NamedTuple):
    """A deadline: from when, its last sure day, and days left (below 0: over).

    `sure` is False on the days between, when the last day is a day off and nobody decided.
    """

    start: date
    last_on: date
    left: int
    sure: bool


def clock(
    start: date | None, days: int, *, on: date, calendar: WorkingDays, options: CountyOptions
) -> Clock | None:
    """The deadline of so many days from a day on; None where that day is not known."""
    if start is None:
        return None
    in_time, late = last_day(start, days, calendar, options)
    return Clock(start, in_time, (in_time - on).days, on <= in_time or on > late)
