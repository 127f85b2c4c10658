"""What weighs in a risk-weighted draw, and that the recorded round repeats it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.inspection import InspectionOutcome
from server.models.signal import IntegritySignal, SignalState
from server.policy.rounds.sampling import Candidate, SampleKind, draw
from server.services.rounds import campaigns
from server.services.rounds.weights import missed_rounds
from tests.api.rounds import visit_of
from tests.factories import NOW, Cast, make_inspection
from tests.services.rounds.opened import drawn, open_round

NOVEMBER: dict[str, Any] = {
    "period": "2023-11",
    "name": "11月督导",
    "opens_on": date(2023, 11, 1),
    "due_on": date(2023, 11, 20),
}


def ask(session: Session, station_id: int, state: SignalState = SignalState.OPEN) -> None:
    session.add(
        IntegritySignal(
            county="140926", station_id=station_id, kind="too_far", about=state.value,
            day_on=date(2023, 7, 3), question="签到离站有点远，是怎么回事？", measured={},
            state=state, raised_at=NOW,
        )
    )  # fmt: skip
    session.flush()


def test_missed_rounds_and_open_questions_weigh_and_the_recorded_drum_repeats_the_draw(
    session: Session, cast: Cast, standards: Any
) -> None:
    july = open_round(session, cast, standards)
    campaigns.withdraw_visit(
        session, visit=visit_of(session, july, cast.c3), because="搬迁", by=cast.office, now=NOW
    )
    ask(session, cast.c1.id)
    ask(session, cast.c1.id, SignalState.SETTLED)

    november = open_round(
        session, cast, standards, sample=SampleKind.WEIGHTED, seed="气温12度", size=2, **NOVEMBER
    )

    drum = {key: (tickets, why) for key, tickets, why, _ in november.drum or []}
    assert drum["C0001"] == (4, "1轮没查到、1个待说明的提示")
    assert drum["C0002"] == (3, "1轮没查到")
    assert drum["C0003"] == (1, "")  # taken out of July's round: nobody missed it
    assert november.drawn_from == len(drum) == 4
    again = draw(
        [Candidate(*one[:3]) for one in november.drum or []],
        kind=SampleKind.WEIGHTED,
        seed=f"气温12度|{november.salt}",
        size=2,
    )
    assert sorted(one.key for one in again) == drawn(session, november)


@pytest.mark.parametrize(
    ("outcome", "missed"), [(InspectionOutcome.SIGNED, 0), (InspectionOutcome.CLOSED_DOOR, 1)]
)
def test_a_locked_door_is_no_look_inside(
    session: Session, cast: Cast, standards: Any, outcome: InspectionOutcome, missed: int
) -> None:
    july = open_round(session, cast, standards)
    make_inspection(session, visit_of(session, july, cast.c1), cast.wang.id, outcome=outcome)

    during = missed_rounds(session, county="140926", on=july.due_on)
    after = missed_rounds(session, county="140926", on=date(2023, 11, 1))

    assert during == {}
    assert after.get(cast.c1.id, 0) == missed
    assert after[cast.c2.id] == 1


def test_what_a_random_draw_was_drawn_from_is_recorded_too(
    session: Session, cast: Cast, standards: Any
) -> None:
    campaign = open_round(session, cast, standards, sample=SampleKind.RANDOM, seed="x", size=2)

    assert sorted(campaign.drum or []) == [
        ["C0001", 1, "", "马家沟村快递便民服务点"],
        ["C0002", 1, "", "杨家山村快递便民服务点"],
        ["C0003", 1, "", "舍科村快递便民服务点"],
        ["XZ0001", 1, "", "鹅城镇快递综合服务站"],
    ]


def test_a_seed_longer_than_is_kept_is_refused_for_nobody_could_draw_by_it_again(
    session: Session, cast: Cast, standards: Any
) -> None:
    with pytest.raises(Invalid, match="“抽签码”写了41个字，最多能记40个字"):
        open_round(session, cast, standards, sample=SampleKind.RANDOM, seed="签" * 41, size=2)
