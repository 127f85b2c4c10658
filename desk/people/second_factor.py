"""动态码 of one's own account: set it up, a new paper of recovery codes, do without."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from markupsafe import Markup

from desk.frame.access import county_of_desk, me
from desk.frame.handed import hand_over, handed_over
from desk.frame.pages import answering, done, page
from server.errors import Problem, TooMany
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.text_ring import text_ring
from server.http.tries import counting_failures
from server.media.paper.qr import qr_modules, qr_svg
from server.services.people import second_factor
from server.services.people.scope import SITS_AT_DESK

blueprint = Blueprint("desk_second_factor", __name__, url_prefix="/desk/account/second-factor")
guard_desk(blueprint, *SITS_AT_DESK, own_account=True)
RECOVERY = "recovery codes"


def _page(problem: Problem | None = None) -> Any:
    new = second_factor.enrolment(session(), person=me(), sign_in=g.sign_in, ring=text_ring())
    return page(
        "second_factor.html",
        problem=problem,
        there=second_factor.factor_of(session(), me()),
        left=second_factor.codes_left(session(), me()),
        needed=second_factor.needs_second_factor(session(), me(), county_of_desk()),
        new=new,
        # qr_svg draws only rectangles: nothing in it comes from a form.
        picture=Markup(qr_svg(qr_modules(new.address))) if new else "",  # noqa: S704
    )


def _given() -> dict[str, Any]:
    return {
        "person": me(),
        "typed": request.form.get("factor_code", ""),
        "ring": text_ring(),
        "now": clock.now(),
    }


def _counting() -> Any:
    """Wrong codes count with those of the door: neither is the way around the other."""
    return counting_failures("code", f"person {me().id}", person_of=me)


@blueprint.get("")
def mine() -> Any:
    """Whether it is on; what the app is told while it is being set up."""
    return _page()


@blueprint.post("")
def begin() -> Any:
    """A new secret for an app."""
    with answering(_page):
        second_factor.begin_factor(
            session(), person=me(), sign_in=g.sign_in, ring=text_ring(), now=clock.now()
        )
    return redirect(url_for("desk_second_factor.mine"), 303)


@blueprint.post("/on")
def turn_on() -> Any:
    """The app's first code: from now on one is asked for."""
    with answering(_page, TooMany), _counting():
        codes = second_factor.confirm_factor(session(), sign_in=g.sign_in, **_given())
    return _paper(codes)


@blueprint.post("/codes")
def renew() -> Any:
    """A new paper of recovery codes."""
    with answering(_page, TooMany), _counting():
        codes = second_factor.renew_codes(session(), **_given())
    return _paper(codes)


def _paper(codes: list[str]) -> Any:
    hand_over(RECOVERY, me().id, " ".join(codes), now=clock.now())
    return redirect(url_for("desk_second_factor.recovery_codes"), 303)


@blueprint.get("/codes")
def recovery_codes() -> Any:
    """The codes just made, for some minutes and in this browser alone."""
    held = handed_over(RECOVERY, me().id, now=clock.now())
    if held is None:
        flash("恢复码只显示十分钟，这一张不能再看了。没有抄下来，请换一张。", "bad")
        return redirect(url_for("desk_second_factor.mine"), 303)
    return page("recovery_codes.html", codes=held[0].split())


@blueprint.post("/off")
def turn_off() -> Any:
    """Do without, or change phones: one last code, then nothing of the old app is good."""
    with answering(_page, TooMany), _counting():
        second_factor.end_own_factor(session(), county=county_of_desk(), keep=g.sign_in, **_given())
    return done("动态码已经停用。", url_for("desk_second_factor.mine"))
