"""Holds phones to a day's share of records and photos; who is far from it costs no question.

Each process counts what it sees and asks the database only now and then, before it refuses anybody:
a share may be overdrawn by a quarter of the least share for each process, which harms nobody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import TooMany
from server.http.database import session
from server.models.person import Person
from server.services.common.phone_items import ItemResult, PhoneItem
from server.services.intake.quotas import (
    MB,
    SETTINGS,
    Quotas,
    here_already,
    photo_bytes_so_far,
    records_so_far,
    shares_of,
    tomorrow_in_s,
)

LONGEST_WAIT_S = 3600  # phones believe no longer wait


@dataclass
class _Use:
    known: int = 0  # what the database said
    since: int = 0  # and what this process has seen since


class DayUse:
    """What each person has handed in today, as far as this process knows."""

    def __init__(self) -> None:
        self._on = date.min
        self._uses: dict[tuple[str, int], _Use] = {}

    def is_over(
        self,
        what: str,
        person_id: int,
        *,
        on: date,
        add: int,
        unasked: int,
        most: Callable[[], int],
        so_far: Callable[[], int],
    ) -> bool:
        """Whether so much more is too much; what is not is counted.

        So long as less than `unasked` has come since the database was asked, it is not asked.
        """
        if on != self._on:
            self._on, self._uses = on, {}
        use = self._uses.setdefault((what, person_id), _Use())
        if use.known + use.since + add > unasked:
            share = most()
            if use.known >= share:
                return True
            if use.since + add > unasked or use.known + use.since + add > share:
                use.known, use.since = so_far(), 0
            if use.known + add > share:
                return True
        use.since += add
        return False


def day_use(app: Flask) -> DayUse:
    """What this process knows."""
    found: DayUse = app.extensions.setdefault("day_use", DayUse())
    return found


def records_over(app: Flask, asked: Session, *, person: Person, add: int, now: datetime) -> bool:
    """Whether so many records more are too many for a person's day; if not, they are counted."""
    on = beijing_day(now)
    return day_use(app).is_over(
        "records",
        person.id,
        on=on,
        add=add,
        unasked=SETTINGS["records_a_day"].lowest // 4,
        most=lambda: shares_of(asked, person.county).records_a_day,
        so_far=lambda: records_so_far(asked, person_id=person.id, on=on),
    )


def _shares() -> Quotas:
    return shares_of(session(), g.person.county)


def put_off(items: Sequence[PhoneItem | ItemResult], now: datetime) -> list[PhoneItem | ItemResult]:
    """The batch with the answer `later` for every new record, where the day's share is used up."""
    ids = [one.id for one in items if isinstance(one, PhoneItem)]
    over = records_over(current_app, session(), person=g.person, add=len(ids), now=now)
    if not over:
        return list(items)
    here = here_already(session(), ids)
    sentence = (
        f"今天交的记录到了一天的上限（{_shares().records_a_day}条）。"
        "没交上的还在手机里，不会丢，明天会自动再交。"
    )
    return [
        ItemResult(str(one.id), "later", "records-tomorrow", sentence)
        if isinstance(one, PhoneItem) and one.id not in here
        else one
        for one in items
    ]


def photo_over(app: Flask, asked: Session, *, person: Person, size: int, now: datetime) -> bool:
    """Whether a photo of so many bytes is too much for a person's day; if not, it is counted."""
    on = beijing_day(now)
    return day_use(app).is_over(
        "photos",
        person.id,
        on=on,
        add=size,
        unasked=SETTINGS["photo_mb_a_day"].lowest * MB // 4,
        most=lambda: shares_of(asked, person.county).photo_mb_a_day * MB,
        so_far=lambda: photo_bytes_so_far(asked, person_id=person.id, on=on),
    )


def refuse_photo_over_share(size: int, now: datetime) -> None:
    """Raises TooMany photos-tomorrow where a photo of so many bytes is too much for today."""
    if photo_over(current_app, session(), person=g.person, size=size, now=now):
        _refuse_photo(now)


def _refuse_photo(now: datetime) -> NoReturn:
    raise TooMany(
        "photos-tomorrow",
        f"今天传的照片到了一天的上限（{_shares().photo_mb_a_day}MB）。"
        "没传的还在手机里，不会丢，明天会自动接着传；签到和件数照常能交。",
        retry_after_s=min(LONGEST_WAIT_S, tomorrow_in_s(now)),
    )
