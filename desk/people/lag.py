"""上传时效: how long what phones send takes to arrive, by kind, township and station."""

from typing import Any

from flask import Blueprint

from desk.frame.access import me
from desk.frame.pages import page
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.services.intake.lag import KINDS, LABELS, lag_report

blueprint = Blueprint("desk_lag", __name__, url_prefix="/desk")
guard_desk(blueprint)


@blueprint.get("/lag")
def lag() -> Any:
    """Thirty days' arrivals of the stations in sight, and the slowest of them."""
    report = lag_report(session(), county=me().county, now=clock.now(), seen_by=me())
    return page("lag.html", report=report, labels=LABELS, kinds=KINDS)
