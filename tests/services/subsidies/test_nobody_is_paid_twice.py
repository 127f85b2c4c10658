"""Any order of deeds, by eight people at once: sums hold, and nobody is paid twice."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.db import writing
from server.errors import Problem
from server.media.blobs import FolderStore
from server.models.person import Person
from server.models.subsidy import EntitlementState, SubsidyEntitlement, SubsidyHold
from server.models.subsidy_payment import (
    LedgerAccount,
    PaymentState,
    SubsidyBatch,
    SubsidyEntry,
    SubsidyPayment,
    SubsidyPaymentPart,
)
from server.services.subsidies.batches import (
    batch_seal,
    cancel,
    drop_line,
    make_batch,
    payments_of,
    release,
)
from server.services.subsidies.holds import hold, lift
from server.services.subsidies.ledger import add_budget, balance_of
from server.services.subsidies.paying import (
    record_not_paid,
    record_paid,
    record_returned,
    reverse,
)
from server.services.subsidies.reviewing import approve, review, withdraw
from tests.factories import NOW, TODAY, Cast
from tests.services.subsidies.world import (
    PAPER,
    POINT,
    Money,
    accounts,
    approved,
    proposed,
    released,
    seals,
    xiping,
)

AWARD = 100_000
THREADS, DEEDS = 8, 10
State = EntitlementState


class Hands:
    """One person's session and what may be done in it, at random; mostly to what it fits."""

    def __init__(
        self, session: Session, money: Money, blobs: FolderStore, dice: random.Random
    ) -> None:
        self.session, self.money, self.blobs, self.dice = session, money, blobs, dice

    def person(self, *who: Person) -> Person:
        """Mostly one of 财政局 who did not make the batch."""
        return self.session.get_one(
            Person, self.dice.choice(who or (self.money.first, self.money.second)).id
        )

    def some(self, *states: State) -> dict[str, Any]:
        """Some of the entitlements in one of these states, as a form sends them."""
        found = self.session.scalars(
            select(SubsidyEntitlement).where(SubsidyEntitlement.state == self.dice.choice(states))
        ).all()
        chosen = self.dice.sample(found, self.dice.randint(1, len(found))) if found else []
        return {"plan": self.money.plan, "seals": seals(chosen), "now": NOW}

    def any_id(self, noun: Any, fits: Any) -> int:
        """One that fits, or now and then any; 0 where there is none."""
        query = select(noun.id).where(fits) if self.dice.random() < 0.8 else select(noun.id)
        return self.dice.choice([*self.session.scalars(query).all()] or [0])

    def line(self, state: PaymentState) -> dict[str, Any]:
        found = self.any_id(SubsidyPayment, SubsidyPayment.state == state)
        return {"payment_id": found, "by": self.person(), "now": NOW}

    def deed(self) -> None:
        weights = {
            self.propose: 2, self.review: 4, self.approve: 4, self.batch: 5, self.release: 5,
            self.paid: 7, self.returned: 2, self.reverse: 2, self.withdraw: 1, self.hold: 1,
            self.lift: 2, self.not_paid: 1, self.drop: 1, self.cancel: 1,
        }  # fmt: skip
        self.dice.choices(list(weights), list(weights.values()))[0]()

    def propose(self) -> None:
        proposed(self.session, self.money)

    def review(self) -> None:
        passed, scheme = self.dice.random() > 0.1, self.money.plan.scheme(POINT)
        review(
            self.session, scheme=scheme, passed=passed, text="看过",
            by=self.person(self.money.reviewer), **self.some(State.PROPOSED),
        )  # fmt: skip

    def approve(self) -> None:
        approve(self.session, by=self.person(), **self.some(State.REVIEWED))

    def withdraw(self) -> None:
        some = self.some(State.REVIEWED, State.APPROVED)
        withdraw(self.session, reason="重算", by=self.person(), **some)

    def batch(self) -> None:
        by = self.person(self.money.office, self.money.first)
        make_batch(self.session, by=by, **self.some(State.APPROVED))

    def release(self) -> None:
        found = self.any_id(SubsidyBatch, SubsidyBatch.released_at.is_(None))
        seal = batch_seal(payments_of(self.session, found))
        release(
            self.session, plan=self.money.plan, batch_id=found, seal=seal, by=self.person(),
            now=NOW,
        )  # fmt: skip

    def cancel(self) -> None:
        found = self.any_id(SubsidyBatch, SubsidyBatch.released_at.is_(None))
        cancel(self.session, batch_id=found, reason="重编", by=self.person(), now=NOW)

    def paid(self) -> None:
        record_paid(
            self.session, self.blobs, on=TODAY, paper=PAPER, **self.line(PaymentState.LISTED)
        )

    def returned(self) -> None:
        record_returned(self.session, on=TODAY, reason="退回", **self.line(PaymentState.PAID))

    def not_paid(self) -> None:
        record_not_paid(self.session, reason="退票", **self.line(PaymentState.LISTED))

    def drop(self) -> None:
        drop_line(self.session, reason="撤", **self.line(PaymentState.LISTED))

    def reverse(self) -> None:
        found = self.any_id(SubsidyEntitlement, SubsidyEntitlement.state == State.PAID)
        reverse(
            self.session, entitlement_id=found, on=TODAY, reason="多发", by=self.person(), now=NOW
        )

    def hold(self) -> None:
        found = self.any_id(SubsidyEntitlement, SubsidyEntitlement.state == State.REVIEWED)
        row = self.session.get(SubsidyEntitlement, found)
        if row is not None:
            hold(self.session, entitlement=row, reason="查一查", by=self.person(), now=NOW)

    def lift(self) -> None:
        found = self.any_id(SubsidyHold, SubsidyHold.closed_at.is_(None))
        lift(self.session, hold_id=found, reason="查过了", by=self.person(), now=NOW)


