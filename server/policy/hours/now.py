"""现在开着吗: what can honestly be said at a moment, and on whose word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from server.policy.hours.open import open_at, open_on, still_opens
from server.policy.hours.week import Week, week_of


class OpenNow(NamedTuple):
    """`state` for the eye, `says` for the reader; unknown is said to be unknown."""

    state: Literal["open", "shut", "unknown"]
    says: str


def open_now(
    hours: Sequence[Any],
    at: datetime,
    *,
    closed_today: bool = False,
    shut_early: str = "",
    checked_in: str | None = None,
    gone: bool = False,
) -> OpenNow:
    """What holds at a local moment.

    `closed_today` and `shut_early` (the time, 15:20) are the keeper's word, `checked_in` the time
    of today's first check-in ("" where the phone's clock was not sure, None for none), `gone` that
    the station is closed for good. The keeper's word goes before the hours.
    """
    came = "" if checked_in is None else f"今天{checked_in}已打卡"
    told = (
        (gone, "这个站已经停业"),
        (closed_today, "店家说今天不开门"),
        (bool(shut_early), f"店家说今天早关门（{shut_early}）"),
    )
    if (said := next((words for holds, words in told if holds), "")) != "":
        return OpenNow("shut", said)
    if not hours:
        said = f"还没有营业时间；{came}" if came else "还没有营业时间，说不准开没开"
        return OpenNow("unknown", said)
    return _by_hours(week_of(hours), at, came)


def _by_hours(week: Week, at: datetime, came: str) -> OpenNow:
    beside = f"（{came}）" if came else ""
    now = open_at(week, at, leeway_min=0)
    if now:
        return OpenNow("open", f"按营业时间，现在应该开着（{came or '今天还没有打卡'}）")
    if now is None:
        return OpenNow("unknown", f"按营业时间，现在开没开说不准{beside}")
    later = still_opens(week, at)
    said = {
        True: "现在关门，今天晚些时候再开",
        False: "现在已经关门",
        None: "现在关门，今天还开不开说不准",
    }[later]
    if open_on(week, at.date()) is False:
        said = "今天休息"
    return OpenNow("shut", f"按营业时间，{said}{beside}")
