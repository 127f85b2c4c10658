"""What 山西 costs on PostgreSQL: every village a station, a year of days; night, pages, report.

The rows are made inside the database, each like one that people sent. `python -m bench province`
does all of it in a folder that it deletes (some 25 GB of disk). `python -m bench.province FOLDER
STEP…` keeps the cluster there, so that each of its steps may be measured again by itself.
"""

import json
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from bench.desk_pages import office, taken
from bench.monthly_reports import content_of
from bench.province_days import divide, fill, multiply, nights_undone
from bench.province_plans import keep_plans
from bench.province_rows import DAYS, build
from bench.query_plans import Question, questions
from server.calendar import beijing_day, first_of_month
from server.collector import let_rest
from server.db import open_engine, writing
from server.http import clock
from server.http.database import db
from server.models.county import AREA, County
from server.models.station import Station
from server.papers.monthly_report import KINDS, monthly_file
from server.papers.monthly_words import Stamp, report_words
from server.policy.plan.reports import Section
from server.policy.standard.standards import standards_in
from server.services.people.scope import EVERYBODY
from server.services.programme.snapshots import keep, look
from server.services.reporting.figures import report_figures
from server.services.signals.questions import find, raise_new
from server.services.standing.standing import standings
from server.settings import ROOT
from tests import databases
from tests.factories import TEXT_KEYS

RUNS = 20
NIGHT_S, PAGE_MS, REPORT_S, FLAGS_S, FLAT = 600, 500, 60, 1.0, 1.25
SERVER = "-c shared_buffers=2GB -c max_wal_size=8GB"
"""Beyond what PostgreSQL has by itself; every commit waits for the disk."""
LOADING = f"{SERVER} {databases.UNSAFE} -c wal_level=minimal -c max_wal_senders=0"
STANDARDS = list(standards_in(ROOT / "standards"))


@dataclass(frozen=True)
class Made:
    """What was built: the largest county, its stations and largest township, the day, the rows."""

    county: str
    own: int
    township: str
    of_township: int
    today: str
    stations: int
    rows: int

    @property
    def on(self) -> date:
        """The day on which it stands."""
        return date.fromisoformat(self.today)


def load(engine: Engine, _folder: Path) -> Made:
    """Build the province; how large it is."""
    began, today = time.perf_counter(), beijing_day(clock.now())
    code = build(engine, today, clock.now())
    rows = fill(engine, today)
    with Session(engine) as session:
        number = sa.func.count().label("number")
        townships = session.execute(
            sa.select(Station.township_code, number)
            .where(Station.county == code)
            .group_by(Station.township_code)
            .order_by(number.desc(), Station.township_code)
        ).all()
        stations = session.scalar(sa.select(sa.func.count()).select_from(Station)) or 0
    township, of_township = townships[0]
    assert township is not None
    made = Made(
        code, sum(one.number for one in townships), township, of_township, today.isoformat(),
        stations, rows,
    )  # fmt: skip
    print(
        f"{stations} stations, {rows} check-ins and counts of {DAYS} days, made in "
        f"{time.perf_counter() - began:.0f} s; the largest county has {made.own} stations",
        flush=True,
    )
    return made


def snapshot(engine: Engine, made: Made, _folder: Path) -> None:
    """Every county's night, and the night after."""
    nights_undone(engine, made.on)
    _figure(
        "a night's snapshot of every county", _nights(engine, made.on - timedelta(days=1)), NIGHT_S
    )
    _figure("  the night after, when little has changed", _nights(engine, made.on), NIGHT_S)


def _nights(engine: Engine, on: date) -> float:
    began, now = time.perf_counter(), clock.now()
    with Session(engine) as session:
        codes = list(
            session.scalars(
                sa.select(County.code).where(County.divisions_source != AREA).order_by(County.code)
            )
        )
    for code in codes:
        with Session(engine) as session:
            county = session.get_one(County, code)
            seen = look(session, county=county, on=on, now=now, standards=STANDARDS)
        with writing(engine) as session:
            keep(session, seen, now=now)
    return time.perf_counter() - began


def report(engine: Engine, made: Made, _folder: Path) -> None:
    """A month's figures of the largest county and their three papers."""
    began, month = time.perf_counter(), first_of_month(made.on - timedelta(days=31))
    with Session(engine) as session:
        figures = report_figures(
            session, county=session.get_one(County, made.county), standards=STANDARDS,
            sections=tuple(Section), month_on=month, on=made.on, today=made.on,
        )  # fmt: skip
    words = report_words(content_of(figures), Stamp("", "0" * 64, clock.now()))
    for kind in KINDS:
        monthly_file(words, kind)
    _figure("a month's report, figures and papers", time.perf_counter() - began, REPORT_S)


