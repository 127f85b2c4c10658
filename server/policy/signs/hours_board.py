"""Turn what was read on a business-hours board into weekly times, and hold them against others.

Boards say it in many ways (上午8:00-下午6:00, 8：30—20：00, 早8点至晚6点, 24小时, 周一至周五);
reading adds its own: a dash read as 一, an O for a nought, a dash lost behind a pole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from server.errors import Invalid
from server.policy.hours import EVERY_DAY, WEEKEND, days_named, hours_lines, rules_of
from server.policy.signs.lines import Line, rows
from server.policy.signs.match import Comparison, Outcome
from server.policy.standard.wording import simplified

Rules = list[list[Any]]
Spans = dict[int, list[tuple[str, str]]]

_NUMERALS = {name: value for value, name in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_GROUPS = {
    **dict.fromkeys(("每天", "每日", "天天", "全年无休", "全周", "无休"), EVERY_DAY),
    **dict.fromkeys(("周末", "双休日"), WEEKEND),
    "工作日": [1, 2, 3, 4, 5],
}
_HALVES = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间|早|晚|AM|PM"
_LATE = {"下午", "傍晚", "晚上", "晚间", "夜间", "晚", "PM"}
_WEEK = "(?:周|星期|礼拜)"
_DAY = "[一二三四五六日天]"
_TOKENS = re.compile(
    "|".join(
        (
            r"(?P<season>夏季|冬季|夏令|冬令|夏天|冬天)",
            rf"(?P<group>{'|'.join(_GROUPS)})",
            rf"(?P<days>{_WEEK}{_DAY}(?:[-、,和及至到/]?(?:{_WEEK})?{_DAY}(?![点时]))*)",
            r"(?P<allday>24小时|24H(?:OURS)?(?![A-Z])|全天(?:营业|候|24小时)?)",
            r"(?P<closed>休息|不营业|歇业|公休)",
            r"(?P<phone>(?:\d[- ]?){9,}|(?<!\d)123\d\d(?!\d))",
            r"(?P<date>\d{1,4}年|\d{1,2}月(?:\d{1,2}[日号])?)",
            rf"(?P<half>{_HALVES})",
            r"(?P<time>(?<!\d)(?:[01]?\d|2[0-4])(?:[:;.][0-5]\d(?!\d)|[点时](?:半|[0-5]?\d分?|[一三]刻)?))",
            r"(?P<four>(?<!\d)(?:[01]\d|2[0-4])[0-5]\d(?!\d))",
            r"(?P<bare>(?<![\d:])(?:1\d|2[0-4]|\d)(?![\d:]))",
            r"(?P<dash>[-至到]+)",
            r"(?P<row>\n)",
            r"(?P<blank>[ :：、,，;。()（）|]+|营业|服务|工作|时间|开放|牌)",
            r"(?P<other>.)",
        )
    )
)
_TIMELY = re.compile(
    r"营业时间|工作时间|服务时间|24小时|\d{1,2}\s*[:：]\s*\d{2}(?!\d)|\d{1,2}[点时]|[上下]午"
)


@dataclass(frozen=True, slots=True)
class BoardHours:
    """Weekly times on a board: `rules` as in the register, or by season when the board says so."""

    rules: Rules
    seasons: dict[str, Rules] = field(default_factory=dict)
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.rules or self.seasons)

    def as_json(self) -> list[list[Any]]:
        """[[weekdays, opens, closes], …]; a fourth item says summer or winter where it matters."""
        by_season = [[*rule, season] for season, rules in self.seasons.items() for rule in rules]
        return [*self.rules, *by_season]


def looks_like_hours(text: str) -> bool:
    """Whether a line may belong to a business-hours board."""
    return _TIMELY.search(plain_hours(text)) is not None


def board_hours(lines: Sequence[Line]) -> BoardHours:
    """The weekly times in a photo's lines; falsy when none can be made out."""
    upright = [line.text for line in lines if line.vertical]
    level = [" ".join(line.text for line in row) for row in rows(lines)]
    return hours_in("\n".join([*level, *upright]))


def hours_in(text: str) -> BoardHours:
    """The weekly times in a text of several rows."""
    plain = plain_hours(text)
    found = _Parser()
    for token in _TOKENS.finditer(plain):
        found.take(str(token.lastgroup), token.group())
    return found.result(text)


def compare_hours(read: BoardHours, declared: Rules) -> Comparison:
    """The board against the declared hours; a board by season matches when one season does."""
    expected = "；".join(hours_lines(declared))
    if not read:
        why = "照片里没有读到营业时间。请走近一点，正对营业时间牌，把它拍满画面。"
        return Comparison(Outcome.UNREADABLE, "", expected, why)
    said = board_text(read)
    if any(_same(rules, declared) for rules in (read.rules, *read.seasons.values())):
        return Comparison(Outcome.MATCHES, said, expected, f"营业时间牌与登记一致：{expected}。")
    why = f"营业时间牌上读到的是“{said}”，登记的是“{expected}”。"
    return Comparison(Outcome.DIFFERS, said, expected, why)


