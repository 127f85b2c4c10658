"""Says business hours in the many ways people paint them, each with the weekly times meant."""

import random
from typing import Any

WEEK = [1, 2, 3, 4, 5, 6, 7]


def hours_said(dice: random.Random) -> tuple[list[str], list[list[Any]]]:
    """Rows for a board and [[weekdays, opens, closes], …]."""
    said = dice.choice((_plainly, _plainly, _by_halves, _spoken, _by_hours, _split, _by_days, _all))
    return said(dice, _Way(dice))


class _Way:
    """One writer's habits: colon, dash, leading noughts, and when the station opens and closes."""

    def __init__(self, dice: random.Random) -> None:
        self.opens = dice.choice((420, 450, 480, 510, 540))
        self.closes = dice.choice((1020, 1050, 1080, 1140, 1200, 1260))
        self.colon = dice.choice((":", "：", ":", "."))
        dashes = ("-", "—", "——", "~", "～", "至", "到", " - ", "--", "－")
        self.dash = dice.choice(dashes)
        self.wide = dice.random() < 0.5

    def clock(self, minute: int, *, twelve: bool = False) -> str:
        hour = minute // 60 - (12 if twelve and minute >= 780 else 0)
        shown = f"{hour:02}" if self.wide else str(hour)
        return f"{shown}{self.colon}{minute % 60:02}"

    def span(self, opens: int, closes: int) -> str:
        return f"{self.clock(opens)}{self.dash}{self.clock(closes)}"


def _rule(days: list[int], opens: int, closes: int) -> list[Any]:
    return [days, f"{opens // 60:02}:{opens % 60:02}", f"{closes // 60:02}:{closes % 60:02}"]


Said = tuple[list[str], list[list[Any]]]


def _plainly(_dice: random.Random, way: _Way) -> Said:
    return [way.span(way.opens, way.closes)], [_rule(WEEK, way.opens, way.closes)]


def _by_halves(dice: random.Random, way: _Way) -> Said:
    late = dice.choice(("下午", "晚上"))
    text = f"上午{way.clock(way.opens)}{way.dash}{late}{way.clock(way.closes, twelve=True)}"
    return [text], [_rule(WEEK, way.opens, way.closes)]


def _spoken(_dice: random.Random, way: _Way) -> Said:
    opens, closes = (
        f"{minute // 60 - (12 if minute >= 780 else 0)}点{'半' if minute % 60 else ''}"
        for minute in (way.opens, way.closes)
    )
    return [f"早{opens}{way.dash}晚{closes}"], [_rule(WEEK, way.opens, way.closes)]


def _by_hours(_dice: random.Random, way: _Way) -> Said:
    opens, closes = way.opens // 60, way.closes // 60
    return [f"{opens}点{way.dash}{closes}点"], [_rule(WEEK, opens * 60, closes * 60)]


def _split(dice: random.Random, way: _Way) -> Said:
    noon, again = dice.choice((690, 720)), dice.choice((810, 840, 870))
    rows = [f"上午 {way.span(way.opens, noon)}", f"下午 {way.span(again, way.closes)}"]
    return rows, [_rule(WEEK, way.opens, noon), _rule(WEEK, again, way.closes)]


def _by_days(dice: random.Random, way: _Way) -> Said:
    times = way.span(way.opens, way.closes)
    if dice.random() < 0.5:
        rows = [f"周一至周五 {times}", f"周六、周日 {way.span(540, 1020)}"]
        return rows, [_rule(WEEK[:5], way.opens, way.closes), _rule([6, 7], 540, 1020)]
    last = dice.choice((5, 6, 7))
    days = f"周一{dice.choice(('至', '到', '-', '—'))}周{'一二三四五六日'[last - 1]}"
    rows = [f"{days} {times}"] if dice.random() < 0.5 else [days, times]
    return rows, [_rule(WEEK[:last], way.opens, way.closes)]


def _all(dice: random.Random, _way: _Way) -> Said:
    text = dice.choice(("24小时营业", "全天24小时", "00:00-24:00"))
    return [text], [_rule(WEEK, 0, 1440)]
