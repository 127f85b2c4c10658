"""Questions about where: too far, no position, a frozen one, too fast, one phone for several."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from itertools import combinations, pairwise
from typing import NamedTuple

from server.calendar import day_text, month_of, month_text
from server.policy.distance import distance_m, far_text
from server.policy.signals.facts import (
    CheckInSeen,
    Signal,
    SpotSeen,
    StationSeen,
    by_month,
    days_to_ask,
    long_text,
)
from server.policy.signals.options import SignalOptions

OLD_FIX_S = 600  # a position found ten minutes before says little about now
POOR_SHARE = 0.8  # of the days with a check-in
WHOLE_COUNTY = 5  # as many stations show whether positions are missing everywhere
PRECISE_M = 100  # a fix that claims to be good; coarse ones of radio cells repeat honestly
FINE_DECIMALS = 5  # about a metre; fewer were rounded on purpose
FROZEN_SHARE = 0.6
FAR_ENOUGH_M = 5_000  # below, a bad fix looks like speed
UNKNOWN_ACCURACY_M = 100.0


class _Spots(NamedTuple):
    """A station's month: the days with a check-in, and those of them without a usable place."""

    seen: StationSeen
    days: set[date]
    poor: set[date]


def too_far(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """Days on which every check-in with a position was surely far from the registered place."""
    nearest: dict[date, tuple[float, CheckInSeen]] = {}
    for one in seen.check_ins:
        if one.distance_m is None:
            continue
        surely = one.distance_m - (one.accuracy_m or 0)
        if one.day_on not in nearest or surely < nearest[one.day_on][0]:
            nearest[one.day_on] = (surely, one)
    far = {day: one for day, (surely, one) in nearest.items() if surely > options.too_far_m}
    limit = far_text(options.too_far_m)
    for about, days in days_to_ask(far, options.together_days):
        day_on, last = days[-1]
        metres = last.distance_m or 0.0
        error = f"，定位误差{far_text(last.accuracy_m)}" if last.accuracy_m else ""
        if len(days) == 1:
            question = (
                f"{day_text(day_on)}签到的位置离站点有{far_text(metres)}。当天是在别处营业吗？"
            )
            why = f"离登记位置{far_text(metres)}{error}；减去误差后超过{limit}"
        else:
            question = (
                f"{month_text(about)}有{len(days)}天签到的位置离登记的位置较远，最近一次有"
                f"{far_text(metres)}。是站点搬了，还是登记的位置不准？"
            )
            why = f"{len(days)}天离登记位置超过{limit}，最近一次{far_text(metres)}{error}"
        measured = {
            "why": why,
            "days": [day.isoformat() for day, _ in days],
            "distance_m": metres,
            "accuracy_m": last.accuracy_m,
            "too_far_m": options.too_far_m,
        }
        yield Signal(seen.station, "too_far", about, day_on, question, measured, last.person)


def poor_position(
    stations: Sequence[StationSeen], options: SignalOptions, asked: Collection[int]
) -> Iterator[Signal]:
    """A month in which hardly any check-in carried a usable position.

    Where most of the county's stations have none, it is not the keepers' phones (a page without
    https gets no position from any browser), and nobody is asked.
    """
    wanting = _months(stations, options, lambda one: one.station in asked)
    if not any(_wants(row, options) for rows in wanting.values() for row in rows):
        return  # hundreds of others need not be looked at
    everybody = _months(stations, options, lambda _one: True)
    for month, own in wanting.items():
        rows = everybody[month]
        like_it = sum(1 for row in rows if _wants(row, options))
        if len(rows) >= WHOLE_COUNTY and like_it > len(rows) / 2:
            continue
        for seen, days, poor in (row for row in own if _wants(row, options)):
            yield Signal(
                seen.station,
                "poor_position",
                month,
                max(poor),
                f"{month_text(month)}有{len(poor)}天签到没有定好位。手机的定位打开了吗？"
                "需要的话请镇上帮忙看一看。",
                {
                    "why": f"签到{len(days)}天，其中{len(poor)}天没有位置，"
                    f"或误差超过{far_text(options.poor_accuracy_m)}",
                    "days": len(days),
                    "poor": len(poor),
                    "poor_days": options.poor_days,
                    "poor_accuracy_m": options.poor_accuracy_m,
                },
            )


def _months(
    stations: Sequence[StationSeen], options: SignalOptions, wanted: Callable[[StationSeen], bool]
) -> dict[str, list[_Spots]]:
    """Of each month the stations with check-ins enough, their days, and those without a place."""
    found: dict[str, list[_Spots]] = defaultdict(list)
    for seen in filter(wanted, stations):
        every: Sequence[CheckInSeen | SpotSeen]
        every = seen.check_ins if seen.spots is None else seen.spots
        of_months: dict[str, list[CheckInSeen | SpotSeen]]
        of_months = by_month(every, lambda one: one.day_on)
        for month, spots in of_months.items():
            days = {one.day_on for one in spots}
            if len(days) >= options.poor_days:
                good = {one.day_on for one in spots if one.declined or _placed(one, options)}
                found[month].append(_Spots(seen, days, days - good))
    return found


def _wants(row: _Spots, options: SignalOptions) -> bool:
    return len(row.poor) >= options.poor_days and len(row.poor) >= POOR_SHARE * len(row.days)


def _placed(one: CheckInSeen | SpotSeen, options: SignalOptions) -> bool:
    return (
        one.latitude is not None
        and (one.accuracy_m is None or one.accuracy_m <= options.poor_accuracy_m)
        and (one.fix_age_s is None or one.fix_age_s <= OLD_FIX_S)
    )


def frozen_position(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """The very same coordinates day after day, to the last digit; real fixes wander by metres."""
    for month, check_ins in by_month(seen.check_ins, lambda one: one.day_on).items():
        days_at: dict[tuple[float, float], set[date]] = defaultdict(set)
        for one in check_ins:
            if (place := _precise(one)) is not None:
                days_at[place].add(one.day_on)
        if not days_at:
            continue
        place, days = max(days_at.items(), key=lambda pair: len(pair[1]))
        positioned = len(set().union(*days_at.values()))
        if len(days) < options.frozen_days or len(days) < FROZEN_SHARE * positioned:
            continue
        yield Signal(
            seen.station,
            "frozen_position",
            month,
            max(days),
            f"{month_text(month)}有{len(days)}天签到的定位一模一样，小数点后一位都不差。"
            "手机上装了固定位置的软件吗，还是定位没有更新？",
            {
                "why": f"{positioned}天有精确定位，其中{len(days)}天同在"
                f"{place[0]}, {place[1]}；{options.frozen_days}天起问",
                "place": list(place),
                "days": len(days),
                "positioned": positioned,
                "frozen_days": options.frozen_days,
            },
        )


def _precise(one: CheckInSeen) -> tuple[float, float] | None:
    """The coordinates, if they claim to be good to a metre or so."""
    if one.latitude is None or one.longitude is None:
        return None
    if one.accuracy_m is not None and one.accuracy_m > PRECISE_M:
        return None
    decimals = max(len(repr(number).partition(".")[2]) for number in (one.latitude, one.longitude))
    return (one.latitude, one.longitude) if decimals >= FINE_DECIMALS else None


class _Step(NamedTuple):
    """A check-in whose time and place are both known."""

    at: datetime
    latitude: float
    longitude: float
    accuracy_m: float
    day_on: date
    station: int


def impossible_speed(stations: Sequence[StationSeen], options: SignalOptions) -> Iterator[Signal]:
    """Two check-ins of one person too far apart for the time between them; one a day at most."""
    for person, way in _ways(stations).items():
        asked: set[date] = set()
        for before, after in pairwise(way):
            # Each fix may be off by its accuracy, towards the other one.
            metres = max(
                distance_m(before.latitude, before.longitude, after.latitude, after.longitude)
                - before.accuracy_m
                - after.accuracy_m,
                0.0,
            )
            minutes = max((after.at - before.at).total_seconds() / 60, 1 / 60)
            kmh = metres / 1000 / (minutes / 60)
            if metres < FAR_ENOUGH_M or kmh <= options.impossible_kmh or after.day_on in asked:
                continue
            asked.add(after.day_on)
            yield Signal(
                after.station,
                "impossible_speed",
                f"{after.day_on.isoformat()}:{person}",
                after.day_on,
                f"{day_text(after.day_on)}两次签到只隔了{long_text(minutes)}，位置却差"
                f"{far_text(metres)}。中间有一次是请别人代签的，还是手机定位错了？",
                {
                    "why": f"{long_text(minutes)}内相距{far_text(metres)}（已减误差），合每小时"
                    f"{round(kmh)}公里，超过{options.impossible_kmh}公里",
                    "metres": round(metres),
                    "minutes": round(minutes, 1),
                    "kmh": round(kmh),
                    "impossible_kmh": options.impossible_kmh,
                },
                person,
            )


def _ways(stations: Sequence[StationSeen]) -> dict[int, list[_Step]]:
    """Everybody's check-ins with a place and a trusted time, in order."""
    found: dict[int, list[_Step]] = defaultdict(list)
    for seen in stations:
        for one in seen.check_ins:
            if one.verified and one.latitude is not None and one.longitude is not None:
                accuracy = UNKNOWN_ACCURACY_M if one.accuracy_m is None else one.accuracy_m
                found[one.person].append(
                    _Step(one.at, one.latitude, one.longitude, accuracy, one.day_on, seen.station)
                )
    for way in found.values():
        way.sort()
    return found


def shared_device(stations: Sequence[StationSeen], options: SignalOptions) -> Iterator[Signal]:
    """One phone on which several people check in for different stations in the same weeks.

    Husband and wife at one station, one keeper of two stations, and a phone handed on are honest.
    """
    seen_by = {seen.station: seen for seen in stations}
    uses: dict[tuple[str, str], dict[int, list[tuple[date, int]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for seen in stations:
        for one in seen.check_ins:
            if one.device:
                uses[month_of(one.day_on), one.device][one.person].append(
                    (one.day_on, seen.station)
                )
    for (month, device), by_person in uses.items():
        often = {
            person: used
            for person, used in by_person.items()
            if len({day for day, _ in used}) >= options.shared_days
        }
        others: dict[int, set[int]] = defaultdict(set)
        for (_, mine), (_, theirs) in combinations(sorted(often.items()), 2):
            here, there = ({station for _, station in used} for used in (mine, theirs))
            if here & there or not _overlap(mine, theirs):
                continue
            for station in here:
                others[station] |= there
            for station in there:
                others[station] |= here
        for station, elsewhere in sorted(others.items()):
            days = {day for used in often.values() for day, at in used if at == station}
            names = "、".join(seen_by[other].name for other in sorted(elsewhere)[:2])
            more = f"等{len(elsewhere)}个站点" if len(elsewhere) > 2 else ""
            yield Signal(
                station,
                "shared_device",
                f"{month}:{device[:24]}",
                max(days),
                f"{month_text(month)}给本站签到的手机，也给{names}{more}签到。"
                "是手机借着用，还是帮忙代签？",
                {
                    "why": f"同一部手机本月还给{len(elsewhere)}个别的站点签到，各有"
                    f"{options.shared_days}天以上，签到的不是同一个人",
                    "days": len(days),
                    "stations": sorted(elsewhere),
                    "shared_days": options.shared_days,
                },
            )


def _overlap(mine: Sequence[tuple[date, int]], theirs: Sequence[tuple[date, int]]) -> bool:
    """Whether both used the phone in the same days, and did not just hand it on."""
    return min(mine)[0] <= max(theirs)[0] and min(theirs)[0] <= max(mine)[0]
