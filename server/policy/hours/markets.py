"""Market days by their names beside the days that they fall on: 逢二逢七（圩日）, 周三、周日大集.

The name says why the days are named, and no further day. 周日逢集 stays as it is: it may be such
Sundays alone on which market is.
"""

import re

_TEN = "[一二三四五六七八九十]"
_WEEKDAY = "[一二三四五六日天]"
_MARKET = "(?:赶?[集场圩墟街]|大集|小集|集市|赶大集)(?:[日天])?"
_MARKET_DAY = "(?:赶?(?:集|大集|[场圩墟街])[日天]|市日)"
_NUMBERED = rf"(?:农历|阴历)?每?逢(?:{_TEN}|10|\d)(?:[、,和及]?逢?(?:{_TEN}|10|\d)){{0,4}}日?"
_FIRSTS = rf"(?:农历|阴历)?(?:每月)?初{_TEN}(?:[、,和及]?(?:初?{_TEN}|十{_TEN})){{0,5}}"
_WEEKDAYS = rf"(?:每逢|每|逢)?周{_WEEKDAY}(?:[、,和及]?周?{_WEEKDAY}){{0,3}}"
_DAYS = f"(?:{_NUMBERED}|{_FIRSTS}|{_WEEKDAYS})"
_TIMES_BEHIND = r"(?=[: ]*(?:早上?|上午|清晨)?[: ]*\d{1,2}[:点时])"
_SAID_BEHIND = rf"(?:{_TIMES_BEHIND}|(?=[: ]*(?:休息|停业|歇业|关门|不营业|不开门|照常)))"
"""In the same row: above 营业时间 it tells when market is, not when it is open."""

_SIGN = "[集场圩墟街]"
_LISTED = rf"{_TEN}[日]?(?:[、,和及 ]{{1,2}}{_TEN}[日]?){{1,4}}"

_WAYS = (
    # 集日 6:00-18:00(农历一、六)
    (
        re.compile(
            rf"(?m)^(?:(?:每?逢)?{_MARKET_DAY}|每?逢{_SIGN})(?P<times>[: ]*[^\n()周]*\d) ?"
            rf"\((?P<farmers>(?:[农阴]历)?)逢?(?P<days>{_LISTED})\)$"
        ),
        r"\g<farmers>逢\g<days>\g<times>",
    ),
    # 集日(二、七) beside its times: the days of the farmers' month, as 逢二、七 names them.
    (
        re.compile(
            rf"(?:(?<=[\n ])|^)(?:(?:每?逢)?{_MARKET_DAY}|每?逢{_SIGN}) ?\((?:农历|阴历)?"
            rf"({_LISTED})\){_SAID_BEHIND}"
        ),
        r"逢\1",
    ),
    (re.compile(rf"({_NUMBERED}) ?(?:的)?{_MARKET_DAY}{_TIMES_BEHIND}"), r"\1"),
    (re.compile(rf"({_DAYS}) ?\({_MARKET}\){_SAID_BEHIND}"), r"\1"),
    (re.compile(rf"(?:(?<=\n)|^){_MARKET} ?\(({_DAYS})\){_SAID_BEHIND}"), r"\1"),
    (
        re.compile(
            rf"({_WEEKDAYS}|{_NUMBERED})(?:是|为|赶)?(?:大集|小集|集市)[日天]?{_TIMES_BEHIND}"
        ),
        r"\1",
    ),
    (
        re.compile(
            rf"(?:(?<=\n)|^)逢?{_MARKET} ?\((?:农历|阴历)逢?({_TEN}(?:[、,和]{_TEN}){{0,4}})日?\)"
            + _SAID_BEHIND
        ),
        r"逢\1",
    ),
    (re.compile(rf"(?:(?<=\n)|^)(每?)(?:[圩墟场街][日天]|市日){_TIMES_BEHIND}"), "逢集"),
)


_ON_MARKET = re.compile(
    rf"(?m)^(?:(?:每?逢|赶|热)大?{_SIGN}(?:的?(?:日子?|天|那天))?|大?{_SIGN}[日天]|市日){_SAID_BEHIND}"
)
_FALLS_ON = re.compile(
    rf"(?m)^\(?(?=[^\n\d]*(?:{_SIGN}|市日))(?:本[村地镇乡]|(?:赶|逢|热|大)*(?:{_SIGN}[日天市]?|市日)|农历|阴历"
    rf"|每月|[一二三五十][日天]一{_SIGN}|[:为是在,(]| )*逢?(?P<days>{_TEN}"
    rf"(?:[、,和及 ]?逢?{_TEN}){{1,4}}|{_WEEKDAYS})[日号]?"
    rf"(?:是|为|赶|逢|有|的|大|热|{_SIGN}|市|日|天|农历|阴历|[() ,。])*$"
)
"""一、六是集, (逢农历二、五、八赶场): a row that says when market is, and no times."""


def _with_days_of_market(plain: str) -> str:
    """逢集 6:30-18:00 above 一、六是集 is 逢一、六 6:30-18:00."""
    told, timed = list(_FALLS_ON.finditer(plain)), _ON_MARKET.search(plain)
    if len(told) != 1 or not timed:
        return plain
    week = "周" in told[0]["days"]
    signs = re.findall(_TEN, told[0]["days"])
    farmers = "农历" if re.search("[农阴]历", told[0][0]) else ""
    if len(signs) != len(set(signs)) or (week and farmers):
        return plain
    left = f"{plain[: told[0].start()]}{plain[told[0].end() :]}".replace("\n\n", "\n").strip("\n")
    if week:
        return _ON_MARKET.sub(told[0]["days"], left)
    return _ON_MARKET.sub(f"{farmers}逢{'、'.join(signs)}", left)


def without_market_names(plain: str) -> str:
    """A spelt text in which days are named once."""
    plain = _with_days_of_market(plain)
    for way, plainly in _WAYS:
        plain = way.sub(plainly, plain)
    return plain
