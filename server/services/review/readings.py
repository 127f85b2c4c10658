"""What the machine read in photos of signs and hours boards: kept, compared, said as its word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import BEIJING, beijing_day
from server.errors import Invalid
from server.media.blobs import BlobStore
from server.media.reading.reading import Reader, Reading, SetAside, pack_lines, unpack_lines
from server.models.county import Division, DivisionAlias
from server.models.hub import HubBrand
from server.models.phone_event import GIVEN_UP, CheckIn, Photo, PhotoState, Subject
from server.models.reading import (
    PhotoReading,
    ReadingState,
    sent_again,
)
from server.models.station import Station
from server.policy.signs.number import NumberRead
from server.policy.signs.photo_match import (
    FACT_OF_PART,
    HOURS_BOARD,
    SIGNBOARD,
    Registered,
    match_photo,
    outside_hours,
    parts_json,
)
from server.policy.signs.text import is_rare
from server.policy.standard.facts import Level, Value, Word
from server.policy.standard.standards import Standard
from server.services.common.reading_jobs import ask_to_read_again
from server.services.common.written import cut
from server.services.county.divisions import short_name
from server.services.county.place_words import default_name
from server.services.photos.photos import subject_of
from server.services.review.questions import ask_about
from server.services.review.reading_views import holds
from server.services.standing import statements

READER = "PP-OCRv6 small"
"""Which networks read; kept with every reading."""
CHECK_INS_FOR = timedelta(days=30)
"""So far back an hours board is held against the hours at which the station checked in."""

ReadSubject = Literal["signboard", "hours_board"]
_NOTE = "机器识读照片"


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one try: a reading, or why the photo was set aside."""

    photo_id: UUID
    reading: Reading | None
    reason: str = ""


def subject_read(photo: Photo, standards: Iterable[Standard] = ()) -> ReadSubject | None:
    """As what a photo is read, None when it shows neither a sign nor an hours board.

    An inspector's photo on a clause shows what that clause of one of the `standards` is about.
    """
    subject: str | None = photo.subject
    if subject == Subject.CLAUSE:
        code = photo.phone_notes.get("rule_code")
        rules = [rule for one in standards for rule in one.rules if rule.code == code]
        subject = subject_of(rules[0]) if rules else None
    if subject == SIGNBOARD:
        return "signboard"
    return "hours_board" if subject == HOURS_BOARD else None


def read_photo(
    session: Session,
    blobs: BlobStore,
    photo_id: UUID,
    reader: Reader,
    standards: Iterable[Standard] = (),
) -> Read | None:
    """Read an examined photo, writing no row; None when it is not to be read, or was already.

    The slow half: seconds, during which no write lock should be held. Raises NotFound blob-missing.
    """
    photo = session.get(Photo, photo_id)
    if photo is None or photo.state != PhotoState.EXAMINED:
        return None
    subject, known = subject_read(photo, standards), session.get(PhotoReading, photo_id)
    if subject is None or (known is not None and known.state is ReadingState.READ):
        return None
    try:
        with blobs.open(photo.sha256) as file:
            content = file.read()
        return Read(photo_id, reader.read(content, subject))
    except SetAside as aside:
        return Read(photo_id, None, aside.reason)
    except Invalid as problem:
        return Read(photo_id, None, problem.message)


def record_reading(
    session: Session, read: Read, *, now: datetime, standards: Iterable[Standard] = ()
) -> PhotoReading | None:
    """Keep what was read, and let it become a word, a question, or nothing; again is harmless.

    What was set aside is tried once more after an hour; then a person is asked.
    """
    photo = session.get(Photo, read.photo_id)
    if photo is None:
        return None
    kept = session.get(PhotoReading, photo.id)
    tried_before = kept is not None
    if kept is None:
        kept = PhotoReading(
            photo_id=photo.id, county=photo.county, station_id=photo.station_id, reader=READER
        )
        session.add(kept)
    kept.reader, kept.read_at = READER, now
    kept.reason = cut(read.reason, PhotoReading.reason)
    if read.reading is None:
        kept.state, kept.outcome = ReadingState.SET_ASIDE, ""
    else:
        found = read.reading
        kept.state, kept.outcome = ReadingState.READ, ""
        kept.width_px, kept.height_px = found.width, found.height
        kept.lines = pack_lines(found.lines)
        kept.number = list(found.number) if found.number else []
    session.flush()
    if read.reading is None and not tried_before:
        ask_to_read_again(session, photo_id=photo.id, now=now)
        return kept
    _compare(session, photo, kept, subject_read(photo, standards), now)
    return kept


