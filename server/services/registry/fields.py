"""The register's fields of a station: how each is called, kept in its columns, and shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.county import Division, DivisionLevel, Operator
from server.models.station import Station
from server.policy.hours import hours_text
from server.policy.standard.facts import Ownership

SERVICES = {
    "posting": "寄件",
    "delivery": "取件投递",
    "agri_outbound": "农产品上行",
    "online_sales": "网上销售",  # with the next: 西平方案 四（四） 快商合作
    "ecommerce_training": "电商培训",
}
COOP_MODES = {
    "resident_point": "驻村设点",
    "postal_coop": "邮快合作",
    "inter_carrier_coop": "快快合作",
    "commerce_coop": "快商合作",
    "transport_coop": "交快合作",
    "other_coop": "其他合作",
}
SHORT_FORMS = {
    **dict.fromkeys(("收寄", "揽收", "揽件", "代寄"), SERVICES["posting"]),
    **dict.fromkeys(
        ("取件", "投递", "代收", "代投", "代派", "派送", "派件", "自提", "代取"),
        SERVICES["delivery"],
    ),
    "上行": SERVICES["agri_outbound"],
    "网销": SERVICES["online_sales"],
    "驻村": COOP_MODES["resident_point"],
    **{way.removesuffix("合作"): way for way in COOP_MODES.values() if way.endswith("合作")},
    "合作": Ownership.COOPERATIVE.label,
}
"""What offices write instead, where one thing alone can be meant: 电商 and 收件 may be two."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its column(s) in `Station`, its Chinese label, what a form shows beside it."""

    name: str
    label: str
    kind: str  # text, choice, choices, hours, date, position, operator, villages
    hint: str = ""
    longest: int = 0
    choices: Mapping[str, str] | None = None


_FIELDS = (
    Field("name", "站点名称", "text", "如：马家沟村快递便民服务点", 60),
    Field(
        "ownership",
        "开办方式",
        "choice",
        "自营或合作开办",
        choices=Ownership.labels(),
    ),
    Field("operator", "运营企业", "operator", "企业全称", 80),
    Field("opener", "开办者", "text", "有快递业务经营许可的企业", 80),
    Field("head_name", "负责人", "text", "", 40),
    Field("head_phone", "负责人电话", "text", "手机或座机", 20),
    Field("address", "地址", "text", "如：村委会旁", 120),
    Field("venue", "场所类型", "text", "如：村委会、超市、邮政所", 40),
    Field("hours", "营业时间", "hours", "如：周一至周五 8:30-18:00；周六 9:00-12:00"),
    Field("services", "服务项目", "choices", "、".join(SERVICES.values()), choices=SERVICES),
    Field("coop_modes", "合作模式", "choices", "可填多个，用顿号隔开", choices=COOP_MODES),
    Field("serves", "辐射村", "villages", "同时服务的其他村，用顿号隔开"),
    Field("position", "位置", "position", "纬度,经度（WGS-84），如：38.3558,111.9403"),
    Field("opened_on", "开办日期", "date", "如：2023-05-01"),
    Field("filed_name", "备案名称", "text", "邮政管理部门备案的名称", 60),
    Field("filing_number", "备案编号", "text", "备案回执上的编号", 60),
    Field("filed_on", "备案日期", "date", "如：2023-05-12"),
    Field("filing_changed_on", "备案事项变更日期", "date", ""),
    Field("filing_change_filed_on", "变更备案日期", "date", ""),
)
FIELDS: Mapping[str, Field] = {field.name: field for field in _FIELDS}
"""Every register field that people may change, in the order of a form."""


def stored(station: Station, field: Field) -> Any:
    """The value that a station holds in a field."""
    if field.kind == "position":
        if station.latitude is None or station.longitude is None:
            return None
        return (station.latitude, station.longitude)
    if field.kind == "operator":
        return station.operator_id
    return getattr(station, field.name)


def store(station: Station, field: Field, value: Any) -> None:
    """Put a read value into a station."""
    if field.kind == "position":
        station.latitude, station.longitude = value if value is not None else (None, None)
    elif field.kind == "operator":
        station.operator_id = value
    else:
        setattr(station, field.name, value)


def as_json(value: Any) -> Any:
    """A stored value as JSON keeps it; `from_json` gives it back."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Ownership):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def from_json(field: Field, value: Any) -> Any:
    """The value that `as_json` made this of."""
    if value is None:
        return None
    if field.kind == "date":
        return date.fromisoformat(value)
    if field.kind == "position":
        return tuple(value)
    return Ownership(value) if field.name == "ownership" else value


@dataclass(frozen=True, slots=True)
class Names:
    """The county's operators and villages by key, so that many stations show without queries."""

    operators: Mapping[int, str]
    villages: Mapping[str, str]


def names_of(session: Session, county: str) -> Names:
    """Read a county's names once."""
    operators = session.execute(select(Operator.id, Operator.name).where(Operator.county == county))
    villages = session.execute(
        select(Division.code, Division.short_name).where(
            Division.county == county, Division.level == DivisionLevel.VILLAGE
        )
    )
    return Names(
        {key: name for key, name in operators},  # noqa: C416
        {code: name for code, name in villages},  # noqa: C416
    )


def show(field: Field, value: Any, names: Names) -> str:
    """A stored value as text that `field_reading.read_field` reads back."""
    if value is None or value == []:
        return ""
    shower = _SHOWERS.get(field.kind)
    return shower(field, value, names) if shower else str(value)


def _show_choices(field: Field, value: Any, names: Names) -> str:  # noqa: ARG001
    labels = field.choices or {}
    return "、".join(labels.get(key, key) for key in ([value] if field.kind == "choice" else value))


_SHOWERS: dict[str, Callable[[Field, Any, Names], str]] = {
    "choice": _show_choices,
    "choices": _show_choices,
    "hours": lambda _field, value, _names: hours_text(value),
    "date": lambda _field, value, _names: str(value.isoformat()),
    "position": lambda _field, value, _names: f"{value[0]:.6f},{value[1]:.6f}",
    "operator": lambda _field, value, names: names.operators.get(value, ""),
    "villages": lambda _field, value, names: "、".join(
        names.villages.get(code, code) for code in value
    ),
}
