"""How long a phone takes to open a round's list of 251 stations, at a quarter of the speed."""

import os
import statistics
import tempfile
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from server.db import open_engine
from server.http import clock
from server.models.person import Role
from server.policy.rounds.sampling import SampleKind
from server.policy.standard.standards import standards_in
from server.schema import upgrade
from server.services.rounds.campaigns import open_campaign
from server.settings import ROOT, Settings
from tests.factories import (
    TEXT_KEYS,
    make_bind_code,
    make_county,
    make_operator,
    make_person,
    make_sign,
    make_station,
    make_township,
)
from tools.chromium import chromium_path
from wsgi import create_app

STATIONS, TOWNSHIPS = 251, 16
TARGET_MS = 1500
RUNS = 5
RING = (("bench", bytes.fromhex("5a" * 32)),)
CODE = "BENCH234"
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
SHOWN = "document.querySelectorAll('.visit').length"
ROWS = f"() => {SHOWN} === {STATIONS}"
FIRST = f"() => {SHOWN} > 0"


class Quiet(WSGIRequestHandler):
    """Serves without a line for every file."""

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


def build(session: Session) -> None:
    """西平县's 251 points, all for one inspector, each with its plate."""
    county = make_county(session, "411721", "西平县", standard_id="shanxi-2023-trial")
    townships = [
        make_township(session, county, f"411721{100 + n}", f"第{n + 1}乡") for n in range(TOWNSHIPS)
    ]
    operator = make_operator(session, county)
    office = make_person(session, county, "县办", Role.COUNTY_OFFICE)
    inspector = make_person(session, county, "王督导", Role.INSPECTOR)
    for n in range(STATIONS):
        station = make_station(
            session,
            county,
            f"C{n + 1:04d}",
            f"第{n + 1}村快递便民服务点",
            township_code=townships[n % TOWNSHIPS].code,
            operator_id=operator.id,
        )
        make_sign(session, station)
    open_campaign(
        session,
        county=county,
        period="2026-11",
        name="11月督导",
        opens_on=clock.today() - timedelta(days=1),
        due_on=clock.today() + timedelta(days=10),
        sample=SampleKind.ALL,
        by=office,
        now=clock.now(),
        standards=standards_in(ROOT / "standards"),
        assignments={one.code: inspector.id for one in townships},
    )
    make_bind_code(session, inspector, CODE, clock.now() - timedelta(hours=1))
    session.commit()


def opened(page: Page, until: str = ROWS) -> float:
    """Ms from the start of the navigation until the rows are painted, all or the first screen."""
    page.reload(wait_until="commit")
    page.wait_for_function(until)
    ms: float = page.evaluate(
        """() => new Promise((give) =>
            requestAnimationFrame(() => setTimeout(() => give(performance.now()))))"""
    )
    page.wait_for_function(ROWS)
    return ms


def first_seen(page: Page) -> float:
    """Ms until the first screen of rows is painted."""
    return opened(page, FIRST)


def tab_opened(page: Page) -> float:
    """Ms from the tap on 督导 until all rows are painted, the app being open."""
    page.evaluate("() => { location.hash = '#/me'; }")
    page.wait_for_selector(".sizes")
    ms: float = page.evaluate(
        f"""() => new Promise((give) => {{ const began = performance.now(); location.hash = '#/';
        const look = () => {SHOWN} === {STATIONS}
            ? requestAnimationFrame(() => setTimeout(() => give(performance.now() - began)))
            : requestAnimationFrame(look);
        look(); }})"""
    )
    return ms


def measure(url: str) -> None:
    """Bind, fill the caches, then open again and again with the processor slowed down."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        context = browser.new_context(base_url=url, **PHONE)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(f"/app/#/bind/{CODE[:4]}-{CODE[4:]}")
        page.get_by_role("button", name="就是我，进去").click()
        page.get_by_role("button", name="好，开始用").click()
        page.wait_for_function(ROWS)
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_timeout(4000)
        session = context.new_cdp_session(page)
        for rate in (1, 4):
            session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
            for name, work in (
                ("started anew, first rows", first_seen),
                ("started anew, all rows", opened),
                ("tab pressed, all rows", tab_opened),
            ):
                times = [work(page) for _ in range(RUNS)]
                goal = f" (target {TARGET_MS})" if rate == 4 else ""
                print(  # others may be at work on this machine: the load says how much
                    f"{STATIONS} stations, {name:24} {rate}x:"
                    f" median {statistics.median(times):6.0f} ms, best {min(times):6.0f} ms,"
                    f" load {os.getloadavg()[0]:.1f}{goal}"
                )
        browser.close()


def main() -> None:
    """Measure beside one unthrottled run of the same pages."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        engine = open_engine(url, TEXT_KEYS)
        upgrade(engine)
        with Session(engine) as session:
            build(session)
        engine.dispose()
        app = create_app(
            Settings(
                home=Path(folder),
                database_url=url,
                base_url="http://127.0.0.1",
                plaque_keys=RING,
                secret_key="bench",
                text_keys=TEXT_KEYS,
            )
        )
        app.config["LOG_REQUESTS"] = False
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        measure(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        server.server_close()
