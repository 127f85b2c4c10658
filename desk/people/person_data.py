"""一个人的个人信息 at the county office: a copy for the person, and erasure when they ask."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from desk.frame.access import me
from desk.frame.pages import answering, done, page
from desk.people.asked_again import own_password_given
from desk.people.own_data import WRONG, ask_for_copy, copy_file, copy_ready
from server.errors import NotFound, Problem, TooMany
from server.http import clock
from server.http.database import session, settings_of
from server.http.guards import guard_desk
from server.models.person import Person
from server.schema import copies_left
from server.services.erasing.erasing import begin_erasure, erasure_of, gone_of
from server.services.erasing.preview import preview_of
from server.services.people.own_data import held_of
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_person_data", __name__, url_prefix="/desk/people/<int:person_id>/data")
guard_desk(blueprint, *OFFICE)


def _person(person_id: int) -> Person:
    person = session().get(Person, person_id)
    if person is None or person.county != me().county:
        raise NotFound("person-unknown", "没有找到这个人。请返回列表重新选择。")
    return person


def _page(person: Person, problem: Problem | None = None) -> Any:
    return page(
        "person_data.html",
        problem=problem,
        person=person,
        held=held_of(session(), person),
        ready=copy_ready(person),
        erasure=(erasure := erasure_of(session(), person)),
        line=str(gone_of(person)),
        told=None if erasure else preview_of(session(), person),
        reason=request.form.get("reason", ""),
    )


@blueprint.get("")
def data(person_id: int) -> Any:
    """What is held of one person, by kind."""
    return _page(_person(person_id))


@blueprint.post("")
def ask(person_id: int) -> Any:
    """Ask for the copy, with the password of whoever hands it out."""
    found = _person(person_id)
    with answering(lambda problem: _page(found, problem), TooMany):
        ask_for_copy(found)
    return redirect(url_for("desk_person_data.data", person_id=found.id), 303)


@blueprint.get("/copy.json")
def copy(person_id: int) -> Any:
    """The copy itself."""
    return copy_file(_person(person_id))


@blueprint.post("/erase")
def erase(person_id: int) -> Any:
    """Erase the person's data: the name and the doors at once, all else by the worker."""
    found = _person(person_id)
    with answering(lambda problem: _page(found, problem), TooMany):
        own_password_given(WRONG)
        begin_erasure(
            session(), person=found, by=me(), reason=request.form.get("reason", ""), now=clock.now()
        )
    where = url_for("desk_person_data.data", person_id=found.id)
    said = "姓名、电话、账号已经删了，别处写到的还在删。"
    if copies_left(settings_of().database_url, settings_of().home):
        said += "这台机器上还有以前的旧库，里面还有这个人：请让技术员运行 "
        said += "python -m server check，照着删。"
    return done(said, where)
