"""Operators' own totals from their files: looked at line by line, entered together, taken back."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_month_text
from server.errors import Invalid
from server.media.blobs import BlobStore
from server.models.county import County, Operator
from server.models.operator_total import OperatorFile, OperatorTotal
from server.models.person import Person
from server.plain_text import bare_text
from server.policy.reconciliation import Numbers
from server.services.common import history
from server.services.common.list_plans import ListPlan, list_template, one_list_at_a_time
from server.services.common.office_lists import read_list
from server.services.common.written import cut
from server.services.days.actions import DaysAction
from server.services.days.operator_lines import COLUMNS, HEADERS, ReadLine, Stations, read_line
from server.services.people.scope import Everybody

MOST_LINES = 20_000  # a month of 267 stations is some 8,300 lines, of two brands twice that
ACTIONS = ("wrong", "changed", "new", "same", "repeat", "total")
Figures = dict[str, tuple[Numbers, int]]
"""A place's day in a file: by brand the numbers and the line where they stand."""


@dataclass(frozen=True, slots=True)
class TotalRow:
    """What entering one line would do; `changes` are what it says beside what holds now."""

    line: int
    action: str  # one of ACTIONS
    place: str
    day_on: date | None
    brand: str
    numbers: Numbers | None
    notes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TotalsPlan(ListPlan[TotalRow]):
    """A whole file of an operator's totals looked at.

    `fresh` are the days to be written, by place and day; `left` counts the days that this
    operator gave for the month before and this file does not name: they stay as they are.
    """

    operator: Operator
    month_on: date
    fresh: Mapping[tuple[int, date], Figures]
    left: int
    notes: tuple[str, ...]

    def shown(self) -> Sequence[Any]:
        """Line by line, with what each would do."""
        head = [self.operator.id, self.month_on.isoformat(), self.left, self.list.sha256]
        return [head] + [
            [row.line, row.action, row.place, row.notes, row.errors] for row in self.rows
        ]

    @property
    def sum(self) -> Numbers:
        """All parcels of the lines that are to be written."""
        every = [one for figures in self.fresh.values() for one, _ in figures.values()]
        return _added(every)


def totals_template() -> bytes:
    """An empty list with our headers."""
    return list_template(
        "企业系统数",
        COLUMNS,
        ("一行一个站点的一天", "没有件的写0；没有把握的天不要写，以后补传那几天就行。"),
    )


def plan_totals(
    session: Session,
    *,
    county: County,
    operator: Operator,
    month_on: date,
    content: bytes,
    filename: str,
    now: datetime,
    seen_by: Person | Everybody,
) -> TotalsPlan:
    """Say line by line what entering a file would do; changes nothing.

    Stations are those in sight of whoever looks: an operator's clerk names only the own. Raises
    what `read_list` raises, and Invalid import-headers where a column of numbers is not there.
    """
    found = read_list(content, filename, columns=COLUMNS, needs="day_on", most_rows=MOST_LINES)
    for key in ("inbound", "outbound"):
        if not any(key in row.cells or row.faults for row in found.rows):
            raise Invalid(
                "import-headers",
                f"没有找到“{HEADERS[key]}”这一列，或者这一列全是空的。收到和寄出都要有，没有件就写0。",
            )
    stations = Stations(session, county.code, seen_by)
    today = beijing_day(now)
    read = [read_line(row, stations, month_on=month_on, today=today) for row in found.rows]
    looking = _Looking(_held(session, operator, month_on), read)
    rows = [looking.at(one) for one in read]
    days = {key: figures for key, figures in looking.days.items() if looking.fresh(key)}
    return TotalsPlan(
        found,
        rows,
        operator,
        month_on,
        days,
        left=len(looking.held.keys() - looking.days.keys()),
        notes=_notes(read, operator),
    )


