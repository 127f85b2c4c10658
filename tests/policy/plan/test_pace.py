"""Both tracks in whole places for every reading, and who is late while readings are open."""

from datetime import date

import pytest

from server.policy.plan.conflicts import conflicts
from server.policy.plan.nouns import Programme, TargetKind, Track
from server.policy.plan.pace import (
    Counted,
    Goal,
    Hold,
    Step,
    hold_of,
    last_due,
    next_steps,
    overdue,
    steps,
)
from server.policy.plan.reading import programme_of, programmes_in
from server.policy.standard.facts import Level

TOWNSHIP, VILLAGE, HUB = Level.TOWNSHIP_STATION, Level.VILLAGE_POINT, Level.COUNTY_HUB
STANDARD, FILED, DEMO = TargetKind.BUILT_TO_STANDARD, TargetKind.FILED, TargetKind.DEMO
TOTAL, JUNE, TWICE = "village-point-total", "pace-2023-06", "deadline-2023-06-2023-10"
MARCH = "before-issue-2023-03"
FIRST, LAST = "任务期限：2023年6月底", "任务期限：2023年10月底"
JULY_1, OCTOBER_1, OCTOBER_31 = date(2023, 7, 1), date(2023, 10, 1), date(2023, 10, 31)


@pytest.fixture(scope="module")
def jingle() -> Programme:
    found = programme_of(programmes_in(), "140926")
    assert found is not None
    return found


def paced(plan: Programme, **choices: str) -> tuple[Step, ...]:
    every, wanted = conflicts(plan), {key.replace("_", "-"): one for key, one in choices.items()}
    total = next(one for one in every if one.key == TOTAL)
    goals = [
        Goal(level=HUB, kind=DEMO, basis="方案正文", number=1),
        Goal(level=TOWNSHIP, kind=STANDARD, basis="方案正文", number=12),
        *(
            Goal(
                level=VILLAGE,
                kind=FILED,
                basis=one.label,
                number=one.number or 0,
                hold=hold_of(total, one.label, wanted),
            )
            for one in total.readings
        ),
    ]
    return steps(plan.milestones, goals, every, wanted, issued_on=plan.issued_on)


def of(found: tuple[Step, ...], level: Level, track: Track) -> list[Step]:
    return [one for one in found if one.level is level and one.track is track]


def late(found: tuple[Step, ...], done: Counted, on: date) -> set[tuple[str, Track, int]]:
    marked = overdue(found, done, on, ends_on=last_due(found))
    return {(one.level.short, one.track, one.on.month) for one in marked}


def test_every_step_is_counted_in_whole_places_by_both_readings(jingle: Programme) -> None:
    found = paced(jingle)

    rhythm = of(found, VILLAGE, Track.RHYTHM_MILESTONE)
    assert [[need.needed for need in one.needs] for one in rhythm] == [
        [0, 0], [24, 26], [44, 47], [48, 52],
    ]  # fmt: skip
    townships = of(found, TOWNSHIP, Track.RHYTHM_MILESTONE)
    assert [one.needed for one in townships] == [0, 6, 11, 12]
    deadlines = of(found, VILLAGE, Track.TASK_DEADLINE)
    assert [(one.on.month, one.needed) for one in deadlines] == [(6, 48), (10, 48)]
    assert [(one.on.month, one.needed) for one in of(found, HUB, Track.TASK_DEADLINE)] == [(6, 1)]


def test_a_decided_total_moves_every_step_and_leaves_the_other_in_sight(jingle: Programme) -> None:
    june = of(paced(jingle, village_point_total="附件2各行相加"), VILLAGE, Track.RHYTHM_MILESTONE)[
        1
    ]

    assert june.needed == 26
    assert [(one.needed, one.hold) for one in june.needs] == [(24, Hold.ASIDE), (26, Hold.HELD)]


def test_while_a_total_is_open_nobody_is_late_who_reached_the_smaller(jingle: Programme) -> None:
    assert late(paced(jingle), {(VILLAGE, FILED): 24, (TOWNSHIP, STANDARD): 6}, JULY_1) == {
        ("县级中心", Track.TASK_DEADLINE, 6)
    }
    decided = paced(jingle, village_point_total="附件2各行相加")
    assert ("村级点", Track.RHYTHM_MILESTONE, 6) in late(decided, {(VILLAGE, FILED): 24}, JULY_1)


