"""How long a night's snapshot and the pace page's figures take, beside the bare rows they read."""

import random
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.county_at_work import county_at_work
from bench.measure import Asked, middle, selects
from server.db import open_engine, writing
from server.models.county import County
from server.models.snapshot import StationSnapshot
from server.models.station import Station
from server.policy.plan.indicators import IndicatorKey
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard, standards_in
from server.services.county.counties import townships
from server.services.demo.days import say_all
from server.services.people.scope import EVERYBODY
from server.services.programme.indicators import indicators_on
from server.services.programme.pace_steps import step_lines, target_lines
from server.services.programme.ranking import ranking, trend
from server.services.programme.snapshots import end_of, keep, look
from server.services.programme.targets import plan_on
from server.settings import ROOT
from tests.factories import TEXT_KEYS

CODE = "411721"
ON = date(2023, 7, 31)
NOW = datetime(2023, 7, 31, 2, tzinfo=UTC)
PAGE_TARGET_S = 5.0
MANY = 22_000
NIGHTS = 30
RUNS = 5


def build(url: str) -> None:
    """西平县 with its plan's stations and their words, held against 附件3."""
    rng = random.Random(1)
    with county_at_work(url, code=CODE, on=ON, now=NOW, rng=rng) as (session, cast):
        session.get_one(County, CODE).standard_id = "shanxi-2023-trial"
        say_all(session, cast, on=ON, rng=rng)


def multiply(url: str) -> None:
    """As many stations more as make 22,000, spread over the townships."""
    engine = open_engine(url, TEXT_KEYS)
    with writing(engine) as session:
        model = session.scalars(sa.select(Station).where(Station.village_code.is_not(None))).first()
        assert model is not None
        places = [one.code for one in townships(session, CODE)]
        known = session.scalar(sa.select(sa.func.count()).select_from(Station)) or 0
        columns = [one.name for one in Station.__table__.columns if one.name != "id"]
        like = {name: getattr(model, name) for name in columns}
        session.execute(
            sa.insert(Station),
            [
                like
                | {
                    "code": f"M{n:06}",
                    "name": f"第{n}村快递便民服务点",
                    "township_code": places[n % len(places)],
                    "village_code": None,
                }
                for n in range(MANY - known)
            ],
        )
    engine.dispose()


def one_night(url: str, on: date, standards: tuple[Standard, ...]) -> tuple[int, float, float]:
    """Stations, seconds of looking (no lock held), seconds of writing under the lock."""
    engine = open_engine(url, TEXT_KEYS)
    now = end_of(on) + timedelta(minutes=2)
    with Session(engine) as session:
        began = time.perf_counter()
        county = session.get_one(County, CODE)
        seen = look(session, county=county, on=on, now=now, standards=standards)
        looked = time.perf_counter() - began
    began = time.perf_counter()
    with writing(engine) as session:
        keep(session, seen, now=now)
    written = time.perf_counter() - began
    engine.dispose()
    return len(seen.rows), looked, written


def page(session: Session, on: date, now: datetime, standards: tuple[Standard, ...]) -> None:
    """What the pace page asks for: indicators, plan, ranking, thirteen months."""
    county = session.get_one(County, CODE)
    figures = indicators_on(
        session, county=county, on=on, now=now, standards=standards, seen_by=EVERYBODY
    )
    plan = plan_on(session, county, on)
    if plan is not None:
        target_lines(plan, figures)
        step_lines(session, county=county, plan=plan, figures=figures)
    ranking(
        session,
        figures.day,
        townships=townships(session, CODE),
        level=Level.VILLAGE_POINT,
        key=IndicatorKey.BUILT,
        seen_by=EVERYBODY,
    )
    trend(session, county=county, today=figures.day, seen_by=EVERYBODY)


def main() -> None:
    """Print a night of 267 and of 22,000 stations, and a page for a past day and for today."""
    standards = standards_in(ROOT / "standards")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        build(url)
        for back in range(NIGHTS, 0, -1):
            found, looked, written = one_night(url, ON - timedelta(days=back), standards)
        small = (looked + written) / found
        print(
            f"a night of {found} stations   {looked:6.2f} s looked, {written:.3f} s under the lock"
            f": {small * 1000:.2f} ms a station"
        )
        engine = open_engine(url, TEXT_KEYS)
        with Session(engine) as session:
            for word, on in (("a past day", ON - timedelta(days=3)), ("today", ON)):
                with selects(engine) as statements:
                    page(session, on, NOW, standards)
                whole = middle(
                    lambda on=on: page(session, on, NOW, standards),  # type: ignore[misc]
                    RUNS,
                ).clock

                def bare(statements: Asked = statements) -> None:
                    for statement, parameters in statements:
                        session.connection().exec_driver_sql(statement, parameters).fetchall()

                kept = "kept" if whole <= PAGE_TARGET_S else "NOT kept"
                print(
                    f"the page's figures, {word:10} {whole:6.2f} s   target under "
                    f"{PAGE_TARGET_S:.0f} s: {kept}; {len(statements)} queries\n"
                    f"  bare SELECTs              {middle(bare, RUNS).clock:6.2f} s"
                )
            rows = session.scalar(sa.select(sa.func.count()).select_from(StationSnapshot))
        print(f"  {NIGHTS} nights at rest made {rows} rows")
        engine.dispose()
        multiply(url)
        found, looked, written = one_night(url, ON, standards)
        large = (looked + written) / found
        print(
            f"a night of {found} stations {looked:6.2f} s looked, {written:.3f} s under the lock: "
            f"{large * 1000:.2f} ms a station, {large / small:.2f} of the small county's"
        )


if __name__ == "__main__":
    main()
