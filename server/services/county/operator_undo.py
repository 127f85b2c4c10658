"""Takes a list of operators back: enterprises nobody has used and fields nobody changed since."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Operator
from server.models.person import Person
from server.models.sheet_import import SheetImport
from server.services.common.list_imports import (
    LineBack,
    close_undo,
    hanging_on,
    hold_for_undo,
)
from server.services.county.actions import CountyAction
from server.services.county.operators import LABELS, edit_operator, operator_shown


def plan_operators_undo(session: Session, made: SheetImport) -> list[LineBack]:
    """What taking a list of operators back would do, line by line; changes nothing."""
    return [one for one, _ in _planned(session, made)]


def undo_operators(
    session: Session, made: SheetImport, *, by: Person | None, now: datetime
) -> list[LineBack]:
    """Take back what nobody has used or changed since; the rest stays and is named.

    Raises Conflict import-undone.
    """
    hold_for_undo(session, made)
    ids = {row["operator_id"] for row in made.rows}
    session.scalars(
        sa.select(Operator).where(Operator.id.in_(ids)).order_by(Operator.id).with_for_update()
    ).all()
    doing = _planned(session, made)
    for row, (one, values) in zip(made.rows, doing, strict=True):
        operator = session.get(Operator, row["operator_id"])
        if operator is None or not one.back:
            continue
        if one.removed:
            session.delete(operator)
        else:
            edit_operator(session, operator=operator, given=values, by=by, now=now)
    session.flush()
    lines = [one for one, _ in doing]
    close_undo(session, made, lines, by=by, now=now, action=CountyAction.OPERATORS_TAKEN_BACK)
    return lines


def _planned(session: Session, made: SheetImport) -> list[tuple[LineBack, dict[str, str]]]:
    """Each line with the fields that go back."""
    ids = {row["operator_id"] for row in made.rows}
    held = {one.id: one for one in session.scalars(sa.select(Operator).where(Operator.id.in_(ids)))}
    home: Any = Operator.__table__.c.id
    new = {row["operator_id"] for row in made.rows if row["new"]}
    hanging = hanging_on(session, home, new, but={})
    return [
        _line(row, held.get(row["operator_id"]), hanging.get(row["operator_id"], []))
        for row in made.rows
    ]


def _line(
    row: Mapping[str, Any], operator: Operator | None, hanging: list[str]
) -> tuple[LineBack, dict[str, str]]:
    one = LineBack(row["line"], row["name"])
    values: dict[str, str] = {}
    if operator is None:
        one.left.append("这家企业已经不在登记里了")
        return one, values
    now = {shown.field: shown.text for shown in operator_shown(operator)}
    after = row["after"]
    if row["new"]:
        changed = [LABELS[name] for name in LABELS if now[name] != after[name]]
        if changed:
            one.left.append(f"“{'、'.join(changed)}”后来改过，没有移除")
        if hanging:
            one.left.append(f"已经有{'、'.join(hanging)}，没有移除。不用的，请在企业页记退出")
        if not one.left:
            one.removed = True
            one.back.append(f"新增的企业{operator.name}移除")
        return one, values
    for name in (name for name in LABELS if name in after):
        if now[name] != after[name]:
            one.left.append(f"“{LABELS[name]}”后来又改过，现在是“{now[name] or '空'}”，没有动")
            continue
        values[name] = row["before"][name]
        one.back.append(f"{LABELS[name]}退回“{values[name] or '空'}”")
    return one, values
