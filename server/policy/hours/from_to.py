"""Ways of writing from when to when that are a span and no more, put as one.

7时30分起至17时止, 营业7:45 above 打烊19:15, 6点 ➜ 22点. A way needs both
its ends; of 早6点起 alone nobody knows when it closes.
"""

import re

_HALF = "(?:早[上晨]?|清早|清晨|凌晨|上午|中午|下午|傍晚|晚[上间]?|夜里|夜间|半夜)"
_SIGN = "[零〇一二两三四五六七八九十]"
_BARE_CLOCK = (
    rf"(?:\d{{1,2}}(?::[0-5]\d|[点时](?:半|整|[0-5]?\d分?)?)"
    rf"|{_SIGN}{{1,3}}[点时](?:半|整|{_SIGN}{{1,3}}分?)?)"
)
_CLOCK = rf"{_HALF}? ?{_BARE_CLOCK}"
_END = r"(?=[ ,;。!)\n]|$)"
_BEGIN = r"(?:(?<=[\n ,;:(])|\A)"
_SERVES = "(?:营业|开门|开店|服务|上班|开放|办公)"
_SHUTS = "(?:关门?|打烊|收摊|收工|歇业|熄灯|关灯|收灯|锁门|闭店|下班|收档)"
_OPENS = "(?:开门?|营业|开灯|开张|起灯|开店|上班|开档|出摊)"

_ARROW = re.compile(r"(?<=[\d点时半整分]) ?[▶►▸➜➔➝➞➡⇨⇒»>]+ ?(?=\d|[早上下晚夜凌中])")
_UNTIL = re.compile(
    rf"{_BEGIN}(?:本[店站])?(?P<daily>每[天日])?(?:{_SERVES}(?:时间)?[: ]*)?[由从自]?[: ]*"
    rf"(?P<opens>{_CLOCK}) ?(?P<from>(?:起|开始)?{_SERVES}?),? ?[-至到] ?"
    rf"(?P<closes>{_CLOCK}) ?(?P<to>(?:止|为止|结束)?){_END}"
)
_BEGINS_AND_ENDS = re.compile(
    rf"{_BEGIN}[由从自]?(?P<opens>{_CLOCK}) ?(?:起|开始){_SERVES}?[ ,\n]*"
    rf"(?:{_SERVES}?[至到]|{_SERVES}-)?[: ]*(?P<closes>{_CLOCK}) ?(?:止|为止|结束){_END}"
)
_BEGINS_ABOVE = re.compile(
    rf"{_BEGIN}(?P<opens>{_CLOCK})(?:起|开始){_SERVES}?[ ,\n]+"
    rf"(?:{_SERVES}(?:[至到]|-)|[至到])(?P<closes>{_CLOCK}){_END}"
)
_BEGINS_BELOW = re.compile(
    rf"{_BEGIN}{_SERVES}(?:[至到]|-)(?P<closes>{_CLOCK})[ ,\n]+"
    rf"(?P<opens>{_CLOCK})(?:起|开始|开门){_END}"
)
_EACH_ITS_WORD = re.compile(
    rf"{_BEGIN}{_OPENS}[: ]*(?P<opens>{_CLOCK}|\d{{1,2}})[ ,;\n]+"
    rf"{_SHUTS}[: ]*(?P<closes>{_CLOCK}|\d{{1,2}}){_END}"
)
_WORD_BEHIND = re.compile(
    rf"{_BEGIN}(?P<opens>{_CLOCK}){_OPENS}[ ,;\n]+(?P<closes>{_CLOCK}){_SHUTS}{_END}"
)
_NOON_BETWEEN = re.compile(
    rf"{_BEGIN}(?P<opens>早[上晨]?{_CLOCK})[ ,]+中午(?:不休息?|不关门|照常)[ ,]+"
    rf"(?P<closes>(?:下午|晚上?){_CLOCK}){_END}"
)
"""早8:00 中午不休 晚7:30; of 早8:00 中午 晚7:30 something is lost."""
_ALL_DAY = re.compile(rf"(?:全天|全日)(?:营业|开放|服务)[: ]*(?=(?P<opens>{_CLOCK}) ?[-至到])")
_SEASON_BEHIND = re.compile(
    r"(?m)^(?P<title>(?:营业|服务|办公|开放|工作)?时间[: ]*)?"
    r"(?P<one>\d[^\n()春夏秋冬]*?) ?\(([夏冬])[天季]?\)\n"
    r"(?P<two>\d[^\n()春夏秋冬]*?) ?\((?!\3)([夏冬])[天季]?\)$"
)
_SMALL = "(?=(?:[1-5]|[一二两三四五])[:点时])"
_BEFORE_DAWN = re.compile(rf"(?<=[-至到])(?:大?半夜|[后下]半夜|深夜|夜里|夜间){_SMALL}")
_OVERNIGHT = re.compile(
    rf"(?P<opens>(?:晚[上间]?|夜里|夜间|半夜|深夜) ?{_BARE_CLOCK})"
    rf" ?(?:开?[至到]|-)(?=(?:早[上晨]?|清早|清晨)\d)"
)
"""夜里11点开到早上6点 can only be the next morning."""
_STACKED_REST = re.compile(r"(?m)^(周[一二三四五六日天])\n(?:公?休|休息|歇)\n(?=周)")
"""星期一 above 休, and other days below."""

_SPANS = (
    _UNTIL, _BEGINS_AND_ENDS, _BEGINS_ABOVE, _BEGINS_BELOW, _EACH_ITS_WORD, _WORD_BEHIND,
    _NOON_BETWEEN,
)  # fmt: skip


def from_to(plain: str) -> str:
    """A spelt text with spans that are written another way put as from-to."""
    plain = _STACKED_REST.sub(r"\1休息\n", _ALL_DAY.sub("", _ARROW.sub("-", plain)))
    plain = _OVERNIGHT.sub(r"\g<opens>-次日", _BEFORE_DAWN.sub("凌晨", plain))
    plain = _SEASON_BEHIND.sub(r"\g<title>\n\3季 \g<one>\n\5季 \g<two>", plain)
    for span in _SPANS:
        plain = span.sub(_span, plain)
    return plain


def _span(found: re.Match[str]) -> str:
    said = found.groupdict()
    if not said.get("from", "-") and not said.get("to", "-"):
        return found[0]
    opens, closes = (_whole(said[name]) for name in ("opens", "closes"))
    return f"{said.get('daily') or ''}{opens}-{closes}"


def _whole(clock: str) -> str:
    """开 9 is at nine; nothing else of digits alone comes here."""
    return f"{clock}点" if clock.strip().isdigit() else clock
