"""A small disk that can be filled, emptied and made read-only, for drills."""

import contextlib
import os
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SIZE = "24m"


class Tmpfs:
    """A real file system of its own in a folder; needs the right to mount."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave not one free block."""
        with self._filler.open("wb", buffering=0) as filler:
            for piece in (1 << 20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        filler.write(b"\0" * piece)

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink()

    def forbid_writing(self) -> None:
        """Make it read-only, as a kernel does with a disk that fails; nothing may be open on it."""
        _mount("-o", "remount,ro", self.folder)

    def allow_writing(self) -> None:
        """Make it writable again."""
        _mount("-o", "remount,rw", self.folder)


class Limits:
    """The same for whoever may not mount: a limit on the size of files, and modes of folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._usual = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        """Let no file of this process grow beyond a block."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, self._usual[1]))

    def free(self) -> None:
        """Let files grow again."""
        resource.setrlimit(resource.RLIMIT_FSIZE, self._usual)

    def forbid_writing(self) -> None:
        """Take the right to write from every folder and file; skips where that binds nobody."""
        self._change_modes(lambda mode: mode & ~0o222)
        if os.access(self.folder, os.W_OK):
            pytest.skip("root without the right to mount: nothing is read-only to it")

    def allow_writing(self) -> None:
        """Give the right to write back."""
        self._change_modes(lambda mode: mode | stat.S_IWUSR)

    def _change_modes(self, change: Callable[[int], int]) -> None:
        for path in (self.folder, *self.folder.rglob("*")):
            path.chmod(change(path.stat().st_mode))


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Tmpfs | Limits]:
    """A disk at this folder; `Limits` where mounting is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError):
        limits = Limits(folder)
        try:
            yield limits
        finally:
            limits.free()
            limits.allow_writing()
        return
    try:
        yield Tmpfs(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)
