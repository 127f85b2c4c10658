"""A year of a province's days inside PostgreSQL: check-ins, counts, photos, totals, history."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bench.province_rows import DAYS, EDITED, MANY, NIGHTS, fast, like
from server.db import Base, table_of
from server.models.chain import ChainLine
from server.models.history import HistoryLine
from server.models.operator_total import OperatorTotal
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent, Photo
from server.models.snapshot import SnapshotDay
from server.models.station import Station

GROWN = (PhoneEvent, CheckIn, ParcelCount, Photo, OperatorTotal, HistoryLine)
LINES = 60
"""Lines of the history a station and year; every twentieth tells of an edited station."""
CORRECTED = 60
"""One count of so many has a second version."""

_DAY = "(CAST(:today AS date) - back.day)"
_ANY = "abs(hashint4(stations.id * 1000 + back.day))"
_AT = f"(({_DAY} + time '02:00') AT TIME ZONE 'UTC' + {_ANY} % 90 * interval '1 minute')"
_SHARED = {
    "county": "stations.county", "station_id": "stations.id",
    "person_id": "100000 + stations.id", "day_on": _DAY,
    **dict.fromkeys(
        ("occurred_at", "device_at", "received_at", "entered_at", "taken_at", "arrived_at"), _AT
    ),
    "device_id": "'phone-' || stations.id",
    "latitude": f"stations.latitude + {_ANY} % 90 / 1e6", "longitude": "stations.longitude",
    "received": f"3 + {_ANY} % 40", "sent": f"2 + {_ANY} % 7",
}  # fmt: skip
_OF_DAYS = f"stations CROSS JOIN generate_series(1, {DAYS}) back(day)"
_SUBJECTS = "'{signboard,hours_board,interior,shelves,scanner,safety,exterior,zoning}'::text[]"


def fill(engine: Engine, today: date) -> int:
    """A check-in with a photo or a count with its operator's total for each station and day.

    A sixtieth of the counts is corrected; beside them the history and the nights of half a year
    with their chains. How many check-ins and counts there are.
    """
    with engine.begin() as connection:
        for table in map(table_of, GROWN):
            for index in table.indexes:
                index.drop(connection)
    halves: Sequence[Sequence[tuple[type[Base], str, dict[str, str], str]]] = (
        (
            (PhoneEvent, _key(1), {"id": _id("4000")}, _on(0)),
            (CheckIn, _key(1), {"id": _id("4000")}, _on(0)),
            (Photo, _key(3), {
                "id": _id("7000"), "event_id": _id("4000"),
                "subject": f"({_SUBJECTS})[1 + {_ANY} % 8]",
                "sha256": "md5(stations.id || '/' || back.day) || md5(back.day || '/')",
            }, _on(0)),
        ),
        (
            (PhoneEvent, _key(2), {"id": _id("4000")}, _on(1)),
            (ParcelCount, _key(2), {"id": _id("4000")}, _on(1)),
            (PhoneEvent, _key(2), {"id": _id("5000")}, _corrected()),
            (ParcelCount, _key(2), {
                "id": _id("5000"), "version": "2", "received": f"4 + {_ANY} % 40",
            }, _corrected()),
            (OperatorTotal, "1", {
                "file_id": "stations.operator_id", "operator_id": "stations.operator_id",
                "place": "stations.id", "month_on": f"date_trunc('month', {_DAY})::date",
                "inbound": f"3 + {_ANY} % 40", "outbound": f"2 + {_ANY} % 7",
            }, _on(1)),
        ),
    )  # fmt: skip

    def pour(half: Sequence[tuple[type[Base], str, dict[str, str], str]]) -> None:
        for table, own, made, where in half:
            with engine.begin() as connection:
                fast(connection)
                connection.execute(
                    like(table, own, _OF_DAYS, _SHARED | made, where), {"today": today}
                )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(pour, halves))
    with engine.begin() as connection:
        fast(connection)
        _history(connection, today)
        _nights(connection, today)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: _indexes(engine, one), GROWN))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        return sum(
            connection.scalar(sa.select(sa.func.count()).select_from(noun)) or 0
            for noun in (CheckIn, ParcelCount)
        )


def _key(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012}"


def _id(kind: str) -> str:
    number = "lpad(to_hex(stations.id * 1000 + back.day), 12, '0')"
    return f"('00000000-0000-{kind}-8000-' || {number})::uuid"


def _on(half: int) -> str:
    return f"WHERE stations.village_code IS NOT NULL AND (stations.id + back.day) % 2 = {half}"


def _corrected() -> str:
    return f"{_on(1)} AND {_ANY} % {CORRECTED} = 0"


def _indexes(engine: Engine, noun: type[Base]) -> None:
    for index in table_of(noun).indexes:
        with engine.begin() as connection:
            fast(connection)
            index.create(connection)


def _history(connection: Connection, today: date) -> None:
    """What the office did at every station, a line in six days."""
    own = connection.scalar(sa.select(HistoryLine.id).where(HistoryLine.action == EDITED))
    connection.execute(
        like(
            HistoryLine, str(own), f"stations CROSS JOIN generate_series(1, {LINES}) back(day)", {
                "county": "stations.county", "station_id": "stations.id",
                "at": f"CAST(:today AS date) - back.day * {DAYS // LINES} + time '03:00'",
                "action": "CASE WHEN back.day % 20 = 0 "
                "THEN own.action ELSE 'signal-settled' END",
            },
        ),
        {"today": today},
    )  # fmt: skip
    _chained(connection, "history", "id::text", "at")


def _nights(connection: Connection, today: date) -> None:
    """Half a year of nights until the day before yesterday, each station seven times otherwise."""
    asked = {"last": today - timedelta(days=2)}
    connection.execute(
        sa.text(
            f"INSERT INTO {SnapshotDay.__tablename__} "
            "(county, day_on, taken_at, stations, sha256, standard_id, demo) "
            "SELECT code, :last - back.day, (:last - back.day)::timestamptz + interval '17 hours', "
            "200, md5(code || back.day) || md5(code), standard_id, false "
            f"FROM counties CROSS JOIN generate_series(0, {NIGHTS - 1}) back(day) "
            "WHERE divisions_source <> '{AREA}'"
        ),
        asked,
    )
    connection.execute(
        sa.text(
            "INSERT INTO station_snapshots (county, station_id, from_on, until_on, code, name, "
            "level, township_code, village_code, operator_id, stage, filed, status, open_work, "
            "bound) SELECT county, id, :last - n * 30 - 3, "
            "CASE WHEN n > 0 THEN :last - (n - 1) * 30 - 3 END, code, name, level, township_code, "
            "village_code, operator_id, stage, n < 3, "
            "CASE WHEN (n + id) % 3 = 0 THEN 'meets' ELSE 'to_verify' END, n, n < 5 "
            "FROM stations CROSS JOIN generate_series(0, 6) n WHERE village_code IS NOT NULL"
        ),
        asked,
    )
    _chained(connection, "snapshot_days", "day_on::text", "taken_at")


def _chained(connection: Connection, kind: str, ref: str, at: str) -> None:
    """Lines of each county's chain for the rows of a table, as far as they have none."""
    connection.execute(
        sa.text(
            f"INSERT INTO {ChainLine.__tablename__} "
            "(county, seq, at, kind, ref, payload_sha256, previous, hash) "
            "SELECT own.county, coalesce(head.seq, 0) + row_number() OVER "
            f"(PARTITION BY own.county ORDER BY {at}, {ref}), {at}, '{kind}', {ref}, "
            f"md5({ref}) || md5(own.county), md5({ref}) || md5({ref}), "
            f"md5(own.county) || md5({ref}) "
            f"FROM {kind} own LEFT JOIN chain_heads head ON head.county = own.county "
            "WHERE NOT EXISTS (SELECT FROM chain_lines line WHERE "
            f"line.county = own.county AND line.kind = '{kind}' AND line.ref = {ref})"
        )
    )
    connection.exec_driver_sql(
        "UPDATE chain_heads SET seq = ends.seq, hash = ends.hash FROM (SELECT DISTINCT ON (county) "
        "county, seq, hash FROM chain_lines ORDER BY county, seq DESC) ends "
        "WHERE ends.county = chain_heads.county"
    )


