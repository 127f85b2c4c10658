"""Makes up weeks of opening hours and writes them as people do, in very many ways.

For tests: whatever way is chosen, reading must give the same week or nothing. All dice are the
caller's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from server.calendar import WEEKDAYS
from server.policy.hours.week import DAY, EVERY_DAY, Day, Part, Season, Span, Special, Week
from server.policy.hours.written import last_of_month, numeral

NOISE = (
    "欢迎光临", "联系电话：13800001234", "电话 0350-6521234", "王师傅 13912345678",
    "温馨提示：请出示取件码", "如有急事请电话联系", "快递便民服务点", "西庄村快递便民服务点",
    "编号：C0007", "OPEN", "投诉电话12305", "极兔 中通 圆通 申通", "代收代寄 便民服务",
    "地址：西庄村村委会旁", "送货电话：13800001234", "请戴好口罩", "村邮站", "当日件请当日取走",
)  # fmt: skip
TITLES = (
    "营业时间", "营业时间：", "工作时间：", "服务时间", "营业时间牌", "营业时间 BUSINESS HOURS",
    "本站营业时间为：", "【营业时间】", "营 业 时 间",
)  # fmt: skip
_HOLIDAYS = {"": ("节假日",), "春节": ("春节", "春节期间", "过年期间")}
_CLOSED = ("休息", "不营业", "公休", "歇业", "不开门")


@dataclass(slots=True)
class Way:
    """One writer's habits."""

    dice: Random
    dash: str = ""
    colon: str = ""
    clock: str = ""
    halves: bool = False
    zeros: bool = False
    wide: bool = False
    between: str = ""
    listed: str = ""
    week: str = ""
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        dice = self.dice
        self.dash = dice.choice(("-", "—", "——", "~", "～", "至", "到", " - ", "--", "－", " 至 "))
        self.colon = dice.choice((":", "：", ":", ".", " : "))
        self.clock = dice.choice(("digits", "digits", "digits", "dian", "chinese"))
        self.halves = dice.random() < 0.4
        self.zeros = dice.random() < 0.5
        self.wide = dice.random() < 0.1
        self.between = dice.choice(("；", "\n", "\n", "。", ";\n"))
        self.listed = dice.choice(("、", "、", ",", "和", "，"))
        self.week = dice.choice(("周", "周", "周", "星期", "礼拜", "每周"))

    def maybe(self, share: float) -> bool:
        """Heads or tails."""
        return self.dice.random() < share


# Weeks


_SPECIAL = (
    Special("market"),
    Special("market", (3, 6, 9)),
    Special("market", (5, 10)),
    Special("market", (2, 7), "农历"),
    Special("lunar", (1, 15)),
    Special("odd_dates"),
    Special("even_dates"),
    Special("odd_days"),
    Special("holidays"),
    Special("holidays", (), "春节"),
    Special("holidays", (), "法定节假日"),
    Special("busy"),
)


def any_week(dice: Random) -> Week:
    """A week such as villages have; every kind that the register holds comes up."""
    seasons = _seasons(dice) if dice.random() < 0.2 else [None]
    special = _special(dice) if dice.random() < 0.3 else ()
    pattern = _pattern(dice)
    parts = [Part(_days(dice, pattern), special, season) for season in seasons]
    if seasons == [None] and special and dice.random() < 0.3:
        shown = tuple((one, Day((_span(dice),))) for one, _ in special if one.kind != "holidays")
        if shown:
            return Week((Part((Day(),) * 7, tuple(sorted(shown)), None),))
    return Week(tuple(parts))


def _pattern(dice: Random) -> list[list[int]]:
    """Groups of weekdays that are open alike; weekdays in none are closed."""
    choice = dice.random()
    if choice < 0.35:
        return [list(EVERY_DAY)]
    if choice < 0.6:
        closed = dice.sample(EVERY_DAY, dice.choice((1, 1, 2)))
        return [[day for day in EVERY_DAY if day not in closed]]
    if choice < 0.75:
        return [[1, 2, 3, 4, 5], [6, 7]] if dice.random() < 0.6 else [[1, 2, 3, 4, 5], [6]]
    groups: list[list[int]] = [[], [], []]
    for day in EVERY_DAY:
        groups[dice.randrange(3)].append(day)
    return [group for group in groups[: dice.choice((2, 3))] if group] or [[1]]


def _days(dice: Random, pattern: Sequence[Sequence[int]]) -> tuple[Day, ...]:
    found: dict[int, Day] = {}
    used: list[Day] = []
    for group in pattern:
        day = _day(dice)
        while day in used:
            day = _day(dice)
        used.append(day)
        found |= dict.fromkeys(group, day)
    return tuple(found.get(number, Day()) for number in EVERY_DAY)


def _day(dice: Random) -> Day:
    choice = dice.random()
    if choice < 0.06:
        return Day(((0, DAY),))
    if choice < 0.14:
        opens = dice.choice((480, 540, 600, 1020))
        return Day(((opens, DAY + dice.choice((0, 30, 60, 120, 150))),))
    if choice < 0.4:
        noon, again = dice.choice((690, 720, 750)), dice.choice((810, 840, 870))
        return Day(((_opens(dice), noon), (again, _closes(dice))))
    return Day((_span(dice),), appointment=dice.random() < 0.05)


