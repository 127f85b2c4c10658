"""Whether a released batch still is what was released: its lines, their accounts, their parts."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.subsidy import SubsidyEntitlement
from server.models.subsidy_payment import (
    PaymentState,
    SubsidyAccount,
    SubsidyBatch,
    SubsidyPayment,
    SubsidyPaymentPart,
)
from server.services.subsidies.batches import seal_of_lines

COPIED = ("holder", "bank", "number_sealed", "last4", "payee_key")


def lines_as_released(session: Session, batch: SubsidyBatch) -> bool:
    """Whether each line has the payee, account and sum of the release, and pays what it names.

    Lines withdrawn before the release are not in it; what the bank made of the others later is
    no part of what was released. Reads plain rows, so that nothing is shown as somebody left it
    in memory, and each account with its line: a change of keys seals both anew in one moment.
    """
    lines = session.execute(
        sa.select(
            SubsidyPayment.id, SubsidyPayment.line, SubsidyPayment.account_id,
            SubsidyPayment.amount_fen,
            SubsidyPayment.payee_key,
            sa.and_(
                *(getattr(SubsidyPayment, one) == getattr(SubsidyAccount, one) for one in COPIED)
            ).label("alike"),
        )
        .outerjoin(SubsidyAccount, SubsidyAccount.id == SubsidyPayment.account_id)
        .where(
            SubsidyPayment.batch_id == batch.id, SubsidyPayment.state != PaymentState.WITHDRAWN
        )
    ).all()  # fmt: skip
    sealed = seal_of_lines(
        {one.line: (one.payee_key, one.account_id, one.amount_fen, "") for one in lines}
    )
    if sealed != batch.contents_sha256:
        return False
    parts = session.execute(
        sa.select(
            SubsidyPaymentPart.payment_id, SubsidyPaymentPart.amount_fen,
            SubsidyEntitlement.amount_fen, SubsidyEntitlement.payee_key,
        )
        .join(SubsidyEntitlement, SubsidyEntitlement.id == SubsidyPaymentPart.entitlement_id)
        .where(SubsidyPaymentPart.payment_id.in_([one.id for one in lines]))
    ).all()  # fmt: skip
    for line in lines:
        if not line.alike:  # or there is no such account
            return False
        paid = [part for part in parts if part[0] == line.id]
        if sum(part[1] for part in paid) != line.amount_fen:
            return False
        if any(part[1] != part[2] or part[3] != line.payee_key for part in paid):
            return False
    return True
