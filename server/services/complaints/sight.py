"""Who sees which complaints, and one of them for somebody who may see it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.complaint import Complaint
from server.models.person import Person
from server.services.people.scope import TOWNSHIP, WHOLE_COUNTY, Everybody


def complaints_visible_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Complaint` for what somebody may see.

    EVERYBODY sees all, who sees the whole county its all, a township officer those of the own
    township. Keepers and operators see none here: what is forwarded to them is a problem of theirs
    (问题清单).
    """
    if isinstance(seen_by, Everybody):
        return sa.true()
    own = Complaint.county == seen_by.county
    if seen_by.role in WHOLE_COUNTY:
        return own
    if seen_by.role in TOWNSHIP and seen_by.township_code:
        return own & (Complaint.township_code == seen_by.township_code)
    return sa.false()


def complaint_for(session: Session, *, seen_by: Person, complaint_id: int) -> Complaint:
    """One complaint in somebody's sight. Raises NotFound complaint-unknown."""
    found = session.scalars(
        sa.select(Complaint).where(Complaint.id == complaint_id, complaints_visible_to(seen_by))
    ).one_or_none()
    if found is None:
        raise NotFound("complaint-unknown", "没有找到这件投诉。请返回投诉列表重新选择。")
    return found
