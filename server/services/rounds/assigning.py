"""What the forms of a round show of who goes where, so that nobody overwrites a colleague."""

from collections import Counter, defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Division
from server.models.inspection import Campaign, Visit
from server.models.person import Person
from server.models.station import Station
from server.services.common.seals import Shown

NOBODY_TOLD = "未分派"


def visits_shown(session: Session, *, campaign: Campaign, ids: Collection[int]) -> list[Shown]:
    """Who goes to each of these visits, as the list of stations says it; one query."""
    rows = session.execute(
        sa.select(Visit.id, Station.name, Person.name)
        .join(Station, Station.id == Visit.station_id)
        .outerjoin(Person, Person.id == Visit.inspector_id)
        .where(Visit.campaign_id == campaign.id, Visit.id.in_(list(ids)))
        .order_by(Visit.id)
    )
    return [Shown(str(key), station, who or NOBODY_TOLD) for key, station, who in rows]


def townships_shown(
    session: Session, *, campaign: Campaign, only: Collection[str] | None
) -> list[Shown]:
    """Who goes to how many stations of each township, of all townships or some; one query."""
    rows = session.execute(
        sa.select(Division.code, Division.name, Person.name)
        .select_from(Visit)
        .join(Station, Station.id == Visit.station_id)
        .join(Division, Division.code == Station.township_code)
        .outerjoin(Person, Person.id == Visit.inspector_id)
        .where(Visit.campaign_id == campaign.id, Visit.withdrawn_at.is_(None))
        .order_by(Division.code, Person.name)
    )
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for code, name, who in rows:
        if only is None or code in only:
            counted[code, name][who or NOBODY_TOLD] += 1
    return [
        Shown(code, name, "、".join(f"{who}{count}站" for who, count in sorted(people.items())))
        for (code, name), people in counted.items()
    ]
