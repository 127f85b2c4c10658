"""What 山西 costs on PostgreSQL: every village a station, a year of days; night, pages, report.

The rows are made inside the database, each like one that people sent. `python -m bench province`
takes some eight minutes and six GB of disk.
"""

import os
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from bench.desk_pages import office, taken
from bench.monthly_reports import content_of
from bench.province_rows import DAYS, build, fill, multiply
from bench.query_plans import Question, plan_of, questions, whole_tables
from server.calendar import beijing_day, first_of_month
from server.db import open_engine, writing
from server.http import clock
from server.http.database import db
from server.models.county import County
from server.models.station import Station
from server.papers.monthly_report import KINDS, monthly_file
from server.papers.monthly_words import Stamp, report_words
from server.policy.plan.reports import Section
from server.policy.standard.standards import Standard, standards_in
from server.services.people.scope import EVERYBODY
from server.services.programme.snapshots import keep, look
from server.services.reporting.figures import report_figures
from server.services.signals.questions import find
from server.services.standing.standing import standings
from server.settings import ROOT
from tests import databases

RUNS = 20
NIGHT_S, PAGE_MS, REPORT_S, FLAGS_S, FLAT = 600, 500, 60, 1.0, 1.25
FILLED = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 10000"
PLANS = ROOT / "docs" / "province-plans.md"


def nights(engine: Engine, standards: list[Standard], on: date) -> float:
    """Seconds that one night's snapshot of every county takes."""
    began, now = time.perf_counter(), clock.now()
    with Session(engine) as session:
        counties = list(session.scalars(sa.select(County.code).order_by(County.code)))
    for code in counties:
        with writing(engine) as session:
            county = session.get_one(County, code)
            keep(
                session, look(session, county=county, on=on, now=now, standards=standards), now=now
            )
    return time.perf_counter() - began


def report(engine: Engine, code: str, standards: list[Standard], on: date) -> float:
    """Seconds for a month's figures and its three papers."""
    began, month = time.perf_counter(), first_of_month(on - timedelta(days=31))
    with Session(engine) as session:
        figures = report_figures(
            session, county=session.get_one(County, code), standards=standards,
            sections=tuple(Section), month_on=month, on=on, today=on,
        )  # fmt: skip
    words = report_words(content_of(figures), Stamp("", "0" * 64, clock.now()))
    for kind in KINDS:
        monthly_file(words, kind)
    return time.perf_counter() - began


def flags(engine: Engine, code: str, on: date) -> float:
    """Seconds for the look at everything that is odd in a county."""
    with Session(engine) as session:
        county = session.get_one(County, code)
        began = time.perf_counter()
        find(session, county=county, on=on)
        return time.perf_counter() - began


def each_standing(engine: Engine, code: str, standards: list[Standard], on: date) -> float:
    """Milliseconds of the processor and the database for one station's standing; best of five."""

    def once() -> float:
        with Session(engine) as session:
            county, began = session.get_one(County, code), time.perf_counter()
            found = standings(session, county=county, on=on, standards=standards, seen_by=EVERYBODY)
            return (time.perf_counter() - began) * 1000 / len(found)

    return min(once() for _ in range(5))


def main() -> None:
    """Build the province, print each figure beside its ceiling, keep the plans of what was hot."""
    now, today = clock.now(), beijing_day(clock.now())
    yesterday = today - timedelta(days=1)
    standards = list(standards_in(ROOT / "standards"))
    with databases.postgres() as url, tempfile.TemporaryDirectory() as home:
        engine = open_engine(url)
        began = time.perf_counter()
        code = build(engine, today, now)
        rows = fill(engine, today)
        with Session(engine) as session:
            stations = session.scalar(sa.select(sa.func.count()).select_from(Station)) or 0
            own = session.scalar(
                sa.select(sa.func.count()).select_from(Station).where(Station.county == code)
            )
            townships = session.scalar(
                sa.select(sa.func.count(Station.township_code.distinct())).where(
                    Station.county == code
                )
            )
        assert townships
        print(
            f"{stations} stations, {rows} check-ins and counts of {DAYS} days, made in "
            f"{time.perf_counter() - began:.0f} s; the largest county has {own} stations",
            flush=True,
        )
        with questions(engine) as asked:
            _figure(
                "a night's snapshot of every county", nights(engine, standards, yesterday), NIGHT_S
            )
            _figure(
                "  the night after, when little has changed",
                nights(engine, standards, today),
                NIGHT_S,
            )
            _figure(
                "a month's report, figures and papers",
                report(engine, code, standards, today),
                REPORT_S,
            )
            odd = flags(engine, code, today)
            print(f"  everything odd in the largest county: {odd:.2f} s at night")
            _figure("  a township's share of it", odd / townships, FLAGS_S)
        client = office(Path(home), url)
        with client.application.app_context(), questions(db.engine) as pages:
            times, *_ = taken(client, "/desk/overview", RUNS)
        _figure("the dashboard, p95", times[-2] / 1000, PAGE_MS / 1000)
        before = each_standing(engine, code, standards, today)
        many = multiply(engine)
        after = each_standing(engine, code, standards, today)
        _figure(
            f"a standing among {many}: {after:.2f} ms, {before:.2f} among {stations}; ratio",
            after / before, FLAT,
        )  # fmt: skip
        for statement, one in pages.items():
            asked.setdefault(statement, one)
        keep_plans(engine, asked, stations=stations, rows=rows)
        engine.dispose()


def _figure(what: str, found: float, most: float) -> None:
    verdict = "kept" if found <= most else "NOT kept"
    print(f"  {what:62} {found:8.2f}   ≤ {most:g}: {verdict}", flush=True)


def keep_plans(engine: Engine, asked: dict[str, Question], *, stations: int, rows: int) -> None:
    """Write down the plans of the ten that took longest; say which read a large table whole."""
    hot = sorted(asked.values(), key=lambda one: one.took_s, reverse=True)[:10]
    parts = []
    with engine.connect() as connection:
        for number, one in enumerate(hot, 1):
            plan = plan_of(connection, one, run=True)
            text = " ".join(one.statement.split())
            text = text if len(text) < 1500 else f"{text[:700]} … {text[-700:]}"
            parts.append(
                f"## {number}. {one.times} times, {one.took_s:.2f} s\n\n"
                f"```sql\n{text}\n```\n\n```\n" + "\n".join(plan[:60]) + "\n```\n"
            )
        filled = set(connection.scalars(sa.text(FILLED)))  # an empty one is rightly read whole
        every = [
            (name, one)
            for one in asked.values()
            for name in whole_tables(plan_of(connection, one))
            if name in filled
        ]
    print(f"  of {len(asked)} statements {len(every)} read a large table from end to end")
    for name, one in every:
        print(f"    {name}: {' '.join(one.statement.split())[:200]}")
    PLANS.write_text(
        "# The ten hottest questions of a province\n\n"
        f"`python -m bench province`, {clock.today().isoformat()}, PostgreSQL on "
        f"{os.cpu_count()} cores: {stations} stations, {rows} check-ins and counts of a year. "
        "Plans as they went. `tests/test_scale.py` holds every question of these works "
        "to an index of its own.\n\n" + "\n".join(parts),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
