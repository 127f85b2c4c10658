"""Ways of saying times that are as good as the plain ones, put into the plain ones.

中午11:30-1:00吃饭 is a break, 半夜12点 is midnight, 周6-周日 is 周六-周日. Each is said whole, to
the end of its phrase; what is said otherwise stays as it is, and the grammar refuses it.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from server.policy.hours.months import with_month_ranges
from server.policy.hours.tokens import number

_ANY_YEARS = (2023, 2024)
"""One without a leap day and one with."""

_END = r"(?=[ ,;。!)\n]|$)"
_CLOCK = r"\d{1,2}(?::\d\d|[点时](?:半|整|[0-5]\d分?)?)"
_WEEKDAYS = "一二三四五六日"

_HALF = "(?:早[上晨]?|上午|中午|午间|下午|傍晚|晚上?|夜里)"
_SPAN = rf"(?<!\d){_CLOCK} ?[-至到] ?(?:{_HALF} ?)?{_CLOCK}"
_BUSY = "(?:吃饭|做饭|炒菜|用餐|午[饭餐]|接送?孩子|进货|拉货|送货|取货)"
_SERVES = (
    "(?:对外)?(?:营业|服务|办理(?:业务)?|办公|受理|业务|(?:寄|存)?取件|取[货寄]件?|[领取]快递|接待)"
)
_STOPS = f"(?:暂停|停止|暂?不){_SERVES}"
_AWAY = (
    "(?:人|店里|站里|屋里|门店)?(?:都?不在|没有?人|无人)(?:在)?(?:店里?|站里?|家里?|岗|值班|值守)?"
    "|(?:要|得|需)?(?:回家|回去)(?:吃(?:[午中]|中午)?饭|做(?:午|中午)?饭|用餐|午休|午睡|休息|睡午觉|一趟)"
    "|(?:关|锁)门(?:休息|午休|吃(?:午|中午)?饭|做饭)|锁门|午睡(?:时间)?|睡(?:个)?午觉|歇晌"
)
_PAUSE = (
    rf"{_BUSY}(?:时间?|太?忙|中)?[, ]?{_STOPS}|{_STOPS}|{_AWAY}"
    rf"|{_BUSY}(?:时间?|太?忙)?[, ]?(?:关门|休息|不开门)|[吃做]午?饭(?:时间|休息)?|用餐(?:时间)?"
)
_MIDST = "中间|当中|中途|期间|其间"
_PAUSED = re.compile(
    "(?:(?:午[饭餐]|吃饭|用餐|休息)(?:时间)?[: ]*)?"
    rf"(?P<half>{_HALF}|{_MIDST})?(?P<span>[: ]*{_SPAN})"
    rf"[ ,:]*(?P<open>\()?(?:{_PAUSE}|(?<!\d)休息)(?(open)\)){_END}"
)
"""With minutes or 点: 9.10-10.15暂停营业 are dates. Of sending alone (不寄件) it is no break."""
_PAUSED_BEFORE = re.compile(
    rf"(?m)^(?:(?:中午|午间)?(?:{_AWAY}|吃(?:午|中午)?饭|做饭)|(?:{_MIDST})休息)(?:时间)?"
    rf"[为: ]*(?P<span>{_SPAN}){_END}"
)
"""不在店 12:00-14:30, in a row of its own; behind a day (周日不在 …) it is of that day."""

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
_LUNCH_TOLD = re.compile(
    rf"(?:午休|中午休息)(?:时间)?[为:]?{_LONG}小时[ ,:]*"
    rf"(?P<open>\()?(?P<span>{_SPAN})(?(open)\)){_END}"
)
"""中午休息2小时（12:00-14:00）; where the two do not agree it is left, and refused."""
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
_NUMBERED = re.compile(
    r"(?m)^([1-9])(?:(?:[.、)]| |(?=[一-龥])) ?(?![月日号点时天周个元小人])(?=[一-龥])"
    r"|[ .、)](?=\d{1,2}:\d\d ?[-至到]))"
)
"""取件须知 with 1. 2. 3. before its rows; ① is spelt 1."""
_DIGITS_TOGETHER = re.compile(r"周(?=[1-7]{3,6} ?:? ?\d{1,2}[:点])(1?2?3?4?5?6?7?)(?!\d)")
"""周135 9:00; of 周15 nobody knows whether a dash was lost."""
_MIDNIGHT = re.compile("(?:半夜|深夜|午夜|大半夜|夜半)(?= ?(?:12|十二)[:点时])")
_AFTERNOON_BY_CLOCK = re.compile(
    r"(?m)^(?P<rest>(?:[^\n\d]*[^\d\n-])?0?[5-9]:\d\d ?- ?1[0-2]:\d\d[ ,;、/\n]+)"
    r"(?P<later>[1-4]:\d\d ?- ?[4-9]:\d\d)(?![\d:])"
)
_ROUND_THE_CLOCK = re.compile(r"(?<!\d)(?:1[3-9]|2[0-4])[:点时]|[上下]午|[早晚]")
"""7:30-11:30 2:00-6:00; who writes 18:00 or 晚 elsewhere has another way, and a digit was lost."""
_OPEN_BUT = re.compile(
    r"(?<=外)[, ]?(?:(?:每天|天天)[都均皆]?|[都均皆])(?:正常)?(?:开门?|营业|上班|开放)"
    r"(?=[ ,:;。\n\d早上]|$)"
)
_NAMED = (
    rf"(?:每?周[{_WEEKDAYS}天](?:[、,和及]?周?[{_WEEKDAYS}天])*|周末|双休日|(?:法定)?节假日|春节"
    "|(?:每月)?初一(?:[、和]?十五)?)"
)
_THERE = "(?:开门?|营业|上班|开放|开着门?|(?:都|一直)?有人|在店里?|在站里?|在家|在)"
_THE_OTHERS = "(?:其[余他它](?:的?(?:时间|日子|几天|天))?|每天|天天)"
_THERE_BUT = re.compile(
    rf"除了?(?P<days>{_NAMED})(?:(?:以外|之外|外)[, ]?{_THE_OTHERS}?[都均皆]?"
    rf"|[, ]?(?:{_THE_OTHERS}[都均皆]?|[都均皆]))(?:正常|照常)?{_THERE}(?=[ ,:;。!\n\d早上]|$)"
)
"""除周一外都在, 除了周日天天在店; who is 都在地里 is not there."""
_THERE_ALL_YEAR = re.compile(
    r"(?<![一-龥\d])(?:一年四季|四季|春夏秋冬|一年到头|长年|常年|全年|(?:全年|一年)?365天|天天|每天)"
    r"[都均皆全]{0,2}(?:在店里?|在站里?|在家|在|有人在?|开着?门?|营业|不关门|不歇业?|不休息?|不打烊|无休)"
    r"(?=[ ,:;。!\n]|$)"
)
"""一年四季都在 says what 全年无休 does."""
_SELF_SERVICE = re.compile(
    r"(?P<title>(?:\A|\n)(?:本?[店站])?(?:营业|服务|开放|工作|取件|取件服务)时间[: ]*\n?)"
    r"(?:全天候?|每天|天天)?[, ]?(?:24|二十四)小时(?:全天)?(?:[均都]?可以?|都能|随时)?自助"
    r"(?:取件|取货|自提|提货|寄件|[取寄]{2}件?|取快递|服务|开放|营业)+(?:服务)?"
    r"(?:[ ,]*随到随[取寄拿])?(?=[ ,;。!\n]|$)"
)
"""Right below the title; elsewhere it may be a cupboard's, and the station has hours of its own."""
_TIME_OF_DAY = re.compile(r"\d[:点时]|\d-\d|[一二两三四五六七八九十]点|小时|全天")
_OPEN_SHUT = re.compile(
    rf"(?<![\d:点时])({_HALF}?{_CLOCK})开门?[ ,;]*({_HALF}?{_CLOCK})关门?{_END}"
)
_SOMEBODY = re.compile(rf"(24小时)(?:都|均|一直)?有人(?:值班|值守|在)?{_END}")


