"""Takes in, at the office, what a phone could not send: the same way, under the person's name."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, NotFound, Problem
from server.media.apart.pictures import admit
from server.models.person import Person, SignIn, SignInKind
from server.models.phone_event import NEVER_CAME, EventKind, PhoneEvent, Photo
from server.models.phone_help import UnsentImport
from server.models.station import Station
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.phone_items import CountEntry, ItemResult, PhoneItem
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.common.written import cut
from server.services.intake.actions import IntakeAction
from server.services.intake.sync import receive
from server.services.intake.unsent_files import (
    CutLine,
    EndLine,
    Head,
    PhotoLine,
    RecordLine,
    printable,
    read_head,
    read_lines,
)
from server.services.people.erased import refuse_erased
from server.services.photos.arriving import expect_photo, keep_photo

ReadItem = Callable[[Mapping[str, Any]], PhoneItem | ItemResult]
KINDS = EventKind.labels()
IMPORTS_SHOWN = 50


@dataclass
class Preview:
    """What a file holds and how much of it is here already; nothing has been changed.

    `cut_at` is the line where the file breaks off, `complete` whether its end agrees with it.
    """

    head: Head
    person: Person
    per_kind: Counter[str] = field(default_factory=Counter)
    records: int = 0
    records_here: int = 0
    photos: int = 0
    photos_here: int = 0
    photos_missing: int = 0
    photos_broken: int = 0
    refused_before: int = 0
    unreadable: int = 0
    first_on: date | None = None
    last_on: date | None = None
    cut_at: int | None = None
    complete: bool = False

    @property
    def new(self) -> int:
        """Records and photos that are not here yet."""
        return self.records - self.records_here + self.photos - self.photos_here


@dataclass
class Answered:
    """How one record of a file was answered, and what became of its photos."""

    id: str
    kind: str
    day_on: str
    station_id: int | None
    result: str
    code: str = ""
    message: str = ""
    photos_new: int = 0
    photos_same: int = 0
    photos_refused: int = 0
    photos_missing: int = 0
    photo_words: list[str] = field(default_factory=list)


def file_sha256(path: Path) -> str:
    """The hash of a whole file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def owner_of(session: Session, *, head: Head, county: str) -> Person:
    """The person whose file it is, if of this county and known to have had this phone.

    A file carries no signature, so at least person and phone must belong together here. Raises
    `NotFound` (unsent-file-person, the same for another county's as for nobody) and `Conflict`
    (unsent-file-device, person-erased).
    """
    person = session.scalars(
        sa.select(Person).where(Person.id == head.person_id, Person.county == county)
    ).one_or_none()
    # A phone that nobody is signed in on knows no county; person and phone must do.
    if person is None or head.county not in ("", county):
        raise NotFound(
            "unsent-file-person",
            f"文件里写的人（{head.person_name or '没有名字'}）不在本县的人员里，没有导入。"
            "请核对是不是本县站长的文件。",
        )
    refuse_erased(person)
    known = session.scalar(
        sa.select(sa.func.count())
        .select_from(SignIn)
        .where(
            SignIn.person_id == person.id,
            SignIn.kind == SignInKind.PHONE,
            SignIn.device_id == head.device_id,
        )
    )
    if not head.device_id or not known:
        raise Conflict(
            "unsent-file-device",
            f"这部手机（{head.device_label or '没有名称'}）从来没有绑定过{person.name}，没有导入。"
            "请核对文件是从谁的手机上存出来的。",
        )
    return person


def preview(session: Session, path: Path, *, county: str, read_item: ReadItem) -> Preview:
    """Look a whole file through. Raises as `read_head` and `owner_of`."""
    head = read_head(path)
    found = Preview(head, owner_of(session, head=head, county=county))
    ids: list[UUID] = []
    photo_ids: list[UUID] = []
    for line in read_lines(path):
        match line:
            case RecordLine():
                found.records += 1
                found.refused_before += line.state == "attention"
                item = read_item(line.raw)
                if isinstance(item, ItemResult):
                    found.unreadable += 1
                    continue
                found.per_kind[item.kind] += 1
                ids.append(item.id)
                day_on = _day_of(item)
                found.first_on = min(found.first_on or day_on, day_on)
                found.last_on = max(found.last_on or day_on, day_on)
            case PhotoLine(content=None):
                found.photos_missing += 1
            case PhotoLine():
                found.photos += 1
                found.photos_broken += not line.sound
                photo_ids.append(line.id)
            case EndLine():
                found.complete = line.complete
            case CutLine():
                found.cut_at = line.line
    found.records_here = _how_many(
        session, PhoneEvent.id, ids, PhoneEvent.person_id == found.person.id
    )
    found.photos_here = _how_many(
        session,
        Photo.id,
        photo_ids,
        Photo.person_id == found.person.id,
        Photo.state.not_in(NEVER_CAME),
    )
    return found


def _day_of(item: PhoneItem) -> date:
    """The day a record is about, by the phone's clock where it names none."""
    return item.entry.day_on if isinstance(item.entry, CountEntry) else beijing_day(item.device_at)


def _how_many(session: Session, column: Any, ids: Sequence[UUID], *where: Any) -> int:
    """How many of these ids are here, asked in pieces that every engine takes."""
    return sum(
        session.scalar(
            sa.select(sa.func.count()).where(column.in_(ids[start : start + 500]), *where)
        )
        or 0
        for start in range(0, len(ids), 500)
    )


