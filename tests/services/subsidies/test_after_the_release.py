"""What happens to a batch after it was made: stopped, released, paid, taken back, altered by SQL."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.media.blobs import FolderStore
from server.models.subsidy_payment import PaymentHold, PaymentState, SubsidyBatch
from server.services.audit.verifying import verify
from server.services.subsidies.accounts import enter_account, refuse_account
from server.services.subsidies.batches import (
    batch_seal,
    drop_line,
    make_batch,
    payments_of,
    release,
)
from server.services.subsidies.ledger import balance_of
from server.services.subsidies.paying import record_paid, reverse
from server.services.subsidies.released import lines_as_released
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, make_operator
from tests.plans import XIPING
from tests.services.subsidies.world import (
    NUMBER,
    PAPER,
    RINGS,
    Money,
    account,
    accounts,
    approved,
    bank,
    decide,
    number_of,
    released,
    seals,
)

pytestmark = ON_SQLITE
DAY = TODAY.isoformat()


def test_a_list_that_comes_again_or_is_not_sure_pays_and_frees_nothing(
    session: Session, money: Money
) -> None:
    decide(session, money.county, XIPING, money.office, subsidy_payee="运营企业")
    one_for_all = make_operator(session, money.county, "一家企业")
    for station in money.stations:
        station.operator_id = one_for_all.id
    rows = approved(session, money)
    account(session, money, rows[0].payee_key, number_of(0))
    batches = [released(session, money, [one])[0] for one in rows[:3]]  # three of the same sum
    row = ("", "村委会", number_of(0), "1000", DAY, "成功", "")

    def states() -> list[PaymentState]:
        return [payments_of(session, one.id)[0].state for one in batches]

    unsure = bank(session, money, ("B1-1", *row[1:5], "处理中", ""))
    assert ([one.action for one in unsure.rows], states()) == (
        ["differs"], [PaymentState.LISTED] * 3,
    )  # fmt: skip
    assert [one.action for one in bank(session, money, row, row).rows] == ["matched"] * 2
    again = bank(session, money, row, row, ("", "", "", "1", DAY, "", ""))  # saved anew
    assert [one.action for one in again.rows] == ["again", "again", "not_ours"]
    assert states() == [PaymentState.PAID, PaymentState.PAID, PaymentState.LISTED]


def test_a_released_line_that_sql_changed_is_found(session: Session, money: Money) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    batch, lines = released(session, money, rows)
    session.commit()
    assert verify(session, county="411721").whole
    here, other = lines[0].id, lines[1].id

    def still(statement: str) -> bool:
        session.rollback()
        session.execute(text(f"{statement} WHERE id = :one"), {"one": here})
        return lines_as_released(session, batch)

    elsewhere = f"(SELECT account_id FROM subsidy_payments WHERE id = {other})"
    altered = {
        one: still(one)
        for one in (
            "UPDATE subsidy_payments SET amount_fen = amount_fen + 1",
            "UPDATE subsidy_payments SET holder = '别人'",
            f"UPDATE subsidy_payments SET account_id = {elsewhere}",
            "UPDATE subsidy_payments SET state = 'withdrawn'",
            f"UPDATE subsidy_payment_parts SET payment_id = {other}",
            "UPDATE subsidy_entitlements SET amount_fen = 5",
        )
    }
    session.rollback()
    assert altered == dict.fromkeys(altered, False)
    session.execute(text("UPDATE subsidy_payments SET last4 = '0000'"))
    [fault] = verify(session, county="411721").faults
    assert fault.startswith(f"补贴批次{batch.id}号")


def test_an_award_that_is_no_longer_due_leaves_in_no_batch(session: Session, money: Money) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    money.stations[0].closed_on = TODAY
    with pytest.raises(Conflict, match=r"不能照原来的办：.*已经停业"):
        make_batch(session, plan=money.plan, seals=seals(rows), by=money.office, now=NOW)
    batch = make_batch(session, plan=money.plan, seals=seals(rows[1:]), by=money.office, now=NOW)
    money.stations[1].coop_modes = ["consigned"]
    session.flush()

    def let_go() -> SubsidyBatch:
        seal = batch_seal(payments_of(session, batch.id))
        return release(
            session, plan=money.plan, batch_id=batch.id, seal=seal, by=money.second, now=NOW
        )

    with pytest.raises(Conflict, match=r"不能照原来的办：.*不是驻村设点模式"):
        let_go()
    line = payments_of(session, batch.id)[0]
    drop_line(session, payment_id=line.id, reason="改了模式", by=money.office, now=NOW)
    assert let_go().released_at == NOW


def test_corrections_are_taken_back_from_the_last_one_on(
    session: Session, money: Money, blobs: FolderStore
) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    _, lines = released(session, money, rows)
    pay = {"on": TODAY, "by": money.first, "now": NOW}
    for line in lines:
        record_paid(session, blobs, payment_id=line.id, paper=PAPER, **pay)  # type: ignore[arg-type]
    for one in rows[1:3]:
        one.corrects_id = rows[0].id
    for early in rows[:2]:  # else the month would rest on days that nobody was paid for
        with pytest.raises(Conflict, match="请先冲回那一笔"):
            reverse(session, entitlement_id=early.id, reason="多发", **pay)  # type: ignore[arg-type]
    for one in (rows[2], rows[1], rows[0]):
        reverse(session, entitlement_id=one.id, reason="多发", **pay)  # type: ignore[arg-type]
    assert balance_of(session, money.plan.row.id)[1:] == (100_000, 100_000)


def test_an_account_that_was_refused_holds_no_line_to_the_one_that_holds_on(
    session: Session, money: Money
) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    _, lines = released(session, money, rows[:1])
    made = enter_account(
        session, county=money.county, payee_key=rows[0].payee_key, holder="村委会", bank="农商行",
        number=NUMBER, ring=RINGS, by=money.office, now=NOW, seen=lines[0].account_id,
    )  # fmt: skip
    session.refresh(lines[0])
    assert lines[0].held_for is PaymentHold.ACCOUNT
    refuse_account(
        session, county=money.county, account_id=made.id, reason="填错了人", by=money.first, now=NOW
    )
    session.refresh(lines[0])
    assert (lines[0].held_for, lines[0].held_because) == (None, "")


def test_a_failure_of_an_earlier_payment_frees_no_later_one(session: Session, money: Money) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    released(session, money, rows)
    before = (TODAY - timedelta(days=40)).isoformat()

    plan = bank(
        session, money,
        ("", "村委会", number_of(0), "1000", before, "失败", ""),
        ("", "村委会", number_of(1), "1000", "", "失败", ""),
        ("B1-3", "村委会", number_of(2), "1000", "", "失败", ""),
    )  # fmt: skip

    assert [one.action for one in plan.rows] == ["differs", "differs", "failed"]
    assert "比放行还早" in plan.rows[0].notes[-1]
