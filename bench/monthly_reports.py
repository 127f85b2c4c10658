"""How long a unit's monthly report of 西平县's 267 stations takes, beside bare SELECTs of it."""

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
from server.papers.monthly_report import KINDS, monthly_file
from server.papers.monthly_words import Stamp, report_words
from server.policy.plan.report_frozen import ReportContent, ReportFigure
from server.policy.plan.reports import Part, Section
from server.policy.standard.standards import standards_in
from server.services.demo.days import say_all
from server.services.demo.month import live_the_month
from server.services.reporting.figures import report_figures
from server.settings import ROOT
from tests.factories import TEXT_KEYS

CODE = "411721"  # its plan asks for no report, but it has the stations
ON = date(2023, 11, 17)
NOW = datetime(2023, 11, 17, 2, tzinfo=UTC)
TARGET_S = 5.0
RUNS = 5
WORDS = "督促各乡镇把没有备案的村级点补上，下旬到两个乡镇看房子。" * 20


def build(url: str) -> None:
    """西平县 with its plan's stations, their words and a month of days."""
    rng = random.Random(1)
    with county_at_work(url, code=CODE, on=ON, now=NOW, rng=rng) as (session, cast):
        session.get_one(County, CODE).standard_id = "shanxi-2023-trial"
        say_all(session, cast, on=ON, rng=rng)
        live_the_month(session, cast, on=ON, rng=rng)


def content_of(figures: list[ReportFigure]) -> ReportContent:
    """A report with three full texts."""
    return {
        "county": "西平县", "unit": "西平县商务局", "unit_short": "商务局", "month": "2023-11",
        "version": 1, "on": ON.isoformat(), "due_on": "2023-11-18", "received_on": ON.isoformat(),
        "liaison": "某某", "by": "某某", "source": "", "because": "", "demo": True,
        "figures": figures,
        "parts": [
            {"key": one.value, "label": one.label, "text": WORDS, "blank": "", "blank_label": ""}
            for one in Part
        ],
    }  # fmt: skip


def main() -> None:
    """Print what the figures and the three papers take, and the same SELECTs alone."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        build(url)
        engine = open_engine(url, TEXT_KEYS)
        standards = standards_in(ROOT / "standards")
        with Session(engine) as session:
            county = session.get_one(County, CODE)

            def gather() -> list[ReportFigure]:
                return report_figures(
                    session,
                    county=county,
                    standards=standards,
                    sections=tuple(Section),
                    month_on=ON.replace(day=1),
                    on=ON,
                    today=ON,
                )

            with selects(engine) as asked:
                figures = gather()
            stations = next(one["of"] for one in figures if one["key"] == "met")
            words = report_words(content_of(figures), Stamp("", "0" * 64, NOW))
            numbers = middle(gather, RUNS).clock
            papers = middle(lambda: [monthly_file(words, kind) for kind in KINDS], RUNS).clock
            alone = middle(bare(session, asked), RUNS).clock
        engine.dispose()
    print(
        f"{stations} stations, {len(figures)} figures, {len(asked)} queries; middle of {RUNS} in s"
    )
    for what, taken in (
        ("figures", numbers),
        ("PDF, DOCX and XLSX", papers),
        ("ceiling: the figures' SELECTs, bare sqlite3", alone),
    ):
        print(f"  {what:44} {taken:7.3f}")
    verdict = "kept" if numbers + papers <= TARGET_S else "NOT kept"
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"  target ≤ {TARGET_S:.0f} s together: {verdict} (load per core now {load:.1f})")


if __name__ == "__main__":
    main()
