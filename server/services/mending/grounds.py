"""What an acceptance of a 整改 rests on: an answer, somebody's visit of that day, or a reason."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict
from server.models.inspection import Inspection, InspectionOutcome
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.services.common.written import reason_given


def refuse_without_grounds(
    session: Session, one: Rectification, by: Person, now: datetime, *, note: str, measured: bool
) -> None:
    """Refuse what was only tapped: the keeper's answer, a visit or a reason has to tell of it.

    `measured`: new values were entered. Raises Conflict rectification-returned, Invalid
    reason-needed.
    """
    if one.state is RectificationState.ANSWERED or _seen_since(session, one, by, beijing_day(now)):
        return
    if one.state is RectificationState.RETURNED:
        raise Conflict(
            "rectification-returned",
            "这项整改已经退回给站长，还没有新的答复。请等站长再交照片，"
            "或到站里看过、交了今天的督导记录，再验收。",
        )
    if not measured:
        reason_given(
            note,
            "站长还没有答复这项整改，今天也没有您的督导记录。请写明怎么看出来已经改好。",
            field="note",
            into=RectificationStep.note,
        )


def _seen_since(session: Session, one: Rectification, by: Person, today: date) -> bool:
    """Whether this person has handed in a record of today that came after the last judgement."""
    judged_at = sa.select(sa.func.max(RectificationStep.at)).where(
        RectificationStep.rectification_id == one.id,
        RectificationStep.action.in_(("opened", "returned")),
    )
    there = sa.select(Inspection.id).where(
        Inspection.station_id == one.station_id,
        Inspection.inspector_id == by.id,
        Inspection.day_on == today,
        Inspection.received_at > judged_at.scalar_subquery(),
        Inspection.outcome != InspectionOutcome.CLOSED_DOOR,
        Inspection.holds(),
    )
    return bool(session.scalar(sa.select(there.exists())))
