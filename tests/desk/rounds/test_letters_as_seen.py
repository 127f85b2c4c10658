"""No letter goes out with other items than the page showed of which it was issued or taken back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Person
from server.models.rectification import Notice, NoticeQuestion, Rectification, RectificationState
from server.services.mending.rectifications import withdraw
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import COUNTER, Held, hold, inspected
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE
SHELF = "A3-42b"


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


def seal_in(page: str, near: str) -> str:
    """The seal of the form that posts to an address."""
    [found] = re.findall(rf'action="[^"]*{near}"[^>]*>.*?name="seal" value="(\w+)"', page)
    return str(found)


def test_a_letter_whose_items_changed_meanwhile_is_shown_before_it_is_issued(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    new = inspected(
        client, session, cast, held.campaign, cast.c1, [COUNTER, SHELF],
        amends_id=str(held.inspection.id), amended_because="看漏了货架",
    )  # fmt: skip
    desk, where = desk_of(cast.office), f"/inspections/{new.id}"
    seen = seal_in(desk.get(where).get_data(as_text=True), "/notice")
    shelf = session.scalars(select(Rectification).where(Rectification.rule_code == SHELF)).one()
    withdraw(session, shelf, "裁定：照站长的", cast.office, clock.now())
    session.commit()

    refused = desk.post_and_go_on(f"{where}/notice", seal=seen)
    assert "别人已经改过要整改的条款" in text_of(refused)
    assert session.scalars(select(Notice)).all() == []

    again = seal_in(refused.get_data(as_text=True), "/notice")
    assert "已签发" in desk.done(f"{where}/notice", seal=again)


def test_what_an_amendment_takes_back_is_decided_as_it_stands(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    both = inspected(
        client, session, cast, held.campaign, cast.c1, [COUNTER, SHELF],
        amends_id=str(held.inspection.id), amended_because="看漏了货架",
    )  # fmt: skip
    desk = desk_of(cast.office)
    desk.done(f"/inspections/{both.id}/notice")
    none = inspected(
        client, session, cast, held.campaign, cast.c1, [],
        amends_id=str(both.id), amended_because="两样都有",
    )  # fmt: skip
    [question] = session.scalars(select(NoticeQuestion))
    where = f"/letters/questions/{question.id}"
    seen = seal_in(desk.get("/letters").get_data(as_text=True), where)
    inspected(
        client, session, cast, held.campaign, cast.c1, [COUNTER],
        amends_id=str(none.id), amended_because="台席还是没有",
    )  # fmt: skip

    refused = desk.post_and_go_on(where, decision="revoke", reason="照片里有", seal=seen)
    assert "别人已经改过通知书里的这几项" in text_of(refused)
    session.expire_all()
    assert session.scalars(select(Notice).where(Notice.revokes_id.is_not(None))).all() == []

    again = seal_in(refused.get_data(as_text=True), where)
    desk.done(where, decision="revoke", reason="货架是有的", seal=again)
    session.expire_all()
    states = {one.rule_code: one.state for one in session.scalars(select(Rectification))}
    assert states[SHELF] is RectificationState.WITHDRAWN
    assert states[COUNTER] is not RectificationState.WITHDRAWN
