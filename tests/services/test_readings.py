"""Readings become the machine's word, a question to the office, or a word to the keeper."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.media.lookalike import Compared, Resemblance
from server.media.reading import Reading
from server.models.history import HistoryLine
from server.models.job import Job
from server.models.phone_event import CheckIn, Photo
from server.models.photo_print import PhotoPrint
from server.models.reading import PhotoReading, ReadingState, ReviewItem, ReviewKind, ReviewState
from server.models.station import Station
from server.policy.examine import Finding, Status
from server.policy.facts import Word
from server.policy.lines import Line
from server.policy.standard import Standard
from server.policy.verdicts import Verdict
from server.services import statements
from server.services.counties import add_alias
from server.services.keeper_day import Task, home
from server.services.lookalikes import Pair, note_double
from server.services.photo_questions import BetterPhoto, better_photos
from server.services.reading_jobs import catch_up
from server.services.reading_views import readings_of
from server.services.readings import Read, compare_again, record_reading
from server.services.reviews import decide
from server.services.signs import replace_sign
from server.services.standing import standing_of
from server.services.stations import edit_station
from tests.factories import NOW, TODAY, Cast, make_sign
from tests.policy.test_sign_match import at
from tests.reviews import make_photo

Standards = tuple[Standard, ...]
NAME = "马家沟村快递便民服务点"


def written(*rows: str) -> list[Line]:
    """So many rows of clear writing, one below the other."""
    return [at(row, 40, 40 * place) for place, row in enumerate(rows)]


def read(
    session: Session,
    station: Station,
    lines: Sequence[Line],
    *,
    subject: str = "signboard",
    days_ago: int = 0,
    photo: Photo | None = None,
) -> Photo:
    """A photo of so many days ago whose reading has just been recorded."""
    photo = photo or make_photo(session, station, subject, days_ago=days_ago)
    reading = Reading(1280, 960, tuple(lines), None, 1, 0.1, 0.1)
    record_reading(session, Read(photo.id, reading), now=NOW)
    return photo


def sign(session: Session, station: Station, name: str = NAME, number: str = "C0001") -> Photo:
    return read(session, station, written(name, f"编号{number}"))


def blurred(session: Session, station: Station, days_ago: int = 0) -> Photo:
    return read(session, station, [], days_ago=days_ago)


def machine_says(session: Session, station: Station) -> dict[str, Any]:
    found = statements.newest(session, station_ids=[station.id], word=Word.MACHINE)
    return {one.fact: one.value for one in found}


def open_questions(session: Session) -> list[ReviewItem]:
    return list(
        session.scalars(
            sa.select(ReviewItem)
            .where(ReviewItem.state == ReviewState.OPEN)
            .order_by(ReviewItem.id)
        )
    )


def finding(session: Session, station: Station, standards: Standards, code: str) -> Finding:
    standing = standing_of(session, station=station, on=TODAY, standards=standards)
    return next(one for one in standing.findings if one.code == code)


def test_a_sign_that_matches_lets_the_clause_pass_on_the_machines_word(
    session: Session, cast: Cast, standards: Standards
) -> None:
    photo = sign(session, cast.c1)

    assert machine_says(session, cast.c1) == {"sign_text": NAME, "sign_code_visible": True}
    wording = finding(session, cast.c1, standards, "A3-22a")
    assert (wording.verdict, wording.word) == (Verdict.PASS, Word.MACHINE)
    assert wording.evidence == (f"photo:{photo.id}",)
    assert open_questions(session) == []


@pytest.mark.parametrize(
    ("name", "number"),
    [("杨家山村快递便民服务点", "C0001"), (NAME, "C0007"), ("马家沟村代收点", "C0001")],
)
def test_a_sign_that_differs_asks_a_person_and_fails_nothing(
    session: Session, cast: Cast, standards: Standards, name: str, number: str
) -> None:
    before = standing_of(session, station=cast.c1, on=TODAY, standards=standards)

    photo = sign(session, cast.c1, name, number)

    after = standing_of(session, station=cast.c1, on=TODAY, standards=standards)
    assert after.status is before.status is not Status.FAILS
    assert [one.code for one in after.findings if one.verdict is Verdict.FAIL] == []
    kept = session.get_one(PhotoReading, photo.id)
    items = open_questions(session)
    if kept.outcome == "differs":
        [item] = items
        assert (item.kind, item.photo_id) == (ReviewKind.SIGN, photo.id)
        assert item.question.endswith("请看照片：和登记一样吗？")
        assert item.details["parts"] == kept.compared["parts"]
        assert (item.details["width"], item.details["height"]) == (1280, 960)
    else:
        assert (kept.outcome, items) == ("unreadable", [])


def test_a_newer_sign_that_differs_takes_the_machines_word_back_and_leaves_others(
    session: Session, cast: Cast, standards: Standards
) -> None:
    statements.say(
        session, station=cast.c1, fact="sign_text", value=NAME, word=Word.KEEPER,
        on=TODAY - timedelta(days=9), by=cast.li, now=NOW,
    )  # fmt: skip
    read(session, cast.c1, written(NAME, "C0001"), days_ago=5)

    sign(session, cast.c1, "杨家山村快递便民服务点", "C0002")

    assert machine_says(session, cast.c1) == {"sign_text": None, "sign_code_visible": None}
    wording = finding(session, cast.c1, standards, "A3-22a")
    assert (wording.verdict, wording.word) == (Verdict.PASS, Word.KEEPER)
    assert finding(session, cast.c1, standards, "A3-23c").verdict is Verdict.UNKNOWN


def test_an_older_photo_that_is_read_later_says_and_asks_nothing(
    session: Session, cast: Cast
) -> None:
    sign(session, cast.c1)
    older = read(session, cast.c1, written("杨家山村快递便民服务点", "C0002"), days_ago=3)

    assert machine_says(session, cast.c1)["sign_text"] == NAME
    assert open_questions(session) == []
    assert session.get_one(PhotoReading, older.id).outcome == "differs"


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


def test_the_machine_repeating_itself_writes_no_history(session: Session, cast: Cast) -> None:
    read(session, cast.c1, written(NAME, "C0001"), days_ago=5)
    lines = session.scalar(sa.select(sa.func.count()).select_from(HistoryLine))

    sign(session, cast.c1)

    assert session.scalar(sa.select(sa.func.count()).select_from(HistoryLine)) == lines
    said = statements.newest(session, station_ids=[cast.c1.id], fact="sign_text")
    assert said[0].observed_on == TODAY  # but the word is fresh


def test_an_hours_board_is_held_against_the_register_and_the_check_ins(
    session: Session, cast: Cast, standards: Standards
) -> None:
    late = make_photo(session, cast.c1, "interior", days_ago=2)
    session.add(
        CheckIn(
            id=late.event_id, county="140926", station_id=cast.c1.id, person_id=cast.li.id,
            day_on=late.day_on, occurred_at=late.taken_at.replace(hour=14), time_verified=True,
            method="scan",
        )
    )  # fmt: skip
    photo = read(session, cast.c1, written("营业时间", "8:00-18:00"), subject="hours_board")

    assert machine_says(session, cast.c1) == {"hours_board_matches": True}
    assert finding(session, cast.c1, standards, "A3-3b").verdict is Verdict.PASS
    view = readings_of(session, [photo.id, late.id])[photo.id]
    assert (view.outcome, view.label) == ("matches", "机器识读：相符")
    assert view.check_ins == "拍照前30天签到1次，其中1次不在牌上写的营业时间里。"


def test_an_hours_board_that_differs_is_asked_about(
    session: Session, cast: Cast, standards: Standards
) -> None:
    read(session, cast.c1, written("营业时间", "9:00-17:00"), subject="hours_board")

    [asked] = open_questions(session)
    assert asked.kind is ReviewKind.HOURS
    assert asked.question == (
        "营业时间牌上读到的是“周一至周日 09:00–17:00”，登记的是“周一至周日 08:00–18:00”。"
        "请看照片：和登记一样吗？"
    )
    assert finding(session, cast.c1, standards, "A3-3b").verdict is Verdict.UNKNOWN


def test_a_register_that_is_mended_is_compared_again_without_reading_again(
    session: Session, cast: Cast
) -> None:
    photo = read(session, cast.c1, written("营业时间", "9:00-17:00"), subject="hours_board")
    edit_station(
        session, station=cast.c1, changes={"hours": "9:00-17:00"}, by=cast.office, now=NOW,
        reason="现场核实",
    )  # fmt: skip
    job = session.scalars(sa.select(Job).where(Job.kind == "compare_readings")).one()

    compare_again(session, station_id=job.args["station_id"], now=NOW)

    assert session.get_one(PhotoReading, photo.id).outcome == "matches"
    assert machine_says(session, cast.c1) == {"hours_board_matches": True}
    assert open_questions(session) == []


def test_a_change_that_no_sign_shows_compares_nothing(session: Session, cast: Cast) -> None:
    sign(session, cast.c1)
    edit_station(
        session, station=cast.c1, changes={"head_name": "李二"}, by=cast.office, now=NOW,
        reason="换人",
    )  # fmt: skip
    edit_station(
        session, station=cast.c2, changes={"name": "杨家山快递便民服务点"}, by=cast.office,
        now=NOW, reason="没有照片的站点",
    )  # fmt: skip
    assert session.scalars(sa.select(Job).where(Job.kind == "compare_readings")).all() == []


def test_a_plate_that_is_replaced_has_its_sign_compared_again(session: Session, cast: Cast) -> None:
    sign(session, cast.c1)
    replace_sign(
        session, sign=make_sign(session, cast.c1), by=cast.office, now=NOW, reason="大风刮落"
    )
    job = session.scalars(sa.select(Job).where(Job.kind == "compare_readings")).one()
    assert job.args == {"station_id": cast.c1.id}


def test_a_sign_under_the_villages_other_name_matches_but_stands_for_no_filed_name(
    session: Session, cast: Cast
) -> None:
    village = session.scalars(
        sa.select(type(cast.township)).where(type(cast.township).code == cast.c1.village_code)
    ).one()
    add_alias(
        session, county=cast.county, division=village, alias="马家峪村", source="老地名",
        by=cast.office, now=NOW,
    )  # fmt: skip
    photo = sign(session, cast.c1, "马家峪村快递便民服务点")

    assert session.get_one(PhotoReading, photo.id).outcome == "matches"
    assert machine_says(session, cast.c1) == {"sign_code_visible": True}


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
    assert (task.kind, task.title, task.photo_id) == ("better_photo", "招牌再拍一张", photo.id)

    make_photo(session, cast.c1)  # taken anew, not read yet
    assert better_photos(session, station_ids=[cast.c1.id], now=NOW) == {}


def keeper_is_asked(session: Session, cast: Cast, standards: Standards) -> Task:
    """The one task about the signboard on 老李's home."""
    [today] = home(session, person=cast.li, county=cast.county, now=NOW, standards=standards)
    [task] = [one for one in today.todo if one.subject == "signboard"]
    return task


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


