"""A unit's month: handed in version by version, in time or late, whole or with blanks."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.db import writing
from server.errors import Conflict, Invalid, NotAllowed, Problem
from server.models.history import HistoryLine
from server.models.monthly_report import (
    MonthlyReport,
    MonthlyReportVersion,
)
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.duties import Duty, OrganisationType
from server.policy.plan.report_frozen import ReportFigure
from server.policy.plan.reports import ReportState, Section, Timeliness
from server.services.people.scope import EVERYBODY
from server.services.reporting.drafts import Wording, save_draft, why_closed
from server.services.reporting.figures import differences, report_figures
from server.services.reporting.reports import Entered, figures_hash, hand_in, is_whole
from server.services.reporting.rules import edit_options
from server.services.reporting.units import late_months, units_of_month
from tests.bodies import make_organisation
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_station
from tests.queries import queries
from tests.services.reporting.of_july import JULY, WORDS, July, accept, code, make_july, row

DAY = timedelta(days=1)


@pytest.fixture
def july(session: Session, cast: Cast, standards: Any) -> July:
    return make_july(session, cast, standards)


def late_months_of(july: July) -> list[Any]:
    return late_months(
        july.session, county="140926", options=july.options, on=TODAY, seen_by=EVERYBODY
    )


def test_four_facts_are_kept_apart(july: July) -> None:
    before = row(july)
    made = july.hand_in(Wording({"progress": "拨付了"}, {}))
    received = row(july)

    assert (before.received_on, before.complete, before.accepted) == (None, None, None)
    assert before.timeliness is Timeliness.NOT_DUE
    assert (received.received_on, received.timeliness) == (TODAY, Timeliness.ON_TIME)
    assert (received.complete, received.accepted) == (False, None)
    assert is_whole(made)
    assert made.content["parts"][1]["blank"] == ""


def test_a_correction_is_a_new_version_and_the_first_day_stays(july: July) -> None:
    first = july.hand_in()
    later = NOW + 20 * DAY  # the 25th, and still no reason to refuse
    with pytest.raises(Invalid) as unexplained:
        july.hand_in(replace(WORDS, texts=WORDS.texts | {"next": "改了"}), now=later)
    second = july.hand_in(
        replace(WORDS, texts=WORDS.texts | {"next": "改了"}), now=later, because="漏了一项"
    )

    assert code(unexplained) == "reason-needed"
    assert (first.version, second.version, second.because) == (1, 2, "漏了一项")
    one = row(july, on=date(2023, 7, 25))
    assert (one.received_on, one.timeliness, one.newest) == (TODAY, Timeliness.ON_TIME, 2)


def test_late_is_late_and_still_taken(july: July) -> None:
    july.hand_in(now=datetime.fromisoformat("2023-07-18T15:59:00+00:00"))
    on_time = row(july, on=date(2023, 7, 18)).timeliness
    july.session.rollback()

    assert on_time is Timeliness.ON_TIME  # 23:59 in Beijing


@ON_SQLITE
def test_a_minute_after_the_eighteenth_is_the_nineteenth(july: July) -> None:
    july.hand_in(now=datetime.fromisoformat("2023-07-18T16:00:00+00:00"))

    one = row(july, on=date(2023, 7, 19))
    assert (one.timeliness, one.days_late) == (Timeliness.LATE, 1)
    assert accept(july, now=NOW + 15 * DAY).version == 1  # late is accepted like any other


@ON_SQLITE
@pytest.mark.parametrize(
    ("wording", "more", "told"),
    [
        (Wording({"progress": " "}, {}), {}, "report-empty"),
        (Wording({"progress": "写了"}, {}), {"sure": False}, "report-incomplete-asked"),
        (WORDS, {"seen_sha256": "0" * 64}, "report-figures-changed"),
        (Wording({"progress": "长" * 2001}, {}), {}, "text-too-long"),
        (Wording({"progress": "写了"}, {"next": "因为懒"}), {}, "report-blank-unknown"),
        (WORDS, {"month_on": date(2023, 8, 1)}, "report-closed"),
        (WORDS, {"month_on": date(2023, 3, 1)}, "report-closed"),
    ],
)
def test_what_cannot_be_handed_in_is_refused_and_nothing_is_kept(
    july: July, wording: Wording, more: Any, told: str
) -> None:
    july.session.commit()
    with pytest.raises(Problem) as refused:
        july.hand_in(wording, **more)
    july.session.rollback()

    assert code(refused) == told
    assert july.session.scalars(sa.select(MonthlyReport)).all() == []


@ON_SQLITE
def test_a_refusal_names_its_reason(july: July) -> None:
    def why(month_on: date, on: date = TODAY) -> str:
        report = None if month_on != JULY else july.report
        return why_closed(
            unit=july.unit, report=report, options=july.options, month_on=month_on, on=on
        )

    july.hand_in()
    with pytest.raises(NotAllowed) as stranger:
        july.hand_in(by=july.cast.officer)
    accept(july)

    assert why(date(2023, 8, 1)) == "未到期：2023年8月还没有开始，8月1日起可以报，8月18日前报到。"
    assert why(date(2023, 3, 1)) == "不用报：2023年3月没有要求财政局报送。"
    assert (
        why(JULY)
        == "已审定：财政局2023年7月的报送第1版已经审定，不能再改。确实要改，请县专班重新打开。"
    )
    assert stranger.value.message.startswith("无权限：财政局的报送由本单位联络员填写")
    assert why(date(2023, 6, 1), on=TODAY) == ""  # 已过18日 locks nothing


@ON_SQLITE
def test_what_the_office_enters_says_from_what_and_counts_by_its_own_day(july: July) -> None:
    office, late = july.cast.office, NOW + 16 * DAY
    with pytest.raises(Invalid) as nameless:
        july.hand_in(by=office, now=late)
    with pytest.raises(Invalid) as to_come:
        july.hand_in(by=office, now=late, entered=Entered("纸质件", date(2023, 7, 22)))
    made = july.hand_in(by=office, now=late, entered=Entered("纸质件，王某送来", date(2023, 7, 17)))

    assert (code(nameless), code(to_come)) == ("report-source-needed", "report-day-wrong")
    assert (made.content["by"], made.content["source"]) == ("县办", "纸质件，王某送来")
    assert row(july, on=date(2023, 7, 21)).timeliness is Timeliness.ON_TIME
    line = july.session.scalars(sa.select(HistoryLine).order_by(HistoryLine.id.desc())).first()
    assert line is not None
    assert line.summary == "财政局2023年7月报送第1版，代录（纸质件，王某送来）"


def test_the_same_is_not_handed_in_twice(july: July) -> None:
    july.hand_in()
    with pytest.raises(Conflict) as again:
        july.hand_in(now=NOW + timedelta(seconds=2))

    assert code(again) == "report-unchanged"


def test_two_who_press_at_once_make_one_version(engine: Engine, cast: Cast, standards: Any) -> None:
    with writing(engine) as session:
        july = make_july(session, cast, standards)
        unit_id, person_id, options = july.unit.id, july.liaison.id, july.options
    told: list[str] = []
    begin = threading.Barrier(2)

    def press() -> None:
        begin.wait()
        try:
            with writing(engine) as session:
                hand_in(
                    session,
                    county=cast.county,
                    unit=session.get_one(Organisation, unit_id),
                    options=options,
                    month_on=JULY,
                    wording=WORDS,
                    figures=[],
                    seen_sha256=figures_hash([]),
                    by=session.get_one(Person, person_id),
                    now=NOW,
                )
            told.append("made")
        except Problem as problem:
            told.append(problem.code)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(told) == ["made", "report-unchanged"]
    with Session(engine) as session:
        assert session.scalars(sa.select(MonthlyReportVersion.version)).all() == [1]


@ON_SQLITE
def test_where_the_plan_has_two_numbers_the_figure_says_so_until_one_is_decided(
    july: July,
) -> None:
    by_key = {one["key"]: one for one in july.figures(TODAY)}

    assert by_key["built_township"]["of"] == 12
    assert by_key["built_village"]["of"] is None
    assert by_key["built_village"]["note"] == ("方案正文48个，附件2各行相加52个，还没有决定用哪个")
    assert (by_key["met"]["value"], by_key["met"]["unknown"]) == (0, 4)  # nobody looked yet
    assert by_key["received"]["value"] is None  # nobody reported a parcel: unknown, not 0


@ON_SQLITE
def test_a_station_registered_later_changes_no_report_of_before(july: July) -> None:
    """Whenever it was opened: a table that is imported later brings stations of long ago."""

    def figures(on: date, today: date) -> list[ReportFigure]:
        return report_figures(
            july.session, county=july.cast.county, standards=july.book.standards,
            sections=[Section.ROUNDS], month_on=JULY, on=on, today=today,
        )  # fmt: skip

    later = TODAY + 9 * DAY
    made = figures(TODAY, TODAY)
    make_station(july.session, code="C0099", opened_on=date(2023, 5, 1), created_at=NOW + 2 * DAY)

    assert differences(made, figures(TODAY, later)) == []
    visited, now = made[0], figures(later, later)[0]
    assert (visited["label"], now["of"]) == ("2023年7月督导到的站点", (visited["of"] or 0) + 1)


@ON_SQLITE
def test_the_county_sets_day_months_and_townships_with_a_reason(july: July) -> None:
    township = make_organisation(
        july.session, name="鹅城镇人民政府", duties=(Duty.RESPONSIBLE_BODY,),
        type=OrganisationType.TOWNSHIP_GOVERNMENT, township_code=july.cast.township.code,
    )  # fmt: skip

    def edit(**typed: str) -> None:
        edit_options(
            july.session, county=july.cast.county, programme=july.programme,
            typed={"day": "18", "first": "2023-04", "last": "", "townships": ""} | typed,
            by=july.cast.office, now=NOW, reason=typed.get("reason", "专班会议"),
        )  # fmt: skip

    july.hand_in()
    before = [one.unit.short for one in late_months_of(july)]
    for wrong in ({"day": "0"}, {"day": "三"}, {"first": "2023-03"}, {"last": "2023-02"}):
        with pytest.raises(Invalid) as refused:
            edit(**wrong)
        assert code(refused) == "report-option-invalid"
    edit(day="3", townships="yes", last="2023-12")
    units = units_of_month(
        july.session, county="140926", options=july.options, month_on=JULY, on=TODAY,
        seen_by=EVERYBODY,
    )  # fmt: skip

    assert before == ["财政局"] * 3  # April, May and June never came
    assert [one.unit.id for one in units] == [july.unit.id, township.id]
    assert units[0].timeliness is Timeliness.ON_TIME  # by the day that held when it came
    assert units[1].due_on == date(2023, 7, 3)


@ON_SQLITE
def test_a_hundred_units_take_as_many_queries_as_one(july: July) -> None:
    def asked_now() -> int:
        with queries(july.session) as asked:
            late_months_of(july)
        return len(asked)

    few = asked_now()
    for n in range(100):
        make_organisation(july.session, name=f"第{n}局", duties=(Duty.TASK_FORCE,))

    assert asked_now() == few


@ON_SQLITE
def test_a_draft_is_no_report_and_another_s_change_is_told(july: July) -> None:
    save_draft(
        july.session, unit=july.unit, options=july.options, month_on=JULY, wording=WORDS,
        by=july.liaison, now=NOW,
    )  # fmt: skip

    assert row(july).state is ReportState.MISSING
    with pytest.raises(Conflict) as told:
        save_draft(
            july.session, unit=july.unit, options=july.options, month_on=JULY, wording=WORDS,
            by=july.cast.office, now=NOW, seal="7b7d",
        )  # fmt: skip
    assert code(told) == "report-changed-meanwhile"
