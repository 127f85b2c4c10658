"""Receives a phone's batch of events: each once, each for itself, whatever the others are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DataError, IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, Problem
from server.models.inspection import Inspection
from server.models.person import Keeping, Person
from server.models.phone_event import EventKind, PhoneEvent, Subject
from server.models.station import Station
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.moments import Moment, moment_of
from server.services.common.phone_items import (
    AnnouncedPhoto,
    AnswerEntry,
    CheckInEntry,
    CountEntry,
    Entry,
    InspectionEntry,
    ItemResult,
    NoteEntry,
    PhoneItem,
    RectificationEntry,
)
from server.services.days.check_ins import keep_check_in
from server.services.days.counts import keep_count
from server.services.intake.actions import IntakeAction
from server.services.intake.inspection_entries import station_to_inspect
from server.services.intake.inspection_receipt import Receipt, keep_inspection, what_to_tell
from server.services.mending import rectifications
from server.services.photos.photos import announce
from server.services.signals import questions as signals

# Contradictions with what is kept; everything else a person can mend is "invalid".
CONFLICTS = frozenset(
    {
        "event-differs",
        "photo-differs",
        "arrived-meanwhile",
        "inspection-amended-already",
        "month-approved",
    }
)
NOT_ITS_PLATE = frozenset(
    {"sign-unknown", "sign-retired", "sign-foreign", "plate-of-another-station"}
)
# Faults of ours in one record. A database or a disk in trouble is none of these: then all of the
# batch waits, and nobody's record is called bad.
OUR_FAULTS = (
    ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError,
    DataError, InvalidRequestError,
)  # fmt: skip
log = structlog.get_logger()
TRIES = 3  # two phones may take the same version number at once; the loser counts again


@dataclass(frozen=True)
class _Batch:
    """Who sends, from which phone, when, and the stations it may be about."""

    person: Person
    device_id: str
    client_now: datetime | None
    now: datetime
    ring: Sequence[tuple[str, bytes]]
    standards: Sequence[Standard]
    kept: Mapping[int, tuple[Station, datetime | None]]

    def moment(self, device_at: datetime, offset_ms: int | None) -> Moment:
        """A time on this phone's clock, corrected."""
        return moment_of(
            device_at, own_offset_ms=offset_ms, client_now=self.client_now, now=self.now
        )

    def receipt(self, item: PhoneItem, entry: InspectionEntry) -> Receipt:
        """What an inspection needs to know besides its own content."""
        return Receipt(
            ring=self.ring,
            standards=self.standards,
            arrived=self.moment(entry.arrived_at, item.clock_offset_ms),
            finished=self.moment(entry.finished_at, item.clock_offset_ms),
            photos=item.photos,
        )


def receive(
    session: Session,
    *,
    person: Person,
    device_id: str,
    client_now: datetime | None,
    items: Sequence[PhoneItem],
    now: datetime,
    ring: Sequence[tuple[str, bytes]],
    standards: Sequence[Standard] = (),
) -> list[ItemResult]:
    """Take in a batch; one answer per item, in order. One bad item never changes the others.

    `client_now` is what the phone's clock says while it sends; `ring` the plaque keys, `standards`
    what inspections are held against.
    """
    kept = {
        station.id: (station, until_at)
        # Ended keepings first: one that still runs overwrites them.
        for station, until_at in session.execute(
            sa.select(Station, Keeping.until_at)
            .join(Keeping, Keeping.station_id == Station.id)
            .where(
                Station.county == person.county,
                Keeping.person_id == person.id,
                Keeping.from_at <= now,
            )
            .order_by(Keeping.until_at.is_(None), Keeping.until_at)
        )
    }
    batch = _Batch(person, device_id, client_now, now, ring, standards, kept)
    return [_receive_one(session, batch, item) for item in items]


def _receive_one(session: Session, batch: _Batch, item: PhoneItem) -> ItemResult:
    """One item inside its own savepoint; even where we are at fault, the others go on."""
    for _ in range(TRIES):
        try:
            with session.begin_nested():
                result, message = _keep(session, batch, item)
        except Problem as problem:
            _tell_the_office(session, batch, item, problem)
            fields = problem.details.get("fields")
            return ItemResult(
                str(item.id),
                "conflict" if problem.code in CONFLICTS else "invalid",
                problem.code,
                problem.message,
                tuple(fields) if fields else None,
            )
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
        return ItemResult(str(item.id), result, message=message)
    return ItemResult(
        str(item.id),
        "conflict",
        "arrived-meanwhile",
        "同一时间有人改了同一处。请点“再交一次”。",
    )


def _tell_the_office(session: Session, batch: _Batch, item: PhoneItem, problem: Problem) -> None:
    """A plate that a keeper calls new and that is none of the station's: the township sees it.

    One line a day says it in the station's history, however often the plate is scanned.
    """
    kept = batch.kept.get(item.station_id)
    entry = item.entry
    if kept is None or not isinstance(entry, CheckInEntry) or not entry.new_plate:
        return
    if problem.code not in NOT_ITS_PLATE:
        return
    station, action = kept[0], IntakeAction.PLATE_DOUBTED
    summary = f"{batch.person.name}说扫的是{station.name}的新牌子，没对上：{problem.message}"
    since = batch.now - timedelta(days=1)
    if not history.said_since(session, of=station, action=action, since=since):
        history.write(
            session, of=station, by=batch.person, at=batch.now, action=action, summary=summary
        )


