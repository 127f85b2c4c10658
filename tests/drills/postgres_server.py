"""A PostgreSQL server of a drill's own, which may be stopped and started."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests import databases


class Server:
    """A PostgreSQL server of our own that may be stopped."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._folder = Path(str(make_url(url).query["host"]))
        self._control = max(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        sockets = f"-c listen_addresses='' -c unix_socket_directories={self._folder}"
        self._options = f"{sockets} {databases.UNSAFE}"

    def stop(self, how: str) -> None:
        """Stop it: "fast" sends everybody away, "immediate" dies like a machine without power."""
        self._run("-m", how, "stop")

    def start(self) -> None:
        """Start it again on the same files."""
        self._run("-w", "-l", str(self._folder / "log"), "-o", self._options, "start")

    def _run(self, *words: str) -> None:
        command = [str(self._control), "-D", str(self._folder / "data"), *words]
        if os.geteuid() == 0:
            command[:0] = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)


@contextmanager
def own_server() -> Iterator[Server]:
    """Bring one up; skips the test where the server would be somebody else's."""
    if os.environ.get("TEST_DATABASE_URL") or not list(Path("/usr/lib/postgresql").glob("*/bin")):
        pytest.skip("only a PostgreSQL of our own may be stopped: install Debian's postgresql")
    with databases.postgres() as url:
        yield Server(url)
