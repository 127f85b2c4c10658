"""Integrity signals: looked for without hurry, raised once, at the county's own thresholds."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import PERIODIC, Workshop
from server.db import writing
from server.errors import Invalid
from server.models.county import County
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.phone_event import EventKind, PhoneEvent
from server.models.reading import ReviewItem, ReviewKind, ReviewState
from server.models.signal import IntegritySignal, SignalState
from server.models.station import Station
from server.policy.reconciliation import Choice
from server.policy.signals.look import look_at
from server.policy.signals.options import SignalOptions
from server.services.common.phone_items import CountEntry
from server.services.days.count_versions import DayCounts
from server.services.days.counts import correct_count, count_row
from server.services.days.decisions import decide_many
from server.services.days.reconciliation import day_of
from server.services.signals.facts import stations_seen
from server.services.signals.lists import Wanted, questions_today, signals_seen
from server.services.signals.questions import (
    Found,
    edit_signal_options,
    find,
    look_for_signals,
    raise_new,
    settle_signal,
    signal_options,
)
from tests.factories import NOW, TODAY, Cast, make_station
from tests.nightly import done_everywhere
from tests.services.asked import made_event, seen_far, sent_photo
from tests.services.days.of_june import JUNE
from tests.services.days.scanned import scanned


def look_now(session: Session, county: str = "140926", on: date = TODAY) -> list[IntegritySignal]:
    return look_for_signals(session, county=session.get_one(County, county), on=on, now=NOW)


def test_what_is_found_is_raised_once_however_often_somebody_looks(
    session: Session, cast: Cast
) -> None:
    seen_far(session, cast.c1, cast.li, date(2023, 7, 3), 2400.0)

    [signal] = look_now(session)
    again = look_now(session, on=TODAY + timedelta(days=3))

    assert (signal.station_id, signal.kind, signal.about) == (cast.c1.id, "too_far", "2023-07-03")
    assert signal.question == "7月3日签到的位置离站点有2.4公里。当天是在别处营业吗？"
    assert signal.measured["too_far_m"] == 1000
    assert signal.person_id == cast.li.id
    assert again == []


def test_a_settled_question_is_never_raised_again(session: Session, cast: Cast) -> None:
    seen_far(session, cast.c1, cast.li, date(2023, 7, 3), 2400.0)
    [signal] = look_now(session)
    settle_signal(
        session, signal=signal, decision="mistaken", reason="定位飘了", by=cast.office, now=NOW
    )

    assert look_now(session) == []
    assert signal.state is SignalState.SETTLED


def test_an_open_question_of_a_month_grows_with_the_month(session: Session, cast: Cast) -> None:
    for day in (1, 2, 3):
        seen_far(session, cast.c1, cast.li, date(2023, 7, day), 2400.0)
    [signal] = look_now(session)
    seen_far(session, cast.c1, cast.li, date(2023, 7, 4), 2400.0)

    assert look_now(session) == []
    assert "7月有4天" in signal.question
    assert len(signal.measured["days"]) == 4


def test_an_accepted_pattern_is_left_alone_next_month_but_not_for_ever(
    session: Session, cast: Cast
) -> None:
    for day in range(1, 6):
        seen_far(session, cast.c1, cast.li, date(2023, 6, day), 2400.0)
    [june] = look_now(session, on=date(2023, 6, 30))
    settle_signal(
        session, signal=june, decision="explained", reason="已搬家", by=cast.office, now=NOW
    )
    for day in range(1, 6):
        seen_far(session, cast.c1, cast.li, date(2023, 7, day), 2400.0)
    county = session.get_one(County, "140926")

    assert look_for_signals(session, county=county, on=TODAY, now=NOW) == []
    [july] = look_for_signals(session, county=county, on=TODAY, now=NOW + timedelta(days=91))
    assert july.about == "2023-07"


def test_a_pattern_through_two_months_is_asked_about_once(session: Session, cast: Cast) -> None:
    for day in (1, 2, 3):
        seen_far(session, cast.c1, cast.li, date(2023, 6, day), 2400.0)
        seen_far(session, cast.c1, cast.li, date(2023, 7, day), 2400.0)

    assert [one.about for one in look_now(session)] == ["2023-07"]
    assert look_now(session) == []


def test_the_countys_own_thresholds_hold(session: Session, cast: Cast) -> None:
    seen_far(session, cast.c1, cast.li, date(2023, 7, 3), 700.0)
    county = session.get_one(County, "140926")

    assert look_now(session) == []
    made = edit_signal_options(
        session,
        county=county,
        values={"too_far_m": 500},
        by=cast.office,
        now=NOW,
        reason="山里定位准",
    )

    assert [(one["old"], one["new"]) for one in made] == [("1000米", "500米")]
    assert signal_options(county).too_far_m == 500
    assert len(look_now(session)) == 1
    with pytest.raises(Invalid, match="100到50000"):
        edit_signal_options(
            session,
            county=county,
            values={"too_far_m": 1},
            by=cast.office,
            now=NOW,
            reason="试试",
        )


def test_a_picture_sent_for_two_days_is_asked_about_at_the_later_one(
    session: Session, cast: Cast
) -> None:
    sent_photo(session, cast.c2, cast.zhao, date(2023, 6, 20))
    later = sent_photo(session, cast.c1, cast.li, date(2023, 7, 3))
    sent_photo(session, cast.foreign, cast.outsider, date(2023, 7, 3))

    [signal] = look_now(session)

    assert (signal.station_id, signal.kind) == (cast.c1.id, "same_photo")
    assert cast.c2.name in signal.question
    assert signal.measured["photo"] == str(later.id)


def test_a_look_alike_is_asked_about_until_a_person_says_that_it_is_none(
    session: Session, cast: Cast
) -> None:
    first = sent_photo(session, cast.c1, cast.li, date(2023, 6, 20))
    second = sent_photo(session, cast.c1, cast.li, date(2023, 7, 3), sha256="b" * 64)
    item = ReviewItem(
        county="140926",
        station_id=cast.c1.id,
        photo_id=second.id,
        other_photo_id=first.id,
        kind=ReviewKind.DOUBLE,
        key=f"double:{second.id}",
        question="是同一张吗？",
        details={"resemblance": "same"},
        state=ReviewState.DECIDED,
        decision="different_pictures",
        opened_at=NOW,
    )
    session.add(item)
    session.flush()

    assert look_now(session) == []
    item.state, item.decision = ReviewState.OPEN, ""
    session.flush()
    [signal] = look_now(session)
    assert signal.kind == "lookalike_photo"
    assert "6月20日交的看着是同一张" in signal.question


def test_a_question_that_corrected_counts_answer_is_closed_and_stays_to_be_read(
    session: Session, cast: Cast
) -> None:
    monday = date(2023, 7, 3)
    for weeks in range(1, 5):
        counted(session, cast.c1, cast.li, monday - timedelta(weeks=weeks), 10)
    counted(session, cast.c1, cast.li, monday, 120)
    [signal] = look_now(session)
    lax = SignalOptions(weekday_times=50)
    seen = stations_seen(session, county="140926", since=date(2023, 6, 1), until=TODAY)
    gone = Found("140926", date(2023, 6, 1), 90, look_at(seen, lax))
    raise_new(session, found=gone, now=NOW)
    assert (signal.kind, signal.state) == ("weekday_out_of_line", SignalState.OPEN)

    put_right(session, cast, monday, 12, "多打了一个0", NOW + timedelta(hours=1))
    assert (
        look_for_signals(session, county=cast.county, on=TODAY, now=NOW + timedelta(hours=2)) == []
    )

    assert (signal.state, signal.decision, signal.settled_by) == (
        SignalState.SETTLED,
        "corrected",
        None,
    )
    [shown] = signals_seen(session, seen_by=cast.office, wanted=Wanted(choice="settled")).shown
    assert (shown.decision_label, shown.signal.question) == ("已更正", signal.question)
    assert questions_today(session, station_ids=[cast.c1.id]) == {}
    lines = session.scalars(select(HistoryLine).where(HistoryLine.action == "signal-settled")).all()
    assert [line.summary for line in lines] == ["某天件数特别多（2023年7月3日）：已更正"]

    put_right(session, cast, monday, 120, "原来的是对的", NOW + timedelta(hours=3))
    assert (
        look_for_signals(session, county=cast.county, on=TODAY, now=NOW + timedelta(hours=4)) == []
    )
    assert (signal.state, signal.decision, signal.settled_at) == (SignalState.OPEN, "", None)


def counted(session: Session, station: Station, keeper: Person, on: date, received: int) -> None:
    at = datetime.combine(on, time(9, 0), UTC)
    event = made_event(session, station, keeper, on, EventKind.PARCEL_COUNT, at)
    entry = CountEntry(on, received=received, sent=0)
    counts = DayCounts(session, county=station.county, days=[(station.id, on)])
    counts.add(count_row(vars(event), entry))
    counts.write()


def put_right(
    session: Session, cast: Cast, on: date, received: int, reason: str, now: datetime
) -> None:
    entry = CountEntry(on, received=received, sent=0, reason=reason)
    correct_count(session, station=cast.c1, entry=entry, by=cast.office, now=now)


@pytest.mark.parametrize(
    "told",
    [
        {"exif": {"taken_local": "2023-06-28T10:00:00"}},
        {"phone_notes": {"exif": {"taken": "2023:06:28 10:00:00"}}},
        {"camera": "file", "taken_at": datetime(2023, 6, 28, 2, 0, tzinfo=UTC)},
    ],
    ids=["read by us", "read on the phone", "the age of a file"],
)
def test_an_old_picture_is_known_by_what_the_camera_or_the_file_says(
    session: Session, cast: Cast, told: dict[str, Any]
) -> None:
    sent_photo(session, cast.c1, cast.li, date(2023, 7, 3), **told)

    [signal] = look_now(session)

    assert signal.kind == "photo_older_than_event"
    assert "手机记录是6月28日拍的" in signal.question


def test_looking_takes_eleven_questions_to_the_database_whatever_the_number_of_stations(
    session: Session, cast: Cast
) -> None:
    def asked() -> int:
        session.flush()
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            look_now(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return sum(1 for statement in seen if statement.lstrip().startswith("SELECT"))

    session.get_one(County, "140926")
    before = asked()
    for number in range(20):
        station = make_station(session, code=f"C{100 + number:04d}", name=f"第{number}村")
        seen_far(session, station, cast.li, date(2023, 7, 1), 30.0)
        sent_photo(session, station, cast.li, date(2023, 7, 1), sha256=f"{number:064d}")

    assert (before, asked()) == (11, 11)


def test_a_look_at_one_township_finds_of_it_what_a_look_at_the_county_does(
    session: Session, cast: Cast
) -> None:
    far = make_station(session, code="C0500", name="外乡的站", township_code="140926101")
    for place, hours in ((cast.c1, 1), (far, 2)):
        sent_photo(session, place, cast.li, date(2023, 7, hours), sha256="b" * 64)
        seen_far(session, place, cast.li, date(2023, 7, 3), 2400.0)
        closed = made_event(session, place, cast.li, date(2023, 7, 4), EventKind.OPENING, NOW)
        closed.payload = {"opening": "closed"}
    # In June it alone had no place, in July nobody had; one phone that two people share; and one
    # person, with another phone, at two stations in the same minute.
    others = [make_station(session, code=f"C06{n}", township_code="140926101") for n in range(5)]
    for month, day in product((6, 7), range(1, 12)):
        for place in (cast.c1, *others):
            who = cast.zhao if place is others[0] else cast.li
            seen = seen_far(session, place, who, date(2023, month, day), 5.0)
            seen.latitude = None if place is cast.c1 or month == 7 else 38.3558
            session.get_one(PhoneEvent, seen.id).device_id = "phone-of-both"
    apart = seen_far(session, others[1], cast.li, date(2023, 7, 12), 5.0)
    apart.latitude = 37.9
    session.get_one(PhoneEvent, apart.id).device_id = "another"
    seen_far(session, cast.c1, cast.li, date(2023, 7, 12), 5.0)
    session.flush()
    county = session.get_one(County, "140926")
    on = date(2023, 7, 12)
    every = find(session, county=county, on=on).signals

    assert [one.about for one in every if one.kind == "poor_position"] == ["2023-06"]
    assert {"poor_position", "shared_device", "impossible_speed"} <= {
        one.kind for one in every if one.station == cast.c1.id
    }
    for township in (cast.c1.township_code, far.township_code):
        own = find(session, county=county, on=on, township_code=township)
        here = {one.id for one in (cast.c1, far, *others) if one.township_code == township}
        assert own.signals == [one for one in every if one.station in here]


def test_the_worker_looks_every_night(engine: Engine, cast: Cast) -> None:
    assert "look_for_signals" in {one.kind for one in PERIODIC}
    with writing(engine) as session:
        li, c1 = session.get_one(Person, cast.li.id), session.get_one(Station, cast.c1.id)
        seen_far(session, c1, li, date(2023, 7, 3), 2400.0)

    done_everywhere(Workshop(engine, None), "look_for_signals", NOW)  # type: ignore[arg-type]

    with Session(engine) as session:
        assert session.scalars(select(IntegritySignal.kind)).all() == ["too_far"]


def test_what_an_operators_file_says_is_asked_about_until_a_person_decides_for_the_keeper(
    session: Session, cast: Cast
) -> None:
    for day in (3, 4):
        entry = CountEntry(JUNE.replace(day=day), received=60, sent=1)
        correct_count(
            session, station=cast.c1, entry=replace(entry, reason="补报"), by=cast.office, now=NOW
        )
    assert look_now(session, on=date(2023, 6, 30)) == []
    scanned(session, cast.c1, {3: (10, 1), 4: (60, 1)})

    [signal] = look_now(session, on=date(2023, 6, 30))

    assert (signal.kind, signal.about, signal.station_id) == (
        "operator_totals",
        "2023-06",
        cast.c1.id,
    )
    assert "6月有2天两边都有数，您一共填了收到120件，运营企业系统里是70件" in signal.question

    def seen() -> set[int]:
        found = stations_seen(session, county="140926", since=JUNE, until=date(2023, 6, 30))
        [here] = [one for one in found if one.station == cast.c1.id]
        return {day.day for day in here.operator_totals}

    third = JUNE.replace(day=3)
    many = decide_many(
        session, county=cast.county, month_on=JUNE, choice=Choice.KEEPER, reason="看过派件单",
        seen={(cast.c1.id, third): day_of(session, station=cast.c1, day_on=third).seen},
        by=cast.office, now=NOW,
    )  # fmt: skip
    assert (many.decided, seen()) == (1, {4})
    scanned(session, cast.c1, {3: (11, 1)})  # what was decided over holds no more
    assert seen() == {3, 4}
