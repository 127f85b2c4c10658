"""整改: who owes what until when, what the keeper has shown, and a person's yes or no."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from desk.frame.photo_proofs import proofs
from desk.rounds.rounds import round_here
from server.errors import NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.inspection import Inspection
from server.models.rectification import Rectification, RectificationState
from server.policy.standard.facts import Fact
from server.policy.standard.inspection_form import UNITS, asked_of
from server.policy.standard.standards import standard_by_id
from server.policy.typed_days import read_day
from server.services.common.seals import seal
from server.services.county.counties import policy_options
from server.services.mending.lists import (
    Tally,
    open_clauses,
    rectification_tally,
    rectifications_seen,
    townships_mending,
)
from server.services.mending.notice_questions import questions_open
from server.services.mending.rectifications import (
    KEEPERS_TURN,
    OPEN_STATES,
    accept,
    answered_with,
    rectification_of,
    return_to_keeper,
)
from server.services.mending.shown import rectification_shown
from server.services.people.scope import SEES_ROUNDS, TOWNSHIP, station_for

blueprint = Blueprint("desk_rectifications", __name__, url_prefix="/desk")
guard_desk(blueprint)
ROWS_A_PAGE = 100
FILTERS = ("q", "state", "township", "round")
# Every choice of the list: what it is called, and which rectifications it means.
CHOICES = {
    "": "没有办结",
    RectificationState.ANSWERED.value: RectificationState.ANSWERED.label,
    "overdue": "已逾期",
    "late": "逾期没交",
    **RectificationState.labels(),
    "all": "全部",
}


def _meant_by(choice: str) -> dict[str, Any]:
    """What a choice of the list asks the service for."""
    if choice == "overdue":
        return {"overdue": True}
    if choice == "late":
        return {"overdue": True, "states": KEEPERS_TURN}
    if choice == "all":
        return {}
    return {"states": OPEN_STATES if choice == "" else [RectificationState(choice)]}


def _counts(found: Tally) -> dict[str, int]:
    """How many every choice of the list would show."""
    return {
        choice: found.still_open
        if choice == ""
        else found.overdue
        if choice == "overdue"
        else found.late
        if choice == "late"
        else found.total
        if choice == "all"
        else found.per_state.get(RectificationState(choice), 0)
        for choice in CHOICES
    }


@blueprint.get("/rectifications")
def rectifications() -> Any:
    """By default what is not closed, the nearest deadline first."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    asked["state"] = asked["state"] if asked["state"] in CHOICES else ""
    round_id = request.args.get("round", type=row_id)
    campaign = round_here(round_id) if round_id is not None else None
    asked["round"] = str(campaign.id) if campaign else ""
    within: dict[str, Any] = {
        "county": me().county,
        "on": clock.today(),
        "seen_by": me(),
        "campaign_id": campaign.id if campaign else None,
    }
    narrow: dict[str, Any] = {"township_code": asked["township"] or None, "words": asked["q"]}
    every, narrowed = (
        rectification_tally(session(), **within),
        rectification_tally(session(), **within, **narrow),
    )
    leaf = page_of(_counts(narrowed)[asked["state"]], ROWS_A_PAGE)

    def address(**changes: str | None) -> str:
        wanted: dict[str, Any] = {**asked, **changes}
        return url_for(
            "desk_rectifications.rectifications",
            **{name: value for name, value in wanted.items() if value},
        )

    return page(
        "rectifications.html",
        found=rectifications_seen(
            session(),
            **within,
            **narrow,
            **_meant_by(asked["state"]),
            limit=leaf.size,
            offset=leaf.first,
        ),
        leaf=leaf,
        asked=asked,
        round=campaign,
        address=address,
        counts=_counts(every),
        letters_open=questions_open(session(), county=me().county, seen_by=me())
        if may(*SEES_ROUNDS)
        else 0,
        choices=CHOICES,
        places=townships_mending(session(), **within),
        clauses=open_clauses(session(), **within),
    )


def _here(rectification_id: int) -> Rectification:
    """One of a station in sight; others look as if they were not there."""
    found = rectification_of(session(), county=me().county, rectification_id=rectification_id)
    try:
        station_for(session(), me(), found.station_id)
    except NotFound as unseen:
        raise NotFound(
            "rectification-unknown", "没有找到这项整改。请返回列表重新选择。"
        ) from unseen
    return found


def _measured(one: Rectification) -> list[Fact]:
    """What has to be written down to accept it: areas and texts, not plain yes or no."""
    rule = standard_by_id(standards_here(), one.standard_id).rule(one.rule_code)
    options = policy_options(county_of_desk())
    return [fact for fact in asked_of(rule, options) if fact.kind != "flag"]


def _page(one: Rectification, problem: Problem | None = None) -> Any:
    [view] = [
        found
        for found in rectifications_seen(
            session(),
            county=me().county,
            on=clock.today(),
            seen_by=me(),
            inspection_id=one.inspection_id,
        )
        if found.rectification.id == one.id
    ]
    shown = [step.photo_id for step in view.steps if step.photo_id]
    return page(
        "rectification.html",
        problem=problem,
        view=view,
        one=one,
        proofs=proofs(shown),
        inspection=session().get_one(Inspection, one.inspection_id),
        text=next(
            (
                rule.text
                for rule in standard_by_id(standards_here(), one.standard_id).rules
                if rule.code == one.rule_code
            ),
            "",
        ),
        measured=_measured(one),
        units=UNITS,
        open=one.state in OPEN_STATES,
        answered=one.state is RectificationState.ANSWERED,
        with_it=answered_with(session(), one),
        seal=seal(rectification_shown(session(), one)),
    )


@blueprint.get("/rectifications/<int:rectification_id>")
def rectification(rectification_id: int) -> Any:
    """One, step by step, with the photos."""
    return _page(_here(rectification_id))


def _only_judges() -> None:
    if not may(*TOWNSHIP):
        raise NotAllowed("not-your-page", "整改由县专班或乡镇验收。如需办理，请联系县专班。")


@blueprint.post("/rectifications/<int:rectification_id>/accept")
@carries("seal")
def take(rectification_id: int) -> Any:
    """Close it: a person has seen that it is mended."""
    _only_judges()
    one, form = _here(rectification_id), request.form
    values = {
        fact.name: form[f"v-{fact.name}"].strip()
        for fact in _measured(one)
        if form.get(f"v-{fact.name}", "").strip()
    }
    with answering(lambda problem: _page(_here(rectification_id), problem)):
        accept(
            session(),
            rectification=one,
            by=me(),
            now=clock.now(),
            standards=standards_here(),
            note=form.get("note", "").strip(),
            values=values,
            sealed=form.get("seal"),
        )
    return done("已验收通过，这一条办结。", url_for("desk_rectifications.rectifications"))


@blueprint.post("/rectifications/<int:rectification_id>/return")
@carries("seal")
def send_back(rectification_id: int) -> Any:
    """Not mended: back to the keeper's phone with the reason."""
    _only_judges()
    one, form = _here(rectification_id), request.form
    with answering(lambda problem: _page(_here(rectification_id), problem)):
        due = form.get("due_on", "").strip()
        return_to_keeper(
            session(),
            rectification=one,
            by=me(),
            now=clock.now(),
            reason=form.get("reason", ""),
            due_on=read_day(due, "新的期限", latest=None) if due else None,
            sealed=form.get("seal"),
        )
    where = url_for("desk_rectifications.rectification", rectification_id=one.id)
    return done("已退回，站长手机上会看到原因。", where)
