"""The pages that tell of a whole county on PostgreSQL: none reads a table whole that grows."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from bench.query_plans import LARGE, questions, read_whole
from server.http import clock
from server.http.database import db
from server.models.person import Person, Role
from server.services.county.areas import area_here
from server.services.programme.snapshots import keep, look
from tests.desk.conftest import Desk
from tests.factories import Cast, make_person
from tests.services.world import make_world


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_no_page_above_the_lists_needs_a_large_table_whole(
    desk_of: Callable[[Person], Desk],
    app: Flask,
    engine: Engine,
    session: Session,
    cast: Cast,
    standards: Any,
) -> None:
    make_world(session, cast, standards)
    now = clock.now()
    seen = look(session, county=cast.county, on=clock.today(), now=now, standards=standards)
    keep(session, seen, now=now)
    above = area_here(session, "140900", now=now)
    viewer = make_person(session, above.code, name="上级", role=Role.VIEWER, login="above")
    with app.app_context():
        bind = db.engine
    for who, path in (
        (cast.office, "/overview"), (cast.office, "/hall"), (cast.office, "/months"),
        (cast.office, "/signals?state=all"), (cast.officer, "/signals"),
        (cast.office, "/county/consents"), (viewer, "/counties"),
    ):  # fmt: skip
        desk = desk_of(who)
        with questions(bind) as asked:
            assert desk.get(path).status_code == 200
        assert any(large in one for one in asked for large in LARGE), path
        assert read_whole(engine, asked) == [], path
        if path == "/hall":  # its map and its figures tell of one look at the stations
            assert [one.statement for one in asked.values() if one.times > 1] == []
