"""Carries every file of one store into another, each read back and compared by its hash."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.errors import Invalid, NotFound
from server.media.blobs import BlobStore, sha256_of
from server.services.backup.databases import named_files


@dataclass(frozen=True)
class Carried:
    """How many of the files that rows name the new store has; SHA-256 of what it cannot have.

    `damaged` are not any more what their names say; `lost` are in neither store.
    """

    files: int
    damaged: tuple[str, ...]
    lost: tuple[str, ...]


def carry_files(session: Session, source: BlobStore, target: BlobStore) -> Carried:
    """Carry whatever rows name; what is there already is read and compared: run it again.

    The source is only read. Raises StoreFailed; what was carried until then stays.
    """
    target.begin()
    files, damaged, lost = 0, [], []
    # What no row names was erased by law, or never acknowledged: neither is to come back.
    for key in sorted(named_files(session)):
        try:
            if not _has(target, key):
                with source.open(key) as stream:
                    target.put(stream, expected=key)
            files += 1
        except NotFound:
            lost.append(key)
        except Invalid:
            damaged.append(key)
    return Carried(files, tuple(damaged), tuple(lost))


def _has(store: BlobStore, key: str) -> bool:
    if store.stat(key) is None:
        return False
    with store.open(key) as stream:
        return sha256_of(stream) == key
