"""Months as people list them, put as from when to when: 7月、8月, 七八月, 3月初至11月底.

Months that do not follow each other, and 中旬, stay as they are, and the grammar refuses them.
"""

import re
from itertools import pairwise

from server.policy.hours.tokens import number

_NUM = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_SEP = "(?:[、,和及与/] ?)"
_AHEAD = r"(?=[: (]*(?:期间|每天|每日|早上?|上午)?[: )]*\d{1,2}[:点时]|\))"
_FREE = r"(?<![\d月至到:.、,和及与/-])"
_LISTED = re.compile(
    rf"{_FREE}(?P<months>{_NUM}(?:月{_SEP}?|{_SEP})(?:{_NUM}(?:月{_SEP}?|{_SEP})){{0,2}}{_NUM})"
    rf"(?:[两二三四]个?)?月份?{_AHEAD}"
)
_SIDE_BY_SIDE = re.compile(rf"{_FREE}([一二三四五六七八九]{{2,3}})月份?{_AHEAD}")
_FROM_BEGINNING = re.compile(r"(?<=月)初(?= ?[-至到])")
_TO_END = re.compile(
    r"(?P<to>(?:(?<=[月日号])|(?<=[月日号] ))[-至到] ?(?:次年|来年|翌年|第二年)?)"
    rf"(?P<month>{_NUM}月)份?[底末](?!\d)"
)
_OTHER_SEASONS = re.compile("其[余他它](?:的?几?个?季[节度]|的?时候)")


def with_month_ranges(plain: str) -> str:
    """A spelt text in which months that follow each other are one range."""
    if "月" not in plain:
        return plain
    plain = _LISTED.sub(_ranged, _SIDE_BY_SIDE.sub(_ranged_signs, plain))
    plain = _TO_END.sub(r"\g<to>\g<month>", _FROM_BEGINNING.sub("", plain))
    return _OTHER_SEASONS.sub("其他月份", plain)


def _ranged(found: re.Match[str]) -> str:
    return _joined(re.findall(_NUM, found["months"])) or found.group()


def _ranged_signs(found: re.Match[str]) -> str:
    return _joined(list(found[1])) or found.group()


def _joined(named: list[str]) -> str:
    months = [number(one) or 0 for one in named]
    follow = all(later == earlier % 12 + 1 for earlier, later in pairwise(months))
    return f"{months[0]}月至{months[-1]}月" if follow and len(months) > 1 else ""
