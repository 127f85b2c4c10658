"""末端备案 on one list: how each station's filing stands, and how many days are left."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import County, Division, Operator
from server.models.filing import Filing
from server.models.person import Person
from server.models.station import Stage, Station
from server.policy.plan.filing import (
    CHANGE_WITHIN_DAYS,
    FILE_WITHIN_DAYS,
    Clock,
    FilingState,
    Life,
    clock,
)
from server.policy.standard.facts import Level
from server.policy.standard.options import CountyOptions
from server.policy.standard.postal import must_file, postal_of, why_not_told
from server.policy.standard.working_days import WorkingDays
from server.services.county.counties import policy_options
from server.services.county.filing_options import remind_days
from server.services.people.scope import Everybody, stations_visible_to
from server.services.registry.filing_books import register_life

RUNS = (FilingState.WAITING, FilingState.SUBMITTED, FilingState.ASKED)
"""While a filing is in one of these, the 20 days from opening run."""


@dataclass(frozen=True, slots=True)
class FilingRow:
    """One station: its state, its deadline (None: none runs, or nobody knows from when), and why.

    `opener` is who is to file: the registered opener, else the operator. `pending` says that a
    change of the register waits for a person's word; `receipts` how many receipts are kept.
    """

    station: Station
    township_name: str
    opener: str
    state: FilingState
    clock: Clock | None
    why: str
    since_on: date | None
    pending: bool
    receipts: int

    @property
    def overdue(self) -> bool:
        """Whether the last day is over by every reading."""
        return self.clock is not None and self.clock.left < 0 and self.clock.sure


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a list is narrowed to; "" everything. `state` is a FilingState or a key of NEEDS."""

    state: str = ""
    township: str = ""
    opener: str = ""
    q: str = ""


NEEDS = {
    "overdue": "已逾期",
    "soon": "快到期",
    "pending": "变更待确认",
    "no-receipt": "缺回执",
}


def filing_rows(
    session: Session,
    *,
    county: County,
    on: date,
    calendar: WorkingDays,
    seen_by: Person | Everybody,
    station_ids: Collection[int] | None = None,
) -> list[FilingRow]:
    """Every open station in sight that is no county hub, what runs out first on top; one query."""
    options = policy_options(county)
    query = (
        select(Station, Division.name, Operator.name, Filing)
        .outerjoin(Division, Division.code == Station.township_code)
        .outerjoin(Operator, Operator.id == Station.operator_id)
        .outerjoin(Filing, sa.and_(Filing.station_id == Station.id, Filing.ended_at.is_(None)))
        .where(
            Station.county == county.code,
            Station.closed_on.is_(None),
            Station.level.in_((Level.TOWNSHIP_STATION, Level.VILLAGE_POINT)),
            stations_visible_to(seen_by),
        )
    )
    if station_ids is not None:
        query = query.where(Station.id.in_(station_ids))

    def days(start: date | None, most: int) -> Clock | None:
        return clock(start, most, on=on, calendar=calendar, options=options)

    rows = [
        _row((station, township or "", operator or ""), filing, days, options)
        for station, township, operator, filing in session.execute(query)
    ]
    return sorted(rows, key=_urgency)


def _row(
    about: tuple[Station, str, str],
    filing: Filing | None,
    days: Callable[[date | None, int], Clock | None],
    options: CountyOptions,
) -> FilingRow:
    """One row of a station with its township's and operator's names; `days` works out deadlines."""
    station, township, operator = about
    if filing is not None:
        state, since, from_on, pending = (
            filing.state, filing.since_on, filing.clock_from, filing.pending,
        )  # fmt: skip
    else:
        life: Life = register_life(station)
        state, since, from_on, pending = life.state, None, life.clock_from, False
    why = ""
    if state is FilingState.WAITING:
        state, why = _waiting(station, operator, options)
    if state in RUNS:
        runs = days(station.opened_on, FILE_WITHIN_DAYS)
        why = why or ("" if station.opened_on else "没有登记开办日期，算不出期限")
    elif state is FilingState.CHANGING:
        runs = days(from_on, CHANGE_WITHIN_DAYS)
    else:
        runs = None
    return FilingRow(
        station=station,
        township_name=township,
        opener=station.opener or operator,
        state=state,
        clock=runs,
        why=why,
        since_on=since,
        pending=pending,
        receipts=filing.receipts if filing else 0,
    )


