"""Reads each line of a stations' sheet against the register: which station, what would change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Problem
from server.models.county import County, Division, DivisionLevel
from server.models.statement import Statement
from server.models.station import IssuedCode, Stage, Station
from server.policy.standard.facts import JUDGED, Level, Word, value_of
from server.services.common import history
from server.services.county.place_words import station_name
from server.services.plates.numbers import code_written, level_of, normal_code
from server.services.registry.field_reading import Reading, read_change
from server.services.registry.fields import FIELDS, names_of, show
from server.services.registry.filing_dates import refuse_impossible_dates
from server.services.registry.sheet_columns import (
    AREA,
    CODE,
    FLAGS,
    LEVEL,
    PLACES,
    STAGE,
    TOWNSHIP,
    VILLAGE,
    flag_of,
)
from server.services.registry.sheet_places import level_written, other_place_in, spoken
from server.services.registry.sheet_table import Fault, Row
from server.services.registry.stations import differences, refuse_gone_operator
from server.services.standing.statements import newest_where, value_text


@dataclass(slots=True)
class Planned:
    """One line understood: the station it means, and what importing it would do.

    Plain data: what the register's own rows say may be forgotten before this is carried out.
    """

    line: int
    name: str = ""
    level: Level = Level.VILLAGE_POINT
    township_code: str | None = None
    village_code: str | None = None
    station_id: int | None = None
    code: str | None = None  # a number to be entered
    values: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, bool | Decimal] = field(default_factory=dict)
    changes: list[history.Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    hidden: bool = False

    @property
    def action(self) -> str:
        """One of new, changed, same, wrong."""
        if self.faults:
            return "wrong"
        if self.station_id is None:
            return "new"
        return "changed" if self.changes else "same"

    @property
    def place(self) -> tuple[str, ...]:
        """What two lines may not share."""
        if self.station_id is not None:
            return ("station", str(self.station_id))
        if self.village_code is not None:
            return ("village", self.village_code)
        return ("township", self.township_code or "", self.name)


@dataclass(slots=True)
class _Line:
    """A line while it is being read, with the rows of the register that it speaks of."""

    row: Row
    plan: Planned
    township: Division | None = None
    village: Division | None = None
    station: Station | None = None


class Importing:
    """One file's import: the county's places, stations and words, each read once."""

    def __init__(
        self, session: Session, county: County, now: datetime, columns: Mapping[str, int]
    ) -> None:
        self.columns, self.county = columns, county
        self.unread_stages: list[int] = []
        self.reading = Reading(session, county.code, beijing_day(now))
        self.names = names_of(session, county.code)
        stations = list(session.scalars(select(Station).where(Station.county == county.code)))
        self.versions = {station.id: station.version for station in stations}
        self.by_code = {station.code: station for station in stations if station.code}
        open_ones = [station for station in stations if station.closed_on is None]
        self.by_village = {
            station.village_code: station
            for station in open_ones
            if station.level == Level.VILLAGE_POINT
        }
        self.by_township: dict[str, list[Station]] = {}
        for station in open_ones:
            if station.level == Level.TOWNSHIP_STATION and station.township_code:
                self.by_township.setdefault(station.township_code, []).append(station)
        self.given = set(
            session.scalars(select(IssuedCode.code).where(IssuedCode.county == county.code))
        )
        self.said = desk_statements(session, county.code)
        self.words = words_of(self.said)

    def plan(self, rows: Iterable[Row]) -> list[Planned]:
        """Every line, with what is wrong in it; two lines for one station are both wrong."""
        planned = [self._line(row) for row in rows]
        for key in ("place", "code"):
            seen: dict[Any, Planned] = {}
            for one in planned:
                mark = getattr(one, key)
                if mark is None or (one.faults and key == "place" and one.station_id is None):
                    continue
                first = seen.setdefault(mark, one)
                if first is not one:
                    what = "是同一个站点" if key == "place" else f"编号都是{mark}"
                    one.faults.append(Fault(f"与第{first.line}行{what}，请删掉一行。"))
                    first.faults.append(Fault(f"与第{one.line}行{what}，请删掉一行。"))
        return planned

    def _line(self, row: Row) -> Planned:
        plan = Planned(row.line, hidden=row.hidden, faults=list(row.faults))
        line = _Line(row, plan)
        cells = row.cells
        unread = {fault.column for fault in row.faults} & {self.columns.get(k) for k in PLACES}
        try:
            self._find_place(line)
            self._find_station(line)
        except _Wrong as wrong:
            plan.name = plan.name or str(cells.get("name", "")) or str(cells.get(VILLAGE, ""))
            if not unread:  # what follows from a cell nobody can read is no fault of its own
                plan.faults.append(Fault(wrong.message, self.columns.get(wrong.key)))
            return plan
        self._hold_name(line)
        self._hold_stage(line)
        for key, cell in cells.items():
            if key in FIELDS:
                self._read(line, key, cell)
        if not plan.faults:
            self._compare(line)
        self._read_facts(line)
        if plan.code is not None:
            plan.changes.append(history.Change(field=CODE, label="编号", old="", new=plan.code))
        return plan

    def _find_place(self, line: _Line) -> None:
        """Level, township and village, each from what is written or from one another."""
        plan, cells = line.plan, line.row.cells
        code = str(cells.get(CODE, ""))
        normal = normal_code(code_written(code, self.county.code)) if code else None
        if code and normal is None:
            raise _Wrong(f"编号“{code}”不对，应像 C0001 或 XZ0001，请改正。", CODE)
        known = self.by_code.get(normal) if normal else None
        if TOWNSHIP in cells:
            line.township = self._division(cells, TOWNSHIP, DivisionLevel.TOWNSHIP, None)
        if VILLAGE in cells:
            line.village = self._division(cells, VILLAGE, DivisionLevel.VILLAGE, line.township)
            line.township = line.township or self.reading.places.by_code[line.village.parent]
        if known is not None:
            line.station = known
            plan.level = known.level
        elif normal is not None:
            plan.code = normal
        plan.level = self._level(line, normal)
        if line.township is None and line.station is None:
            raise _Wrong("没有写乡镇，请补上。", TOWNSHIP)
        if plan.level == Level.VILLAGE_POINT and not line.village and not line.station:
            raise _Wrong("村级点没有写是哪个村，请补上。", VILLAGE)
        if plan.level == Level.TOWNSHIP_STATION:
            named = plan.level.ending in str(cells.get("name", ""))
            if line.village and sum(map(bool, (normal, cells.get(LEVEL), named))) < 2:
                raise _Wrong(
                    f"这一行是乡镇站，又写了村“{spoken(line.village)}”。是这个村的点就改级别，"
                    "只是站设在这个村就把“村”这一格清空。",
                    VILLAGE,
                )
            line.village = None  # where the station stands
        plan.township_code = line.township.code if line.township else None
        plan.village_code = line.village.code if line.village else None

    def _division(
        self, cells: Mapping[str, Any], key: str, level: DivisionLevel, parent: Division | None
    ) -> Division:
        try:
            return self.reading.places.find(
                str(cells[key]), level=level, parent=parent.code if parent else None
            )
        except Problem as problem:
            raise _Wrong(problem.message, key) from problem

    def _level(self, line: _Line, code: str | None) -> Level:
        level = None
        if written := str(line.row.cells.get(LEVEL, "")):
            try:
                level = level_written(written)
            except ValueError as wrong:
                raise _Wrong(str(wrong), LEVEL) from wrong
        if code is not None:
            if level is not None and level != level_of(code):
                raise _Wrong(f"编号{code}与级别“{written}”不一致，请核对。", LEVEL)
            level = level_of(code)
        return level or (Level.VILLAGE_POINT if line.village else Level.TOWNSHIP_STATION)

    def _find_station(self, line: _Line) -> None:
        """The station a line means: by number, else by village, else by township and name."""
        plan, cells = line.plan, line.row.cells
        place = line.village or line.township
        default = station_name(self.county, plan.level, place) if place else plan.level.ending
        plan.name = str(cells.get("name", "")) or default
        found = line.station
        if found is None and line.village is not None:
            found = self.by_village.get(line.village.code)
        elif found is None and line.township is not None:
            found = self._township_station(plan.name, line.township)
        if found is None:
            if plan.code in self.given:
                raise _Wrong(f"编号{plan.code}以前发放过，不能再给别的站点。请换一个或空着。", CODE)
            return
        if "name" not in cells:
            plan.name = found.name
        self._refuse_mismatch(line, found)
        line.station = found
        plan.station_id = found.id
        if found.code == plan.code:
            plan.code = None

    def _refuse_mismatch(self, line: _Line, found: Station) -> None:
        """A line whose number, place or state contradicts the station it means."""
        code = line.plan.code
        if found.closed_on is not None:
            raise _Wrong(
                f"{found.code}（{found.name}）已经停业。如要继续使用，请先在站点页恢复营业。", CODE
            )
        if line.village is not None and found.village_code != line.village.code:
            raise _Wrong(f"编号{found.code}是{found.name}的，与本行的村不一致，请核对。", VILLAGE)
        if line.township is not None and found.township_code != line.township.code:
            raise _Wrong(
                f"编号{found.code}是{found.name}的，与本行的乡镇不一致，请核对。", TOWNSHIP
            )
        if code is not None and found.code and found.code != code:
            raise _Wrong(f"{found.name}的编号是{found.code}，编号发放后不能改成{code}。", CODE)
        if code is not None and code in self.given:
            raise _Wrong(f"编号{code}以前发放过，不能再给别的站点。请换一个或空着。", CODE)

    def _township_station(self, name: str, township: Division) -> Station | None:
        """The one of this name; the township's only one where the line names none of its own."""
        here = self.by_township.get(township.code, [])
        named = [station for station in here if station.name == name]
        if named:
            return named[0]
        default = station_name(self.county, Level.TOWNSHIP_STATION, township)
        return here[0] if len(here) == 1 and name == default else None

    def _hold_name(self, line: _Line) -> None:
        """A name that comes new and says another place: one of the two cells is a slip."""
        plan, place = line.plan, line.village or line.township
        if place is None or (line.station and line.station.name == plan.name):
            return
        if other := other_place_in(plan.name, plan.level, place, self.reading.places):
            plan.faults.append(
                Fault(
                    f"名称“{plan.name}”说的是{spoken(other)}，这一行写的是{spoken(place)}，"
                    "请核对是哪一个。",
                    self.columns.get("name"),
                )
            )

    def _hold_stage(self, line: _Line) -> None:
        """An export says how far a station has come; only an acceptance can change it."""
        said = str(line.row.cells.get(STAGE, ""))
        held = line.station.stage if line.station else Stage.PLANNED
        if not said or said in {held.label, held.short}:
            return
        if all(said not in {one.label, one.short} for one in Stage):
            self.unread_stages.append(line.row.line)  # an office's own word for something else
            return
        line.plan.faults.append(
            Fault(
                f"“建设情况”写的是“{said}”，登记是“{held.label}”。建设情况由验收来定，"
                "请到“拟建与验收”里办；这一格请改回来或空着。",
                self.columns[STAGE],
            )
        )

    def _read(self, line: _Line, key: str, cell: Any) -> None:
        try:
            line.plan.values[key] = read_change(FIELDS[key], cell, self.reading, line.station)
        except Problem as problem:
            line.plan.faults.append(Fault(problem.message, self.columns[key]))

    def _compare(self, line: _Line) -> None:
        """What of the values is new."""
        plan, station = line.plan, line.station
        try:
            refuse_impossible_dates(station, plan.values)
        except Problem as problem:
            key = next(iter(problem.details["fields"]))
            plan.faults.append(Fault(problem.message, self.columns.get(key)))
            return
        if station is not None:
            plan.changes = differences(station, plan.values, self.names)
            self._refuse_gone(plan)
            changed = {change["field"] for change in plan.changes}
            plan.values = {key: value for key, value in plan.values.items() if key in changed}
            return
        plan.changes = [
            history.Change(
                field=key,
                label=FIELDS[key].label,
                old="",
                new=show(FIELDS[key], value, self.names),
            )
            for key, value in plan.values.items()
        ]
        self._refuse_gone(plan)

    def _refuse_gone(self, plan: Planned) -> None:
        """No line gives a station to an operator that has left."""
        try:
            refuse_gone_operator(plan.changes, plan.values, self.reading)
        except Problem as problem:
            plan.faults.append(Fault(problem.message, self.columns.get("operator")))

    def _read_facts(self, line: _Line) -> None:
        """What the desk says of the place; only what differs from its last word."""
        plan, cells = line.plan, line.row.cells
        said = self.words.get(plan.station_id, {}) if plan.station_id else {}
        for key in (AREA, *FLAGS):
            if key not in cells:
                continue
            fact, cell = JUDGED[key], cells[key]
            value: Any = cell
            if key != AREA:
                value = flag_of(cell)
                if value is None:
                    sentence = f"“{fact.title}”应填有或无，写的是“{cell}”，请改正。"
                    plan.faults.append(Fault(sentence, self.columns[key]))
                    continue
            try:
                value = value_of(fact, value)
            except Problem as problem:
                sentence = f"{problem.message}，写的是“{cell}”。"
                plan.faults.append(Fault(sentence, self.columns[key]))
                continue
            old = said.get(key)
            if old != value:
                plan.facts[key] = value
                plan.changes.append(
                    history.Change(
                        field=key,
                        label=fact.title,
                        old=value_text(fact, old),
                        new=value_text(fact, value),
                    )
                )


def desk_statements(session: Session, county: str) -> list[Statement]:
    """The newest word of the county desk on each fact that the sheet carries, for each station."""
    return newest_where(
        session,
        [
            Statement.county == county,
            Statement.word == Word.REVIEWER.value,
            Statement.fact.in_([AREA, *FLAGS]),
        ],
    )


def words_of(said: Iterable[Statement]) -> dict[int, dict[str, bool | Decimal]]:
    """The values of statements by station and fact; what was taken back is not there."""
    words: dict[int, dict[str, bool | Decimal]] = {}
    for one in said:
        if one.value is not None:
            value = Decimal(one.value) if one.fact == AREA else bool(one.value)
            words.setdefault(one.station_id, {})[one.fact] = value
    return words


class _Wrong(Problem):
    """One line's fault in one column, which never leaves this module but as a sentence."""

    def __init__(self, sentence: str, key: str) -> None:
        super().__init__("import-row-wrong", sentence)
        self.key = key
