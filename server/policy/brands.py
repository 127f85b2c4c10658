"""Other companies' names and the programme's slogans, as they stand beside a station's own name.

They name no place and limit no hours. A county adds its own: the brands of its 县级中心.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

CARRIERS = (
    "中国邮政", "邮政", "EMS", "极兔", "中通", "圆通", "申通", "韵达", "百世", "顺丰", "京东",
    "德邦", "丹鸟",
)  # fmt: skip
BRANDS = (
    *CARRIERS, "菜鸟", "菜鸟驿站", "菜鸟裹裹", "兔喜", "兔喜生活", "妈妈驿站", "溪鸟",
    "多多驿站", "邮乐", "邮乐购", "邮掌柜", "供销", "供销社", "供销合作社", "供销e家", "供销E家",
    "惠农", "惠农网", "益农信息社",
    "美团", "美团优选", "拼多多", "多多买菜", "淘宝", "抖音", "微信", "支付宝", "中国移动",
    "中国联通", "中国电信",
)  # fmt: skip
SLOGANS = (
    "快递进村", "邮快合作", "交邮合作", "交邮融合", "客货邮", "客货邮融合", "客货邮发展",
    "客货邮融合发展", "客货邮示范点", "客货邮融合示范点", "客货邮融合发展示范点", "县级统仓共配",
    "统仓共配", "农村寄递物流", "寄递物流", "农村电商", "电商", "电商物流", "电子商务",
    "电子商务进农村", "乡村振兴", "代收代寄", "代收代发", "代寄代收", "便民服务", "便民利民",
    "农产品进城", "消费品下乡", "工业品下乡", "农产品上行", "取件不出村", "寄件不出村",
    "收寄不出村", "取寄不出村", "快递不出村", "快递下乡", "快递下乡工程", "快递进村工程",
    "共配进村",
)  # fmt: skip
_TRADES = "(?:快递|快运|速递|速运|物流|生活|超市|驿站|便利店|服务站?)?"
_BETWEEN = r"[\s·・、,，/|()（）-]*"
_CARRIES = ("快递", "快运", "速递", "速运", "物流")
_ENDS_A_BADGE = (*_CARRIES, "取件", "寄件", "代收", "驿站", "超市")


def ends_a_badge(text: str, more: Iterable[str] = ()) -> bool:
    """Whether a word of carriers ends a text, be what stands before it misread: 带免速递."""
    ends = (*_ENDS_A_BADGE, *BRANDS, *SLOGANS, *filter(None, more))
    return text.endswith(ends)


def ends_in_a_trade(text: str) -> bool:
    """Whether a badge ends in what a company does: 德邦快递, not 德邦."""
    return text.endswith(_ENDS_A_BADGE)


def nearly_a_carrier(text: str) -> bool:
    """Whether a text is one or two characters, be they misread, and what carriers do: 丹快递."""
    return re.fullmatch(f"[^村乡镇]{{1,2}}(?:{'|'.join(_CARRIES)})", text) is not None


def says_badges_alone(text: str, more: Iterable[str] = ()) -> bool:
    """Whether a line is nothing but brands and slogans; `more` are the county's own."""
    return _badges(tuple(sorted(set(more)))).fullmatch(text) is not None


@lru_cache(maxsize=64)
def _badges(more: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(map(re.escape, (*BRANDS, *SLOGANS, *filter(None, more))))
    return re.compile(rf"{_BETWEEN}(?:(?:{words}){_TRADES}{_BETWEEN})+")
