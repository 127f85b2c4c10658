"""Cut a text about opening hours into words; what is no word of ours comes out as `other`.

Nothing is skipped: every character belongs to a token.
"""

import re
import unicodedata
from typing import NamedTuple

from server.policy.hours.vocabulary import KINDS

_DIGITS = {name: value for value, name in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TOKENS = re.compile("|".join(f"(?P<{kind}>{rule})" for kind, rule in KINDS), re.DOTALL)
_TRADITIONAL = str.maketrans(
    "營業時間點週禮節開門關閉無務電話預約農曆單雙號請聯繫歡迎臨謝國慶陽對",
    "营业时间点周礼节开门关闭无务电话预约农历单双号请联系欢迎临谢国庆阳对",
)
_ENGLISH_DAYS = {
    "MON": "周一", "TUE": "周二", "WED": "周三", "THU": "周四", "FRI": "周五", "SAT": "周六",
    "SUN": "周日",
}  # fmt: skip
_DASHES = "[-‐‑‒–—―−─━ー~〜∼∽～﹣→]"
_SPACED = re.compile("(?<![一-龥])(?:[一-龥] ){2,}[一-龥](?![一-龥])")
"""营 业 时 间: set wide, and one word all the same."""

_PAIRS = re.compile("休 息|早 上|晚 上|电 话|上 午|下 午|[上中下] 午|节 假 日")
"""Set wide; 周 日 is one word only beside 休 息, for between 周 and 五 一至周 may be lost."""
_WIDE_DAY = re.compile("周 ([一二三四五六日天])(?=[: ]*休 ?息)")

_WIDE_TIMES = re.compile(r"(?m)^(?:\d \d ?: ?\d \d)(?: ?[-至到] ?\d \d ?: ?\d \d)$")
"""0 8 : 0 0 - 1 9 : 0 0, a row of its own."""
_DOTS = re.compile(r"(?<=\d) ?(?:[·•‧∙]{2,}|\.{2,}) ?(?=[\d早晚上下])")
"""8:30……17:30; the sign that marks what is bare is none of them."""
_TYPED_COLON = re.compile(
    r"(?:(?<![-至到\d])|(?<=[:。.'′’]\d\d[-至到]))(\d{1,2})[。'′’]"
    r"(?=[0-5]\d(?!分钟|[\d天日%元月年米小号件个:点时]| ?[-至到] ?\d\d?(?:[^\d:。.'′’点时]|$)))"
)
"""8。30 and 8'30 are what a hurried hand makes of 8:30; 8-12。14-18 are two sentences."""

_HALVES = "(?:早上?|早晨|上午|中午|下午|傍晚|晚上?|夜里|夜间|[AP]M)"
_CLOCK = (
    rf"(?:{_HALVES} ?)?[\d零一二三四五六七八九十两]{{1,3}}(?:[:点时][\d半一二三四五十分]*)?"
    r"(?: ?[AP]\.?M)?"
)
_OPENS_AND_CLOSES = (
    rf"(?:开门|开店|上班|OPEN)(?:时间)?[: ]*({_CLOCK})[ ,;\n]*(?:[-至到] ?)?"
    rf"(?:每[天日])?(?:关门|打烊|下班|闭店|收摊|歇业|CLOSED?)(?:时间)?[: ]*({_CLOCK})(?![-至到])"
)
_PAIR = re.compile(_OPENS_AND_CLOSES)
_OPENS_CLOSES = re.compile(
    r"(?:(?<![\d点时半刻分整] )(?<![\d点时半刻分整不])|(?<=周[1-7])|(?<=周[1-7] )"
    r"|(?<=周[1-7][-至到][1-7])|(?<=周[1-7][-至到][1-7] ))"
    rf"{_OPENS_AND_CLOSES}(?:[ ,;]*{_OPENS_AND_CLOSES})*"
)
"""开门：7:00 关门：21:00; each time has its own word, and none stands before the first."""
_OPENS_ABOVE = re.compile(
    rf"(?<=[点时分半\d])(开门|开店|上班)[ ,;。]*\n(?={_CLOCK} ?(?:关门|打烊|下班|闭店|收摊))"
)
"""早7点开门, and below it 晚8点关门."""
_MORNING_ALONE = re.compile(
    r"(周(?:末|[一二三四五六日天](?:[、和]?周?[一二三四五六日天])*))(?:只|仅)(?:在)?(?:开门?|营业|上班?)?"
    r"上(?:午|半天)(?:营业|开门|上班)?(?=[,;。\n]| (?![\d早上])|$)"
)
"""周日只开上午 rests in the afternoon."""
_EVENING_BELOW = re.compile(
    r"(?m)^((?:(?:营业|服务|办公|开放|工作)时间 ?:? ?)?(?:早上?|早晨))[: ]?"
    r"(\d{1,2}(?:[:点时]\S{0,3})?)\n(?=晚上?[: ]?\d{1,2}(?:[:点时]\S{0,3})?$)"
)
"""早7:00, and below it 晚9:00."""
_WEEKENDS_OFF = re.compile(
    r"(?:周末|周六[、和]?周?[日天])?(?:(?<![单至到、和及与周一二三四五六日天])(?<!大小)双休"
    r"|(?:(?<=末)|(?<=六日)|(?<=六天)|(?<=周日)|(?<=周天))双休|周休[二两]日)"
    r"(?=[).,;。!]*(?:\n(?! ?\D{0,2}\d)|$))"
)
"""双休 at the end of a row; above or before times it may be whose they are, and behind other days
(周二、周三双休) it is about them."""
_RESTDAYS = re.compile(r"休息日(?=[: ]*(?:营业时间?[: ]*)?(?:早上?|上午|下午|晚上?)?[: ]*\d)")
"""Beside 工作日 9:00-17:00 these are Saturday and Sunday; alone 休息日 is when it is closed."""

_HALF_BEFORE = re.compile(
    r"(?m)^([上下]午)[: ]*(周[一二三四五六日天](?:[-至到、]周?[一二三四五六日天])*)"
    r"[: ]*(?=\d[^周\n]*$)"
)
"""上午 周一至周五 8:30-12:00."""

_MARKET_ABOVE = re.compile(
    r"(?m)^((?:每月)?(?:[农阴]历)?逢[一二三四五六七八九十\d、,逢]+赶?[集场圩墟街][日天]?)\n"
    r"(?:集|赶?[集场圩墟街])[日天](?=[: ]*\d)"
)
"""逢一逢六赶集, and below it 集日 6:00-15:00."""
_LARGE = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_LARGE_CLOCK = re.compile("[壹贰叁肆伍陆柒捌玖拾]{1,3}(?=[点时])")
_APART = re.compile(
    r"(?m)(?P<before>^|[^\d \n] ?)([01]\d|2[0-4]) ([0-5][05])"
    r" ?[-至到] ?([01]\d|2[0-4]) ([0-5][05])$"
)
"""09 00 - 17 30: the dots of the colons are worn off, each number has two digits."""
_OPEN_SHUT_BARE = re.compile(
    r"(?m)(?P<before>^|[^\d\n一-龥] ?)开 ?(\d{1,2})点?[ ,;]*[关收] ?(\d{1,2})点?$"
)
"""开 9 关 21."""
_ORNAMENTS = re.compile(
    "(?m)^[ ☀☁★☆◆◇■□▲△▼▽♥♡❤❥✿❀❁❃✨✦✧❄♪♫♬☺♣♠♧♢◎✱✲✳✴✵✶✷✸✹✺❉❋⭐🌞💐🎉🌸🌟]+"
    "|[ ☀☁★☆◆◇■□▲△▼▽♥♡❤❥✿❀❁❃✨✦✧❄♪♫♬☺♣♠♧♢◎✱✲✳✴✵✶✷✸✹✺❉❋⭐🌞💐🎉🌸🌟]+$"
)
"""☀营业时间☀; ○ may be a nought and ※ a note's sign."""
_DAY_BEFORE = re.compile(r"(周[1-7](?:[-至到、,]周?[1-7])*) ?: ?(?=\d{1,2}[:点时])")
"""周6:9:00 names a day before its times; 周6:30 is left as it is, nobody knows what it means."""


class Token(NamedTuple):
    """A word: its kind, as it is spelt, and where it begins in the spelt text."""

    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        """Where the next word begins."""
        return self.at + len(self.text)


def in_one_form(sign: str) -> str:
    """One typed character as `spelt` has it: of half width, simplified; nothing if invisible."""
    plain = unicodedata.normalize("NFKC", sign).upper().translate(_TRADITIONAL)
    plain = "".join(one for one in plain if unicodedata.category(one) != "Cf")
    return re.sub(_DASHES, "-", re.sub(r"[^\S\n]", " ", plain))


def spelt(text: str) -> str:
    """One spelling for widths, dashes, colons and weeks; rows stay, invisible marks go."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_TRADITIONAL)
    plain = re.sub(r"[\r\n\u2028\u2029]+", "\n", plain)
    plain = "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign) != "Cf")
    plain = _ORNAMENTS.sub("", plain)
    plain = re.sub(r"[^\S\n]+", " ", plain.replace("廿四小时", "二十四小时"))
    plain = _SPACED.sub(lambda spaced: spaced.group().replace(" ", ""), plain)
    plain = _PAIRS.sub(
        lambda spaced: spaced.group().replace(" ", ""),
        _WIDE_DAY.sub(r"周\1", re.sub("星 ?期|礼 ?拜", "周", plain)),
    )
    plain = _DOTS.sub("-", plain)
    plain = re.sub(f"{_DASHES}+", "-", plain)
    plain = _TYPED_COLON.sub(r"\1:", re.sub(r"[﹕∶ː]", ":", plain))
    plain = re.sub(r"(?<=\d) ?: ?(?=\d)", ":", plain)
    plain = re.sub(r"(?<=\d) (?=[点时](?![间段]))|(?<=\d[点时]) (?=半|\d{1,2} ?分)", "", plain)
    plain = _LARGE_CLOCK.sub(lambda one: one[0].translate(_LARGE), plain)
    plain = _APART.sub(r"\g<before>\2:\3-\4:\5", plain)
    plain = _OPEN_SHUT_BARE.sub(r"\g<before>\2:00-\3:00", plain)
    plain = _WIDE_TIMES.sub(lambda wide: wide.group().replace(" ", ""), plain)
    plain = _MORNING_ALONE.sub(r"\1下午休息", plain)
    plain = _EVENING_BELOW.sub(r"\1\2 ", plain)
    plain = _MARKET_ABOVE.sub(r"\1 ", plain)
    plain = _DAY_BEFORE.sub(r"\1 ", plain)
    plain = re.sub(r"(?<![A-Z])TO(?![A-Z])", "-", plain)
    plain = plain.replace("24小时制", "")
    plain = _RESTDAYS.sub("双休日", plain) if "工作日" in plain else plain
    plain = _WEEKENDS_OFF.sub("双休日休息", plain)
    plain = _OPENS_ABOVE.sub(r"\1,", plain)
    plain = _HALF_BEFORE.sub(r"\2 \1", _OPENS_CLOSES.sub(_dashed, plain))
    for name, day in _ENGLISH_DAYS.items():
        plain = re.sub(rf"(?<![A-Z]){name}(?:S?DAY|NESDAY|RSDAY|URDAY)?S?\.?(?![A-Z])", day, plain)
    return "\n".join(row.strip() for row in plain.strip().split("\n"))


def _dashed(found: re.Match[str]) -> str:
    """开门8:00关门18:00 → 8:00-18:00, apart from the day before it."""
    return "".join(f" {opens}-{closes}" for opens, closes in _PAIR.findall(found.group()))


def tokens(text: str) -> list[Token]:
    """The words of a spelt text, in order."""
    return [
        Token(str(found.lastgroup), found.group(), found.start())
        for found in _TOKENS.finditer(text)
    ]


def served_at(label: str) -> str:
    """What is done at the times below a label: 取件 of 取件服务时间 and of 取件时间."""
    return re.split("(?:服务|营业|办理|开放|工作)?(?:时间|时段|钟点)", label)[0]


def number(text: str) -> int | None:
    """18, 十八, 二十, 零五 → a number; None when it is none."""
    if text.isdigit():
        return int(text)
    text = text.removeprefix("零").removeprefix("〇") if len(text) > 1 else text
    tens, ten, ones = text.rpartition("十")
    if any(sign not in _DIGITS for sign in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return None
    if not ten:
        return _DIGITS[ones] if ones else None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
