"""The mini program on a WeChat of our own: QuickJS, and a net that leads to the real application.

No Node, no browser, no template engine of WeChat's: `fake_wx.js` is the `wx` of the documentation,
`wxml.js` reads the templates, `native.js` is what Page and App come to.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import quickjs
from flask.testing import FlaskClient

from server.http import clock
from server.settings import ROOT
from tests.app.quick import as_function

HERE = Path(__file__).parent
ROOM = ROOT / "miniapp"
GIVEN = (
    "wx, Page, App, getApp, getCurrentPages, setTimeout, clearTimeout, setInterval, clearInterval, "
    "Date, console"
)
FAKES = (
    "world.js",
    "files.js",
    "wire.js",
    "sound.js",
    "fake_wx.js",
    "wxml.js",
    "looking.js",
    "native.js",
)
SOON_MS = 3000
Http = Callable[[str], str]


def program(root: Path = ROOM) -> tuple[dict[str, str], dict[str, str]]:
    """The program's modules by path without ending, and its templates and settings by path."""
    scripts = {
        path.relative_to(root).with_suffix("").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.js"))
    }
    texts = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((*root.rglob("*.wxml"), *root.rglob("*.json")))
    }
    return scripts, texts


def http_of(client: FlaskClient) -> Http:
    """A request as the fakes write it, put to the application: {method, path, headers, hex}."""

    def ask(text: str) -> str:
        request = json.loads(text)
        answer = client.open(
            request["path"],
            method=request["method"],
            headers=request["headers"],
            data=bytes.fromhex(request["hex"]),
        )
        return json.dumps(
            {
                "status": answer.status_code,
                "headers": dict(answer.headers.items()),
                "hex": answer.get_data().hex(),
            }
        )

    return ask


class Machine:
    """A JavaScript engine with a world in it; `run` awaits a script and returns its value."""

    def __init__(self, http: Http, scripts: dict[str, str], given: str) -> None:
        self.context = quickjs.Context()
        self.context.set_max_stack_size(8 * 1024 * 1024)
        self.context.add_callable("hostHttp", http)
        functions = ",".join(
            f"{json.dumps(name)}: {as_function(name, source, given)}"
            for name, source in scripts.items()
        )
        self.context.eval(f"globalThis.SCRIPTS = {{{functions}}};")

    def load(self, *names: str) -> None:
        """Files beside this one, one after another."""
        for name in names:
            self.context.eval((HERE / name).read_text(encoding="utf-8"))

    def begin(self) -> None:
        """Make the world, by the house's clock."""
        self.context.eval(
            f"globalThis.world = makeWorld(); world.wall_ms = {clock.now().timestamp() * 1000:.0f};"
        )

    def _jobs(self) -> None:
        while self.context.execute_pending_job():
            pass

    def settle(self, ms: int = SOON_MS) -> None:
        """Let so much time pass; what is due in it happens."""
        self._jobs()
        until = self.context.eval(f"globalThis.until = world.steady_ms + {ms}; until")
        while self.context.eval("world.step(until)"):
            self._jobs()
        self.context.eval(f"world.steady_ms = Math.max(world.steady_ms, {until});")
        self._no_faults()

    def _no_faults(self) -> None:
        faults = json.loads(self.context.eval("JSON.stringify(world.faults.splice(0))"))
        assert not faults, "\n".join(faults)

    def run(self, script: str, *, may_die: bool = False, ms: int = SOON_MS) -> Any:
        """What an async function with this body returns, as Python data.

        With `may_die` the phone may end the program meanwhile: then nothing comes back.
        """
        self.context.eval(
            "globalThis.answer = undefined; globalThis.failure = undefined;"
            f"(async () => {{ {script} }})().then("
            "v => { answer = JSON.stringify(v === undefined ? null : v); },"
            "e => { failure = String(e) + '\\n' + (e && e.stack); });"
        )
        run = self.context.eval("world.run")
        self.settle(ms)
        if may_die and self.context.eval("world.run") != run:
            return None
        failure = self.context.get("failure")
        assert failure is None, failure
        answer = self.context.get("answer")
        assert answer is not None, "the script never came to an end"
        return json.loads(answer)


class WeChat(Machine):
    """A phone with WeChat on it, in which our mini program can be started."""

    def __init__(self, http: Http, root: Path = ROOM) -> None:
        scripts, texts = program(root)
        super().__init__(http, scripts, GIVEN)
        self.context.eval(f"globalThis.TEXTS = {json.dumps(texts)};")
        self.load(*FAKES)
        self.begin()
        self.context.eval(
            "globalThis.disk = newDisk(); globalThis.hand = newHand();"
            "globalThis.weixin = makeWeixin(world, disk, hand);"
        )

    def launch(self, url: str = "") -> str:
        """Start the program, cold; what the first page says once it has settled."""
        self.run(f"weixin.launch({json.dumps(url)})")
        return self.words()

    def open(self, url: str) -> str:
        """Open one page by itself, as a link from a message would."""
        self.run(f"weixin.open({json.dumps(url)})")
        return self.words()

    def words(self) -> str:
        """All that the page on top says."""
        return str(self.run("weixin.draw(); return weixin.words()"))

    def page(self) -> str:
        """The page on top, as app.json names it."""
        return str(self.run("return weixin.page().route"))

    def tap(self, words: str) -> str:
        """Tap what says this; what the page on top says then."""
        self.run(f"weixin.touch(weixin.saying({json.dumps(words)}), 'tap')")
        return self.words()

    def fill(self, field: str, value: str) -> None:
        """Write into the field with this label, placeholder or id."""
        self.run(
            f"weixin.touch(weixin.field({json.dumps(field)}), 'input', "
            f"{{ value: {json.dumps(value)} }})"
        )
