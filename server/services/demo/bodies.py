"""The demonstration's 成员单位: a 联络员 for each member of the 专班, and an auditor for a time."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.person import Person, Role
from server.policy.plan.duties import Duty
from server.services.demo.cast import free_login
from server.services.people.organisations import task_force_of
from server.services.people.people import add_person

AUDIT_LASTS = timedelta(days=60)


def seat_bodies(
    session: Session, *, county: County, office: Person, on: date, now: datetime
) -> None:
    """Somebody at the desk for each member but the townships; who reviews inbound signs in."""
    members = [one for one in task_force_of(session, county=county.code) if not one.township_code]
    reviews = [one for one in members if Duty.INBOUND_REVIEW in one.held_duties]
    for body in members:
        opens = body is (reviews or members)[0]
        person = add_person(
            session, county=county, name=f"{body.short}联络员", role=Role.BUREAU, by=office,
            now=now, organisation_id=body.id, demo=True,
            login=free_login(session, "danwei") if opens else None,
        )  # fmt: skip
        body.liaison_id = person.id
    add_person(
        session, county=county, name="县审计", role=Role.AUDITOR, by=office, now=now,
        until_on=on + AUDIT_LASTS, login=free_login(session, "shenji"), demo=True,
    )  # fmt: skip
    session.flush()
