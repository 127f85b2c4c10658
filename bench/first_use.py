"""What the first use takes on a thin line: bind screen, home, and ready without a net."""

import os
import tempfile
import time
from collections.abc import Callable

from playwright.sync_api import Page, sync_playwright

from bench.phone_budget import PHONE, SLOWER, house
from bench.thin_line import ThinLine
from tools.chromium import chromium_path

BIND_KB, HOME_KB, READY_KB = 70, 100, 300
READY = """() => new Promise((give) => {
    if (!navigator.serviceWorker.controller) { give(false); return; }
    const ear = new MessageChannel();
    ear.port1.onmessage = (said) => give(said.data);
    navigator.serviceWorker.controller.postMessage('ready?', [ear.port2]);
    setTimeout(give, 1000, false); })"""


def measured(base: str, code: str) -> list[tuple[str, float, float, float, int]]:
    """For each stage its name, seconds since the beginning, KB down, KB up, and the limit."""
    stages = []
    with ThinLine(base) as line, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        context = browser.new_context(**PHONE)
        page = context.new_page()
        page.set_default_timeout(120_000)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        began = time.monotonic()

        def stage(name: str, limit: int) -> None:
            took = time.monotonic() - began
            stages.append((name, took, line.down / 1024, line.up / 1024, limit))

        page.goto(f"{line.url}/app/#/bind/{code}", wait_until="commit")
        page.get_by_role("button", name="就是我，进去").wait_for()
        stage("bind screen", BIND_KB)
        page.get_by_role("button", name="就是我，进去").click()
        page.get_by_role("button", name="好，开始用").click()
        page.wait_for_selector(".today .row")
        stage("home", HOME_KB)
        until(lambda: bool(page.evaluate(READY)), page)
        stage("ready for a day without a net", READY_KB)
        browser.close()
    return stages


def until(true: Callable[[], bool], page: Page) -> None:
    """Look again every quarter of a second, two minutes at most."""
    for _ in range(480):
        if true():
            return
        page.wait_for_timeout(250)
    raise SystemExit("the app never became ready for a day without a net")


def main() -> None:
    """Start the house, measure once (what is counted does not vary), stop it."""
    with tempfile.TemporaryDirectory() as home:
        process, base, code = house(home)
        try:
            stages = measured(base, code)
        finally:
            process.terminate()
            process.communicate()
    print(f"400 kbit/s, 200 ms, 2 % lost, {SLOWER}x slower (load {os.getloadavg()[0]:.1f})")
    print(f"{'from an empty phone to':34}{'seconds':>9}{'KB down':>9}{'KB up':>7}  limit")
    for name, took, down, up, limit in stages:
        print(f"{name:34}{took:9.1f}{down:9.1f}{up:7.1f}  {limit} KB")


if __name__ == "__main__":
    main()
