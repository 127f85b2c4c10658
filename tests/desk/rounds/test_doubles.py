"""Two records of one visit at the desk: beside each other, decided once by the office, told about."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.inspection import Counted, Inspection
from server.models.person import Person
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import Held, hold, inspected
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


@pytest.fixture
def second(client: FlaskClient, session: Session, cast: Cast, held: Held) -> Inspection:
    """王督导's second record of the visit: shelves are missing, the counter is there."""
    return inspected(client, session, cast, held.campaign, cast.c1, ["A3-42b"])


def test_both_records_stand_side_by_side_with_what_they_differ_in(
    held: Held, second: Inspection, cast: Cast, desk_of: DeskOf
) -> None:
    page = text_of(desk_of(cast.office).get("/double-records"))

    assert "待定 1" in page
    assert "先收到的 · 王督导" in page
    assert "后收到的 · 王督导" in page
    assert "说法不同的 2 条" in page
    assert "货架：先收到的符合，后收到的不符合" in page


def test_every_page_of_the_round_says_that_one_of_them_does_not_count(
    held: Held, second: Inspection, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    round_page = text_of(desk.get(f"/rounds/{held.campaign.id}"))
    assert "两份记录，等定哪份" in round_page
    assert "重复的督导记录，等定哪份 1 站" in round_page
    assert "同一次督导先收到过一份；县里定以前，这一份不算数" in text_of(
        desk.get(f"/inspections/{second.id}")
    )
    assert "另有 1 次督导收到了两份记录" in text_of(desk.get("/disagreements"))


def test_the_office_decides_once_with_a_reason_and_the_page_keeps_what_was_typed(
    held: Held, second: Inspection, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    where, seal = f"/double-records/{_only(desk)}/settle", _seal(desk)

    bare = desk.post(where, seal=seal, decision="second", reason=" ")
    page = desk.done(where, seal=seal, decision="second", reason="第二份才是当天下午真查的")
    again = desk.post(where, seal=seal, decision="first", reason="改主意")

    assert (bare.status_code, "请写明这样定的理由" in text_of(bare)) == (422, True)
    assert 'value="second" required checked' in bare.get_data(as_text=True)
    assert "没有重复的督导记录" in page
    assert again.status_code == 409
    settled = text_of(desk.get("/double-records?state=settled"))
    assert "以后收到的一份为准 理由：第二份才是当天下午真查的 县办" in settled
    assert "县里没有采用" in text_of(desk.get(f"/inspections/{held.inspection.id}"))


def test_a_record_that_is_amended_while_the_office_looks_is_seen_before_it_stands(
    client: FlaskClient, session: Session, held: Held, second: Inspection, cast: Cast,
    desk_of: DeskOf,
) -> None:  # fmt: skip
    desk = desk_of(cast.office)
    where, seal = f"/double-records/{_only(desk)}/settle", _seal(desk)
    typed = {"decision": "second", "reason": "第二份才是真查的"}
    amended = inspected(
        client, session, cast, held.campaign, cast.c1, ["A3-3a"],
        amends_id=str(second.id), amended_because="看错了",
    )  # fmt: skip

    refused = desk.post(where, seal=seal, **typed)

    assert refused.status_code == 409
    assert "其中一份督导记录更正了" in text_of(refused)
    session.expire_all()
    assert session.get_one(Inspection, amended.id).counted is Counted.WAITS
    desk.done(where, seal=_seal(desk), **typed)
    session.expire_all()
    assert session.get_one(Inspection, amended.id).counted is Counted.YES


def test_a_township_officer_reads_but_does_not_decide(
    held: Held, second: Inspection, cast: Cast, desk_of: DeskOf
) -> None:
    number = _only(desk_of(cast.office))

    assert "待定 0" in text_of(desk_of(cast.officer).get("/double-records"))
    answer = desk_of(cast.officer).post(f"/double-records/{number}/settle", decision="first")
    assert answer.status_code == 403


def _only(desk: Desk) -> str:
    html = desk.get("/double-records").get_data(as_text=True)
    return html.split("/double-records/")[1].split("/")[0]


def _seal(desk: Desk) -> str:
    html = desk.get("/double-records").get_data(as_text=True)
    return html.split('name="seal" value="')[1].split('"')[0]