def nights_undone(engine: Engine, today: date) -> None:
    """Take back what nights wrote down since the day before yesterday, to measure them again."""
    asked = {"since": today - timedelta(days=1)}
    with engine.begin() as connection:
        fast(connection)
        for statement in (
            "DELETE FROM chain_lines WHERE kind = 'snapshot_days' AND ref >= :since::text",
            "DELETE FROM snapshot_days WHERE day_on >= :since",
            "DELETE FROM station_snapshots WHERE from_on >= :since",
            "UPDATE station_snapshots SET until_on = NULL WHERE until_on >= :since",
        ):
            connection.execute(sa.text(statement.replace(":since::text", ":told")), asked | {
                "told": asked["since"].isoformat()
            } if ":since::text" in statement else asked)  # fmt: skip
        connection.exec_driver_sql(
            "UPDATE chain_heads SET seq = ends.seq, hash = ends.hash FROM (SELECT DISTINCT ON "
            "(county) county, seq, hash FROM chain_lines ORDER BY county, seq DESC) ends "
            "WHERE ends.county = chain_heads.county AND ends.seq <> chain_heads.seq"
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE station_snapshots, snapshot_days, chain_lines")


def multiply(engine: Engine) -> int:
    """As many stations as the country has villages, in counties that nobody asks about."""
    with engine.begin() as connection:
        fast(connection)
        columns = [c.name for c in table_of(Station).columns if c.name not in {"id", "county"}]
        names = ", ".join(columns)
        connection.execute(
            sa.text(
                f"INSERT INTO stations (county, {names}) SELECT "
                "lpad((800000 + n * 1000 + dense_rank() OVER (ORDER BY county))::text, 6, '0'), "
                f"{names} FROM stations, generate_series(1, {MANY - 1}) n"
            )
        )
        number = connection.scalar(sa.select(sa.func.count()).select_from(Station)) or 0
    _analysed(engine)
    return number


def divide(engine: Engine) -> None:
    """Take the many stations out again."""
    with engine.begin() as connection:
        fast(connection)
        connection.exec_driver_sql("DELETE FROM stations WHERE county >= '800000'")
    _analysed(engine)


def _analysed(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE stations")
