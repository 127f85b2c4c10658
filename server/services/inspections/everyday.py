"""日常检查: the inspections that belong to no round, as the desk lists them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from server.models.county import Division
from server.models.inspection import Inspection
from server.models.person import Person
from server.models.station import Station
from server.policy.standard.examine import Status
from server.services.inspections.answers import outcome_text
from server.services.people.scope import stations_visible_to
from server.services.standing.open_work import record_statuses

# What a list does not show of a record, and what makes one large.
HEAVY = ("answers", "findings", "keeper_findings", "inspector_signature", "keeper_signature")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty means everything."""

    township: str = ""
    inspector_id: int | None = None
    q: str = ""


@dataclass(frozen=True, slots=True)
class EverydayView:
    """The newest version of one inspection, its station and who was there."""

    inspection: Inspection
    station: Station
    township_name: str
    inspector_name: str
    status: Status

    @property
    def outcome(self) -> str:
        """How it ended, with the keeper's later answer in it."""
        return outcome_text(self.inspection)


def everyday_count(session: Session, *, seen_by: Person, wanted: Wanted) -> int:
    """How many there are in a person's sight."""
    query = sa.select(sa.func.count()).select_from(Inspection)
    query = query.join(Station, Station.id == Inspection.station_id)
    return session.scalar(query.where(*_narrowed(seen_by, wanted))) or 0


def everyday_inspections(
    session: Session, *, seen_by: Person, wanted: Wanted, limit: int, offset: int = 0
) -> Sequence[EverydayView]:
    """Those in a person's sight, the newest first; two queries."""
    rows = session.execute(
        sa.select(Inspection, Station, Division.name, Person.name)
        .join(Station, Station.id == Inspection.station_id)
        .join(Person, Person.id == Inspection.inspector_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(*_narrowed(seen_by, wanted))
        .options(*(defer(getattr(Inspection, name), raiseload=True) for name in HEAVY))
        .order_by(Inspection.finished_at.desc(), Inspection.id)
        .limit(limit)
        .offset(offset)
    )
    found = [(one, station, town or "", who) for one, station, town, who in rows]
    states = record_statuses(session, [one for one, *_ in found])
    return [EverydayView(*row, states[row[0].id]) for row in found]


def townships_inspected(session: Session, *, seen_by: Person) -> list[tuple[str, str]]:
    """The townships in which there is any to see, with their names."""
    rows = session.execute(
        sa.select(Division.code, Division.name)
        .join(Station, Station.township_code == Division.code)
        .join(Inspection, Inspection.station_id == Station.id)
        .where(*_narrowed(seen_by, Wanted()))
        .distinct()
        .order_by(Division.code)
    )
    return [(code, name) for code, name in rows]


def inspectors_seen(session: Session, *, seen_by: Person) -> list[tuple[int, str]]:
    """Everybody who made any of them, with their names."""
    rows = session.execute(
        sa.select(Person.id, Person.name)
        .join(Inspection, Inspection.inspector_id == Person.id)
        .join(Station, Station.id == Inspection.station_id)
        .where(*_narrowed(seen_by, Wanted()))
        .distinct()
        .order_by(Person.id)
    )
    return [(person_id, name) for person_id, name in rows]


def _narrowed(seen_by: Person, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """The newest versions outside every round, as far as wanted and seen."""
    narrowed = [
        Inspection.county == seen_by.county,
        Inspection.visit_id.is_(None),
        stations_visible_to(seen_by),
        Inspection.is_current(),
    ]
    if wanted.township:
        narrowed.append(Station.township_code == wanted.township)
    if wanted.inspector_id is not None:
        narrowed.append(Inspection.inspector_id == wanted.inspector_id)
    if wanted.q:
        narrowed.append(
            sa.or_(
                Station.name.contains(wanted.q, autoescape=True),
                Station.code.icontains(wanted.q, autoescape=True),
            )
        )
    return narrowed
