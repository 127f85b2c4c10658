"""The second step at the desk's door: the app's code is asked for, or the app is set up first."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from desk.frame.handed import hand_over
from desk.frame.pages import answering
from desk.people.second_factor import RECOVERY
from desk.people.sessions import let_in, local_page
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.guards import CsrfMissing, csrf_is, half_signed_in, open_to_all
from server.http.text_ring import text_ring
from server.http.tries import counting_failures
from server.media.paper.qr import qr_modules, qr_svg
from server.models.person import Person
from server.services.people import second_factor
from server.services.people.sign_ins import finish_sign_in

blueprint = Blueprint("desk_second_step", __name__, url_prefix="/desk/sign-in")
open_to_all(blueprint, "whoever has given the password has not shown the second factor yet")
TOO_LATE = "这一步要在十分钟里做完。请重新输账号和密码。"
ELSEWHERE = (
    "刚才有人用这个账号和密码在另一台电脑上也开始设动态码，这里的就不算了。请重新输账号和密码；"
    "不是您自己，设好以后请马上改密码。"
)


def _from_the_start(why: str = TOO_LATE) -> Any:
    flash(why, "bad")
    return redirect(url_for("desk_session.sign_in_page"), 303)


@blueprint.get("/second")
def step() -> Any:
    """The code; for who has no app yet, what the app is told, and then the code."""
    who = half_signed_in()
    if who is None:
        return _from_the_start()
    person, half = who
    new = second_factor.enrolment(session(), person=person, sign_in=half, ring=text_ring())
    if new is None and second_factor.factor_of(session(), person) is None:
        return _from_the_start(ELSEWHERE)
    answer = current_app.make_response(
        render_template(
            "desk/second_step.html",
            new=new,
            # qr_svg draws only rectangles: nothing in it comes from a form.
            picture=Markup(qr_svg(qr_modules(new.address))) if new else "",  # noqa: S704
            token=half.csrf,
            next=local_page(request.args.get("next", "/desk/")),
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/second")
def show() -> Any:
    """Take the code; only now is anybody signed in. Wrong ones count by person.

    They have the password, so that no stranger locks anybody out.
    """
    who = half_signed_in()
    if who is None:
        return _from_the_start()
    person, half = who
    if not csrf_is(half):
        raise CsrfMissing
    target, person_id = request.form.get("next", "/desk/"), person.id
    given: dict[str, Any] = {
        "person": person,
        "typed": request.form.get("factor_code", ""),
        "ring": text_ring(),
        "now": clock.now(),
    }
    codes: list[str] = []
    with (
        answering(lambda problem: _again(problem, target), Problem),
        counting_failures(
            "code", f"person {person_id}", person_of=lambda: session().get(Person, person_id)
        ),
    ):
        if second_factor.factor_of(session(), person) is None:
            codes = second_factor.confirm_factor(session(), sign_in=half, **given)
        else:
            second_factor.ask_factor(session(), **given)
        _, token = finish_sign_in(session(), half=half, person=person, now=clock.now())
    if not codes:
        return let_in(token, person.login or "", target)
    g.person = person  # whose paper it is
    hand_over(RECOVERY, person.id, " ".join(codes), now=clock.now())
    return let_in(token, person.login or "", url_for("desk_second_factor.recovery_codes"))


def _again(problem: Problem, target: str) -> Response:
    flash(problem.message, "bad")
    return redirect(url_for("desk_second_step.step", next=local_page(target)), 303)
