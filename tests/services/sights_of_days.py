"""What the services of past days show of C0001: a part of tests/services/sights.py."""

from collections.abc import Callable
from typing import Any

from server.policy.plan.indicators import IndicatorKey
from server.services.county.counties import townships
from server.services.programme import indicators, ranking
from server.services.programme.days import Day, day_of
from tests.factories import NOW, TODAY
from tests.services.world import World


def day_here(w: World) -> Day:
    return day_of(w.session, county=w.county, on=TODAY, now=NOW, standards=w.standards)


LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "programme.indicators.indicators_on": lambda w, a: int(
        w.c1.id
        in indicators.indicators_on(
            w.session, county=w.county, on=TODAY, now=NOW, standards=w.standards, **a
        ).stations
    ),
    "programme.indicators.figures_of": lambda w, a: int(
        w.c1.id
        in indicators.figures_of(w.session, day_here(w), county=w.county.code, **a).stations
    ),
    "programme.ranking.ranking": lambda w, a: sum(
        one.yours and w.c1.id in one.figure.among
        for one in ranking.ranking(
            w.session, day_here(w), townships=townships(w.session, w.county.code),
            level=w.c1.level, key=IndicatorKey.BUILT, **a,
        )
    ),
    "programme.ranking.trend": lambda w, a: sum(
        w.c1.id in one.indicators[w.c1.level, IndicatorKey.BUILT].among
        for one in ranking.trend(w.session, county=w.county, today=day_here(w), **a)
    ),
}  # fmt: skip