def _span(dice: Random) -> Span:
    return _opens(dice), _closes(dice)


def _opens(dice: Random) -> int:
    return dice.choice((360, 390, 420, 450, 480, 480, 510, 540, 555, 600))


def _closes(dice: Random) -> int:
    return dice.choice((990, 1020, 1050, 1080, 1080, 1110, 1140, 1200, 1215, 1260, 1320))


def _seasons(dice: Random) -> list[Season | None]:
    if dice.random() < 0.4:
        return [Season("summer"), Season("winter")]
    first, last = dice.choice(((4, 9), (5, 10), (5, 9), (4, 10), (6, 9)))
    until = 12 if first == 1 else first - 1
    return [
        Season("summer", (first, 1), (last, last_of_month(last))),
        Season("winter", (last + 1, 1), (until, last_of_month(until))),
    ]


def _special(dice: Random) -> tuple[tuple[Special, Day], ...]:
    one = dice.choice(_SPECIAL)
    kinds = [Day(), Day(), Day((_span(dice),))]
    kinds += [Day(usual=True)] if one.kind == "holidays" else []
    return ((one, dice.choice(kinds)),)


# Writing


def written(week: Week, dice: Random) -> str:
    """The week in one of very many ways, perhaps with a title and harmless rows around it."""
    way = Way(dice)
    common = [
        one for one in week.parts[0].special if all(one in part.special for part in week.parts)
    ]
    clauses = [_season(part.season, way) + _part(part, way) for part in week.parts]
    clauses += [_special_said(one, day, way) for one, day in common]
    text = way.between.join(clauses)
    if way.maybe(0.5):
        title = dice.choice(TITLES)
        text = (
            title
            + dice.choice(("\n", "", " ") if title.endswith(("：", "】")) else ("\n", " "))
            + text
        )
    if way.maybe(0.4):
        text = text + "\n" + "\n".join(dice.sample(NOISE, dice.choice((1, 1, 2))))
    if way.wide:
        text = text.translate({sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)})
    return text


def _season(season: Season | None, way: Way) -> str:
    if season is None:
        return ""
    name = {"summer": ("夏季", "夏天", "夏令时"), "winter": ("冬季", "冬天", "冬令时")}[season.name]
    shown = way.dice.choice(name)
    if season.first and season.last:
        first, last = season.first[0], season.last[0]
        later = "次年" if last < first else ""
        shapes = (
            f"{first}-{last}月",
            f"{first}月至{last}月",
            f"{first}月-{last}月",
            f"{numeral(first)}月至{numeral(last)}月",
            f"{first}月1日至{last}月{season.last[1]}日",
            f"{first}月～{later}{last}月",
        )
        months = way.dice.choice(shapes)
        shown += way.dice.choice((months, f"（{months}）", f" {months}"))
        if shown[-1] not in "）日":
            shown += " "
    return shown + way.dice.choice((" ", "：", "：", " "))


def _part(part: Part, way: Way) -> str:
    groups: dict[Day, list[int]] = {}
    for number, day in zip(EVERY_DAY, part.days, strict=True):
        groups.setdefault(day, []).append(number)
    closed = groups.pop(Day(), [])
    if not groups:
        return ""
    joint = (
        way.dice.choice(("，", " ", "；", "\n"))
        if part.season is None
        else way.dice.choice(("，", " "))
    )
    if len(groups) == 1 and (not closed or way.maybe(0.6)):
        [day] = groups
        return _whole_week(day, closed, way, in_season=part.season is not None)
    pieces = [_group(numbers, day, way) for day, numbers in groups.items()]
    if closed and way.maybe(0.5):
        pieces.append(_weekdays(closed, way) + way.dice.choice(_CLOSED))
    return joint.join(pieces)


def _whole_week(day: Day, closed: list[int], way: Way, *, in_season: bool) -> str:
    """One set of times, with the closed days before or behind it."""
    times = _times(day, way)
    if not closed:
        said = way.dice.choice(("", "", "每天 ", "每日：", "周一至周日 ", "全年无休 "))
        return said + times
    days, word = _weekdays(closed, way), way.dice.choice(_CLOSED)
    shapes = [
        f"{days}{word} {times}",
        f"{days}{word}，{times}",
        f"{times} {days}{word}",
        f"{times}（{days}{word}）",
        f"{times}，{days}{word}",
        f"除{days}外，{times}",
        f"除{days}外每天{times}",
        f"{times}（{days}除外）",
        f"{times}，除{days}外",
        f"休息日：{days} {times}",
    ]
    if not in_season:
        shapes += [f"{days}{word}\n{times}", f"{times}\n{days}{word}", f"{times}；{days}{word}"]
    return way.dice.choice(shapes)


def _group(numbers: list[int], day: Day, way: Way) -> str:
    days = _weekdays(numbers, way)
    if day.appointment and not day.spans:
        return f"{days}电话预约"
    return days + way.dice.choice((" ", "：", "", " ")) + _times(day, way)


