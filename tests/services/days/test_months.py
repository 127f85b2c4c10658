"""A month of counts: added up, approved once, and then only corrected for everybody to see."""

import random
import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import next_month
from server.db import writing
from server.errors import Conflict, Invalid
from server.models.history import HistoryLine
from server.models.month import MonthApproval
from server.models.person import Person
from server.models.phone_event import ParcelCount, PhoneEvent
from server.policy.hours import Holidays, parse_hours
from server.policy.standard.working_days import working_days_in
from server.services.common.phone_items import CountEntry
from server.services.days.corrections import corrections
from server.services.days.counts import correct_count, versions_of
from server.services.days.months import (
    approval_of,
    frozen_month,
    month_figures,
    months_of,
)
from server.services.people.scope import EVERYBODY
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.queries import plan_of
from tests.services.days.of_june import JUNE, approve, counted, june, send


def test_a_month_adds_up_by_station_and_township(session: Session, cast: Cast) -> None:
    cast.c2.opened_on = date(2023, 6, 21)
    cast.c2.hours = [[[1, 2, 3, 4, 5], "08:00", "18:00"]]
    cast.c3.closed_on = date(2023, 5, 31)
    send(session, cast.li, counted(cast.c1, day=3, received=12))
    send(session, cast.li, counted(cast.c1, day=3, received=15))  # a newer version of the day
    send(session, cast.li, counted(cast.c1, day=4, received=5))

    month = june(session)

    by_code = {one.code: one for one in month.stations}
    assert set(by_code) == {"C0001", "C0002", "XZ0001"}  # 舍科 was closed before June
    c1 = by_code["C0001"]
    assert (c1.received, c1.sent, c1.agri_sent) == (20, 6, 2)
    assert (c1.due, c1.counted, c1.without) == (30, 2, 28)
    assert by_code["C0002"].due == 8  # the working days from the 21st
    [echeng] = month.townships
    assert (echeng.name, echeng.stations, echeng.received) == ("鹅城镇", 3, 20)
    assert month.total.without == 28 + 8 + 30


def test_a_month_is_the_same_as_adding_its_newest_counts_up_one_by_one(
    session: Session, cast: Cast
) -> None:
    rng = random.Random(3)
    newest: dict[tuple[int, int], int] = {}
    for _ in range(40):  # first and last day among them, many of them corrected, some twice
        station, day = rng.choice([cast.c1, cast.c2]), rng.choice([1, 2, 15, 29, 30])
        newest[station.id, day] = rng.randrange(60)
        entry = CountEntry(JUNE.replace(day=day), newest[station.id, day], sent=1, reason="核对")
        correct_count(session, station=station, entry=entry, by=cast.office, now=NOW)

    found = {one.station_id: one for one in june(session).stations}

    for station in (cast.c1, cast.c2):
        days = {day: number for (at, day), number in newest.items() if at == station.id}
        one = found[station.id]
        assert (one.counted, one.received) == (len(days), sum(days.values()))
        assert (one.sent, one.without) == (len(days), one.due - len(days))
    assert found[cast.c1.id].due == 30


def test_only_days_that_are_surely_open_are_due(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours("逢三、六、九 8:00-16:00")
    cast.c2.hours = parse_hours("8:00-18:00，周日休息，节假日休息")
    cast.c2.opened_on = None
    session.flush()

    def due(**known: Holidays) -> tuple[int, int]:
        month = month_figures(session, county="140926", month_on=JUNE, today=TODAY, **known)
        by_code = {one.code: one.due for one in month.stations}
        return by_code["C0001"], by_code["C0002"]

    # Nobody foretells a market day; 端午节 falls on any day from late May to the 29th of June.
    assert due() == (0, 1)
    notices = working_days_in(ROOT / "standards")
    assert due(holidays=notices.holiday) == (0, 30 - 4 - 3)  # Sundays, and the 22nd to 24th


def test_a_running_month_expects_no_days_that_have_not_come(session: Session, cast: Cast) -> None:
    july = month_figures(session, county="140926", month_on=date(2023, 7, 1), today=TODAY)

    assert {one.due for one in july.stations} == {5}
    assert cast.foreign.id not in {one.station_id for one in july.stations}


def test_months_go_back_to_the_first_count(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1))
    approval = approve(session, cast)

    found = months_of(session, county="140926", today=TODAY)

    assert [(month, one and one.id) for month, one in found] == [
        (date(2023, 7, 1), None),
        (JUNE, approval.id),
    ]
    assert months_of(session, county="411721", today=TODAY) == [(date(2023, 7, 1), None)]


