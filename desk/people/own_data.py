"""我的资料: what the house holds of whoever sits at the desk, as a file of their own."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from desk.frame.access import me
from desk.frame.handed import hand_over, handed_over
from desk.frame.pages import answering, page
from desk.people.asked_again import own_password_given
from server.errors import NotAllowed, Problem, TooMany
from server.http import clock
from server.http.database import session
from server.http.downloads import tell_of_file
from server.http.guards import guard_desk
from server.models.person import Person
from server.services.people.own_data import copy_of, held_of
from server.services.people.scope import SITS_AT_DESK

blueprint = Blueprint("desk_own_data", __name__, url_prefix="/desk/account/data")
guard_desk(blueprint, *SITS_AT_DESK, own_account=True)
COPY = "own data"
WRONG = "密码不对。请输您自己登录工作台用的密码。"


def copy_ready(person: Person) -> bool:
    """Whether the own password was given for this person's copy within the last minutes."""
    return handed_over(COPY, person.id, now=clock.now()) is not None


def ask_for_copy(person: Person) -> None:
    """Let whoever gave the own password take this person's copy, for some minutes."""
    own_password_given(WRONG)
    hand_over(COPY, person.id, "asked", now=clock.now())


def copy_file(person: Person) -> Response:
    """The copy as a file; raises NotAllowed copy-not-asked where no password was given for it."""
    if not copy_ready(person):
        raise NotAllowed("copy-not-asked", "下载以前要再输一遍密码。请回到上一页，输好再下载。")
    made = copy_of(session(), person)
    tell_of_file(f"人员{person.id}号的个人信息")
    answer = Response(made, mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=person-{person.id}.json"
    return answer


def _page(problem: Problem | None = None) -> Any:
    return page(
        "own_data.html",
        problem=problem,
        held=held_of(session(), me()),
        ready=copy_ready(me()),
    )


@blueprint.get("")
def mine() -> Any:
    """What is held, by kind, and the form that asks for the copy."""
    return _page()


@blueprint.post("")
def ask() -> Any:
    """Ask for the copy, with the own password."""
    with answering(_page, TooMany):
        ask_for_copy(me())
    return redirect(url_for("desk_own_data.mine"), 303)


@blueprint.get("/copy.json")
def copy() -> Any:
    """The copy itself."""
    return copy_file(me())
