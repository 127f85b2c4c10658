"""What of 整改 waits: answers to judge, deadlines gone by, letters in question."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.rectification import NoticeQuestion, Rectification, RectificationState
from server.models.station import Station
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.mending.rectifications import KEEPERS_TURN
from server.services.people.scope import stations_visible_to


@counted
def answered_queue(session: Session, asked: Asked) -> QueueLine:
    """整改 that keepers have shown mended, waiting for a person's yes or no; one query.

    It waits since the visit that found it: when the keeper answered only the steps know.
    """
    answered = Rectification.state == RectificationState.ANSWERED
    return waiting(session, _in_sight(asked).where(answered), Rectification.opened_at)


@counted
def late_queue(session: Session, asked: Asked) -> QueueLine:
    """整改 that keepers have not answered by their deadline, since the first one; one query."""
    late = Rectification.state.in_(KEEPERS_TURN) & (Rectification.due_on < asked.on)
    return waiting(session, _in_sight(asked).where(late), Rectification.due_on)


@counted
def letters_queue(session: Session, asked: Asked) -> QueueLine:
    """Letters that wait for 撤销 or 维持, and since when; one query."""
    rows = (
        sa.select(NoticeQuestion)
        .join(Station, Station.id == NoticeQuestion.station_id)
        .where(
            NoticeQuestion.county == asked.county,
            NoticeQuestion.settled_at.is_(None),
            stations_visible_to(asked.seen_by),
        )
    )
    return waiting(session, rows, NoticeQuestion.opened_at)


def _in_sight(asked: Asked) -> sa.Select[Rectification]:
    return (
        sa.select(Rectification)
        .join(Station, Station.id == Rectification.station_id)
        .where(Rectification.county == asked.county, stations_visible_to(asked.seen_by))
    )
