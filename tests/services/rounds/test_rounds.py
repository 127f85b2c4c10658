"""Opening rounds, their coverage, deadlines and notices, at the service level."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.calendar import BEIJING, beijing_day
from server.db import writing
from server.errors import Conflict, Invalid, Problem
from server.models.inspection import (
    Inspection,
    Visit,
)
from server.models.rectification import Notice, RectificationState
from server.policy.rounds.sampling import SampleKind
from server.policy.rounds.visits import VisitState
from server.services.common.seals import seal
from server.services.county.round_options import round_options
from server.services.mending import lists as rectification_lists
from server.services.mending import notices
from server.services.people.scope import EVERYBODY
from server.services.rounds import campaigns, draws
from server.services.rounds.visits import coverage, visit_views
from server.services.standing.statements import say
from tests.factories import NOW, TODAY, Cast, make_inspection, make_rectification, make_station
from tests.services.rounds.opened import JULY, drawn, open_round


def test_a_round_pins_the_standards_of_its_opening_day(
    session: Session, cast: Cast, standards: Any
) -> None:
    campaign = open_round(session, cast, standards)

    by_id = {one.id: one.sha256 for one in standards}
    assert {one["id"] for one in campaign.standards} >= {"shanxi-2023-trial"}
    assert all(by_id[one["id"]] == one["sha256"] for one in campaign.standards)
    assert drawn(session, campaign) == ["C0001", "C0002", "C0003", "XZ0001"]


def test_a_random_round_draws_what_its_recorded_seed_draws_again(
    session: Session, cast: Cast, standards: Any
) -> None:
    campaign = open_round(session, cast, standards, sample=SampleKind.RANDOM, size=2)

    again = draws.draw_stations(
        session, cast.county, SampleKind.RANDOM, seed=campaign.seed, salt=campaign.salt, size=2,
        on=JULY["opens_on"], standards=standards, township_codes=None,
    )  # fmt: skip
    assert campaign.seed
    assert (campaign.sample_size, campaign.drawn_from) == (2, 4)
    assert drawn(session, campaign) == sorted(one.station.code or "" for one in again.chosen)


def test_a_weighted_round_gives_flagged_stations_more_tickets(
    session: Session, cast: Cast, standards: Any
) -> None:
    from server.policy.standard.facts import Word

    say(
        session, station=cast.c2, fact="shelves", value=False, word=Word.REVIEWER,
        on=date(2023, 7, 1), by=cast.office, now=NOW,
    )  # fmt: skip

    every = draws.preview_sample(
        session, county=cast.county, sample=SampleKind.WEIGHTED, seed="x", size=4,
        on=JULY["opens_on"], standards=standards,
    )  # fmt: skip

    because = {one.station.code: one.because for one in every.chosen}
    assert because["C0002"] == "抽签：3张签（1条不符合）"
    assert because["C0001"] == "抽签：1张签"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"period": "2023-13"}, "round-period-wrong"),
        ({"name": " "}, "round-name-missing"),
        ({"due_on": date(2023, 7, 1)}, "round-days-wrong"),
        ({"sample": SampleKind.RANDOM, "size": 5}, "round-sample-wrong"),
        ({"assignments": {"140926100": 999_999}}, "inspector-unknown"),
        ({"township_codes": ["140926999"]}, "round-without-stations"),
    ],
)
def test_an_impossible_round_is_refused_in_words(
    session: Session, cast: Cast, standards: Any, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(Problem) as refused:
        open_round(session, cast, standards, **change)

    assert refused.value.code == code


def test_a_keeper_cannot_be_made_inspector_nor_an_officer_sent_elsewhere(
    session: Session, cast: Cast, standards: Any
) -> None:
    for person, code in ((cast.li, "inspector-unknown"), (cast.officer, "inspector-elsewhere")):
        with pytest.raises(Invalid) as refused:
            open_round(session, cast, standards, assignments={cast.township.code: person.id})
        assert refused.value.code == code


def test_the_same_round_is_not_opened_twice(session: Session, cast: Cast, standards: Any) -> None:
    open_round(session, cast, standards)

    with pytest.raises(Conflict) as refused:
        open_round(session, cast, standards)

    assert refused.value.code == "round-exists"


def test_a_county_without_a_station_standard_cannot_open_a_round(
    session: Session, cast: Cast, standards: Any
) -> None:
    with pytest.raises(Conflict) as refused:
        campaigns.open_campaign(
            session, county=cast.other_county, name="7月督导", sample=SampleKind.ALL,
            by=cast.outsider, now=NOW, standards=standards, **JULY,
        )  # fmt: skip

    assert refused.value.code == "round-without-standard"


def test_coverage_per_township_is_exact_and_costs_three_queries(
    session: Session, engine: Engine, cast: Cast, standards: Any
) -> None:
    campaign = open_round(session, cast, standards)
    visits = {
        visit.station_id: visit
        for visit in session.scalars(select(Visit).where(Visit.campaign_id == campaign.id))
    }
    make_inspection(session, visits[cast.c1.id], cast.wang.id)
    make_inspection(
        session, visits[cast.c2.id], cast.wang.id, at=NOW + timedelta(days=30), status="fails",
        fails=1,
    )  # fmt: skip
    campaigns.withdraw_visit(
        session, visit=visits[cast.xz1.id], because="站点正在搬家", by=cast.office, now=NOW
    )
    session.commit()
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    views = visit_views(session, campaign=campaign, on=date(2023, 8, 20), seen_by=EVERYBODY)
    found = coverage(views)

    assert len([one for one in asked if one.startswith("SELECT")]) == 3
    assert {one.station.code: one.state.value for one in views} == {
        "C0001": "done", "C0002": "late", "XZ0001": "withdrawn", "C0003": "missed",
    }  # fmt: skip
    assert (found.total, found.inspected) == (3, 2)
    echeng, dujia = found.per_township
    assert (echeng.name, echeng.total, echeng.inspectors) == ("鹅城镇", 2, ("王督导",))
    assert dujia.per_state[VisitState.MISSED] == 1
    assert {one.name: one.total for one in found.per_inspector} == {"王督导": 2, "未分派": 1}


def test_a_closed_round_is_not_reassigned(session: Session, cast: Cast, standards: Any) -> None:
    campaign = open_round(session, cast, standards)
    assert campaigns.assign(
        session, campaign=campaign, inspector=cast.wang, by=cast.office, now=NOW,
        township_code=cast.other_township.code,
    ) == 1  # fmt: skip
    campaigns.close_campaign(session, campaign=campaign, by=cast.office, now=NOW)

    with pytest.raises(Conflict) as refused:
        campaigns.assign(session, campaign=campaign, inspector=None, by=cast.office, now=NOW)

    assert refused.value.code == "round-closed"


@pytest.fixture
def failing(session: Session, cast: Cast, standards: Any) -> Inspection:
    campaign = open_round(session, cast, standards)
    visit = session.scalars(
        select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == cast.c1.id)
    ).one()
    return make_inspection(session, visit, cast.wang.id, status="fails", fails=1)


def test_reminder_township_and_county_come_on_their_days_and_once_each(
    session: Session, cast: Cast, failing: Inspection
) -> None:
    due_on = TODAY + timedelta(days=15)
    one = make_rectification(session, failing, due_on)
    levels = {}

    for day in range(30):
        for _ in range(2):
            made = rectification_lists.escalate(
                session, county=cast.county, now=NOW + timedelta(days=day)
            )
            if made:
                levels[day] = [step.action for step in made]

    assert levels == {12: ["reminded"], 16: ["township"], 22: ["county"]}
    assert one.escalation == 3
    [view] = rectification_lists.rectifications_seen(
        session, county="140926", on=TODAY + timedelta(days=20), seen_by=EVERYBODY
    )
    assert (view.days_left, view.overdue, view.escalation_label) == (-5, True, "已报县专班")


def test_after_days_without_power_only_the_highest_level_is_taken(
    session: Session, cast: Cast, failing: Inspection
) -> None:
    make_rectification(session, failing, TODAY)
    made = rectification_lists.escalate(session, county=cast.county, now=NOW + timedelta(days=40))

    assert [step.action for step in made] == ["county"]


def test_what_waits_for_the_office_is_not_the_keepers_delay(
    session: Session, cast: Cast, failing: Inspection
) -> None:
    make_rectification(session, failing, TODAY, state=RectificationState.ANSWERED)

    assert (
        rectification_lists.escalate(session, county=cast.county, now=NOW + timedelta(days=40))
        == []
    )


def test_a_county_chooses_its_own_days(session: Session, cast: Cast) -> None:
    cast.county.options = {"rectification_days": 7, "escalate_county_days": "soon"}

    options = round_options(cast.county)

    assert (options.rectification_days, options.escalate_county_days) == (7, 7)
    assert (options.issuer, options.notice_code) == ("静乐县快递进村工作专班", "静快改")


def test_a_notice_is_numbered_once_and_a_new_year_begins_at_one(
    session: Session, cast: Cast, failing: Inspection
) -> None:
    make_rectification(session, failing, TODAY)

    first = notices.issue_notice(session, inspection=failing, by=cast.office, now=NOW)
    again = notices.issue_notice(session, inspection=failing, by=cast.office, now=NOW)
    next_year = NOW + timedelta(days=300)
    visit = session.get_one(Visit, failing.visit_id)
    other = make_inspection(session, visit, cast.office.id, at=next_year)
    make_rectification(session, other, next_year.date())
    later = notices.issue_notice(session, inspection=other, by=cast.office, now=next_year)

    assert first.id == again.id
    assert notices.notice_number(cast.county, first) == "静快改〔2023〕1号"
    assert notices.notice_number(cast.county, later) == "静快改〔2024〕1号"


def test_a_letter_asks_for_one_day_that_is_ahead_and_for_nothing_that_was_mended(
    session: Session, cast: Cast, failing: Inspection
) -> None:
    early = make_rectification(session, failing, TODAY + timedelta(days=3))
    late = make_rectification(session, failing, TODAY + timedelta(days=9), rule_code="A3-42a")
    mended = make_rectification(session, failing, TODAY + timedelta(days=30), rule_code="A3-41")
    mended.state, early.escalation = RectificationState.ACCEPTED, 1

    letter = notices.issue_notice(session, inspection=failing, by=cast.office, now=NOW)

    days = [letter.due_on, early.due_on, late.due_on]
    assert days == [TODAY + timedelta(days=9)] * 3
    assert (early.escalation, mended.notice_id) == (0, None)
    visit = session.get_one(Visit, failing.visit_id)
    other = make_inspection(session, visit, cast.office.id, at=NOW)
    over = make_rectification(session, other, TODAY - timedelta(days=4))
    ahead = TODAY + timedelta(days=round_options(cast.county).rectification_days)
    letter = notices.issue_notice(session, inspection=other, by=cast.office, now=NOW)
    assert (letter.due_on, over.due_on) == (ahead, ahead)
    third = make_inspection(session, visit, cast.office.id, at=NOW)
    make_rectification(session, third, TODAY).state = RectificationState.ACCEPTED
    session.flush()
    with pytest.raises(Conflict, match="都已经整改并验收了"):
        notices.issue_notice(session, inspection=third, by=cast.office, now=NOW)


def test_a_letter_is_not_issued_with_a_later_day_than_the_page_showed_before_midnight(
    session: Session, cast: Cast, failing: Inspection
) -> None:
    make_rectification(session, failing, TODAY)
    evening = datetime.combine(TODAY, time(23, 59), BEIJING)
    seen = notices.to_be_issued(session, failing, beijing_day(evening))

    with pytest.raises(Conflict, match="要写进通知书的变了：“通知书写的期限”从“2023年7月8日”"):
        notices.issue_notice(
            session, inspection=failing, by=cast.office, now=evening + timedelta(minutes=2),
            seal=seal(seen),
        )  # fmt: skip
    letter = notices.issue_notice(
        session, inspection=failing, by=cast.office, now=evening, seal=seal(seen)
    )
    assert letter.due_on == TODAY + timedelta(days=3)


def test_nothing_to_mend_gets_no_notice(session: Session, cast: Cast, failing: Inspection) -> None:
    with pytest.raises(Conflict) as refused:
        notices.issue_notice(session, inspection=failing, by=cast.office, now=NOW)

    assert refused.value.code == "notice-nothing-to-mend"


def test_twenty_notices_at_once_have_no_gap_and_no_twin(
    session: Session, engine: Engine, cast: Cast, standards: Any
) -> None:
    for number in range(10, 30):
        make_station(
            session, code=f"C{number:04d}", name=f"第{number}村快递便民服务点",
            township_code=cast.township.code,
        )  # fmt: skip
    campaign = open_round(session, cast, standards)
    ids = []
    for visit in session.scalars(
        select(Visit).where(Visit.campaign_id == campaign.id).limit(20)
    ).all():
        inspection = make_inspection(session, visit, cast.wang.id, status="fails", fails=1)
        make_rectification(session, inspection, TODAY)
        ids.append(inspection.id)
    session.commit()

    def issue(inspection_id: Any) -> int:
        with writing(engine) as own:
            return notices.issue_notice(
                own, inspection=own.get_one(Inspection, inspection_id), by=None, now=NOW
            ).number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(issue, ids))

    assert sorted(numbers) == list(range(1, 21))
    with Session(engine) as fresh:
        assert fresh.scalar(select(sa.func.count()).select_from(Notice)) == 20
