"""How long a county's round takes the server, and how much an inspector has to carry."""

import gzip
import hashlib
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.media.demo_photos import SUBJECTS, demo_photo
from server.models.inspection import Campaign, Visit
from server.models.phone_event import EventKind, PhoneEvent, Photo, PhotoState
from server.models.station import Station
from server.papers.round_report import round_pdf
from server.papers.round_sheet import round_xlsx
from server.policy.rounds.sampling import SampleKind
from server.policy.standard.standards import standards_in
from server.services.common.phone_items import InspectionEntry, PhoneItem
from server.services.intake.sync import receive
from server.services.people.scope import EVERYBODY
from server.services.rounds.campaigns import open_campaign
from server.services.rounds.contents import live_content, reported_content
from server.services.rounds.figures import round_figures
from server.services.rounds.reports import report_round
from server.services.rounds.visits import visit_views
from server.settings import ROOT, Settings
from tests import databases
from tests.api.rounds import SIGNATURE, taps
from tests.factories import (
    RING,
    TEXT_KEYS,
    make_county,
    make_keeping,
    make_operator,
    make_person,
    make_sign,
    make_sign_in,
    make_station,
    make_township,
)

STATIONS, PACKED = 251, 30
PACKAGE_LIMIT = 1_500_000


class Row(NamedTuple):
    """One line of the table; the last two columns are the ceiling and its name."""

    what: str
    value: str
    note: str


def best_of(times: int, work: Callable[[], object]) -> float:
    """The shortest of several runs: the machine is shared."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


class County:
    """西平县 with 251 stations, thirty of them in one township with seven photos each."""

    def __init__(self, session: Session, blobs: FolderStore) -> None:
        from server.models.person import Role

        self.county = make_county(
            session, "411721", "西平县", province="河南省", standard_id="shanxi-2023-trial"
        )
        first = make_township(session, "411721", "411721100", "柏城镇")
        rest = make_township(session, "411721", "411721101", "五沟营镇")
        operator = make_operator(session, "411721")
        self.office = make_person(session, "411721", "县办", Role.COUNTY_OFFICE)
        self.inspector = make_person(session, "411721", "王督导", Role.INSPECTOR)
        self.keeper = make_person(session, "411721", "众站长")
        self.stations = [
            make_station(
                session, "411721", f"C{turn + 1:04d}", f"第{turn + 1}村快递便民服务点",
                township_code=(first if turn < PACKED else rest).code, operator_id=operator.id,
            )
            for turn in range(STATIONS)
        ]  # fmt: skip
        for station in self.stations:
            make_keeping(session, self.keeper, station)
            make_sign(session, station)
        for station in self.stations[:PACKED]:
            self._photos(session, blobs, station)
        self.township = first
        session.commit()

    def _photos(self, session: Session, blobs: FolderStore, station: Station) -> None:
        now = clock.now()
        event = PhoneEvent(
            id=uuid4(), kind=EventKind.PHOTO_NOTE, county="411721", station_id=station.id,
            person_id=self.keeper.id, device_id="p", payload={}, content_sha256="0" * 64,
            result="ok", day_on=clock.today(), occurred_at=now, time_verified=True, device_at=now,
            received_at=now,
        )  # fmt: skip
        session.add(event)
        session.flush()
        for subject in SUBJECTS:
            content = demo_photo(subject, station.name, station.code or "", "8:00-18:00", 1)
            key = blobs.put(content)
            session.add(
                Photo(
                    id=uuid4(), county="411721", station_id=station.id, person_id=self.keeper.id,
                    event_id=event.id, subject=subject, state=PhotoState.KEPT, sha256=key,
                    size_bytes=len(content), taken_at=now, time_verified=True,
                    day_on=clock.today(), arrived_at=now,
                )
            )  # fmt: skip


@contextmanager
def house() -> Any:
    """An app on a fresh SQLite database in a folder that goes away."""
    from wsgi import create_app

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = f"sqlite:///{home / 'bench.db'}"
        engine = databases.migrated(url)
        settings = Settings(
            home=home, database_url=url, base_url="https://kd.example.cn", plaque_keys=RING,
            secret_key="bench", text_keys=TEXT_KEYS,
        )  # fmt: skip
        app = create_app(settings)
        app.config["LOG_REQUESTS"] = False
        app.extensions["blobs"].begin()
        with Session(engine, expire_on_commit=False) as session:
            yield app, session, app.extensions["blobs"]
        engine.dispose()


def items_of(session: Session, campaign: Campaign) -> list[PhoneItem]:
    """Every station's visit; every fifth has no shelves."""
    at = clock.now() - timedelta(hours=3)
    visits = session.execute(
        select(Visit, Station)
        .join(Station, Station.id == Visit.station_id)
        .where(Visit.campaign_id == campaign.id)
    ).all()
    return [
        PhoneItem(
            id=UUID(hashlib.md5(str(visit.id).encode()).hexdigest()),
            station_id=station.id,
            device_at=at,
            clock_offset_ms=0,
            entry=InspectionEntry(
                arrived_at=at - timedelta(minutes=20),
                finished_at=at,
                method="typed",
                text=station.code or "",
                outcome="signed",
                visit_id=visit.id,
                answers=taps(station, ["A3-42b"] if turn % 5 == 0 else []),
                inspector_signature=SIGNATURE,
                keeper_signature=SIGNATURE,
            ),
        )
        for turn, (visit, station) in enumerate(visits)
    ]


