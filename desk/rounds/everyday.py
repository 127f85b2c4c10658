"""日常检查: the inspections between the rounds, the newest first, each with its signed copy."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import me
from desk.frame.pages import page
from desk.frame.paging import page_of
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.services.inspections.everyday import (
    Wanted,
    everyday_count,
    everyday_inspections,
    inspectors_seen,
    townships_inspected,
)
from server.services.inspections.presence import marks_told
from server.services.people.scope import SEES_ROUNDS

blueprint = Blueprint("desk_everyday", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
FILTERS = ("q", "township", "inspector")
ROWS_A_PAGE = 100


@blueprint.get("/inspections")
def inspections() -> Any:
    """What inspectors recorded of their own accord, as the address filters it."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    wanted = Wanted(
        township=asked["township"],
        inspector_id=request.args.get("inspector", type=row_id),
        q=asked["q"],
    )
    leaf = page_of(everyday_count(session(), seen_by=me(), wanted=wanted), ROWS_A_PAGE)
    return page(
        "everyday.html",
        found=everyday_inspections(
            session(), seen_by=me(), wanted=wanted, limit=leaf.size, offset=leaf.first
        ),
        leaf=leaf,
        marks=marks_told,
        asked=asked,
        places=townships_inspected(session(), seen_by=me()),
        inspectors=inspectors_seen(session(), seen_by=me()),
        address=url_for("desk_everyday.inspections"),
    )
