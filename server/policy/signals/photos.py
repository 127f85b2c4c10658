"""Questions about photos: used before, much like an earlier one, or older than their day."""

from collections.abc import Callable, Iterator
from datetime import date

from server.calendar import day_text, full_day_text, month_text
from server.policy.signals.facts import PhotoSeen, Signal, StationSeen, Twin, days_to_ask, long_text
from server.policy.signals.options import SignalOptions

FIRST_SANE_YEAR = 2015  # a camera that was never set says 1970 or 2000
AGAIN = "能重新拍一张吗？"


def same_photo(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """The very same bytes were sent before, on another day or for another station."""
    yield from _doubles(seen, options, "same_photo", lambda photo: photo.same)


def lookalike_photo(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """The same picture as an earlier one, cropped, mirrored or saved anew; a person will look."""
    yield from _doubles(seen, options, "lookalike_photo", lambda photo: photo.like)


def _doubles(
    seen: StationSeen,
    options: SignalOptions,
    kind: str,
    earlier: Callable[[PhotoSeen], tuple[Twin, ...]],
) -> Iterator[Signal]:
    found: dict[date, tuple[PhotoSeen, Twin]] = {}
    for photo in seen.photos:
        # A second try of the same day, or one shot for two subjects, is no double.
        twins = [
            twin
            for twin in earlier(photo)
            if (twin.station, twin.day_on) != (seen.station, photo.day_on)
        ]
        if twins:
            found.setdefault(photo.day_on, (photo, min(twins, key=lambda twin: twin.day_on)))
    same = "是同一张" if kind == "same_photo" else "看着是同一张"
    for about, days in days_to_ask(found, options.together_days):
        day_on, (photo, twin) = days[-1]
        own = twin.station == seen.station
        where = day_text(twin.day_on, day_on) + ("" if own else twin.name)
        question = (
            f"{day_text(day_on)}交的{photo.subject}照片，和{where}交的{same}。{AGAIN}"
            if len(days) == 1
            else f"{month_text(about)}有{len(days)}天交的照片以前交过，最近一张{same}的是"
            f"{where}交的。{AGAIN}"
        )
        yield Signal(
            seen.station,
            kind,
            about,
            day_on,
            question,
            {
                "why": f"与{full_day_text(twin.day_on)}{'本站' if own else twin.name}的照片"
                + ("逐字节相同" if kind == "same_photo" else "是同一画面，由机器比对，等人核对"),
                "photo": photo.key,
                "photos": [one.key for _, (one, _) in days],
                "other_station": twin.station,
                "other_day": twin.day_on.isoformat(),
            },
        )


def photo_older_than_event(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """The camera's own record says that the picture is older than the day it was sent for."""
    found: dict[date, tuple[PhotoSeen, float]] = {}
    for photo in seen.photos:
        if photo.camera_at is None or photo.clock_at is None:
            continue
        hours = (photo.clock_at - photo.camera_at).total_seconds() / 3600
        if photo.camera_at.year >= FIRST_SANE_YEAR and hours > options.photo_older_hours:
            found.setdefault(photo.day_on, (photo, hours))
    limit = options.photo_older_hours
    for about, days in days_to_ask(found, options.together_days):
        day_on, (photo, hours) = days[-1]
        taken = day_text(photo.camera_at.date(), day_on) if photo.camera_at else ""
        question = (
            f"{day_text(day_on)}交的{photo.subject}照片，手机记录是{taken}拍的。"
            f"那天的样子和当时一样吗？{AGAIN}"
            if len(days) == 1
            else f"{month_text(about)}有{len(days)}天交的照片是更早拍的，最近一张是{taken}拍的。"
            "以后能当天拍吗？"
        )
        yield Signal(
            seen.station,
            "photo_older_than_event",
            about,
            day_on,
            question,
            {
                "why": f"照片里记的时间比交的时间早{long_text(hours * 60)}，超过{limit}小时",
                "photo": photo.key,
                "photos": [one.key for _, (one, _) in days],
                "hours": round(hours, 1),
                "photo_older_hours": limit,
            },
        )
