"""What every move of a 整改 leaves behind: a step, with the last day where that move moved it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.rectification import Rectification, RectificationStep
from server.services.common.written import written


def step(
    session: Session,
    one: Rectification,
    action: str,
    at: datetime,
    by: Person | None,
    *,
    photo_id: UUID | None = None,
    note: str = "",
    later: date | None = None,
) -> RectificationStep:
    """Add a step; `later` gives the keeper more time, and the step keeps the day before as well.

    Whoever was late by the day before stays late (`deadlines`); a day that is not later moves
    nothing.
    """
    made = RectificationStep(
        rectification_id=one.id,
        action=action,
        at=at,
        person_id=by.id if by else None,
        photo_id=photo_id,
        note=written(note, "说明", field="note", into=RectificationStep.note),
    )
    if later is not None and later > one.due_on:
        made.before_on, made.due_on = one.due_on, later
        one.due_on, one.escalation = later, 0
    session.add(made)
    return made
