"""Stations by spreadsheet: the template, the export, and an import that is previewed first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County, Division
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.facts import Level, Word
from server.services.common import history
from server.services.plates import numbers
from server.services.registry.fields import FIELDS, names_of, show, stored
from server.services.registry.sheet_columns import (
    AREA,
    CODE,
    COLUMNS,
    FLAGS,
    HEADERS,
    LEVEL,
    TOWNSHIP,
    VILLAGE,
    read_rows,
)
from server.services.registry.sheet_files import MOST_ROWS, read_table, write_csv, write_xlsx
from server.services.registry.sheet_rows import Importing, Planned, desk_words
from server.services.registry.stations import add_station, edit_station
from server.services.standing.statements import say

SHEET = "站点"
REASON = "表格导入"
_NOTES = (
    ("一行一个站点", "第一行是表头，列的先后可以变，不认识的列会略过。不要合并单元格。"),
    ("空着的格", "导入时不改动原来的内容。"),
    ("怎样对上原有站点", "先看编号；没有编号时，村级点按村、乡镇站按乡镇和名称来对。"),
    ("有一行错，整张不导入", "上传后先看预览，按提示改好再导入；不会只导入一半。"),
    ("最多行数", f"一次{MOST_ROWS}行。"),
)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What importing one line would do; `errors` is empty unless the action is wrong."""

    line: int
    action: str  # new, changed, same, wrong
    name: str
    errors: tuple[str, ...]
    changes: tuple[history.Change, ...]
    station_id: int | None


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """The whole file looked at; `ok` when nothing in it is wrong."""

    rows: list[ImportRow]
    headers_ignored: tuple[str, ...]

    def count(self, action: str) -> int:
        """How many lines have this action."""
        return sum(row.action == action for row in self.rows)

    @property
    def new(self) -> int:
        """Stations that would be added."""
        return self.count("new")

    @property
    def changed(self) -> int:
        """Stations that would be changed."""
        return self.count("changed")

    @property
    def same(self) -> int:
        """Lines that say what the register says already."""
        return self.count("same")

    @property
    def wrong(self) -> int:
        """Lines that have to be mended first."""
        return self.count("wrong")

    @property
    def ok(self) -> bool:
        """True when the file may be imported."""
        return self.wrong == 0


def template_xlsx() -> bytes:
    """An empty sheet with our headers, choices and how to fill it in."""
    return _xlsx([])


def export_xlsx(session: Session, *, county: County) -> bytes:
    """Every open station; importing the file again changes nothing."""
    return _xlsx(_export_rows(session, county))


def export_csv(session: Session, *, county: County) -> bytes:
    """The same rows as CSV in UTF-8 with a mark, as WPS and Excel like it."""
    return write_csv(HEADERS, _export_rows(session, county))


def preview_import(
    session: Session, *, county: County, content: bytes, filename: str, now: datetime
) -> ImportPreview:
    """Look at a file and say, line by line, what importing it would do; changes nothing.

    Raises what `read_table` and `read_rows` raise: import-empty, import-not-a-table,
    import-too-large, import-too-many-rows, import-headers, import-merged-cells.
    """
    planned, ignored = _plan(session, county, content, filename, now)
    return _preview(planned, ignored)


def apply_import(
    session: Session,
    *,
    county: County,
    content: bytes,
    filename: str,
    by: Person | None,
    now: datetime,
    on: date,
) -> ImportPreview:
    """Import a file whole, or not at all. Facts rest on the desk's word as of `on`.

    Raises what `preview_import` raises, and Invalid import-has-errors when any line is wrong.
    """
    # Two imports at once would both find the same villages free: the second waits, then looks.
    session.execute(
        select(County.code).where(County.code == county.code).with_for_update(key_share=True)
    )
    planned, ignored = _plan(session, county, content, filename, now)
    preview = _preview(planned, ignored)
    if not preview.ok:
        first = next(row for row in preview.rows if row.errors)
        raise Invalid(
            "import-has-errors",
            f"有{preview.wrong}行不对，整张表都没有导入。"
            f"第{first.line}行：{first.errors[0]}改好后再上传。",
            lines=[row.line for row in preview.rows if row.errors],
        )
    for one in planned:
        _enter(session, county, one, by=by, now=now, on=on)
    return preview


def _plan(
    session: Session, county: County, content: bytes, filename: str, now: datetime
) -> tuple[list[Planned], tuple[str, ...]]:
    rows, ignored = read_rows(read_table(content, filename))
    return Importing(session, county, now).plan(rows), ignored


def _preview(planned: Iterable[Planned], ignored: tuple[str, ...]) -> ImportPreview:
    return ImportPreview(
        [
            ImportRow(
                line=one.line,
                action=one.action,
                name=one.name,
                errors=tuple(one.errors),
                changes=tuple(one.changes),
                station_id=one.station.id if one.station else None,
            )
            for one in planned
        ],
        ignored,
    )


def _enter(
    session: Session, county: County, one: Planned, *, by: Person | None, now: datetime, on: date
) -> None:
    """Carry out one planned line."""
    if one.action == "same":
        return
    station = one.station
    if station is None:
        station = add_station(
            session,
            county=county,
            level=one.level,
            by=by,
            now=now,
            township_code=one.township.code if one.township else None,
            village_code=one.village.code if one.village else None,
            basis=REASON,
            values=one.values,
        )
    elif one.values:
        edit_station(
            session,
            station=station,
            changes=one.values,
            by=by,
            now=now,
            reason=REASON,
            action="station-imported",
        )
    if one.code is not None:
        numbers.take_code(
            session, station=station, code=one.code, by=by, now=now, note="随表格登记的原有编号"
        )
    for fact, value in one.facts.items():
        say(
            session,
            station=station,
            fact=fact,
            value=value,
            word=Word.REVIEWER,
            on=on,
            by=by,
            now=now,
            note=REASON,
        )


def _export_rows(session: Session, county: County) -> list[list[str]]:
    names = names_of(session, county.code)
    townships: dict[str, str] = dict(
        session.execute(
            select(Division.code, Division.name).where(Division.county == county.code)
        ).all()
    )
    words = desk_words(session, county.code)
    stations = session.scalars(
        select(Station)
        .where(
            Station.county == county.code,
            Station.closed_on.is_(None),
            Station.level != Level.COUNTY_HUB,
        )
        .order_by(Station.township_code, Station.level, Station.code, Station.id)
    )
    rows = []
    for station in stations:
        cells = {
            CODE: station.code or "",
            LEVEL: station.level.label,
            TOWNSHIP: townships.get(station.township_code or "", ""),
            VILLAGE: townships.get(station.village_code or "", ""),
        }
        cells |= {key: show(field, stored(station, field), names) for key, field in FIELDS.items()}
        said = words.get(station.id, {})
        cells |= {key: _said_text(said.get(key)) for key in (AREA, *FLAGS)}
        rows.append([cells[column.key] for column in COLUMNS])
    return rows


def _said_text(value: bool | Decimal | None) -> str:  # noqa: FBT001
    if value is None:
        return ""
    if isinstance(value, bool):
        return "有" if value else "无"
    return f"{value:f}"


def _xlsx(rows: Iterable[list[str]]) -> bytes:
    choices = {column.header: list(column.choices) for column in COLUMNS if column.choices}
    notes = (*_NOTES, *((column.header, column.hint) for column in COLUMNS if column.hint))
    return write_xlsx(SHEET, HEADERS, rows, choices=choices, notes=notes)