def check(session: Session, money: Money) -> None:
    """What must hold after every deed, whoever did it."""
    session.rollback()  # a reader that stays open sees what stood when it began
    rows = session.scalars(select(SubsidyEntitlement)).all()
    balance = balance_of(session, money.plan.row.id)
    promised = [one for one in rows if one.state in (State.APPROVED, State.PAID)]
    assert balance.granted == sum(one.amount_fen for one in promised)
    assert balance.paid == sum(one.amount_fen for one in rows if one.state is State.PAID)
    assert balance.budget is not None
    assert 0 <= balance.paid <= balance.granted <= balance.budget
    live = Counter(one.once_key for one in rows if one.ended_at is None)
    assert all(number == 1 for number in live.values())
    station = {one.id: one.station_id for one in rows}
    running: Counter[int] = Counter()
    for entry in session.scalars(
        select(SubsidyEntry)
        .where(SubsidyEntry.account == LedgerAccount.PAID)
        .order_by(SubsidyEntry.id)
    ):
        assert entry.entitlement_id is not None
        running[station[entry.entitlement_id]] += entry.amount_fen
        assert 0 <= running[station[entry.entitlement_id]] <= AWARD  # at no moment twice
    for one in rows:
        if one.approved_by is not None:
            assert one.approved_by not in (one.proposed_by, one.reviewed_by)


@pytest.mark.parametrize("seed", [7])
def test_any_order_of_deeds_by_eight_at_once_keeps_the_sums(
    engine: Engine, session: Session, cast: Cast, blobs: FolderStore, seed: int
) -> None:
    money = xiping(session, cast, points=4)
    add_budget(
        session, plan=money.plan, fen=3 * AWARD, on=TODAY, source="西财预〔2023〕5号", reason="",
        by=money.office, now=NOW,
    )  # fmt: skip
    accounts(session, money, proposed(session, money))
    session.commit()
    told: Counter[str] = Counter()

    def work(number: int) -> None:
        dice = random.Random(seed * 100 + number)
        for _ in range(DEEDS):
            try:
                with writing(engine) as own:
                    Hands(own, money, blobs, dice).deed()
                told["done"] += 1
            except Problem as refused:
                told[refused.code] += 1

    with ThreadPoolExecutor(THREADS) as hands:
        list(hands.map(work, range(THREADS)))
    check(session, money)
    assert told["done"]
    dice = random.Random(seed)
    for n in range(300):  # and one after the other, looked at after each
        try:
            with writing(engine) as own:
                Hands(own, money, blobs, dice).deed()
        except Problem as refused:
            told[refused.code] += 1
        check(session, money)
        paid = session.scalars(select(SubsidyEntry).where(SubsidyEntry.account == "paid")).all()
        if n > 20 and len(paid) > 3 and any(one.reverses for one in paid):
            return  # it went all the way and back, more than once
    raise AssertionError(f"nobody was ever paid: {told}")


def test_the_database_itself_refuses_what_would_pay_twice(
    engine: Engine, session: Session, cast: Cast, blobs: FolderStore
) -> None:
    money = xiping(session, cast, points=2)
    rows = approved(session, money)
    accounts(session, money, rows)
    _, lines = released(session, money, rows)
    record_paid(
        session, blobs, payment_id=lines[0].id, on=TODAY, paper=PAPER, by=money.first, now=NOW
    )
    session.commit()
    entry = session.scalars(select(SubsidyEntry).where(SubsidyEntry.account == "paid")).one()

    def copy(row: Any, **changed: Any) -> Callable[[Session], Any]:
        values = {
            column.name: getattr(row, column.name)
            for column in row.__table__.columns
            if column.name != "id"
        }
        return lambda own: own.execute(insert(type(row)).values(**{**values, **changed}))

    part = session.scalars(select(SubsidyPaymentPart).order_by(SubsidyPaymentPart.id)).first()
    twice: list[Callable[[Session], Any]] = [
        copy(rows[0]),  # the same thing for the same station again
        copy(rows[0], payee_key="person:1", payee_name="换个人"),  # or for another payee
        copy(part),  # a second live disbursement
        copy(entry),  # the same part paid again
        copy(rows[1], once_key="x", approved_by=rows[1].reviewed_by),
        copy(rows[1], once_key="x", amount_fen=-1),
        copy(lines[1], line=9, state=PaymentState.PAID),  # paid on nothing
    ]
    for deed in twice:
        with pytest.raises(IntegrityError), writing(engine) as own:
            deed(own)
    back = copy(entry, reverses=entry.id, part_id=None, amount_fen=-AWARD)
    with writing(engine) as own:
        back(own)
    with pytest.raises(IntegrityError), writing(engine) as own:  # taken back twice
        back(own)
