"""其他月份, and a season that is the exception: the rest of the year is told beside it.

8:00-18:00 and below it 冬季（11月-2月）9:00-17:00 says of March to October the first. Only dated
seasons have a rest: of 冬季 alone nobody knows which days it leaves.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from server.policy.hours.clauses import Block, Clause
from server.policy.hours.times import refuse
from server.policy.hours.week import REST, MonthDay, Season

_ADVICE = "请照“11月至2月 9:00-17:00；3月至10月 8:00-18:00”这样写，全年都写到"
_ABOUT_DAYS = {"days", "closing", "usual", "by_call"}
_OTHERWISE = re.compile("其[余他它]|平时|平常(?!日)")
"""平日 and 闲日 are other days of a week or of a market, not of the year."""
_TORN = re.compile("十月")
"""What is left of 十一月 where a sign is lost."""
_LEAP_YEAR = 2024
_A_MONTH = 31
_WINTERS = (range(10, 13), range(1, 5))
_TORN_MONTH = 2
"""Of later months no digit is lost: 3月 is what is left of none."""
_SUMMERS = (range(4, 8), range(8, 11))

_NUM = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_MONTH = rf"{_NUM}月份?(?:\d{{1,2}}[日号])?"
_MONTHS = rf"(?:{_MONTH}|{_NUM}) ?[-至到] ?(?:次年|来年|翌年|第二年)?{_MONTH}"
_RANGE = re.compile(_MONTHS)
_BEHIND_TIMES = re.compile(
    r"(?<=[\d点半整]) ?, ?"
    rf"(?=(?:[春夏秋冬]{{1,2}}[季天令时]{{0,2}}[: ]?\(?)?{_MONTHS}\)?[: ]*\D{{0,2}}\d)"
)


def exception_apart(plain: str) -> str:
    """8:00-18:00,11月至2月 9:00-17:00 with a row for each; of two seasons commas tell less."""
    return _BEHIND_TIMES.sub(";", plain) if len(_RANGE.findall(plain)) == 1 else plain


def with_rest(clauses: Sequence[Clause], *, machine: bool) -> list[Clause]:
    """Clauses in which what is said of the rest of the year stands as a season of its own."""
    found = list(clauses)
    marks = [n for n, one in enumerate(found) if one.kind == "season"]
    seasons = [one.season for one in found if one.season is not None]
    dated = [one for one in seasons if one.first is not None]
    if not dated or any(one.first is None and one.name != REST for one in seasons):
        return found
    if len(dated) == len(seasons):
        found = _otherwise(found) or _rule_above(found, marks) or found
    torn = any(one.kind == "season" and _TORN.search(one.text) for one in clauses)
    if machine and _rest_in(found) and (torn or not all(map(_likely, dated))):
        refuse("几月到几月只读到一部分", advice=_ADVICE)
    return found


def spread(blocks: Sequence[Block]) -> list[Block]:
    """Blocks with the rest of the year as the dates that it is."""
    rest = next((one for one in blocks if one.season and one.season.name == REST), None)
    others = [one for one in blocks if one is not rest]
    if rest is None or not others or not all(one.season and one.season.first for one in others):
        return list(blocks)
    for one in others:
        _refuse_passing(one, rest)
    left = list(_left(one.season for one in others if one.season))
    if not left:
        refuse("写的季节已经是一整年，看不清另外写的是几月", advice=_ADVICE)
    return [*others, *(replace(rest, season=season) for season in left)]


def _otherwise(clauses: list[Clause]) -> list[Clause] | None:
    """六月至九月 6:30-20:00，其余时间 8:00-18:00, where no other days are named."""
    about = [one for one in clauses if one.kind in _ABOUT_DAYS and not one.days.every]
    if len(about) != 1 or about[0].kind != "days" or not _OTHERWISE.match(about[0].text):
        return None
    at = clauses.index(about[0])
    behind = [one.kind for one in clauses[at + 1 :] if one.kind != "hard"]
    if behind[:1] != ["times"]:
        return None
    return [*clauses[:at], Clause("season", about[0].text, season=Season(REST)), *clauses[at + 1 :]]


def _rule_above(clauses: list[Clause], marks: Sequence[int]) -> list[Clause] | None:
    """Times, and below them each season at the head of a row that has its own times."""
    if not any(one.kind == "times" for one in clauses[: marks[0]]):
        return None
    for mark in marks:
        if clauses[mark - 1].kind != "hard" or clauses[mark + 1 : mark + 2] == []:
            return None
        if clauses[mark + 1].kind not in {"times", "days", "closing"}:
            return None
    return [Clause("season", season=Season(REST)), *clauses]


def _rest_in(clauses: Sequence[Clause]) -> bool:
    return any(one.season is not None and one.season.name == REST for one in clauses)


def _likely(season: Season) -> bool:
    """A summer or a winter: 1月-2月 may be what is left of 11月-2月, and no other row shows it."""
    if season.first is None or season.last is None:
        return False
    first, last = season.first[0], season.last[0]
    if min(first, last) > _TORN_MONTH:
        return True
    summer = first in _SUMMERS[0] and last in _SUMMERS[1] and season.name in {"", "summer"}
    return summer or (
        first in _WINTERS[0] and last in _WINTERS[1] and season.name in {"", "winter"}
    )


def _refuse_passing(block: Block, rest: Block) -> None:
    """10月1日至7日休息 may be of this year alone; mornings and afternoons are halves of a day."""
    season = block.season or Season()
    spans, general = ([one.span for one in told.clauses if one.kind == "times"]
                      for told in (block, rest))  # fmt: skip
    passing = not season.name and (not spans or len(_days(season)) <= _A_MONTH)
    apart = spans and general and not any(a < d and c < b for a, b in spans for c, d in general)
    if passing or apart:
        refuse("看不清是不是每年都这样，其他月份几点到几点", advice=_ADVICE)


def _left(seasons: Iterator[Season]) -> Iterator[Season]:
    """The days of the year that no season has, in ranges; one may go over New Year."""
    told = {day for season in seasons for day in _days(season)}
    year = [date(_LEAP_YEAR, 1, 1) + timedelta(n) for n in range(366)]
    free = [(one.month, one.day) not in told for one in year]
    for n, one in enumerate(year):
        if free[n] and not free[n - 1]:
            last = n
            while free[(last + 1) % 366]:
                last += 1
            yield Season("", (one.month, one.day), _month_day(year[last % 366]))


def _days(season: Season) -> list[MonthDay]:
    """Each day of a dated season, February with 29."""
    if season.first is None or season.last is None:
        return []
    day, found = date(_LEAP_YEAR, *season.first), [season.first]
    while found[-1] != season.last:
        day += timedelta(1)
        day = day.replace(year=_LEAP_YEAR)
        found.append(_month_day(day))
    return found


def _month_day(day: date) -> MonthDay:
    return day.month, day.day
