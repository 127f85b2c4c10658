"""Titles of hours by what they are made of: a doing, with whose it is, and a word for time.

营业时间, 我们在店的钟点, 柜台受理业务时段表: the words stand in titles.txt, the rules here. Doings
of parcels (取件时间) are not among them: there may be several on a board, each with its own times.
"""

import re
from collections.abc import Sequence
from pathlib import Path

_TABLE = Path(__file__).with_name("titles.txt")


def _words() -> dict[str, str]:
    rows = _TABLE.read_text("utf-8").split("\n", 1)[1].splitlines()
    kinds = (row.split() for row in rows if row.strip())
    return {kind: "|".join(sorted(words, key=len, reverse=True)) for kind, *words in kinds}


_KINDS = _words()
_PART = f"(?:{'|'.join(_KINDS.values())})"
_TRADE = f"(?:{_KINDS['trade']})"
_DOING = f"(?:{_KINDS['doing']}|{_KINDS['trade']})"
OPENS = "(?:打?开[门店铺张摊板工诊馆市档业园柜]|开始(?:营业|上班)?|出摊|起板|上[班工岗]|到岗)"
CLOSES = (
    "(?:关[门店铺板张窗柜]|打烊|收[摊铺工档市班门店]|歇[业工店摊]|闭[门店馆市园]|停诊|[下放散]工|[下放]班|离岗"
    "|[锁闩拴插]门|上门?板|结束(?:营业)?)"
)
_EACH = "(?:每[天日][, ]?)?"
TIME_WORD = "(?:时间|时段|钟点|时刻|时候|时辰|点钟)"
_OF_TIME = "(?:段|点)?"
_BEHIND = (
    "(?:的?(?:公示[牌栏]?|公告[牌栏]?|通知|告知[书牌]?|告示|通告|说明|安排|一览表?|提示"
    "|须知|表|牌))"
)
_IS = "(?:如下|如左|为|是|:|->)*"
_NOTHING_BEFORE = r"(?:(?<![一-龥\dA-Z])|(?<=每[天日]))"
_NOTE = "(?:关于|更改|公布)?"
_CALLED = f"(?:{_PART}的?|{OPENS}{CLOSES}){{1,6}}"
TITLES = (
    f"{_NOTHING_BEFORE}{_NOTE}{_CALLED}{TIME_WORD}{_OF_TIME}{_BEHIND}{{0,2}}{_IS}",
    rf"{_NOTHING_BEFORE}(?:{_PART}){{1,3}}{_DOING}(?=\d)",
    "时间(?:都|全|均)?(?:一样|相同|统一)[: ]",
    # 几点开门？
    (
        rf"(?<![^\n])(?:{_PART}){{0,3}}(?:几点到几点|几点|几时|(?:什么|啥)时候|多会儿?)"
        rf"(?:{_DOING}|{OPENS})(?:[, ]?几点{CLOSES})?[啊呀呢]?[?!:]?(?=\n|$)"
    ),
    # 开店关店, 几点到几点 in a row of their own
    rf"(?<![^\n])(?:{_PART}|从){{0,3}}(?:{OPENS}[、,]?{CLOSES}|几点到几点)[?!:]?(?=\n|$)",
    # 供应：8:00-18:00, 每天等你：…
    (
        rf"{_NOTHING_BEFORE}(?:{_PART}){{0,3}}(?:{_DOING}:|{_TRADE} )(?= ?(?:[早晚夜]"
        rf"|[上中下]午|每|[\d周一二三四五六七八九十]))"
    ),
    (
        r"(?<![^\n])(?:点钟|点儿|时辰|钟头|营时|店时|钟点|时段)[: ]*(?= ?(?:[早晚夜]|[上中下]午"
        r"|每|[\d一二三四五六七八九十]))"
    ),
    f"{_NOTHING_BEFORE}营业(?:公告|通知|告示|须知)(?![一-龥])",
    # 请按以下时间前来取件
    (
        rf"{_NOTHING_BEFORE}[^\n\d:,;。休停关歇闭不]{{0,6}}(?:请|敬请)?(?:您)?(?:务必)?[按照在于看依]*"
        rf"(?:以下|下列|下面|上述|以上|下述|此|这个|规定)的?{TIME_WORD}{_OF_TIME}[之内里]*"
        "(?:再?前?来)?(?:[取寄领拿收]件?快?递?包?裹?|办理?业?务?|光临|到店|有人在?|开门|营业|服务)?"
        r"[:!。]?(?=\n|$)"
    ),
)
"""As the grammar tries them, before any other word."""
HEADED = f"(?:{_PART}的?|{OPENS}{CLOSES}){{0,4}}(?:{_DOING}|{OPENS}{CLOSES}){TIME_WORD}"
"""Behind a station's name: 西庄村便民服务点营业时间."""

_OF_A_TRADE = re.compile(f"{_TRADE}(?:{TIME_WORD}|:)")


def one_of_several(titles: Sequence[str], *, labelled: bool) -> str:
    """The title of one doing of several that a house may have, beside others; else "".

    门诊时间 beside 营业时间, or, where parcels are `labelled`, beside 取件时间.
    """
    traded = next(filter(_OF_A_TRADE.search, titles), "")
    return traded if labelled or len(set(titles)) > 1 else ""
