"""Has a chore done that goes county by county, as the worker does it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.chores import HANDLERS, Workshop
from server.db import writing
from server.models.job import Job


def done_everywhere(shop: Workshop, kind: str, now: datetime) -> list[str]:
    """Do what came round, and then each county's part by itself; the counties in their order."""

    def do(args: dict[str, Any]) -> None:
        record = HANDLERS[kind].begin(shop, args, now)
        with writing(shop.engine) as session:
            record(session)

    do({})
    with writing(shop.engine) as session:
        waiting = session.scalars(
            sa.select(Job.args).where(Job.kind == kind).order_by(Job.id)
        ).all()
        session.execute(sa.delete(Job).where(Job.kind == kind))
    for args in waiting:
        do(args)
    return [args["county"] for args in waiting]
