"""Questions about counts within a station: always the same, always round, one day out of line."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from statistics import median

from server.calendar import day_text, month_text
from server.policy.signals.facts import CountSeen, Signal, StationSeen, by_month, days_to_ask
from server.policy.signals.options import SignalOptions

FLAT_SHARE = 0.6
ROUND_SHARE = 0.8
ROUND_FROM = 10  # below, every fifth number is round by chance and easily remembered
SAME_WEEKDAYS = 3  # as many other weeks a day is compared with
MUCH_MORE = 20  # parcels above the usual; fewer are worth nobody's time
BUSY_STATIONS = 5  # as many make a county's busy day (双11) visible
OPERATOR_SLACK = 30  # parcels a month; days are cut at different hours


def flat_counts(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """The same number of parcels received on most days of a month."""
    for month, counts in by_month(seen.counts, _day).items():
        number, days = Counter(one.received for one in counts).most_common(1)[0]
        if (
            number < options.counts_from
            or days < options.flat_days
            or days < FLAT_SHARE * len(counts)
        ):
            continue
        yield Signal(
            seen.station,
            "flat_counts",
            month,
            max(one.day_on for one in counts),
            f"{month_text(month)}填了{len(counts)}天件数，有{days}天都是收到{number}件。"
            "是每天数的，还是照前一天填的？",
            {
                "why": f"{len(counts)}天里{days}天收到都是{number}件；{options.flat_days}天起问",
                "number": number,
                "days": days,
                "counted": len(counts),
                "flat_days": options.flat_days,
            },
        )


def round_counts(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """Nearly all counts of a month end in 0 or 5; every fifth would by chance."""
    flat = {signal.about for signal in flat_counts(seen, options)}
    for month, counts in by_month(seen.counts, _day).items():
        larger = [one.received for one in counts if one.received >= ROUND_FROM]
        rounded = sum(1 for number in larger if number % 5 == 0)
        if month in flat or len(larger) < options.round_days or rounded < ROUND_SHARE * len(larger):
            continue
        yield Signal(
            seen.station,
            "round_counts",
            month,
            max(one.day_on for one in counts),
            f"{month_text(month)}填的件数大多是整五、整十（{len(larger)}天里有{rounded}天）。"
            "是一件件数的，还是估的？",
            {
                "why": f"{len(larger)}天里{rounded}天是5的倍数，平常约五分之一；"
                f"{options.round_days}天起问",
                "days": len(larger),
                "rounded": rounded,
                "round_days": options.round_days,
            },
        )


def weekday_out_of_line(
    stations: Sequence[StationSeen], options: SignalOptions, asked: Collection[int]
) -> Iterator[Signal]:
    """A day far above the same weekday of other weeks, where the county had no busy day."""
    busy = busy_days(stations, options)
    for seen in stations:
        if seen.station not in asked:
            continue
        found: dict[date, tuple[CountSeen, float]] = {}
        of_weekday: dict[int, list[CountSeen]] = defaultdict(list)
        for one in seen.counts:
            of_weekday[one.day_on.isoweekday()].append(one)
        for counts in of_weekday.values():
            if len(counts) <= SAME_WEEKDAYS:
                continue
            for one in counts:
                usual = median(other.received for other in counts if other is not one)
                expected = max(usual, options.counts_from) * busy.get(one.day_on, 1.0)
                if (
                    one.received > options.weekday_times * expected
                    and one.received - expected >= MUCH_MORE
                ):
                    found[one.day_on] = (one, expected)
        for about, days in days_to_ask(found, options.together_days):
            day_on, (one, expected) = days[-1]
            question = (
                f"{day_text(day_on)}填了收到{one.received}件，平常同一星期几大约"
                f"{round(expected)}件。那天件特别多，还是多打了一个数字？"
                if len(days) == 1
                else f"{month_text(about)}有{len(days)}天的件数比平常多得多，最近是"
                f"{day_text(day_on)}的{one.received}件（平常约{round(expected)}件）。"
                "那几天有什么事吗？"
            )
            yield Signal(
                seen.station,
                "weekday_out_of_line",
                about,
                day_on,
                question,
                {
                    "why": f"{one.received}件，同一星期几平常约{round(expected)}件（已算上全县"
                    f"都忙的日子），超过{options.weekday_times}倍",
                    "received": one.received,
                    "usual": round(expected, 1),
                    "days": [day.isoformat() for day, _ in days],
                    "weekday_times": options.weekday_times,
                },
            )


def busy_days(stations: Sequence[StationSeen], options: SignalOptions) -> Mapping[date, float]:
    """On which days the whole county had more parcels, and how many times more."""
    times: dict[date, list[float]] = defaultdict(list)
    for seen in stations:
        if not seen.counts:
            continue
        usual = median(one.received for one in seen.counts)
        if usual >= options.counts_from:
            for one in seen.counts:
                times[one.day_on].append(one.received / usual)
    return {
        day: max(median(values), 1.0)
        for day, values in times.items()
        if len(values) >= BUSY_STATIONS
    }


def operator_totals(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """A month in which the keeper counted clearly more than the operator's own system.

    Only days of which both said something are held against each other: a day that an operator's
    file leaves out is nobody's fault.
    """
    for month, counts in by_month(seen.counts, _day).items():
        both = [one for one in counts if one.day_on in seen.operator_totals]
        if not both:
            continue
        total = sum(seen.operator_totals[one.day_on] for one in both)
        counted = sum(one.received for one in both)
        allowed = max(total * options.operator_percent / 100, OPERATOR_SLACK)
        if counted - total <= allowed:
            continue
        yield Signal(
            seen.station,
            "operator_totals",
            month,
            max(one.day_on for one in both),
            f"{month_text(month)}有{len(both)}天两边都有数，您一共填了收到{counted}件，"
            f"运营企业系统里是{total}件。多出来的是别家快递的件吗？",
            {
                "why": f"{len(both)}天里填报{counted}件，企业系统{total}件，多{counted - total}件，"
                f"超过{options.operator_percent}％且超过{OPERATOR_SLACK}件",
                "days": len(both),
                "counted": counted,
                "operator": total,
                "operator_percent": options.operator_percent,
            },
        )


def _day(one: CountSeen) -> date:
    return one.day_on
