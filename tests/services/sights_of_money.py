"""What the lists of subsidies show of C0001, for tests/services/sights.py."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from server.models.county import PlanDecision
from server.models.person import Person, Role
from server.models.subsidy import EntitlementState, SubsidyCycle, SubsidyEntitlement, SubsidyRate
from server.models.subsidy_order import SubsidyOrder, SubsidyOrderFile
from server.policy.plan.subsidies import PayeeKind, SchemeKind
from server.services.programme.programmes import bring_programme
from server.services.subsidies import cycles, lists, orders
from server.services.subsidies.plans import Plan
from tests.factories import NOW, TODAY
from tests.plans import JINGLE
from tests.services.world import World

Shown = Callable[[World, Plan], int]


def looked(world: World, shown: Shown) -> int:
    """What is shown while C0001 has an order that can be paid and an entitlement of last month."""
    session, c1 = world.session, world.c1
    attempt = session.begin_nested()
    try:
        row = bring_programme(session, county=world.county, programme=JINGLE, now=NOW, by=None)
        by = session.scalars(
            select(Person).where(
                Person.county == world.county.code, Person.role == Role.COUNTY_OFFICE
            )
        ).first()
        assert by is not None
        assert c1.operator_id is not None
        of_plan: dict[str, Any] = {
            "county": c1.county, "programme_id": row.id, "scheme": "outbound",
        }  # fmt: skip
        cycle = SubsidyCycle(period="2023-05", opened_by=by.id, opened_at=NOW, **of_plan)
        file = SubsidyOrderFile(
            county=c1.county, operator_id=c1.operator_id, file_name="x", file_sha256="2" * 64,
            lines=1, entered_by=by.id, entered_at=NOW,
        )  # fmt: skip
        session.add_all([cycle, file])
        session.flush()
        session.add_all(
            [
                PlanDecision(
                    county=c1.county, programme=JINGLE.id, conflict_key="subsidy-payee",
                    choice="站点", reason="会议", person_id=by.id, decided_at=NOW,
                ),
                SubsidyRate(
                    from_on=date(2023, 1, 1), source="x", entered_by=by.id, entered_at=NOW,
                    tiers=[{"level": "", "township": "", "above": 0, "li": 1000}], **of_plan,
                ),
                SubsidyOrder(
                    county=c1.county, file_id=file.id, file_row=2, operator_id=c1.operator_id,
                    station_id=c1.id, order_no="P1", day_on=date(2023, 6, 3), product="藜麦",
                    platform="拼多多", destination="北京市海淀区",
                ),
                SubsidyEntitlement(
                    cycle_id=cycle.id, kind=SchemeKind.OUTBOUND, station_id=c1.id,
                    payee_kind=PayeeKind.STATION, payee_key=f"station:{c1.id}", payee_name=c1.name,
                    once_key="x", amount_fen=100, contents={}, contents_sha256="0" * 64,
                    sentence="1元", state=EntitlementState.PROPOSED, proposed_by=by.id,
                    proposed_at=NOW, **of_plan,
                ),
            ]
        )  # fmt: skip
        session.flush()
        return shown(world, Plan(row, JINGLE))
    finally:
        attempt.rollback()


def worked(seen_by: dict[str, Any]) -> Shown:
    def shown(world: World, plan: Plan) -> int:
        asked = cycles.question(
            world.session, plan=plan, scheme=plan.scheme("outbound"), period="2023-06", today=TODAY
        )
        return len(cycles.work_out(world.session, asked, **seen_by).entitled)

    return shown


LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "subsidies.cycles.work_out": lambda w, a: looked(w, worked(a)),
    "subsidies.lists.entitlements_seen": lambda w, a: looked(
        w,
        lambda w, _: len(
            lists.entitlements_seen(w.session, county="140926", wanted=lists.Wanted(), **a)
        ),
    ),
    "subsidies.lists.ageing": lambda w, a: looked(
        w, lambda w, _: len(lists.ageing(w.session, county="140926", on=TODAY, **a))
    ),
    "subsidies.orders.orders_told": lambda w, a: looked(
        w, lambda w, _: len(orders.orders_told(w.session, county="140926", **a))
    ),
}
