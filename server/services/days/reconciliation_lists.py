"""Lists of 对账: which days somebody asks for, townships and stations added up, and the table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from server.calendar import full_month_text
from server.media.sheets.writing import Foot, write_csv, write_xlsx
from server.models.person import Person
from server.models.station import Station
from server.policy.reconciliation import NOTHING, DayState, Numbers
from server.services.days.both_sides import sum_of
from server.services.days.reconciliation import (
    Day,
    Reconciled,
    StationDays,
    Tally,
    reconciled_month,
    tally,
)
from server.services.days.reconciliation_queue import months_looked_at
from server.services.people.scope import Everybody

HEADERS = (
    "日期", "乡镇", "站点编号", "站点", "站长收到", "站长寄出", "企业收到", "企业寄出",
    "两边怎么样", "怎么算", "可算收到", "可算寄出", "决定的理由", "校验码",
)  # fmt: skip
COUNTED = (*HEADERS[4:8], *HEADERS[10:12])


class Row(NamedTuple):
    """A station's day in a list."""

    station: Station
    township: str
    day: Day


@dataclass(frozen=True)
class Group:
    """A township or a station with its days added up; `code` is what the address calls it."""

    code: str
    name: str
    tally: Tally


WAIT = (DayState.DIFFERS, DayState.ONLY_KEEPER, DayState.ONLY_OPERATOR)
STATES: Mapping[str, str] = {
    "open": "等决定",
    **{one.value: one.short for one in WAIT},
    "awaited": "企业还没交",
    "decided": "已决定",
    **{one.value: one.short for one in DayState if one not in WAIT},
    "all": "全部",
}
"""What a list may be narrowed to, and how that is called."""


def lists_of(day: Day) -> tuple[str, ...]:
    """In which of the STATES a day stands; of the days of a state in WAIT only those that wait."""
    if day.decided:
        return ("all", "decided")
    if day.awaited:
        return ("all", "awaited")
    if day.settled.open:
        return ("all", "open", day.state.value)
    return ("all",) if day.state in WAIT else ("all", day.state.value)


def recent_waiting(
    session: Session, *, county: str, today: date, seen_by: Person | Everybody
) -> list[Row]:
    """What the queue of the first page counts: days that wait, of the newest months.

    Days of stations whose operator gave nothing at all for the month are left out.
    """
    found = []
    for month_on in months_looked_at(today):
        month = reconciled_month(
            session, county=county, month_on=month_on, today=today, seen_by=seen_by
        )
        found += rows_of(month, state="open", township="", station=None)
    return found


def rows_of(month: Reconciled, *, state: str, township: str, station: int | None) -> list[Row]:
    """The days of a month that are asked for, by day, then by station."""
    found = [
        Row(one.station, one.township, day)
        for one in month.stations
        if (not township or (one.station.township_code or "-") == township)
        and station in (None, one.station.id)
        for day in one.days
        if state in lists_of(day)
    ]
    return sorted(found, key=lambda row: row.day.day_on)


def by_township(month: Reconciled) -> list[Group]:
    """Each township's days added up, in the order of the townships' codes."""
    found: defaultdict[tuple[str, str], list[StationDays]] = defaultdict(list)
    for one in month.stations:
        found[one.station.township_code or "-", one.township].append(one)
    return [
        Group(code, name, tally(day for one in stations for day in one.days))
        for (code, name), stations in sorted(found.items())
    ]


def by_station(month: Reconciled, township: str) -> list[Group]:
    """Each station's days of a township added up, by number."""
    return [
        Group(str(one.station.id), f"{one.station.code or '未编号'} {one.station.name}", one.tally)
        for one in month.stations
        if (one.station.township_code or "-") == township
    ]


def hub_days(month: Reconciled) -> list[tuple[date, Numbers, Numbers | None]]:
    """What operators say passed the centre, day by day, beside what they say of all stations."""
    stations: defaultdict[date, list[Numbers]] = defaultdict(list)
    if month.hub:
        for one in month.stations:
            for day in one.days:
                stations[day.day_on] += [line.numbers for line in day.lines]
    return [
        (day_on, sum_of(line.numbers for line in lines) or NOTHING, sum_of(stations[day_on]))
        for day_on, lines in month.hub.items()
    ]


UNREAD = "当时登记的营业时间或停业认不出来，或者内容已经按规定删除，哪些天该报按后来登记的算"


def unread_told(month: Reconciled) -> str:
    """Which stations' days rest on what was registered later, in a sentence; "" for none."""
    names = [
        f"{one.station.code or '未编号'} {one.station.name}"
        for one in month.stations
        if one.station.id in month.unread
    ]
    return f"{'、'.join(names)}：{UNREAD}" if names else ""


def sheet_rows(rows: Iterable[Row]) -> list[list[str]]:
    """One line a station's day; an empty cell is a side that said nothing."""
    return [_cells(row) for row in rows]


def sheet_csv(month: Reconciled, rows: Sequence[Row], *, which: str, stamp: str) -> bytes:
    """The lines, each with what the page says of it above all of them."""
    return write_csv(
        (*HEADERS, "核准情况", "列了哪些", "注意"),
        [
            (*_cells(row), stamp, which, UNREAD if row.station.id in month.unread else "")
            for row in rows
        ],
    )


def sheet_xlsx(
    month: Reconciled, rows: Sequence[Row], *, which: str, stamp: str, anchor: str
) -> bytes:
    """The lines as a workbook that says on what it rests; `which` what it was narrowed to."""
    told = unread_told(month)
    name = full_month_text(month.month_on)
    return write_xlsx(
        "件数对账",
        HEADERS,
        sheet_rows(rows),
        choices={},
        notes=[
            ("哪个月", f"{name}；{stamp}"),
            ("列了哪些", which),
            *([("注意", told)] if told else []),
            ("允许误差", month.tolerance.text),
            (
                "可算件数",
                "一致的按一致的数，误差内的按少的一边，有差异的按决定；空着是不能算",
            ),
            ("校验码", "两边的数合起来的校验码；有一边改了，校验码就变，原来的决定不再算数"),
        ],
        foot=Foot(f"{name}件数对账（{stamp}）", anchor),
        numbers=COUNTED,
        guide="说明",
    )


def _cells(row: Row) -> list[str]:
    day, numbers = row.day, row.day.settled.numbers
    sides = (day.keeper.numbers if day.keeper else None, day.operator)
    counted = [
        text
        for side in sides
        for text in ((str(side.inbound), str(side.outbound)) if side else ("", ""))
    ]
    return [
        day.day_on.isoformat(),
        row.township,
        row.station.code or "",
        row.station.name,
        *counted,
        day.state.label,
        day.settled.why,
        *((str(numbers.inbound), str(numbers.outbound)) if numbers else ("", "")),
        day.decision.reason if day.decided and day.decision else "",
        day.seal,
    ]
