"""对账: every station's day of a month, the keeper's count beside the operators' own totals."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import next_month
from server.models.county import County, Division
from server.models.month import MonthApproval
from server.models.operator_total import ReconciliationDecision
from server.models.person import Person
from server.models.station import Station
from server.policy.hours import Holidays, nobody_knows
from server.policy.reconciliation import (
    DayState,
    Decided,
    Numbers,
    Settled,
    Tolerance,
    seal_of_day,
    settle,
)
from server.policy.standard.facts import Level
from server.services.common.closures import times_away
from server.services.common.hours_then import hours_then
from server.services.common.openings import days_closed
from server.services.county.round_options import round_options, tolerance_of
from server.services.days.both_sides import (
    Asked,
    KeeperSide,
    OperatorLine,
    keepers_said,
    newest_decisions,
    operators_said,
    sum_of,
)
from server.services.days.due import DaysDue, days_there
from server.services.days.months import NO_TOWNSHIP, approval_of
from server.services.people.scope import Everybody, sees_whole_county, stations_visible_to


@dataclass(frozen=True, slots=True)
class Day:
    """One station's day: both sides, the newest decision, and what comes of them.

    `decision` is history only where `decided` is False: a side has changed since. `given` is
    whether an operator gave anything at all for the station's month.
    """

    station_id: int
    day_on: date
    keeper: KeeperSide | None
    lines: tuple[OperatorLine, ...]
    decision: ReconciliationDecision | None
    decided: bool
    settled: Settled
    given: bool

    @property
    def operator(self) -> Numbers | None:
        """All operators together; None where none said anything."""
        return sum_of(line.numbers for line in self.lines)

    @property
    def seal(self) -> str:
        """What a decision is over: both sides' numbers, as a hash."""
        keeper = self.keeper.numbers if self.keeper else None
        return seal_of_day(self.station_id, self.day_on, keeper, self.operator)

    @property
    def seen(self) -> str:
        """What a form carries of the day it showed: both sides, and the decision beside them."""
        return f"{self.seal}.{self.decision.seq if self.decision else 0}"

    @property
    def state(self) -> DayState:
        """How both sides stand to each other."""
        return self.settled.state

    @property
    def awaited(self) -> bool:
        """Whether the operator's numbers are still to come: there is nothing to compare yet.

        A person may decide such a day, but it waits for nobody: the queue does not count it.
        """
        return self.settled.open and not self.given

    @property
    def waits(self) -> bool:
        """Whether the day waits for a person, as the queue of the first page counts it."""
        return self.settled.open and self.given

    @property
    def reconciled(self) -> bool:
        """Whether nobody has to decide any more, though something was said of the day."""
        return not self.settled.open and self.state is not DayState.MISSING


class Tally(NamedTuple):
    """How many station-days stand how, and what of them may be paid.

    `equal`, `within` and `decided` are reconciled, as is `nothing`: one side says 0, the other
    nothing. The next three wait for a person; of `awaited` days the operator's file is still to
    come, of `missing` days neither side says anything.
    """

    equal: int
    within: int
    decided: int
    nothing: int
    differs: int
    only_keeper: int
    only_operator: int
    awaited: int
    missing: int
    payable: Numbers

    @property
    def reconciled(self) -> int:
        """Days of which nobody has to decide any more."""
        return self.equal + self.within + self.decided + self.nothing

    @property
    def open(self) -> int:
        """Days that wait for a person."""
        return self.differs + self.only_keeper + self.only_operator

    @property
    def days(self) -> int:
        """All of them."""
        return self.reconciled + self.open + self.awaited + self.missing


@dataclass(frozen=True)
class StationDays:
    """One station's month, day by day."""

    station: Station
    township: str
    days: tuple[Day, ...]

    @cached_property
    def tally(self) -> Tally:
        """How its days stand."""
        return tally(self.days)


@dataclass(frozen=True)
class Reconciled:
    """A month of the stations in sight. `hub` is the centre by day, as far as operators said so.

    `unread` are stations of which nobody can tell any more when they were open.
    """

    month_on: date
    approval: MonthApproval | None
    tolerance: Tolerance
    stations: tuple[StationDays, ...]
    hub: Mapping[date, tuple[OperatorLine, ...]]
    unread: frozenset[int] = frozenset()

    @cached_property
    def tally(self) -> Tally:
        """All stations together."""
        return tally(day for one in self.stations for day in one.days)


def tally(days: Iterable[Day]) -> Tally:
    """Count how these days stand."""
    count: Counter[str] = Counter()
    inbound = outbound = 0
    for day in days:
        if day.settled.numbers is not None:
            inbound += day.settled.numbers.inbound
            outbound += day.settled.numbers.outbound
        if day.decided:
            count["decided"] += 1
        elif day.awaited:
            count["awaited"] += 1
        elif day.settled.open or day.state in (DayState.EQUAL, DayState.WITHIN, DayState.MISSING):
            count[day.state.value] += 1
        else:
            count["nothing"] += 1
    kinds = {name: count[name] for name in Tally._fields if name != "payable"}
    return Tally(**kinds, payable=Numbers(inbound, outbound))


