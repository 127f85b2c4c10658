"""What an office's table costs: looked at, imported, taken back, and how long others must wait."""

import os
import random
import tempfile
import time
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from bench.county_at_work import county_at_work
from server.db import begin_write, open_engine
from server.models.county import County
from server.policy.standard.standards import standards_in
from server.services.registry.sheet_columns import COLUMNS, FLAGS
from server.services.registry.sheet_imports import enter_import, plan_import
from server.services.registry.sheet_undo import undo_import
from server.services.registry.sheets import export_csv
from tests.factories import TEXT_KEYS

NOW, TODAY = datetime(2023, 7, 5, 6, 30, tzinfo=UTC), date(2023, 7, 5)
COUNTY = "411721"
WHOLE_S, LOCK_S = 5.0, 1.0


def table(session: Session, county: County) -> bytes:
    """The county's own export, with every line telling something new of its station."""
    told = {
        "head_name": "王小明",
        "head_phone": "13903500001",
        "address": "村委会旁",
        "hours": "8:00-18:00",
        "floor_area_m2": "12",
        **dict.fromkeys(FLAGS, "有"),
    }
    head, *lines = export_csv(session, county=county).decode("utf-8-sig").splitlines()
    made = [head]
    for line in lines:
        cells = line.split(",")
        made.append(",".join(told.get(column.key, cells[at]) for at, column in enumerate(COLUMNS)))
    return "\n".join(made).encode()


def main() -> None:
    """A county of 267 stations, all of them changed in twelve columns."""
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite:///{home}/bench.db"
        rng = random.Random(1)
        with county_at_work(url, code=COUNTY, on=TODAY, now=NOW, rng=rng):
            pass
        engine = open_engine(url, TEXT_KEYS)
        with Session(engine) as session:
            county = session.get_one(County, COUNTY)
            content, standards = table(session, county), standards_in()
            start = time.perf_counter()
            plan = plan_import(session, county=county, content=content, filename="a.csv", now=NOW)
            planned = time.perf_counter() - start
            session.rollback()
            locked = time.perf_counter()
            begin_write(session)
            county = session.get_one(County, COUNTY)
            made = enter_import(
                session, plan, county=county, by=None, now=NOW, on=TODAY, standards=standards
            )
            session.commit()
            held = time.perf_counter() - locked
            undoing = time.perf_counter()
            begin_write(session)
            undo_import(session, made, by=None, now=NOW, standards=standards)
            session.commit()
            undone = time.perf_counter() - undoing
        engine.dispose()
    rows = len(plan.rows)
    print(f"{rows} rows, {plan.count('changed')} changed (load {os.getloadavg()[0]:.1f})")
    whole = 2 * planned + held
    print(f"{'looked at, looked at again, imported':46}{whole:8.2f} s  target {WHOLE_S}")
    print(f"{'of that, the database held':46}{held:8.2f} s  target {LOCK_S}")
    print(f"{'taken back, the database held':46}{undone:8.2f} s  target {LOCK_S}")
