"""One's own account at the desk: leave, change the password, see and end one's sign-ins."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from desk.frame.access import me
from desk.frame.pages import answering, done, page
from desk.people.asked_again import own_password_given
from server.errors import Invalid, Problem, TooMany
from server.http import clock
from server.http.database import session
from server.http.desk_cookie import take_desk_token
from server.http.guards import guard_desk
from server.services.people import passwords, second_factor, sign_ins
from server.services.people.scope import SITS_AT_DESK

blueprint = Blueprint("desk_account", __name__, url_prefix="/desk")
guard_desk(blueprint, *SITS_AT_DESK, own_account=True, given_password=True)


def _show(problem: Problem | None = None) -> Any:
    devices = sign_ins.devices_of(session(), person=me(), now=clock.now())
    return page(
        "account.html",
        problem=problem,
        devices=devices,
        here=g.sign_in.id,
        factor=second_factor.factor_of(session(), me()),
        given_lasts=passwords.GIVEN_LASTS,
    )


@blueprint.get("/account")
def account() -> Any:
    """Who one is, where one is signed in, and the password form."""
    return _show()


def _new_password() -> str:
    """The new password, once both copies agree."""
    new, again = (request.form.get(name, "") for name in ("new", "again"))
    if new != again:
        raise Invalid("passwords-differ", "两次输的新密码不一样。请重新输入。")
    return new


@blueprint.post("/account/password")
def change_password() -> Any:
    """A new password; every other sign-in of this account ends with it."""
    with answering(_show, TooMany):
        own_password_given()
        new = _new_password()
        passwords.set_password(
            session(), person=me(), password=new, now=clock.now(), keep=g.sign_in
        )
    return done("密码已经改好，其他电脑上的登录已退出。", url_for("desk_account.account"))


@blueprint.post("/account/devices/<int:sign_in_id>/end")
def end_device(sign_in_id: int) -> Any:
    """End one of one's own sign-ins."""
    for sign_in in sign_ins.devices_of(session(), person=me(), now=clock.now()):
        if sign_in.id == sign_in_id and sign_in.id != g.sign_in.id:
            sign_ins.sign_out(session(), sign_in=sign_in, now=clock.now())
            return done("那台设备已经退出。", url_for("desk_account.account"))
    return done("那台设备早已退出。", url_for("desk_account.account"))


@blueprint.post("/sign-out")
def leave() -> Any:
    """Sign out here."""
    sign_ins.sign_out(session(), sign_in=g.sign_in, now=clock.now())
    cookie.clear()  # what was shown to this person is not for the next
    flash("已退出。")
    answer: Response = redirect(url_for("desk_session.sign_in_page"), 303)
    take_desk_token(answer)
    return answer
