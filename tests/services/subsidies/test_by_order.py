"""By order: what lists say, what is paid for, and what may be said clearer."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.county import County
from server.models.history import HistoryLine
from server.models.person import Role
from server.models.subsidy_order import SubsidyOrder
from server.policy.plan.subsidy_orders import Unpaid
from server.services.people.scope import EVERYBODY
from server.services.subsidies.actions import SubsidyAction
from server.services.subsidies.cycles import work_out
from server.services.subsidies.orders import COLUMNS, enter_orders, plan_orders
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_person
from tests.services.subsidies.world import (
    ask,
    jingle,
    june,
    proposed,
    rate,
)
from tests.sheets import Tab, xlsx

pytestmark = ON_SQLITE
JUNE = "2023-06"
DATA = ROOT / "data"


def orders(*rows: tuple[Any, ...]) -> bytes:
    return xlsx(Tab([tuple(one.header for one in COLUMNS), *rows]))


def planned(session: Session, county: County, content: bytes, by: Any) -> Any:
    return plan_orders(
        session, county=county, content=content, filename="6月.xlsx", by=by, today=TODAY, data=DATA
    )


def entered(session: Session, county: County, content: bytes, by: Any) -> Any:
    plan = planned(session, county, content, by)
    return enter_orders(
        session, county=county, content=content, filename="6月.xlsx", mark=plan.mark, by=by,
        now=NOW, today=TODAY, data=DATA,
    )  # fmt: skip


def test_one_order_is_paid_once_however_its_number_is_written(session: Session, cast: Cast) -> None:
    row = ("2023-06-03", "藜麦", "是", "拼多多", "北京市海淀区", "C0001")
    entered(session, cast.county, orders(("PDD-2306-0112", *row)), cast.office)
    again = orders(
        ("pdd23060112", *row), ("'PDD2306 0112", *row), ("P0000001、P0000002", *row),
        ("P0000003\nP0000004", *row), ("P5", *row, "交易成功", "已退款"), ("P6", *row, "待发货"),
        ("1-11", *row), ("11-1", *row), ("PDD-2306-0112", *row, "已退款"), ("2306 0112 5566", *row),
        ("230602-112233 230602-112244", *row), ("2023-6-1-11", *row), ("2023-6-11-1", *row),
    )  # fmt: skip
    plan = planned(session, cast.county, again, cast.office)
    told = "same wrong wrong wrong not_payable wrong new new wrong new wrong new new"
    assert " ".join(one.action for one in plan.rows) == told
    assert plan.rows[4].why_not == "订单状态是“已退款”"


def test_uplink_pays_listed_orders_to_outside_the_county_and_nothing_else(
    session: Session, cast: Cast
) -> None:
    money = jingle(session, cast)
    rate(session, money, "outbound", (0, 1000))
    june(session, cast, {3: 90})  # sent=3, agri_sent=1: pays nothing
    assert not work_out(session, ask(session, money, "outbound", JUNE), seen_by=EVERYBODY).entitled
    content = orders(
        ("P1", "2023-06-03", "藜麦", "是", "拼多多", "北京市海淀区", "C0001"),
        ("P2", "2023-06-03", "藜麦", "是", "拼多多", "山西省忻州市静乐县鹅城镇", "C0001"),
        ("P3", "2023-06-04", "藜麦", "是", "拼多多", "", "C0001"),
        ("P4", "2023-06-04", "拖鞋", "否", "拼多多", "北京市海淀区", "C0001"),
        ("P5", "2023-06-04", "藜麦", "是", "", "北京市海淀区", "C0001"),
        ("P6", "2023-06-05", "沙棘", "是", "抖音", "河北省保定市涞水县", "C0002"),
    )
    clerk_of = make_person(
        session, money.county, "企业员", Role.OPERATOR, operator_id=cast.c1.operator_id
    )
    entered(session, cast.county, content, clerk_of)

    why = {one.order_no: one.why_not for one in session.scalars(select(SubsidyOrder))}
    assert why == {
        "P1": "", "P2": "寄往本县，或者分不清是不是本县", "P3": "没有写寄往哪里",
        "P4": "不是农副产品", "P5": "没有写在哪个电商平台上卖的", "P6": "",
    }  # fmt: skip
    rows = proposed(session, money, "outbound", JUNE)
    assert [(one.station_id, one.amount_fen) for one in rows] == [
        (cast.c1.id, 100), (cast.c2.id, 100),
    ]  # fmt: skip
    assert rows[0].sentence == ("1元：到2023年6月为止，电商平台卖到县外的农副产品1单，1单×1元。")
    again = orders(
        ("P1", "2023-06-08", "藜麦", "是", "抖音", "北京市海淀区", "C0002"),
        ("P9", "2023-06-30", "藜麦", "是", "抖音", "北京市海淀区", "C0003"),
        ("P4", "2023-06-04", "拖鞋", "是", "拼多多", "北京市海淀区", "C0001"),
        ("p1 ", "2023-06-03", "藜麦", "是", "拼多多", "北京市海淀区", "C0001"),
        ("p5", "2023-06-04", "藜麦", "是", "", "北京市海淀区", "C0001"),
    )
    plan = planned(session, cast.county, again, clerk_of)
    assert [one.action for one in plan.rows] == ["wrong", "wrong", "wrong", "wrong", "same"]
    assert "订单号和第2行一样" in plan.rows[3].errors[0]  # in small letters it is the same order
    assert "当时不是农副产品，这次写的不一样" in plan.rows[2].errors[0]
    assert "同一个订单只能补一次" in plan.rows[0].errors[0]
    assert "不是您企业的站点" in plan.rows[1].errors[0]  # of another enterprise
    with pytest.raises(Invalid, match="整张名单都没有录入"):
        entered(session, cast.county, again, clerk_of)
    kept = session.scalars(select(SubsidyOrder).where(SubsidyOrder.order_no == "P6")).one()
    # By an earlier rule for places.
    kept.unpaid, kept.why_not = Unpaid.PLACE_UNSURE, "寄往哪里没有写到县（区、市）"
    session.flush()
    row6 = ("P6", "2023-06-05", "沙棘", "是", "抖音", "河北省保定市涞水县", "C0002")
    assert [one.action for one in planned(session, cast.county, orders(row6), clerk_of).rows] == [
        "same"
    ]
    kept.unpaid, kept.why_not = None, ""
    late = orders(("P7", "2023-06-29", "藜麦", "是", "抖音", "上海市浦东新区", "C0001"))
    entered(session, cast.county, late, clerk_of)
    assert not work_out(session, ask(session, money, "outbound", JUNE), seen_by=EVERYBODY).entitled
    [july] = work_out(
        session, ask(session, money, "outbound", "2023-07"), seen_by=EVERYBODY
    ).entitled
    assert len(july.orders) == 1  # listed late, paid with the next month, never twice


def test_an_order_that_said_too_little_is_said_clearer_by_the_office_and_paid_once(
    session: Session, cast: Cast
) -> None:
    money = jingle(session, cast)
    rate(session, money, "outbound", (0, 1000))
    clerk_of = make_person(
        session, money.county, "企业员", Role.OPERATOR, operator_id=cast.c1.operator_id
    )

    def row(number: str, to: str, product: str = "藜麦", platform: str = "拼多多") -> Any:
        return (number, "2023-06-03", product, "是", platform, to, "C0001")

    first = orders(row("P1", "鼓楼区"), row("P2", "鼓楼区"), row("P3", "集市", platform="线下"))
    entered(session, cast.county, first, clerk_of)
    assert not work_out(session, ask(session, money, "outbound", JUNE), seen_by=EVERYBODY).entitled
    clear = orders(row("P1", "江苏省南京市鼓楼区"))
    for one in session.scalars(select(SubsidyOrder)):  # as another version may word them
        one.why_not = "线下卖的" if one.unpaid is Unpaid.NO_SHOP else f"订单状态是{one.why_not}"
    [refused] = planned(session, cast.county, clear, clerk_of).rows
    assert "由县专班录入" in refused.errors[0]
    for other in (
        row("P2", "北京市海淀区"), row("P2", "江苏省南京市鼓楼区", "沙棘"),
        row("P3", "北京市海淀区集市", platform="拼多多"),
    ):  # fmt: skip
        [wrong] = planned(session, cast.county, orders(other), money.office).rows
        assert "这次写的不一样" in wrong.errors[0]

    assert [one.action for one in entered(session, cast.county, clear, money.office).rows] == [
        "cleared"
    ]

    line = session.scalars(
        select(HistoryLine).where(HistoryLine.action == SubsidyAction.ORDERS)
        .order_by(HistoryLine.id.desc())
    ).first()  # fmt: skip
    assert line is not None
    assert "写清改为可以补的1单" in line.summary
    assert line.changes[0]["old"].startswith(
        "藜麦，拼多多，鼓楼区（不能补：订单状态是寄往哪里分不清"
    )
    rows = proposed(session, money, "outbound", JUNE)
    assert [one.amount_fen for one in rows] == [100]
    [same] = planned(session, cast.county, clear, money.office).rows
    assert same.action == "same"
    assert not work_out(
        session, ask(session, money, "outbound", "2023-07"), seen_by=EVERYBODY
    ).entitled
