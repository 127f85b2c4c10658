"""What a person got wrong: told on the page it came from, with what was typed, and undone whole."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.frame.pages import answering
from server.errors import Conflict, Invalid, NotAllowed, NotFound, Problem, TooMany
from server.http.database import session as request_session
from server.models.person import Person
from server.models.statement import Statement
from tests.desk.conftest import Desk
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]


def test_a_form_whose_second_answer_is_wrong_keeps_nothing_of_the_first(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    where = f"/stations/{cast.c1.id}/judge"
    typed = {"premises_fixed": "yes", "floor_area_m2": "很大", "note": "到现场看过"}

    answer = desk_of(cast.office).post(where, on="2023-07-05", **typed)

    assert answer.status_code == 422
    assert 'value="很大"' in answer.get_data(as_text=True)
    assert session.scalars(select(Statement)).all() == []


@pytest.mark.parametrize(
    ("kind", "also", "told"),
    [
        (Invalid, (), "page"),
        (Conflict, (), "page"),
        (NotFound, (), "problem"),
        (NotFound, (NotFound,), "page"),
        (NotAllowed, (), "problem"),
        (TooMany, (TooMany,), "page"),
    ],
)
def test_a_deed_is_undone_and_its_page_told_only_of_what_a_form_can_mend(
    app: Flask, cast: Cast, kind: type[Problem], also: tuple[type[Problem], ...], told: str
) -> None:
    done = []
    with app.test_request_context("/desk/"):

        def deed() -> str:
            with answering(lambda problem: f"page: {problem.message}", *also):
                request_session().get_one(Person, cast.li.id).name = "老王"
                request_session().flush()
                raise kind("some-code", "不对，请改。")
            done.append("went on")
            return "done"

        answer = app.make_response(app.handle_user_exception(_raised(deed)))

        name = request_session().get_one(Person, cast.li.id).name
    assert done == []
    assert (answer.get_data(as_text=True) == "page: 不对，请改。") == (told == "page")
    assert name == "老李"


def _raised(deed: Callable[[], str]) -> Exception:
    try:
        deed()
    except Exception as error:  # noqa: BLE001 - as Flask catches it
        return error
    raise AssertionError("nothing was raised")
