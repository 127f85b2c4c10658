"""What the form of a 整改 showed stays sealed into it: nobody judges what has moved on unseen."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.rectification import Rectification, RectificationStep
from server.services.common.seals import Shown, refuse_if_changed


def rectification_shown(session: Session, one: Rectification) -> list[Shown]:
    """What a form of it shows that others may change meanwhile: whose turn, till when, answers."""
    answers = session.scalar(
        sa.select(sa.func.count())
        .select_from(RectificationStep)
        .where(RectificationStep.rectification_id == one.id, RectificationStep.action == "answered")
    )
    return [
        Shown("state", "状态", one.state.label),
        Shown("due_on", "期限", one.due_on.isoformat()),
        Shown("answers", "站长交的照片", f"{answers}张"),
    ]


def items_shown(items: Iterable[Rectification]) -> list[Shown]:
    """What a letter is to hold or to take back: which items, and how they stand."""
    said = [
        f"{one.clause}{one.title}（{one.state.label}，期限{full_day_text(one.due_on)}）"
        for one in items
    ]
    return [Shown("items", "要写进去的", "；".join(said))]


def refuse_unseen(session: Session, one: Rectification, sealed: str | None) -> None:
    """Raise Conflict rectification-changed where somebody judged, or the keeper sent more."""
    if sealed is not None:
        held = rectification_shown(session, one)
        refuse_if_changed(sealed, held, code="rectification-changed", what="这项整改")
