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


_NO_COUNTY = re.compile(
    "[小社园校景厂库]区|(?:经济|高新)?(?:技术)?(?:产业)?开发区|市场|[超门股夜早]市|旗[舰袍]"
)
"""阳光小区, 丽华超市: signs of a county or a city in what is none."""
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川"
    "|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_PROVINCE = re.compile(
    rf"({_PROVINCES})(?:$|省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)(?!外|内|之外|以外|场|道)"
)


def why_not_paid(
    text: Mapping[str, str], inside: Iterable[str], *, province: str = "", prefecture: str = ""
) -> str:
    """Why an order is not paid for; "" where it may be. `text` are its cells by column."""
    farm = text["farm"].casefold()
    if farm not in YES:
        return "不是农副产品" if farm in NO else "没有写明是不是农副产品"
    if not text["product"] or says_nothing(text["product"]):
        return "没有写品名"
    if not text["platform"] or says_nothing(text["platform"]):
        return "没有写在哪个电商平台上卖的"
    return where_not(text["destination"], inside, province=province, prefecture=prefecture)


def where_not(
    destination: str, inside: Iterable[str], *, province: str = "", prefecture: str = ""
) -> str:
    """Why a destination is not outside the county for sure; "" where it is.

    Another province is outside, and another city of the own one: 江苏省昆山市, 山西省太原市.
    A place that may also lie elsewhere (a town of the same name) is not outside for sure.
    """
    if not destination or says_nothing(destination):
        return "没有写寄往哪里"
    if _HERE.match(destination) or any(name in destination for name in inside):
        return "寄往本县，或者分不清是不是本县"
    named = _PROVINCE.match(destination)
    far = named and province and not province.startswith(named[1])
    rest = re.sub(r"^[^省市区县旗州盟]{1,8}(省|自治区|特别行政区)", "", destination)
    somewhere = not re.search(r"[县区旗市]", _NO_COUNTY.sub("", rest)) or _NOWHERE.fullmatch(rest)
    if somewhere and not far:
        return "寄往哪里没有写到县（区、市）"
    if re.fullmatch(r"[^省市区县旗]{1,8}市", rest) and not far:
        sure = named and rest != destination and prefecture not in {"", rest}
        return "" if sure else "寄往哪里只写到市，分不清是不是本县"
    return ""
