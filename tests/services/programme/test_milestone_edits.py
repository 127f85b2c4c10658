"""A milestone is corrected by a later row: what the plan said stays, with who decided and why."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotFound
from server.models.history import HistoryLine
from server.models.programme import ProgrammeMilestone
from server.policy.plan.nouns import Track
from server.services.common.seals import seal
from server.services.programme.milestone_edits import (
    correct_milestone,
    latest_milestone,
    milestone_shown,
    milestones_told,
)
from server.services.programme.targets import plan_on
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast, make_plan

pytestmark = ON_SQLITE
AUGUST = date(2023, 8, 1)
LATER = {
    "due_on": "2023-11-15", "percent": "95%", "source": "专班会议纪要〔2023〕9号",
    "valid_from": "2023-08-01", "reason": "省里推迟了验收",
}  # fmt: skip


@pytest.fixture
def last(session: Session, cast: Cast) -> ProgrammeMilestone:
    """The plan's last milestone of the rhythm."""
    make_plan(session, cast.county)
    row = session.scalars(
        sa.select(ProgrammeMilestone)
        .where(ProgrammeMilestone.track == Track.RHYTHM_MILESTONE)
        .order_by(ProgrammeMilestone.due_on.desc())
    ).first()
    assert row is not None
    return row


def days_on(session: Session, cast: Cast, on: date) -> set[tuple[date, int]]:
    plan = plan_on(session, cast.county, on)
    assert plan is not None
    return {(one.on, one.percent) for one in plan.steps if one.track is Track.RHYTHM_MILESTONE}


def test_a_corrected_milestone_holds_from_its_day_and_the_old_reading_stays(
    session: Session, cast: Cast, last: ProgrammeMilestone
) -> None:
    said = (last.due_on, last.percent)
    made = correct_milestone(
        session, county=cast.county, row_id=last.id, typed=LATER, by=cast.office, now=NOW,
        seal=seal(milestone_shown(last)),
    )  # fmt: skip

    assert said in days_on(session, cast, date(2023, 7, 31))
    assert (date(2023, 11, 15), 95) in days_on(session, cast, AUGUST)
    assert said not in days_on(session, cast, AUGUST)
    told = {one.row.id: one for one in milestones_told(session, last.programme_id, AUGUST)}
    assert not told[last.id].stands
    assert (told[made.id].who, told[made.id].before, told[made.id].stands) == ("县办", last, True)
    line = session.scalars(sa.select(HistoryLine).order_by(HistoryLine.id.desc())).first()
    assert line is not None
    assert line.reason == "省里推迟了验收"
    assert "2023年11月15日完成95%" in line.summary

    # Another one who looked at the plan's own words is told; nothing is overwritten.
    with pytest.raises(Conflict) as refused:
        correct_milestone(
            session, county=cast.county, row_id=last.id, typed=LATER | {"percent": "90"},
            by=cast.office, now=NOW, seal=seal(milestone_shown(last)),
        )  # fmt: skip
    assert refused.value.code == "milestone-changed-meanwhile"

    # Taken out, it is due no more, and may be said again later.
    correct_milestone(
        session, county=cast.county, row_id=last.id, by=cast.office, now=NOW,
        typed=LATER | {"out": "1", "valid_from": "2023-09-01"},
    )  # fmt: skip
    assert (date(2023, 11, 15), 95) not in days_on(session, cast, date(2023, 9, 1))
    assert (date(2023, 11, 15), 95) in days_on(session, cast, date(2023, 8, 31))
    assert latest_milestone(session, cast.county, last.id).taken_out


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"percent": "101"}, "percent"),
        ({"percent": "一半"}, "percent"),
        ({"due_on": ""}, "due_on"),
        ({"source": " "}, "source"),
        ({"valid_from": "2023-01-01"}, "valid_from"),
        ({"due_on": "same", "percent": "same"}, "due_on"),
        ({"due_on": "taken"}, "due_on"),
    ],
)
def test_a_correction_that_says_too_little_is_refused(
    session: Session, cast: Cast, last: ProgrammeMilestone, change: dict[str, str], field: str
) -> None:
    others = session.scalars(
        sa.select(ProgrammeMilestone.due_on).where(
            ProgrammeMilestone.track == last.track, ProgrammeMilestone.id != last.id
        )
    ).all()
    words = {"same": {"due_on": last.due_on.isoformat(), "percent": str(last.percent)}}
    words["taken"] = {"due_on": others[0].isoformat()}
    typed = LATER | {name: words.get(text, {name: text})[name] for name, text in change.items()}

    with pytest.raises(Invalid) as refused:
        correct_milestone(
            session, county=cast.county, row_id=last.id, typed=typed, by=cast.office, now=NOW
        )

    assert field in refused.value.details["fields"]
    assert (
        session.scalar(
            sa.select(sa.func.count()).where(ProgrammeMilestone.replaces_id.is_not(None))
        )
        == 0
    )


def test_another_countys_milestone_is_not_there(
    session: Session, cast: Cast, last: ProgrammeMilestone
) -> None:
    with pytest.raises(NotFound):
        latest_milestone(session, cast.other_county, last.id)