def flags(engine: Engine, made: Made, _folder: Path) -> None:
    """What is odd in the largest township of the largest county, and in the whole county."""
    let_rest()  # as the worker does
    with Session(engine) as session:
        county = session.get_one(County, made.county)
        times = []
        for _ in range(5):
            began = time.perf_counter()
            find(session, county=county, on=made.on, township_code=made.township)
            times.append(time.perf_counter() - began)
        _figure(
            f"what is odd in one township, {made.of_township} stations, worst of 5",
            max(times), FLAGS_S,
        )  # fmt: skip
        began = time.perf_counter()
        found = find(session, county=county, on=made.on)
        took = time.perf_counter() - began
        print(f"  {'  in the whole county, at night':62} {took:8.2f}")
    with writing(engine) as session:  # so that the page has what it has after a night
        raise_new(session, found=found, now=clock.now())


def dashboard(engine: Engine, made: Made, folder: Path) -> None:
    """The pages of the largest county's office, and of the province above."""
    url = engine.url.render_as_string(hide_password=False)
    for login, path in (
        ("bench", "/desk/overview"), ("bench", "/desk/hall"), ("bench", "/desk/months"),
        ("bench", f"/desk/signals?state=all&township={made.township}"), ("above", "/desk/counties"),
    ):  # fmt: skip
        with tempfile.TemporaryDirectory(dir=folder) as home:
            client = office(Path(home), url, login)
            with client.application.app_context(), questions(db.engine) as asked:
                times, spent, *_ = taken(client, path, RUNS)
            _remember(folder, asked)
        _figure(
            f"{path}, p95 (middle {times[len(times) // 2]:.0f} ms, processor {spent:.0f})",
            times[-2] / 1000, PAGE_MS / 1000,
        )  # fmt: skip


def standing(engine: Engine, made: Made, _folder: Path) -> None:
    """A station's standing among as many as it is, and among as many as the country has."""
    before = _each(engine, made)
    many = multiply(engine)
    try:
        after = _each(engine, made)
    finally:
        divide(engine)
    _figure(
        f"a standing among {many}: {after:.2f} ms, {before:.2f} among {made.stations}; ratio",
        after / before, FLAT,
    )  # fmt: skip


def _each(engine: Engine, made: Made) -> float:
    """Milliseconds for one station's standing, with the database's; best of five looks."""

    def once() -> float:
        with Session(engine) as session:
            county, began = session.get_one(County, made.county), time.perf_counter()
            found = standings(
                session, county=county, on=made.on, standards=STANDARDS, seen_by=EVERYBODY
            )
            return (time.perf_counter() - began) * 1000 / len(found)

    return min(once() for _ in range(5))


def plans(engine: Engine, made: Made, folder: Path) -> None:
    """Write down the plans of the ten that took longest in the steps before."""
    asked = _remembered(folder)
    if asked:
        keep_plans(engine, asked, stations=made.stations, rows=made.rows)


Step = Callable[[Engine, Made, Path], None]
STEPS: Mapping[str, Step] = {
    "snapshot": snapshot, "report": report, "flags": flags, "dashboard": dashboard,
    "standing": standing, "plans": plans,
}  # fmt: skip


def run(folder: Path, steps: list[str]) -> None:
    """Do these steps on the cluster in a folder; `load` makes it."""
    facts = folder / "made.json"
    with _server(folder, LOADING if "load" in steps else SERVER) as engine:
        if "load" in steps:
            made = load(engine, folder)
            facts.write_text(json.dumps(asdict(made)), encoding="utf-8")
    steps = [one for one in steps if one != "load"]
    made = Made(**json.loads(facts.read_text(encoding="utf-8")))
    with _server(folder, SERVER) as engine:
        for name in steps:
            with questions(engine) as asked:
                STEPS[name](engine, made, folder)
            if name != "plans":
                _remember(folder, asked)


@contextmanager
def _server(folder: Path, options: str) -> Iterator[Engine]:
    with databases.standing_postgres(folder, options) as url:
        engine = open_engine(url, TEXT_KEYS)
        try:
            yield engine
        finally:
            engine.dispose()


def _remembered(folder: Path) -> dict[str, Question]:
    kept = folder / "asked.pickle"
    found: dict[str, Question] = pickle.loads(kept.read_bytes()) if kept.exists() else {}
    return found


def _remember(folder: Path, asked: Mapping[str, Question]) -> None:
    """What was asked, for the step `plans`; what was asked again counts as it was last."""
    known = _remembered(folder)
    known.update(asked)
    (folder / "asked.pickle").write_bytes(pickle.dumps(known))


def _figure(what: str, found: float, most: float) -> None:
    verdict = "kept" if found <= most else "NOT kept"
    print(f"  {what:62} {found:8.2f}   ≤ {most:g}: {verdict}", flush=True)


def main() -> None:
    """All of it, in a folder that is deleted; each figure beside its ceiling."""
    with tempfile.TemporaryDirectory(prefix="czt-province-") as folder:
        Path(folder).chmod(0o755)
        run(Path(folder), ["load", *STEPS])


if __name__ == "__main__":
    kept, *wanted = sys.argv[1:]
    print(f"load {os.getloadavg()[0]:.1f}")
    run(Path(kept), wanted)
