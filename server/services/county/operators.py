"""The operators that run stations of a county."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Operator


def operators_of(session: Session, *, county: str) -> list[Operator]:
    """A county's operators by name."""
    found = sa.select(Operator).where(Operator.county == county).order_by(Operator.name)
    return list(session.scalars(found))
