"""Days and seasons by the names that places have for them, put as the grammar names them.

主日（星期天）, 五天工作制, 旺季（7至9月）beside 淡季, 非汛期 beside 汛期 5月-9月, 逢农历二、五圩日,
腊月廿九至正月初六停运，关门过年. What a name means is told beside it, or it is left, and refused.
"""

import re

from server.policy.hours.tokens import number
from server.policy.hours.turns import AT_ROW

_TEN = "[一二三四五六七八九十]"
_NUMERALS = "零一二三四五六七八九十"
_WEEKDAY = "[一二三四五六日天]"
_END = r"(?=[ ,;。!)\n]|$)"
_DAYS = f"(?:周{_WEEKDAY}(?:[、和及]?周?{_WEEKDAY})*|周末|双休日)"
_CLOCK = r"\d{1,2}(?:[:.]\d\d|[点时](?:半|整|[0-5]\d分?)?)"
_TO = " ?[-至到] ?"
_SPAN = rf"(?:早上?|上午|中午|下午|晚上?)?{_CLOCK}{_TO}(?:早上?|上午|中午|下午|晚上?)?{_CLOCK}"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_MONTHS = rf"{_MONTH}月?份?{_TO}(?:次年|来年|翌年)?{_MONTH}月份?"
_BEHIND = r"[: ]*(?=(?:每天|早上?|上午)?[: ]*\d{1,2}[:点时])"
_MARKET = "(?:赶?[集场圩墟街][日天]?|大集|小集)"
_FEAST = "(?:清明节?|端午节?|中秋节?|重阳节?|元旦|冬至|元宵节?)"
_SEASON_NAME = r"(?![春夏秋冬])[^\W\d休停歇关逢周节假日月试装修疫封临A-Z_]{1,4}"
"""装修期 and 疫情期 are not of every year."""

_WAYS = (
    (re.compile(r"(?:主日|主麻日?|聚礼日)(?:聚会|礼拜)? ?\((周[五日天])\)[: ]*"), r"\1 "),
    (re.compile(r"(?<=[\d点半]) ?(?:做|去)?周[, ]?(?=(?:暂停|停止)营业|关门|休息)"), ""),
    (
        re.compile(rf"({_DAYS}) ?(?:只|仅)(?:开|上|营业)?上午(?:开门|营业)?[,: ]+(?={_SPAN})"),
        r"\1 ",
    ),
    (re.compile(rf"{AT_ROW}五天工作制[: ]*(?=(?:早上?|上午)?\d)"), "工作日 "),
    (re.compile(rf"{AT_ROW}六天工作制[: ]*(?=(?:早上?|上午)?\d)"), "周一至周六 "),
    (re.compile(rf"{AT_ROW}普通日(?=[: ]*(?:早上?|上午)?\d)"), "平日"),
    (re.compile(rf"(?m)^(周{_WEEKDAY})\n休(?=\n周)"), r"\1休息"),
    (
        re.compile(rf"({_DAYS}) ?:? ?(?:停|关闭|闭门|大门不开|不开大门|大门紧闭|停派){_END}"),
        r"\1休息",
    ),
    (re.compile(rf"(周{_WEEKDAY})轮休(?=[, \n]*(?:余日|其余))"), r"\1休息"),
    # 清明当天上坟,店休一日
    (
        re.compile(
            rf"({_FEAST})(?:当天|那天|当日)?(?:[要回去]{{0,2}}(?:上坟|扫墓|祭祖|过节))?[, ]?"
            rf"[本小]?店?(?:休息?|关门|歇业|停业)(?:一[天日])?{_END}"
        ),
        r"\1休息",
    ),
    (
        re.compile(rf"(节假日|双休日|周末)(?:照常|一样|也|都)+(?:有人在?|在店?|开着?|取件){_END}"),
        r"\1照常营业",
    ),
    (
        re.compile(rf"其[余他它]的?(?:节日|节假日)(?:都|均|照常)+(?:开门?|营业|有人){_END}"),
        "节假日照常营业",
    ),
    (re.compile(rf"(?<=[\d点半])(?:就|便|才)开{_END}"), "开门"),
    # 9:00-18:00(夏)
    (re.compile(r"(?<=[\d点半]) ?\(([夏冬])\)(?=\n|$)"), r"(\1季)"),
    (re.compile(rf"{AT_ROW}(?:春夏秋冬|一年四季|四季){_BEHIND}"), "每天"),
    # Seasons whose months are told.
    (
        re.compile(rf"{AT_ROW}{_SEASON_NAME}[季期][: ]*(?={_MONTHS}{_BEHIND})"),
        "",
    ),
    (
        re.compile(
            rf"{AT_ROW}(?:猫冬|冬闲|三九|数九|冬储|春播|秋收|采茶|开渔)[: ]+(?={_MONTHS}{_BEHIND})"
        ),
        "",
    ),
    # Market days.
    (
        re.compile(
            rf"(?P<days>[农阴]历初{_TEN}(?:[、,和]?(?:初|十|廿|二十)?{_TEN}){{0,5}}){_MARKET}[, ]+"
            rf"(?=早?[上晨]?{_CLOCK}开门?{_END})"
        ),
        r"\g<days> ",
    ),
    (re.compile(rf"(?:每?逢)(农历|阴历)(?={_TEN})"), r"\1逢"),
    (re.compile(r"(?m)^\(?[场集圩墟街]期(?=[: 为是])"), "赶集"),
    (re.compile(rf"((?:全天|半天)) ?\(({_SPAN})\)"), r" \2"),
    (
        re.compile(rf"(?P<days>[农阴]历逢(?:{_TEN}[、,]?){{2,4}}){_MARKET}(?={_BEHIND})"),
        r"\g<days>",
    ),
)
_BOTH = re.compile(r"逢(10|\d)[、,和]?逢(10|\d)(?!\d)")
_WEEKLY = re.compile(rf"(每?周{_WEEKDAY}(?:[、和]周?{_WEEKDAY})*)赶[集场圩墟街]{_BEHIND}")
_PLAIN = re.compile(rf"{AT_ROW}(?:平常|平时|平日|闲日|其余|其他)(?:日子|天)?{_BEHIND}")
"""Beside it 星期天赶场 can only name each Sunday."""
_SUNDAY_OFF = re.compile(r"(?m)^日 ?休息?$")
_TO_SATURDAY = re.compile(rf"{AT_ROW}一[-至到]六(?=[: ]*(?:早上?|上午)?\d)")
_BUSY = re.compile(rf"{AT_ROW}旺季 ?\(?{_MONTHS}\)?")
_SLACK = re.compile(rf"{AT_ROW}淡季{_BEHIND}")
_NOT_THEN = re.compile(rf"{AT_ROW}非(?P<name>{_SEASON_NAME}[季期]){_BEHIND}")