def test_an_open_deadline_marks_nobody_by_itself(jingle: Programme) -> None:
    """6月底 100 % stands against 6月底 half and against 10月底 100 %."""
    nothing: Counted = {}

    marked = late(paced(jingle), nothing, JULY_1)

    assert ("村级点", Track.RHYTHM_MILESTONE, 6) in marked  # missed by both of June's readings
    assert ("村级点", Track.TASK_DEADLINE, 6) not in marked  # October's reading is not missed yet


def test_a_decided_deadline_is_late_from_its_day(jingle: Programme) -> None:
    found = paced(jingle, pace_2023_06="任务期限", deadline_2023_06_2023_10=FIRST)

    assert ("乡镇站", Track.TASK_DEADLINE, 6) in late(found, {(TOWNSHIP, STANDARD): 11}, JULY_1)
    assert ("乡镇站", Track.TASK_DEADLINE, 6) not in late(found, {(TOWNSHIP, STANDARD): 12}, JULY_1)
    holds = {one.on.month: one.hold for one in of(found, TOWNSHIP, Track.TASK_DEADLINE)}
    assert holds == {6: Hold.HELD, 10: Hold.ASIDE}
    rhythm = {one.on.month: one.hold for one in of(found, TOWNSHIP, Track.RHYTHM_MILESTONE)}
    assert rhythm == {3: Hold.HELD, 6: Hold.ASIDE, 9: Hold.HELD, 10: Hold.HELD}


def test_a_reading_set_aside_elsewhere_is_no_rival_any_more(jingle: Programme) -> None:
    found = paced(jingle, deadline_2023_06_2023_10=LAST)

    june = of(found, VILLAGE, Track.RHYTHM_MILESTONE)[1]
    assert (june.hold, june.rivals) == (Hold.HELD, ())
    assert of(found, VILLAGE, Track.TASK_DEADLINE)[0].hold is Hold.ASIDE


def test_march_lies_before_the_plan_and_never_alarms(jingle: Programme) -> None:
    for choice in ("工作节奏", "印发日期"):
        found = paced(jingle, before_issue_2023_03=choice)
        march = of(found, VILLAGE, Track.RHYTHM_MILESTONE)[0]

        assert march.retroactive
        assert march.hold is (Hold.ASIDE if choice == "印发日期" else Hold.HELD)
        assert not {one for one in late(found, {}, date(2023, 4, 12)) if one[2] == 3}


def test_a_plan_whose_last_day_has_passed_alarms_nobody(jingle: Programme) -> None:
    found = paced(jingle)

    assert last_due(found) == OCTOBER_31
    assert late(found, {}, OCTOBER_31)
    assert not late(found, {}, date(2023, 11, 1))


def test_what_is_due_on_a_day_is_not_late_on_it(jingle: Programme) -> None:
    done: Counted = {(TOWNSHIP, STANDARD): 0, (VILLAGE, FILED): 48, (HUB, DEMO): 1}

    assert late(paced(jingle), done, date(2023, 6, 30)) == set()
    assert late(paced(jingle), done, JULY_1) == {("乡镇站", Track.RHYTHM_MILESTONE, 6)}


def test_the_next_step_of_each_track_is_the_first_not_past(jingle: Programme) -> None:
    found = paced(jingle, deadline_2023_06_2023_10=LAST)

    coming = next_steps(found, OCTOBER_1)

    assert coming[VILLAGE, FILED, Track.RHYTHM_MILESTONE].on == OCTOBER_31
    assert coming[VILLAGE, FILED, Track.TASK_DEADLINE].on == OCTOBER_31
    assert (HUB, DEMO, Track.TASK_DEADLINE) not in coming
    assert next_steps(found, date(2023, 11, 1)) == {}


def test_a_choice_that_is_no_reading_of_the_plan_decides_nothing(jingle: Programme) -> None:
    """Decisions of earlier releases named both deadlines 任务期限: which was meant is unknown."""
    assert paced(jingle, deadline_2023_06_2023_10="任务期限") == paced(jingle)
