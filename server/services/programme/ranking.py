"""Townships in order of one indicator on one day, and the county's months one after the other.

The order is said, not weighed: by the share of stations done, and nothing else. Points for several
indicators together are the county's own affair; none are invented here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from server.models.county import County, Division
from server.models.person import Person
from server.policy.plan.indicators import (
    Indicator,
    IndicatorKey,
    StationDay,
    indicator,
    month_ends,
)
from server.policy.standard.facts import Level
from server.services.county.counties import TARGET_KINDS
from server.services.people.scope import Everybody, sees_whole_county, station_ids
from server.services.programme.days import Day, Told, days_of
from server.services.programme.indicators import indicators_of

MONTHS = 12
TRENDED = (
    IndicatorKey.BUILT,
    IndicatorKey.STANDARDISED,
    IndicatorKey.FILED,
    IndicatorKey.MET,
    IndicatorKey.FILED_AND_MET,
)
"""What a trend tells: of open work and phones no past month is kept but by its nights."""
ORDER_SAID = (
    "按做到的站占在册站的比例从高到低排；比例一样的名次相同，列的先后按区划代码；"
    "说不清的先不算做到，查清以后名次会变"
)
NOWHERE = "没有写明乡镇"
NO_PLACE = "没有站点或者全都说不清的，不排名次"


@dataclass(frozen=True, slots=True)
class Place:
    """A township's place; None for one without stations or of which nothing can be told.

    Equal shares have the same place and the next place counts them (1, 1, 3). `yours` says whether
    the stations behind the figure are in the reader's sight.
    """

    place: int | None
    township_code: str | None
    name: str
    figure: Indicator
    yours: bool


@dataclass(frozen=True, slots=True)
class TrendDay:
    """The county's (or the reader's part's) `TRENDED` indicators at one day of a trend."""

    on: date
    told: Told
    indicators: Mapping[tuple[Level, IndicatorKey], Indicator]


def ranked_townships(every: Iterable[Division], day: Day, level: Level) -> list[Division]:
    """The 乡 and 镇 of a county, and what else holds stations of the level on the day."""
    holding = {one.township_code for one in day.stations if one.level is level}
    return [one for one in every if one.kind in TARGET_KINDS or one.code in holding]


def ranking(
    session: Session,
    day: Day,
    *,
    townships: Sequence[Division],
    level: Level,
    key: IndicatorKey,
    seen_by: Person | Everybody,
) -> list[Place]:
    """Every township by share, the best first, those without a place last; one query at most.

    Everybody who may ask sees every township's figure, and only the stations in sight behind it:
    of the others `figure` is there and `yours` is False. Stations of no township of the list come
    as a last row of no place.
    """
    whole = bool(townships) and sees_whole_county(seen_by, townships[0].county)
    sight = set() if whole else station_ids(session, seen_by)
    names = {one.code: one.name for one in townships}
    groups: dict[str | None, list[StationDay]] = {code: [] for code in names}
    for one in day.stations:
        if one.level is level:
            code = one.township_code if one.township_code in names else None
            groups.setdefault(code, []).append(one)
    rows = []
    for code, stations in groups.items():
        figure = indicator(key, level, stations)
        yours = whole or (bool(figure.among) and figure.among <= sight)
        name = names[code] if code is not None else NOWHERE
        rows.append(Place(None, code, name, figure, yours))
    return _placed(rows)


def _placed(rows: Sequence[Place]) -> list[Place]:
    """The rows in their order, each with its place."""
    ranked = [one for one in rows if one.township_code and one.figure.share is not None]
    # Sorting keeps the order of the division codes among equals.
    ranked.sort(key=lambda one: one.figure.share or Fraction(0), reverse=True)
    placed: list[Place] = []
    for index, one in enumerate(ranked, 1):
        same = placed and placed[-1].figure.share == one.figure.share
        placed.append(replace(one, place=placed[-1].place if same else index))
    rest = [one for one in rows if one.township_code and one.figure.share is None]
    return [*placed, *rest, *(one for one in rows if one.township_code is None)]


def trend(
    session: Session,
    *,
    county: County,
    today: Day,
    seen_by: Person | Everybody,
    months: int = MONTHS,
) -> list[TrendDay]:
    """The last days of some months before a day, oldest first, then that day; six queries.

    Of leading months in which nothing had been done yet only the last is told.
    """
    past = month_ends(today.on, months)[:-1]
    days = [*days_of(session, county=county, days=past, assessed=today.assessed), today]
    sight = None if sees_whole_county(seen_by, county.code) else station_ids(session, seen_by)
    found = [
        TrendDay(
            one.on,
            one.told,
            indicators_of(
                [each for each in one.stations if sight is None or each.station_id in sight],
                assessed=one.assessed,
                keys=TRENDED,
            ),
        )
        for one in days
    ]
    while len(found) > 2 and not (_anything(found[0]) or _anything(found[1])):
        del found[0]
    return found


def _anything(day: TrendDay) -> bool:
    return any(one.done for key, one in day.indicators.items() if key[1] in TRENDED)
