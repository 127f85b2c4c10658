"""A township asks for acceptances: the office accepts, both are named, nothing goes unseen."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.acceptance import Acceptance
from server.models.person import Person
from server.models.proposal import Proposal
from server.models.station import Stage
from server.policy.standard.facts import Word
from server.services.registry.acceptance_proposals import propose_acceptances
from server.services.registry.acceptance_views import candidates
from server.services.standing.statements import say
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.proposals import accepted, own_officer

pytestmark = ON_SQLITE


@pytest.fixture
def zhen(session: Session, cast: Cast) -> Person:
    return own_officer(session, cast)


def asked_acceptance(
    session: Session, cast: Cast, zhen: Person, standards: Any, **more: Any
) -> Proposal:
    [one] = propose_acceptances(
        session, county=cast.county, seen={cast.c1.id: None}, grade=Stage.BUILT, on=TODAY,
        present="供销社王某", by=zhen, now=NOW, standards=standards, **more,
    )  # fmt: skip
    return one


def test_a_township_asks_for_an_acceptance_and_the_record_names_both(
    session: Session, cast: Cast, zhen: Person, standards: Any
) -> None:
    one = asked_acceptance(session, cast, zhen, standards, note="三方到场")
    assert cast.c1.stage is Stage.PLANNED

    said = accepted(session, cast, one, standards=standards)

    assert said == "已采纳：验收为建成（2023年7月5日）"
    assert cast.c1.stage is Stage.BUILT
    made = session.scalars(select(Acceptance)).one()
    assert (made.accepted_by, made.present, made.note) == (cast.office.id, "供销社王某", "三方到场")
    assert (made.record["by"], made.record["proposed_by"]) == ("县办", "鹅城专干")
    again = asked_acceptance_refused(session, cast, zhen, standards)
    assert again == "station-accepted"


def asked_acceptance_refused(session: Session, cast: Cast, zhen: Person, standards: Any) -> str:
    with pytest.raises(Conflict) as told:
        asked_acceptance(session, cast, zhen, standards)
    return told.value.code


def test_an_acceptance_is_not_taken_from_a_list_when_the_station_stands_otherwise_by_now(
    session: Session, cast: Cast, zhen: Person, standards: Any
) -> None:
    one = asked_acceptance(session, cast, zhen, standards)
    say(
        session, station=cast.c1, fact="shelves", value=False, word=Word.REVIEWER, on=TODAY,
        by=cast.office, now=NOW, note="货架拆了",
    )  # fmt: skip

    with pytest.raises(Conflict, match="情况有了变化。请打开这一份"):
        accepted(session, cast, one, standards=standards)
    [now] = candidates(
        session, county=cast.county, on=TODAY, standards=standards, seen_by=cast.office,
        station_ids=[cast.c1.id],
    )  # fmt: skip
    accepted(session, cast, one, standards=standards, stands=now.stands)

    record = session.scalars(select(Acceptance)).one().record
    assert any("货架" in clause for clause in record["failing"])
