"""What became of a line: paid (by a bank's list or a paper), not paid, returned, taken back."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid
from server.media.attachments import Attachment
from server.media.blobs import BlobStore
from server.models.county import County
from server.models.person import Person
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import (
    LedgerAccount,
    PaymentState,
    SubsidyBatch,
    SubsidyPayment,
    SubsidyPaymentPart,
)
from server.money import yuan_said
from server.policy.plan.duties import Deed
from server.services.common import history
from server.services.common.written import reason_given
from server.services.people.scope import refuse_unless_may_do
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.batches import (
    end_payment,
    entitlements_in,
    held_batch,
    tell_batch,
)
from server.services.subsidies.ledger import add_entry, counter_entry, live_entries
from server.services.subsidies.plans import anew, hold_programme
from server.services.subsidies.reviewing import end_entitlement


def _held_line(
    session: Session, payment_id: int, by: Person
) -> tuple[SubsidyBatch, SubsidyPayment]:
    """A line and its batch under the programme's lock, by somebody of 财政局."""
    refuse_unless_may_do(session, by, Deed.PAY)
    seen = anew(session, SubsidyPayment, payment_id, by.county)
    batch = held_batch(session, seen.batch_id, by)
    return batch, anew(session, SubsidyPayment, payment_id, by.county)


def _refuse_unreleased(batch: SubsidyBatch, payment: SubsidyPayment) -> None:
    if batch.released_at is None:
        raise Conflict("subsidy-not-now", "这一批还没有放行，不能记付款。")
    if payment.state is not PaymentState.LISTED:
        raise Conflict("subsidy-not-now", f"这一行现在是“{payment.state.label}”，不用再记。")


def _refuse_day(on: date, batch: SubsidyBatch, now: datetime) -> None:
    first = beijing_day(batch.released_at) if batch.released_at else on
    if not first <= on <= beijing_day(now):
        raise Invalid(
            "field-invalid",
            f"付款日期应在放行那天（{full_day_text(first)}）到今天之间，请核对。",
            fields={"on": "请核对"},
        )


def set_paid(
    session: Session, batch: SubsidyBatch, payment: SubsidyPayment, *, on: date, by: Person,
    now: datetime,
) -> None:  # fmt: skip
    """Enter what a line paid; call it under the lock, with its evidence set on the line."""
    payment.state, payment.paid_on = PaymentState.PAID, on
    payment.recorded_by, payment.recorded_at = by.id, now
    session.flush()
    parts = session.scalars(
        sa.select(SubsidyPaymentPart).where(
            SubsidyPaymentPart.payment_id == payment.id, SubsidyPaymentPart.ended_at.is_(None)
        )
    ).all()
    rows = {one.id: one for one in entitlements_in(session, [payment])}
    for part in parts:
        row = rows[part.entitlement_id]
        row.state, row.paid_on = EntitlementState.PAID, on
        add_entry(
            session, county=row.county, programme_id=batch.programme_id,
            account=LedgerAccount.PAID, fen=part.amount_fen, entitlement_id=row.id,
            part_id=part.id, on=on, by=by, now=now,
        )  # fmt: skip
    session.flush()


def record_paid(
    session: Session, blobs: BlobStore, *, payment_id: int, on: date, paper: Attachment | None,
    by: Person, now: datetime,
) -> SubsidyPayment:  # fmt: skip
    """Record by hand that a line was paid, with the bank's paper.

    Raises NotAllowed deed-not-yours; Conflict subsidy-not-now; Invalid attachment-wrong,
    field-invalid.
    """
    batch, payment = _held_line(session, payment_id, by)
    _refuse_unreleased(batch, payment)
    _refuse_day(on, batch, now)
    if paper is None:
        raise Invalid(
            "attachment-wrong", "请附上银行的付款凭证（回单），没有凭证不能记成已付。",
            fields={"receipt": "请选文件"},
        )  # fmt: skip
    payment.paper_sha256 = blobs.put(paper.content)
    payment.paper_name, payment.paper_kind = paper.name, paper.kind
    set_paid(session, batch, payment, on=on, by=by, now=now)
    tell_paid(session, batch, entitlements_in(session, [payment]), "凭回单记已付", by=by, now=now)
    return payment


def record_not_paid(
    session: Session, *, payment_id: int, reason: str, by: Person, now: datetime
) -> SubsidyPayment:
    """Record that a released line was not paid: what it was to pay can be listed anew."""
    batch, payment = _held_line(session, payment_id, by)
    _refuse_unreleased(batch, payment)
    reason = reason_given(reason, "请写明为什么没有付成。", into=SubsidyPayment.ended_because)
    end_payment(session, payment, PaymentState.NOT_PAID, reason, now=now)
    tell_batch(session, batch, f"第{payment.line}行没有付成", by=by, now=now, reason=reason)
    return payment


