"""Photos at the door: whether one is awaited, and that its bytes have come.

Every photo of a county passes here while a phone waits: the statements are built once, and go past
the mapper.
"""

from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server import jobs
from server.calendar import beijing_day
from server.db import plain_rows, read_anew, table_of
from server.errors import Conflict, NotFound
from server.media.apart.opener import software
from server.models.killed_try import KilledTry
from server.models.person import Person, SignIn
from server.models.phone_event import GIVEN_UP, NEVER_CAME, Photo, PhotoState
from server.prepared import NeedsSession, Straight, prepared
from server.services.people.bearers import BEARS, Phone, Who, columns
from server.services.people.scope import let_in_on
from server.services.photos.requests import Arrived, answered_by

_photos = table_of(Photo).c
_ITS_SENDERS = (
    _photos.id == sa.bindparam("photo"),
    _photos.person_id == sa.bindparam("person"),
)
_EXPECTED = (
    sa.select(_photos.sha256, _photos.state, KilledTry.why)
    .outerjoin(
        KilledTry,
        (KilledTry.sha256 == _photos.sha256) & (KilledTry.software == sa.bindparam("software")),
    )
    .where(*_ITS_SENDERS)
)
_signed_in = (
    sa.exists()
    .where(
        SignIn.id == sa.bindparam("sign_in"),
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > sa.bindparam("now"),
        Person.id == SignIn.person_id,
        let_in_on(sa.bindparam("today")),
    )
)  # fmt: skip
_KEPT = (
    sa.update(table_of(Photo))
    .where(
        *_ITS_SENDERS,
        _photos.sha256 == sa.bindparam("announced"),
        _photos.state.in_(NEVER_CAME),
    )
    .values(
        state=PhotoState.KEPT,
        size_bytes=sa.bindparam("bytes"),
        arrived_at=sa.bindparam("now"),
    )
    .returning(
        _photos.id,
        _photos.county,
        _photos.station_id,
        _photos.subject,
        _photos.day_on,
        _photos.taken_at,
        _photos.time_verified,
    )
)
_KEPT_OF_PHONE = prepared(_KEPT.where(_signed_in))
_AWAITED = prepared(
    sa.select(*columns(SignIn, Phone), *columns(Person, Who), Photo.sha256)
    .select_from(SignIn)
    .join(Person, SignIn.person_id == Person.id)
    .join(Photo, (Photo.person_id == Person.id) & (Photo.id == sa.bindparam("photo")))
    .where(
        *BEARS,
        Photo.state == PhotoState.ANNOUNCED,
        ~sa.exists().where(
            KilledTry.sha256 == Photo.sha256, KilledTry.software == sa.bindparam("software")
        ),
    )
)


class Expected(NamedTuple):
    """An announced photo: the hash of its bytes, and whether they are here already.

    `set_aside` where bytes with that hash have killed whoever opened them, `given_up` where it was
    here and has been erased lawfully: its bytes are not kept a second time.
    """

    sha256: str
    here: bool
    set_aside: bool
    given_up: bool


def expect_photo(session: Session, *, person: Person, photo_id: UUID) -> Expected:
    """The announced photo, before its bytes are taken in; one statement.

    Raises `NotFound` (photo-not-announced).
    """
    asked = {"photo": photo_id, "person": person.id, "software": software()}
    found = plain_rows(session, _EXPECTED, asked).one_or_none()
    if found is None:
        raise NotFound(
            "photo-not-announced", "服务器还不知道这张照片。手机会先交记录，再传照片，请稍等。"
        )
    return Expected(
        found.sha256,
        found.state not in NEVER_CAME,
        found.why is not None,
        found.state in GIVEN_UP,
    )


class Awaited(NamedTuple):
    """A photo that its phone announced and still has, with whose phone it is."""

    sign_in: SignIn
    person: Person
    sha256: str


def awaited_from(
    straight: Straight, *, token_sha256: str, photo_id: UUID, now: datetime
) -> Awaited:
    """What the guard and `expect_photo` find of a plain photo, in one statement.

    Raises NeedsSession for nobody, and for a photo that is unknown, here already, withdrawn or of
    bytes that killed whoever opened them.
    """
    row = straight.execute(
        _AWAITED,
        {
            "token": token_sha256,
            "photo": photo_id,
            "now": now,
            "today": beijing_day(now),
            "software": software(),
        },
    ).one_or_none()
    if row is None:
        raise NeedsSession
    sign_in, *person, sha256 = row
    # They have the names of the nouns; whoever asks more of them hears so at once.
    return Awaited(cast("SignIn", Phone(sign_in)), cast("Person", Who(*person)), sha256)


def keep_photo(
    session: Session,
    *,
    person: Person,
    photo_id: UUID,
    sha256: str,
    size: int,
    now: datetime,
    sign_in: SignIn | None = None,
) -> Arrived | None:
    """Note that a photo's bytes are safe, and ask the worker to look; None if they were here.

    A photo that its phone had withdrawn is as welcome as any other. With the `sign_in` of a phone
    nothing is kept once that is good no more, and the answer is None as well.
    The bytes stand in the store before the row says so: a blob without a row is swept up at
    night, a row without a blob would be a lie. Raises `NotFound` (photo-not-announced) and
    `Conflict` (photo-differs) when these are not the announced bytes.
    """
    of: dict[str, Any] = {
        "photo": photo_id, "person": person.id, "announced": sha256, "bytes": size, "now": now,
    }  # fmt: skip
    if sign_in is not None:
        of |= {"sign_in": sign_in.id, "today": beijing_day(now)}
    row = plain_rows(session, _KEPT_OF_PHONE if sign_in is not None else _KEPT, of).one_or_none()
    if row is None:
        if expect_photo(session, person=person, photo_id=photo_id).sha256 != sha256:
            raise differs()
        return None
    kept = Arrived(*row)
    read_anew(session, Photo, photo_id)
    jobs.enqueue(
        session,
        "examine_photo",
        {"photo_id": str(photo_id)},
        now=now,
        dedupe=f"examine_photo:{photo_id}",
    )
    answered_by(session, photo=kept, now=now)
    return kept


def differs() -> Conflict:
    """The answer to bytes that are not the announced ones."""
    return Conflict("photo-differs", "这张照片和之前登记的不是同一张，没有收下。请重新拍一张。")
