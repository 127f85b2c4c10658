"""督导验收: the rounds, how far each one is, who goes where, and what was taken out of it."""

import shlex
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Blueprint, request, send_file, url_for

from desk.frame.access import may, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from desk.frame.paging import page_of
from server.errors import Invalid, NotAllowed, NotFound, Problem
from server.http import clock
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.models.inspection import Campaign
from server.models.person import Person
from server.policy.rounds.visits import VisitState
from server.services.common.seals import seal
from server.services.inspections.disagreements import disagreement_tally
from server.services.mending.lists import rectification_tally
from server.services.people.people import people_seen
from server.services.people.scope import INSPECTING, OFFICE, SEES_ROUNDS
from server.services.rounds.assigning import townships_shown, visits_shown
from server.services.rounds.campaigns import (
    assign,
    campaign_of,
    campaigns_of,
    close_campaign,
    visit_of,
    withdraw_visit,
)
from server.services.rounds.deleting import delete_campaign, may_delete
from server.services.rounds.draws import (
    draw_sealed,
    drum_rows,
    keys_drawn,
    previews_of,
    visits_sealed,
)
from server.services.rounds.reports import reports_of, unreported
from server.services.rounds.visits import VisitView, coverage, visit_views

blueprint = Blueprint("desk_rounds", __name__, url_prefix="/desk")
guard_desk(blueprint, *SEES_ROUNDS)
FILTERS = ("q", "state", "township", "inspector")
ROWS_A_PAGE = 100
NOBODY = "none"  # in the address: visits that nobody was given


def only_office() -> None:
    """Raise NotAllowed for everybody but the county office."""
    if not may(*OFFICE):
        raise NotAllowed("not-your-page", "督导由县专班安排。如需调整，请联系县专班。")


def round_here(campaign_id: int) -> Campaign:
    """A round of this county."""
    return campaign_of(session(), county=me().county, campaign_id=campaign_id)


def visits_in_sight(campaign: Campaign) -> list[VisitView]:
    """A round's visits as far as the person at the desk may see their stations."""
    return visit_views(session(), campaign=campaign, on=clock.today(), seen_by=me())


def inspectors_here() -> list[Person]:
    """Everybody who may be sent to stations, inspectors first."""
    everybody = people_seen(session(), county=me().county, seen_by=me())
    found = [one.person for one in everybody if one.person.role in INSPECTING]
    return sorted(found, key=lambda one: (INSPECTING.index(one.role), one.id))


@blueprint.get("/rounds")
def rounds() -> Any:
    """Every round with its coverage, and what is still to be reported."""
    every = campaigns_of(session(), county=me().county)
    waiting = {one.id for one in unreported(session(), county=me().county, on=clock.today())}
    return page(
        "rounds.html",
        rounds=[(one, coverage(visits_in_sight(one))) for one in every],
        waiting=waiting,
        sealed={one.id for one in every if draw_sealed(one, me())},
        reports={one.id: reports_of(session(), campaign=one) for one in every},
    )


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in FILTERS}


def _narrowed(views_of_round: Sequence[VisitView], asked: dict[str, str]) -> list[VisitView]:
    """The visits that the address asks for."""

    def fits(one: VisitView) -> bool:
        station = one.station
        words = f"{station.name} {station.code or ''} {one.inspector_name} {station.head_name}"
        return (
            (not asked["state"] or one.state == asked["state"])
            and (not asked["township"] or one.township_code == asked["township"])
            and (
                not asked["inspector"]
                or str(one.visit.inspector_id or NOBODY) == asked["inspector"]
            )
            and asked["q"].casefold() in words.casefold()
        )

    return [one for one in views_of_round if fits(one)]


