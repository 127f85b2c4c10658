"""The office corrects, adds and begins anew by later rows; nothing that was asked is lost."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, Problem
from server.models.county import PlanDecision
from server.models.history import HistoryLine
from server.models.programme import CountyProgramme, ProgrammeTarget
from server.policy.plan.pace import Hold
from server.policy.standard.facts import Level
from server.services.common.seals import seal
from server.services.programme.programmes import programmes_of
from server.services.programme.target_edits import (
    add_programme,
    add_target,
    correct_target,
    latest_row,
    row_shown,
)
from server.services.programme.targets import plan_on, targets_of
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast, make_plan

VILLAGE = Level.VILLAGE_POINT
AUGUST = date(2023, 8, 1)
CORRECTED = {
    "number": "60", "due_on": "2023-10-31", "source": "专班会议纪要〔2023〕9号",
    "valid_from": "2023-08-01", "reason": "省里增加了任务",
}  # fmt: skip
FORM = {
    "name": "静乐县2024年提质工程方案", "document": "静发改字〔2024〕3号", "issued_on": "2023-06-01",
    "from_on": "2024-01-01", "source": "县政府办印发", "reason": "新一年",
}  # fmt: skip
TARGETS = [
    {"level": "village_point", "kind": "filed", "number": "70", "due_on": "2024-10-31"},
    {"level": "county_hub", "kind": "demo", "number": " ", "due_on": ""},
]
MILESTONES = [
    {"track": "rhythm_milestone", "on": "2024-06-30", "percent": "50%"},
    {"track": "task_deadline", "on": "2024-10-31", "percent": "100"},
    {"track": "task_deadline", "on": "", "percent": ""},
]


def row_of(session: Session, number: int) -> ProgrammeTarget:
    return session.scalars(sa.select(ProgrammeTarget).where(ProgrammeTarget.number == number)).one()


def numbers(session: Session, cast: Cast, on: date) -> list[list[int]]:
    return [[one.number for one in each.readings] for each in targets_of(session, cast.county, on)]


def test_a_correction_holds_from_its_day_and_the_row_before_stays(
    session: Session, cast: Cast
) -> None:
    make_plan(session, cast.county)
    text = row_of(session, 48)

    made = correct_target(
        session, county=cast.county, row_id=text.id, typed=CORRECTED, by=cast.office, now=NOW
    )

    assert (made.replaces_id, made.basis, made.conflict_key) == (
        text.id, "方案正文", "village-point-total",
    )  # fmt: skip
    assert numbers(session, cast, TODAY) == [[1], [12], [48, 52]]
    assert numbers(session, cast, AUGUST) == [[1], [12], [52, 60]]
    plan = plan_on(session, cast.county, AUGUST)
    assert plan is not None
    half = next(one for one in plan.steps if one.level is VILLAGE and one.percent == 50)
    assert sorted(one.needed for one in half.needs) == [26, 30]
    [line] = session.scalars(sa.select(HistoryLine).where(HistoryLine.action == "target-set"))
    assert "48个改为60个" in line.summary
    assert line.reason == "省里增加了任务"
    again = correct_target(
        session, county=cast.county, row_id=text.id, typed=CORRECTED | {"number": "61"},
        by=cast.office, now=NOW,
    )  # fmt: skip
    assert again.replaces_id == made.id  # the last word, also when the form was the first row's
    assert numbers(session, cast, AUGUST)[2] == [52, 61]


@ON_SQLITE
def test_two_who_correct_at_once_are_told_and_nothing_is_overwritten(
    session: Session, cast: Cast
) -> None:
    make_plan(session, cast.county)
    row = row_of(session, 12)
    seen = seal(row_shown(row))
    asked = {"county": cast.county, "row_id": row.id, "by": cast.office, "now": NOW}
    correct_target(session, typed=CORRECTED | {"number": "13"}, seal=seen, **asked)

    with pytest.raises(Conflict, match="从“12个”改成了“13个”") as refused:
        correct_target(session, typed=CORRECTED | {"number": "14"}, seal=seen, **asked)

    assert refused.value.code == "target-changed-meanwhile"
    assert latest_row(session, cast.county, row.id).number == 13


@ON_SQLITE
def test_a_target_taken_out_is_no_target_and_may_be_added_again(
    session: Session, cast: Cast
) -> None:
    make_plan(session, cast.county)
    programme = programmes_of(session, "140926")[0]
    by = {"county": cast.county, "by": cast.office, "now": NOW}
    again = CORRECTED | {"level": "county_hub", "kind": "demo", "number": "2"}

    with pytest.raises(Conflict, match="已经有目标了"):
        add_target(session, programme_id=programme.id, typed=again, **by)
    correct_target(session, row_id=row_of(session, 1).id, typed=CORRECTED | {"out": "1"}, **by)
    assert numbers(session, cast, AUGUST) == [[12], [48, 52]]
    add_target(session, programme_id=programme.id, typed=again, **by)

    assert numbers(session, cast, AUGUST) == [[2], [12], [48, 52]]
    assert numbers(session, cast, TODAY) == [[1], [12], [48, 52]]


@ON_SQLITE
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "12"}, "field-invalid"),  # nothing corrected
        ({"number": "十二"}, "field-invalid"),
        ({"number": "-3"}, "field-invalid"),
        ({"number": ""}, "field-invalid"),
        ({"number": "9999999"}, "field-invalid"),
        ({"due_on": "10月底"}, "field-invalid"),
        ({"valid_from": "2023-04-10"}, "field-invalid"),  # before the plan
        ({"source": " "}, "field-invalid"),
        ({"reason": ""}, "reason-needed"),
        ({"reason": "因" * 401}, "text-too-long"),
        ({"source": "据" * 201}, "text-too-long"),
    ],
)
def test_a_correction_that_says_too_little_is_refused(
    session: Session, cast: Cast, change: dict[str, str], code: str
) -> None:
    make_plan(session, cast.county)
    row = row_of(session, 12)

    with pytest.raises(Problem) as refused:
        correct_target(
            session, county=cast.county, row_id=row.id, typed=CORRECTED | change, by=cast.office,
            now=NOW,
        )  # fmt: skip

    assert refused.value.code == code
    assert latest_row(session, cast.county, row.id) is row


@ON_SQLITE
def test_full_width_figures_are_figures(session: Session, cast: Cast) -> None:
    make_plan(session, cast.county)

    made = correct_target(
        session, county=cast.county, row_id=row_of(session, 12).id,
        typed=CORRECTED | {"number": "１３"}, by=cast.office, now=NOW,
    )  # fmt: skip

    assert made.number == 13


def test_a_new_year_s_plan_stands_beside_the_old_from_its_day(session: Session, cast: Cast) -> None:
    make_plan(session, cast.county)

    add_programme(
        session, county=cast.county, typed=FORM, targets=TARGETS, milestones=MILESTONES,
        by=cast.office, now=NOW,
    )  # fmt: skip

    assert numbers(session, cast, date(2023, 12, 31)) == [[1], [12], [48, 52]]
    [target] = targets_of(session, cast.county, date(2024, 1, 1))
    assert (target.number, target.decided, target.readings[0].hold) == (70, True, Hold.HELD)
    plan = plan_on(session, cast.county, date(2024, 1, 1))
    assert plan is not None
    assert [(one.on.month, one.needed) for one in plan.steps] == [(6, 35), (10, 70)]
    assert plan.ends_on == date(2024, 10, 31)
    with pytest.raises(Conflict) as refused:  # the button was pressed twice
        add_programme(
            session, county=cast.county, typed=FORM, targets=TARGETS, milestones=[],
            by=cast.office, now=NOW,
        )  # fmt: skip
    assert refused.value.code == "programme-day-taken"


@ON_SQLITE
@pytest.mark.parametrize(
    ("form", "targets", "milestones", "told"),
    [
        ({"name": ""}, TARGETS, [], "方案的名称"),
        ({"from_on": "2023-04-10"}, TARGETS, [], "要在它以后"),
        ({"from_on": ""}, TARGETS, [], "从哪天起"),
        ({}, [], [], "至少填一行"),
        ({}, [TARGETS[0] | {"due_on": ""}], [], "完成期限"),
        ({}, [TARGETS[0], TARGETS[0]], [], "合成一行"),
        ({}, TARGETS, [MILESTONES[0] | {"percent": "101"}], "0到100"),
        ({}, TARGETS, [MILESTONES[0], MILESTONES[0]], "只留一行"),
        ({"issued_on": "2024-06-01"}, TARGETS, [], "印发日期"),  # not yet
    ],
)
def test_a_plan_that_says_too_little_is_refused_whole(
    session: Session, cast: Cast, form: dict[str, str], targets: list[dict[str, str]],
    milestones: list[dict[str, str]], told: str,
) -> None:  # fmt: skip
    make_plan(session, cast.county)
    session.commit()

    with pytest.raises(Invalid, match=told):
        add_programme(
            session, county=cast.county, typed=FORM | form, targets=targets,
            milestones=milestones, by=cast.office, now=NOW,
        )  # fmt: skip

    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(CountyProgramme)) == 1


@ON_SQLITE
@pytest.mark.parametrize(("out", "left", "hold"), [(48, 52, Hold.OPEN), (52, 48, Hold.HELD)])
def test_a_chosen_reading_taken_out_decides_nothing_for_the_other(
    session: Session, cast: Cast, out: int, left: int, hold: Hold
) -> None:
    make_plan(session, cast.county)
    text = row_of(session, 48)
    session.add(
        PlanDecision(
            county="140926", programme=programmes_of(session, "140926")[0].key,
            conflict_key=text.conflict_key, choice=text.basis, reason="以正文为准",
            person_id=cast.office.id, decided_at=NOW,
        )
    )  # fmt: skip
    session.flush()

    correct_target(
        session, county=cast.county, row_id=row_of(session, out).id,
        typed=CORRECTED | {"out": "1"}, by=cast.office, now=NOW,
    )  # fmt: skip

    village = targets_of(session, cast.county, AUGUST)[2]
    decided = hold is Hold.HELD
    assert (village.number, village.decided, village.readings[0].hold) == (left, decided, hold)
    assert (village.decision is not None) == decided
