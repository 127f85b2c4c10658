"""The stations behind a figure of a day: which of them are meant, and each as it was then."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.labelled import Labelled
from server.models.station import Station
from server.policy.plan.indicators import Between, IndicatorKey, StationDay, Tell
from server.policy.standard.facts import Level
from server.services.programme.indicators import DayFigures

_HEADERS = ("编号", "站点", "级别", "乡镇", "建设情况", "备案", "状态", "未办结", "站长手机")
_STATE = _HEADERS.index("状态")
UNKNOWN = "说不清"


class Part(Labelled):
    """Which of an indicator's stations."""

    DONE = "done", "做到的"
    NOT_DONE = "not_done", "没做到的"
    UNKNOWN = "unknown", "说不清的"
    ALL = "all", "全部在册的"
    NEWLY = "newly", "新做到的"
    NO_LONGER = "no_longer", "不再做到的"

    @property
    def of_two_days(self) -> bool:
        """Whether it compares two days."""
        return self in (Part.NEWLY, Part.NO_LONGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAsked:
    """Which stations a list is of; `other` is the earlier of two days where two are compared."""

    level: Level
    key: IndicatorKey
    part: Part
    township: str = ""
    other: DayFigures | None = None

    def ids(self, figures: DayFigures) -> frozenset[int]:
        """The stations that are meant."""
        return self.of_part(figures, self.part)

    def of_part(self, figures: DayFigures, part: Part) -> frozenset[int]:
        """The stations of a part, in the township that is asked for."""
        found = self._of(figures, part)
        if not self.township:
            return found
        known = {**(self.other.stations if self.other else {}), **figures.stations}
        return frozenset(key for key in found if known[key].township_code == self.township)

    def _of(self, figures: DayFigures, part: Part) -> frozenset[int]:
        one = figures.of(self.level, self.key)
        if part.of_two_days:
            if self.other is None:
                return frozenset()
            moved = Between(self.key, self.level, self.other.of(self.level, self.key), one)
            return moved.newly if part is Part.NEWLY else moved.no_longer
        return {
            Part.DONE: one.done,
            Part.NOT_DONE: one.not_done,
            Part.UNKNOWN: one.unknown,
        }.get(part, one.among)

    def day_of(self, figures: DayFigures) -> DayFigures:
        """The day as which the stations are shown: the earlier one for what is no longer done."""
        if self.part is Part.NO_LONGER and self.other is not None:
            return self.other
        return figures


@dataclass(frozen=True, slots=True)
class StationLine:
    """One station of a list, as it was on the day, with its township's name."""

    station: StationDay
    township: str

    @property
    def station_id(self) -> int:
        """The station's id."""
        return self.station.station_id


def lines_of(
    figures: DayFigures, townships: Mapping[str, str], *, only: Iterable[int] | None = None
) -> list[StationLine]:
    """Stations of a day by township, level and number; all in sight where `only` is not given."""
    ids = figures.stations if only is None else only
    found = [figures.stations[key] for key in ids if key in figures.stations]
    order = list(Level)
    found.sort(
        key=lambda one: (
            one.township_code or "",
            order.index(one.level),
            not one.code,
            one.code,
            one.station_id,
        )
    )
    return [StationLine(one, townships.get(one.township_code or "", "")) for one in found]


def headers_of(figures: DayFigures) -> tuple[str, ...]:
    """What a table's columns are called; without a standard there is no state to tell."""
    return _without_state(_HEADERS, figures)


def _without_state(cells: tuple[str, ...], figures: DayFigures) -> tuple[str, ...]:
    return cells if figures.day.assessed else (*cells[:_STATE], *cells[_STATE + 1 :])


def cells_of(line: StationLine, figures: DayFigures) -> tuple[str, ...]:
    """A line as a table has it, under `headers_of`; what cannot be told says so."""
    one = line.station
    cells = (
        one.code or "未编号",
        one.name,
        one.level.short,
        line.township,
        one.stage_label,
        _said(one.filed, "已备案", "没有备案"),
        one.status.label if one.status else UNKNOWN,
        UNKNOWN if one.open_work is None else str(one.open_work),
        _said(one.bound, "在用", "没有绑定"),
    )
    return _without_state(cells, figures)


def _said(tell: Tell, yes: str, no: str) -> str:
    return UNKNOWN if tell is None else yes if tell else no


def still_there(session: Session, lines: Iterable[StationLine]) -> set[int]:
    """Which of these stations the register still holds, open or closed; one query."""
    ids = [one.station_id for one in lines]
    return set(session.scalars(sa.select(Station.id).where(Station.id.in_(ids))))
