"""Gathers a county's weeks for its integrity signals: one query for each kind of fact."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import BEIJING
from server.db import plain_rows
from server.media.pictures.resemblance import Resemblance
from server.models.inspection import Inspection, InspectionOutcome
from server.models.operator_total import OperatorTotal, ReconciliationDecision
from server.models.person import Person
from server.models.phone_event import NEVER_CAME, ParcelCount, PhoneEvent, Photo, Subject
from server.models.reading import ReviewItem, doubles
from server.models.station import Station
from server.policy.reconciliation import Choice
from server.policy.rounds.frozen import FrozenPresence
from server.policy.rounds.marks import minutes_on_site, surely_m
from server.policy.signals.facts import (
    CountSeen,
    PhotoSeen,
    SpotSeen,
    StationSeen,
    Twin,
    VisitSeen,
)
from server.policy.standard.facts import Level
from server.services.common.openings import days_closed
from server.services.signals.whereabouts import check_ins_at, check_ins_met, spots_at

_WAS_SENT_FOR = aliased(PhoneEvent)
_EARLIER = aliased(Photo)
_EARLIER_STATION = aliased(Station)
_Rows = dict[int, list[Any]]
_SUBJECTS = {one.value: one.label for one in Subject}


def stations_seen(
    session: Session,
    *,
    county: str,
    since: date,
    until: date,
    township_code: str | None = None,
) -> list[StationSeen]:
    """Every open station of a county from `since` to `until`; ten queries, twelve of a township.

    With a township, of other stations there is what its own are held against: counts, visits, where
    they checked in, and the check-ins of its own stations' people and phones.
    """
    stations = session.execute(
        sa.select(Station.id, Station.name, Station.level, Station.township_code, Station.opened_on)
        .where(
            Station.county == county,
            sa.or_(Station.closed_on.is_(None), Station.closed_on >= since),
        )
        .order_by(Station.id)
    ).all()
    ids = [row.id for row in stations]
    own = [row.id for row in stations if township_code in (None, row.township_code)]
    here = set(own)
    asked: dict[str, Any] = {"county": county, "since": since, "until": until}
    check_ins = check_ins_at(session, own, asked)
    spots: Mapping[int, list[SpotSeen]] | None = None
    if township_code is not None:
        others = sorted(set(ids) - here)
        check_ins |= check_ins_met(session, others, asked, by=check_ins)
        spots = spots_at(session, others, asked)
    counts = _counts(session, county, ids, since, until)
    photos = _photos(session, county, own, since, until)
    closed = days_closed(session, county=county, station_ids=own, since=since, until=until)
    totals = _operator_totals(session, county, own, counts, since=since, until=until)
    inspected: dict[int, set[date]] = defaultdict(set)
    visits: dict[int, list[VisitSeen]] = defaultdict(list)
    for row in _inspections(session, county, since, until):
        inspected[row.station_id].add(row.day_on)
        if row.counts:
            visits[row.station_id].append(_visit(row))
    return [
        StationSeen(
            station=row.id,
            name=row.name,
            township=row.township_code,
            group=_group(row.level, row.township_code),
            since=since,
            until=until,
            opened_on=row.opened_on,
            check_ins=check_ins[row.id],
            spots=None if spots is None or row.id in here else spots.get(row.id, ()),
            counts=counts[row.id],
            photos=photos[row.id],
            visits=visits[row.id],
            inspected_on=frozenset(inspected[row.id]),
            said_closed=frozenset(closed[row.id]),
            operator_totals=totals[row.id],
        )
        for row in stations
    ]


def _group(level: Level, township: str | None) -> str:
    """Village points are held beside those of their township, others beside the county's."""
    return f"{township}" if level is Level.VILLAGE_POINT else level.value


def _counts(session: Session, county: str, ids: list[int], since: date, until: date) -> _Rows:
    """The count that holds for each day."""
    found: _Rows = defaultdict(list)
    for station_id, *rest in plain_rows(
        session,
        sa.select(
            ParcelCount.station_id, ParcelCount.day_on, ParcelCount.received, ParcelCount.sent
        )
        .where(
            ParcelCount.county == county,
            ParcelCount.station_id.in_(ids),
            ParcelCount.day_on >= since,
            ParcelCount.day_on <= until,
            ParcelCount.holds(),
        )
        .order_by(ParcelCount.day_on),
    ).all():
        found[station_id].append(CountSeen(*rest))
    return found


