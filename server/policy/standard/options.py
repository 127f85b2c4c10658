"""A county's own choices about reading a standard; none of them comes from the standard itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import Invalid
from server.policy.setting import Setting, checked

INVALID = "county-option-invalid"

OPTIONS: Mapping[str, str] = {
    "sign_design": "县里已确定统一设计的门头标识牌样式",
    "video_coverage": "县里决定核查备案网点的视频监控覆盖",
    "filed_name_for_cooperative": "合作开办的乡镇站，标识牌名称也要与备案名称一致",
    "safety_everywhere": "安全设备要求也用于村级和合作开办的站点",
}
"""Switches a rule may wait for (`waits_for`) or widen with (`extends_to`)."""

SAFETY_ITEMS: Mapping[str, str] = {
    "fire_extinguisher": "灭火器",
    "video": "视频监控",
    "isolation": "隔离设施",
    "alarm": "报警装置",
    "screening": "安检设备",
}
"""What YZ 0139 speaks of; its clause text is not held, so the county enables each item itself."""


SETTINGS: Mapping[str, Setting] = {
    "fresh_days": Setting(
        "站长、机器和县办的说法多久算过期", "天", 1, 3650, "不过期", "不要过期就留空"
    ),
    "inspection_fresh_days": Setting(
        "督导员的说法多久算过期", "天", 1, 3650, "不过期", "不要过期就留空"
    ),
    "about_percent": Setting("“左右”上下放宽", "%", 0, 20, advice="不放宽就写0"),
}
"""The numbers among these choices; `about_percent` is of a recommended range's ends."""

DAY_OFF_READINGS: Mapping[str, str] = {"moved": "顺延", "kept": "不顺延"}
"""Two ways to read a deadline whose last day is a day off; a county decides (民法典 二百零三)."""

POSTAL_READINGS: Mapping[str, str] = {"files": "要备案", "exempt": "不需备案"}
"""Whether 邮快合作 points, opened by the postal enterprise, file at all; a county decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyOptions:
    """Product choices kept in the county's settings, and shown there as ours (本系统的设置).

    `fresh_days`: statements of keeper, machine and reviewer older than this count as no evidence;
    `inspection_fresh_days` the same for the inspector; None means that they never age.
    `about_percent`: how far beyond both ends a recommended range (5—10平方米左右) still reaches.
    `deadline_on_day_off`: a key of DAY_OFF_READINGS, `postal_filing` one of POSTAL_READINGS; None
    until the county has decided.
    """

    fresh_days: int | None = 180
    inspection_fresh_days: int | None = 180
    about_percent: int = 10
    deadline_on_day_off: str | None = None
    postal_filing: str | None = None
    enabled: frozenset[str] = frozenset()
    safety_items: tuple[str, ...] = ()
    equipment_items: tuple[tuple[str, str], ...] = ()


def options_from(values: Mapping[str, Any]) -> CountyOptions:
    """Build options from a settings mapping (JSON); raises Invalid naming what cannot be."""
    unknown = set(values) - {
        *SETTINGS,
        *_DECIDED,
        "enabled",
        "safety_items",
        "equipment_items",
    }
    if unknown:
        raise _invalid(f"没有“{'、'.join(sorted(unknown))}”这项设置，请核对名称")
    enabled = _names(values.get("enabled", ()), OPTIONS, "enabled")
    safety = _names(values.get("safety_items", ()), SAFETY_ITEMS, "safety_items")
    equipment = values.get("equipment_items", {})
    pairs = equipment.items() if isinstance(equipment, Mapping) else equipment
    try:
        items = tuple((str(key), str(name)) for key, name in pairs)
    except (TypeError, ValueError) as error:
        raise _invalid("必要设备清单应写成“英文代号: 中文名称”，请改正") from error
    if any(not key.isidentifier() or not name.strip() for key, name in items):
        raise _invalid("必要设备的代号只能用英文字母、数字和下划线，名称不能为空，请改正")
    given = {name: values[name] for name in SETTINGS if name in values}
    return CountyOptions(
        **checked(SETTINGS, given, code=INVALID),
        deadline_on_day_off=_reading(values, "deadline_on_day_off"),
        postal_filing=_reading(values, "postal_filing"),
        enabled=frozenset(enabled),
        safety_items=tuple(item for item in SAFETY_ITEMS if item in safety),
        equipment_items=items,
    )


def _names(given: Any, allowed: Mapping[str, str], where: str) -> tuple[str, ...]:
    is_list = isinstance(given, list | tuple | set | frozenset)
    if not is_list or not all(isinstance(name, str) for name in given):
        raise _invalid(f"“{where}”应为列表，请改正")
    wrong = [name for name in given if name not in allowed]
    if wrong:
        raise _invalid(f"“{where}”里没有“{wrong[0]}”，只能是：{'、'.join(allowed)}")
    return tuple(given)


_DECIDED: Mapping[str, Mapping[str, str]] = {
    "deadline_on_day_off": DAY_OFF_READINGS,
    "postal_filing": POSTAL_READINGS,
}
"""The rules with two readings, each with its keys; a named person decides on the plan's page."""


def _reading(values: Mapping[str, Any], name: str) -> str | None:
    reading = values.get(name)
    if reading is not None and reading not in _DECIDED[name]:
        raise _invalid(f"“{name}”只能是：{'、'.join(_DECIDED[name])}，或者不写")
    return reading


def _invalid(sentence: str) -> Invalid:
    return Invalid(INVALID, sentence)
