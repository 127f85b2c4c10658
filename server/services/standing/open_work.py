"""What nobody has settled yet at many stations: 整改, 分歧, and letters, second records."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.db import UtcDateTime, plain_rows
from server.models.inspection import Counted, Disagreement, DoubleRecord, Inspection, LookedAt
from server.models.rectification import NoticeQuestion, Rectification
from server.policy.standard.examine import Status
from server.policy.standard.open_work import OpenWork

_KINDS: tuple[tuple[str, Any, Any], ...] = (
    ("mends", Rectification, Rectification.closed_at),
    ("disagreements", Disagreement, Disagreement.settled_at),
    ("letters", NoticeQuestion, NoticeQuestion.settled_at),
    ("doubles", DoubleRecord, DoubleRecord.settled_at),
)
_COUNTY = sa.bindparam("county", type_=sa.String())
_UNTIL = sa.bindparam("until", type_=UtcDateTime())
# A record that parts from the county's reckoning waits until somebody has seen that it may stand,
# or until its inspector has amended it; 要更正 alone ends nothing.
_SEEN_AT = sa.case(
    (Inspection.looked_decision == LookedAt.SEEN, Inspection.looked_at),
    else_=Inspection.amended_at(),
)
_DIFFERING = sa.select(
    sa.literal("differing").label("kind"), Inspection.station_id.label("station")
).where(
    Inspection.county == _COUNTY,
    Inspection.differing > 0,
    Inspection.counted == Counted.YES,
    Inspection.received_at < _UNTIL,
    _SEEN_AT.is_(None) | (_SEEN_AT >= _UNTIL),
)
_ALL_OPEN = sa.union_all(
    *(
        sa.select(sa.literal(kind).label("kind"), noun.station_id.label("station")).where(
            noun.county == _COUNTY,
            noun.opened_at < _UNTIL,
            closed_at.is_(None) | (closed_at >= _UNTIL),
        )
        for kind, noun, closed_at in _KINDS
    ),
    _DIFFERING,
).subquery()
_COUNTED = sa.select(_ALL_OPEN.c.station, _ALL_OPEN.c.kind, sa.func.count()).group_by(
    _ALL_OPEN.c.station, _ALL_OPEN.c.kind
)
_COUNTED_OF = _COUNTED.where(
    _ALL_OPEN.c.station.in_(sa.bindparam("ids", type_=sa.Integer(), expanding=True))
)


def open_work_of(
    session: Session, *, county: str, on: date, station_ids: Collection[int] | None
) -> dict[int, OpenWork]:
    """What was still open at the end of a Beijing day, by station; stations without any stay out.

    One query. What photos and figures are asked about (照片核查, 异常提示) is no open work: a
    machine's question changes no standing (decisions 0008, 0011).
    """
    until = datetime.combine(on + timedelta(days=1), time.min, BEIJING).astimezone(UTC)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    query, asked = _COUNTED, {"county": county, "until": until}
    if station_ids is not None:
        query, asked = _COUNTED_OF, asked | {"ids": list(station_ids)}
    for station, kind, count in plain_rows(session, query, asked):
        found[station][kind] = count
    return {station: OpenWork(**counts) for station, counts in found.items()}


def open_when_received() -> sa.ColumnElement[bool]:
    """In a query over inspections: whether anything was open at the station when each arrived.

    What opens or closes later changes nothing of it: a record reads the same for ever. One that
    parts from the county's reckoning arrived with that open: nobody had looked at it yet.
    """
    at = Inspection.received_at
    return sa.or_(
        Inspection.differing > 0,
        *(
            sa.select(noun.id)
            .where(
                noun.station_id == Inspection.station_id,
                noun.opened_at <= at,
                closed_at.is_(None) | (closed_at > at),
            )
            .correlate(Inspection)
            .exists()
            for _, noun, closed_at in _KINDS
        ),
    )


def record_statuses(session: Session, inspections: Iterable[Inspection]) -> dict[UUID, Status]:
    """How records read, by id: as frozen, but no bare 达标 with something open at arrival."""
    frozen = {one.id: Status(one.status) for one in inspections}
    met = [key for key, state in frozen.items() if state is Status.MEETS]
    if not met:
        return frozen
    query = sa.select(Inspection.id).where(Inspection.id.in_(met), open_when_received())
    return frozen | dict.fromkeys(session.scalars(query), Status.MEETS_OPEN)
