"""How long `audit verify` takes over a million lines, beside bare SHA-256 over the same rows."""

import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from server.db import open_engine
from server.models.history import HistoryLine
from server.schema import upgrade
from server.services.audit.checks import at_rest
from server.services.audit.verifying import verify
from server.services.common.chain import Noted, append
from server.services.common.chain_payloads import HISTORY
from tests.factories import TEXT_KEYS

CODE = "140926"
LINES = 1_000_000
AT_ONCE = 20_000
TARGET_S = 60.0
BEGIN = datetime(2023, 7, 5, 6, 30, tzinfo=UTC)


def build(path: Path, lines: int) -> None:
    """A county with a history of so many lines, each with one change, chained as commits do."""
    engine = open_engine(f"sqlite:///{path}", TEXT_KEYS)
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO counties (code, name, province, prefecture, divisions_source, hotline,"
            f" options, demo, created_at) VALUES ('{CODE}', '静乐县', '', '', '', '', '{{}}', 0,"
            " '2023-04-11 00:00:00')"
        )
    for first in range(1, lines + 1, AT_ONCE):
        ids = range(first, min(first + AT_ONCE, lines + 1))
        rows = [
            {
                "id": one,
                "county": CODE,
                "station_id": one % 267,
                "at": BEGIN + timedelta(seconds=one),
                "action": "station-edited",
                "summary": f"修改站点：营业时间、联系电话（第{one}次）",
                "changes": [
                    {"field": "hours", "label": "营业时间", "old": "", "new": "每天 8:00 到 18:00"}
                ],
                "reason": "站长来电",
            }
            for one in ids
        ]
        with engine.begin() as connection:
            connection.execute(sa.insert(HistoryLine), rows)
            append(connection, [Noted(HISTORY, "", str(one)) for one in ids])
    engine.dispose()


def bare(path: Path) -> float:
    """Seconds of processor to read both tables and hash each row once, with nothing else."""
    begun = time.process_time()
    with sqlite3.connect(path) as connection:
        for table in ("history", "chain_lines"):
            for row in connection.execute(f"SELECT * FROM {table}"):
                sha256(repr(row).encode()).hexdigest()
    return time.process_time() - begun


def main(lines: int = LINES) -> None:
    """Print both figures."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.db"
        begun = time.perf_counter()
        build(path, lines)
        built = time.perf_counter() - begun
        ceiling = bare(path)
        engine = open_engine(f"sqlite:///{path}", TEXT_KEYS)
        begun, busy = time.perf_counter(), time.process_time()
        with at_rest(engine) as session:
            found = verify(session, county=CODE)
        took, busy = time.perf_counter() - begun, time.process_time() - busy
        engine.dispose()
    print(f"{found.lines:,} lines, {'whole' if found.whole else found.faults[:3]}")
    print(f"verify, by the clock          {took:7.1f} s, target {TARGET_S:.0f}")
    print(f"verify, of processor          {busy:7.1f} s, {busy / ceiling:.1f} × the ceiling")
    print(f"ceiling: read and hash alone  {ceiling:7.1f} s of processor")
    print(f"writing and chaining them     {built:7.1f} s, {built / lines * 1e6:.0f} µs a line")
