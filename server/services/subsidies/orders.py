"""An operator's list of orders: farm goods sold on a platform to outside the county, or why not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import Invalid, NotAllowed
from server.models.county import County, Division, Operator
from server.models.person import Person, Role
from server.models.station import Station
from server.models.subsidy_order import SubsidyOrder, SubsidyOrderFile
from server.plain_text import bare_text, narrow_text
from server.policy.entries import says_nothing
from server.policy.plan.destinations import Places
from server.policy.plan.subsidy_orders import (
    Home,
    Unpaid,
    Why,
    called_off,
    farm_said,
    may_be_cleared,
    says_more,
    why_not_paid,
)
from server.policy.typed_days import read_day
from server.services.common import history
from server.services.common.list_plans import ListPlan, list_template, one_list_at_a_time
from server.services.common.office_lists import ListColumn, ListRow, read_list
from server.services.county.divisions import counties_of_the_country
from server.services.people.scope import LISTS_ORDERS, stations_visible_to
from server.services.plates.numbers import code_written
from server.services.subsidies.actions import SubsidyAction

COLUMNS = (
    ListColumn("order_no", "订单号", "订单编号 平台订单号", "必填，设成文本"),
    ListColumn("day", "日期", "下单日期 发货日期 成交日期", "必填"),
    ListColumn("product", "品名", "商品 商品名称 产品 货品", "必填，如 静乐藜麦"),
    ListColumn("farm", "是不是农副产品", "农副产品 是否农副产品", "填 是 或 否"),
    ListColumn("platform", "电商平台", "平台 平台名称 店铺平台", "必填，如 拼多多"),
    ListColumn("destination", "寄往", "收件地 目的地 收货地 寄往县区", "写到县，如 北京市海淀区"),
    ListColumn("station", "站点编号", "编号 站点 揽收站点", "必填，从哪个站寄出，如 C0001"),
    ListColumn("status", "订单状态", "状态 交易状态", "可不填；取消的、退了款的不补"),
    ListColumn("refund", "售后状态", "退款状态 售后 是否退款", "可不填"),
)
_DAY = re.compile(r"(?<!\d)20\d\d([-./_])(?:\d|\d\d\1\d)\1")
SHORTEST_ALIKE = 8  # signs: shorter ones a shop of its own may number 1-11 and 11-1
WORDS = {
    "wrong": "不能录入",
    "not_payable": "录入，但不能补",
    "new": "可以补",
    "cleared": "以前不能补，这次写清了，改为可以补",
    "same": "以前录过",
}


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order of a list: what entering it would do, and why it is not paid for."""

    line: int
    action: str  # a key of WORDS
    order_no: str
    day: date | None
    product: str
    platform: str
    destination: str
    station: str
    why: Why | None = None
    errors: tuple[str, ...] = ()
    station_id: int = 0
    operator_id: int = 0
    order_id: int = 0  # the order listed before that this line says more clearly

    @property
    def why_not(self) -> str:
        """The same in words; empty where it is paid for."""
        return self.why.words if self.why else ""


@dataclass(frozen=True, slots=True)
class OrderPlan(ListPlan[OrderRow]):
    """A whole list of orders looked at."""

    def shown(self) -> Sequence[Any]:
        """Line by line, with what each would do."""
        return [
            [
                one.line,
                one.action,
                one.order_no,
                str(one.day),
                one.station_id,
                one.why_not,
                *([one.product, one.platform, one.destination] if one.order_id else []),
            ]
            for one in self.rows
        ]


def order_template() -> bytes:
    """An empty list with our headers."""
    return list_template(
        "上行订单", COLUMNS, ("一行一个订单", "只补电商平台上卖到县外的农副产品，订单号不能重复。")
    )


def plan_orders(
    session: Session, *, county: County, content: bytes, filename: str, by: Person, today: date,
    data: Path,
) -> OrderPlan:  # fmt: skip
    """Say order by order what entering the list would do; changes nothing.

    `data` is the folder of the division table. Raises NotAllowed not-your-page, Invalid
    divisions-missing and what `read_list` raises.
    """
    if by.role not in LISTS_ORDERS:
        raise NotAllowed("not-your-page", "上行订单清单由运营企业或县专班录入。")
    found = read_list(content, filename, columns=COLUMNS, needs="order_no")
    stations = {
        one.code: one
        for one in session.scalars(
            sa.select(Station).where(Station.county == county.code, stations_visible_to(by))
        )
        if one.code
    }
    numbers = [_number(row) for row in found.rows]
    known = _known(session, county.code, numbers)
    home = _home(session, county, data)
    seen: dict[str, int] = {}
    rows = [
        _row(
            one,
            stations=stations,
            known=known,
            seen=seen,
            home=home,
            by=by,
            today=today,
        )
        for one in found.rows
    ]
    return OrderPlan(found, rows)


def _number(line: ListRow) -> str:
    """An order's number as it is kept: in capitals, so that p1 and P1 are one order."""
    return bare_text(line.text("order_no")).lstrip("'’‘`").upper()


