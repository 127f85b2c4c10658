"""What the pages of money share: the plan of an address, and who may do what on them."""

from typing import Any

from desk.frame.access import may, me
from server.http.database import session
from server.http.rulebook import shipped_here
from server.policy.plan.duties import Deed
from server.services.people.scope import OFFICE, WHOLE_COUNTY, deeds_open_to
from server.services.subsidies.plans import Plan, paying_plans, plan_of_id


def plans_here() -> list[Plan]:
    """The county's plans that pay something, the newest first."""
    return paying_plans(session(), county=me().county, shipped=shipped_here())


def plan_here(programme_id: int) -> Plan:
    """One of them. Raises NotFound subsidy-unknown."""
    return plan_of_id(
        session(), county=me().county, programme_id=programme_id, shipped=shipped_here()
    )


def rights() -> dict[str, Any]:
    """What the person at the desk may do with money: for templates, the services ask again."""
    deeds = deeds_open_to(session(), me())
    pays = Deed.PAY in deeds
    return {
        "pays": pays,
        "keeps": pays or may(*OFFICE),
        "deeds": deeds,
        "sees_money": may(*WHOLE_COUNTY),
    }
