"""Questions about when: wrong clocks, late uploads, doors that open for inspectors only."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median

from server.calendar import day_text, month_of, month_text
from server.policy.signals.facts import Signal, StationSeen, by_month, long_text
from server.policy.signals.options import SignalOptions


def clock_drift(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """A phone whose clock is wrong on several days of a month; the times are corrected already."""
    limit = options.clock_drift_minutes
    for month, check_ins in by_month(seen.check_ins, lambda one: one.day_on).items():
        wrong: dict[date, float] = {
            one.day_on: one.offset_ms / 60_000
            for one in check_ins
            if one.offset_ms is not None and abs(one.offset_ms) > limit * 60_000
        }
        if len(wrong) < options.clock_drift_days:
            continue
        usual = median(wrong.values())
        behind = "慢" if usual > 0 else "快"
        off = long_text(abs(usual))
        yield Signal(
            seen.station,
            "clock_drift",
            month,
            max(wrong),
            f"{month_text(month)}有{len(wrong)}天，手机上的时间比标准时间{behind}{off}左右。"
            "能把手机时间改成“自动设置”吗？",
            {
                "why": f"{len(wrong)}天差{limit}分钟以上，一般{behind}{off}；"
                f"{options.clock_drift_days}天起问。签到时间已经按标准时间改正",
                "days": len(wrong),
                "minutes": round(usual, 1),
                "clock_drift_minutes": limit,
                "clock_drift_days": options.clock_drift_days,
            },
        )


def late_upload(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """A month in which many days' check-ins came long after they were made."""
    limit = timedelta(hours=options.late_hours)
    for month, check_ins in by_month(seen.check_ins, lambda one: one.day_on).items():
        waited: dict[date, timedelta] = {}
        for one in check_ins:
            wait = one.received_at - one.at
            waited[one.day_on] = min(wait, waited.get(one.day_on, wait))
        late = {day: wait for day, wait in waited.items() if wait > limit}
        if len(late) < options.late_days:
            continue
        longest = long_text(max(late.values()).total_seconds() / 60)
        yield Signal(
            seen.station,
            "late_upload",
            month,
            max(late),
            f"{month_text(month)}有{len(late)}天的签到过了"
            f"{long_text(options.late_hours * 60)}以上才传上来。是村里网不好，还是手机出了问题？",
            {
                "why": f"签到{len(waited)}天，其中{len(late)}天晚于{options.late_hours}小时，"
                f"最久{longest}；{options.late_days}天起问",
                "days": len(waited),
                "late": len(late),
                "late_hours": options.late_hours,
                "late_days": options.late_days,
            },
        )


def only_on_inspection_days(seen: StationSeen, options: SignalOptions) -> Iterator[Signal]:
    """A month whose only signs of life are the days on which an inspector came."""
    active: dict[str, set[date]] = defaultdict(set)
    for day in (*(one.day_on for one in seen.check_ins), *(one.day_on for one in seen.counts)):
        active[month_of(day)].add(day)
    for month, days in active.items():
        opened = {one.day_on for one in seen.check_ins} & days
        visited = opened & seen.inspected_on
        over = _days_over(seen, month)
        if not visited or days - seen.inspected_on or over < options.inspection_days:
            continue
        when = "、".join(day_text(day) for day in sorted(visited))
        yield Signal(
            seen.station,
            "only_on_inspection_days",
            month,
            max(visited),
            f"{month_text(month)}只有督导员来的{when}有签到，别的日子都没有。"
            "平时开门吗？是不是忘了签到？",
            {
                "why": f"本月已过{over}天，有签到或件数的只有督导当天（{len(visited)}天）；"
                f"过了{options.inspection_days}天起问",
                "over": over,
                "opened": sorted(day.isoformat() for day in opened),
                "inspection_days": options.inspection_days,
            },
        )


def _days_over(seen: StationSeen, month: str) -> int:
    """How many days of a month the station has had so far, without those told to be closed."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    begin = max(first, seen.since, seen.opened_on or first)
    end = min(following, seen.until + timedelta(days=1))
    closed = sum(1 for day in seen.said_closed if begin <= day < end)
    return max((end - begin).days - closed, 0)
