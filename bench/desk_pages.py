"""How long the office waits for its pages in 西平县 after 1,000,000 records; how large they are."""

import gzip
import random
import statistics
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.county_at_work import county_at_work, operator_says
from server.collector import let_rest
from server.db import Base, open_engine, writing
from server.http import clock
from server.http.desk_cookie import DESK_COOKIE
from server.models.county import County
from server.models.phone_event import CheckIn, ParcelCount, PhoneEvent
from server.models.station import Station
from server.policy.standard.standards import standards_in
from server.services.days.reconciliation_queue import months_looked_at
from server.services.demo.days import say_all
from server.services.demo.month import live_the_month
from server.services.people.passwords import set_password
from server.services.people.sign_ins import sign_in_desk
from server.services.programme.snapshots import end_of, keep, look
from server.settings import ROOT, settings_from
from tests.factories import TEXT_KEYS
from wsgi import create_app

CODE = "411721"
RECORDS = 1_000_000
RUNS, FEW = 20, 5  # of the overview, whose 19th of 20 is its p95, and of a list
PASSWORD = "bench-411721"
OVERVIEW_MS, LIST_MS, LIST_KB = 300, 300, 200
OVERVIEW = "/desk/overview"
PAGES = (
    OVERVIEW, "/desk/hall", "/desk/", "/desk/pace", "/desk/map", "/desk/board",
    "/desk/people", "/desk/people/unbound", "/desk/numbers", "/desk/filings", "/desk/acceptances",
    "/desk/coverage", "/desk/agreements", "/desk/operators", "/desk/matters", "/desk/complaints",
    "/desk/months", "/desk/reconciliation", "/desk/signals", "/desk/rectifications",
    "/desk/rounds", "/desk/reviews", "/desk/history", "/desk/subsidies", "/desk/assessments",
)  # fmt: skip


def build(url: str, today: date, now: datetime) -> None:
    """西平县 with its 267 stations, their words, and a month lived as people do."""
    rng = random.Random(1)
    with county_at_work(url, code=CODE, on=today, now=now, rng=rng) as (session, cast):
        say_all(session, cast, on=today, rng=rng)
        live_the_month(session, cast, on=today, rng=rng)
        set_password(session, person=cast.office, password=PASSWORD)
        cast.office.login = "bench"


def fill(url: str, today: date) -> int:
    """As many check-ins and counts of the years before as make RECORDS; how many there are.

    The rows are made inside the database, each like one that people sent: a day after another, a
    check-in and a count at every station. Beside the newest months stand an operator's totals.
    """
    engine = open_engine(url, TEXT_KEYS)
    with writing(engine) as session:
        known = session.scalar(sa.select(sa.func.count()).select_from(PhoneEvent)) or 0
        stations = session.scalar(sa.select(sa.func.count()).select_from(Station)) or 0
        days = (RECORDS - known) // (2 * stations) + 1
        halves: tuple[type[CheckIn | ParcelCount], ...] = (CheckIn, ParcelCount)
        for half, table in enumerate(halves):
            own = session.execute(sa.select(table.id).limit(1)).scalar_one().hex
            asked = {"own": own, "today": today.isoformat(), "days": days, "first": half * days}
            for one in (PhoneEvent, table):
                session.execute(_like(one), asked)
        for month_on in months_looked_at(today - timedelta(days=1)):
            operator_says(
                session, county=CODE, month_on=month_on, until=today, rng=random.Random(2)
            )
    engine.dispose()
    return known + 2 * stations * days


