"""成员单位: the bodies of a county's plan, what each answers for, and who speaks for it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, NotFound
from server.models.organisation import Organisation


def organisations_of(session: Session, *, county: str, ended: bool = False) -> list[Organisation]:
    """A county's bodies in the order of their entering: those at work, or with `ended` all."""
    query = sa.select(Organisation).where(Organisation.county == county).order_by(Organisation.id)
    if not ended:
        query = query.where(Organisation.until_on.is_(None))
    return list(session.scalars(query))


def task_force_of(session: Session, *, county: str) -> list[Organisation]:
    """The members of the 专班 (成员单位) at work, in the order of their entering."""
    return [one for one in organisations_of(session, county=county) if one.in_task_force]


def organisation_of(session: Session, *, county: str, organisation_id: int) -> Organisation:
    """One of the county's bodies. Raises NotFound organisation-unknown."""
    found = session.get(Organisation, organisation_id)
    if found is None or found.county != county:
        raise NotFound("organisation-unknown", "没有找到这个单位。请从成员单位名单里重新选择。")
    return found


def organisation_named(session: Session, *, county: str, name: str) -> Organisation:
    """A body at work by its full or short name.

    Raises NotFound organisation-unknown, Conflict organisation-ambiguous.
    """
    wanted = name.strip()
    found = [
        one for one in organisations_of(session, county=county) if wanted in (one.name, one.short)
    ]
    if not found:
        raise NotFound("organisation-unknown", f"本县没有登记“{wanted}”。请核对单位名称。")
    if len(found) > 1:
        raise Conflict("organisation-ambiguous", f"有几个单位都叫“{wanted}”。请写全称。")
    return found[0]
