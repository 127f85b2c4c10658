"""What of the list of problems waits for whoever looks: to refer, to handle, to check, to close."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.matter import Matter, MatterStage
from server.services.common.queues import Asked, QueueLine, waiting
from server.services.matters.sight import held_by, matters_visible_to


def to_refer_queue(session: Session, asked: Asked) -> QueueLine:
    """Registered and with nobody yet, since the first was registered; one query."""
    return waiting(session, _at(asked, MatterStage.REGISTERED), Matter.opened_at)


def to_handle_queue(session: Session, asked: Asked) -> QueueLine:
    """In the hands of the person's own township, operator or unit; one query."""
    held = held_by(Matter, asked.seen_by)
    return waiting(session, _at(asked, MatterStage.HANDLING).where(held), Matter.opened_at)


def late_queue(session: Session, asked: Asked) -> QueueLine:
    """With others and past its day, since the first such day; one query."""
    late = _at(asked, MatterStage.HANDLING).where(Matter.due_on < asked.on)
    return waiting(session, late, Matter.due_on)


def to_check_queue(session: Session, asked: Asked) -> QueueLine:
    """Answered by somebody else, waiting for a look; one query."""
    mine = Matter.answered_by != asked.seen_by.id
    return waiting(session, _at(asked, MatterStage.CHECKING).where(mine), Matter.answered_on)


def to_close_queue(session: Session, asked: Asked) -> QueueLine:
    """Checked and waiting for the county's 办结; one query."""
    return waiting(session, _at(asked, MatterStage.CHECKED), Matter.answered_on)


def to_extend_queue(session: Session, asked: Asked) -> QueueLine:
    """More time asked for; one query."""
    wanted = _at(asked, MatterStage.HANDLING).where(Matter.wanted_on.is_not(None))
    return waiting(session, wanted, Matter.opened_at)


def _at(asked: Asked, stage: MatterStage) -> sa.Select[Matter]:
    return sa.select(Matter).where(
        Matter.county == asked.county, matters_visible_to(asked.seen_by), Matter.stage == stage
    )
