"""Who sees which problems, and one of them for somebody who may see it."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.matter import Holder, Matter, MatterStage, MatterStep
from server.models.person import Person
from server.services.common.seals import Shown
from server.services.people.scope import TOWNSHIP, WHOLE_COUNTY, Everybody

HELD_BY_TOWNSHIP = (Holder.TOWNSHIP, Holder.KEEPER)
OPEN_STAGES = tuple(one for one in MatterStage if one is not MatterStage.CLOSED)


def matters_visible_to(seen_by: Person | Everybody) -> sa.ColumnElement[bool]:
    """The WHERE clause on `Matter` for what somebody may see.

    EVERYBODY sees all; who sees the whole county sees its all; a township officer what happened in
    or was referred to the own township, an operator's clerk what is with that operator.
    """
    if isinstance(seen_by, Everybody):
        return sa.true()
    own = Matter.county == seen_by.county
    if seen_by.role in WHOLE_COUNTY:
        return own
    if seen_by.role in TOWNSHIP and seen_by.township_code:
        here = seen_by.township_code
        return own & ((Matter.township_code == here) | (Matter.holder_township == here))
    if seen_by.operator_id is not None:
        return own & (Matter.holder_operator_id == seen_by.operator_id)
    return sa.false()


def matter_for(session: Session, seen_by: Person, matter_id: int) -> Matter:
    """One problem in somebody's sight. Raises NotFound matter-unknown."""
    found = session.scalars(
        sa.select(Matter).where(Matter.id == matter_id, matters_visible_to(seen_by))
    ).one_or_none()
    if found is None:
        raise NotFound("matter-unknown", "没有找到这件事。请返回问题清单重新选择。")
    return found


def held_by(row: Any, who: Person) -> sa.ColumnElement[bool]:
    """The WHERE clause for what this person's body has in hand; `row` has a matter's columns."""
    if who.role in TOWNSHIP and who.township_code:
        here = row.holder_township == who.township_code
        return sa.and_(here, row.holder.in_([one.value for one in HELD_BY_TOWNSHIP]))
    if who.operator_id is not None:
        own = row.holder_operator_id == who.operator_id
        return sa.and_(own, row.holder == Holder.OPERATOR.value)
    if who.organisation_id is not None:
        own = row.holder_unit_id == who.organisation_id
        return sa.and_(own, row.holder == Holder.UNIT.value)
    return sa.false()


def is_with(person: Person, matter: Matter) -> bool:
    """Whether it is this person's body that has it in hand."""
    if person.county != matter.county:
        return False
    match matter.holder:
        case Holder.TOWNSHIP | Holder.KEEPER:
            return (
                person.role in TOWNSHIP
                and person.township_code is not None
                and person.township_code == matter.holder_township
            )
        case Holder.OPERATOR:
            return person.operator_id is not None and (
                person.operator_id == matter.holder_operator_id
            )
        case Holder.UNIT:
            return person.organisation_id is not None and (
                person.organisation_id == matter.holder_unit_id
            )
    return False


def matter_shown(session: Session, matter: Matter) -> list[Shown]:
    """What a form shows of it that others may change meanwhile: its seal."""
    steps = session.scalar(
        sa.select(sa.func.count()).select_from(MatterStep).where(MatterStep.matter_id == matter.id)
    )
    return [
        Shown("stage", "状态", matter.stage.label),
        Shown("due_on", "期限", _day(matter.due_on)),
        Shown("wanted_on", "申请延到", _day(matter.wanted_on)),
        Shown("steps", "办理经过", f"{steps}步"),
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
