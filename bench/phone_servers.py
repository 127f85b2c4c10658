"""Starts what benchmarks of phones need: our web processes with a county, and bare Flask."""

import hashlib
import json
import os
import random
import secrets
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import sqlalchemy as sa

from bench.client import RefusedError, Request, call, request
from bench.county_at_work import county_at_work
from bench.phone_work import House, Phone, now_text
from server.db import open_engine
from server.http import clock
from server.models.person import Keeping, SignIn, SignInKind
from server.models.station import Station
from server.services.plates.signs import issue_sign, live_sign, token_of
from server.settings import settings_from
from server.supervisor import listen, python_program
from tests.factories import TEXT_KEYS

COUNTY = "140926"


@contextmanager
def served(command: Sequence[str], port: int, path: str, **env: str) -> Iterator[int]:
    """A server until the block ends; its process."""
    process = subprocess.Popen(command, env=os.environ | env, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        for _ in range(600):
            with suppress(OSError, RefusedError):
                call(("127.0.0.1", port), "GET", path)
                break
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port that nobody has."""
    with listen("127.0.0.1", 0) as free:
        return int(free.getsockname()[1])


@contextmanager
def house(home: Path, url: str = "") -> Iterator[House]:
    """静乐县 with its plan's stations and keepers, every station with its plate."""
    port = free_port()
    env = {"CZT_HOME": str(home), "CZT_PORT": str(port)} | (
        {"CZT_DATABASE_URL": url} if url else {}
    )
    settings = settings_from(env)
    now = clock.now()
    before = now - timedelta(days=30)
    phones: list[Phone] = []
    with county_at_work(
        settings.database_url, code=COUNTY, on=clock.today(), now=before, rng=random.Random(1)
    ) as (session, _cast):
        kept = session.execute(
            sa.select(Keeping, Station)
            .join(Station, Station.id == Keeping.station_id)
            .where(Keeping.until_at.is_(None), Station.code.is_not(None))
        )
        for keeping, station in kept.all():
            sign = live_sign(session, station.id) or issue_sign(
                session, station=station, by=None, now=before
            )
            token = secrets.token_urlsafe(32)
            session.add(
                SignIn(
                    person_id=keeping.person_id,
                    kind=SignInKind.PHONE,
                    token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                    made_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(days=400),
                )
            )
            phones.append(Phone(token, station.id, token_of(settings.plaque_keys, sign)))
    (home / "photos" / "blobs").mkdir(parents=True, exist_ok=True)
    with served(python_program("server", "web"), port, "/healthz", **env) as process:
        yield House(("127.0.0.1", port), process, phones)


@contextmanager
def durable_postgres() -> Iterator[str]:
    """A PostgreSQL database of our own whose commits wait for the disk; "" where none is here."""
    from tests import databases

    with ExitStack() as stack:
        url = ""
        with patch.object(databases, "UNSAFE", ""), suppress(databases.PostgresMissing):
            url = stack.enter_context(databases.postgres())
        yield url


@contextmanager
def bare(folder: Path) -> Iterator[tuple[tuple[str, int], int]]:
    """Bare Flask in as many processes and threads as ours."""
    port = free_port()
    command = python_program(
        "gunicorn", "--worker-class=gthread", "--no-control-socket", f"--bind=127.0.0.1:{port}",
        "--workers=2", "--threads=8", "--log-level=error", "bench.peers.bare:app",
    )  # fmt: skip
    url = f"sqlite:///{folder / 'bare.db'}"
    with open_engine(url, TEXT_KEYS).connect():
        pass  # the file is there before two processes make it
    with served(command, port, "/", BENCH_DATABASE_URL=url) as process:
        yield ("127.0.0.1", port), process


def bare_check_in() -> Request:
    """A check-in for the bare insert and for PocketBase."""
    return request(
        "POST", "/check-in", json.dumps(record("id")).encode(), Content_Type="application/json"
    )


def record(key: str) -> dict[str, Any]:
    """A check-in of ten fields."""
    return {
        key: str(uuid4()), "station": "7", "person": "9", "day": "2026-11-30", "at": now_text(),
        "method": "scan", "latitude": 38.36, "longitude": 111.94, "accuracy_m": 12.0,
        "distance_m": 17.5,
    }  # fmt: skip