def compare_again(session: Session, *, station_id: int, now: datetime) -> None:
    """Hold the newest reading of each subject against the register as it is now.

    Of a photo that was lawfully deleted what was read is gone too: what the machine said by it of
    a part that the register says otherwise now is taken back.
    """
    for subject in (SIGNBOARD, HOURS_BOARD):
        photo = _newest_read(session, station_id, subject)
        kept = session.get(PhotoReading, photo.id) if photo is not None else None
        if photo is None or kept is None:
            continue
        if photo.state in GIVEN_UP:
            station = session.get_one(Station, station_id)
            gone = [part for part in kept.compared.get("parts", []) if not holds(part, station)]
            _speak(session, photo, {FACT_OF_PART[part["what"]]: None for part in gone}, now)
        else:
            _compare(session, photo, kept, subject_read(photo), now)


def registered_of(session: Session, station: Station) -> Registered:
    """What the register says of a station, and the names of the county's others; four queries."""
    place = station.village_code if station.level is Level.VILLAGE_POINT else station.township_code
    aliases = session.scalars(
        sa.select(DivisionAlias.alias)
        .where(DivisionAlias.county == station.county, DivisionAlias.division_code == place)
        .order_by(DivisionAlias.id)
    ).all()
    names = [station.filed_name, station.name]
    if station.level is not Level.COUNTY_HUB:
        names += [default_name(station.level, short_name(alias)) for alias in aliases]
    others = session.execute(
        sa.select(Station.name, Station.filed_name).where(
            Station.county == station.county,
            Station.id != station.id,
            Station.closed_on.is_(None),
        )
    )
    return Registered(
        level=station.level,
        names=tuple(dict.fromkeys(name for name in names if name)),
        number=station.code,
        hours=station.hours,
        others=tuple(
            {name for pair in others for name in pair if name}
            | {*_names_like_it(session, station, place, aliases)}
        ),
        brands=tuple(
            session.scalars(
                sa.select(HubBrand.brand).where(HubBrand.county == station.county).distinct()
            )
        ),
    )


def _names_like_it(
    session: Session, station: Station, place: str | None, aliases: Iterable[str]
) -> list[str]:
    """What a sign of a place would say whose name holds this one's: 西张庄村 at 张庄村.

    Or differs in nothing but a rare character of it: 滩溪镇 at 濉溪镇. The division table knows
    them, be there a station or none.
    """
    own = aliased(Division)
    holds = [Division.short_name.contains(own.short_name)]
    holds += [Division.short_name.contains(short_name(one), autoescape=True) for one in aliases]
    holds += [Division.short_name.like(one) for one in _but_for_rare_ones(station)]
    found = session.scalars(
        sa.select(Division.short_name)
        .join(own, own.code == place)
        .where(
            Division.county == station.county,
            Division.level == own.level,
            Division.short_name != own.short_name,
            Division.withdrawn_on.is_(None),
            sa.or_(*holds),
        )
    )
    return [default_name(station.level, one) for one in found]


def _but_for_rare_ones(station: Station) -> list[str]:
    """A station's place with any character where the reader may take a rare one for another."""
    place = station.name.removesuffix(station.level.ending)
    return [f"{place[:at]}_{place[at + 1 :]}" for at, one in enumerate(place) if is_rare(one)]


