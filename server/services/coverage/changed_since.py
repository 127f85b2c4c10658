"""What coverage of a past day cannot be sure of, station by station; whoever shows it names them.

The register keeps no days for 辐射村 and 合作模式: such a day is reckoned by what stands there now
(`serving.py`), and where that was entered afterwards nobody can tell whether it held then. Of a
closing whose line a law had blanked nobody can tell whether it was closed.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING, full_day_text
from server.db import plain_rows
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.station import Station
from server.services.common.closures import times_away
from server.services.common.register_edits import register_edits, tells_of
from server.services.people.scope import Everybody, stations_visible_to

NAMED = 5
_LINES = register_edits(
    sa.func.coalesce(HistoryLine.at, HistoryLine.at)
    >= sa.bindparam("after", type_=HistoryLine.at.type),
    tells_of("serves") | tells_of("coop_modes"),
)


class Changed(NamedTuple):
    """A station that was changed since."""

    id: int
    code: str
    name: str
    township_code: str


def changed_since(
    session: Session, *, county: str, on: date, seen_by: Person | Everybody
) -> list[Changed]:
    """Stations in somebody's sight of which either was changed after a day, by number."""
    asked = {"county": county, "after": datetime.combine(on + timedelta(1), time(), BEIJING)}
    ids = {station_id for station_id, *_ in plain_rows(session, _LINES, asked)}
    return _named(session, county, ids, seen_by)


def untold(session: Session, *, county: str, on: date, today: date, who: Person) -> list[str]:
    """What nobody can tell of a past day, in sentences, of the stations that somebody sees."""
    if on >= today:
        return []
    day = full_day_text(on)
    later = told_of(changed_since(session, county=county, on=on, seen_by=who))
    lost = times_away(session, county=county).unread(on)
    closings = told_of(_named(session, county, lost, who))
    return [
        *(
            [f"{later}：辐射村或合作模式在{day}以后改过，按现在登记的算，当时未必是这样"]
            if later
            else []
        ),
        *(
            [f"{closings}：停业记录的内容已经按规定删除，{day}停没停业查不到，按没有停业算"]
            if closings
            else []
        ),
    ]


def _named(
    session: Session, county: str, ids: Collection[int | None], seen_by: Person | Everybody
) -> list[Changed]:
    if not ids:
        return []
    rows = session.execute(
        sa.select(Station.id, Station.code, Station.name, Station.township_code)
        .where(Station.county == county, Station.id.in_(ids), stations_visible_to(seen_by))
        .order_by(Station.code, Station.id)
    )
    return [Changed(key, code or "", name, place or "") for key, code, name, place in rows]


def told_of(changed: Collection[Changed]) -> str:
    """C0001 马家沟站、C0002 …等7个站; "" for none."""
    some = "、".join(f"{one.code or '未编号'} {one.name}" for one in list(changed)[:NAMED])
    return f"{some}等{len(changed)}个站" if len(changed) > NAMED else some
