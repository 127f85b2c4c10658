"""Writers to a SQLite file stand in line: first come, first served, in a process and between them."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server import writers
from server.settings import ROOT
from server.writers import Turns, Writers

# Writes all the time with four threads, and counts in a file whose turn it was.
GREEDY = """
import sys, threading
from server.writers import Writers
line = Writers(sys.argv[1])
def greedy():
    me = object()
    while True:
        line.take(me)
        with open(sys.argv[2], "ab") as turns:
            turns.write(b"x")
        line.leave(me)
for _ in range(4):
    threading.Thread(target=greedy).start()
print("at work", flush=True)
"""
HOLDS = """
import sys
from server.writers import Writers
Writers(sys.argv[1]).take("me")
print("holds it", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(code: str, *paths: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of this code; killed at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *map(str, paths)],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


def test_threads_write_in_the_order_in_which_they_came() -> None:
    turns = Turns()
    order: list[int] = []
    turns.take("first", 1)
    threads = []
    for number in range(5):

        def wait(number: int = number) -> None:
            turns.take(number, 10)
            order.append(number)
            turns.leave(number)

        threads.append(threading.Thread(target=wait))
        threads[-1].start()
        while len(turns._waiting) <= number:
            pass

    turns.leave("first")
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]
    assert not turns.holds("first")


def test_a_greedy_process_never_overtakes_one_that_waits(tmp_path: Path) -> None:
    turns = tmp_path / "turns"
    with another_process(GREEDY, tmp_path / "db", turns):
        mine = Writers(str(tmp_path / "db"))
        waited = []
        for _ in range(50):
            before = turns.stat().st_size if turns.exists() else 0
            mine.take("me")
            waited.append(turns.stat().st_size - before)
            mine.leave("me")

    assert sorted(waited)[-5] <= 3, waited  # who writes, who is next, and one before we stood there


def test_who_dies_while_writing_lets_the_next_one_write(tmp_path: Path) -> None:
    with another_process(HOLDS, tmp_path / "db") as holder:
        mine = Writers(str(tmp_path / "db"))
        threading.Timer(0.2, os.kill, (holder.pid, signal.SIGKILL)).start()

        mine.take("me")

    mine.leave("me")


def test_who_waits_too_long_is_told_so_and_the_line_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Writers(str(tmp_path / "db"))
    line.take("first")
    monkeypatch.setattr(writers, "PATIENCE_S", 0.05)

    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        line.take("second")

    line.leave("first")
    line.take("third")
    line.leave("third")
    line.leave("second")  # long gone
