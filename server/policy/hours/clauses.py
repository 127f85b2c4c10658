"""What belongs together: closed days, breaks with their times, seasons with all that is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from server.policy.hours.days import WEEKEND, Days
from server.policy.hours.items import Item
from server.policy.hours.times import NOON, refuse
from server.policy.hours.week import EVERY_DAY, SEASONS, Season, Span, Special

EVERY = Days(frozenset(EVERY_DAY), every=True)
_ROUND = {"open", "close"}
_WHOLE_DAY, _ROUND_THE_CLOCK = 8 * 60, 20 * 60
_FEW_DAYS = 2
_ABOUT_DAYS = {"days", "closing", "usual", "by_call"}
_WORKING_ADVICE = "请照“周二、周五 8:00-18:00”或“8:00-18:00，周日休息”这样写"
_ADVICE = "请照“夏季（5月至10月）8:00-19:00；冬季（11月至4月）9:00-17:00”这样写"


@dataclass(frozen=True, slots=True)
class Clause:
    """Something said whole; `days` are those that it is about.

    Kinds: times, days, closing, usual, by_call, appointment, break, lunch, noon_open, half_closed,
    season, hard.
    """

    kind: str
    text: str = ""
    span: Span = (0, 0)
    days: Days = field(default_factory=Days)
    season: Season | None = None
    half: str = ""
    """上午 or 下午, where only half of the day is closed."""
    soft: bool = False
    """除…外: times of their own may follow."""
    bracketed: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """What is said of one season, or of the whole year."""

    season: Season | None
    clauses: tuple[Clause, ...]


def clauses_of(items: Sequence[Item]) -> list[Clause]:
    """Join each thing said with what it is said of; refuses what stands alone."""
    return _Binder([item for item in items if item.kind != "gap"]).clauses()


class _Binder:
    def __init__(self, items: list[Item]) -> None:
        self.items, self.at = items, 0
        self.spans = [item.span for item in items if item.kind == "times"]

    def clauses(self) -> list[Clause]:
        found: list[Clause] = []
        while self.at < len(self.items):
            found += self._one(found)
        return found

    def _one(self, before: list[Clause]) -> list[Clause]:  # noqa: C901, PLR0911, PLR0912 - a branch a kind
        item = self.items[self.at]
        self.at += 1
        match item.kind:
            case "open" | "close" | "normally" | "starts":
                return []
            case "hard" | "noon_open" | "appointment":
                return [Clause(item.kind, item.text)]
            case "half" if closed := self._take("closed"):
                return [Clause("half_closed", f"{item.text}{closed.text}", half=item.text)]
            case "season":
                return [Clause("season", item.text, season=item.season)]
            case "times":
                return self._times(item)
            case "days":
                return self._days(item)
            case "rest":
                return self._lunch(item)
            case "except_open":
                days = self._take("days") or self._alone(item)
                if self._take("except_close") is None:
                    self._alone(item)
                return [Clause("closing", days.text, days=days.days, soft=True)]
            case "closed_label":
                return self._label(item)
            case "usual":
                return [Clause("usual", item.text, days=EVERY)]
            case "closed" if before and before[-1].kind == "season":
                return [Clause("closing", item.text, days=EVERY)]
            case _:
                return self._alone(item)

    def _times(self, item: Item) -> list[Clause]:
        bracketed = self.at > 1 and self.items[self.at - 2].kind == "open"
        if self._next() == "closed":
            if self._until_closing(item):
                self._take("closed")
                return [Clause("times", item.text, span=item.span)]
            if not self._within(item.span):
                self._alone(item)
            self._take("closed")
            return [Clause("break", item.text, span=item.span, bracketed=bracketed)]
        if self._next() == "rest":
            behind = self._next(2)
            follows = self.items[self._place(2)] if behind == "times" else None
            ahead = follows is not None and self._within(follows.span)
            if self._within(item.span) and not ahead:
                self._take("rest")
                return [Clause("break", item.text, span=item.span, bracketed=bracketed)]
            if _at_noon(item.span) and not ahead:
                self._alone(item)
        return [Clause("times", item.text, span=item.span)]

    def _until_closing(self, item: Item) -> bool:
        """早上八点到晚上十点关门: the only times, said as people say them, and of a whole day."""
        opens, closes = item.span
        closing = self.items[self._place(1)].text in {"关门", "打烊", "收摊"}
        told = "到" in item.text or "至" in item.text
        by_day = opens < NOON and _WHOLE_DAY <= closes - opens < _ROUND_THE_CLOCK
        # 周日8:00到18:00关门 may be when it is shut, as 晚上8点至次日早上8点关门 is.
        named = [one.days for one in self.items[: self.at] if one.kind == "days"]
        general = all(one.every or len(one.weekdays) > _FEW_DAYS for one in named)
        return closing and told and len(self.spans) == 1 and by_day and general

    def _lunch(self, item: Item) -> list[Clause]:
        """午休 12:00-14:00; without times it must show as a gap between them."""
        bracketed = self.at > 1 and self.items[self.at - 2].kind == "open"
        if self._next() == "times":
            times = self.items[self._place(1)]
            if self._within(times.span):
                self._take("times")
                return [Clause("break", times.text, span=times.span, bracketed=bracketed)]
            if _at_noon(times.span):
                self._alone(item)
        if item.text.startswith("休息"):
            self._alone(item)
        return [Clause("lunch", item.text)]

    def _days(self, item: Item) -> list[Clause]:  # noqa: PLR0911 - one branch a kind
        bracketed = self.at > 1 and self.items[self.at - 2].kind == "open"
        said = Clause("days", item.text, days=item.days, bracketed=bracketed)
        match self._next():
            case "half" if self._next(2) == "closed":
                half = self._take("half")
                self._take("closed")
                return [replace(said, kind="closing", half=half.text if half else "")]
            case "closed":
                self._take("closed")
                return [replace(said, kind="closing")]
            case "hard" if self._closed_below():
                self._take("hard")
                self._take("closed")
                return [replace(said, kind="closing")]
            case "closed_label" if self._next(2) not in {"days", "times"}:
                self._take("closed_label")
                return [replace(said, kind="closing")]
            case "except_after":
                self._take("except_after")
                if any(one.kind == "busy" for one in item.days.special):
                    self._alone(item)  # closed then, or with other hours?
                return [replace(said, kind="closing", soft=True)]
            case "usual":
                self._take("usual")
                return [replace(said, kind="usual")]
            case "appointment":
                self._take("appointment")
                return [replace(said, kind="by_call")]
            case "normally" | "starts" as kind if self._next(2) != "times":
                return [self._working(item, said, kind)]
            case _:
                return [said]

    def _working(self, item: Item, said: Clause, kind: str) -> Clause:
        """周一至周五营业 beside times that it does not stand right before: only, or as well?"""
        word = self._take(kind)
        normal = word is not None and word.text.startswith("正常")
        whole = item.days.every or (not normal and len(item.days.weekdays) > _FEW_DAYS)
        kinds = {one.kind for one in item.days.special}
        as_usual = normal and kinds == {"holidays"}  # 节假日正常营业, above what is usual
        if whole or (self._times_below() and not as_usual):
            return said
        if not normal and item.days.weekdays - WEEKEND:
            either = f"看不清是只有“{item.text}”开门，还是“{item.text}”也开门"
            refuse(either, words=item.text, advice=_WORKING_ADVICE)
        return replace(said, kind="usual")

    def _times_below(self) -> bool:
        """周二、周四营业, and below it the first times: theirs, and of no other days."""
        told = any(one.kind == "times" for one in self.items[: self.at])
        return not told and self._next() == "hard" and self._next(2) == "times"

    def _closed_below(self) -> bool:
        """周日, and below it 休息: both in rows of their own."""
        alone = self.at < 2 or self.items[self.at - 2].kind == "hard"
        return alone and self._next(2) == "closed" and self._next(3) in {"hard", ""}

    def _label(self, item: Item) -> list[Clause]:
        """休息日：周日; 休息：12:00-14:00."""
        days = self._take("days")
        if days is not None:
            return [Clause("closing", days.text, days=days.days)]
        times = self._take("times")
        if times is None or item.text.startswith("休息日") or not self._within(times.span):
            self._alone(item)
        return [Clause("break", times.text, span=times.span)]

    def _within(self, span: Span) -> bool:
        """Whether a span lies inside another one, or fills the gap between two."""
        inside = any(opens < span[0] and span[1] < closes for opens, closes in self.spans)
        closings, openings = ({one[end] for one in self.spans} for end in (1, 0))
        return inside or (span[0] in closings and span[1] in openings)

    def _place(self, nth: int) -> int:
        """Where the nth thing from here stands, brackets aside."""
        at = self.at
        while at < len(self.items):
            if self.items[at].kind not in _ROUND:
                nth -= 1
                if nth == 0:
                    return at
            at += 1
        return at

    def _next(self, nth: int = 1) -> str:
        at = self._place(nth)
        return self.items[at].kind if at < len(self.items) else ""

    def _take(self, kind: str) -> Item | None:
        if self._next() != kind:
            return None
        at = self._place(1)
        self.at = at + 1
        return self.items[at]

    def _alone(self, item: Item) -> NoReturn:
        near = self.items[max(0, self.at - 2) : self.at + 1]
        said = "".join(one.text for one in near if one.kind not in {"hard", *_ROUND})
        refuse(f"营业时间里的“{said}”看不懂", words=item.text)


def _at_noon(span: Span) -> bool:
    """8:00-12:00 14:00-18:00 午休12:30-13:30: no break of these, and never a time to open."""
    return span[0] >= NOON - 60 and span[1] <= NOON + 180


# Seasons


def blocks_of(clauses: Sequence[Clause]) -> list[Block]:
    """What is said of each season, each with what is said of all; one block where there is none."""
    marks = [place for place, one in enumerate(clauses) if one.kind == "season"]
    if not marks:
        return [Block(None, tuple(clauses))]
    before = clauses[: marks[0]]
    if _has(before, "times", "break"):
        shared, blocks = _seasons_behind(clauses, marks)
    else:
        shared, blocks = _seasons_before(clauses, marks)
    _refuse_lopsided([block.clauses for block in blocks])
    _refuse_lost_halves(blocks)
    return [Block(one.season, (*shared[0], *one.clauses, *shared[1])) for one in blocks]


Shared = tuple[tuple[Clause, ...], tuple[Clause, ...]]


def _seasons_before(clauses: Sequence[Clause], marks: list[int]) -> tuple[Shared, list[Block]]:
    """夏季 7:00-19:00 冬季 8:00-18:00."""
    before = tuple(clauses[: marks[0]])
    pieces = [
        (clauses[mark].season, tuple(clauses[mark + 1 : end]))
        for mark, end in zip(marks, [*marks[1:], len(clauses)], strict=True)
    ]
    for season, said in pieces:
        if not _has(said, "times", *_ABOUT_DAYS):
            _unclear(season)
    season, last = pieces[-1]
    own, after = _with_tail(last)
    # Who has said all he says of the earlier seasons speaks, in a further row, of all of them.
    if {_signature(said) for _, said in pieces[:-1]} == {_signature(own)}:
        pieces[-1] = (season, own)
    else:
        after = ()
    joined: dict[Season | None, tuple[Clause, ...]] = {}
    for season, said in pieces:
        if season in joined and (_has(before, "days") or not _has(said[:1], "times", *_ABOUT_DAYS)):
            _unclear(season)
        joined[season] = (*joined.get(season, ()), Clause("hard"), *said)
    return (before, after), [Block(season, said) for season, said in joined.items()]


def _seasons_behind(clauses: Sequence[Clause], marks: list[int]) -> tuple[Shared, list[Block]]:
    """7:00-19:00（夏季） 8:00-18:00（冬季）."""
    after = tuple(clauses[marks[-1] + 1 :])
    if _has(after, "times", "days", "break") or (_says(after) and not _has(after[:1], "hard")):
        _unclear(clauses[marks[-1]].season)
    starts = [0, *(mark + 1 for mark in marks[:-1])]
    blocks = [
        Block(clauses[mark].season, tuple(clauses[start:mark]))
        for start, mark in zip(starts, marks, strict=True)
    ]
    empty = not all(_has(block.clauses, "times") for block in blocks)
    if empty or len({block.season for block in blocks}) < len(blocks):
        _unclear(blocks[0].season)
    return ((), after), blocks


def _with_tail(said: tuple[Clause, ...]) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
    """Rows behind the last season's times that speak of closed or special days hold for all."""
    times = [n for n, one in enumerate(said) if one.kind == "times" and not _about_special(said, n)]
    breaks = [n for n, one in enumerate(said) if one.kind == "hard" and n > max(times, default=n)]
    cut = breaks[0] if breaks else len(said)
    return said[:cut], said[cut:]


