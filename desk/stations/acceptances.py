"""验收: what is only planned, accepting it as built, and each acceptance as it was frozen."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.stations.proposing import amended, handed_in, waiting_here
from server.errors import Invalid, NotAllowed, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here, standards_here
from server.models.proposal import Proposal, ProposalKind
from server.models.station import Stage, Station
from server.policy.plan.hub import HubGoal
from server.policy.standard.verdicts import Verdict
from server.policy.typed_days import read_day
from server.services.county.counties import townships
from server.services.people.scope import OFFICE, SEES_ROUNDS, TOWNSHIP, station_for
from server.services.registry.acceptance_proposals import propose_acceptances
from server.services.registry.acceptance_views import (
    WAITING,
    Candidate,
    acceptance_for,
    acceptances_of,
    candidates,
)
from server.services.registry.acceptances import (
    GRADES,
    accept_stations,
    send_to_plan,
    withdraw_acceptance,
)
from server.services.standing.standing import NO_STANDARD

blueprint = Blueprint("desk_acceptances", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "验收由县专班来记。如有意见，请联系县专班。")


def _only_township() -> None:
    if not may(*TOWNSHIP):
        raise NotAllowed("not-your-page", "验收由乡镇提请、县专班来记。如有意见，请联系县专班。")


def _goal() -> HubGoal | None:
    programme = programme_here(me().county)
    return programme.hub if programme else None


def _candidates(station_ids: list[int] | None = None) -> list[Candidate]:
    return candidates(
        session(),
        county=county_of_desk(),
        on=clock.today(),
        standards=standards_here(),
        seen_by=me(),
        station_ids=station_ids,
        goal=_goal(),
    )


def _list_page(problem: Problem | None = None) -> Any:
    """Who is planned, who is built; with the address's township and stage.

    The stage `waiting` is both that wait to be accepted: what 今天要办 counts.
    """
    every = _candidates()
    asked = {name: request.values.get(name, "") for name in ("township", "stage")}
    stages = WAITING if asked["stage"] == "waiting" else (asked["stage"],)
    ticked = request.form.getlist("station") if problem else None
    return page(
        "acceptances.html",
        problem=problem,
        asked=asked,
        counts={stage: sum(one.station.stage is stage for one in every) for stage in Stage},
        waiting=sum(one.station.stage in WAITING for one in every),
        shown=[
            one
            for one in every
            if asked["township"] in ("", one.station.township_code)
            and (one.station.stage in stages or not asked["stage"])
        ],
        townships=[
            one
            for one in townships(session(), me().county)
            if any(other.station.township_code == one.code for other in every)
        ],
        ticked=ticked,
        on=request.form.get("on") or clock.today().isoformat(),
    )


@blueprint.get("/acceptances")
def acceptances() -> Any:
    """Every station in sight with how far it has come."""
    return _list_page()


def _ticked() -> dict[int, str | None]:
    """The stations that were ticked, each with the seal of what the list showed of it."""
    ids = request.form.getlist("station", type=row_id)
    return {one: request.form.get(f"seen-{one}", "") for one in ids if one}


@blueprint.post("/acceptances")
def accept_many() -> Any:
    """Accept the ticked stations as built, or say that they are not built after all.

    A township officer asks the office to accept them.
    """
    _only_township()
    form = request.form
    kept: dict[str, Any] = {name: form[name] for name in ("township", "stage") if form.get(name)}
    where = url_for("desk_acceptances.acceptances", **kept)
    with answering(_list_page):
        if not may(*OFFICE):
            asked = _propose(_ticked(), Stage.BUILT)
            return done(
                f"已提请县里验收 {len(asked)} 个站。县里采纳以后，才算建成。",
                url_for("desk_proposals.proposals", mine=1),
            )
        if form.get("what") == "plan":
            moved = send_to_plan(
                session(),
                county=county_of_desk(),
                station_ids=_ticked(),
                by=me(),
                now=clock.now(),
                reason=form.get("reason", ""),
            )
            left = len(_ticked()) - len(moved)
            also = f"另有 {left} 个站本来就是拟建，没有动。" if left else ""
            return done(f"{len(moved)} 个站改回拟建，不再算“升级前登记”。{also}", where)
        made = accept_stations(
            session(),
            county=county_of_desk(),
            seen=_ticked(),
            grade=Stage.BUILT,
            on=read_day(form.get("on", ""), "验收日期", latest=clock.today()),
            present=form.get("present", ""),
            note=form.get("note", ""),
            by=me(),
            now=clock.now(),
            standards=standards_here(),
        )
    return done(f"已以{me().name}的名义验收 {len(made)} 个站，每个站当时的情况都留了底。", where)


def _propose(
    seen: Mapping[int, str | None], grade: Stage, amends: Proposal | None = None
) -> list[Proposal]:
    """Hand the form's acceptances in to the office."""
    form = request.form
    return propose_acceptances(
        session(),
        county=county_of_desk(),
        seen=seen,
        grade=grade,
        on=read_day(form.get("on", ""), "验收日期", latest=clock.today()),
        present=form.get("present", ""),
        note=form.get("note", ""),
        by=me(),
        now=clock.now(),
        standards=standards_here(),
        amends=amends,
    )


