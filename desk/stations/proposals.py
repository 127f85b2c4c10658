"""待审变更: what townships propose to change in the register; the office accepts or returns it."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me, whole_county_in_sight
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from server.errors import NotAllowed, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.person import Person
from server.models.proposal import Proposal, ProposalKind, ProposalState
from server.models.station import Station
from server.services.county.counties import townships
from server.services.mending.rectifications import withdraw_with_station
from server.services.people.scope import OFFICE, READS_ONLY, SEES_PROPOSALS
from server.services.registry.acceptance_views import Candidate, candidates
from server.services.registry.extent import odd_position
from server.services.registry.proposal_decisions import (
    MINE,
    THEIRS,
    accept_proposal,
    decide_many,
    return_proposal,
)
from server.services.registry.proposal_views import (
    ProposalView,
    decided_together,
    proposal_tally,
    proposals_seen,
    versions_of,
    views_of,
)
from server.services.registry.proposals import proposal_for, withdraw_proposal

blueprint = Blueprint("desk_proposals", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_PROPOSALS)
PAGE_ROWS = 50


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "变更由县专班来审。要改自己提交的，请打开那一份。")


def _state() -> ProposalState | None:
    """Which state the address asks for; the waiting ones unless it says so, None for all."""
    asked = request.values.get("state", ProposalState.WAITING.value)
    return next((one for one in ProposalState if one.value == asked), None)


def _list_page(problem: Problem | None = None) -> Any:
    state, township = _state(), request.values.get("township", "")
    mine = "1" if request.values.get("mine") == "1" else ""
    whose: dict[str, Any] = {
        "seen_by": me(),
        "township_code": township,
        "proposed_by": me().id if mine else None,
    }
    counts = proposal_tally(session(), county=me().county, **whose)
    total = counts[state] if state else sum(counts.values())
    leaf = page_of(total, PAGE_ROWS, where=url_for("desk_proposals.proposals"))
    return page(
        "proposals.html",
        problem=problem,
        state=state,
        township=township,
        mine=mine,
        townships=townships(session(), me().county) if whole_county_in_sight() else [],
        counts=counts,
        states=ProposalState,
        leaf=leaf,
        shown=proposals_seen(
            session(),
            county=me().county,
            state=state,
            offset=leaf.first,
            limit=leaf.size,
            **whose,
        ),
        ticked=request.form.getlist("proposal") if problem else [],
        address=lambda **asked: url_for(
            "desk_proposals.proposals",
            **{
                "township": township or None,
                "mine": mine or None,
                "state": state.value if state else "all",
                **asked,
            },
        ),
    )


@blueprint.get("/proposals")
def proposals() -> Any:
    """What waits for the office, or how the own township's proposals stand."""
    return _list_page()


@blueprint.post("/proposals")
def decide_ticked() -> Any:
    """Accept or return the ticked ones; each one's result is told, and stays readable."""
    _only_office()
    form = request.form
    with answering(_list_page):
        ids = [one for one in form.getlist("proposal", type=row_id) if one]
        line, told = decide_many(
            session(),
            county=county_of_desk(),
            seen={one: form.get(f"seen-{one}", "") for one in ids},
            accept=form.get("what") != "return",
            because=form.get("because", ""),
            by=me(),
            now=clock.now(),
            closing=_also_closing,
            standards=standards_here(),
        )
    failed = sum(not one.ok for one in told)
    return done(
        f"审了 {len(told)} 份。" + (f"有 {failed} 份没有办成，原因在下面。" if failed else ""),
        url_for("desk_proposals.decided", line_id=line),
    )


@blueprint.get("/proposals/decided/<int:line_id>")
def decided(line_id: int) -> Any:
    """What became of each proposal that was decided together."""
    if not may(*OFFICE, *READS_ONLY):
        raise NotAllowed("not-your-page", "成批审核的结果由县专班看。自己的那份请从列表里打开。")
    told = decided_together(session(), county=me().county, line_id=line_id)
    return page("proposals_decided.html", told=sorted(told, key=lambda one: one.ok))


