"""How far the county reaches, by its outline or its stations: a position beyond is asked about."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Invalid
from server.models.station import Station
from server.policy.distance import Spot, far_text, metres_outside, reach_of
from server.policy.outline import Ring
from server.services.common.insisting import ask_unless_sure
from server.services.county.outlines import outline_here
from server.services.registry.field_reading import Reading, read_field
from server.services.registry.fields import FIELDS, stored

POSITION = FIELDS["position"]
OUTLINE_M = 2_000  # a handed-in outline is simplified, and stations stand at its edge


class Extent:
    """The county's outline where it has one, else where its placed stations are."""

    def __init__(
        self, session: Session, county: str, *, without: int = 0, also: Iterable[Spot] = ()
    ) -> None:
        """Not counting one station, whose position is being changed; `also` are a table's own."""
        found = outline_here(session, county)
        self._rings: list[Ring] = list(found[0].rings) if found else []
        self._held: list[Spot] = [
            (latitude, longitude)
            for latitude, longitude in session.execute(
                sa.select(Station.latitude, Station.longitude).where(
                    Station.county == county,
                    Station.id != without,
                    Station.closed_on.is_(None),
                )
            )
            if latitude is not None and longitude is not None
        ]
        self._reach = reach_of([*self._held, *also])

    def odd(self, spot: Spot) -> str:
        """What is odd about a position, without a full stop; "" where nothing is, or none knows."""
        where = f"位置{spot[0]:g},{spot[1]:g}"
        if self._rings:
            metres = metres_outside(self._rings, spot)
            return f"{where}在本县轮廓外{far_text(metres)}" if metres > OUTLINE_M else ""
        far = self._reach.beyond(spot, self._held) if self._reach else 0.0
        if not far or self._reach is None:
            return ""
        usual = far_text(self._reach.usual_m)
        return f"{where}离本县各站点的中间有{far_text(far)}，其他站点大多在{usual}以内"


def odd_position(session: Session, *, station: Station, typed: str, today: date) -> str:
    """What is odd about a new position of a station as it is typed; "" where nothing is."""
    spot, reading = None, Reading(session, station.county, today)
    with suppress(Invalid):  # said with all else that is wrong, when the form is read
        spot = read_field(POSITION, typed, reading)
    if spot is None or spot == stored(station, POSITION):
        return ""
    return Extent(session, station.county, without=station.id).odd(spot)


def ask_about_position(
    session: Session, *, station: Station, typed: str | None, sure: str, today: date
) -> None:
    """Raise Conflict position-odd where a new position is hardly meant and nobody is `sure`."""
    ask_unless_sure(
        odd_position(session, station=station, typed=typed, today=today) if typed else "",
        sure,
        code="position-odd",
        otherwise="没有写错，请勾选“位置没有错”，再保存一次",
        fields={"position": "离本县很远，请核对"},
    )
