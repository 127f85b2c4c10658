"""Takes one copy: the database first, then every file that its rows name, the manifest last."""

import base64
import io
import json
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyrage
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import beijing_day, first_of_month
from server.errors import Conflict, NotFound, Problem
from server.media.blobs import BlobStore, StoreFailed
from server.models.blob_columns import times_named
from server.schema import current, head
from server.services.backup import manifest as manifests
from server.services.backup.carrying import carry_off
from server.services.backup.databases import copied, named_files
from server.services.backup.files import hashed, seal, sync_folder, told, write_whole
from server.services.backup.manifest import DATABASE, PHOTOS, SECRETS, UNFINISHED, Manifest
from server.services.backup.place import (
    MACHINE_KEY,
    Place,
    alone,
    day_of,
    fresh_name,
    note,
    recipient_of,
    settings_in,
    there,
)

KEPT: tuple[tuple[int, Callable[[date], Any]], ...] = (
    (7, lambda day: day),
    (5, lambda day: day.isocalendar()[:2]),
    (13, first_of_month),
)
"""The newest copy of so many days, weeks and months."""


def take(
    place: Place,
    engine: Engine,
    blobs: BlobStore,
    *,
    now: datetime,
    carry_s: float | None = None,
) -> Manifest:
    """Make one copy, thin old ones, carry all on; what goes wrong is written down for `check`.

    With `carry_s` each step of carrying stops after so many seconds, and goes on the next time.

    Raises Conflict (backup-place, backup-busy, backup-failed, backup-remote).
    """
    with _troubles_kept(place, now):
        _ready(place, engine)
        with alone(place) as scratch:
            made = _take(place, engine, blobs, scratch, now=now)
            trouble = _absent_told(made.absent)
            at = now if trouble else None
            note(place.home, backup_at=made.began_at, trouble=trouble, trouble_at=at)
            _thin(place)
            if place.remote:
                carry_off(place.home, place.to, place.remote, for_s=carry_s)
    return made


def carry_photos(
    place: Place, engine: Engine, blobs: BlobStore, *, for_s: float, now: datetime
) -> bool:
    """Seal files that the target has not yet, for so many seconds; True when none is left.

    Raises as `take` does.
    """
    until, recipients = time.monotonic() + for_s, _recipients(place)
    with _troubles_kept(place, now):
        _ready(place, engine)
        with Session(engine) as session:
            keys = named_files(session)
        with alone(place):
            for key in sorted(keys - _had(place)):
                if time.monotonic() > until:
                    return False
                _seal_photo(place, blobs, key, recipients)
    return True


@contextmanager
def _troubles_kept(place: Place, now: datetime) -> Iterator[None]:
    try:
        yield
    except Problem as trouble:
        note(place.home, trouble=trouble.message, trouble_at=now)
        raise
    except StoreFailed as failed:
        said = f"照片库读不出来（{failed.reason}）。请检查磁盘有没有挂上、有没有坏。"
        note(place.home, trouble=said, trouble_at=now)
        raise Conflict("backup-failed", said) from failed


def _ready(place: Place, engine: Engine) -> None:
    there(place)
    if current(engine) != head():
        raise Conflict(
            "database-not-ready",
            "数据库还没有升级到这个程序的结构。请先运行 python -m server migrate。",
        )


