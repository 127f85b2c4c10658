"""Keep bytes by their SHA-256 so that what was acknowledged survives a crash of any kind."""

import contextlib
import errno
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from server.errors import Invalid, NotFound

_KEY = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z0-9-]{1,32}")
_VARIANT = re.compile(r"[0-9a-f]{0,64}")
_CHUNK = 1 << 20

RESERVE_BYTES, RESERVE_SHARE = 500 * 1024 * 1024, 0.05
"""Photos stop while less than the smaller of both is free: records need little, and go on."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class StoreFailed(Exception):  # noqa: N818 - named like the problems a person reads
    """The store could not keep or give bytes; nothing was changed, and trying later may help.

    `message` is for the person at the phone, `reason` (never shown) for the log.
    """

    def __init__(self, code: str, message: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.message = message
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BlobStat:
    """What the store knows of one blob; `size` in bytes, `written_at` in UTC."""

    sha256: str
    size: int
    written_at: datetime


class BlobStore(Protocol):
    """What a folder and an S3-compatible store both do; each method may raise `StoreFailed`."""

    def begin(self) -> None:
        """Make a new store; a store that stands is left as it is."""

    def put(self, content: bytes | BinaryIO, expected: str | None = None) -> str:
        """Keep the bytes durably and answer their SHA-256 in hex; putting again is harmless.

        Raises `Invalid` (sha256-differs) when `expected` is another hash, and `StoreFailed`.
        """

    def open(self, key: str) -> BinaryIO:
        """The bytes as a stream to be closed; raises `NotFound` (blob-missing)."""

    def stat(self, key: str) -> BlobStat | None:
        """Size and time, or None when the store does not have it."""

    def delete(self, key: str) -> None:
        """Forget the bytes; absent ones are no error."""

    def put_rendition(self, kind: str, key: str, content: bytes, variant: str = "") -> None:
        """Keep what was derived from a blob, such as a thumbnail; it can always be made again."""

    def rendition(self, kind: str, key: str, variant: str = "") -> bytes | None:
        """A rendition's bytes, or None when it has to be made."""

    def blob_keys(self) -> Iterator[str]:
        """Every blob's SHA-256, in order."""

    def sweep(
        self, known: Iterable[str], *, now: datetime, older_than: timedelta = ...
    ) -> list[str]:
        """Set blobs aside that no key of `known` names and that are older; answers their names."""

    def is_low(self) -> bool:
        """Whether only the reserve of its room is left."""

    def refuse_when_low(self) -> None:
        """Take no photo into the reserve; raises StoreFailed store-reserve."""

    def check(self) -> None:
        """Prove that the store can be written to and read from."""


