"""What every move of a complaint does: locks it, looks whether it is as shown, adds a step."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.complaint import (
    Complaint,
    ComplaintDeed,
    ComplaintOutcome,
    ComplaintStep,
    FollowUp,
)
from server.models.county import County
from server.models.person import Person
from server.models.station import Station
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.common.written import written
from server.services.complaints.actions import ComplaintAction
from server.services.complaints.rights import Move, refuse_unless

UNSEEN = (ComplaintDeed.LOOKED, ComplaintDeed.NEW_CODE)
"""Steps that change nothing of what a form shows."""


def taken_up(
    session: Session, complaint: Complaint, move: Move, *, by: Person, sealed: str | None
) -> None:
    """Lock a complaint for one move, and refuse what is not this person's or has moved on unseen.

    Raises NotAllowed, Conflict as `rights.refuse_unless`, and Conflict complaint-changed.
    """
    session.refresh(complaint, with_for_update=True)  # of two at once, the second sees the first
    refuse_unless(session, by, complaint, move)
    held = complaint_shown(session, complaint)
    refuse_if_changed(sealed, held, code="complaint-changed", what="这件投诉的办理情况")


def complaint_shown(session: Session, complaint: Complaint) -> list[Shown]:
    """What a form shows of it that others may change meanwhile: its seal."""
    steps = session.scalar(
        sa.select(sa.func.count())
        .select_from(ComplaintStep)
        .where(ComplaintStep.complaint_id == complaint.id, ComplaintStep.deed.not_in(list(UNSEEN)))
    )
    return [
        Shown("state", "状态", complaint.state.label),
        Shown("held", "待核", "是" if complaint.held else "否"),
        Shown("steps", "办理经过", f"{steps}步"),
    ]


def step(
    session: Session,
    complaint: Complaint,
    deed: ComplaintDeed,
    *,
    by: Person | None,
    now: datetime,
    action: ComplaintAction | None = None,
    note: str = "",
    handed_to: str = "",
    outcome: ComplaintOutcome | None = None,
    follow_up: FollowUp | None = None,
    due_on: date | None = None,
) -> ComplaintStep:
    """Add one step, and where somebody of an office made it, its line in the county's history.

    The line stands in the county's history and not in the station's, which its keeper's
    enterprise reads; it repeats nothing of what the villager wrote.
    """
    session.flush()
    made = ComplaintStep(
        complaint_id=complaint.id,
        deed=deed,
        at=now,
        person_id=by.id if by else None,
        note=written(note, "说明", field="note", into=ComplaintStep.note),
        handed_to=handed_to,
        outcome=outcome,
        follow_up=follow_up,
        due_on=due_on,
    )
    session.add(made)
    session.flush()
    if by is not None and action is not None:
        station = session.get(Station, complaint.station_id) if complaint.station_id else None
        told = outcome.label if outcome else follow_up.label if follow_up else ""
        history.write(
            session,
            of=session.get_one(County, complaint.county),
            by=by,
            at=now,
            action=action,
            summary=f"{complaint.number}（{complaint.kind.label}"
            f"{f'，{station.code or station.name}' if station else ''}）：{deed.label}"
            f"{handed_to and f'给{handed_to}'}{told and f'：{told}'}",
        )
    return made
