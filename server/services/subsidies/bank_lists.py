"""The finance office's bank list read in: each row matched, differing, failed, or not ours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid
from server.models.county import County
from server.models.person import Person
from server.models.sealed_by_hand import of_account
from server.models.subsidy_payment import (
    PaymentState,
    SubsidyBankList,
    SubsidyBatch,
    SubsidyPayment,
)
from server.money import yuan_said
from server.plain_text import bare_text, narrow_text
from server.policy.numerals import fen_from
from server.policy.plan.bank_words import Went, went
from server.policy.plan.duties import Deed
from server.policy.typed_days import read_day
from server.sealed_text import open_text
from server.services.common import history
from server.services.common.list_plans import ListPlan, list_template, one_list_at_a_time
from server.services.common.office_lists import ListColumn, ListRow, read_list
from server.services.common.written import cut
from server.services.people.scope import refuse_unless_may_do
from server.services.subsidies.accounts import Ring, masked
from server.services.subsidies.actions import SubsidyAction
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
WORDS = {
    "differs": "对不上",
    "failed": "银行没有付成",
    "not_ours": "不是我们的",
    "unread": "看不懂",
    "again": "以前已经对上",
    "matched": "对上了",
}
REF = re.compile(r"(?<![0-9A-Z])B(\d{1,6})\s*-\s*(\d{1,6})(?![0-9-])", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BankRow:
    """One line of the list; the account stands here by its last four digits alone."""

    line: int
    action: str  # a key of WORDS
    holder: str
    last4: str
    amount_fen: int | None
    on: date | None
    ref: str
    notes: tuple[str, ...]
    payment_id: int | None = None
    errors: tuple[str, ...] = ()

    def kept(self) -> dict[str, Any]:
        """As the list is kept."""
        return {
            "line": self.line,
            "found": self.action,
            "holder": self.holder,
            "last4": self.last4,
            "amount_fen": self.amount_fen,
            "on": self.on.isoformat() if self.on else None,
            "ref": self.ref,
            "notes": list(self.notes),
            "payment": self.payment_id,
        }


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


def ref_of(batch: SubsidyBatch, payment: SubsidyPayment) -> str:
    """How a line is called on our table and in the bank's list: B3-2."""
    return f"B{batch.number}-{payment.line}"


class _Known:
    """The released lines of the county, by how a list may name them; numbers opened for this."""

    def __init__(self, session: Session, county: str, ring: Ring) -> None:
        rows = session.execute(
            sa.select(SubsidyPayment, SubsidyBatch)
            .join(SubsidyBatch, SubsidyBatch.id == SubsidyPayment.batch_id)
            .where(SubsidyPayment.county == county, SubsidyBatch.released_at.is_not(None))
            .order_by(SubsidyPayment.id)
        ).all()
        self.batches = {payment.id: batch for payment, batch in rows}
        self.every = [payment for payment, _ in rows]
        self.numbers = {
            one.id: open_text(ring, one.number_sealed, about=of_account(one.payee_key, county))
            for one in self.every
        }
        self.by_ref: dict[str, list[SubsidyPayment]] = {}
        for payment, batch in rows:
            self.by_ref.setdefault(ref_of(batch, payment).upper(), []).append(payment)

    def find(self, row: "_Read", taken: Mapping[int, int]) -> SubsidyPayment | None:
        """By our own mark, else by account, else by holder and amount.

        Of several, one that no row above named; then what was paid on that very day, since a list
        that comes again must not pay the next batch; then open lines.
        """
        named = self.by_ref.get(row.ref.upper(), [])
        if len(named) > 1:  # two plans of the county number their batches each
            named = [one for one in named if self.numbers[one.id] == row.number] or named
        own = named or [one for one in self.every if self.numbers[one.id] == row.number]
        if not own:
            own = [
                one for one in self.every
                if one.holder == row.holder and one.amount_fen == row.fen
            ]  # fmt: skip
        own = sorted(
            own,
            key=lambda one: (
                one.amount_fen != row.fen, one.id in taken,
                row.on is None or one.paid_on != row.on,
                one.state is not PaymentState.LISTED, one.id,
            ),
        )  # fmt: skip
        return own[0] if own else None


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
    known = _Known(session, county.code, ring)
    taken: dict[int, int] = {}
    rows = [_row(line, known, taken, today) for line in found.rows]
    told = {row.payment_id for row in rows}
    missing = [
        one for one in known.every if one.state is PaymentState.LISTED and one.id not in told
    ]
    return BankPlan(found, rows, missing)


