"""Says whether the house can do its work now, in words for whoever looks after it."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from server.media.blobs import StoreFailed
from server.models.job import Heartbeat, Job, JobState
from server.schema import current, head, newer

LONGEST_WAIT = timedelta(seconds=120)
LONGEST_SILENCE = timedelta(seconds=60)


class CheckableStore(Protocol):
    """A photo store that can try itself out."""

    def check(self) -> None:
        """Write, read and delete a probe; raises StoreFailed."""


def faults(session: Session, blobs: CheckableStore, *, now: datetime) -> list[str]:
    """What keeps this installation from working: [] when all is well. Never raises."""
    found = [*database_faults(session), *store_faults(blobs)]
    if found:
        return found
    oldest = session.scalar(
        select(func.min(Job.run_at)).where(Job.state == JobState.DUE, Job.run_at <= now)
    )
    if oldest is not None and now - oldest > LONGEST_WAIT:
        seconds = int((now - oldest).total_seconds())
        found.append(f"后台任务已经等了{seconds}秒没有人做。请检查后台进程（worker）是否在运行。")
    beat = session.scalar(select(func.max(Heartbeat.at)))
    if beat is None:
        found.append("后台进程（worker）还没有启动过。请用 python -m server run 启动。")
    elif now - beat > LONGEST_SILENCE:
        seconds = int((now - beat).total_seconds())
        found.append(f"后台进程（worker）已经{seconds}秒没有动静。请重新启动它。")
    return found


def database_faults(session: Session) -> list[str]:
    """Whether the database answers and stands at the newest step."""
    try:
        engine = session.get_bind()
        step = current(engine if isinstance(engine, Engine) else engine.engine)
    except SQLAlchemyError as error:
        return [f"数据库连不上（{type(error).__name__}）。请检查 CZT_DATABASE_URL 和数据库服务。"]
    if step is not None and step > head():
        return [newer(step)]
    if step != head():
        return [
            f"数据库结构停在{step or '空库'}，程序要求{head()}。请运行 python -m server migrate。"
        ]
    return []


def store_faults(blobs: CheckableStore) -> list[str]:
    """Whether the photo store can be written and read."""
    try:
        blobs.check()
    except StoreFailed as failed:
        return [f"照片库不能用：{failed.message}"]
    return []
