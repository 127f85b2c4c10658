import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Person
from server.models.rectification import Rectification, RectificationState
from server.services.mending.lists import escalate
from tests.api.rounds import days_from_now, open_round, taps
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.desk.held_rounds import COUNTER, Held, hold, inspected, show_mended
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture
def held(
    client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore, standards: Any
) -> Held:
    return hold(client, session, cast, blobs, standards)


def test_the_list_tells_whose_turn_it_is_and_what_is_overdue(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    held.rectification.due_on = days_from_now(-4)
    desk = desk_of(cast.office)

    page = text_of(desk.get("/rectifications"))
    overdue = text_of(desk.get("/rectifications?state=overdue&q=台席"))
    judged = text_of(desk.get("/rectifications?state=answered"))

    assert "没有办结 1" in page
    assert "逾期 4 天" in page
    assert "马家沟村快递便民服务点" in overdue
    assert "没有这样的整改" in judged


def test_what_was_shown_is_returned_with_a_reason_and_a_later_day(
    session: Session, held: Held, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    one = held.rectification
    desk, where = desk_of(cast.office), f"/rectifications/{one.id}"
    early = desk.post(f"{where}/return", reason="看不清")
    show_mended(session, blobs, cast.c1, cast.li, one)

    shown = desk.get(where)
    bare = desk.post(f"{where}/return", reason="")
    page = desk.done(f"{where}/return", reason="照片太暗", due_on=days_from_now(30).isoformat())

    assert early.status_code == 409
    assert "台席摆好了" in text_of(shown)
    assert "/thumb" in shown.get_data(as_text=True)
    assert (bare.status_code, "还差什么" in text_of(bare)) == (422, True)
    assert "退回重改" in page
    assert "照片太暗" in page
    session.refresh(one)
    assert (one.state, one.due_on) == (RectificationState.RETURNED, days_from_now(30))


def test_acceptance_closes_it_for_good(
    session: Session, held: Held, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    one = held.rectification
    show_mended(session, blobs, cast.c1, cast.li, one)
    desk, where = desk_of(cast.office), f"/rectifications/{one.id}"

    page = desk.done(f"{where}/accept", note="看了照片")
    again = desk.post(f"{where}/accept", note="再看一遍")

    assert "这一条办结" in page
    assert again.status_code == 409
    assert "已经办结，不再改动" in text_of(desk.get(where))
    session.refresh(one)
    assert one.state is RectificationState.ACCEPTED


def test_what_the_keeper_sent_meanwhile_is_looked_at_before_it_is_judged(
    session: Session, held: Held, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    one = held.rectification
    desk, where = desk_of(cast.office), f"/rectifications/{one.id}"
    show_mended(session, blobs, cast.c1, cast.li, one)
    seal, again = re.findall(r'name="seal" value="(\w+)"', desk.get(where).text)
    show_mended(session, blobs, cast.c1, cast.li, one)

    judged = desk.post(f"{where}/accept", seal=seal, note="看了照片")
    returned = desk.post(f"{where}/return", seal=again, reason="照片太暗")

    assert (judged.status_code, returned.status_code) == (409, 409)
    assert "“站长交的照片”从“1张”改成了“2张”" in text_of(judged)
    assert "看了照片" in judged.text
    session.refresh(one)
    assert one.state is RectificationState.ANSWERED
    fresh = re.findall(r'name="seal" value="(\w+)"', desk.get(where).text)[0]
    assert "办结" in desk.done(f"{where}/accept", seal=fresh, note="看了照片")


def test_the_page_says_beforehand_what_is_settled_with_it(
    client: FlaskClient, session: Session, held: Held, cast: Cast, blobs: FolderStore,
    desk_of: DeskOf,
) -> None:  # fmt: skip
    desk, where = desk_of(cast.office), f"/rectifications/{held.rectification.id}"
    inspected(client, session, cast, held.campaign, cast.c1, [COUNTER], visit_id=None)
    before = text_of(desk.get(where))
    show_mended(session, blobs, cast.c1, cast.li, held.rectification)

    answered = text_of(desk.get(where))
    desk.done(f"{where}/accept", note="看了照片")

    assert "会一并办理" not in before
    assert "另有 1 次督导查出过同一条，站长也都答复了" in answered
    assert {one.state for one in session.scalars(select(Rectification))} == {
        RectificationState.ACCEPTED
    }


def test_an_area_is_accepted_only_with_the_new_measure(
    client: FlaskClient, session: Session, cast: Cast, standards: Any, desk_of: DeskOf
) -> None:
    campaign = open_round(session, cast, standards)
    answers = [
        *taps(cast.xz1),
        {"rule": "A3-41b", "verdict": "fail", "values": {"floor_area_m2": "9"}, "note": ""},
    ]
    inspected(client, session, cast, campaign, cast.xz1, answers=answers)
    one = session.scalars(select(Rectification).where(Rectification.rule_code == "A3-41b")).one()
    desk, where = desk_of(cast.office), f"/rectifications/{one.id}/accept"

    bare = desk.post(where, note="去看过")
    nonsense = desk.post(where, note="去看过", **{"v-floor_area_m2": "大约"})
    page = desk.done(where, note="卷尺量过", **{"v-floor_area_m2": "12"})

    assert (bare.status_code, "请填写" in text_of(bare)) == (422, True)
    assert (nonsense.status_code, "大约" in nonsense.get_data(as_text=True)) == (422, True)
    assert "办结" in page
    assert "12平方米" in text_of(desk.get(f"/stations/{cast.xz1.id}"))


def test_a_return_to_a_day_that_is_over_is_refused(
    session: Session, held: Held, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    show_mended(session, blobs, cast.c1, cast.li, held.rectification)
    due = held.rectification.due_on

    desk, where = desk_of(cast.office), f"/rectifications/{held.rectification.id}/return"
    answer = desk.post(where, reason="再拍", due_on=days_from_now(-1).isoformat())

    assert answer.status_code == 422
    sooner = desk.post(where, reason="再拍", due_on=(due - timedelta(days=1)).isoformat())
    assert sooner.status_code == 422
    assert "退回时只能往后延，不能提前" in text_of(sooner)
    session.refresh(held.rectification)
    assert (held.rectification.due_on, clock.today() < due) == (due, True)


def test_a_station_that_closes_owes_nothing_any_more(
    session: Session, held: Held, cast: Cast, desk_of: DeskOf
) -> None:
    desk, path = desk_of(cast.office), f"/stations/{cast.c1.id}/closing"

    page = desk.done(path, on=clock.today().isoformat(), reason="站长外出务工")
    late = escalate(session, county=cast.county, now=clock.now() + timedelta(days=60))

    assert "没办完的1项整改同时撤销" in page
    session.refresh(held.rectification)
    assert held.rectification.state is RectificationState.WITHDRAWN
    assert late == []
    told = text_of(desk.get(f"/rectifications/{held.rectification.id}"))
    assert "站点停业：站长外出务工" in told
