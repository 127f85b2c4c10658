"""The phone web app's own state and platform in QuickJS, on a browser made for it, without screens."""

from server.settings import ROOT
from tests.miniapp.weixin import Http, Machine
from tools import native_pages

GIVEN = (
    "fetch, localStorage, AbortController, crypto, indexedDB, IDBKeyRange, navigator, document, "
    "window, performance, location, history, BroadcastChannel, setTimeout, clearTimeout, "
    "setInterval, clearInterval, Date, TextEncoder"
)
# Cells that only hold: nothing is drawn here.
SIGNALS = """
export function signal(value) { return { value }; }
export function computed(work) { return { get value() { return work(); } }; }
"""


def modules() -> dict[str, str]:
    """The web app's modules but for its screens, and the core, by path without ending."""
    files = [
        ROOT / "web" / "state.js",
        ROOT / "web" / "visits.js",
        *(ROOT / "web" / "platform").glob("*.js"),
        *(ROOT / "miniapp" / "core").rglob("*.js"),
    ]
    found = {
        path.relative_to(ROOT).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in files
    }
    return found | {"web/vendor/signals": SIGNALS}


class WebApp(Machine):
    """A browser in which the web app lives, as far as it is no screen."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, modules(), GIVEN)
        self.load("world.js")
        self.begin()
        text = native_pages.fetched("indexed-db.js").read_text(encoding="utf-8")
        self.context.eval(
            "globalThis.setTimeout = (work, ms) => world.later(world.run, work, ms);"
            f"globalThis.performance = {{ now: () => world.steady_ms }}; {text}; globalThis.FDB = FDB;"
        )
        self.load("browser.js")
        self.context.eval(
            "globalThis.drive = newDrive();globalThis.browser = makeBrowser(world, drive, SCRIPTS);"
        )
