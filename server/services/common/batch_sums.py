"""What became of a batch's lines, in sums: what `subsidy.batch_paid` tells of it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import (
    PaymentState,
    SubsidyBatch,
    SubsidyPayment,
    SubsidyPaymentPart,
)


def batch_that_paid(session: Session, entitlement_id: int) -> int | None:
    """The id of the batch of which a line paid this entitlement, None where none has."""
    return session.scalar(
        sa.select(SubsidyPayment.batch_id)
        .join(SubsidyPaymentPart, SubsidyPaymentPart.payment_id == SubsidyPayment.id)
        .where(
            SubsidyPaymentPart.entitlement_id == entitlement_id,
            SubsidyPayment.state == PaymentState.PAID,
        )
    )


def sums_of_batch(session: Session, batch_id: int) -> dict[str, Any] | None:
    """A released batch of which no line waits any more, as messages name it; else None.

    `lines`: by state how many lines, and their sum in fen. `taken_back`: of what was paid, how
    many entitlements their payees gave back since, and the sum; their lines stay paid.
    """
    found = {
        state.value: {"lines": lines, "amount_fen": int(fen)}
        for state, lines, fen in session.execute(
            sa.select(SubsidyPayment.state, sa.func.count(), sa.func.sum(SubsidyPayment.amount_fen))
            .where(SubsidyPayment.batch_id == batch_id)
            .group_by(SubsidyPayment.state)
        )
    }
    batch = session.execute(
        sa.select(SubsidyBatch.number, SubsidyBatch.released_at, SubsidyBatch.contents_sha256)
        .where(SubsidyBatch.id == batch_id)
    ).one()  # fmt: skip
    if PaymentState.LISTED in found or batch.released_at is None:
        return None
    back, fen = session.execute(
        sa.select(sa.func.count(), sa.func.sum(SubsidyPaymentPart.amount_fen))
        .join(SubsidyPayment, SubsidyPayment.id == SubsidyPaymentPart.payment_id)
        .join(SubsidyEntitlement, SubsidyEntitlement.id == SubsidyPaymentPart.entitlement_id)
        .where(
            SubsidyPayment.batch_id == batch_id,
            SubsidyPayment.state == PaymentState.PAID,
            SubsidyEntitlement.state == EntitlementState.REVERSED,
        )
    ).one()
    return {
        "batch": batch_id, "number": batch.number, "contents_sha256": batch.contents_sha256,
        "lines": found, "taken_back": {"entitlements": back, "amount_fen": int(fen or 0)},
    }  # fmt: skip
