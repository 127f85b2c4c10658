"""Receives a phone's batch of events: each once, each for itself, whatever the others are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DataError, IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from server.db import table_of
from server.errors import Problem
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.phone_event import EventKind, PhoneEvent, Photo, Subject
from server.models.station import Station
from server.policy.standard.standards import Standard
from server.services.common.phone_items import (
    AnnouncedPhoto,
    AnswerEntry,
    ConsentEntry,
    Entry,
    InspectionEntry,
    ItemResult,
    PhoneItem,
    RectificationEntry,
    RequestEntry,
)
from server.services.county.counties import county_of
from server.services.intake import answers
from server.services.intake.batches import Batch, Known, Ring, Row, look_up
from server.services.intake.inspection_entries import station_to_inspect
from server.services.intake.inspection_receipt import Receipt, keep_inspection, what_to_tell
from server.services.intake.together import PLAIN, keep_together
from server.services.mending import rectifications
from server.services.mending.proof import told_of_proof
from server.services.photos.photos import announced_rows, photos_under
from server.services.requests.taking import take_request
from server.services.retention.consents import declined_spans, take_consent
from server.services.signals import questions as signals

# Faults of ours in one record. A database or a disk in trouble is none of these: then all of the
# batch waits, and nobody's record is called bad.
OUR_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError,
    DataError, InvalidRequestError,
)  # fmt: skip
log = structlog.get_logger()
TRIES = 3  # two phones may take the same version number at once; the loser counts again


class NotTogether(Exception):  # noqa: N818 - no answer, but another try
    """Some records could not be kept together: undo all, and keep them one by one."""


def receive(
    session: Session,
    *,
    person: Person,
    device_id: str,
    client_now: datetime | None,
    items: Sequence[PhoneItem],
    now: datetime,
    ring: Ring,
    standards: Sequence[Standard] = (),
    known: Known | None = None,
    all_new: bool = False,
    together: bool = False,
) -> list[ItemResult]:
    """Take in a batch; one answer per item, in order. One bad item never changes the others.

    What another person recorded on the phone stays there for that one to send.

    `client_now` is what the phone's clock says while it sends; `ring` the plaque keys, `standards`
    what inspections are held against; `known` what `look_up` has found, `all_new` that none of
    their ids is here yet. With `together` the database is asked as often for many plain records as
    for one; where something breaks, `NotTogether` is raised and the caller rolls back.
    """
    mine = [one for one in items if one.person_id in (None, person.id)]
    if len(mine) < len(items):
        kept = iter(
            receive(
                session, person=person, device_id=device_id, client_now=client_now, items=mine,
                now=now, ring=ring, standards=standards, known=known, all_new=all_new,
                together=together,
            )
        )  # fmt: skip
        return [next(kept) if one in mine else answers.of_another(one) for one in items]
    known = known or look_up(session, person=person, items=items, now=now)
    batch = Batch(person, device_id, client_now, now, ring, standards, known)
    if not together:
        return [_receive_one(session, batch, item) for item in items]
    results: list[ItemResult] = []
    for plain, run in groupby(items, key=lambda item: isinstance(item.entry, PLAIN)):
        if plain:
            results += _receive_run(session, batch, list(run), all_new=all_new)
        else:
            results += [_receive_one(session, batch, item) for item in run]
    return results


def _receive_run(
    session: Session, batch: Batch, items: Sequence[PhoneItem], *, all_new: bool
) -> list[ItemResult]:
    """Plain records that stand beside each other in a batch, without a savepoint."""
    try:
        return keep_together(session, batch, items, all_new=all_new)
    except (*OUR_FAULTS, IntegrityError, Problem) as error:
        log.warning("kept one by one", records=len(items), error=type(error).__name__)
        raise NotTogether from error


def _receive_one(session: Session, batch: Batch, item: PhoneItem) -> ItemResult:
    """One item inside its own savepoint; even where we are at fault, the others go on."""
    for _ in range(TRIES):
        try:
            with session.begin_nested():
                return _keep(session, batch, item)
        except Problem as problem:
            return answers.refused(session, batch, item, problem)
        except IntegrityError:
            continue  # the same id, or the same version, arrived meanwhile: look again
        except OUR_FAULTS:
            log.exception("record broke", record=str(item.id), kind=item.kind)
            return ItemResult(
                str(item.id),
                "invalid",
                "item-broken",
                "这一条系统没能收下，是系统的毛病，不是您的。记录还在手机里，请别删，"
                "过几天再点“再交一次”，或告诉县专班。",
            )
    return ItemResult(
        str(item.id),
        "conflict",
        "arrived-meanwhile",
        "同一时间有人改了同一处。请点“再交一次”。",
    )


def _keep(session: Session, batch: Batch, item: PhoneItem) -> ItemResult:
    """Keep one event with its own kind's row and its photos; the result, and what to tell."""
    entry = item.entry
    if isinstance(entry, PLAIN):
        [result] = keep_together(session, batch, [item])
        return result
    before = session.get(PhoneEvent, item.id, populate_existing=True)
    if before is not None:
        answers.refuse_another(before, batch.person, item)
        return ItemResult(str(item.id), "same", message=_told(session, before))
    moment = batch.moment(item.device_at, item)
    station = (
        station_to_inspect(session, person=batch.person, station_id=item.station_id)
        if isinstance(entry, InspectionEntry)
        else batch.kept_station(item)
    )
    # A correction, whenever it is made, speaks of a visit that is here already.
    if not (isinstance(entry, InspectionEntry) and entry.amends_id):
        batch.refuse_outside_its_time(station, moment)
    row = batch.receipt(item, station, moment)
    event = PhoneEvent(**row)
    session.add(event)
    session.flush()
    if isinstance(entry, InspectionEntry):
        keep_inspection(
            session,
            event=event,
            station=station,
            entry=entry,
            by=batch.person,
            receipt=_receipt(batch, item, entry),
        )
    _announce(session, batch, item, row)
    _answer(session, batch, item, station, event)
    session.flush()
    return answers.kept(row | {"result": event.result}, _told(session, event))