def enter_totals(
    session: Session,
    blobs: BlobStore,
    *,
    county: County,
    operator: Operator,
    month_on: date,
    content: bytes,
    filename: str,
    mark: str,
    by: Person,
    now: datetime,
) -> tuple[TotalsPlan, OperatorFile | None]:
    """Enter every line of a file whose preview carried `mark`; all or none.

    A day that this operator gave before gets its next version, and the earlier stays; the file
    itself is kept by its SHA-256. Raises Invalid import-has-errors; Conflict import-outdated.
    """
    one_list_at_a_time(session, county)
    plan = plan_totals(
        session,
        county=county,
        operator=operator,
        month_on=month_on,
        content=content,
        filename=filename,
        now=now,
        seen_by=by,
    )
    plan.refuse_unless_shown(mark)
    if not plan.fresh:
        return plan, None
    file = OperatorFile(
        county=county.code,
        operator_id=operator.id,
        month_on=month_on,
        file_name=cut(filename, OperatorFile.file_name),
        file_sha256=blobs.put(content, plan.list.sha256),
        lines=sum(len(figures) for figures in plan.fresh.values()),
        entered_by=by.id,
        entered_at=now,
    )
    session.add(file)
    session.flush()
    write_days(session, file, plan.fresh)
    places = {place for place, _ in plan.fresh}
    history.write(
        session,
        of=operator,
        by=by,
        at=now,
        action=DaysAction.TOTALS_ENTERED,
        summary=f"录入{operator.name}{full_month_text(month_on)}的系统数“{file.file_name}”："
        f"{len(places)}处{len(plan.fresh)}天，{plan.sum.text}，"
        f"其中改了{plan.count('changed')}行",
    )
    return plan, file


def write_days(
    session: Session, file: OperatorFile, days: Mapping[tuple[int, date], Figures]
) -> None:
    """Add the file's days, each as the next version of its place's day, and let it hold."""
    versions: dict[tuple[int, date], int] = {}
    superseded = []
    for row in session.execute(
        sa.select(
            OperatorTotal.id,
            OperatorTotal.place,
            OperatorTotal.day_on,
            OperatorTotal.version,
            OperatorTotal.current,
        ).where(
            OperatorTotal.operator_id == file.operator_id,
            OperatorTotal.month_on == file.month_on,
        )
    ):
        key = (row.place, row.day_on)
        versions[key] = max(versions.get(key, 0), row.version)
        if row.current and key in days:
            superseded.append({"id": row.id, "current": False})
    if superseded:
        session.execute(sa.update(OperatorTotal), superseded)
    session.execute(
        sa.insert(OperatorTotal),
        [
            {
                "county": file.county,
                "file_id": file.id,
                "operator_id": file.operator_id,
                "station_id": place or None,
                "place": place,
                "month_on": file.month_on,
                "day_on": day_on,
                "brand": brand,
                "inbound": numbers.inbound,
                "outbound": numbers.outbound,
                "version": versions.get((place, day_on), 0) + 1,
                "current": True,
                "file_row": line,
            }
            for (place, day_on), figures in sorted(days.items())
            for brand, (numbers, line) in sorted(figures.items())
        ],
    )


def _held(
    session: Session, operator: Operator, month_on: date
) -> dict[tuple[int, date], dict[str, Numbers]]:
    """What holds of this operator's month now, by place and day, then by brand."""
    held: defaultdict[tuple[int, date], dict[str, Numbers]] = defaultdict(dict)
    for row in session.execute(
        sa.select(
            OperatorTotal.place,
            OperatorTotal.day_on,
            OperatorTotal.brand,
            OperatorTotal.inbound,
            OperatorTotal.outbound,
        ).where(
            OperatorTotal.operator_id == operator.id,
            OperatorTotal.month_on == month_on,
            OperatorTotal.current,
        )
    ):
        held[row.place, row.day_on][row.brand] = Numbers(row.inbound, row.outbound)
    return dict(held)