def _compare(
    session: Session,
    photo: Photo,
    kept: PhotoReading,
    subject: ReadSubject | None,
    now: datetime,
) -> None:
    """Compare one reading; only the newest photo of its subject speaks and asks."""
    if subject is None:
        return
    station = session.get_one(Station, photo.station_id)
    registered = registered_of(session, station)
    lines = unpack_lines(kept.lines)
    number = _number(kept.number)
    match = match_photo(subject, lines, registered, number_read=number)
    kept.outcome = match.outcome.value if match.outcome and not kept.reason else ""
    compared = {"why": match.why, "parts": parts_json(match)}
    if subject == HOURS_BOARD:
        compared["check_ins"] = _check_ins_text(session, photo, kept)
    kept.compared = compared
    session.flush()
    if photo.subject == Subject.CLAUSE or _superseded(session, photo):
        return
    if kept.state is ReadingState.READ:
        said = match.supports(registered)
        if _is_a_double(session, photo):
            # An old picture says nothing of this day, not even that an older word no longer holds.
            said = {fact: None for fact in said if _rests_on(session, photo, fact)}
        _speak(session, photo, said, now)
    ask_about(session, photo=photo, kept=kept, subject=subject, now=now)


def _speak(session: Session, photo: Photo, said: Mapping[str, Value], now: datetime) -> None:
    """Say what this photo supports; what it does not is taken back if the machine had said it."""
    station = session.get_one(Station, photo.station_id)
    for fact, value in said.items():
        if value is None:
            before = statements.newest(
                session, station_ids=[station.id], fact=fact, word=Word.MACHINE
            )
            if not before or before[0].value is None:
                continue
        statements.say(
            session,
            station=station,
            fact=fact,
            value=value,
            word=Word.MACHINE,
            on=min(photo.day_on, beijing_day(now)),
            by=None,
            now=now,
            photo_id=photo.id,
            note=_NOTE,
        )


def _newest_read(session: Session, station_id: int, subject: str) -> Photo | None:
    return session.scalars(
        sa.select(Photo)
        .join(PhotoReading, PhotoReading.photo_id == Photo.id)
        .where(
            Photo.station_id == station_id,
            Photo.subject == subject,
            PhotoReading.state == ReadingState.READ,
        )
        .order_by(Photo.taken_at.desc(), Photo.id.desc())
        .limit(1)
    ).one_or_none()


def _superseded(session: Session, photo: Photo) -> bool:
    """Whether a photo of the same subject was taken later and read already."""
    later = (
        sa.select(PhotoReading.photo_id)
        .join(Photo, Photo.id == PhotoReading.photo_id)
        .where(
            Photo.station_id == photo.station_id,
            Photo.subject == photo.subject,
            PhotoReading.state == ReadingState.READ,
            (Photo.taken_at > photo.taken_at)
            | ((Photo.taken_at == photo.taken_at) & (Photo.id > photo.id)),
        )
    )
    return session.scalar(later.limit(1)) is not None


def _rests_on(session: Session, photo: Photo, fact: str) -> bool:
    """Whether the machine's word on a fact was taken from this photo."""
    found = statements.newest(session, station_ids=[photo.station_id], fact=fact, word=Word.MACHINE)
    return bool(found) and found[0].photo_id == photo.id


def _is_a_double(session: Session, photo: Photo) -> bool:
    """Whether a person has still to say, or has said, that this is an older picture sent anew."""
    again = sent_again(photo.county, or_asked=True).subquery()
    return session.scalar(sa.select(sa.exists().where(again.c.later == photo.id))) is True


def _check_ins_text(session: Session, photo: Photo, kept: PhotoReading) -> str:
    """How the hours on the board fit the hours at which the station checked in; "" if unknown."""
    moments = session.scalars(
        sa.select(CheckIn.occurred_at).where(
            CheckIn.county == photo.county,
            CheckIn.station_id == photo.station_id,
            CheckIn.day_on > photo.day_on - CHECK_INS_FOR,
            CheckIn.day_on <= photo.day_on,
            CheckIn.time_verified,
        )
    )
    local = [moment.astimezone(BEIJING) for moment in moments]
    found = outside_hours(unpack_lines(kept.lines), local)
    if found is None or not local:
        return ""
    outside, every = found
    if not outside:
        return f"拍照前30天签到{every}次，都在牌上写的营业时间里。"
    return f"拍照前30天签到{every}次，其中{outside}次不在牌上写的营业时间里。"


def _number(kept: list[Any]) -> NumberRead | None:
    if not kept:
        return None
    text, sure, legible, quad = kept
    top_left, top_right, bottom_right, bottom_left = ((x, y) for x, y in quad)
    return NumberRead(text, sure, legible, (top_left, top_right, bottom_right, bottom_left))
