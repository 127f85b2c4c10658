"""Writes who changed what, when and why, and reads it back as a person would tell it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypedDict

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.labelled import Labelled
from server.models.county import County, Operator
from server.models.history import HistoryLine
from server.models.inspection import Inspection, InspectionOutcome
from server.models.organisation import Organisation
from server.models.person import Person
from server.models.station import Station
from server.services.common import chain
from server.services.common.written import cut, written

TELEPHONES = frozenset({"phone", "head_phone", "contact_phone"})
OLD_NUMBER, NEW_NUMBER = "（原号码）", "（新号码）"
_Told = sa.Select[HistoryLine, str, str | None, str]


class Action(Labelled):
    """What a line tells of: a stable code and its word; each wing declares its own (`actions`)."""


class Row(Protocol):
    """A row of one county; where it has a `station_id` it is of that station as well."""

    @property
    def county(self) -> str:
        """The county's six-digit code."""


class Change(TypedDict):
    """One field's way from old to new, both as text for people."""

    field: str
    label: str
    old: str
    new: str


class Part(NamedTuple):
    """What a larger deed did to one station."""

    station_id: int
    action: Action
    summary: str
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Line:
    """One change as a screen shows it; `who` is 系统 where no person stands behind it."""

    id: int
    at: datetime
    who: str
    action: str
    summary: str
    changes: tuple[Change, ...]
    reason: str
    station_id: int | None
    station: str


def change(field: str, label: str, old: str, new: str) -> Change | None:
    """One field's change; None when nothing changed."""
    return None if old == new else Change(field=field, label=label, old=old, new=new)


def _without_numbers(changes: Iterable[Change]) -> list[Any]:
    """As the history keeps them: that a telephone was changed, never to which."""
    return [
        {**one, "old": one["old"] and OLD_NUMBER, "new": one["new"] and NEW_NUMBER}
        if one["field"] in TELEPHONES
        else dict(one)
        for one in changes
    ]


def write(
    session: Session,
    *,
    of: County | Row,
    by: Person | None,
    at: datetime,
    action: Action,
    summary: str,
    changes: Iterable[Change] = (),
    reason: str = "",
) -> HistoryLine:
    """Append one line about a row: the only place where history is made.

    The line stands in the history of the row's county, and of its station where it has one. Long
    text is cut to what the column holds, for history never fails.
    """
    county, station_id, operator_id, organisation_id = _whose(of)
    kept: list[Any] = _without_numbers(changes)
    line = HistoryLine(
        county=county,
        station_id=station_id,
        operator_id=operator_id,
        organisation_id=organisation_id,
        person_id=by.id if by else None,
        at=at,
        action=action.value,
        summary=cut(summary, HistoryLine.summary),
        changes=kept,
        reason=written(reason, "原因", field="reason", into=HistoryLine.reason),
    )
    session.add(line)
    session.flush()
    return line


def said_since(session: Session, *, of: Station, action: Action, since: datetime) -> bool:
    """Whether a station's history has had such a line since a moment."""
    said = select(HistoryLine.id).where(
        HistoryLine.county == of.county,
        HistoryLine.station_id == of.id,
        HistoryLine.action == action.value,
        HistoryLine.at > since,
    )
    return session.scalar(said.limit(1)) is not None


def _whose(row: County | Row) -> tuple[str, int | None, int | None, int | None]:
    """The county, station, enterprise and body of the plan in whose history a row belongs."""
    if isinstance(row, County):
        return row.code, None, None, None
    if isinstance(row, Station):
        return row.county, row.id, None, None
    if isinstance(row, Operator):
        return row.county, None, row.id, None
    if isinstance(row, Organisation):
        return row.county, None, None, row.id
    return row.county, getattr(row, "station_id", None), None, None


def write_parts(session: Session, deed: HistoryLine, parts: Iterable[Part]) -> None:
    """Append the parts of one deed, all with its person, moment and reason, in one statement."""
    rows = [
        {
            "county": deed.county,
            "station_id": part.station_id,
            "part_of_id": deed.id,
            "person_id": deed.person_id,
            "at": deed.at,
            "action": part.action.value,
            "summary": cut(part.summary, HistoryLine.summary),
            "changes": _without_numbers(part.changes),
            "reason": deed.reason,
        }
        for part in parts
    ]
    if rows:
        chain.note_history(
            session, session.scalars(sa.insert(HistoryLine).returning(HistoryLine.id), rows)
        )


