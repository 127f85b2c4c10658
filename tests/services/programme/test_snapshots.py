from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.chores import PERIODIC, Workshop
from server.errors import Invalid
from server.media.blobs import FolderStore
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.models.station import Station
from server.policy.plan.indicators import IndicatorKey
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level
from server.services.people.scope import EVERYBODY
from server.services.programme.days import Told, day_of, days_of, first_night
from server.services.programme.indicators import indicators_on
from server.services.programme.snapshots import end_of
from server.services.registry.acceptances import withdraw_acceptance
from server.services.registry.stations import close_station, edit_station
from tests.databases import ON_SQLITE
from tests.factories import (
    Cast,
    make_county,
    make_keeping,
    make_person,
    make_sign_in,
    make_station,
)
from tests.nightly import done_everywhere
from tests.queries import queries
from tests.services.programme.nights import (
    AFTER,
    JULY_4,
    Standards,
    accepted,
    c1_on,
    night,
    seen_on,
)


def rows(session: Session, station: Station) -> list[tuple[date, date | None]]:
    found = session.execute(
        sa.select(StationSnapshot.from_on, StationSnapshot.until_on)
        .where(StationSnapshot.station_id == station.id)
        .order_by(StationSnapshot.from_on)
    )
    return [(first, last) for first, last in found]


def test_a_past_day_says_what_was_known_at_its_end(
    session: Session, cast: Cast, standards: Standards
) -> None:
    make_sign_in(session, cast.li)
    night(session, cast, standards, JULY_4)
    accepted(session, cast, standards, date(2023, 7, 5), end_of(JULY_4) + timedelta(hours=9))
    edit_station(
        session, station=cast.c1, changes={"name": "马家沟新村快递便民服务点"}, by=cast.office,
        now=end_of(JULY_4) + timedelta(hours=10), reason="改名", standards=(),
    )  # fmt: skip
    night(session, cast, standards, date(2023, 7, 5))

    before, after = (seen_on(session, cast, standards, on) for on in (JULY_4, date(2023, 7, 5)))

    assert (before.told, before.whole, before.assessed) == (Told.TAKEN, True, True)
    assert (c1_on(before, cast).name, c1_on(before, cast).built) == (
        "马家沟村快递便民服务点", False,
    )  # fmt: skip
    assert (c1_on(after, cast).name, c1_on(after, cast).stage_label) == (
        "马家沟新村快递便民服务点", "建成",
    )  # fmt: skip
    assert (c1_on(before, cast).bound, c1_on(before, cast).filed) == (True, True)
    assert c1_on(before, cast).status is Status.NOT_ASSESSED
    assert not before.later  # the acceptance is of the next day
    assert len(before.stations) == 4
    assert rows(session, cast.c1) == [(JULY_4, date(2023, 7, 5)), (date(2023, 7, 5), None)]
    assert rows(session, cast.c2) == [(JULY_4, None)]  # nothing changed, no second row


def test_an_acceptance_taken_back_stays_in_the_day_and_is_said_to_be_changed_since(
    session: Session, cast: Cast, standards: Standards
) -> None:
    made = accepted(session, cast, standards, JULY_4, end_of(JULY_4) - timedelta(hours=5))
    night(session, cast, standards, JULY_4)
    withdraw_acceptance(
        session, acceptance=made, by=cast.office, now=end_of(JULY_4) + timedelta(days=1),
        reason="选错了站",
    )  # fmt: skip

    day = seen_on(session, cast, standards, JULY_4)

    assert c1_on(day, cast).built is True
    [change] = day.later
    assert (change.station_id, change.what, change.then, change.now) == (
        cast.c1.id, "建设情况", "建成", "拟建",
    )  # fmt: skip


