"""Which orders are paid for: farm goods, sold on a platform, to outside the county for sure."""

import re
from collections.abc import Iterable, Mapping

from server.policy.entries import says_nothing

YES, NO = ("是", "对", "y", "yes", "农副产品"), ("否", "不是", "n", "no")


_HERE = re.compile("[本我该][省市县区旗]|县[内里城]")
_NOWHERE = re.compile(
    "(?:外|邻|跨|各|全|其他|周边|外省|全国|省内|省外)*[省市县区旗]+[内外]?|[城郊市山]区"
)
"""Words that only say that it is somewhere: 县外, 外县, 市区."""


def why_not_paid(text: Mapping[str, str], inside: Iterable[str]) -> str:
    """Why an order is not paid for; "" where it may be. `text` are its cells by column."""
    farm = text["farm"].casefold()
    if farm not in YES:
        return "不是农副产品" if farm in NO else "没有写明是不是农副产品"
    if not text["product"] or says_nothing(text["product"]):
        return "没有写品名"
    if not text["platform"] or says_nothing(text["platform"]):
        return "没有写在哪个电商平台上卖的"
    return where_not(text["destination"], inside)


def where_not(destination: str, inside: Iterable[str]) -> str:
    """Why a destination is not outside the county for sure; "" where it is.

    A place that may also lie elsewhere (a town of the same name) is not outside for sure.
    """
    if not destination or says_nothing(destination):
        return "没有写寄往哪里"
    if _HERE.match(destination) or any(name in destination for name in inside):
        return "寄往本县，或者分不清是不是本县"
    rest = re.sub(r"^[^省市区县旗州盟]{1,8}(省|自治区|特别行政区)", "", destination)
    if not re.search(r"[县区旗市]", rest) or _NOWHERE.fullmatch(rest):
        return "寄往哪里没有写到县（区、市）"
    if re.fullmatch(r"[^省市区县旗]{1,8}市", rest):
        return "寄往哪里只写到市，分不清是不是本县"
    return ""
