"""还差 n 张 at the desk: told on the board and the station's page until the photo comes or is lost."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Person
from server.models.phone_event import PhotoState
from server.services.photos.missing import withdraw
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast
from tests.keepers_days import photographed

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def test_the_board_shows_whose_photos_have_not_come(
    session: Session, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    photographed(session, blobs, cast.c1, cast.li, PhotoState.ANNOUNCED)
    photographed(session, blobs, cast.c2, cast.zhao, PhotoState.KEPT)
    desk = desk_of(cast.office)

    whole, missing = text_of(desk.get("/board")), text_of(desk.get("/board?photos=missing"))

    assert whole.count("还差 1 张") == 1
    assert "还差照片（1 站）" in whole
    assert "马家沟村快递便民服务点" in missing
    assert "杨家山村快递便民服务点" not in missing


def test_the_stations_page_says_which_photo_and_since_when(
    session: Session, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    photo = photographed(session, blobs, cast.c1, cast.li, PhotoState.ANNOUNCED)
    desk = desk_of(cast.office)

    awaited = text_of(desk.get(f"/stations/{cast.c1.id}"))
    withdraw(
        session,
        person=cast.li,
        photo_id=photo.id,
        reason="lost",
        code="",
        note="",
        now=clock.now(),
    )
    given_up = text_of(desk.get(f"/stations/{cast.c1.id}"))

    assert "还差 1 张：记录到了，照片还在手机里" in awaited
    assert "老李 · 从 " in awaited
    assert "还差" not in given_up
    assert "照片不会来了" in given_up
    assert "理由：照片在手机里找不到了" in given_up
    assert "手机上没有了" in text_of(desk.get(f"/stations/{cast.c1.id}/photos"))


def test_a_county_that_misses_nothing_has_no_such_filter(cast: Cast, desk_of: DeskOf) -> None:
    assert "还差" not in text_of(desk_of(cast.outsider).get("/board"))
