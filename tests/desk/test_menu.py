"""The menu shows a line to exactly those whom its page lets in."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session

from desk.frame.menu import MENU, UNDER
from server.models.person import Person, Role
from server.services.people.scope import AT_DESK
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk
from tests.factories import Cast, make_person


@ON_SQLITE  # every page is opened on PostgreSQL in test_scope.py
@pytest.mark.parametrize("role", AT_DESK, ids=str)
def test_a_line_is_shown_to_exactly_those_whom_its_page_lets_in(
    app: Flask, session: Session, cast: Cast, desk_of: Callable[[Person], Desk], role: Role
) -> None:
    who = make_person(
        session,
        name="来人",
        role=role,
        township_code=cast.township.code if role is Role.TOWNSHIP_OFFICER else None,
        operator_id=cast.c1.operator_id if role is Role.OPERATOR else None,
    )
    desk = desk_of(who)
    with app.test_request_context():
        addresses = {line.word: url_for(line.endpoint) for line in MENU}

    nav = re.search(r"<nav.*?</nav>", desk.get("/account").get_data(as_text=True), re.DOTALL)
    assert nav is not None
    shown = set(re.findall(r'href="([^"]+)"', nav[0])) & set(addresses.values())
    opened = {
        address
        for address in addresses.values()
        if desk.get(address.removeprefix("/desk")).status_code == 200
    }

    assert shown == opened


def test_every_page_stands_under_a_line_of_the_menu(app: Flask) -> None:
    lines = {line.blueprint for line in MENU}
    public = {"desk_session", "desk_second_step", "desk_files"}
    alone = {
        "desk_account",
        "desk_own_data",
        "desk_second_factor",
    }  # behind one's own name, beside the menu

    desk = {name for name in app.blueprints if name.startswith("desk_")}

    assert desk - public - alone == lines | set(UNDER)
    assert set(UNDER.values()) <= lines
