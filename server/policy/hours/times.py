"""Two times as people say them → opening and closing in minutes, or no answer at all."""

import re
from dataclasses import dataclass, replace
from typing import NoReturn

from server.errors import Invalid
from server.policy.hours.tokens import number
from server.policy.hours.week import DAY, Span

ADVICE = "请照“周一至周五 8:30-18:00；周六 9:00-12:00”或“24小时”这样写"
NOON = 720
LATE_MORNING = 11 * 60
"""Until when a morning without 上午 may be an evening."""

SHORTEST = 30
EARLIEST = 4 * 60
"""Who says 2:00 and means the night says 凌晨."""

_LATE_OPENING = 17 * 60
_LONG_ENOUGH = 3
_MORNING = {"清晨", "清早", "早上", "早晨", "早间", "早", "朝", "上午", "AM"}
_MIDDAY = {"中午", "午间", "正午"}
AFTERNOON = {"下午", "午后", "午", "傍晚", "PM"}
EVENING = {"晚上", "晚间", "夜间", "夜里", "夜晚", "晚", "夜"}
_NIGHT = "凌晨"


class Unreadable(Invalid):
    """Hours that were not understood: what is wrong, in `sentence`, and the `advice` behind it."""

    sentence = ""
    advice = ADVICE

    @classmethod
    def told(cls, sentence: str, *, words: str, advice: str) -> "Unreadable":
        """The problem hours-unreadable; `words` are those that were read and not understood."""
        problem = cls("hours-unreadable", f"{sentence}，{advice}。", words=words)
        problem.sentence, problem.advice = sentence, advice
        return problem


def refuse(sentence: str, *, words: str = "", advice: str = ADVICE) -> NoReturn:
    """Raise Unreadable; `words` are those that were read and not understood."""
    raise Unreadable.told(sentence, words=words, advice=advice)


@dataclass(frozen=True, slots=True)
class Point:
    """One time as written: `half` of the day, next day or not, hour and minute, how exact."""

    hour: int
    minute: int
    exact: bool
    """With minutes, or with 点; a bare number is not."""
    spoken: bool
    """八点, 8点半: said with 点."""
    text: str
    half: str = ""
    next_day: bool = False


def point(kind: str, text: str, *, half: str = "", next_day: bool = False) -> Point:
    """A token of kind `time` or `bare` as a time; the hour may still be impossible."""
    if text in {"零点", "午夜"}:
        return Point(24, 0, exact=True, spoken=True, text=text, half="", next_day=next_day)
    if text == "正午":
        return Point(12, 0, exact=True, spoken=True, text=text, half="", next_day=next_day)
    hour: int | None
    minute: int | None
    if kind == "bare":
        hour, minute = number(text), 0
    else:
        before, after = re.split(r"[:.点时]", text, maxsplit=1)
        after = {"半": "30", "一刻": "15", "三刻": "45", "整": "0", "正": "0", "": "0"}.get(
            after, after
        )
        hour, minute = number(before), number(after.removesuffix("分").partition(":")[0])
    if text == "00":
        refuse(f"“{text}”只读到一半", words=text)  # what is left of 9:00
    if hour is None or minute is None or hour > 24 or minute > 59:
        refuse(f"没有“{text}”这个时间", words=text)
    spoken = "点" in text or "时" in text
    return Point(hour, minute, kind != "bare", spoken, text, half, next_day)


def span(first: Point, second: Point, *, said: str, machine: bool) -> Span:
    """Opening and closing; refuses where two readings are possible, quoting what was `said`.

    The half of the day said once holds for both (下午2:30-6:00). 8点到6点 is meant until six in
    the evening; 8:00-6:00 may have been 16:00, and 10点到2点 the next day's: nobody guesses.
    """
    if first.next_day or not _exact_enough(first, second, machine=machine):
        refuse(f"“{said}”看不清是几点到几点", words=said)
    if machine and _mixed(first, second):
        refuse(f"“{said}”看不清是几点到几点", words=said)
    opens, closes = placed(first), _closing(first, second, machine=machine)
    if opens is None or closes is None:
        refuse(f"“{said}”看不清是上午还是下午", words=said)
    if not second.next_day and closes <= opens:
        if _over_midnight(first, second, opens, closes):
            closes += DAY
        elif _spoken_evening(first, second, opens, closes):
            closes += NOON
        else:
            refuse(
                f"“{said}”的关门时间不晚于开门时间",
                words=said,
                advice="下午六点请写18:00或下午6:00，过了半夜请写次日2:00",
            )
    if closes > opens + DAY or closes - opens < SHORTEST:
        refuse(f"“{said}”不像开门到关门的时间", words=said)
    if 0 < opens < EARLIEST and first.half != _NIGHT:
        refuse(f"“{said}”看不清是上午还是下午", words=said)
    early = 0 < opens < EARLIEST + 60 and not (first.half == _NIGHT and second.half)
    if machine and ((opens == 0 and closes != DAY) or early):
        refuse(f"“{said}”不像一个站的营业时间", words=said)
    return opens, closes


