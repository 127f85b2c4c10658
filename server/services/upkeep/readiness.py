"""Says whether the house can do its work now, in words for whoever looks after it."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from server.calendar import beijing_day, clock_text, day_text
from server.db import writing
from server.jobs import BACKGROUND
from server.media.blobs import BlobStore, StoreFailed
from server.models.job import Heartbeat, Job, JobState
from server.models.phone_event import Photo
from server.schema import current, head, newer

LONGEST_WAIT = timedelta(seconds=120)
LONGEST_SILENCE = timedelta(seconds=60)
CLOCK_SLACK = timedelta(seconds=5)  # two machines with a network clock differ by less
LATELY = 1000  # jobs; all of them would take long to look through in a large county
LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
PROBE = "probe"
LITTLE_ROOM = 64 * 1024  # bytes; SQLite's log grows by more with one photo's row

# What the machine says → what is wrong and what to do, for the person who looks after it. Each
# sentence begins with what docs/runbook.md lists.
STORE_WORDS = {
    "store-full": "照片库所在的磁盘满了（CZT_HOME 里的 photos）。"
    "请腾出空间；不用重启，手机会自动再传。",
    "store-reserve": "照片库所在的磁盘快满了（CZT_HOME 里的 photos）。"
    "照片先不收，签到和件数照收；请腾出空间，不用重启，手机会自动再传。",
    "store-read-only": "照片库不能写入（CZT_HOME 里的 photos）。"
    "请检查磁盘是否变成只读、文件夹的主人和权限；不用重启。",
    "store-missing": "照片库的文件夹不见了（CZT_HOME 里的 photos）。"
    "请检查磁盘有没有挂上，把文件夹放回原处；不用重启。",
    "store-bucket-missing": "对象存储里找不到我们的照片库（CZT_STORE）。"
    "请核对桶名和前缀，看桶有没有被删除或清空；不用重启。",
    "store-refused": "对象存储不让读写（CZT_STORE）。"
    "请核对 CZT_S3_KEY、CZT_S3_SECRET 和这个账号的权限。",
    "store-unreachable": "对象存储连不上（CZT_S3_ENDPOINT）。"
    "请检查网络和对象存储的服务；恢复后不用重启，手机会自动再传。",
    "store-failed": "照片库不能用（CZT_HOME 里的 photos）。请检查磁盘；详细原因在日志里。",
}
VERSIONS_HIDDEN = (
    "对象存储不让我们看桶里留不留旧版本（CZT_STORE）：到期删除的照片可能还有旧版在，所以都不算删掉。"
    "请给这个账号 GetBucketVersioning、ListBucketVersions、DeleteObjectVersion 的权限；"
    "给了以后，夜里会接着删完。"
)
DISK_FULL = "数据库所在的磁盘满了。请腾出空间；不用重启，手机会自动再传。"
READ_ONLY = "数据库现在不能写入。请检查磁盘是否变成只读、数据库文件的主人和权限；不用重启。"
DISK_BROKEN = "数据库读写磁盘出错。请马上检查磁盘，并把备份放到别的磁盘上。"
UNREACHABLE = "数据库连不上（{name}）。请检查 CZT_DATABASE_URL 和数据库服务；恢复后不用重启。"
OLD_STEP = "数据库结构停在{at}，程序要求{head}。请运行 python -m server migrate。"
CLOCK_BACK = (
    "时钟往回走了：最近的记录比现在晚{ahead}。请校准这台机器的时钟（timedatectl）；"
    "时钟已经对了的话，到{until}这句话会自己消失。"
)
WORK_WAITS = "后台任务已经等了{seconds}秒没有人做。请检查后台进程（worker）是否在运行。"
NEVER_STARTED = "后台进程（worker）还没有启动过。请用 python -m server run 启动。"
SILENT = "后台进程（worker）已经{seconds}秒没有动静。请重新启动它。"
KEYS_DIFFER = (
    "这台机器的钥匙和别的机器不一样（{name}）。"
    "请把各台机器设成同一把（docs/runbook.md），再重新启动。"
)
EVERYTHING_SAID = (
    KEYS_DIFFER, *STORE_WORDS.values(), DISK_FULL, READ_ONLY, DISK_BROKEN, UNREACHABLE, OLD_STEP,
    CLOCK_BACK, WORK_WAITS, NEVER_STARTED, SILENT,
)  # fmt: skip
"""Every sentence of this module, for the runbook's table."""

