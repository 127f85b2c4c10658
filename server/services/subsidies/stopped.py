"""Which lines of a released batch are not to be paid now, and why: for the page and the table."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import PaymentState, SubsidyPayment
from server.money import yuan_said
from server.services.subsidies.holds import reasons_of

Parts = Mapping[int, Sequence[SubsidyEntitlement]]


def taken_back(
    lines: Sequence[SubsidyPayment], parts: Parts
) -> dict[int, list[SubsidyEntitlement]]:
    """By paid line, what of it the payee gave back since: the line stays paid, the money is here.

    `parts` are what each line pays.
    """
    found = {
        one.id: [row for row in parts.get(one.id, ()) if row.state is EntitlementState.REVERSED]
        for one in lines
        if one.state is PaymentState.PAID
    }
    return {line: back for line, back in found.items() if back}


def stopped_lines(
    session: Session,
    lines: Sequence[SubsidyPayment],
    parts: Parts,
) -> dict[int, str]:
    """By line, why nobody should pay it by a table taken out now; the others are to be paid.

    `parts` are what each line pays. A line that is over says so; a hold, a question or a changed
    account that came after the release stops it as well.
    """
    held = reasons_of(session, [row for own in parts.values() for row in own])
    back = taken_back(lines, parts)
    found: dict[int, str] = {}
    for one in lines:
        waits = [why for row in parts.get(one.id, ()) for why in held.get(row.id, ())]
        if one.state is PaymentState.PAID and one.paid_on:
            since = back.get(one.id, ())
            fen = yuan_said(sum(row.amount_fen for row in since))
            told = f"，其中{len(since)}笔{fen}后来冲回。要再付，另编一批" if since else ""
            found[one.id] = f"{full_day_text(one.paid_on)}已经付过{told}"
        elif one.state is not PaymentState.LISTED:
            found[one.id] = f"{one.state.label}：{one.ended_because}。要再付，另编一批"
        elif one.held_for:
            found[one.id] = f"{one.held_because}，请先查清"
        elif waits:
            found[one.id] = f"暂缓着：{waits[0]}"
    return found
