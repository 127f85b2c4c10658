"""今天要办: every queue counts what somebody may see, once, with one query, and since when."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from desk.frame.queues import LINKS
from server.models.person import Person, Role
from server.policy.standard.standards import STANDARDS_FOLDER
from server.policy.standard.working_days import working_days_in
from server.services.common.queues import Asked, QueueLine
from server.services.days.reconciliation_lists import recent_waiting
from server.services.office.queues import QUEUES, queues_of
from server.services.people.scope import AT_DESK
from server.services.registry.filing_lists import Narrow, filing_rows, narrowed
from server.services.registry.stations import edit_station
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_person
from tests.queries import queries
from tests.services.days.of_june import JUNE, approve, counted, send
from tests.services.days.scanned import scanned
from tests.services.world import World, make_world

DAYS = working_days_in(STANDARDS_FOLDER)


@pytest.fixture
def world(session: Session, cast: Cast, standards: Any) -> World:
    return make_world(session, cast, standards)


def lines(session: Session, who: Person, days: int = 0) -> dict[str, QueueLine]:
    asked = Asked(who, NOW + timedelta(days=days), DAYS)
    return {one.queue.key: one.line for one in queues_of(session, asked)}


def test_every_queue_leads_somewhere_and_has_its_own_key() -> None:
    assert [one.key for one in QUEUES] == list(LINKS)
    assert len(LINKS) == len(QUEUES)


@ON_SQLITE
def test_no_page_builds_a_count_that_an_earlier_page_has_built(
    session: Session, world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lines(session, cast.office)
    built: list[str] = []

    def noting(name: str) -> Any:
        real = getattr(sa.Select, name)

        def noted(self: Any, *given: Any, **how: Any) -> Any:
            built.append(f"{name}: {self}")
            return real(self, *given, **how)

        return noted

    for name in ("with_only_columns", "distinct"):
        monkeypatch.setattr(sa.Select, name, noting(name))

    assert lines(session, cast.office) == first
    assert built == []


def test_the_office_sees_what_waits_and_since_when(
    session: Session, world: World, cast: Cast
) -> None:
    scanned(session, cast.c1, {3: (99, 0), 5: (1, 0), 6: (0, 0)})
    before = lines(session, cast.office)
    late = lines(session, cast.office, days=40)

    assert before["disagreements"] == QueueLine(1, TODAY)
    assert before["letters"].number == before["doubles"].number == before["differing"].number == 1
    assert before["photos"].number == before["signals"].number == 1
    assert before["mends-late"].number == 0
    assert before["reconciliation"] == QueueLine(2, date(2023, 6, 3))
    waiting = recent_waiting(session, county="140926", today=TODAY, seen_by=cast.office)
    assert [row.day.day_on.day for row in waiting] == [3, 5]
    scanned(session, cast.c1, {3: (15, 3)})
    assert lines(session, cast.office)["reconciliation"] == QueueLine(1, date(2023, 6, 5))
    assert late["mends-late"] == QueueLine(1, TODAY)
    assert late["months"] == QueueLine(1, date(2023, 8, 1))  # June is approved, July is not


@ON_SQLITE
def test_each_month_is_held_as_near_as_it_was_approved(session: Session, cast: Cast) -> None:
    options = cast.county.options
    cast.county.options = {**options, "tolerance_parcels": 1}
    for month_on in (JUNE, TODAY.replace(day=1)):
        for day in (3, 4):
            send(session, cast.li, counted(cast.c1, day=day, month_on=month_on))  # 收12寄3
        scanned(session, cast.c1, {3: (13, 3), 4: (14, 3)}, month_on=month_on)
    approve(session, cast)
    cast.county.options = {**options, "tolerance_parcels": 0}
    session.flush()

    waiting = recent_waiting(session, county="140926", today=TODAY, seen_by=cast.office)

    # June keeps the parcel that it was approved with, July goes by what the county chose since.
    assert [str(row.day.day_on) for row in waiting] == ["2023-07-03", "2023-07-04", "2023-06-04"]
    assert lines(session, cast.office)["reconciliation"] == QueueLine(3, date(2023, 6, 4))


def test_a_township_officer_sees_the_own_township_in_every_queue(
    session: Session, world: World, cast: Cast
) -> None:
    own = make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )

    seen, elsewhere = lines(session, own, days=40), lines(session, cast.officer, days=40)
    whole = lines(session, cast.office, days=40)

    assert {key: one.number for key, one in seen.items() if key in whole} == {
        key: whole[key].number
        - (elsewhere[key].number if key in ("unbound", "without-keeper") else 0)
        for key in seen
        if key in whole
    }
    for key in ("mends-late", "photos", "signals"):
        assert (seen[key].number, elsewhere[key].number) == (1, 0)
    assert "disagreements" not in seen


def test_an_operator_is_told_of_late_mending_and_another_county_of_nothing(
    session: Session, world: World, cast: Cast
) -> None:
    clerk = make_person(session, role=Role.OPERATOR, operator_id=cast.c1.operator_id)

    theirs = lines(session, cast.outsider, days=40)

    own = ("acceptances", "without-keeper")  # that county's only station
    assert {one.number for key, one in theirs.items() if key not in own} == {0}
    told = lines(session, clerk, days=40)
    assert told["mends-late"] == QueueLine(1, TODAY)
    assert {key for key, one in told.items() if one.number} == {"mends-late"}


def test_counting_every_queue_takes_at_most_two_queries_each(
    session: Session, world: World, cast: Cast
) -> None:
    with queries(session) as seen:
        found = queues_of(session, Asked(cast.office, NOW))

    assert len(found) == sum(Role.COUNTY_OFFICE in one.who for one in QUEUES)
    assert len(seen) <= len(QUEUES) + 7  # months ask three times, 对账 four


@ON_SQLITE
def test_filings_wait_by_their_days_and_lead_to_a_list_of_as_many(
    session: Session, cast: Cast
) -> None:
    c1, c2, c3 = cast.c1, cast.c2, cast.c3
    for one, ago in ((c1, 17), (c2, 40), (c3, 40)):
        one.opened_on, one.filed_on = TODAY - timedelta(ago), None
    c3.coop_modes = ["postal_coop"]  # nobody has decided: late for nobody
    session.flush()
    edit_station(
        session, station=cast.xz1, changes={"head_name": "新站长"}, by=cast.office, now=NOW,
        reason="核实", standards=(),
    )  # fmt: skip
    clerk = make_person(session, role=Role.OPERATOR, operator_id=c1.operator_id)

    told, theirs = lines(session, cast.office), lines(session, clerk)

    assert told["filings-late"] == QueueLine(1, TODAY - timedelta(20))
    assert told["filings-soon"] == QueueLine(1, TODAY + timedelta(3))
    assert told["filings-pending"] == QueueLine(1, TODAY)
    assert told["filings-asked"].number == 0
    assert theirs["filings-late"].number == theirs["filings-soon"].number == 1
    assert "filings-pending" not in theirs
    rows = filing_rows(
        session, county=cast.county, on=TODAY, calendar=DAYS,
        seen_by=clerk,
    )  # fmt: skip
    for need in ("overdue", "soon"):
        assert len(narrowed(rows, Narrow(state=need), soon_days=5)) == 1


def test_a_statement_that_was_built_once_counts_what_one_built_for_the_person_does(
    session: Session, world: World, cast: Cast
) -> None:
    """Whoever asked first must leave nothing of theirs in the statement that others are shown."""
    for role, of in (
        (Role.OPERATOR, {"operator_id": cast.c1.operator_id}),
        (Role.OPERATOR, {}),
        (Role.TOWNSHIP_OFFICER, {}),
        (Role.BUREAU, {}),
    ):
        make_person(session, role=role, **of)
    people = [one for one in session.scalars(sa.select(Person)).all() if one.role in AT_DESK]
    assert len({(one.role, one.county, one.township_code) for one in people}) >= 6
    compared = set()

    for ago in (0, 1):  # the first time builds, the second takes what was built
        for who in people:
            asked = Asked(who, NOW + timedelta(days=400 * ago))
            for queue in QUEUES:
                anew = getattr(queue.count, "__wrapped__", None)
                if anew is not None and who.role in queue.who:
                    line = queue.count(session, asked)
                    assert line == anew(session, asked), (queue.key, who.name)
                    compared.add((queue.key, line.number > 0))

    assert len({key for key, _ in compared}) >= 25
    assert sum(some for _, some in compared) >= 8
