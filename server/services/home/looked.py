"""县里看过: which of a keeper's photos a person has looked at, when, and what that person found."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.models.person import Person, Role
from server.models.reading import ReviewAnswer, ReviewItem, ReviewState
from server.models.rectification import RectificationStep

_OF_MENDS = {"accepted": "改好了", "returned": "退回来了，要重拍"}


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A person has looked: `by` is 县里, 乡镇 or 督导员, never a name; `found` what they found."""

    at: datetime
    by: str
    found: str


def looked_at(session: Session, photo_ids: Collection[UUID]) -> dict[UUID, LookedAt]:
    """By photo what was last found of it; two queries. What nobody has looked at is left out."""
    seen: list[tuple[UUID, LookedAt]] = []
    for photo_id, at, kind, decision, role in session.execute(
        sa.select(
            ReviewItem.photo_id,
            ReviewItem.decided_at,
            ReviewItem.kind,
            ReviewItem.decision,
            Person.role,
        )
        .join(Person, Person.id == ReviewItem.decided_by)
        .where(ReviewItem.photo_id.in_(list(photo_ids)), ReviewItem.state == ReviewState.DECIDED)
    ):
        if at is not None:
            found = ReviewAnswer(decision).said_to(kind)
            seen.append((photo_id, LookedAt(at, _whence(role), found)))
    first: dict[UUID, LookedAt | None] = {}
    shown, judged = RectificationStep, aliased(RectificationStep)
    for shown_id, judged_at, action, role in session.execute(
        sa.select(shown.photo_id, judged.at, judged.action, Person.role)
        .join(
            judged,
            (judged.rectification_id == shown.rectification_id) & (judged.id > shown.id),
        )
        .outerjoin(Person, Person.id == judged.person_id)  # nobody's: the photo showed nothing
        .where(shown.photo_id.in_(list(photo_ids)), judged.action.in_(_OF_MENDS))
        .order_by(judged.id.desc())  # the first judgement after the photo is the one of it
    ):
        if shown_id is not None:
            mine = LookedAt(judged_at, _whence(role), _OF_MENDS[action]) if role else None
            first[shown_id] = mine
    return dict(seen) | {photo_id: one for photo_id, one in first.items() if one}


def _whence(role: Role) -> str:
    """Whose eyes it were, for keepers, who know houses and not names."""
    if role is Role.INSPECTOR:
        return role.label
    return "乡镇" if role is Role.TOWNSHIP_OFFICER else "县里"
