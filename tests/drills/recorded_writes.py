"""What programs asked a disk to do, in order: strace's log of one run, read as acts on files.

The log says when each call began and how long it took. A write may reach the disk as soon as it has
begun; what a sync promises holds only once it has returned.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,truncate,fallocate,"
    "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,"
    "fsync,fdatasync,sync,syncfs,copy_file_range,sendfile"
)
LONGEST = 64 * 1024 * 1024  # bytes of one write that the log shows whole
_LINE = re.compile(r"(\d+) +(\d+\.\d+) (.*)", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)", re.DOTALL)
_DONE = re.compile(
    r"(\w+)\((.*)\) += (-?\d+)[^<]*(?:<((?:\\x[0-9a-f]{2})*)>)?.*?<(\d+\.\d+)>\s*$", re.DOTALL
)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"(?:AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>")


@dataclass(frozen=True)
class Act:
    """One call that changed something, or made something last; `path` is a whole path.

    `what`: open, write, truncate, rename, link, unlink, mkdir, sync, sync_all. `at` is None for a
    write that goes on where the last one of that file ended; `to` a second path; `size` bytes.
    """

    began: float
    ended: float
    what: str
    path: str
    data: bytes = b""
    at: int | None = None
    to: str = ""
    size: int = 0
    flags: str = ""


def command(log: Path, *words: str) -> list[str]:
    """A command line that runs another one and writes down what it does to files."""
    return [
        "strace", "-f", "--seccomp-bpf", "-qq", "-y", "-ttt", "-T", "-xx", "-s", str(LONGEST),
        "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(log), *words,
    ]  # fmt: skip


def acts(log: Path, *, below: Iterable[Path], home: Path) -> list[Act]:
    """All acts on files below these folders; a path without a folder is one of `home`.

    In the order in which they count: by their beginning, syncs by their end.
    """
    roots = tuple(f"{one}/" for one in below)
    found = [
        one
        for one in _read(log, home)
        if one.what == "sync_all" or f"{one.path}/".startswith(roots) or one.to.startswith(roots)
    ]
    return sorted(found, key=lambda one: one.ended if one.what.startswith("sync") else one.began)


def _read(log: Path, home: Path) -> Iterator[Act]:
    begun: dict[str, tuple[float, str]] = {}
    with log.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            said = _LINE.match(line)
            if said is None:
                continue
            who, at, text = said[1], float(said[2]), said[3]
            if text.rstrip().endswith("<unfinished ...>"):
                begun[who] = (at, text.rstrip().removesuffix("<unfinished ...>"))
                continue
            resumed = _RESUMED.match(text)
            if resumed:
                at, first = begun.pop(who, (at, ""))
                text = first + resumed[1]
            done = _DONE.match(text)
            if done and int(done[3]) >= 0:
                made = _act(done, at, home)
                if made is not None:
                    yield made


_ONE_FILE = {"fsync": "sync", "fdatasync": "sync", "write": "write", "writev": "write"}
_ONE_NAME = {"unlink": "unlink", "unlinkat": "unlink", "rmdir": "unlink", "mkdir": "mkdir",
             "mkdirat": "mkdir"}  # fmt: skip
_TWO_NAMES = {"rename": "rename", "renameat": "rename", "renameat2": "rename", "link": "link",
              "linkat": "link"}  # fmt: skip


def _act(done: re.Match[str], began: float, home: Path) -> Act | None:
    """One call that succeeded; None where it changed nothing that has a name."""
    call, words, result = done[1], done[2], int(done[3])
    ended = began + float(done[5])
    if call in ("sync", "syncfs"):
        return Act(began, ended, "sync_all", "")
    if call in _ONE_NAME or call in _TWO_NAMES:
        names = [_whole(_text(one), home) for one in _TEXT.findall(words)]
        what = (_ONE_NAME | _TWO_NAMES)[call]
        return Act(began, ended, what, names[0], to=names[1] if call in _TWO_NAMES else "")
    if call in ("openat", "open", "creat"):
        flags = words if call != "creat" else "O_CREAT|O_TRUNC"
        return Act(began, ended, "open", _text(done[4] or ""), flags=flags)
    if call == "truncate":
        [name] = _TEXT.findall(words)
        return Act(began, ended, "truncate", _whole(_text(name), home), size=_last(words))
    files = [_text(one) for one in _FILE.findall(words)]
    if not files or files[0].endswith(" (deleted)"):
        return None
    return _on_open_file(call, files[0], words, result, (began, ended))


def _on_open_file(call: str, file: str, words: str, result: int, when: tuple[float, float]) -> Act:
    """A call that names its file by a number."""
    match call:
        case "fsync" | "fdatasync" | "write" | "writev":
            return Act(*when, _ONE_FILE[call], file, _written(words, result))
        case "pwrite64" | "pwritev" | "pwritev2":
            at = _numbers(words)[-2] if call == "pwritev2" else _last(words)
            return Act(*when, "write", file, _written(words, result), at)
        case "lseek":
            return Act(*when, "seek", file, at=result)
        case "ftruncate":
            return Act(*when, "truncate", file, size=_last(words))
        case "fallocate":
            return Act(*when, "grow", file, size=sum(_numbers(words)[-2:]))
    return Act(*when, f"{call}, which the disk does not know", file)


def _text(one: str) -> str:
    return _bytes(one).decode(errors="replace")


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _whole(path: str, home: Path) -> str:
    return path if path.startswith("/") else f"{home}/{path}"


def _written(words: str, result: int) -> bytes:
    return b"".join(_bytes(one) for one in _TEXT.findall(words))[:result]


def _numbers(words: str) -> list[int]:
    return [int(one) for one in re.findall(r"(?<=, )\d+(?=,|$)", words)]


def _last(words: str) -> int:
    return int(words.rsplit(", ", 1)[1])