def round_page(campaign: Campaign, problem: Problem | None = None) -> Any:
    """Coverage, townships and every station of a round, as the address filters them."""
    every, asked = visits_in_sight(campaign), _asked()

    def address(**changes: str | None) -> str:
        wanted: dict[str, Any] = {**asked, **changes}
        return url_for(
            "desk_rounds.one_round",
            campaign_id=campaign.id,
            **{name: value for name, value in wanted.items() if value},
        )

    hidden = visits_sealed(campaign, me())
    found = [one for one in _narrowed(every, asked) if one.all or not hidden]
    leaf = page_of(
        len(found),
        ROWS_A_PAGE,
        where=url_for("desk_rounds.one_round", campaign_id=campaign.id),
    )
    common: dict[str, Any] = {"county": me().county, "campaign_id": campaign.id, "seen_by": me()}
    return page(
        "round.html",
        problem=problem,
        round=campaign,
        coverage=coverage(every),
        found=leaf.of(found),
        leaf=leaf,
        asked=asked,
        filtered=any(asked.values()),
        address=address,
        states=VisitState,
        nobody=NOBODY,
        hidden=hidden,
        visits_seal=seal(
            visits_shown(session(), campaign=campaign, ids=[one.visit.id for one in leaf.of(found)])
        ),
        townships_seal=seal(townships_shown(session(), campaign=campaign, only=None)),
        sealed=draw_sealed(campaign, me()),
        deletable=may(*OFFICE) and may_delete(session(), campaign=campaign, by=me()),
        inspectors=inspectors_here() if may(*OFFICE) else [],
        open_mends=rectification_tally(session(), on=clock.today(), **common).still_open,
        differing=disagreement_tally(session(), **common)[0],
        doubled=sum(one.waiting for one in every),
        reports=reports_of(session(), campaign=campaign),
    )


@blueprint.get("/rounds/<int:campaign_id>")
def one_round(campaign_id: int) -> Any:
    """One round, live."""
    return round_page(round_here(campaign_id))


@blueprint.get("/rounds/<int:campaign_id>/draw")
def draw(campaign_id: int) -> Any:
    """The drum of a round: every station that could have been drawn, its tickets and why.

    Until the round ends the office alone sees it; the others see what the draw is sealed with.
    """
    campaign = round_here(campaign_id)
    sealed = draw_sealed(campaign, me())
    drum = [] if sealed else drum_rows(campaign)
    leaf = page_of(len(drum), ROWS_A_PAGE)
    return page(
        "draw.html",
        round=campaign,
        sealed=sealed,
        drum=drum[leaf.first : leaf.first + leaf.size],
        example=_repeated(campaign, drum[0][0]) if drum else "",
        file=_draw_file_name(campaign),
        leaf=leaf,
        drawn=keys_drawn(session(), campaign=campaign),
        previews=[] if sealed else previews_of(session(), campaign=campaign),
    )


