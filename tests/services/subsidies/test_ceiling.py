"""西平's ceiling of ¥871,000: out of the county's own data, and only where every condition holds."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict
from server.models.county import County, Division, DivisionKind
from server.models.month import MonthApproval
from server.models.operator_total import OperatorFile, OperatorTotal, ReconciliationDecision
from server.models.station import Stage, Station
from server.policy.plan.subsidies import scheme_of
from server.policy.reconciliation import Choice
from server.policy.standard.facts import Level
from server.services.county.divisions import rows_of
from server.services.days.reconciliation import day_of
from server.services.people.scope import EVERYBODY
from server.services.programme.decisions import decide_conflict
from server.services.programme.programmes import programmes_of
from server.services.programme.set_up import set_up_county
from server.services.subsidies.cycles import question, work_out
from server.services.subsidies.plans import Plan
from server.settings import ROOT
from tests.databases import ON_SQLITE
from tests.factories import NOW, TODAY, make_operator, make_person, make_station
from tests.plans import XIPING
from tests.services.subsidies.world import decide

pytestmark = ON_SQLITE
MONTH = date(2023, 3, 1)
HUB, CENTRE, POINT = "county-hub-once", "township-hub-once", "resident-point-once"


def total(session: Session, plan: Plan) -> dict[str, int]:
    """What each scheme comes to, in yuan."""
    found = {}
    for scheme in plan.schemes:
        asked = question(session, plan=plan, scheme=scheme, period="2023", today=TODAY)
        worked = work_out(session, asked, seen_by=EVERYBODY)
        found[scheme.key] = worked.total // 100
    return found


def otherwise(session: Session, plan: Plan, row: Any, **changed: Any) -> int:
    """What all schemes come to while one row is otherwise."""
    attempt = session.begin_nested()
    for name, value in changed.items():
        setattr(row, name, value)
    session.flush()
    found = sum(total(session, plan).values())
    attempt.rollback()
    session.expire_all()
    return found


@pytest.fixture
def county(session: Session) -> County:
    """西平 as its plan and the division table have it: 16 centres and 251 villages, all built."""
    made = set_up_county(
        session, code="411721", rows=rows_of(ROOT / "data", "411721"), programme=XIPING, now=NOW
    )
    operator = make_operator(session, made.county)
    make_station(
        session, made.county, None, "西平县快递共配中心", level=Level.COUNTY_HUB, opened_on=None
    )
    for one in session.scalars(select(Station).where(Station.county == "411721")):
        one.stage, one.coop_modes, one.operator_id = Stage.BUILT, ["resident_point"], operator.id
        one.opened_on = None
    return made.county


def counted(session: Session, county: County) -> None:
    """One approved month in which the hub and each centre handle exactly what is asked."""
    office = make_person(session, county, "县办二")
    session.add(
        MonthApproval(
            county=county.code, month_on=MONTH, figures={"stations": []}, figures_sha256="0" * 64,
            approved_at=NOW, approved_by=office.id, tolerance_parcels=0, tolerance_percent=0,
        )
    )  # fmt: skip
    operator_id = session.scalar(select(Station.operator_id).where(Station.county == county.code))
    assert operator_id
    file = OperatorFile(
        county=county.code, operator_id=operator_id, month_on=MONTH, file_name="3月.xlsx",
        file_sha256="1" * 64, lines=17, entered_at=NOW,
    )  # fmt: skip
    session.add(file)
    session.flush()
    centres = session.scalars(
        select(Station).where(
            Station.county == county.code, Station.level == Level.TOWNSHIP_STATION
        )
    ).all()
    assert len(centres) == 16
    for row, station in enumerate([None, *centres]):
        session.add(
            OperatorTotal(
                county=county.code, file_id=file.id, operator_id=operator_id, month_on=MONTH,
                station_id=station.id if station else None, place=station.id if station else 0,
                day_on=MONTH, inbound=199_000 if station else 19_000_000,
                outbound=1_000 if station else 1_000_000, version=1, current=True, file_row=row,
            )
        )  # fmt: skip
    session.flush()
    for station in centres:
        day = day_of(session, station=station, day_on=MONTH)
        session.add(
            ReconciliationDecision(
                county=county.code, station_id=station.id, day_on=MONTH, seq=1,
                choice=Choice.OPERATOR, inbound=199_000, outbound=1_000, operator_inbound=199_000,
                operator_outbound=1_000, seen_sha256=day.seal, reason="看了派件单",
                decided_by=office.id, decided_at=NOW,
            )
        )  # fmt: skip
    session.flush()


def test_the_ceiling_comes_out_of_the_data_and_every_condition_is_needed(
    session: Session, county: County
) -> None:
    [row] = programmes_of(session, county.code)
    plan, office = Plan(row, XIPING), make_person(session, county, "县办")
    hub = scheme_of(plan.schemes, HUB)
    assert hub is not None
    with pytest.raises(Conflict) as refused:
        question(session, plan=plan, scheme=hub, period="2023", today=TODAY)
    assert refused.value.code == "subsidy-undecided"
    assert "“年处理快件量”的“年”怎么算" in refused.value.message

    decide(
        session, county, XIPING, office, subsidy_payee="站点", subsidy_year="自然年",
        subsidy_handled="到件和寄件都算", village_total="目标任务",
        coverage_resident_point="只算驻村设点模式",
    )  # fmt: skip
    assert total(session, plan) == {HUB: 0, CENTRE: 0, POINT: 251_000}
    counted(session, county)
    assert total(session, plan) == {HUB: 300_000, CENTRE: 320_000, POINT: 251_000}  # 871,000

    line = session.scalars(select(OperatorTotal).where(OperatorTotal.place == 0)).one()
    same = {one.key: getattr(line, one.key) for one in OperatorTotal.__table__.columns}
    other = make_operator(session, county, "另一家").id
    twice = OperatorTotal(**same | {"id": None, "operator_id": other})

    def doubts() -> tuple[str, ...]:
        session.flush()
        asked = question(session, plan=plan, scheme=hub, period="2023", today=TODAY)
        [centre] = work_out(session, asked, seen_by=EVERYBODY).entitled
        return centre.doubts

    assert doubts() == ()
    session.add(twice)
    assert doubts() == (
        "有1天不止一家企业报了县级中心的件数，是加在一起算的，请人看一下有没有算重",
    )  # fmt: skip
    session.delete(twice)
    points = session.scalars(
        select(Station).where(Station.county == county.code, Station.level == Level.VILLAGE_POINT)
    ).all()
    assert len(points) == 251
    # Served from elsewhere, or run in another way: no 1,000, and its township has not all.
    assert otherwise(session, plan, points[0], coop_modes=["postal_coop"]) == 871_000 - 21_000
    closed = otherwise(session, plan, points[0], closed_on=date(2023, 1, 1))
    assert closed == 871_000 - 321_000  # nor is the county covered any more
    assert otherwise(session, plan, points[0], stage=Stage.BUILT_BEFORE) == 871_000 - 321_000
    lines = session.scalars(select(OperatorTotal).order_by(OperatorTotal.id)).all()
    assert otherwise(session, plan, lines[0], inbound=18_999_999) == 571_000
    # A centre's day that no longer is what was decided over is open: nothing is known of it.
    assert otherwise(session, plan, lines[1], inbound=198_999) == 851_000
    approval = session.scalars(select(MonthApproval)).one()
    assert otherwise(session, plan, approval, month_on=date(2022, 3, 1)) == 251_000

    decide_conflict(
        session, county=county, programme=XIPING, key="subsidy-handled", choice="只算到件",
        reason="财政局意见", by=office, now=NOW,
    )  # fmt: skip
    assert total(session, plan) == {HUB: 0, CENTRE: 0, POINT: 251_000}
    decide_conflict(
        session, county=county, programme=XIPING, key="subsidy-handled", choice="到件和寄件都算",
        reason="专班会议", by=office, now=NOW,
    )  # fmt: skip
    decide_conflict(
        session, county=county, programme=XIPING, key="village-total", choice="全覆盖",
        reason="专班会议", by=office, now=NOW,
    )  # fmt: skip
    units = session.scalars(
        select(Division).where(
            Division.county == county.code, Division.kind == DivisionKind.RESIDENTS_COMMITTEE
        )
    ).all()
    assert units  # of 288 places 37 have no station: the county is not covered
    assert total(session, plan)[HUB] == 0
