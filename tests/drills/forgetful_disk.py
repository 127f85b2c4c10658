"""A disk that forgets: of all that was written, what may be there after the power went.

It keeps what a sync had promised, and of the rest whatever a seeded chance lets survive: single
writes, torn at sectors, in any order; of what was done to a folder's names the first few. That is
all that POSIX promises, and less than most file systems keep.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from tests.drills.recorded_writes import Act

SECTOR = 512


class _Write(NamedTuple):
    """A write, or a new length (`data` None), that nothing has promised yet."""

    ended: float
    at: int
    data: bytes | None


@dataclass(eq=False)
class _File:
    """One file, by whatever names; `kept` is what a sync has promised of it."""

    kept: bytearray = field(default_factory=bytearray)
    loose: list[_Write] = field(default_factory=list)
    size: int = 0
    place: int = 0

    def write(self, one: _Write) -> None:
        self.loose.append(one)
        self.size = one.at if one.data is None else max(self.size, one.at + len(one.data))

    def sync(self, began: float) -> None:
        """What had returned when the sync began is promised."""
        for one in self.loose:
            if one.ended <= began:
                _put(self.kept, one)
        self.loose = [one for one in self.loose if one.ended > began]

    def after(self, chance: random.Random, survives: float) -> bytes:
        """Its bytes after the power came back."""
        found = bytearray(self.kept)
        for one in self.loose:
            if one.data is None:
                if chance.random() < survives:
                    _put(found, one)
                continue
            for first in range(0, len(one.data), SECTOR):
                if chance.random() < survives:
                    _put(found, _Write(0, one.at + first, one.data[first : first + SECTOR]))
        return bytes(found)


def _put(content: bytearray, one: _Write) -> None:
    if one.data is None:
        del content[one.at :]
        content.extend(bytes(one.at - len(content)))
        return
    content.extend(bytes(max(0, one.at - len(content))))
    content[one.at : one.at + len(one.data)] = one.data


class _Name(NamedTuple):
    """A change of a folder's names that nothing has promised yet: what stands there from now on."""

    ended: float
    gone: str
    path: str
    file: "_File | None"


class ForgetfulDisk:
    """Some folders as they were before, and what is done to them; made from `roots` as they are."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = list(roots)
        self._now: dict[str, _File | None] = {}  # by path; None is a folder
        for root in self.roots:
            for path in [root, *root.rglob("*")]:
                if path.is_dir():
                    self._now[str(path)] = None
                elif path.is_file():
                    content = bytearray(path.read_bytes())
                    self._now[str(path)] = _File(content, size=len(content))
        self._kept = dict(self._now)
        self._loose: dict[str, list[_Name]] = {}

    def do(self, act: Act) -> None:
        """One act, in the order of `acts`."""
        {
            "open": self._open, "write": self._write, "seek": self._seek,
            "truncate": self._truncate, "grow": self._truncate, "rename": self._rename,
            "link": self._link, "unlink": self._unlink, "mkdir": self._mkdir,
            "sync": self._sync, "sync_all": self._sync_all,
        }[act.what](act)  # fmt: skip

    def _write(self, act: Act) -> None:
        file = self._file(act.path)
        if file is not None:
            at = file.place if act.at is None else act.at
            if act.at is None:
                file.place = at + len(act.data)
            file.write(_Write(act.ended, at, act.data))

    def _seek(self, act: Act) -> None:
        file = self._file(act.path)
        if file is not None and act.at is not None:
            file.place = act.at

    def _truncate(self, act: Act) -> None:
        file = self._file(act.path)
        if file is not None and (act.what == "truncate" or act.size > file.size):
            file.write(_Write(act.ended, act.size, None))

    def _rename(self, act: Act) -> None:
        if act.path in self._now:
            self._name(act, act.path, act.to, self._now.pop(act.path))

    def _link(self, act: Act) -> None:
        self._name(act, "", act.to, self._now[act.path])

    def _unlink(self, act: Act) -> None:
        if act.path in self._now:
            del self._now[act.path]
            self._note(_Name(act.ended, act.path, "", None))

    def _mkdir(self, act: Act) -> None:
        self._name(act, "", act.path, None)

    def _sync_all(self, act: Act) -> None:
        for path in list(self._now):
            self._sync(replace(act, path=path))

    def _file(self, path: str) -> _File | None:
        return self._now.get(path)

    def _open(self, act: Act) -> None:
        """A file that is opened is written from its beginning, or from its end."""
        if act.path not in self._now:
            if "O_CREAT" not in act.flags:
                return
            self._name(act, "", act.path, _File())
        file = self._now[act.path]
        if file is None:
            return
        if "O_TRUNC" in act.flags:
            file.write(_Write(act.ended, 0, None))
        file.place = file.size if "O_APPEND" in act.flags else 0

    def _name(self, act: Act, gone: str, path: str, file: _File | None) -> None:
        below = [one for one in self._now if gone and one.startswith(f"{gone}/")]
        assert not below, f"a folder with files got another name, which this disk cannot: {gone}"
        self._now[path] = file
        self._note(_Name(act.ended, gone, path, file))

    def _note(self, one: _Name) -> None:
        folder = str(Path(one.path or one.gone).parent)
        self._loose.setdefault(folder, []).append(one)

    def _sync(self, act: Act) -> None:
        file = self._now.get(act.path)
        if file is not None:
            file.sync(act.began)
            return
        waiting = self._loose.get(act.path, [])
        for one in waiting:
            if one.ended <= act.began:
                _rename(self._kept, one)
        self._loose[act.path] = [one for one in waiting if one.ended > act.began]

    def cut(self, onto: dict[Path, Path], chance: random.Random, survives: float) -> None:
        """The power goes now: write what is left of each root to another, empty folder."""
        names = dict(self._kept)
        for waiting in self._loose.values():
            for one in waiting:
                if chance.random() >= survives:
                    break  # a journal keeps what came first
                _rename(names, one)
        for root, target in onto.items():
            own = {
                path: file
                for path, file in sorted(names.items())
                if path == str(root) or path.startswith(f"{root}/")
            }
            for path, file in own.items():
                place = target / Path(path).relative_to(root)
                if str(Path(path).parent) not in names and path != str(root):
                    continue  # its folder was never promised, and is not there
                if file is None:
                    place.mkdir(parents=True, exist_ok=True)
                else:
                    place.write_bytes(file.after(chance, survives))


def _rename(names: dict[str, "_File | None"], one: _Name) -> None:
    if one.gone:
        names.pop(one.gone, None)
    if one.path:
        names[one.path] = one.file
