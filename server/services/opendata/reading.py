"""Reads a table of open data: a page after a key, or everything in one go, as one moment has it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.db import UtcDateTime, plain_rows
from server.errors import Invalid, NotFound
from server.models.county import Division
from server.models.station import Station
from server.services.opendata.columns import Table
from server.services.opendata.tables import TABLES

AT_ONCE = 1000
"""So many rows are in memory at a time."""
SETTLED = timedelta(minutes=1)
"""A page has no row younger than this: another that came before it may still be on its way."""
Place = tuple[float, float] | None  # longitude, latitude of the station, WGS-84


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows: empty means all; both days are included."""

    townships: Collection[str] = ()
    station_code: str = ""
    since_on: date | None = None
    until_on: date | None = None


class Record(NamedTuple):
    """One record: its key, its station's place, and its lines as the columns tell them."""

    key: tuple[Any, ...]
    place: Place
    lines: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """Records in the order of their keys; `more` where others stand behind the last."""

    records: list[Record]
    more: bool


def table_named(name: str) -> Table:
    """The table of this name. Raises `NotFound` (open-data-unknown)."""
    found = TABLES.get(name)
    if found is None:
        raise NotFound(
            "open-data-unknown", f"没有这一种数据。有的是：{'、'.join(sorted(TABLES))}。"
        )
    return found


def check_wanted(table: Table, wanted: Wanted) -> None:
    """Raise `Invalid` (open-data-days) for days the wrong way round, or of what has no day."""
    since, until = wanted.since_on, wanted.until_on
    if table.day is None and (since or until):
        raise Invalid(
            "open-data-days",
            f"“{table.label}”不分日子，不能按日期选。请去掉日期再试。",
            fields={"since": "这一种不用填日期"},
        )
    if since and until and since > until:
        raise Invalid(
            "open-data-days",
            "开始的日子在结束的日子后面。请把两个日子对调，再试一次。",
            fields={"since": "要在结束的日子以前"},
        )


def page_of(
    session: Session,
    table: Table,
    *,
    county: str,
    seen: sa.ColumnElement[bool],
    wanted: Wanted,
    after: tuple[Any, ...] | None,
    most: int,
    now: datetime,
) -> Page:
    """At most so many records behind a key; one query, by the order of the key alone.

    Raises as `check_wanted`, and `Invalid` (open-data-township, open-data-station).
    """
    check_wanted(table, wanted)
    _refuse_places_not_there(session, county, wanted)
    query = _query(table, county=county, seen=seen, wanted=wanted).order_by(*table.key)
    if table.arrives is not None:
        query = query.where(table.arrives <= now - SETTLED)
    if after is not None:
        query = query.where(sa.tuple_(*table.key) > sa.tuple_(*_bound(table, after)))
    rows = session.execute(query.limit(most + 1)).all()
    return Page([_record(table, row) for row in rows[:most]], len(rows) > most)


def _refuse_places_not_there(session: Session, county: str, wanted: Wanted) -> None:
    """No rows of a place that was mistyped would look like a place where nothing is."""
    if wanted.townships:
        ours = sa.select(Division.code).where(
            Division.parent == county, Division.code.in_(wanted.townships)
        )
        unknown = sorted(set(wanted.townships) - set(session.scalars(ours)))
        if unknown:
            raise Invalid(
                "open-data-township",
                f"本县没有这个乡镇代码：“{'、'.join(unknown)}”。请核对九位区划代码，再读一次。",
                fields={"township": "本县没有"},
            )
    if wanted.station_code:
        named = sa.exists().where(Station.county == county, Station.code == wanted.station_code)
        if not session.scalar(sa.select(named)):
            raise Invalid(
                "open-data-station",
                f"本县没有编号是{wanted.station_code}的站点。请核对编号，再读一次。",
                fields={"station": "本县没有"},
            )


def count_of(
    session: Session, table: Table, *, county: str, seen: sa.ColumnElement[bool], wanted: Wanted
) -> int:
    """How many records there are."""
    asked = _query(table, county=county, seen=seen, wanted=wanted).order_by(None)
    counted = asked.with_only_columns(sa.func.count(), maintain_column_froms=True)
    return session.scalar(counted) or 0


def all_of(
    session: Session, table: Table, *, county: str, seen: sa.ColumnElement[bool], wanted: Wanted
) -> Iterator[Record]:
    """Every record in the order of its key, `AT_ONCE` in memory at a time; nobody asks the key."""
    query = _query(table, county=county, seen=seen, wanted=wanted, keyed=False)
    rows = plain_rows(session, query.order_by(*table.key).execution_options(yield_per=AT_ONCE))
    for row in rows:
        yield _record(table, row, keyed=False)


def one_moment(engine: Engine) -> Session:
    """A session that only reads, and sees the data of one moment until it is closed.

    SQLite's transactions do so by themselves; PostgreSQL is asked to.
    """
    session = Session(engine)
    if engine.dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session


def _query(
    table: Table,
    *,
    county: str,
    seen: sa.ColumnElement[bool],
    wanted: Wanted,
    keyed: bool = True,
) -> sa.Select[Any]:
    key = table.key if keyed else ()
    pieces = () if table.pieces is None else (table.pieces,)
    query = (
        sa.select(*key, Station.longitude, Station.latitude, *table.stored, *pieces)
        .select_from(table.source)
        .where(table.county == county, seen, *table.where)
    )
    if wanted.townships:
        query = query.where(Station.township_code.in_(wanted.townships))
    if wanted.station_code:
        query = query.where(Station.code == wanted.station_code)
    if wanted.since_on is not None:
        query = query.where(table.day >= _begin(table, wanted.since_on))
    if wanted.until_on is not None:
        query = query.where(table.day < _begin(table, wanted.until_on + timedelta(days=1)))
    return query


def _begin(table: Table, day: date) -> date | datetime:
    """A day as the table's own day is kept: as a day, or as the moment at which it begins."""
    is_moment = isinstance(table.day.type, UtcDateTime)
    return datetime.combine(day, time(), BEIJING) if is_moment else day


def _bound(table: Table, after: tuple[Any, ...]) -> list[Any]:
    return [sa.literal(value, one.type) for one, value in zip(table.key, after, strict=True)]


def _record(table: Table, row: Any, *, keyed: bool = True) -> Record:
    keys = len(table.key) if keyed else 0
    longitude, latitude = row[keys], row[keys + 1]
    place = None if longitude is None or latitude is None else (longitude, latitude)
    stored, pieces = row[keys + 2 :], None
    if table.pieces is not None:
        stored, pieces = stored[:-1], stored[-1]
    return Record(tuple(row[:keys]), place, list(table.lines(stored, pieces)))
