"""The columns of the stations' spreadsheet: their Chinese headers, and which cell means what."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import Invalid
from server.policy.signs.parts import PREFIXES
from server.policy.standard.facts import JUDGED
from server.services.registry.fields import FIELDS
from server.services.registry.sheet_files import Table

CODE, LEVEL, TOWNSHIP, VILLAGE = "code", "level", "township", "village"
AREA = "floor_area_m2"
FLAGS = (
    "signboard_present", "hours_board_present", "service_counter", "shelves", "barcode_scanner",
    "zoning",
)  # fmt: skip
YES, NO = frozenset("有 是 对 √ ✓ y yes 1".split()), frozenset("无 没有 否 不 × ✗ n no 0".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` is a register field, a judged fact, or one of the four places above."""

    key: str
    header: str
    hint: str
    choices: tuple[str, ...] = ()


def _columns() -> tuple[Column, ...]:
    fields = {
        key: Column(
            key,
            field.label,
            field.hint,
            tuple((field.choices or {}).values()) if field.kind == "choice" else (),
        )
        for key, field in FIELDS.items()
    }
    flags = tuple(
        Column(key, JUDGED[key].title, "有或无，县办核实的", ("有", "无")) for key in FLAGS
    )
    return (
        Column(CODE, "编号", "已有的编号，如 C0001；没有就空着，由系统发放"),
        Column(
            LEVEL,
            "级别",
            "空着时：写了村就是村级点，没写村就是乡镇站",
            tuple(level.label for level in PREFIXES),
        ),
        Column(TOWNSHIP, "乡镇", "必填，名称或9位代码"),
        Column(VILLAGE, "村", "村级点必填，名称或12位代码"),
        *fields.values(),
        Column(AREA, "面积（平方米）", "县办核实的面积，只写数字，如 12.5"),
        *flags,
    )


COLUMNS = _columns()
HEADERS = tuple(column.header for column in COLUMNS)
_ALSO: Mapping[str, tuple[str, ...]] = {
    CODE: ("站点编号", "标识牌编号", "门牌编号"),
    LEVEL: ("站点级别", "站点类型", "类别"),
    TOWNSHIP: ("所属乡镇", "所在乡镇", "乡镇名称", "乡（镇）"),
    VILLAGE: ("行政村", "所在村", "所属村", "村名", "建制村", "村名称"),
    "name": ("名称", "站点", "网点名称", "站名"),
    "operator": ("企业", "运营公司", "运营单位"),
    "head_name": ("站长", "站点负责人", "联系人", "负责人姓名"),
    "head_phone": ("电话", "联系电话", "手机", "手机号", "联系方式"),
    "address": ("详细地址", "站点地址"),
    "ownership": ("经营方式", "开办形式", "自营或合作"),
    "position": ("经纬度", "坐标"),
    "opened_on": ("开业日期", "开办时间", "开业时间"),
    "filed_on": ("备案时间",),
    AREA: ("面积", "面积㎡", "面积m2", "建筑面积", "面积平方米"),
}


def _plain(text: Any) -> str:
    """A header without blanks, brackets' width, marks of duty and line breaks."""
    plain = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"[\s*:()]|必填|选填", "", plain).casefold()


_KEYS: Mapping[str, str] = {
    _plain(spelling): column.key
    for column in COLUMNS
    for spelling in (column.header, *_ALSO.get(column.key, ()))
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: what stands under each column we know."""

    line: int
    cells: dict[str, Any]


def read_rows(table: Table) -> tuple[list[Row], tuple[str, ...]]:
    """The data rows below the header row, and the headers we do not know.

    The header row is looked for in the first ten rows, so a title above it does no harm. Raises
    Invalid import-headers, import-merged-cells, import-empty.
    """
    best, place = -1, 0
    for index, (_, cells) in enumerate(table.rows[:10]):
        known = sum(_plain(cell) in _KEYS for cell in cells)
        if known > best:
            best, place = known, index
    header_line, cells = table.rows[place] if table.rows else (0, [])
    keys = [_KEYS.get(_plain(cell)) for cell in cells]
    _refuse_headers(cells, keys)
    spoilt = [where for last, where in table.merged if last >= header_line]
    if spoilt:
        some = "、".join(spoilt[:5])
        raise Invalid(
            "import-merged-cells",
            f"表里有合并单元格（{some}），分不清每一格属于哪一行。"
            "请在 WPS 或 Excel 里取消合并、把内容填到每一行，再上传。",
        )
    ignored = tuple(
        str(cell) for cell, key in zip(cells, keys, strict=True) if key is None and cell != ""
    )
    rows = [
        Row(
            line,
            {
                key: cell
                for key, cell in zip(keys, row, strict=False)
                if key is not None and cell != ""
            },
        )
        for line, row in table.rows[place + 1 :]
    ]
    if not rows:
        raise Invalid("import-empty", "表里只有表头，没有站点。请填好站点再上传。")
    return rows, ignored


def flag_of(cell: Any) -> bool | None:
    """有/无, 是/否, √/× …; None when it is neither."""
    plain = unicodedata.normalize("NFKC", str(cell)).strip().casefold()
    return True if plain in YES else False if plain in NO else None


def _refuse_headers(cells: list[Any], keys: list[str | None]) -> None:
    known = [key for key in keys if key is not None]
    if TOWNSHIP not in known and CODE not in known and VILLAGE not in known:
        found = "、".join(str(cell) for cell in cells if cell != "")[:120]
        raise Invalid(
            "import-headers",
            "表头不对：至少要有“乡镇”和“村”（或“编号”）这几列"
            + (f"，现在读到的是：{found}" if found else "")
            + "。请下载模板，照模板的表头填写。",
        )
    twice = sorted({key for key in known if known.count(key) > 1})
    if twice:
        titles = {column.key: column.header for column in COLUMNS}
        raise Invalid(
            "import-headers",
            f"“{'、'.join(titles[key] for key in twice)}”这一列出现了两次，不知道该用哪一列。"
            "请删掉一列再上传。",
        )
