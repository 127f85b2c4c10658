"""How late things arrive: counted in bins that a person can read, never guessed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from server.models.person import Person
from server.models.phone_event import EventKind, PhoneEvent, Photo, PhotoState
from server.models.station import Station
from server.services.common.phone_items import CountEntry
from server.services.days.counts import correct_count
from server.services.intake.lag import BINS, LABELS, Lag, bin_of, lag_report
from server.services.people.scope import EVERYBODY
from tests.factories import NOW, TODAY, Cast

DAY_S = 86_400


def arrived(
    session: Session,
    station: Station,
    person: Person,
    late_s: float,
    *,
    kind: EventKind = EventKind.PARCEL_COUNT,
    verified: bool = True,
    days_ago: float = 1,
) -> PhoneEvent:
    received_at = NOW - timedelta(days=days_ago)
    event = PhoneEvent(
        id=uuid4(),
        kind=kind,
        county=station.county,
        station_id=station.id,
        person_id=person.id,
        device_id="phone-1",
        payload={},
        content_sha256="0" * 64,
        result="ok",
        day_on=TODAY,
        occurred_at=received_at - timedelta(seconds=late_s),
        time_verified=verified,
        device_at=received_at,
        received_at=received_at,
    )
    session.add(event)
    session.flush()
    return event


def photographed(session: Session, event: PhoneEvent, late_s: float | None) -> None:
    session.add(
        Photo(
            id=uuid4(),
            county=event.county,
            station_id=event.station_id,
            person_id=event.person_id,
            event_id=event.id,
            subject="shelves",
            state=PhotoState.ANNOUNCED if late_s is None else PhotoState.KEPT,
            sha256="0" * 64,
            size_bytes=1,
            taken_at=event.occurred_at,
            time_verified=True,
            day_on=TODAY,
            arrived_at=None if late_s is None else event.occurred_at + timedelta(seconds=late_s),
        )
    )
    session.flush()


@pytest.mark.parametrize(
    ("late_s", "label"),
    [
        (0, "1 分钟内"),
        (60, "1 分钟内"),
        (60.5, "10 分钟内"),
        (3_600, "1 小时内"),
        (6 * 3_600, "6 小时内"),
        (DAY_S, "1 天内"),
        (DAY_S + 1, "3 天内"),
        (7 * DAY_S, "7 天内"),
        (7 * DAY_S + 1, "超过 7 天"),
    ],
)
def test_a_delay_falls_into_the_bin_that_its_name_says(
    session: Session, cast: Cast, late_s: float, label: str
) -> None:
    arrived(session, cast.c1, cast.li, late_s)

    report = lag_report(session, county="140926", now=NOW, seen_by=EVERYBODY)

    assert report.whole.bins[LABELS.index(label)] == report.whole.total == 1
    assert LABELS[bin_of(late_s)] == label


def test_arrivals_are_counted_by_kind_township_and_station(session: Session, cast: Cast) -> None:
    for late_s in (10, 10, 2 * DAY_S, 2 * DAY_S, 2 * DAY_S):
        event = arrived(session, cast.c1, cast.li, late_s)
    photographed(session, event, late_s=9 * DAY_S)
    photographed(session, event, late_s=None)  # has not come: it is missing, not late
    for _ in range(5):
        arrived(session, cast.c2, cast.zhao, 10, kind=EventKind.CHECK_IN)
    arrived(session, cast.c3, cast.zhao, 3 * DAY_S)  # one alone makes no station slow

    report = lag_report(session, county="140926", now=NOW, seen_by=EVERYBODY)

    assert {kind: lag.total for kind, lag in report.kinds.items()} == {
        "check_in": 5,
        "parcel_count": 6,
        "photo": 1,
    }
    assert {name: lag.total for name, lag in report.townships.items()} == {
        "鹅城镇": 11,
        "杜家村镇": 1,
    }
    assert [(station.id, lag.later, lag.total) for station, lag in report.slowest] == [
        (cast.c1.id, 4, 6)
    ]
    assert (report.whole.within_a_day, report.whole.later) == (7, 5)
    assert report.whole.half == "1 分钟内"
    only_c2 = lag_report(session, county="140926", now=NOW, seen_by=cast.zhao)
    assert only_c2.whole.total == 5
    assert list(only_c2.townships) == ["鹅城镇"]


def test_a_guessed_time_is_told_and_not_counted(session: Session, cast: Cast) -> None:
    arrived(session, cast.c1, cast.li, 10, verified=False)

    report = lag_report(session, county="140926", now=NOW, seen_by=EVERYBODY)

    assert (report.whole.total, report.whole.unverified, report.whole.half) == (0, 1, "—")


def test_old_arrivals_other_counties_and_the_office_itself_are_left_out(
    session: Session, cast: Cast
) -> None:
    arrived(session, cast.c1, cast.li, 10, days_ago=31)
    arrived(session, cast.foreign, cast.outsider, 10)
    entry = CountEntry(TODAY, received=1, sent=1, reason="电话报的")
    correct_count(session, station=cast.c1, entry=entry, by=cast.office, now=NOW)

    assert lag_report(session, county="140926", now=NOW, seen_by=EVERYBODY).whole == Lag()


def test_the_bins_grow() -> None:
    assert [most for most, _ in BINS] == sorted({most for most, _ in BINS})
