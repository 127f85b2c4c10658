"""Readings become the machine's word, and follow the register; none of them fails a station."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.media.reading.reading import Reading
from server.models.history import HistoryLine
from server.models.job import Job
from server.models.phone_event import CheckIn
from server.models.photo_print import PhotoPrint
from server.models.reading import PhotoReading, ReviewKind
from server.models.station import Station
from server.policy.standard.examine import Finding, Status
from server.policy.standard.facts import Word
from server.policy.standard.standards import Standard
from server.policy.standard.verdicts import Verdict
from server.services.common.reading_jobs import catch_up
from server.services.county.counties import add_alias
from server.services.plates.signs import replace_sign
from server.services.registry.stations import edit_station
from server.services.retention.blanking import give_up_photos
from server.services.review.decisions import asked_parts, decide
from server.services.review.reading_views import readings_of
from server.services.review.readings import Read, compare_again, record_reading, registered_of
from server.services.standing import statements
from server.services.standing.standing import standing_of
from tests.factories import NOW, TODAY, Cast, make_sign, make_station, make_village
from tests.policy.signs.written import at
from tests.readings import NAME, machine_says, open_questions, read, sign, written
from tests.reviews import make_photo

Standards = tuple[Standard, ...]


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


def test_the_sign_of_a_place_that_has_no_station_asks_a_person(
    session: Session, cast: Cast
) -> None:
    wrong = f"西{NAME}"
    photo = sign(session, cast.c1, wrong)
    assert session.get_one(PhotoReading, photo.id).outcome == "unreadable"  # may be a scrap

    make_village(session, code="140926100299", name="西马家沟村")
    compare_again(session, station_id=cast.c1.id, now=NOW)

    assert session.get_one(PhotoReading, photo.id).outcome == "differs"
    [item] = open_questions(session)
    assert wrong in item.question


def test_places_that_differ_in_a_rare_character_alone_are_known_to_the_comparison(
    session: Session, cast: Cast
) -> None:
    make_village(session, code="140926100301", name="濉溪村")
    make_village(session, code="140926100302", name="滩溪村")
    make_village(session, code="140926100303", name="滩头村")
    station = make_station(
        session, code="C0031", name="濉溪村快递便民服务点", village_code="140926100301"
    )

    known = set(registered_of(session, station).others)
    assert "滩溪村快递便民服务点" in known
    assert "滩头村快递便民服务点" not in known


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
    rows = [*written("营业时间", "8:00-18:00"), at("老耿头铁匠铺", 40, 70)]
    photo = read(session, cast.c1, rows, subject="hours_board")

    assert machine_says(session, cast.c1) == {"hours_board_matches": True}
    assert finding(session, cast.c1, standards, "A3-3b").verdict is Verdict.PASS
    view = readings_of(session, [photo.id, late.id])[photo.id]
    assert (view.outcome, view.label) == ("matches", "机器识读：相符")
    assert view.aside == "牌上还有“老耿头铁匠铺”，机器当作与时间无关。"
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
        reason="现场核实", standards=(),
    )  # fmt: skip
    job = session.scalars(sa.select(Job).where(Job.kind == "compare_readings")).one()

    compare_again(session, station_id=job.args["station_id"], now=NOW)

    assert session.get_one(PhotoReading, photo.id).outcome == "matches"
    assert machine_says(session, cast.c1) == {"hours_board_matches": True}
    assert open_questions(session) == []


def test_of_a_photo_that_was_deleted_nothing_that_was_read_is_left_nor_said_of_other_hours(
    session: Session, cast: Cast
) -> None:
    rows = [*written("营业时间", "8:00-18:00"), at("大件请提前联系15028092048", 40, 70)]
    photo = read(session, cast.c1, rows, subject="hours_board")
    give_up_photos(session, [photo.id], on=TODAY)
    session.expire_all()

    kept = session.get_one(PhotoReading, photo.id)
    assert (kept.lines, kept.outcome) == ([], "matches")
    assert "大件请提前联系〔号码〕" in kept.compared["parts"][0]["aside"]
    compare_again(session, station_id=cast.c1.id, now=NOW)
    assert kept.outcome == "matches"
    assert machine_says(session, cast.c1) == {"hours_board_matches": True}
    edit_station(
        session, station=cast.c1, changes={"hours": "9:00-17:00"}, by=cast.office, now=NOW,
        reason="现场核实", standards=(),
    )  # fmt: skip
    compare_again(session, station_id=cast.c1.id, now=NOW)
    assert machine_says(session, cast.c1) == {"hours_board_matches": None}
    assert readings_of(session, [photo.id])[photo.id].label == "机器识读（对照旧登记）：相符"


def test_a_reviewers_word_on_hours_lapses_with_the_hours_it_was_held_against(
    session: Session, cast: Cast, standards: Standards
) -> None:
    photo = read(session, cast.c1, written("营业时间", "9:00-17:00"), subject="hours_board")
    [asked] = open_questions(session)
    first = decide(session, item=asked, decision="differs", by=cast.office, now=NOW)
    assert finding(session, cast.c1, standards, "A3-3b").verdict is Verdict.FAIL

    edit_station(
        session, station=cast.c1, changes={"hours": "9:00-17:00"}, by=cast.office, now=NOW,
        reason="现场核实", standards=(),
    )  # fmt: skip

    said = statements.newest(session, station_ids=[cast.c1.id], word=Word.REVIEWER)
    assert [(one.value, one.person_id) for one in said] == [(None, cast.office.id)]
    assert finding(session, cast.c1, standards, "A3-3b").verdict is Verdict.UNKNOWN
    assert readings_of(session, [photo.id])[photo.id].label == "机器识读（对照旧登记）：不一致"
    with pytest.raises(Conflict, match="对照的是旧登记") as refused:
        decide(session, item=asked, decision="matches", by=cast.office, now=NOW, seen=first.id)
    assert refused.value.code == "review-withdrawn"
    compare_again(session, station_id=cast.c1.id, now=NOW)
    assert finding(session, cast.c1, standards, "A3-3b").verdict is Verdict.PASS
    assert readings_of(session, [photo.id])[photo.id].label == "机器识读：相符"


def test_other_hours_are_asked_of_a_person_again_where_the_machine_cannot_read(
    session: Session, cast: Cast
) -> None:
    for days_ago in (8, 1):
        read(session, cast.c1, [], subject="hours_board", days_ago=days_ago)
    [asked] = open_questions(session)
    decide(session, item=asked, decision="matches", by=cast.office, now=NOW)
    compare_again(session, station_id=cast.c1.id, now=NOW)
    assert open_questions(session) == []

    edit_station(
        session, station=cast.c1, changes={"hours": "9:00-17:00"}, by=cast.office, now=NOW,
        reason="现场核实", standards=(),
    )  # fmt: skip
    compare_again(session, station_id=cast.c1.id, now=NOW)

    [anew] = open_questions(session)
    assert (anew.photo_id, asked_parts(anew)[0]["expected"]) == (
        asked.photo_id,
        "周一至周日 09:00–17:00",
    )


def test_a_change_that_no_sign_shows_compares_nothing(session: Session, cast: Cast) -> None:
    sign(session, cast.c1)
    edit_station(
        session, station=cast.c1, changes={"head_name": "李二"}, by=cast.office, now=NOW,
        reason="换人", standards=(),
    )  # fmt: skip
    edit_station(
        session, station=cast.c2, changes={"name": "杨家山快递便民服务点"}, by=cast.office,
        now=NOW, reason="没有照片的站点", standards=(),
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

    handed = [catch_up(session, county="140926", now=NOW) for _ in range(2)]

    jobs = session.execute(sa.select(Job.kind, Job.args)).all()
    assert handed == [3, 0]
    assert {(kind, args["photo_id"]) for kind, args in jobs} == {
        ("examine_photo", str(shelves.id)),
        ("examine_photo", str(board.id)),
        ("read_photo", str(board.id)),
    }


def test_a_reading_that_was_given_up_is_tried_again_each_night(
    session: Session, cast: Cast
) -> None:
    board = make_photo(session, cast.c1, "hours_board")
    session.add(PhotoPrint(photo_id=board.id, county="140926", prints=b"0" * 480))
    session.flush()

    handed = [
        catch_up(session, county="140926", now=NOW + timedelta(hours=hours))
        for hours in (1, 2, 36, 36, 60)
    ]

    assert handed == [1, 0, 1, 0, 1]
