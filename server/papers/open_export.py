"""Open data as a file: CSV, workbook or GeoJSON, read from one moment and written line by line."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import file_moment, full_day_text, second_text
from server.media.blobs import BlobStore
from server.media.sheets.streaming import MOST_LINES, CsvLines, LongWorkbook
from server.media.sheets.writing import Foot
from server.models.county import County, Division
from server.models.open_data import ExportForm, OpenExport
from server.models.person import Person
from server.services.common import chain
from server.services.opendata.columns import Table, as_json, cell_of
from server.services.opendata.exports import (
    UNFINISHED,
    Made,
    begin_work,
    keep_made,
    leave_unmade,
    sight_of,
    tell_progress,
    wanted_of,
)
from server.services.opendata.reading import (
    Record,
    Wanted,
    all_of,
    count_of,
    one_moment,
    table_named,
)
from server.services.people.scope import stations_visible_to

TOLD_EVERY = 5_000  # records
WGS84 = "坐标是 WGS-84 经纬度（RFC 7946），登记时就是，没有换算过；没有位置的站点没有坐标。"
Progress = Callable[[int], bool]


class _NotWanted(Exception):  # noqa: N818 - an answer: somebody cancelled it
    """The file was cancelled while it was made."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file says of itself: whose data, which, of which moment, and the chain's anchor."""

    table: Table
    county: str
    about: Sequence[tuple[str, str]]
    as_of: datetime
    anchor: str

    @property
    def foot(self) -> Foot:
        """What stands below each printed page."""
        at = f"数据截至 {second_text(self.as_of)}"
        return Foot(f"{self.county}{self.table.label}　{at}", self.anchor)


def make_export(
    engine: Engine, blobs: BlobStore, export_id: int, *, now: datetime, most_lines: int = MOST_LINES
) -> Made | None:
    """Make a file that somebody asked for and keep its bytes; None where nobody wants it any more.

    Its data are of one moment. Progress is told in transactions of their own, which also learn
    that it was cancelled. Begun again after a crash it begins from its first line.
    """
    with one_moment(engine) as session:
        row = session.get(OpenExport, export_id)
        if row is None or row.state not in UNFINISHED:
            return None
        person = session.get_one(Person, row.made_by)
        if sight_of(person) != row.sight:
            return None
        county, table = session.get_one(County, row.county), table_named(row.kind)
        wanted, seen = wanted_of(row), stations_visible_to(person)
        asked: dict[str, Any] = {"county": row.county, "seen": seen, "wanted": wanted}
        rows_all = count_of(session, table, **asked)
        heading = _heading(session, table, county, wanted, person=person, now=now)
        name = f"{county.name}{table.label}{file_moment(now)}.{row.form}"
        if not begin_work(engine, export_id, rows_all=rows_all):
            return None
        with TemporaryDirectory(prefix="czt-export-") as folder:
            path = Path(folder) / "export"
            try:
                lines = write_file(
                    path,
                    row.form,
                    heading,
                    all_of(session, table, **asked),
                    going_on=lambda done: tell_progress(engine, export_id, rows_done=done),
                    most_lines=most_lines,
                )
            except _NotWanted:
                return None
            with path.open("rb") as made:
                sha256 = blobs.put(made)
            return Made(lines, now, name, sha256, path.stat().st_size)


def made_and_kept(
    engine: Engine, blobs: BlobStore, export_id: int, *, now: datetime
) -> Callable[[Session], None]:
    """Make a file; what is then to be written down of it, or of its not being wanted any more."""
    made = make_export(engine, blobs, export_id, now=now)
    if made is None:
        return lambda session: leave_unmade(session, export_id, now=now)
    return lambda session: keep_made(session, export_id, made, now=now)


def write_file(
    path: Path,
    form: ExportForm,
    heading: Heading,
    records: Any,
    *,
    going_on: Progress = lambda _done: True,
    most_lines: int = MOST_LINES,
) -> int:
    """Write records as a file; how many lines it has."""
    write = {ExportForm.CSV: _csv, ExportForm.XLSX: _xlsx, ExportForm.GEOJSON: _geojson}[form]
    return write(path, heading, _telling(records, going_on), most_lines)