_HALF_OPEN = re.compile(r"([上下]午)(?:对外)?(?:营业|服务|开放|办公)(?:时间)?:?(?=[: ]*\d)")
"""上午营业时间：8:00-12:00; behind 下午 no second title is needed."""
_SINGLE_REST = re.compile(rf"单休 ?\(?(周[一二三四五六日天])\)?{_END}")
_TWO_SEASONS = re.compile(
    r"(?:^|(?<=[\n ,;。]))(?P<one>[春夏秋冬])(?P<two>[春夏秋冬])(?<!春夏)(?<!秋冬)(?:两?季|天)?"
    r"(?P<hours>[: ]*(?:早上?|上午)?\d[^\n春夏秋冬]*)"
)
"""春秋季 7:30-19:00, 夏秋 beside 冬春; 春夏 and 秋冬 are words of their own."""
_HALF_TWICE = re.compile(
    r"(?:上午 ?\(?AM\)?|AM ?\(?上午\)?|(下午 ?\(?PM\)?|PM ?\(?下午\)?))(?=[: ]*\d)"
)
_NOON_OFF = re.compile(
    r"(?:中午|午休)(?:期间|时间)?(?:不办理?(?:业务)?|不取件|停止办理(?:业务)?)(?=[ ,;。)\n]|$)"
    rf"|中间(?:午休|休息){_END}|(?:中午)?歇晌{_END}"
)
_WHOLE_DAY = re.compile(rf"全天[: ]*(?={_SPAN})")
"""全天8:00-18:00 beside a half day: the times say how long; of 全天 alone nobody knows."""
_NIGHT_OPEN = re.compile(
    rf"夜间营业[: ]*(?={_SPAN}|\d{{1,2}}(?:[:点]\d*)? ?[-至到] ?(?:次日|第二天|凌晨))"
)
_ALL_YEAR = re.compile(r"(?:全年|一年)(?:365天)?[ ,]+(?=每天|天天)")
_BUT_ONE_DAY = re.compile(
    r"除(?P<day>大年初[一二三]|春节|除夕|(?:农历)?正月初[一二三])(?:当天)?外,?"
    rf"(?:其[余他它](?:的?时间|日子)?)?(?:全年|每天|天天|均|都)(?:开门|营业|无休|不休息?|照常(?:营业)?)(?:营业)?{_END}"
)
_ALWAYS_THERE = re.compile(
    r"(?:(?:一天|全天|每天) ?)?(?:24|二十四) ?个?小时"
    rf"(?:都在|都开门?|都有人|不打烊|不关门){_END}"
)
_CALL_TO_FETCH = re.compile(
    rf"(?:(?<=[\n ,;。])|^)(?P<day>周[{_WEEKDAYS}天](?:[、和]?周?[{_WEEKDAYS}天])*|周末|双休日"
    "|节假日)[: ,]*"
    "(?:如|若)?(?:需要?|要|想)?来?(?:[取寄]件|取[货寄]件?|取快递|拿快递|拿件)(?:的|者|时|前)?[, ]?"
    "(?:请|需要?|须|得|要)?(?:您)?(?:先|提前|事先)?(?:打个?电话|电话|来电|致电|微信)?"
    "(?:打个?电话|电话|来电|致电|联系|预约|微信)(?:联系|预约)?"
    rf"(?:站长|店主|老板)?{_END}"
)
"""周日取件请提前打电话 asks who fetches then to call; 周日打电话 may be what is left of more."""
_JUST_CALL = re.compile(
    rf"(?P<day>周[{_WEEKDAYS}天末]|双休日|节假日)[: ,]*"
    rf"(?:打个?电话就[来到开]|来电[即就][到来开]){_END}"
)
"""周日打电话就来; without a day nobody knows when."""
_IN_ALL_WEATHERS = re.compile("风雨无阻[ ,、]*(?=每天|天天|全年)")
_OPEN_DAILY = re.compile(r"(?<![一-龥])((?:每天|天天)[都均]?)开(?=[ ,;。)\n]|$)")
_DAILY_BELOW = re.compile(
    r"(?<=\n)(?:每天|天天|全年)(?:[都均]?(?:正常)?(?:开门|营业|服务)|如此|一样)(?=[,。!]?\Z|\n(?!.*\d[:点时]))",
    re.DOTALL,
)
"""天天营业 below all times says of them what holds already."""
_NOON_CLOSED = re.compile(r"(?m)^(中午|午间) ?[: ] ?(?:休息|不营业|不开门|关门)$")
_LONGER = re.compile(r"(?<=\d) ?\((?:延时|错时)服务\)")
_ZERO = re.compile(r"(?<=24:00) ?\(零点\)")

