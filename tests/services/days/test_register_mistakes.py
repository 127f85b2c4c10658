"""A slip in the register that is noticed later: the past is reckoned by what was true."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.errors import Conflict, Invalid, Problem
from server.models.history import HistoryLine
from server.models.inspection import Visit
from server.models.monthly_report import MonthlyReport
from server.models.station import Station
from server.models.subsidy import EntitlementState, SubsidyCycle
from server.policy.hours import hours_text, parse_hours
from server.policy.plan.subsidies import SchemeKind
from server.services.audit.marking import erase
from server.services.audit.verifying import verify
from server.services.common import history
from server.services.common.closures import times_away
from server.services.common.seals import seal
from server.services.days.months import frozen_month, month_figures
from server.services.days.reconciliation import reconciled_month
from server.services.days.register_mistakes import Because, correct_closing, correct_hours
from server.services.days.register_past import past_of
from server.services.mending.rectifications import withdraw_with_station
from server.services.people.scope import EVERYBODY
from server.services.programme.programmes import bring_programme
from server.services.registry.actions import RegistryAction
from server.services.registry.stations import close_station, edit_station, reopen_station
from tests.bodies import make_organisation
from tests.factories import NOW, TODAY, Cast, make_inspection, make_rectification
from tests.plans import JINGLE
from tests.services.days.of_june import JUNE, approve, june
from tests.services.rounds.opened import open_round
from tests.services.subsidies.listed import listed

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


def true_hours(
    session: Session, cast: Cast, hours: str, first: date, last: date | None = None, **more: Any
) -> None:
    correct_hours(
        session, station=cast.c1, from_on=first, until_on=last, hours=hours, because=BECAUSE,
        standards=(), by=cast.office, now=NOW, **more,
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


def to_reconcile(session: Session, station: Station) -> list[int]:
    month = reconciled_month(
        session, county="140926", month_on=JUNE, today=TODAY, seen_by=EVERYBODY
    )
    [days] = [one.days for one in month.stations if one.station.id == station.id] or [()]
    return [one.day_on.day for one in days]


def asked_of(deed: Callable[..., None], *args: Any, **more: Any) -> str:
    with pytest.raises(Conflict) as asked:
        deed(*args, **more, sure="")
    assert asked.value.code == "correction-asked"
    return str(asked.value.details["asked"])


@pytest.fixture
def slipped(session: Session, cast: Cast) -> Cast:
    """On 10 June somebody typed 周日 for a station that is open daily."""
    cast.c1.hours = parse_hours(DAILY)
    changed(session, cast, SUNDAYS, noon(6, 10))
    return cast


def test_hours_typed_by_mistake_are_put_right_for_the_days_since(
    session: Session, slipped: Cast
) -> None:
    assert (due(session), due(session, JULY)) == (12, 1)

    true_hours(session, slipped, DAILY, date(2023, 6, 10))

    assert (due(session), due(session, JULY)) == (30, 5)
    assert to_reconcile(session, slipped.c1) == list(range(1, 31))
    assert hours_text(slipped.c1.hours) == DAILY  # they were wrong today as well
    lines = session.scalars(select(HistoryLine).order_by(HistoryLine.id.desc()).limit(3)).all()
    assert [one.action for one in lines] == [
        RegistryAction.STATION_EDITED, RegistryAction.STATION_CORRECTED,
        RegistryAction.STATION_EDITED,
    ]  # fmt: skip
    said = lines[1]
    assert said.summary == "更正登记错误：2023年6月10日至2023年7月4日的营业时间"
    assert said.reason == "录入时选错了站；依据：7月5日电话问过站长"
    [one] = said.changes
    assert (one["old"], one["new"]) == (SUNDAYS, DAILY)
    assert lines[2].changes[0]["new"] == SUNDAYS  # the slip stays to be read


def test_a_correction_may_end_in_the_past_and_a_later_one_stands_above_it(
    session: Session, slipped: Cast
) -> None:
    changed(session, slipped, DAILY, noon(6, 24))
    assert due(session) == 9 + 2 + 7

    true_hours(session, slipped, "周六 8:00-18:00", date(2023, 6, 10), date(2023, 6, 23))
    assert to_reconcile(session, slipped.c1) == [*range(1, 10), 10, 17, *range(24, 31)]

    true_hours(session, slipped, DAILY, date(2023, 6, 10), date(2023, 6, 16))
    assert to_reconcile(session, slipped.c1) == [*range(1, 18), *range(24, 31)]
    assert hours_text(slipped.c1.hours) == DAILY


def test_what_changes_and_what_stands_is_said_and_asked_first(
    session: Session, slipped: Cast
) -> None:
    approval = approve(session, slipped)
    frozen = frozen_month(approval)

    asked = asked_of(true_hours, session, slipped, DAILY, date(2023, 6, 10))

    assert asked == (
        "马家沟村快递便民服务点2023年6月10日至2023年7月4日的营业时间更正为“周一至周日 08:00-18:00”："
        "2023年7月应报1天改成5天；2023年6月的件数已经核准，核准的数一个不动；"
        "今天起登记的营业时间也改成“周一至周日 08:00-18:00”"
    )
    assert due(session, JULY) == 1  # nothing was written
    true_hours(session, slipped, DAILY, date(2023, 6, 10), sure=asked)
    assert frozen_month(approval) == frozen
    assert due(session, JULY) == 5


def test_what_was_looked_at_is_asked_anew_where_it_changed(session: Session, slipped: Cast) -> None:
    asked = asked_of(true_hours, session, slipped, DAILY, date(2023, 6, 10))
    seen = seal(past_of(session, station=slipped.c1, today=TODAY).shown)
    approve(session, slipped)

    with pytest.raises(Conflict, match="已经核准，核准的数一个不动"):
        true_hours(session, slipped, DAILY, date(2023, 6, 10), sure=asked)

    true_hours(session, slipped, "周一 8:00-18:00", date(2023, 6, 12), date(2023, 6, 12))
    with pytest.raises(Conflict, match="别人已经改过马家沟村快递便民服务点"):
        true_hours(session, slipped, DAILY, date(2023, 6, 10), seal=seen)


@pytest.mark.parametrize(
    ("hours", "first", "last", "told"),
    [
        (DAILY, date(2023, 7, 5), None, "到“改登记”里改营业时间"),
        (DAILY, date(2023, 7, 1), date(2023, 7, 5), "要在今天以前"),
        (DAILY, date(2023, 6, 12), date(2023, 6, 11), "早于“从哪天起”"),
        (DAILY, date(2019, 6, 12), None, "最早能更正到"),
        ("", date(2023, 6, 12), None, "真正的营业时间"),
        ("早上到晚上看情况", date(2023, 6, 12), None, "看情况"),
        (SUNDAYS, date(2023, 6, 12), None, "本来就是“周日 08:00-18:00”"),
    ],
)
def test_what_is_no_correction_is_refused_in_words(
    session: Session, slipped: Cast, hours: str, first: date, last: date | None, told: str
) -> None:
    with pytest.raises(Problem) as refused:
        true_hours(session, slipped, hours, first, last)
    assert told in refused.value.message


@pytest.mark.parametrize(
    ("because", "field"), [(Because("", "问过站长"), "reason"), (Because("选错了", "无"), "source")]
)
def test_why_and_on_what_it_rests_are_asked(
    session: Session, slipped: Cast, because: Because, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        correct_hours(
            session, station=slipped.c1, from_on=date(2023, 6, 10), until_on=None, hours=DAILY,
            because=because, standards=(), by=slipped.office, now=NOW,
        )  # fmt: skip
    assert field in refused.value.details["fields"]


def closed(session: Session, cast: Cast, on: date) -> None:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=BEIJING)
    close_station(session, station=cast.c1, by=cast.office, now=at, on=on, reason="停业")


def test_a_station_closed_by_mistake_never_was(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(DAILY)
    closed(session, cast, date(2023, 6, 10))
    assert (due(session), due(session, JULY)) == (10, 0)

    asked = asked_of(true_times, session, cast, "2023-06-10:")
    assert "2023年6月应报10天改成30天；2023年7月应报0天改成5天" in asked
    assert "没收下的签到、件数不会自己进来" in asked
    assert cast.c1.closed_on is not None
    true_times(session, cast, "2023-06-10:", sure=asked)

    assert (due(session), due(session, JULY)) == (30, 5)
    assert to_reconcile(session, cast.c1) == list(range(1, 31))
    assert times_away(session, county="140926").times == {}
    assert cast.c1.closed_on is None
    said = session.scalars(select(HistoryLine.summary).order_by(HistoryLine.id.desc())).first()
    assert said == "更正登记错误：“2023年6月10日停业，现在还停着”有误，其实没有停业"


def test_a_closing_of_the_past_is_put_right_after_the_station_was_opened_again(
    session: Session, cast: Cast
) -> None:
    cast.c1.hours = parse_hours(DAILY)
    closed(session, cast, date(2023, 6, 10))
    reopen_station(session, station=cast.c1, by=cast.office, now=noon(6, 24), reason="登错了")
    assert due(session) == 30 - 13

    true_times(
        session, cast, "2023-06-10:2023-06-24", date(2023, 6, 12), date(2023, 6, 15)
    )  # closed on the 12th, open a while on it and from the 15th
    assert due(session) == 30 - 2

    true_times(session, cast, "2023-06-12:2023-06-15")
    assert due(session) == 30


def test_the_day_of_a_closing_that_goes_on_is_put_right(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(DAILY)
    closed(session, cast, date(2023, 6, 10))

    true_times(session, cast, "2023-06-10:", date(2023, 6, 20))
    assert (cast.c1.closed_on, due(session)) == (date(2023, 6, 20), 20)

    true_times(session, cast, "2023-06-20:", date(2023, 6, 20), date(2023, 6, 22))
    assert (cast.c1.closed_on, due(session)) == (None, 29)


@pytest.mark.parametrize(
    ("which", "first", "back", "told"),
    [
        ("", None, None, "哪一次停业"),
        ("2023-06-10:2023-06-24", date(2023, 6, 12), None, "真正恢复营业的那天"),
        ("2023-06-10:2023-06-24", date(2023, 6, 12), date(2023, 6, 12), "要在停业以后"),
        ("2023-06-10:2023-06-24", date(2023, 6, 25), date(2023, 6, 30), "重叠"),
        ("2023-06-10:2023-06-24", date(2023, 6, 10), date(2023, 6, 24), "本来就是"),
    ],
)
def test_days_of_closing_that_cannot_be_are_refused(
    session: Session, cast: Cast, which: str, first: date | None, back: date | None, told: str
) -> None:
    for day, opens in ((10, noon(6, 24)), (28, noon(7, 1))):
        closed(session, cast, date(2023, 6, day))
        reopen_station(session, station=cast.c1, by=cast.office, now=opens, reason="又开了")
    with pytest.raises(Problem) as refused:
        true_times(session, cast, which, first, back)
    assert told in refused.value.message


def test_a_line_that_was_blanked_by_law_is_told_and_nothing_invented(
    session: Session, slipped: Cast
) -> None:
    changed(session, slipped, "周六 8:00-18:00", noon(6, 20))
    changed(session, slipped, DAILY, noon(7, 2))
    assert june(session).unread == frozenset()
    slip = session.scalars(
        select(HistoryLine.id)
        .where(HistoryLine.action == RegistryAction.STATION_EDITED)
        .order_by(HistoryLine.id)
    ).first()
    assert slip is not None

    erase(session, county=slipped.county, ids=[slip], reason="本人申请", by=slipped.office, now=NOW)

    assert june(session).unread == {slipped.c1.id}
    # Before the 10th nobody can tell: what held next stands in, not today's.
    assert to_reconcile(session, slipped.c1) == [4, 11, 18, 24]
    july = month_figures(session, county="140926", month_on=JULY, today=TODAY)
    assert july.unread == frozenset()
    true_hours(session, slipped, DAILY, date(2023, 5, 1), date(2023, 6, 9))
    assert june(session).unread == frozenset()
    assert due(session) == 9 + 2 + 1


def test_an_import_that_was_taken_back_never_held(session: Session, cast: Cast) -> None:
    cast.c1.hours = parse_hours(DAILY)
    for at, action, old, new in (
        (noon(6, 10), RegistryAction.STATION_IMPORTED, DAILY, SUNDAYS),
        (noon(6, 24), RegistryAction.STATION_PUT_BACK, SUNDAYS, DAILY),
    ):
        history.write(
            session, of=cast.c1, by=cast.office, at=at, action=action, summary="表格",
            changes=[history.Change(field="hours", label="营业时间", old=old, new=new)],
        )  # fmt: skip
    assert due(session) == 30


def test_the_chain_holds_a_correction_like_every_line(session: Session, slipped: Cast) -> None:
    true_hours(session, slipped, DAILY, date(2023, 6, 10))
    session.commit()
    assert verify(session, county="140926").whole


def test_what_the_closing_withdrew_and_sent_back_is_said(
    session: Session, cast: Cast, standards: Any
) -> None:
    campaign = open_round(session, cast, standards)
    visit = session.scalars(
        select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == cast.c1.id)
    ).one()
    make_rectification(session, make_inspection(session, visit, cast.wang.id), due_on=TODAY)
    closed(session, cast, date(2023, 6, 10))
    at = datetime(2023, 6, 10, 12, tzinfo=BEIJING)
    withdraw_with_station(session, station=cast.c1, because="停业", by=cast.office, now=at)

    asked = asked_of(true_times, session, cast, "2023-06-10:")
    assert "停业时一起撤销的1项整改不会自己回来" in asked
    later = asked_of(true_times, session, cast, "2023-06-10:", date(2023, 6, 5))
    assert "不会自己" not in later  # closed even earlier: nothing was sent back wrongly


def test_money_and_reports_that_rest_on_the_days_are_named_and_stay(
    session: Session, cast: Cast
) -> None:
    plan = bring_programme(session, county=cast.county, programme=JINGLE, now=NOW, by=None)
    row, _ = listed(session, cast.c1, programme_id=plan.id, by=cast.office)
    session.get_one(SubsidyCycle, row.cycle_id).period = "2023-06"
    unit = make_organisation(session)
    session.add(MonthlyReport(county="140926", organisation_id=unit.id, month_on=JULY, newest=1))
    cast.c1.hours = parse_hours(DAILY)
    closed(session, cast, date(2023, 6, 10))

    asked = asked_of(true_times, session, cast, "2023-06-10:")
    assert "已经报送的（2023年7月1家）照旧，要改由单位再报一版" in asked
    assert "在审的补贴1笔，批准以前按更正后的重新核对" in asked

    row.state = EntitlementState.PAID
    session.flush()
    asked = asked_of(true_times, session, cast, "2023-06-10:")
    assert "已经批准或拨付的补贴1笔照旧，付错了的到那一笔的页面办冲回" in asked
    assert "别的站" not in asked

    row.station_id, row.kind = cast.c2.id, SchemeKind.ONCE
    session.flush()
    asked = asked_of(true_times, session, cast, "2023-06-10:")
    assert "别的站一次性的补贴1笔也照旧，按覆盖率发的请再核一遍" in asked
