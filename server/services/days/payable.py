"""What of a month may be paid, day by day with its evidence, and what has changed since it was.

For whoever makes payments. Call `hold_days` first in the transaction that pays: until it commits,
no count, no operator's file and no decision of these stations comes in between.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_month_text
from server.models.county import County
from server.models.person import Person
from server.models.station import Station
from server.policy.hours import Holidays, nobody_knows
from server.policy.reconciliation import DayState, Numbers, hash_of
from server.services.days.reconciliation import Day, Reconciled, reconciled_month
from server.services.people.scope import EVERYBODY, Everybody


class PayableDay(NamedTuple):
    """A reconciled day: `inbound` (下行) and `outbound` (上行) may be paid.

    `agri_claimed` is how many of the outbound parcels were 农产品 as the keeper alone says, never
    more than `outbound`; no operator's figure confirms it. `why` says in words on what the numbers
    rest. `source` is the evidence as JSON keeps it: the state, the keeper's count (id, version,
    numbers, whether it came after the approval), each operator's line (file, row, version,
    numbers), the decision that holds. `sha256` is the hash of numbers and source.
    """

    station_id: int
    day_on: date
    inbound: int
    outbound: int
    agri_claimed: int
    why: str
    source: Mapping[str, Any]
    sha256: str


class UnpayableDay(NamedTuple):
    """A day of which nothing may be paid, and why, in words.

    `open` is whether it waits for a person's decision; else a person decided so, or neither side
    says anything.
    """

    station_id: int
    day_on: date
    why: str
    open: bool


@dataclass(frozen=True)
class StationPayable:
    """One station's month: the sums of its reconciled days, the days, and those left out."""

    station_id: int
    inbound: int
    outbound: int
    agri_claimed: int
    days: tuple[PayableDay, ...]
    unpayable: tuple[UnpayableDay, ...]

    @property
    def sha256(self) -> str:
        """A hash over all days that may be paid: the evidence of a payment by this month."""
        return hash_of([[day.day_on.isoformat(), day.sha256] for day in self.days])


@dataclass(frozen=True)
class PayableMonth:
    """A month as it may be paid by.

    Only an approved month may: else `why_not` says so in words, `approval_id` and
    `figures_sha256` are None and `stations` is empty. `figures_sha256` is the hash of the
    frozen figures of the approval.
    """

    county: str
    month_on: date
    approval_id: int | None
    figures_sha256: str | None
    why_not: str
    stations: Mapping[int, StationPayable]


class PaidDay(NamedTuple):
    """A day as it was paid: what `PayableDay` said then, after earlier counter-entries."""

    station_id: int
    day_on: date
    inbound: int
    outbound: int
    agri_claimed: int = 0


class DayDifference(NamedTuple):
    """A paid day that is no longer what it was paid by.

    `now` is the day as it may be paid now, None where nothing may. Where `open`, a person has to
    decide first: there is no counter-entry yet, and the three differences are 0. Otherwise they
    are what a counter-entry has to add: now minus paid, negative where too much was paid. `why`
    says in words what changed.
    """

    paid: PaidDay
    now: PayableDay | None
    inbound: int
    outbound: int
    agri_claimed: int
    open: bool
    why: str


def hold_days(session: Session, *, county: str, station_ids: Collection[int]) -> None:
    """Let nothing change both sides of these stations' days until this transaction ends.

    On SQLite the transaction must already be a writing one. The county's row comes first, then the
    stations in the order of their ids, everywhere.
    """
    session.execute(
        sa.select(County.code).where(County.code == county).with_for_update(key_share=True)
    )
    session.execute(
        sa.select(Station.id)
        .where(Station.county == county, Station.id.in_(station_ids))
        .order_by(Station.id)
        .with_for_update(key_share=True)
    ).all()


def payable_days(
    session: Session,
    *,
    county: str,
    month_on: date,
    station_ids: Collection[int],
    today: date,
    seen_by: Person | Everybody,
    holidays: Holidays = nobody_knows,
) -> PayableMonth:
    """What may be paid of these stations' days of a month, and of each other day why not.

    Only the reconciled days of an approved month may be paid: both sides say the same, lie within
    the tolerance that the approval froze (then the smaller number counts), or a person decided.
    Every station in sight has an entry, also one with nothing to pay. A fixed number of queries.
    """
    month = reconciled_month(
        session,
        county=county,
        month_on=month_on,
        today=today,
        seen_by=seen_by,
        station_ids=station_ids,
        holidays=holidays,
    )
    if month.approval is None:
        return PayableMonth(
            county,
            month_on,
            None,
            None,
            f"{full_month_text(month_on)}的件数县里还没有核准，不能算补助。",
            {},
        )
    return PayableMonth(
        county,
        month_on,
        month.approval.id,
        month.approval.figures_sha256,
        "",
        {one.station.id: _station(one.station.id, one.days) for one in month.stations},
    )


