"""What every page with a day's figures shares: the way to their stations, the months as lines."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from markupsafe import Markup

from desk.frame.charts import Series, trend_chart
from server.calendar import month_day
from server.policy.plan.indicators import Indicator, IndicatorKey
from server.policy.standard.facts import Level
from server.services.programme.days import Told
from server.services.programme.ranking import TRENDED, TrendDay


def behind(figure: Indicator, part: str = "done", *, on: date, **more: Any) -> str:
    """The address of the stations behind a figure."""
    return url_for(
        "desk_pace.stations", on=on.isoformat(), level=figure.level.value,
        what=figure.key.value, part=part, **more,
    )  # fmt: skip


def trended(months: Sequence[TrendDay], level: Level) -> list[IndicatorKey]:
    """What the months tell of a level."""
    return [key for key in TRENDED if (level, key) in months[-1].indicators]


def months_chart(months: Sequence[TrendDay], level: Level) -> Markup:
    """The months of a level as lines; where a day reckoned back cannot tell, a gap."""

    def value(one: TrendDay, key: IndicatorKey) -> int | None:
        figure = one.indicators.get((level, key))
        if figure is None or (figure.unknown and one.told is Told.RECKONED):
            return None
        return len(figure.done)

    return trend_chart(
        [month_day(one.on) for one in months],
        [
            Series(key.short, tuple(value(one, key) for one in months))
            for key in trended(months, level)
        ],
        reckoned=[one.told is Told.RECKONED for one in months],
        title=f"{level.short}各月底的进度",
    )