def _proposal_page(proposal: Proposal, problem: Problem | None = None) -> Any:
    [view] = views_of(session(), county=proposal.county, proposals=[proposal])
    return page(
        "proposal.html",
        problem=problem,
        view=view,
        proposal=proposal,
        change=proposal.change,
        mine=proposal.proposed_by == me().id,
        candidate=_candidate(proposal) if proposal.state is ProposalState.WAITING else None,
        versions=versions_of(session(), proposal),
        choices={MINE: "用乡镇提的", THEIRS: "留现在登记的"},
        amend=_amend_address(proposal),
        odd=_odd_position(view) if proposal.state is ProposalState.WAITING else "",
    )


def _odd_position(view: ProposalView) -> str:
    """What is odd about a position that a township insists on, for whoever decides."""
    typed = next((one.new for one in view.fields if one.field == "position"), "")
    if view.station is None or not typed:
        return ""
    return odd_position(session(), station=view.station, typed=typed, today=clock.today())


def _candidate(proposal: Proposal) -> Candidate | None:
    """How a station stands that is to be accepted as built; None for other proposals."""
    if proposal.kind is not ProposalKind.ACCEPT or proposal.station_id is None:
        return None
    found = candidates(
        session(),
        county=county_of_desk(),
        on=clock.today(),
        standards=standards_here(),
        seen_by=me(),
        station_ids=[proposal.station_id],
    )
    return found[0] if found else None


def _amend_address(proposal: Proposal) -> str:
    """Where the same form is filled in anew."""
    if proposal.station_id is None or proposal.kind is ProposalKind.NEW:
        return url_for("desk_register.new", amends=proposal.id)
    where = {
        ProposalKind.EDIT: "desk_register.edit",
        ProposalKind.CLOSE: "desk_register.closing",
        ProposalKind.REOPEN: "desk_register.closing",
        ProposalKind.ACCEPT: "desk_acceptances.acceptance_form",
    }[proposal.kind]
    return url_for(where, station_id=proposal.station_id, amends=proposal.id)


@blueprint.get("/proposals/<int:proposal_id>")
def proposal(proposal_id: int) -> Any:
    """One proposal: what the register said, what it says now, what is asked for."""
    return _proposal_page(proposal_for(session(), me(), proposal_id))


@blueprint.post("/proposals/<int:proposal_id>")
@carries("seen")
def decide(proposal_id: int) -> Any:
    """Accept it, field by field where the register has changed since, or return it."""
    _only_office()
    found, form = proposal_for(session(), me(), proposal_id), request.form
    seen, now = form.get("seen", ""), clock.now()
    with answering(lambda problem: _proposal_page(found, problem)):
        if form.get("what") == "return":
            return_proposal(
                session(),
                county=county_of_desk(),
                proposal=found,
                seen=seen,
                because=form.get("because", ""),
                by=me(),
                now=now,
            )
            said = "已退回，乡镇能看到您写的原因。"
        else:
            said = accept_proposal(
                session(),
                county=county_of_desk(),
                proposal=found,
                seen=seen,
                by=me(),
                now=now,
                choose={
                    name.removeprefix("choose-"): value
                    for name, value in form.items()
                    if name.startswith("choose-")
                },
                closing=_also_closing,
                standards=standards_here(),
                stands=form.get("stands", ""),
                sure=form.get("sure", ""),
            )
            said += "。"
    return done(said, url_for("desk_proposals.proposal", proposal_id=proposal_id))


@blueprint.post("/proposals/<int:proposal_id>/withdraw")
def withdraw(proposal_id: int) -> Any:
    """Take one's own back; the office no longer sees it among what waits."""
    found = proposal_for(session(), me(), proposal_id)
    with answering(lambda problem: _proposal_page(found, problem)):
        withdraw_proposal(session(), proposal=found, by=me(), now=clock.now())
    return done("已撤回，登记没有变。", url_for("desk_proposals.proposals"))


def _also_closing(_session: Any, station: Station, because: str, by: Person, now: Any) -> int:
    """A station that closes owes no mending any more."""
    return withdraw_with_station(_session, station=station, because=because, by=by, now=now)
