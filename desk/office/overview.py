"""全县概览: the county at a glance, every figure a way to its list."""

from typing import Any

from flask import Blueprint, url_for

from desk.frame.access import county_of_desk, me, whole_county_in_sight
from desk.frame.charts import figure_bar
from desk.frame.figures import behind, months_chart, trended
from desk.frame.pages import page
from desk.frame.queues import queues_here
from desk.office.glance import glance
from server.calendar import first_of_month
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import working_days_here
from server.models.county import Division
from server.services.days import months
from server.services.matters.lists import Wanted, matter_tally, sources_tallied
from server.services.people.scope import SEES_ROUNDS
from server.services.programme.days import Told, first_night
from server.services.programme.pace_steps import StepState
from server.services.programme.ranking import NO_PLACE, ORDER_SAID
from server.services.reporting.circular_sight import may_circulate

blueprint = Blueprint("desk_overview", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)


def _parcels() -> list[tuple[months.Month, bool]]:
    """Last month and this one in the person's sight, and whether each is approved.

    An approved month says what was approved, as its own page does.
    """
    county, today = me().county, clock.today()
    this = first_of_month(today)
    last = first_of_month(this.fromordinal(this.toordinal() - 1))
    found = []
    for month_on in (last, this):
        approval = months.approval_of(session(), county=county, month_on=month_on)
        month = (
            months.frozen_month(approval)
            if approval
            else months.month_figures(
                session(), county=county, month_on=month_on, today=today,
                holidays=working_days_here().holiday,
            )
        )  # fmt: skip
        found.append((months.month_seen(session(), month, seen_by=me()), bool(approval)))
    return found


@blueprint.get("/overview")
def overview() -> Any:
    """Today; every part leads to the page that tells more."""
    shown = glance()
    county, on = county_of_desk().code, clock.today()

    def address(**changes: Any) -> str:
        """The page 进度 with something asked for."""
        asked = {"level": shown.level.value, **changes}
        return url_for("desk_pace.pace", **{name: one for name, one in asked.items() if one})

    return page(
        "overview.html",
        shown=shown,
        circulates=may_circulate(session(), me()),
        day=shown.figures.day,
        now=clock.now(),
        Told=Told,
        StepState=StepState,
        whole=whole_county_in_sight(),
        own=session().get(Division, me().township_code) if me().township_code else None,
        chart=months_chart(shown.months, shown.level),
        trended=trended(shown.months, shown.level),
        order_said=ORDER_SAID,
        no_place=NO_PLACE,
        first_night=first_night(session(), county=county),
        address=address,
        behind=behind,
        figure_bar=figure_bar,
        waiting=[one for one in queues_here() if one.waiting.line.number],
        queues=queues_here(),
        parcels=_parcels(),
        problems=matter_tally(session(), county=county, on=on, seen_by=me(), wanted=Wanted()),
        sources=sources_tallied(session(), county=county, seen_by=me()),
    )
