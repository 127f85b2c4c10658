"""What of the list of problems waits for whoever looks: to refer, to handle, to check, to close."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.matter import Matter, MatterStage
from server.models.person import Person
from server.services.common.queues import NOTHING, Asked, QueueLine, counted, waiting
from server.services.matters.heads import head_on
from server.services.matters.sight import held_by, matters_visible_to
from server.services.people.scope import OFFICE

RED = 3  # of Matter.escalation


@counted
def to_refer_queue(session: Session, asked: Asked) -> QueueLine:
    """Registered and with nobody yet, since the first was registered; one query."""
    return waiting(session, _at(asked, MatterStage.REGISTERED), Matter.opened_at)


@counted
def to_handle_queue(session: Session, asked: Asked) -> QueueLine:
    """In the hands of the person's own township, operator or unit; one query."""
    held = held_by(Matter, asked.seen_by)
    return waiting(session, _at(asked, MatterStage.HANDLING).where(held), Matter.opened_at)


@counted
def late_queue(session: Session, asked: Asked) -> QueueLine:
    """With others and past its day, since the first such day; one query."""
    late = _at(asked, MatterStage.HANDLING).where(Matter.due_on < asked.on)
    return waiting(session, late, Matter.due_on)


@counted
def to_check_queue(session: Session, asked: Asked) -> QueueLine:
    """Answered by somebody else, waiting for a look; one query."""
    mine = Matter.answered_by != asked.seen_by.id
    return waiting(session, _at(asked, MatterStage.CHECKING).where(mine), Matter.answered_on)


@counted
def to_close_queue(session: Session, asked: Asked) -> QueueLine:
    """Checked and waiting for the county's 办结; one query."""
    return waiting(session, _at(asked, MatterStage.CHECKED), Matter.answered_on)


@counted
def to_extend_queue(session: Session, asked: Asked) -> QueueLine:
    """More time asked for; one query."""
    wanted = _at(asked, MatterStage.HANDLING).where(Matter.wanted_on.is_not(None))
    return waiting(session, wanted, Matter.opened_at)


def red_queue(session: Session, asked: Asked) -> QueueLine:
    """Red ones, for the 专班's head; where the head has no live account, for the office to tell.

    At most three queries.
    """
    head = head_on(session, county=asked.county, on=asked.on)
    account = session.get(Person, head.person_id) if head and head.person_id else None
    if account is not None and account.active:
        mine = account.id == asked.seen_by.id
    else:
        mine = asked.seen_by.role in OFFICE
    return _red(session, asked) if mine else NOTHING


@counted
def _red(session: Session, asked: Asked) -> QueueLine:
    red = sa.select(Matter).where(
        Matter.county == asked.county,
        Matter.stage != MatterStage.CLOSED,
        Matter.escalation == RED,
    )
    return waiting(session, red, Matter.due_on)


def _at(asked: Asked, stage: MatterStage) -> sa.Select[Matter]:
    return sa.select(Matter).where(
        Matter.county == asked.county, matters_visible_to(asked.seen_by), Matter.stage == stage
    )
