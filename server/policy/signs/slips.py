"""The network's usual slips on boards of hours, put right before anything is understood.

Each is one that no other word can be meant by: what may be two things is left as it was read.
"""

import re

from server.policy.hours.tokens import spelt
from server.policy.standard.wording import simplified

_HALVES = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间|早|晚|AM|PM"
_CN = "零〇一二三四五六七八九十两"
_RUN_TOGETHER = re.compile("逢(147|258|369|16|27|38|49)(?=赶[集街场圩墟])")
"""Days of a market written apart and read together."""

_SPAN = r"\d{1,2}:[0-5]\d ?- ?\d{1,2}:[0-5]\d"

_SPECK = re.compile(r"(?<=\d)(?:[:：] ?[.·,，、]|[.·,，、] ?[:：])(?=[0-5]\d(?![\d:：]))")
"""19:.00: the minutes stand whole behind it."""
_SLIPS = (
    # 7:00-11:30:14:30-19:00: between two whole spans it is a semicolon.
    (re.compile(rf"(?<![\d.])({_SPAN}) ?[:.·'] ?(?={_SPAN}(?![\d:.]))"), r"\1;"),
    (re.compile(r"(?<=\d)寸(?=[\d半整-])"), "时"),
    (re.compile(r"(?<=[点半时\d])美门"), "关门"),
    # 周大周目: the day before Sunday, be Sunday misread as well.
    (re.compile(r"(?<=周)大(?=[、,和及]? ?周[日天目曰])"), "六"),
    (re.compile(r"(?<=周六周)[目曰]"), "日"),
    # 集日(一.元): 一、六.
    (re.compile(r"(?<=[集场圩墟街][日天]\()([一二三四五])[.、,]元(?=\))"), r"\1、六"),
    (re.compile(r"(?<=每)大(?=[\d早上: ]|$)"), "天"),
    # 8:00至,16:30: before an hour of two digits nothing can be lost.
    (re.compile(r"(?<=[\d点半])( ?[至到-]) ?[,.、·':] ?(?=(?:0\d|1\d|2[0-4])[:点]\d)"), r"\1"),
)


