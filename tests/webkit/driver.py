"""Drives WebKitGTK by the W3C WebDriver protocol: as much of it as a smoke run needs."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests import patience

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
NEEDED = ("WebKitWebDriver", "xvfb-run")


def missing() -> list[str]:
    """What this machine lacks of what the run needs."""
    return [name for name in NEEDED if shutil.which(name) is None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Browser:
    """One window of WebKitGTK."""

    def __init__(self, base: str) -> None:
        self._base = base
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {}}})
        self._session = f"/session/{made['sessionId']}"
        self._ask("POST", f"{self._session}/timeouts", {"script": 30_000})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._base + path,
            data=data,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def goto(self, url: str) -> None:
        self._ask("POST", f"{self._session}/url", {"url": url})

    def reload(self) -> None:
        self._ask("POST", f"{self._session}/refresh", {})

    def run(self, body: str) -> Any:
        """What this function body returns; promises are waited for."""
        script = f"const done = arguments[0]; (async () => {{ {body} }})().then(done, (e) => done('failed: ' + e))"
        return self._ask("POST", f"{self._session}/execute/async", {"script": script, "args": []})

    def wait(self, body: str, seconds: float = 40) -> Any:
        """Until this gives something true."""
        began = time.monotonic()
        while not (found := self.run(body)):
            assert not patience.is_over(began, seconds), f"never came true: {body}\n{self.text()}"
            time.sleep(0.2)
        return found

    def text(self) -> str:
        """What the screen says."""
        said: str = self.run("return document.body.innerText")
        return said

    def reads(self, words: str) -> None:
        """Wait until the screen says this."""
        self.wait(f"return document.body.innerText.includes({json.dumps(words)})")

    def type(self, css: str, text: str) -> None:
        """Put this text into a field, key by key."""
        self.wait(f"return Boolean(document.querySelector({json.dumps(css)}))")
        found = self._ask(
            "POST", f"{self._session}/element", {"using": "css selector", "value": css}
        )
        self._ask("POST", f"{self._session}/element/{found[ELEMENT]}/clear", {})
        self._ask("POST", f"{self._session}/element/{found[ELEMENT]}/value", {"text": text})

    def press(self, words: str) -> None:
        """Press the button that says this."""
        button = (
            "[...document.querySelectorAll('button, a')]"
            f".find((one) => one.innerText.trim() === {json.dumps(words)} && !one.disabled)"
        )
        self.wait(f"return Boolean({button})")
        self.run(f"{button}.click(); return true")

    def close(self) -> None:
        self._ask("DELETE", self._session)


@contextmanager
def webkit(folder: str) -> Iterator[Browser]:
    """A WebKitGTK with a home of its own, on a screen that nobody sees."""
    port = free_port()
    process = subprocess.Popen(
        ["xvfb-run", "-a", "WebKitWebDriver", f"--port={port}"],
        env=os.environ
        | {
            "HOME": folder,
            "XDG_DATA_HOME": f"{folder}/data",
            "XDG_CACHE_HOME": f"{folder}/cache",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # containers allow it none
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            "LANG": "C.UTF-8",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        began = time.monotonic()
        while not listening(port):
            assert not patience.is_over(began, 30), "WebKitWebDriver did not start"
            time.sleep(0.2)
        browser = Browser(f"http://127.0.0.1:{port}")
        yield browser
        browser.close()
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)