def _alike(number: str) -> str:
    """What two spellings of one long number share: PDD-2306-0112 and PDD23060112 are one order.

    2023-6-1-11 and 2023-6-11-1 are two, by days as a shop of its own writes them.
    """
    plain = re.sub(r"[\W_]+", "", number)
    return plain if len(plain) >= SHORTEST_ALIKE and not _DAY.search(number) else number


def _several(line: ListRow) -> bool:
    """Whether a cell names more than one order, which would be paid as one and then once more."""
    parts = re.split(r"[、,，;；|\n]+", narrow_text(line.text("order_no")))
    whole = [one for one in re.split(r"\s+", parts[0]) if len(re.findall(r"\d", one)) > 5]
    return sum(bool(one.strip()) for one in parts) > 1 or len(whole) > 1


def _known(session: Session, county: str, numbers: Sequence[str]) -> dict[str, SubsidyOrder]:
    found: dict[str, SubsidyOrder] = {}
    plain: sa.ColumnElement[str] = sa.func.upper(SubsidyOrder.order_no)
    for sign in "-_'":
        plain = sa.func.replace(plain, sign, "")
    for first in range(0, len(numbers), 500):
        some = numbers[first : first + 500]
        for one in session.scalars(
            sa.select(SubsidyOrder).where(
                SubsidyOrder.county == county,
                sa.func.upper(SubsidyOrder.order_no).in_(some) | plain.in_(map(_alike, some)),
            )
        ):
            found[_alike(one.order_no.upper())] = one
    return found


def _home(session: Session, county: County, data: Path) -> Home:
    """The county as an address names it, and the country around it."""
    towns = session.scalars(
        sa.select(Division.name).where(
            Division.county == county.code, Division.parent == county.code
        )
    )
    return Home(county.code, county.name, tuple(towns), _places(data))


@lru_cache(maxsize=1)
def _places(data: Path) -> Places:
    return Places(counties_of_the_country(data))


def _row(
    line: ListRow, *, stations: Mapping[str, Station], known: Mapping[str, SubsidyOrder],
    seen: dict[str, int], home: Home, by: Person, today: date,
) -> OrderRow:  # fmt: skip
    text = {one.key: bare_text(line.text(one.key)) for one in COLUMNS}
    text["order_no"] = _number(line)
    errors = list(line.faults)
    day: date | None = None
    errors += _number_faults(line, text["order_no"], seen)
    for key, most in (("order_no", 60), ("product", 80), ("platform", 60), ("destination", 120)):
        if len(text[key]) > most:
            errors.append(f"“{next(c.header for c in COLUMNS if c.key == key)}”最多{most}个字。")
    try:
        day = read_day(line.text("day"), "日期", latest=today)
    except Invalid as problem:
        errors.append(problem.message)
    station = stations.get(code_written(text["station"], home.code))
    if station is None:
        errors.append(f"没有编号是“{text['station'][:20]}”的站点，或者不是您企业的站点。")
    elif station.operator_id is None:
        errors.append(f"{station.name}没有登记运营企业，请先登记。")
    before = known.get(_alike(text["order_no"]))
    why = why_not_paid(text, home)
    off, unclear = _called_off(text, before)
    errors += unclear
    cleared = False
    if before is not None and not errors:
        place = (day, station.id if station else 0)
        cleared = not off and not why and _said_clearer(before, text, place)
        if cleared and by.role is Role.OPERATOR:
            cleared, errors = (
                False,
                [f"订单号以前录过，当时{before.why_not}。要写清，请把底单交县专班，由县专班录入。"],
            )
    if before is not None and not errors and not cleared:
        said = why.kind if why else None
        errors += _otherwise(before, text, day, station.id if station else 0, said)
    why = off or why
    known_as = "cleared" if cleared else "same"
    action = "wrong" if errors else known_as if before else "not_payable" if why else "new"
    own = by.operator_id if by.role is Role.OPERATOR else None
    return OrderRow(
        line.line, action, text["order_no"], day, text["product"], text["platform"],
        text["destination"], text["station"], why, tuple(errors),
        station.id if station else 0,
        own or (station.operator_id or 0 if station else 0),
        before.id if before and cleared else 0,
    )  # fmt: skip


def _number_faults(line: ListRow, number: str, seen: dict[str, int]) -> list[str]:
    if not number or says_nothing(number):
        return ["没有写订单号。"]
    if _several(line):
        return ["订单号这一格里不止一个号，请一个订单写一行。"]
    first = seen.setdefault(_alike(number), line.line)
    return [] if first == line.line else [f"订单号和第{first}行一样。"]


def _called_off(
    text: Mapping[str, str], before: SubsidyOrder | None
) -> tuple[Why | None, list[str]]:
    """Why an order was no sale, and what is wrong with saying so."""
    try:
        off = called_off(text["status"], text["refund"])
    except ValueError as unclear:
        told = f"订单状态写的“{unclear}”看不出成交没有。等成交了再录，这次先删掉这一行。"
        return None, [told]
    if off and before is not None and before.unpaid is None:
        return off, [f"以前录的时候可以补，现在{off.words}。请告诉县专班，查清补没补过。"]
    return off, []


