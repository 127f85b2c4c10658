"""A position as offices' tables have it: in two columns, longitude first, or on another datum."""

import re
from collections.abc import Collection, Iterator, MutableMapping
from datetime import date

from server.plain_text import bare_text

LATITUDE, LONGITUDE, LONGITUDE_FIRST = "latitude", "longitude", "longitude_first"
POSITION = "position"
_DATUM = r"(?:（|\(|[-_])*WGS-?_?(?:19)?84(?:坐标系?)?(?:）|\))*"
_KINDS = {
    LATITUDE: re.compile("(?:站点|位置|网点)?(?:北纬|纬度)(?:坐标|值|N)?|Y坐标|LAT|LATITUDE"),
    LONGITUDE: re.compile("(?:站点|位置|网点)?(?:东经|经度)(?:坐标|值|E)?|X坐标|LNG|LON|LONGITUDE"),
    LONGITUDE_FIRST: re.compile("经度[、,，;；/和及与 ]*纬度|东经[、,，;；/和及与 ]*北纬"),
    POSITION: re.compile(
        "纬度[、,，;；/和及与 ]*经度|北纬[、,，;；/和及与 ]*东经|经[/、]?纬度(?:坐标)?|坐标|位置"
    ),
}
_OTHER = re.compile("GCJ|BD-?09|火星|百度|高德|腾讯|西安80|北京54|UTM", re.IGNORECASE)
_SAYS_PLACE = re.compile("经纬|经度|纬度|坐标|位置|定位|GCJ|BD-?09", re.IGNORECASE)


def position_key(header: str) -> str:
    """Which part of a position a header names, on WGS-84 or without a datum; "" for none."""
    plain = bare_text(header).upper()
    plain = re.sub(_DATUM, "", plain).replace("(", "").replace(")", "").replace("°", "").strip("*:")
    for key, pattern in _KINDS.items():
        if pattern.fullmatch(plain):
            return key
    return ""


def on_another_datum(header: str) -> bool:
    """Whether a header says positions that lie hundreds of metres from where we draw them."""
    return bool(_OTHER.search(header) and _SAYS_PLACE.search(header))


def join_position(
    cells: MutableMapping[str, str | date], columns: Collection[str], unread: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Make one position of its columns; gives (column's key, what is wrong) where they are none.

    `columns` are those that the table has, `unread` those whose cell nobody can read here.
    """
    if LONGITUDE_FIRST in cells:
        # “经度,纬度”: said with the word before it, as a cell of its own would.
        cells[POSITION] = _said("东经", cells.pop(LONGITUDE_FIRST))
        return
    if not {LATITUDE, LONGITUDE} <= set(columns):
        return
    halves = {key: cells.pop(key, "") for key in (LATITUDE, LONGITUDE)}
    if set(unread) & {LATITUDE, LONGITUDE} or not any(halves.values()):
        return
    for key, label in ((LATITUDE, "纬度"), (LONGITUDE, "经度")):
        if not halves[key]:
            yield key, f"没有写{label}，只有另一个数。请补上，或把两格都清空。"
            return
    north, east = (_number(halves[key]) for key in (LATITUDE, LONGITUDE))
    if north is not None and east is not None and 73 <= north <= 136 and 3 <= east <= 54:
        yield LATITUDE, "纬度和经度两格写反了（中国的纬度是3到54，经度是73到136），请换过来。"
        return
    cells[POSITION] = f"{_said('北纬', halves[LATITUDE])},{_said('东经', halves[LONGITUDE])}"


def _said(axis: str, cell: str | date) -> str:
    text = str(cell).strip()
    return text if re.match("[北东][纬经]|[纬经]度|[NELnel]", text) else axis + text


def _number(cell: str | date) -> float | None:
    found = re.match(r"(?:[北东][纬经]|[NE])?(\d{1,3}(?:\.\d+)?)", str(cell).strip())
    return float(found[1]) if found else None
