"""Builds a county with its plan's stations and people, for benchmarks that need one at work."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import next_month
from server.db import open_engine, writing
from server.models.county import Operator
from server.models.operator_total import OperatorFile
from server.models.phone_event import ParcelCount
from server.models.station import Station
from server.policy.plan.reading import programme_of, programmes_in
from server.policy.reconciliation import Numbers
from server.schema import upgrade
from server.services.county.divisions import rows_of
from server.services.days.operator_files import Figures, write_days
from server.services.demo.cast import DemoCast, make_cast
from server.services.programme.set_up import set_up_county
from server.services.programme.snapshots import end_of
from server.settings import ROOT
from tests.factories import TEXT_KEYS


@contextmanager
def county_at_work(
    url: str, *, code: str, on: date, now: datetime, rng: random.Random
) -> Iterator[tuple[Session, DemoCast]]:
    """A new database with the county; what the block adds to the open session is committed."""
    engine = open_engine(url, TEXT_KEYS)
    upgrade(engine)
    with writing(engine) as session:
        programme = programme_of(programmes_in(ROOT / "standards"), code)
        county = set_up_county(
            session, code=code, rows=rows_of(ROOT / "data", code), programme=programme, now=now
        ).county
        stations = list(session.scalars(sa.select(Station).order_by(Station.township_code)))
        yield session, make_cast(session, county=county, stations=stations, on=on, rng=rng)
    engine.dispose()


def operator_says(
    session: Session, *, county: str, month_on: date, until: date, rng: random.Random
) -> None:
    """An operator's totals of a month before `until`: as the keepers', one day in twenty more.

    Where a keeper counted nothing it says nine and one.
    """
    name = "某某快递有限公司"
    operator = session.scalar(
        sa.select(Operator).where(Operator.county == county, Operator.name == name)
    )
    if operator is None:
        operator = Operator(county=county, name=name)
        session.add(operator)
        session.flush()
    file = OperatorFile(
        county=county, operator_id=operator.id, month_on=month_on,
        file_name=f"{month_on.isoformat()}.xlsx", file_sha256="0" * 64, lines=0,
        entered_at=end_of(month_on),
    )  # fmt: skip
    session.add(file)
    session.flush()
    until = min(until, next_month(month_on))
    said = {
        (row.station_id, row.day_on): Numbers(row.received, row.sent)
        for row in session.execute(
            sa.select(
                ParcelCount.station_id, ParcelCount.day_on, ParcelCount.received, ParcelCount.sent
            ).where(
                ParcelCount.county == county,
                ParcelCount.day_on >= month_on,
                ParcelCount.day_on < until,
            )
        )
    }
    days: dict[tuple[int, date], Figures] = {}
    for station in session.scalars(sa.select(Station.id).where(Station.county == county)):
        for back in range((until - month_on).days):
            key = (station, month_on + timedelta(days=back))
            numbers = said.get(key, Numbers(9, 1))
            if rng.random() < 0.05:
                numbers = Numbers(numbers.inbound + 1, numbers.outbound)
            days[key] = {"": (numbers, len(days) + 2)}
    write_days(session, file, days)