def _about_special(said: Sequence[Clause], place: int) -> bool:
    before = said[place - 1] if place else None
    return before is not None and before.kind == "days" and not before.days.weekdays


def _signature(said: Sequence[Clause]) -> tuple[bool, frozenset[Special]]:
    """Whether weekdays are named, be it all of them, and which special days are."""
    named = [one.days for one in said if one.kind in _ABOUT_DAYS]
    return (
        any(one.rest or one.weekdays for one in named),
        frozenset(special for one in named for special in one.special),
    )


def _refuse_lopsided(blocks: Sequence[Sequence[Clause]]) -> None:
    """Days or breaks named in one season and not in another: nobody knows if they are meant.

    Who says 每天 or 全年无休 has named his days.
    """
    named = [_signature(said) for said in blocks]
    some = any(
        one.days.rest or 0 < len(one.days.weekdays) < len(EVERY_DAY)
        for said in blocks
        for one in said
        if one.kind in _ABOUT_DAYS
    )
    breaks = {
        any(one.kind in {"break", "lunch", "noon_open"} and not one.bracketed for one in said)
        for said in blocks
    }
    lopsided = some and not all(days for days, _ in named)
    if lopsided or len({special for _, special in named}) > 1 or len(breaks) > 1:
        refuse(
            "有的季节写了哪几天、休息或者午休，有的没有写，看不清是不是都一样",
            advice="请每个季节都写全，如“夏季每天 8:00-19:00；冬季周一至周六 9:00-17:00”",
        )


