"""Blanks positions and gives photos up, of whatever rows it is told: when is for others to say.

The nightly round (`round.py`) calls it for what has had its time; whoever erases a person calls it
for that person's own rows. Nobody here asks whether the law wants something kept: `holds.py` does.

A position goes from its table and from what the phone sent. Check-ins stand in no chain; a signed
record's hash does, so a record keeps it, and what is left of it gets a hash of its own, which the
caller puts into the history (`POSITIONS_ERASED`): the record verifies against that from then on.
A photo is given up first and loses its bytes afterwards (`delete_given_up`), so that a server that
dies between leaves a row that says gone, never a picture that is missing.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.db import writing
from server.media.blobs import BlobStore, StoreFailed
from server.models.blob_columns import times_named
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.phone_event import GIVEN_UP, NEVER_CAME, CheckIn, PhoneEvent, Photo, PhotoState
from server.models.photo_print import PhotoPrint
from server.models.reading import PhotoReading
from server.models.station import Station
from server.services.common import history
from server.services.common.actions import LEFT
from server.services.inspections.freezing import frozen_hash, frozen_is_whole
from server.services.inspections.versions import photos_of

AT_ONCE = 200
AWAY = 20
"""When so many are not deleted one after the other, it is the store's trouble and not theirs."""
_POSITION = re.compile(r'"position":\s*\[[^\[\]{}"]*\]')
log = structlog.get_logger()


def blank_check_ins(session: Session, ids: Collection[UUID], *, on: date) -> int:
    """Forget where these check-ins were made; how far from the station stays. How many it was."""
    done = 0
    for check_in in session.scalars(
        sa.select(CheckIn).where(CheckIn.id.in_(ids), CheckIn.latitude.is_not(None))
    ):
        check_in.latitude = check_in.longitude = None
        check_in.accuracy_m = check_in.fix_age_s = None
        check_in.position_erased_on = on
        done += 1
    _blank_what_was_sent(session, ids)
    session.flush()
    return done


def blank_inspections(
    session: Session, inspections: Sequence[Inspection], *, on: date
) -> list[history.Change]:
    """Forget where these records were taken and signed; what the history has to say of each.

    A record that does not hold its own hash is left alone: it is evidence of whoever changed it.
    """
    done = []
    whole = [one for one in inspections if frozen_is_whole(session, one)]
    _blank_what_was_sent(session, [one.id for one in whole])
    for one in whole:
        one.latitude = one.longitude = one.accuracy_m = None
        if one.document is not None:
            one.document = without_position(one.document)
        one.position_erased_on = on
        one.left_sha256 = frozen_hash(
            one,
            station=session.get_one(Station, one.station_id),
            inspector=session.get_one(Person, one.inspector_id),
            photos={str(photo.id): photo.sha256 for photo in photos_of(session, one)},
        )
        told = f"{full_day_text(one.day_on)}的督导记录"
        done.append(
            history.Change(field=f"{LEFT}{one.id}", label=told, old="", new=one.left_sha256)
        )
    if len(whole) < len(inspections):
        log.warning("records not whole, positions kept", records=len(inspections) - len(whole))
    session.flush()
    return done


def without_position(document: str) -> str:
    """A signed text without the place it names, all other bytes as they were."""
    return _POSITION.sub('"position":null', document, count=1)


def _blank_what_was_sent(session: Session, ids: Collection[UUID]) -> None:
    """Positions in the events as they came; of a photo no place is kept at all."""
    for event in session.scalars(sa.select(PhoneEvent).where(PhoneEvent.id.in_(ids))):
        sent = {**event.payload, "position": None}
        if isinstance(presence := sent.get("presence"), dict):
            sent["presence"] = {**presence, "signed_position": None}
        if isinstance(document := sent.get("document"), str):
            sent["document"] = without_position(document)
        event.payload = sent


def give_up_photos(session: Session, ids: Collection[UUID], *, on: date) -> int:
    """Say of these photos that they are deleted; how many it was. `delete_given_up` does the rest.

    Their SHA-256 stays, for records name it and the same file is known again; prints, by which
    pictures that look alike are found, go: without the picture nobody could compare it. So does
    all that was read in them, telephones and names of neighbours among it; what came of it stays.
    """
    done = 0
    for photo in session.scalars(
        sa.select(Photo).where(Photo.id.in_(ids), Photo.state.not_in((*NEVER_CAME, *GIVEN_UP)))
    ):
        photo.state, photo.erased_on = PhotoState.ERASING, on
        photo.exif, photo.phone_notes = {}, {}
        done += 1
    session.execute(sa.delete(PhotoPrint).where(PhotoPrint.photo_id.in_(ids)))
    session.execute(
        sa.update(PhotoReading).where(PhotoReading.photo_id.in_(ids)).values(lines=[], number=[])
    )
    session.flush()
    return done


def delete_what_came_back(session: Session, blobs: BlobStore) -> int:
    """Delete bytes that are here again although they were erased: a backup brought them back.

    One that its store does not delete keeps no other; its StoreFailed is raised at the end.
    """
    gone = set(
        session.scalars(sa.select(Photo.sha256).where(Photo.state == PhotoState.ERASED).distinct())
    )
    back = [key for key in blobs.blob_keys() if key in gone] if gone else []
    back = [key for key in back if times_named(session, key) == 0]
    if stuck := _stuck(blobs, back):
        raise next(iter(stuck.values()))
    return len(back)


def _stuck(blobs: BlobStore, keys: Iterable[str]) -> dict[str, StoreFailed]:
    """Delete these; which the store did not delete, and why. Raises when it seems to be away."""
    stuck: dict[str, StoreFailed] = {}
    for key in keys:
        try:
            blobs.delete(key)
        except StoreFailed as trouble:
            stuck[key] = trouble
            if len(stuck) == AWAY:
                raise
    return stuck


def delete_given_up(engine: Engine, blobs: BlobStore, *, county: str) -> int:
    """Delete the bytes of a county's photos that were given up, a few at a time; how many rows.

    Bytes that anything else names stay. Deleting again is harmless, so what a server that died has
    left half done is done by the next call. A photo that its store does not delete stays as it is,
    the others go, and its StoreFailed is raised at the end.
    """
    done, last, stuck = 0, None, dict[str, StoreFailed]()
    while True:
        with Session(engine) as session:
            found = session.execute(
                sa.select(Photo.id, Photo.sha256)
                .where(
                    Photo.county == county,
                    Photo.state == PhotoState.ERASING,
                    *(() if last is None else (Photo.id > last,)),
                )
                .order_by(Photo.id)
                .limit(AT_ONCE)
            ).all()
            keys = sorted({one.sha256 for one in found} - stuck.keys())
            stuck |= _stuck(blobs, (key for key in keys if times_named(session, key) == 0))
        if not found:
            break
        last = found[-1].id
        gone = [one.id for one in found if one.sha256 not in stuck]
        with writing(engine) as session:
            session.execute(
                sa.update(Photo)
                .where(Photo.id.in_(gone), Photo.state == PhotoState.ERASING)
                .values(state=PhotoState.ERASED)
            )
        done += len(gone)
    if stuck:
        raise next(iter(stuck.values()))
    return done
