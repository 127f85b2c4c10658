"""Rows of what customers are asked to do, what the house promises, handles and charges.

大件自己搬，店里没人手; 生鲜件到了第一时间打您电话; 兼代收中通、圆通; 搓澡15元: the words stand in
asked.txt, the rules here. A row counts when each of its clauses is of a kind that is known whole,
or is a name, goods or the like. Who is to call, to come again or to go elsewhere is in none.
"""

import re
from functools import cache
from pathlib import Path

from server.policy.brands import BRANDS, CARRIERS
from server.policy.hours.harmless import is_harmless
from server.policy.hours.silent import LIMITING, limits_nothing
from server.policy.hours.timed import is_of_another_time
from server.policy.hours.trades import LISTED, says_trades_alone

_TABLE = Path(__file__).with_name("asked.txt")
_LEAST, _SHORT_TRADE = 3, 4
_CLAUSES = re.compile("[,;。!?~ ]+")
_HEAD = re.compile(
    "(?:温馨提示|友情提示|提示|注意|注|须知|取件须知|备注|告示|请注意|提醒|公告)[: ]+"
)
_NO_THING = (LIMITING | frozenset("钥匙锁")) - frozenset(
    "水电气线板车米机盒纸箱袋子件包卡单票书鞋帽筐桶"
)
_SLOT = rf"[^\W\da-zA-Z{''.join(sorted(_NO_THING))}]{{1,4}}"
"""What customers bring; 带钥匙 tells that the door is locked."""
_NUM = r"(?:\d{1,4}(?:\.\d{1,2})?|[一二两三四五六七八九十百半几]{1,4})"
_NO_GOODS = frozenset("周星期礼拜日月天年季早晚夜午点时分钟后停休歇闭关雨雪风门敲约预才只仅除另")
"""What stands before a price and may say when it is asked for."""
_GOODS = rf"[^\W\da-zA-Z{''.join(sorted(_NO_GOODS))}]{{2,4}}"


class _Words(dict[str, str]):
    """The kinds of asked.txt, each as one pattern."""

    def __init__(self) -> None:
        super().__init__(slot=_SLOT, goods=_GOODS)
        several: dict[str, list[str]] = {}
        for row in _TABLE.read_text("utf-8").splitlines():
            if row and not row.startswith("#"):
                kind, *said = row.split(" ")
                filled = (re.sub("<([a-z]+)>", lambda one: self[one[1]], way) for way in said)
                several.setdefault(kind, []).extend(filled)
                self[kind] = f"(?:{'|'.join(several[kind])})"


@cache
def _kinds() -> tuple[re.Pattern[str], ...]:
    """A request, what is to be brought, a promise, what is handled."""
    w = _Words()
    lead, how = f"(?:{w['who']}|{w['about']})", w["how"]
    few = (word for word in LISTED if 1 < len(word) <= _SHORT_TRADE)
    known = sorted({*CARRIERS, *BRANDS, *few}, key=len, reverse=True)
    item = f"(?:(?:{w['things']}|{'|'.join(known)})(?:快递|速递|快运|物流|快件|包裹|的?件)?)"
    more = "(?:等|等等|各家|快递|快件|包裹|业务|服务|[都全][收有]|[均都皆]可|代[收寄办]|[、,.])*"
    apart = "[、,/和及与·. ]"
    return (
        re.compile(
            rf"{lead}?[,:]?(?:{how}*(?:不用|无需|不必)?{w['done']}|{how}*{w['not']}{w['undone']}"
            rf"|{how}*请{how}*{w['bring']}){w['tail']}?"
        ),
        re.compile(rf"(?:{lead}|[一-龥]{{2,4}})请{how}*{w['bring']}"),
        re.compile(w["promise"]),
        re.compile(
            rf"{w['handles']}{item}(?:{apart}*{item})*{more}|{item}(?:{apart}+{item})+{more}"
        ),
    )


@cache
def _why() -> re.Pattern[str]:
    return re.compile(f"{_Words()['why']}{{1,2}}")


@cache
def _price() -> re.Pattern[str]:
    """搓澡15元, 泡沫箱1.5元一个, 理发十元 老人八元."""
    one = rf"[一-龥]{{1,8}}?(?:只要|仅需|每[一-龥]|一律|都|全部|加收?|,|:| )?{_NUM}"
    unit = _Words()["unit"]
    charged = rf"{one}(?:元|块钱?|毛|角)(?:[一-十]?毛?)钱?{unit}?(?:起|左右|管够|不限|不还价)?"
    bare = r"[一-龥]{1,6} ?\d{1,4}起?(?![\d:点时]) *"
    return re.compile(rf"(?:{charged}|{bare}(?:{bare})+)")


def says_what_is_asked(row: str) -> bool:
    """Whether each clause of a spelt row without times is a request, a promise, what is handled.

    At least one is; the others may be names, goods, slogans, or why.
    """
    plain = _HEAD.sub("", row.strip(" ,。.!:·*★☆●、()"))
    if _is_known(plain):
        return True
    clauses = [one for one in _CLAUSES.split(plain) if one]
    known = [_is_known(clause) for clause in clauses]
    return any(known) and all(
        one or _is_plain(clause) or limits_nothing(clause)
        for clause, one in zip(clauses, known, strict=True)
    )


def says_times_and_asks(row: str) -> bool:
    """Whether a spelt row tells times that are none of opening, and what is asked or promised.

    快递车每晚七点来拉货，请赶在前面交件.
    """
    plain = _HEAD.sub("", row.strip(" ,。.!:·*★☆●、()"))
    clauses = [one for one in _CLAUSES.split(plain) if one]
    timed = [is_of_another_time(clause) for clause in clauses]
    return any(timed) and all(
        one or _is_known(clause) or _is_plain(clause)
        for clause, one in zip(clauses, timed, strict=True)
    )


def _is_plain(clause: str) -> bool:
    why = _why().fullmatch(clause) is not None
    return why or is_harmless(clause) or says_trades_alone(clause)


def _is_known(clause: str) -> bool:
    if len(clause) < _LEAST:
        return False
    if any(kind.fullmatch(clause) for kind in _kinds()):
        return True
    return _price().fullmatch(clause) is not None and not _NO_GOODS & set(clause)