def test_approved_figures_stay_as_they_were(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1, received=12))
    approval = approve(session, cast)

    late = send(session, cast.li, counted(cast.c1, received=20, reason="漏点了一车"))

    assert late.result == "ok"
    assert frozen_month(approval).total.received == 12
    assert frozen_month(approval).sha256 == approval.figures_sha256
    assert june(session).total.received == 20
    [line] = session.scalars(select(HistoryLine).where(HistoryLine.action == "month-approved"))
    assert "收 12 件" in line.summary


def test_an_approved_month_takes_no_count_without_a_reason(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1))
    approve(session, cast)

    refused = send(session, cast.li, counted(cast.c1, day=9, reason="  "))

    assert (refused.result, refused.code) == ("conflict", "month-approved")
    assert refused.fields == ("payload.reason",)
    assert "写上为什么" in (refused.message or "")
    assert session.scalar(select(func.count()).select_from(PhoneEvent)) == 1


def test_what_came_before_the_approval_is_the_same_afterwards(session: Session, cast: Cast) -> None:
    item = counted(cast.c1)
    send(session, cast.li, item)
    approve(session, cast)

    assert send(session, cast.li, item).result == "same"


def test_another_countys_approval_closes_nothing_here(session: Session, cast: Cast) -> None:
    approve(session, cast)
    session.get_one(MonthApproval, 1).county = cast.other_county.code

    assert send(session, cast.li, counted(cast.c1)).result == "ok"


def test_corrections_stand_beside_what_was_approved(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1, day=3, received=12))
    approval = approve(session, cast)
    later = NOW + timedelta(hours=1)
    send(session, cast.li, counted(cast.c1, 3, 20, "漏点了一车", later), later)
    send(session, cast.li, counted(cast.c1, 9, 7, "那天没网", later), later)
    # Entered before the approved one, so it does not hold; it is shown all the same.
    send(session, cast.li, counted(cast.c1, 3, 11, "旧手机里的", NOW - timedelta(days=1)), later)

    found = corrections(session, approval=approval, seen_by=EVERYBODY)

    told = {
        (one.count.day_on.day, one.count.received): (
            one.before and one.before.received,
            one.count.reason,
            one.holds,
        )
        for one in found
    }
    assert told == {
        (3, 20): (12, "漏点了一车", True),
        (9, 7): (None, "那天没网", True),
        (3, 11): (12, "旧手机里的", False),
    }
    assert {one.who for one in found} == {"老李"}


def test_the_office_corrects_a_day_with_its_reason(session: Session, cast: Cast) -> None:
    send(session, cast.li, counted(cast.c1, received=12))
    approval = approve(session, cast)
    entry = CountEntry(JUNE.replace(day=3), received=21, sent=3, reason="按企业系统的数改")

    kept = correct_count(
        session, station=cast.c1, entry=entry, by=cast.office, now=NOW + timedelta(minutes=5)
    )

    versions = versions_of(session, station=cast.c1, day_on=entry.day_on)
    assert [(one.count.version, one.count.received, one.who) for one in versions] == [
        (2, 21, "县办"),
        (1, 12, "老李"),
    ]
    assert [one.count.id for one in corrections(session, approval=approval, seen_by=EVERYBODY)] == [
        kept.id
    ]
    [line] = session.scalars(select(HistoryLine).where(HistoryLine.action == "count-corrected"))
    assert (line.reason, line.changes[0]["old"], line.changes[0]["new"]) == (
        "按企业系统的数改",
        "12",
        "21",
    )


