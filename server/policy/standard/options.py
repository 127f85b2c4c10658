"""A county's own choices about reading a standard; none of them comes from the standard itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.errors import Invalid

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyOptions:
    """Product choices kept in the county's settings, and shown there as ours (本系统的设置).

    `fresh_days`: statements of keeper, machine and reviewer older than this count as no evidence;
    `inspection_fresh_days` the same for the inspector; None means that they never age.
    """

    fresh_days: int | None = 180
    inspection_fresh_days: int | None = 180
    enabled: frozenset[str] = frozenset()
    safety_items: tuple[str, ...] = ()
    equipment_items: tuple[tuple[str, str], ...] = ()


def options_from(values: Mapping[str, Any]) -> CountyOptions:
    """Build options from a settings mapping (JSON); raises Invalid naming what cannot be."""
    unknown = set(values) - {
        "fresh_days",
        "inspection_fresh_days",
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
    return CountyOptions(
        fresh_days=_days(values, "fresh_days"),
        inspection_fresh_days=_days(values, "inspection_fresh_days"),
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


def _days(values: Mapping[str, Any], name: str) -> int | None:
    days = values.get(name, 180)
    if days is None:
        return None
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 3650:
        raise _invalid(f"“{name}”应为1到3650之间的整天数，或留空表示不过期")
    return days


def _invalid(sentence: str) -> Invalid:
    return Invalid("county-option-invalid", sentence)
