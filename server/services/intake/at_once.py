"""Keeps a batch of plain records by prepared statements: one to look things up, few to write.

The same verbs as the way with a session, on a `Straight` in its place. Whatever is not plain raises
`NeedsSession` instead of being kept: somebody unknown, a plate of another station, a record that is
here already, a receiver of webhooks, whatever changed meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import sqlalchemy as sa

from server.calendar import beijing_day
from server.models.person import Keeping, Person, SignIn
from server.models.sign import Sign, SignState
from server.models.station import Station
from server.policy.standard.standards import Standard
from server.prepared import NeedsSession, Straight, prepared
from server.services.common.phone_items import CheckInEntry, ItemResult, PhoneItem
from server.services.intake import sync
from server.services.intake.batches import (
    Kept,
    Known,
    Ring,
    mark_of,
    note_kept,
    since_then,
    still_there,
)
from server.services.intake.together import PLAIN
from server.services.people.bearers import BEARS, Phone, Who, columns
from server.services.photos.photos import missing_photos
from server.services.plates.scans import Plates, qr_ids_in
from server.services.retention.consents import turned


class _Where(NamedTuple):
    id: int
    county: str
    code: str | None
    name: str
    closed_on: Any
    latitude: float | None
    longitude: float | None


class _Plate(NamedTuple):
    id: int
    county: str
    plate_no: int
    qr_id: str
    state: SignState


_WHO_AND_WHAT = prepared(
    sa.select(
        *columns(SignIn, Phone),
        *columns(Person, Who),
        *columns(Station, _Where),
        *columns(Sign, _Plate),
        turned(Person.id).label("turned"),
        Keeping.from_at,
        Keeping.until_at,
        mark_of("people.id"),
    )
    .select_from(SignIn)
    .join(Person, SignIn.person_id == Person.id)
    .join(Keeping, (Keeping.person_id == Person.id) & (Keeping.from_at <= sa.bindparam("now")))
    .join(Station, (Station.id == Keeping.station_id) & (Station.county == Person.county))
    .outerjoin(
        Sign,
        (Sign.station_id == Station.id) & Sign.qr_id.in_(sa.bindparam("qr_ids", expanding=True)),
    )
    .where(*BEARS)
    .order_by(Keeping.from_at)
)
_AT = [0]
for _of in (Phone, Who, _Where, _Plate):
    _AT.append(_AT[-1] + len(_of._fields))


class Sender(NamedTuple):
    """Whose phone it is, and what its records may speak of."""

    person: Person
    sign_in: SignIn
    known: Known


def sender_of(
    straight: Straight, *, token_sha256: str, items: Sequence[PhoneItem], now: datetime
) -> Sender:
    """Who is signed in by a token, with stations and plates: as the guard and `look_up` find it.

    One statement. Raises NeedsSession for nobody, for whoever keeps nothing, for what is not plain,
    and where a plate is none of the sender's own.
    """
    if not all(isinstance(item.entry, PLAIN) for item in items):
        raise NeedsSession
    qr_ids = qr_ids_in([one.entry.text for one in items if isinstance(one.entry, CheckInEntry)])
    found = straight.execute(
        _WHO_AND_WHAT,
        {"token": token_sha256, "now": now, "today": beijing_day(now), "qr_ids": list(qr_ids)},
    )
    if not found or found[0][-4]:  # who took an answer back is asked about by its times
        raise NeedsSession
    kept: dict[int, Kept] = {}
    plates: dict[str, tuple[Sign, Station]] = {}
    for row in found:
        # What stands in these has the names of the nouns; more of a noun is a fault, heard at once.
        station = cast("Station", _Where._make(row[_AT[2] : _AT[3]]))
        note_kept(kept, station, row[-3], row[-2])
        if row[_AT[3]] is not None:
            sign = cast("Sign", _Plate._make(row[_AT[3] : _AT[4]]))
            plates[sign.qr_id] = sign, station
    if qr_ids - plates.keys():
        raise NeedsSession
    by_number = {
        (one.station.county, one.station.code): one.station
        for one in kept.values()
        if one.station.code
    }
    person, sign_in = Who._make(row[_AT[1] : _AT[2]]), Phone._make(row[: _AT[1]])
    return Sender(
        cast("Person", person),
        cast("SignIn", sign_in),
        Known(kept, Plates(plates, by_number), row[-1], since_then(person.position_declined_at)),
    )


def keep_at_once(
    straight: Straight,
    sender: Sender,
    *,
    device_id: str,
    client_now: datetime,
    items: Sequence[PhoneItem],
    now: datetime,
    ring: Ring,
    standards: Sequence[Standard],
) -> tuple[list[ItemResult], list[UUID]]:
    """Keep the records of a sender; the answers in order, and the photos that are still to come.

    Nobody else writes meanwhile, or the statements themselves hold others off (PostgreSQL). Raises
    NeedsSession, NotTogether and the driver's errors: then all of it must be undone.
    """
    session = straight.as_session()
    person = sender.person
    still = still_there(session, person=person, sign_in=sender.sign_in, items=items, now=now)
    if still is None or still.mark != sender.known.mark or still.some_here or still.heard:
        raise NeedsSession
    results = sync.receive(
        session,
        person=person,
        device_id=device_id,
        client_now=client_now,
        items=items,
        now=now,
        ring=ring,
        standards=standards,
        known=sender.known,
        all_new=True,
        together=True,
    )
    awaited = still.photos_awaited or any(item.photos for item in items)
    return results, missing_photos(session, person=person) if awaited else []
