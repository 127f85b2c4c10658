"""A small office's table, and how tests look at one."""

from typing import Any

from sqlalchemy.orm import Session

from server.services.registry.sheet_imports import ImportPlan, ImportRow, plan_import
from tests.factories import NOW, Cast, make_village
from tests.sheets import Tab, xlsx

HEAD = ["乡镇", "村", "负责人", "负责人电话", "面积（平方米）", "开办日期"]
SONG = ["鹅城镇", "宋家村", "宋大姐", "13903500001", "12", "2023-05-01"]
ZHANG = ["鹅城镇", "张家村", "张三", "13903500002", "8", "2023-05-02"]
WANG = ["鹅城镇", "王家村", "王五", "13903500003", "9", "2023-05-03"]


def add_villages(session: Session) -> None:
    """Three more villages without a station."""
    for code, name in (("207", "宋家村"), ("208", "张家村"), ("209", "王家村")):
        make_village(session, code=f"140926100{code}", name=name)


def look(session: Session, house: Cast, content: bytes, filename: str = "站点.xlsx") -> ImportPlan:
    return plan_import(session, county=house.county, content=content, filename=filename, now=NOW)


def one(session: Session, house: Cast, **cells: Any) -> ImportRow:
    """The row that these cells make for 宋家村; a column for each."""
    given = {"乡镇": "鹅城镇", "村": "宋家村", **cells}
    [row] = look(session, house, xlsx(Tab([list(given), list(given.values())]))).rows
    return row


def news(row: ImportRow) -> dict[str, str]:
    assert row.errors == ()
    return {change["label"]: change["new"] for change in row.changes}
