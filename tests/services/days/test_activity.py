from datetime import timedelta

from sqlalchemy.orm import Session

from server.http import clock
from server.services.days.activity import activity, station_days
from tests.factories import Cast
from tests.keepers_days import sent


def test_activity_counts_the_newest_version_of_each_day_once(session: Session, cast: Cast) -> None:
    sent(session, cast.c1, cast.li, 1, (10, 2))
    sent(session, cast.c1, cast.li, 1, (12, 3))
    sent(session, cast.c1, cast.li, 4, (5, 0))
    sent(session, cast.c1, cast.li, 40, (99, 99))
    until = clock.today()

    found = activity(
        session,
        county="140926",
        station_ids=[cast.c1.id, cast.c2.id],
        since=until - timedelta(days=29),
        until=until,
    )

    assert set(found) == {cast.c1.id}
    one = found[cast.c1.id]
    assert (one.days_open, one.days_counted, one.received, one.sent) == (2, 2, 17, 3)


def test_every_day_of_a_period_is_there_with_the_count_that_holds(
    session: Session, cast: Cast
) -> None:
    sent(session, cast.c1, cast.li, 2, (10, 2))
    sent(session, cast.c1, cast.li, 2, (12, 3))
    until = clock.today()

    days = station_days(session, station=cast.c1, since=until - timedelta(days=4), until=until)

    assert [day.count.received if day.count else None for day in days] == [
        None,
        None,
        12,
        None,
        None,
    ]
    assert [len(day.check_ins) for day in days] == [0, 0, 2, 0, 0]
    assert [day.time_verified for day in days] == [False, False, True, False, False]
