"""What a keeper is told whose answer crossed its last day on a clock that nobody could check."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.models.phone_event import PhoneEvent, Photo
from server.models.rectification import Rectification

NOT_PROVEN = (
    "这中间手机没有联网核对过时间，是不是那天记的没法证明；跨过期限的，不算按期，也不算逾期"
)


def told_of_proof(session: Session, event: PhoneEvent) -> str | None:
    """Words for an answer whose last day lies between what the phone says and its arrival.

    None where its time is proven, or nothing hangs on it.
    """
    said_on, came_on = beijing_day(event.occurred_at), beijing_day(event.received_at)
    mend = session.get(Rectification, event.payload.get("rectification_id"))
    if mend is None or not said_on <= mend.due_on < came_on:
        return None
    proven = sa.select(Photo.time_verified).where(Photo.event_id == event.id).limit(1)
    if session.scalar(proven):
        return None
    return (
        f"照片收到了。期限是{full_day_text(mend.due_on)}，手机记的是{full_day_text(said_on)}，"
        f"{full_day_text(came_on)}才传到，{NOT_PROVEN}。县专班看得到。"
    )
