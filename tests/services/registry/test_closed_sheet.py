"""The table of closed stations, while somebody opens one again."""

import io
from datetime import date

import openpyxl
from sqlalchemy import update
from sqlalchemy.orm import Session

from server.models.station import Station
from server.services.registry.sheets import closed_xlsx
from tests.factories import Cast


def test_a_station_that_opens_again_while_the_closed_ones_are_written_stays_as_listed(
    session: Session, cast: Cast
) -> None:
    shut, other = cast.c1, cast.c2
    shut.closed_on = other.closed_on = date(2026, 11, 2)
    session.flush()
    listed = [shut, other]
    # As PostgreSQL shows it: the list was read, then a colleague's reopening was committed.
    session.execute(
        update(Station)
        .where(Station.id == shut.id)
        .values(closed_on=None)
        .execution_options(synchronize_session=False)
    )
    content = closed_xlsx(session, county=cast.county, anchor="", stations=listed, which="已停业")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[-1] for row in cells[:2]] == ["2026-11-02"] * 2
