"""Questions about inspectors' own visits: far, short, too fast, without a position or a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from server.calendar import day_text, month_of, month_text
from server.policy.distance import distance_m, far_text
from server.policy.signals.facts import Signal, StationSeen, VisitSeen, long_text
from server.policy.signals.options import SignalOptions
from server.policy.signals.places import FAR_ENOUGH_M, UNKNOWN_ACCURACY_M


def visit_far(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """A record made surely far from the station, at arrival or when it was signed."""
    for visit in seen.visits:
        if visit.surely_m is None or visit.surely_m <= options.visit_far_m:
            continue
        yield _of_visit(
            seen,
            visit,
            "visit_far",
            question=f"{visit.name}{day_text(visit.day_on)}的督导记录，手机离站点至少"
            f"{far_text(visit.surely_m)}。是登记的位置不准，还是在别处写的？",
            why=f"离登记位置至少{far_text(visit.surely_m)}（已减误差），超过"
            f"{far_text(options.visit_far_m)}",
            figures={"metres": round(visit.surely_m), "visit_far_m": options.visit_far_m},
        )


def visit_short(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """A record that says that somebody looked at a station in hardly any time."""
    limit = options.visit_short_minutes
    for visit in seen.visits:
        if visit.minutes is None or visit.closed_door or visit.minutes >= limit:
            continue
        yield _of_visit(
            seen,
            visit,
            "visit_short",
            question=f"{visit.name}{day_text(visit.day_on)}在站只有{visit.minutes}分钟。是查得快，还是"
            "在别处补写的？",
            why=f"在站{visit.minutes}分钟，不到{limit}分钟",
            figures={"minutes": visit.minutes, "visit_short_minutes": limit},
        )


def visit_speed(stations: Sequence[StationSeen], options: SignalOptions) -> Iterator[Signal]:
    """Two visits of one inspector too far apart for the time between leaving and arriving."""
    for way in _by_inspector(stations).values():
        known = [
            (station, one)
            for station, one in way
            if one.verified and one.latitude is not None and one.longitude is not None
        ]
        asked: set[date] = set()
        for (_, before), (station, after) in pairwise(known):
            metres = max(
                distance_m(
                    before.latitude or 0.0,
                    before.longitude or 0.0,
                    after.latitude or 0.0,
                    after.longitude or 0.0,
                )
                - (before.accuracy_m or UNKNOWN_ACCURACY_M)
                - (after.accuracy_m or UNKNOWN_ACCURACY_M),
                0.0,
            )
            minutes = max((after.at - before.left_at).total_seconds() / 60, 1 / 60)
            kmh = metres / 1000 / (minutes / 60)
            if metres < FAR_ENOUGH_M or kmh <= options.impossible_kmh or after.day_on in asked:
                continue
            asked.add(after.day_on)
            yield _of_visit(
                station,
                after,
                "visit_speed",
                question=f"{after.name}{day_text(after.day_on)}两次督导只隔了{long_text(minutes)}，位置却差"
                f"{far_text(metres)}。来得及赶到吗？",
                why=f"{long_text(minutes)}内相距{far_text(metres)}（已减误差），合每小时{round(kmh)}"
                f"公里，超过{options.impossible_kmh}公里",
                figures={"metres": round(metres), "minutes": round(minutes, 1), "kmh": round(kmh)},
            )


def visit_unproved(stations: Sequence[StationSeen], options: SignalOptions) -> Iterator[Signal]:
    """A month in which one inspector's records often had no position, or no verified time."""
    for way in _by_inspector(stations).values():
        months: dict[str, list[tuple[StationSeen, VisitSeen]]] = defaultdict(list)
        for station, one in way:
            if not one.placed or not one.verified:
                months[month_of(one.day_on)].append((station, one))
        for month, found in months.items():
            if len(found) < options.visit_unproved_times:
                continue
            station, last = max(found, key=lambda pair: pair[1].at)
            unplaced = sum(not one.placed for _, one in found)
            unverified = sum(not one.verified for _, one in found)
            yield Signal(
                station.station,
                "visit_unproved",
                f"{month}:{last.person}",
                last.day_on,
                f"{last.name}{month_text(month)}有{len(found)}份督导记录没有定位，或时间没有核实。"
                "手机的定位和自动设置时间打开了吗？",
                {
                    "why": f"没有定位{unplaced}份，时间没有核实{unverified}份；"
                    f"{options.visit_unproved_times}份起问",
                    "unplaced": unplaced,
                    "unverified": unverified,
                    "visit_unproved_times": options.visit_unproved_times,
                },
                last.person,
            )


def _of_visit(
    seen: StationSeen,
    visit: VisitSeen,
    kind: str,
    *,
    question: str,
    why: str,
    figures: dict[str, int | float],
) -> Signal:
    """A question about one record; what its inspector wrote there is the answer already."""
    measured = {"why": why, "inspection": visit.key, "said": visit.why, **figures}
    about = f"{visit.day_on.isoformat()}:{visit.key}"
    return Signal(seen.station, kind, about, visit.day_on, question, measured, visit.person)


def _by_inspector(
    stations: Sequence[StationSeen],
) -> dict[int, list[tuple[StationSeen, VisitSeen]]]:
    """Everybody's visits, in order."""
    found: dict[int, list[tuple[StationSeen, VisitSeen]]] = defaultdict(list)
    for seen in stations:
        for one in seen.visits:
            found[one.person].append((seen, one))
    for way in found.values():
        way.sort(key=lambda pair: (pair[1].at, pair[1].key))
    return found
