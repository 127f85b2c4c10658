"""Subsidies on their way to an account: accounts, batches, payments, the ledger, bank lists."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, coded
from server.labelled import Labelled
from server.policy.plan.subsidies import PayeeKind

LIVE = sa.text("ended_at IS NULL")
PENDING = sa.text("ended_at IS NULL AND confirmed_at IS NULL")
CONFIRMED = sa.text("ended_at IS NULL AND confirmed_at IS NOT NULL")
PAID = sa.text("account = 'paid' AND reverses IS NULL")
GRANTED = sa.text("account = 'granted' AND reverses IS NULL")


class PaymentState(Labelled):
    """What became of one line of a batch; NOT_PAID and later are over."""

    LISTED = "listed", "在批次里，还没有付"
    PAID = "paid", "已付"
    NOT_PAID = "not_paid", "没有付成"
    RETURNED = "returned", "付了又退回"
    WITHDRAWN = "withdrawn", "从批次里撤下"


class PaymentHold(Labelled):
    """What keeps a line from being released."""

    ACCOUNT = "account", "收款账户在列入批次以后改过"


class LedgerAccount(Labelled):
    """What an entry moves: money given for a programme, promised of it, paid of it."""

    BUDGET = "budget", "下达资金"
    GRANTED = "granted", "已批准"
    PAID = "paid", "已拨付"


class SubsidyAccount(Base):
    """A payee's bank account: entered by one person, good once another has confirmed it.

    The number is kept sealed (`server/sealed_text.py`); only its last four digits are plain.
    """

    __tablename__ = "subsidy_accounts"
    __table_args__ = (
        sa.Index(
            "ux_subsidy_accounts_pending",
            "county",
            "payee_key",
            unique=True,
            sqlite_where=PENDING,
            postgresql_where=PENDING,
        ),
        sa.Index(
            "ux_subsidy_accounts_confirmed",
            "county",
            "payee_key",
            unique=True,
            sqlite_where=CONFIRMED,
            postgresql_where=CONFIRMED,
        ),
        sa.CheckConstraint("confirmed_by <> entered_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    payee_kind: Mapped[PayeeKind] = mapped_column(coded(PayeeKind))
    payee_key: Mapped[str] = mapped_column(sa.String(24))
    holder: Mapped[str] = mapped_column(sa.String(80))
    bank: Mapped[str] = mapped_column(sa.String(80))
    number_sealed: Mapped[str] = mapped_column(sa.String(400))
    last4: Mapped[str] = mapped_column(sa.String(4))
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(sa.String(400), default="")


class SubsidyBatch(Base):
    """What is handed to the finance office together; made by one person, released by another.

    `contents_sha256` is that of the lines as they were released.
    """

    __tablename__ = "subsidy_batches"
    __table_args__ = (
        sa.UniqueConstraint("programme_id", "number"),
        sa.CheckConstraint("released_by <> made_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("county_programmes.id"))
    number: Mapped[int]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    released_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    released_at: Mapped[datetime | None]
    contents_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    ended_because: Mapped[str] = mapped_column(sa.String(400), default="")


class SubsidyPayment(Base):
    """One line of a batch: one sum to one account, as the account was then.

    It is paid when the bank's list says so (`bank_list_id`), or a finance officer recorded it with
    a paper, kept by SHA-256 in the store of photos. `held_for` keeps it from being released;
    `held_because` says the same in words of that day, for people alone.
    """

    __tablename__ = "subsidy_payments"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "line"),
        sa.Index("ix_subsidy_payments_payee_key", "county", "payee_key"),
        sa.Index("ix_subsidy_payments_paper_sha256", "paper_sha256"),
        sa.CheckConstraint("amount_fen > 0", name="something"),
        sa.CheckConstraint(
            "state <> 'paid' OR bank_list_id IS NOT NULL OR paper_sha256 IS NOT NULL",
            name="paid_on_evidence",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("subsidy_batches.id"))
    line: Mapped[int]
    payee_key: Mapped[str] = mapped_column(sa.String(24))
    payee_name: Mapped[str] = mapped_column(sa.String(80))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("subsidy_accounts.id"))
    holder: Mapped[str] = mapped_column(sa.String(80))
    bank: Mapped[str] = mapped_column(sa.String(80))
    number_sealed: Mapped[str] = mapped_column(sa.String(400))
    last4: Mapped[str] = mapped_column(sa.String(4))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[PaymentState] = mapped_column(coded(PaymentState))
    held_for: Mapped[PaymentHold | None] = mapped_column(coded(PaymentHold))
    held_because: Mapped[str] = mapped_column(sa.String(400), default="")
    paid_on: Mapped[date | None]
    bank_list_id: Mapped[int | None] = mapped_column(sa.ForeignKey("subsidy_bank_lists.id"))
    paper_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    paper_name: Mapped[str] = mapped_column(sa.String(120), default="")
    paper_kind: Mapped[str] = mapped_column(sa.String(4), default="")  # pdf, jpeg, png
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    recorded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(sa.String(400), default="")


class SubsidyPaymentPart(Base):
    """An entitlement within a payment; of what is not over, each has one at most."""

    __tablename__ = "subsidy_payment_parts"
    __table_args__ = (
        sa.Index(
            "ux_subsidy_payment_parts_live",
            "entitlement_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        sa.Index("ix_subsidy_payment_parts_payment_id", "payment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("subsidy_payments.id"))
    entitlement_id: Mapped[int] = mapped_column(sa.ForeignKey("subsidy_entitlements.id"))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    ended_at: Mapped[datetime | None]


class SubsidyEntry(Base):
    """One line of a programme's ledger; only added. A counter-entry names what it takes back.

    No entry is taken back twice, no part of a payment is paid twice, no entitlement granted twice.
    """

    __tablename__ = "subsidy_entries"
    __table_args__ = (
        sa.UniqueConstraint("reverses"),
        sa.Index(
            "ux_subsidy_entries_paid", "part_id",
            unique=True, sqlite_where=PAID, postgresql_where=PAID,
        ),
        sa.Index(
            "ux_subsidy_entries_granted", "entitlement_id",
            unique=True, sqlite_where=GRANTED, postgresql_where=GRANTED,
        ),
        sa.Index("ix_subsidy_entries_programme", "programme_id", "account"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("county_programmes.id"))
    account: Mapped[LedgerAccount] = mapped_column(coded(LedgerAccount))
    amount_fen: Mapped[int] = mapped_column(sa.BigInteger)
    entitlement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("subsidy_entitlements.id"))
    part_id: Mapped[int | None] = mapped_column(sa.ForeignKey("subsidy_payment_parts.id"))
    reverses: Mapped[int | None] = mapped_column(sa.ForeignKey("subsidy_entries.id"))
    on_day: Mapped[date]
    source: Mapped[str] = mapped_column(sa.String(200), default="")
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]


class SubsidyBankList(Base):
    """A bank list of the finance office, row by row: what each was found to be.

    Account numbers stand in `rows` by their last four digits alone; the file itself is not kept,
    only its SHA-256.
    """

    __tablename__ = "subsidy_bank_lists"
    __table_args__ = (sa.UniqueConstraint("county", "file_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    county: Mapped[str] = mapped_column(sa.ForeignKey("counties.code"))
    file_name: Mapped[str] = mapped_column(sa.String(120))
    file_sha256: Mapped[str] = mapped_column(sa.String(64))
    rows: Mapped[list[Any]]
    entered_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    entered_at: Mapped[datetime]
