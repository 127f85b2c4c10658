"""The worker's look at an arrived photo, as the worker itself runs it."""

import io
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import HANDLERS, Workshop
from server.db import writing
from server.errors import NotFound
from server.media.blobs import FolderStore
from server.models.history import HistoryLine
from server.models.job import Job, JobState
from server.models.person import Person
from server.models.phone_event import Photo, PhotoState
from server.models.reading import ReviewItem, ReviewKind
from server.models.rectification import RectificationState, RectificationStep
from server.models.station import Station
from server.policy.standard.standards import Standard
from server.services.common.reading_jobs import catch_up
from server.services.home.keeper import home
from server.services.home.looked import LookedAt, looked_at
from server.services.mending import rectifications
from server.services.photos.missing import withdraw
from server.services.photos.photos import newest_pictures
from server.services.photos.requests import ask_by_name
from server.services.retention.blanking import give_up_photos
from tests.api.events import jpeg
from tests.api.rounds import open_round, visit_of
from tests.factories import NOW, Cast, make_inspection, make_rectification
from tests.reviews import make_photo
from tests.services.review.arriving import arrived
from tools.boards import our_faces
from tools.changed_photos import changed
from tools.sign_photos import sign_photos

[SCENE] = [photo.content for photo in sign_photos(1, seed=31, fonts=our_faces())]


def work_off(
    engine: Engine, blobs: FolderStore, args: Mapping[str, Any], shop: Workshop | None = None
) -> None:
    """Both steps of the handler, the second in a writing transaction."""
    record = HANDLERS["examine_photo"].begin(shop or Workshop(engine, blobs), args, NOW)
    with writing(engine) as session:
        record(session)


