"""Brings the bodies that a plan names into a county, once; what is there already is left alone."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.models.county import County, Division, DivisionKind, DivisionLevel
from server.models.organisation import Organisation
from server.models.person import Person
from server.policy.plan.duties import Duty
from server.policy.plan.nouns import Programme
from server.policy.plan.responsibilities import Organisation as Named
from server.policy.plan.responsibilities import clauses_of, duties_by_plan
from server.services.common import history
from server.services.common.written import cut
from server.services.county.actions import CountyAction
from server.services.county.counties import TARGET_KINDS

EVERY_TOWNSHIP = "各乡镇"
STREET = "街道"


def bring_organisations(
    session: Session, *, county: County, programme: Programme, by: Person | None, now: datetime
) -> list[Organisation]:
    """Enter the plan's bodies that the county does not have yet; gives those entered.

    各乡镇人民政府 becomes one body for each 乡 and 镇 (and each 街道 where the plan names them).
    A body entered before, changed or ended since, is not touched.
    """
    known = set(session.scalars(_names(county)))
    made = [
        one
        for named in programme.organisations
        for one in _bodies(session, county, programme, named)
        if one.name not in known
    ]
    for one in made:
        one.from_on = programme.issued_on or beijing_day(now)
        one.created_at, one.demo = now, county.demo
    session.add_all(made)
    session.flush()
    if made:
        history.write(
            session, of=county, by=by, at=now, action=CountyAction.ORGANISATIONS_BROUGHT,
            summary=f"按{programme.name}录入{len(made)}个单位："
            + "、".join(one.short for one in made),
        )  # fmt: skip
    return made


def still_to_bring(session: Session, *, county: County, programme: Programme | None) -> int:
    """How many bodies the plan names that the county does not have; 0 without a plan."""
    if programme is None:
        return 0
    known = set(session.scalars(_names(county)))
    return sum(
        one.name not in known
        for named in programme.organisations
        for one in _bodies(session, county, programme, named)
    )


def _names(county: County) -> sa.Select[str]:
    return sa.select(Organisation.name).where(Organisation.county == county.code)


def _bodies(
    session: Session, county: County, programme: Programme, named: Named
) -> list[Organisation]:
    """The rows for one body of the plan: one, or one for each township; not in the session."""
    duties = duties_by_plan(named, programme.tasks)
    source = "；".join(clauses_of(named, programme.tasks)) or "方案的单位名单"
    if not named.name.startswith(EVERY_TOWNSHIP):
        return [_body(county, named, duties, source)]
    with_streets = STREET in named.name
    places = session.scalars(
        sa.select(Division)
        .where(
            Division.county == county.code,
            Division.level == DivisionLevel.TOWNSHIP,
            Division.withdrawn_on.is_(None),
        )
        .order_by(Division.code)
    )
    found = []
    for place in places:
        street = place.kind == DivisionKind.SUBDISTRICT
        if place.kind in TARGET_KINDS or (street and with_streets):
            name = place.name.removesuffix("办事处") + ("办事处" if street else "人民政府")
            body = _body(county, named, duties, source)
            body.name, body.short, body.township_code = name, place.name, place.code
            found.append(body)
    return found


def _body(county: County, named: Named, duties: tuple[Duty, ...], source: str) -> Organisation:
    return Organisation(
        county=county.code,
        name=cut(named.name, Organisation.name),
        short=cut(named.short, Organisation.short),
        type=named.type,
        in_task_force=Duty.TASK_FORCE in duties,
        duties=[duty.value for duty in duties],
        source=cut(source, Organisation.source),
    )
