"""A PostgreSQL server of a drill's own, which may be stopped and started."""

import os
import shutil
import subprocess
import tempfile
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

    @property
    def data(self) -> Path:
        """Where its files lie."""
        return self._folder / "data"

    def command(self, safety: str) -> list[str]:
        """The server itself, in the foreground, as careful as `safety` says."""
        options = self._options.replace(databases.UNSAFE, safety).split()
        options = [one.strip("'") for one in options]
        return [*_as_postgres(), str(self._control.with_name("postgres")), "-D", str(self.data),
                *options]  # fmt: skip

    def answers(self) -> bool:
        """Whether it takes connections."""
        ready = [
            str(self._control.with_name("pg_isready")),
            "-q",
            "-h",
            str(self._folder),
            "-U",
            "czt",
        ]
        return subprocess.run(ready, check=False).returncode == 0

    def checkpoint(self) -> None:
        """Have it bring its files up to date, as it does by itself every few minutes."""
        psql = [str(self._control.with_name("psql")), "-q", "-h", str(self._folder), "-U", "czt"]
        subprocess.run([*psql, "-c", "CHECKPOINT", "postgres"], check=True)

    @contextmanager
    def on(self, data: Path) -> Iterator[str]:
        """The URL of a server on other files, as they were left; it recovers them first."""
        (data / "postmaster.pid").unlink(missing_ok=True)
        subprocess.run(["chmod", "-R", "u=rwX,go=", str(data)], check=True)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "postgres", str(data)], check=True)
        folder = Path(tempfile.mkdtemp(prefix="czt-pg-"))
        try:
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres")
            options = self._options.replace(str(self._folder), str(folder))
            start = ("-w", "-l", str(folder / "log"), "-o", options, "start")
            self._run(*start, data=data)
            try:
                yield make_url(self.url).set(query={"host": str(folder)}).render_as_string()
            finally:
                self._run("-m", "immediate", "stop", data=data)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run(self, *words: str, data: Path | None = None) -> None:
        command = [*_as_postgres(), str(self._control), "-D", str(data or self.data), *words]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)


def _as_postgres() -> list[str]:
    """Root hands a server to postgres: it refuses to run as root."""
    if os.geteuid():
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@contextmanager
def own_server() -> Iterator[Server]:
    """Bring one up; skips the test where the server would be somebody else's."""
    if os.environ.get("TEST_DATABASE_URL") or not list(Path("/usr/lib/postgresql").glob("*/bin")):
        pytest.skip("only a PostgreSQL of our own may be stopped: install Debian's postgresql")
    with databases.postgres() as url:
        yield Server(url)