def parts_of(
    session: Session, *, county: str, ids: Collection[int], most: int
) -> dict[int, list[Line]]:
    """The parts of some lines, in the order in which they were written, `most` for each."""
    place = (
        sa.func.row_number()
        .over(partition_by=HistoryLine.part_of_id, order_by=HistoryLine.id)
        .label("place")
    )
    ranked = (
        select(HistoryLine.id, place)
        .where(HistoryLine.county == county, HistoryLine.part_of_id.in_(ids))
        .subquery()
    )
    chosen = select(ranked.c.id).where(ranked.c.place <= most)
    found: dict[int, list[Line]] = {}
    query = _told().where(HistoryLine.id.in_(chosen)).order_by(HistoryLine.id)
    for line, name, code, station in session.execute(query):
        found.setdefault(line.part_of_id or 0, []).append(_line(line, name, code, station))
    return found


# A line has no record's id, but the moment of what was done with it.
_OF_A_SECRET_VISIT = sa.exists().where(
    Inspection.county == HistoryLine.county,
    Inspection.station_id == HistoryLine.station_id,
    Inspection.outcome == InspectionOutcome.COVERT,
    (Inspection.received_at == HistoryLine.at) | (Inspection.looked_at == HistoryLine.at),
)


def lines(
    session: Session,
    *,
    county: str,
    station_id: int | None,
    operator_id: int | None = None,
    organisation_id: int | None = None,
    action: str | None = None,
    person_id: int | None = None,
    people_only: bool = False,
    among: Collection[str] = (),
    without: Collection[str] = (),
    secret: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Line]:
    """One station's history, or with None the county's, newest first; page on by the last id.

    `operator_id` asks for the lines of one enterprise, `organisation_id` of one body of the plan.
    `among` asks for these actions alone, `without` for none of these. Lines of a 暗访,
    of which the people of the station are not told, are there only with `secret`.
    Asked for a county without an `action`, the parts of a larger deed stay folded in its line.
    `person_id` 0 asks for what the system did by itself, `people_only` for the rest. `since` and
    `until` are half-open.
    """
    query = _told().where(HistoryLine.county == county).order_by(HistoryLine.id.desc()).limit(limit)
    for column, wanted in (
        (HistoryLine.operator_id, operator_id),
        (HistoryLine.organisation_id, organisation_id),
        (HistoryLine.station_id, station_id),
        (HistoryLine.action, action),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if station_id is None and action is None:
        query = query.where(HistoryLine.part_of_id.is_(None))
    if person_id is not None:
        query = query.where(HistoryLine.person_id == (person_id or None))
    if people_only:
        query = query.where(HistoryLine.person_id.is_not(None))
    if not secret:
        query = query.where(~_OF_A_SECRET_VISIT)
    query = _narrowed(query, among=among, without=without, since=since, until=until, before=before)
    return [_line(line, name, code, at) for line, name, code, at in session.execute(query)]


def _narrowed(
    query: _Told,
    *,
    among: Collection[str],
    without: Collection[str],
    since: datetime | None,
    until: datetime | None,
    before: int | None,
) -> _Told:
    if among:
        query = query.where(HistoryLine.action.in_(among))
    if without:
        query = query.where(HistoryLine.action.not_in(without))
    if since is not None:
        query = query.where(HistoryLine.at >= since)
    if until is not None:
        query = query.where(HistoryLine.at < until)
    if before is not None:
        query = query.where(HistoryLine.id < before)
    return query


def _told() -> _Told:
    """Lines with the names that a screen shows beside them."""
    return (
        select(HistoryLine, Person.name, Station.code, Station.name)
        .outerjoin(Person, Person.id == HistoryLine.person_id)
        .outerjoin(Station, Station.id == HistoryLine.station_id)
    )


def _line(line: HistoryLine, who: str | None, code: str | None, station: str | None) -> Line:
    return Line(
        id=line.id,
        at=line.at,
        who=who or "系统",
        action=line.action,
        summary=line.summary,
        changes=tuple(line.changes),
        reason=line.reason,
        station_id=line.station_id if station else None,
        station=" ".join(part for part in (code, station) if part),
    )


def people_in(session: Session, *, county: str) -> list[tuple[int, str]]:
    """Everybody who ever changed something in a county, by name."""
    query = (
        select(Person.id, Person.name)
        .where(
            Person.id.in_(
                select(HistoryLine.person_id)
                .where(HistoryLine.county == county, HistoryLine.person_id.is_not(None))
                .distinct()
            )
        )
        .order_by(Person.name, Person.id)
    )
    return [(person_id, name) for person_id, name in session.execute(query)]
