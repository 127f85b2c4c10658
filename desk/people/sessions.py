"""Signing in at the desk: the one desk page that anybody may open."""

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask import session as told
from werkzeug.wrappers import Response

from desk.frame.again import is_page
from desk.frame.pages import answering
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.desk_cookie import (
    desk_token,
    forget_cookie,
    give_desk_token,
    own_name,
    set_own_cookie,
)
from server.http.guards import open_to_all
from server.http.problems import status_of
from server.http.text_ring import text_ring
from server.http.tries import counting_failures, network
from server.models.person import Person, SignInKind
from server.services.people import second_factor, sign_ins

blueprint = Blueprint("desk_session", __name__, url_prefix="/desk", template_folder="../templates")
open_to_all(blueprint, "whoever wants to sign in has not signed in yet")
GATE_COOKIE = "czt_gate"
GATE_GOOD_FOR = timedelta(hours=2)
SAID = "sign_in_said"
LONGEST_LOGIN = 40
KNOWN_GOOD_FOR = timedelta(days=365)


def _seal(cookie: str, purpose: str = "sign-in") -> str:
    """What a sign-in form must carry beside its cookie: another site knows neither."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{purpose}:{cookie}".encode(), sha256).hexdigest()


def known_cookie(login: str) -> str:
    """The name of the cookie of computers that signed in as this login before."""
    return f"czt_known_{sha256(login.encode()).hexdigest()[:12]}"


def _known_computer(login: str) -> str | None:
    """This computer's own mark, if it signed in as this login before.

    Anybody can fail ten times in an officer's name; only the officer's computers have this mark,
    and what they fail is counted by it alone. It opens nothing: the password is still asked.
    """
    mark, _, seal = request.cookies.get(own_name(known_cookie(login)), "").partition(".")
    ours = _seal(f"{mark}:{login}", "known")
    return mark if mark and hmac.compare_digest(ours.encode(), seal.encode()) else None


def browser_name(agent: str) -> str:
    """A browser's and a system's name for the list of devices: Edge · Windows."""
    browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Windows", "Windows"),
        ("Android", "安卓"),
        ("iPhone", "iPhone"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((word for sign, word in browsers if sign in agent), "浏览器")
    system = next((word for sign, word in systems if sign in agent), "电脑")
    return f"{browser} · {system}"


def local_page(target: str) -> str:
    """A page of the desk to go on to; anything else, a form's target too, becomes the board."""
    return target if is_page(target) else "/desk/"


@blueprint.get("/sign-in")
def sign_in_page() -> Any:
    """Name and password; after a wrong try, what was wrong."""
    said = told.pop(SAID, {}) if request.args.get("again") else {}
    cookie = request.cookies.get(own_name(GATE_COOKIE)) or secrets.token_hex(16)
    page = render_template(
        "desk/sign_in.html",
        gate=_seal(cookie),
        wrong=said.get("wrong", ""),
        login=said.get("login", ""),
        next=local_page(request.args.get("next", "/desk/")),
    )
    answer = current_app.make_response((page, said.get("status", 200)))
    answer.headers["Cache-Control"] = "no-store"
    set_own_cookie(answer, GATE_COOKIE, cookie, path="/desk", lasts=GATE_GOOD_FOR)
    return answer


def _again(status: int, wrong: str, login: str, target: str) -> Any:
    """Back to the form, which says what was wrong; the password is typed anew."""
    told[SAID] = {"status": status, "wrong": wrong, "login": login[:LONGEST_LOGIN]}
    return redirect(url_for("desk_session.sign_in_page", next=local_page(target), again=1), 303)


@blueprint.post("/sign-in")
def check() -> Any:
    """Check them; a wrong try is counted even though the request itself is undone."""
    login, target = request.form.get("login", "").strip(), request.form.get("next", "/desk/")
    cookie = request.cookies.get(own_name(GATE_COOKIE), "")
    gate = request.form.get("gate", "")
    if not cookie or not hmac.compare_digest(_seal(cookie).encode(), gate.encode()):
        return _again(400, "这一页打开太久了，请再输一次密码。", login, target)
    mark = _known_computer(login)
    keys = (f"known:{mark}",) if mark else (network(), login)
    with (
        answering(
            lambda problem: _again(status_of(problem), problem.message, login, target), Problem
        ),
        counting_failures(
            "desk", *keys, person_of=lambda: sign_ins.person_with_login(session(), login)
        ),
    ):
        sign_in, token = sign_ins.sign_in_desk(
            session(),
            login=login,
            password=request.form.get("password", ""),
            now=clock.now(),
            source=keys[0],
            known=mark is not None,
            label=browser_name(request.user_agent.string),
        )
    sign_ins.end_the_one_before(session(), token=desk_token(), now=clock.now())
    if sign_in.kind == SignInKind.DESK_HALF:
        person = session().get_one(Person, sign_in.person_id)
        if second_factor.factor_of(session(), person) is None:
            second_factor.begin_factor(
                session(), person=person, sign_in=sign_in, ring=text_ring(), now=clock.now()
            )
        answer: Response = redirect(url_for("desk_second_step.step", next=local_page(target)), 303)
        give_desk_token(answer, token)
        return answer
    return let_in(token, login, target)


def let_in(token: str, login: str, target: str) -> Response:
    """Go on to a page, signed in; from now on this computer is known to this login."""
    answer: Response = redirect(local_page(target), 303)
    give_desk_token(answer, token)
    mark = _known_computer(login) or secrets.token_hex(16)
    seal = _seal(f"{mark}:{login}", "known")
    set_own_cookie(
        answer,
        known_cookie(login),
        f"{mark}.{seal}",
        path="/desk/sign-in",
        lasts=KNOWN_GOOD_FOR,
    )
    forget_cookie(answer, GATE_COOKIE, path="/desk")
    return answer
