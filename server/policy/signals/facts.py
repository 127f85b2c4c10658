"""What is known of a station's weeks before anything is asked, and what a question looks like."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from server.calendar import month_of

Item = TypeVar("Item")


class CheckInSeen(NamedTuple):
    """One check-in; `offset_ms` is how far the server's clock was ahead of the phone's."""

    key: str
    day_on: date
    at: datetime
    received_at: datetime
    person: int
    device: str = ""
    verified: bool = True
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    fix_age_s: float | None = None
    distance_m: float | None = None
    offset_ms: int | None = None
    declined: bool = False  # the keeper lets nobody have the place


class SpotSeen(NamedTuple):
    """A check-in of a station that is only held against: the day, and what its place is worth."""

    day_on: date
    latitude: float | None
    accuracy_m: float | None
    fix_age_s: float | None
    declined: bool


class CountSeen(NamedTuple):
    """The count of a day that holds."""

    day_on: date
    received: int
    sent: int


class Twin(NamedTuple):
    """An earlier photo of the county: its station, how that is called, and when it was sent."""

    station: int
    name: str
    day_on: date


class PhotoSeen(NamedTuple):
    """One photo; `same` are earlier ones of equal bytes, `like` earlier ones of the same picture.

    `camera_at` is the camera's own record of when, `clock_at` what the phone's clock said when the
    photo was added; both local times without a zone, both None where nothing is known.
    """

    key: str
    day_on: date
    subject: str
    camera_at: datetime | None = None
    clock_at: datetime | None = None
    same: tuple[Twin, ...] = ()
    like: tuple[Twin, ...] = ()


class VisitSeen(NamedTuple):
    """An inspector's record that counts: who, from when to when, where, and what was written of it.

    `surely_m` is how far from the registered place the phone was at least, at arrival or signing;
    `minutes` on site are None where the times are no good; `why` is what the inspector wrote.
    """

    key: str
    day_on: date
    at: datetime
    left_at: datetime
    person: int
    name: str
    verified: bool = True
    placed: bool = True
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    surely_m: float | None = None
    minutes: int | None = None
    closed_door: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSeen:
    """One station from `since` (the first of a month) to `until`, both included.

    Stations of one `group` (a township's village points) are compared with each other.
    On the days of `said_closed` the keeper had told that the door stays shut: nothing is missing.
    `operator_totals` are parcels received by day in the operators' own systems, as far as they said
    so and nobody has decided for the keeper's number.
    Of a station that is only held against others `check_ins` may be those alone that their people
    and phones made; `spots` are then all of them, as far as their places go.
    """

    station: int
    name: str
    group: str
    township: str | None = None
    since: date
    until: date
    opened_on: date | None = None
    check_ins: Sequence[CheckInSeen] = ()
    spots: Sequence[SpotSeen] | None = None
    counts: Sequence[CountSeen] = ()
    photos: Sequence[PhotoSeen] = ()
    visits: Sequence[VisitSeen] = ()
    inspected_on: frozenset[date] = frozenset()
    said_closed: frozenset[date] = frozenset()
    operator_totals: Mapping[date, int] = field(default_factory=dict)


class Signal(NamedTuple):
    """One question to a station's keeper; never a verdict.

    `about` tells it from every other of its kind at the station, however often somebody looks.
    `measured` is JSON: the figures, the county's thresholds, and under "why" a sentence with both.
    """

    station: int
    kind: str
    about: str
    day_on: date
    question: str
    measured: Mapping[str, Any]
    person: int | None = None


def by_month(items: Iterable[Item], day: Callable[[Item], date]) -> dict[str, list[Item]]:
    """Items in the months of their days."""
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[month_of(day(item))].append(item)
    return found


def days_to_ask(
    found: Mapping[date, Item], together: int
) -> Iterator[tuple[str, list[tuple[date, Item]]]]:
    """What to ask about days: one question a day, or one for the month from `together` days on.

    Gives the question's `about` and its days in order.
    """
    days = sorted(found.items(), key=lambda pair: pair[0])
    for month, of_month in by_month(days, lambda pair: pair[0]).items():
        if len(of_month) >= together:
            yield month, of_month
        else:
            yield from ((day.isoformat(), [(day, item)]) for day, item in of_month)


def long_text(minutes: float) -> str:
    """45分钟, 2小时10分, 3天."""
    whole = round(minutes)
    if whole < 60:
        return f"{whole}分钟"
    if whole < 48 * 60:
        hours, rest = divmod(whole, 60)
        return f"{hours}小时{rest}分" if rest else f"{hours}小时"
    return f"{round(whole / 1440)}天"
