"""What the office's decision between two inspectors means for the 整改 that one of them opened."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.inspection import Disagreement, DisagreementKind, Inspection
from server.models.person import Person
from server.models.rectification import Rectification
from server.services.inspections.versions import ids_so_far
from server.services.mending.rectifications import OPEN_STATES, withdraw
from server.services.standing.contests import Sides


def follow_ruling(
    session: Session, *, disagreement: Disagreement, by: Person, now: datetime
) -> list[Rectification]:
    """Withdraw what was found wanting where the word stands that it is met; gives what remains.

    What an issued letter asks for remains: only a person takes a letter back. Nothing for the other
    kinds of items, and nothing where the record stands that found it wanting.
    """
    if disagreement.kind is not DisagreementKind.INSPECTORS or disagreement.other_id is None:
        return []
    second = session.get_one(Inspection, disagreement.inspection_id)
    first = session.get_one(Inspection, disagreement.other_id)
    sides = Sides(
        disagreement.keeper_says,
        disagreement.inspector_says,
        first.finished_at,
        second.finished_at,
    )
    won = sides.holds(disagreement.decision)
    if won is None or won["verdict"] != "pass":
        return []
    found_wanting = first if won is sides.second else second
    still_open = session.scalars(
        sa.select(Rectification)
        .where(
            Rectification.inspection_id.in_(ids_so_far(session, found_wanting)),
            Rectification.rule_code == disagreement.rule_code,
            Rectification.state.in_(OPEN_STATES),
        )
        .order_by(Rectification.id)
    ).all()
    for one in still_open:
        if one.notice_id is None:
            withdraw(session, one, f"县办裁定：{disagreement.reason}", by, now)
    session.flush()
    return [one for one in still_open if one.notice_id is not None]
