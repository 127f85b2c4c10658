"""The demonstration's phones looked at themselves: some can do all, one is unsure, one is old."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from server.models.person import Person
from server.services.demo.cast import DemoCast
from server.services.intake.self_checks import keep_self_check

# What the phone looks at, in its order, and what it says where all is well.
_ALL_WELL = (
    ("net", "连网", "连得上县里，来回 86 毫秒"),
    ("storage", "存东西", "能存"),
    ("lasting", "存得住", "系统答应了不清理"),
    ("room", "地方", "还能存 3.1 GB，已经用了 2.4 MB"),
    ("offline", "没网时打开", "没网也能打开"),
    ("camera", "相机", "能用"),
    ("scanner", "扫码", "认码的程序存好了，没网也能扫"),
    ("photo", "压照片", "一张照片压成 182 KB，用了 1.4 秒"),
    ("position", "位置", "能用，误差约 14 米"),
    ("clock", "时间", "时间是准的"),
    ("unsent", "没交的", "都交完了"),
)


class _Phone(NamedTuple):
    """A make of phone and what differs on it: works (true), does not (false), or unclear."""

    label: str
    user_agent: str
    differs: Mapping[str, tuple[bool | None, str]]


_NEW = _Phone("23076RN8DY", "Mozilla/5.0 (Linux; Android 13; 23076RN8DY) Chrome/116.0 Mobile", {})
_APPLE = _Phone(
    "iPhone",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) Version/16.5 Mobile Safari",
    {
        "lasting": (None, "系统没答应，地方不够时可能清理。请常连网交一交。"),
        "position": (None, "暂时没找到位置，不要紧。"),
    },
)
_OLD = _Phone(
    "PBBM30 微信",
    "Mozilla/5.0 (Linux; Android 8.1.0; PBBM30) Chrome/86.0 Mobile MicroMessenger/8.0.2",
    {
        "lasting": (None, "系统没答应，地方不够时可能清理。请常连网交一交。"),
        "camera": (False, "没让用相机。请在手机设置里允许，或用“拍张照片来认”。"),
        "photo": (True, "一张照片压成 176 KB，用了 6.3 秒"),
        "clock": (False, "手机时间慢了约 47 分钟。请打开“自动确定日期和时间”。"),
    },
)


def check_phones(session: Session, cast: DemoCast, *, now: datetime) -> None:
    """Three keepers and the inspector have sent what their phones can do."""
    keepers = [member.keeper for member in cast.members[:3]]
    people = [cast.inspector, *keepers]
    for turn, (person, make) in enumerate(zip(people, (_NEW, _NEW, _APPLE, _OLD), strict=False)):
        _send(session, person, make, now - timedelta(hours=5 + 9 * turn))


def _send(session: Session, person: Person, phone: _Phone, at: datetime) -> None:
    checks: list[dict[str, Any]] = []
    for key, label, well in _ALL_WELL:
        ok, detail = phone.differs.get(key, (True, well))
        checks.append({"key": key, "label": label, "ok": ok, "detail": detail})
    keep_self_check(
        session,
        person=person,
        device_id=f"demo-{person.id}",
        device_label=phone.label,
        user_agent=phone.user_agent,
        result={"checks": checks, "screen": "360×780", "took_ms": 5200},
        now=at,
    )
