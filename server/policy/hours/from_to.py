"""Spans, seasons and days of rest that stand apart from what they belong to, put together.

7:30 起 20:00 止, 上午10点起 above 营业至凌晨2点, （夏） and （冬） behind the times, 星期一
above 休. A span needs both its ends; of 早6点起 alone nobody knows when it closes.
"""

import re

_HALF = "(?:早[上晨]?|清早|清晨|凌晨|上午|中午|下午|傍晚|晚[上间]?|夜里|夜间|半夜)"
_SIGN = "[零〇一二两三四五六七八九十]"
_HOUR = (
    rf"(?:\d{{1,2}}(?::[0-5]\d|[点时](?:半|整|[0-5]?\d分?)?)"
    rf"|{_SIGN}{{1,3}}[点时](?:半|整|{_SIGN}{{1,3}}分?)?)"
)
_CLOCK = rf"{_HALF}? ?{_HOUR}"
_END = r"(?=[ ,;。!)\n]|$)"

_SERVES = "(?:营业|开门|开店|服务|上班|开放|办公)"

_UNTIL = re.compile(
    rf"(?:(?<=[\n ,;:(])|\A)(?:本[店站])?(?P<daily>每[天日])?[由从自]?[: ]*(?P<opens>{_CLOCK})"
    rf" ?(?:开始)?{_SERVES}?,? ?[-至到] ?(?P<closes>{_CLOCK}) ?(?:止|为止|结束)?{_END}"
)
"""由上午九时营业至下午七时."""
_BEGINS_ABOVE = re.compile(
    rf"(?:(?<=[\n ,;:(])|\A)(?P<opens>{_CLOCK})(?:起|开始){_SERVES}?[ ,\n]+"
    rf"{_SERVES}(?:[至到]|-)(?P<closes>{_CLOCK}){_END}"
)
_BEGINS_AND_ENDS = re.compile(
    rf"(?:(?<=[\n ,;:(])|\A)(?P<opens>{_CLOCK}) ?(?:起|开始)[ ,\n]*[至到]?[: ]*"
    rf"(?P<closes>{_CLOCK}) ?(?:止|为止|结束){_END}"
)
_SEASON_BEHIND = re.compile(
    r"(?m)^(?P<title>(?:营业|服务|办公|开放|工作)?时间[: ]*)?"
    r"(?P<one>\d[^\n()春夏秋冬]*?) ?\(([夏冬])[天季]?\)\n"
    r"(?P<two>\d[^\n()春夏秋冬]*?) ?\((?!\3)([夏冬])[天季]?\)$"
)
_OVERNIGHT = re.compile(
    rf"(?P<opens>(?:晚[上间]?|夜里|夜间|半夜|深夜) ?{_HOUR})"
    rf" ?(?:开?[至到]|-)(?=(?:早[上晨]?|清早|清晨)\d)"
)
"""夜里11点开到早上6点 can only be the next morning."""
_STACKED_REST = re.compile(r"(?m)^(周[一二三四五六日天])\n(?:公?休|休息|歇)\n(?=周)")


def from_to(plain: str) -> str:
    """A spelt text with what stands apart put with what it belongs to."""
    plain = _STACKED_REST.sub(r"\1休息\n", plain)
    plain = _OVERNIGHT.sub(r"\g<opens>-次日", plain)
    plain = _SEASON_BEHIND.sub(r"\g<title>\n\3季 \g<one>\n\5季 \g<two>", plain)
    plain = _UNTIL.sub(r"\g<daily>\g<opens>-\g<closes>", plain)
    plain = _BEGINS_ABOVE.sub(r"\g<opens>-\g<closes>", plain)
    return _BEGINS_AND_ENDS.sub(r"\g<opens>-\g<closes>", plain)
