from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.job import Heartbeat, Job, JobState
from server.services.readiness import faults
from tests.factories import NOW


def beat(session: Session, ago: timedelta) -> None:
    session.add(Heartbeat(owner="worker-1", at=NOW - ago))
    session.commit()


def test_a_house_with_a_living_worker_is_ready(session: Session, blobs: FolderStore) -> None:
    beat(session, timedelta(seconds=5))

    assert faults(session, blobs, now=NOW) == []


def test_a_silent_worker_is_named(session: Session, blobs: FolderStore) -> None:
    [never] = faults(session, blobs, now=NOW)
    beat(session, timedelta(seconds=61))

    [silent] = faults(session, blobs, now=NOW)

    assert "还没有启动过" in never
    assert "61秒没有动静" in silent


def test_a_job_that_waits_too_long_is_named(session: Session, blobs: FolderStore) -> None:
    session.add(
        Job(
            kind="examine_photo", args={}, state=JobState.DUE, made_at=NOW,
            run_at=NOW - timedelta(seconds=121),
        )
    )  # fmt: skip
    beat(session, timedelta(seconds=1))

    [waiting] = faults(session, blobs, now=NOW)

    assert "121秒" in waiting


def test_a_store_that_cannot_be_written_is_named(session: Session, tmp_path: Path) -> None:
    beat(session, timedelta(seconds=1))
    (tmp_path / "photos").write_text("a file where the folder should be")

    [broken] = faults(session, FolderStore(tmp_path / "photos"), now=NOW)

    assert broken.startswith("照片库不能用")


def test_an_old_database_is_named_with_what_to_do(session: Session, blobs: FolderStore) -> None:
    beat(session, timedelta(seconds=1))
    step = session.scalar(text("SELECT version_num FROM alembic_version"))
    session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    session.commit()
    try:
        [old] = faults(session, blobs, now=NOW)
    finally:
        session.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})
        session.commit()

    assert "python -m server migrate" in old
