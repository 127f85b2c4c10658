from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.county import DivisionKind, PlanDecision
from server.models.station import Stage
from server.policy.plan.nouns import Programme
from server.policy.plan.reading import programme_of, programmes_in
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.people.scope import EVERYBODY
from server.services.programme.decisions import decide_conflict, plan_conflicts
from server.services.programme.plan import progress, township_progress
from server.services.programme.programmes import bring_programme
from server.services.programme.targets import targets_of
from server.services.standing.standing import standing_of, standings
from server.settings import ROOT
from tests.factories import NOW, TODAY, Cast, make_township


@pytest.fixture(scope="module")
def plan() -> Programme:
    found = programme_of(programmes_in(ROOT / "standards"), "140926")
    assert found is not None
    return found


def conflict_of_48_and_52(session: Session, cast: Cast, plan: Programme):
    views = plan_conflicts(session, county=cast.county, programme=plan)
    return next(view for view in views if any("52" in one.value for one in view.readings))


def test_forty_eight_and_fifty_two_stay_open_until_somebody_decides(
    session: Session, cast: Cast, plan: Programme
) -> None:
    view = conflict_of_48_and_52(session, cast, plan)

    assert view.decided is None
    assert any("48" in one.value for one in view.readings)
    assert all(one.text for one in view.readings)


def test_a_named_person_decides_with_a_reason_and_may_decide_again(
    session: Session, cast: Cast, plan: Programme
) -> None:
    view = conflict_of_48_and_52(session, cast, plan)
    for reading, reason in zip(view.readings[:2], ("按正文", "专班会议改按附件2"), strict=True):
        decide_conflict(
            session, county=cast.county, programme=plan, key=view.key, choice=reading.label,
            reason=reason, by=cast.office, now=NOW,
        )  # fmt: skip

    decided = conflict_of_48_and_52(session, cast, plan)

    assert decided.decided is not None
    assert (decided.decided.choice, decided.decided.who) == (view.readings[1].label, "县办")
    assert [one.reason for one in decided.history] == ["专班会议改按附件2", "按正文"]
    assert {one.value for one in session.scalars(select(PlanDecision))} == {
        Decimal(48), Decimal(52),
    }  # fmt: skip


def test_a_decision_needs_a_person_a_reason_and_a_reading_that_exists(
    session: Session, cast: Cast, plan: Programme
) -> None:
    view = conflict_of_48_and_52(session, cast, plan)
    good = {
        "county": cast.county, "programme": plan, "key": view.key,
        "choice": view.readings[0].label, "reason": "按正文", "by": cast.office, "now": NOW,
    }  # fmt: skip

    for wrong, kind, code in (
        ({"by": None}, Conflict, "decision-needs-a-person"),
        ({"reason": " "}, Invalid, "reason-needed"),
        ({"choice": "50个"}, Invalid, "reading-unknown"),
        ({"key": "没有"}, NotFound, "conflict-unknown"),
    ):
        with pytest.raises(kind) as refused:
            decide_conflict(session, **(good | wrong))
        assert refused.value.code == code
    assert list(session.scalars(select(PlanDecision))) == []


def test_a_rule_with_two_readings_is_decided_the_same_way_with_or_without_a_plan(
    session: Session, cast: Cast, plan: Programme, standards: tuple[Standard, ...]
) -> None:
    cast.c1.opened_on, cast.c1.filed_on = date(2023, 5, 1), date(2023, 5, 22)  # due on a Sunday
    session.flush()

    def verdicts() -> tuple[str, str]:
        found = standing_of(session, station=cast.c1, on=TODAY, standards=standards)
        [filing] = [one for one in found.findings if one.code == "EXT-F1"]
        return filing.verdict.value, filing.label

    def decide(choice: str, programme: Programme | None) -> None:
        decide_conflict(
            session, county=cast.county, programme=programme, key="deadline-day-off",
            choice=choice, reason="县司法局答复", by=cast.office, now=NOW,
        )  # fmt: skip

    undecided = verdicts()
    decide("顺延", plan)
    moved = verdicts()
    decide("不顺延", None)
    kept = verdicts()

    assert undecided == ("unknown", "未知")
    assert moved == ("pass", "符合")
    assert kept == ("fail", "逾期已补")
    [view] = [
        one
        for one in plan_conflicts(session, county=cast.county, programme=None)
        if one.key == "deadline-day-off"
    ]
    assert [one.choice for one in view.history] == ["不顺延", "顺延"]
    assert "民法典第二百零三条" in [one.clause for one in view.readings]


def test_built_filed_and_met_are_counted_apart_beside_both_totals(
    session: Session, cast: Cast, plan: Programme, standards: tuple[Standard, ...]
) -> None:
    cast.c2.filed_on = None
    cast.c1.stage, cast.c3.stage = Stage.BUILT, Stage.BUILT_BEFORE
    cast.xz1.stage = Stage.STANDARDISED
    session.flush()
    found = standings(session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY)

    bring_programme(session, county=cast.county, programme=plan, now=NOW, by=None)

    *_, points = found = progress(targets_of(session, cast.county, TODAY), found)

    assert {aim.value for aim in points.aims} == {48, 52}
    assert (points.built, points.filed, points.met) == (1, 2, 0)
    assert (points.before, points.to_build) == (1, 1)
    hubs = found[1]
    assert (hubs.built, hubs.standardised) == (1, 1)


def test_each_township_stands_beside_its_row_of_the_table(
    session: Session, cast: Cast, plan: Programme, standards: tuple[Standard, ...]
) -> None:
    cast.c1.stage, cast.c3.stage, cast.xz1.stage = Stage.BUILT, Stage.BUILT_BEFORE, Stage.BUILT
    session.flush()
    found = standings(session, county=cast.county, on=TODAY, standards=standards, seen_by=EVERYBODY)

    echeng, dujia = township_progress(session, county=cast.county, programme=plan, standings=found)

    assert (echeng.name, echeng.planned[Level.VILLAGE_POINT]) == ("鹅城镇", 4)
    assert (echeng.built[Level.TOWNSHIP_STATION], echeng.built[Level.VILLAGE_POINT]) == (1, 1)
    assert (dujia.built[Level.TOWNSHIP_STATION], dujia.built[Level.VILLAGE_POINT]) == (0, 0)
    assert dujia.before[Level.VILLAGE_POINT] == 1


def test_street_offices_are_listed_once_they_are_decided_to_be_responsible(
    session: Session, cast: Cast, plan: Programme
) -> None:
    make_township(session, cast.county, "140926001", "城关街道").kind = DivisionKind.SUBDISTRICT
    session.flush()

    def names(*, streets: bool) -> list[str]:
        found = township_progress(
            session, county=cast.county, programme=plan, standings=[], streets=streets
        )
        return [one.name for one in found]

    assert names(streets=False) == ["鹅城镇", "杜家村镇"]
    assert names(streets=True) == ["城关街道", "鹅城镇", "杜家村镇"]