_WAYS = (
    (_HALF_OPEN, r"\1"),
    (_SINGLE_REST, r"\1休息"),
    (_TWO_SEASONS, r"\g<one>季\g<hours>\n\g<two>季\g<hours>"),
    (_NOON_OFF, "中午休息"),
    (_WHOLE_DAY, ""),
    (_NIGHT_OPEN, ""),
    (_ALL_YEAR, ""),
    (_ZERO, ""),
    (_LONGER, ""),
    (_BUT_ONE_DAY, r"\g<day>休息"),
    (_ALWAYS_THERE, "24小时营业"),
    (_JUST_CALL, r"\g<day>电话预约"),
    (_CALL_TO_FETCH, r"\g<day>电话预约"),
    (_IN_ALL_WEATHERS, ""),
    (_OPEN_DAILY, r"\1开门"),
    (_DAILY_BELOW, "照常营业"),
    (_NOON_CLOSED, r"\1休息"),
    (_MIDNIGHT, "夜里"),
    (_EVENING_BY_CLOCK, r"\1下午"),
    (_THERE_BUT, r"除\g<days>外 "),
    (_OPEN_BUT, " "),
    (_THERE_ALL_YEAR, "全年无休"),
    (_OPEN_SHUT, r"\1-\2"),
    (_SOMEBODY, r"\1"),
)

