"""Chinese words for what the desk shows: roles, states of plates, kinds of change, dates, hours."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from server import calendar
from server.models.person import Role
from server.models.sign import SignState
from server.policy.standard.facts import Level, Word
from server.policy.standard.verdicts import Verdict
from server.services.mending.lists import STATE_LABELS
from server.services.photos.photos import SUBJECTS
from server.services.registry.fields import COOP_MODES, SERVICES

# The services' own words, for the templates.
__all__ = ["COOP_MODES", "SERVICES", "SUBJECTS", "Level"]

ROLES = {
    Role.KEEPER: "站长",
    Role.INSPECTOR: "督导员",
    Role.TOWNSHIP_OFFICER: "乡镇专干",
    Role.COUNTY_OFFICE: "县专班",
    Role.OPERATOR: "运营企业",
    Role.FINANCE_REVIEWER: "财政／工信审核",
}
SIGN_STATES = {
    SignState.ISSUED: "已编发，未印",
    SignState.PRINTED: "已印，未挂",
    SignState.MOUNTED: "已挂",
    SignState.LOST: "丢失",
    SignState.REPLACED: "已被新牌替换",
    SignState.RETIRED: "已停用",
}
STATUSES = {
    "meets": "达标",
    "fails": "不达标",
    "to_verify": "待核实",
    "not_assessed": "未评估",
}
STATUS_ICONS = {
    "meets": "check",
    "fails": "cross",
    "to_verify": "look",
    "not_assessed": "dash",
}
VERDICT_ICONS = {"pass": "check", "fail": "cross", "unknown": "look", "not_applicable": "dash"}
VERDICTS = {verdict.value: verdict.label for verdict in Verdict}
WORDS = {word.value: word.label for word in Word}
SAMPLES = {"all": "全部检查", "random": "随机抽查", "weighted": "按风险抽查"}
# Where a station stands in a round: which colour, which picture, one line below the number.
VISIT_KINDS = {
    "due": "not_assessed",
    "done": "meets",
    "late": "to_verify",
    "refused": "fails",
    "closed_door": "to_verify",
    "missed": "fails",
    "withdrawn": "not_assessed",
}
VISIT_ICONS = {
    "due": "dash",
    "done": "check",
    "late": "check",
    "refused": "cross",
    "closed_door": "look",
    "missed": "cross",
    "withdrawn": "out",
}
VISIT_NOTES = {
    "due": "还在期限内",
    "done": "按时查完",
    "late": "过了截止日才查",
    "refused": "查了，站长不签字",
    "closed_door": "去了，没有人",
    "missed": "过了截止日没有查",
    "withdrawn": "不计入应查",
}
MENDS = {state.value: label for state, label in STATE_LABELS.items()}
MEND_KINDS = {
    "open": "not_assessed",
    "answered": "to_verify",
    "returned": "fails",
    "accepted": "meets",
    "withdrawn": "not_assessed",
}
MEND_ICONS = {
    "open": "dash",
    "answered": "look",
    "returned": "cross",
    "accepted": "check",
    "withdrawn": "out",
}
RULE_LEVELS = {"shall": "应当", "should": "宜（建议）", "may": "可以"}
TRACKS = {"task_deadline": "任务期限", "rhythm_milestone": "工作节奏"}
METHODS = {"scan": "扫标识牌", "photo": "拍标识牌", "typed": "输编号"}
PHOTO_STATES = {
    "announced": "还没传到",
    "kept": "已收到，待查看",
    "examined": "已收到",
    "unreadable": "打不开",
    "withdrawn": "不会来了",
}


def day_text(value: date | None) -> str:
    """2026-11-22 as 2026年11月22日; a dash when unknown."""
    return calendar.full_day_text(value) if value else "—"


def moment_text(value: datetime | None) -> str:
    """A UTC moment as Beijing wall time to the minute."""
    return calendar.moment_text(value) if value else "—"


def number_text(value: Any) -> str:
    """1234567 as 1,234,567; a decimal without idle zeros; a dash when unknown."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal):
        value = value.normalize()
        return f"{value:,f}"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def masked(phone: str) -> str:
    """A telephone number for those who need not call it: 138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"


def listed(words: Sequence[str]) -> str:
    """甲、乙、丙; a dash for nothing."""
    return "、".join(words) if words else "—"
