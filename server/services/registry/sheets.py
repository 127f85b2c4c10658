"""Stations by spreadsheet: the empty template, and the export that can be imported again."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy import true as sa_true
from sqlalchemy.orm import Session

from server.media.sheets.book import MOST_ROWS
from server.media.sheets.writing import Foot, write_csv, write_xlsx
from server.models.county import County, Division
from server.models.station import Station
from server.policy.standard.facts import Level
from server.services.registry.fields import FIELDS, names_of, show, stored
from server.services.registry.sheet_columns import (
    AREA,
    CODE,
    COLUMNS,
    EXPORTED,
    FLAGS,
    LEVEL,
    STAGE,
    TOWNSHIP,
    VILLAGE,
    Column,
)
from server.services.registry.sheet_rows import desk_statements, words_of

SHEET = "站点"
_NOTES = (
    ("一行一个站点", "第一行是表头，列的先后可以变，不认识的列会说出来，不导入。"),
    ("空着的格", "导入时不改动原来的内容。"),
    ("怎样对上原有站点", "先看编号；没有编号时，村级点按村、乡镇站按乡镇和名称来对。"),
    ("有一行错，整张不导入", "上传后先看预览，按提示改好再导入；不会只导入一半。"),
    ("日期", "写到哪一天，如 2023-05-01。只知道是哪个月，就空着。"),
    ("最多行数", f"一次{MOST_ROWS}行。"),
)


def template_xlsx() -> bytes:
    """An empty sheet with our headers, choices and how to fill it in."""
    return _xlsx(COLUMNS, [], Foot("站点导入模板", ""))


def export_xlsx(session: Session, *, county: County, anchor: str) -> bytes:
    """Every open station; importing the file again changes nothing."""
    foot = Foot(f"{county.name}站点登记", anchor)
    return _xlsx(EXPORTED, _export_rows(session, county), foot)


def township_xlsx(session: Session, *, county: County, township: Division, anchor: str) -> bytes:
    """A township's open stations, for its officer to put right and hand in as proposals."""
    which = Station.closed_on.is_(None) & (Station.township_code == township.code)
    rows = [cells for _, cells in _rows(session, county, which)]
    return _xlsx(EXPORTED, rows, Foot(f"{township.name}站点登记", anchor))


def closed_xlsx(
    session: Session, *, county: County, anchor: str, stations: Iterable[Station], which: str
) -> bytes:
    """These closed stations with the day of each closing, in their order; not to be imported.

    `which` says in words to what they were narrowed. The county's centre is among them: who looks
    for what was closed looks for it as well.
    """
    wanted = list(stations)  # one of them that opened again meanwhile stays as it was listed
    cells = dict(_rows(session, county, Station.id.in_([one.id for one in wanted]), hub=True))
    rows = [[*cells[one.id], one.closed_on.isoformat() if one.closed_on else ""] for one in wanted]
    headers = [*(column.header for column in EXPORTED), "停业日期"]
    foot = Foot(f"{county.name}已停业站点", anchor)
    notes = [("列了哪些", which), ("怎么用", "只供查看，不能导入；恢复营业请到站点的页面办。")]
    return write_xlsx("已停业", headers, rows, choices={}, notes=notes, foot=foot, guide="说明")


def export_csv(session: Session, *, county: County) -> bytes:
    """The same rows as CSV in UTF-8 with a mark, as WPS and Excel like it."""
    return write_csv([column.header for column in EXPORTED], _export_rows(session, county))


def _export_rows(session: Session, county: County) -> list[list[str]]:
    return [cells for _, cells in _rows(session, county, Station.closed_on.is_(None))]


def _rows(
    session: Session, county: County, which: ColumnElement[bool], *, hub: bool = False
) -> list[tuple[int, list[str]]]:
    names = names_of(session, county.code)
    townships: dict[str, str] = dict(
        session.execute(
            select(Division.code, Division.name).where(Division.county == county.code)
        ).all()
    )
    words = words_of(desk_statements(session, county.code))
    stations = session.scalars(
        select(Station)
        .where(
            Station.county == county.code,
            which,
            sa_true() if hub else Station.level != Level.COUNTY_HUB,
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
            STAGE: station.stage.label,
        }
        cells |= {key: show(field, stored(station, field), names) for key, field in FIELDS.items()}
        said = words.get(station.id, {})
        cells |= {key: _said_text(said.get(key)) for key in (AREA, *FLAGS)}
        rows.append((station.id, [cells[column.key] for column in EXPORTED]))
    return rows


def _said_text(value: bool | Decimal | None) -> str:  # noqa: FBT001
    if value is None:
        return ""
    if isinstance(value, bool):
        return "有" if value else "无"
    return f"{value:f}"


def _xlsx(columns: Sequence[Column], rows: Iterable[list[str]], foot: Foot) -> bytes:
    choices = {column.header: list(column.choices) for column in columns if column.choices}
    notes = (*_NOTES, *((column.header, column.hint) for column in columns if column.hint))
    headers = [column.header for column in columns]
    return write_xlsx(SHEET, headers, rows, choices=choices, notes=notes, foot=foot)