def differences_since(
    session: Session,
    *,
    county: str,
    month_on: date,
    paid: Iterable[PaidDay],
    today: date,
) -> list[DayDifference]:
    """Which of these paid days of one approved month would be paid otherwise now, by day.

    A correction of the month, a later operator's line or a later decision changes a day; it is
    then decided anew where both sides disagree (`open`), and what was paid stays as it was: only a
    counter-entry follows. `paid` are the days with all earlier counter-entries added. A day that
    changed and comes to the same numbers is no difference.
    """
    before = {(one.station_id, one.day_on): one for one in paid}
    month = reconciled_month(
        session,
        county=county,
        month_on=month_on,
        today=today,
        seen_by=EVERYBODY,
        station_ids={station_id for station_id, _ in before},
    )
    now = _days_of(month)
    found = []
    for key in sorted(before, key=lambda one: (one[1], one[0])):
        one, day = before[key], now.get(key)
        difference = _difference(one, day)
        if difference is not None:
            found.append(difference)
    return found


def _days_of(month: Reconciled) -> dict[tuple[int, date], Day]:
    return {(day.station_id, day.day_on): day for one in month.stations for day in one.days}


def _difference(paid: PaidDay, day: Day | None) -> DayDifference | None:
    if day is not None and day.settled.open:
        return DayDifference(paid, None, 0, 0, 0, open=True, why=f"已经付过，{day.settled.why}")
    now = _payable(day) if day is not None else None
    numbers = (now.inbound, now.outbound, now.agri_claimed) if now else (0, 0, 0)
    inbound, outbound, agri = (
        after - before for after, before in zip(numbers, paid[2:], strict=True)
    )
    if not (inbound or outbound or agri):
        return None
    why = day.settled.why if day is not None else DayState.MISSING.label
    then, after = _told(*paid[2:]), _told(*numbers)
    return DayDifference(
        paid, now, inbound, outbound, agri, open=False,
        why=f"付的时候是{then}，现在是{after}（{why}）",
    )  # fmt: skip


def _told(inbound: int, outbound: int, agri: int) -> str:
    """收12寄3，其中农产品1."""
    return Numbers(inbound, outbound).text + (f"，其中农产品{agri}" if agri else "")


def _station(station_id: int, days: Sequence[Day]) -> StationPayable:
    good = [one for day in days if (one := _payable(day)) is not None]
    left = [
        UnpayableDay(station_id, day.day_on, day.settled.why, day.settled.open)
        for day in days
        if day.settled.numbers is None
    ]
    return StationPayable(
        station_id,
        inbound=sum(one.inbound for one in good),
        outbound=sum(one.outbound for one in good),
        agri_claimed=sum(one.agri_claimed for one in good),
        days=tuple(good),
        unpayable=tuple(left),
    )


def _payable(day: Day) -> PayableDay | None:
    numbers = day.settled.numbers
    if numbers is None:
        return None
    agri = min(day.keeper.agri_sent if day.keeper else 0, numbers.outbound)
    source = _source(day)
    return PayableDay(
        station_id=day.station_id,
        day_on=day.day_on,
        inbound=numbers.inbound,
        outbound=numbers.outbound,
        agri_claimed=agri,
        why=day.settled.why,
        source=source,
        sha256=hash_of([day.station_id, day.day_on.isoformat(), numbers, agri, source]),
    )


def _source(day: Day) -> dict[str, Any]:
    """The rows on which a day rests, as JSON keeps them."""
    keeper, decision = day.keeper, day.decision if day.decided else None
    return {
        "state": day.state.value,
        "keeper": None
        if keeper is None
        else {
            "count": str(keeper.id),
            "version": keeper.version,
            "received": keeper.numbers.inbound,
            "sent": keeper.numbers.outbound,
            "agri_sent": keeper.agri_sent,
            "after_approval": keeper.late,
        },
        "operators": [
            {
                "line": line.id,
                "operator": line.operator_id,
                "file": line.file_id,
                "row": line.file_row,
                "brand": line.brand,
                "version": line.version,
                "inbound": line.numbers.inbound,
                "outbound": line.numbers.outbound,
            }
            for line in day.lines
        ],
        "decision": None
        if decision is None
        else {"id": decision.id, "choice": decision.choice.value, "over": decision.seen_sha256},
    }
