"""今天要办: the first page, with everything that waits for the person at the desk."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import may, me
from desk.frame.pages import page
from desk.frame.queues import queues_here
from server.http import clock
from server.http.database import blobs_of, session, settings_of
from server.http.guards import guard_desk
from server.services.backup.overdue import overdue
from server.services.matters.heads import head_on
from server.services.people.assigned import unassigned
from server.services.people.scope import OFFICE, OVER_COUNTIES, SITS_AT_DESK

blueprint = Blueprint("desk_today", __name__, url_prefix="/desk")
guard_desk(blueprint, *SITS_AT_DESK)


@blueprint.get("/")
def today() -> Any:
    """Every queue with its number and since when; an old address of the board leads there."""
    if request.args:
        asked = request.query_string.decode("ascii", "replace")
        return redirect(f"{url_for('desk_board.board')}?{asked}")
    if may(*OVER_COUNTIES):
        return redirect(url_for("desk_counties.counties"))
    shown = queues_here()
    office = me().role in OFFICE
    return page(
        "today.html",
        copies=overdue(session(), settings_of().home, now=clock.now()) if office else [],
        disk_low=office and blobs_of().is_low(),
        head=head_on(session(), county=me().county, on=clock.today()),
        unassigned=unassigned(session(), me()),
        waiting=[one for one in shown if one.waiting.line.number],
        idle=[one for one in shown if not one.waiting.line.number],
    )
