"""The house is replaced under load, as an update does: who asks meanwhile waits, nobody is refused."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from server.settings import ROOT
from server.supervisor import listen
from tests.drills import real_phone
from tests.drills.house import PATIENCE_S, Installation, status_of
from tests.drills.ledger import differences
from tests.drills.processes import wait_until
from tests.drills.real_phone import RealPhone

pytestmark = [pytest.mark.drill, pytest.mark.timeout(300)]
UPDATES = 2
# As systemd starts a service whose port it holds: sd_listen_fds(3).
BEGIN = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3);"
    "os.environ |= {'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': '1'};"
    "os.execv(sys.executable, [sys.executable, '-m', 'server', 'run'])"
)


class Manager:
    """A service manager that holds the port of a house and starts it."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.door: socket.socket = listen("127.0.0.1", 0)
        self.address: tuple[str, int] = self.door.getsockname()
        self.house = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        with (self.installation.home.parent / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", BEGIN, str(self.door.fileno())],
                cwd=ROOT, env=self.installation.env(), stdout=log, stderr=log,
                pass_fds=[self.door.fileno()],
            )  # fmt: skip

    def restart(self) -> None:
        """Stop in good order, then start again."""
        self.house.terminate()
        assert self.house.wait(PATIENCE_S) == 0
        self.house = self._start()


class Counting(RealPhone):
    """A phone that counts requests, and those that nobody answered well."""

    asked, unanswered = 0, 0

    def _http(self, method: str, path: str, body: str, sha256: str) -> str:
        said = super()._http(method, path, body, sha256)
        self.asked += 1
        self.unanswered += not said.startswith('{"status": 20')
        return said


def test_an_update_loses_no_request(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_phone, "WAIT_S", PATIENCE_S)  # a busy machine starts slowly
    installation = Installation(tmp_path / "home", template=sqlite_template)
    manager = Manager(installation)
    over = threading.Event()
    phones: list[Counting] = []

    def keep_sending(which: int) -> None:
        token, person_id, station_id = installation.keepers[which]
        phone = Counting(manager.address, token, person_id, station_id, f"C000{which + 1}")
        phones.append(phone)
        turn = 0
        while not over.is_set() or phone.held():
            turn += 1
            phone.note(20_000) if turn % 3 == 0 else phone.count(turn)
            phone.sync()

    threads = [threading.Thread(target=keep_sending, args=(n,)) for n in range(2)]
    try:
        wait_until(
            lambda: status_of(manager.address, "/healthz") == 200, PATIENCE_S, "the house answers"
        )
        for thread in threads:
            thread.start()
        for _ in range(UPDATES):
            before = [phone.asked for phone in phones]
            manager.restart()
            wait_until(
                lambda before=before: len(phones) == 2
                and all(p.asked > n + 5 for p, n in zip(phones, before or [0, 0], strict=True)),
                PATIENCE_S, "both phones are served by the new house",
            )  # fmt: skip
        over.set()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert [phone.unanswered for phone in phones] == [0, 0]
        assert not any(phone.held() for phone in phones)
        kept = [phone.kept for phone in phones]
    finally:
        over.set()
        manager.house.terminate()
        manager.house.wait(PATIENCE_S)
        installation.kill_all()
        manager.door.close()
    assert differences(installation.engine, installation.blobs, kept) == []
    installation.engine.dispose()
