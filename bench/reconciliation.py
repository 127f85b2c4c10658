"""How long the reconciliation of a month of 西平县's 267 stations takes, beside bare SELECTs."""

import os
import random
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.county_at_work import county_at_work, operator_says
from bench.measure import bare, middle, selects
from server.db import open_engine
from server.models.person import Person, Role
from server.services.common.queues import Asked
from server.services.days.reconciliation import reconciled_month
from server.services.days.reconciliation_queue import reconciliation_queue
from server.services.demo.month import live_the_month
from server.services.people.scope import EVERYBODY
from tests.factories import TEXT_KEYS

CODE = "411721"
ON = date(2023, 12, 1)  # thirty days back is the whole of November
NOW = datetime(2023, 12, 1, 2, tzinfo=UTC)
MONTH = date(2023, 11, 1)
TARGET_S = 5.0
RUNS = 5


def build(url: str) -> None:
    """西平县 with its plan's stations, a month of counts, and its operator's totals of them."""
    rng = random.Random(1)
    with county_at_work(url, code=CODE, on=ON, now=NOW, rng=rng) as (session, cast):
        live_the_month(session, cast, on=ON, rng=rng)
        operator_says(session, county=CODE, month_on=MONTH, until=ON, rng=rng)


def main() -> None:
    """Print what holding both sides against each other takes, and the same SELECTs alone."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        build(url)
        engine = open_engine(url, TEXT_KEYS)
        with Session(engine) as session:

            def reconcile() -> Any:
                session.expunge_all()
                return reconciled_month(
                    session, county=CODE, month_on=MONTH, today=ON, seen_by=EVERYBODY
                )

            with selects(engine) as asked:
                month = reconcile()
            tally = month.tally
            taken = middle(reconcile, RUNS).processor
            office = session.scalars(
                sa.select(Person).where(Person.county == CODE, Person.role == Role.COUNTY_OFFICE)
            ).first()
            queue = (
                middle(lambda: reconciliation_queue(session, Asked(office, NOW)), RUNS).processor
                if office
                else 0.0
            )
            alone = middle(bare(session, asked), RUNS).processor
        engine.dispose()
    print(
        f"{len(month.stations)} stations, {tally.days} station-days, {tally.open} to decide, "
        f"{len(asked)} queries; middle of {RUNS} in processor s"
    )
    for what, seconds in (
        ("both sides held against each other", taken),
        ("the first page's count of what waits", queue),
        ("ceiling: the same SELECTs, bare sqlite3", alone),
    ):
        print(f"  {what:44} {seconds:7.3f}")
    verdict = "kept" if taken <= TARGET_S else "NOT kept"
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"  target ≤ {TARGET_S:.0f} s: {verdict} (load per core now {load:.1f})")


if __name__ == "__main__":
    main()
