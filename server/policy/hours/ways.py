"""Ways of saying times that are as good as the plain ones, put into the plain ones.

中午11:30-1:00吃饭 is a break, 半夜12点 is midnight, 周6-周日 is 周六-周日. Each is said whole, to
the end of its phrase; what is said otherwise stays as it is, and the grammar refuses it.
"""

import re

from server.policy.hours.tokens import number

_END = r"(?=[ ,;。!)\n]|$)"
_CLOCK = r"\d{1,2}(?::\d\d|[点时](?:半|整|[0-5]\d分?)?)"
_WEEKDAYS = "一二三四五六日"

_HALF = "(?:早[上晨]?|上午|中午|下午|傍晚|晚上?|夜里)"
_SPAN = rf"(?<!\d){_CLOCK} ?[-至到] ?{_HALF}?{_CLOCK}"
_BUSY = "(?:吃饭|做饭|炒菜|用餐|午[饭餐]|接送?孩子|进货|拉货|送货|取货)"
_SERVES = (
    "(?:对外)?(?:营业|服务|办理(?:业务)?|办公|受理|业务|(?:寄|存)?取件|取[货寄]件?|[领取]快递|接待)"
)
_STOPS = f"(?:暂停|停止|暂?不){_SERVES}"
_PAUSE = (
    rf"{_BUSY}(?:时间?|太?忙|中)?[, ]?{_STOPS}|{_STOPS}"
    rf"|{_BUSY}(?:时间?|太?忙)?[, ]?(?:关门|休息|不开门)|[吃做]午?饭(?:时间|休息)?|用餐(?:时间)?"
)
_PAUSED = re.compile(
    rf"(?P<half>{_HALF})?(?P<span>[: ]*{_SPAN})[ ,:]*(?P<open>\()?(?:{_PAUSE})(?(open)\)){_END}"
)
"""With minutes or 点: 9.10-10.15暂停营业 are dates. Of sending alone (不寄件) it is no break."""

_LONG = "(?P<long>半|一个半|[一两二12])个?"
_FROM = (
    "(?:从|自)?(?:中午)?(?P<hour>1[1-3]|十[一二])[:点时](?P<minute>[0-5]\\d|半|整)?"
    "(?:分|钟)?(?:起|开始|始)"
)
_LUNCHES = [
    re.compile(
        rf"(?:午休|中午休息)(?:时间)?[为:]?{_LONG}小时[ ,]*(?P<open>\()?{_FROM}(?(open)\)){_END}"
    ),
    re.compile(rf"{_FROM},?(?:午休|中午休息){_LONG}小时{_END}"),
]
"""午休一小时 without its beginning is left, and refused."""
_MINUTES = {"半": 30, "一": 60, "1": 60, "一个半": 90, "两": 120, "二": 120, "2": 120}

_EVENING_BY_CLOCK = re.compile(
    r"(?m)^(早[上间晨]?[: ]*\d{1,2}:\d\d ?- ?\d{1,2}:\d\d[ ,;\n]+)晚[上间]?"
    r"(?=[: ]*1[3-6]:\d\d ?- ?(?:1[5-9]|2[0-3]):\d\d)"
)
"""早：7:30-11:30 晚：15:00-19:30; of 晚15:00 alone nobody knows what was lost."""

_AND_DAY = "(?: ?[-至到、,和及] ?)"
_DIGIT_BESIDE_SIGN = re.compile(
    rf"周([1-6])(?=(?:{_AND_DAY}周[1-6])*{_AND_DAY}?周[日天]|{_AND_DAY}?[日天](?![\d一-龥]))"
)
_MIDNIGHT = re.compile("(?:半夜|深夜|午夜|大半夜|夜半)(?= ?(?:12|十二)[:点时])")
_OPEN_BUT = re.compile(
    r"(?<=外)[, ]?(?:每天|天天)?[都均皆](?:正常)?(?:开门?|营业|上班)(?=[ ,:;。\n\d早上]|$)"
)
_OPEN_SHUT = re.compile(
    rf"(?<![\d:点时])({_HALF}?{_CLOCK})开门?[ ,;]*({_HALF}?{_CLOCK})关门?{_END}"
)
_SOMEBODY = re.compile(rf"(24小时)(?:都|均|一直)?有人(?:值班|值守|在)?{_END}")


_WAYS = (
    (_MIDNIGHT, "夜里"),
    (_EVENING_BY_CLOCK, r"\1下午"),
    (_OPEN_BUT, " "),
    (_OPEN_SHUT, r"\1-\2"),
    (_SOMEBODY, r"\1"),
)


def in_plain_ways(plain: str) -> str:
    """A spelt text with what has a plainer way said in that way."""
    plain = _DIGIT_BESIDE_SIGN.sub(lambda one: f"周{_WEEKDAYS[int(one[1]) - 1]}", plain)
    for way, plainly in _WAYS:
        plain = way.sub(plainly, plain)
    for lunch in _LUNCHES:
        plain = lunch.sub(_lunch, plain)
    alone = len(re.findall(_SPAN, plain)) < 2  # 8:00-18:00 午餐时间关门
    return plain if alone else _PAUSED.sub(_break, plain)


def _break(found: re.Match[str]) -> str:
    """11:30-1:00吃饭 is at noon."""
    noon = not found["half"] and re.match("[: ]*1[1-3]", found["span"])
    said = f"{'中午' if noon else found['half'] or ''}{found['span']}"
    return f"{said}(休息)" if found["open"] else f"{said}休息"


def _lunch(found: re.Match[str]) -> str:
    minute = {"半": "30", "整": "0", None: "0"}.get(found["minute"], found["minute"])
    begins = (number(found["hour"]) or 0) * 60 + int(minute or 0)
    ends = begins + _MINUTES[found["long"]]
    return "午休" + "-".join(f"{at // 60}:{at % 60:02}" for at in (begins, ends))
