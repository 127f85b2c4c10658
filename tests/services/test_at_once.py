"""Two people at one button in the same moment: one is kept, the other is told."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.inspection import (
    Campaign,
    Disagreement,
    Inspection,
    InspectionOutcome,
    RoundReport,
    Visit,
)
from server.models.person import Person
from server.models.proposal import Proposal
from server.models.signal import IntegritySignal
from server.models.station import Stage, Station
from server.services.common.seals import seal
from server.services.inspections.answers import confirm
from server.services.inspections.disagreements import settle_disagreement
from server.services.registry.acceptances import accept_stations
from server.services.registry.proposal_decisions import accept_proposal
from server.services.rounds.reports import report_round
from server.services.signals.questions import (
    edit_signal_options,
    settle_signal,
    signal_options,
    signal_options_shown,
)
from tests.at_once import Press, pressed_at_once
from tests.factories import NOW, TODAY, Cast, make_inspection
from tests.proposals import own_officer, proposed
from tests.services.asked import raised
from tests.services.rounds.opened import open_round

SAID = dict.fromkeys(("clause", "title", "verdict", "label", "word", "why", "since"), "")


@pytest.fixture
def waiting(session: Session, cast: Cast, standards: Any) -> Inspection:
    """A visit that waits for its keeper's word, and one clause that two see differently."""
    campaign = open_round(session, cast, standards)
    visit = session.scalars(select(Visit).where(Visit.campaign_id == campaign.id)).first()
    assert visit is not None
    made = make_inspection(session, visit, cast.wang.id, outcome=InspectionOutcome.TO_CONFIRM)
    session.add(
        Disagreement(
            county=made.county, inspection_id=made.id, station_id=made.station_id,
            rule_code="A3-42b", keeper_says=SAID, inspector_says=SAID, opened_at=NOW,
        )
    )  # fmt: skip
    session.commit()
    return made


def test_of_two_decisions_on_one_disagreement_the_second_is_told(
    engine: Engine, session: Session, cast: Cast, waiting: Inspection
) -> None:
    def decide(decision: str) -> Press:
        return lambda own, by: settle_disagreement(
            own,
            disagreement=own.scalars(select(Disagreement)).one(),
            decision=decision,
            reason="照片清楚",
            by=by,
            now=NOW,
        )

    told = pressed_at_once(engine, cast.office, decide("keeper"), decide("inspector"))

    assert told == ["disagreement-settled", "kept"]


def test_of_two_who_save_a_county_s_choices_the_second_is_told(
    engine: Engine, session: Session, cast: Cast
) -> None:
    shown = seal(signal_options_shown(signal_options(cast.county)))

    def save(metres: int) -> Press:
        return lambda own, by: edit_signal_options(
            own,
            county=own.get_one(County, by.county),
            values={"too_far_m": metres},
            by=by,
            now=NOW,
            reason="山区",
            seal=shown,
        )

    told = pressed_at_once(engine, cast.office, save(2000), save(3000))

    assert told == ["county-changed-meanwhile", "kept"]


def test_of_two_decisions_on_one_signal_the_second_is_told(
    engine: Engine, session: Session, cast: Cast
) -> None:
    raised(session, cast.c1)
    session.commit()

    def decide(decision: str) -> Press:
        return lambda own, by: settle_signal(
            own,
            signal=own.scalars(select(IntegritySignal)).one(),
            decision=decision,
            reason="问过了",
            by=by,
            now=NOW,
        )

    told = pressed_at_once(engine, cast.office, decide("explained"), decide("mistaken"))

    assert told == (
        ["kept", "signal-settled"] if engine.dialect.name == "postgresql" else ["kept"] * 2
    )


def test_of_a_yes_and_a_no_from_two_phones_one_holds(
    engine: Engine, session: Session, cast: Cast, waiting: Inspection
) -> None:
    def say(agree: bool) -> Press:  # noqa: FBT001 - the one thing that is said
        return lambda own, by: confirm(
            own,
            inspection=own.get_one(Inspection, waiting.id),
            person=by,
            agree=agree,
            note="少算了货架",
            now=NOW,
        )

    told = pressed_at_once(engine, cast.li, say(True), say(False))

    assert told == ["inspection-answered-already", "kept"]
    session.expire_all()
    assert (waiting.confirmed_at is None) != (waiting.refused_at is None)


def test_a_result_sent_up_by_a_double_press_is_one_version(
    engine: Engine, session: Session, cast: Cast, waiting: Inspection
) -> None:
    def send(own: Session, by: Person) -> None:
        campaign = own.scalars(select(Campaign)).one()
        report_round(own, campaign=campaign, reported_to="忻州市工信局", by=by, now=NOW)

    told = pressed_at_once(engine, cast.office, send, send)

    assert told == ["kept", "report-same"]
    assert len(session.scalars(select(RoundReport)).all()) == 1


def test_of_two_acceptances_of_one_station_the_second_is_told(
    engine: Engine, session: Session, cast: Cast, standards: Any
) -> None:
    session.commit()

    def press(own: Session, by: Person) -> Any:
        return accept_stations(
            own, county=own.get_one(County, by.county), seen={cast.c1.id: None},
            grade=Stage.BUILT, on=TODAY, present="供销社王某", by=by, now=NOW,
            standards=standards,
        )  # fmt: skip

    assert pressed_at_once(engine, cast.office, press, press) == ["kept", "station-accepted"]


def test_of_two_who_accept_one_proposal_the_second_is_told(
    engine: Engine, session: Session, cast: Cast
) -> None:
    proposed(session, cast.c1, own_officer(session, cast), address="村东头")
    session.commit()

    def accept(own: Session, by: Person) -> None:
        accept_proposal(
            own,
            county=own.get_one(County, by.county),
            proposal=own.scalars(select(Proposal)).one(),
            seen=None,
            by=by,
            now=NOW,
            closing=lambda *_: 0,
        )

    assert pressed_at_once(engine, cast.office, accept, accept) == ["kept", "proposal-decided"]


def test_a_proposal_sent_twice_at_once_is_one(engine: Engine, session: Session, cast: Cast) -> None:
    own_officer(session, cast)
    session.commit()

    def propose(own: Session, _by: Person) -> None:
        officer = own.scalars(select(Person).where(Person.name == "鹅城专干")).one()
        proposed(own, own.get_one(Station, cast.c1.id), officer, address="村东头")

    assert pressed_at_once(engine, cast.office, propose, propose) == ["kept", "proposal-waiting"]
