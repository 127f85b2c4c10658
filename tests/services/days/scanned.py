"""What an operator's system counted in June: lines as a file of it leaves them."""

from datetime import date

from sqlalchemy.orm import Session

from server.models.operator_total import OperatorFile, OperatorTotal
from server.models.station import Station
from tests.factories import NOW
from tests.services.days.of_june import JUNE

Scanned = dict[int, tuple[int, int]]


def scanned(
    session: Session, station: Station, days: Scanned, *, month_on: date = JUNE
) -> list[OperatorTotal]:
    """Lines for a station's days of a month (收到, 寄出), the next version of each."""
    assert station.operator_id
    file = OperatorFile(
        county=station.county,
        operator_id=station.operator_id,
        month_on=month_on,
        file_name="6月.xlsx",
        file_sha256="1" * 64,
        lines=len(days),
        entered_at=NOW,
    )
    session.add(file)
    session.flush()
    found = []
    for row, (day, (inbound, outbound)) in enumerate(days.items(), 2):
        day_on = month_on.replace(day=day)
        earlier = session.query(OperatorTotal).filter_by(place=station.id, day_on=day_on).all()
        for one in earlier:
            one.current = False
        session.flush()
        found.append(
            OperatorTotal(
                county=station.county,
                file_id=file.id,
                operator_id=station.operator_id,
                station_id=station.id,
                place=station.id,
                month_on=month_on,
                day_on=day_on,
                inbound=inbound,
                outbound=outbound,
                version=len(earlier) + 1,
                current=True,
                file_row=row,
            )
        )
    session.add_all(found)
    session.flush()
    return found
