"""Indicators of a day: a set of stations within another, with those of which nobody can tell.

Two kinds of figures are kept apart by type. An `Indicator` is a share of the stations that the
register held on the day: what is done is a subset of them, so that more than 100 % cannot occur.
`AgainstTarget` holds a number of stations against a number of the plan; there may be more than the
plan asks for, which is said as such (超额) and never as a share.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from server.labelled import Labelled
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level

Tell = bool | None
"""Yes, no, or None: nobody can tell."""


class IndicatorKey(Labelled):
    """What is counted; each apart, none merged with another."""

    BUILT = "built", "已建成", "建成", "有具名的同志验收过；升级前登记、没有人验收过的说不清"
    DEMONSTRATION = (
        "demonstration", "示范", "示范",
        "县级中心验收为“建成（示范）”；升级前登记、没有人验收过的说不清",
    )  # fmt: skip
    STANDARDISED = (
        "standardised", "标准化", "标准化",
        "乡镇站验收为“建成（标准化）”；升级前登记、没有人验收过的说不清",
    )  # fmt: skip
    FILED = "filed", "已备案", "备案", "登记簿里的备案日期已经到了；要不要备案还没有定的说不清"
    MET = "met", "达标", "达标", "应当项都到场核实过；还缺证据、等人到场核实的说不清"
    FILED_AND_MET = (
        "filed_and_met",
        "已备案并且达标",
        "备案并达标",
        "两样都做到；一样说不清就说不清",
    )
    BOUND = "bound", "站长手机在用", "手机在用", "站长的手机绑好了，能上报"
    SETTLED = "settled", "没有未办结的事", "无未办结", "没有未办结的整改、分歧等"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationDay:
    """One station as it was at the end of a day; None is what cannot be told of that day.

    `operator_id` None is also a station without one. `open_work` is how many things nobody has
    settled there.
    """

    station_id: int
    code: str
    name: str
    level: Level
    township_code: str | None
    village_code: str | None
    operator_id: int | None
    stage_label: str
    built: Tell
    standardised: Tell
    demonstration: Tell
    filed: Tell
    status: Status | None
    open_work: int | None
    bound: Tell

    @property
    def met(self) -> Tell:
        """Whether it is 达标; a station that waits for evidence or a visit is neither."""
        if self.status is None or self.status in _OPEN_STATES:
            return None
        return self.status is Status.MEETS


_OPEN_STATES = (Status.TO_VERIFY, Status.NOT_ASSESSED)


def both(first: Tell, second: Tell) -> Tell:
    """Whether both hold: one plain no is enough for a no."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


_TOLD: Mapping[IndicatorKey, Callable[[StationDay], Tell]] = {
    IndicatorKey.BUILT: lambda one: one.built,
    IndicatorKey.DEMONSTRATION: lambda one: one.demonstration,
    IndicatorKey.STANDARDISED: lambda one: one.standardised,
    IndicatorKey.FILED: lambda one: one.filed,
    IndicatorKey.MET: lambda one: one.met,
    IndicatorKey.FILED_AND_MET: lambda one: both(one.filed, one.met),
    IndicatorKey.BOUND: lambda one: one.bound,
    IndicatorKey.SETTLED: lambda one: None if one.open_work is None else one.open_work == 0,
}


def told(key: IndicatorKey, station: StationDay) -> Tell:
    """What an indicator says of one station."""
    return _TOLD[key](station)


@dataclass(frozen=True, slots=True)
class Indicator:
    """Which of some stations have a thing, which do not, and of which it cannot be told.

    All three are sets of station ids. Raises ValueError where `done` or `unknown` holds a station
    outside `among`, or both hold one: a share of more than 100 % cannot be built.
    """

    key: IndicatorKey
    level: Level
    among: frozenset[int]
    done: frozenset[int]
    unknown: frozenset[int]

    def __post_init__(self) -> None:
        if not (self.done <= self.among and self.unknown <= self.among):
            raise ValueError(f"{self.key.value}: counts stations that are not among its own")
        if self.done & self.unknown:
            raise ValueError(f"{self.key.value}: a station is both done and unknown")

    @property
    def not_done(self) -> frozenset[int]:
        """The stations of which it is known that they have it not."""
        return self.among - self.done - self.unknown

    @property
    def share(self) -> Fraction | None:
        """Done of all, 0 to 1; None where there is no station, or nothing of any can be told."""
        if not self.among or len(self.unknown) == len(self.among):
            return None
        return Fraction(len(self.done), len(self.among))

    @property
    def percent(self) -> int | None:
        """The share in whole per cent, rounded down: 100 means all."""
        return None if self.share is None else int(self.share * 100)


