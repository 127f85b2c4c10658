"""Files of a copy: written whole or not at all, sealed with age, their hashes taken on the way."""

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage

from server.errors import Conflict

CHUNK = 1 << 20


@contextlib.contextmanager
def told(place: Path) -> Iterator[None]:
    """Turn what the file system says into a sentence. Raises Conflict backup-failed."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            said = f"{place} 所在的磁盘满了。请腾出空间；以前的备份没有动。"
        elif error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            said = f"{place} 写不进或读不出（{error.strerror}）。请检查文件夹的权限。"
        else:
            said = f"{place} 读写出错（{error.strerror or error}）。请检查磁盘和网络。"
        raise Conflict("backup-failed", said) from error


class Hashed:
    """A stream that reckons SHA-256 and counts bytes of what is read from or written to it."""

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0
        self.failed: OSError | None = None  # age's library keeps only its words

    @property
    def sha256(self) -> str:
        """Of all that has passed so far, in hex."""
        return self._digest.hexdigest()

    def read(self, most: int = -1) -> bytes:
        """Pass on what the stream gives."""
        assert self._stream is not None  # noqa: S101
        with self._remembered():
            return self._passed(self._stream.read(most))

    def write(self, some: bytes) -> int:
        """Pass on to the stream; without one, only count."""
        self._passed(bytes(some))
        if self._stream is not None:
            with self._remembered():
                self._stream.write(some)
        return len(some)

    def flush(self) -> None:
        """Part of being a stream."""

    @contextlib.contextmanager
    def _remembered(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failed = error
            raise

    def _passed(self, some: bytes) -> bytes:
        self._digest.update(some)
        self.size += len(some)
        return some


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name only when it is whole and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file, or leave the old one."""
    with new_file(path) as file:
        file.write(content)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal(
    source: BinaryIO, path: Path, recipients: Sequence[pyrage.x25519.Recipient], expected: str = ""
) -> tuple[Hashed, Hashed]:
    """Seal a stream into a new file: what went in, and what the file is.

    With `expected` (SHA-256) other bytes leave no file: raises ValueError.
    """
    plain = Hashed(source)
    with new_file(path) as file:
        sealed = Hashed(file)
        try:
            pyrage.encrypt_io(plain, sealed, recipients)
        except pyrage.EncryptError as error:
            raise plain.failed or sealed.failed or error from error
        if expected and plain.sha256 != expected:
            raise ValueError(path.name)
    return plain, sealed


def unseal(path: Path, key: pyrage.x25519.Identity, into: BinaryIO | None = None) -> Hashed:
    """Open a sealed file into a stream, or only to know what is in it. Raises Conflict."""
    plain = Hashed(into)
    with told(path):
        try:
            with path.open("rb") as file:
                pyrage.decrypt_io(file, plain, [key])
        except FileNotFoundError as error:
            raise Conflict("backup-damaged", f"备份里少了文件 {path.name}。") from error
        except (pyrage.DecryptError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk, not the file
            if plain.failed is not None:
                raise plain.failed from error
            if "No matching keys" in str(error):
                said = "这把私钥打不开这份备份。请找出设置备份时保存的那一把。"
                raise Conflict("backup-key", said) from error
            said = f"备份文件 {path.name} 坏了，打不开。请换一份备份。"
            raise Conflict("backup-damaged", said) from error
    return plain


def hashed(path: Path) -> Hashed:
    """What a file is: its SHA-256 and size."""
    found = Hashed()
    with path.open("rb") as file:
        while some := file.read(CHUNK):
            found.write(some)
    return found
