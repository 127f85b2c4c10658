"""A page of 100 of 10,000 events as other systems read it, and all 10,000 as CSV."""

import json
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.exports import CODE, NOW, build
from bench.measure import middle, selects
from server.collector import let_rest
from server.db import open_engine, writing
from server.http import clock
from server.media.blobs import FolderStore
from server.models.open_data import ExportForm
from server.models.person import Person, Role
from server.papers.open_export import make_export
from server.services.opendata.exports import ask_for_export
from server.services.opendata.reading import Wanted
from server.services.opendata.tables import EVENTS
from server.services.opendata.tokens import issue_token
from server.settings import settings_from
from tests.factories import TEXT_KEYS
from wsgi import create_app

MANY, PAGE, RUNS = 10_000, 100, 20
PAGE_MS, CSV_MS = 10.0, 250.0


def main() -> None:
    """Print both beside the same rows from the bare driver."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        build(url, MANY)
        app = create_app(settings_from({"CZT_HOME": folder, "CZT_DATABASE_URL": url}))
        app.config["LOG_REQUESTS"] = False
        let_rest()
        engine, client = open_engine(url, TEXT_KEYS), app.test_client()
        with writing(engine) as session:
            office = session.scalars(
                sa.select(Person).where(Person.county == CODE, Person.role == Role.COUNTY_OFFICE)
            ).first()
            assert office is not None
            _, token = issue_token(
                session, by=office, system="大数据平台", holder="大数据局", kinds=["events"],
                township_code=None, operator_id=None, until_on=clock.today(), now=clock.now(),
            )  # fmt: skip
        headers = {"Authorization": f"Bearer {token}"}

        def page() -> Any:
            found = client.get(f"/api/open/v1/events?limit={PAGE}", headers=headers)
            assert found.status_code == 200, found.json
            return found

        assert len(page().json["rows"]) == PAGE
        with app.app_context():
            own = app.extensions["sqlalchemy"].engine
        with selects(own) as asked:
            page()
        taken = middle(page, RUNS).processor * 1000
        blobs = FolderStore(Path(folder) / "photos")

        def made() -> None:
            with writing(engine) as session:
                who = session.get_one(Person, office.id)
                row = ask_for_export(
                    session, by=who, kind="events", form=ExportForm.CSV, wanted=Wanted(), now=NOW
                )
                session.flush()
                number = row.id
            file = make_export(engine, blobs, number, now=NOW)
            assert file is not None
            assert file.lines == MANY
            with Session(engine) as session:
                session.execute(sa.text("DELETE FROM open_exports"))
                session.commit()

        csv_ms = middle(made, 7).processor * 1000
        statement = str(
            sa.select(*EVENTS.stored).select_from(EVENTS.source).order_by(*EVENTS.key)
            .where(EVENTS.county == CODE).compile(engine, compile_kwargs={"literal_binds": True})
        )  # fmt: skip
        with sqlite3.connect(Path(folder) / "bench.db") as raw:
            alone = middle(lambda: json.dumps(raw.execute(statement).fetchall()), 7)
        engine.dispose()
        for what, ms, most in (("page", taken, PAGE_MS), ("CSV", csv_ms, CSV_MS)):
            late = "" if ms <= most else "  LATE"
            print(f"  {what:6}{ms:8.1f} ms of processor (≤ {most:.0f}){late}")
        print(
            f"  the page asks {len(asked)} SELECTs; ceiling of the CSV: the same rows by bare "
            f"sqlite3 as JSON {alone.processor * 1000:.1f}; load per core now "
            f"{os.getloadavg()[0] / (os.cpu_count() or 1):.1f}"
        )


if __name__ == "__main__":
    main()