def month_tolerance(session: Session, *, county: str, approval: MonthApproval | None) -> Tolerance:
    """How far both sides may lie apart: as approved, else as the county has it now."""
    if approval is not None:
        return Tolerance(approval.tolerance_parcels, approval.tolerance_percent)
    return tolerance_of(round_options(session.get_one(County, county)))


def reconciled_month(
    session: Session,
    *,
    county: str,
    month_on: date,
    today: date,
    seen_by: Person | Everybody,
    station_ids: Collection[int] | None = None,
    holidays: Holidays = nobody_knows,
) -> Reconciled:
    """Hold both sides of a month against each other; as many queries for any number of stations.

    Days stand here on which either side says something, and those on which the station surely was
    open by the hours of that day. Of `station_ids` only, where given.
    """
    last = next_month(month_on) - timedelta(days=1)
    approval = approval_of(session, county=county, month_on=month_on)
    tolerance = month_tolerance(session, county=county, approval=approval)
    wanted = sa.and_(Station.county == county, stations_visible_to(seen_by))
    if station_ids is not None:
        wanted &= Station.id.in_(station_ids)
    rows = session.execute(
        sa.select(Station, Division.name)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(wanted)
    ).all()
    ids = None if station_ids is None else [station.id for station, _ in rows]
    asked = Asked(county, month_on, ids)
    keepers = keepers_said(session, asked, approval)
    lines, hub = operators_said(session, asked)
    decisions = newest_decisions(session, asked)
    closed = days_closed(
        session,
        county=county,
        station_ids=[station.id for station, _ in rows],
        since=month_on,
        until=last,
    )
    away = times_away(session, county=county)
    then = hours_then(session, county=county, since=month_on, until=last)
    due_days = DaysDue(month_on, last, holidays, then)
    found = []
    for station, township in rows:
        said = keepers[station.id].keys() | lines[station.id].keys()
        there = days_there(station, month_on, min(last, today))
        gone = away.between(station.id, there)
        if station.level is Level.COUNTY_HUB:
            due: set[date] = set()  # what passes the centre is not a keeper's to count
        else:
            due = due_days.of(station, there) - closed[station.id] - gone
        if not said and not there:
            continue
        days = tuple(
            _day(
                (station.id, day_on),
                keepers[station.id].get(day_on),
                lines[station.id],
                decisions.get((station.id, day_on)),
                tolerance,
            )
            for day_on in sorted(said | due)
        )
        if days:
            found.append(StationDays(station, township or NO_TOWNSHIP, days))
    found.sort(
        key=lambda one: (
            one.station.township_code or "~", one.station.code or "~", one.station.id
        )
    )  # fmt: skip
    # What passes the centre is the county's: who sees a part of the stations is not shown it.
    hub = hub if sees_whole_county(seen_by, county) else {}
    unread = (then.unread | away.unread(month_on)) & {one.station.id for one in found}
    return Reconciled(month_on, approval, tolerance, tuple(found), hub, unread)


def day_of(
    session: Session, *, station: Station, day_on: date, holidays: Holidays = nobody_knows
) -> Day:
    """One station's day as it stands now, whether or not anything was said of it."""
    month_on = day_on.replace(day=1)
    month = reconciled_month(
        session,
        county=station.county,
        month_on=month_on,
        today=day_on,
        seen_by=Everybody.EVERYBODY,
        station_ids=[station.id],
        holidays=holidays,
    )
    for one in month.stations:
        for day in one.days:
            if day.day_on == day_on:
                return day
    return _day((station.id, day_on), None, {}, None, month.tolerance)


def decision_holds(
    decision: ReconciliationDecision | None,
    keeper: Numbers | None,
    operator: Numbers | None,
) -> bool:
    """Whether both sides still say what the decision was made over."""
    if decision is None:
        return False
    now = seal_of_day(decision.station_id, decision.day_on, keeper, operator)
    return decision.seen_sha256 == now


def _day(
    key: tuple[int, date],
    keeper: KeeperSide | None,
    of_month: Mapping[date, Sequence[OperatorLine]],
    decision: ReconciliationDecision | None,
    tolerance: Tolerance,
) -> Day:
    lines = tuple(of_month.get(key[1], ()))
    count = keeper.numbers if keeper else None
    operator = sum_of(line.numbers for line in lines)
    holds = decision_holds(decision, count, operator)
    decided = None
    if decision is not None and holds:
        decided = Decided(decision.choice, Numbers(decision.inbound, decision.outbound))
    settled = settle(count, operator, tolerance=tolerance, decided=decided)
    return Day(*key, keeper, lines, decision, holds, settled, bool(of_month))