def test_the_office_too_needs_a_reason(session: Session, cast: Cast) -> None:
    entry = CountEntry(JUNE, received=21, sent=3)

    with pytest.raises(Invalid, match="为什么改") as refused:
        correct_count(session, station=cast.c1, entry=entry, by=cast.office, now=NOW)

    assert refused.value.code == "correction-unexplained"
    with pytest.raises(Invalid, match="不能是负数"):
        correct_count(
            session,
            station=cast.c1,
            entry=replace(entry, received=-1, reason="x"),
            by=cast.office,
            now=NOW,
        )
    assert session.scalar(select(func.count()).select_from(PhoneEvent)) == 0


def test_a_month_that_is_not_over_cannot_be_approved(session: Session, cast: Cast) -> None:
    # 15:59 UTC on the last of June is 23:59 in Beijing.
    with pytest.raises(Invalid, match="没有过完") as refused:
        approve(session, cast, now=datetime.fromisoformat("2023-06-30T15:59:00+00:00"))

    assert refused.value.code == "month-not-over"
    assert approve(session, cast, now=datetime.fromisoformat("2023-06-30T16:00:00+00:00"))


def test_a_month_is_approved_once(session: Session, cast: Cast) -> None:
    approve(session, cast)

    with pytest.raises(Conflict, match="已经核准") as refused:
        approve(session, cast)

    assert refused.value.code == "month-approved-already"


def test_nobody_approves_figures_that_changed_meanwhile(session: Session, cast: Cast) -> None:
    seen = june(session).sha256
    send(session, cast.li, counted(cast.c1))

    with pytest.raises(Conflict, match="合计变了") as refused:
        approve(session, cast, seen=seen)

    assert refused.value.code == "month-changed-meanwhile"
    assert approval_of(session, county="140926", month_on=JUNE) is None


def test_counts_that_race_an_approval_are_in_it_or_refused(engine: Engine, cast: Cast) -> None:
    with Session(engine) as session:
        seen = june(session).sha256
    ready, results = threading.Barrier(9), []

    def count_it(day: int) -> None:
        ready.wait()
        with writing(engine) as session:
            li = session.get_one(Person, cast.li.id)
            results.append(send(session, li, counted(cast.c1, day=day)).result)

    def close_it() -> None:
        ready.wait()
        with writing(engine) as session:
            try:
                approve(session, cast, seen=seen)
                results.append("approved")
            except Conflict as problem:
                results.append(problem.code)

    threads = [threading.Thread(target=count_it, args=(day,)) for day in range(1, 9)]
    threads.append(threading.Thread(target=close_it))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with Session(engine) as session:
        kept = session.scalar(select(func.count()).select_from(ParcelCount))
        approval = approval_of(session, county="140926", month_on=JUNE)
    assert len(results) == 9
    assert results.count("ok") == kept
    # Whoever came first, no count without a reason stands outside figures that were approved.
    assert ("approved" in results) == (kept == 0) == (approval is not None)


def test_the_month_after_december_is_january() -> None:
    assert next_month(date(2023, 12, 1)) == date(2024, 1, 1)
    assert next_month(date(2023, 1, 1)) == date(2023, 2, 1)


@ON_SQLITE
def test_a_month_is_added_up_from_indexes_that_hold_only_its_days(
    session: Session, cast: Cast
) -> None:
    plan = plan_of(session, lambda: june(session))

    assert "USING COVERING INDEX ix_parcel_counts_days (county=? AND day_on>? AND day_on<?)" in plan
    assert "SEARCH phone_events USING INDEX ix_phone_events_openings" in plan
    assert "SCAN phone_events" not in plan


def test_a_correction_stands_above_what_it_corrects_though_the_clock_was_set_back(
    session: Session, cast: Cast
) -> None:
    first = counted(cast.c1, received=12)
    send(session, cast.li, first)
    entry = CountEntry(JUNE.replace(day=3), 21, sent=3, reason="少按了一下", corrects=first.id)
    back = replace(counted(cast.c1, at=NOW - timedelta(days=2)), entry=entry)

    send(session, cast.li, back, NOW + timedelta(hours=1))

    day_on = JUNE.replace(day=3)
    assert [one.count.received for one in versions_of(session, station=cast.c1, day_on=day_on)] == [
        21,
        12,
    ]
