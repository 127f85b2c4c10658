"""Looks at running processes through /proc, for drills that kill them."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import patience


def children_of(pid: int) -> list[int]:
    """The living children of a process; zombies do not count."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in listed if alive(int(child))]


def family_of(pid: int) -> list[int]:
    """All living descendants of a process."""
    family = []
    for child in children_of(pid):
        family += [child, *family_of(child)]
    return family


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def command_of(pid: int) -> str:
    """A process's command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def wait_until(what: Callable[[], object], within_s: float, saying: str) -> None:
    """Look again and again until something holds; fail with `saying` when it never does."""
    began = time.monotonic()
    while not what():
        if patience.is_over(began, within_s):
            pytest.fail(f"not within {within_s} s of a calm machine: {saying}")
        time.sleep(0.05)


def kill_all(pids: list[int]) -> None:
    """End these processes, for tidying up after a failed drill."""
    for pid in pids:
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            continue
