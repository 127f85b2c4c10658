"""对账: a keeper's count of a day held against the operator's own; only what is settled is paid."""

import hashlib
import json
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from server.labelled import Labelled


class DayState(Labelled):
    """How both sides of one station's day stand to each other."""

    EQUAL = "equal", "两边一致", "一致"
    WITHIN = "within", "在允许误差内", "误差内"
    DIFFERS = "differs", "两边有差异", "有差异"
    ONLY_KEEPER = "only_keeper", "只有站长的数", "缺企业数"
    ONLY_OPERATOR = "only_operator", "只有企业的数", "缺站长数"
    MISSING = "missing", "两边都没有数", "都没有"


class Choice(Labelled):
    """What a person decided of a day on which both sides do not agree."""

    KEEPER = "keeper", "按站长的数"
    OPERATOR = "operator", "按企业的数"
    OTHER = "other", "另定一个数"
    NOT_PAYABLE = "not_payable", "这一天不计"


class Numbers(NamedTuple):
    """Parcels of a day: `inbound` 收到 (下行), `outbound` 寄出 (上行)."""

    inbound: int
    outbound: int

    @property
    def text(self) -> str:
        """收12寄3."""
        return f"收{self.inbound}寄{self.outbound}"


class Tolerance(NamedTuple):
    """How far both sides may lie apart and still agree: so many parcels, or such a share.

    The share is one of the operator's number; a day keeps it where one of the two holds, for each
    direction by itself. None stands in a plan: the county chooses, 0 and 0 unless it does.
    """

    parcels: int = 0
    percent: int = 0

    @property
    def text(self) -> str:
        """相差不超过2件或企业数的5%; 一件也不差."""
        if not self.parcels and not self.percent:
            return "一件也不差才算一致"
        parts = [f"{self.parcels}件"] if self.parcels else []
        parts += [f"企业数的{self.percent}%"] if self.percent else []
        return f"相差不超过{'或'.join(parts)}"

    def allows(self, keeper: int, operator: int) -> bool:
        """Whether two numbers of one direction lie near enough."""
        apart = abs(keeper - operator)
        return apart <= self.parcels or apart * 100 <= self.percent * operator


class Decided(NamedTuple):
    """A person's decision that still holds: its choice, and the numbers that it gave."""

    choice: Choice
    numbers: Numbers


class Settled(NamedTuple):
    """What becomes of a day: `numbers` are what may be paid, None while a person has to decide.

    `why` says on what it rests, or why nothing may be paid. `open` is whether it waits for a
    person: a day of which neither side says anything waits for nobody.
    """

    state: DayState
    numbers: Numbers | None
    why: str
    open: bool = False


NOTHING = Numbers(0, 0)


def state_of(keeper: Numbers | None, operator: Numbers | None, tolerance: Tolerance) -> DayState:
    """How two sides stand to each other; None is a side that said nothing, which is not 0."""
    if keeper is None:
        return DayState.MISSING if operator is None else DayState.ONLY_OPERATOR
    if operator is None:
        return DayState.ONLY_KEEPER
    if keeper == operator:
        return DayState.EQUAL
    near = all(tolerance.allows(*pair) for pair in zip(keeper, operator, strict=True))
    return DayState.WITHIN if near else DayState.DIFFERS


@lru_cache(maxsize=4096)
def settle(
    keeper: Numbers | None,
    operator: Numbers | None,
    *,
    tolerance: Tolerance,
    decided: Decided | None = None,
) -> Settled:
    """What may be paid of a day.

    What a person decided over these very numbers comes first. Equal numbers stand; of numbers
    within the tolerance the smaller does, which neither side disputes. A side that says 0 beside
    one that says nothing leaves nothing to decide and nothing to pay. The same numbers come again
    and again in a month, so what comes of them is remembered.
    """
    state = state_of(keeper, operator, tolerance)
    if decided is not None:
        if decided.choice is Choice.NOT_PAYABLE:
            return Settled(state, None, f"对账决定{decided.choice.label}")
        return Settled(state, decided.numbers, f"对账决定{decided.choice.label}")
    if state is DayState.MISSING:
        return Settled(state, None, state.label)
    if keeper is not None and operator is not None and state is not DayState.DIFFERS:
        less = Numbers(*(min(pair) for pair in zip(keeper, operator, strict=True)))
        how = "" if state is DayState.EQUAL else "，按少的一边"
        return Settled(state, less, f"{state.label}{how}")
    if state is not DayState.DIFFERS and NOTHING in (keeper, operator):
        return Settled(state, NOTHING, f"{state.label}，是0件")
    return Settled(state, None, f"{state.label}，还没有决定", open=True)


def numbers_for(
    choice: Choice, keeper: Numbers | None, operator: Numbers | None, other: Numbers | None = None
) -> Numbers | None:
    """What a choice gives; None where that side said nothing, so that it cannot be chosen."""
    return {
        Choice.KEEPER: keeper,
        Choice.OPERATOR: operator,
        Choice.OTHER: other,
        Choice.NOT_PAYABLE: NOTHING,
    }[choice]


def seal_of_day(
    station_id: int, day_on: date, keeper: Numbers | None, operator: Numbers | None
) -> str:
    """A hash of what both sides say of a day: a decision is over this."""
    return hash_of([station_id, day_on.isoformat(), keeper, operator])


def hash_of(said: object) -> str:
    """The SHA-256 of something as JSON, always written the same way."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