def _in_morning(span: Span) -> bool:
    return span[1] <= NOON + 60


def _in_afternoon(span: Span) -> bool:
    return span[0] >= NOON


def _through(span: Span) -> bool:
    return not (_in_morning(span) or _in_afternoon(span))


def _refuse_lost_halves(blocks: Sequence[Block]) -> None:
    """上午8:00-12:00 下午2:00-6:00（夏季） 下午1:00-5:00（冬季）: the mornings hold for both."""
    if any(_has(block.clauses, "days") for block in blocks):
        return  # 夏季每天 14:00-18:00 is said whole
    said = [[one.span for one in block.clauses if one.kind == "times"] for block in blocks]
    early, late, whole = (
        [any(map(lies, spans)) for spans in said] for lies in (_in_morning, _in_afternoon, _through)
    )
    both = any(map(all, zip(early, late, strict=True)))
    lone = any(a is not b and not w for a, b, w in zip(early, late, whole, strict=True))
    if both and lone:
        _unclear(blocks[0].season)


def _has(said: Sequence[Clause], *kinds: str) -> bool:
    return any(one.kind in kinds for one in said)


def _says(said: Sequence[Clause]) -> bool:
    return any(one.kind != "hard" for one in said)


def _unclear(season: Season | None) -> NoReturn:
    name = SEASONS.get(season.name, "") if season else ""
    refuse(f"看不清{name or '哪个季节'}是几点到几点", advice=_ADVICE)
