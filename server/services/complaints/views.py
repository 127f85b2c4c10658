"""One complaint as pages tell it: to offices with its numbers hidden, to its villager in short."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.complaint import (
    Complaint,
    ComplaintDeed,
    ComplaintOutcome,
    ComplaintPhoto,
    ComplaintStep,
    FollowUp,
)
from server.models.county import Division
from server.models.matter import Matter, MatterDeed, MatterStep
from server.models.person import Person
from server.models.station import Station
from server.policy.masking import hides_something, masked_text
from server.services.complaints.rights import OPEN
from server.services.complaints.said import amount_text

FOR_OFFICES = (
    ComplaintDeed.LOOKED,
    ComplaintDeed.NEW_CODE,
    ComplaintDeed.NOTED,
    ComplaintDeed.RELEASED,
)
"""Steps that a villager is not told of."""


@dataclass(frozen=True, slots=True)
class StepTold:
    """One move; `who` is 村民 where nobody of an office made it."""

    deed: ComplaintDeed
    at: datetime
    who: str
    note: str
    handed_to: str
    outcome: ComplaintOutcome | None
    follow_up: FollowUp | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Handled:
    """The problem that a complaint was forwarded as: where it stands, and what was said last."""

    matter: Matter
    answer: str
    punished: bool


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """A complaint with the names around it; `words` with every number hidden.

    `days_left` is None once it is answered; `hidden` says that the own words say more.
    """

    complaint: Complaint
    station: Station | None
    township: str
    words: str
    hidden: bool
    amount: str
    days_left: int | None
    photos: tuple[ComplaintPhoto, ...]
    steps: tuple[StepTold, ...]
    handled: Handled | None
    alike: tuple[Complaint, ...]


def complaint_view(
    session: Session, *, complaint: Complaint, on: date, for_villager: bool = False
) -> ComplaintView:
    """All of one complaint; for its villager without what offices noted among themselves."""
    rows = session.execute(
        sa.select(ComplaintStep, Person.name)
        .outerjoin(Person, Person.id == ComplaintStep.person_id)
        .where(
            ComplaintStep.complaint_id == complaint.id,
            ComplaintStep.deed.not_in(list(FOR_OFFICES)) if for_villager else sa.true(),
        )
        .order_by(ComplaintStep.id)
    )
    place = session.get(Division, complaint.township_code) if complaint.township_code else None
    return ComplaintView(
        complaint=complaint,
        station=session.get(Station, complaint.station_id) if complaint.station_id else None,
        township=place.name if place else "",
        words=masked_text(complaint.words),
        hidden=hides_something(complaint.words),
        amount=amount_text(complaint.amount_fen),
        days_left=(complaint.due_on - on).days if complaint.state in OPEN else None,
        photos=tuple(
            session.scalars(
                sa.select(ComplaintPhoto)
                .where(
                    ComplaintPhoto.complaint_id == complaint.id,
                    ComplaintPhoto.sha256.is_not(None),
                )
                .order_by(ComplaintPhoto.place)
            )
        ),
        steps=tuple(_told(one, who, for_villager=for_villager) for one, who in rows),
        handled=_handled(session, complaint),
        alike=() if for_villager else _alike(session, complaint),
    )


def _told(one: ComplaintStep, who: str | None, *, for_villager: bool) -> StepTold:
    """A step; what a villager wrote later is masked like the first words."""
    own = one.person_id is None
    note = masked_text(one.note) if own else one.note
    if for_villager and one.deed in (ComplaintDeed.FORWARDED, ComplaintDeed.ACCEPTED):
        note = ""  # what one office said to another
    name = "村民" if own else "县里" if for_villager else who or ""
    return StepTold(
        one.deed, one.at, name, note, one.handed_to, one.outcome, one.follow_up, one.due_on
    )


def _handled(session: Session, complaint: Complaint) -> Handled | None:
    matter = session.get(Matter, complaint.matter_id) if complaint.matter_id else None
    if matter is None:
        return None
    said = session.scalars(
        sa.select(MatterStep)
        .where(
            MatterStep.matter_id == matter.id,
            MatterStep.deed.in_([MatterDeed.ANSWERED, MatterDeed.PUNISHED]),
        )
        .order_by(MatterStep.id)
    ).all()
    return Handled(
        matter,
        said[-1].note if said else "",
        any(one.deed is MatterDeed.PUNISHED for one in said),
    )


def _alike(session: Session, complaint: Complaint) -> tuple[Complaint, ...]:
    """Others of the same station and kind within three days: perhaps the same thing."""
    if complaint.station_id is None:
        return ()
    near = timedelta(days=3)
    return tuple(
        session.scalars(
            sa.select(Complaint)
            .where(
                Complaint.station_id == complaint.station_id,
                Complaint.kind == complaint.kind,
                Complaint.id != complaint.id,
                Complaint.received_on.between(
                    complaint.received_on - near, complaint.received_on + near
                ),
            )
            .order_by(Complaint.id.desc())
            .limit(5)
        )
    )


def photo_of(session: Session, complaint: Complaint, place: int) -> str | None:
    """The SHA-256 of one photo of a complaint; None where there is none, or not any more."""
    return session.scalar(
        sa.select(ComplaintPhoto.sha256).where(
            ComplaintPhoto.complaint_id == complaint.id, ComplaintPhoto.place == place
        )
    )
