"""How long one night's look at 西平县's 268 stations takes, beside bare SELECTs of its facts."""

import random
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.county_at_work import county_at_work
from bench.measure import Asked, Taken, middle, selects
from server.db import open_engine, writing
from server.models.county import County
from server.models.phone_event import EventKind, PhoneEvent, Photo, PhotoState
from server.policy.signals.look import look_at
from server.policy.signals.options import KINDS, SignalOptions
from server.services.demo.month import live_the_month
from server.services.signals.facts import stations_seen
from server.services.signals.questions import DAYS, find, raise_new
from tests.factories import TEXT_KEYS

CODE = "411721"
# The longest look back: 31 + 30 days.
ON = date(2023, 7, 31)
NOW = datetime(2023, 7, 31, 20, tzinfo=UTC)
TARGET_S = 5.0
RUNS = 5


def build(url: str) -> None:
    """西平县 with its plan's stations, sixty days of check-ins and counts, a photo a day each."""
    rng = random.Random(1)
    with county_at_work(url, code=CODE, on=ON, now=NOW, rng=rng) as (session, cast):
        for until in (ON, ON - timedelta(days=30)):
            live_the_month(session, cast, on=until, rng=rng)
        _photograph(session, rng)


def _photograph(session: Session, rng: random.Random) -> None:
    """A photo for each count; one in two hundred is of the same bytes as another."""
    events = session.execute(
        sa.select(
            PhoneEvent.id,
            PhoneEvent.county,
            PhoneEvent.station_id,
            PhoneEvent.person_id,
            PhoneEvent.occurred_at,
            PhoneEvent.day_on,
        ).where(PhoneEvent.kind == EventKind.PARCEL_COUNT)
    ).all()
    rows = [
        {
            "id": UUID(int=rng.getrandbits(128), version=4),
            "event_id": row.id,
            "county": row.county,
            "station_id": row.station_id,
            "person_id": row.person_id,
            "subject": "signboard",
            "state": PhotoState.EXAMINED,
            "sha256": f"{rng.getrandbits(256) if rng.random() > 0.005 else rng.randrange(99):064x}",
            "size_bytes": 200_000,
            "taken_at": row.occurred_at,
            "time_verified": True,
            "day_on": row.day_on,
            "camera": "camera",
            "arrived_at": row.occurred_at,
            "phone_notes": {"exif": {"taken": f"{row.occurred_at:%Y:%m:%d} 18:00:00"}},
            "exif": {},
        }
        for row in events
    ]
    session.execute(sa.insert(Photo), rows)


def main() -> None:
    """Print the look's time, its queries, and what its halves alone take in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        build(url)
        engine = open_engine(url, TEXT_KEYS)
        with Session(engine) as session:
            county = session.get_one(County, CODE)
            since = (ON - timedelta(days=DAYS)).replace(day=1)
            seen = stations_seen(session, county=CODE, since=since, until=ON)
            with selects(engine) as asked:
                found = find(session, county=county, on=ON)
            look = middle(lambda: find(session, county=county, on=ON), RUNS)
            bare = middle(lambda: _bare(session, asked), RUNS)
            policy = middle(lambda: look_at(seen, SignalOptions()), RUNS)
        with writing(engine) as session:
            began = time.perf_counter()
            raised = raise_new(session, found=found, now=NOW)
            written = time.perf_counter() - began
        engine.dispose()
    days = (ON - since).days + 1
    sizes = [sum(len(part) for part in parts) for parts in _parts(seen)]
    print(
        f"{len(seen)} stations, {days} days: {sizes[0]} check-ins, {sizes[1]} counts, "
        f"{sizes[2]} photos"
    )
    print(
        f"one look          {_both(look)}   target under {TARGET_S:.0f} s, {len(asked)} queries\n"
        f"  bare SELECTs    {_both(bare)}   the same statements, rows fetched and dropped\n"
        f"  pure policy     {_both(policy)}   {len(KINDS)} kinds, {len(found.signals)} questions"
    )
    print(f"under the lock    {written:6.2f} s   {len(raised)} raised")


def _both(taken: Taken) -> str:
    return f"{taken.clock:6.2f} s ({taken.processor:.2f} s of processor)"


def _bare(session: Session, asked: Asked) -> None:
    for statement, parameters in asked:
        session.connection().exec_driver_sql(statement, parameters).fetchall()


def _parts(seen: Iterable[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    every = list(seen)
    return (
        [one.check_ins for one in every],
        [one.counts for one in every],
        [one.photos for one in every],
    )
