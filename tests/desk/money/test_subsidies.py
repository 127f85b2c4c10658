"""补贴 at the desk: from a scheme to the bank's list, each step by whoever it belongs to."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.http import clock
from server.models.history import HistoryLine
from server.models.kept_form import KeptForm
from server.models.person import Person, Role
from server.models.subsidy import EntitlementState, SubsidyEntitlement, SubsidyRate
from server.models.subsidy_payment import (
    LedgerAccount,
    SubsidyAccount,
    SubsidyEntry,
    SubsidyPayment,
)
from server.services.subsidies.bank_lists import COLUMNS
from server.services.subsidies.orders import COLUMNS as ORDER_COLUMNS
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_person
from tests.services.subsidies.world import NUMBER, POINT, Money, jingle, xiping
from tests.sheets import Tab, xlsx

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
PDF = b"%PDF-1.7\nreceipt\n%%EOF\n"


@pytest.fixture
def money(session: Session, cast: Cast) -> Money:
    made = xiping(session, cast, points=2)
    session.commit()
    return made


def field(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.get_data(as_text=True))
    assert found is not None, f"{name}: {text_of(page)}"
    return unescape(found.group(1))


def boxes(page: Any) -> list[str]:
    return [
        unescape(one)
        for one in re.findall(r'name="one" value="([^"]*)"', page.get_data(as_text=True))
    ]


def rows(session: Session) -> list[SubsidyEntitlement]:
    session.expire_all()
    return list(session.scalars(select(SubsidyEntitlement).order_by(SubsidyEntitlement.id)))


def test_from_the_plan_to_the_bank_each_by_whoever_it_belongs_to(
    session: Session, cast: Cast, desk_of: DeskOf, money: Money
) -> None:
    today = clock.today().isoformat()
    where = f"/subsidies/{money.plan.row.id}/{POINT}/{today[:4]}"
    office = desk_of(money.office)
    shown = office.get("/subsidies")
    assert "每次 1000元" in text_of(shown)
    assert "先要定下：“‘年处理快件量’的‘年’怎么算”" in text_of(shown)
    asked = office.get(f"/subsidies?scheme={money.plan.row.id}.{POINT}&period={today[:4]}")
    assert asked.location.endswith(where)
    shown = office.get(where)
    assert "已在村0村驻村设点，验收过" in text_of(shown)
    done = office.done(where, what="propose", seal=field(shown, "seal"), one=boxes(shown))
    assert "已报审2笔，合计2000元。" in done

    reviewer = desk_of(money.reviewer)
    assert "补贴等审核" in text_of(reviewer.get("/"))
    assert "2" in text_of(reviewer.get("/subsidies/waiting?what=review"))
    ticked = boxes(reviewer.get(where))
    wrong = reviewer.post_and_go_on(where, what="return", one=ticked, reason="")
    assert "请写明为什么退回" in text_of(wrong)
    reviewer.done(where, what="review", one=ticked)
    assert "选中的补贴里有的已经变了" in text_of(reviewer.shown(where, what="review", one=ticked))

    first = desk_of(money.first)
    shown = first.get(where)
    first.done(where, what="approve", one=boxes(shown))
    assert [one.state for one in rows(session)] == [EntitlementState.APPROVED] * 2
    shown = first.get("/subsidies/batches")
    assert "还没有核对过的账户" in text_of(shown)

    office = desk_of(money.office)
    for n, row in enumerate(rows(session)):
        page = office.get(f"/subsidies/accounts?payee={row.payee_key}")
        office.done(
            "/subsidies/accounts", what="enter", payee=row.payee_key, seen=field(page, "seen"),
            holder="村委会", bank="农商行", account_number=f"{NUMBER[:-1]}{n}",
        )  # fmt: skip
    first = desk_of(money.first)
    waiting = session.scalars(select(SubsidyAccount).order_by(SubsidyAccount.id)).all()
    for n, account in enumerate(waiting):
        first.done(
            "/subsidies/accounts",
            what="confirm",
            account=account.id,
            account_number=f"{NUMBER[:-1]}{n}",
        )
    wrong = first.post_and_go_on(
        "/subsidies/accounts", what="confirm", account=waiting[0].id, account_number=NUMBER
    )
    assert "已经核对过" in text_of(wrong)
    kept = session.scalars(select(KeptForm)).all()
    assert kept
    assert NUMBER not in str([one.fields for one in kept])  # not even for a day
    page = first.get("/subsidies/batches")
    assert NUMBER[:-1] not in page.get_data(as_text=True)
    assert "**** 8900" in text_of(page)
    made = first.post(f"/subsidies/{money.plan.row.id}/batches", one=boxes(page))
    batch = made.location.removeprefix("/desk")
    assert "这一批是您编的" in text_of(first.get(batch))
    assert first.get(f"{batch}/finance.xlsx").status_code == 404  # not released

    second = desk_of(money.second)
    second.done(batch, what="release", seal=field(second.get(batch), "seal"))
    sheet = openpyxl.load_workbook(io.BytesIO(second.get(f"{batch}/finance.xlsx").data)).active
    assert sheet is not None
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert cells[1][:7] == [
        "B1-1",
        rows(session)[0].payee_name,
        "村委会",
        "农商行",
        f"{NUMBER[:-1]}0",
        1000,
        "1",
    ]
    assert cells[3][5] == 2000
    said = session.scalars(select(HistoryLine.summary).order_by(HistoryLine.id)).all()
    assert any("财乙" in one and "含完整账号" in one for one in said)
    assert sum("财乙" in one and ".xlsx" in one for one in said) == 1  # one look, one line
    assert desk_of(money.reviewer).get(f"{batch}/finance.xlsx").status_code == 403

    second = desk_of(money.second)
    content = xlsx(
        Tab(
            [
                tuple(one.header for one in COLUMNS),
                ("B1-1", "村委会", f"{NUMBER[:-1]}0", "1000", today, "成功", ""),
                ("", "谁", "62179999111122223", "5", today, "成功", ""),
            ]
        )
    )
    preview = second.shown("/subsidies/bank", file=(io.BytesIO(content), "代发.xlsx"))
    assert "名单里没有、我们放行了还没有结果的有 1 行" in text_of(preview)
    action = re.search(r'action="/desk(/subsidies/bank/\w+)"', preview.get_data(as_text=True))
    assert action is not None
    told = second.done(action.group(1), mark=field(preview, "mark"), file="代发.xlsx")
    assert "对上了 1 行" in told
    assert "不是我们的 1 行" in told
    second.get(f"{batch}/finance.xlsx")  # by now it pays one line, and its taking out says so
    said = session.scalars(select(HistoryLine.summary).order_by(HistoryLine.id)).all()
    assert "1行，合计1000元，含完整账号，另有1行写明不要付" in said[-1]
    line = session.scalars(select(SubsidyPayment.id).order_by(SubsidyPayment.id)).all()[1]
    second.done(batch, what="paid", line=line, on=today, receipt=(io.BytesIO(PDF), "回单.pdf"))
    assert [one.state for one in rows(session)] == [EntitlementState.PAID] * 2
    paper = second.get(f"/subsidies/batches/papers/{line}")
    assert paper.data == PDF
    one = f"/subsidies/entitlements/{rows(session)[0].id}"
    assert f"已付给{rows(session)[0].payee_name}" in text_of(second.get(one))
    second.done(one, what="reverse", on=today, reason="多发，凭证12号")
    assert "已冲回：多发，凭证12号" in text_of(second.get(one))
    entries = select(SubsidyEntry).where(SubsidyEntry.reverses.is_not(None))
    [back] = session.scalars(entries.where(SubsidyEntry.account == LedgerAccount.PAID))
    back.on_day -= timedelta(days=9)  # came back before anybody entered it
    session.commit()
    shown = "".join(text_of(second.get(one)).split())
    assert f"登记，{full_day_text(back.on_day)}缴回" in shown
    told = text_of(second.get(batch))  # the line stays paid, and says what came back of it
    assert "已付 2,000.00 元，其中 1,000.00 元后来冲回" in " ".join(told.split())
    assert "整行已冲回：多发，凭证12号" in told
    book = openpyxl.load_workbook(io.BytesIO(second.get(f"{batch}/finance.xlsx").data))
    not_to_pay = [line[3].value for line in book["不要付"].iter_rows(min_row=2)]
    assert "已经付过，其中1笔1000元后来冲回。要再付，另编一批" in str(not_to_pay[0])
    assert "冲回" not in str(not_to_pay[1])
    assert "没有等着付的补贴" in text_of(second.get("/subsidies/ageing"))


def test_a_hold_is_told_with_its_reason_and_lifted_with_another(
    session: Session, cast: Cast, desk_of: DeskOf, money: Money
) -> None:
    year = str(clock.today().year)
    where = f"/subsidies/{money.plan.row.id}/{POINT}/{year}"
    office = desk_of(money.office)
    shown = office.get(where)
    office.done(where, what="propose", seal=field(shown, "seal"), one=boxes(shown)[:1])
    one = f"/subsidies/entitlements/{rows(session)[0].id}"
    office.done(one, what="hold", reason="开门照片要补")
    page = office.get(one)
    assert "暂缓：开门照片要补。" in text_of(page)
    assert "开门照片要补" in text_of(office.get("/subsidies/ageing"))
    office.done(one, what="lift", hold=field(page, "hold"), reason="补了")
    assert "算好了，等审核单位看。" in text_of(office.get(one))
    first = rows(session)[0]  # one that was paid and put right since says so on its own page
    same = {
        column.name: getattr(first, column.name)
        for column in SubsidyEntitlement.__table__.columns
        if column.name not in ("id", "once_key", "corrects_id", "amount_fen")
    }
    session.add(
        SubsidyEntitlement(
            **same, once_key=f"{first.once_key}~1", corrects_id=first.id, amount_fen=-240
        )
    )
    session.commit()
    assert "后来算出差额： 扣回 2.40 元 " in text_of(office.get(one))
    # Odd addresses are told in words, never a fault of the house.
    for path in ("x", "1999", "2099", f"{year}-01", "%00"):
        odd = office.get(f"/subsidies/{money.plan.row.id}/{POINT}/{path}")
        assert odd.status_code in (400, 404), path
    assert office.get(f"/subsidies/{money.plan.row.id}/nothing/{year}").status_code == 404
    assert office.get("/subsidies?scheme=9.x&period=1").status_code == 404


def test_rates_and_orders_are_entered_on_their_pages(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    money = jingle(session, cast)
    session.commit()
    office = desk_of(cast.office)
    shown = office.get("/subsidies")
    assert "没有录入以前一分也不算" in text_of(shown)
    assert "只作参考：山西省公布过上行每件1元" in text_of(shown)
    form = {
        "scheme": "inbound", "about": "x", "seal": field(shown, "seal"),
        "from_on": "2023-01-01", "source": "静财建8号", "li-0": "0.3", "li-1": "0.35",
        "level-1": "village_point",
    }  # fmt: skip
    bad = office.post_and_go_on(f"/subsidies/{money.plan.row.id}/rates", **{**form, "li-0": "三毛"})
    assert "每件“三毛”看不懂" in text_of(bad)
    told = office.done(f"/subsidies/{money.plan.row.id}/rates", **form)
    assert "还没有录入2022年的标准" in told
    assert "村级点：每件0.35元" in told
    again = office.post_and_go_on(f"/subsidies/{money.plan.row.id}/rates", **form)
    assert "别人已经改过这一项的标准" in text_of(again)
    assert len(session.scalars(select(SubsidyRate)).all()) == 1
    # 35 is asked once: 0.35 may be meant. What was insisted on is entered, and nothing else.
    rates = f"/subsidies/{money.plan.row.id}/rates"
    odd = {**form, "about": f"inbound{money.plan.row.id}", "from_on": "2023-08-01", "li-0": "35"}
    odd["seal"] = field(office.get("/subsidies"), "seal")
    asked = office.post_and_go_on(rates, **odd)
    assert "要写的是不是0.35元" in text_of(asked)
    sure = field(asked, "sure")
    other = office.post_and_go_on(rates, **{**odd, "li-0": "350"}, sure=sure)
    assert "每件350元" in text_of(other)
    assert len(session.scalars(select(SubsidyRate)).all()) == 1
    unsaid = office.post_and_go_on(rates, **{**odd, "source": ""}, sure=sure)
    assert f'value="{sure}" checked>' in unsaid.get_data(as_text=True)  # not asked once more
    assert "所有站点：每件35元" in office.done(rates, **odd, sure=sure)
    other = {**form, "seal": field(office.get("/subsidies"), "seal"), "from_on": "2099-01-01"}
    page = office.done(rates, **other)  # what is entered last is not what holds now
    assert "现在的标准： 所有站点：每件35元；村级点：每件0.35元 ，从 2023年8月1日 起" in page
    assert "从 2099年1月1日 起改为： 所有站点：每件0.3元" in page
    twice = {**odd, "li-0": "0.4", "seal": field(office.get("/subsidies"), "seal")}
    assert "会整条代替它" in text_of(office.post_and_go_on(rates, **twice))  # not added to it
    budget = f"/subsidies/{money.plan.row.id}/budget"
    assert "不是万元" in text_of(
        office.post_and_go_on(
            budget, amount="87.1", on="2023-06-01", source="x", seen="0", about="b"
        )
    )
    told = office.done(
        budget, amount="12,000.5", on="2023-06-01", source="晋财建5号", seen="0", about="b"
    )
    assert "12,000.50" in told
    assert "现在合计12000.5元" in text_of(
        office.shown(budget, amount="1", on="2023-06-01", source="x", seen="0", about="b")
    )

    clerk = make_person(session, name="企业员", role=Role.OPERATOR, operator_id=cast.c1.operator_id)
    session.commit()
    operator = desk_of(clerk)
    content = xlsx(
        Tab(
            [
                tuple(one.header for one in ORDER_COLUMNS),
                ("P1", "2023-06-03", "藜麦", "是", "拼多多", "北京市海淀区", "C0001"),
                ("P2", "2023-06-03", "藜麦", "是", "拼多多", "静乐县", "C0001"),
            ]
        )
    )
    preview = operator.shown("/subsidies/orders/list", file=(io.BytesIO(content), "6月.xlsx"))
    assert "寄往本县，或者分不清是不是本县" in text_of(preview)
    action = re.search(
        r'action="/desk(/subsidies/orders/list/\w+)"', preview.get_data(as_text=True)
    )
    assert action is not None
    told = operator.done(action.group(1), mark=field(preview, "mark"), file="6月.xlsx")
    assert "可以补 1 行" in told
    assert "录入，但不能补 1 行" in told