def _like(table: type[Base]) -> sa.TextClause:
    """A row like `own` for each station and day, from the thirty-first day before `today` on."""
    columns = [column.name for column in table.__table__.columns]
    made = {
        "id": "printf('%032x', (:first + back.day) * 1000000 + stations.id)",
        "station_id": "stations.id",
        "day_on": "date(:today, -(31 + back.day) || ' days')",
        **dict.fromkeys(
            ("occurred_at", "received_at", "device_at", "entered_at"),
            "datetime(:today, -(31 + back.day) || ' days', '+10 hours') || '.000000'",
        ),
    }
    name = table.__tablename__
    values = ", ".join(made.get(column, f"{name}.{column}") for column in columns)
    return sa.text(
        "WITH RECURSIVE back(day) AS "
        "(SELECT 0 UNION ALL SELECT day + 1 FROM back WHERE day + 1 < :days) "
        f"INSERT INTO {name} ({', '.join(columns)}) "
        f"SELECT {values} FROM back, stations, {name} WHERE {name}.id = :own"
    )


def nights(url: str, today: date) -> None:
    """Thirty nights' snapshots, as a house that has run for a month has them."""
    engine = open_engine(url, TEXT_KEYS)
    standards = standards_in(ROOT / "standards")
    for back in range(30, 0, -1):
        day = today - timedelta(days=back)
        at = end_of(day) + timedelta(minutes=2)
        with writing(engine) as session:
            county = session.get_one(County, CODE)
            seen = look(session, county=county, on=day, now=at, standards=standards)
            keep(session, seen, now=at)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def office(home: Path, url: str, login: str = "bench") -> FlaskClient:
    """The office's browser, signed in, or that of another with the same password."""
    app = create_app(settings_from({"CZT_HOME": str(home), "CZT_DATABASE_URL": url}))
    app.config["LOG_REQUESTS"] = False
    engine = open_engine(url, TEXT_KEYS)
    with writing(engine) as session:
        _, token = sign_in_desk(
            session, login=login, password=PASSWORD, now=clock.now(), source="bench", label=""
        )
    engine.dispose()
    let_rest()  # as gunicorn's processes do
    client = app.test_client()
    client.set_cookie(DESK_COOKIE, token, path="/desk")
    return client


def taken(client: FlaskClient, path: str, runs: int = FEW) -> tuple[list[float], float, int, int]:
    """Milliseconds of each run, the middle of the processor's, bytes, and bytes as they travel."""
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, (path, answer.status_code)
    times, spent = [], []
    for _ in range(runs):
        began, before = time.perf_counter(), time.process_time()
        client.get(path, follow_redirects=True)
        times.append((time.perf_counter() - began) * 1000)
        spent.append((time.process_time() - before) * 1000)
    squeezed = gzip.compress(answer.data, 6)
    return sorted(times), statistics.median(spent), len(answer.data), len(squeezed)


def main() -> None:
    """Print the pages, the slowest first, beside the page that asks nothing but who is there."""
    today, now = clock.today(), clock.now()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        build(url, today, now)
        records = fill(url, today)
        nights(url, today)
        client = office(Path(folder), url)
        bare, frame, *_ = taken(client, "/desk/help")
        found = [(path, *taken(client, path, RUNS if path == OVERVIEW else FEW)) for path in PAGES]
    print(
        f"{records:,} records, 267 stations; in ms, of {RUNS} runs (overview) or {FEW} (lists); "
        f"the page 帮助 (guard, menu and frame alone) {statistics.median(bare):.0f}, "
        f"of the processor {frame:.0f}"
    )
    for path, times, spent, size, squeezed in sorted(
        found, key=lambda one: -statistics.median(one[1])
    ):
        most = times[-1 - len(times) // 20]
        limit = OVERVIEW_MS if path == OVERVIEW else LIST_MS
        late = "  LATE" if most > limit else ""
        large = "  LARGE" if size > LIST_KB * 1024 else ""
        print(
            f"{path:24} middle {statistics.median(times):6.0f} (processor {spent:4.0f})   "
            f"p95 {most:6.0f} (≤ {limit}){late}   "
            f"{size / 1024:6.0f} KB (≤ {LIST_KB}), {squeezed / 1024:.0f} KB squeezed{large}"
        )
