"""The worker's part in keeping what is there: copies, and drills that prove them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server import jobs
from server.errors import Problem
from server.media.blobs import BlobStore

BACKUP_PORTION_S = 120.0
CARRY_S = 600.0  # a step of five
FILES_A_DRILL = 200

Record = Callable[[Session], None]
log = structlog.get_logger()


class Shop(Protocol):
    """What of the worker's Workshop this needs."""

    @property
    def engine(self) -> Engine: ...  # noqa: D102
    @property
    def blobs(self) -> BlobStore: ...  # noqa: D102
    @property
    def home(self) -> Path | None: ...  # noqa: D102


def back_up(shop: Shop, now: datetime) -> Record:
    """Copy everything to where the installation was told to, if it was.

    The first copy of many years' photos is made in portions, so that other jobs get their turn.
    """
    from server.services.backup.place import place_of
    from server.services.backup.taking import carry_photos, take

    place = place_of(shop.home) if shop.home else None
    if place is None:
        return lambda _session: None
    tell = _teller(place.home, now)
    try:
        if not carry_photos(place, shop.engine, shop.blobs, for_s=BACKUP_PORTION_S, now=now):

            def again(session: Session) -> None:
                jobs.enqueue(session, "back_up", {}, now=now)

            return again
        made = take(place, shop.engine, shop.blobs, now=now, carry_s=CARRY_S)
    except Problem as problem:  # `check` and the desk tell of it until a copy goes well
        log.error("backup failed", problem=problem.code, said=problem.message)  # noqa: TRY400
        return tell
    log.info("backed up", files=made.photos, absent=len(made.absent), took_s=round(made.took_s, 1))
    return tell


def drill_backup(shop: Shop, now: datetime) -> Record:
    """Restore the newest copy into an empty place and prove it; `check` tells what was wrong."""
    from server.services.backup.place import place_of, state_of
    from server.services.backup.restoring import drill

    place = place_of(shop.home) if shop.home else None
    if place is None or not state_of(place.home).backup_at:
        return lambda _session: None
    try:
        report = drill(place, shop.engine, now=now, sample=FILES_A_DRILL)
    except Problem as problem:  # as above
        log.error("backup drill failed", problem=problem.code, said=problem.message)  # noqa: TRY400
    else:
        if report.faults:
            log.error("backup drill failed", copy=report.name, faults=len(report.faults))
    return _teller(place.home, now)


def _teller(home: Path, now: datetime) -> Record:
    """What lets the other machines know how the copies stand."""
    from server.services.backup.place import tell_others

    return lambda session: tell_others(session, home, now=now)
