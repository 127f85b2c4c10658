"""上行订单: what operators listed, which is paid for, and why the rest is not."""

from typing import Any

from flask import Blueprint

from desk.frame.access import may, me
from desk.frame.list_pages import ListPages, attach_list
from desk.frame.pages import page
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.services.people.scope import LISTS_ORDERS
from server.services.subsidies.orders import (
    WORDS,
    OrderPlan,
    enter_orders,
    order_template,
    orders_told,
    plan_orders,
)

blueprint = Blueprint("desk_subsidy_orders", __name__, url_prefix="/desk")
guard_desk(blueprint)
SHOWN = 300


@blueprint.get("/subsidies/orders")
def orders() -> Any:
    """The newest orders of the stations in sight."""
    return page(
        "subsidy_orders.html",
        orders=orders_told(session(), county=me().county, seen_by=me(), limit=SHOWN),
        most=SHOWN,
        lists=may(*LISTS_ORDERS),
    )


def _plan(*args: Any, **given: Any) -> OrderPlan:
    return plan_orders(*args, **given, by=me(), today=clock.today(), data=settings_of().data)


def _enter(*args: Any, **given: Any) -> OrderPlan:
    return enter_orders(*args, **given, today=clock.today(), data=settings_of().data)


lists = Blueprint("desk_order_lists", __name__, url_prefix="/desk")
guard_desk(lists, *LISTS_ORDERS)
attach_list(
    lists,
    "/subsidies/orders/list",
    ListPages(
        title="录入上行订单清单",
        whose="上行订单",
        say="一行一个订单：订单号、日期、品名、是不是农副产品、电商平台、寄往哪里、从哪个站寄出。",
        under=("上行订单", "desk_subsidy_orders.orders"),
        words=WORDS,
        columns=(
            ("订单号", lambda row: row.order_no),
            ("品名", lambda row: row.product),
            ("寄往", lambda row: row.destination),
            ("站点", lambda row: row.station),
        ),
        notes=lambda row: [row.why_not] if row.why_not else [],
        plan=_plan,
        enter=_enter,
        template=order_template,
        then=("可以补的，县专班会在这一期里一起算。", "desk_subsidy_orders.orders"),
    ),
)