def _special_said(one: Special, day: Day, way: Way) -> str:
    numbers = [numeral(n) for n in one.of]
    listed = way.dice.choice(("、", "")) if "十" not in numbers else "、"
    lunar = "、".join(f"初{n}" if len(n) == 1 and n != "廿" else n for n in numbers)
    numbered = (f"{one.name}逢{listed.join(numbers)}",)
    names = {
        "market": numbered if one.of else ("逢集", "赶集日", "集日", "逢集日"),
        "lunar": (f"农历{lunar}",),
        "odd_dates": ("单号",),
        "even_dates": ("双号",),
        "odd_days": ("单日", "逢单"),
        "holidays": _HOLIDAYS.get(one.name, (one.name,)),
        "busy": ("农忙", "农忙时节", "农忙季节"),
    }[one.kind]
    name = way.dice.choice(names)
    if day.usual:
        return name + way.dice.choice(("照常", "照常营业", "不休息"))
    if not day.spans:
        return name + way.dice.choice(("休息", "不营业", "歇业"))
    return name + way.dice.choice((" ", "：")) + _times(day, way)


def _weekdays(numbers: list[int], way: Way) -> str:
    names = {6: "六", 7: way.dice.choice("日天" if way.week != "周" else "日日日天")}
    sign = {n: names.get(n, WEEKDAYS[n - 1]) for n in EVERY_DAY}
    if numbers == [1, 2, 3, 4, 5] and way.maybe(0.2):
        return "工作日"
    if numbers == [6, 7] and way.maybe(0.3):
        return way.dice.choice(("周末", "双休日"))
    run = len(numbers) > 2 and all(b - a == 1 for a, b in pairwise(numbers))
    if run and way.maybe(0.8):
        last = way.dice.choice(("", way.week.removeprefix("每")))
        dash = way.dice.choice(("至", "到", "-", "～"))
        return f"{way.week}{sign[numbers[0]]}{dash}{last}{sign[numbers[-1]]}"
    if way.maybe(0.3) and way.week == "周":
        return "周" + "、".join(sign[n] for n in numbers)
    return way.listed.join(way.week + sign[n] for n in numbers)


def _times(day: Day, way: Way) -> str:
    if day.spans == ((0, DAY),):
        return way.dice.choice(("24小时", "全天24小时", "24小时营业", "00:00-24:00"))
    split = len(day.spans) == 2
    if split and way.maybe(0.3):
        (opens, noon), (again, closes) = day.spans
        lunch = way.dice.choice(("午休{}", "中午{}休息", "{}午休", "午休时间：{}")).format(
            _plain(noon, again, way)
        )
        return _one((opens, closes), way) + f"（{lunch}）"
    joint = way.dice.choice(("，", " ", "、", "；"))
    said = joint.join(_one(span, way) for span in day.spans)
    return said + (way.dice.choice((" 电话预约", "（需电话预约）")) if day.appointment else "")


def _plain(opens: int, closes: int, way: Way) -> str:
    return f"{_clock(opens, way)}{way.dash}{_clock(closes, way)}"


def _one(span: Span, way: Way) -> str:
    opens, closes = span
    shorts: list[Callable[[], str]] = []
    if not opens % 60 and not closes % 60 and closes < DAY and opens < 720 < closes:
        early, late = opens // 60, closes // 60 - 12
        shorts = [
            lambda: f"早{early}晚{late}",
            lambda: f"早{numeral(early)}晚{numeral(late)}",
            lambda: f"早{early}点{way.dash}晚{late}点",
            lambda: f"{early}点{way.dash}{late + 12}点",
            lambda: f"{early}AM-{late}PM",
        ]
        if late >= 5 and way.maybe(0.15):
            return way.dice.choice(shorts)()
    if closes > DAY:
        next_day = way.dice.choice(("次日", "第二天", "次日凌晨", "翌日"))
        return f"{_clock(opens, way)}{way.dash}{next_day}{_clock(closes - DAY, way)}"
    if way.halves and closes < DAY:
        return f"{_half(opens, way)}{way.dash}{_half(closes, way)}"
    return _plain(opens, closes, way)


def _half(minute: int, way: Way) -> str:
    if minute < 720:
        return way.dice.choice(("上午", "早上", "早") if minute < 600 else ("上午",)) + _clock(
            minute, way
        )
    if minute < 780:
        return "中午" + _clock(minute, way)
    late = way.dice.choice(("下午", "晚上", "晚")) if minute >= 1020 else "下午"
    return late + _clock(minute - 720, way)


def _clock(minute: int, way: Way) -> str:
    hour, rest = divmod(minute, 60)
    if way.clock == "chinese" and hour and hour < 25:
        tail = {0: "", 30: "半", 15: "一刻"}.get(rest, f"{numeral(rest)}分" if rest else "")
        return f"{numeral(hour)}点{tail}"
    if way.clock == "dian":
        tail = {0: "", 30: way.dice.choice(("半", "30", "30分"))}.get(rest, f"{rest:02}")
        return f"{hour}{way.dice.choice('点点时')}{tail}"
    shown = f"{hour:02}" if way.zeros else str(hour)
    return f"{shown}{way.colon}{rest:02}"