def _accept_page(station: Station, problem: Problem | None = None) -> Any:
    found = _candidates([station.id])
    one = found[0] if found else None
    findings = one.standing.findings if one else []
    amends = amended(station, ProposalKind.ACCEPT)
    was = amends.change["acceptance"] if amends else None
    on = amends.change["on"] if amends else clock.today().isoformat()
    return page(
        "accept.html",
        problem=problem,
        station=station,
        one=one,
        grades=[] if station.stage in GRADES[1:] else GRADES,
        passing=[
            finding
            for finding in findings
            if finding.level == "shall" and finding.verdict is Verdict.PASS
        ],
        past=acceptances_of(session(), station_id=station.id),
        amends=amends,
        waiting=waiting_here(station) if may(*TOWNSHIP) else [],
        filled=request.form if problem else was or {},
        on=request.form.get("on") or on,
    )


@blueprint.get("/stations/<int:station_id>/acceptance")
def acceptance_form(station_id: int) -> Any:
    """One station to be accepted: what fails, what nobody knows, and as what it may be accepted."""
    return _accept_page(station_for(session(), me(), station_id))


@blueprint.post("/stations/<int:station_id>/acceptance")
@carries("seen")
def accept(station_id: int) -> Any:
    """Accept it in the name of whoever is signed in; a township officer asks the office to."""
    _only_township()
    station, form = station_for(session(), me(), station_id), request.form
    with answering(lambda problem: _accept_page(station, problem)):
        grade = next((one for one in GRADES if one == form.get("grade")), None)
        if grade is None:
            raise Invalid(
                "acceptance-grade-wrong", "请选择验收为“建成”还是更高的一级。",
                fields={"grade": "请选择"},
            )  # fmt: skip
        if not may(*OFFICE):
            seen = {station.id: form.get("seen", "")}
            [proposed] = _propose(seen, grade, amended(station, ProposalKind.ACCEPT))
            return handed_in(proposed)
        [made] = accept_stations(
            session(),
            county=county_of_desk(),
            seen={station.id: form.get("seen", "")},
            grade=grade,
            on=read_day(form.get("on", ""), "验收日期", latest=clock.today()),
            present=form.get("present", ""),
            note=form.get("note", ""),
            by=me(),
            now=clock.now(),
            standards=standards_here(),
            goal=_goal(),
        )
    return done(
        f"{station.name}已验收为{grade.label}。",
        url_for("desk_acceptances.record", acceptance_id=made.id),
    )


def _record_page(acceptance_id: int, problem: Problem | None = None) -> Any:
    acceptance = acceptance_for(session(), me(), acceptance_id)
    [view] = [
        one
        for one in acceptances_of(session(), station_id=acceptance.station_id)
        if one.acceptance.id == acceptance.id
    ]
    return page(
        "acceptance.html",
        problem=problem,
        view=view,
        record=acceptance.record,
        judged=acceptance.record["why"] != NO_STANDARD,
        grade=acceptance.grade,
        acceptance=acceptance,
    )


@blueprint.get("/acceptances/<int:acceptance_id>")
def record(acceptance_id: int) -> Any:
    """What was accepted, as it was frozen on that day."""
    return _record_page(acceptance_id)


@blueprint.post("/acceptances/<int:acceptance_id>/withdraw")
def withdraw(acceptance_id: int) -> Any:
    """Take it back, with the reason; the record stays readable."""
    _only_office()
    found = acceptance_for(session(), me(), acceptance_id)
    with answering(lambda problem: _record_page(acceptance_id, problem)):
        withdraw_acceptance(
            session(),
            acceptance=found,
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", ""),
        )
    return done(
        "已撤回这次验收，原来的记录还在。",
        url_for("desk_acceptances.record", acceptance_id=acceptance_id),
    )