class _Looking:
    """One file's lines held against each other and against what the operator gave before."""

    def __init__(
        self, held: dict[tuple[int, date], dict[str, Numbers]], read: Sequence[ReadLine]
    ) -> None:
        self.held = held
        self.days: defaultdict[tuple[int, date], Figures] = defaultdict(dict)
        self._same: defaultdict[tuple[int, date, str], list[ReadLine]] = defaultdict(list)
        self._called: defaultdict[tuple[int, date, str], set[str]] = defaultdict(set)
        for one in read:
            if one.key is not None and one.numbers is not None and not one.errors:
                self._same[one.key].append(one)
                self.days[one.key[:2]].setdefault(one.brand, (one.numbers, one.line))
                if one.brand:
                    self._called[*one.key[:2], _brand(one.brand)].add(one.brand)
        self._totals = _checked_totals(read, self.days)

    def fresh(self, key: tuple[int, date]) -> bool:
        """Whether a place's day says anything else than what holds."""
        said = {brand: numbers for brand, (numbers, _) in self.days[key].items()}
        return self.held.get(key) != said

    def at(self, one: ReadLine) -> TotalRow:
        errors = [*one.errors, *self._beside(one)]
        if one.line in self._totals:
            errors.append(self._totals[one.line])
        place = one.place.name if one.place else one.written
        row = TotalRow(one.line, "wrong", place, one.day_on, one.brand, one.numbers)
        if errors:
            return replace(row, errors=tuple(errors))
        if one.key is None:
            return replace(row, action="total", notes=("和上面各行加起来一样，不录入",))
        first = self._same[one.key][0].line
        if first != one.line:
            return replace(row, action="repeat", notes=(f"和第{first}行一样，只算一次",))
        day = one.key[:2]
        if not self.fresh(day):
            return replace(row, action="same")
        if day not in self.held:
            return replace(row, action="new")
        return replace(row, action="changed", notes=(f"原来是{_told(self.held[day])}",))

    def _beside(self, one: ReadLine) -> list[str]:
        """What is wrong with a line because of others of the same place's day."""
        if one.key is None or one.numbers is None or one.errors:
            return []
        found = []
        others = [other for other in self._same[one.key] if other.numbers != one.numbers]
        if others:
            told = "、".join(
                f"第{other.line}行{other.numbers.text}" for other in others[:3] if other.numbers
            )
            found.append(
                f"同一个站同一天写了两次，数不一样：本行{one.numbers.text}，{told}。请只留对的。"
            )
        brands = self.days[one.key[:2]]
        if "" in brands and len(brands) > 1:
            lines = "、".join(f"第{line}行" for _, line in sorted(brands.values(), key=_line_of))
            found.append(
                f"同一个站同一天，有的行写了品牌，有的没写（{lines}），分不清有没有算重。"
                "请要么都写品牌，要么只留一行合计。"
            )
        alike = self._called[*one.key[:2], _brand(one.brand)] if one.brand else set[str]()
        if len(alike) > 1:
            lines = "、".join(f"第{brands[brand][1]}行“{brand}”" for brand in sorted(alike))
            found.append(
                f"同一个站同一天，{lines}像是同一个品牌写了两种叫法，分不清有没有算重。"
                "请写成一样的，或者合成一行。"
            )
        return found


@lru_cache(maxsize=4096)
def _brand(name: str) -> str:
    """A brand as it is compared: 中通快递 is 中通, zto is ZTO; 快运 is another company."""
    return re.sub("(快递|速递|速运)$", "", bare_text(name).casefold())


def _line_of(figure: tuple[Numbers, int]) -> int:
    return figure[1]


def _checked_totals(
    read: Sequence[ReadLine], days: Mapping[tuple[int, date], Figures]
) -> dict[int, str]:
    """What is wrong with lines that add others up; nothing while a line cannot be read.

    A line has to come to the sum of all stations, with or without the centre, or to that of the
    lines between it and the sum before (小计).
    """
    if any(one.errors for one in read):
        return {}
    counted = {line for figures in days.values() for _, line in figures.values()}
    lines = [one for one in read if one.line in counted and one.numbers and one.place]
    every = _added([one.numbers for one in lines if one.numbers])
    stations = _added(
        [one.numbers for one in lines if one.numbers and one.place and one.place.station]
    )
    found: dict[int, str] = {}
    since: list[Numbers] = []
    for one in read:
        if not one.total:
            if one.numbers and one.line in counted:
                since.append(one.numbers)
            continue
        if one.numbers not in (every, stations, _added(since)):
            said = one.numbers.text if one.numbers else ""
            found[one.line] = (
                f"合计写的是{said}，各行加起来是{every.text}，对不上。"
                "请核对有没有漏行、改过的数；只想录各行，就删掉这一行。"
            )
        since = []
    return found


def _added(numbers: Sequence[Numbers]) -> Numbers:
    return Numbers(sum(one.inbound for one in numbers), sum(one.outbound for one in numbers))


def _told(figures: Mapping[str, Numbers]) -> str:
    """收12寄3; 中通收8寄1、韵达收4寄2."""
    return "、".join(f"{brand}{numbers.text}" for brand, numbers in sorted(figures.items()))


def _notes(read: Sequence[ReadLine], operator: Operator) -> tuple[str, ...]:
    """What somebody should look at though nothing of it is wrong."""
    others = {
        one.place.key: one.place.name
        for one in read
        if one.place and one.place.station and one.place.station.operator_id != operator.id
    }
    if not others:
        return ()
    named = "、".join(list(others.values())[:5])
    more = "等" if len(others) > 5 else ""
    return (
        f"{named}{more}{len(others)}个站现在登记的运营企业不是{operator.name}，请核对是不是选错了企业。",
    )