@dataclass(frozen=True, slots=True)
class AgainstTarget:
    """So many stations beside a number of the plan; both are counts, nothing is a share."""

    done: int
    target: int

    @property
    def missing(self) -> int:
        """How many are still to do; 0 where the number is reached."""
        return max(self.target - self.done, 0)

    @property
    def over(self) -> int:
        """How many there are beyond the plan's number (超额)."""
        return max(self.done - self.target, 0)


COUNTS_FOR: Mapping[str, IndicatorKey] = {
    "demo": IndicatorKey.DEMONSTRATION,
    "running": IndicatorKey.BUILT,
    "built_to_standard": IndicatorKey.STANDARDISED,
    "filed": IndicatorKey.FILED,
}
"""What counts towards a target of a kind (`nouns.TargetKind`): the plan's own word for it."""


JUDGING = frozenset({IndicatorKey.MET, IndicatorKey.FILED_AND_MET})
"""Those that hold stations against a standard."""


def keys_for(level: Level, *, assessed: bool) -> tuple[IndicatorKey, ...]:
    """The indicators that are spoken of at a level.

    标准化 is a township station's alone (静乐方案 四（二）), 示范 the centre's (四（一）); without
    a standard nobody is 达标 or not.
    """
    left_out = set()
    if level is not Level.TOWNSHIP_STATION:
        left_out.add(IndicatorKey.STANDARDISED)
    if level is not Level.COUNTY_HUB:
        left_out.add(IndicatorKey.DEMONSTRATION)
    if not assessed:
        left_out |= JUDGING
    return tuple(key for key in IndicatorKey if key not in left_out)


def indicator(key: IndicatorKey, level: Level, stations: Iterable[StationDay]) -> Indicator:
    """One indicator over the stations of a level."""
    among: set[int] = set()
    done: set[int] = set()
    unknown: set[int] = set()
    tell = _TOLD[key]
    for one in stations:
        if one.level is not level:
            continue
        among.add(one.station_id)
        said = tell(one)
        if said is None:
            unknown.add(one.station_id)
        elif said:
            done.add(one.station_id)
    return Indicator(key, level, frozenset(among), frozenset(done), frozenset(unknown))


@dataclass(frozen=True, slots=True)
class Between:
    """How an indicator moved from one day to a later one, as sets of stations.

    Of a station of which one of the days cannot be told no way is made up: it stands in `unsure`
    and in neither of the others. A station that was not there yet, or is gone, counts as without.
    """

    key: IndicatorKey
    level: Level
    first: Indicator
    second: Indicator

    @property
    def newly(self) -> frozenset[int]:
        """Done on the second day and not on the first."""
        return self.second.done - self.first.done - self.first.unknown

    @property
    def no_longer(self) -> frozenset[int]:
        """Done on the first day and not on the second."""
        return self.first.done - self.second.done - self.second.unknown

    @property
    def unsure(self) -> frozenset[int]:
        """Of which one of the two days cannot be told, so that nobody knows how they moved."""
        return (self.second.done & self.first.unknown) | (self.first.done & self.second.unknown)


def month_ends(until: date, months: int) -> tuple[date, ...]:
    """The last days of the months before `until`, oldest first, then `until` itself."""
    days = [until]
    first = until.replace(day=1)
    for _ in range(months):
        last = date.fromordinal(first.toordinal() - 1)
        days.append(last)
        first = last.replace(day=1)
    return tuple(reversed(days))
