"""The county's side of a problem's end: checked by somebody else, closed, opened again, noted."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Invalid
from server.models.matter import Matter, MatterDeed, MatterOutcome, MatterStage, MatterStep
from server.models.person import Person
from server.services.common.written import reason_given
from server.services.matters.actions import MatterAction
from server.services.matters.rights import Move
from server.services.matters.steps import day_ahead, moved_on, step, taken_up

NEVER_HANDLED = (MatterOutcome.UNFOUNDED, MatterOutcome.ELSEWHERE, MatterOutcome.DOUBLE)


def check(
    session: Session,
    *,
    matter: Matter,
    good: bool,
    note: str,
    by: Person,
    now: datetime,
    due_on: date | None = None,
    sealed: str | None = None,
) -> None:
    """核查: somebody who did not answer looks whether it is done; a no goes back with a new day.

    The day by which the county wanted it (`outer_due_on`) does not move by a no. Raises as
    `taken_up`; Invalid reason-needed, matter-day-wrong; Conflict matter-own-work.
    """
    options = taken_up(session, matter, Move.CHECK, by=by, sealed=sealed)
    ask = "请写明怎么核查的、看到什么。" if good else "请写明哪里没办好。"
    note = reason_given(note, ask, field="note", label="核查情况", into=MatterStep.note)
    today, before = beijing_day(now), matter.due_on
    if good:
        moved_on(matter, MatterStage.CHECKED, today + timedelta(days=options.close_days))
    else:
        day = day_ahead(due_on, today)
        matter.answered_on, matter.answered_by = None, None
        moved_on(matter, MatterStage.HANDLING, day)
    deed = MatterDeed.CHECKED if good else MatterDeed.SENT_BACK
    step(
        session, matter, deed, MatterAction.MATTER_CHECKED,
        by=by, now=now, note=note, before_on=before,
    )  # fmt: skip


def outcomes_of(session: Session, matter: Matter) -> tuple[MatterOutcome, ...]:
    """How the county may end it now; 查处 only where a regulator has said that it did."""
    if matter.stage is MatterStage.REGISTERED:
        return NEVER_HANDLED
    punished = session.scalar(
        sa.select(sa.func.count())
        .select_from(MatterStep)
        .where(MatterStep.matter_id == matter.id, MatterStep.deed == MatterDeed.PUNISHED)
    )
    return tuple(one for one in MatterOutcome if one is not MatterOutcome.PUNISHED or punished)


def close(
    session: Session,
    *,
    matter: Matter,
    outcome: str,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """办结, by the county office alone. What was never handled needs a reason.

    Raises as `taken_up`; Invalid matter-outcome-wrong, reason-needed.
    """
    taken_up(session, matter, Move.CLOSE, by=by, sealed=sealed)
    if outcome not in outcomes_of(session, matter):
        sentence = "请选择怎么办结的。"
        raise Invalid("matter-outcome-wrong", sentence, fields={"outcome": sentence})
    ending, before = MatterOutcome(outcome), matter.due_on
    if ending in NEVER_HANDLED:
        note = reason_given(note, "请写明凭什么这样办结。", field="note", into=MatterStep.note)
    matter.outcome, matter.closed_at = ending, now
    moved_on(matter, MatterStage.CLOSED, matter.due_on)
    step(
        session, matter, MatterDeed.CLOSED, MatterAction.MATTER_CLOSED,
        by=by, now=now, note=f"{ending.label}。{note}" if note else ending.label,
        before_on=before,
    )  # fmt: skip


def reopen(
    session: Session,
    *,
    matter: Matter,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """A closed problem is there again: it waits to be referred anew; all its steps stay.

    Raises as `taken_up`; Invalid reason-needed.
    """
    options = taken_up(session, matter, Move.REOPEN, by=by, sealed=sealed)
    note = reason_given(note, "请写明为什么重新办理。", field="note", into=MatterStep.note)
    matter.outcome, matter.closed_at = None, None
    matter.holder, matter.holder_township = None, None
    matter.holder_operator_id, matter.holder_unit_id, matter.outer_due_on = None, None, None
    matter.answered_on, matter.answered_by = None, None
    moved_on(matter, MatterStage.REGISTERED, beijing_day(now) + timedelta(days=options.refer_days))
    step(
        session, matter, MatterDeed.REOPENED, MatterAction.MATTER_REOPENED,
        by=by, now=now, note=note,
    )  # fmt: skip


def add_note(
    session: Session,
    *,
    matter: Matter,
    note: str,
    by: Person,
    now: datetime,
    sealed: str | None = None,
) -> None:
    """What else became known of it. Raises as `taken_up`; Invalid reason-needed."""
    taken_up(session, matter, Move.NOTE, by=by, sealed=sealed)
    note = reason_given(note, "请写下要补充的情况。", field="note", into=MatterStep.note)
    step(
        session, matter, MatterDeed.NOTED, MatterAction.MATTER_NOTED, by=by, now=now, note=note
    )  # fmt: skip
