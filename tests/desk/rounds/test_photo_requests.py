"""The page of 抽查拍照: who was asked, who answers, and asking by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.http import clock
from server.models.inspection import PhotoRequest
from server.models.person import Person
from server.services.photos.requests import draw_requests
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


@pytest.fixture(autouse=True)
def _always_open(session: Session, cast: Cast) -> None:
    """Tests run at any time of the day."""
    cast.c1.hours = cast.c2.hours = []
    session.commit()


def test_photo_requests_tell_who_was_asked_and_who_answers(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    cast.county.options = {"photo_request_percent": 100}
    for day, now in ((yesterday, clock.now() - timedelta(days=1)), (clock.today(), clock.now())):
        draw_requests(session, county=cast.county, on=day, now=now, seed="抽")
    desk = desk_of(cast.office)

    today = text_of(desk.get("/photo-requests"))
    before = text_of(desk.get(f"/photo-requests?on={yesterday.isoformat()}"))
    theirs = text_of(desk_of(cast.officer).get("/photo-requests"))

    assert "抽签码 抽" in today
    assert "等到今天结束" in today
    assert "合计 2 0／2" in today
    assert "没有回应" in before
    assert "马家沟" not in theirs


def test_more_are_asked_today_by_lot_and_by_name(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    named = desk.done("/photo-requests", how="names", codes="c1", subject="interior")
    drawn = desk.done("/photo-requests", how="draw", count="1")

    asked = session.scalars(select(PhotoRequest).order_by(PhotoRequest.id)).all()
    assert asked[0].subject == "interior"
    assert [one.station_id for one in asked] == [cast.c1.id, cast.c2.id]
    assert "已请 1 个站点今天拍一张" in named
    assert "点名 " in drawn
    assert "加抽 " in drawn


def test_a_refused_request_keeps_what_was_typed_and_asks_nobody(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)

    unknown = desk.post("/photo-requests", how="names", codes="C0001，C0909")
    many = desk.post("/photo-requests", how="draw", count="三个")

    assert (unknown.status_code, many.status_code) == (422, 422)
    assert "没有找到C0909" in text_of(unknown)
    assert 'value="C0001，C0909"' in unknown.get_data(as_text=True)
    assert "现在最多还能抽2个" in text_of(many)
    assert session.scalars(select(PhotoRequest)).all() == []


def test_a_page_of_before_midnight_asks_nobody_for_a_photo_of_another_day(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    shown = (clock.today() - timedelta(days=1)).isoformat()

    refused = desk.post_and_go_on("/photo-requests", how="names", codes="C0001", on=shown)

    assert "您打开这一页以后过了零点" in text_of(refused)
    assert session.scalars(select(PhotoRequest)).all() == []
    told = desk.done("/photo-requests", how="names", codes="C0001")
    assert "已请 1 个站点今天拍一张" in told