def open_at(rules: Rules, weekday: int, clock: str, *, leeway_min: int = 60) -> bool:
    """Whether a check-in at `clock` ("08:05") on a weekday 1–7 lies within the hours on the board.

    A keeper may come a little earlier and leave a little later than the board says.
    """
    minute = _minute(clock)
    return any(
        weekday in days and _minute(opens) - leeway_min <= minute <= _minute(closes) + leeway_min
        for days, opens, closes in rules
    )


def board_text(hours: BoardHours) -> str:
    """The times in words for a screen."""
    names = {"summer": "夏季", "winter": "冬季"}
    parts = list(hours_lines(hours.rules))
    parts += [f"{names[season]}{'，'.join(hours_lines(r))}" for season, r in hours.seasons.items()]
    return "；".join(parts)


def plain_hours(text: str) -> str:
    """One spelling for widths, dashes, numerals and the network's usual slips; rows are kept."""
    plain = simplified(text).upper()
    plain = re.sub(r"(?<=[\d:])[ \t]*[OQ○〇](?![A-Z])|(?<![A-Z])[OQ○〇](?=[ \t]*[\d:])", "0", plain)
    plain = re.sub(r"(?<=[\d:])[IL|](?=[\d:点时])|(?<![A-Z])[IL|](?=\d[:点时])", "1", plain)
    plain = plain.replace("：", ":").replace("﹕", ":").replace("∶", ":").replace("．", ".")
    plain = re.sub(r"(?<=\d)[ \t]*:[ \t]*(?=\d)", ":", plain)
    plain = re.sub(r"[-‐‑‒–—―−ー~〜～∽∼﹣_]+|[至到]", "-", plain)
    plain = re.sub(r"[零〇一二三四五六七八九十两]+(?=[点时])", _number, plain)
    plain = re.sub(r"(?<=[点时])[一二三四五十]+(?=分)", _number, plain)
    plain = re.sub(rf"(?<=[\d点时半刻分])[ \t]*[一丶]+[ \t]*(?={_HALVES}|\d)", "-", plain)
    plain = re.sub(rf"(?<=周{_DAY})[ \t]*[一-][ \t]*(?=周)", "-", plain)
    return re.sub(r"[ \t]*-[- \t]*", "-", plain)


