"""Which lines of a released batch are not to be paid now, and why: for the page and the table."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.subsidy import SubsidyEntitlement
from server.models.subsidy_payment import PaymentState, SubsidyPayment
from server.services.subsidies.holds import reasons_of


def stopped_lines(
    session: Session,
    lines: Sequence[SubsidyPayment],
    parts: Mapping[int, Sequence[SubsidyEntitlement]],
) -> dict[int, str]:
    """By line, why nobody should pay it by a table taken out now; the others are to be paid.

    `parts` are what each line pays. A line that is over says so; a hold, a question or a changed
    account that came after the release stops it as well.
    """
    held = reasons_of(session, [row for own in parts.values() for row in own])
    found: dict[int, str] = {}
    for one in lines:
        waits = [why for row in parts.get(one.id, ()) for why in held.get(row.id, ())]
        if one.state is PaymentState.PAID and one.paid_on:
            found[one.id] = f"{full_day_text(one.paid_on)}已经付过"
        elif one.state is not PaymentState.LISTED:
            found[one.id] = f"{one.state.label}：{one.ended_because}。要再付，另编一批"
        elif one.held_for:
            found[one.id] = f"{one.held_because}，请先查清"
        elif waits:
            found[one.id] = f"暂缓着：{waits[0]}"
    return found
