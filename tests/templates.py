"""Migrated, empty databases, made once for a state of the code and copied from then on."""

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from server.settings import ROOT

SHAPES = ("server/migrations", "server/models", "server/schema.py", "server/db.py")
PINNED = ("constraints.txt", "tests/databases.py", "tests/templates.py")


def shape() -> str:
    """What a migrated database depends on, as one word: another shape is made anew."""
    told = hashlib.sha256()
    for place in (*SHAPES, *PINNED):
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            told.update(f"{file.relative_to(ROOT)}\0{file.stat().st_size}\0".encode())
            told.update(file.read_bytes())
    return told.hexdigest()[:16]


def made_once(shelf: Path, name: str, make: Callable[[Path], None]) -> Path:
    """The file or folder that `make` puts where it is told, from the shelf if it lies there.

    Test processes that come at the same time wait for the first one; old shapes are thrown away.
    """
    wanted = shelf / f"{name}-{shape()}"
    with _alone(shelf / f"{name}.lock"):
        if not wanted.exists():
            for old in shelf.glob(f"{name}-*"):
                _remove(old)
            unfinished = shelf / f"unfinished-{name}"
            _remove(unfinished)
            make(unfinished)
            unfinished.rename(wanted)
    return wanted


def copied(source: Path, target: Path) -> None:
    """A folder with its owners, as `cp -a` copies it: blocks are shared where the disk can."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