def _operator_totals(
    session: Session, county: str, ids: list[int], counts: _Rows, *, since: date, until: date
) -> dict[int, dict[date, int]]:
    """What operators' own systems received, by station and day.

    A day of which a person has decided for the keeper's number is left out while both sides still
    say what they said then: whoever decided has asked.
    """
    found: dict[int, dict[date, int]] = defaultdict(dict)
    rows = session.execute(
        sa.select(
            OperatorTotal.station_id,
            OperatorTotal.day_on,
            sa.func.sum(OperatorTotal.inbound),
        )
        .where(
            OperatorTotal.county == county,
            OperatorTotal.current,
            OperatorTotal.station_id.in_(ids),
            OperatorTotal.day_on >= since,
            OperatorTotal.day_on <= until,
        )
        .group_by(OperatorTotal.station_id, OperatorTotal.day_on)
    )
    for station_id, day_on, inbound in rows:
        found[station_id or 0][day_on] = int(inbound)
    for one in session.scalars(
        sa.select(ReconciliationDecision)
        .where(
            ReconciliationDecision.county == county,
            ReconciliationDecision.station_id.in_(ids),
            ReconciliationDecision.choice == Choice.KEEPER,
            ReconciliationDecision.day_on >= since,
            ReconciliationDecision.day_on <= until,
        )
        .order_by(ReconciliationDecision.seq)
    ):
        counted = {count.day_on: count.received for count in counts[one.station_id]}
        now = (counted.get(one.day_on), found[one.station_id].get(one.day_on))
        if now == (one.keeper_received, one.operator_inbound):
            found[one.station_id].pop(one.day_on, None)
    return found


def _photos(session: Session, county: str, ids: list[int], since: date, until: date) -> _Rows:
    """Photos by the day they were sent for, which an old picture from the gallery is not of."""
    sent = (
        sa.select(Photo.id)
        .join(PhoneEvent, PhoneEvent.id == Photo.event_id)
        .where(
            PhoneEvent.county == county,
            PhoneEvent.station_id.in_(ids),
            PhoneEvent.day_on >= since,
            PhoneEvent.day_on <= until,
            Photo.state.not_in(NEVER_CAME),
            Photo.subject != Subject.CLAUSE,
        )
    )
    same, like = _same(session, sent), _alike(session, county, sent)
    found: _Rows = defaultdict(list)
    for row in session.execute(
        sa.select(
            Photo.id,
            Photo.station_id,
            Photo.subject,
            Photo.camera,
            Photo.taken_at,
            Photo.exif["taken_local"].as_string().label("camera_says"),
            Photo.phone_notes[("exif", "taken")].as_string().label("phone_says"),
            PhoneEvent.day_on,
            PhoneEvent.device_at,
            PhoneEvent.clock_offset_ms,
        )
        .join(PhoneEvent, PhoneEvent.id == Photo.event_id)
        .where(Photo.id.in_(sent))
        .order_by(PhoneEvent.occurred_at, Photo.id)
    ):
        found[row.station_id].append(
            PhotoSeen(
                str(row.id),
                row.day_on,
                _SUBJECTS[row.subject],
                _camera_at(row),
                _local(row.device_at),
                tuple(same[row.id]),
                tuple(like[row.id]),
            )
        )
    return found


def _inspections(session: Session, county: str, since: date, until: date) -> list[Any]:
    """Every inspector's record of these days, newest versions that count marked so."""
    query = (
        sa.select(
            Inspection.station_id,
            Inspection.id,
            Inspection.day_on,
            Inspection.arrived_at,
            Inspection.finished_at,
            Inspection.time_verified,
            Inspection.outcome,
            Inspection.latitude,
            Inspection.longitude,
            Inspection.accuracy_m,
            Inspection.presence,
            Inspection.inspector_id,
            Person.name,
            Inspection.holds().label("counts"),
        )
        .join(Person, Person.id == Inspection.inspector_id)
        .where(Inspection.county == county, Inspection.day_on >= since, Inspection.day_on <= until)
        .order_by(Inspection.finished_at, Inspection.id)
    )
    return list(session.execute(query))


