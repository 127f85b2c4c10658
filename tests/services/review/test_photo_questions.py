"""What the machine could not settle is asked: of the keeper first, of a person once."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.media.pictures.lookalike import Compared
from server.media.pictures.resemblance import Resemblance
from server.models.job import Job
from server.models.reading import PhotoReading, ReadingState, ReviewKind, ReviewState
from server.policy.standard.standards import Standard
from server.services.home.keeper import Task, home
from server.services.photos.reused import reused
from server.services.review.decisions import decide
from server.services.review.lookalikes import Pair, note_double
from server.services.review.questions import BetterPhoto, better_photos
from server.services.review.readings import Read, compare_again, record_reading
from tests.factories import NOW, Cast
from tests.readings import NAME, blurred, machine_says, open_questions, read, sign, written
from tests.reviews import ask_double, make_photo

Standards = tuple[Standard, ...]


def test_a_newer_photo_that_matches_withdraws_the_question(session: Session, cast: Cast) -> None:
    read(session, cast.c1, written("杨家山村快递便民服务点", "C0002"), days_ago=3)
    [asked] = open_questions(session)

    sign(session, cast.c1)

    assert asked.state is ReviewState.WITHDRAWN
    assert open_questions(session) == []


def test_what_a_person_has_answered_is_not_asked_again_of_the_next_photo(
    session: Session, cast: Cast
) -> None:
    other = written("马家沟村快递便民服务点", "C0007")
    read(session, cast.c1, other, days_ago=30)
    [asked] = open_questions(session)
    decide(session, item=asked, decision="matches", by=cast.office, now=NOW)

    read(session, cast.c1, other)

    assert open_questions(session) == []
    read(session, cast.c1, written(NAME, "C0008"), photo=make_photo(session, cast.c1, days_ago=-1))
    assert [item.kind for item in open_questions(session)] == [ReviewKind.SIGN]


def test_the_keeper_of_a_sign_that_cannot_be_read_is_asked_for_a_better_photo_once(
    session: Session, cast: Cast, standards: Standards
) -> None:
    photo = blurred(session, cast.c1, days_ago=1)

    assert open_questions(session) == []
    asked = better_photos(session, station_ids=[cast.c1.id, cast.c2.id], now=NOW)
    assert asked == {
        cast.c1.id: [
            BetterPhoto(
                "signboard",
                photo.id,
                "招牌上的站点名称看不清。请走近一点，正对招牌，避开遮挡再拍一张。",
            )
        ]
    }
    task = keeper_is_asked(session, cast, standards)
    assert (task.kind, task.title, task.photo_id) == ("better_photo", "门头牌子", photo.id)

    make_photo(session, cast.c1)  # taken anew, not read yet
    assert better_photos(session, station_ids=[cast.c1.id], now=NOW) == {}


def test_of_a_board_full_of_talk_the_question_still_asks(session: Session, cast: Cast) -> None:
    talk = ["老耿头铁匠铺", "新日电动车", "放心件件有人管"]
    rows = ["营业时间", "9:00-17:00", *(talk[n % 3] + "甲乙丙丁"[n % 4] for n in range(60))]
    read(session, cast.c1, written(*rows), subject="hours_board")

    [asked] = open_questions(session)
    assert len(asked.question) == 400
    assert asked.question.endswith("…请看照片：和登记一样吗？")


def test_a_board_whose_words_nobody_taught_us_is_asked_of_a_person_and_not_of_the_keeper(
    session: Session, cast: Cast
) -> None:
    board = written("营业时间", "8:00-18:00", "逢雨关门")
    photo = read(session, cast.c1, board, subject="hours_board")

    [asked] = open_questions(session)
    assert (asked.kind, asked.photo_id) == (ReviewKind.UNREAD, photo.id)
    assert asked.question == (
        "营业时间牌上的“逢雨关门”机器看不懂。其余的和登记一样，只看这句话改不改时间。"
        "请看照片：与登记相符吗？"
    )
    assert better_photos(session, station_ids=[cast.c1.id], now=NOW) == {}
    assert machine_says(session, cast.c1) == {}

    decide(session, item=asked, decision="matches", by=cast.office, now=NOW)
    read(session, cast.c1, board, photo=make_photo(session, cast.c1, "hours_board", days_ago=-1),
         subject="hours_board")  # fmt: skip
    assert open_questions(session) == []


def keeper_is_asked(session: Session, cast: Cast, standards: Standards) -> Task:
    """The one task about the signboard on 老李's home."""
    [today] = home(session, person=cast.li, county=cast.county, now=NOW, standards=standards)
    [task] = [one for one in today.todo if one.subject == "signboard"]
    return task


def test_who_sent_an_older_picture_is_told_which_one_and_asked_for_another(
    session: Session, cast: Cast, standards: Standards
) -> None:
    earlier, later = (make_photo(session, cast.c1, days_ago=days) for days in (40, 0))
    asked = ask_double(session, later, earlier)
    assert better_photos(session, station_ids=[cast.c1.id], now=NOW) == {}

    first = decide(session, item=asked, decision="same_picture", by=cast.office, now=NOW)

    task = keeper_is_asked(session, cast, standards)
    day = earlier.day_on
    assert (task.kind, task.photo_id) == ("better_photo", later.id)
    assert task.why == (
        f"县里看过，这张和{day.month}月{day.day}日的“门头标识牌”照片是同一张，这次就不算了。"
        "请到站里再拍一张；要是弄错了，请给县专班打电话。"
    )
    decide(
        session, item=asked, decision="different_pictures", by=cast.office, now=NOW, seen=first.id
    )
    assert better_photos(session, station_ids=[cast.c1.id], now=NOW) == {}