_DAYS = rf"周[{_WEEKDAYS}天](?:[-至到、,和及]?周?[{_WEEKDAYS}天])*"
_BOTH_TONGUES = re.compile(rf"(?P<first>{_DAYS}) ?[/(]? ?(?P<second>{_DAYS})\)?(?=[: ]*\d|\n|$)")
"""周一至周五 Mon-Fri 9:00-18:00."""
_DOTTED = re.compile(
    r"(?m)^(?P<m1>\d{1,2})\.(?P<d1>\d{1,2}) ?[-至到] ?(?P<m2>\d{1,2})\.(?P<d2>\d{1,2})"
    r"(?=[: ]+(?:早上?|上午)?\d{1,2}[:点]\d)"
)


def in_plain_ways(plain: str) -> str:
    """A spelt text with what has a plainer way said in that way."""
    plain = _DIGIT_BESIDE_SIGN.sub(lambda one: f"周{_WEEKDAYS[int(one[1]) - 1]}", plain)
    plain = _DIGITS_TOGETHER.sub(lambda one: f"周{'、'.join(one[1])}", plain)
    numbers = _NUMBERED.findall(plain)
    if len(numbers) > 1 and numbers == [str(n + 1) for n in range(len(numbers))]:
        plain = _NUMBERED.sub("", plain)
    plain = _HALF_TWICE.sub(lambda one: "下午" if one[1] else "上午", plain)
    plain = plain.replace("周内", "工作日") if "周末" in plain else plain
    for way, plainly in _WAYS:
        plain = way.sub(plainly, plain)
    own = _SELF_SERVICE.sub(r"\g<title>24小时营业", plain)
    plain = own if not _TIME_OF_DAY.search(_SELF_SERVICE.sub("", plain)) else plain
    if not _ROUND_THE_CLOCK.search(plain):
        plain = _AFTERNOON_BY_CLOCK.sub(r"\g<rest>下午\g<later>", plain)
    plain = _BOTH_TONGUES.sub(_days_once, with_month_ranges(_with_months(plain)))
    for lunch in _LUNCHES:
        plain = lunch.sub(_lunch, plain)
    plain = _LUNCH_TOLD.sub(_lunch_told, plain)
    alone = len(re.findall(_SPAN, plain)) < 2  # 8:00-18:00 午餐时间关门
    return plain if alone else _PAUSED.sub(_break, _PAUSED_BEFORE.sub(r"\g<span>休息", plain))