def test_a_filing_date_entered_later_is_said_beside_what_the_day_knew(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.c1.filed_on = None
    night(session, cast, standards, JULY_4)
    cast.c1.filed_on = date(2023, 7, 3)
    session.flush()

    day = seen_on(session, cast, standards, JULY_4)

    assert c1_on(day, cast).filed is False
    assert [(one.what, one.then, one.now) for one in day.later] == [("备案", "没有备案", "已备案")]


def test_a_night_is_written_once_and_never_over_a_later_one(
    session: Session, cast: Cast, standards: Standards
) -> None:
    assert night(session, cast, standards, JULY_4)
    cast.c1.name = "改了名"
    session.flush()

    assert not night(session, cast, standards, JULY_4)
    assert not night(session, cast, standards, date(2023, 7, 3))
    assert c1_on(seen_on(session, cast, standards, JULY_4), cast).name != "改了名"
    assert session.scalars(sa.select(SnapshotDay.day_on)).all() == [JULY_4]


@ON_SQLITE
def test_a_missed_night_is_reckoned_back_and_says_so(
    session: Session, cast: Cast, standards: Standards
) -> None:
    night(session, cast, standards, JULY_4)
    accepted(session, cast, standards, date(2023, 7, 5), end_of(JULY_4) + timedelta(hours=9))
    night(session, cast, standards, date(2023, 7, 6))

    missed = seen_on(session, cast, standards, date(2023, 7, 5))

    assert (missed.told, missed.taken_at) == (Told.RECKONED, None)
    c1 = c1_on(missed, cast)
    assert (c1.built, c1.filed, c1.open_work) == (True, True, 0)
    assert (c1.status, c1.bound, c1.met) == (None, None, None)  # nobody can tell any more


@ON_SQLITE
def test_a_night_written_down_in_the_morning_says_so(
    session: Session, cast: Cast, standards: Standards
) -> None:
    night(session, cast, standards, JULY_4, hours=9)

    day = seen_on(session, cast, standards, JULY_4)

    assert day.told is Told.LATE
    assert day.taken_at == end_of(JULY_4) + timedelta(hours=9, minutes=2)


@ON_SQLITE
def test_a_day_that_was_altered_in_the_database_no_longer_hashes(
    session: Session, cast: Cast, standards: Standards
) -> None:
    night(session, cast, standards, JULY_4)
    session.execute(sa.update(StationSnapshot).values(filed=False))

    assert not seen_on(session, cast, standards, JULY_4).whole


@ON_SQLITE
def test_a_station_closed_or_taken_out_later_stays_in_its_past_days(
    session: Session, cast: Cast, standards: Standards
) -> None:
    gone = make_station(session, code=None, name="导入错的", level=Level.VILLAGE_POINT)
    night(session, cast, standards, JULY_4)
    close_station(
        session, station=cast.c3, by=cast.office, now=end_of(JULY_4) + timedelta(hours=9),
        on=date(2023, 7, 5), reason="停业",
    )  # fmt: skip
    gone_id = gone.id
    session.delete(gone)
    session.flush()
    night(session, cast, standards, date(2023, 7, 5))

    first = seen_on(session, cast, standards, JULY_4)
    second = seen_on(session, cast, standards, date(2023, 7, 5))

    assert {cast.c3.id, gone_id} <= {one.station_id for one in first.stations}
    assert not {cast.c3.id, gone_id} & {one.station_id for one in second.stations}
    assert [(one.name, one.now) for one in first.later] == [("导入错的", "后来从登记簿移除")]


@ON_SQLITE
def test_today_is_as_it_stands_and_tomorrow_is_refused(
    session: Session, cast: Cast, standards: Standards
) -> None:
    # Ten to one in the morning of the 6th in Beijing, still the 5th in UTC.
    now = datetime(2023, 7, 5, 16, 50, tzinfo=UTC)

    today = day_of(session, county=cast.county, on=date(2023, 7, 6), now=now, standards=standards)

    assert today.told is Told.NOW
    for wrong in (date(2023, 7, 7), date(1999, 12, 31)):
        with pytest.raises(Invalid) as refused:
            day_of(session, county=cast.county, on=wrong, now=now, standards=standards)
        assert refused.value.code == "day-not-yet"


@ON_SQLITE
def test_without_a_standard_nobody_met_it_or_did_not(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.county.standard_id = None
    session.flush()
    standards = tuple(one for one in standards if one.basis == "national")
    night(session, cast, standards, JULY_4)
    now = end_of(JULY_4) + timedelta(days=1)

    found = indicators_on(
        session, county=cast.county, on=JULY_4, now=now, standards=standards, seen_by=EVERYBODY
    )

    assert not found.day.assessed
    assert (Level.VILLAGE_POINT, IndicatorKey.MET) not in found.indicators


@ON_SQLITE
def test_a_day_costs_the_same_few_queries_for_any_number_of_stations(
    session: Session, cast: Cast, standards: Standards
) -> None:
    def asked() -> tuple[int, int, int]:
        session.expire_all()
        on = first_night(session, county=cast.county.code)
        day = JULY_4 if on is None else session.scalar(sa.select(sa.func.max(SnapshotDay.day_on)))
        assert isinstance(day, date)
        next_day = day + timedelta(days=1)
        cast.c1.name = f"{next_day}的站"  # so that a row ends and another begins
        session.flush()
        with queries(session) as writing_it:
            night(session, cast, standards, next_day)
        with queries(session) as reading_it:
            seen_on(session, cast, standards, next_day)
        with queries(session) as trending:
            days_of(
                session,
                county=cast.county,
                days=[date(2023, 5, 31), JULY_4, next_day],
                assessed=True,
            )
        return len(writing_it), len(reading_it), len(trending)

    asked()
    few = asked()
    for n in range(30):
        station = make_station(session, code=f"C01{n:02}", name=f"第{n}村便民点")
        make_keeping(session, make_person(session, name=f"站长{n}"), station)

    assert asked() == few


def test_the_chore_writes_the_day_that_is_over_for_every_county(
    engine: Engine, session: Session, cast: Cast, standards: Standards, blobs: FolderStore
) -> None:
    cast.c1.name = "马家沟"
    session.commit()
    workshop = Workshop(engine=engine, blobs=blobs, standards=standards)
    now = end_of(JULY_4) + AFTER

    for _ in range(2):
        done_everywhere(workshop, "write_down_the_day", now)

    nights = session.scalars(sa.select(SnapshotDay).order_by(SnapshotDay.county)).all()
    assert [(one.county, one.day_on, one.stations) for one in nights] == [
        ("140926", JULY_4, 4), ("411721", JULY_4, 1),
    ]  # fmt: skip
    assert any(one.kind == "write_down_the_day" for one in PERIODIC)


@ON_SQLITE
def test_a_late_night_holds_nothing_entered_after_the_day_and_no_county_stops_another(
    engine: Engine, session: Session, cast: Cast, standards: Standards, blobs: FolderStore
) -> None:
    over = end_of(JULY_4)
    make_station(session, code="C0099", name="今早新登记的", created_at=over)
    make_county(session, "411722", "上蔡县", created_at=over + timedelta(hours=1))
    cast.other_county.options = {"policy": {"no_such_choice": 1}}
    session.commit()
    workshop = Workshop(engine=engine, blobs=blobs, standards=standards)

    done_everywhere(workshop, "write_down_the_day", over + timedelta(hours=9))

    nights = session.execute(sa.select(SnapshotDay.county, SnapshotDay.stations)).all()
    assert [tuple(one) for one in nights] == [("140926", 4)]


@ON_SQLITE
def test_not_filed_is_unknown_while_nobody_decided_whether_the_post_files(
    session: Session, cast: Cast, standards: Standards
) -> None:
    cast.c1.filed_on = cast.c2.filed_on = None
    cast.c1.coop_modes = ["postal_coop"]
    session.flush()
    night(session, cast, standards, JULY_4)

    def told(on: date) -> tuple[set[int], set[int]]:
        now = end_of(on) + timedelta(days=9)
        found = indicators_on(
            session, county=cast.county, on=on, now=now, standards=standards, seen_by=EVERYBODY
        ).of(Level.VILLAGE_POINT, IndicatorKey.FILED)
        return set(found.done), set(found.unknown)

    assert told(JULY_4) == ({cast.c3.id}, {cast.c1.id})
    assert told(date(2023, 7, 2)) == ({cast.c3.id}, {cast.c1.id})  # reckoned back
    cast.county.options = {"policy": {"postal_filing": "files"}}
    session.flush()
    night(session, cast, standards, date(2023, 7, 5))
    assert told(date(2023, 7, 5)) == ({cast.c3.id}, set())
    assert told(JULY_4) == ({cast.c3.id}, {cast.c1.id})  # as that night knew it