def _telling(records: Any, going_on: Progress) -> Any:
    for done, record in enumerate(records, 1):
        yield record
        if done % TOLD_EVERY == 0 and not going_on(done):
            raise _NotWanted


def _csv(path: Path, heading: Heading, records: Any, _most: int) -> int:
    columns, lines = heading.table.columns, 0
    cells = [cell_of(one) for one in columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = CsvLines(file, [one.label for one in columns])
        for record in records:
            for line in record.lines:
                out.line([make(value) for make, value in zip(cells, line, strict=True)])
                lines += 1
        out.foot(_about(heading, lines))
    return lines


def _xlsx(path: Path, heading: Heading, records: Any, most: int) -> int:
    columns, lines = heading.table.columns, 0
    cells = [cell_of(one) for one in columns]
    book = LongWorkbook(
        path,
        title=heading.table.label,
        headers=[one.label for one in columns],
        foot=heading.foot,
        most_lines=most,
    )
    try:
        for record in records:
            for line in record.lines:
                book.line([make(value) for make, value in zip(cells, line, strict=True)])
                lines += 1
    except BaseException:
        book.give_up()
        raise
    meaning = [(one.label, f"{one.shape.label}。{one.about}".rstrip("。")) for one in columns]
    book.close([*_about(heading, lines), ("", ""), ("各列", ""), *meaning])
    return lines


def _geojson(path: Path, heading: Heading, records: Any, _most: int) -> int:
    names, lines = [one.name for one in heading.table.columns], 0
    head = dict(heading.about) | {
        "kind": heading.table.name,
        "as_of": as_json(heading.as_of),
        "anchor": heading.anchor,
        "coordinates": WGS84,
    }
    with path.open("w", encoding="utf-8") as file:
        opening = json.dumps({"type": "FeatureCollection", "about": head}, ensure_ascii=False)
        file.write(f'{opening[:-1]}, "features": [')
        for record in records:
            geometry = geometry_of(record)
            for line in record.lines:
                told = {name: as_json(value) for name, value in zip(names, line, strict=True)}
                one = {"type": "Feature", "geometry": geometry, "properties": told}
                comma = "," if lines else ""
                file.write(f"{comma}\n{json.dumps(one, ensure_ascii=False)}")
                lines += 1
        file.write(f'\n], "lines": {lines}}}\n')
    return lines


def geometry_of(record: Record) -> dict[str, Any] | None:
    """A record's station as a GeoJSON point, longitude first; None where it has no position."""
    if record.place is None:
        return None
    return {"type": "Point", "coordinates": [round(one, 6) for one in record.place]}


def _about(heading: Heading, lines: int) -> list[tuple[str, str]]:
    told = [
        ("数据截至", second_text(heading.as_of)),
        ("行数", str(lines)),
        *heading.about,
    ]
    if any(one.name == "latitude" for one in heading.table.columns):
        told.append(("位置", WGS84))
    return [*told, ("存证链", heading.anchor)] if heading.anchor else told


def _heading(
    session: Session, table: Table, county: County, wanted: Wanted, *, person: Person, now: datetime
) -> Heading:
    towns = [session.get_one(Division, code).name for code in wanted.townships]
    since, until = wanted.since_on, wanted.until_on
    days = "全部"
    if since or until:
        ends = [
            full_day_text(since) if since else "最早",
            full_day_text(until) if until else "最近",
        ]
        days = f"{'到'.join(ends)}（{table.day_label}）"
    about = [
        ("数据", f"{county.name}{table.label}：{table.about}"),
        ("乡镇", "、".join(towns) or f"{person.role.label}账号能看到的全部"),
        ("日期", days),
    ]
    if county.demo:
        about.append(("注意", "演示数据，不是真实情况"))
    anchor = chain.foot(session, county=county.code, at=now)
    return Heading(table, county.name, about, now, anchor)