def test_a_reading_recorded_twice_is_kept_once_and_asked_once(session: Session, cast: Cast) -> None:
    photo = sign(session, cast.c1, number="C0007")
    read(session, cast.c1, written(NAME, "C0007"), photo=photo)
    assert session.scalar(sa.select(sa.func.count()).select_from(PhotoReading)) == 1
    assert len(open_questions(session)) == 1


def test_an_inspectors_photo_on_a_clause_is_read_as_what_the_clause_is_about(
    session: Session, cast: Cast, standards: Standards
) -> None:
    photo = make_photo(session, cast.c1, "clause")
    photo.phone_notes = {"rule_code": "A3-3a"}
    lines = written("营业时间", "9:00-17:00")
    reading = Reading(1280, 960, tuple(lines), None, 1, 0.1, 0.1)
    kept = record_reading(session, Read(photo.id, reading), now=NOW, standards=standards)
    assert kept is not None
    assert kept.outcome == "differs"
    # He stood before the board himself: nobody is asked, and the machine adds no word.
    assert open_questions(session) == []
    assert machine_says(session, cast.c1) == {}


def test_photos_of_an_older_version_are_printed_and_read_at_night_once(
    session: Session, cast: Cast
) -> None:
    shelves, board = (make_photo(session, cast.c1, one) for one in ("shelves", "hours_board"))
    done = sign(session, cast.c1)
    session.add(PhotoPrint(photo_id=done.id, county="140926", prints=b"0" * 480))
    session.flush()

    handed = [catch_up(session, now=NOW) for _ in range(2)]

    jobs = session.execute(sa.select(Job.kind, Job.args)).all()
    assert handed == [3, 0]
    assert {(kind, args["photo_id"]) for kind, args in jobs} == {
        ("examine_photo", str(shelves.id)),
        ("examine_photo", str(board.id)),
        ("read_photo", str(board.id)),
    }


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
