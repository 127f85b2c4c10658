"""What was signed and what the county reckons, at the desk: told on each page, looked at once."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.inspection import Inspection
from server.models.person import Person
from tests.api.rounds import taps
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
def parting(client: FlaskClient, session: Session, cast: Cast, held: Held) -> Inspection:
    """An older app's record of the township's station: 9.5 m² and 符合, and one 不适用."""
    given = [
        *taps(cast.xz1, **{"A3-42c": {"verdict": "not_applicable", "note": "只用手机扫码"}}),
        {"rule": "A3-41b", "verdict": "pass", "values": {"floor_area_m2": "9.5"}, "note": ""},
    ]
    return inspected(client, session, cast, held.campaign, cast.xz1, answers=given)


def test_record_round_and_list_say_what_was_signed_and_what_the_county_reckons(
    held: Held, parting: Inspection, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    listed = text_of(desk.get("/differing-records"))
    assert "待看 2" not in listed
    assert "待看 1" in listed
    assert "四（1）乡镇站面积 签字时 符合 县里现在核算 按标准应是“不符合”：面积9.5平方米" in listed
    assert "督导员认为不适用，等县办认定 四（2）巴枪 签字时 不适用：只用手机扫码" in listed
    page = text_of(desk.get(f"/inspections/{parting.id}"))
    assert "旧版手机程序交来，签字时看到的没有这里全" in page
    assert "签字与核算不一致 记录以签字的为准" in page
    round_page = text_of(desk.get(f"/rounds/{held.campaign.id}"))
    assert "旧版手机程序交来 2 处不一致" in round_page
    assert "另有 1 份督导记录签字与核算不一致" in text_of(desk.get("/disagreements"))


def test_a_person_looks_once_with_a_reason_and_what_was_typed_stays(
    parting: Inspection, session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    before = parting.frozen_sha256
    where = f"/differing-records/{parting.id}/look"

    bare = desk.post(where, decision="amend", reason=" ")
    page = desk.done(where, decision="amend", reason="后院要量进去，请更正面积")
    again = desk.post(where, decision="seen", reason="算了")

    assert bare.status_code == 422
    assert "请写明看下来怎样" in text_of(bare)
    assert 'value="amend" required checked' in bare.get_data(as_text=True)
    assert "没有签字与核算不一致的记录" in page
    assert again.status_code == 409
    settled = text_of(desk.get("/differing-records?state=settled"))
    assert "要更正 后院要量进去，请更正面积 县办" in settled
    assert "县专班看过，请督导员更正：后院要量进去" in text_of(
        desk.get(f"/inspections/{parting.id}")
    )
    session.refresh(parting)
    assert parting.frozen_sha256 == before


def test_a_township_officer_reads_but_does_not_write(
    parting: Inspection, cast: Cast, desk_of: DeskOf
) -> None:
    where = f"/differing-records/{parting.id}/look"

    assert desk_of(cast.officer).post(where, decision="seen").status_code in (403, 404)