def _mixed(first: Point, second: Point) -> bool:
    """下午4:30-17:00, 早8:00晚1, 早6点-0点: of one of the two a digit or more is likely lost."""
    english = {first.half, second.half} <= {"AM", "PM"}
    written = first.exact is not second.exact and not (first.spoken or second.spoken or english)
    afternoon = first.half in AFTERNOON and not second.half and second.hour not in {0, 12, 24}
    same = first.spoken and first.hour == second.hour and not (first.half or second.half)
    clocks = afternoon and not second.next_day and (first.hour < 12) is not (second.hour < 12)
    return written or clocks or same or second.text in {"0点", "0时"}


def _exact_enough(first: Point, second: Point, *, machine: bool) -> bool:
    """Whether no part of a time can be missing: 8-18点, 早8晚6 are whole; 8:00-18 may be torn."""
    if second.spoken or (first.exact and second.exact):
        return True
    if first.half and second.half:
        return True
    if not first.exact and not second.exact:
        # 8-18; but in 6-7 8-12 the first two are days.
        digits = (first.text + second.text).isascii()
        return digits and not machine and second.hour - first.hour >= _LONG_ENOUGH
    return not machine


def _closing(  # noqa: PLR0911 - one answer a way of saying it
    first: Point, second: Point, *, machine: bool
) -> int | None:
    closes = placed(second)
    whole = _past_midnight(second) or (second.text == "00:00" and first.text[:2].isdigit())
    if machine and second.hour == 0 and not second.spoken and not whole:
        return None  # what is left of 10:00, or of 02:00（次日）
    if second.next_day:
        return None if closes is None or closes >= DAY else closes + DAY
    if second.half == "夜里" and second.hour == 12:
        return DAY + second.minute  # 夜里12:30
    if second.hour == 0 and second.minute == 0 and not second.half:
        return DAY
    if closes is None or second.half:
        return closes
    opens = placed(first)
    if first.half in EVENING and closes == NOON and second.minute == 0:
        return DAY  # 晚上7点到12点
    late = first.half in AFTERNOON | EVENING or (first.half in _MIDDAY and second.hour < 8)
    if late and opens is not None and closes <= opens and closes < NOON:
        return placed(replace(second, half="下午"))
    return closes


def _past_midnight(one: Point) -> bool:
    """次日00:30 is whole, as is 凌晨0:30: no shop closes at 10:30 of the next day."""
    return (one.next_day or one.half == _NIGHT) and (one.minute > 0 or one.text.startswith("00"))


def maybe_evening(first: Point, second: Point, closes: int) -> bool:
    """7点到9点, 6-10 of a shop: until the evening? 7:00-9:00 is exact."""
    loose = (first.spoken or not first.exact) and (second.spoken or not second.exact)
    return loose and not (first.half or second.half or second.next_day) and closes <= LATE_MORNING


def _over_midnight(first: Point, second: Point, opens: int, closes: int) -> bool:
    """夜里11点到早上6点, 18:00-03:00; 18:00-3:00 may be what is left of 18:00-23:00."""
    if second.half == _NIGHT or (second.half == "" and second.text in {"零点", "午夜"}):
        return True
    if first.half in EVENING and second.half in _MORNING and first.spoken and second.spoken:
        return opens >= _LATE_OPENING
    whole = first.exact and re.fullmatch(r"0[1-5]:[0-5]\d", second.text) is not None
    return whole and not (first.half or second.half) and opens >= _LATE_OPENING > closes


def _spoken_evening(first: Point, second: Point, opens: int, closes: int) -> bool:
    said = first.spoken and second.spoken and not first.half and not second.half
    return said and EARLIEST < opens < NOON and EARLIEST <= closes <= opens


def placed(one: Point) -> int | None:  # noqa: PLR0911 - one answer for each part of the day
    """Minutes after midnight; None where the half of the day contradicts the hour."""
    hour, at = one.hour, one.hour * 60 + one.minute
    later: int | None = at + NOON if hour < 12 else at
    if at > DAY:
        return None
    if not one.half:
        return at
    if one.half == _NIGHT:
        return at if hour <= 6 else None
    if one.half == "AM" and hour == 12:
        return None  # midnight to some, noon to others
    if one.half in _MORNING:
        return at if 4 <= hour <= 12 else None
    if one.half in _MIDDAY:
        return at if 11 <= hour <= 14 else later if 1 <= hour <= 2 else None
    if one.half in AFTERNOON:
        return later if 1 <= hour < 24 else None
    if hour in {0, 12}:
        return DAY if one.minute == 0 else None
    return later if 5 <= hour <= 11 or hour >= 17 else None