def _take(
    place: Place, engine: Engine, blobs: BlobStore, scratch: Path, *, now: datetime
) -> Manifest:
    recipients, name, began_s = _recipients(place), fresh_name(now), time.monotonic()
    plain, folder = scratch / "database", place.sets / f"{name}{UNFINISHED}"
    with told(place.to):
        for old in place.sets.glob(f"*{UNFINISHED}"):
            shutil.rmtree(old)  # of a backup that was killed
        folder.mkdir(parents=True, mode=0o700)
    with copied(engine, plain, day=beijing_day(now)) as found, told(place.to):
        with plain.open("rb") as stream:
            database, sealed = seal(stream, folder / DATABASE, recipients)
        files = {DATABASE: {"size": sealed.size, "sha256": sealed.sha256}}
        plain.unlink()
        _, sealed = seal(io.BytesIO(_secrets(place.home)), folder / SECRETS, recipients)
        files[SECRETS] = {"size": sealed.size, "sha256": sealed.sha256}
        had, sizes, absent = _had(place), {}, []
        for key in sorted(found.keys):
            if key not in had and not _seal_photo(place, blobs, key, recipients):
                absent.append(key)
                continue
            stat = blobs.stat(key)
            # Gone from the store by now (erased by law): what was sealed before still counts.
            sizes[key] = stat.size if stat else 0
        absent = _still_named(engine, absent)
        lines = "".join(f"{key} {size}\n" for key, size in sizes.items())
        write_whole(folder / PHOTOS, lines.encode())
        listed = hashed(folder / PHOTOS)
        files[PHOTOS] = {"size": listed.size, "sha256": listed.sha256}
        made = Manifest(
            began_at=now, took_s=time.monotonic() - began_s,
            engine=engine.dialect.name, step=found.step,
            tables=found.tables, heads=found.heads, photos=len(sizes),
            photo_bytes=sum(sizes.values()), absent=tuple(absent),
            database_sha256=database.sha256, files=files,
        )  # fmt: skip
        manifests.write(folder, made)
        folder.rename(place.sets / name)
        sync_folder(place.sets)
    return made


def _recipients(place: Place) -> list[pyrage.x25519.Recipient]:
    return [recipient_of(one) for one in place.recipients]


def photo_file(to: Path, key: str) -> Path:
    """Where a target keeps a file of the store: sealed, under the SHA-256 of what is in it."""
    return to / "photos" / key[:2] / f"{key}.age"


def _had(place: Place) -> set[str]:
    """What the target has already: only whole files get their names."""
    return {path.stem for path in (place.to / "photos").glob("??/*.age")}


def _seal_photo(
    place: Place, blobs: BlobStore, key: str, recipients: Sequence[pyrage.x25519.Recipient]
) -> bool:
    """Carry one file over; False when this machine has it not, or not whole."""
    try:
        with blobs.open(key) as stream, told(place.to):
            seal(stream, photo_file(place.to, key), recipients, expected=key)
    except (NotFound, ValueError):
        return False
    return True


def _still_named(engine: Engine, absent: Iterable[str]) -> list[str]:
    """Those that rows name even now; what was lawfully erased meanwhile is missed by nobody."""
    with Session(engine) as session:
        return [key for key in absent if times_named(session, key)]


def _absent_told(absent: Collection[str]) -> str:
    if not absent:
        return ""
    some = "、".join(key[:16] for key in list(absent)[:3])
    return (
        f"照片库里有{len(absent)}个文件不见了或坏了（{some}…），备份里也没有。"
        "请从更早的备份或别的磁盘找回，放回 photos/blobs。"
    )


def _secrets(home: Path) -> bytes:
    """Keys and settings, without which plates, accounts and the house itself are no use."""
    with told(home):
        files = {
            path.name: base64.b64encode(path.read_bytes()).decode()
            for path in sorted((home / "secrets").glob("*"))
            if path.is_file() and path.name != MACHINE_KEY
        }
    return json.dumps({"files": files, "environment": settings_in()}).encode()


def _thin(place: Place) -> None:
    """Keep the newest copy of 7 days, 5 weeks and 13 months, and the files that these name."""
    newest_first = manifests.whole_copies(place.sets)[::-1]
    kept = {newest_first[0]}
    for most, stretch in KEPT:
        seen: set[Any] = set()
        for folder in newest_first:
            period = stretch(day_of(folder.name))
            if period not in seen and len(seen) < most:
                seen.add(period)
                kept.add(folder)
    gone = [folder for folder in newest_first if folder not in kept]
    if not gone:
        return
    with told(place.to):
        for folder in gone:
            # Without its manifest it is no copy any more, whatever happens in between.
            (folder / manifests.FILE).unlink()
            shutil.rmtree(folder)
    named: set[str] = set()
    for folder in kept:
        named |= manifests.photo_sizes(folder, manifests.read(folder)).keys()
    with told(place.to):
        for key in _had(place) - named:
            photo_file(place.to, key).unlink(missing_ok=True)
