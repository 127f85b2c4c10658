import contextlib
import io
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server import jobs
from server.chores import HANDLERS, PERIODIC, Handler, Record, Workshop
from server.db import writing
from server.jobs import ClaimedJob
from server.media.blobs import FolderStore, StoreFailed
from server.models.county import County
from server.models.job import Heartbeat, Job, JobState
from server.settings import ROOT
from server.steady_clock import SteadyClock
from server.worker import READER_KEPT_S, Worker
from tests import patience
from tests.factories import make_county

NOW = datetime(2023, 7, 5, 6, 30, tzinfo=UTC)


@pytest.fixture
def workshop(engine: Engine, blobs: FolderStore) -> Workshop:
    return Workshop(engine, blobs)


def names_the_county(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
    def record(session: Session) -> None:
        session.get_one(County, "140926").hotline = args["hotline"]

    return record


def put(engine: Engine, kind: str, **args: Any) -> None:
    with writing(engine) as session:
        jobs.enqueue(session, kind, args, now=NOW, max_attempts=2)


def job_row(engine: Engine) -> Job:
    with Session(engine) as session:
        return session.scalars(sa.select(Job)).one()


def hotline(engine: Engine) -> str:
    with Session(engine) as session:
        return session.get_one(County, "140926").hotline


def test_a_jobs_effects_and_its_being_done_are_kept_together(workshop: Workshop) -> None:
    with writing(workshop.engine) as session:
        make_county(session)
    put(workshop.engine, "name", hotline="0350-1")

    worked = Worker(workshop, {"name": Handler(names_the_county)}).do_one()

    assert worked
    assert hotline(workshop.engine) == "0350-1"
    assert job_row(workshop.engine).state == JobState.DONE


def test_a_job_that_crashes_changes_nothing_and_comes_again_later(workshop: Workshop) -> None:
    def crashes(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
        def record(session: Session) -> None:
            names_the_county(workshop, {"hotline": "half done"}, now)(session)
            session.flush()
            raise ZeroDivisionError("half way")

        return record

    with writing(workshop.engine) as session:
        make_county(session)
    put(workshop.engine, "crash")

    worked = Worker(workshop, {"crash": Handler(crashes)}).do_one()

    row = job_row(workshop.engine)
    assert worked
    assert hotline(workshop.engine) != "half done"
    assert (row.state, row.attempts) == (JobState.DUE, 1)
    assert "ZeroDivisionError: half way" in row.error


def test_a_job_taken_over_by_another_worker_leaves_no_effects(workshop: Workshop) -> None:
    heirs: list[ClaimedJob | None] = []

    def falls_asleep(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
        with writing(workshop.engine) as session:
            heirs.append(
                jobs.claim(
                    session,
                    owner="heir",
                    now=now + timedelta(minutes=1),
                    lease=timedelta(minutes=9),
                )
            )
        return names_the_county(workshop, {"hotline": "from the sleeper"}, now)

    with writing(workshop.engine) as session:
        make_county(session)
    put(workshop.engine, "sleep")

    Worker(workshop, {"sleep": Handler(falls_asleep)}).do_one()

    assert heirs[0] is not None
    assert hotline(workshop.engine) != "from the sleeper"
    assert job_row(workshop.engine).owner == "heir"


def test_trouble_of_the_house_uses_up_no_try_of_a_job(workshop: Workshop) -> None:
    def finds_no_store(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
        raise StoreFailed("store-missing", "照片库暂时找不到。", "the disk is not mounted")

    def finds_no_database(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
        raise sa.exc.OperationalError("SELECT", {}, OSError("terminating connection"))

    for trouble in (finds_no_store, finds_no_database):
        with writing(workshop.engine) as session:
            session.execute(sa.delete(Job))
        put(workshop.engine, "look")

        Worker(workshop, {"look": Handler(trouble)}).do_one()

        row = job_row(workshop.engine)
        assert (row.state, row.attempts) == (JobState.DUE, 0)
        assert row.run_at > datetime.now(UTC)  # noqa: TID251 - the worker reads the real clock
        assert row.error


def steady(clock: SteadyClock, wall_s: float, steady_s: float) -> bool:
    return clock.was_set_within(
        timedelta(seconds=30), now=NOW + timedelta(seconds=wall_s), steady_s=steady_s
    )


def test_a_clock_that_goes_on_evenly_was_not_set() -> None:
    clock = SteadyClock()

    assert not any(steady(clock, 100 + tick, 5 + tick * 1.01) for tick in range(300))


@pytest.mark.parametrize("jump_s", [7200, -7200, -86400])
def test_a_clock_that_jumped_is_distrusted_for_a_leases_time(jump_s: int) -> None:
    clock = SteadyClock()
    assert not steady(clock, 0, 0)

    assert steady(clock, jump_s + 1, 1)
    assert steady(clock, jump_s + 30, 30)
    assert not steady(clock, jump_s + 32, 32)


def test_a_job_of_an_unknown_kind_fails_with_its_name(workshop: Workshop) -> None:
    put(workshop.engine, "juggle")

    Worker(workshop, {}).do_one()

    assert "juggle" in job_row(workshop.engine).error


def test_a_job_that_takes_too_long_is_broken_off_even_if_it_swallows_exceptions(
    workshop: Workshop,
) -> None:
    def dawdles(workshop: Workshop, args: Mapping[str, Any], now: datetime) -> Record:
        while True:
            with contextlib.suppress(Exception):  # the very thing handlers do wrong
                time.sleep(60)

    put(workshop.engine, "dawdle")

    began = time.monotonic()
    Worker(workshop, {"dawdle": Handler(dawdles, limit_s=0.2)}).do_one()

    row = job_row(workshop.engine)
    assert not patience.is_over(began, 5)
    assert (row.state, "took too long" in row.error) == (JobState.DUE, True)


def test_an_idle_worker_says_so(workshop: Workshop) -> None:
    assert not Worker(workshop, {}).do_one()


def test_what_comes_round_is_asked_of_the_table_only_once(workshop: Workshop) -> None:
    worker = Worker(workshop)
    worker.enqueue_what_came_round()
    with writing(workshop.engine) as session:
        session.execute(sa.delete(Job))
    worker.enqueue_what_came_round()

    with Session(workshop.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0
    assert {periodic.kind for periodic in PERIODIC} <= HANDLERS.keys()


def test_stored_bytes_without_a_row_are_moved_aside_by_the_nightly_sweep(
    workshop: Workshop,
) -> None:
    key = workshop.blobs.put(b"a photo whose server died before its row was kept")
    [path] = [found for found in workshop.blobs.root.rglob(f"*{key}*") if found.is_file()]
    os.utime(path, (0, 0))
    put(workshop.engine, "sweep_photo_store")

    Worker(workshop).do_one()

    assert job_row(workshop.engine).state == JobState.DONE, job_row(workshop.engine).error
    assert workshop.blobs.stat(key) is None
    assert any("orphans" in str(found) for found in workshop.blobs.root.rglob(f"*{key}*"))


WORKER_PROGRAM = """
    import sys, time
    from pathlib import Path
    from server.db import open_engine
    from server.media.blobs import FolderStore
    from server.worker import Handler, Worker, Workshop

    def slow(workshop, args, now):
        Path(sys.argv[2]).write_text("begun")
        time.sleep(args["s"])
        return lambda session: None

    Worker(Workshop(open_engine(sys.argv[1]), FolderStore(Path(sys.argv[2]).parent)),
           {"slow": Handler(slow)}, periodics=(), pulse_s=0.1).run()
"""


def started(workshop: Workshop, tmp_path: Path) -> subprocess.Popen[bytes]:
    """A worker in a process of its own, with the job at hand."""
    mark = tmp_path / "mark"
    url = workshop.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WORKER_PROGRAM), url, str(mark)],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    began = time.monotonic()
    while not mark.exists():
        assert process.poll() is None
        assert not patience.is_over(began, 20)
        time.sleep(0.02)
    return process


def test_a_worker_told_to_stop_finishes_a_short_job_first(
    workshop: Workshop, tmp_path: Path
) -> None:
    put(workshop.engine, "slow", s=1)
    process = started(workshop, tmp_path)

    process.send_signal(signal.SIGTERM)

    assert process.wait(patience.seconds(5)) == 0
    assert job_row(workshop.engine).state == JobState.DONE


def test_a_worker_told_to_stop_gives_a_long_job_back_untried(
    workshop: Workshop, tmp_path: Path
) -> None:
    put(workshop.engine, "slow", s=50)
    process = started(workshop, tmp_path)

    process.send_signal(signal.SIGTERM)

    assert process.wait(patience.seconds(8)) == 0
    assert (job_row(workshop.engine).state, job_row(workshop.engine).attempts) == (JobState.DUE, 0)


def test_a_worker_shows_signs_of_life_and_keeps_its_lease_during_a_job(
    workshop: Workshop, tmp_path: Path
) -> None:
    put(workshop.engine, "slow", s=50)
    process = started(workshop, tmp_path)
    try:
        first = job_row(workshop.engine).lease_until
        assert first is not None
        began = time.monotonic()
        while (job_row(workshop.engine).lease_until or first) <= first:
            assert not patience.is_over(began, 5)
            time.sleep(0.05)
        with Session(workshop.engine) as session:
            assert (
                session.scalars(sa.select(Heartbeat)).one().owner == job_row(workshop.engine).owner
            )
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_reading_process_gives_its_memory_back_when_nothing_was_to_be_read(
    workshop: Workshop,
) -> None:
    content = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(content, "JPEG")
    worker, reader = Worker(workshop), workshop.reader

    reader.read(content.getvalue())
    worker.let_rest(READER_KEPT_S - 1)
    assert reader.pid is not None
    worker.let_rest(READER_KEPT_S)
    assert reader.pid is None

    assert reader.read(content.getvalue()).lines == ()  # and comes again when needed
    reader.close()
