"""The pages of money in a real browser, wide and narrow: nothing sticks out, nothing complains."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models.organisation import Organisation
from server.policy.plan.subsidy_rates import Tier
from server.services.people.scope import EVERYBODY
from server.services.subsidies.batches import make_batch
from server.services.subsidies.cycles import propose, question, work_out
from server.services.subsidies.ledger import add_budget
from server.services.subsidies.orders import COLUMNS, enter_orders, plan_orders
from server.services.subsidies.rates import add_rate
from server.services.subsidies.reviewing import approve, review
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.desk.conftest import listen
from tests.factories import NOW, TODAY, Cast
from tests.services.subsidies.world import Money, account, clerk, jingle, seals
from tests.sheets import Tab, xlsx


def lived(session: Session, cast: Cast) -> tuple[Money, int, int]:
    """静乐 in the middle of paying for June's orders: one listed, one waiting for its review."""
    money = jingle(session, cast)
    scheme = money.plan.scheme("outbound")
    give = {"plan": money.plan, "by": money.office, "now": NOW}
    add_rate(
        session, scheme=scheme, from_on=date(2023, 1, 1), tiers=[Tier("", "", 0, 1000)],
        amount_fen=None, source="静财建〔2023〕8号", reason="", seal=None, **give,
    )  # type: ignore[arg-type]  # fmt: skip
    add_budget(session, fen=1_200_000, on=TODAY, source="晋财建5号", reason="", **give)  # type: ignore[arg-type]
    content = xlsx(
        Tab(
            [
                tuple(one.header for one in COLUMNS),
                *(
                    (
                        f"P{n}",
                        "2023-06-03",
                        "静乐藜麦",
                        "是",
                        "拼多多",
                        "北京市海淀区",
                        f"C000{1 + n % 2}",
                    )
                    for n in range(9)
                ),
                ("P9", "2023-06-03", "静乐藜麦", "是", "拼多多", "山西省忻州市静乐县", "C0001"),
            ]
        )
    )
    shared = {
        "county": cast.county,
        "content": content,
        "filename": "6月订单.xlsx",
        "by": cast.office,
        "data": ROOT / "data",
    }
    plan = plan_orders(session, today=TODAY, **shared)  # type: ignore[arg-type]
    enter_orders(session, mark=plan.mark, now=NOW, today=TODAY, **shared)  # type: ignore[arg-type]
    asked = question(session, plan=money.plan, scheme=scheme, period="2023-06", today=TODAY)
    seal = work_out(session, asked, seen_by=EVERYBODY).seal
    rows = propose(session, asked, seal=seal, by=money.office, now=NOW)
    own = session.scalars(select(Organisation).where(Organisation.short == "工信局")).one()
    review(
        session, plan=money.plan, scheme=scheme, seals=seals(rows[:1]), passed=True, text="",
        by=clerk(session, money.county, "老工", own), now=NOW,
    )  # fmt: skip
    approve(session, plan=money.plan, seals=seals(rows[:1]), by=money.first, now=NOW)
    account(session, money, rows[0].payee_key)
    batch = make_batch(session, plan=money.plan, seals=seals(rows[:1]), by=money.office, now=NOW)
    return money, rows[0].id, batch.id


@ON_SQLITE
@pytest.mark.browser
def test_the_pages_of_money_are_whole_at_both_widths(
    session: Session, cast: Cast, open_desk: Callable[..., Page], address: str
) -> None:
    money, one, batch = lived(session, cast)
    session.commit()
    where = f"subsidies/{money.plan.row.id}/outbound/2023-06"
    for width in (1366, 360):
        page = open_desk(size=(width, 768))
        said = listen(page)
        for name, path, words in (
            ("all", "subsidies", "电商平台农副产品上行补贴"),
            ("cycle", where, "等审核单位看"),
            ("one", f"subsidies/entitlements/{one}", "凭哪些数"),
            ("batches", "subsidies/batches", "付款批次"),
            ("batch", f"subsidies/batches/{batch}", "**** 8901"),
            ("accounts", f"subsidies/accounts?payee=station:{cast.c1.id}", "换账户"),
            ("orders", "subsidies/orders", "寄往本县"),
            ("ageing", "subsidies/ageing", "为什么还没付"),
        ):
            page.goto(f"{address}/{path}")
            expect(page.get_by_text(words).first).to_be_visible()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} sticks out at {width}: {wide}"
        assert not said