@dataclass(slots=True)
class _Read:
    """One line of the list as it is read."""

    line: int
    holder: str
    number: str
    ref: str
    fen: int | None
    on: date | None
    said: str
    went: Went
    notes: list[str]

    def found(self, action: str, payment: SubsidyPayment | None = None, *notes: str) -> BankRow:
        """What it was found to be, with what is told of it."""
        return BankRow(
            self.line, action, self.holder, self.number[-4:], self.fen, self.on, self.ref,
            (*self.notes, *notes), payment.id if payment else None,
        )  # fmt: skip


def _read(line: ListRow, today: date) -> _Read:
    status, why = bare_text(line.text("status")), bare_text(line.text("why"))
    one = _Read(
        line.line, bare_text(line.text("holder")), bare_text(line.text("number")).replace("-", ""),
        line_named(line.text("ref")), fen_from(line.text("amount")), None,
        "，".join(filter(None, (status, why))), went(status, why), list(line.faults),
    )  # fmt: skip
    if line.text("day"):
        try:
            one.on = read_day(line.text("day"), "日期", latest=today)
        except Invalid as problem:
            one.notes.append(problem.message)
    if one.fen is None:
        told = line.text("amount")[:30]
        one.notes.append(f"金额“{told}”看不懂，应为元，最多两位小数。")
    return one


def _row(line: ListRow, known: _Known, taken: dict[int, int], today: date) -> BankRow:
    one = _read(line, today)
    if one.fen is None or line.faults:
        return one.found("unread")
    payment = known.find(one, taken)
    if payment is None:
        return one.found("not_ours", None, "没有哪一批里有这个行号、账号，或这个户名和金额。")
    first = taken.setdefault(payment.id, line.line)
    if first != line.line:
        return one.found(
            "differs", payment, f"和第{first}行是同一行付款，银行可能付了两次，请人查。"
        )
    differing = _differences(payment, one, known.numbers[payment.id])
    if payment.state is not PaymentState.LISTED:
        return _row_of_the_past(one, payment, differing)
    if one.went is Went.FAILED:
        return one.found(
            "differs" if differing else "failed", payment, f"银行写的是“{one.said}”。", *differing
        )
    notes = [*differing, *_doubts(one, payment, known.batches[payment.id])]
    return one.found("differs" if notes or one.notes else "matched", payment, *notes)


def _row_of_the_past(one: _Read, payment: SubsidyPayment, differing: Sequence[str]) -> BankRow:
    """A row of a line that is paid already, or is over."""
    name = f"第{payment.line}行{payment.payee_name}"
    if payment.state is not PaymentState.PAID or payment.paid_on is None:
        return one.found("differs", payment, f"{name}现在是“{payment.state.label}”，请人查。")
    if differing or payment.paid_on != one.on:
        paid = full_day_text(payment.paid_on)
        return one.found(
            "differs", payment, f"{name}{paid}已经付过，银行可能付了两次，请人查。", *differing
        )
    return one.found("again", payment)


def _doubts(one: _Read, payment: SubsidyPayment, batch: SubsidyBatch) -> Iterator[str]:
    """Why a row that fits does not say for sure that its line was paid as it was released."""
    if one.went is Went.UNCLEAR:
        yield f"结果“{one.said}”看不出付成没有，请问过银行再凭回单记。"
    if one.on is None:
        yield "没有写付款日期。"
    elif batch.released_at and one.on < beijing_day(batch.released_at):
        yield "付款日期比放行还早。"
    if payment.held_because:
        yield f"{payment.held_because}，请人查清再凭回单记。"


def line_named(text: str) -> str:
    """The line that is named; "" where none is, or more than one."""
    plain = re.sub("[‐‑‒–—―−]+", "-", narrow_text(text))
    found = {f"B{int(batch)}-{int(line)}" for batch, line in REF.findall(plain)}
    return found.pop() if len(found) == 1 else ""


def _differences(payment: SubsidyPayment, one: _Read, own: str) -> list[str]:
    found = []
    if one.fen != payment.amount_fen:
        found.append(
            f"金额不一样：应付{yuan_said(payment.amount_fen)}，银行写{yuan_said(one.fen or 0)}。"
        )
    if one.number != own:
        found.append(f"账号不一样：我们的是{masked(payment.last4)}。")
    if one.holder and one.holder != bare_text(payment.holder):
        found.append(f"户名不一样：我们的是{payment.holder}。")
    return found


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
