from datetime import date

from sqlalchemy.orm import Session

from server.models.county import Division, DivisionKind
from server.models.coverage import PopulationBasis
from server.models.station import Stage
from server.policy.plan.coverage import Met
from server.services.coverage.populations import record_population
from server.services.coverage.serving import villages_served
from server.services.people.scope import EVERYBODY
from server.services.programme.coverage_goals import Goal, coverage_goals
from server.services.programme.decisions import decide_conflict, decided_readings
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, Cast
from tests.plans import JINGLE, XIPING

OWN, NEXT, FAR = "140926100205", "140926100206", "140926101201"

pytestmark = ON_SQLITE


def goals(session: Session, programme: object = XIPING) -> dict[str, Goal]:
    villages = villages_served(session, county="140926", on=TODAY, seen_by=EVERYBODY)
    decided = decided_readings(session, county="140926", programme=XIPING)
    found = coverage_goals(villages, programme=programme, decided=decided)  # type: ignore[arg-type]
    return {one.key: one for one in found}


def decide(session: Session, cast: Cast, key: str, choice: str) -> None:
    decide_conflict(
        session, county=cast.county, programme=XIPING, key=key, choice=choice, reason="专班会议",
        by=cast.office, now=NOW,
    )  # fmt: skip


def count(session: Session, code: str, basis: PopulationBasis, people: int) -> None:
    record_population(
        session, village=session.get_one(Division, code), basis=basis, people=people,
        counted_on=date(2020, 11, 1), source="普查", by=None, now=NOW,
    )  # fmt: skip


def test_every_open_reading_is_shown_until_a_named_person_decides(
    session: Session, cast: Cast
) -> None:
    cast.c1.stage = Stage.BUILT
    for code in (OWN, NEXT, FAR):
        count(session, code, PopulationBasis.RESIDENT, 2499)
    count(session, OWN, PopulationBasis.REGISTERED, 2500)  # 以上 is inclusive
    session.flush()
    found = goals(session)
    assert len(found) == 6
    assert {one.holds for one in found.values()} == {None}
    assert found["resident-resident-any_station"].met is Met.NONE
    registered = found["resident-registered-any_station"]
    assert (registered.share.inside, registered.share.of) == ({OWN}, {OWN})
    assert registered.share.unknown == {NEXT, FAR}
    assert registered.met is Met.UNTOLD

    decide(session, cast, "coverage-population-basis", "按常住人口")
    decide(session, cast, "coverage-resident-point", "村里有站就算")
    found = goals(session)
    assert found["resident-resident-any_station"].holds is True
    assert found["resident-registered-any_station"].holds is False
    assert found["resident-resident-of_the_mode"].holds is False
    assert list(found)[-1] != "resident-resident-any_station"


def test_the_denominator_follows_the_decided_conflict(session: Session, cast: Cast) -> None:
    cast.c1.stage = cast.c2.stage = Stage.BUILT
    session.get_one(Division, FAR).kind = DivisionKind.RESIDENTS_COMMITTEE
    session.flush()
    found = goals(session)
    villages, units = found["covered-committees"], found["covered-units"]
    assert (len(villages.share.of), len(units.share.of)) == (2, 3)
    assert (villages.met, units.met) == (Met.MET, Met.NOT_MET)
    assert (villages.holds, units.holds) == (None, None)

    decide(session, cast, "village-total", "全覆盖")
    found = goals(session)
    assert (found["covered-units"].holds, found["covered-committees"].holds) == (True, False)
    decide(session, cast, "village-total", "目标任务")
    assert goals(session)["covered-committees"].holds is True


def test_a_plan_without_coverage_goals_shows_the_share_and_claims_no_goal(
    session: Session, cast: Cast
) -> None:
    found = goals(session, JINGLE)
    assert list(found) == ["covered-committees", "covered-units"]
    assert found["covered-committees"].holds is True
    assert found["covered-committees"].met is None
    assert list(goals(session, None)) == ["covered-committees", "covered-units"]
