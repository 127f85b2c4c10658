"""Questions about counts between stations: copied from another, or far above the neighbours."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from statistics import fmean, median

from server.calendar import month_text
from server.policy.signals.counts import MUCH_MORE
from server.policy.signals.facts import CountSeen, Signal, StationSeen, by_month
from server.policy.signals.options import SignalOptions

COPIED_SHARE = 0.9  # of the days on which either could have copied
DIFFERENT_NUMBERS = 4  # two stations that both always have six parcels copied nothing
COUNTED_DAYS = 10  # as many days make a mean worth comparing
NEIGHBOURS = 5  # as many make a usual number of a township


def copied_counts(
    stations: Sequence[StationSeen], options: SignalOptions, asked: Collection[int]
) -> Iterator[Signal]:
    """Two stations that report the same numbers, received and sent, day after day."""
    seen_by = {seen.station: seen for seen in stations}
    months: dict[str, dict[int, dict[date, CountSeen]]] = defaultdict(dict)
    for seen in stations:
        for month, counts in by_month(seen.counts, lambda one: one.day_on).items():
            worth = {one.day_on: one for one in counts if one.received >= options.counts_from}
            if len({one.received for one in worth.values()}) >= DIFFERENT_NUMBERS:
                months[month][seen.station] = worth
    for month, by_station in months.items():
        partners: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (one, other), equal in _equal_days(by_station, asked).items():
            mine, theirs = by_station[one], by_station[other]
            both = len(mine.keys() & theirs.keys())
            if (
                len(equal) >= options.copied_days
                and len(equal) >= COPIED_SHARE * both
                and len({mine[day].received for day in equal}) >= DIFFERENT_NUMBERS
            ):
                partners[one].append((len(equal), other))
                partners[other].append((len(equal), one))
        for station, found in sorted(partners.items()):
            if station not in asked:
                continue
            days, other = max(found, key=lambda pair: (pair[0], -pair[1]))
            name = seen_by[other].name
            yield Signal(
                station,
                "copied_counts",
                month,
                max(by_station[station]),
                f"{month_text(month)}有{days}天填的件数和{name}一模一样，收到、寄出都一样。"
                "是各数各的吗？",
                {
                    "why": f"与{name}有{days}天收到和寄出都相同"
                    + (f"，共有{len(found)}个站点这样" if len(found) > 1 else "")
                    + f"；{options.copied_days}天起问",
                    "days": days,
                    "stations": sorted(number for _, number in found),
                    "copied_days": options.copied_days,
                },
            )


def _equal_days(
    by_station: dict[int, dict[date, CountSeen]], asked: Collection[int]
) -> dict[tuple[int, int], set[date]]:
    """Pairs of stations, at least one of them asked about, and on which days both said the same.

    Goes from the numbers to the stations, so that a county's stations are not all held against
    all others.
    """
    own = [counts for station, counts in by_station.items() if station in asked]
    at: dict[CountSeen, list[int]] = {one: [] for counts in own for one in counts.values()}
    for station, counts in by_station.items():
        for one in counts.values():
            if one in at:
                at[one].append(station)
    found: dict[tuple[int, int], set[date]] = defaultdict(set)
    for (day, _, _), alike in at.items():
        for station in alike:
            if station in asked:
                for other in alike:
                    if station < other or (other < station and other not in asked):
                        found[min(station, other), max(station, other)].add(day)
    return found


def neighbours_out_of_line(
    stations: Sequence[StationSeen], options: SignalOptions, asked: Collection[int]
) -> Iterator[Signal]:
    """A month's daily mean far above the township's other stations of the same level."""
    means: dict[tuple[str, str], list[tuple[StationSeen, float, date]]] = defaultdict(list)
    groups = {seen.group for seen in stations if seen.station in asked}
    for seen in stations:
        if seen.group not in groups:
            continue
        for month, counts in by_month(seen.counts, lambda one: one.day_on).items():
            if len(counts) >= COUNTED_DAYS:
                mean = fmean(one.received for one in counts)
                newest = max(one.day_on for one in counts)
                means[month, seen.group].append((seen, mean, newest))
    for (month, _), rows in means.items():
        if len(rows) <= NEIGHBOURS:
            continue
        for seen, mean, newest in rows:
            if seen.station not in asked:
                continue
            others = median(other for one, other, _ in rows if one is not seen)
            usual = max(others, float(options.counts_from))
            if mean <= options.neighbours_times * usual or mean - usual < MUCH_MORE:
                continue
            yield Signal(
                seen.station,
                "neighbours_out_of_line",
                month,
                newest,
                f"{month_text(month)}平均每天收到{round(mean)}件，本乡镇别的站点一般是"
                f"{round(others)}件。是附近几个村的件都在您这里取吗？",
                {
                    "why": f"平均每天{round(mean)}件，本乡镇同级{len(rows) - 1}个站点的中位数"
                    f"{round(others)}件，超过{options.neighbours_times}倍",
                    "mean": round(mean, 1),
                    "others": round(others, 1),
                    "neighbours": len(rows) - 1,
                    "neighbours_times": options.neighbours_times,
                },
            )
