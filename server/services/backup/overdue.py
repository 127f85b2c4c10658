"""Says when copies or drills are overdue or went wrong, in words for whoever looks after them."""

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import moment_text
from server.models.county import County
from server.services.backup.place import place_of, state_of, told_by_others

LONGEST = timedelta(days=8)
AHEAD = timedelta(days=1)  # further in the future than any clock is off by itself


def overdue(session: Session, home: Path, *, now: datetime) -> list[str]:
    """What is wrong with the copies; an installation younger than 8 days may still be without.

    A demonstration needs none. Where another machine makes them, it has told how they stand.
    """
    real = sa.select(sa.func.min(County.created_at)).where(County.demo.is_(False))
    begun = session.scalar(real)
    if begun is None or now - begun <= LONGEST:
        begun = now
    here = place_of(home) is not None
    state = state_of(home) if here else told_by_others(session)
    if state is None:
        if now - begun <= LONGEST:
            return []
        return [
            "还没有设置备份，磁盘一坏就全丢了。请运行：python -m server backup init --to 文件夹"
        ]
    said = []
    for trouble, at in (
        (state.trouble, state.trouble_at),
        (state.drill_trouble, state.drill_trouble_at),
    ):
        if trouble and at:
            said.append(f"{moment_text(at)} {trouble}")
    for what, last, command in (
        ("备份", state.backup_at, "backup"),
        ("恢复演练", state.drill_at, "backup drill"),
    ):
        if why := _too_long(what, last, since=begun, now=now):
            said.append(f"{why}请运行：python -m server {command}")
    if state.backup_at and state.key_proved_at is None and now - begun > LONGEST:
        said.append(
            "自己保存的那把私钥还没有试过能不能打开备份。"
            "请运行：python -m server backup drill --key 私钥文件"
        )
    return said


def _too_long(what: str, last: datetime | None, *, since: datetime, now: datetime) -> str:
    """That something was last done too long ago, or that nobody can tell; "" while it is fine."""
    if last is None:
        return f"还没有做成过一次{what}。" if now - since > LONGEST else ""
    if last - now > AHEAD:
        return (
            f"最近一次{what}记的是{moment_text(last)}，还没有到："
            "机器的时钟改过，说不准多久没有做成了，请先核对时钟。"
        )
    return f"已经{(now - last).days}天没有做成{what}了。" if now - last > LONGEST else ""
