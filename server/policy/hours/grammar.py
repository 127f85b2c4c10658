"""The one grammar of opening hours, for what people type and for what stands on boards.

It understands closed days wherever they stand, split days, seasons, market and lunar days, holidays
and closing after midnight. What it does not understand it refuses, quoting the words: no word is
passed over, and where two readings are possible nobody guesses.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from server.policy.hours.assignment import part_of
from server.policy.hours.clauses import blocks_of, clauses_of
from server.policy.hours.evenings import refuse_maybe_evenings
from server.policy.hours.feasts import with_feasts
from server.policy.hours.harmless import without_harmless
from server.policy.hours.items import Item, items_of
from server.policy.hours.markets import without_market_names
from server.policy.hours.named import in_known_names
from server.policy.hours.one_kind import refuse_only_on
from server.policy.hours.outside import calls_apart, refuse_calls_within
from server.policy.hours.pairs import in_whole_pairs
from server.policy.hours.people import without_people
from server.policy.hours.quoted import Said
from server.policy.hours.repeated import without_repeated
from server.policy.hours.rest_of_year import exception_apart, spread, with_rest
from server.policy.hours.sayings import in_common_words
from server.policy.hours.services import of_parcels
from server.policy.hours.shifted import with_shifts
from server.policy.hours.shifts import joined_shifts
from server.policy.hours.times import Unreadable, refuse
from server.policy.hours.tokens import spelt
from server.policy.hours.unlikely import refuse_unlikely
from server.policy.hours.ways import in_plain_ways
from server.policy.hours.week import Season, Week, stored

_SEASON_ADVICE = "请照“夏季（5月至10月）8:00-19:00；冬季（11月至4月）9:00-17:00”这样写，全年都写到"
_WHOLE_YEARS = (
    {"summer", "winter"}, {"spring_summer", "autumn_winter"},
    {"spring", "summer", "autumn", "winter"}, {"spring_summer", "autumn", "winter"},
    {"spring", "summer", "autumn_winter"},
)  # fmt: skip
_LEAP_YEAR = 2024
_MARKET_TOLD = re.compile(
    r"(?m)^(?:每月)?[^\n]*逢[^\n\d:点时]*赶?[集场圩墟街][日天]?[\n ,;。]+"
    "(?:营业|服务|工作|开放)时间"
)
"""Above the title it tells when market is; whether it is open on other days, nobody says."""

_TITLED = re.compile(
    r"\A(?P<title>(?:本[站店])?(?:营业|服务|开放|工作)时间[: ]*(?P<row>\n?))(?=\d[^\n]*\n"
    r"(?P<days>(?:周[一二三四五六日](?:[、, ]?周?[一二三四五六日])+|周末|双休日"
    r"|周六[至到-]周?[日天])"
    r"(?:[、,和及]?(?:法定)?节假日)?) ?:? ?\d[^\n]*\Z)"
)
"""Right behind the title no day can be lost: what holds is said before what other days have."""
_BRACKETED = re.compile(
    r"\A(?P<title>(?:本[站店])?(?:营业|服务|开放|工作)时间[: ]*\n?)?(?P<usual>\d[^\n()周]*\d)\n?"
    r" ?\((?P<days>周[一二三四五六日天](?:[、, ]?周?[一二三四五六日天])*)"
    r"[: ]?(?P<hours>\d[^\n()]*)\)\Z"
)
"""8:00-18:00（周日 9:00-17:00）: what stands in brackets is the exception."""
_POSTPONED = re.compile(
    "(?:[遇逢])?(?:国家|国定)?法?定?(?:节假日|假日|节日|假期)(?:[一-龥]{0,2})顺延"
)
_WEEKEND = re.compile("(?:周六[、, 至到-]?周?[日天]|周末|双休日)(?:[、,和及]?(?:法定)?节假日)?")


def parse_hours(text: str, *, typed: str = "") -> list[list[Any]]:
    """Turn typed hours into what the register keeps; blank text is no hours.

    Raises Invalid hours-unreadable; `details["words"]` are the words not understood. They and all
    that is quoted are stretches of what was `typed`, where `text` is no more that itself.
    """
    return stored(read_week(text, typed=typed)) if spelt(text) else []


def read_week(text: str, *, machine: bool = False, typed: str = "") -> Week:
    """The week that a text tells; raises Invalid hours-unreadable with the words not understood.

    `machine` is for text read from a photo, where pieces may be lost: what looks torn, or not
    like a station's hours, is refused as well. Quotes are taken from `typed`, where it is given.
    """
    said = Said(typed or text)
    try:
        return _read(text, said, machine=machine)
    except Unreadable as problem:
        raise said.refused(problem) from None


def _read(text: str, said: Said, *, machine: bool) -> Week:
    plain = said.now(without_people(said.now(spelt(text))))
    plain = said.now(in_common_words(said.now(in_known_names(plain))))
    plain = said.now(in_whole_pairs(said.now(without_repeated(plain, _inner))))
    plain = said.now(in_plain_ways(plain))
    plain = without_market_names(plain)
    told, calls = calls_apart(said.now(with_feasts(said.now(plain), machine=machine)))
    told = with_shifts(said.now(of_parcels(said.now(told), _inner)), _inner)
    plain = said.now(without_harmless(said.now(joined_shifts(told))))
    if postponed := _POSTPONED.search(plain):
        refuse(
            f"“{postponed.group()}”看不懂，是节假日休息还是照常开门",
            words=postponed.group(),
            advice="请写“法定节假日休息”或“法定节假日照常营业”",
        )
    refuse_only_on(plain)
    if _MARKET_TOLD.search(plain):
        refuse(
            "看不清是只有赶集的日子开门，还是天天开门",
            advice="请写“逢集 8:00-17:00”或“每天 8:00-17:00”",
        )
    plain = _BRACKETED.sub(r"平时\g<usual>\n\g<days> \g<hours>", plain) if machine else plain
    plain = said.now(_TITLED.sub(_usually, plain) if machine else exception_apart(plain))
    items = items_of(plain, machine=machine)
    refuse_maybe_evenings(items)
    blocks = spread(blocks_of(with_rest(clauses_of(items), machine=machine)))
    parts = [part_of(block, machine=machine) for block in blocks]
    if blocks[0].season is not None:
        _refuse_half_years([block.season for block in blocks if block.season])
        _refuse_dates_as_times(items)
    week = Week(tuple(parts))
    refuse_calls_within(week, calls)
    if machine:
        refuse_unlikely(week, plain, items)
    return week


def _inner(text: str) -> Week:
    """The week of a part of what was typed; whatever is wrong with it is not told."""
    return _read(text, Said(""), machine=False)


def _usually(found: re.Match[str]) -> str:
    """营业时间平时8:00-18:00; below the title a row's head may be lost, but not 周一至周五's."""
    sure = not found["row"] or _WEEKEND.fullmatch(found["days"])
    return found["title"] + ("平时" if sure else "")


def _refuse_half_years(seasons: Sequence[Season]) -> None:
    """The seasons must make up the year, each day once."""
    if all(season.first is None for season in seasons):
        if {season.name for season in seasons} not in _WHOLE_YEARS:
            refuse("没有写全每个季节几点到几点", advice=_SEASON_ADVICE)
        return
    counted = [0] * 366
    for season in seasons:
        if season.first is None or season.last is None:
            refuse("有的季节没有写几月到几月", advice=_SEASON_ADVICE)
        begin, end = (
            date(_LEAP_YEAR, *one).timetuple().tm_yday for one in (season.first, season.last)
        )
        for n in range((end - begin) % 366 + 1):
            counted[(begin - 1 + n) % 366] += 1
    if set(counted) != {1}:
        wrong = "有几天没有写到" if 0 in counted else "有几天重叠了"
        refuse(f"几个季节的月份合起来不是一整年，{wrong}", advice=_SEASON_ADVICE)


def _refuse_dates_as_times(items: Sequence[Item]) -> None:
    """In 夏季 5.01-9.30 nobody knows dates from times."""
    for item in items:
        if item.dotted:
            refuse(f"“{item.text}”看不清是日期还是时间", words=item.text, advice=_SEASON_ADVICE)
