"""Two times written as people write them, put as from when to when.

早8-11点 晚4-8点, 营业至凌晨2点 and below it 上午10点起, 上午 9:00/12:00 above 下午 14:00/17:00:
each where only one reading is possible. A lone 8-18, and 8:00-6:00, are left, and refused.
"""

import re

from server.policy.hours.turns import AT_ROW

_CN = "[一二三四五六七八九十两]"
_HALF = "(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|夜间|深夜|半夜|[早晚夜])"
_CLOCK = (
    rf"(?:{_HALF}? ?(?:\d{{1,2}}[:.][0-5]\d(?!\d)|(?:\d{{1,2}}|{_CN}{{1,3}})[点时]"
    rf"(?:整|半|[0-5]\d分?|{_CN}{{1,3}}分)?))"
)
_END = r"(?=[ ,;。!)\n]|$)"
_TO = " ?[-至到] ?"
_NOT_MORE = r"(?![\d:.点时月号日-])"
_SEP = r"[ ,;、/\n]+"

_AT_NIGHT = "(?:夜里|夜间|半夜|深夜|后半夜|下半夜|大半夜)"

_WAYS = (
    # 晚4-8点 behind 早8-11点, 午2:00-7:00, 午两点半-六点
    (
        re.compile(
            rf"(?P<before>(?:早[上晨间]?|上午)[: ]*\d{{1,2}}(?:[:.]\d\d|点半?)?{_TO}"
            r"\d{1,2}(?:[:.]\d\d|点半?)"
            rf"{_SEP})晚[上间]?"
            rf"(?=[: ]*[1-4](?:[:.]\d\d|点半?)?{_TO}[5-9](?:[:.]\d\d|点半?){_END})"
        ),
        r"\g<before>下午",
    ),
    (re.compile(r"(?<![上下中正一-龥])午(?=[1-4][:.点]|[一二两三四]点)"), "下午"),
    # Until two at night.
    (re.compile(rf"(?<=[\d点半至到-]){_AT_NIGHT}(?=[1-4][:点]|[一二两三四]点)"), "凌晨"),
    (re.compile(r"(?<=[\d点时半])(?:一直|直)(?:开|营业|忙)?(?=[到至])"), ""),
    # 早8:00 中午不休 晚7:30
    (
        re.compile(
            rf"(?P<opens>早[上晨]?[: ]*{_CLOCK})[ ,]*"
            r"(?P<noon>中午(?:不休息?|不关门|无休|不打烊))[ ,]*"
            rf"(?P<closes>晚[上]?[: ]*{_CLOCK}){_END}"
        ),
        r"\g<opens>-\g<closes> \g<noon>",
    ),
    # 营业至凌晨2点 / 上午10点起
    (
        re.compile(
            rf"(?<![\d点半-])(?:营业|开门?|忙|卖)[到至] ?(?P<closes>{_CLOCK}){_SEP}"
            rf"(?P<opens>{_CLOCK})(?:起|开始|开门|开张|营业){_END}"
        ),
        r"\g<opens>-\g<closes>",
    ),
    # 7时30分起至17时止; with 自 or 从 it is known.
    (
        re.compile(
            rf"(?<![\d:-])(?P<opens>{_CLOCK})(?:起|开始)[, ]?[-至到]"
            rf"(?P<closes>{_CLOCK})(?:止|结束|为止)?{_END}"
        ),
        r"\g<opens>-\g<closes>",
    ),
    (
        re.compile(
            rf"(?:自|从|由)(?P<opens>{_CLOCK})(?:营业|开门?)[到至](?P<closes>{_CLOCK})(?:止|结束|为止)?{_END}"
        ),
        r" \g<opens>-\g<closes>",
    ),
    # 上午 9:00/12:00 above 下午 14:00/17:00
    (
        re.compile(
            r"(?P<one>上午[: ]*\d{1,2}:\d\d) ?/ ?(?P<two>\d{1,2}:\d\d[ ,;\n]+下午[: ]*\d{1,2}:\d\d)"
            r" ?/ ?(?P<three>\d{1,2}:\d\d)(?![\d/:])"
        ),
        r"\g<one>-\g<two>-\g<three>",
    ),
    # 营业 7:45, and below it 打烊 19:15
    (
        re.compile(
            rf"{AT_ROW}(?:营业|开门)[: ]*(?P<opens>{_CLOCK}){_SEP}"
            rf"(?:打烊|关门|歇业|收摊)[: ]*(?P<closes>{_CLOCK})(?=\n|\Z)"
        ),
        r"\g<opens>-\g<closes>",
    ),
    # 09 00-17 30, a row of its own
    (
        re.compile(r"(?m)^([01]\d|2[0-3]) ([0-5]\d) ?- ?([01]\d|2[0-4]) ([0-5]\d)$"),
        r"\1:\2-\3:\4",
    ),
    # 0600开门,2200熄灯
    (
        re.compile(
            r"(?<![\d:.-])([01]\d|2[0-3])([0-5]\d)(开门|上班)[ ,]*"
            r"([01]\d|2[0-4])([0-5]\d)(?=关门|下班|熄灯|打烊)"
        ),
        r"\1:\2\3,\4:\5",
    ),
    (
        re.compile(rf"(?<![\d:-])(?P<opens>{_CLOCK})开门{_SEP}(?P<closes>{_CLOCK})熄灯{_END}"),
        r"\g<opens>-\g<closes>",
    ),
    (re.compile(r"(?<=[\d点时半]) ?[▶►➜➔⇒»>]+ ?(?=[\d早晚下夜凌])"), "-"),
    (re.compile(rf"全天(?:营业|服务|开放|对外)[: ]*(?={_CLOCK}{_TO}{_CLOCK})"), ""),
    # 营业时间:早上8:30, and below it 晚上8:00
    (
        re.compile(
            rf"(?m)^(?P<title>(?:营业|服务|工作|开放)时间[: ]*)?(?P<opens>早[上晨]?[: ]*{_CLOCK})"
            rf"\n(?P<closes>晚[上]?[: ]*{_CLOCK})$"
        ),
        r"\g<title>\g<opens>-\g<closes>",
    ),
)

