"""What the demonstration's people said, scanned, counted and photographed in a month."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import jobs
from server.media.blobs import BlobStore
from server.media.demo_photos import SUBJECTS, demo_photo
from server.models.person import Person
from server.models.phone_event import (
    CheckIn,
    EventKind,
    ParcelCount,
    PhoneEvent,
    Photo,
    PhotoState,
)
from server.models.statement import Statement
from server.models.station import Station, StationLevel
from server.policy.distance import distance_m
from server.policy.facts import Word
from server.policy.hours import hours_lines
from server.services.demo_cast import Character, DemoCast, Member
from server.services.moments import BEIJING
from server.services.phone_items import (
    AnnouncedPhoto,
    CheckInEntry,
    CountEntry,
    Entry,
    NoteEntry,
    PhoneItem,
    Position,
)

DAYS = 30
MOST_PHOTOS = 100  # a larger county shows them at its first stations only
ALL_SUBJECTS_FOR = ("C0001", "C0002", "XZ0001")
_FLAGS = (
    "premises_fixed", "services_posting", "services_delivery", "signboard_present",
    "signboard_unobstructed", "signboard_prominent", "sign_code_visible", "hours_board_present",
    "hours_board_matches", "area_fits_volume", "service_counter", "shelves", "barcode_scanner",
    "zoning",
)  # fmt: skip
MISSING = {Character.NO_BOARD: "hours_board_present", Character.NO_SHELVES: "shelves"}


def first_round_day(on: date) -> date:
    """The 12th of the newest July or November that is over, but no more than 138 days back."""
    months = [date(year, month, 12) for year in (on.year - 1, on.year) for month in (7, 11)]
    over = [day for day in months if (day.year, day.month) < (on.year, on.month)]
    return max(over[-1], on - timedelta(days=138))


def say_all(
    session: Session, cast: DemoCast, *, on: date, rng: random.Random
) -> dict[int, dict[str, Any]]:
    """The office's words on every station, in one go; what is true there, by station id.

    The inspector says the same on the spot, in the rounds (demo_rounds.py).
    """
    rows: list[dict[str, Any]] = []
    true: dict[int, dict[str, Any]] = {}
    first_round = first_round_day(on)
    for member in cast.members:
        station = member.station
        values: dict[str, Any] = dict.fromkeys(_FLAGS, True)
        values |= {"sign_text": station.name, "floor_area_m2": _area(member, rng)}
        if missing := MISSING.get(member.character):
            values[missing] = False
        if missing == "hours_board_present":
            del values["hours_board_matches"]
        true[station.id] = dict(values)
        if member.character == Character.GAP:
            for fact in rng.sample(_FLAGS, 4):
                values.pop(fact, None)
            values.pop("area_fits_volume", None)
        day = first_round - timedelta(days=rng.randint(5, 20))
        said_at = datetime.combine(day, time(10, rng.randint(0, 59)), BEIJING).astimezone(UTC)
        rows += [
            {
                "county": station.county,
                "station_id": station.id,
                "fact": fact,
                "value": value,
                "word": Word.REVIEWER.value,
                "observed_on": day,
                "said_at": said_at,
                "person_id": cast.office.id,
                "photo_id": None,
                "note": "演示数据",
            }
            for fact, value in values.items()
        ]
    session.execute(sa.insert(Statement), rows)
    return true


def _area(member: Member, rng: random.Random) -> str:
    if member.character == Character.SMALL:
        return "9"
    if member.station.level == StationLevel.TOWNSHIP_STATION:
        return str(rng.choice(["12", "15", "18.5", "24", "30"]))
    return str(rng.choice(["4", "6", "8", "8.5", "10", "12"]))


def live_the_month(session: Session, cast: DemoCast, *, on: date, rng: random.Random) -> None:
    """Thirty days of check-ins and counts up to yesterday, with the gaps that real life has."""
    events: list[dict[str, Any]] = []
    check_ins: list[dict[str, Any]] = []
    counts: list[dict[str, Any]] = []
    for member in cast.members:
        diligence = rng.choice([0.97, 0.93, 0.9, 0.8, 0.6])
        usual = 110 if member.station.level == StationLevel.TOWNSHIP_STATION else 14
        usual = max(3, int(usual * rng.uniform(0.5, 1.6)))
        seq = 0
        for back in range(DAYS, 0, -1):
            day = on - timedelta(days=back)
            if rng.random() > diligence:
                continue
            if member.sign is not None:
                seq += 1
                event, row = _check_in(member, day, seq, rng)
                events.append(event)
                check_ins.append(row)
            seq += 1
            event, row = _count(member, day, seq, usual, rng)
            events.append(event)
            counts.append(row)
    session.execute(sa.insert(PhoneEvent), events)
    session.execute(sa.insert(CheckIn), check_ins)
    session.execute(sa.insert(ParcelCount), counts)


def take_photos(
    session: Session, blobs: BlobStore, cast: DemoCast, *, on: date, now: datetime
) -> int:
    """Generated photos for every station, handed to the worker to examine; how many."""
    made = 0
    for member in cast.members:
        for place, subject in enumerate(_subjects(member)):
            rng = random.Random(f"{member.station.county}-{member.station.id}-{subject}")
            day = on - timedelta(days=1 + rng.randint(0, 12))
            take_photo(session, blobs, member, subject, day, seq=900 + place, now=now, rng=rng)
            made += 1
        if made >= MOST_PHOTOS:
            break
    session.flush()
    return made


def _subjects(member: Member) -> Iterator[str]:
    chosen: tuple[str, ...] = SUBJECTS
    if member.station.code not in ALL_SUBJECTS_FOR:
        if member.character == Character.GAP:
            return
        # Drawing takes a tenth of a second each; the first start must not be a long wait.
        chosen = ("signboard", "hours_board")
        if member.station.level == StationLevel.VILLAGE_POINT:
            chosen = chosen[member.station.id % 2 :][:1]
    for subject in chosen:
        lacking = MISSING.get(member.character)
        if (lacking, subject) in {("hours_board_present", "hours_board"), ("shelves", "shelves")}:
            continue
        yield subject


def take_photo(
    session: Session,
    blobs: BlobStore,
    member: Member,
    subject: str,
    day: date,
    *,
    seq: int,
    now: datetime,
    rng: random.Random,
) -> Photo:
    """One generated photo by the station's keeper, as its phone would have sent it."""
    at = moment_at(day, 10, rng)
    picture = drawn_photo(blobs, member.station, subject, at, rng)
    event = phone_event(
        member, NoteEntry("演示数据"), at=at, day=day, seq=seq, rng=rng, photos=(picture,)
    )
    session.execute(sa.insert(PhoneEvent), [event])
    [photo] = keep_photos(session, event, (picture,), now=now)
    return photo


