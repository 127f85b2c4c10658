"""Populations from the office's own list: looked at village by village, then entered together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Invalid, Problem
from server.models.county import County, Division, DivisionLevel
from server.models.coverage import PopulationBasis, PopulationList, VillagePopulation
from server.models.person import Person
from server.policy.entries import says_nothing
from server.policy.typed_days import read_day
from server.services.common import history
from server.services.common.list_plans import ListPlan, list_template, one_list_at_a_time
from server.services.common.office_lists import ListColumn, ListRow, read_list
from server.services.common.written import cut, longest
from server.services.county.place_names import Places
from server.services.coverage.actions import CoverageAction
from server.services.coverage.populations import (
    Newest,
    newest_populations,
    read_people,
    told,
)

COLUMNS = (
    ListColumn("township", "乡镇", "所属乡镇 所在乡镇 乡镇名称 乡镇街道", "村名有重的要写"),
    ListColumn(
        "village",
        "村",
        "行政村 建制村 村名 村名称 行政村名称 建制村名称 村委会 村社区 村居",
        "必填，名称或12位代码",
    ),
    ListColumn(
        "registered",
        "户籍人口",
        "户籍人口数 户籍 户籍人数 户籍总人口",
        "人数；不知道就空着",
    ),
    ListColumn(
        "resident",
        "常住人口",
        "常住人口数 常住 常住人数 常住总人口",
        "人数；不知道就空着",
    ),
    ListColumn(
        "people",
        "人口",
        "人口数 总人口 人数 人口数量 总人数",
        "只有一列人口时用；上传时选它是户籍还是常住",
    ),
    ListColumn(
        "counted_on",
        "统计日期",
        "日期 时点 统计时间 截止日期",
        "空着就用上传时填的日期，如2020-11-01",
    ),
    ListColumn(
        "source",
        "来源",
        "数据来源 出处 依据",
        "空着就用上传时填的来源，如：2020年人口普查",
    ),
)
ACTIONS = ("wrong", "new", "changed", "same", "blank")
_BASES = {"registered": PopulationBasis.REGISTERED, "resident": PopulationBasis.RESIDENT}


class ListDefaults(NamedTuple):
    """What the office says of the whole list where a line does not say it itself.

    `basis` is what a column that only says 人口 counts.
    """

    basis: PopulationBasis | None
    counted_on: date | None
    source: str


class Figure(NamedTuple):
    """One figure that a line gives."""

    basis: PopulationBasis
    people: int
    counted_on: date
    source: str


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """What entering one line would do; `figures` are those that are new."""

    line: int
    action: str  # one of ACTIONS
    village: str
    township: str
    village_code: str
    figures: tuple[Figure, ...] = ()
    changes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PopulationPlan(ListPlan[PopulationRow]):
    """A whole list of populations looked at."""

    def shown(self) -> Sequence[Any]:
        """Line by line, with what each would do."""
        return [
            [row.line, row.action, row.village_code, row.changes, row.errors] for row in self.rows
        ]


def population_template() -> bytes:
    """An empty list with our headers."""
    return list_template(
        "村人口",
        COLUMNS,
        ("一行一个村", "空着的格不改动原来的数；同一个村以后有了新数，再传一次，旧的还在。"),
    )


def plan_populations(
    session: Session,
    *,
    county: County,
    content: bytes,
    filename: str,
    defaults: ListDefaults,
    now: datetime,
) -> PopulationPlan:
    """Say line by line what entering a list of populations would do; changes nothing.

    Raises what `read_list` raises.
    """
    found = read_list(content, filename, columns=COLUMNS, needs="village")
    looking = _Looking(session, county, defaults, beijing_day(now))
    return PopulationPlan(found, [looking.at(line) for line in found.rows])


def enter_populations(
    session: Session,
    *,
    county: County,
    content: bytes,
    filename: str,
    defaults: ListDefaults,
    mark: str,
    by: Person | None,
    now: datetime,
) -> PopulationPlan:
    """Enter every figure of a list whose preview carried `mark`; all or none.

    Raises Invalid import-has-errors; Conflict import-outdated.
    """
    one_list_at_a_time(session, county)
    plan = plan_populations(
        session, county=county, content=content, filename=filename, defaults=defaults, now=now
    )
    plan.refuse_unless_shown(mark)
    rows = [row for row in plan.rows if row.figures]
    if not rows:
        return plan
    listed = PopulationList(
        county=county.code,
        file_name=cut(filename, PopulationList.file_name),
        file_sha256=plan.list.sha256,
        lines=len(rows),
        entered_by=by.id if by else None,
        entered_at=now,
    )
    session.add(listed)
    session.flush()
    session.add_all(
        VillagePopulation(
            county=county.code,
            village_code=row.village_code,
            basis=figure.basis,
            people=figure.people,
            counted_on=figure.counted_on,
            source=figure.source,
            list_id=listed.id,
            recorded_by=by.id if by else None,
            recorded_at=now,
        )
        for row in rows
        for figure in row.figures
    )
    session.flush()
    history.write(
        session,
        of=listed,
        by=by,
        at=now,
        action=CoverageAction.POPULATIONS_ENTERED,
        summary=f"按名单“{listed.file_name}”登记{len(rows)}个村的人口",
        changes=[
            history.Change(
                field=row.village_code,
                label=f"{row.township}{row.village}",
                old="",
                new="；".join(row.changes),
            )
            for row in rows
        ],
    )
    return plan


class _Looking:
    """One list held against what is registered; everything is read once."""

    def __init__(
        self, session: Session, county: County, defaults: ListDefaults, today: date
    ) -> None:
        self.defaults, self.today = defaults, today
        self.places = Places(session, county.code)
        self.newest: Newest = newest_populations(session, county=county.code)
        # Of one day's figures the last word holds; an earlier one said again is news.
        self.known = {
            (row.village_code, row.basis, row.counted_on): (row.people, row.source)
            for row in session.scalars(
                sa.select(VillagePopulation)
                .where(
                    VillagePopulation.county == county.code,
                    VillagePopulation.withdrawn_at.is_(None),
                )
                .order_by(VillagePopulation.id)
            )
        }
        self.lines: dict[tuple[str, PopulationBasis, date], int] = {}

    def at(self, line: ListRow) -> PopulationRow:
        errors = list(line.faults)
        village = self._village(line, errors)
        figures = self._figures(line, errors)
        name, code, township = line.text("village"), "", line.text("township")
        if village is not None:
            name, code = village.short_name, village.code
            township = self.places.by_code[village.parent].name
            for one in figures:
                first = self.lines.setdefault((code, one.basis, one.counted_on), line.line)
                if first != line.line:
                    errors.append(f"和第{first}行是同一个村、同一天的{one.basis.label}。")
        if errors:
            return PopulationRow(line.line, "wrong", name, township, code, errors=tuple(errors))
        fresh = tuple(
            one
            for one in figures
            if self.known.get((code, one.basis, one.counted_on)) != (one.people, one.source)
        )
        held = self.newest.get(code, {})
        action = "blank" if not figures else "same"
        if fresh:
            action = "changed" if any(one.basis in held for one in fresh) else "new"
        changes = tuple(self._change(one, held) for one in fresh)
        return PopulationRow(line.line, action, name, township, code, fresh, changes)

    def _village(self, line: ListRow, errors: list[str]) -> Division | None:
        name, township = line.text("village").strip(), line.text("township").strip()
        if not name:
            errors.append("没有写是哪个村。")
            return None
        try:
            parent = (
                self.places.find(township, level=DivisionLevel.TOWNSHIP).code if township else None
            )
            return self.places.find(name, level=DivisionLevel.VILLAGE, parent=parent)
        except Problem as problem:
            errors.append(problem.message)
            return None

    def _figures(self, line: ListRow, errors: list[str]) -> list[Figure]:
        given: list[tuple[PopulationBasis, str]] = [
            (basis, line.text(key)) for key, basis in _BASES.items() if line.text(key).strip()
        ]
        if plain := line.text("people").strip():
            if self.defaults.basis is None:
                errors.append("“人口”这一列没有说是户籍还是常住，请在上传时选好。")
            elif any(basis is self.defaults.basis for basis, _ in given):
                errors.append(f"“人口”和“{self.defaults.basis.label}”两列都写了，不知道用哪一个。")
            else:
                given.append((self.defaults.basis, plain))
        if not given:
            return []
        counted_on, source = self._day(line, errors), self._source(line, errors)
        found = []
        for basis, text in given:
            try:
                people = read_people(text)
            except Invalid as problem:
                errors.append(f"{basis.label}：{problem.message}")
                continue
            if counted_on is not None and source:
                found.append(Figure(basis, people, counted_on, source))
        return found

    def _day(self, line: ListRow, errors: list[str]) -> date | None:
        raw = line.cells.get("counted_on", "")
        if raw in ("", None):
            if self.defaults.counted_on is None:
                errors.append("没有写统计日期。请在表里写，或上传时填一个。")
            return self.defaults.counted_on
        try:
            return read_day(raw, "统计日期", latest=self.today)
        except Invalid as problem:
            errors.append(problem.message)
            return None

    def _source(self, line: ListRow, errors: list[str]) -> str:
        source = line.text("source").strip() or self.defaults.source
        most = longest(VillagePopulation.source)
        if not source or says_nothing(source):
            errors.append("没有写来源。请在表里写，或上传时填一个。")
        elif len(source) > most:
            errors.append(f"来源写了{len(source)}个字，最多{most}个字。")
            return ""
        return source

    @staticmethod
    def _change(one: Figure, held: Mapping[PopulationBasis, VillagePopulation]) -> str:
        fresh = f"{one.people}人（{full_day_text(one.counted_on)}，{one.source}）"
        before = held.get(one.basis)
        if before is None:
            return f"{one.basis.label}：没有登记 → {fresh}"
        if before.counted_on is not None and before.counted_on > one.counted_on:
            return f"{one.basis.label}：{fresh}记下来，但仍以更新的{told(before)}为准"
        return f"{one.basis.label}：{told(before)} → {fresh}"
