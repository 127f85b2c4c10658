"""What every connection promises, on both engines."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Engine

from server.db import UtcDateTime, count_anew, read_json


def test_a_commit_waits_for_the_disk_whatever_the_server_prefers(engine: Engine) -> None:
    # The tests' own PostgreSQL is started with synchronous_commit=off.
    setting = "PRAGMA synchronous" if engine.dialect.name == "sqlite" else "SHOW synchronous_commit"

    with engine.connect() as connection:
        assert connection.scalar(sa.text(setting)) in {2, "on"}


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_moments_come_in_utc_whatever_zone_the_server_is_in(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SHOW TimeZone")) == "UTC"
        came = connection.scalar(sa.text("SELECT TIMESTAMPTZ '2026-12-01 06:30+08'"))

    assert came == datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    assert came.tzinfo is UTC


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_what_a_transaction_wrote_by_the_thousand_is_counted_within_it(engine: Engine) -> None:
    keys = "INSERT INTO beats SELECT n FROM generate_series(1, 5000) n"

    def expected(connection: sa.Connection) -> int:
        plan = connection.scalar(sa.text("EXPLAIN (FORMAT JSON) SELECT * FROM beats"))
        rows: int = plan[0]["Plan"]["Plan Rows"]
        return rows

    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE beats (n int PRIMARY KEY)")
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(keys)
            with engine.connect() as other:  # as PostgreSQL does by itself each minute
                other.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
            assert expected(connection) < 10
            count_anew(connection)
            assert expected(connection) == 5000
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE beats")


def test_sqlite_keeps_a_moment_as_sqlalchemy_writes_it() -> None:
    dialect = sqlite.dialect()
    ours = UtcDateTime().bind_processor(dialect)
    theirs = sa.DateTime().dialect_impl(dialect).bind_processor(dialect)
    assert theirs is not None
    china = timezone(timedelta(hours=8))
    for at in (
        datetime(2026, 12, 1, 6, 30, 5, 120, china), datetime(2026, 11, 30, 22, 30, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
    ):  # fmt: skip
        assert ours(at) == theirs(at.astimezone(UTC).replace(tzinfo=None))
    assert ours(None) is None
    with pytest.raises(ValueError, match="zone"):
        ours(datetime(2026, 12, 1))


ODD = [
    "1e400", "-0.0", "1" + "0" * 30, "18446744073709551616", '{"a": 1, "a": 2}', "-Infinity",
    '"\\ud800"', '{"夜": [1.10, null, true]}',
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_json_is_read_as_python_reads_it(text: str) -> None:
    for said in (text, text.encode()):
        assert repr(read_json(said)) == repr(json.loads(said))


def test_what_is_no_json_is_no_value() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        read_json("{")
