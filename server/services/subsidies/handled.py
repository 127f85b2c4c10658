"""How many parcels a centre has handled in a year: reconciled days of approved months alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_month_text, month_of
from server.models.month import MonthApproval
from server.models.operator_total import OperatorTotal
from server.models.station import Station
from server.policy.plan.subsidies import (
    HandledMeaning,
    Measured,
    YearMeaning,
    handled_meaning,
    most_in_twelve,
    year_meaning,
)
from server.policy.standard.facts import Level
from server.services.days.payable import payable_days
from server.services.people.scope import EVERYBODY
from server.services.subsidies.candidates import Question


def handled(
    session: Session, *, asked: Question, stations: Iterable[Station]
) -> dict[int, tuple[Measured, dict[str, int]]]:
    """By centre, its pieces of the year as decided, and those of each month that is approved.

    What is missing (a month not approved, a day still open) makes the most unknown, never the
    least: a centre that has reached its number has reached it.
    """
    year, meaning = year_meaning(asked.decided), handled_meaning(asked.decided)
    every = list(stations)
    if year is None or meaning is None:
        return {one.id: (Measured(Fraction(0), None, "还没有定怎么算"), {}) for one in every}
    months = _months(int(asked.period), year)
    approved = set(
        session.scalars(
            sa.select(MonthApproval.month_on).where(
                MonthApproval.county == asked.county, MonthApproval.month_on.in_(months)
            )
        )
    )
    townships = [one.id for one in every if one.level is not Level.COUNTY_HUB]
    pieces, unsure = _reconciled(session, asked, townships, sorted(approved), meaning)
    hubs = [one.id for one in every if one.level is Level.COUNTY_HUB]
    if len(hubs) == 1:
        pieces[hubs[0]] = _of_the_hub(session, asked.county, approved, meaning)
    found: dict[int, tuple[Measured, dict[str, int]]] = {}
    for one in every:
        if one.id in hubs and len(hubs) > 1:
            told = Measured(Fraction(0), None, f"登记了{len(hubs)}个县级中心，分不清件数是哪个的")
            found[one.id] = (told, {})
            continue
        missing = [on for on in months if on not in approved or on in unsure[one.id]]
        found[one.id] = (
            _measured(pieces[one.id], missing, int(asked.period), year, meaning),
            {month_of(on): number for on, number in sorted(pieces[one.id].items())},
        )
    return found


def _months(year: int, meaning: YearMeaning) -> list[date]:
    """The months that may count: the year's, with those before that end in a window of it."""
    first = [] if meaning is YearMeaning.CALENDAR else [date(year - 1, n, 1) for n in range(2, 13)]
    return [*first, *(date(year, n, 1) for n in range(1, 13))]


def _reconciled(
    session: Session, asked: Question, ids: list[int], approved: list[date], meaning: HandledMeaning
) -> tuple[defaultdict[int, dict[date, int]], defaultdict[int, set[date]]]:
    pieces: defaultdict[int, dict[date, int]] = defaultdict(dict)
    unsure: defaultdict[int, set[date]] = defaultdict(set)
    for month_on in approved if ids else ():
        month = payable_days(
            session, county=asked.county, month_on=month_on, station_ids=ids, today=asked.today,
            holidays=asked.holidays, seen_by=EVERYBODY,
        )  # fmt: skip
        for station_id, one in month.stations.items():
            sent = one.outbound if meaning is HandledMeaning.BOTH else 0
            pieces[station_id][month_on] = one.inbound + sent
            if any(day.open for day in one.unpayable):
                unsure[station_id].add(month_on)
    return pieces, unsure


def _of_the_hub(
    session: Session, county: str, approved: Iterable[date], meaning: HandledMeaning
) -> dict[date, int]:
    """The operators' own totals of the centre; nobody else counts what passes it."""
    counted: sa.ColumnElement[int] = sa.type_coerce(OperatorTotal.inbound, sa.Integer)
    if meaning is HandledMeaning.BOTH:
        counted = OperatorTotal.inbound + OperatorTotal.outbound
    rows = session.execute(
        sa.select(OperatorTotal.month_on, sa.func.sum(counted))
        .where(
            OperatorTotal.county == county,
            OperatorTotal.station_id.is_(None),
            OperatorTotal.current,
            OperatorTotal.month_on.in_(list(approved)),
        )
        .group_by(OperatorTotal.month_on)
    )
    return {month_on: int(total) for month_on, total in rows}


def hub_counted_by_several(session: Session, *, county: str, since: date, until: date) -> int:
    """On how many days more than one enterprise gave numbers of the county's centre."""
    days = (
        sa.select(OperatorTotal.day_on)
        .where(
            OperatorTotal.county == county,
            OperatorTotal.station_id.is_(None),
            OperatorTotal.current,
            OperatorTotal.day_on.between(since, until),
        )
        .group_by(OperatorTotal.day_on)
        .having(sa.func.count(OperatorTotal.operator_id.distinct()) > 1)
    )
    return session.scalar(sa.select(sa.func.count()).select_from(days.subquery())) or 0


def _measured(
    pieces: Mapping[date, int], missing: list[date], year: int, meaning: YearMeaning,
    counted: HandledMeaning,
) -> Measured:  # fmt: skip
    if meaning is YearMeaning.CALENDAR:
        least, when = sum(pieces.values()), f"{year}年"
    else:
        least, first = most_in_twelve({on.year * 12 + on.month - 1: n for on, n in pieces.items()})
        begins = divmod(first, 12)
        begun = full_month_text(date(begins[0], begins[1] + 1, 1)) if least else ""
        when = f"从{begun}起的12个月" if least else f"到{year}年底的12个月"
    said = f"{when}处理{least:,}件（{counted.label}）"
    if missing:
        said += f"，另有{len(missing)}个月没有核准或没有对完账"
    return Measured(Fraction(least), None if missing else Fraction(least), said)
