"""What the services of problems show of C0001, for the sights of all services."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from server.errors import Invalid, NotFound
from server.services.matters import lists as matters
from server.services.matters import views as matter_views
from server.services.matters.on_time import on_time_by_township
from server.services.matters.sight import matter_for
from tests.factories import TODAY
from tests.services.world import World


def shown(look: Callable[[], Any]) -> int:
    """1 if there is something to see, 0 where it is refused as if there were nothing."""
    try:
        look()
    except (Invalid, NotFound):
        return 0
    return 1


LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "matters.lists.matter_lines": lambda w, a: sum(
        one.station_id == w.c1.id
        for one in matters.matter_lines(
            w.session,
            county=w.county.code,
            on=TODAY,
            wanted=matters.Wanted(),
            **a,
        )
    ),
    "matters.lists.matter_tally": lambda w, a: matters.matter_tally(
        w.session, county=w.county.code, on=TODAY, wanted=matters.Wanted(), **a
    )["all"],
    "matters.lists.sources_tallied": lambda w, a: sum(
        matters.sources_tallied(w.session, county=w.county.code, **a).values()
    ),
    "matters.on_time.on_time_by_township": lambda w, a: len(
        on_time_by_township(
            w.session,
            county=w.county.code,
            since=TODAY,
            until=TODAY,
            on=TODAY + timedelta(days=1),
            **a,
        )
    ),
    "matters.views.stations_to_name": lambda w, a: sum(
        code == w.c1.code and name == w.c1.name
        for code, name in matter_views.stations_to_name(w.session, **a)
    ),
    "matters.views.station_called": lambda w, a: shown(
        lambda: matter_views.station_called(w.session, text=w.c1.name, **a)
    ),
    "matters.sight.matter_for": lambda w, a: shown(
        lambda: matter_for(w.session, a["seen_by"], w.matter.id)
    ),
}
