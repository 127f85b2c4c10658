import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.inspection import Disagreement, DisagreementKind
from server.models.person import Person, Role
from server.papers.issued import issue
from server.services.inspections.answers import confirm
from server.services.inspections.disagreements import disagreements_seen
from server.services.inspections.two_words import trust_of
from server.services.people.scope import EVERYBODY
from tests.api.rounds import inspection
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import Held, hold, inspected, send
from tests.factories import Cast, make_person

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


def test_two_inspectors_stand_side_by_side_by_name_and_one_is_chosen(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    zhao = make_person(session, name="赵督导", role=Role.INSPECTOR)
    send(client, session, zhao, inspection(cast.c1, None))
    desk = desk_of(cast.office)

    page = text_of(desk.get("/disagreements"))
    [item] = [
        one
        for one in disagreements_seen(session, county="140926", seen_by=EVERYBODY)
        if one.disagreement.kind is DisagreementKind.INSPECTORS
    ]
    done = desk.done(
        f"/disagreements/{item.disagreement.id}/settle", decision="other", reason="照片里没有台席"
    )

    assert "两位督导员说的不一样 同一天查的，裁定以前这一条算未知。" in page
    assert "第一份记录 · 王督导" in page
    assert "第二份记录 · 赵督导" in page
    assert "以赵督导为准以王督导为准" in page.replace(" ", "")
    assert "已裁定" in done
    assert "以王督导为准 理由：照片里没有台席" in text_of(desk.get("/disagreements?state=settled"))


def test_a_letter_that_went_out_keeps_its_rectification_when_it_is_decided_otherwise(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf, standards: Any
) -> None:
    issue(session, inspection=held.inspection, by=cast.office, now=clock.now(), standards=standards)
    session.commit()
    zhao = make_person(session, name="赵督导", role=Role.INSPECTOR)
    send(client, session, zhao, inspection(cast.c1, None))
    [item] = session.scalars(
        select(Disagreement).where(Disagreement.kind == DisagreementKind.INSPECTORS)
    )

    done = desk_of(cast.office).done(
        f"/disagreements/{item.id}/settle", decision="inspector", reason="台席在里间"
    )

    session.refresh(held.rectification)
    assert "这一条已经发过整改通知书，整改照旧" in done
    assert held.rectification.state == "open"


def test_the_keepers_no_stands_in_the_rounds_list_among_the_items_and_in_the_menus_count(
    client: FlaskClient, session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    record = inspected(
        client, session, cast, held.campaign, cast.c2, outcome="to_confirm", keeper_signature=[]
    )
    confirm(
        session,
        inspection=record,
        person=cast.zhao,
        agree=False,
        note="他没进门就走了",
        now=clock.now(),
    )
    session.commit()
    desk = desk_of(cast.office)

    listed = text_of(desk.get(f"/rounds/{held.campaign.id}?q=C0002"))
    page = desk.get(f"/disagreements?round={held.campaign.id}")

    assert "站长在手机上表示不同意" in listed
    assert "站长说：他没进门就走了" in listed
    assert "站长的话 · 小赵" in text_of(page)
    assert "他没进门就走了" in text_of(page)
    assert re.search(r'data-menu-count="desk_disagreements"[^>]*>2<', page.get_data(as_text=True))
    assert "desk_disagreements" not in desk_of(cast.officer).get("/rounds").get_data(as_text=True)
