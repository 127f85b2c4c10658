"""What the demonstration's people said, scanned, counted and photographed in a month."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import jobs
from server.calendar import BEIJING
from server.media.blobs import BlobStore
from server.media.demo_photos import SUBJECTS, demo_photo, sent_again
from server.models.person import Person
from server.models.phone_event import (
    EventKind,
    PhoneEvent,
    Photo,
    PhotoState,
)
from server.models.station import Station
from server.policy.hours import hours_lines
from server.policy.standard.facts import Level, Word
from server.services.common.phone_items import (
    AnnouncedPhoto,
    Entry,
    NoteEntry,
    PhoneItem,
)
from server.services.demo.cast import Character, DemoCast, Member
from server.services.standing.statements import Saying, take_down

MOST_PHOTOS = 100  # a larger county shows them at its first stations only
ALL_SUBJECTS_FOR = ("C0001", "C0002", "XZ0001")
OTHER_HOURS = "周一至周日 09:00–17:00"  # nobody's registered hours
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
    """The office's words on every station; what is true there, by station id.

    The inspector says the same on the spot, in the rounds (demo_rounds.py).
    """
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
        sayings = [
            Saying(station.id, fact, value, day, "演示数据") for fact, value in values.items()
        ]
        take_down(
            session,
            sayings,
            county=station.county,
            word=Word.REVIEWER,
            by=cast.office,
            now=said_at,
        )
    return true


def _area(member: Member, rng: random.Random) -> str:
    if member.character == Character.SMALL:
        return "9"
    if member.station.level == Level.TOWNSHIP_STATION:
        return str(rng.choice(["12", "15", "18.5", "24", "30"]))
    return str(rng.choice(["4", "6", "8", "8.5", "10", "12"]))


def take_photos(
    session: Session, blobs: BlobStore, cast: DemoCast, *, on: date, now: datetime
) -> int:
    """Generated photos for every station, handed to the worker to examine; how many.

    Three of them are not as they should be, and the machine finds that by itself: one sign has
    another number, one board other hours, one sign's picture of last month is sent again.
    """
    made = 0
    odd = {"number": "signboard", "again": "signboard", "hours": "hours_board"}
    for member in cast.members:
        for place, subject in enumerate(_subjects(member)):
            rng = random.Random(f"{member.station.county}-{member.station.id}-{subject}")
            day = on - timedelta(days=1 + rng.randint(0, 12))
            shot = _Shot(session, blobs, member, subject, 900 + place, now, rng)
            match _wrong_here(member, subject, odd):
                case "number":
                    shot.take(day, number=_another(member.station.code or ""))
                case "hours":
                    shot.take(day, hours=OTHER_HOURS)
                case "again":
                    shot.send_again(shot.take(day - timedelta(days=31)), day)
                    made += 1
                case _:
                    shot.take(day)
            made += 1
        if made >= MOST_PHOTOS:
            break
    session.flush()
    return made


def _wrong_here(member: Member, subject: str, odd: dict[str, str]) -> str:
    """What is wrong with this photo: each oddity once, at village points nobody has confirmed."""
    if (
        member.character != Character.WAITING
        or member.station.level != Level.VILLAGE_POINT
        or member.station.code in (None, *ALL_SUBJECTS_FOR)
    ):
        return ""
    wrong = next((one for one, shown in odd.items() if shown == subject), "")
    odd.pop(wrong, None)
    return wrong


def _another(code: str) -> str:
    """The number with its last digit painted wrong."""
    return f"{code[:-1]}{(int(code[-1]) + 3) % 10}"


def _subjects(member: Member) -> Iterator[str]:
    chosen: tuple[str, ...] = SUBJECTS
    if member.station.code not in ALL_SUBJECTS_FOR:
        if member.character == Character.GAP:
            return
        # Drawing takes a tenth of a second each; the first start must not be a long wait.
        chosen = ("signboard", "hours_board")
        if member.station.level == Level.VILLAGE_POINT:
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
    return _Shot(session, blobs, member, subject, seq, now, rng).take(day)


@dataclass(frozen=True, slots=True)
class _Shot:
    """What a keeper's photo of one subject needs."""

    session: Session
    blobs: BlobStore
    member: Member
    subject: str
    seq: int
    now: datetime
    rng: random.Random

    def take(self, day: date, **painted: str) -> Photo:
        """Draw and send it; `painted` are number or hours other than the registered ones."""
        at = moment_at(day, 10, self.rng)
        station = self.member.station
        picture = drawn_photo(self.blobs, station, self.subject, at, self.rng, **painted)
        return self._send(picture, day, self.seq)

    def send_again(self, earlier: Photo, day: date) -> Photo:
        """The same picture, cut a little, as if it were of that day."""
        with self.blobs.open(earlier.sha256) as file:
            content = sent_again(file.read())
        at, sha256 = moment_at(day, 10, self.rng), self.blobs.put(content)
        new_id, notes = demo_uuid(self.rng), {"demo": True}
        picture = AnnouncedPhoto(new_id, self.subject, sha256, len(content), at, "camera", notes)
        return self._send(picture, day, self.seq + 50)

    def _send(self, picture: AnnouncedPhoto, day: date, seq: int) -> Photo:
        at, note = picture.taken_at, NoteEntry("演示数据")
        event = phone_event(
            self.member, note, at=at, day=day, seq=seq, rng=self.rng, photos=(picture,)
        )
        self.session.execute(sa.insert(PhoneEvent), [event])
        [photo] = keep_photos(self.session, event, (picture,), now=self.now)
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
    number: str = "",
    hours: str = "",
) -> AnnouncedPhoto:
    """Draw a picture and put its bytes into the store.

    `shown_as` is another subject's name; `number` and `hours` are painted instead of the
    registered ones.
    """
    number = number or station.code or ""
    hours = hours or "\n".join(hours_lines(station.hours))
    content = demo_photo(subject, station.name, number, hours, rng.getrandbits(31))
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


def moment_at(day: date, hour: int, rng: random.Random) -> datetime:
    """A moment within half an hour after a full hour, Beijing time."""
    moment = time(hour, rng.randint(0, 29), rng.randint(0, 59))
    return datetime.combine(day, moment, BEIJING).astimezone(UTC)


def demo_uuid(rng: random.Random) -> UUID:
    """An id as a phone would have made it."""
    return UUID(int=rng.getrandbits(128), version=4)
