"""A closing that the register never heard of, or that a law had deleted, is told afterwards."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.errors import Conflict, Problem
from server.models.history import HistoryLine
from server.policy.hours import parse_hours
from server.services.audit.marking import erase
from server.services.audit.verifying import verify
from server.services.common.seals import seal
from server.services.days.months import month_figures
from server.services.days.register_mistakes import Because, add_closing, correct_closing
from server.services.days.register_past import past_of
from server.services.registry.actions import RegistryAction
from server.services.registry.stations import close_station, edit_station, reopen_station
from tests.factories import NOW, TODAY, Cast
from tests.services.days.of_june import JUNE, counted, june, send

JULY = date(2023, 7, 1)
DAILY, SUNDAYS = "周一至周日 08:00-18:00", "周日 08:00-18:00"
BECAUSE = Because("录入时选错了站", "7月5日电话问过站长")


def noon(month: int, day: int) -> datetime:
    return datetime(2023, month, day, 12, tzinfo=BEIJING)


def changed(session: Session, cast: Cast, hours: str, at: datetime) -> None:
    edit_station(
        session, station=cast.c1, changes={"hours": hours}, by=cast.office, now=at,
        reason="现场核实", standards=(),
    )  # fmt: skip


def true_times(
    session: Session, cast: Cast, which: str, closed: date | None = None,
    back: date | None = None, **more: Any,
) -> None:  # fmt: skip
    correct_closing(
        session, station=cast.c1, which=which, closed_on=closed, back_on=back, because=BECAUSE,
        by=cast.office, now=NOW, **more,
    )  # fmt: skip


def due(session: Session, month_on: date = JUNE) -> int:
    month = month_figures(session, county="140926", month_on=month_on, today=TODAY)
    return {one.code: one.due for one in month.stations}.get("C0001", 0)


def asked_of(deed: Callable[..., None], *args: Any, **more: Any) -> str:
    with pytest.raises(Conflict) as asked:
        deed(*args, **more, sure="")
    assert asked.value.code == "correction-asked"
    return str(asked.value.details["asked"])


def closed(session: Session, cast: Cast, on: date) -> None:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=BEIJING)
    close_station(session, station=cast.c1, by=cast.office, now=at, on=on, reason="停业")


def add(session: Session, cast: Cast, closed: date | None, back: date | None, **more: Any) -> None:
    add_closing(
        session, station=cast.c1, closed_on=closed, back_on=back, because=BECAUSE, by=cast.office,
        now=NOW, **({"whole": False} | more),
    )  # fmt: skip


def test_a_closing_whose_lines_were_blanked_is_told(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(DAILY)
    closed(session, cast, date(2023, 6, 10))
    reopen_station(session, station=cast.c1, by=cast.office, now=noon(6, 24), reason="又开了")
    closing, opening = session.scalars(
        select(HistoryLine.id)
        .where(
            HistoryLine.action.in_([RegistryAction.STATION_CLOSED, RegistryAction.STATION_REOPENED])
        )
        .order_by(HistoryLine.id)
    ).all()

    erase(session, county=cast.county, ids=[opening], reason="本人申请", by=cast.office, now=NOW)
    assert (due(session), june(session).unread) == (17, frozenset())  # the closing tells as well

    erase(session, county=cast.county, ids=[closing], reason="本人申请", by=cast.office, now=NOW)
    assert (due(session), june(session).unread) == (30, {cast.c1.id})

    add(session, cast, date(2023, 6, 10), date(2023, 6, 24), whole=True)
    assert (due(session), june(session).unread) == (17, frozenset())
    session.commit()
    assert verify(session, county="140926").whole


def test_a_closing_that_nobody_entered_is_added_in_one_act(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(DAILY)
    send(
        session, cast.li, counted(cast.c1, day=24)
    )  # of 24 June, when it is said to have been closed
    told = asked_of(add, session, cast, date(2023, 6, 10), date(2023, 6, 28))

    assert "2023年6月应报30天改成13天" in told
    assert "站长有1天签到或报过件数" in told
    assert due(session) == 30
    add(session, cast, date(2023, 6, 10), date(2023, 6, 28), sure=told)

    assert (cast.c1.closed_on, due(session)) == (None, 13)
    line = session.scalars(select(HistoryLine).order_by(HistoryLine.id.desc())).first()
    assert line is not None
    assert line.action == RegistryAction.STATION_CORRECTED
    assert "登记里没有的“2023年6月10日停业，2023年6月28日恢复”补上" in line.summary
    # It is a time of closing like any other: what was added wrongly is corrected in its turn.
    true_times(session, cast, "2023-06-10:2023-06-28")
    assert due(session) == 30


@pytest.mark.parametrize(
    ("first", "back", "whole", "told"),
    [
        (None, None, False, "请写停业的那天"),
        (date(2023, 6, 12), None, False, "到“停业”里办"),
        (date(2023, 6, 12), date(2023, 6, 12), False, "要在停业以后"),
        (date(2023, 6, 20), date(2023, 7, 6), False, "不能晚于今天"),
        (date(2023, 6, 20), date(2023, 6, 26), False, "重叠"),
        (date(2019, 6, 1), date(2019, 6, 26), False, "停业早于开办"),
        (None, None, True, "没有删除过内容"),
    ],
)
def test_a_closing_to_be_added_that_cannot_be_is_refused(
    session: Session, cast: Cast, first: date | None, back: date | None, whole: Any, told: str
) -> None:
    closed(session, cast, date(2023, 6, 10))
    reopen_station(session, station=cast.c1, by=cast.office, now=noon(6, 24), reason="又开了")
    with pytest.raises(Problem) as refused:
        add(session, cast, first, back, whole=whole)
    assert told in refused.value.message


def test_that_there_was_no_closing_is_said_of_just_the_lines_that_are_gone(
    session: Session, cast: Cast
) -> None:
    cast.c1.hours = parse_hours(DAILY)
    for day, opens in ((5, noon(6, 8)), (20, noon(6, 24))):
        closed(session, cast, date(2023, 6, day))
        reopen_station(session, station=cast.c1, by=cast.office, now=opens, reason="又开了")
    lines = session.scalars(
        select(HistoryLine.id)
        .where(
            HistoryLine.action.in_([RegistryAction.STATION_CLOSED, RegistryAction.STATION_REOPENED])
        )
        .order_by(HistoryLine.id)
    ).all()
    erase(session, county=cast.county, ids=lines[:2], reason="本人申请", by=cast.office, now=NOW)
    assert june(session).unread == {cast.c1.id}
    seen = seal(past_of(session, station=cast.c1, today=TODAY).shown)

    add(session, cast, None, None, whole=True)
    assert (due(session), june(session).unread) == (27, frozenset())
    with pytest.raises(Conflict) as refused:
        add(session, cast, date(2023, 6, 5), date(2023, 6, 8), whole=True, seal=seen)
    assert refused.value.code == "station-changed-meanwhile"
    # What is deleted afterwards was told by nobody again.
    erase(session, county=cast.county, ids=lines[2:], reason="本人申请", by=cast.office, now=NOW)
    assert june(session).unread == {cast.c1.id}