def record_returned(
    session: Session, *, payment_id: int, on: date, reason: str, by: Person, now: datetime
) -> SubsidyPayment:
    """Record that the bank sent a paid line back: counter-entries; it may be paid anew."""
    batch, payment = _held_line(session, payment_id, by)
    if payment.state is not PaymentState.PAID or payment.paid_on is None:
        raise Conflict("subsidy-not-now", f"这一行现在是“{payment.state.label}”，不能记退回。")
    if not payment.paid_on <= on <= beijing_day(now):
        raise Invalid(
            "field-invalid", "退回的日期应在付款那天到今天之间。", fields={"on": "请核对"}
        )
    reason = reason_given(reason, "请写明为什么退回。", into=SubsidyPayment.ended_because)
    rows = entitlements_in(session, [payment])
    if sum(one.amount_fen for one in rows) != payment.amount_fen:
        raise Conflict("subsidy-not-now", "这一行里有一笔已经单独冲回，其余的请逐笔冲回。")
    _take_back(session, rows, on=on, reason=reason, by=by, now=now)
    for row in rows:
        row.state, row.paid_on = EntitlementState.APPROVED, None
    end_payment(session, payment, PaymentState.RETURNED, reason, now=now)
    tell_paid(session, batch, rows, "银行退回", by=by, now=now, reason=reason)
    return payment


def reverse(
    session: Session, *, entitlement_id: int, on: date, reason: str, by: Person, now: datetime
) -> SubsidyEntitlement:
    """Take a paid entitlement back after its money came back from the payee: counter-entries.

    Raises NotAllowed deed-not-yours; Conflict subsidy-not-now; Invalid reason-needed.
    """
    refuse_unless_may_do(session, by, Deed.PAY)
    reason = reason_given(
        reason, "请写明为什么冲回，凭什么缴款凭证，例如“多发，7月9日缴回，凭证第12号”。"
    )
    seen = anew(session, SubsidyEntitlement, entitlement_id, by.county)
    hold_programme(session, seen.programme_id)
    row = anew(session, SubsidyEntitlement, entitlement_id, by.county)
    if row.state is not EntitlementState.PAID or row.paid_on is None:
        raise Conflict("subsidy-not-now", f"这一笔现在是“{row.state.label}”，不能冲回。")
    if not row.paid_on <= on <= beijing_day(now):
        raise Invalid(
            "field-invalid", "缴回的日期应在付款那天到今天之间。", fields={"on": "请核对"}
        )
    # A correction says what holds of the month from then on: those after it rest on it as well.
    later = session.scalar(
        sa.select(SubsidyEntitlement.id)
        .where(
            SubsidyEntitlement.corrects_id == (row.corrects_id or row.id),
            SubsidyEntitlement.id > row.id,
            SubsidyEntitlement.ended_at.is_(None),
        )
        .limit(1)
    )
    if later is not None:
        raise Conflict("subsidy-not-now", "这一笔后来有补发或扣回，请先冲回那一笔。")
    _take_back(session, [row], on=on, reason=reason, by=by, now=now)
    session.execute(
        sa.update(SubsidyPaymentPart)
        .where(SubsidyPaymentPart.entitlement_id == row.id, SubsidyPaymentPart.ended_at.is_(None))
        .values(ended_at=now)
    )
    end_entitlement(session, row, EntitlementState.REVERSED, reason, by=by, now=now)
    session.flush()
    history.write(
        session, of=row, by=by, at=now, action=SubsidyAction.ENDED,
        summary=f"冲回补贴：{row.sentence}", reason=reason,
    )  # fmt: skip
    return row


def _take_back(
    session: Session, rows: Sequence[SubsidyEntitlement], *, on: date, reason: str, by: Person,
    now: datetime,
) -> None:  # fmt: skip
    entries = live_entries(
        session, account=LedgerAccount.PAID, entitlement_ids=[one.id for one in rows]
    )
    for row in rows:
        counter_entry(session, entries[row.id], on=on, by=by, now=now, reason=reason)
    session.flush()


def tell_paid(
    session: Session, batch: SubsidyBatch, rows: Sequence[SubsidyEntitlement], what: str, *,
    by: Person, now: datetime, reason: str = "",
) -> None:  # fmt: skip
    """One line of the history about what was paid, with a part for each station."""
    total = yuan_said(sum(one.amount_fen for one in rows))
    line = history.write(
        session, of=session.get_one(County, batch.county), by=by, at=now,
        action=SubsidyAction.PAID, summary=f"补贴第{batch.number}批{what}，{total}", reason=reason,
    )  # fmt: skip
    history.write_parts(
        session, line,
        [
            history.Part(one.station_id, SubsidyAction.PAID, f"{what}：{one.sentence}", ())
            for one in rows
        ],
    )  # fmt: skip
