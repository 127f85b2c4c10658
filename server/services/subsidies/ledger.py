"""A programme's ledger: what was given for it, promised, paid, as entries that only add up."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Conflict, Invalid
from server.models.county import County
from server.models.person import Person
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import LedgerAccount, SubsidyEntry
from server.money import yuan_said
from server.policy.plan.duties import Deed
from server.policy.plan.subsidy_rates import odd_sum
from server.services.common import history
from server.services.common.insisting import ask_unless_sure
from server.services.common.written import reason_given, written
from server.services.people.scope import OFFICE, refuse_unless_may_do
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.plans import Plan, hold_programme


class Balance(NamedTuple):
    """Sums in 分, counter-entries taken off; `budget` is None while nobody entered any."""

    budget: int | None
    granted: int
    paid: int

    @property
    def free(self) -> int | None:
        """What may still be promised."""
        return None if self.budget is None else self.budget - self.granted


def balance_of(session: Session, programme_id: int) -> Balance:
    """How a programme's money stands; one query."""
    sums = {
        account: (int(total or 0), number)
        for account, total, number in session.execute(
            select(SubsidyEntry.account, func.sum(SubsidyEntry.amount_fen), func.count())
            .where(SubsidyEntry.programme_id == programme_id)
            .group_by(SubsidyEntry.account)
        )
    }
    budget = sums.get(LedgerAccount.BUDGET)
    return Balance(
        budget[0] if budget else None,
        sums.get(LedgerAccount.GRANTED, (0, 0))[0],
        sums.get(LedgerAccount.PAID, (0, 0))[0],
    )


def entries_of(session: Session, programme_id: int) -> list[tuple[SubsidyEntry, str]]:
    """What was given for a programme, with who entered it, the newest first."""
    return [
        (entry, name)
        for entry, name in session.execute(
            select(SubsidyEntry, Person.name)
            .join(Person, Person.id == SubsidyEntry.person_id)
            .where(
                SubsidyEntry.programme_id == programme_id,
                SubsidyEntry.account == LedgerAccount.BUDGET,
            )
            .order_by(SubsidyEntry.id.desc())
        )
    ]


def ask_if_odd(odd: str, sure: str | None) -> None:
    """Raise Conflict subsidy-sum-odd unless a person is `sure` of just this sum."""
    ask_unless_sure(
        odd, sure, code="subsidy-sum-odd", otherwise="没有写错，请勾选“没有写错”，再交一次"
    )


def add_budget(
    session: Session, *, plan: Plan, fen: int, on: date, source: str, reason: str,
    by: Person, now: datetime, seen: int | None = None, sure: str | None = None,
) -> SubsidyEntry:  # fmt: skip
    """Enter money given (or, below zero, taken back) for a programme, with its paper.

    `seen` is the sum that the form showed, `sure` what `ask_if_odd` takes. Raises Invalid
    reason-needed, field-invalid; Conflict subsidy-over-budget, subsidy-changed-meanwhile,
    subsidy-sum-odd; NotAllowed deed-not-yours.
    """
    if by.role not in OFFICE:
        refuse_unless_may_do(session, by, Deed.PAY)
    if not fen:
        raise Invalid("field-invalid", "金额不能是零。", fields={"amount": "请填写"})
    source = reason_given(
        source, "请写明依据的文件，例如“晋财建〔2023〕5号”。", field="source", label="依据的文件",
        into=SubsidyEntry.source,
    )  # fmt: skip
    hold_programme(session, plan.row.id)
    held = balance_of(session, plan.row.id)
    if seen is not None and seen != (held.budget or 0):
        raise Conflict(
            "subsidy-changed-meanwhile",
            "您填写的时候，别人改过下达的资金，"
            f"现在合计{yuan_said(held.budget or 0)}。请看过再交。",
        )
    if (held.budget or 0) + fen < held.granted:
        raise Conflict(
            "subsidy-over-budget",
            f"已经批准了{yuan_said(held.granted)}，下达的资金不能减到它以下。",
        )
    ask_if_odd(odd_sum(fen), sure)
    entry = SubsidyEntry(
        county=plan.row.county,
        programme_id=plan.row.id,
        account=LedgerAccount.BUDGET,
        amount_fen=fen,
        on_day=on,
        source=source,
        reason=written(reason, "说明", field="reason", into=SubsidyEntry.reason),
        person_id=by.id,
        at=now,
    )
    session.add(entry)
    session.flush()
    history.write(
        session,
        of=session.get_one(County, plan.row.county),
        by=by,
        at=now,
        action=SubsidyAction.BUDGET_ADDED,
        summary=f"《{plan.row.name}》{full_day_text(on)}下达{yuan_said(fen)}，{source}",
        reason=entry.reason,
    )
    return entry


def refuse_over_budget(held: Balance, more: int) -> None:
    """Raise Conflict subsidy-over-budget where this would promise more than was given."""
    if held.free is not None and more > held.free:
        raise Conflict(
            "subsidy-over-budget",
            f"要批准的是{yuan_said(more)}，下达的资金里只剩{yuan_said(held.free)}。"
            "请少选几笔，或等资金下达、录入以后再批。",
        )


def add_entry(
    session: Session, *, county: str, programme_id: int, account: LedgerAccount, fen: int,
    entitlement_id: int, on: date, by: Person, now: datetime, part_id: int | None = None,
) -> None:  # fmt: skip
    """One entry; call `hold_programme` first."""
    session.add(
        SubsidyEntry(
            county=county, programme_id=programme_id, account=account, amount_fen=fen,
            entitlement_id=entitlement_id, part_id=part_id, on_day=on, person_id=by.id, at=now,
        )
    )  # fmt: skip


def live_entries(
    session: Session, *, account: LedgerAccount, entitlement_ids: Iterable[int]
) -> Mapping[int, SubsidyEntry]:
    """By entitlement, its entry that nothing has taken back."""
    taken = select(SubsidyEntry.reverses).where(SubsidyEntry.reverses.is_not(None))
    return {
        one.entitlement_id: one
        for one in session.scalars(
            select(SubsidyEntry).where(
                SubsidyEntry.account == account,
                SubsidyEntry.entitlement_id.in_(list(entitlement_ids)),
                SubsidyEntry.reverses.is_(None),
                SubsidyEntry.id.not_in(taken),
            )
        )
        if one.entitlement_id is not None
    }


def came_back_on(session: Session, row: SubsidyEntitlement) -> date | None:
    """The day on which the money of a reversed entitlement came back; None of any other."""
    if row.state is not EntitlementState.REVERSED:
        return None
    return session.scalar(
        select(SubsidyEntry.on_day)
        .where(
            SubsidyEntry.account == LedgerAccount.PAID,
            SubsidyEntry.entitlement_id == row.id,
            SubsidyEntry.reverses.is_not(None),
        )
        .order_by(SubsidyEntry.id.desc())
        .limit(1)
    )


def counter_entry(
    session: Session, entry: SubsidyEntry, *, on: date, by: Person, now: datetime, reason: str
) -> None:
    """Take an entry back by another one; the first stays as it was."""
    session.add(
        SubsidyEntry(
            county=entry.county, programme_id=entry.programme_id, account=entry.account,
            amount_fen=-entry.amount_fen, entitlement_id=entry.entitlement_id,
            part_id=entry.part_id, reverses=entry.id, on_day=on, reason=reason,
            person_id=by.id, at=now,
        )
    )  # fmt: skip
