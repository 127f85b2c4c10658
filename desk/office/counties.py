"""各县: what the counties under a city or province stood at, for those above who only look."""

from datetime import timedelta
from typing import Any

from flask import Blueprint

from desk.frame.access import me
from desk.frame.pages import page
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.services.office.rollup import counties_seen, together
from server.services.people.scope import OVER_COUNTIES

blueprint = Blueprint("desk_counties", __name__, url_prefix="/desk")
guard_desk(blueprint, *OVER_COUNTIES)


@blueprint.get("/counties")
def counties() -> Any:
    """A row a county, as its last night wrote it down, and all together."""
    rows = counties_seen(session(), me())
    return page(
        "counties.html",
        rows=rows,
        all=together(rows),
        without=[one for one in rows if not one.assessed and one.on],
        newest=clock.today() - timedelta(days=2),  # in the small hours the night is still to come
    )
