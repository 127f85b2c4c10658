"""The demonstration's villages: how many people some have, who else is served, two agreements."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.models.county import County
from server.models.coverage import Agreement, PopulationBasis, VillagePopulation
from server.policy.standard.facts import Level
from server.services.county.counties import villages
from server.services.demo.cast import DemoCast

CENSUS, CENSUS_SAYS = date(2020, 11, 1), "2020年人口普查（演示数据）"
REPORT_SAYS = "村委会上报（演示数据）"
AGREED = (
    ("postal_coop", "县邮政公司、演示快递企业（演示数据）", "全县", 420, 25),
    ("commerce_coop", "演示电商服务中心、演示快递企业（演示数据）", "县城周边乡镇", 150, 215),
)
"""Mode, parties, where, and how many days ago it began and in how many it ends."""


def cover_villages(
    session: Session, cast: DemoCast, *, county: County, on: date, now: datetime, rng: random.Random
) -> None:
    """People of most villages of both bases, some radiated villages, and agreements."""
    every = villages(session, county.code)
    by_township: dict[str, list[str]] = {}
    for village in every:
        by_township.setdefault(village.parent, []).append(village.code)
        if rng.random() < 0.12:
            continue  # nobody has counted
        people = rng.randint(180, 1900) if rng.random() < 0.9 else rng.randint(2500, 4200)
        counted = [(PopulationBasis.RESIDENT, people, CENSUS, CENSUS_SAYS)]
        if rng.random() < 0.7:
            registered = people + rng.randint(40, 700)
            reported = on - timedelta(days=rng.randint(30, 300))
            counted.append((PopulationBasis.REGISTERED, registered, reported, REPORT_SAYS))
        session.add_all(
            VillagePopulation(
                county=county.code, village_code=village.code, basis=basis, people=number,
                counted_on=day, source=source, recorded_by=cast.office.id, recorded_at=now,
                demo=True,
            )
            for basis, number, day, source in counted
        )  # fmt: skip
    for member in cast.members:
        station = member.station
        if station.level is Level.TOWNSHIP_STATION and station.township_code:
            near = by_township.get(station.township_code, [])
            station.serves = sorted(rng.sample(near, min(len(near), rng.randint(2, 9))))
    session.add_all(
        Agreement(
            county=county.code, mode=mode, parties=parties, covers=covers,
            from_on=on - timedelta(days=began), until_on=on + timedelta(days=ends),
            recorded_by=cast.office.id, recorded_at=now, demo=True,
        )
        for mode, parties, covers, began, ends in AGREED
    )  # fmt: skip
