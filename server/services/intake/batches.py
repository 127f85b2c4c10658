"""Who sends a batch and what is known of it beforehand: stations kept, plates, times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.person import Keeping, Person, SignIn
from server.models.phone_event import EventKind, PhoneEvent, Photo, PhotoState
from server.models.sign import LIVE_STATES, Sign
from server.models.station import Station
from server.policy.standard.standards import Standard
from server.prepared import prepared
from server.services.common.moments import Moment, moment_of
from server.services.common.outbox import listens, somebody_listens
from server.services.common.phone_items import CheckInEntry, CountEntry, PhoneItem
from server.services.people.seen import SEEN_AGAIN, seen_again
from server.services.plates.scans import Plates, plates_under, qr_ids_in
from server.services.retention.consents import Span, declined_at, declined_spans, turned

Ring = Sequence[tuple[str, bytes]]
Row = dict[str, Any]


def mark_of(person: str) -> sa.ColumnElement[str]:
    """What is another text as soon as a person's stations or their plates are others.

    A plate or a keeping that ends, a station that closes or opens: each changes the number or a
    sum. An answer of the person about their place is one more. `person` is a column of the
    statement around it. Written out, for SQLAlchemy drops the names of tables in what an UPDATE
    returns on SQLite.
    """
    live = ", ".join(f"'{state.value}'" for state in LIVE_STATES)
    return sa.literal_column(
        "(SELECT count(*) || '-' || coalesce(sum(mine.id), 0) || '-' || coalesce(sum(hung.id), 0)"  # noqa: S608 - our own words
        " FROM keepings AS mine JOIN stations AS kept ON kept.id = mine.station_id"
        f" LEFT JOIN signs AS hung ON hung.station_id = kept.id AND hung.state IN ({live})"
        f" WHERE mine.person_id = {person}"
        " AND mine.until_at IS NULL AND kept.closed_on IS NULL)"
        f" || '-' || (SELECT count(*) FROM consents AS said WHERE said.person_id = {person})",
        sa.String,
    ).label("mark")


_SEEN = (
    sa.select(
        Station,
        Keeping.from_at,
        Keeping.until_at,
        Sign,
        Person.position_declined_at,
        turned(Keeping.person_id).label("turned"),
        mark_of("keepings.person_id"),
    )
    .join(Keeping, Keeping.station_id == Station.id)
    .join(Person, Person.id == Keeping.person_id)
    .outerjoin(
        Sign,
        (Sign.station_id == Station.id) & Sign.qr_id.in_(sa.bindparam("qr_ids", expanding=True)),
    )
    .where(
        Station.county == sa.bindparam("county"),
        Keeping.person_id == sa.bindparam("of_person"),
        Keeping.from_at <= sa.bindparam("now"),
    )
    .order_by(Keeping.from_at)
)


class Kept(NamedTuple):
    """A station and the times in which one person keeps it, earliest first: (from, until).

    `until` is None while it lasts. Whoever gave a station back and took it again has two.
    """

    station: Station
    spans: list[tuple[datetime, datetime | None]]

    def ended_before(self, at: datetime) -> bool:
        """Whether the person had given the station back, and not yet taken it again.

        Not for what is before all spans: a phone whose clock nobody could correct may be minutes
        behind when its keeper begins.
        """
        begun = [until_at for from_at, until_at in self.spans if from_at <= at]
        return bool(begun) and all(until_at is not None and at >= until_at for until_at in begun)


def note_kept(
    kept: dict[int, Kept], station: Station, from_at: datetime, until_at: datetime | None
) -> None:
    """Add a span to what is kept; rows of one keeping may come more than once."""
    spans = kept.setdefault(station.id, Kept(station, [])).spans
    if (from_at, until_at) not in spans:
        spans.append((from_at, until_at))


@dataclass(frozen=True)
class Known:
    """What a sender's records may speak of, with `mark` by which one sees whether it still holds.

    `kept` is by the station's id; `declined` the times in which nobody may have the sender's place.
    """

    kept: Mapping[int, Kept]
    plates: Plates
    mark: str = ""
    declined: list[Span] = field(default_factory=list)


def look_up(
    session: Session, *, person: Person, items: Iterable[PhoneItem], now: datetime
) -> Known:
    """What these records may speak of; one query.

    One more for plates that are none of the sender's own, and one where an answer was taken back.
    """
    texts = [item.entry.text for item in items if isinstance(item.entry, CheckInEntry)]
    qr_ids = qr_ids_in(texts)
    kept: dict[int, Kept] = {}
    by_qr_id: dict[str, tuple[Sign, Station]] = {}
    mark = ""
    since, taken_back = None, False
    for station, from_at, until_at, sign, since, taken_back, mark in session.execute(  # noqa: B007 - the same in every row
        _SEEN,
        {"of_person": person.id, "county": person.county, "now": now, "qr_ids": list(qr_ids)},
    ):
        note_kept(kept, station, from_at, until_at)
        if sign is not None:
            by_qr_id[sign.qr_id] = sign, station
    strange = qr_ids - by_qr_id.keys()
    return Known(
        kept,
        Plates(
            by_qr_id | plates_under(session, strange),
            {
                (one.station.county, one.station.code): one.station
                for one in kept.values()
                if one.station.code
            },
        ),
        mark,
        declined_spans(session, person_id=person.id) if taken_back else since_then(since),
    )


def since_then(since: datetime | None) -> list[Span]:
    """The one time that there is where no answer was ever taken back."""
    return [] if since is None else [(since, None)]


_STILL = prepared(
    SEEN_AGAIN.returning(
        mark_of("sign_ins.person_id"),
        sa.exists().where(PhoneEvent.id.in_(sa.bindparam("ids", expanding=True))),
        sa.exists().where(
            Photo.person_id == sa.bindparam("of_person"), Photo.state == PhotoState.ANNOUNCED
        ),
        somebody_listens(sa.bindparam("of_county")),
    )
)


class Still(NamedTuple):
    """What holds once nobody else writes.

    `mark` as in `Known`; whether some of a batch's ids are here already, and whether photos of the
    sender are awaited; whether somebody is told of what happens in the county.
    """

    mark: str
    some_here: bool
    photos_awaited: bool
    heard: bool


def still_there(
    session: Session,
    *,
    person: Person,
    sign_in: SignIn,
    items: Iterable[PhoneItem],
    now: datetime,
) -> Still | None:
    """Note that a phone was heard of, and see what has changed since `look_up`; one statement.

    None where its sign-in is good no more: then nothing is noted.
    """
    found = (
        session.connection()
        .execute(
            _STILL,
            seen_again(sign_in, now=now)
            | {
                "of_person": person.id,
                "of_county": person.county,
                "ids": [item.id for item in items],
            },
            execution_options={"synchronize_session": False},
        )
        .one_or_none()
    )
    if found is None:
        return None
    listens(session, person.county, somebody=bool(found[3]))
    return Still(found[0], bool(found[1]), bool(found[2]), bool(found[3]))


@dataclass(frozen=True)
class Batch:
    """Who sends, from which phone, when, and what the records may speak of."""

    person: Person
    device_id: str
    client_now: datetime | None
    now: datetime
    ring: Ring
    standards: Sequence[Standard]
    known: Known

    def moment(self, device_at: datetime, item: PhoneItem) -> Moment:
        """A time that an item tells by this phone's clock, corrected.

        An inspector's record tells of its places how the clock stood; there agreeing is enough.
        """
        held = item.clock_held or item.kind is EventKind.INSPECTION
        return moment_of(
            device_at,
            own_offset_ms=item.clock_offset_ms,
            client_now=self.client_now,
            now=self.now,
            held=held,
        )

    def kept_station(self, item: PhoneItem) -> Station:
        """The item's station, if this person keeps it or once did.

        Raises `Invalid` (station-not-yours), the same for a station that does not exist.
        """
        if item.station_id not in self.known.kept:
            raise _not_yours()
        return self.known.kept[item.station_id].station

    def refuse_outside_its_time(self, station: Station, moment: Moment) -> None:
        """Refuse what happened after the keeper handed over, or after the station was closed.

        A keeper who has handed over may still send what was done before; whoever took the station
        again, not what was done between. Raises `Invalid` (station-not-yours) and `Conflict`
        (station-closed).
        """
        kept = self.known.kept.get(station.id)
        if kept is not None and kept.ended_before(moment.at):
            raise _not_yours()
        if station.closed_on is not None and moment.day_on > station.closed_on:
            raise Conflict(
                "station-closed",
                f"{station.name}已经撤销，不用再报了。如果弄错了，请找县专班。",
                fields=["station_id"],
            )

    def declines_position(self, at: datetime) -> bool:
        """Whether the sender had said by then that nobody may have where they check in."""
        return declined_at(self.known.declined, at)

    def receipt(self, item: PhoneItem, station: Station, moment: Moment) -> Row:
        """The row of the event as received, without a place that the keeper lets nobody have."""
        entry, payload = item.entry, item.payload
        if isinstance(entry, CheckInEntry) and self.declines_position(moment.at):
            payload = payload | {"position": None, "position_declined": True}
        return {
            "id": item.id,
            "kind": item.kind,
            "county": station.county,
            "station_id": station.id,
            "person_id": self.person.id,
            "device_id": self.device_id,
            "device_seq": item.seq,
            "payload": payload,
            "content_sha256": item.content_sha256,
            "result": "ok",
            "day_on": entry.day_on if isinstance(entry, CountEntry) else moment.day_on,
            "occurred_at": moment.at,
            "time_verified": moment.verified,
            "device_at": item.device_at,
            "clock_offset_ms": item.clock_offset_ms,
            "received_at": self.now,
            "demo": False,
        }


def _not_yours() -> Invalid:
    return Invalid(
        "station-not-yours",
        "这个站点现在不归您管，没有收下。如果弄错了，请找镇上或县专班。",
        fields=["station_id"],
    )
