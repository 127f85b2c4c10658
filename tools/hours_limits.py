"""Phrases that limit opening hours, known to the grammar or not, and a way to slip one in."""

from collections.abc import Callable
from random import Random

from server.policy.hours.week import Week

UNKNOWN_LIMITS = (
    "雨天除外", "逢雨关门", "收割季节另行通知", "下雪不开门", "赶会的日子休息", "有事外出不营业",
    "停电停业", "麦收期间另定", "以门口通知为准", "具体看天气", "学生放假后调整",
    "腊月二十三以后不营业", "老板不在就关门", "仅限本村村民", "周日只取件不寄件",
    "每月最后一天盘点", "冬天早关半小时", "疫情期间暂停", "大雪封山除外", "随到随办",
    "最后取件17:30", "人在就开", "夏季延长一小时", "逢年过节提前关门", "红白喜事除外", "隔周六营业",
    "单休", "大小周", "轮流值班", "暑假例外", "周三去镇上进货", "秋收停业", "每月5号休息",
    "正月十六开始营业", "中午可能不在", "晚上视情况", "周六可能休息", "快递车没来就晚开",
    "不定期休息", "试营业", "5月1日起执行", "截止到年底", "闰月除外", "春节前后休息",
    "下午有时不在", "老人过寿停业一天",
)  # fmt: skip
"""Each limits days or times, and none is in the grammar."""


def _closed(*numbers: int) -> Callable[[Week], bool]:
    return lambda week: all(not part.days[n - 1].spans for part in week.parts for n in numbers)


def _has(kind: str, *names: str) -> Callable[[Week], bool]:
    return lambda week: any(
        one.kind == kind and (not names or one.name in names)
        for part in week.parts
        for one, day in part.special
        if not day.spans
    )


ALREADY_SAID: dict[str, Callable[[Week], bool]] = {
    "周三休息": _closed(3),
    "除周四外": _closed(4),
    "周二、周五不营业": _closed(2, 5),
    "周三下午休息": lambda _week: False,
    "节假日休息": _has("holidays", ""),
    "春节放假": _has("holidays", "春节"),
    "春节初一到初五休息": lambda _week: False,
    "腊月二十九至正月初六放假": lambda _week: False,
    "逢集提前到5:40": lambda _week: False,
    "其他月份": lambda _week: False,
    "7月至8月": lambda _week: False,
    "逢集休息": _has("market"),
    "逢四休息": lambda _week: False,
    "初一、十五休息": _has("lunar"),
    "单号休息": _has("odd_dates"),
    "农忙休息": _has("busy"),
    "午休12:10-13:20": lambda _week: False,
    "中午休息": lambda week: all(len(day.spans) != 1 for part in week.parts for day in part.days),
    "夏季": lambda _week: False,
    "7月": lambda _week: False,
    "次日": lambda week: any(
        end > 24 * 60 for part in week.parts for day in part.days for _, end in day.spans
    ),
    "周五电话预约": lambda _week: False,
}
"""Known limits, each with how to tell that a week says as much already."""
KNOWN_LIMITS = tuple(ALREADY_SAID)


def limited(text: str, phrase: str, dice: Random) -> str:
    """The text with one more phrase somewhere: in a row of its own, behind a comma, in brackets."""
    rows = text.split("\n")
    place = dice.randrange(len(rows))
    match dice.randrange(4):
        case 0:
            rows.insert(place + dice.randrange(2), phrase)
        case 1:
            rows[place] += dice.choice(("，", " ", "；", "")) + phrase
        case 2:
            rows[place] += f"（{phrase}）"
        case _:
            rows[place] = phrase + dice.choice(("，", " ")) + rows[place]
    return "\n".join(rows)