def take_record(
    session: Session,
    *,
    line: RecordLine,
    head: Head,
    person: Person,
    now: datetime,
    ring: Sequence[tuple[str, bytes]],
    standards: Sequence[Standard],
    read_item: ReadItem,
) -> Answered:
    """Receive one record as if the phone had sent it itself; again is the same.

    The file's own offset stands in for the clock that a sending phone would show.
    """
    item = read_item(line.raw)
    station_id = line.raw.get("station_id")
    answered = Answered(
        id=printable(line.raw["id"], 64),
        kind=printable(line.raw.get("kind", ""), 20),
        day_on="",
        station_id=station_id if type(station_id) is int and 0 < station_id < 2**31 else None,
        result="invalid",
    )
    if isinstance(item, ItemResult):
        result = item
    else:
        answered.day_on = _day_of(item).isoformat()
        ahead_ms = head.clock_offset_ms
        [result] = receive(
            session,
            person=person,
            device_id=head.device_id,
            client_now=None if ahead_ms is None else now - timedelta(milliseconds=ahead_ms),
            items=[item],
            now=now,
            ring=ring,
            standards=standards,
        )
    answered.result = result.result
    answered.code, answered.message = result.code or "", result.message or ""
    return answered


def check_photo(session: Session, *, line: PhotoLine, person: Person) -> bytes | None:
    """A photo's bytes if they may be stored; None where they are here already.

    Raises what `expect_photo` and `admit` raise, and `Conflict` (photo-differs).
    """
    announced = expect_photo(session, person=person, photo_id=line.id)
    if announced.here and announced.sha256 == line.sha256:
        return None
    if line.content is None or not line.sound or announced.sha256 != line.sha256:
        raise Conflict("photo-differs", "这张照片在文件里坏了，没有收下。请让站长再存一次文件。")
    admit(line.content)
    return line.content


def take_photo(
    session: Session, *, line: PhotoLine, person: Person, size: int, now: datetime
) -> None:
    """Note a photo whose bytes are in the store by now. Raises as `keep_photo`."""
    keep_photo(session, person=person, photo_id=line.id, sha256=line.sha256, size=size, now=now)


def note_photo(answered: Answered, outcome: str, problem: Problem | None = None) -> None:
    """Count what became of one photo of a record: new, same, refused or missing."""
    name = f"photos_{outcome}"
    setattr(answered, name, getattr(answered, name) + 1)
    if problem is not None and problem.message not in answered.photo_words:
        answered.photo_words.append(problem.message)


def write_down(
    session: Session,
    *,
    head: Head,
    person: Person,
    answers: Iterable[Answered],
    cut_at: int | None,
    complete: bool,
    sha256: str,
    name: str,
    by: Person,
    now: datetime,
) -> UnsentImport:
    """Keep how a file was answered, and say in each station's history who brought it in."""
    every = list(answers)
    made = UnsentImport(
        county=person.county,
        person_id=person.id,
        file_sha256=sha256,
        file_name=cut(name, UnsentImport.file_name),
        result={
            "records": [asdict(one) for one in every],
            "cut_at": cut_at,
            "complete": complete,
            "device_label": head.device_label,
            "made_at": head.made_at.isoformat() if head.made_at else None,
        },
        imported_at=now,
        imported_by=by.id,
    )
    session.add(made)
    session.flush()
    for station in _stations_here(session, person.county, every):
        of_station = [one for one in every if one.station_id == station.id]
        records = sum(one.result in ("ok", "merged") for one in of_station)
        photos = sum(one.photos_new for one in of_station)
        if records or photos:
            history.write(
                session,
                of=station,
                by=by,
                at=now,
                action=IntakeAction.UNSENT_IMPORTED,
                summary=f"由县办导入{person.name}手机存出的文件：{records} 条记录、{photos} 张照片",
                reason=made.file_name,
            )
    return made


def _stations_here(session: Session, county: str, answers: Sequence[Answered]) -> list[Station]:
    """The stations of this county that a file's records are about."""
    told = {one.station_id for one in answers if one.station_id is not None}
    return list(
        session.scalars(
            sa.select(Station)
            .where(Station.county == county, Station.id.in_(told))
            .order_by(Station.id)
        )
    )


def imports_of(session: Session, *, county: str) -> list[tuple[UnsentImport, str, str]]:
    """The county's newest imports with whose records they were and who brought them in."""
    owner, importer = sa.orm.aliased(Person), sa.orm.aliased(Person)
    rows = session.execute(
        sa.select(UnsentImport, owner.name, importer.name)
        .join(owner, owner.id == UnsentImport.person_id)
        .join(importer, importer.id == UnsentImport.imported_by)
        .where(UnsentImport.county == county)
        .order_by(UnsentImport.id.desc())
        .limit(IMPORTS_SHOWN)
    )
    return [(made, whose, by) for made, whose, by in rows]


@counted
def cut_off_queue(session: Session, asked: Asked) -> QueueLine:
    """How many phones' files broke off and were not brought in again since; one query."""
    later = sa.orm.aliased(UnsentImport)
    again = (
        sa.select(later.id)
        .where(later.person_id == UnsentImport.person_id, later.id > UnsentImport.id)
        .correlate(UnsentImport)
        .exists()
    )
    rows = sa.select(UnsentImport).where(
        UnsentImport.county == asked.county,
        UnsentImport.result["complete"].as_boolean().is_(False),
        ~again,
    )
    return waiting(session, rows, UnsentImport.imported_at)


def import_of(session: Session, *, county: str, import_id: int) -> UnsentImport:
    """One import of this county; raises `NotFound` (unsent-import-unknown)."""
    found = session.scalars(
        sa.select(UnsentImport).where(UnsentImport.id == import_id, UnsentImport.county == county)
    ).one_or_none()
    if found is None:
        raise NotFound("unsent-import-unknown", "没有找到这次导入。请返回列表重新选择。")
    return found


def answers_of(made: UnsentImport) -> list[Answered]:
    """How each record was answered."""
    return [Answered(**one) for one in made.result["records"]]
