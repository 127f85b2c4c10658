"""Reads each line of a stations' sheet against the register: which station, what would change."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Problem
from server.models.county import County, Division, DivisionLevel
from server.models.statement import Statement
from server.models.station import IssuedCode, Station
from server.policy.signs.parts import PREFIXES
from server.policy.standard.facts import JUDGED, Level, Word, value_of
from server.services.common import history
from server.services.county.place_names import Places
from server.services.plates.numbers import level_of, normal_code
from server.services.registry.fields import (
    FIELDS,
    Reading,
    names_of,
    read_field,
    show,
)
from server.services.registry.sheet_columns import (
    AREA,
    CODE,
    FLAGS,
    LEVEL,
    TOWNSHIP,
    VILLAGE,
    Row,
    flag_of,
)
from server.services.registry.stations import changes_of, default_name
from server.services.standing.statements import newest_where, value_text

_LEVELS = {
    "乡镇": Level.TOWNSHIP_STATION,
    "综合服务站": Level.TOWNSHIP_STATION,
    "村": Level.VILLAGE_POINT,
    "便民服务点": Level.VILLAGE_POINT,
}


@dataclass(slots=True)
class Planned:
    """One line understood: the station it means, and what importing it would do."""

    line: int
    name: str = ""
    level: Level = Level.VILLAGE_POINT
    township: Division | None = None
    village: Division | None = None
    station: Station | None = None
    code: str | None = None  # a number to be entered
    values: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, bool | Decimal] = field(default_factory=dict)
    changes: list[history.Change] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def action(self) -> str:
        """One of new, changed, same, wrong."""
        if self.errors:
            return "wrong"
        if self.station is None:
            return "new"
        return "changed" if self.changes else "same"

    @property
    def place(self) -> tuple[str, ...]:
        """What two lines may not share."""
        if self.station is not None:
            return ("station", str(self.station.id))
        if self.village is not None:
            return ("village", self.village.code)
        return ("township", self.township.code if self.township else "", self.name)


class Importing:
    """One file's import: the county's places, stations and words, each read once."""

    def __init__(self, session: Session, county: County, now: datetime) -> None:
        self.session, self.county, self.now = session, county, now
        self.places = Places(session, county.code)
        self.names = names_of(session, county.code)
        stations = list(session.scalars(select(Station).where(Station.county == county.code)))
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
        self.words = desk_words(session, county.code)

    def plan(self, rows: Iterable[Row]) -> list[Planned]:
        """Every line, with what is wrong in it; two lines for one station are both wrong."""
        planned = [self._line(row) for row in rows]
        for key in ("place", "code"):
            seen: dict[Any, Planned] = {}
            for one in planned:
                mark = getattr(one, key)
                if mark is None or (one.errors and key == "place" and one.station is None):
                    continue
                first = seen.setdefault(mark, one)
                if first is not one:
                    what = "是同一个站点" if key == "place" else f"编号都是{mark}"
                    one.errors.append(f"与第{first.line}行{what}，请删掉一行。")
                    first.errors.append(f"与第{one.line}行{what}，请删掉一行。")
        return planned

    def _line(self, row: Row) -> Planned:
        one = Planned(row.line)
        cells = row.cells
        try:
            self._find_place(one, cells)
            self._find_station(one, cells)
        except Problem as problem:
            one.errors.append(problem.message)
            one.name = one.name or str(cells.get("name", ""))
            return one
        given = {key: cell for key, cell in cells.items() if key in FIELDS}
        for key, cell in given.items():
            self._read(one, key, cell)
        if one.station is not None and not one.errors:
            self._compare(one)
        elif one.station is None:
            one.changes = [
                history.Change(
                    field=key,
                    label=FIELDS[key].label,
                    old="",
                    new=show(FIELDS[key], value, self.names),
                )
                for key, value in one.values.items()
            ]
        self._read_facts(one, cells)
        if one.code is not None:
            one.changes.append(history.Change(field=CODE, label="编号", old="", new=one.code))
        return one

    def _find_place(self, one: Planned, cells: dict[str, Any]) -> None:
        """Level, township and village, each from what is written or from one another."""
        code = str(cells.get(CODE, ""))
        normal = normal_code(code) if code else None
        if code and normal is None:
            raise _Wrong(f"编号“{code}”不对，应像 C0001 或 XZ0001，请改正。")
        known = self.by_code.get(normal) if normal else None
        if TOWNSHIP in cells:
            one.township = self.places.find(str(cells[TOWNSHIP]), level=DivisionLevel.TOWNSHIP)
        if VILLAGE in cells:
            one.village = self.places.find(
                str(cells[VILLAGE]),
                level=DivisionLevel.VILLAGE,
                parent=one.township.code if one.township else None,
            )
            one.township = one.township or self.places.by_code[one.village.parent]
        if known is not None:
            one.station = known
            one.level = known.level
        elif normal is not None:
            one.code = normal
        one.level = self._level(one, cells, normal)
        if one.township is None and one.station is None:
            raise _Wrong("没有写乡镇，请补上。")
        if one.level == Level.VILLAGE_POINT and not one.village and not one.station:
            raise _Wrong("村级点没有写是哪个村，请补上。")
        if one.level == Level.TOWNSHIP_STATION:
            one.village = None

    def _level(self, one: Planned, cells: dict[str, Any], code: str | None) -> Level:
        level = None
        if written := str(cells.get(LEVEL, "")):
            found = [kind for word, kind in _LEVELS.items() if word in written]
            if not found:
                known = "、".join(level.label for level in PREFIXES)
                raise _Wrong(f"级别“{written}”不认识，只能填：{known}。")
            level = found[0]
        if code is not None:
            if level is not None and level != level_of(code):
                raise _Wrong(f"编号{code}与级别“{written}”不一致，请核对。")
            level = level_of(code)
        if level is not None:
            return level
        return Level.VILLAGE_POINT if one.village else Level.TOWNSHIP_STATION

    def _find_station(self, one: Planned, cells: dict[str, Any]) -> None:
        """The station a line means: by number, else by village, else by township and name."""
        place = one.village.short_name if one.village else one.township.name if one.township else ""
        one.name = str(cells.get("name", "")) or default_name(one.level, place)
        found = one.station
        if found is None and one.village is not None:
            found = self.by_village.get(one.village.code)
        elif found is None and one.township is not None:
            found = self._township_station(one)
        if found is None:
            if one.code in self.given:
                raise _Wrong(f"编号{one.code}以前发放过，不能再给别的站点。请换一个或空着。")
            return
        if "name" not in cells:
            one.name = found.name
        self._refuse_mismatch(one, found)
        one.station = found

    def _refuse_mismatch(self, one: Planned, found: Station) -> None:
        """A line whose number, place or state contradicts the station it means."""
        if found.closed_on is not None:
            raise _Wrong(f"{found.code}（{found.name}）已经撤销。如要继续使用，请先在站点页恢复。")
        if one.village is not None and found.village_code != one.village.code:
            raise _Wrong(f"编号{found.code}是{found.name}的，与本行的村不一致，请核对。")
        if one.township is not None and found.township_code != one.township.code:
            raise _Wrong(f"编号{found.code}是{found.name}的，与本行的乡镇不一致，请核对。")
        if one.code is not None and found.code and found.code != one.code:
            raise _Wrong(f"{found.name}的编号是{found.code}，编号发放后不能改成{one.code}。")
        if one.code is not None and one.code in self.given:
            raise _Wrong(f"编号{one.code}以前发放过，不能再给别的站点。请换一个或空着。")

    def _township_station(self, one: Planned) -> Station | None:
        """The one of this name; the township's only one where the line names none of its own."""
        here = self.by_township.get(one.township.code if one.township else "", [])
        named = [station for station in here if station.name == one.name]
        if named:
            return named[0]
        default = default_name(Level.TOWNSHIP_STATION, one.township.name if one.township else "")
        return here[0] if len(here) == 1 and one.name == default else None

    def _read(self, one: Planned, key: str, cell: Any) -> None:
        reading = Reading(self.session, self.county.code, self.now.date())
        try:
            one.values[key] = read_field(FIELDS[key], cell, reading)
        except Problem as problem:
            one.errors.append(problem.message)

    def _compare(self, one: Planned) -> None:
        assert one.station is not None  # noqa: S101 - the caller asked
        try:
            made, values = changes_of(
                self.session,
                station=one.station,
                changes=one.values,
                now=self.now,
                names=self.names,
            )
        except Problem as problem:
            one.errors.append(problem.message)
            return
        changed = {change["field"] for change in made}
        one.values = {key: value for key, value in values.items() if key in changed}
        one.changes = made

    def _read_facts(self, one: Planned, cells: dict[str, Any]) -> None:
        """What the desk says of the place; only what differs from its last word."""
        said = self.words.get(one.station.id, {}) if one.station else {}
        for key in (AREA, *FLAGS):
            if key not in cells:
                continue
            fact, cell = JUDGED[key], cells[key]
            value: Any = cell
            if key != AREA:
                value = flag_of(cell)
                if value is None:
                    one.errors.append(f"“{fact.title}”应填有或无，写的是“{cell}”，请改正。")
                    continue
            try:
                value = value_of(fact, value)
            except Problem as problem:
                one.errors.append(f"{problem.message}。")
                continue
            old = said.get(key)
            if old != value:
                one.facts[key] = value
                one.changes.append(
                    history.Change(
                        field=key,
                        label=fact.title,
                        old=value_text(fact, old),
                        new=value_text(fact, value),
                    )
                )


def desk_words(session: Session, county: str) -> dict[int, dict[str, bool | Decimal]]:
    """The newest word of the county desk on the facts that the sheet carries."""
    words: dict[int, dict[str, bool | Decimal]] = {}
    for one in newest_where(
        session,
        [
            Statement.county == county,
            Statement.word == Word.REVIEWER.value,
            Statement.fact.in_([AREA, *FLAGS]),
        ],
    ):
        if one.value is not None:
            value = Decimal(one.value) if one.fact == AREA else bool(one.value)
            words.setdefault(one.station_id, {})[one.fact] = value
    return words


class _Wrong(Problem):
    """One line's fault, which never leaves this module but as a sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__("import-row-wrong", sentence)
