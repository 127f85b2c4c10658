"""What a keeper has sent, put straight into the database: check-ins, counts, photos."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

from PIL import Image
from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.http import clock
from server.media.blobs import FolderStore
from server.models.person import Person
from server.models.phone_event import CheckIn, EventKind, ParcelCount, PhoneEvent, Photo, PhotoState
from server.models.station import Station


def sent(
    session: Session, station: Station, by: Person, days_ago: int, counts: tuple[int, int]
) -> None:
    """A check-in and a count of some days ago."""
    at = clock.now() - timedelta(days=days_ago)
    day = beijing_day(at)
    for kind in (EventKind.CHECK_IN, EventKind.PARCEL_COUNT):
        one = PhoneEvent(
            id=uuid4(),
            kind=kind,
            county=station.county,
            station_id=station.id,
            person_id=by.id,
            device_id="phone-1",
            device_seq=1,
            payload={},
            content_sha256="0" * 64,
            result="ok",
            day_on=day,
            occurred_at=at,
            time_verified=True,
            device_at=at,
            clock_offset_ms=0,
            received_at=at,
        )
        session.add(one)
        session.flush()
        common = {"county": station.county, "station_id": station.id, "person_id": by.id}
        if kind == EventKind.CHECK_IN:
            session.add(
                CheckIn(
                    id=one.id,
                    day_on=day,
                    occurred_at=at,
                    time_verified=True,
                    method="scan",
                    **common,
                )
            )
        else:
            version = 1 + sum(
                1
                for other in session.query(ParcelCount)
                if other.station_id == station.id and other.day_on == day
            )
            session.add(
                ParcelCount(
                    id=one.id,
                    day_on=day,
                    version=version,
                    received=counts[0],
                    sent=counts[1],
                    agri_sent=0,
                    on_hand=0,
                    entered_at=at,
                    **common,
                )
            )
    session.commit()


def photographed(
    session: Session,
    blobs: FolderStore,
    station: Station,
    by: Person,
    state: PhotoState = PhotoState.KEPT,
) -> Photo:
    """A photo of the counter, on the first event of the station."""
    from sqlalchemy import select

    from server.models.phone_event import PhoneEvent

    sent(session, station, by, 0, (1, 1))
    out = BytesIO()
    Image.new("RGB", (640, 480), (180, 160, 120)).save(out, "JPEG")
    event_id = session.scalars(
        select(PhoneEvent.id).where(PhoneEvent.station_id == station.id)
    ).first()
    photo = Photo(
        id=uuid4(),
        county=station.county,
        station_id=station.id,
        person_id=by.id,
        event_id=event_id,
        subject="interior",
        state=state,
        sha256=blobs.put(out.getvalue()),
        size_bytes=out.tell(),
        taken_at=clock.now(),
        time_verified=True,
        day_on=clock.today(),
        arrived_at=clock.now(),
        quality={"complaints": ["照片太暗，请开灯再拍"]},
    )
    session.add(photo)
    session.commit()
    return photo
