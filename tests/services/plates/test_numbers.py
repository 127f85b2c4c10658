import threading
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import writing
from server.errors import Conflict
from server.models.history import HistoryLine
from server.models.station import CodeSequence, IssuedCode, Station
from server.policy.standard.facts import Level
from server.services.people.scope import EVERYBODY
from server.services.plates.numbers import (
    gaps,
    issue_code,
    issue_missing_codes,
    normal_code,
    take_codes,
)
from tests.factories import NOW, make_county, make_person, make_station, make_township


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("c7", "C0007"), ("C0007", "C0007"), ("ｃ００１２", "C0012"), ("xz 1", "XZ0001"),
        ("XZ-0012", "XZ0012"), ("C0009.0", None), ("C00-90", None), ("C12345", None), ("C00070", None),
        ("C0000", None), ("D1", None), ("", None),
    ],
)  # fmt: skip
def test_a_typed_number_is_read_generously(typed: str, normal: str | None) -> None:
    assert normal_code(typed) == normal


def test_numbers_run_per_county_and_level(session: Session) -> None:
    jingle, xiping = make_county(session), make_county(session, "411721", "西平县")
    point, other, hub = (
        make_station(session, jingle, None, "甲村快递便民服务点"),
        make_station(session, jingle, None, "乙村快递便民服务点"),
        make_station(session, jingle, None, "丙镇快递综合服务站", level=Level.TOWNSHIP_STATION),
    )
    foreign = make_station(session, xiping, None, "丁村快递便民服务点")

    given = [
        issue_code(session, station=one, by=None, now=NOW) for one in (point, other, hub, foreign)
    ]

    assert given == ["C0001", "C0002", "XZ0001", "C0001"]


def test_a_station_keeps_its_number_when_asked_again(session: Session) -> None:
    county = make_county(session)
    station = make_station(session, county, None)

    first = issue_code(session, station=station, by=None, now=NOW)

    assert issue_code(session, station=station, by=None, now=NOW) == first
    assert len(list(session.scalars(select(IssuedCode)))) == 1


def test_giving_a_number_is_written_down_with_who_did_it(session: Session) -> None:
    county = make_county(session)
    office = make_person(session, county, "县办")
    station = make_station(session, county, None)

    issue_code(session, station=station, by=office, now=NOW)

    line = session.scalars(select(HistoryLine)).one()
    assert (line.person_id, line.station_id, line.changes[0]["new"]) == (
        office.id, station.id, "C0001",
    )  # fmt: skip


def test_fifty_at_once_get_fifty_numbers(engine: Engine) -> None:
    with writing(engine) as session:
        county = make_county(session)
        ids = [make_station(session, county, None, f"第{i}村").id for i in range(50)]
    given: list[str] = []
    failed: list[BaseException] = []
    start = threading.Barrier(50)

    def issue(station_id: int) -> None:
        try:
            start.wait()
            with writing(engine) as session:
                station = session.get_one(Station, station_id)
                given.append(issue_code(session, station=station, by=None, now=NOW))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=issue, args=(station_id,)) for station_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert sorted(given) == [f"C{number:04}" for number in range(1, 51)]


def test_a_number_after_9999_is_refused_with_advice(session: Session) -> None:
    county = make_county(session)
    session.add(CodeSequence(county=county.code, level=Level.VILLAGE_POINT, next_seq=9999))
    session.flush()
    issue_code(session, station=make_station(session, county, None), by=None, now=NOW)

    with pytest.raises(Conflict, match="四位数不够用") as refused:
        issue_code(session, station=make_station(session, county, None), by=None, now=NOW)

    assert refused.value.code == "numbers-used-up"


def test_the_county_hub_has_no_number(session: Session) -> None:
    hub = make_station(
        session, make_county(session), None, "静乐县统仓共配中心", level=Level.COUNTY_HUB
    )

    with pytest.raises(Conflict, match="不编号"):
        issue_code(session, station=hub, by=None, now=NOW)


def test_numbers_the_county_gave_before_are_entered_and_followed(session: Session) -> None:
    county = make_county(session)
    old = make_station(session, county, None, "老村快递便民服务点")
    take_codes(session, county=county.code, codes={"C0004": old}, by=None, now=NOW, note="原有编号")

    new = issue_code(session, station=make_station(session, county, None), by=None, now=NOW)

    assert (old.code, new) == ("C0004", "C0005")
    with pytest.raises(Conflict, match="发放过"):
        take_codes(
            session, county=county.code, codes={"C0004": make_station(session, county, None)},
            by=None, now=NOW, note="",
        )  # fmt: skip


def test_every_gap_is_explained(session: Session) -> None:
    county = make_county(session)
    take_codes(
        session,
        county=county.code,
        codes={"C0003": make_station(session, county, None)},
        by=None,
        now=NOW,
        note="",
    )
    closed = make_station(session, county, None, "丙村快递便民服务点")
    issue_code(session, station=closed, by=None, now=NOW)
    closed.closed_on = date(2023, 6, 1)
    session.flush()

    found = gaps(session, county=county.code, level=Level.VILLAGE_POINT)

    assert [gap.code for gap in found] == ["C0001", "C0002", "C0004"]
    assert "从未发放" in found[0].why
    assert found[2].why == "丙村快递便民服务点已于2023年6月1日停业，编号不给别的站用"


def test_missing_numbers_follow_the_order_of_places(session: Session) -> None:
    county = make_county(session)
    later = make_township(session, county, "140926101", "杜家村镇")
    sooner = make_township(session, county)
    b = make_station(session, county, None, "乙村", township_code=later.code)
    a = make_station(session, county, None, "甲村", township_code=sooner.code)
    make_station(
        session, county, None, "丙村", township_code=later.code, closed_on=date(2023, 6, 1)
    )

    numbered = issue_missing_codes(session, county=county, by=None, now=NOW, seen_by=EVERYBODY)

    assert [(one.name, one.code) for one in numbered] == [(a.name, "C0001"), (b.name, "C0002")]


def test_a_number_that_came_another_way_is_stepped_over(session: Session) -> None:
    county = make_county(session)
    make_station(session, county, "C0001")

    code = issue_code(session, station=make_station(session, county, None), by=None, now=NOW)

    assert code == "C0002"