def _keep(session: Session, batch: _Batch, item: PhoneItem) -> tuple[str, str | None]:
    """Keep one event with its own kind's row and its photos; the result, and what to tell."""
    before = session.get(PhoneEvent, item.id, populate_existing=True)
    if before is not None:
        return _again(before, batch.person, item), _told(session, before)
    moment = batch.moment(item.device_at, item.clock_offset_ms)
    entry = item.entry
    station = (
        station_to_inspect(session, person=batch.person, station_id=item.station_id)
        if isinstance(entry, InspectionEntry)
        else _kept_station(batch, item)
    )
    # A correction, whenever it is made, speaks of a visit that is here already.
    if not (isinstance(entry, InspectionEntry) and entry.amends_id):
        _refuse_outside_its_time(batch, station, moment)
    event = PhoneEvent(
        id=item.id,
        kind=item.kind,
        county=station.county,
        station_id=station.id,
        person_id=batch.person.id,
        device_id=batch.device_id,
        device_seq=item.seq,
        payload=item.payload,
        content_sha256=item.content_sha256,
        result="ok",
        day_on=entry.day_on if isinstance(entry, CountEntry) else moment.day_on,
        occurred_at=moment.at,
        time_verified=moment.verified,
        device_at=item.device_at,
        clock_offset_ms=item.clock_offset_ms,
        received_at=batch.now,
    )
    session.add(event)
    session.flush()
    _keep_own_row(session, batch, item, event, station)
    announced = [
        (_with_subject(photo, entry), batch.moment(photo.taken_at, item.clock_offset_ms))
        for photo in item.photos
    ]
    announce(session, event=event, photos=announced)
    if isinstance(entry, RectificationEntry):
        rectifications.answer(
            session,
            rectification_id=entry.rectification_id,
            station=station,
            photo_ids=[photo.id for photo in item.photos],
            note=entry.note,
            by=batch.person,
            now=batch.now,
        )
    session.flush()
    return event.result, _told(session, event)


def _keep_own_row(
    session: Session, batch: _Batch, item: PhoneItem, event: PhoneEvent, station: Station
) -> None:
    """Keep what this kind of event says, in its own kind's row."""
    entry = item.entry
    match entry:
        case CheckInEntry():
            keep_check_in(session, event=event, station=station, entry=entry, ring=batch.ring)
        case CountEntry():
            if keep_count(session, event=event, station=station, entry=entry, by=batch.person):
                event.result = "merged"
        case NoteEntry():
            if not item.photos:
                raise Invalid(
                    "photo-note-empty", "这条记录里没有照片。请先拍照再交。", fields=["photos"]
                )
        case InspectionEntry():
            keep_inspection(
                session,
                event=event,
                station=station,
                entry=entry,
                by=batch.person,
                receipt=batch.receipt(item, entry),
            )
        case AnswerEntry():
            signals.answer(
                session,
                signal_id=entry.signal_id,
                station=station,
                text=entry.text,
                event_id=event.id,
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
    if event.kind is EventKind.ANSWER and signals.settled_before(session, event_id=event.id):
        return "县里已经处理了这个问题，您的说明也记上了。"
    return None


def _kept_station(batch: _Batch, item: PhoneItem) -> Station:
    """The item's station, if this person keeps it or once did.

    Raises `Invalid` (station-not-yours), the same for a station that does not exist.
    """
    if item.station_id not in batch.kept:
        raise _not_yours()
    return batch.kept[item.station_id][0]


def _refuse_outside_its_time(batch: _Batch, station: Station, moment: Moment) -> None:
    """Refuse what happened after the keeper handed over, or after the station was closed.

    A keeper who has handed over may still send what was done before. Raises `Invalid`
    (station-not-yours) and `Conflict` (station-closed).
    """
    _, until_at = batch.kept.get(station.id, (None, None))
    if until_at is not None and moment.at >= until_at:
        raise _not_yours()
    if station.closed_on is not None and moment.day_on > station.closed_on:
        raise Conflict(
            "station-closed",
            f"{station.name}已经撤销，不用再报了。如果弄错了，请找县专班。",
            fields=["station_id"],
        )


def _not_yours() -> Invalid:
    return Invalid(
        "station-not-yours",
        "这个站点现在不归您管，没有收下。如果弄错了，请找镇上或县专班。",
        fields=["station_id"],
    )


def _again(before: PhoneEvent, person: Person, item: PhoneItem) -> str:
    """An id that is here already: the same thing sent again, or something else under its name."""
    if before.person_id == person.id and before.content_sha256 == item.content_sha256:
        return "same"
    # Another person's event is not described, not even by what differs.
    fields = list(_differing(before, item)) if before.person_id == person.id else ["id"]
    raise Conflict(
        "event-differs",
        "同一个编号的记录内容不一样，没有改动原来的。请核对后当作新的一条再交。",
        fields=fields,
    )


def _differing(before: PhoneEvent, item: PhoneItem) -> Iterator[str]:
    """The names of the fields in which an item differs from the event under its id."""
    found = False
    for name, old, new in (
        ("kind", before.kind, item.kind),
        ("station_id", before.station_id, item.station_id),
        ("device_at", before.device_at, item.device_at),
    ):
        if old != new:
            found = True
            yield name
    payload = item.payload
    for name in sorted(before.payload.keys() | payload.keys()):
        if before.payload.get(name) != payload.get(name):
            found = True
            yield f"payload.{name}"
    if not found:
        yield "photos"
