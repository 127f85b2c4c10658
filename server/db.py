"""What every table and every connection has in common, on SQLite and on PostgreSQL."""

import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.util import identity_key

from server.writers import QueuedConnection

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

CONNECT_S = 5  # a database that does not even say no holds up each caller so long

# PostgreSQL gets its indexable kind; SQLite keeps JSON as text.
Json = sa.JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; refuses a datetime without a zone, for guessing one loses hours."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """On SQLite in one step: what SQLAlchemy's two make of it takes five times as long."""
        return _as_sqlite_keeps if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any zoned moment into UTC on its way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give every moment its zone back; SQLite keeps none."""
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value  # as PostgreSQL gives it to our connections; turning it takes far longer
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _as_sqlite_keeps(value: datetime | None) -> str | None:
    """A moment as SQLAlchemy writes it there: UTC with six decimals, without its zone."""
    if value is None:
        return None
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:26]


def coded(kind: type[enum.StrEnum]) -> sa.Enum:
    """A StrEnum kept as its value in a short text column, so that adding a kind is no migration."""
    return sa.Enum(
        kind,
        native_enum=False,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """The root of all nouns; knows constraint names and the types both engines share."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: Json, list[Any]: Json}


def table_of(noun: type[Base]) -> sa.Table:
    """A noun's table, for statements about many rows that need no objects."""
    return cast("sa.Table", noun.__table__)


def _on_connect(raw: Any, _record: Any) -> None:
    """Set up one SQLite connection: durable, patient, with foreign keys."""
    raw.isolation_level = None  # we send BEGIN ourselves, below
    cursor = raw.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a 201 promises that the row survives a power cut
        "busy_timeout=15000",
        "foreign_keys=ON",
        "secure_delete=ON",  # what was erased is overwritten; not every SQLite does it by itself
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    """Open a SQLite transaction in the mode its owner asked for."""
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    raw = connection.connection.driver_connection
    if mode == "IMMEDIATE" and isinstance(raw, QueuedConnection):
        raw.wait_for_turn()
    connection.exec_driver_sql(f"BEGIN {mode}")


def _on_connect_postgres(raw: Any, _record: Any) -> None:
    """Have commits wait for the disk even where somebody made the server forgetful for speed.

    Nor compile statements: our longest takes less time than compiling it would. Moments come in
    UTC whatever zone the server is in, so that none need be turned.
    """
    with raw.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'UTC', false)")
        cursor.execute("SELECT set_config('jit', 'off', false)")
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )
    raw.commit()


def prepare_engine(engine: Engine, keys: Sequence[bytes] = ()) -> Engine:
    """Teach an engine our manners; safe to call again.

    `keys` seal and open what lies sealed (`server/models/sealed.py`), the newest first; without
    them nothing of it can be written or read.
    """
    engine.dialect.czt_keys = tuple(keys)  # type: ignore[attr-defined]
    sqlite = engine.dialect.name == "sqlite"
    on_connect = _on_connect if sqlite else _on_connect_postgres
    if not event.contains(engine, "connect", on_connect):
        event.listen(engine, "connect", on_connect)
        if sqlite:
            event.listen(engine, "begin", _on_begin)
    return engine


def read_json(text: str | bytes) -> Any:
    """What JSON says, as `json.loads`: a page of a county reads thousands of values.

    msgspec takes a fifth of the time, but not what only Python calls JSON: NaN, lone surrogates,
    numbers beyond floats. What lies there is read all the same.
    """
    try:
        return msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return json.loads(text)


def engine_options(url: str) -> dict[str, Any]:
    """What every engine on this database needs: a server may restart, or not answer at all."""
    # What was typed stands in the rows: an error's text goes into the log.
    shared = {"hide_parameters": True, "json_deserializer": read_json}
    if url.startswith("sqlite"):
        return shared | {"connect_args": {"factory": QueuedConnection}}
    return shared | {
        "pool_pre_ping": True,
        "connect_args": {"connect_timeout": CONNECT_S},
    }


def open_engine(url: str, keys: Sequence[bytes] = ()) -> Engine:
    """Engine for the worker, the command line and tests; `keys` as `prepare_engine` takes them."""
    return prepare_engine(sa.create_engine(url, **engine_options(url)), keys)


@contextmanager
def opened_engine(url: str, keys: Sequence[bytes] = ()) -> Iterator[Engine]:
    """`open_engine` for one command: whatever comes of it, no connection is left open."""
    engine = open_engine(url, keys)
    try:
        yield engine
    finally:
        engine.dispose()


def sealing_keys(dialect: Dialect) -> tuple[bytes, ...]:
    """The keys of an engine, the newest first; none where it was opened without."""
    keys: tuple[bytes, ...] = getattr(dialect, "czt_keys", ())
    return keys


def begin_write(session: Session) -> None:
    """Start the session's transaction as a writing one.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a transaction that reads first and
    writes later would fail or lose updates. Call it before the first statement.
    """
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def plain_rows(
    session: Session, statement: sa.Executable, parameters: Mapping[str, Any] | None = None
) -> sa.CursorResult[*tuple[Any, ...]]:
    """Columns of very many rows, past the mapper, which takes as long over each as the database.

    For statements that name columns, not nouns. What waits in the session is written first, as
    `Session.execute` does.
    """
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, parameters)


def count_anew(connection: Connection) -> None:
    """Have PostgreSQL count what this transaction has written by the thousand.

    It chooses its ways by what it last counted. By itself it counts a minute late, and of a
    transaction that goes on nothing at all: then it takes a full table for an empty one and
    compares each row with every other, for minutes.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")


def read_anew(session: Session, noun: type[Base], key: Any) -> None:
    """Have a session read a row again that a statement past the mapper has just changed."""
    held = session.identity_map.get(identity_key(noun, key))
    if held is not None:
        session.expire(held)


def empty_the_log(engine: Engine) -> None:
    """On SQLite: write what is in the log into the database, and cut the log to nothing.

    After an erasure the log still holds pages as they were. Where somebody reads for long it is
    left, and overwritten in the ordinary course; nobody is held up for more than half a second.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        [(patience,)] = cursor.execute("PRAGMA busy_timeout").fetchall()
        cursor.execute("PRAGMA busy_timeout=500")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute(f"PRAGMA busy_timeout={patience}")
        cursor.close()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One writing transaction outside HTTP: commits at the end, rolls back on any error."""
    with Session(engine, expire_on_commit=False) as session:
        begin_write(session)
        yield session
        session.commit()