def _receipt(batch: Batch, item: PhoneItem, entry: InspectionEntry) -> Receipt:
    """What an inspection needs to know besides its own content."""
    return Receipt(
        ring=batch.ring,
        standards=batch.standards,
        arrived=batch.moment(entry.arrived_at, item),
        finished=batch.moment(entry.finished_at, item),
        photos=item.photos,
    )


def _announce(session: Session, batch: Batch, item: PhoneItem, event: Row) -> None:
    """Write down which photos of a record will follow."""
    rows = announced_rows(
        event,
        [
            (
                _with_subject(photo, item.entry),
                batch.moment(photo.taken_at, item),
            )
            for photo in item.photos
        ],
        taken=photos_under(session, [photo.id for photo in item.photos]),
    )
    if rows:
        session.execute(sa.insert(table_of(Photo)), rows)


def _answer(
    session: Session, batch: Batch, item: PhoneItem, station: Station, event: PhoneEvent
) -> None:
    """What a keeper shows, explains or asks for reaches what it is about."""
    match item.entry:
        case AnswerEntry() as entry:
            signals.answer(
                session,
                signal_id=entry.signal_id,
                station=station,
                text=entry.text,
                event_id=item.id,
                by=batch.person,
                now=batch.now,
            )
        case ConsentEntry() as entry:
            take_consent(
                session,
                event=event,
                county=county_of(session, station.county),
                entry=entry,
                by=batch.person,
                now=batch.now,
            )
            batch.known.declined[:] = declined_spans(session, person_id=batch.person.id)
        case RequestEntry() as entry:
            take_request(
                session, event=event, station=station, entry=entry, by=batch.person, now=batch.now
            )
        case RectificationEntry() as entry:
            rectifications.answer(
                session,
                rectification_id=entry.rectification_id,
                station=station,
                photo_ids=[photo.id for photo in item.photos],
                note=entry.note,
                by=batch.person,
                now=batch.now,
            )


def _with_subject(photo: AnnouncedPhoto, entry: Entry) -> AnnouncedPhoto:
    """An inspector's picture is evidence of its own, never a keeper's claim of a subject."""
    return replace(photo, subject=Subject.CLAUSE) if isinstance(entry, InspectionEntry) else photo


def _told(session: Session, event: PhoneEvent) -> str | None:
    """What the sender should know of a kept event, the same for an answer that got lost."""
    if event.kind is EventKind.INSPECTION:
        return what_to_tell(session, session.get_one(Inspection, event.id))
    if event.kind is EventKind.RECTIFICATION:
        return told_of_proof(session, event)
    if event.kind is EventKind.ANSWER and signals.settled_before(
        session, station_id=event.station_id, event_id=event.id
    ):
        return "县里已经处理了这个问题，您的说明也记上了。"
    return None
