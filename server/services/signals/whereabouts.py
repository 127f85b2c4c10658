"""Where and when people checked in, as questions look at it: at stations, or by some people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.db import plain_rows
from server.models.phone_event import CheckIn, PhoneEvent
from server.policy.signals.facts import CheckInSeen, SpotSeen

Asked = Mapping[str, Any]
"""`county`, and the days `since` and `until`, both included."""
CheckIns = dict[int, list[CheckInSeen]]

_OF_THESE_DAYS = (
    CheckIn.county == sa.bindparam("county", type_=sa.String),
    CheckIn.station_id.in_(sa.bindparam("stations", type_=sa.Integer, expanding=True)),
    CheckIn.day_on >= sa.bindparam("since", type_=sa.Date),
    CheckIn.day_on <= sa.bindparam("until", type_=sa.Date),
)
_CHECK_INS = (
    sa.select(
        CheckIn.station_id,
        CheckIn.id,
        CheckIn.day_on,
        CheckIn.occurred_at,
        PhoneEvent.received_at,
        CheckIn.person_id,
        PhoneEvent.device_id,
        CheckIn.time_verified,
        CheckIn.latitude,
        CheckIn.longitude,
        CheckIn.accuracy_m,
        CheckIn.fix_age_s,
        CheckIn.distance_m,
        PhoneEvent.clock_offset_ms,
        CheckIn.position_declined,
    )
    .join(PhoneEvent, PhoneEvent.id == CheckIn.id)
    .where(*_OF_THESE_DAYS)
    .order_by(CheckIn.occurred_at)
)
_CHECK_INS_OF = _CHECK_INS.where(
    sa.or_(
        CheckIn.person_id.in_(sa.bindparam("people", type_=sa.Integer, expanding=True)),
        PhoneEvent.device_id.in_(sa.bindparam("phones", type_=sa.String, expanding=True)),
    )
)
_SPOTS = sa.select(
    CheckIn.station_id,
    CheckIn.day_on,
    CheckIn.latitude,
    CheckIn.accuracy_m,
    CheckIn.fix_age_s,
    CheckIn.position_declined,
).where(*_OF_THESE_DAYS)


def check_ins_at(session: Session, stations: Sequence[int], asked: Asked) -> CheckIns:
    """Every check-in at these stations, by station; one query."""
    return _seen(session, _CHECK_INS, {**asked, "stations": stations})


def check_ins_met(
    session: Session, stations: Sequence[int], asked: Asked, *, by: CheckIns
) -> CheckIns:
    """Those at these stations that the people or phones of other check-ins made; one query."""
    every = [one for rows in by.values() for one in rows]
    people = sorted({one.person for one in every})
    phones = sorted({one.device for one in every})
    known = {**asked, "stations": stations, "people": people, "phones": phones}
    return _seen(session, _CHECK_INS_OF, known)


def spots_at(session: Session, stations: Sequence[int], asked: Asked) -> dict[int, list[SpotSeen]]:
    """What the places of all check-ins at these stations are worth; one query."""
    found: dict[int, list[SpotSeen]] = defaultdict(list)
    for station_id, *rest in plain_rows(session, _SPOTS, {**asked, "stations": stations}).all():
        found[station_id].append(SpotSeen(*rest))
    return found


def _seen(session: Session, query: sa.Select[*tuple[Any, ...]], asked: Asked) -> CheckIns:
    found: CheckIns = defaultdict(list)
    for station_id, key, *rest in plain_rows(session, query, asked).all():
        found[station_id].append(CheckInSeen(str(key), *rest))
    return found
