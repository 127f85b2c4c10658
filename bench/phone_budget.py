"""What the app costs a weak phone: first load and start without a net, beside bare pages."""

import http.server
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from server.settings import ROOT
from tools.chromium import chromium_path

RUNS = 5
FIRST_LOAD_KB, USABLE_S, OFFLINE_S = 60, 4.0, 1.5
NET = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
BIND = re.compile(r"/app/#/bind/([0-9A-Z]{4}-[0-9A-Z]{4})")
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
SEEN = """(selector) => new Promise((give) => {
    const painted = () => requestAnimationFrame(() => setTimeout(() => give(performance.now())));
    const look = () => document.querySelector(selector) ? painted() : requestAnimationFrame(look);
    look(); })"""
SIZES = """() => ['resource', 'navigation'].flatMap((kind) => performance.getEntriesByType(kind))
    .map((one) => one.transferSize)"""


class Bare(http.server.BaseHTTPRequestHandler):
    """A page of one file: its address says how many bytes that nothing can make smaller."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a heading behind so many random letters."""
        wanted = int(re.sub(r"\D", "", self.path) or 0)
        filling = secrets.token_hex(wanted // 2).encode()
        content = b"<!doctype html><!--" + filling + b"--><h1 id=done>ready</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def weak(context: BrowserContext, page: Page) -> None:
    """400 kbit/s, 400 ms to and fro, a quarter of the speed."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NET)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def first_load(browser: Browser, url: str, selector: str) -> tuple[float, int, int]:
    """Seconds until `selector` is painted, bytes over the net until then, and requests."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.set_default_timeout(60_000)
    weak(context, page)
    page.goto(url, wait_until="commit")
    seconds = page.evaluate(SEEN, selector) / 1000
    sizes = page.evaluate(SIZES)
    context.close()
    return seconds, sum(sizes), len(sizes)


def offline_starts(browser: Browser, base: str, code: str) -> list[float]:
    """Seconds from tapping the icon to the day's list, the net being gone, several times."""
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{base}/app/#/bind/{code}")
    page.get_by_role("button", name="就是我，进去").click()
    page.get_by_role("button", name="好，开始用").click()
    page.wait_for_selector(".today .row")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(3000)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    context.set_offline(True)
    times = []
    for _ in range(RUNS):
        page.reload(wait_until="commit")
        times.append(page.evaluate(SEEN, ".today .row") / 1000)
    context.close()
    return times


def house(home: str) -> tuple[subprocess.Popen[bytes], str, str]:
    """The real house with its demonstration: process, address, 老李's code."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "run", "--port", "0", "--county", "140926", "--demo"],
        cwd=ROOT,
        env=os.environ | {"CZT_HOME": home},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    said = ""
    while "/desk/" not in said or not BIND.search(said):
        line = process.stdout.readline().decode()
        if not line:
            raise SystemExit("the house did not start; run: make run")
        said += line
    found = re.search(r"http://[0-9.:]+", said)
    code = BIND.search(said)
    assert found is not None
    assert code is not None
    return process, found[0], code[1]


def line(name: str, times: list[float], target: str) -> None:
    """One row: the middle and the best of several runs."""
    print(f"{name:46}{statistics.median(times):8.2f}{min(times):8.2f}  {target}")


def repeated(work: Callable[[], tuple[float, int, int]]) -> tuple[list[float], int, int]:
    """The same several times: all times, and bytes and requests of the last."""
    found = [work() for _ in range(RUNS)]
    return [one[0] for one in found], found[-1][1], found[-1][2]


def measure(playwright: Playwright, base: str, code: str) -> None:
    """Everything in one run of one browser, so that the figures may be compared."""
    browser = playwright.chromium.launch(
        executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"]
    )
    bare = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bare)
    threading.Thread(target=bare.serve_forever, daemon=True).start()
    empty = f"http://127.0.0.1:{bare.server_port}"
    app, size, requests = repeated(lambda: first_load(browser, f"{base}/app/", "#bind-form"))
    ceiling, _, _ = repeated(lambda: first_load(browser, f"{empty}/{size}", "#done"))
    blank, _, _ = repeated(lambda: first_load(browser, f"{empty}/0", "#done"))
    print(f"400 kbit/s, 400 ms, {SLOWER}x slower (load {os.getloadavg()[0]:.1f})")
    print(f"{'':46}{'median':>8}{'best':>8}  seconds")
    line(
        f"first load, {size / 1024:.1f} KB in {requests} requests",
        app,
        f"target {USABLE_S}, {FIRST_LOAD_KB} KB",
    )
    line("ceiling: one bare page of the same bytes", ceiling, "")
    line("ceiling: an empty page", blank, "")
    line("start without a net", offline_starts(browser, base, code), f"target {OFFLINE_S}")
    bare.shutdown()
    browser.close()


def main() -> None:
    """Start the house, measure, stop it."""
    with tempfile.TemporaryDirectory() as home:
        process, base, code = house(home)
        try:
            with sync_playwright() as playwright:
                measure(playwright, base, code)
        finally:
            process.terminate()
            process.communicate()


if __name__ == "__main__":
    main()
