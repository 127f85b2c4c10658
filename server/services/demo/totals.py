"""An operator's own totals of the demonstration: what its system counted, one day otherwise."""

from collections import Counter
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import first_of_month, full_month_text
from server.media.blobs import BlobStore
from server.media.sheets.writing import write_csv
from server.models.operator_total import OperatorFile
from server.models.phone_event import ParcelCount
from server.policy.reconciliation import Numbers
from server.services.days.operator_files import Figures, write_days
from server.services.demo.cast import DemoCast

HEADERS = ("站点编号", "日期", "收到", "寄出")
BACK = timedelta(days=15)


def give_totals(
    session: Session, blobs: BlobStore, cast: DemoCast, *, on: date, now: datetime
) -> None:
    """Files of the operator with the most stations: for last month, and that of a fortnight ago.

    They agree with the keepers but for one day of the newest, of which a person has to decide.
    """
    operators = Counter(
        member.station.operator_id for member in cast.members if member.station.operator_id
    )
    if not operators:
        return
    [(operator_id, _)] = operators.most_common(1)
    newest = first_of_month(on - BACK)
    for month_on in sorted({first_of_month(first_of_month(on) - timedelta(days=1)), newest}):
        _give(session, blobs, cast, operator_id, month_on, differing=month_on == newest, now=now)


def _give(
    session: Session,
    blobs: BlobStore,
    cast: DemoCast,
    operator_id: int,
    month_on: date,
    *,
    differing: bool,
    now: datetime,
) -> None:
    county = cast.office.county
    codes = {
        member.station.id: member.station.code or member.station.name
        for member in cast.members
        if member.station.operator_id == operator_id
    }
    counts = session.scalars(
        sa.select(ParcelCount)
        .where(
            ParcelCount.county == county,
            ParcelCount.station_id.in_(codes),
            ParcelCount.day_on >= month_on,
            ParcelCount.day_on < first_of_month(month_on + timedelta(days=31)),
            ParcelCount.holds(),
        )
        .order_by(ParcelCount.day_on, ParcelCount.station_id)
    ).all()
    days: dict[tuple[int, date], Figures] = {}
    rows = []
    for line, one in enumerate(counts, 2):
        fewer = 2 if differing and line == 2 and one.received >= 2 else 0
        numbers = Numbers(one.received - fewer, one.sent)
        days[one.station_id, one.day_on] = {"": (numbers, line)}
        rows.append((codes[one.station_id], one.day_on.isoformat(), *map(str, numbers)))
    if not days:
        return
    file = OperatorFile(
        county=county,
        operator_id=operator_id,
        month_on=month_on,
        file_name=f"{full_month_text(month_on)}扫描量.csv",
        file_sha256=blobs.put(write_csv(HEADERS, rows)),
        lines=len(days),
        entered_by=cast.office.id,
        entered_at=now,
        demo=True,
    )
    session.add(file)
    session.flush()
    write_days(session, file, days)
