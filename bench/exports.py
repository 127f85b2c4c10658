"""How long a file of 100,000 events takes and how much memory, beside bare SQL written as CSV."""

import csv
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.county_at_work import county_at_work
from server.db import open_engine
from server.media.blobs import FolderStore
from server.models.open_data import ExportForm
from server.models.person import Person, Role
from server.models.phone_event import CheckIn, EventKind, PhoneEvent
from server.papers.open_export import make_export
from server.services.opendata.exports import ask_for_export
from server.services.opendata.reading import Wanted
from server.services.opendata.tables import EVENTS
from tests.factories import TEXT_KEYS

CODE = "411721"
ON = date(2023, 12, 1)
NOW = datetime(2023, 12, 1, 2, tzinfo=UTC)
MANY = 100_000
TARGET_S, TARGET_MB = 30.0, 200.0


def build(url: str, many: int = MANY) -> None:
    """西平县 with 100,000 events, half of them check-ins."""
    rng = random.Random(1)
    with county_at_work(url, code=CODE, on=ON, now=NOW, rng=rng) as (session, cast):
        stations = [member.station.id for member in cast.members]
        people = [member.keeper.id for member in cast.members]
        events: list[dict[str, Any]] = []
        arrivals: list[dict[str, Any]] = []
        for number in range(many):
            place = number % len(stations)
            at = NOW - timedelta(minutes=many - number)
            of_event: dict[str, Any] = {
                "id": UUID(int=rng.getrandbits(128)), "county": CODE, "day_on": at.date(),
                "station_id": stations[place], "person_id": people[place], "occurred_at": at,
                "time_verified": True,
            }  # fmt: skip
            kind = EventKind.CHECK_IN if number % 2 else EventKind.PARCEL_COUNT
            events.append(
                of_event | {
                    "kind": kind, "device_id": f"phone-{place}", "payload": {},
                    "content_sha256": "0" * 64, "result": "ok", "device_at": at,
                    "received_at": at,
                }
            )  # fmt: skip
            if kind is EventKind.CHECK_IN:
                arrivals.append(of_event | {"method": "scan", "distance_m": rng.random() * 90})
        session.execute(sa.insert(PhoneEvent), events)
        session.execute(sa.insert(CheckIn), arrivals)


def one_file(folder: str, form: str) -> None:
    """Make one file in a process of its own, and print what it took as JSON."""
    engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}", TEXT_KEYS)
    with Session(engine) as session:
        office = session.scalars(
            sa.select(Person).where(Person.county == CODE, Person.role == Role.COUNTY_OFFICE)
        ).first()
        assert office is not None
        row = ask_for_export(
            session, by=office, kind="events", form=ExportForm(form), wanted=Wanted(), now=NOW
        )
        session.commit()
        export_id = row.id
    began, spent = time.perf_counter(), time.process_time()
    made = make_export(engine, FolderStore(Path(folder) / "photos"), export_id, now=NOW)
    taken = {"clock": time.perf_counter() - began, "processor": time.process_time() - spent}
    assert made is not None
    # Not getrusage: that counts what the parent had before this process became its own.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) / 1024
    print(json.dumps(taken | {"lines": made.lines, "mb": made.size / 1e6, "peak_mb": peak}))
    engine.dispose()


def bare(path: Path) -> float:
    """Processor seconds of the same rows from the driver alone, written by csv.writer."""
    engine = open_engine(f"sqlite:///{path}", TEXT_KEYS)
    query = sa.select(*EVENTS.stored).select_from(EVENTS.source).order_by(*EVENTS.key)
    statement = str(query.where(EVENTS.county == CODE).compile(
        engine, compile_kwargs={"literal_binds": True}
    ))  # fmt: skip
    engine.dispose()
    with sqlite3.connect(path) as raw, tempfile.TemporaryFile("w+", newline="") as out:
        spent = time.process_time()
        csv.writer(out).writerows(raw.execute(statement))
        return time.process_time() - spent


def main() -> None:
    """Print each form's seconds and memory beside the ceiling."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        build(f"sqlite:///{path}")
        ceiling = bare(path)
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        print(f"{MANY} events, each form in a process of its own (load per core now {load:.1f})")
        print("            clock s  processor s   file MB   peak MB")
        kept = True
        for form in ExportForm:
            told = json.loads(
                subprocess.run(
                    [sys.executable, "-m", "bench.exports", folder, form.value],
                    check=True, capture_output=True, text=True,
                ).stdout
            )  # fmt: skip
            assert told["lines"] == MANY
            kept = kept and told["processor"] <= TARGET_S and told["peak_mb"] <= TARGET_MB
            print(
                f"  {form.value:8} {told['clock']:8.1f} {told['processor']:12.1f} "
                f"{told['mb']:9.1f} {told['peak_mb']:9.0f}"
            )
        print(f"  ceiling           {ceiling:12.1f}           the same rows, bare sqlite3 and csv")
        verdict = "kept" if kept else "NOT kept"
        print(f"  target ≤ {TARGET_S:.0f} s of processor and ≤ {TARGET_MB:.0f} MB each: {verdict}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one_file(sys.argv[1], sys.argv[2])
    else:
        main()
