"""The house as a county's technician starts it: real commands, real processes, its own folder."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.db import open_engine
from server.settings import ROOT
from tests import patience
from tests.factories import TEXT_KEYS


class House:
    """One installation in a folder: `command` runs `python -m server …`, `open` starts it."""

    def __init__(self, home: Path, **settings: str) -> None:
        home.mkdir()
        self.home, self.url = home, ""
        self._running: subprocess.Popen[bytes] | None = None
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CZT_")}
        keys = {"CZT_TEXT_KEYS": TEXT_KEYS[0].hex()}
        self._env = kept | keys | settings | {"CZT_HOME": str(home)}
        self._said, self._log = home / "said.txt", home / "log.txt"
        self.engine = open_engine(f"sqlite:///{home / 'cunzhantong.db'}", TEXT_KEYS)

    def command(self, *words: str) -> str:
        """What a command prints; one that fails ends the test with what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "server", *words],
            cwd=ROOT,
            env=self._env,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience.seconds(180),
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def open(self, *words: str) -> str:
        """Start web and worker on a free port; gives what the terminal shows once it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        with self._said.open("wb") as said, self._log.open("wb") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "server", "run", "--port", str(port), *words],
                cwd=ROOT,
                env=self._env,
                stdout=said,
                stderr=log,
            )
        told: str = wait_for(self._welcome, 240, "the terminal says where to go")
        wait_for(self._answers, 60, "the house answers")
        return told

    def _welcome(self) -> str:
        assert self._running is not None
        assert self._running.poll() is None, self._log.read_text(encoding="utf-8")
        told = self._said.read_text(encoding="utf-8")
        return told if "Ctrl+C" in told else ""

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=30) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def rows(self, noun: Any) -> list[Any]:
        """Every row of a kind, as the database has it at this moment."""
        with Session(self.engine, expire_on_commit=False) as session:
            return list(session.query(noun).all())

    def bytes_of(self, sha256: str) -> bytes:
        """The photo kept under this hash."""
        (path,) = (self.home / "photos").rglob(f"*{sha256}")
        return path.read_bytes()

    def close(self) -> None:
        """Stop as Ctrl-C does; nothing stays."""
        self.engine.dispose()
        if self._running is None:
            return
        self._running.terminate()
        try:
            self._running.wait(30)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()


def wait_for(what: Callable[[], Any], within_s: float, saying: str) -> Any:
    """Look again and again until something is true, and give it; fail with `saying` otherwise."""
    began = time.monotonic()
    while not (found := what()):
        if patience.is_over(began, within_s):
            pytest.fail(f"not within {within_s} s of a calm machine: {saying}")
        time.sleep(0.1)
    return found
