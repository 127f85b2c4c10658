"""Finds an inspection, its photos, and the versions that amendments made of it."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.inspection import DoubleRecord, Inspection, InspectionOutcome
from server.models.phone_event import Photo


def inspection_of(session: Session, *, county: str, inspection_id: UUID) -> Inspection:
    """An inspection of this county. Raises NotFound inspection-unknown."""
    found = session.scalars(
        sa.select(Inspection).where(Inspection.county == county, Inspection.id == inspection_id)
    ).one_or_none()
    if found is None:
        raise NotFound("inspection-unknown", "没有找到这份督导记录。请返回列表重新选择。")
    return found


def photos_of(session: Session, inspection: Inspection) -> list[Photo]:
    """The inspector's own photos of this visit."""
    return list(
        session.scalars(
            sa.select(Photo)
            .where(Photo.event_id == inspection.id)
            .order_by(Photo.taken_at, Photo.id)
        )
    )


def newer_than(session: Session, inspection: Inspection) -> Inspection | None:
    """The version that amends this one, if any."""
    return session.scalars(
        sa.select(Inspection).where(Inspection.amends_id == inspection.id)
    ).one_or_none()


def versions_of(session: Session, inspection: Inspection) -> list[Inspection]:
    """All versions of one visit's record, the oldest first."""
    first = inspection
    while first.amends_id is not None:
        first = session.get_one(Inspection, first.amends_id)
    chain = [first]
    while (newer := newer_than(session, chain[-1])) is not None:
        chain.append(newer)
    return chain


def ids_so_far(session: Session, inspection: Inspection) -> list[UUID]:
    """This version's id and those of the versions before it, the oldest first.

    Before them those of the record that the office has set aside for this one: what it had opened
    and still fails goes on here.
    """
    chain = versions_of(session, inspection)
    own = [one.id for one in chain if one.version <= inspection.version]
    instead_of = session.scalar(
        sa.select(DoubleRecord.beside_id).where(
            DoubleRecord.inspection_id == chain[0].id, DoubleRecord.decision == "second"
        )
    )
    if instead_of is None:
        return own
    return [*ids_so_far(session, current(session, session.get_one(Inspection, instead_of))), *own]


def current(session: Session, inspection: Inspection) -> Inspection:
    """The newest version."""
    return versions_of(session, inspection)[-1]


_OF_STATIONS = (
    sa.select(Inspection)
    .where(
        Inspection.station_id.in_(sa.bindparam("ids", expanding=True)),
        Inspection.outcome != InspectionOutcome.COVERT,
        Inspection.is_current(),
    )
    .order_by(Inspection.finished_at.desc(), Inspection.id)
)


def of_stations(session: Session, *, station_ids: Iterable[int]) -> list[Inspection]:
    """The newest version of every inspection of these stations, the newest visit first.

    For the people of the station: 暗访, of which they were not told, is not among them.
    """
    return list(session.scalars(_OF_STATIONS, {"ids": list(station_ids)}))
