"""Has a chore done that goes county by county, as the worker does it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.chores import HANDLERS, Workshop
from server.db import writing
from server.models.job import Job


def done_everywhere(shop: Workshop, kind: str, now: datetime) -> list[str]:
    """Do what came round, and then what it put in, in turn; the counties in their order."""

    def do(args: dict[str, Any]) -> None:
        record = HANDLERS[kind].begin(shop, args, now)
        with writing(shop.engine) as session:
            record(session)

    def taken() -> list[dict[str, Any]]:
        with writing(shop.engine) as session:
            jobs = session.scalars(sa.select(Job.args).where(Job.kind == kind).order_by(Job.id))
            args = list(jobs)
            session.execute(sa.delete(Job).where(Job.kind == kind))
        return args

    do({})
    done = []
    while waiting := taken():
        for args in waiting:
            do(args)
        done += [args["county"] for args in waiting]
    return done
