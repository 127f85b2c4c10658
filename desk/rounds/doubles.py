"""Two records of one visit beside each other, and the office's decision which of them stands."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done
from desk.rounds.settling import settling_page
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.services.inspections.answers import outcome_text
from server.services.inspections.presence import marks_told, presence_told
from server.services.intake.double_records import (
    DECISIONS,
    decide_double,
    double_of,
    double_tally,
    doubles_seen,
)
from server.services.people.scope import OFFICE, SEES_ROUNDS

blueprint = Blueprint("desk_doubles", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)


def _page(problem: Problem | None = None, wrong_id: int | None = None) -> Any:
    return settling_page(
        "doubles.html",
        "desk_doubles.doubles",
        tally=double_tally,
        seen=doubles_seen,
        problem=problem,
        wrong_id=wrong_id,
        decisions=DECISIONS,
        outcome_text=outcome_text,
        there=presence_told,
        marks=marks_told,
    )


@blueprint.get("/double-records")
def doubles() -> Any:
    """What is to be decided, the oldest first; `?state=settled` what was."""
    return _page()


@blueprint.post("/double-records/<int:double_id>/settle")
@carries("seal")
def decide(double_id: int) -> Any:
    """Decide which record stands, with the reason."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "以哪份记录为准由县专班定。如有意见，请联系县专班。")
    form = request.form
    with answering(lambda problem: _page(problem, double_id)):
        decide_double(
            session(),
            double=double_of(session(), county=me().county, double_id=double_id),
            decision=form.get("decision", ""),
            reason=form.get("reason", ""),
            standards=standards_here(),
            by=me(),
            now=clock.now(),
            seal=form.get("seal", ""),
        )
    said = "已定，连同您的姓名和理由。两份记录都原样留着，只有定下的一份算数。"
    return done(said, url_for("desk_doubles.doubles"))
