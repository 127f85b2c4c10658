"""离这里最近的别的点: what somebody is told who stands before a closed door."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Division
from server.models.station import Stage, Station
from server.policy.distance import distance_m, far_text
from server.policy.hours import hours_lines

MOST = 3


class Near(NamedTuple):
    """Another point: how far it is as the crow flies ("" where nobody knows), and when it opens."""

    code: str
    name: str
    township: str
    address: str
    far: str
    hours: tuple[str, ...]


def points_near(session: Session, *, station: Station) -> list[Near]:
    """At most three running points of the county, the nearest first; one query.

    Built and not closed, with a number. A station without a place on the map is told of points of
    its own township, without distances. Positions themselves are told to nobody.
    """
    rows = session.execute(
        sa.select(Station, Division.name)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(
            Station.county == station.county,
            Station.id != station.id,
            Station.code.is_not(None),
            Station.closed_on.is_(None),
            Station.stage != Stage.PLANNED,
            Station.demo == station.demo,
        )
        .order_by(Station.code)
    ).all()
    if station.latitude is None or station.longitude is None:
        here = [row for row in rows if row[0].township_code == station.township_code]
        return [_near(one, name, "") for one, name in here[:MOST]]
    placed = sorted(
        (
            (
                distance_m(station.latitude, station.longitude, one.latitude, one.longitude),
                one,
                name,
            )
            for one, name in rows
            if one.latitude is not None and one.longitude is not None
        ),
        key=lambda found: (found[0], found[1].code or ""),
    )
    return [_near(one, name, far_text(metres)) for metres, one, name in placed[:MOST]]


def _near(one: Station, township: str | None, far: str) -> Near:
    return Near(one.code or "", one.name, township or "", one.address, far, hours_lines(one.hours))