def drawn_photo(
    blobs: BlobStore,
    station: Station,
    subject: str,
    at: datetime,
    rng: random.Random,
    *,
    shown_as: str | None = None,
    rule_code: str | None = None,
) -> AnnouncedPhoto:
    """Draw a picture and put its bytes into the store; `shown_as` is another subject's name."""
    lines = hours_lines(station.hours)
    content = demo_photo(
        subject, station.name, station.code or "", lines[0] if lines else "", rng.getrandbits(31)
    )
    notes = {"demo": True} | ({"rule_code": rule_code} if rule_code else {})
    return AnnouncedPhoto(
        demo_uuid(rng),
        shown_as or subject,
        blobs.put(content),
        len(content),
        at,
        "camera",
        notes,
    )


def keep_photos(
    session: Session, event: dict[str, Any], pictures: Iterable[AnnouncedPhoto], *, now: datetime
) -> list[Photo]:
    """The rows of an event's pictures, handed to the worker to examine."""
    kept = []
    for picture in pictures:
        photo = Photo(
            id=picture.id,
            county=event["county"],
            station_id=event["station_id"],
            person_id=event["person_id"],
            event_id=event["id"],
            subject=picture.subject,
            state=PhotoState.KEPT,
            sha256=picture.sha256,
            size_bytes=picture.size,
            taken_at=picture.taken_at,
            time_verified=True,
            day_on=event["day_on"],
            camera=picture.camera,
            phone_notes=dict(picture.notes or {}),
            arrived_at=picture.taken_at + timedelta(minutes=3),
            demo=True,
        )
        session.add(photo)
        jobs.enqueue(
            session,
            "examine_photo",
            {"photo_id": str(photo.id)},
            now=now,
            dedupe=f"examine_photo:{photo.id}",
        )
        kept.append(photo)
    session.flush()
    return kept