class _Parser:
    """Goes through the tokens once and gathers spans for each day, season by season."""

    def __init__(self) -> None:
        self.spans: dict[str, Spans] = {}
        self.days: list[int] = list(EVERY_DAY)
        self.days_just_named = False
        self.season = ""
        self.closed: set[int] = set()
        self.half = ""
        self.open_time: tuple[str, str, bool] | None = None  # half, hours:minutes, explicit
        self.dash = False
        self.row_spans: list[tuple[str, str]] = []
        self.days_in_row = False
        self.any_days = False
        self.halves_named = False
        self.lone: list[tuple[str, str, bool]] = []

    def take(self, kind: str, text: str) -> None:  # noqa: C901, PLR0912 - one branch a token
        """One token after the other, from the top left on."""
        match kind:
            case "time" | "four" | "bare":
                self._time(kind, text)
            case "half":
                self.half = text
                self.halves_named = True
            case "dash":
                self.dash = self.open_time is not None
            case "season":
                self._forget()
                self.season = "summer" if text.startswith("夏") else "winter"
            case "group" | "days":
                self._days(_GROUPS[text] if kind == "group" else days_named(text))
            case "allday":
                self._forget()
                self._span("00:00", "24:00")
            case "closed":
                if self.days_just_named:
                    self.closed |= set(self.days)
                    self.days = list(EVERY_DAY)
            case "row":
                self._end_of_row()
            case "blank":
                return
            case _:
                self.half = ""
                if not self.dash:
                    self._forget()
        if kind not in ("group", "days", "blank", "row"):
            self.days_just_named = False

    def result(self, text: str) -> BoardHours:
        """What the tokens came to; nothing when they contradict each other."""
        self._end_of_row()
        self._forget()
        if not self.spans and len(self.lone) == 2:
            self.open_time, self.dash = self.lone[0], True
            self._close(*self.lone[1])
        try:
            made = {
                season: rules_of({d: s for d, s in spans.items() if d not in self.closed})
                for season, spans in self.spans.items()
            }
        except Invalid:
            return BoardHours([], {}, text)
        plain = made.pop("", [])
        everything = [*plain, *(rule for rules in made.values() for rule in rules)]
        if self._half_lost(everything) or not _plausible(everything):
            return BoardHours([], {}, text)
        return BoardHours([] if made else plain, {s: r for s, r in made.items() if r}, text)

    def _half_lost(self, rules: Rules) -> bool:
        """A morning row without its afternoon row, or the reverse: one of them was not read."""
        early = any(opens < "12:00" for _, opens, _ in rules)
        late = any(closes > "13:00" for _, _, closes in rules)
        return bool(rules) and not (early and late) and self.halves_named

    def _time(self, kind: str, text: str) -> None:
        half, self.half = self.half, ""
        explicit = kind != "bare"
        if kind == "bare" and not (self.dash or half):
            self._forget()
            self.open_time = (half, f"{int(text)}:00", False)
            return
        clock = _clock(kind, text)
        if self.open_time is not None and (self.dash or explicit):
            self._close(half, clock, explicit)
        else:
            self._forget()
            self.open_time = (half, clock, explicit)

    def _close(self, half: str, clock: str, explicit: bool) -> None:  # noqa: FBT001
        """A second time: together with the first it is a span, if the two make sense."""
        first_half, first, first_explicit = self.open_time or ("", clock, False)
        self.open_time, self.dash = None, False
        if not (explicit or first_explicit):
            return
        span = _span(first_half, first, half, clock)
        if span is None:
            self.lone += [(first_half, first, first_explicit), (half, clock, explicit)]
            return
        self._span(*span)

    def _span(self, opens: str, closes: str) -> None:
        self.row_spans.append((opens, closes))
        here = self.spans.setdefault(self.season, {})
        for day in self.days:
            if (opens, closes) not in here.setdefault(day, []):
                here[day].append((opens, closes))

    def _days(self, named: list[int]) -> None:
        self._forget()
        if self.row_spans and not self.days_in_row and not self.any_days:
            # 8:00-18:00（周一至周五）: the days come behind their times.
            here = self.spans[self.season]
            for day in set(EVERY_DAY) - set(named):
                here[day] = [span for span in here.get(day, []) if span not in self.row_spans]
            self.spans[self.season] = {day: spans for day, spans in here.items() if spans}
            return
        self.days = sorted({*self.days, *named}) if self.days_just_named else sorted(named)
        self.days_just_named = self.days_in_row = self.any_days = True

    def _end_of_row(self) -> None:
        if not self.dash and self.open_time is not None:
            self._forget()
        self.row_spans, self.days_in_row = [], False

    def _forget(self) -> None:
        if self.open_time is not None and self.open_time[2]:
            self.lone.append(self.open_time)
        self.open_time, self.dash = None, False


def _plausible(rules: Rules) -> bool:
    """No station opens at three in the morning, or on one day a week: something was not read."""
    days = {day for named, _, _ in rules for day in named}
    early = any("00:00" < opens < "05:00" for _, opens, _ in rules)
    return not rules or (len(days) > 1 and not early)


def _clock(kind: str, text: str) -> str:
    if kind == "four":
        return f"{int(text[:2])}:{text[2:]}"
    if kind == "bare":
        return f"{int(text)}:00"
    hour, minute = re.split(r"[:;.点时]", text, maxsplit=1)
    minute = {"半": "30", "一刻": "15", "三刻": "45", "": "00"}.get(minute, minute.rstrip("分"))
    return f"{int(hour)}:{int(minute):02}"


def _span(first_half: str, first: str, half: str, clock: str) -> tuple[str, str] | None:
    """Opening and closing as "HH:MM"; None when no reading of the two makes a working day.

    The half of the day said once holds for both (下午2:30-6:00). Without one, a closing that comes
    before the opening is meant in the afternoon (8:00-6:00).
    """
    opens = _minute(first) + (720 if first_half in _LATE and _minute(first) < 720 else 0)
    if first_half == "中午" and opens < 180:
        opens += 720
    closes = _minute(clock)
    late = half in _LATE or (half == "中午" and closes < 180)
    if closes < 720 and (late or (not half and first_half in _LATE)):
        closes += 720
    if closes <= opens < 720 and half not in ("上午", "早", "早上", "AM"):
        closes += 720
    if half in ("晚", "晚上") and closes == 720:
        closes = 1440  # 晚12点
    if not 0 <= opens < closes <= 1440:
        return None
    return f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"


def _minute(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _number(match: re.Match[str]) -> str:
    """十八 → 18, 三十 → 30, 八 → 8; what is no number stays."""
    text = match.group()
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return "".join(str(_NUMERALS[name]) for name in text)
    if len(tens) > 1 or len(ones) > 1:
        return text
    return str((_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0))


def _same(read: Rules, declared: Rules) -> bool:
    def flat(rules: Rules) -> set[tuple[int, str, str]]:
        return {(day, opens, closes) for days, opens, closes in rules for day in days}

    return bool(read) and flat(read) == flat(declared)
