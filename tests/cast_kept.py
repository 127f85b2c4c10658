"""The cast's rows as a process first wrote them, put back whole for each test after.

Making the cast takes some sixty statements; putting its rows back takes one a table. They come from
the database itself, as it keeps them, so that neither types nor keys are translated on the way.
"""

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import Base
from tests.factories import Cast, make_cast

_KEPT: dict[tuple[str, bool], "_Kept"] = {}


@dataclass(frozen=True)
class _Kept:
    rows: dict[str, Any]  # by table: tuples from SQLite, PostgreSQL's own text from there
    numbers: str  # what sets PostgreSQL's sequences
    members: dict[str, tuple[type[Any], Any]]  # by the cast's field: what it is, and its key


def kept_cast(session: Session, *, asked: bool) -> Cast:
    """What `make_cast` gives, committed; from what is kept if the database is empty."""
    if _holding(session):
        cast = make_cast(session, asked=asked)
        session.commit()
        return cast
    which = (session.get_bind().dialect.name, asked)
    if which not in _KEPT:
        cast = make_cast(session, asked=asked)
        session.commit()
        _KEPT[which] = _keep(session, cast)
        return cast
    kept = _KEPT[which]
    _put_back(session, kept)
    return _cast_of(session, kept.members)


def _holding(session: Session) -> list[str]:
    """The tables in which something lies, those first that others point to."""
    session.flush()
    names = [table.name for table in Base.metadata.sorted_tables]
    held = ", ".join(f'EXISTS (SELECT 1 FROM "{name}")' for name in names)
    looked = session.connection().exec_driver_sql(f"SELECT {held}").one()
    return [name for name, holds in zip(names, looked, strict=True) if holds]


def _cursor(session: Session) -> Any:
    return session.connection().connection.cursor()


def _keep(session: Session, cast: Cast) -> _Kept:
    cursor, rows, numbers = _cursor(session), {}, "SELECT 1"
    if session.get_bind().dialect.name == "sqlite":
        for name in _holding(session):
            rows[name] = cursor.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall()
    else:
        for name in _holding(session):
            with cursor.copy(f'COPY "{name}" TO STDOUT') as told:
                rows[name] = b"".join(bytes(part) for part in told)
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences"
            " WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )
        sets = [f"setval('\"{name}\"', {last})" for name, last in cursor.fetchall()]
        numbers = "SELECT " + ", ".join(sets)
    cursor.close()
    session.commit()
    members = {
        field.name: (type(one), sa.inspect(one).identity[0])
        for field in fields(cast)
        for one in [getattr(cast, field.name)]
    }
    return _Kept(rows, numbers, members)


def _put_back(session: Session, kept: _Kept) -> None:
    cursor = _cursor(session)
    if session.get_bind().dialect.name == "sqlite":
        for name, rows in kept.rows.items():
            marks = ", ".join("?" * len(rows[0]))
            cursor.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    else:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, text in kept.rows.items():
            with cursor.copy(f'COPY "{name}" FROM STDIN') as told:
                told.write(text)
        cursor.execute(kept.numbers)
    cursor.close()


def _cast_of(session: Session, members: dict[str, tuple[type[Any], Any]]) -> Cast:
    """The cast's rows as objects of this session: one question for each kind."""
    found: dict[tuple[type[Any], Any], Any] = {}
    for kind in dict.fromkeys(kind for kind, _ in members.values()):
        [key] = sa.inspect(kind).primary_key
        keys = [one for of, one in members.values() if of is kind]
        for one in session.scalars(sa.select(kind).where(key.in_(keys))):
            found[kind, sa.inspect(one).identity[0]] = one
    session.commit()
    return Cast(**{name: found[member] for name, member in members.items()})
