"""Inspectors' own records are asked about like keepers' days: of the inspector, never of the keeper."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.inspection import Campaign, Counted, Inspection, Visit
from server.models.signal import IntegritySignal, SignalState
from server.policy.rounds.frozen import FrozenPresence, FrozenSpot
from server.services.signals.lists import Wanted, questions_of, questions_today, signals_seen
from server.services.signals.questions import answer, look_for_signals
from tests.factories import NOW, TODAY, Cast, make_inspection
from tests.services.rounds.opened import open_round


def spot(distance_m: float) -> FrozenSpot:
    return {
        "placed": True,
        "distance_m": distance_m,
        "accuracy_m": 10.0,
        "fix_age_s": 3.0,
        "online": True,
        "clock": "heard",
    }


def there(distance_m: float, why: str = "") -> FrozenPresence:
    return {"arrived": spot(20), "signed": spot(distance_m), "plate": "scan", "why": why}


@pytest.fixture
def visit(session: Session, cast: Cast, standards: Any) -> Visit:
    campaign: Campaign = open_round(session, cast, standards)
    return session.scalars(
        select(Visit).where(Visit.campaign_id == campaign.id, Visit.station_id == cast.c1.id)
    ).one()


def recorded(
    session: Session, cast: Cast, visit: Visit, minutes: int = 25, **fields: Any
) -> Inspection:
    """王督导's record of that station, as it was received."""
    values = {"latitude": 38.3558, "longitude": 111.9403, "accuracy_m": 10.0} | fields
    made = make_inspection(session, visit, cast.wang.id, **values)
    made.arrived_at = NOW - timedelta(minutes=minutes)
    session.flush()
    return made


def asked(session: Session, cast: Cast) -> list[IntegritySignal]:
    look_for_signals(session, county=cast.county, on=TODAY, now=NOW)
    return list(session.scalars(select(IntegritySignal).order_by(IntegritySignal.kind)))


def test_a_far_and_short_record_asks_the_inspector_and_no_keeper(
    session: Session, cast: Cast, visit: Visit
) -> None:
    made = recorded(session, cast, visit, minutes=2, presence=there(3000))

    found = asked(session, cast)

    assert [(one.kind, one.person_id) for one in found] == [
        ("visit_far", cast.wang.id),
        ("visit_short", cast.wang.id),
    ]
    assert found[0].measured["inspection"] == str(made.id)
    assert questions_today(session, station_ids=[cast.c1.id]) == {}
    assert questions_of(session, person=cast.li, now=NOW, before=None)[0] == []
    page = signals_seen(session, seen_by=cast.office, wanted=Wanted())
    assert {one.whose for one in page.shown} == {"督导员"}
    with pytest.raises(Invalid, match="没有找到这个问题"):
        answer(
            session, signal_id=found[0].id, station=cast.c1, text="不知道", event_id=made.id,
            by=cast.li, now=NOW,
        )  # fmt: skip


def test_what_the_inspector_wrote_in_the_record_is_the_answer(
    session: Session, cast: Cast, visit: Visit
) -> None:
    recorded(session, cast, visit, presence=there(3000, "站搬到了村口"))

    [signal] = asked(session, cast)

    assert (signal.state, signal.answer) == (SignalState.ANSWERED, "站搬到了村口")


def test_a_record_that_does_not_count_and_an_older_one_ask_nothing(
    session: Session, cast: Cast, visit: Visit
) -> None:
    recorded(session, cast, visit, presence=there(3000), counted=Counted.WAITS)
    recorded(session, cast, visit, minutes=1, distance_m=3000.0)  # before presence was kept

    assert asked(session, cast) == []
