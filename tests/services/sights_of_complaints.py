"""What the services of complaints show of C0001, for tests/services/sights.py."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from server.errors import NotFound
from server.models.complaint import Complaint
from server.services.complaints import figures, lists
from server.services.complaints.sight import complaint_for
from tests.complaining import complained
from tests.factories import TODAY
from tests.services.world import World


def the_one(w: World) -> Complaint:
    """The complaint about C0001; made when first looked for."""
    found = w.session.scalars(sa.select(Complaint)).first()
    return found or complained(w.session, w).complaint


def shown(w: World, seen_by: dict[str, Any]) -> int:
    try:
        return int(complaint_for(w.session, complaint_id=the_one(w).id, **seen_by) is not None)
    except NotFound:
        return 0


def in_list(w: World, seen_by: dict[str, Any]) -> int:
    found = lists.complaint_lines(
        w.session, county=the_one(w).county, on=TODAY, wanted=lists.Wanted(), **seen_by
    )
    return len(found)


def in_tally(w: World, seen_by: dict[str, Any]) -> int:
    counts = lists.complaint_tally(
        w.session, county=the_one(w).county, on=TODAY, wanted=lists.Wanted(), **seen_by
    )
    return counts["all"]


def in_counts(w: World, seen_by: dict[str, Any]) -> int:
    one = the_one(w)
    counts = figures.complaint_counts(w.session, county=one.county, on=TODAY, **seen_by)
    return counts.get(w.c1.id, 0)


LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "complaints.sight.complaint_for": shown,
    "complaints.lists.complaint_lines": in_list,
    "complaints.lists.complaint_tally": in_tally,
    "complaints.figures.complaint_counts": in_counts,
}
