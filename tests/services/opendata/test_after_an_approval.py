"""A count that came after its month was approved is told apart: the approved sum is without it."""

from datetime import date, datetime, timedelta

from sqlalchemy import true
from sqlalchemy.orm import Session

from server.services.opendata.reading import Wanted, all_of, table_named
from tests.factories import NOW, Cast
from tests.services.days.of_june import approve, counted, send


def test_a_version_that_came_after_the_approval_is_not_taken_for_approved(
    session: Session, cast: Cast
) -> None:
    def told() -> dict[date, tuple[int, bool, bool]]:
        table = table_named("counts")
        records = all_of(session, table, county="140926", seen=true(), wanted=Wanted())
        names = [one.name for one in table.columns]
        rows = [dict(zip(names, line, strict=True)) for one in records for line in one.lines]
        return {
            row["day_on"]: (row["received"], row["month_approved"], row["after_approval"])
            for row in rows
        }

    third, fourth = date(2023, 6, 3), date(2023, 6, 4)
    for day in (3, 4):
        send(session, cast.li, counted(cast.c1, day))
    assert told() == {third: (12, False, False), fourth: (12, False, False)}

    approve(session, cast, now=NOW + timedelta(hours=1))
    later: datetime = NOW + timedelta(hours=2)
    send(session, cast.li, counted(cast.c1, 3, 40, "数错了", at=later), now=later)

    assert told() == {third: (40, True, True), fourth: (12, True, False)}
