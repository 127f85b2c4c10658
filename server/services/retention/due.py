"""What has had its time in a county, kind by kind, and is held by nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import County
from server.models.inspection import Inspection
from server.models.phone_event import (
    GIVEN_UP,
    NEVER_CAME,
    CheckIn,
    EventKind,
    PhoneEvent,
    Photo,
    Subject,
)
from server.services.county.retention_options import DataKind, RetentionOptions, retention_options
from server.services.retention.holds import (
    NEWEST,
    SPEAKS,
    bytes_held,
    inspections_held,
    stations_held,
)

BOARDS = (Subject.SIGNBOARD, Subject.HOURS_BOARD)
_EVERYDAY = PhoneEvent.kind.not_in([EventKind.INSPECTION, EventKind.RECTIFICATION])
PHOTOS: Mapping[DataKind, sa.ColumnElement[bool]] = {
    DataKind.EVERYDAY_PHOTO: _EVERYDAY & Photo.subject.not_in([one.value for one in BOARDS]),
    DataKind.BOARD_PHOTO: _EVERYDAY & Photo.subject.in_([one.value for one in BOARDS]),
    DataKind.MEND_PHOTO: PhoneEvent.kind == EventKind.RECTIFICATION,
    DataKind.INSPECTION_PHOTO: PhoneEvent.kind == EventKind.INSPECTION,
}


@dataclass(frozen=True, slots=True)
class Held:
    """What is not erased in a county for now; looked up for a round and again with each step."""

    stations: frozenset[int]
    inspections: frozenset[UUID]
    bytes: frozenset[str]


def held_in(session: Session, *, county: str) -> Held:
    """A fixed number of queries, and one for each fact that an open referral picked."""
    return Held(
        stations_held(session, county=county),
        inspections_held(session, county=county),
        bytes_held(session, county=county),
    )


@dataclass(frozen=True, slots=True)
class Due:
    """A county on a day: what of each kind has had its time."""

    county: County
    options: RetentionOptions
    held: Held
    on: date

    def ids(self, session: Session, kind: DataKind, *, most: int) -> list[UUID]:
        """The oldest of them, at most so many; none while the county lets erasing rest."""
        if self.options.paused:
            return []
        before = self.options.before(kind, self.on)
        if kind is DataKind.CHECK_IN_POSITION:
            return self._check_ins(session, before, most)
        if kind is DataKind.INSPECTION_POSITION:
            return self._inspections(session, before, most)
        return self._photos(session, kind, before, most)

    def _check_ins(self, session: Session, before: date, most: int) -> list[UUID]:
        asked = (
            sa.select(CheckIn.id)
            .where(
                CheckIn.county == self.county.code,
                CheckIn.latitude.is_not(None),
                CheckIn.day_on < before,
                CheckIn.station_id.not_in(self.held.stations),
            )
            .order_by(CheckIn.day_on)
            .limit(most)
        )
        return list(session.scalars(asked))

    def _inspections(self, session: Session, before: date, most: int) -> list[UUID]:
        """Records that name a place: where it was taken, or where it was signed."""
        asked = (
            sa.select(Inspection.id, Inspection.latitude, Inspection.presence)
            .where(
                Inspection.county == self.county.code,
                Inspection.position_erased_on.is_(None),
                Inspection.day_on < before,
                Inspection.station_id.not_in(self.held.stations),
            )
            .order_by(Inspection.day_on, Inspection.id)
        )
        return [
            key
            for key, latitude, told in session.execute(asked)
            if key not in self.held.inspections
            and (latitude is not None or (told is not None and told["signed"]["placed"]))
        ][:most]

    def _photos(self, session: Session, kind: DataKind, before: date, most: int) -> list[UUID]:
        asked = (
            sa.select(Photo.id, Photo.sha256)
            .join(PhoneEvent, PhoneEvent.id == Photo.event_id)
            .where(
                Photo.county == self.county.code,
                Photo.erased_on.is_(None),
                Photo.day_on < before,
                Photo.state.not_in((*NEVER_CAME, *GIVEN_UP)),
                Photo.station_id.not_in(self.held.stations),
                PHOTOS[kind],
                ~NEWEST,
                ~SPEAKS,
            )
            .order_by(Photo.day_on, Photo.id)
        )
        if kind is DataKind.INSPECTION_PHOTO:
            asked = asked.where(Photo.event_id.not_in(self.held.inspections))
        if self.held.bytes:
            asked = asked.where(Photo.sha256.not_in(self.held.bytes))
        return [key for key, _ in session.execute(asked.limit(most))]


def due_in(session: Session, county: County, *, on: date) -> Due:
    """What has had its time in a county on a day."""
    return Due(county, retention_options(county), held_in(session, county=county.code), on)
