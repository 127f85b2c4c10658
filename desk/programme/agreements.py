"""合作协议: who agreed on which mode of cooperation, the signed papers, and what runs out."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.papers import paper_of_form, paper_out, takes_papers
from server.errors import NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import blobs_of, row_id, session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here
from server.media.attachments import Attachment, attachment
from server.models.coverage import Agreement
from server.policy.typed_days import read_day
from server.services.common.seals import seal
from server.services.county.agreement_options import RUNS_OUT
from server.services.coverage.agreements import (
    WAITING,
    AgreementState,
    agreement_of,
    agreements_of,
    attach_paper,
    end_agreement,
    modes_told,
    record_agreement,
    stations_of_mode,
)
from server.services.people.scope import OFFICE, WHOLE_COUNTY
from server.services.registry.fields import COOP_MODES

blueprint = Blueprint("desk_agreements", __name__, url_prefix="/desk")
guard_desk(blueprint, *WHOLE_COUNTY)
PAPER = "协议"
CHOOSING = -1  # the form of days, which is about no agreement
GROUPS = {"waiting": WAITING, "valid": (AgreementState.IN_FORCE, AgreementState.RUNNING_OUT)}
"""What the address calls several states at once."""


def _only_office() -> None:
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "合作协议由县专班登记。如有意见，请联系县专班。")


def _paper() -> Attachment | None:
    """The file of the form, looked at; None where none was chosen."""
    return paper_of_form("paper", what=PAPER)


def _agreement(agreement_id: int) -> Agreement:
    return agreement_of(session(), county=me().county, agreement_id=agreement_id)


def _follows() -> Agreement | None:
    wanted = request.values.get("follows", type=row_id)
    return _agreement(wanted) if wanted else None


def _page(problem: Problem | None = None, *, about: int = 0) -> Any:
    """The list; `about` is the agreement whose own form was not taken."""
    county = county_of_desk()
    programme = programme_here(county.code)
    views = agreements_of(session(), county=county.code, on=clock.today())
    asked = {name: request.args.get(name, "") for name in ("mode", "state")}
    shown = [
        one
        for one in views
        if asked["mode"] in ("", one.agreement.mode)
        and (asked["state"] in ("", one.state.value) or one.state in GROUPS.get(asked["state"], ()))
    ]
    mode = asked["mode"] if asked["mode"] in COOP_MODES else ""
    return page(
        "agreements.html",
        problem=problem,
        views=shown,
        lines=modes_told(session(), views=views, seen_by=me()),
        emphasised={
            one.key: one.clause for one in (programme.modes if programme else ()) if one.emphasised
        },
        named=bool(programme and programme.modes),
        asked=asked,
        waiting=sum(one.state in WAITING for one in views),
        stations=stations_of_mode(session(), mode=mode, seen_by=me()) if mode else [],
        mode=mode,
        modes=COOP_MODES,
        states=AgreementState,
        waiting_states=WAITING,
        days=RUNS_OUT.held(county),
        setting=RUNS_OUT,
        days_seal=seal(RUNS_OUT.shown(county)),
        choosing=about == CHOOSING,
        follows=_follows(),
        about=about,
    )


@blueprint.post("/agreements/days")
@carries("seal")
def days() -> Any:
    """How many days before its end an agreement is asked about: the county's choice."""
    _only_office()
    with answering(lambda problem: _page(problem, about=CHOOSING)):
        made = RUNS_OUT.edit(
            session(),
            county=county_of_desk(),
            typed=request.form,
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", ""),
            seal=request.form.get("seal", ""),
        )
    message = "提醒的天数改好了。" if made else "没有改动。"
    return done(message, url_for("desk_agreements.agreements"))


@blueprint.get("/agreements")
def agreements() -> Any:
    """The modes with their stations and agreements, and every agreement."""
    return _page()


@blueprint.post("/agreements")
@takes_papers("paper", what=PAPER)
def record() -> Any:
    """Enter one, or one that renews another."""
    _only_office()
    form = request.form
    with answering(_page):
        until = form.get("until_on", "").strip()
        made = record_agreement(
            session(),
            blobs_of(),
            county=county_of_desk(),
            mode=form.get("mode", ""),
            parties=form.get("parties", ""),
            covers=form.get("covers", ""),
            from_on=read_day(form.get("from_on", ""), "开始日期", latest=None),
            until_on=read_day(until, "到期日期", latest=None) if until else None,
            note=form.get("note", ""),
            paper=_paper(),
            by=me(),
            now=clock.now(),
            follows=_follows(),
        )
    return done(
        f"已登记{COOP_MODES[made.mode]}协议：{made.parties}。",
        url_for("desk_agreements.agreements"),
    )


@blueprint.post("/agreements/<int:agreement_id>/paper")
@takes_papers("paper", what=PAPER)
def add_paper(agreement_id: int) -> Any:
    """Add the signed paper to one that has none."""
    _only_office()
    found = _agreement(agreement_id)
    with answering(lambda problem: _page(problem, about=found.id)):
        paper = _paper() or attachment(b"", "", what=PAPER, field="paper")
        attach_paper(session(), blobs_of(), agreement=found, paper=paper, by=me(), now=clock.now())
    return done("协议文件已收好。", url_for("desk_agreements.agreements"))


@blueprint.post("/agreements/<int:agreement_id>/end")
def end(agreement_id: int) -> Any:
    """Say that it ended, or was entered by mistake."""
    _only_office()
    found, form = _agreement(agreement_id), request.form
    mistaken = form.get("what") == "mistaken"
    with answering(lambda problem: _page(problem, about=found.id)):
        end_agreement(
            session(),
            agreement=found,
            on=clock.today()
            if mistaken
            else read_day(form.get("on", ""), "终止日期", latest=clock.today()),
            mistaken=mistaken,
            by=me(),
            now=clock.now(),
            reason=form.get("reason", ""),
        )
    said = "已标为登记有误，记录还在。" if mistaken else "已记下这份协议终止。"
    return done(said, url_for("desk_agreements.agreements"))


@blueprint.get("/agreements/<int:agreement_id>/paper")
def paper(agreement_id: int) -> Any:
    """The signed paper, to be saved: no browser opens it within our pages."""
    found = _agreement(agreement_id)
    if found.file_sha256 is None:
        raise NotFound("agreement-unknown", "这份协议没有文件。请从合作协议里重新选择。")
    return paper_out(found.file_sha256, kind=found.file_kind, name=found.file_name)
