"""What every move of a problem does: locks it, looks whether it is still as shown, adds a step."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Invalid
from server.models.county import County
from server.models.matter import Matter, MatterDeed, MatterSource, MatterStage, MatterStep
from server.models.person import Person
from server.services.common import history
from server.services.common.seals import refuse_if_changed
from server.services.common.written import written
from server.services.county.matter_options import MatterOptions, matter_options
from server.services.matters.actions import MatterAction
from server.services.matters.rights import Move, refuse_unless
from server.services.matters.sight import matter_shown

TOLD = 40  # characters of a problem that a line of the history repeats


def taken_up(
    session: Session, matter: Matter, move: Move, *, by: Person, sealed: str | None
) -> MatterOptions:
    """Lock a problem for one move, and refuse what is not this person's or has moved on unseen.

    Gives the county's choices. Raises NotAllowed, Conflict as `rights.refuse_unless`, and Conflict
    matter-changed.
    """
    session.refresh(matter, with_for_update=True)  # of two at once, the second sees the first
    refuse_unless(session, by, matter, move)
    held = matter_shown(session, matter)
    refuse_if_changed(sealed, held, code="matter-changed", what="这件事的办理情况")
    return matter_options(session.get_one(County, matter.county))


def step(
    session: Session,
    matter: Matter,
    deed: MatterDeed,
    action: MatterAction,
    *,
    by: Person | None,
    now: datetime,
    note: str = "",
    handed_to: str = "",
    township: str | None = None,
    before_on: date | None = None,
    fallen_on: date | None = None,
) -> MatterStep:
    """Add one step with the day that holds after it, and its line in the history.

    `township` is the code of the township that `handed_to` names.
    `fallen_on` is the day that was asked for and that this move leaves without an answer: a
    second step, by nobody, says so.
    """
    session.flush()
    made = MatterStep(
        matter_id=matter.id,
        deed=deed,
        at=now,
        person_id=by.id if by else None,
        note=written(note, "说明", field="note", into=MatterStep.note),
        handed_to=handed_to,
        handed_township=township,
        before_on=before_on,
        due_on=None if matter.stage is MatterStage.CLOSED else matter.due_on,
    )
    session.add(made)
    session.flush()
    told = matter.words if len(matter.words) <= TOLD else f"{matter.words[:TOLD]}…"
    if matter.source is MatterSource.COMPLAINT:
        told = matter.kind.label  # the station's history is read by whom it is about
    history.write(
        session,
        of=matter,
        by=by,
        at=now,
        action=action,
        summary=f"{number_text(matter)}“{told}”：{deed.label}{handed_to and f'给{handed_to}'}",
    )
    if fallen_on is not None:
        step(
            session, matter, MatterDeed.NOTED, MatterAction.MATTER_NOTED, by=None, now=now,
            note=f"申请延到{full_day_text(fallen_on)}，县里还没有批；"
            f"这件事已经{deed.label}，这次申请不再有效。",
        )  # fmt: skip
    return made


def number_text(matter: Matter) -> str:
    """问2026-0012: by which people call a problem."""
    return f"问{matter.year}-{matter.number:04d}"


def moved_on(matter: Matter, stage: MatterStage, due_on: date) -> date | None:
    """Into a stage with its own last day; what was told of an earlier one is over.

    Gives the day until which more time was asked for, for the step that says that it fell.
    """
    wanted = matter.wanted_on
    matter.stage, matter.due_on, matter.escalation, matter.wanted_on = stage, due_on, 0, None
    return wanted


def day_ahead(day: date | None, today: date, *, latest: date | None = None) -> date:
    """A last day that can be kept. Raises Invalid matter-day-wrong (`fields`: due_on)."""
    if day is None:
        raise _wrong("请写明什么时候以前办好。")
    if day < today:
        raise _wrong(f"{full_day_text(day)}已经过去了，请写今天或以后的日期。")
    if latest is not None and day > latest >= today:
        raise _wrong(
            f"县里要求{full_day_text(latest)}以前办好，您交办的期限不能比它晚。要更长时间，请申请延期。"
        )
    return day


def _wrong(sentence: str) -> Invalid:
    return Invalid("matter-day-wrong", sentence, fields={"due_on": sentence})


def in_county(session: Session, county: str, model: type[Any], key: object) -> object | None:
    """A row of this county by its key; None for another county's or none."""
    found: object = session.get(model, key) if key else None
    return found if found is not None and getattr(found, "county", "") == county else None


def count_of_year(session: Session, county: str, year: int) -> int:
    """The highest number that a county's year has given so far."""
    return (
        session.scalar(
            sa.select(sa.func.max(Matter.number)).where(
                Matter.county == county, Matter.year == year
            )
        )
        or 0
    )