# SQLite's names of errors begin like these; PostgreSQL's are codes of the SQL standard.
MEANINGS = (
    (("SQLITE_FULL", "53100"), DISK_FULL),
    (("SQLITE_READONLY", "25006"), READ_ONLY),
    (("SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "58030"), DISK_BROKEN),
)


class CheckableStore(Protocol):
    """A photo store that can try itself out."""

    def check(self) -> None:
        """Write, read and delete a probe; raises StoreFailed."""

    def refuse_when_low(self) -> None:
        """Raises StoreFailed where only the disk's reserve is left."""


@runtime_checkable
class VersionedStore(Protocol):
    """A store that may keep what is deleted or written over."""

    def hides_versions(self) -> bool:
        """Whether it may keep versions that we are not shown; raises StoreFailed."""


def faults(session: Session, blobs: CheckableStore, *, now: datetime) -> list[str]:
    """What keeps this installation from working: [] when all is well. Never raises."""
    found = [*database_faults(session), *store_faults(blobs)]
    if found:
        return found
    try:
        return [*clock_faults(session, now=now), *worker_faults(session, now=now)]
    except SQLAlchemyError as error:  # it went away while we looked
        return [_what(error, session.get_bind().engine)]


def database_faults(session: Session) -> list[str]:
    """Whether the database answers, stands at the newest step, and can be written."""
    try:
        bound = session.get_bind()
        engine = bound if isinstance(bound, Engine) else bound.engine
        step = current(engine)
        if step is not None and step > head():
            return [newer(step)]
        if step != head():
            return [OLD_STEP.format(at=step or "空库", head=head())]
        _write_a_probe(engine)
    except SQLAlchemyError as error:
        return [_what(error, session.get_bind().engine)]
    return []


def store_faults(blobs: CheckableStore) -> list[str]:
    """Whether the photo store can be written and read."""
    try:
        blobs.check()
        blobs.refuse_when_low()
    except StoreFailed as failed:
        return [STORE_WORDS.get(failed.code, STORE_WORDS["store-failed"])]
    return []


def hidden_versions(blobs: BlobStore) -> list[str]:
    """Whether erased photos may live on in a bucket; no reason to take no more of them."""
    try:
        hides = isinstance(blobs, VersionedStore) and blobs.hides_versions()
    except StoreFailed:  # said by `store_faults`
        return []
    return [VERSIONS_HIDDEN] if hides else []


def clock_faults(session: Session, *, now: datetime) -> list[str]:
    """Whether something was received later than now: then the clock has gone back since.

    The workers' signs of life are asked, and the newest jobs: one is put in with every photo.
    """
    lately = select(Job.made_at).order_by(Job.id.desc()).limit(LATELY).subquery()
    newest = max(
        filter(
            None,
            (
                session.scalar(select(func.max(Heartbeat.at))),
                session.scalar(select(func.max(lately.c.made_at))),
            ),
        ),
        default=now,
    )
    if newest - now <= CLOCK_SLACK:
        return []
    until = f"{day_text(beijing_day(newest))}{clock_text(newest)}"
    return [CLOCK_BACK.format(ahead=_duration(newest - now), until=until)]


def worker_faults(session: Session, *, now: datetime) -> list[str]:
    """Whether a worker lives and keeps up with its work; what may wait, such as reading, may."""
    found = []
    oldest = session.scalar(
        select(func.min(Job.run_at)).where(
            Job.state == JobState.DUE, Job.run_at <= now, Job.kind.not_in(BACKGROUND)
        )
    )
    if oldest is not None and now - oldest > LONGEST_WAIT:
        seconds = int((now - oldest).total_seconds())
        found.append(WORK_WAITS.format(seconds=seconds))
    beat = session.scalar(select(func.max(Heartbeat.at)))
    if beat is None:
        found.append(NEVER_STARTED)
    elif now - beat > LONGEST_SILENCE:
        seconds = int((now - beat).total_seconds())
        found.append(SILENT.format(seconds=seconds))
    return found


def begin_store(session: Session, blobs: BlobStore) -> None:
    """Make the photo store of a new installation; never one whose photos should be there already.

    Raises `StoreFailed`.
    """
    if not holds_photos(session):
        blobs.begin()


def holds_photos(session: Session) -> bool:
    """Whether the photo store should hold something: has any photo ever arrived?"""
    arrived = select(Photo.id).where(Photo.arrived_at.is_not(None))
    return session.scalar(select(arrived.exists())) is True


def _write_a_probe(engine: Engine) -> None:
    """Commit a change that leaves nothing behind: only this shows a full or read-only disk."""
    with writing(engine) as session:
        session.execute(sa.insert(Heartbeat).values(owner=PROBE, at=LONG_AGO))
        session.execute(sa.delete(Heartbeat).where(Heartbeat.owner == PROBE))


def _what(error: SQLAlchemyError, engine: Engine) -> str:
    """What a database's error means, and what to do."""
    origin = getattr(error, "orig", None)
    said = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None) or ""
    if engine.dialect.name == "sqlite" and engine.url.database:
        words = _what_the_disk_says(Path(engine.url.database).parent)
        if words:
            return words
    for beginnings, words in MEANINGS:
        if said.startswith(beginnings):
            return words
    return UNREACHABLE.format(name=said or type(error).__name__)


def _what_the_disk_says(folder: Path) -> str | None:
    """Ask the disk under a SQLite file: SQLite calls many things a broken read or write."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY or not os.access(folder, os.W_OK):
        return READ_ONLY
    return DISK_FULL if disk.f_bavail * disk.f_frsize < LITTLE_ROOM else None


def _duration(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    if seconds < 120:
        return f"{seconds}秒"
    return f"{seconds // 60}分钟" if seconds < 7200 else f"{seconds // 3600}小时"