def _waiting(station: Station, operator: str, options: CountyOptions) -> tuple[FilingState, str]:
    """What waiting means here: not opened yet, nobody knows whether it files, or it is to file."""
    if station.opened_on is None and station.stage is Stage.PLANNED:
        return FilingState.NOT_OPEN, ""
    postal = postal_of(station.coop_modes, station.ownership, (station.opener, operator))
    needed = must_file(postal, options)
    if needed:
        return FilingState.WAITING, ""
    state = FilingState.NOT_NEEDED if needed is False else FilingState.UNDECIDED
    return state, why_not_told(postal, options)


def _urgency(row: FilingRow) -> tuple[int, int, str, str, int]:
    """Deadlines first, the longest over on top; then what waits without one; then the rest."""
    station = row.station
    place = (station.township_code or "", station.code or "~", station.id)
    if row.clock is not None:
        return (0, row.clock.left, *place)
    return (list(FilingState).index(row.state) + 1, 0, *place)


def meant(row: FilingRow, need: str, *, soon_days: int) -> bool:
    """Whether a row is one of a key of NEEDS."""
    if need == "overdue":
        return row.overdue
    if need == "soon":
        return row.clock is not None and not row.overdue and row.clock.left <= soon_days
    if need == "pending":
        return row.pending
    return need == "no-receipt" and row.receipts == 0 and row.station.filed_on is not None


def narrowed(rows: Iterable[FilingRow], narrow: Narrow, *, soon_days: int) -> list[FilingRow]:
    """The rows that a list is narrowed to."""
    words = narrow.q.split()

    def fits(row: FilingRow) -> bool:
        text = " ".join(
            (row.station.code or "", row.station.name, row.opener, row.station.filing_number)
        )
        return (
            narrow.township in ("", row.station.township_code or "-")
            and narrow.opener in ("", row.opener or "-")
            and all(word.casefold() in text.casefold() for word in words)
            and (
                not narrow.state
                or row.state == narrow.state
                or meant(row, narrow.state, soon_days=soon_days)
            )
        )

    return [row for row in rows if fits(row)]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many stations are in which state, and how many are in need of what."""

    states: Counter[FilingState]
    needs: dict[str, int]
    total: int


def tally(rows: Sequence[FilingRow], *, soon_days: int) -> Tally:
    """Count a list's rows for its choices."""
    return Tally(
        states=Counter(row.state for row in rows),
        needs={need: sum(meant(row, need, soon_days=soon_days) for row in rows) for need in NEEDS},
        total=len(rows),
    )


def by_opener(rows: Iterable[FilingRow]) -> list[tuple[str, Counter[FilingState], int]]:
    """Openers ("" where none is registered) with their stations by state and how many are over."""
    found: dict[str, list[FilingRow]] = {}
    for row in rows:
        found.setdefault(row.opener, []).append(row)
    return [
        (name, Counter(row.state for row in held), sum(row.overdue for row in held))
        for name, held in sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    ]


def left_text(row: FilingRow) -> str:
    """A deadline in words: 还有3天, 今天是最后一天, 已逾期5天; "" where none runs."""
    if row.clock is None:
        return ""
    if not row.clock.sure:
        return "到没到期还说不准"
    if row.clock.left < 0:
        return f"已逾期{-row.clock.left}天"
    return f"还有{row.clock.left}天" if row.clock.left else "今天是最后一天"


def soon_of(county: County) -> int:
    """How many days before its end a deadline is called near in this county."""
    return remind_days(county)
