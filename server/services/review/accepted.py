"""The newest photo of a sign or board that somebody has found right, and who that was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.phone_event import Photo, Subject
from server.models.reading import (
    PhotoReading,
    ReviewAnswer,
    ReviewItem,
    ReviewKind,
    ReviewState,
)
from server.models.station import Station
from server.policy.signs.placed import Outcome
from server.services.photos.newest import usable

ASKED = (ReviewKind.SIGN, ReviewKind.HOURS, ReviewKind.UNREAD)


@dataclass(frozen=True, slots=True)
class AcceptedPhoto:
    """A photo and whose word it is that it shows what the register says; "" is the machine's."""

    photo: Photo
    subject: Subject
    by: str
    at: datetime

    @property
    def said(self) -> str:
        """Who accepted it, as a list of files says it."""
        return f"{self.by}看过，相符" if self.by else "机器识读相符，没有人另外看过"


def accepted_photos(
    session: Session, *, station: Station, subjects: Sequence[Subject]
) -> dict[Subject, AcceptedPhoto]:
    """By subject the newest accepted photo; one query. Those not accepted are left out.

    A person's word comes before the machine's. Photos about which a question is open are passed
    over, and those that are not `usable`.
    """
    rows: Sequence[Any] = session.execute(
        sa.select(Photo, PhotoReading, ReviewItem, Person)
        .outerjoin(PhotoReading, PhotoReading.photo_id == Photo.id)
        .outerjoin(
            ReviewItem,
            (ReviewItem.photo_id == Photo.id)
            & ReviewItem.kind.in_(ASKED)
            & (ReviewItem.state != ReviewState.WITHDRAWN),
        )
        .outerjoin(Person, Person.id == ReviewItem.decided_by)
        .where(
            *usable(station.county),
            Photo.station_id == station.id,
            Photo.subject.in_([one.value for one in subjects]),
        )
        .order_by(Photo.day_on.desc(), Photo.taken_at.desc(), Photo.id)
    ).all()
    found: dict[Subject, AcceptedPhoto] = {}
    for photo, reading, item, person in rows:
        subject = Subject(photo.subject)
        accepted: AcceptedPhoto | None = None
        if item is not None:
            if item.decision == ReviewAnswer.MATCHES and person is not None:
                by = f"{person.name}（{person.role.label}）"
                accepted = AcceptedPhoto(photo, subject, by, item.decided_at)
        elif reading is not None and reading.outcome == Outcome.MATCHES:
            accepted = AcceptedPhoto(photo, subject, "", reading.read_at)
        if accepted is not None:
            found.setdefault(subject, accepted)
    return found
