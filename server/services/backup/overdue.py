"""Says when copies or drills are overdue or went wrong, in words for whoever looks after them."""

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import moment_text
from server.models.county import County
from server.services.backup.place import place_of, state_of, told_by_others

LONGEST = timedelta(days=8)


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
    if state.trouble and state.trouble_at:
        said.append(f"{moment_text(state.trouble_at)} {state.trouble}")
    for what, last, command in (
        ("备份", state.backup_at, "backup"),
        ("恢复演练", state.drill_at, "backup drill"),
    ):
        if last is None and now - begun > LONGEST:
            said.append(f"还没有做成过一次{what}。请运行：python -m server {command}")
        elif last is not None and now - last > LONGEST:
            days = (now - last).days
            said.append(f"已经{days}天没有做成{what}了。请运行：python -m server {command}")
    if state.backup_at and state.key_proved_at is None and now - begun > LONGEST:
        said.append(
            "自己保存的那把私钥还没有试过能不能打开备份。"
            "请运行：python -m server backup drill --key 私钥文件"
        )
    return said
