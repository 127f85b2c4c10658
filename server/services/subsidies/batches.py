"""Batches for the finance office: made by one person, released by another, frozen from then on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import beijing_day
from server.errors import Conflict, NotAllowed, NotFound
from server.models.county import County
from server.models.person import Person
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import (
    PaymentState,
    SubsidyBatch,
    SubsidyPayment,
    SubsidyPaymentPart,
)
from server.money import yuan_said
from server.policy.hours import Holidays, nobody_knows
from server.policy.plan.duties import Deed
from server.services.common import history
from server.services.common.written import reason_given
from server.services.people.scope import OFFICE, may_do, refuse_unless_may_do
from server.services.subsidies.accounts import good_accounts
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.candidates import contents_hash
from server.services.subsidies.holds import reasons_of
from server.services.subsidies.plans import Plan, anew, hold_programme
from server.services.subsidies.reviewing import chosen
from server.services.subsidies.still_so import refuse_unless_still_due


def refuse_unless_batching(session: Session, by: Person) -> None:
    """Batches are made and changed by the county office or 财政局."""
    if by.role not in OFFICE and not may_do(session, by, Deed.PAY):
        raise NotAllowed("not-your-page", "批次由县专班或财政局来编。")


def make_batch(
    session: Session, *, plan: Plan, seals: Iterable[str], by: Person, now: datetime,
    holidays: Holidays = nobody_knows,
) -> SubsidyBatch:  # fmt: skip
    """Put approved entitlements into one list, one line for each payee, with the account as it is.

    Raises Conflict subsidy-stale, subsidy-not-now, subsidy-held, account-missing, subsidy-nothing
    (a payee from
    whom more is to be taken off than is paid), what `chosen` raises; NotAllowed not-your-page.
    """
    refuse_unless_batching(session, by)
    rows = chosen(session, plan=plan, seals=seals, by=by)
    _refuse_unpayable(session, rows)
    refuse_unless_still_due(
        session, plan=plan, rows=rows, today=beijing_day(now), holidays=holidays
    )
    # Of an account that is being changed in this moment, the one or the other waits here.
    session.execute(
        sa.select(County.code).where(County.code == by.county).with_for_update(key_share=True)
    )
    accounts = good_accounts(session, county=plan.row.county)
    by_payee: defaultdict[str, list[SubsidyEntitlement]] = defaultdict(list)
    for row in rows:
        by_payee[row.payee_key].append(row)
    for key, own in by_payee.items():
        if key not in accounts:
            raise Conflict(
                "account-missing",
                f"{own[0].payee_name}还没有核对过的收款账户，或者新账户在等核对。请先办好账户。",
            )
        if sum(one.amount_fen for one in own) <= 0:
            raise Conflict(
                "subsidy-nothing",
                f"{own[0].payee_name}这次要扣回的不比要发的少，先不列入，等下次有要发的一起算。",
            )
    number = session.scalar(
        sa.select(sa.func.coalesce(sa.func.max(SubsidyBatch.number), 0) + 1).where(
            SubsidyBatch.programme_id == plan.row.id
        )
    )
    batch = SubsidyBatch(
        county=plan.row.county, programme_id=plan.row.id, number=number or 1, made_by=by.id,
        made_at=now,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    for line, (key, own) in enumerate(by_payee.items(), start=1):
        account = accounts[key]
        payment = SubsidyPayment(
            county=batch.county, batch_id=batch.id, line=line, payee_key=key,
            payee_name=own[0].payee_name, account_id=account.id, holder=account.holder,
            bank=account.bank, number_sealed=account.number_sealed, last4=account.last4,
            amount_fen=sum(one.amount_fen for one in own), state=PaymentState.LISTED,
        )  # fmt: skip
        session.add(payment)
        session.flush()
        session.add_all(
            SubsidyPaymentPart(
                county=batch.county, payment_id=payment.id, entitlement_id=one.id,
                amount_fen=one.amount_fen,
            )
            for one in own
        )  # fmt: skip
    session.flush()
    total = yuan_said(sum(one.amount_fen for one in rows))
    tell_batch(session, batch, f"编成，{len(by_payee)}行，合计{total}", by=by, now=now)
    return batch


def _refuse_unpayable(session: Session, rows: Sequence[SubsidyEntitlement]) -> None:
    held = reasons_of(session, rows)
    listed = set(
        session.scalars(
            sa.select(SubsidyPaymentPart.entitlement_id).where(
                SubsidyPaymentPart.entitlement_id.in_([one.id for one in rows]),
                SubsidyPaymentPart.ended_at.is_(None),
            )
        )
    )
    for row in rows:
        if row.state is not EntitlementState.APPROVED or row.id in listed:
            where = "已经在批次里" if row.id in listed else f"现在是“{row.state.label}”"
            raise Conflict("subsidy-not-now", f"有一笔{where}，不能列入批次。请看过现在的再选。")
        if reasons := held.get(row.id):
            raise Conflict("subsidy-held", f"有一笔暂缓着：{reasons[0]}。请去掉勾选。")


def payments_of(session: Session, batch_id: int) -> list[SubsidyPayment]:
    """A batch's lines as they stand, in order."""
    return list(
        session.scalars(
            sa.select(SubsidyPayment)
            .where(SubsidyPayment.batch_id == batch_id)
            .order_by(SubsidyPayment.line)
            .execution_options(populate_existing=True)
        )
    )


