"""From when on something looks odd enough to ask: the county's own thresholds (本系统的设置)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from server.errors import Invalid
from server.policy.setting import Setting, checked

INVALID = "signal-option-invalid"

KINDS: Mapping[str, str] = {
    "too_far": "签到离站点太远",
    "poor_position": "常常没有定位",
    "frozen_position": "定位一动不动",
    "impossible_speed": "来不及赶到",
    "shared_device": "几个站点用一部手机",
    "clock_drift": "手机时间不准",
    "late_upload": "常常很晚才上传",
    "same_photo": "照片用过两次",
    "lookalike_photo": "照片看着是同一张",
    "photo_older_than_event": "照片是以前拍的",
    "flat_counts": "件数天天一样",
    "round_counts": "件数多是整数",
    "copied_counts": "件数和别的站点一样",
    "weekday_out_of_line": "某天件数特别多",
    "neighbours_out_of_line": "件数比邻近站点多得多",
    "operator_totals": "件数比企业系统的多",
    "only_on_inspection_days": "只有督导当天开门",
    "visit_far": "督导时离站点太远",
    "visit_short": "督导在站时间太短",
    "visit_speed": "两次督导之间来不及赶到",
    "visit_unproved": "督导记录常没有定位或时间",
}
"""Every kind of question, with what a screen calls it."""
OF_COUNTS = frozenset((
    "flat_counts", "round_counts", "copied_counts", "weekday_out_of_line",
    "neighbours_out_of_line", "operator_totals",
))  # fmt: skip
"""Kinds that ask about parcel counts, which may be corrected afterwards."""
OF_VISITS = frozenset(("visit_far", "visit_short", "visit_speed", "visit_unproved"))
"""Kinds that ask an inspector about own records; no keeper reads or answers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalOptions:
    """Thresholds; none of them stands in a plan or a standard. `off` are kinds never asked about.

    Every kind of month-long pattern also needs as many days as its own number here says, so that
    a few days of a new or a small station raise nothing.
    """

    too_far_m: int = 1000
    together_days: int = 3
    poor_accuracy_m: int = 500
    poor_days: int = 10
    frozen_days: int = 6
    impossible_kmh: int = 150
    shared_days: int = 3
    clock_drift_minutes: int = 30
    clock_drift_days: int = 3
    late_hours: int = 72
    late_days: int = 5
    photo_older_hours: int = 24
    counts_from: int = 5
    flat_days: int = 10
    round_days: int = 12
    copied_days: int = 8
    weekday_times: int = 4
    neighbours_times: int = 5
    operator_percent: int = 10
    inspection_days: int = 15
    visit_far_m: int = 500
    visit_short_minutes: int = 5
    visit_unproved_times: int = 3
    quiet_days: int = 90
    off: frozenset[str] = frozenset()


SETTINGS: Mapping[str, Setting] = {
    "too_far_m": Setting("签到离登记位置多远才问（先减去定位误差）", "米", 100, 50_000),
    "together_days": Setting("同一个月里同样的事有几天，就合成一个问题", "天", 2, 31),
    "poor_accuracy_m": Setting("定位误差多大算没有定好位", "米", 50, 10_000),
    "poor_days": Setting("一个月有几天没有定好位才问", "天", 3, 31),
    "frozen_days": Setting("定位小数点后一位不差，有几天才问", "天", 3, 31),
    "impossible_kmh": Setting("两次签到之间，每小时走多远算来不及", "公里", 60, 1000),
    "shared_days": Setting("同一部手机给几家站点签到，各有几天才问", "天", 2, 31),
    "clock_drift_minutes": Setting("手机时间差多少才问", "分钟", 5, 1440),
    "clock_drift_days": Setting("手机时间不准，一个月有几天才问", "天", 1, 31),
    "late_hours": Setting("签到后多久才传上来算晚", "小时", 1, 720),
    "late_days": Setting("一个月有几天晚传才问", "天", 2, 31),
    "photo_older_hours": Setting("照片比签到早拍多久才问", "小时", 1, 720),
    "counts_from": Setting("一天不到几件的，不比件数", "件", 1, 1000),
    "flat_days": Setting("件数一模一样，一个月有几天才问", "天", 5, 31),
    "round_days": Setting("一个月填了几天以上，才看是不是多为整五整十", "天", 8, 31),
    "copied_days": Setting("和另一个站点每天件数都一样，有几天才问", "天", 5, 31),
    "weekday_times": Setting("某天是平常同一星期几的几倍以上才问", "倍", 2, 50),
    "neighbours_times": Setting("平均每天是本乡镇同级站点的几倍以上才问", "倍", 2, 50),
    "operator_percent": Setting("比运营企业系统多出百分之几以上才问", "％", 1, 200),
    "inspection_days": Setting("一个月过了几天以上，才看是不是只有督导当天开门", "天", 7, 31),
    "visit_far_m": Setting("督导时离登记位置多远才问（先减去定位误差）", "米", 50, 20_000),
    "visit_short_minutes": Setting("督导在站不到几分钟才问", "分钟", 0, 120),
    "visit_unproved_times": Setting("督导员一个月有几份记录没有定位或时间才问", "份", 1, 60),
    "quiet_days": Setting("整月的问题，县里认可了说明以后，多久不再问同样的", "天", 0, 730),
}
"""Every threshold in the order of the settings page."""


def signal_options_from(values: Mapping[str, Any]) -> SignalOptions:
    """Build options from a settings mapping (JSON); what is missing is ours.

    Raises Invalid signal-option-invalid naming what cannot be.
    """
    given = dict(values)
    off = given.pop("off", ())
    if not isinstance(off, list | tuple | set | frozenset) or not all(
        isinstance(kind, str) for kind in off
    ):
        raise _invalid("“不问的种类”应为列表，请改正。")
    if wrong := sorted(set(off) - set(KINDS)):
        raise _invalid(f"没有“{wrong[0]}”这种提示，请核对名称。")
    numbers = checked(SETTINGS, given, code=INVALID)
    return SignalOptions(off=frozenset(off), **numbers)


def signal_options_json(options: SignalOptions) -> dict[str, Any]:
    """Options as the county keeps them: only what differs from ours."""
    ours, held = SignalOptions(), asdict(options)
    kept: dict[str, Any] = {
        one.name: held[one.name]
        for one in fields(options)
        if one.name != "off" and held[one.name] != getattr(ours, one.name)
    }
    return kept | ({"off": sorted(options.off)} if options.off else {})


def _invalid(sentence: str) -> Invalid:
    return Invalid(INVALID, sentence)
