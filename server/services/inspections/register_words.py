"""What the register said of a station when its inspection was frozen, and what it says now."""

from collections import defaultdict
from collections.abc import Collection
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Division, Operator
from server.models.inspection import Inspection
from server.models.person import Keeping, Person
from server.models.station import Station
from server.policy.standard.frozen import RegisterWords

WordName = Literal["name", "code", "township", "operator", "keeper", "address"]
LABELS: dict[WordName, str] = {
    "name": "站点名称",
    "code": "编号",
    "township": "乡镇",
    "operator": "运营企业",
    "keeper": "登记站长",
    "address": "地址",
}


class Since(NamedTuple):
    """One thing that the register says otherwise now."""

    label: str
    then: str
    now: str


def register_words(session: Session, station: Station) -> RegisterWords:
    """The station as the register names it now, for freezing and for comparing with it."""
    return register_words_of(session, [station])[station.id]


def register_words_of(session: Session, stations: Collection[Station]) -> dict[int, RegisterWords]:
    """The same for many stations, by id; three queries."""
    townships: dict[str, str] = dict(
        session.execute(
            sa.select(Division.code, Division.name).where(
                Division.code.in_({one.township_code for one in stations if one.township_code})
            )
        ).all()
    )
    operators: dict[int, str] = dict(
        session.execute(
            sa.select(Operator.id, Operator.name).where(
                Operator.id.in_({one.operator_id for one in stations if one.operator_id})
            )
        ).all()
    )
    keepers: dict[int, list[str]] = defaultdict(list)
    for station_id, name in session.execute(
        sa.select(Keeping.station_id, Person.name)
        .join(Person, Person.id == Keeping.person_id)
        .where(Keeping.station_id.in_([one.id for one in stations]), Keeping.until_at.is_(None))
        .order_by(Keeping.station_id, Person.id)
    ):
        keepers[station_id].append(name)
    return {
        one.id: {
            "id": one.id,
            "level": one.level.value,
            "name": one.name,
            "code": one.code or "",
            "township": townships.get(one.township_code or "", ""),
            "operator": operators.get(one.operator_id or 0, ""),
            "keeper": "、".join(keepers[one.id]),
            "address": one.address,
        }
        for one in stations
    }


def words_frozen(inspection: Inspection) -> RegisterWords | None:
    """The station as frozen; None for records of the first shape, which froze its id alone."""
    return None if inspection.as_signed is None else inspection.as_signed["station"]


def changed_since(session: Session, inspection: Inspection) -> tuple[Since, ...]:
    """Where the register no longer says what stands in the record."""
    then = words_frozen(inspection)
    if then is None:
        return ()
    now = register_words(session, session.get_one(Station, inspection.station_id))
    return tuple(
        Since(label, then[name] or "没有登记", now[name] or "没有登记")
        for name, label in LABELS.items()
        if then[name] != now[name]
    )
