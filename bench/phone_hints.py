"""What the phone app itself says of photos: its own code, in a real browser, as on a telephone."""

import atexit
import base64
import http.server
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from playwright.sync_api import Page, sync_playwright

from server.settings import ROOT
from tools.chromium import chromium_path

ASK = """async (told) => {
    const { shrink } = await import('/camera/shrink.js');
    const bytes = Uint8Array.from(atob(told), (one) => one.charCodeAt(0));
    const made = await shrink(new File([bytes], 'photo.jpg', { type: 'image/jpeg' }));
    return made.complaints;
}"""
PLACES = {"/camera/": ROOT / "web", "/core/": ROOT / "miniapp"}


class AppFiles(http.server.SimpleHTTPRequestHandler):
    """The app's modules under the addresses they import each other by."""

    def translate_path(self, path: str) -> str:
        """The file of a module; a page without anything for all else."""
        for prefix, folder in PLACES.items():
            if path.startswith(prefix) and path.endswith(".js") and ".." not in path:
                return str(folder / path[1:])
        return str(ROOT / "web" / "icons" / "icon.svg")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class PhoneEye:
    """Asks the app's code about photos."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def faults(self, photo: bytes) -> dict[str, bool]:
        """What the phone would tell its keeper about a photo of its camera."""
        said: dict[str, bool] = self.page.evaluate(ASK, base64.b64encode(photo).decode())
        return said

    def slowed(self, times: float) -> None:
        """Work as a processor does that is so many times slower."""
        self.page.context.new_cdp_session(self.page).send(
            "Emulation.setCPUThrottlingRate", {"rate": times}
        )


@contextmanager
def phone_eye() -> Iterator[PhoneEye]:
    """A browser with nothing in it but the app's code for looking at photos."""
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), AppFiles) as server,
        sync_playwright() as play,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = play.chromium.launch(executable_path=chromium_path())
        try:
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
            yield PhoneEye(page)
        finally:
            browser.close()
            server.shutdown()


@cache
def this_process_eye() -> PhoneEye:
    """One browser for as long as this process lives."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(phone_eye())
