"""The one list: whole, seen as far as somebody may, narrowed, counted; queues lead to its parts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.frame.queues import LINKS
from server.models.matter import MatterSource
from server.models.person import Person, Role
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.services.common.queues import Asked
from server.services.matters.closing import check, close
from server.services.matters.handling import answer, ask_for_time
from server.services.matters.lists import (
    CHOICES,
    MatterLine,
    Wanted,
    matter_lines,
    matter_tally,
    sources_tallied,
)
from server.services.matters.on_time import on_time_by_township
from server.services.matters.timers import escalate
from server.services.mending.lists import rectification_tally
from server.services.office.queues import queues_of
from server.services.people.scope import EVERYBODY
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_person
from tests.queries import queries
from tests.services.matters.brought import IN_TEN_DAYS, answered, brought, referred
from tests.services.world import make_world

COUNTY = {"county": "140926", "on": TODAY}


@pytest.fixture
def own(session: Session, cast: Cast) -> Person:
    return make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )


def lines(session: Session, who: Any = EVERYBODY, **wanted: Any) -> list[MatterLine]:
    return matter_lines(session, **COUNTY, seen_by=who, wanted=Wanted(**wanted))


def test_rounds_rectifications_stand_in_the_list_and_the_counts_agree(
    session: Session, cast: Cast, standards: Any
) -> None:
    make_world(session, cast, standards)  # with one 整改 and one problem from the hotline
    mends = rectification_tally(session, **COUNTY, seen_by=cast.office)

    tally = matter_tally(session, **COUNTY, seen_by=cast.office, wanted=Wanted(source="round"))
    [mend] = lines(session, cast.office, source="round")
    every = lines(session, cast.office)

    assert (tally["all"], tally[""], tally["overdue"]) == (
        mends.total, mends.still_open, mends.overdue
    )  # fmt: skip
    assert (mend.is_round, mend.station, mend.due_on) == (
        True, "C0001 马家沟村快递便民服务点", TODAY
    )  # fmt: skip
    assert {one.source for one in every} == {MatterSource.ROUND, MatterSource.HOTLINE}
    sources = sources_tallied(session, county="140926", seen_by=cast.office)
    assert (sources[MatterSource.ROUND], sources[MatterSource.HOTLINE]) == (1, 1)
    with queries(session) as asked:
        lines(session, cast.office)
        matter_tally(session, **COUNTY, seen_by=cast.office, wanted=Wanted())
    assert len(asked) == 2


@pytest.fixture
def many(session: Session, cast: Cast, own: Person) -> dict[str, int]:
    """One of every stage, by what it is here for."""
    here = f"township:{cast.township.code}"
    late = referred(session, cast, words="逾期", due_on=TODAY, heard_on=TODAY - timedelta(days=1))
    late.due_on = TODAY - timedelta(days=1)
    wanting = referred(session, cast, words="延期")
    ask_for_time(
        session, matter=wanting, until=IN_TEN_DAYS + timedelta(days=9), note="大雪", by=own, now=NOW
    )
    checked, closed = (answered(session, cast, own, words=words) for words in ("核了", "结了"))
    for one in (checked, closed):
        check(session, matter=one, good=True, note="看过", by=cast.office, now=NOW)
    close(session, matter=closed, outcome="solved", note="", by=cast.office, now=NOW)
    made = {
        "new": brought(session, cast, words="新来的", station=None),
        "late": late,
        "wanting": wanting,
        "firm": referred(session, cast, f"operator:{cast.c1.operator_id}", words="企业办"),
        "elsewhere": referred(
            session, cast, f"township:{cast.other_township.code}", words="杜家村", station=None
        ),
        "told": answered(session, cast, own, words="答了", to=here),
        "checked": checked,
        "closed": closed,
    }
    session.flush()
    return {name: one.id for name, one in made.items()}


def names(many: dict[str, int], found: list[MatterLine]) -> set[str]:
    return {name for name, key in many.items() if key in {one.id for one in found}}


def test_every_choice_shows_what_it_counts_to_each_who_looks(
    session: Session, cast: Cast, own: Person, many: dict[str, int]
) -> None:
    clerk = make_person(session, role=Role.OPERATOR, operator_id=cast.c1.operator_id)
    for who in (cast.office, own, cast.officer, clerk, cast.outsider):
        tally = matter_tally(session, **COUNTY, seen_by=who, wanted=Wanted())
        shown = {one: len(lines(session, who, choice=one)) for one in CHOICES}
        assert shown == tally

    def seen(who: Person, choice: str = "all") -> set[str]:
        return names(many, lines(session, who, choice=choice))

    assert seen(cast.office) == set(many)
    assert seen(own) == set(many) - {"new", "elsewhere"}
    assert seen(cast.officer) == seen(cast.officer, "mine") == {"elsewhere"}
    assert seen(clerk) == seen(clerk, "mine") == {"firm"}
    assert seen(cast.outsider) == set()
    assert seen(own, "mine") == {"late", "wanting"}
    assert seen(cast.office, "overdue") == seen(cast.office, "late") == {"late"}
    assert seen(cast.office, "extension") == {"wanting"}
    assert (seen(cast.office, "to_check"), seen(own, "to_check")) == ({"told"}, set())
    assert lines(session, cast.office, choice="")[0].id == many["late"]  # what is due first


def test_each_queue_counts_exactly_what_its_link_shows(
    session: Session, cast: Cast, own: Person, many: dict[str, int]
) -> None:
    clerk = make_person(session, role=Role.OPERATOR, operator_id=cast.c1.operator_id)
    told = 0
    for who in (cast.office, own, cast.officer, clerk):
        tally = matter_tally(session, **COUNTY, seen_by=who, wanted=Wanted())
        for one in queues_of(session, Asked(who, NOW)):
            if one.queue.key.startswith("matters-"):
                assert one.line.number == tally[LINKS[one.queue.key][1]["state"]], one.queue.key
                told += one.line.number > 0
    assert told == 8


@ON_SQLITE
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"q": "问2023-1"}, {"late"}),
        ({"q": "企业办"}, {"firm"}),
        ({"q": "100%"}, set()),
        ({"q": "C0001", "choice": "registered"}, set()),
        ({"source": "superior"}, set()),
        ({"unit": "operator:1"}, {"firm"}),
        (
            {"unit": "operator:²"},
            {"new", "late", "wanting", "firm", "elsewhere", "told", "checked"},
        ),
        ({"township": "140926101"}, {"elsewhere"}),  # it happened nowhere, and is theirs to do
        ({"choice": "closed"}, {"closed"}),
    ],
)
def test_filters_narrow_the_list(
    session: Session, many: dict[str, int], wanted: dict[str, str], found: set[str]
) -> None:
    assert names(many, lines(session, **wanted)) == found


def test_the_night_reminds_then_shows_yellow_then_red_each_once_a_stage(
    session: Session, cast: Cast, own: Person
) -> None:
    matter = referred(session, cast)

    def night(days: int) -> list[tuple[str, str]]:
        at = NOW + timedelta(days=days)
        return [
            (one.deed.value, one.handed_to) for one in escalate(session, county=cast.county, now=at)
        ]

    assert night(8) == []
    assert (night(9), night(9), night(10)) == ([("reminded", "")], [], [])
    assert (night(11), night(12)) == ([("yellow", "")], [])
    assert (night(13), night(40)) == ([("red", "专班负责人")], [])
    answer(session, matter=matter, note="办好了", by=own, now=NOW + timedelta(days=41))
    assert matter.escalation == 0
    assert night(60) == [("red", "专班负责人")]  # nobody has looked; the highest at once


def test_in_time_is_never_more_than_what_was_due_and_open_ones_wait_for_their_day(
    session: Session, cast: Cast, own: Person, standards: Any
) -> None:
    make_world(session, cast, standards)  # one 整改 of 鹅城镇, due today
    in_time, too_late = (answered(session, cast, own, words=words) for words in ("早", "晚"))
    too_late.answered_on = IN_TEN_DAYS + timedelta(days=1)
    referred(session, cast, words="还在办")
    for one in (in_time, too_late):
        check(session, matter=one, good=True, note="看过", by=cast.office, now=NOW)
        close(
            session, matter=one, outcome="solved", note="", by=cast.office,
            now=NOW + timedelta(days=60),
        )  # fmt: skip

    def told(days: int) -> Any:
        return on_time_by_township(
            session, county="140926", since=TODAY, until=IN_TEN_DAYS,
            on=TODAY + timedelta(days=days), seen_by=EVERYBODY,
        )[cast.township.code]  # fmt: skip

    before, after = told(0), told(11)
    mend = session.scalars(select(Rectification)).one()
    mend.state, mend.closed_at = RectificationState.ACCEPTED, NOW
    session.flush()
    mended = told(11)

    assert before.in_time == {("matter", in_time.id)}
    assert before.due == {("matter", in_time.id), ("matter", too_late.id)}
    assert (len(after.due), len(after.in_time)) == (4, 1)
    assert (len(mended.due), mended.share) == (4, 0.5)
    assert mended.in_time <= mended.due


def test_what_was_answered_in_time_and_waits_for_a_look_is_not_yet_told_of_a_township(
    session: Session, cast: Cast, own: Person, standards: Any
) -> None:
    make_world(session, cast, standards)  # one 整改 of 鹅城镇, due today
    waiting, late = (answered(session, cast, own, words=words) for words in ("等核查", "答得晚"))
    late.answered_on = IN_TEN_DAYS + timedelta(days=1)
    mend = session.scalars(select(Rectification)).one()
    mend.state = RectificationState.ANSWERED
    session.add(RectificationStep(rectification_id=mend.id, action="answered", at=NOW))
    session.flush()

    told = on_time_by_township(
        session, county="140926", since=TODAY, until=IN_TEN_DAYS,
        on=IN_TEN_DAYS + timedelta(days=9), seen_by=EVERYBODY,
    )  # fmt: skip

    assert told[cast.township.code].due == {("matter", late.id)}
    assert told[cast.township.code].in_time == frozenset()
    check(session, matter=waiting, good=True, note="看过", by=cast.office, now=NOW)
    close(session, matter=waiting, outcome="solved", note="", by=cast.office, now=NOW)
