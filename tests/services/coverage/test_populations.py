from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.county import Division
from server.models.coverage import PopulationBasis, VillagePopulation
from server.models.history import HistoryLine
from server.services.coverage.populations import (
    newest_populations,
    populations_of,
    read_people,
    record_population,
    village_of,
    withdraw_population,
)
from server.services.people.scope import EVERYBODY
from tests.factories import NOW, Cast

VILLAGE = "140926100205"
CENSUS, LATER = date(2020, 11, 1), date(2023, 6, 30)
REGISTERED, RESIDENT = PopulationBasis.REGISTERED, PopulationBasis.RESIDENT


def record(
    session: Session,
    cast: Cast,
    people: int,
    on: date = CENSUS,
    basis: PopulationBasis = RESIDENT,
    seen: int | None = None,
) -> VillagePopulation:
    return record_population(
        session, village=session.get_one(Division, VILLAGE), basis=basis, people=people,
        counted_on=on, source="普查", by=cast.office, now=NOW, seen=seen,
    )  # fmt: skip


def held(session: Session, on: date | None = None) -> dict[PopulationBasis, int]:
    found = newest_populations(session, county="140926", on=on).get(VILLAGE, {})
    return {basis: row.people for basis, row in found.items()}


def test_the_newest_day_holds_for_each_basis_and_nothing_is_overwritten(
    session: Session, cast: Cast
) -> None:
    assert held(session) == {}  # unknown is not 0
    record(session, cast, 2310, LATER)
    record(session, cast, 2600)  # an older day, entered later
    record(session, cast, 3100, basis=REGISTERED)

    assert held(session) == {RESIDENT: 2310, REGISTERED: 3100}
    assert held(session, date(2022, 1, 1)) == {RESIDENT: 2600, REGISTERED: 3100}
    assert held(session, date(2019, 1, 1)) == {}
    views = populations_of(session, village_code=VILLAGE, seen_by=EVERYBODY)
    assert [(one.row.people, one.holds) for one in views] == [
        (2310, True),
        (3100, True),
        (2600, False),
    ]
    told = session.scalars(select(HistoryLine.summary)).all()
    assert "马家沟村常住人口：2310人（2023年6月30日，普查）" in told


def test_of_one_day_the_later_word_holds_until_it_is_taken_back(
    session: Session, cast: Cast
) -> None:
    record(session, cast, 26000)
    wrong = record(session, cast, 2600)
    assert held(session) == {RESIDENT: 2600}

    withdraw_population(session, row=wrong, by=cast.office, now=NOW, reason="抄错了")
    assert held(session) == {RESIDENT: 26000}
    with pytest.raises(Conflict) as again:
        withdraw_population(session, row=wrong, by=cast.office, now=NOW, reason="抄错了")
    assert again.value.code == "population-withdrawn"


def test_two_people_at_one_village_the_second_is_told(session: Session, cast: Cast) -> None:
    record(session, cast, 2600, seen=0)
    with pytest.raises(Conflict) as refused:
        record(session, cast, 2500, seen=0)
    assert refused.value.code == "population-changed-meanwhile"
    with pytest.raises(Conflict) as double:
        record(session, cast, 2600)
    assert double.value.code == "population-same"


@pytest.mark.parametrize(
    ("typed", "people"),
    [("2500", 2500), ("２，５００", 2500), (" 2500 人", 2500), ("0", 0)],
)
def test_numbers_are_read_as_people_write_them(typed: str, people: int) -> None:
    assert read_people(typed) == people


@pytest.mark.parametrize("typed", ["", "约2500", "2.5千", "-3", "2500.5", "9" * 9, "25,00"])
def test_what_is_no_number_of_people_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_people(typed)


def test_a_day_to_come_and_a_figure_from_nowhere_are_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid, match="还没有到"):
        record(session, cast, 2600, date(2023, 7, 6))
    with pytest.raises(Invalid, match="从哪里来"):
        record_population(
            session, village=session.get_one(Division, VILLAGE), basis=RESIDENT, people=1,
            counted_on=CENSUS, source="  ", by=cast.office, now=NOW,
        )  # fmt: skip


def test_another_townships_village_looks_as_if_it_were_not_there(
    session: Session, cast: Cast
) -> None:
    assert village_of(session, code="140926101201", seen_by=cast.officer).short_name == "舍科村"
    for code in (VILLAGE, "411721101201", "140926100", "没有"):
        with pytest.raises(NotFound):
            village_of(session, code=code, seen_by=cast.officer)