class FolderStore:
    """A store in one folder: `blobs/aa/bb/<sha256>`, renditions and orphans beside it.

    A blob is written to a `.part` file, synced, renamed and its folder synced before `put`
    answers, so a name that can be seen always has whole bytes behind it.

    With `begun`, the store is known to stand already: should its folder be gone (a disk that is not
    mounted, a folder moved away), everything is refused until it is back, and no new one is made
    on whatever disk lies beneath, where the photos would be out of sight later.
    """

    def __init__(self, root: Path, *, begun: bool = False) -> None:
        self.root = root
        self._begun = begun
        self._blobs = root / "blobs"
        self._incoming = root / "incoming"
        self._renditions = root / "renditions"
        self._orphans = root / "orphans"
        self._synced: set[Path] = set()

    def begin(self) -> None:
        """Make the folders of a new store; a store that stands is left as it is."""
        with told(self.root):
            self._blobs.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes | BinaryIO, expected: str | None = None) -> str:
        """Keep the bytes durably and answer their SHA-256 in hex; putting again is harmless."""
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        with told(self.root):
            self._refuse_when_gone()
            if not self._incoming.is_dir():
                self._incoming.mkdir(parents=True, exist_ok=True)
            part = self._incoming / f"{secrets.token_hex(12)}.part"
            try:
                key = _write_synced(part, stream)
                if expected is not None and key != expected.lower():
                    raise differs(expected, key)
                path = self._path(key)
                self._make_synced(path.parent)
                # Always replaced, even by equal bytes: the new time keeps the sweep away from a
                # blob whose row is only now being written.
                part.rename(path)
                _sync_folder(path.parent)
            finally:
                part.unlink(missing_ok=True)
        return key

    def _make_synced(self, folder: Path) -> None:
        """Create missing folders so that a crash cannot take one away with its blobs.

        A folder that is there may have been made a moment ago by somebody who has not synced it
        yet: so each store trusts only what it has synced itself, once.
        """
        if folder.is_dir() and (folder in self._synced or folder == self.root):
            return
        if folder != self.root:
            self._make_synced(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)
        self._synced.add(folder)

    def is_low(self) -> bool:
        """Whether the disk has only its reserve left; raises StoreFailed."""
        there = next(one for one in (self.root, *self.root.parents) if one.exists())
        with told(self.root):
            disk = os.statvfs(there)
        return disk.f_bavail < min(RESERVE_BYTES / disk.f_frsize, RESERVE_SHARE * disk.f_blocks)

    def refuse_when_low(self) -> None:
        """Take no photo into the reserve; raises StoreFailed store-reserve."""
        if self.is_low():
            raise StoreFailed(
                "store-reserve",
                "服务器的磁盘快满了，照片暂时不收。照片还在手机里，请不要删除，腾出空间后会自动再传；"
                "签到和件数照常能交。",
                f"{self.root}: less than the reserve is free",
            )

    def open(self, key: str) -> BinaryIO:
        """The bytes as a stream to be closed; raises `NotFound` (blob-missing)."""
        with told(self.root):
            try:
                return self._path(key).open("rb")
            except FileNotFoundError:
                self._refuse_when_gone()
                raise missing(key) from None

    def stat(self, key: str) -> BlobStat | None:
        """Size and time, or None when the store does not have it."""
        with told(self.root):
            try:
                found = self._path(key).stat()
            except (FileNotFoundError, NotFound):
                return None
        return BlobStat(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def delete(self, key: str) -> None:
        """Forget the bytes and every rendition of them; absent ones are no error."""
        with told(self.root):
            path = self._path(key)
            for rendition in self._renditions.glob(f"*/{key[:2]}/{key[2:4]}/{key}*.jpg"):
                rendition.unlink(missing_ok=True)
            path.unlink(missing_ok=True)

    def put_rendition(self, kind: str, key: str, content: bytes, variant: str = "") -> None:
        """Keep what was derived from a blob, such as a thumbnail; it can always be made again.

        `variant` is the hash of whatever else it was made from, such as a stamp's words.
        """
        path = self._rendition_path(kind, key, variant)
        with told(self.root):
            self._refuse_when_gone()
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{secrets.token_hex(12)}.part")
            try:
                part.write_bytes(content)
                part.rename(path)  # no fsync: a lost rendition is made anew
            finally:
                part.unlink(missing_ok=True)

    def rendition(self, kind: str, key: str, variant: str = "") -> bytes | None:
        """A rendition's bytes, or None when it has to be made (or made again after a crash)."""
        with told(self.root):
            try:
                return self._rendition_path(kind, key, variant).read_bytes() or None
            except FileNotFoundError:
                return None

    def blob_keys(self) -> Iterator[str]:
        """Every blob's SHA-256, in order."""
        for first in _folders_in(self._blobs):
            for second in _folders_in(first):
                for path in sorted(second.iterdir()):
                    if is_key(path.name):
                        yield path.name

    def sweep(
        self, known: Iterable[str], *, now: datetime, older_than: timedelta = timedelta(hours=24)
    ) -> list[str]:
        """Move blobs that no row names, and unfinished files, to `orphans/`; delete nothing.

        `known` are the keys that rows name. Only files older than `older_than` are moved: a
        younger one may belong to a row that is just being written. Answers the names moved.
        """
        before = now - older_than
        named = set(known)
        with told(self.root):
            orphans = [self._path(key) for key in self.blob_keys() if key not in named]
            unfinished = sorted(self._incoming.glob("*.part"))
            return [
                path.name
                for path in (*orphans, *unfinished)
                if self._set_aside(path, before=before)
            ]

    def check(self) -> None:
        """Prove that the folder can be written to and read from; raises `StoreFailed`.

        The probe never enters `blobs/`, so an office's real photo is never touched.
        """
        probe = self.root / f"probe-{secrets.token_hex(8)}.part"
        with told(self.root):
            self._refuse_when_gone()
            self.root.mkdir(parents=True, exist_ok=True)
            try:
                _write_synced(probe, io.BytesIO(b"probe"))
                if probe.read_bytes() != b"probe":
                    raise OSError(errno.EIO, "the probe came back changed")
            finally:
                probe.unlink(missing_ok=True)

    def _refuse_when_gone(self) -> None:
        """Raise `StoreFailed` (store-missing) when the folder of a begun store is not there."""
        if self._begun and not self._blobs.is_dir():
            raise StoreFailed(
                "store-missing",
                "服务器的照片库暂时找不到。照片还在手机里，请不要删除；"
                "请告诉县里的管理员，恢复后会自动再传。",
                f"{self._blobs} is not there",
            )

    def _path(self, key: str) -> Path:
        return self._blobs / blob_name(key)

    def _rendition_path(self, kind: str, key: str, variant: str) -> Path:
        refuse_odd_rendition(kind, variant)
        return self._renditions / kind / f"{blob_name(key)}{variant and '-'}{variant}.jpg"

    def _set_aside(self, path: Path, *, before: datetime) -> bool:
        """Move one file to `orphans/` unless somebody wrote it anew meanwhile."""
        aside = self._orphans / path.name
        self._orphans.mkdir(parents=True, exist_ok=True)
        try:
            if _written_at(path) >= before:
                return False
            path.rename(aside)
        except FileNotFoundError:
            return False  # finished, deleted or swept by someone else
        if _written_at(aside) >= before:
            aside.rename(path)  # put between our look and our move: give it back
            return False
        return True


@contextlib.contextmanager
def told(root: Path | str) -> Iterator[None]:
    """Turn what the file system says into words for the person who waits."""
    try:
        yield
    except OSError as error:
        reason = f"{root}: {error}"
        if error.errno in _FULL:
            raise StoreFailed(
                "store-full",
                "服务器的存储空间满了，照片暂时存不下。照片还在手机里，请不要删除；"
                "请告诉县里的管理员，腾出空间后会自动再传。",
                reason,
            ) from error
        if error.errno in _READ_ONLY:
            raise StoreFailed(
                "store-read-only",
                "服务器的存储现在不能写入。照片还在手机里，请不要删除；"
                "请告诉县里的管理员检查存储文件夹的权限。",
                reason,
            ) from error
        raise StoreFailed(
            "store-failed",
            "服务器的存储出了故障。照片还在手机里，请不要删除，过一会儿会自动再传；"
            "一直不行请告诉县里的管理员。",
            reason,
        ) from error


def blob_name(key: str) -> str:
    """Where a blob lies in every store; raises `NotFound` for what is no SHA-256, such as `../`."""
    if not _KEY.fullmatch(key):
        raise missing(key)
    return f"{key[:2]}/{key[2:4]}/{key}"


def is_key(name: str) -> bool:
    """Whether a name is a blob's."""
    return _KEY.fullmatch(name) is not None


def refuse_odd_rendition(kind: str, variant: str) -> None:
    """Raise ValueError where a rendition's names are no plain words."""
    if not _KIND.fullmatch(kind) or not _VARIANT.fullmatch(variant):
        raise ValueError(f"not a kind of rendition: {kind!r} {variant!r}")


def differs(expected: str, received: str) -> Invalid:
    """What is said of bytes that are not what was announced."""
    return Invalid(
        "sha256-differs",
        "照片在传送中变了样，没有收下。请再传一次。",
        expected=expected,
        received=received,
    )


def sha256_of(stream: BinaryIO) -> str:
    """The SHA-256, in hex, of what a stream still has."""
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def missing(key: str) -> NotFound:
    """What is said of a blob that the store has not."""
    return NotFound("blob-missing", "这张照片的原件找不到了。请告诉县里的管理员。", key=key[:64])


def _write_synced(path: Path, stream: BinaryIO) -> str:
    """Write a new file, sync it, and answer the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with path.open("xb") as file:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folders_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