def run() -> list[Row]:
    """List, package, receipt and report of one round."""
    with house() as (app, session, blobs):
        return _measured(app, session, blobs)


def _measured(app: Flask, session: Session, blobs: FolderStore) -> list[Row]:
    county = County(session, blobs)
    standards = standards_in(ROOT / "standards")
    today = clock.today()
    campaign = open_campaign(
        session, county=county.county, period=today.strftime("%Y-%m"), name="督导",
        opens_on=today, due_on=today + timedelta(days=20), sample=SampleKind.ALL,
        by=county.office, now=clock.now(), standards=standards,
        assignments=dict.fromkeys(("411721100", "411721101"), county.inspector.id),
    )  # fmt: skip
    headers = make_sign_in(session, county.inspector).headers
    session.commit()
    client = app.test_client()

    def get(path: str) -> bytes:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, answer.data[:300]
        content: bytes = answer.data
        return content

    package = f"/api/v1/rounds/{campaign.id}/package?township={county.township.code}"
    began = time.perf_counter()
    packed = get(package)
    first = time.perf_counter() - began
    again = best_of(3, lambda: get(package))
    carried = json.loads(packed)
    pictures = sum(len(text) * 3 // 4 for text in carried["thumbs"].values())
    squeezed = len(gzip.compress(packed, 5))
    listing = get("/api/v1/rounds/mine")
    items = items_of(session, campaign)
    session.commit()
    began = time.perf_counter()
    for start in range(0, len(items), 20):
        answers = receive(
            session, person=county.inspector, device_id="bench", client_now=clock.now(),
            items=items[start : start + 20], now=clock.now(), ring=RING, standards=standards,
        )  # fmt: skip
        assert {one.result for one in answers} == {"ok"}, answers
        session.commit()
    received = time.perf_counter() - began
    whole: dict[str, Any] = {"campaign": campaign, "on": today, "seen_by": EVERYBODY}
    counted = best_of(2, lambda: round_figures(session, **whole))
    views = best_of(3, lambda: visit_views(session, **whole))
    sheet = best_of(2, lambda: round_xlsx(live_content(session, **whole)))
    paper = best_of(2, lambda: round_pdf(live_content(session, **whole)))
    began = time.perf_counter()
    made = report_round(
        session, campaign=campaign, reported_to="bench", by=county.inspector, now=clock.now()
    )
    freezing = time.perf_counter() - began
    size = len(json.dumps(made.figures)) / 1e3
    frozen = best_of(
        2,
        lambda: [
            make(reported_content(session, made=made, campaign=campaign, seen_by=EVERYBODY))
            for make in (round_xlsx, round_pdf)
        ],
    )
    return [
        Row(
            f"package, {PACKED} stations, {len(carried['thumbs'])} pictures",
            f"{squeezed / 1e6:.2f} MB",
            f"limit {PACKAGE_LIMIT / 1e6:.1f} MB as sent; pictures alone {pictures / 1e6:.2f} MB",
        ),
        Row("package, uncompressed", f"{len(packed) / 1e6:.2f} MB", "kept on the phone"),
        Row("package, first time", f"{first:.2f} s", "makes the small pictures"),
        Row("package, again", f"{again:.2f} s", ""),
        Row(
            f"list of {STATIONS} stations",
            f"{best_of(3, lambda: get('/api/v1/rounds/mine')):.2f} s",
            f"{len(listing) / 1e3:.0f} kB, {len(gzip.compress(listing)) / 1e3:.0f} kB squeezed",
        ),
        Row(
            f"{STATIONS} inspections received",
            f"{received:.1f} s",
            f"{received / STATIONS * 1000:.0f} ms each, SQLite, synchronous",
        ),
        Row("coverage", f"{views * 1000:.0f} ms", f"{STATIONS} stations, two queries"),
        Row("figures", f"{counted * 1000:.0f} ms", "read from what is frozen"),
        Row("report as XLSX", f"{sheet:.2f} s", "seven sheets"),
        Row("report as PDF", f"{paper:.2f} s", "target of both together: 5 s"),
        Row("reported: frozen", f"{freezing:.2f} s", f"{size:.0f} kB"),
        Row("reported: XLSX and PDF", f"{frozen:.2f} s", "from what was frozen alone; target 5 s"),
    ]


def main() -> None:
    """Print the table with the machine it came from."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for row in run():
        print(f"{row.what:42}{row.value:>10}  {row.note}")


if __name__ == "__main__":
    main()