_INSIDE = re.compile(rf"{AT_ROW}店[内里](?:营业)?(?:时间)?{_BEHIND}")
_CLOCKS = re.compile(r"\d[:点时]|[一二两三四五六七八九十]点|小时|全天")

_LUNAR = "(?:腊月(?:三十|(?:二十|廿)[一二三四五六七八九]?|2\\d|30)[日号]?|除夕夜?|大?年三十)"
_AFTER = f"(?:正月|大年|年)?初?(?:{_TEN}|十[一二三四五])"
_NEW_YEAR = re.compile(
    rf"(?P<days>{_LUNAR}{_TO}{_AFTER})(?:期间)?[, ]?(?:快递|本店|小店)?"
    r"(?:(?:停运|停发|停收|停派|放假|歇业|关门)(?:[, ]?(?:关门|回家|在家|回老家)?过年)?"
    rf"|(?:关门|回家)过年|休){_END}"
)
_AGAIN = re.compile(
    rf"(?P<closed>{_LUNAR}{_TO}(?:正月|大年|年)?初?(?P<last>{_TEN})休息)"
    rf"(?P<apart>[ ,;\n]+)(?:正月|大年|年)?初?(?P<first>{_TEN})(?:起|开始)[: ]*(?=\d)"
)


def in_known_names(plain: str) -> str:
    """A spelt text with such days and seasons named as the grammar names them."""
    plain = _BOTH.sub(lambda one: f"逢{_signs(one[1])}、{_signs(one[2])}", plain)
    if _TO_SATURDAY.search(plain):
        plain = _TO_SATURDAY.sub("周一至周六", _SUNDAY_OFF.sub("周日休息", plain))
    if _PLAIN.search(plain):
        plain = _WEEKLY.sub(r"\1 ", plain)
    if len(_BUSY.findall(plain)) == len(_SLACK.findall(plain)) == 1:
        plain = _SLACK.sub("其他月份 ", plain)
    without = _NOT_THEN.search(plain)
    if without and re.search(rf"{AT_ROW}{without['name']}[: ]*\(?{_MONTHS}", plain):
        plain = _NOT_THEN.sub("其他月份 ", plain)
    if sum(_CLOCKS.search(row) is not None for row in plain.split("\n")) == 1:
        plain = _INSIDE.sub("", plain)  # beside no other hours these are the house's
    for way, plainly in _WAYS:
        plain = way.sub(plainly, plain)
    return _AGAIN.sub(_from_then, _NEW_YEAR.sub(r"\g<days>休息", plain))


def _signs(digits: str) -> str:
    return _NUMERALS[int(digits)]


def _from_then(found: re.Match[str]) -> str:
    """正月初八起 9:00-18:00 behind 至正月初七休息 are the hours of all other days."""
    follows = number(found["first"]) == (number(found["last"]) or 0) + 1
    return f"{found['closed']}\n" if follows else found.group()