def mended(text: str) -> str:
    """The network's usual slips put right, in the one spelling; rows are kept."""
    # 周—-周五: of two dashes that are not alike the first is 一.
    plain = re.sub(r"(?<=[周週拜期])[—–](?=[-~～至到])", "一", simplified(text))
    plain = spelt(_SPECK.sub(":", re.sub(r"(?<=\d)( ?)[ÀÁÂÃÄÅĀ](?=\.?M)", r"\1A", plain)))
    plain = re.sub(r"(?<=[\d:])[ \t]*[OQ○〇](?![A-Z])", "0", plain)
    plain = re.sub(r"(?<![A-Z])(?:[OQ○〇](?=[ \t]*[\d:])|C(?=\d:[0-5]\d))", "0", plain)
    plain = re.sub(r"(?<=[\d:])[IL|](?=[\d:点时])|(?<![A-Z])[IL|](?=\d[:点时])", "1", plain)
    plain = re.sub(r"(?<![\d:])(\d{1,2})[;．](?=\d\d(?![\d:]))", r"\1:", plain)
    plain = re.sub(r"(?<=\d) ?: ?(?=\d)", ":", plain)
    plain = re.sub(r"(?<=[周次每假节])曰|(?<=周六)曰|(?<=次)目|(?<=周)目(?=[休: \d])", "日", plain)
    # In a face for shop fronts 六 is 元, and the network is sure of it.
    plain = re.sub(r"(?<=周)元(?!旦)|(?<=[早晚上午到至-])元(?=[点时])", "六", plain)
    plain = re.sub(r"(?<![一-龥])用(?=[一二三四五六日天](?:[至到-]|[: ]*\d))", "周", plain)
    plain = re.sub(r"(?<=[至到-])用(?=[一二三四五六日天][: ]?\d)", "周", plain)
    plain = re.sub(r"(?<=[早晚午])了(?=点)", "7", plain).replace("极免", "极兔")
    plain = re.sub("免喜(?=生活|[ \\n、,/]|妈妈|驿站|$)", "兔喜", plain)
    plain = re.sub("[莱菜菇慕][鸟岛](?=驿站|裹裹|[ \\n、,/]|[兔免]喜|$)", "菜鸟", plain)
    plain = re.sub(r"(?<![一-龥])([上下])[T干千4+](?=[: ]?\d{1,2}[:点])", r"\1午", plain)
    # 上午830-12:00: a dot was lost, and the other time has its own.
    plain = re.sub(
        r"(?<=[上午早])([5-9])([0-5]0)(?= ?- ?(?:上午|中午)?1[0-2]:\d\d)", r"\1:\2", plain
    )
    plain = re.sub(r"(?<![A-Z])TE[1IJ|](?=[: ]*1?\d)", "TEL", plain).replace("全年天休", "全年无休")
    plain = re.sub(r"(?<=周[一二三四五六日天])\.(?=\d{1,2}:)", " ", plain)
    # 周六.周日: be the dot a comma or a dash, they are the same two days; not behind 周一至.
    plain = re.sub(r"(?<=周六)(?<![至到-]周六) ?[.·] ?(?=周?[日天])", "、", plain)
    # 08:00E21:30: between two whole times one sign is what joins them.
    whole = r"\d{1,2}:[0-5]\d"
    plain = re.sub(rf"(?<!\d)({whole}) ?[EZ=±÷>] ?({whole})(?!\d)", r"\1-\2", plain)
    plain = re.sub(r"免(?=上?\d{1,2}[:点时])", "晚", plain)
    plain = re.sub(r"[皇复厦]季(?=[(: \d])", "夏季", plain)
    plain = re.sub(r"(?<=中)[4年+](?=不休)", "午", plain)
    plain = re.sub(r"(?m)^5AT(?=: ?\d)", "SAT", plain)
    plain = re.sub(r"(?<![\d-])(?<!\d:)(\d{1,2})-00(?=-)", r"\1:00", plain)
    plain = _RUN_TOGETHER.sub(lambda days: f"逢{'、'.join(days[1])}", plain)
    plain = (
        re.sub(r"午体(?!育)", "午休", plain.replace("体息", "休息"))
        .replace("保官", "保管")
        .replace("未端", "末端")
    )
    plain = re.sub(r"(?<=[上下])年(?=[: ]?\d{1,2}[:点])", "午", plain)
    plain = re.sub(r"(?<=[A-Z])['’.](?=[A-Z]{2})|(?<=时间)[1IL|](?=牌)", "", plain)
    plain = re.sub(r"(?m)(?<=时间) ?BU[A-Z ]+$", "", plain)  # BUSINESS HOURS, or nearly
    plain = re.sub(r"(?<=[逢初、])\+|\+(?=[一二三四五六七八九点时])", "十", plain)
    for slip, meant in _SLIPS:
        plain = slip.sub(meant, plain)
    # 0730-下午08.15: a dot was lost, and the other time has its own.
    plain = re.sub(
        rf"(?<![\d:.])([01]\d)([0-5]\d)(?= ?- ?(?:{_HALVES})?\d{{1,2}}[:.])", r"\1:\2", plain
    )
    later = f"{_HALVES}|[半深]夜|夜里|次日|第二天|翌日"
    clock = rf"\d{{1,2}}[:点时]|[{_CN[2:]}]{{1,3}}[点时]"
    plain = re.sub(rf"(?<=[\d点时半刻分])[ \t]*[一丶]+[ \t]*(?={later}|{clock}|-)", "-", plain)
    plain = re.sub(rf"(?<=早[{_CN}])一(?=晚)", "-", plain)
    plain = re.sub(r"(?<=周[一二三四五六日天])[ \t]*[一丶-]+[ \t]*(?=周)", "-", plain)
    plain = re.sub(r"(?<=[月日号])[ \t]*一[ \t]*(?=次年|来年|翌年|\d{1,2}月)", "-", plain)
    plain = re.sub(r"(?<!\d)(\d{1,2}:[0-5]) (\d)(?![\d:点时])", r"\1\2", plain)
    plain = re.sub(r"(?<=[至到-]周)([2-7])(?=(?:\d|1\d|2[0-4])[点时:])", r"\1 ", plain)
    # 周79:00, 周618:00: a day and an hour run together; 周18:00 may have lost its day.
    plain = re.sub(r"(?<=周)([3-7](?=\d:\d\d)|[1-7](?=(?:[01]\d|2[0-4]):\d\d))", r"\1 ", plain)
    plain = re.sub(r"(?<=周[一二三四五六日天]店)体", "休", re.sub(r"(?<=\d点)丰", "半", plain))
    plain = re.sub(r"旱(?=[1-9一二三四五六七八九十]{1,3}(?:[点时]|:\d\d))", "早", plain)
    plain = re.sub(r"(?<=周[一二三四五六日天][至到-])[国同用](?=[一二三四五六日天])", "周", plain)
    plain = re.sub(r"-(?: *-)+", "-", plain)
    plain = re.sub(r"(?<=-)(\d{1,2}:[0-5]\d)(\d\d:[0-5]\d)(?=-)", r"\1 \2", plain)
    # 07:30417:30: of two whole times in lamps 至 is a digit, and no hour has it.
    plain = re.sub(r"(?<!\d)(\d{1,2}:[0-5]0)[3-9](\d\d:[0-5]\d)(?!\d)", r"\1-\2", plain)
    # 08:0019:30: the dash was lost between two whole times.
    return re.sub(r"(?<!\d)(\d{1,2}:[0-5]\d)(\d\d:[0-5]\d)(?!\d)", r"\1-\2", plain)
