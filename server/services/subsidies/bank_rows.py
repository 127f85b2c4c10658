"""One row of a bank's list: which released line it means, and whether that was surely paid."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Invalid
from server.models.sealed_by_hand import of_account
from server.models.subsidy_payment import PaymentState, SubsidyBatch, SubsidyPayment
from server.money import yuan_said
from server.plain_text import bare_text, narrow_text
from server.policy.numerals import fen_from
from server.policy.plan.bank_words import Went, went
from server.policy.typed_days import read_day
from server.sealed_text import open_text
from server.services.common.office_lists import ListRow
from server.services.subsidies.accounts import Ring, masked

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


def ref_of(batch: SubsidyBatch, payment: SubsidyPayment) -> str:
    """How a line is called on our table and in the bank's list: B3-2."""
    return f"B{batch.number}-{payment.line}"


class Known:
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
                row.went is Went.FAILED or row.on is None or one.paid_on != row.on,
                one.state is not PaymentState.LISTED, one.id,
            ),
        )  # fmt: skip
        return own[0] if own else None


def rows_of(lines: Sequence[ListRow], known: Known, today: date) -> list[BankRow]:
    """What each row of a list is, in the light of all of them."""
    taken: dict[int, int] = {}
    looked = [_looked_up(line, known, taken, today) for line in lines]
    apart = _told_both_ways(looked, known)
    return [
        one.found("differs", payment, apart[one.line])
        if one.line in apart
        else _row(one, payment, known, taken)
        for one, payment in looked
    ]


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
    unread: bool = False

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
    one.unread = one.fen is None or bool(line.faults)
    return one


def _looked_up(
    line: ListRow, known: Known, taken: dict[int, int], today: date
) -> tuple[_Read, SubsidyPayment | None]:
    """A row as it is read, and which line of ours it means."""
    one = _read(line, today)
    payment = None if one.unread else known.find(one, taken)
    if payment is not None:
        taken.setdefault(payment.id, line.line)
    return one, payment


def _told_both_ways(
    looked: Sequence[tuple[_Read, SubsidyPayment | None]], known: Known
) -> dict[int, str]:
    """Rows of one payment of which one failed and another did not: nobody is paid or freed by them.

    Banks write a payment that came back as a second row, and so one that was sent again. Without
    our own mark, rows of one account and sum may be any of its payments.
    """
    groups: dict[tuple[object, ...], list[_Read]] = {}
    for one, payment in looked:
        if payment is not None:
            groups.setdefault((payment.id,), []).append(one)
            if not one.ref:  # by the account that we know: a list may leave it out, or mask it
                groups.setdefault((known.numbers[payment.id], one.fen), []).append(one)
    found: dict[int, str] = {}
    for rows in groups.values():
        failed = [one.went is Went.FAILED for one in rows]
        if any(failed) and not all(failed):
            told = "、".join(f"第{one.line}行“{one.said or '没有写结果'}”" for one in rows)
            note = f"同一笔付款，银行说得不一样：{told}。请问过银行，再凭回单记。"
            found |= {one.line: note for one in rows}
    return found


def _row(
    one: _Read, payment: SubsidyPayment | None, known: Known, taken: Mapping[int, int]
) -> BankRow:
    if one.unread:
        return one.found("unread")
    if payment is None:
        return one.found("not_ours", None, "没有哪一批里有这个行号、账号，或这个户名和金额。")
    first = taken[payment.id]
    if first != one.line:
        return one.found(
            "differs", payment, f"和第{first}行是同一行付款，银行可能付了两次，请人查。"
        )
    differing = _differences(payment, one, known.numbers[payment.id])
    if payment.state is not PaymentState.LISTED:
        return _row_of_the_past(one, payment, differing)
    if one.went is Went.FAILED:
        doubts = [*differing, *_not_of_now(one, known.batches[payment.id])]
        return one.found(
            "differs" if doubts else "failed", payment, f"银行写的是“{one.said}”。", *doubts
        )
    notes = [*differing, *_doubts(one, payment, known.batches[payment.id])]
    return one.found("differs" if notes or one.notes else "matched", payment, *notes)


def _row_of_the_past(one: _Read, payment: SubsidyPayment, differing: Sequence[str]) -> BankRow:
    """A row of a line that is paid already, or is over."""
    name = f"第{payment.line}行{payment.payee_name}"
    if payment.state is not PaymentState.PAID or payment.paid_on is None:
        return one.found("differs", payment, f"{name}现在是“{payment.state.label}”，请人查。")
    paid = full_day_text(payment.paid_on)
    if one.went in (Went.FAILED, Went.UNCLEAR):
        return one.found(
            "differs", payment,
            f"{name}{paid}已经记成付过，银行这次写的是“{one.said}”，请人查；钱退回来了，就凭回单记退回。",
        )  # fmt: skip
    if differing or payment.paid_on != one.on:
        return one.found(
            "differs", payment, f"{name}{paid}已经付过，银行可能付了两次，请人查。", *differing
        )
    return one.found("again", payment)


def _not_of_now(one: _Read, batch: SubsidyBatch) -> Iterator[str]:
    """Why a failure may be one of an earlier payment: what it would free might be paid twice."""
    if one.on is not None and batch.released_at and one.on < beijing_day(batch.released_at):
        yield "日期比放行还早，可能是以前那一次的。"
    elif one.on is None and not one.ref:
        yield "没有写行号，也没有写日期，分不清是哪一次的。"


def _doubts(one: _Read, payment: SubsidyPayment, batch: SubsidyBatch) -> Iterator[str]:
    """Why a row that fits does not say for sure that its line was paid as it was released."""
    if one.went is Went.UNCLEAR:
        yield f"结果“{one.said}”看不出付成没有，请问过银行再凭回单记。"
    if one.on is None:
        yield "没有写付款日期。"
    elif batch.released_at and one.on < beijing_day(batch.released_at):
        yield "付款日期比放行还早。"
    if payment.held_for:
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
