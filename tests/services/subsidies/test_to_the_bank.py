"""Accounts by two people, sealed; batches by two people; the bank's list read row by row."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.media.blobs import FolderStore
from server.models.history import HistoryLine
from server.models.sealed_by_hand import of_account
from server.models.signal import IntegritySignal, SignalState
from server.models.subsidy import EntitlementState, SubsidyEntitlement
from server.models.subsidy_payment import (
    PaymentHold,
    PaymentState,
    SubsidyAccount,
    SubsidyBankList,
    SubsidyBatch,
    SubsidyPayment,
)
from server.sealed_text import key_ring, open_text, seal_text
from server.services.subsidies.accounts import (
    confirm_account,
    enter_account,
)
from server.services.subsidies.bank_lists import plan_bank_list
from server.services.subsidies.batches import (
    batch_seal,
    drop_line,
    make_batch,
    payments_of,
    release,
)
from server.services.subsidies.holds import reasons_of
from server.services.subsidies.ledger import add_budget, balance_of
from server.services.subsidies.paying import record_paid, record_returned, reverse
from server.services.subsidies.reviewing import approve, review, withdraw
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY
from tests.services.subsidies.world import (
    NUMBER,
    PAPER,
    POINT,
    RINGS,
    Money,
    account,
    accounts,
    approved,
    bank,
    bank_list,
    number_of,
    proposed,
    released,
    reviewed,
    seals,
)

pytestmark = ON_SQLITE
DAY = TODAY.isoformat()


def test_every_row_of_the_bank_s_list_is_something_and_only_a_match_is_paid(
    session: Session, money: Money
) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    batch, lines = released(session, money, rows)
    n = [number_of(each) for each in range(4)]

    plan = bank(
        session, money,
        ("B1-1", "村委会", n[0], "1,000.00", DAY, "成功", ""),
        ("B1-2", "村委会", n[1], "999.00", DAY, "成功", ""),
        ("B1-3", "村委会", n[2], "1000", DAY, "失败", "账号户名不符"),
        ("", "陌生人", "6217999900001111", "1000", DAY, "成功", ""),
        ("B1-1", "村委会", n[0], "1000", DAY, "成功", ""),
        ("", "村委会", n[3], "一千", DAY, "成功", ""),
    )  # fmt: skip

    assert [one.action for one in plan.rows] == [
        "matched", "differs", "failed", "not_ours", "differs", "unread",
    ]  # fmt: skip
    assert "应付1000元，银行写999元" in plan.rows[1].notes[0]
    assert "可能付了两次" in plan.rows[4].notes[0]
    assert [one.line for one in plan.missing] == [4]
    states = [one.state for one in payments_of(session, batch.id)]
    assert states == [
        PaymentState.PAID, PaymentState.LISTED, PaymentState.NOT_PAID, PaymentState.LISTED,
    ]  # fmt: skip
    assert [one.state for one in rows] == [
        EntitlementState.PAID, *[EntitlementState.APPROVED] * 3,
    ]  # fmt: skip
    assert balance_of(session, money.plan.row.id)[1:] == (400_000, 100_000)
    kept = session.scalars(select(SubsidyBankList)).one()
    assert len(kept.rows) == 6
    assert n[0] not in str(kept.rows)  # by its last four digits alone
    assert lines[2].bank_list_id == kept.id
    # What failed can be listed anew; the same file is not read in twice.
    again = make_batch(session, plan=money.plan, seals=seals([rows[2]]), by=money.office, now=NOW)
    assert (again.number, len(payments_of(session, again.id))) == (2, 1)
    later = bank(session, money, ("B1-1", "村委会", n[0], "1000", DAY, "成功", ""), enter=False)
    assert [one.action for one in later.rows] == ["again"]
    wrong = bank(session, money, ("B1-2", "别人", n[3], "1000", DAY, "处理中", ""), enter=False)
    assert [one.action for one in wrong.rows] == ["differs"]
    with pytest.raises(NotAllowed, match="不在您单位的职责里"):
        plan_bank_list(
            session, county=money.county, content=b"", filename="x.xlsx", ring=RINGS,
            by=money.reviewer, today=TODAY,
        )  # fmt: skip


def test_a_failure_without_an_account_is_told_of_its_own_payee_alone(
    session: Session, money: Money
) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    _, lines = released(session, money, rows)
    lines[0].holder = "东庄村委会"
    session.flush()

    plan = bank(
        session, money,
        ("", "东庄村委会", "", "1000", DAY, "失败", ""), ("", "村委会", "", "1000", DAY, "成功", ""),
    )  # fmt: skip

    assert not any("银行说得不一样" in note for row in plan.rows for note in row.notes)


def test_a_payment_that_a_list_calls_failed_and_paid_is_neither(
    session: Session, money: Money
) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    released(session, money, rows)
    n = [number_of(each) for each in range(4)]

    plan = bank(
        session, money,
        ("B1-1", "村委会", n[0], "1000", DAY, "失败", "网络超时"),  # and sent again below
        ("B1-2", "村委会", n[1], "1000", DAY, "成功", ""),  # and returned below
        ("B1-1", "村委会", n[0], "1000", DAY, "成功", ""),
        ("B1-2", "村委会", n[1], "1000", DAY, "退票", ""),
        ("", "村委会", n[2], "1000", DAY, "失败", ""),
        ("", "村委会", n[2], "1000", DAY, "成功", ""),
        ("B1-3", "村委会", n[2], "1000", DAY, "失败", ""),
        ("B1-4", "村委会", n[3], "1000", DAY, "成功", ""),
    )  # fmt: skip

    assert [one.action for one in plan.rows] == ["differs"] * 7 + ["matched"]
    assert "第2行“失败，网络超时”、第4行“成功”" in plan.rows[0].notes[0]
    # What the bank returns later is told as that, not as settled long ago.
    later = bank(session, money, ("B1-4", "村委会", n[3], "1000", DAY, "已退回", ""), enter=False)
    assert [one.action for one in later.rows] == ["differs"]
    assert "银行这次写的是“已退回”" in later.rows[0].notes[0]


def test_the_same_bank_list_is_not_read_in_twice(session: Session, money: Money) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    released(session, money, rows)
    content = bank_list(("B1-1", "村委会", number_of(0), "1000", DAY, "成功", ""))
    bank(session, money, content)
    with pytest.raises(Conflict, match="已经录入过"):
        bank(session, money, content)


def test_an_account_is_one_person_s_word_until_another_types_it_again(
    session: Session, money: Money
) -> None:
    key, shared = f"station:{money.stations[0].id}", {"county": money.county, "ring": RINGS}
    made = enter_account(
        session, payee_key=key, holder="村委会", bank="农商行", number="6217 0000 1234 5678 901",
        by=money.office, now=NOW, **shared,  # type: ignore[arg-type]
    )  # fmt: skip
    assert (made.last4, NUMBER in made.number_sealed) == ("8901", False)
    assert open_text(RINGS, made.number_sealed, about=of_account(key, "411721")) == NUMBER
    with pytest.raises(Conflict, match="登记的人不能自己核对"):
        confirm_account(session, account_id=made.id, number=NUMBER, by=money.office, now=NOW, **shared)  # type: ignore[arg-type]  # fmt: skip
    with pytest.raises(Conflict, match="两次输入的账号不一样"):
        confirm_account(session, account_id=made.id, number=NUMBER[:-1] + "0", by=money.first, now=NOW, **shared)  # type: ignore[arg-type]  # fmt: skip
    with pytest.raises(NotAllowed):
        confirm_account(session, account_id=made.id, number=NUMBER, by=money.reviewer, now=NOW, **shared)  # type: ignore[arg-type]  # fmt: skip
    rows = approved(session, money)
    with pytest.raises(Conflict, match="还没有核对过的收款账户"):
        make_batch(session, plan=money.plan, seals=seals(rows[:1]), by=money.office, now=NOW)
    confirm_account(session, account_id=made.id, number=NUMBER, by=money.first, now=NOW, **shared)  # type: ignore[arg-type]  # fmt: skip
    make_batch(session, plan=money.plan, seals=seals(rows[:1]), by=money.office, now=NOW)
    with pytest.raises(Invalid, match="8到32位数字"):
        enter_account(session, payee_key=key, holder="村", bank="行", number="12E4", by=money.office, now=NOW, seen=made.id, **shared)  # type: ignore[arg-type]  # fmt: skip
    with pytest.raises(Conflict, match="别人改过这个收款人的账户"):
        enter_account(session, payee_key=key, holder="村", bank="行", number=NUMBER, by=money.office, now=NOW, seen=0, **shared)  # type: ignore[arg-type]  # fmt: skip
    said = " ".join(session.scalars(select(HistoryLine.summary)))
    assert "**** 8901" in said
    assert NUMBER not in said


def test_a_lost_or_moved_sealed_number_is_told_in_words(session: Session, money: Money) -> None:
    key, other = (f"station:{one.id}" for one in money.stations[:2])
    made = session.get_one(SubsidyAccount, account(session, money, key))
    newer = key_ring([b"8" * 32, b"7" * 32])  # after rotation the old key still opens
    assert open_text(newer, made.number_sealed, about=of_account(key, "411721")) == NUMBER
    assert (
        seal_text(newer, "1", about="x").partition(".")[0] != made.number_sealed.partition(".")[0]
    )
    with pytest.raises(Conflict, match="请从备份里找回 secrets 文件夹"):
        open_text(key_ring([b"8" * 32]), made.number_sealed, about=of_account(key, "411721"))
    with pytest.raises(Conflict, match="被改动过"):  # the row of another payee
        open_text(RINGS, made.number_sealed, about=of_account(other, "411721"))


def test_a_changed_account_holds_its_line_also_after_the_release(
    session: Session, money: Money, blobs: FolderStore
) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    batch = make_batch(session, plan=money.plan, seals=seals(rows), by=money.office, now=NOW)
    lines = payments_of(session, batch.id)
    seen = session.scalars(
        select(SubsidyAccount.id).where(SubsidyAccount.payee_key == lines[0].payee_key)
    ).one()
    before = batch_seal(lines)
    account(session, money, lines[0].payee_key, "62170000555566667777", seen=seen)
    with pytest.raises(Conflict, match="批次有了变化"):
        release(session, plan=money.plan, batch_id=batch.id, seal=before, by=money.second, now=NOW)
    lines = payments_of(session, batch.id)
    assert (lines[0].held_for, lines[0].last4) == (PaymentHold.ACCOUNT, number_of(0)[-4:])
    with pytest.raises(Conflict, match="第1行收款账户在列入批次以后改过"):
        release(
            session,
            plan=money.plan,
            batch_id=batch.id,
            seal=batch_seal(lines),
            by=money.second,
            now=NOW,
        )
    drop_line(session, payment_id=lines[0].id, reason="换账户", by=money.office, now=NOW)
    lines = payments_of(session, batch.id)
    release(
        session,
        plan=money.plan,
        batch_id=batch.id,
        seal=batch_seal(lines),
        by=money.second,
        now=NOW,
    )
    seen = session.scalars(
        select(SubsidyAccount.id).where(SubsidyAccount.payee_key == lines[1].payee_key)
    ).one()
    account(session, money, lines[1].payee_key, "62170000555566668888", seen=seen)
    plan = bank(session, money, ("B1-2", "村委会", number_of(1), "1000", DAY, "成功", ""))
    assert [one.action for one in plan.rows] == ["differs"]  # never paid unseen
    line = record_paid(
        session, blobs, payment_id=lines[1].id, on=TODAY, paper=PAPER, by=money.first, now=NOW
    )
    assert line.state is PaymentState.PAID


def test_nobody_reviews_and_approves_or_makes_and_releases(session: Session, money: Money) -> None:
    rows = proposed(session, money)
    scheme = money.plan.scheme(POINT)
    review(
        session, plan=money.plan, scheme=scheme, seals=seals(rows), passed=True, text="",
        by=money.first, now=NOW,
    )  # fmt: skip  # 财政局 is one of 西平's 责任单位 and may review as well
    with pytest.raises(Conflict, match="审核过的人不能自己批准"):
        approve(session, plan=money.plan, seals=seals(rows), by=money.first, now=NOW)
    approve(session, plan=money.plan, seals=seals(rows), by=money.second, now=NOW)
    accounts(session, money, rows)
    batch = make_batch(session, plan=money.plan, seals=seals(rows), by=money.second, now=NOW)
    seal = batch_seal(payments_of(session, batch.id))
    with pytest.raises(Conflict, match="编批次的人不能自己放行"):
        release(session, plan=money.plan, batch_id=batch.id, seal=seal, by=money.second, now=NOW)
    with pytest.raises(NotAllowed):
        release(session, plan=money.plan, batch_id=batch.id, seal=seal, by=money.office, now=NOW)
    release(session, plan=money.plan, batch_id=batch.id, seal=seal, by=money.first, now=NOW)
    assert session.get_one(SubsidyBatch, batch.id).contents_sha256 == seal


def test_an_open_question_holds_and_its_end_lets_go(session: Session, money: Money) -> None:
    rows = reviewed(session, money)
    asked = IntegritySignal(
        county="411721", station_id=rows[0].station_id, kind="same_numbers", about="2023-06",
        day_on=TODAY, question="为什么每天一样？", state=SignalState.ANSWERED, raised_at=NOW,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    assert "1条异常提示还没有处理" in reasons_of(session, rows)[rows[0].id][0]
    with pytest.raises(Conflict, match="有一笔暂缓着：这个站有1条异常提示"):
        approve(session, plan=money.plan, seals=seals(rows), by=money.first, now=NOW)
    asked.state = SignalState.SETTLED
    session.flush()
    approve(session, plan=money.plan, seals=seals(rows), by=money.first, now=NOW)


def test_nothing_is_promised_beyond_what_was_given(session: Session, money: Money) -> None:
    rows = reviewed(session, money)
    give = {"plan": money.plan, "on": TODAY, "source": "西财预5号", "reason": "", "now": NOW}
    add_budget(session, fen=300_000, by=money.office, **give)  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="下达的资金里只剩3000元"):
        approve(session, plan=money.plan, seals=seals(rows), by=money.first, now=NOW)
    approve(session, plan=money.plan, seals=seals(rows[:3]), by=money.first, now=NOW)
    with pytest.raises(Conflict, match="不能减到它以下"):
        add_budget(session, fen=-1, by=money.office, **give)  # type: ignore[arg-type]
    withdraw(
        session, plan=money.plan, seals=seals(rows[:1]), reason="重算", by=money.first, now=NOW
    )
    assert balance_of(session, money.plan.row.id) == (300_000, 200_000, 0)


def test_money_that_came_back_is_a_counter_entry_and_may_be_paid_anew(
    session: Session, money: Money, blobs: FolderStore
) -> None:
    rows = approved(session, money)
    accounts(session, money, rows)
    _, lines = released(session, money, rows)
    pay = {"on": TODAY, "by": money.first, "now": NOW}
    for line in lines[:2]:
        record_paid(session, blobs, payment_id=line.id, paper=PAPER, **pay)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="请附上银行的付款凭证"):
        record_paid(session, blobs, payment_id=lines[2].id, paper=None, **pay)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="放行那天"):
        record_paid(
            session, blobs, payment_id=lines[2].id, paper=PAPER, by=money.first, now=NOW,
            on=TODAY - timedelta(1),
        )  # fmt: skip
    record_returned(session, payment_id=lines[0].id, reason="户名不符退回", **pay)  # type: ignore[arg-type]
    reverse(session, entitlement_id=rows[1].id, reason="多发，凭证12号", **pay)  # type: ignore[arg-type]
    assert [one.state for one in rows[:2]] == [EntitlementState.APPROVED, EntitlementState.REVERSED]
    assert balance_of(session, money.plan.row.id)[1:] == (300_000, 0)
    with pytest.raises(Conflict, match="不能冲回"):
        reverse(session, entitlement_id=rows[1].id, reason="再来", **pay)  # type: ignore[arg-type]
    anew = proposed(session, money)  # once it was taken back it may be awarded again
    assert [one.station_id for one in anew] == [rows[1].station_id]
    assert date.fromisoformat(anew[0].contents["on"]) == TODAY
    assert session.scalars(select(SubsidyPayment)).first()
    assert session.scalars(select(SubsidyEntitlement)).first()
