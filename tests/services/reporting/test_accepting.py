"""What the office does with a month: accepted, returned, opened again, reminded, summarised."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from server.models.monthly_report import (
    MonthlyReportReminder,
)
from server.models.person import Person
from server.models.station import Stage
from server.policy.plan.duties import Duty
from server.policy.plan.reports import ReportState
from server.services.common.queues import Asked
from server.services.people.scope import EVERYBODY
from server.services.registry.acceptances import accept_stations
from server.services.reporting.accepting import (
    accept_report,
    reopen_report,
    reopened_of,
    return_report,
    steps_of,
)
from server.services.reporting.queues import reports_due_queue
from server.services.reporting.reminders import remind, reminders_of_month
from server.services.reporting.reports import figures_hash
from server.services.reporting.rules import options_asked
from server.services.reporting.summaries import (
    accepted_seal,
    issue_summary,
    summaries_of,
    summary_figures,
)
from server.services.reporting.unit_figures import changed_since
from server.services.reporting.units import late_months, waiting_months
from tests.bodies import make_organisation
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.services.reporting.of_july import JULY, WORDS, July, accept, code, make_july, row

DAY = timedelta(days=1)


@pytest.fixture
def july(session: Session, cast: Cast, standards: Any) -> July:
    return make_july(session, cast, standards)


def test_accepting_freezes_and_only_the_version_looked_at(july: July) -> None:
    july.hand_in()
    july.hand_in(replace(WORDS, blanks={}), because="补一句")
    with pytest.raises(Conflict) as old:
        accept(july, version=1)
    with pytest.raises(Invalid) as holed:
        accept(july, version=2)
    july.hand_in(because="写上原因")
    made = accept(july, version=3)
    with pytest.raises(Conflict) as twice:
        accept(july, version=3)
    with pytest.raises(Conflict) as closed:
        july.hand_in(because="再改")
    with pytest.raises(NotAllowed) as stranger:
        accept_report(july.session, report=july.report, version=3, by=july.liaison, now=NOW)

    assert (code(old), code(holed), code(twice)) == (
        "report-newer",
        "report-incomplete",
        "report-accepted-already",
    )
    assert (code(closed), code(stranger)) == ("report-closed", "report-accept-not-yours")
    assert (made.version, row(july).state) == (3, ReportState.ACCEPTED)


@ON_SQLITE
def test_what_was_altered_behind_our_back_is_not_accepted(july: July) -> None:
    made = july.hand_in()
    made.content = {**made.content, "by": "别人"}
    july.session.flush()

    with pytest.raises(Conflict) as altered:
        accept(july)

    assert code(altered) == "report-altered"


def test_returned_with_a_reason_and_handed_in_anew(july: July) -> None:
    july.hand_in()
    office = july.cast.office
    with pytest.raises(Invalid) as mute:
        return_report(july.session, report=july.report, version=1, reason=" ", by=office, now=NOW)
    return_report(
        july.session, report=july.report, version=1, reason="写上金额", by=office, now=NOW
    )
    returned = row(july).state
    with pytest.raises(Conflict) as late:  # whose page is older than the return
        accept(july)
    july.hand_in(replace(WORDS, texts=WORDS.texts | {"next": "补上金额"}), because="按退回意见")

    assert code(mute) == "reason-needed"
    assert returned is ReportState.RETURNED
    assert code(late) == "report-returned-already"
    assert row(july).state is ReportState.RECEIVED
    assert [(one.label, one.reason) for one in steps_of(july.session, report=july.report)] == [
        ("退回", "写上金额")
    ]


def test_a_reopening_ends_by_itself_and_is_listed(july: July) -> None:
    july.hand_in()
    accept(july)
    office, until = july.cast.office, TODAY + 3 * DAY

    def reopen(by: Person, reason: str, until_on: date | None) -> None:
        reopen_report(
            july.session, report=july.report, reason=reason, until_on=until_on, by=by, now=NOW
        )

    refused = []
    for by, reason, day in (
        (july.liaison, "漏了", until),
        (office, "", until),
        (office, "漏了", None),
        (office, "漏了", TODAY - DAY),
        (office, "漏了", TODAY + 40 * DAY),
    ):
        with pytest.raises(Problem) as problem:
            reopen(by, reason, day)
        refused.append(code(problem))
    reopen(office, "漏报一项", until)
    open_now, over = row(july).state, row(july, on=until + DAY).state
    with pytest.raises(Conflict) as too_late:
        july.hand_in(because="晚了", now=NOW + 4 * DAY)
    july.hand_in(
        replace(WORDS, texts=WORDS.texts | {"next": "补"}), because="补", now=NOW + 3 * DAY
    )

    assert refused == [
        "report-accept-not-yours",
        "reason-needed",
        "report-day-wrong",
        "report-day-wrong",
        "report-day-wrong",
    ]
    assert (open_now, over) == (ReportState.REOPENED, ReportState.ACCEPTED)
    assert "重新打开到2023年7月8日为止，已经过了，仍以第1版为准" in too_late.value.message
    assert (july.report.accepted, row(july).state) == (1, ReportState.RECEIVED)
    with pytest.raises(Conflict) as third:  # what waits takes nothing after the last day either
        july.hand_in(because="再补", now=NOW + 4 * DAY)
    assert "第2版等县专班审定，审定前仍以第1版为准" in third.value.message
    return_report(
        july.session, report=july.report, version=2, reason="不对", by=office, now=NOW + 4 * DAY
    )
    assert row(july, on=until).state is ReportState.RETURNED
    assert row(july, on=until + DAY).state is ReportState.ACCEPTED
    with pytest.raises(Conflict):
        july.hand_in(because="按退回意见", now=NOW + 4 * DAY)
    [(report, unit, step)] = reopened_of(july.session, county="140926", seen_by=EVERYBODY)
    assert (report.month_on, unit, step.reason) == (JULY, "财政局", "漏报一项")


def test_a_figure_that_changes_afterwards_is_told_beside_what_was_reported(
    july: July, standards: Any
) -> None:
    made = july.hand_in()
    accept(july)

    def changed(today: date) -> list[str]:
        return changed_since(
            july.session, county=july.cast.county, unit=july.unit, made=made, month_on=JULY,
            today=today, book=july.book,
        )  # fmt: skip

    same = changed(TODAY + 9 * DAY)
    accept_stations(
        july.session, county=july.cast.county, seen={july.cast.c1.id: None}, grade=Stage.BUILT,
        on=TODAY, present="供销社王某", by=july.cast.office, now=NOW + 9 * DAY, standards=standards,
    )  # fmt: skip
    july.cast.c2.filed_on, july.cast.c3.closed_on = None, None
    july.session.flush()

    assert same == []
    told = changed(TODAY + 9 * DAY)
    assert told[0].startswith("村级点建成（已验收）：报送时0个，现在1个")
    assert any(one.startswith("村级点完成末端备案") for one in told)
    assert made.content["figures"][1]["value"] == 0  # what was frozen stays


def test_each_reminder_is_made_once_and_none_after_receipt(july: July) -> None:
    other = make_organisation(july.session, name="静乐县工信局", duties=(Duty.TASK_FORCE,))

    def night(day: int) -> list[str]:
        made = remind(
            july.session,
            county=july.cast.county,
            programme=july.programme,
            now=NOW.replace(day=day),
        )
        return [f"{one.reminder} {one.person_id == july.liaison.id}" for one in made]

    nights = [night(12), night(13), night(13), night(14)]
    july.hand_in(now=NOW.replace(day=14))
    nights += [night(17), night(19), night(20)]

    assert nights == [
        [], ["before_5 True", "before_5 False"], [], [],
        ["before_1 False"], ["after_1 False"], [],
    ]  # fmt: skip
    told = reminders_of_month(july.session, county="140926", month_on=JULY)
    assert [(one.unit, one.who) for one in told[:2]] == [("财政局", "周联络"), ("工信局", "")]
    with pytest.raises(sa.exc.IntegrityError):  # whatever runs twice
        july.session.add(
            MonthlyReportReminder(
                county="140926", organisation_id=other.id, month_on=JULY, reminder="after_1",
                due_on=JULY, at=NOW,
            )
        )  # fmt: skip
        july.session.flush()


@ON_SQLITE
def test_a_last_day_of_31_is_reminded_of_on_the_first_of_the_next_month(july: July) -> None:
    july.cast.county.options = {**july.cast.county.options, "monthly_report": {"day": 31}}
    july.session.flush()

    def night(now: datetime) -> list[tuple[date, str]]:
        made = remind(july.session, county=july.cast.county, programme=july.programme, now=now)
        return [(one.month_on, str(one.reminder)) for one in made]

    assert night(NOW.replace(day=30)) == [(JULY, "before_1")]
    assert night(NOW.replace(day=31)) == []
    assert night(NOW.replace(month=8, day=1)) == [(JULY, "after_1")]
    assert night(NOW.replace(month=8, day=2)) == []


@ON_SQLITE
def test_a_unit_that_was_reminded_stays_in_the_lists_when_it_leaves(july: July) -> None:
    remind(july.session, county=july.cast.county, programme=july.programme, now=NOW.replace(day=17))
    july.unit.duties, july.unit.in_task_force = [], False
    july.session.flush()
    given: dict[str, Any] = {
        "county": "140926", "options": july.options, "on": date(2023, 7, 20), "seen_by": EVERYBODY,
    }  # fmt: skip

    late = late_months(july.session, **given)
    assert [(one.unit.short, one.month_on) for one in late if one.unit.id == july.unit.id] == [
        ("财政局", JULY)
    ]
    waits = waiting_months(july.session, **given)
    line = reports_due_queue(july.session, Asked(july.cast.office, NOW.replace(day=20)))
    assert line.number == len([one for one in waits if one.state is ReportState.MISSING]) == 1


@ON_SQLITE
def test_xiping_is_reminded_of_nothing_and_told_why(july: July) -> None:
    xiping = july.cast.other_county

    assert remind(july.session, county=xiping, programme=None, now=NOW.replace(day=17)) == []
    with pytest.raises(NotFound) as refused:
        options_asked(xiping, None)
    assert "没有要求成员单位每月报送" in refused.value.message


def test_the_summary_names_who_is_missing_and_stays(july: July) -> None:
    make_organisation(july.session, name="静乐县工信局", duties=(Duty.TASK_FORCE,))

    def seal() -> str:
        return accepted_seal(july.session, county="140926", month_on=JULY)

    def figures() -> str:
        return figures_hash(
            summary_figures(
                july.session, county=july.cast.county, month_on=JULY,
                today=TODAY + 16 * DAY, book=july.book,
            )
        )  # fmt: skip

    def issue(seen: int = 0, **more: Any) -> Any:
        return issue_summary(
            july.session, county=july.cast.county, options=july.options, month_on=JULY,
            by=july.cast.office, now=NOW + 16 * DAY, book=july.book, seen=seen,
            **({"words": "各单位抓紧。", "because": "", "seen_units": seal(),
               "seen_figures": figures()} | more),
        )  # fmt: skip

    july.hand_in()
    with pytest.raises(Invalid) as nothing:
        issue()
    accept(july)
    made = issue()
    with pytest.raises(Conflict) as twice:
        issue()
    with pytest.raises(Invalid) as unexplained:
        issue(seen=1)
    shown = seal()
    reopen_report(
        july.session, report=july.report, reason="漏报", until_on=TODAY + 20 * DAY,
        by=july.cast.office, now=NOW + 16 * DAY,
    )  # fmt: skip
    with pytest.raises(Conflict) as moved:
        issue(seen=1, because="工信局补报", seen_units=shown)
    assert code(moved) == "summary-changed-meanwhile"
    shown = figures()
    july.cast.c1.closed_on = TODAY
    july.session.flush()
    with pytest.raises(Conflict, match="县里的数字变了"):
        issue(seen=1, because="工信局补报", seen_figures=shown)
    second = issue(seen=1, because="工信局补报")

    assert [code(one) for one in (nothing, twice, unexplained)] == [
        "summary-empty",
        "summary-newer",
        "reason-needed",
    ]
    units = {one["unit_short"]: one for one in made.content["units"]}
    assert (units["财政局"]["version"], units["财政局"]["timeliness"]) == (1, "按时报到")
    assert units["工信局"]["missing"] == "还没报，已过期3天"
    versions = summaries_of(july.session, county="140926", month_on=JULY, reader=july.cast.office)
    assert [one.version for one in versions] == [second.version, 1]
    assert not summaries_of(july.session, county="140926", month_on=JULY, reader=july.cast.officer)