def _check_in(
    member: Member, day: date, seq: int, rng: random.Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    station, sign = member.station, member.sign
    at = moment_at(day, 8, rng)
    position = None
    if station.latitude is not None and station.longitude is not None and rng.random() < 0.9:
        position = Position(
            round(station.latitude + rng.gauss(0, 0.0003), 6),
            round(station.longitude + rng.gauss(0, 0.0003), 6),
            round(rng.uniform(6, 60), 1),
            round(rng.uniform(0, 8), 1),
        )
    typed = rng.random() < 0.08
    entry = CheckInEntry("typed" if typed else "scan", station.code or "", position)
    event = phone_event(member, entry, at=at, day=day, seq=seq, rng=rng)
    row = {
        **_common(event),
        "occurred_at": at,
        "time_verified": True,
        "method": entry.method,
        "sign_id": sign.id if sign else None,
        "latitude": position.latitude if position else None,
        "longitude": position.longitude if position else None,
        "accuracy_m": position.accuracy_m if position else None,
        "fix_age_s": position.fix_age_s if position else None,
        "distance_m": _distance(station, position),
    }
    return event, row


def _distance(station: Station, position: Position | None) -> float | None:
    if position is None or station.latitude is None or station.longitude is None:
        return None
    away = distance_m(position.latitude, position.longitude, station.latitude, station.longitude)
    return round(away, 1)


def _count(
    member: Member, day: date, seq: int, usual: int, rng: random.Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    busy = 1.25 if day.isoweekday() in {1, 2} else 0.8 if day.isoweekday() == 7 else 1.0
    received = max(0, round(rng.gauss(usual * busy, usual * 0.22)))
    sent = max(0, round(rng.gauss(usual * 0.14, usual * 0.08)))
    agri = rng.randint(0, sent) if "agri_outbound" in member.station.services else 0
    entry = CountEntry(day, received, sent, agri, rng.randint(0, max(1, received // 6)))
    at = moment_at(day, 18, rng)
    event = phone_event(member, entry, at=at, day=day, seq=seq, rng=rng)
    row = {
        **_common(event),
        "version": 1,
        "received": received,
        "sent": sent,
        "agri_sent": agri,
        "on_hand": entry.on_hand,
        "by_brand": {},
        "reason": "",
        "entered_at": at,
    }
    return event, row


def phone_event(
    member: Member,
    entry: Entry,
    *,
    at: datetime,
    day: date,
    seq: int,
    rng: random.Random,
    photos: tuple[AnnouncedPhoto, ...] = (),
    by: Person | None = None,
) -> dict[str, Any]:
    """One received event, as the phone of the station's keeper (or of `by`) would have sent it."""
    person = by or member.keeper
    item = PhoneItem(demo_uuid(rng), member.station.id, at, entry, photos, seq, 0)
    return {
        "id": item.id,
        "kind": EventKind(item.kind),
        "county": member.station.county,
        "station_id": member.station.id,
        "person_id": person.id,
        "device_id": f"demo-{person.id}",
        "device_seq": seq,
        "payload": item.payload,
        "content_sha256": item.content_sha256,
        "result": "ok",
        "day_on": day,
        "occurred_at": at,
        "time_verified": True,
        "device_at": at,
        "clock_offset_ms": 0,
        "received_at": at + timedelta(seconds=rng.randint(2, 5400)),
        "demo": True,
    }


def _common(event: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "county", "station_id", "person_id", "day_on", "demo")
    return {name: event[name] for name in names}


def moment_at(day: date, hour: int, rng: random.Random) -> datetime:
    """A moment within half an hour after a full hour, Beijing time."""
    moment = time(hour, rng.randint(0, 29), rng.randint(0, 59))
    return datetime.combine(day, moment, BEIJING).astimezone(UTC)


def demo_uuid(rng: random.Random) -> UUID:
    """An id as a phone would have made it."""
    return UUID(int=rng.getrandbits(128), version=4)
