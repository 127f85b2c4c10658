"""More time that was asked for ends with a word, and a problem's last word is kept whole."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.matter import MatterDeed, MatterStep
from server.models.person import Person, Role
from server.services.matters.closing import close
from server.services.matters.handling import (
    answer,
    ask_for_time,
    decide_time,
    pass_on,
    refer,
    return_it,
)
from tests.databases import ON_SQLITE
from tests.factories import NOW, Cast, make_person
from tests.services.matters.brought import IN_TEN_DAYS, brought, referred

pytestmark = ON_SQLITE


@pytest.fixture
def own(session: Session, cast: Cast) -> Person:
    return make_person(
        session, name="鹅城专干", role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )


@pytest.mark.parametrize("move", ["refer", "pass", "answer", "return"])
def test_a_move_over_an_open_request_for_time_says_that_it_fell(
    session: Session, cast: Cast, own: Person, move: str
) -> None:
    matter = referred(session, cast)
    until = IN_TEN_DAYS + timedelta(days=7)
    ask_for_time(session, matter=matter, until=until, note="大雪封路", by=own, now=NOW)
    operator = f"operator:{cast.c1.operator_id}"
    with_day = {"to": operator, "due_on": IN_TEN_DAYS, "note": "请快办", "now": NOW}

    if move == "refer":
        refer(session, matter=matter, by=cast.office, **with_day)
    elif move == "pass":
        pass_on(session, matter=matter, by=own, **with_day)
    elif move == "answer":
        answer(session, matter=matter, note="已送到家。", by=own, now=NOW)
    else:
        return_it(session, matter=matter, note="不归我们", by=own, now=NOW)

    last = session.scalars(select(MatterStep).order_by(MatterStep.id.desc())).first()
    assert last is not None
    assert (last.deed, last.person_id, matter.wanted_on) == (MatterDeed.NOTED, None, None)
    day = f"{until.year}年{until.month}月{until.day}日"
    assert last.note.startswith(f"申请延到{day}，县里还没有批")
    assert last.note.endswith("这次申请不再有效。")
    noted = session.scalars(select(MatterStep).where(MatterStep.deed == MatterDeed.NOTED))
    assert len(noted.all()) == 1


def test_a_day_already_past_is_not_granted_but_may_be_refused(
    session: Session, cast: Cast, own: Person
) -> None:
    matter = referred(session, cast)
    until = IN_TEN_DAYS + timedelta(days=1)
    ask_for_time(session, matter=matter, until=until, note="大雪封路", by=own, now=NOW)

    def decide(*, granted: bool) -> None:
        decide_time(
            session, matter=matter, granted=granted, note="请重新申请", by=cast.office,
            now=NOW + timedelta(days=12),
        )  # fmt: skip

    with pytest.raises(Conflict, match="已经过去了，不能再同意"):
        decide(granted=True)
    assert (matter.due_on, matter.wanted_on) == (IN_TEN_DAYS, until)
    decide(granted=False)
    assert (matter.due_on, matter.wanted_on) == (IN_TEN_DAYS, None)


def test_what_was_said_at_the_end_is_kept_to_its_full_stop(session: Session, cast: Cast) -> None:
    matter = brought(session, cast)

    close(session, matter=matter, outcome="unfounded", note="查过了。", by=cast.office, now=NOW)

    [last] = session.scalars(select(MatterStep).where(MatterStep.deed == MatterDeed.CLOSED))
    assert last.note.endswith("。查过了。")