def _said_clearer(
    before: SubsidyOrder, text: Mapping[str, str], place: tuple[date | None, int]
) -> bool:
    """Whether a line says of an order that was unpaid for want of words what was wanting."""
    said = (
        (before.product, text["product"]),
        (before.platform, text["platform"]),
        (before.destination, text["destination"]),
    )
    more = any(old != new for old, new in said) or farm_said(before.unpaid) is not None
    return (
        more
        and before.entitlement_id is None
        and (before.day_on, before.station_id) == place
        and may_be_cleared(before.unpaid)
        and all(says_more(old, new, before.unpaid) for old, new in said)
    )


def _otherwise(
    before: SubsidyOrder, text: Mapping[str, str], day: date | None, station_id: int,
    why: Unpaid | None,
) -> list[str]:  # fmt: skip
    """What a list says otherwise of an order listed before: it changes nothing any more."""
    kept = f"订单号已经录过了（{full_day_text(before.day_on)}，{before.platform or '没有写平台'}）"
    if (before.day_on, before.station_id) != (day, station_id):
        return [f"{kept}，同一个订单只能补一次。"]
    said = (text["product"], text["platform"], text["destination"])
    same = (before.product, before.platform, before.destination) == said
    # Whether it is paid was settled when it was listed; a later rule for places changes nothing.
    if not same or farm_said(before.unpaid) is not farm_said(why):
        told = f"，当时{before.why_not}" if before.why_not else ""
        otherwise = (
            f"{kept}{told}，这次写的不一样。录过的不能改成别的，只能由县专班把没写清的写清"
            "（如 鼓楼区 写成 江苏省南京市鼓楼区）；别的请把这一行删掉。"
        )
        return [otherwise]
    return []


def enter_orders(
    session: Session, *, county: County, content: bytes, filename: str, mark: str, by: Person,
    now: datetime, today: date, data: Path,
) -> OrderPlan:  # fmt: skip
    """Enter every order of a list whose preview carried `mark`; all or none.

    Raises Invalid import-has-errors; Conflict import-outdated.
    """
    one_list_at_a_time(session, county)
    plan = plan_orders(
        session, county=county, content=content, filename=filename, by=by, today=today, data=data
    )
    plan.refuse_unless_shown(mark)
    fresh = [one for one in plan.rows if one.action in ("new", "not_payable")]
    cleared = [one for one in plan.rows if one.action == "cleared"]
    if not fresh and not cleared:
        return plan
    file = SubsidyOrderFile(
        county=county.code, operator_id=(fresh or cleared)[0].operator_id,
        file_name=filename[-120:], file_sha256=plan.list.sha256, lines=len(fresh) + len(cleared),
        entered_by=by.id, entered_at=now,
    )  # fmt: skip
    session.add(file)
    session.flush()
    session.add_all(
        SubsidyOrder(
            county=county.code, file_id=file.id, file_row=one.line, operator_id=one.operator_id,
            station_id=one.station_id, order_no=one.order_no, day_on=one.day or today,
            product=one.product, platform=one.platform, destination=one.destination,
            unpaid=one.why.kind if one.why else None, why_not=one.why_not,
        )
        for one in fresh
    )  # fmt: skip
    changes = [_clear(session, one) for one in cleared]
    session.flush()
    payable = sum(one.action == "new" for one in fresh)
    history.write(
        session, of=county, by=by, at=now, action=SubsidyAction.ORDERS,
        summary=f"录入上行订单清单{file.file_name}：{len(fresh)}单，其中可以补的{payable}单"
        + (f"；以前没写清、这次写清改为可以补的{len(cleared)}单" if cleared else ""),
        changes=changes,
    )  # fmt: skip
    return plan


def _clear(session: Session, line: OrderRow) -> history.Change:
    """Let an order be paid whose list did not say enough; the history keeps what it said."""
    order = session.get_one(SubsidyOrder, line.order_id, with_for_update=True)
    was = "，".join(filter(None, (order.product, order.platform, order.destination)))
    old = f"{was}（不能补：{order.why_not}）"
    order.product, order.platform, order.destination = line.product, line.platform, line.destination
    order.unpaid, order.why_not = None, ""
    new = f"{line.product}，{line.platform}，{line.destination}（可以补）"
    return history.Change(field=f"order{order.id}", label=f"订单{order.order_no}", old=old, new=new)


def orders_told(
    session: Session, *, county: str, seen_by: Person, limit: int = 200
) -> list[tuple[SubsidyOrder, Station, str]]:
    """The newest orders in somebody's sight, with station and enterprise."""
    return [
        (order, station, name)
        for order, station, name in session.execute(
            sa.select(SubsidyOrder, Station, Operator.name)
            .join(Station, Station.id == SubsidyOrder.station_id)
            .join(Operator, Operator.id == SubsidyOrder.operator_id)
            .where(SubsidyOrder.county == county, stations_visible_to(seen_by))
            .order_by(SubsidyOrder.day_on.desc(), SubsidyOrder.id.desc())
            .limit(limit)
        )
    ]
