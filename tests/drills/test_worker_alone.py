"""A worker that a service manager starts by itself, before there is anything to work on."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import open_engine
from server.models.job import Heartbeat
from server.schema import upgrade
from server.settings import ROOT
from tests.drills.house import clean_environment
from tests.drills.processes import wait_until
from tests.factories import TEXT_KEYS

pytestmark = pytest.mark.drill


def test_a_worker_before_the_first_migration_says_so_waits_and_then_begins(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    log = tmp_path / "said"
    with log.open("wb") as said:
        worker = subprocess.Popen(
            [sys.executable, "-m", "server", "worker"],
            cwd=ROOT,
            env=clean_environment() | {"CZT_HOME": str(tmp_path), "CZT_DATABASE_URL": url},
            stderr=said,
        )
    engine = open_engine(url, TEXT_KEYS)
    try:
        wait_until(lambda: "server migrate" in log.read_text("utf-8"), 20, "it says what to run")
        assert worker.poll() is None

        upgrade(engine)

        wait_until(lambda: has_begun(engine), 20, "it works")
        assert log.read_text("utf-8").count("server migrate") == 1
        assert "Traceback" not in log.read_text("utf-8")
    finally:
        worker.terminate()
        assert worker.wait(10) == 0
        engine.dispose()


def has_begun(engine: Engine) -> bool:
    with Session(engine) as session:
        return session.query(Heartbeat).count() == 1
