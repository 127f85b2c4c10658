"""A villager's old phone: drives Chromium 72, 79 or 92 over its own pipe, as fingers and eyes would.

Playwright and its kind speak to new browsers only; the few calls needed here are older than 72.
"""

import base64
import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from tests import patience
from tools.old_phones import old_chromium

FLAGS = [
    *("--headless", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--disable-background-networking", "--disable-sync", "--mute-audio"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--lang=zh-CN"),
    "--remote-debugging-pipe",
]
SCREEN = {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": True}
PLACE = {"latitude": 38.3559, "longitude": 111.9404, "accuracy": 25}
AGENT = (
    "Mozilla/5.0 (Linux; Android 9; JKM-AL00b) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/{}.0.0.0 Mobile Safari/537.36"
)
PATIENCE_S = 30
# What eyes and fingers need; run in the page, so written for the oldest of them.
HANDS = """
const seen = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== 'hidden';
const said = (one) => (one.innerText || one.getAttribute('aria-label') || '').trim();
const things = (css, words) => Array.from(document.querySelectorAll(css)).filter((one) => seen(one) && said(one).includes(words));
const place = (one) => { one.scrollIntoView({ block: 'center' }); const at = one.getBoundingClientRect(); return { x: at.left + at.width / 2, y: at.top + at.height / 2 }; };
"""


class OldPhone:
    """One phone; its storage lies in `folder` and outlives the browser."""

    def __init__(self, version: int, folder: Path, *, film: Path | None = None) -> None:
        self.version, self.errors = version, list[str]()
        to_phone, orders = os.pipe()
        answers, from_phone = os.pipe()
        camera = [f"--use-file-for-fake-video-capture={film}"] if film else []
        self._process = subprocess.Popen(
            [
                *("bash", "-c", f'exec "$@" 3<&{to_phone} 4>&{from_phone}', "phone"),
                *(str(old_chromium(version)), *FLAGS, *camera),
                *(f"--user-data-dir={folder}", "about:blank"),
            ],
            pass_fds=(to_phone, from_phone),
            env=os.environ | {"TZ": "Asia/Shanghai"},
            stderr=subprocess.DEVNULL,
        )
        os.close(to_phone)
        os.close(from_phone)
        self._orders, self._answers = orders, answers
        self._number, self._heard, self._session = 0, b"", ""
        self._begin()

    def _begin(self) -> None:
        def page() -> str | None:
            pages = self.ask("Target.getTargets")["targetInfos"]
            return next((one["targetId"] for one in pages if one["type"] == "page"), None)

        target = self._until(page, "a page")
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "DOM", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setDeviceMetricsOverride", **SCREEN)
        self.ask("Emulation.setTouchEmulationEnabled", enabled=True)
        self.ask("Emulation.setGeolocationOverride", **PLACE)
        self.ask("Network.setUserAgentOverride", userAgent=AGENT.format(self.version))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the battery out: only what has been written is kept."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
            os.close(self._orders)
            os.close(self._answers)

    # The pipe

    def ask(self, method: str, **what: Any) -> Any:
        """One order and its answer; what happens meanwhile is looked through for errors."""
        number = self._send(method, what)
        while True:
            heard = self._next()
            if heard.get("id") == number:
                assert "error" not in heard, (method, heard["error"])
                return heard["result"]
            self._note(heard)

    def _send(self, method: str, what: dict[str, Any]) -> int:
        self._number += 1
        order = {"id": self._number, "method": method, "params": what}
        if self._session:
            order["sessionId"] = self._session
        os.write(self._orders, json.dumps(order).encode() + b"\0")
        return self._number

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._heard:
            ready, _, _ = select.select([self._answers], [], [], patience.seconds(2 * PATIENCE_S))
            piece = os.read(self._answers, 1 << 20) if ready else b""
            assert piece, "the old browser has fallen silent"
            self._heard += piece
        message, _, self._heard = self._heard.partition(b"\0")
        heard: dict[str, Any] = json.loads(message)
        return heard

    def _note(self, heard: dict[str, Any]) -> None:
        if heard.get("method") == "Runtime.exceptionThrown":
            details = heard["params"]["exceptionDetails"]
            thrown = details.get("exception", {}).get("description", "")
            self.errors.append(f"{details['text']} {thrown} {details.get('url', '')}")

    def _until(self, what: Any, saying: str, seconds: float = PATIENCE_S) -> Any:
        began = time.monotonic()
        while not (found := what()):
            assert not patience.is_over(began, seconds), (
                f"{saying}: not within {seconds} s; {self.errors}"
            )
            time.sleep(0.05)
        return found

    # Eyes and fingers

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page; promises are waited for."""
        answer = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def hands(self, script: str) -> Any:
        """The same, with eyes and fingers at hand."""
        return self.evaluate(f"(() => {{ {HANDS} return {script}; }})()")

    def before_every_page(self, script: str) -> None:
        """Run this before a page's own scripts."""
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=script)

    def calls_itself(self, agent: str) -> None:
        """Say another name to servers and pages."""
        self.ask("Network.setUserAgentOverride", userAgent=agent)

    def open(self, url: str) -> None:
        """Type an address."""
        self.ask("Page.navigate", url=url)

    def see(self, words: str, seconds: float = PATIENCE_S) -> None:
        """Wait until these words can be read."""

        def there() -> bool:
            return bool(self.hands(f"document.body && said(document.body).includes({_js(words)})"))

        try:
            self._until(there, words, seconds)
        except AssertionError as error:
            shown = self.hands("said(document.body)")
            raise AssertionError(f"{error}; the screen says: {shown[:600]}") from error

    def sees(self, words: str) -> bool:
        """Whether these words can be read now."""
        return bool(self.hands(f"said(document.body).includes({_js(words)})"))

    def tap(self, words: str, css: str = "button, a, label, summary") -> None:
        """Put a finger on what says this, once it can be seen and lets itself be tapped."""
        look = f"things({_js(css)}, {_js(words)}).filter((one) => !one.disabled).map(place)[0]"
        at = self._until(lambda: self.hands(look), f"to tap: {words}")
        for kind, points in (("touchStart", [at]), ("touchEnd", [])):
            self.ask("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def type_into(self, css: str, text: str) -> None:
        """Type into a field, over whatever stands in it."""
        field = f"document.querySelector({_js(css)})"
        self._until(lambda: self.evaluate(f"Boolean({field})"), css)
        self.evaluate(f"{field}.focus(), {field}.select()")
        self.ask("Input.insertText", text=text)

    def hand_over(self, file: Path, css: str = "input[type=file]") -> None:
        """What the phone's camera does after the shutter: give the page a file."""
        self._until(lambda: self.evaluate(f"Boolean(document.querySelector({_js(css)}))"), css)
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        node = self.ask("DOM.querySelector", nodeId=root, selector=css)["nodeId"]
        self.ask("DOM.setFileInputFiles", files=[str(file)], nodeId=node)

    def wait_for(self, promise: str, seconds: float = PATIENCE_S) -> None:
        """Until this expression, asked again and again, gives something true."""
        self._until(lambda: self.evaluate(promise), promise, seconds)

    def picture(self, path: Path) -> None:
        """Take a picture of the screen."""
        shot = self.ask("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))


def _js(text: str) -> str:
    return json.dumps(text)
