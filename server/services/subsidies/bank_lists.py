"""The finance office's bank list read in: each row matched, differing, failed, or not ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict
from server.models.county import County
from server.models.person import Person
from server.models.subsidy_payment import (
    PaymentState,
    SubsidyBankList,
    SubsidyBatch,
    SubsidyPayment,
)
from server.policy.plan.duties import Deed
from server.services.common import history
from server.services.common.list_plans import ListPlan, list_template, one_list_at_a_time
from server.services.common.office_lists import ListColumn, read_list
from server.services.common.written import cut
from server.services.people.scope import refuse_unless_may_do
from server.services.subsidies.accounts import Ring
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.bank_rows import WORDS, BankRow, Known, rows_of
from server.services.subsidies.batches import end_payment, entitlements_in, tell_batch
from server.services.subsidies.paying import set_paid, tell_paid
from server.services.subsidies.plans import anew, hold_programme

COLUMNS = (
    ListColumn("ref", "批次行号", "行号 业务编号 附言 备注 摘要", "如 B3-2，照我们给的表填"),
    ListColumn("holder", "户名", "收款人 收款人户名 收款人名称 姓名", "必填"),
    ListColumn("number", "账号", "收款账号 收款人账号 银行账号 卡号", "必填，设成文本"),
    ListColumn("amount", "金额", "付款金额 实发金额 交易金额 发放金额", "必填，单位元"),
    ListColumn("day", "日期", "付款日期 交易日期 发放日期 入账日期", "必填"),
    ListColumn("status", "结果", "状态 交易状态 处理结果 付款状态", "成功或失败"),
    ListColumn("why", "失败原因", "原因 错误信息 退回原因"),
)


@dataclass(frozen=True, slots=True)
class BankPlan(ListPlan[BankRow]):
    """A whole bank list looked at; `missing` are released lines of which it says nothing."""

    missing: Sequence[SubsidyPayment]

    def shown(self) -> Sequence[Any]:
        """Line by line, with what each was found to be."""
        return [row.kept() for row in self.rows]


def bank_template() -> bytes:
    """An empty list with our headers."""
    return list_template("银行付款", COLUMNS, ("一行一笔", "账号这一列要设成文本。"))


def plan_bank_list(
    session: Session, *, county: County, content: bytes, filename: str, ring: Ring, by: Person,
    today: date,
) -> BankPlan:  # fmt: skip
    """Say of each row of a bank's list what it is; changes nothing, drops nothing.

    Raises NotAllowed deed-not-yours, Conflict subsidy-list-known, text-key-lost and what
    `read_list` raises.
    """
    refuse_unless_may_do(session, by, Deed.PAY)
    found = read_list(content, filename, columns=COLUMNS, needs="amount")
    known_list = session.scalar(
        sa.select(SubsidyBankList).where(
            SubsidyBankList.county == county.code, SubsidyBankList.file_sha256 == found.sha256
        )
    )
    if known_list is not None:
        on = full_day_text(beijing_day(known_list.entered_at))
        raise Conflict(
            "subsidy-list-known", f"这份银行名单{on}已经录入过，不用再录。请看批次页上对账的结果。"
        )
    known = Known(session, county.code, ring)
    rows = rows_of(found.rows, known, today)
    told = {row.payment_id for row in rows}
    missing = [
        one for one in known.every if one.state is PaymentState.LISTED and one.id not in told
    ]
    return BankPlan(found, rows, missing)


def enter_bank_list(
    session: Session, *, county: County, content: bytes, filename: str, mark: str, ring: Ring,
    by: Person, now: datetime,
) -> BankPlan:  # fmt: skip
    """Enter a list whose preview carried `mark`: what matched is paid, what failed is free again.

    What differs, is not ours or cannot be read changes nothing and stays in the list for ever.
    Raises Conflict import-outdated and what `plan_bank_list` raises.
    """
    one_list_at_a_time(session, county)
    for programme_id in session.scalars(
        sa.select(SubsidyBatch.programme_id)
        .where(SubsidyBatch.county == county.code)
        .distinct()
        .order_by(SubsidyBatch.programme_id)
    ).all():
        hold_programme(session, programme_id)
    session.expire_all()
    plan = plan_bank_list(
        session, county=county, content=content, filename=filename, ring=ring, by=by,
        today=beijing_day(now),
    )  # fmt: skip
    plan.refuse_unless_shown(mark)
    kept = SubsidyBankList(
        county=county.code, file_name=filename[-120:], file_sha256=plan.list.sha256,
        rows=[row.kept() for row in plan.rows], entered_by=by.id, entered_at=now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    for row in plan.rows:
        if row.action in ("matched", "failed") and row.payment_id is not None:
            _enter(session, kept, row, by=by, now=now)
    counts = "，".join(
        f"{word}{number}行" for key, word in WORDS.items() if (number := plan.count(key))
    )
    history.write(
        session, of=county, by=by, at=now, action=SubsidyAction.PAID,
        summary=f"录入银行名单{kept.file_name}：{counts}；名单里没有的{len(plan.missing)}行",
    )  # fmt: skip
    return plan


def _enter(
    session: Session, kept: SubsidyBankList, row: BankRow, *, by: Person, now: datetime
) -> None:
    payment = anew(session, SubsidyPayment, row.payment_id or 0, kept.county)
    batch = anew(session, SubsidyBatch, payment.batch_id, kept.county)
    payment.bank_list_id = kept.id
    if row.action == "matched" and row.on is not None:
        set_paid(session, batch, payment, on=row.on, by=by, now=now)
        tell_paid(
            session, batch, entitlements_in(session, [payment]), "银行名单对上，已付",
            by=by, now=now,
        )  # fmt: skip
        return
    reason = cut("；".join(row.notes), SubsidyPayment.ended_because)
    end_payment(session, payment, PaymentState.NOT_PAID, reason, now=now)
    tell_batch(session, batch, f"第{payment.line}行银行没有付成", by=by, now=now, reason=reason)


def lists_of(session: Session, *, county: str) -> Sequence[tuple[SubsidyBankList, str]]:
    """The bank lists that were entered, with by whom, the newest first."""
    return [
        (one, name)
        for one, name in session.execute(
            sa.select(SubsidyBankList, Person.name)
            .join(Person, Person.id == SubsidyBankList.entered_by)
            .where(SubsidyBankList.county == county)
            .order_by(SubsidyBankList.id.desc())
        )
    ]


def tally_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many rows of a kept list were found to be what, in the order of WORDS."""
    return {
        word: number
        for key, word in WORDS.items()
        if (number := sum(one["found"] == key for one in rows))
    }
