"""Several threads' work in one commit: each keeps its own, whatever the others do."""

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from server import writers
from server.commits import Commits
from server.db import open_engine
from server.prepared import NeedsSession, Straight, prepared
from server.writers import WaitedTooLong
from tests.databases import ON_SQLITE

THINGS = sa.Table("things", sa.MetaData(), sa.Column("name", sa.String(20), primary_key=True))
ADD = prepared(sa.insert(THINGS))
ALL = prepared(sa.select(THINGS.c.name))


@pytest.fixture
def commits(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Commits:
    monkeypatch.setattr("server.commits.LONGEST_S", 60)  # threads of a test come slowly
    engine = open_engine(f"sqlite:///{tmp_path / 'things.db'}")
    THINGS.metadata.create_all(engine)
    return Commits(engine)


def adding(name: str) -> Callable[[Straight], str]:
    def add(straight: Straight) -> str:
        straight.execute(ADD, {"name": name})
        return name.upper()

    return add


def things(commits: Commits) -> set[str]:
    with commits.reading() as straight:
        return set(straight.execute(ALL).scalars())


def together(commits: Commits, works: list[Callable[[Straight], Any]]) -> list[Future[Any]]:
    """Have all of them come while the first is at work."""
    begun, all_here = threading.Event(), threading.Event()

    def first(straight: Straight) -> str:
        begun.set()
        all_here.wait(10)
        return "first"

    with ThreadPoolExecutor(len(works) + 1) as threads:
        leader = threads.submit(commits.write, first)
        assert begun.wait(10)
        found = []
        for number, work in enumerate(works, 1):
            found.append(threads.submit(commits.write, work))
            deadline = time.monotonic() + 10
            while len(commits._waiting) < number and time.monotonic() < deadline:
                time.sleep(0.001)
        all_here.set()
        assert leader.result() == "first"
    return found


def test_who_waits_is_written_in_the_same_commit(
    commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[set[str]] = []
    real = writers.QueuedConnection.commit

    def commit(raw: writers.QueuedConnection) -> None:
        real(raw)
        kept.append(things(commits))

    monkeypatch.setattr(writers.QueuedConnection, "commit", commit)
    found = together(commits, [adding("a"), adding("b"), adding("c")])

    assert [one.result() for one in found] == ["A", "B", "C"]
    assert kept == [{"a", "b", "c"}]


def test_one_that_breaks_is_undone_and_changes_none_of_the_others(commits: Commits) -> None:
    commits.write(adding("here"))

    def breaks_late(straight: Straight) -> None:
        straight.execute(ADD, {"name": "half"})
        raise ZeroDivisionError

    bad = [adding("here"), breaks_late, lambda straight: straight.scalars("SELECT 1")]
    found = together(commits, [adding("a"), *bad, adding("b")])

    told = [one.result() if one.exception() is None else type(one.exception()) for one in found]
    assert told == ["A", sqlite3.IntegrityError, ZeroDivisionError, NeedsSession, "B"]
    assert things(commits) == {"here", "a", "b"}
    with pytest.raises(ZeroDivisionError):
        commits.write(breaks_late)
    assert commits.write(adding("after")) == "AFTER"


def test_a_commit_waits_for_the_disk_before_anybody_reads_it(commits: Commits) -> None:
    levels: list[int] = []

    def looks(straight: Straight) -> None:
        raw: Any = straight._raw
        levels.append(raw.execute("PRAGMA synchronous").fetchone()[0])

    commits.write(looks)
    assert levels == [2]  # FULL


def test_who_waits_in_vain_is_told_with_all_who_wait_behind(
    commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "PATIENCE_S", 0.3)
    line = writers.writers_to(str(commits._engine.url.database))
    line.take("somebody else")
    with ThreadPoolExecutor(2) as threads:
        found = [threads.submit(commits.write, adding(name)) for name in "ab"]
        assert [type(one.exception()) for one in found] == [WaitedTooLong, WaitedTooLong]
    line.leave("somebody else")

    assert commits.write(adding("c")) == "C"
    assert things(commits) == {"c"}


@ON_SQLITE
def test_a_statement_that_nobody_prepared_is_for_a_session(engine: Engine) -> None:
    with Commits(engine).reading() as straight, pytest.raises(NeedsSession):
        straight.execute(sa.select(THINGS.c.name))
