"""What of a stations' table a person is asked to look at once more, before it is imported."""

import re
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from server.errors import Conflict
from server.media.sheets.book import column_name
from server.plain_text import bare_text
from server.policy.standard.facts import Level
from server.services.common.office_lists import MARKED, TOLD, some
from server.services.registry.extent import Extent
from server.services.registry.sheet_columns import AREA, CODE, LEVEL, VILLAGE
from server.services.registry.sheet_notes import ranges
from server.services.registry.sheet_passed import ONLY_TOWNSHIP
from server.services.registry.sheet_positions import on_another_datum
from server.services.registry.sheet_rows import Planned
from server.services.registry.sheet_table import Table

LOOKED = "yes"  # what the form's tick sends
LARGEST_M2 = 1_000  # a county's hub may be larger, a point in a village hardly
_OVER = re.compile(
    "(?<![未无没有])(?:停业|停办|停运|停用|歇业|撤[销站点并]|关停|关门(?!时间)|关闭|取消|注销|重复|倒闭)"
    "|不营业|未(?:正常)?(?:营业|运营|开业|启用)|不干了|不开了|不做了|已[关停撤拆]"
    "|(?:停止|暂停|终止)(?:营业|运营|服务|经营)"
)
_RUNS = re.compile("(?:是否)?(?:正常)?(?:营业|运营|在营|在用|开业|运行)(?:状态|情况)?|状态|现状")
_NO = frozenset({"否", "不是", "没有", "×", "✗", "停"})


def refuse_unlooked(asks: Sequence[str], sure: str) -> None:
    """Raise Conflict import-asks where nobody has ticked that he has looked at what is asked.

    The plan's mark, which is sent with the tick, tells of just what.
    """
    if asks and sure != LOOKED:
        raise Conflict("import-asks", "有几处要请您看一眼。请看下面，没有错就勾选“都看过了”。")


def asks_of(
    session: Session, county: str, table: Table, planned: Sequence[Planned]
) -> Iterator[str]:
    """A sentence for each: asked, never forbidden."""
    if table.others:
        others = "、".join(f"“{name}”" for name in table.others)
        yield (
            f"工作表{others}里也有站点。这次只导入“{table.sheet}”这一张，"
            f"{'别的' if len(table.others) > 1 else '那一张'}一行都不导入；"
            "要导入，请导入完这一张再上传一次，选那一张，或把它另存成一个文件。"
        )
    if table.unseen:
        yield (
            f"文件里的工作表太多，后面的{len(table.unseen)}张（{some(table.unseen)}）没有看，"
            "里面的站点一个都不导入。请把它们另存成一个文件，再上传。"
        )
    yield from _without_village(table, planned)
    for header in filter(on_another_datum, table.ignored):
        yield (
            f"“{header}”这一列没有读，站点的位置不会导入：系统用的是 WGS-84，"
            "地图软件的坐标会偏几百米。请先换算，再把表头写成“位置”。"
        )
    yield from _far_off(session, county, planned)
    for one in planned:
        area = one.facts.get(AREA)
        hub = one.level is Level.COUNTY_HUB
        if not one.faults and not hub and area is not None and area > LARGEST_M2:
            yield f"第{one.line}行{one.name}：面积{area:f}平方米，村里的站点很少有这么大。"
    yield from _said_to_be_over(table, planned)
    yield from _remarked(table, planned)


def _without_village(table: Table, planned: Sequence[Planned]) -> Iterator[str]:
    """Lines whose village somebody may have left out: they become, or change, the 乡镇站.

    A line that says of itself that it is one (a number, a level, its name) is not asked about.
    """
    if VILLAGE not in table.columns:
        return
    cells = {row.line: row.cells for row in table.rows}
    meant = [
        one
        for one in planned
        if one.level is Level.TOWNSHIP_STATION
        and one.action in {"new", "changed"}
        and not {CODE, LEVEL, VILLAGE} & cells[one.line].keys()
        and one.level.ending not in str(cells[one.line].get("name", ""))
    ]
    if meant:
        named = "、".join(f"第{one.line}行（{one.name}）" for one in meant)
        yield (
            f"{named}没有写村，当作乡镇站导入。"
            "要是漏写了村，请补上再上传；真是乡镇站，在“级别”里写明就不再问。"
        )
    bare = [one.line for one in table.passed if one.what == ONLY_TOWNSHIP]
    if bare:
        yield f"第{ranges(bare)}行只写了乡镇，没有导入。要是漏写了村，请补上再上传。"


def _far_off(session: Session, county: str, planned: Sequence[Planned]) -> Iterator[str]:
    new = [
        one
        for one in planned
        if not one.faults
        and one.values.get("position")
        and any(change["field"] == "position" for change in one.changes)
    ]
    if not new:
        return
    extent = Extent(session, county, also=[one.values["position"] for one in new])
    for one in new:
        if odd := extent.odd(one.values["position"]):
            yield f"第{one.line}行{one.name}：{odd}。"


def _said_to_be_over(table: Table, planned: Sequence[Planned]) -> Iterator[str]:
    """Stations that a column which is not read calls closed: they would be entered as open."""
    names = {one.line: one.name for one in planned if one.action in {"new", "changed"}}
    headers = _headers(table)
    for line in table.lines:
        if line.number not in names:
            continue
        for column, cell in sorted(line.cells.items()):
            header = headers.get(column, "")
            read = column in table.columns.values() or header == MARKED  # which is what we wrote
            if read or not isinstance(cell, str):
                continue
            text = bare_text(cell)
            no = bool(_RUNS.fullmatch(header)) and text in _NO
            if no or _OVER.search(text):
                yield (
                    f"第{line.number}行{names[line.number]}：“{header or '旁边'}”写的"
                    f"“{cell[:20]}”没有读。不再营业的站请从表里删掉，或到系统里办停业。"
                )


def _remarked(table: Table, planned: Sequence[Planned]) -> Iterator[str]:
    """What hangs on a station's cells and no cell says: 此站已撤销, 电话已换."""
    names = {one.line: one.name for one in planned}
    for line in table.lines:
        if line.remarks and line.number in names:
            said = "、".join(
                f"{column_name(column)}{line.number} 的批注“{remark[:TOLD]}”"
                for column, remark in sorted(line.remarks.items())
            )
            yield (
                f"第{line.number}行{names[line.number]}：{said}没有读。"
                "要紧的请写进格里；不再营业的站请从表里删掉，或到系统里办停业。"
            )


def _headers(table: Table) -> Mapping[int, str]:
    lines = {one.line for one in table.passed if one.what == "表头"}
    return {
        column: bare_text(cell)
        for line in table.lines
        if line.number in lines
        for column, cell in line.cells.items()
        if isinstance(cell, str)
    }