def _with_months(plain: str) -> str:
    """5.1-9.30 7:30-19:30 above 10.1-4.30 8:00-18:00: two dates with dots that make up a year."""
    found = [[int(part) for part in one.groups()] for one in _DOTTED.finditer(plain)]
    if len(found) != 2 or not all(_follows(found[n][2:], found[1 - n][:2]) for n in (0, 1)):
        return plain
    return _DOTTED.sub(r"\g<m1>月\g<d1>日-\g<m2>月\g<d2>日", plain)


def _follows(last: Sequence[int], first: Sequence[int]) -> bool:
    """Whether a month and a day is the day before another; February may have 28 or 29."""
    try:
        ends = {date(year, *last) + timedelta(1) for year in _ANY_YEARS}
        return any((day.month, day.day) == tuple(first) for day in ends)
    except ValueError:
        return False


def _days_once(found: re.Match[str]) -> str:
    """The first of two, where both name the same days."""
    same = _weekdays(found["first"]) == _weekdays(found["second"]) != set()
    return f"{found['first']} " if same else found.group()


def _weekdays(said: str) -> set[int]:
    signs = said.replace("周", "").replace("天", "日")
    if ranged := re.fullmatch("(.)[-至到](.)", signs):
        first, last = (_WEEKDAYS.index(sign) for sign in ranged.groups())
        return set(range(first, last + 1))
    listed = re.sub("[、,和及]", "", signs)
    return set() if re.search("[-至到]", listed) else {_WEEKDAYS.index(sign) for sign in listed}


def _break(found: re.Match[str]) -> str:
    """11:30-1:00吃饭 is at noon."""
    half = "" if found["half"] in _MIDST.split("|") else found["half"]
    noon = not half and re.match("[: ]*1[1-3]", found["span"])
    said = f"{'中午' if noon else half or ''}{found['span']}"
    return f"{said}(休息)" if found["open"] else f"{said}休息"


def _lunch(found: re.Match[str]) -> str:
    minute = {"半": "30", "整": "0", None: "0"}.get(found["minute"], found["minute"])
    begins = (number(found["hour"]) or 0) * 60 + int(minute or 0)
    ends = begins + _MINUTES[found["long"]]
    return "午休" + "-".join(f"{at // 60}:{at % 60:02}" for at in (begins, ends))


def _lunch_told(found: re.Match[str]) -> str:
    """午休12:00-14:00 of 中午休息2小时（12:00-14:00）."""
    hours = re.fullmatch(r"(\d{1,2}):(\d\d) ?[-至到] ?(\d{1,2}):(\d\d)", found["span"])
    if hours is None:
        return found.group()
    first, second, third, fourth = (int(part) for part in hours.groups())
    took = (third * 60 + fourth) - (first * 60 + second)
    agree = _MINUTES[found["long"]] in {took, took + 12 * 60}
    return f"午休{found['span']}" if agree else found.group()