def batch_seal(payments: Iterable[SubsidyPayment]) -> str:
    """A hash over the lines that stand: payee, account and amount; what a release is over."""
    return seal_of_lines(
        {
            one.line: (one.payee_key, one.account_id, one.amount_fen, one.held_because)
            for one in payments
            if one.state is PaymentState.LISTED
        }
    )


def seal_of_lines(lines: Mapping[int, tuple[str, int, int, str]]) -> str:
    """The same of lines by number: payee, account, sum in 分, why it is held."""
    return contents_hash({str(line): list(said) for line, said in lines.items()})


def release(
    session: Session, *, plan: Plan, batch_id: int, seal: str, by: Person, now: datetime,
    holidays: Holidays = nobody_knows,
) -> SubsidyBatch:  # fmt: skip
    """Let a batch of a plan go to the finance office, as somebody of 财政局 who did not make it.

    Raises NotAllowed deed-not-yours; Conflict subsidy-same-person, subsidy-not-now,
    subsidy-changed-meanwhile, subsidy-held, subsidy-nothing, subsidy-stale; NotFound
    subsidy-unknown for a batch of another plan.
    """
    refuse_unless_may_do(session, by, Deed.PAY)
    batch = held_batch(session, batch_id, by)
    if batch.programme_id != plan.row.id:
        raise NotFound("subsidy-unknown", "没有找到这一批。请从付款批次页重新选择。")
    _refuse_over(batch)
    if batch.made_by == by.id:
        raise Conflict(
            "subsidy-same-person", "编批次的人不能自己放行，请另一位有拨付职责的人核对。"
        )
    payments = [one for one in payments_of(session, batch.id) if one.state is PaymentState.LISTED]
    if batch_seal(payments) != seal:
        raise Conflict(
            "subsidy-changed-meanwhile", "您看的时候，批次有了变化。请看过现在的，再放行。"
        )
    if not payments:
        raise Conflict("subsidy-nothing", "批次里一行也没有了，不用放行。")
    rows = entitlements_in(session, payments)
    held = reasons_of(session, rows)
    for one in payments:
        if one.held_for:
            raise Conflict("subsidy-held", f"第{one.line}行{one.held_because}。请先把这一行撤下。")
    if held:
        first = next(iter(held.values()))[0]
        raise Conflict("subsidy-held", f"批次里有暂缓的：{first}。请先把那一行撤下。")
    refuse_unless_still_due(
        session, plan=plan, rows=rows, today=beijing_day(now), holidays=holidays
    )
    batch.released_by, batch.released_at = by.id, now
    batch.contents_sha256 = batch_seal(payments)
    session.flush()
    total = yuan_said(sum(one.amount_fen for one in payments))
    tell_batch(
        session,
        batch,
        f"放行，{len(payments)}行，合计{total}，SHA-256 {batch.contents_sha256}",
        by=by,
        now=now,
    )
    return batch


def held_batch(session: Session, batch_id: int, by: Person) -> SubsidyBatch:
    """A batch of the person's county as it stands under its programme's lock."""
    seen = anew(session, SubsidyBatch, batch_id, by.county)
    hold_programme(session, seen.programme_id)
    return anew(session, SubsidyBatch, batch_id, by.county)


def entitlements_in(
    session: Session, payments: Iterable[SubsidyPayment]
) -> list[SubsidyEntitlement]:
    """What these lines pay, as far as it is still in them."""
    return list(
        session.scalars(
            sa.select(SubsidyEntitlement)
            .join(SubsidyPaymentPart, SubsidyPaymentPart.entitlement_id == SubsidyEntitlement.id)
            .where(
                SubsidyPaymentPart.payment_id.in_([one.id for one in payments]),
                SubsidyPaymentPart.ended_at.is_(None),
            )
            .order_by(SubsidyEntitlement.id)
            .execution_options(populate_existing=True)
        )
    )


def _refuse_over(batch: SubsidyBatch) -> None:
    if batch.released_at is not None:
        raise Conflict("subsidy-not-now", "这一批已经放行，不能再改。没有付成的，请逐行记下。")
    if batch.ended_at is not None:
        raise Conflict("subsidy-not-now", "这一批已经作废了。")


def drop_line(
    session: Session, *, payment_id: int, reason: str, by: Person, now: datetime
) -> SubsidyPayment:
    """Take a line out of a batch that is not released; its entitlements can be listed anew."""
    refuse_unless_batching(session, by)
    reason = reason_given(reason, "请写明为什么撤下这一行。", into=SubsidyPayment.ended_because)
    payment = anew(session, SubsidyPayment, payment_id, by.county)
    batch = held_batch(session, payment.batch_id, by)
    payment = anew(session, SubsidyPayment, payment_id, by.county)
    _refuse_over(batch)
    if payment.state is not PaymentState.LISTED:
        raise Conflict("subsidy-not-now", f"这一行现在是“{payment.state.label}”，不能撤下。")
    end_payment(session, payment, PaymentState.WITHDRAWN, reason, now=now)
    tell_batch(session, batch, f"撤下第{payment.line}行", by=by, now=now, reason=reason)
    return payment


