"""What the register said of a station when its inspection was frozen, and what it says now."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Division, Operator
from server.models.inspection import Inspection
from server.models.person import Keeping, Person
from server.models.station import Station

LABELS = {
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


def register_words(session: Session, station: Station) -> dict[str, Any]:
    """The station as the register names it now, for freezing and for comparing with it."""
    township = session.get(Division, station.township_code) if station.township_code else None
    operator = session.get(Operator, station.operator_id) if station.operator_id else None
    return {
        "id": station.id,
        "level": station.level.value,
        "name": station.name,
        "code": station.code or "",
        "township": township.name if township else "",
        "operator": operator.name if operator else "",
        "keeper": "、".join(
            session.scalars(
                sa.select(Person.name)
                .join(Keeping, Keeping.person_id == Person.id)
                .where(Keeping.station_id == station.id, Keeping.until_at.is_(None))
                .order_by(Person.id)
            )
        ),
        "address": station.address,
    }


def words_frozen(inspection: Inspection) -> Mapping[str, Any] | None:
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
