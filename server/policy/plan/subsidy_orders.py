"""Which orders are paid for: farm goods, sold on a platform, to outside the county for sure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from server.policy.entries import says_nothing
from server.policy.plan.destinations import Places, Reading

YES = ("是", "对", "y", "yes", "农副产品", "农产品", "√", "✓", "✔", "☑")
NO = ("否", "不是", "n", "no", "×", "✗", "✘")
_CALLED_OFF = re.compile("退款|退货|退单|取消|关闭|撤销|作废|拒收|失败|未支付|未付款|待付款|无效")
_PAID_BACK = re.compile("已退[款货单]|退[款货单](?:成功|完成)")
_NOT_BACK = re.compile("退[款货单].{0,4}(?:失败|关闭|取消|撤销|拒绝)")
_DONE = re.compile(
    "(?<![未不没非])(?:成功|完成|签收|收货|评价|已结束|已[发寄售收到]|已出库|运输|配送中|派[送件]中|在途|途中"
    "|送达|妥投|投递|已付款|已支付|有效)|(?<![未不没非待])(?:揽[收件]|成交|结[算单]|交付)"
)
_NO_REFUND = re.compile(
    "(?:无|未|没有|不)(?:申请|发起)?(?:退款|退货|售后)(?!成功|完成|中)(?:或售后(?:取消|关闭))?"
)
_NOTHING_OFF = re.compile("正常(?:订单)?|否")
_FELL_THROUGH = re.compile(
    "(?:买家)?(?:(?:退[款货]|售后)(?:申请)?已?(?:关闭|取消|撤销)"
    "|已?(?:取消|撤销)(?:退[款货]|售后)(?:申请)?)"
)
_UNDECIDED = re.compile(
    "(?:退[款货单]|售后).{0,4}中|处理中|协商|申请|驳回|拒绝|待.{0,4}退|售后(?:成功|完成)"
)
_NO_PLATFORM = re.compile("线下|门店|门市|实体店|集市|上门")
_HERE = re.compile("^[本我该][省市县区旗]|^县[内里城]|[本我][县旗]")
_MOST_NAMED = 3


class Unpaid(StrEnum):
    """What keeps an order from being paid for; the words beside it may be worded anew."""

    FARM_UNSAID = "farm_unsaid"
    NOT_FARM = "not_farm"
    PRODUCT_UNSAID = "product_unsaid"
    PLATFORM_UNSAID = "platform_unsaid"
    NO_SHOP = "no_shop"
    PLACE_UNSAID = "place_unsaid"
    HERE = "here"  # or not to be told from here
    CONTRADICTS = "contradicts"  # the place says two things
    PLACE_UNSURE = "place_unsure"
    CALLED_OFF = "called_off"


class Why(NamedTuple):
    """Why an order is not paid for, for the house and in words for people."""

    kind: Unpaid
    words: str


_SETTLED = (Unpaid.NOT_FARM, Unpaid.NO_SHOP, Unpaid.CALLED_OFF)
_OF_FARM = (Unpaid.NOT_FARM, Unpaid.FARM_UNSAID)


@dataclass(frozen=True, slots=True)
class Home:
    """The county that pays: its code, its name, its townships, and the country around it."""

    code: str
    name: str
    townships: tuple[str, ...]
    places: Places

    @property
    def short(self) -> str:
        """静乐; the whole name where too little would be left of it (和县)."""
        stem = re.sub("[县市区旗]$", "", self.name)
        return stem if len(stem) > 1 else self.name


def called_off(*statuses: str) -> Why | None:
    """Why an order was no sale, by what the platform calls its state; None for one that stands.

    Raises ValueError with the words that do not tell, such as 待发货: it may be called off yet.
    """
    done, closed = False, ""
    for said in statuses:
        left = _NO_REFUND.sub("", said).strip(",，、;； ")
        if not left or says_nothing(left) or _NOTHING_OFF.fullmatch(left):
            continue
        if _FELL_THROUGH.fullmatch(left):  # the sale may stand, if the other cell says that it does
            closed = said
            continue
        off, this_done = _CALLED_OFF.search(left), _DONE.search(left)
        sure = "部分" not in left and not _NOT_BACK.search(left) and not _UNDECIDED.search(left)
        if sure and off and (_PAID_BACK.search(left) or not this_done):
            return Why(Unpaid.CALLED_OFF, f"订单状态是“{said[:20]}”")
        if off or not this_done or not sure:
            raise ValueError(said[:20])
        done = True
    if closed and not done:
        raise ValueError(closed[:20])
    return None


def farm_said(kind: Unpaid | None) -> Unpaid | None:
    """What a reason says of the cell that tells farm goods; None where the goods were no reason."""
    return kind if kind in _OF_FARM else None


def may_be_cleared(kind: Unpaid | None) -> bool:
    """Whether an order is unpaid only because its list did not say enough, which can be said yet.

    What a list said for sure (no farm goods, no platform, called off) is settled.
    """
    return kind is not None and kind not in _SETTLED


def says_more(before: str, now: str, kind: Unpaid | None) -> bool:
    """Whether a cell says all that it said before, and nothing else in its place.

    江苏省南京市鼓楼区 for 鼓楼区. What contradicted itself, or said nothing, is said anew.
    """
    if before == now or not before or says_nothing(before) or kind is Unpaid.CONTRADICTS:
        return True
    signs = iter(now)
    return all(sign in signs for sign in before)


def why_not_paid(text: Mapping[str, str], home: Home) -> Why | None:
    """Why an order is not paid for; None where it may be. `text` are its cells by column."""
    farm = text["farm"].casefold()
    if farm in NO:
        return Why(Unpaid.NOT_FARM, "不是农副产品")
    if farm not in YES:
        return Why(Unpaid.FARM_UNSAID, "没有写明是不是农副产品")
    if not text["product"] or says_nothing(text["product"]):
        return Why(Unpaid.PRODUCT_UNSAID, "没有写品名")
    if not text["platform"] or says_nothing(text["platform"]):
        return Why(Unpaid.PLATFORM_UNSAID, "没有写在哪个电商平台上卖的")
    if _NO_PLATFORM.search(text["platform"]):
        return Why(Unpaid.NO_SHOP, f"“{text['platform'][:20]}”不是电商平台")
    return where_not(text["destination"], home)


def where_not(destination: str, home: Home) -> Why | None:
    """Why a destination is not outside the county for sure; None where it is.

    Another province is outside, another prefecture, and a county of which there is only one.
    Of a name that several places share (鼓楼区) the province and the city have to be written.
    """
    if not destination or says_nothing(destination):
        return Why(Unpaid.PLACE_UNSAID, "没有写寄往哪里")
    found = home.places.read(destination)
    if _HERE.search(destination) or _may_be_here(destination, found, home):
        return Why(Unpaid.HERE, "寄往本县，或者分不清是不是本县")
    if found.wrong:
        return Why(Unpaid.CONTRADICTS, f"寄往哪里写得前后不一致（{found.wrong}）")
    above = [one.code for one in (found.province, found.prefecture) if one is not None]
    if not all(home.code.startswith(code) for code in above):
        return None
    unsure = _county_unsure(found, home.places)
    return Why(Unpaid.PLACE_UNSURE, unsure) if unsure else None


def _county_unsure(found: Reading, places: Places) -> str:
    """Why a place in the own province or prefecture, or of no named one, is not one county's."""
    if len(found.counties) > 1:
        named = "、".join(map(places.whole_name, found.counties[:_MOST_NAMED]))
        more = "等" if len(found.counties) > _MOST_NAMED else ""
        return f"寄往哪里分不清，叫这个名的有{named}{more}，请写上省和市"
    if found.counties:
        return ""
    if found.prefecture:
        return "寄往哪里只写到市，分不清是不是本县"
    return "寄往哪里没有写到县（区、市），或者区划表里没有这个地方，请写上省和市"


def _may_be_here(destination: str, found: Reading, home: Home) -> bool:
    """Whether the county or a township of its own may be meant.

    Many counties have a 城关镇 and many cities a 静乐路: those count only where nothing before them
    says for sure which other county it is.
    """
    rest = found.rest if found.length else destination
    if home.name in rest or any(one.code == home.code for one in found.counties):
        return True
    if len(found.counties) == 1 and (found.province or found.prefecture) and not found.wrong:
        return False
    return any(name in rest for name in (home.short, *home.townships))