def _visit(row: Any) -> VisitSeen:
    """A record as questions look at it; of an older one only position and times are known."""
    presence: FrozenPresence | None = row.presence
    spots = [presence["arrived"], presence["signed"]] if presence else []
    far = [metres for spot in spots if (metres := surely_m(spot)) is not None]
    return VisitSeen(
        key=str(row.id),
        day_on=row.day_on,
        at=row.arrived_at,
        left_at=row.finished_at,
        person=row.inspector_id,
        name=row.name,
        verified=row.time_verified,
        placed=row.latitude is not None or any(spot["placed"] for spot in spots),
        latitude=row.latitude,
        longitude=row.longitude,
        accuracy_m=row.accuracy_m,
        surely_m=max(far, default=None),
        minutes=minutes_on_site(row.arrived_at, row.finished_at, verified=row.time_verified)
        if presence
        else None,
        closed_door=row.outcome is InspectionOutcome.CLOSED_DOOR,
        why=presence["why"] if presence else "",
    )


def _same(session: Session, sent: sa.Select[UUID]) -> dict[UUID, list[Twin]]:
    """Photos of the same bytes that were sent for an earlier moment, county-wide."""
    found: dict[UUID, list[Twin]] = defaultdict(list)
    for photo_id, station_id, name, day in session.execute(
        sa.select(Photo.id, _EARLIER.station_id, _EARLIER_STATION.name, _WAS_SENT_FOR.day_on)
        .join(PhoneEvent, PhoneEvent.id == Photo.event_id)
        .join(
            _EARLIER,
            sa.and_(
                _EARLIER.sha256 == Photo.sha256,
                _EARLIER.id != Photo.id,
                _EARLIER.state.not_in(NEVER_CAME),
                _EARLIER.subject != Subject.CLAUSE,
            ),
        )
        .join(_WAS_SENT_FOR, _WAS_SENT_FOR.id == _EARLIER.event_id)
        .join(_EARLIER_STATION, _EARLIER_STATION.id == _EARLIER.station_id)
        .where(
            Photo.id.in_(sent),
            # Not as a condition on the photo: SQLite would look by county instead of by bytes.
            _WAS_SENT_FOR.county == PhoneEvent.county,
            sa.or_(
                _WAS_SENT_FOR.occurred_at < PhoneEvent.occurred_at,
                sa.and_(
                    _WAS_SENT_FOR.occurred_at == PhoneEvent.occurred_at, _EARLIER.id < Photo.id
                ),
            ),
        )
    ):
        found[photo_id].append(Twin(station_id, name, day))
    return found


def _alike(session: Session, county: str, sent: sa.Select[UUID]) -> dict[UUID, list[Twin]]:
    """Doubles that the worker found and no person has denied; equal bytes are asked about above."""
    pairs = doubles(or_asked=True).where(ReviewItem.county == county).subquery()
    found: dict[UUID, list[Twin]] = defaultdict(list)
    for photo_id, station_id, name, day, details in session.execute(
        sa.select(
            pairs.c.later,
            _EARLIER.station_id,
            _EARLIER_STATION.name,
            _WAS_SENT_FOR.day_on,
            ReviewItem.details,
        )
        .select_from(pairs)
        .join(ReviewItem, ReviewItem.id == pairs.c.item)
        .join(_EARLIER, _EARLIER.id == pairs.c.earlier)
        .join(_WAS_SENT_FOR, _WAS_SENT_FOR.id == _EARLIER.event_id)
        .join(_EARLIER_STATION, _EARLIER_STATION.id == _EARLIER.station_id)
        .where(pairs.c.later.in_(sent))
    ):
        if details.get("resemblance") != Resemblance.IDENTICAL:
            found[photo_id].append(Twin(station_id, name, day))
    return found


def _camera_at(row: sa.Row[Any]) -> datetime | None:
    """When the camera says it was: its own record, else the age of a file from the gallery."""
    for text in (row.camera_says, row.phone_says):
        try:
            # EXIF writes 2023:06:30 10:00:00; what the server read stands there as ISO already.
            moment = datetime.fromisoformat(text[:10].replace(":", "-") + text[10:19])
        except (TypeError, ValueError):
            continue
        if moment.tzinfo is None:
            return moment
    if row.camera != "file":
        return None
    return _local(row.taken_at - timedelta(milliseconds=row.clock_offset_ms or 0))


def _local(at: datetime) -> datetime:
    """A moment as the phone's own clock shows it, without a zone."""
    return at.astimezone(BEIJING).replace(tzinfo=None)
