"""Records that part from the county's own reckoning, and what the office says of them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from desk.frame.access import may, me
from desk.frame.pages import answering, done
from desk.rounds.inspections import inspection_here
from desk.rounds.settling import settling_page
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.models.inspection import LookedAt
from server.services.inspections.looking import differing_seen, differing_tally, look_at
from server.services.people.scope import OFFICE, SEES_ROUNDS

blueprint = Blueprint("desk_differing", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)


def _page(problem: Problem | None = None, wrong_id: UUID | None = None) -> Any:
    return settling_page(
        "differing.html",
        "desk_differing.records",
        tally=differing_tally,
        seen=differing_seen,
        problem=problem,
        wrong_id=wrong_id,
        decisions=LookedAt.labels(),
    )


@blueprint.get("/differing-records")
def records() -> Any:
    """What waits for a look, the oldest first; `?state=settled` what was looked at."""
    return _page()


@blueprint.post("/differing-records/<uuid:inspection_id>/look")
def look(inspection_id: UUID) -> Any:
    """Say what came of the look, with the reason."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "签字与核算不一致的由县专班看。如有意见，请联系县专班。")
    form = request.form
    with answering(lambda problem: _page(problem, inspection_id)):
        look_at(
            session(),
            inspection=inspection_here(inspection_id),
            decision=form.get("decision", ""),
            reason=form.get("reason", ""),
            by=me(),
            now=clock.now(),
        )
    said = "已记下，连同您的姓名和理由。督导记录本身不变。"
    return done(said, url_for("desk_differing.records"))
