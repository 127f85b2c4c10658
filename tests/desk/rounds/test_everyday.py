"""日常检查 at the desk: what was inspected outside the rounds, found again with its copy."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.models.inspection import Inspection
from server.models.person import Person, Role
from tests.api.events import id_of, now_text
from tests.api.rounds import inspection, open_round
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import COUNTER, inspected, send
from tests.factories import Cast, make_person

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def looked_at(client: FlaskClient, session: Session, cast: Cast, standards: Any) -> Inspection:
    """C0001 and C0005 outside rounds by two inspectors; C0002 within one."""
    campaign = open_round(session, cast, standards)
    inspected(client, session, cast, campaign, cast.c2)
    ma = make_person(session, name="马督导", role=Role.INSPECTOR)
    early = inspection(cast.c3, finished_at=now_text(timedelta(minutes=-9)))
    late = inspection(cast.c1, failing=[COUNTER])
    send(client, session, ma, early)
    send(client, session, cast.wang, late)
    return session.get_one(Inspection, id_of(late))


def test_what_belongs_to_no_round_is_listed_newest_first_with_its_copy(
    looked_at: Inspection, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    answer = desk.get("/inspections")
    words = text_of(answer)

    assert "2 次" in words
    assert words.index("马家沟村") < words.index("舍科村")
    assert "杨家山" not in words
    assert "双方已签字" in words
    copy = f"/inspections/{looked_at.id}/copy.pdf"
    assert copy in answer.get_data(as_text=True)
    assert desk.get(copy).data.startswith(b"%PDF")


@pytest.mark.usefixtures("looked_at")
@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("q=c0001", {"马家沟村"}),
        ("q=舍科", {"舍科村"}),
        ("township=140926100", {"马家沟村"}),
        ("inspector={wang}", {"马家沟村"}),
        ("inspector=abc", {"马家沟村", "舍科村"}),
        ("q=%25", set()),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    cast: Cast, desk_of: DeskOf, asked: str, there: set[str]
) -> None:
    page = text_of(desk_of(cast.office).get(f"/inspections?{asked.format(wang=cast.wang.id)}"))

    assert {name for name in ("马家沟村", "舍科村") if name in page} == there
    assert ("没有这样的检查" in page) == (not there)


@pytest.mark.usefixtures("looked_at")
def test_a_township_officer_sees_the_own_township_s_only(cast: Cast, desk_of: DeskOf) -> None:
    page = text_of(desk_of(cast.officer).get("/inspections"))

    assert "舍科村" in page
    assert "1 次" in page
    for name in ("马家沟", "鹅城镇", "王督导"):
        assert name not in page


def test_an_amended_inspection_stands_there_once(
    client: FlaskClient, session: Session, looked_at: Inspection, cast: Cast, desk_of: DeskOf
) -> None:
    again = inspection(cast.c1, amends_id=str(looked_at.id), amended_because="面积量错了")
    send(client, session, cast.wang, again)

    page = text_of(desk_of(cast.office).get("/inspections"))

    assert page.count("马家沟村") == 1
    assert "第 2 版" in page


def test_an_empty_list_says_what_to_do(cast: Cast, desk_of: DeskOf) -> None:
    assert "都可以当场检查、签字" in text_of(desk_of(cast.office).get("/inspections"))
