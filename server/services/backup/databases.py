"""Copies a running database to one file and back, and says what stands in it: both engines."""

import hashlib
import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.db import count_anew, open_engine
from server.errors import Conflict
from server.models.blob_columns import BLOB_COLUMNS
from server.models.chain import ChainHead
from server.models.phone_event import NOT_HERE, Photo
from server.schema import head
from server.services.backup.files import told

SCRATCH_NAME = "czt_drill_"
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Facts:
    """What a database holds: its step, rows by table, the chains' heads, files in the store.

    `heads` are written as anchors are (`140926 2026年11月30日 序号12 校验…`); `keys` are SHA-256 of
    files that rows name, without photos that a phone has only announced.
    """

    step: str
    tables: dict[str, int]
    heads: tuple[str, ...]
    keys: frozenset[str]


@contextmanager
def copied(engine: Engine, into: Path, *, day: date) -> Iterator[Facts]:
    """A copy of one moment as the file `into`, with what stands in it. Raises Conflict."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                connection.connection.cursor().execute("VACUUM INTO ?", (str(into),))
            except sqlite3.Error as error:  # past SQLAlchemy, which would begin a transaction
                raise Conflict(
                    "backup-failed",
                    f"数据库抄不出来（{error}）。请检查磁盘有没有满、有没有坏；以前的备份没有动。",
                ) from error
        copy = open_engine(f"sqlite:///{into}")
        try:
            with copy.connect() as connection:
                found = facts(connection, day=day)
        finally:
            copy.dispose()
        yield found
        return
    # One snapshot for the dump and for what is said of it.
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
        _run("pg_dump", engine.url, "-Fc", f"--snapshot={snapshot}", "-f", str(into))
        found = facts(connection, day=day)
    yield found


def put_back(file: Path, url: str, *, engine_name: str) -> None:
    """A copy into an empty place. Raises Conflict where it holds something already."""
    if make_url(url).get_backend_name() != engine_name:
        raise Conflict(
            "backup-engine",
            f"这份备份是 {ENGINES[engine_name]} 的，请恢复到同一种数据库。",
        )
    if engine_name == "sqlite":
        path = Path(make_url(url).database or "")
        with told(path):
            if path.exists():
                raise Conflict("backup-not-empty", f"{path} 已经有了，没有覆盖。请换一个空的地方。")
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(file, path)
        return
    engine = open_engine(url)
    try:
        if sa.inspect(engine).get_table_names():
            raise Conflict(
                "backup-not-empty",
                f"数据库 {engine.url.database} 里已有表，没有覆盖。请先建一个空的数据库。",
            )
        quiet = ("--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction")
        _run("pg_restore", make_url(url), *quiet, str(file))
        with engine.begin() as connection:
            count_anew(connection)  # a copy does not carry what was counted
    finally:
        engine.dispose()


@contextmanager
def empty_place(engine: Engine, scratch: Path) -> Iterator[str]:
    """The URL of an empty database for a drill; it is gone afterwards. Raises Conflict."""
    if engine.dialect.name == "sqlite":
        yield f"sqlite:///{scratch / 'restored.db'}"
        return
    ours = f"{SCRATCH_NAME}{hashlib.sha256(str(scratch).encode()).hexdigest()[:8]}_"
    name = f"{ours}{secrets.token_hex(6)}"  # never the name of one that is in use
    admin = engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        try:
            left = sa.text("SELECT datname FROM pg_database WHERE starts_with(datname, :ours)")
            for old in connection.scalars(left, {"ours": ours}).all():  # of one that was killed
                connection.exec_driver_sql(f"DROP DATABASE {old} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
        except ProgrammingError as error:
            raise Conflict(
                "backup-failed",
                "数据库用户不能新建数据库，演练没有空地方可恢复。"
                f"请运行：ALTER ROLE {engine.url.username or '用户名'} CREATEDB",
            ) from error
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def facts(connection: Connection, *, day: date) -> Facts:
    """What stands in the database of this connection; heads are dated `day` (Beijing).

    Of a database at another step than this program's only the rows are counted.
    """
    step = connection.scalar(sa.text("SELECT version_num FROM alembic_version")) or ""
    tables = {
        name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
        for name in sorted(sa.inspect(connection).get_table_names())
    }
    if step != head():
        return Facts(step, tables, (), frozenset())
    with Session(bind=connection) as session:
        heads = session.scalars(sa.select(ChainHead).order_by(ChainHead.county)).all()
        said = tuple(
            f"{one.county} {full_day_text(day)} 序号{one.seq} 校验{one.hash}"
            for one in heads
            if one.seq
        )
        return Facts(step, tables, said, named_files(session))


def named_files(session: Session) -> frozenset[str]:
    """SHA-256 of every file in the store that a row names and that should be there."""
    return frozenset(
        key
        for column in BLOB_COLUMNS
        for key in session.scalars(_named(column).distinct())
        if key is not None
    )


def faults(engine: Engine) -> list[str]:
    """What the engine itself finds wrong with a restored database; PostgreSQL checks on restore."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        loose = len(connection.exec_driver_sql("PRAGMA foreign_key_check").all())
    found = [f"恢复出来的数据库坏了：{one}" for one in said[:5] if one != "ok"]
    return found + ([f"恢复出来的数据库有{loose}行指向不存在的行"] if loose else [])


def _named(column: Any) -> Any:
    """Files of rows that should have them: a phone's announcement is no file yet."""
    asked = sa.select(column)
    if column is Photo.sha256:
        return asked.where(Photo.state.not_in(NOT_HERE))
    return asked


def _run(program: str, url: URL, *arguments: str) -> None:
    """One of PostgreSQL's own programs; the password travels beside the command line."""
    found = shutil.which(program)
    if found is None:
        raise Conflict(
            "backup-failed",
            f"这台机器上没有 {program}。请安装 PostgreSQL 的客户端（postgresql-client）。",
        )
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": url.password} if url.password else {}
    done = subprocess.run(  # noqa: S603 - no shell, our own arguments
        [found, "-d", plain, *arguments],
        env={**os.environ, **secret}, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["没有说明原因"])[-1]
        raise Conflict("backup-failed", f"{program} 没有做成（{said}）。请按提示处理后再运行。")
