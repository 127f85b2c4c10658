"""Which days are worked in China, from the yearly notices; a year not held is unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from server.policy.document import Part, StandardError, read_document

ENDING = "-holidays.yaml"
"""How the files of working days are named, one for each year, in any folder of the standards."""

_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_SETTLED_NEXT_YEAR = (12, 28)
"""From this day on the next year's notice has a say too: it has moved 29 to 31 December before."""


@dataclass(frozen=True, slots=True)
class YearOfDays:
    """One notice of 国务院办公厅: the days off by what they are for, and the weekends worked."""

    year: int
    title: str
    number: str
    days_off: Mapping[date, str]
    worked: frozenset[date]
    file: str


class WorkingDays:
    """All notices held together."""

    def __init__(self, years: Iterable[YearOfDays] = ()) -> None:
        self.years = {one.year: one for one in years}
        self._off = {day: name for one in self.years.values() for day, name in one.days_off.items()}
        self._worked = frozenset(day for one in self.years.values() for day in one.worked)

    def year_missing(self, day: date) -> int | None:
        """The year whose notice has a say on this day and is not held; None when all are."""
        late = (day.month, day.day) >= _SETTLED_NEXT_YEAR
        wanted = (day.year, day.year + 1) if late else (day.year,)
        return next((year for year in wanted if year not in self.years), None)

    def why_off(self, day: date) -> str | None:
        """What a day is off for (星期日, 劳动节放假), "" when it is worked, None when unknown."""
        if self.year_missing(day) is not None:
            return None
        if day in self._worked:
            return ""
        if day in self._off:
            return f"{self._off[day]}放假"
        return _WEEKDAYS[day.weekday()] if day.weekday() > 4 else ""

    def holiday(self, day: date) -> str | None:
        """The holiday that a day is off for by a notice, "" when for none, None when unknown."""
        return None if self.year_missing(day) is not None else self._off.get(day, "")

    def next_worked(self, day: date) -> date:
        """The day when it is worked or unknown (`year_missing`), else the first such day after."""
        while self.why_off(day):
            day += timedelta(1)
        return day


def working_days_in(folder: Path) -> WorkingDays:
    """Read every year's file below a folder. Raises StandardError, also for a year held twice."""
    years: dict[int, YearOfDays] = {}
    for path in sorted(folder.rglob(f"*{ENDING}")):
        one = _year(path, folder)
        other = years.setdefault(one.year, one)
        if other is not one:
            raise StandardError(one.file, 1, f"{one.year}年的放假安排与 {other.file} 重复")
    return WorkingDays(years.values())


def _year(path: Path, folder: Path) -> YearOfDays:
    root, _digest = read_document(path, folder=folder)
    fields = root.fields(needed=("year", "source", "days_off", "working_weekends"))
    year = fields["year"].whole()
    source = fields["source"].fields(needed=("title", "number", "issued_on"), known=("note",))
    source["issued_on"].day()
    off: dict[date, str] = {}
    for part in fields["days_off"].items():
        period = part.fields(needed=("name", "from", "until"))
        name, day, last = period["name"].text(), period["from"].day(), period["until"].day()
        if not date(year - 1, *_SETTLED_NEXT_YEAR) <= day <= last <= date(year, 12, 31):
            part.refuse(f"“{name}”的日期前后颠倒，或不在{year}年")
        while day <= last:
            off[day] = name
            day += timedelta(1)
    return YearOfDays(
        year=year,
        title=source["title"].text(),
        number=source["number"].text(),
        days_off=off,
        worked=frozenset(_weekend(part, off) for part in fields["working_weekends"].items()),
        file=root.file,
    )


def _weekend(part: Part, off: Mapping[date, str]) -> date:
    day = part.day()
    if day.weekday() < 5 or day in off:
        part.refuse(f"{day}本来就上班，或者正在放假，不能写成调休上班")
    return day
