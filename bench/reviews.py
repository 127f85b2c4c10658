"""How many photos an hour a person can judge: the machine's part of it, beside a bare fetch."""

import itertools
import os
import statistics
import tempfile
import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from bench.phone_rounds import RING, Quiet
from server.db import open_engine
from server.http.desk_cookie import DESK_COOKIE
from server.media.blobs import FolderStore
from server.models.person import Role, SignInKind
from server.models.reading import ReviewDecision
from server.schema import upgrade
from server.settings import Settings
from tests.factories import (
    TEXT_KEYS,
    make_county,
    make_person,
    make_sign_in,
    make_station,
    make_township,
)
from tests.reviews import ask_sign, make_photo
from tools.chromium import chromium_path
from tools.sign_photos import sign_photos
from wsgi import create_app

QUESTIONS, PICTURES = 300, 12
AT_ONCE, AT_LEISURE, LEISURE_MS = 150, 25, 1500
WANTED_AN_HOUR = 300
TARGET_MS = 500
# From the key until the next question stands there with its picture drawn.
ANSWER = """async (key) => {
  const before = document.querySelector("#review").dataset.id;
  const began = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  while (document.querySelector("#review").dataset.id === before) {
    await new Promise(requestAnimationFrame);
  }
  const picture = document.querySelector("#review image, #review img");
  if (picture) await picture.decode();
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
BARE = """async (address) => {
  const began = performance.now();
  await (await fetch(address)).text();
  return performance.now() - began;
}"""


def build(session: Session, blobs: FolderStore) -> str:
    """静乐县 with 300 questions about a dozen pictures; gives the office's token."""
    county = make_county(session)
    township = make_township(session, county)
    office = make_person(session, county, "县办", Role.COUNTY_OFFICE)
    keeper = make_person(session, county)
    pictures = list(sign_photos(PICTURES, hours_share=0))
    for one in pictures:
        blobs.put(one.content)
    for number, one in zip(range(QUESTIONS), itertools.cycle(pictures), strict=False):
        station = make_station(
            session,
            county,
            f"C{number + 1:04d}",
            f"第{number + 1}村快递便民服务点",
            township_code=township.code,
        )
        photo = make_photo(session, station, content=one.content, person_id=keeper.id)
        ask_sign(
            session,
            station,
            photo,
            name=("differs", one.label["name"]),
            number=("matches", station.code or ""),
            minutes=number,
            size=(one.label["width"], one.label["height"]),
        )
    token = make_sign_in(session, office, SignInKind.DESK).token
    session.commit()
    return token


def measure(page: Page, url: str) -> None:
    """Answer as fast as the page lets one, then at a person's pace."""
    page.goto(f"{url}/desk/reviews")
    page.wait_for_selector("#review[data-id]")
    page.wait_for_load_state("networkidle")
    bare = [page.evaluate(BARE, f"{url}/desk/static/icon.svg") for _ in range(30)]
    keys = itertools.cycle("1231121")
    at_once = [page.evaluate(ANSWER, next(keys)) for _ in range(AT_ONCE)]
    at_leisure = []
    for _ in range(AT_LEISURE):
        page.wait_for_timeout(LEISURE_MS)
        at_leisure.append(page.evaluate(ANSWER, next(keys)))
    page.wait_for_load_state("networkidle")
    load = os.getloadavg()[0]
    for name, times in (
        ("bare round trip of a file", bare),
        ("answers without a pause", at_once),
        (f"an answer every {LEISURE_MS / 1000:.1f} s", at_leisure),
    ):
        middle = statistics.median(times)
        print(
            f"{name:26} median {middle:6.0f} ms, worst of 20 {_worst(times):6.0f} ms,"
            f" load {load:.1f}"
        )
    ours = statistics.median(at_once)
    print(
        f"key to next picture drawn {ours:.0f} ms (target {TARGET_MS}):"
        f" {3_600_000 / ours:,.0f} an hour by the machine alone;"
        f" at {WANTED_AN_HOUR} an hour a person has {3600 / WANTED_AN_HOUR - ours / 1000:.1f} s"
        f" of every {3600 / WANTED_AN_HOUR:.0f} s"
    )


def _worst(times: list[float]) -> float:
    """Which one of twenty is not faster than."""
    return sorted(times)[int(len(times) * 0.95)]


def main() -> None:
    """Measure in Chromium against one server process on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        settings = Settings(
            home=Path(folder),
            database_url=url,
            base_url="http://127.0.0.1",
            plaque_keys=RING,
            secret_key="bench",
            text_keys=TEXT_KEYS,
        )
        engine = open_engine(url, TEXT_KEYS)
        upgrade(engine)
        with Session(engine) as session:
            token = build(session, FolderStore(settings.photos))
        app = create_app(settings)
        app.config["LOG_REQUESTS"] = False
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium_path(), args=["--no-sandbox"]
            )
            context = browser.new_context(viewport={"width": 1366, "height": 768})
            cookie: Any = {"name": DESK_COOKIE, "value": token, "url": address}
            context.add_cookies([cookie])
            context.set_default_timeout(60_000)
            measure(context.new_page(), address)
            browser.close()
        with Session(engine) as session:
            kept = session.scalar(sa.select(sa.func.count()).select_from(ReviewDecision))
        print(f"{kept} of {AT_ONCE + AT_LEISURE} answers kept")
        engine.dispose()
        server.shutdown()
        server.server_close()
