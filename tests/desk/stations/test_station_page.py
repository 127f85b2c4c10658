from collections.abc import Callable
from io import BytesIO

from PIL import Image
from sqlalchemy.orm import Session

from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Person, Role
from server.models.phone_event import PhotoState
from server.policy.standard.facts import Word
from server.services.standing.statements import say
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast, make_person
from tests.keepers_days import photographed, sent

DeskOf = Callable[[Person], Desk]
pytestmark = ON_SQLITE


def test_every_clause_says_verdict_word_since_and_what_mends_it(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    say(
        session,
        station=cast.xz1,
        fact="floor_area_m2",
        value="9",
        word=Word.REVIEWER,
        on=clock.today(),
        by=cast.office,
        now=clock.now(),
        note="卷尺实测",
    )

    page = text_of(desk_of(cast.office).get(f"/stations/{cast.xz1.id}"))

    assert "不达标" in page
    assert "乡镇快递综合服务站面积应在10平米以上" in page
    assert "县办" in page
    assert f"{clock.today().isoformat()} 起" in page
    assert "没有人说过" in page


def test_photos_are_shown_small_and_large_with_what_is_wrong(
    session: Session, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    photo = photographed(session, blobs, cast.c1, cast.li)
    desk = desk_of(cast.office)

    page = desk.get(f"/stations/{cast.c1.id}")
    thumb = desk.get(f"/photos/{photo.id}/thumb")
    view = desk.get(f"/photos/{photo.id}/view")

    assert f"/desk/photos/{photo.id}/thumb" in page.get_data(as_text=True)
    assert "照片太暗" in text_of(page)
    assert Image.open(BytesIO(thumb.data)).size == (320, 240)
    assert Image.open(BytesIO(view.data)).size == (640, 480)
    assert thumb.headers["Cache-Control"].startswith("private")


def test_a_photo_still_on_the_phone_says_so(
    session: Session, cast: Cast, blobs: FolderStore, desk_of: DeskOf
) -> None:
    photo = photographed(session, blobs, cast.c1, cast.li, PhotoState.ANNOUNCED)
    desk = desk_of(cast.office)

    assert "还在手机里" in text_of(desk.get(f"/stations/{cast.c1.id}"))
    assert desk.get(f"/photos/{photo.id}/view").status_code == 404


def test_thirty_days_stand_in_the_strip_and_in_the_table(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    sent(session, cast.c1, cast.li, 2, (31, 7))

    page = desk_of(cast.office).get(f"/stations/{cast.c1.id}")

    assert page.get_data(as_text=True).count('<li class="off"') == 29
    assert "开门 1 天，没有签到 29 天" in text_of(page)
    assert "收到 31 件" in text_of(page)
    assert "收 31 寄 7" in text_of(page)


def test_a_finance_reviewer_sees_no_whole_telephone_number(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    reviewer = make_person(session, name="财政", role=Role.BUREAU, login="cz")

    theirs = text_of(desk_of(reviewer).get(f"/stations/{cast.c1.id}"))
    ours = text_of(desk_of(cast.office).get(f"/stations/{cast.c1.id}"))

    assert "138****1234" in theirs
    assert "13800001234" not in theirs
    assert "13800001234" in ours


def test_the_whole_history_can_be_paged(session: Session, cast: Cast, desk_of: DeskOf) -> None:
    for n in range(60):
        say(
            session,
            station=cast.c1,
            fact="floor_area_m2",
            value=str(n + 1),
            word=Word.REVIEWER,
            on=clock.today(),
            by=cast.office,
            now=clock.now(),
            note=f"第{n}次",
        )
    desk = desk_of(cast.office)

    first = desk.get(f"/stations/{cast.c1.id}/history")
    link = first.get_data(as_text=True).split("history?before=")[1].split('"')[0]
    second = desk.get(f"/stations/{cast.c1.id}/history?before={link}")

    assert "第59次" in text_of(first)
    assert "第0次" not in text_of(first)
    assert "第0次" in text_of(second)
