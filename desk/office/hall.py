"""大屏: the county's figures for a wall, one screen after the other; no person is named."""

from typing import Any

from flask import Blueprint

from desk.frame.access import county_of_desk, standings_in_sight
from desk.frame.charts import figure_bar
from desk.frame.county_map import map_of
from desk.frame.figures import months_chart, trended
from desk.frame.pages import piece
from desk.office.glance import glance
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.policy.plan.indicators import IndicatorKey
from server.policy.standard.facts import Level
from server.services.county.outlines import outline_here
from server.services.people.scope import WHOLE_COUNTY
from server.services.programme.pace_steps import StepState

blueprint = Blueprint("desk_hall", __name__, url_prefix="/desk")
guard_desk(blueprint, *WHOLE_COUNTY)

MONTHS_SHOWN = 6


@blueprint.get("/hall")
def hall() -> Any:
    """Every screen in one page, without the desk's frame; `hall.js` turns and renews it."""
    standing = standings_in_sight()  # who may come here sees every station
    shown = glance(standing)
    held = shown.figures.indicators
    half = -(-len(shown.places) // 2)
    county = county_of_desk()
    outline = outline_here(session(), county.code)
    drawn = map_of(
        standing,
        outline[0].rings if outline else [],
        f"审图号：{outline[0].review_number}" if outline else "",
    )
    return piece(
        "hall.html",
        county=county,
        shown=shown,
        drawn=drawn if drawn.placed else None,
        keys=[key for key in IndicatorKey if any((level, key) in held for level in Level)],
        day=shown.figures.day,
        now=clock.now(),
        StepState=StepState,
        halves=[one for one in (shown.places[:half], shown.places[half:]) if one],
        chart=months_chart(shown.months, shown.level),
        trended=trended(shown.months, shown.level),
        months=shown.months[-MONTHS_SHOWN:],
        figure_bar=figure_bar,
    )
