"""From words to what they speak of: spans of time, days, seasons, and what is said of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from server.policy.hours.days import DAY_KINDS, Days, named_days, refuse_unclear_pair
from server.policy.hours.one_kind import refuse_two_kinds
from server.policy.hours.times import Point, maybe_evening, point, refuse, span
from server.policy.hours.tokens import Token, number, tokens
from server.policy.hours.week import EVERY_DAY, REST, Season, Span
from server.policy.hours.written import last_of_month

_TIMES = {"time", "fours", "allday"}
_SKIPPED = {"filler", "blank", "mark", "title", "label"}
_KEPT = {
    "hard", "gap", "closed", "closed_label", "usual", "normally", "appointment", "rest", "half",
    "noon_open", "starts", "open", "close", "except_open", "except_after", "except_close",
}  # fmt: skip
_SEASON_NAMES = {
    "春夏": "spring_summer", "秋冬": "autumn_winter", "夏": "summer", "冬": "winter",
    "春": "spring", "秋": "autumn", "其": REST,
}  # fmt: skip
_EARLY = {"早", "朝", "早上", "早晨", "清晨", "清早"}
_LATE = {"晚", "夜", "晚上", "晚间", "傍晚", "夜里", "夜间", "夜晚"}
_NOON_HOURS = range(11, 14)
_UNDASHED_HOURS = 4
_CLOSING_WORDS = {"关门", "打烊", "收摊", "下班", "歇业", "闭店"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing said; `kind` is `times`, `days`, `season`, or a token's own kind."""

    kind: str
    text: str
    span: Span = (0, 0)
    days: Days = field(default_factory=Days)
    season: Season | None = None
    dotted: bool = False
    """Written 8.30-9.15, which might be dates."""
    bare: bool = False
    """Written 8-18, which might be days."""
    loose: bool = False
    """Said 7点到9点, which might be until the evening."""
    half: str = ""
    """The part of the day that the opening time was said with."""


def items_of(text: str, *, machine: bool) -> list[Item]:
    """What a spelt text says, in order; refuses, quoting them, words that are not understood.

    `machine` says that the text was read from a photo, where pieces may be lost.
    """
    words = tokens(text)
    _refuse_unknown(text, words)
    refuse_two_kinds(words)
    items = list(_Items(words, text, machine=machine))
    bare = [item for item in items if item.bare]
    if bare and any(word.kind in _TIMES for word in words):
        refuse(f"“{bare[0].text}”看不清是日子还是时间", words=bare[0].text)
    whole = [
        item for item in items if item.span == (0, 1440) and not re.search("[\\d四]", item.text)
    ]
    if whole and any(item.kind == "times" and item.span != (0, 1440) for item in items):
        # 周一至周五 17:30-21:00 周末全天: round the clock, or from morning to evening?
        refuse(f"“{whole[0].text}”看不清是几点到几点", words=whole[0].text)
    return items


def _refuse_unknown(text: str, words: list[Token]) -> None:
    """Refuse what is no word of ours, quoting the whole phrase that it stands in."""
    found: list[str] = []
    done = 0
    for place, word in enumerate(words):
        if word.kind != "other" or word.at < done:
            continue
        first = last = place
        while first and _phrase(words[first - 1]):
            first -= 1
        while last + 1 < len(words) and _phrase(words[last + 1]):
            last += 1
        done = words[last].end
        found.append(text[words[first].at : done].strip())
    if found:
        shown = "”“".join(one if len(one) <= 16 else f"{one[:16]}…" for one in found[:3])
        refuse(f"营业时间里的“{shown}”看不懂", words="、".join(found))


def _phrase(word: Token) -> bool:
    return word.kind not in {
        "hard", "blank", "open", "close", "and", "time", "fours", "mark", "gap",
    }  # fmt: skip