def test_a_photo_is_measured_and_its_small_pictures_are_made(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    photo = arrived(session, blobs, cast, jpeg(side=1280))

    work_off(engine, blobs, {"photo_id": str(photo.id)})

    session.commit()
    session.refresh(photo)
    assert (photo.state, photo.width_px) == (PhotoState.EXAMINED, 1280)
    assert photo.quality["dark"] is False
    assert blobs.rendition("thumb", photo.sha256)
    assert list(blobs.root.glob(f"renditions/view/*/*/{photo.sha256}-*.jpg"))
    assert newest_pictures(session, station=cast.c1) == [photo]


def test_what_was_erased_while_somebody_looked_does_not_come_back(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    """The look takes seconds: meanwhile the photo is given up, or its person is erased."""
    camera = Image.Exif()
    camera[0x010F] = "HUAWEI"
    contents = []
    for shade in (90, 120, 150):
        out = io.BytesIO()
        Image.open(io.BytesIO(jpeg(shade, side=1280))).save(out, "JPEG", exif=camera)
        contents.append(out.getvalue())
    whole, given_up, erased = (arrived(session, blobs, cast, one) for one in contents)
    session.commit()
    look = HANDLERS["examine_photo"].begin
    photos = (whole, given_up, erased)
    records = [look(Workshop(engine, blobs), {"photo_id": str(one.id)}, NOW) for one in photos]
    with writing(engine) as own:
        give_up_photos(own, [given_up.id], on=NOW.date())
        records[1](own)
    with writing(engine) as own:
        records[0](own)
        own.get_one(Person, erased.person_id).erased_at = NOW
        records[2](own)
    for one in photos:
        session.refresh(one)
    assert whole.exif["make"] == "HUAWEI"
    assert (given_up.state, given_up.exif) == (PhotoState.ERASING, {})
    assert (erased.state, erased.exif) == (PhotoState.EXAMINED, {})


@pytest.mark.parametrize(
    ("said", "hint"),
    [({"screen": True}, True), ({"screen": "yes"}, False), ("screen", False), (None, False)],
)
def test_the_phone_saw_a_screen_before_it_made_the_photo_small(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast, said: object, hint: object
) -> None:
    photo = arrived(session, blobs, cast, jpeg(side=1280), {"complaints": said})

    work_off(engine, blobs, {"photo_id": str(photo.id)})

    session.commit()
    session.refresh(photo)
    assert photo.quality["screen_photo"] is hint
    assert ("对着屏幕拍的" in "".join(photo.quality["complaints"])) is hint


@pytest.mark.parametrize("content", [b"no picture at all", b"\xff\xd8\xff\xe0" + b"\0" * 99])
def test_what_cannot_be_opened_is_marked_with_the_reason_and_asked_for_again(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast, content: bytes,
    standards: Sequence[Standard],
) -> None:  # fmt: skip
    [asked] = ask_by_name(
        session, county=cast.county, codes=["C0001"], by=cast.office, now=NOW, subject="interior"
    )
    photo = arrived(session, blobs, cast, content, subject="interior")
    session.refresh(asked)
    assert asked.photo_id == photo.id

    work_off(engine, blobs, {"photo_id": str(photo.id)})

    session.commit()
    session.refresh(photo)
    session.refresh(asked)
    assert photo.state is PhotoState.UNREADABLE
    [why] = photo.quality["complaints"]
    assert why.startswith(("这个文件不是照片", "这张照片不完整或者损坏了，打不开"))
    assert blobs.stat(photo.sha256) is not None
    assert (asked.photo_id, asked.answered_at) == (None, None)
    [here] = home(session, person=cast.li, county=cast.county, now=NOW, standards=standards)
    open_photos = {one.subject for one in here.todo if one.subject and not one.done}
    assert "interior" in open_photos


def test_a_mend_answered_with_nothing_that_opens_is_the_keepers_again_and_says_why(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast, standards: Sequence[Standard]
) -> None:
    visit = visit_of(session, open_round(session, cast, standards), cast.c1)
    mend = make_rectification(session, make_inspection(session, visit, cast.wang.id), NOW.date())

    def answer(*photos: Photo) -> None:
        ids = [one.id for one in photos]
        rectifications.answer(
            session, rectification_id=mend.id, station=cast.c1, photo_ids=ids, note="", by=cast.li,
            now=NOW,
        )  # fmt: skip
        session.commit()

    def look(photo: Photo) -> RectificationState:
        work_off(engine, blobs, {"photo_id": str(photo.id)})
        session.commit()
        session.refresh(mend)
        return mend.state

    broken, good = (arrived(session, blobs, cast, one) for one in (b"nothing", jpeg(side=1280)))
    broken.taken_at = NOW + timedelta(minutes=1)
    answer(broken, good)
    assert look(broken) is RectificationState.ANSWERED, "the other photo may show it"
    assert look(good) is RectificationState.ANSWERED
    assert newest_pictures(session, station=cast.c1) == [good], "no shut one hides an older one"

    mend.state = RectificationState.OPEN
    session.execute(sa.delete(RectificationStep))
    answer(broken)
    assert look(broken) is RectificationState.RETURNED
    [step] = session.scalars(sa.select(RectificationStep).where(
        RectificationStep.action == "returned"))  # fmt: skip
    session.refresh(broken)
    [why] = broken.quality["complaints"]
    assert (step.person_id, step.note) == (None, why)
    [here] = home(session, person=cast.li, county=cast.county, now=NOW, standards=standards)
    [task] = [one for one in here.todo if one.rectification_id == mend.id]
    assert (task.done, task.returned_because) == (False, why)

    late = arrived(session, blobs, cast, b"too", come=False)
    answer(late)
    withdraw(session, person=cast.li, photo_id=late.id, reason="lost", code="", note="", now=NOW)
    assert mend.state is RectificationState.RETURNED
    assert session.scalars(
        sa.select(HistoryLine.reason).where(HistoryLine.action == "mend-unshown")
        .order_by(HistoryLine.id)
    ).all() == [why, "您交的照片没有传到：照片在手机里找不到了。请重新拍一张。"]  # fmt: skip

    answer(good)
    session.add(
        RectificationStep(
            rectification_id=mend.id, action="accepted", at=NOW, person_id=cast.officer.id, note=""
        )
    )
    session.flush()
    assert looked_at(session, [broken.id, good.id]) == {good.id: LookedAt(NOW, "乡镇", "改好了")}, (
        "nobody has looked at what does not open"
    )


def test_a_lost_file_is_the_offices_trouble_and_all_is_made_up_when_it_is_back(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    content = jpeg(side=1280)
    photo = arrived(session, blobs, cast, content)
    [path] = [file for file in blobs.root.glob(f"**/{photo.sha256}*") if file.is_file()]
    path.rename(path.with_name("aside"))

    with pytest.raises(NotFound, match="原件找不到了"):
        work_off(engine, blobs, {"photo_id": str(photo.id)})
    session.refresh(photo)
    assert (photo.state, photo.quality) == (PhotoState.KEPT, {})

    path.with_name("aside").rename(path)
    [job] = session.scalars(sa.select(Job))
    job.state = JobState.DEAD
    assert catch_up(session, county="140926", now=NOW + timedelta(hours=36)) == 1
    session.commit()
    work_off(engine, blobs, {"photo_id": str(photo.id)})
    session.refresh(photo)
    assert photo.state is PhotoState.EXAMINED


def test_a_photo_that_is_gone_or_not_here_yet_is_no_fault(
    engine: Engine, blobs: FolderStore, cast: Cast
) -> None:
    work_off(engine, blobs, {"photo_id": str(uuid4())})


def taken(
    session: Session, blobs: FolderStore, station: Station, content: bytes, days_ago: int, by: int
) -> Photo:
    """A photo of an earlier day, its bytes kept."""
    blobs.put(content)
    photo = make_photo(session, station, content=content, days_ago=days_ago, person_id=by)
    session.commit()
    return photo


def doubles(session: Session) -> list[tuple[Any, Any, str]]:
    """(later, earlier, resemblance) of every question about a double."""
    session.commit()
    found = session.scalars(sa.select(ReviewItem).where(ReviewItem.kind == ReviewKind.DOUBLE))
    return [(one.photo_id, one.other_photo_id, one.details["resemblance"]) for one in found]


def test_a_picture_of_another_station_and_month_is_asked_about_once_whatever_comes_first(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    shop = Workshop(engine, blobs)
    first = taken(session, blobs, cast.c2, SCENE, 70, cast.zhao.id)
    crop = changed(SCENE, "cropped by 10 %", random.Random(4))
    again = taken(session, blobs, cast.c1, crop, 2, cast.li.id)
    for photo in (again, first, again, first):  # the later one arrives first, and jobs run twice
        work_off(engine, blobs, {"photo_id": str(photo.id)}, shop)

    assert doubles(session) == [(again.id, first.id, "same")]
    [asked] = session.scalars(sa.select(ReviewItem))
    assert asked.question == (
        "这张照片和杨家山村快递便民服务点2023年4月26日的“门头标识牌”照片很像。是同一张吗？"
    )
    assert asked.details["other"] == {
        "station_id": cast.c2.id,
        "day_on": "2023-04-26",
        "subject": "signboard",
    }


def test_the_same_bytes_sent_on_another_day_are_asked_about_each_time_once(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    shop = Workshop(engine, blobs)
    photos = [taken(session, blobs, cast.c1, SCENE, days, cast.li.id) for days in (60, 30, 1)]
    for photo in photos:
        work_off(engine, blobs, {"photo_id": str(photo.id)}, shop)
    assert doubles(session) == [
        (photos[1].id, photos[0].id, "identical"),
        (photos[2].id, photos[0].id, "identical"),
    ]


def test_a_retry_on_the_same_day_raises_no_question(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    shop = Workshop(engine, blobs)
    for _ in range(2):
        photo = taken(session, blobs, cast.c1, SCENE, 1, cast.li.id)
        work_off(engine, blobs, {"photo_id": str(photo.id)}, shop)
    assert doubles(session) == []


def test_only_photos_of_signs_and_hours_are_handed_on_to_be_read(
    engine: Engine, session: Session, blobs: FolderStore, cast: Cast
) -> None:
    shelves = arrived(session, blobs, cast, jpeg(side=1280))
    sign = taken(session, blobs, cast.c1, SCENE, 0, cast.li.id)
    for photo in (shelves, sign, sign):
        work_off(engine, blobs, {"photo_id": str(photo.id)})
    session.commit()
    jobs = session.scalars(sa.select(Job).where(Job.kind == "read_photo")).all()
    assert [job.args["photo_id"] for job in jobs] == [str(sign.id)]


def test_a_photo_whose_examination_was_given_up_is_tried_again_each_night(
    session: Session, blobs: FolderStore, cast: Cast
) -> None:
    photo = arrived(session, blobs, cast, jpeg(side=64))
    job = session.scalars(sa.select(Job)).one()
    job.state = JobState.DEAD

    handed = [
        catch_up(session, county="140926", now=NOW + timedelta(hours=hours))
        for hours in (12, 36, 36, 60)
    ]

    assert handed == [0, 1, 0, 1]
    again = session.scalars(sa.select(Job).where(Job.state == JobState.DUE)).all()
    assert {(one.kind, one.args["photo_id"]) for one in again} == {("examine_photo", str(photo.id))}
