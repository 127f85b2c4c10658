"""What a day's indicators are for somebody, with the stations behind each figure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person
from server.policy.plan.indicators import (
    Between,
    Indicator,
    IndicatorKey,
    StationDay,
    indicator,
    keys_for,
)
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.people.scope import Everybody, sees_whole_county, station_ids
from server.services.programme.days import Day, day_of
from server.services.standing.standing import Standing

LEVELS = (Level.COUNTY_HUB, Level.TOWNSHIP_STATION, Level.VILLAGE_POINT)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day as somebody may see it: the stations in sight, and the indicators over them."""

    day: Day
    stations: Mapping[int, StationDay]
    indicators: Mapping[tuple[Level, IndicatorKey], Indicator]

    def of(self, level: Level, key: IndicatorKey) -> Indicator:
        """One indicator; over nothing where the level does not speak of it."""
        nothing = Indicator(key, level, frozenset(), frozenset(), frozenset())
        return self.indicators.get((level, key), nothing)

    def per_level(self) -> list[tuple[Level, list[Indicator]]]:
        """The levels that have stations, each with its indicators in their order."""
        found = []
        for level in LEVELS:
            held = [one for (here, _), one in self.indicators.items() if here is level]
            if any(one.among for one in held):
                found.append((level, held))
        return found


def indicators_on(
    session: Session,
    *,
    county: County,
    on: date,
    now: datetime,
    standards: Sequence[Standard],
    seen_by: Person | Everybody,
    standing: Iterable[Standing] | None = None,
) -> DayFigures:
    """A day's indicators over the stations in somebody's sight. Raises Invalid day-not-yet.

    `standing` as `day_of` takes it.
    """
    day = day_of(session, county=county, on=on, now=now, standards=standards, standing=standing)
    return figures_of(session, day, county=county.code, seen_by=seen_by)


def figures_of(
    session: Session, day: Day, *, county: str, seen_by: Person | Everybody
) -> DayFigures:
    """The part of a day that somebody may see; who sees the whole county sees gone stations too."""
    stations = day.stations
    if not sees_whole_county(seen_by, county):
        seen = station_ids(session, seen_by)
        stations = tuple(one for one in stations if one.station_id in seen)
    return DayFigures(
        day=day,
        stations={one.station_id: one for one in stations},
        indicators=indicators_of(stations, assessed=day.assessed),
    )


def indicators_of(
    stations: Sequence[StationDay],
    *,
    assessed: bool,
    keys: Collection[IndicatorKey] = tuple(IndicatorKey),
) -> dict[tuple[Level, IndicatorKey], Indicator]:
    """Every indicator of every level (or these `keys` alone), also of levels without a station."""
    of_level = {level: [one for one in stations if one.level is level] for level in LEVELS}
    return {
        (level, key): indicator(key, level, of_level[level])
        for level in LEVELS
        for key in keys_for(level, assessed=assessed)
        if key in keys
    }


def between(first: DayFigures, second: DayFigures) -> list[Between]:
    """How each indicator moved from one day to another; only what both days speak of."""
    return [
        Between(key, level, one, second.indicators[level, key])
        for (level, key), one in first.indicators.items()
        if (level, key) in second.indicators and (one.among or second.indicators[level, key].among)
    ]
