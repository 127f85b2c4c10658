import pytest
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.services.people.scope import EVERYBODY
from server.services.plates.numbers import issue_missing_codes
from server.services.plates.orders import sheets_for, without_plate
from server.services.plates.scans import read_scan
from server.services.plates.signs import issue_missing_signs
from tests.factories import NOW, RING, Cast, make_station

BASE = "https://kd.example.cn"


def test_a_sheet_carries_the_signs_words_and_a_code_that_works(
    session: Session, cast: Cast
) -> None:
    cast.county.hotline = "0350-1234567"
    issue_missing_signs(session, county=cast.county, by=None, now=NOW, seen_by=EVERYBODY)

    [sheet] = sheets_for(
        session,
        county=cast.county,
        ring=RING,
        base_url=BASE,
        station_ids=[cast.c1.id],
        seen_by=EVERYBODY,
    )

    assert (sheet.name, sheet.number) == ("马家沟村快递便民服务点", "C0001")
    assert (sheet.level_label, sheet.township, sheet.county) == (
        "村级快递便民服务点", "鹅城镇", "静乐县",
    )  # fmt: skip
    assert (sheet.hours, sheet.hotline, sheet.plate_no) == (
        ("周一至周日 08:00–18:00",), "0350-1234567", 1,
    )  # fmt: skip
    found = read_scan(session, text=sheet.url, ring=RING, county="140926", now=NOW)
    assert found.station.id == cast.c1.id


def test_a_townships_sheets_are_its_own(session: Session, cast: Cast) -> None:
    issue_missing_signs(session, county=cast.county, by=None, now=NOW, seen_by=EVERYBODY)

    sheets = sheets_for(
        session,
        county=cast.county,
        ring=RING,
        base_url=BASE,
        township_code=cast.township.code,
        seen_by=EVERYBODY,
    )

    assert [sheet.number for sheet in sheets] == ["XZ0001", "C0001", "C0002"]


def test_stations_that_cannot_be_printed_yet_are_named(session: Session, cast: Cast) -> None:
    issue_missing_signs(session, county=cast.county, by=None, now=NOW, seen_by=EVERYBODY)
    bare = make_station(session, code=None, name="新村快递便民服务点")

    with pytest.raises(Conflict, match="新村") as refused:
        sheets_for(session, county=cast.county, ring=RING, base_url=BASE, seen_by=EVERYBODY)

    assert refused.value.details["stations"] == ["新村快递便民服务点"]
    assert without_plate(session, county=cast.county, seen_by=EVERYBODY) == [bare]
    issue_missing_codes(session, county=cast.county, by=None, now=NOW, seen_by=EVERYBODY)
    issue_missing_signs(session, county=cast.county, by=None, now=NOW, seen_by=EVERYBODY)
    assert (
        len(sheets_for(session, county=cast.county, ring=RING, base_url=BASE, seen_by=EVERYBODY))
        == 5
    )


def test_nothing_chosen_is_said_so(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound, match="没有选中"):
        sheets_for(
            session,
            county=cast.county,
            ring=RING,
            base_url=BASE,
            station_ids=[cast.foreign.id],
            seen_by=EVERYBODY,
        )
