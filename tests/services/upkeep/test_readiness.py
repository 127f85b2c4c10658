import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import open_engine
from server.media.blobs import FolderStore
from server.models.job import Heartbeat, Job, JobState
from server.schema import newer
from server.services.upkeep.readiness import EVERYTHING_SAID, begin_store, database_faults, faults
from server.settings import ROOT
from tests.factories import NOW, TEXT_KEYS, Cast
from tests.reviews import make_photo


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


def test_photos_that_wait_to_be_read_are_no_fault(session: Session, blobs: FolderStore) -> None:
    session.add(
        Job(
            kind="read_photo", args={}, state=JobState.DUE, made_at=NOW,
            run_at=NOW - timedelta(hours=6),
        )
    )  # fmt: skip
    beat(session, timedelta(seconds=1))

    assert faults(session, blobs, now=NOW) == []


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


def test_trying_out_the_database_leaves_nothing_behind(session: Session) -> None:
    assert database_faults(session) == []

    assert session.scalar(select(func.count()).select_from(Heartbeat)) == 0


def test_a_database_that_cannot_be_written_is_named(engine: Engine) -> None:
    only_reads = open_engine(engine.url.render_as_string(hide_password=False), TEXT_KEYS)
    sqlite = engine.dialect.name == "sqlite"
    forbid = "PRAGMA query_only = ON" if sqlite else "SET default_transaction_read_only = on"

    @event.listens_for(only_reads, "connect")
    def forbid_writing(raw: Any, _record: Any) -> None:
        raw.cursor().execute(forbid)
        raw.commit()

    with Session(only_reads) as session:
        [found] = database_faults(session)
    only_reads.dispose()

    assert found.startswith("数据库现在不能写入")


def test_a_damaged_database_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "house.db").write_bytes(b"no database at all" * 300)
    damaged = open_engine(f"sqlite:///{tmp_path / 'house.db'}", TEXT_KEYS)

    with Session(damaged) as session:
        [found] = database_faults(session)
    damaged.dispose()

    assert found.startswith("数据库读写磁盘出错")


def test_a_sign_of_life_from_the_future_says_that_the_clock_went_back(
    session: Session, blobs: FolderStore
) -> None:
    beat(session, -timedelta(hours=2))

    [found] = faults(session, blobs, now=NOW)

    assert found.startswith("时钟往回走了：最近的记录比现在晚2小时。")
    assert "到7月5日16:30这句话会自己消失" in found


def test_work_received_in_the_future_says_that_the_clock_went_back(
    session: Session, blobs: FolderStore
) -> None:
    beat(session, timedelta(seconds=1))
    session.add(
        Job(
            kind="examine_photo", args={}, state=JobState.DONE, run_at=NOW,
            made_at=NOW + timedelta(seconds=90),
        )
    )  # fmt: skip
    session.commit()

    [found] = faults(session, blobs, now=NOW)

    assert "晚90秒" in found


def test_clocks_of_two_machines_that_differ_by_a_blink_are_no_fault(
    session: Session, blobs: FolderStore
) -> None:
    beat(session, -timedelta(seconds=4))

    assert faults(session, blobs, now=NOW) == []


def test_a_new_installation_gets_its_photo_store(session: Session, blobs: FolderStore) -> None:
    begin_store(session, blobs)

    FolderStore(blobs.root, begun=True).check()


def test_a_store_that_should_hold_photos_is_never_begun_anew(
    session: Session, cast: Cast, blobs: FolderStore
) -> None:
    make_photo(session, cast.c1)

    begin_store(session, blobs)

    assert not blobs.root.exists()


def test_the_runbook_lists_every_sentence_with_what_to_do() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    section = page.partition("## What `/readyz` says")[2].partition("\n## ")[0]
    rows = [row.split("|")[1:-1] for row in section.splitlines() if row.startswith("| ")][1:]
    listed = [row[0].strip() for row in rows]

    said = [re.sub(r"\{\w+\}", "…", sentence) for sentence in EVERYTHING_SAID]
    said.append(re.sub("[0-9]{4}", "…", newer("0999")))

    assert sorted(listed) == sorted(sentence.partition("。")[0] + "。" for sentence in said)
    assert all(cell.strip() for row in rows for cell in row)
