from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.person import Person
from server.services.inspections.disagreements import trust_of
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import Held, hold
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


def test_both_words_and_the_keepers_photo_stand_side_by_side(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    answer = desk_of(cast.office).get("/disagreements")

    page = text_of(answer)
    assert "待裁定 1" in page
    assert "站长自报 · 老李" in page
    assert "督导员判定 · 王督导" in page
    assert "现场没有" in page or "没有接待台席" in page
    [photo] = [one for one in held.disagreement.keeper_says["evidence"] if "photo:" in one]
    assert f"/desk/photos/{photo[6:]}/thumb" in answer.get_data(as_text=True)


def test_a_decision_needs_a_reason_is_made_once_and_counts_for_the_keeper(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/disagreements/{held.disagreement.id}/settle"
    before = trust_of(session, person=cast.li)

    bare = desk.post(where, decision="keeper", reason=" ")
    page = desk.done(where, decision="keeper", reason="台席在里间，照片为证")
    again = desk.post(where, decision="inspector", reason="改主意")

    assert (bare.status_code, "请写明这样裁定的理由" in text_of(bare)) == (422, True)
    assert "没有待裁定的分歧" in page
    assert again.status_code == 409
    settled = text_of(desk.get("/disagreements?state=settled"))
    assert "以站长为准 理由：台席在里间，照片为证 县办" in settled
    after = trust_of(session, person=cast.li)
    assert (before.differed, after.differed) == (1, 0)


def test_a_whole_round_shows_where_words_differ_or_every_clause_of_a_township(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk, where = desk_of(cast.office), f"/rounds/{held.campaign.id}/words"

    differing, whole = text_of(desk.get(where)), text_of(desk.get(f"{where}?show=all"))

    assert "不同 1 条" in differing
    assert "接待台席" in differing
    assert "巴枪" not in differing
    assert "巴枪" in whole


def test_an_officer_of_another_township_sees_neither_item_nor_words(
    held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.officer)

    assert "待裁定 0" in text_of(desk.get("/disagreements"))
    assert "马家沟" not in text_of(desk.get(f"/rounds/{held.campaign.id}/words?show=all"))
