"""What the past of a station rests on by the register and its history, stretch by stretch."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from server.calendar import beijing_day, first_of_month, full_day_text
from server.models.station import Station
from server.policy.hours import hours_text
from server.services.common.closures import times_away
from server.services.common.hours_then import hours_then
from server.services.common.seals import Shown
from server.services.days.months import MONTHS_BACK
from server.services.days.what_stands import Reckoned

NO_HOURS = "没有登记"


class Stretch(NamedTuple):
    """Days on which the register is taken to have said the same; both days with it."""

    first: date
    last: date
    words: str

    @property
    def days(self) -> str:
        """2023年6月1日至2023年6月9日."""
        return days_text(self.first, self.last)


class Away(NamedTuple):
    """A time of closing; `back` is the day on which it opened again, None while it is closed."""

    first: date
    back: date | None

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.first.isoformat()}:{self.back.isoformat() if self.back else ''}"

    @property
    def text(self) -> str:
        """2023年6月1日停业，2023年6月9日恢复."""
        then = f"{full_day_text(self.back)}恢复" if self.back else "现在还停着"
        return f"{full_day_text(self.first)}停业，{then}"


@dataclass(frozen=True, slots=True)
class Past:
    """What the past of a station rests on today: what a form shows and a correction replaces."""

    reckoned: Reckoned
    stretches: tuple[Stretch, ...]
    times: tuple[Away, ...]
    unread: bool
    lost: tuple[int, ...] = ()
    """Lines that told of a closing, whose content a law had deleted."""

    @property
    def shown(self) -> list[Shown]:
        """As a seal keeps it: who corrects over a colleague's correction is told."""
        lost = f"{len(self.lost)}条内容已经删除" if self.lost else ""
        return [
            Shown("lost", "停业记录", lost),
            Shown(
                "hours", "营业时间", "；".join(f"{one.days}{one.words}" for one in self.stretches)
            ),
            Shown("times", "停业", "；".join(one.text for one in self.times)),
        ]


def past_of(session: Session, *, station: Station, today: date) -> Past:
    """Hours and closings of a station as its past is reckoned by now; two queries."""
    since = first_day(station, today)
    then = hours_then(session, county=station.county, since=since, until=today)
    away = times_away(session, county=station.county)
    stretches: list[Stretch] = []
    for n in range((today - since).days + 1):
        day = since + timedelta(days=n)
        words = hours_text(then.on(station.id, day, station.hours)) or NO_HOURS
        if stretches and stretches[-1].words == words:
            stretches[-1] = Stretch(stretches[-1].first, day, words)
        else:
            stretches.append(Stretch(day, day, words))
    times = [Away(*one) for one in sorted(away.times.get(station.id, ())) if one[0] < one[1]]
    if station.closed_on is not None:
        times.append(Away(station.closed_on, None))
    reckoned = Reckoned(station.id, station.hours, station.opened_on, station.closed_on, then, away)
    unread = station.id in then.unread | away.unread(since)
    lost = tuple(sorted(away.unsure.get(station.id, ())))
    return Past(reckoned, tuple(stretches), tuple(times), unread or bool(lost), lost)


def first_day(station: Station, today: date) -> date:
    """How far back a correction may go: as far as months can still be looked at."""
    month_on = first_of_month(today)
    for _ in range(MONTHS_BACK - 1):
        month_on = first_of_month(month_on - timedelta(days=1))
    entered = beijing_day(station.created_at)
    began = min(station.opened_on or entered, entered)
    return min(max(month_on, began), today)


def days_text(first: date, last: date) -> str:
    """2023年6月1日至2023年6月9日, both with it; one day by itself."""
    if first == last:
        return full_day_text(first)
    return f"{full_day_text(first)}至{full_day_text(last)}"