_BARE = re.compile(
    rf"(?<![\d:.点时月号日-])(?P<half>(?:早[上晨]?|上午|午间?|午休|中午休息|下午|晚[上间]?)[:为 ]?|"
    rf"(?:(?<=[ \n,;])|^))(?P<one>\d{{1,2}}) ?- ?(?P<two>\d{{1,2}}){_NOT_MORE}(?! ?[-至到])"
)
"""Hours without minutes on both sides: 上午8-12, 午休12-14."""
_WITHIN = {
    "早": (range(5, 11), range(10, 13)),
    "上": (range(5, 11), range(10, 13)),
    "午": (range(11, 14), (13, 14, 15, 1, 2)),
    "中": (range(11, 14), (13, 14, 15, 1, 2)),
    "下": ((1, 2, 3, 13, 14, 15, 16), (4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21)),
    "晚": ((5, 6, 7, 8, 17, 18, 19, 20), (9, 10, 11, 21, 22, 23)),
}
_TWO_BARE = re.compile(
    rf"(?<![\d:.点时月号日周-])(?<![\d:] )([5-9]|10) ?- ?(1[0-3])[ ,;、/]+"
    rf"(1[2-6]|[1-4]) ?- ?(1[6-9]|2[0-2]|[4-9]){_NOT_MORE}(?! ?[-至到])"
)
"""8-12 14-18, 8-12 2-6 in one row: mornings and afternoons by their order."""
_MONTHS = re.compile("月|[春夏秋冬]|季")
_CLOCKS = re.compile(r"(?<!\d)(?:1[3-9]|2[0-4])(?:[:点时]|(?= ?-)|(?<=-\d\d))|[上下]午|[早晚]")

_MORNING = r"0?[5-9][:.]\d\d{to}1[0-2][:.]\d\d"
_AFTERNOON = re.compile(
    rf"(?P<before>(?<![\d:.-]){_MORNING.format(to=_TO)}{_SEP})"
    rf"(?P<after>0?[1-4][:.]\d\d{_TO}[4-9][:.]\d\d){_NOT_MORE}"
)
"""8.30-12.00 2.00-5.30; where all four may be dates (9.10-11.30 2.10-5.30) they are left."""

_OF_NOBODY = re.compile(
    r"(?m)^(?:全天候?|每天|天天)?[, ]?(?:24|二十四)小时(?:全天)?(?:都?可以?|都能|随时)?自助"
    r"(?:取件|取货|自提|取快递|服务|开放|营业)(?:服务)?$"
)
_NOBODY = re.compile(r"无人(?:值守)?(?:快递)?(?:驿站|站点?|店|超市|自提点|取件点)|自助驿站")
_ANY_TIME = re.compile(r"\d[:点时]|\d-\d|[一二两三四五六七八九十]点|小时|全天")


def in_whole_pairs(plain: str) -> str:
    """A spelt text with each two times that make up hours in the common form."""
    for way, plainly in _WAYS:
        plain = way.sub(plainly, plain)
    if not _MONTHS.search(plain):
        plain = _TWO_BARE.sub(_in_order, plain)
        plain = _BARE.sub(_spoken, plain)
    without = _AFTERNOON.sub("", plain)
    if not _CLOCKS.search(plain) and not _MONTHS.search(without):
        plain = _AFTERNOON.sub(_second_half, plain)
    if _NOBODY.search(plain) and not _ANY_TIME.search(_OF_NOBODY.sub("", plain)):
        plain = _OF_NOBODY.sub("24小时营业", plain)
    return plain


def _spoken(found: re.Match[str]) -> str:
    half = found["half"].strip(" :为")
    first, last = int(found["one"]), int(found["two"])
    if not half:
        return found.group()
    begins, ends = _WITHIN[half[0]]
    if first not in begins or last not in ends or (first < last) is not (last > 3):
        return found.group()
    return f"{half}{first}点-{last}点"


def _in_order(found: re.Match[str]) -> str:
    one, two, three, four = (int(part) for part in found.groups())
    if three >= 12 and two <= three < four and four >= 16:
        return f"{one}点-{two}点 {three}点-{four}点"
    later = three <= 4 and three < four < 10 and two >= 11
    if later and not _CLOCKS.search(found.string.replace(found.group(), "")):
        return f"{one}点-{two}点 下午{three}点-{four}点"
    return found.group()


def _second_half(found: re.Match[str]) -> str:
    dotted = "." in found.group()
    if dotted and not re.search(r"\.00", found.group()):
        return found.group()
    return f"{found['before']}下午{found['after']}"
