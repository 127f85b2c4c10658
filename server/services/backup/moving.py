"""Moves a house from SQLite to PostgreSQL: every row carried over, counted, hashed and compared."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from server import models
from server.chain_guards import drop_guards, put_guards
from server.db import Base, count_anew
from server.errors import Conflict
from server.models.erasure import PersonErasure
from server.models.job import Heartbeat
from server.schema import current, head, upgrade
from server.services.audit.verifying import verify
from server.services.county.counties import counties_here

PORTIONS = {"yield_per": 1000}
ALIVE = timedelta(seconds=60)
SPACE = 1 << 256


@dataclass(frozen=True)
class Moved:
    """Rows by table, and what of the chains did not hold before either, in words."""

    rows: dict[str, int]
    faults: list[str]


def move(source: Engine, target: Engine, *, now: datetime) -> Moved:
    """Carry everything into an empty PostgreSQL database.

    The source is only read. What does not arrive as it left undoes everything. Raises Conflict
    move-impossible, move-differs.
    """
    _refuse(source, target, now)
    assert models.__all__  # noqa: S101 - imported for what it registers
    upgrade(target)
    rows: dict[str, int] = {}
    with source.connect() as there, target.begin() as here:
        _keys_wait(here, wait=True)
        drop_guards(here)
        for table in reversed(Base.metadata.sorted_tables):
            here.execute(table.delete())  # what the steps of the schema put in by themselves
        for table in Base.metadata.sorted_tables:
            try:
                rows[table.name] = _carry(there, here, table)
            except DBAPIError as error:
                raise Conflict(
                    "move-impossible",
                    f"表 {table.name} 搬不过去（{str(error.orig).strip().splitlines()[0]}）。"
                    "新数据库没有留下数据，原来的没有动；请把这句话告诉开发人员。",
                ) from error
        _numbers_go_on(here)
        put_guards(here)
        here.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
        _keys_wait(here, wait=False)
        count_anew(here)
        for table in Base.metadata.sorted_tables:
            _same(table, there, here)
        faults = _chain_faults(there)
        if new := [one for one in _chain_faults(here) if one not in faults]:
            raise Conflict("move-differs", f"存证对不上：{new[0]}。没有搬，原来的没有动。")
    return Moved(rows, faults)


def _chain_faults(connection: Connection) -> list[str]:
    with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
        return [
            f"{county.code}{fault}"
            for county in counties_here(session)
            for fault in verify(session, county=county.code).faults
        ]


def _refuse(source: Engine, target: Engine, now: datetime) -> None:
    if source.dialect.name != "sqlite" or target.dialect.name != "postgresql":
        raise Conflict(
            "move-impossible", "只能从 SQLite 搬到 PostgreSQL。请检查 CZT_DATABASE_URL 和新网址。"
        )
    if current(source) != head():
        raise Conflict(
            "database-not-ready",
            "数据库还没有升级到这个程序的结构。请先运行 python -m server migrate。",
        )
    if sa.inspect(target).get_table_names():
        raise Conflict(
            "move-impossible",
            f"数据库 {target.url.database} 里已有表，没有动。请新建一个空的数据库。",
        )
    with Session(source) as session:
        erasing = session.scalar(sa.select(PersonErasure.id).where(PersonErasure.done_at.is_(None)))
        beat = session.scalar(sa.select(sa.func.max(Heartbeat.at)))
    if beat is not None and now - beat < ALIVE:
        raise Conflict(
            "move-impossible",
            "村站通还在运行，搬的时候进来的记录会丢。请先停下它，过一分钟再运行。",
        )
    if erasing is not None:  # the old database would keep the name for good
        raise Conflict(
            "move-impossible",
            "有人的个人信息还没有删完，搬了就会在原来的数据库里留着。请先运行 "
            "python -m server person erase --again，做完再搬。",
        )


def _carry(there: Connection, here: Connection, table: sa.Table) -> int:
    """One table's rows; JSON as the text it is, so that nothing is NULL that was null."""
    json_columns = {one.name for one in table.columns if isinstance(one.type, sa.JSON)}
    asked = sa.select(
        *(
            sa.type_coerce(one, sa.Text).label(one.name) if one.name in json_columns else one
            for one in table.columns
        )
    )
    into = sa.insert(table).values(
        {
            one.name: sa.cast(sa.bindparam(one.name, type_=sa.Text), JSONB)
            if one.name in json_columns
            else sa.bindparam(one.name, type_=one.type)
            for one in table.columns
        }
    )
    moved = 0
    for some in there.execute(asked, execution_options=PORTIONS).mappings().partitions():
        here.execute(into, [dict(one) for one in some])
        moved += len(some)
    return moved


def _keys_wait(here: Connection, *, wait: bool) -> None:
    """Whether keys between tables are looked at only when all rows are there."""
    how = "DEFERRABLE INITIALLY DEFERRED" if wait else "NOT DEFERRABLE"
    for table in Base.metadata.sorted_tables:
        for key in sa.inspect(here).get_foreign_keys(table.name):
            here.exec_driver_sql(
                f'ALTER TABLE "{table.name}" ALTER CONSTRAINT "{key["name"]}" {how}'
            )


def _numbers_go_on(here: Connection) -> None:
    """The next row's number follows the last one's."""
    for table in Base.metadata.sorted_tables:
        for column in table.primary_key:
            sequence = here.scalar(
                sa.select(sa.func.pg_get_serial_sequence(f'"{table.name}"', column.name))
            )
            if sequence:
                last = here.scalar(sa.select(sa.func.max(column)))
                if last is not None:
                    here.execute(sa.select(sa.func.setval(sequence, last)))


def _same(table: sa.Table, there: Connection, here: Connection) -> None:
    """Hold both sides of a table against each other. Raises Conflict move-differs."""
    left, arrived = _sum(there, table), _sum(here, table)
    if left != arrived:
        raise Conflict(
            "move-differs",
            f"表 {table.name} 搬过去不一样（{left[0]}行，到了{arrived[0]}行）。"
            "新数据库没有留下数据，原来的没有动；请把这句话告诉开发人员。",
        )


def _sum(connection: Connection, table: sa.Table) -> tuple[int, str]:
    """How many rows, and a hash over all in whatever order the engine gives them."""
    number, total = 0, 0
    for row in _rows(connection, table):
        said = json.dumps(row, sort_keys=True, ensure_ascii=False, default=repr)
        total = (total + int.from_bytes(hashlib.sha256(said.encode()).digest())) % SPACE
        number += 1
    return number, f"{total:064x}"


def _rows(connection: Connection, table: sa.Table) -> Iterator[Mapping[str, Any]]:
    found = connection.execute(sa.select(table), execution_options=PORTIONS)
    for some in found.mappings().partitions():
        yield from (dict(one) for one in some)