def test_a_photo_of_another_station_is_named_with_it_and_leaves_the_task_to_do(
    session: Session, cast: Cast, standards: Standards
) -> None:
    other = make_photo(session, cast.c2, "shelves", days_ago=400)
    mine = make_photo(session, cast.c1, "shelves")
    [before] = home(session, person=cast.li, county=cast.county, now=NOW, standards=standards)
    asked = ask_double(session, mine, other)
    decide(session, item=asked, decision="same_picture", by=cast.office, now=NOW)

    [after] = home(session, person=cast.li, county=cast.county, now=NOW, standards=standards)

    [sentence] = reused(session, [mine.id, other.id]).values()
    day = other.day_on
    assert f"这张和{cast.c2.name}{day.year}年{day.month}月{day.day}日的“货架”照片" in sentence
    assert ("shelves", True) in {(task.subject, task.done) for task in before.todo}
    assert ("shelves", True) not in {(task.subject, task.done) for task in after.todo}


def test_what_the_camera_did_wrong_is_said_rather_than_what_was_not_read(
    session: Session, cast: Cast
) -> None:
    photo = make_photo(session, cast.c1)
    photo.quality = {"complaints": ["照片太暗，看不清。请开灯，或到亮一点的地方再拍。"]}
    read(session, cast.c1, [], photo=photo)
    [asked] = better_photos(session, station_ids=[cast.c1.id], now=NOW)[cast.c1.id]
    assert asked.why.startswith("照片太暗")


def test_two_signs_in_a_row_that_cannot_be_read_go_to_a_person(
    session: Session, cast: Cast
) -> None:
    blurred(session, cast.c1, days_ago=8)
    second = blurred(session, cast.c1, days_ago=1)

    [asked] = open_questions(session)
    assert (asked.kind, asked.photo_id) == (ReviewKind.UNREAD, second.id)
    assert better_photos(session, station_ids=[cast.c1.id], now=NOW) == {}

    decide(session, item=asked, decision="matches", by=cast.office, now=NOW)
    blurred(session, cast.c1)
    assert open_questions(session) == []
    assert better_photos(session, station_ids=[cast.c1.id], now=NOW) == {}


def test_a_photo_that_a_person_could_not_make_out_either_is_asked_for_again(
    session: Session, cast: Cast
) -> None:
    sign(session, cast.c1, number="C0007")
    [asked] = open_questions(session)
    decide(session, item=asked, decision="unclear", by=cast.office, now=NOW)
    [better] = better_photos(session, station_ids=[cast.c1.id], now=NOW)[cast.c1.id]
    assert better.why.startswith("县里看了照片也没看清")


def test_a_photo_set_aside_is_tried_once_more_and_then_shown_to_a_person(
    session: Session, cast: Cast
) -> None:
    photo = make_photo(session, cast.c1)
    aside = Read(photo.id, None, "识读超过45秒，已放下。")
    record_reading(session, aside, now=NOW)
    assert open_questions(session) == []
    again = session.scalars(sa.select(Job).where(Job.kind == "read_photo")).one()
    assert again.run_at == NOW + timedelta(hours=1)

    record_reading(session, aside, now=NOW + timedelta(hours=1))

    assert session.get_one(PhotoReading, photo.id).state is ReadingState.SET_ASIDE
    [asked] = open_questions(session)
    assert (asked.kind, asked.photo_id) == (ReviewKind.UNREAD, photo.id)
    assert "识读超过45秒" in asked.question
    assert session.scalars(sa.select(Job).where(Job.kind == "read_photo")).all() == [again]


def test_a_picture_sent_twice_speaks_only_when_a_person_says_that_it_is_another(
    session: Session, cast: Cast
) -> None:
    earlier, later = (make_photo(session, cast.c1, days_ago=days) for days in (40, 0))
    identical = Compared(Resemblance.IDENTICAL, 0, mirrored=False)
    note_double(session, pair=Pair(later.id, earlier.id, identical), now=NOW)
    [asked] = open_questions(session)
    read(session, cast.c1, written(NAME, "C0001"), photo=later)
    before = machine_says(session, cast.c1)

    first = decide(session, item=asked, decision="different_pictures", by=cast.office, now=NOW)
    job = session.scalars(sa.select(Job).where(Job.kind == "compare_readings")).one()
    compare_again(session, station_id=job.args["station_id"], now=NOW)
    between = machine_says(session, cast.c1)
    decide(session, item=asked, decision="same_picture", by=cast.office, now=NOW, seen=first.id)
    compare_again(session, station_id=cast.c1.id, now=NOW)

    assert before == {}
    assert between == {"sign_text": NAME, "sign_code_visible": True}
    assert machine_says(session, cast.c1) == {"sign_text": None, "sign_code_visible": None}
