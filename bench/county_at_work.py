"""Builds a county with its plan's stations and people, for benchmarks that need one at work."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import open_engine, writing
from server.models.station import Station
from server.policy.plan.reading import programme_of, programmes_in
from server.schema import upgrade
from server.services.county.divisions import rows_of
from server.services.demo.cast import DemoCast, make_cast
from server.services.programme.set_up import set_up_county
from server.settings import ROOT


@contextmanager
def county_at_work(
    url: str, *, code: str, on: date, now: datetime, rng: random.Random
) -> Iterator[tuple[Session, DemoCast]]:
    """A new database with the county; what the block adds to the open session is committed."""
    engine = open_engine(url)
    upgrade(engine)
    with writing(engine) as session:
        programme = programme_of(programmes_in(ROOT / "standards"), code)
        county = set_up_county(
            session, code=code, rows=rows_of(ROOT / "data", code), programme=programme, now=now
        ).county
        stations = list(session.scalars(sa.select(Station).order_by(Station.township_code)))
        yield session, make_cast(session, county=county, stations=stations, on=on, rng=rng)
    engine.dispose()
