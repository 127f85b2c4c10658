"""A day that no night wrote down is reckoned back from what today's records say of it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.models.station import Stage
from server.services.plates.numbers import GIVEN_BEFORE, issue_code, take_codes
from server.services.programme.snapshots import end_of
from server.services.registry.fields import FIELDS
from server.services.registry.stations import close_station, edit_station, reopen_station
from tests.databases import ON_SQLITE
from tests.factories import (
    Cast,
    make_station,
)
from tests.services.programme.nights import JULY_4, Standards, accepted, c1_on, seen_on


@ON_SQLITE
def test_reckoning_back_goes_by_acceptances_filings_and_closures(
    session: Session, cast: Cast, standards: Standards
) -> None:
    may = date(2023, 5, 31)
    accepted(session, cast, standards, date(2023, 6, 1), end_of(JULY_4))
    cast.c2.stage = Stage.BUILT_BEFORE
    cast.c2.filed_on = date(2023, 6, 30)
    close_station(
        session, station=cast.c3, by=cast.office, now=end_of(JULY_4), on=may, reason="停业"
    )
    reopen_station(
        session, station=cast.c3, by=cast.office, now=end_of(JULY_4) + timedelta(days=1),
        reason="恢复",
    )  # fmt: skip
    session.flush()

    def told(on: date) -> dict[int, tuple[Any, Any]]:
        day = seen_on(session, cast, standards, on, later=60)
        return {one.station_id: (one.built, one.filed) for one in day.stations}

    on_may, on_june = told(may), told(date(2023, 6, 1))

    assert on_may[cast.c1.id] == (False, True)  # not yet accepted
    assert on_june[cast.c1.id] == (True, True)
    assert on_june[cast.c2.id] == (None, False)  # registered before acceptances: nobody can tell
    assert told(date(2023, 6, 30))[cast.c2.id] == (None, True)
    assert cast.c3.id not in on_may
    assert cast.c3.id not in on_june
    assert cast.c3.id in told(date(2023, 5, 30))
    assert cast.c3.id in told(date(2023, 7, 7))


@ON_SQLITE
def test_a_day_reckoned_back_calls_a_station_what_it_was_called_then(
    session: Session, cast: Cast, standards: Standards
) -> None:
    first, second = date(2023, 7, 10), date(2023, 7, 20)
    for name, on in (("马家沟第一站", first), ("马家沟第二站", second)):
        edit_station(
            session, station=cast.c1, changes={"name": name}, by=cast.office,
            now=end_of(on) - timedelta(hours=9), reason="改名", standards=(),
        )  # fmt: skip

    def called(on: date) -> str:
        return c1_on(seen_on(session, cast, standards, on, later=60), cast).name

    assert called(date(2023, 7, 9)) == "马家沟村快递便民服务点"
    assert called(first) == called(date(2023, 7, 19)) == "马家沟第一站"
    assert called(second) == "马家沟第二站"


@ON_SQLITE
def test_a_day_reckoned_back_shows_the_number_that_a_station_had_then(
    session: Session, cast: Cast, standards: Standards
) -> None:
    given = date(2023, 7, 10)
    fresh, old = (
        make_station(session, code=None, township_code=cast.township.code) for _ in range(2)
    )
    issue_code(session, station=fresh, by=cast.office, now=end_of(given) - timedelta(hours=9))
    take_codes(
        session, county=cast.county.code, codes={"C0200": old}, by=cast.office,
        now=end_of(given), note=GIVEN_BEFORE,
    )  # fmt: skip

    def numbers(on: date) -> tuple[str, str]:
        told = {one.station_id: one for one in seen_on(session, cast, standards, on, 60).stations}
        assert told[fresh.id].township_code == cast.township.code
        return told[fresh.id].code, told[old.id].code

    assert numbers(date(2023, 7, 9)) == ("", "C0200")  # the county's own, from before this system
    assert numbers(given) == (fresh.code, "C0200")
    assert fresh.code


def test_no_field_of_the_register_moves_a_station_to_another_place() -> None:
    """On this rests that past days and reports may show township and level of registration."""
    places = {"township", "township_code", "village", "village_code", "level"}
    assert not places & {field for one in FIELDS.values() for field in (one.name, one.label)}
    assert {"address", "serves"} <= set(FIELDS)  # these are no places of the register's own
