"""The columns of the stations' spreadsheet: their Chinese headers, and which cell means what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.plain_text import bare_text, narrow_text
from server.policy.signs.parts import PREFIXES
from server.policy.standard.facts import JUDGED
from server.services.registry.fields import FIELDS

CODE, LEVEL, TOWNSHIP, VILLAGE, STAGE = "code", "level", "township", "village", "stage"
PLACES = (CODE, LEVEL, TOWNSHIP, VILLAGE)
"""What tells which station a line means."""
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
EXPORTED = (
    *COLUMNS[: len(PLACES)],
    Column(STAGE, "建设情况", "由验收来定，表里改不了"),
    *COLUMNS[len(PLACES) :],
)
"""What an export holds: the template's columns, and what only an acceptance can change."""
_ALSO: Mapping[str, str] = {
    CODE: "站点编号 站点编码 标识牌编号 门牌编号 标牌编号 编码",
    LEVEL: "站点级别 站点类型 站点类别 类别 类型 层级",
    TOWNSHIP: "所属乡镇 所在乡镇 乡镇名称 乡镇名 乡镇街道 所属乡镇街道 所在乡镇街道",
    VILLAGE: "行政村 所在村 所属村 村名 建制村 村名称 行政村名称 行政村名 建制村名称 "
    "所在行政村 所属行政村 所在建制村 村社区 行政村社区 所在村社区 村委会 村庄 村居",
    "name": "名称 站点 站名 站点名 网点名称 服务站名称 服务点名称 驿站名称 便民服务点名称 "
    "末端网点名称",
    "operator": "企业 企业名称 运营公司 运营单位 运营企业名称 运营主体",
    "opener": "开办企业 开办主体 开办单位",
    "head_name": "站长 站长姓名 村级站长 站点站长 站点负责人 站点负责人姓名 负责人姓名 负责人名字 "
    "网点负责人 联系人 联系人姓名 姓名",
    "head_phone": "电话 电话号码 联系电话 手机 手机号 手机号码 联系方式 联系人电话 联系人手机 "
    "站长电话 站长手机 站长手机号 站长联系电话 站长联系方式 站点电话 负责人手机 负责人手机号 "
    "负责人手机号码 负责人联系电话 负责人联系方式 负责人电话号码 联系人联系方式 联系人手机号",
    "address": "详细地址 站点地址 具体地址 所在地址 经营地址 网点地址 场所地址 站点位置 详细位置",
    "venue": "场所 经营场所 依托场所 场地类型",
    "hours": "营业时段 经营时间 开门时间 工作时间 服务时间",
    "ownership": "经营方式 开办形式 自营或合作 自营合作",
    "services": "服务内容 业务项目 经营项目",
    "serves": "辐射村庄 辐射行政村 覆盖村 覆盖村庄",
    "position": "经纬度 坐标 位置坐标 经纬度坐标 地理坐标",
    "opened_on": "开业日期 开办时间 开业时间 开通时间 开通日期 建站时间 建站日期 成立时间 成立日期 "
    "启用日期 启用时间",
    "filed_name": "备案站点名称",
    "filing_number": "备案号 备案回执编号 回执编号",
    "filed_on": "备案时间",
    AREA: "建筑面积 使用面积 经营面积 营业面积 场所面积 站点面积",
    "signboard_present": "门头牌 门头招牌 门头",
    "hours_board_present": "时间牌 营业牌",
    "service_counter": "接待台 服务台 台席",
    "barcode_scanner": "扫码枪 扫描枪",
}


def plain_header(text: Any) -> str:
    """A header without blanks, brackets, marks of duty, units and line breaks."""
    plain = re.sub(r"[*:()\[\]/]|必填|选填", "", bare_text(str(text))).casefold()
    plain = re.sub("(?<=面积)(?:单位)?(?:m2|平方米|平米|平方)$", "", plain)
    return re.sub("^(?:有无|是否有|有没有)", "", plain)


KEYS: Mapping[str, str] = {
    plain_header(spelling): column.key
    for column in EXPORTED
    for spelling in (column.header, *_ALSO.get(column.key, "").split())
}
"""Which column a header means, by its `plain_header`."""


def flag_of(cell: Any) -> bool | None:
    """有/无, 是/否, √/× …; None when it is neither."""
    plain = narrow_text(str(cell)).casefold()
    return True if plain in YES else False if plain in NO else None
