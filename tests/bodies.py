"""Makers for bodies of the plan, people who act for them, and people who only read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.organisation import Organisation
from server.models.person import Person, Role
from server.policy.plan.duties import Duty, OrganisationType
from tests.factories import LONG_AGO, make_person

LONG_HENCE = date(2098, 12, 31)


def make_organisation(
    session: Session,
    county: County | str = "140926",
    name: str = "静乐县财政局",
    duties: Sequence[Duty] = (Duty.TASK_FORCE, Duty.SUBSIDY_PAYMENT),
    **fields: Any,
) -> Organisation:
    """A body of the plan; its short name is the name without the county."""
    code = county if isinstance(county, str) else county.code
    values: dict[str, Any] = {
        "short": name.removeprefix("静乐县"),
        "type": OrganisationType.DEPARTMENT,
        "in_task_force": Duty.TASK_FORCE in duties,
        "source": "附件1",
        "from_on": date(2023, 4, 11),
        "created_at": LONG_AGO,
    }
    found = Organisation(
        county=code, name=name, duties=[one.value for one in duties], **(values | fields)
    )
    session.add(found)
    session.flush()
    return found


def make_bureau_person(
    session: Session, organisation: Organisation | None = None, **fields: Any
) -> Person:
    """Somebody of a bureau at the desk: of the 财政局 unless another body is given."""
    own = organisation or make_organisation(session)
    values = {"name": "财政", "login": "cz", "role": Role.BUREAU, "organisation_id": own.id}
    return make_person(session, own.county, **(values | fields))


def make_auditor(
    session: Session, county: County | str = "140926", until_on: date = LONG_HENCE, **fields: Any
) -> Person:
    """Somebody who only reads, for a time."""
    values: dict[str, Any] = {"name": "审计", "login": "shenji", "role": Role.AUDITOR}
    return make_person(session, county, **(values | {"until_on": until_on} | fields))