def cancel(
    session: Session, *, batch_id: int, reason: str, by: Person, now: datetime
) -> SubsidyBatch:
    """Give a batch up that is not released: every line is taken out."""
    refuse_unless_batching(session, by)
    reason = reason_given(reason, "请写明为什么作废这一批。", into=SubsidyBatch.ended_because)
    batch = held_batch(session, batch_id, by)
    _refuse_over(batch)
    for one in payments_of(session, batch.id):
        if one.state is PaymentState.LISTED:
            end_payment(session, one, PaymentState.WITHDRAWN, reason, now=now)
    batch.ended_at, batch.ended_by, batch.ended_because = now, by.id, reason
    session.flush()
    tell_batch(session, batch, "作废", by=by, now=now, reason=reason)
    return batch


def end_payment(
    session: Session, payment: SubsidyPayment, state: PaymentState, reason: str, *, now: datetime
) -> None:
    """Close a line; what it was to pay is free for another batch."""
    payment.state, payment.ended_at, payment.ended_because = state, now, reason
    session.execute(
        sa.update(SubsidyPaymentPart)
        .where(SubsidyPaymentPart.payment_id == payment.id, SubsidyPaymentPart.ended_at.is_(None))
        .values(ended_at=now)
    )
    session.flush()


def tell_batch(
    session: Session, batch: SubsidyBatch, what: str, *, by: Person, now: datetime, reason: str = ""
) -> None:
    """One line of the history about a batch."""
    history.write(
        session, of=session.get_one(County, batch.county), by=by, at=now,
        action=SubsidyAction.BATCH, summary=f"补贴第{batch.number}批：{what}", reason=reason,
    )  # fmt: skip


class BatchView(NamedTuple):
    """A batch with the names of those behind it; `open` lines are neither paid nor over."""

    batch: SubsidyBatch
    made: str
    released: str
    lines: int
    open: int
    total: int


def batches_of(session: Session, *, programme_id: int) -> list[BatchView]:
    """A programme's batches, the newest first; two queries."""
    return _views(session, SubsidyBatch.programme_id == programme_id)


def batch_of(session: Session, *, county: str, batch_id: int) -> BatchView:
    """One batch of the county. Raises NotFound subsidy-unknown."""
    found = _views(session, sa.and_(SubsidyBatch.county == county, SubsidyBatch.id == batch_id))
    if not found:
        raise NotFound("subsidy-unknown", "没有找到这一批。请从付款批次页重新选择。")
    return found[0]


def _views(session: Session, wanted: sa.ColumnElement[bool]) -> list[BatchView]:
    maker, releaser = aliased(Person), aliased(Person)
    rows = session.execute(
        sa.select(SubsidyBatch, maker.name, releaser.name)
        .join(maker, maker.id == SubsidyBatch.made_by)
        .outerjoin(releaser, releaser.id == SubsidyBatch.released_by)
        .where(wanted)
        .order_by(SubsidyBatch.id.desc())
    ).all()
    sums: defaultdict[int, list[SubsidyPayment]] = defaultdict(list)
    for one in session.scalars(
        sa.select(SubsidyPayment).where(
            SubsidyPayment.batch_id.in_([batch.id for batch, _, _ in rows]),
            SubsidyPayment.state != PaymentState.WITHDRAWN,
        )
    ):
        sums[one.batch_id].append(one)
    return [
        BatchView(
            batch, made, released or "", len(sums[batch.id]),
            sum(one.state is PaymentState.LISTED for one in sums[batch.id]),
            sum(one.amount_fen for one in sums[batch.id]),
        )
        for batch, made, released in rows
    ]  # fmt: skip


def payment_of(session: Session, *, county: str, payment_id: int) -> SubsidyPayment:
    """A line of a batch of the county. Raises NotFound subsidy-unknown."""
    found = session.get(SubsidyPayment, payment_id)
    if found is None or found.county != county:
        raise NotFound("subsidy-unknown", "没有找到这一行。请从付款批次页重新选择。")
    return found


def entitlements_by_line(
    session: Session, payments: Iterable[SubsidyPayment]
) -> dict[int, list[SubsidyEntitlement]]:
    """By line, what it pays or was to pay."""
    found: defaultdict[int, list[SubsidyEntitlement]] = defaultdict(list)
    for payment_id, row in session.execute(
        sa.select(SubsidyPaymentPart.payment_id, SubsidyEntitlement)
        .join(SubsidyEntitlement, SubsidyEntitlement.id == SubsidyPaymentPart.entitlement_id)
        .where(SubsidyPaymentPart.payment_id.in_([one.id for one in payments]))
        .order_by(SubsidyPaymentPart.id)
    ):
        found[payment_id].append(row)
    return dict(found)
