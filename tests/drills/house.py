"""Installations for drills: a county with two keepers, opened as its technician would."""

import os
import re
import secrets
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from server.cli.web import gunicorn_command
from server.db import open_engine
from server.http.database import db
from server.media.blobs import BlobStore, FolderStore
from server.models.person import SignInKind
from server.schema import upgrade
from server.settings import ROOT, settings_from
from server.supervisor import listen
from tests import patience
from tests.drills.processes import children_of, command_of, wait_until
from tests.drills.real_phone import RealPhone
from tests.factories import TEXT_KEYS, Cast, make_cast, make_sign_in
from wsgi import create_app

LONG = os.environ.get("DRILL") == "long"
PATIENCE_S = 600 if LONG else 90
"""How long to wait for what takes four seconds on a machine that does nothing else."""
MARK = "CZT_DRILL"
"""Every process of a drill carries this variable, so that strays can be told from others."""


def clean_environment() -> dict[str, str]:
    """Our environment without what some other installation may have set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CZT_")}
    return kept | {"CZT_TEXT_KEYS": TEXT_KEYS[0].hex()}


class Installation:
    """One installation in a folder, with 老李 and 小赵 signed in; `url` says which database.

    `template` is a migrated SQLite file, which saves the seconds of migrating; `more` adds to what
    stands in the county.
    """

    def __init__(
        self,
        home: Path,
        url: str | None = None,
        *,
        template: Path | None = None,
        more: Callable[[Session, Cast], None] | None = None,
    ) -> None:
        home.mkdir(exist_ok=True)
        self.home = home
        self.url = url or f"sqlite:///{home / 'cunzhantong.db'}"
        self.mark = secrets.token_hex(8)
        self.engine = open_engine(self.url, TEXT_KEYS)
        if template and self.engine.dialect.name == "sqlite":
            shutil.copy(template, str(self.engine.url.database))
        upgrade(self.engine)
        self.blobs: BlobStore = FolderStore(home / "photos")
        self.blobs.begin()
        with Session(self.engine) as session:
            cast = make_cast(session)
            self.keepers = [
                (make_sign_in(session, person, device_id=f"phone-{n}").token, person.id, station.id)
                for n, (person, station) in enumerate([(cast.li, cast.c1), (cast.zhao, cast.c2)])
            ]
            self.office = make_sign_in(session, cast.office, SignInKind.DESK).token
            if more is not None:
                more(session, cast)
            session.commit()

    def env(self, **more: str) -> dict[str, str]:
        """The environment of this installation's processes."""
        own = {"CZT_HOME": str(self.home), "CZT_DATABASE_URL": self.url, MARK: self.mark}
        return clean_environment() | own | more

    def token(self, keeper: int) -> str:
        """What the first or the second keeper's phone says who it is by."""
        return self.keepers[keeper][0]

    def phone(self, keeper: int, address: tuple[str, int]) -> RealPhone:
        """A phone of the first or the second keeper, to be used in the calling thread only."""
        token, person_id, station_id = self.keepers[keeper]
        return RealPhone(address, token, person_id, station_id, f"C000{keeper + 1}")

    def processes(self) -> list[int]:
        """All living processes of this installation, whoever their parents are."""
        wanted = f"{MARK}={self.mark}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:  # gone meanwhile, or not ours to look at
                continue
        return found

    def kill_all(self) -> None:
        """End whatever is left of this installation, so that no drill leaves a process behind."""
        while left := self.processes():
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.02)


class Web:
    """Only the web processes, on a port of their own."""

    def __init__(self, installation: Installation, **env: str) -> None:
        self.installation = installation
        with listen("127.0.0.1", 0) as door:
            self.address: tuple[str, int] = door.getsockname()
            command = gunicorn_command(
                settings_from(installation.env(**env)), f"fd://{door.fileno()}"
            )
            with (installation.home / "web.log").open("ab") as log:
                self.process = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=installation.env(**env),
                    pass_fds=[door.fileno()],
                    stderr=log,
                )
        wait_until(
            lambda: status_of(self.address, "/healthz") == 200, PATIENCE_S, "gunicorn answers"
        )

    def stop(self) -> None:
        """Stop, and leave nothing behind."""
        self.process.terminate()
        try:
            self.process.wait(15)
        finally:
            self.installation.kill_all()


class Served:
    """The same two doors within this process, where a drill can reach the photo store."""

    def __init__(self, installation: Installation) -> None:
        self.app = create_app(settings_from(installation.env()))
        self.app.config["LOG_REQUESTS"] = False
        self.app.config["READYZ_KEPT_S"] = 0.0  # a drill looks at what is so now
        self._server = make_server(
            "127.0.0.1", 0, self.app, threaded=True, request_handler=_QuietHandler
        )
        self.address: tuple[str, int] = self._server.server_address[:2]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def let_go(self) -> None:
        """Close every connection to the database, as a restart would."""
        with self.app.app_context():
            db.engine.dispose()

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.let_go()

    def faults(self) -> list[str]:
        """What /readyz says is wrong with database, store and clock; there is no worker here."""
        said = self.app.test_client().get("/readyz").json
        assert said is not None
        return [fault for fault in said["faults"] if "worker" not in fault]


class _QuietHandler(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing: the test tells what happened."""


class House:
    """`python -m server run` on an installation's folder."""

    def __init__(self, home: Path, env: dict[str, str], port: int = 0) -> None:
        with (home.parent / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server", "run", "--port", str(port)],
                cwd=ROOT,
                env=env | {"CZT_HOME": str(home)},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.url = ""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, once it has settled."""
        return "127.0.0.1", int(self.url.rsplit(":", 1)[1])

    def settle(self) -> None:
        """Wait until the house answers."""
        self.url = self._address(PATIENCE_S)
        wait_until(lambda: self.says("/healthz") == 200, PATIENCE_S, "the house answers")

    def _address(self, within_s: float) -> str:
        assert self.process.stdout is not None
        pipe = self.process.stdout.fileno()
        said = b""
        began = time.monotonic()
        while not patience.is_over(began, within_s):
            if select.select([pipe], [], [], 0.1)[0]:
                said += (more := os.read(pipe, 4096))
                if found := re.search(rb"http://127\.0\.0\.1:\d+(?=/)", said):
                    return found[0].decode()
                if not more:
                    break
        pytest.fail(f"no address was printed: {said.decode()!r}")

    def says(self, path: str) -> int | None:
        """The status of an answer; None when there is none."""
        return status_of(self.address, path)

    def child(self, word: str) -> int | None:
        """The supervisor's child whose command line holds a word."""
        return next((p for p in children_of(self.process.pid) if word in command_of(p)), None)

    @property
    def web(self) -> int | None:
        """gunicorn's master."""
        return self.child("gunicorn")

    @property
    def worker(self) -> int | None:
        """The worker."""
        return self.child("server worker")

    def complete(self) -> bool:
        """Whether everybody is at work."""
        web = self.web
        return web is not None and len(children_of(web)) == 2 and self.worker is not None


def status_of(address: tuple[str, int], path: str) -> int | None:
    """The status of one GET; None when nobody answers."""
    host, port = address
    try:
        with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None