class _Items:
    """Walks over the words once."""

    def __init__(self, words: list[Token], text: str, *, machine: bool) -> None:
        self.words, self.text, self.machine, self.at = words, text, machine, 0

    def __iter__(self) -> Iterator[Item]:
        while self.at < len(self.words):
            word = self.words[self.at]
            if found := self._season() or self._span() or self._days():
                yield found
            elif word.kind in _KEPT:
                self.at += 1
                yield Item(word.kind, word.text)
            elif self._passes(word):
                self.at += 1
            else:
                refuse(f"营业时间里的“{self._round(word)}”不完整", words=self._round(word))

    def _passes(self, word: Token) -> bool:
        """Whether a word says nothing of days or times where it stands."""
        plain = word.kind in _SKIPPED and not self._torn(word)
        return plain or self._ornament(word) or self._joins(word)

    def _ornament(self, word: Token) -> bool:
        """A row of nothing but dashes."""
        row = self.text[: word.at].rpartition("\n")[2] + self.text[word.at :].partition("\n")[0]
        return word.text == "-" and not row.strip(" -")

    def _torn(self, word: Token) -> bool:
        """:00 at the head of a row, or behind a space, is what is left of a time."""
        lone = self.text[: word.at][-1:] in {"", "\n", " "}
        return lone and re.match(r":\d\d(?!\d|[:.点时])", self.text[word.at :]) is not None

    def _joins(self, word: Token) -> bool:
        """Whether a word that joins stands between two things; else one of them was lost."""
        if word.kind != "and":
            return False
        behind = self._kind(self._skip(self.at + 1, "blank"))
        torn = word.text != "," or self._after_lone_digit()
        if self.machine and torn and self._after_days() and behind not in DAY_KINDS:
            return False  # 周六、 9:00-12:00; 周2, 9:00-12:00
        before = self.text[: word.at].rstrip(" ")
        after = self.text[word.end :].lstrip(" ")
        lone = not before or not after or before[-1] in "\n,、" or after[0] in "\n,、"
        return not lone or (word.text == "," and after[:1] in {"", "\n"})

    def _after_lone_digit(self) -> bool:
        before = self.words[self.at - 1].text
        return before[-1:].isdigit() and not re.search("[-至到]", before)

    def _after_days(self) -> bool:
        before = self.at - 1
        while self._kind(before) == "blank":
            before -= 1
        return self._kind(before) in DAY_KINDS

    def _round(self, word: Token) -> str:
        """The row's piece that a word stands in, for quoting."""
        before = re.split(r"[\n;,]", self.text[: word.at])[-1]
        after = re.split(r"[\n;,]", self.text[word.at :])[0]
        return (before[-10:] + after[:10]).strip()

    def _skip(self, at: int, *kinds: str) -> int:
        while at < len(self.words) and self.words[at].kind in kinds:
            at += 1
        return at

    def _kind(self, at: int) -> str:
        return self.words[at].kind if 0 <= at < len(self.words) else ""

    # Times

    def _span(self) -> Item | None:
        word = self.words[self.at]
        if word.kind == "allday":
            self.at += 1
            return Item("times", word.text, span=(0, 1440))
        if word.kind == "fours":
            self.at += 1
            pair = re.findall(r"(\d\d)(\d\d)", word.text)
            first, second = (point("time", f"{hour}:{minute}") for hour, minute in pair)
            said = word.text
            return Item("times", said, span=span(first, second, said=said, machine=self.machine))
        first_at = self.at
        opening = self._point(self.at)
        if opening is None:
            return None
        first, at = opening
        closing = self._second(first, at)
        if closing is None:
            if word.kind in {"bare", "half"}:
                return None
            refuse(f"营业时间里的“{self._round(word)}”不完整", words=self._round(word))
        second, self.at = closing
        if self._kind(self.at) == "dash" and not self._ornament(self.words[self.at]):
            refuse(f"营业时间里的“{self._round(word)}”不完整", words=self._round(word))
        said = self.text[self.words[first_at].at : self.words[self.at - 1].end]
        ends = [w.text for w in self.words[first_at : self.at] if w.kind == "time"]
        dotted = bool(ends) and all(
            re.fullmatch(r"(?:1[0-2]|0?[1-9])\.(?:0[1-9]|[12]\d|3[01])", end) for end in ends
        )
        bare = not (first.exact or second.exact or first.half)
        if self._at_noon(first_at) and not first.half and first.hour in _NOON_HOURS:
            first = replace(first, half="中午")
        found = span(first, second, said=said, machine=self.machine)
        loose = maybe_evening(first, second, found[1])
        return Item("times", said, found, dotted=dotted, bare=bare, loose=loose, half=first.half)

    def _at_noon(self, first_at: int) -> bool:
        """午休12点至2点, 12:30-2:00午休: the words beside the times say which two o'clock."""
        before = first_at - 1
        while self._kind(before) in {"blank", "mark", "open"}:
            before -= 1
        beside = before, self._skip(self.at, "blank", "mark", "close")
        return any(self._kind(at) == "rest" for at in beside)

    def _point(self, at: int) -> tuple[Point, int] | None:
        """A time that begins here, and where it ends."""
        next_day, half = False, ""
        while self._kind(at) in {"next", "half", "ampm"}:
            word = self.words[at]
            if word.kind == "next":
                next_day = True
            elif half:
                return None
            else:
                half = word.text.replace(".", "")
            at = self._skip(at + 1, "blank", "mark") if word.kind != "next" else at + 1
            if self.words[at - 1].kind == "mark" and self.words[at - 1].text != ":":
                return None
        if self._kind(at) not in {"time", "bare"}:
            return None
        word, at = self.words[at], at + 1
        behind = self._skip(at, "blank")
        if not half and self._kind(behind) == "ampm":
            half, at = self.words[behind].text.replace(".", ""), behind + 1
        if self._kind(behind) == "open" and self._kind(behind + 1) == "next":
            after, inside = behind + 2, self._kind(behind + 2) == "half"  # 2:00（次日凌晨）
            if self._kind(after + inside) == "close":
                half, next_day = half or (self.words[after].text if inside else ""), True
                at = after + inside + 1
        return point(word.kind, word.text, half=half, next_day=next_day), at

    def _second(self, first: Point, at: int) -> tuple[Point, int] | None:
        """The closing time: behind a dash, or where the words leave no doubt without one."""
        until = self._kind(at) == "normally" and self._kind(at + 1) == "dash"  # 早8点营业至晚8点
        if until and self.words[at].text == "营业":
            return self._point(self._skip(at + 2, "blank"))
        opened = self._kind(at) == "starts"
        at += opened
        behind = self._skip(at, "blank", "and") if opened else self._dash_after(at)
        if self._kind(behind) == "dash":
            found = self._point(self._skip(behind + 1, "blank", "hard"))
        elif opened:
            found = self._point(behind)
        else:
            found = self._undashed(first, at)
        if found is None or not opened:
            return found
        second, at = found
        closes = at < len(self.words) and self.words[at].text in _CLOSING_WORDS
        return (second, at + 1) if closes else None

    def _dash_after(self, at: int) -> int:
        """Where a dash might stand; on a board it stands beside the time or in a row of its own."""
        near, far = self._skip(at, "blank"), self._skip(at, "blank", "hard")
        if self.machine and self._kind(near) == "dash":
            return near if self._kind(self._skip(near + 1, "blank")) != "hard" else len(self.words)
        return far

    def _undashed(self, first: Point, at: int) -> tuple[Point, int] | None:
        """早八晚六; and, for a machine that lost the dash, two whole times side by side."""
        apart = ("blank", "and") if first.half in _EARLY else ("blank",)
        found = self._point(self._skip(at, *apart))
        if found and first.half in _EARLY and found[0].half in _LATE:
            return found
        if not self.machine or first.half or self._kind(self.at - 1) == "dash":
            return None
        found = self._point(self._skip(at, "blank"))
        if found is None or not (first.exact and found[0].exact) or found[0].half:
            return None
        if first.spoken or found[0].hour - first.hour < _UNDASHED_HOURS:
            return None  # 8点 7点 of 8点-17点, 6:00 9:00 of 6:00-19:00
        return None if self._kind(self._skip(found[1], "blank")) in {"dash", "time"} else found

    # Days

    def _days(self) -> Item | None:
        first_at = self.at
        if self._kind(self.at) not in DAY_KINDS:
            return None
        found = named_days(self.words[self.at], listed=self._listed(self.at))
        self.at += 1
        while True:
            at = self._skip(self.at, "and", "blank")
            if self._kind(at) not in DAY_KINDS:
                break
            between = self.text[self.words[self.at - 1].end : self.words[at].at]
            if (
                found.weekdays
                and not between
                and re.fullmatch("赶?[集场圩墟街][日天]", self.words[at].text)
            ):
                self.at = at + 1  # 周三赶集日: which is when the market is
                break
            if len(between.strip(" ")) > 1:
                break
            more = named_days(self.words[at], listed=self._listed(at))
            apart = "、" if self._listed(at) and between == " " else between
            refuse_unclear_pair(found, more, apart, self._round(self.words[at]))
            if between.strip(" ") in {"", ","} and between and (found.ranged or more.ranged):
                break
            if found.every or found.rest or self._kind(at) in {"every", "plain", "others"}:
                break
            found, self.at = found | more, at + 1
        said = self.text[self.words[first_at].at : self.words[self.at - 1].end]
        all_listed = len(found.weekdays) == len(EVERY_DAY) and not (found.every or found.ranged)
        if self.machine and all_listed and re.search("工作日", said):
            # 周末，工作日: 休息 was lost between them
            refuse(f"“{said}”看不清是哪几天", words=said)
        return Item("days", said, days=found)

    def _listed(self, at: int) -> bool:
        """周三周日休息, 逢周二周五: who types this means these two, not from one to the other."""
        closed = self._kind(self._skip(at + 1, "blank", "mark")) == "closed"
        return not self.machine and (closed or self.words[at].text.startswith(("逢", "每逢")))

    # Seasons

    def _season(self) -> Item | None:
        """A season with or without its months, or months alone."""
        first_at, name = self.at, ""
        if self._kind(self.at) == "season":
            name = _season_name(self.words[self.at].text)
            at = self._skip(self.at + 1, "blank", "open", "mark", "title")
            months = self._months(at)
            self.at = self._closed_bracket(self.at, months[1]) if months else self.at + 1
        else:
            months = self._months(self.at)
            if months is None:
                return None
            self.at = months[1]
            at = self._skip(self.at, "blank", "open")
            if self._kind(at) == "season":
                name = _season_name(self.words[at].text)
                self.at = self._closed_bracket(self.at, at + 1)
        season = months[0] if months else Season()
        said = self.text[self.words[first_at].at : self.words[self.at - 1].end]
        return Item("season", said, season=replace(season, name=name))

    def _closed_bracket(self, first: int, at: int) -> int:
        """Behind the bracket that closes, if one was opened between `first` and `at`."""
        opened = any(word.kind == "open" for word in self.words[first:at])
        behind = self._skip(at, "blank")
        return behind + 1 if opened and self._kind(behind) == "close" else at

    def _months(self, at: int) -> tuple[Season, int] | None:
        """5-10月, 5月1日至9月30日, 7月."""
        if self._kind(at) not in {"bare", "month"}:
            return None
        behind = self._skip(at + 1, "blank")
        last_at = self._skip(behind + 1, "blank")
        ranged = self._kind(behind) == "dash" and self._kind(last_at) == "month"
        if not ranged and self._kind(at) == "bare":
            return None
        last_at = last_at if ranged else at
        first, last = _month(self.words[at].text), _month(self.words[last_at].text)
        if first is None or last is None or (first.day is None) is not (last.day is None):
            said = self.text[self.words[at].at : self.words[last_at].end]
            refuse(f"“{said}”看不懂", words=said, advice="请写“5月至10月”或“5月1日至9月30日”")
        if not ranged and first.day is not None:
            said = self.words[at].text
            refuse(f"“{said}”看不懂", words=said, advice="请写从几月几日到几月几日")
        until = last.day or last_of_month(last.month)
        return Season("", (first.month, first.day or 1), (last.month, until)), last_at + 1


class _Month(NamedTuple):
    month: int
    day: int | None


def _month(text: str) -> _Month | None:
    text = re.sub("^(?:每年|当年)?(?:次年|来年|翌年|第二年)?", "", text)
    before, _, after = text.partition("月")
    month, day = number(before), number(after.rstrip("日号")) if after not in {"", "份"} else None
    if month is None or not 1 <= month <= 12:
        return None
    if after not in {"", "份"} and (day is None or not 1 <= day <= last_of_month(month)):
        return None
    return _Month(month, day)


def _season_name(text: str) -> str:
    return next(name for sign, name in _SEASON_NAMES.items() if text.startswith(sign))