@blueprint.get("/rounds/<int:campaign_id>/draw.txt")
def draw_file(campaign_id: int) -> Any:
    """The draw as the one text whose SHA-256 was shown from the first day."""
    campaign = round_here(campaign_id)
    if draw_sealed(campaign, me()):
        raise NotAllowed("not-your-page", "这一轮结束以前，抽签名单只有县专班看得到。")
    if campaign.draw_text is None:
        raise NotFound("draw-not-kept", "这一轮没有抽签原文：全部检查，或者是旧版本时开的。")
    answer = send_file(
        BytesIO(campaign.draw_text.encode()),
        mimetype="text/plain; charset=utf-8",
        as_attachment=True,
        download_name=_draw_file_name(campaign),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _repeated(campaign: Campaign, key: str) -> str:
    """The command that gives a station's first number anew, whatever stands in the seed."""
    salted = [campaign.seed, *([campaign.salt] if campaign.salt else []), key, "1"]
    return f"printf '%s' {shlex.quote('|'.join(salted))} | sha256sum"


def _draw_file_name(campaign: Campaign) -> str:
    """Without blanks, so that it can be typed as the page shows it."""
    return f"抽签原文-{campaign.period}-{campaign.id}.txt"


def _inspector(text: str) -> Person | None:
    """Whom a form names: a person of this county, or nobody."""
    if text == NOBODY:
        return None
    person = session().get(Person, int(text)) if text.isdecimal() and len(text) < 10 else None
    if person is None or person.county != me().county:
        raise Invalid("inspector-unknown", "没有这位督导员，或者已经停用。请重新选择。")
    return person


def _assigned(campaign: Campaign) -> int:
    """How many visits the form gave to somebody else; raises Invalid where nothing was chosen."""
    form = request.form
    common: dict[str, Any] = {
        "campaign": campaign,
        "by": me(),
        "now": clock.now(),
        "sealed": form.get("seal"),
    }
    if "visit" in form:
        inspector = _inspector(form.get("inspector", ""))
        chosen = form.getlist("visit", type=row_id)
        return assign(session(), inspector=inspector, visit_ids=chosen, **common)
    towns = [name for name in form if name.startswith("t-") and form[name]]
    if not towns:
        raise Invalid("nothing-chosen", "还没有选。请勾选站点，或给乡镇选好督导员，再点分派。")
    return sum(
        assign(session(), inspector=_inspector(form[name]), township_code=name[2:], **common)
        for name in towns
    )


@blueprint.post("/rounds/<int:campaign_id>/assign")
@carries("seal")
def hand_out(campaign_id: int) -> Any:
    """Give whole townships (fields t-CODE) or ticked visits to inspectors."""
    only_office()
    campaign = round_here(campaign_id)
    with answering(lambda problem: round_page(round_here(campaign_id), problem)):
        changed = _assigned(campaign)
    said = f"{changed} 个站点换了督导员。" if changed else "没有改动：选的都已经是这位督导员。"
    return done(said, url_for("desk_rounds.one_round", campaign_id=campaign.id))


def _withdraw_page(campaign: Campaign, visit_id: int, problem: Problem | None = None) -> Any:
    visit, station = visit_of(session(), campaign=campaign, visit_id=visit_id)
    return page(
        "withdraw_visit.html",
        problem=problem,
        round=campaign,
        visit=visit,
        station=station,
    )


@blueprint.get("/rounds/<int:campaign_id>/visits/<int:visit_id>/withdraw")
def withdraw(campaign_id: int, visit_id: int) -> Any:
    """Ask why a station is taken out of a round."""
    only_office()
    return _withdraw_page(round_here(campaign_id), visit_id)


@blueprint.post("/rounds/<int:campaign_id>/visits/<int:visit_id>/withdraw")
def take_out(campaign_id: int, visit_id: int) -> Any:
    """Take a station out of a round, with the reason."""
    only_office()
    campaign = round_here(campaign_id)
    visit, station = visit_of(session(), campaign=campaign, visit_id=visit_id)
    with answering(lambda problem: _withdraw_page(round_here(campaign_id), visit_id, problem)):
        withdraw_visit(
            session(),
            visit=visit,
            because=request.form.get("reason", ""),
            by=me(),
            now=clock.now(),
        )
    where = url_for("desk_rounds.one_round", campaign_id=campaign.id)
    return done(f"{station.name}已撤出这一轮，不再计入应查数。", where)


def _close_page(campaign: Campaign, problem: Problem | None = None) -> Any:
    return page(
        "close_round.html",
        problem=problem,
        round=campaign,
        coverage=coverage(visits_in_sight(campaign)),
    )


@blueprint.get("/rounds/<int:campaign_id>/close")
def closing(campaign_id: int) -> Any:
    """What is still open, before a round is ended."""
    only_office()
    return _close_page(round_here(campaign_id))


@blueprint.post("/rounds/<int:campaign_id>/close")
def end_round(campaign_id: int) -> Any:
    """End a round; assignments can no longer change."""
    only_office()
    campaign = round_here(campaign_id)
    with answering(lambda problem: _close_page(round_here(campaign_id), problem)):
        close_campaign(session(), campaign=campaign, by=me(), now=clock.now())
    where = url_for("desk_rounds.one_round", campaign_id=campaign.id)
    return done("这一轮已经结束。手机里还没有传上来的记录，以后照样收下。", where)


def _delete_page(campaign: Campaign, problem: Problem | None = None) -> Any:
    return page(
        "delete_round.html",
        problem=problem,
        round=campaign,
        deletable=may_delete(session(), campaign=campaign, by=me()),
    )


@blueprint.get("/rounds/<int:campaign_id>/delete")
def deleting(campaign_id: int) -> Any:
    """Ask why a round is deleted of which nothing has come."""
    only_office()
    return _delete_page(round_here(campaign_id))


@blueprint.post("/rounds/<int:campaign_id>/delete")
def delete(campaign_id: int) -> Any:
    """Take a round off all lists, with the reason."""
    only_office()
    campaign = round_here(campaign_id)
    title = f"{campaign.period} {campaign.name}"
    with answering(lambda problem: _delete_page(round_here(campaign_id), problem)):
        delete_campaign(
            session(),
            campaign=campaign,
            because=request.form.get("reason", ""),
            by=me(),
            now=clock.now(),
        )
    return done(f"已删除：{title}。", url_for("desk_rounds.rounds"))
