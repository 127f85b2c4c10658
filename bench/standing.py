"""How long the board of 静乐县's 64 stations takes, beside bare SELECTs and pure policy."""

import os
import random
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bench.county_at_work import county_at_work
from bench.measure import bare, middle, selects
from server.db import open_engine
from server.models.county import County
from server.policy.standard.examine import examine, standing_why, status
from server.policy.standard.standards import standards_for, standards_in
from server.services.county.counties import policy_options
from server.services.demo.days import say_all
from server.services.demo.month import live_the_month
from server.services.people.scope import EVERYBODY
from server.services.standing.facts import facts_of
from server.services.standing.standing import standings
from server.settings import ROOT
from tests.factories import TEXT_KEYS

CODE = "140926"
ON = date(2023, 11, 20)
NOW = datetime(2023, 11, 20, 2, tzinfo=UTC)
TARGET_MS = 50.0
RUNS = 30


def build(url: str) -> None:
    """静乐县 with its plan's 64 stations, their words and a month of days; no photos."""
    rng = random.Random(1)
    with county_at_work(url, code=CODE, on=ON, now=NOW, rng=rng) as (session, cast):
        say_all(session, cast, on=ON, rng=rng)
        live_the_month(session, cast, on=ON, rng=rng)


def main() -> None:
    """Print the board's time and queries, and what its halves alone take in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        build(url)
        engine = open_engine(url, TEXT_KEYS)
        standards = standards_in(ROOT / "standards")
        with Session(engine) as session:
            county = session.get_one(County, CODE)
            rules = standards_for(standards, ON, CODE, county.standard_id)
            with selects(engine) as asked:
                found = standings(
                    session, county=county, on=ON, standards=standards, seen_by=EVERYBODY
                )
            whole = middle(
                lambda: standings(
                    session, county=county, on=ON, standards=standards, seen_by=EVERYBODY
                ),
                RUNS,
            )
            options = policy_options(county)
            gathered = facts_of(session, county=county, on=ON, options=options, seen_by=EVERYBODY)

            def judge() -> None:
                for known in gathered:
                    findings = examine(rules, known.facts, ON)
                    status(findings)
                    standing_why(findings)

            policy = middle(judge, RUNS)
            alone = middle(bare(session, asked), RUNS)
        engine.dispose()
    print(
        f"{len(found)} stations, {len(asked)} queries; "
        f"middle of {RUNS} runs in ms: clock, processor"
    )
    for what, (clock, processor) in (
        ("standings, whole", whole),
        ("ceiling: the same SELECTs, bare sqlite3", alone),
        ("ceiling: pure policy", policy),
    ):
        print(f"  {what:42} {clock * 1000:7.1f} {processor * 1000:7.1f}")
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    verdict = "kept" if whole.clock * 1000 <= TARGET_MS else "NOT kept"
    print(f"  target ≤ {TARGET_MS:.0f} ms by the clock: {verdict} (load per core now {load:.1f})")


if __name__ == "__main__":
    main()
