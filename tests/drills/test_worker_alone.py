"""A worker that a service manager starts by itself, and one that begins anew."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server import jobs
from server.db import open_engine, writing
from server.http import clock
from server.models.job import Heartbeat, Job, JobState
from server.schema import upgrade
from server.settings import ROOT
from server.supervisor import GO
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


HEAVY_AND_RESTED = """
import sys
import server.light_again, server.worker
from server.__main__ import main
server.worker.READER_KEPT_S = 1.0
server.light_again.GROWN_MB = -1e9
sys.exit(main(["worker"]))
"""


def test_a_worker_grown_heavy_begins_anew_under_its_number_works_and_stops(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    engine = open_engine(url, TEXT_KEYS)
    upgrade(engine)
    hears, tells = os.pipe()  # whoever started it has long closed the pipe it waited at
    os.close(tells)
    worker = subprocess.Popen(
        [sys.executable, "-c", HEAVY_AND_RESTED],
        cwd=ROOT,
        env=clean_environment()
        | {"CZT_HOME": str(tmp_path), "CZT_DATABASE_URL": url, GO: str(hears)},
        pass_fds=(hears,),
    )
    program = Path(f"/proc/{worker.pid}/cmdline")
    try:
        wait_until(lambda: b"server\0worker" in program.read_bytes(), 30, "it begins anew")
        wait_until(lambda: beating(engine) == 2, 20, "it works, and as another than before")
        with writing(engine) as session:
            wished = jobs.enqueue(session, "forget_done_jobs", {}, now=clock.now())
        wait_until(lambda: state_of(engine, wished) == JobState.DONE, 20, "a job is done")
        assert worker.poll() is None
    finally:
        worker.terminate()
        assert worker.wait(10) == 0
        engine.dispose()
        os.close(hears)


def state_of(engine: Engine, job_id: int | None) -> JobState:
    with Session(engine) as session:
        return session.get_one(Job, job_id).state


def beating(engine: Engine) -> int:
    with Session(engine) as session:
        return session.query(Heartbeat).count()


def has_begun(engine: Engine) -> bool:
    return beating(engine) == 1
