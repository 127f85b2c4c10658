"""Who has no phone yet: keepers without a bound phone, with their slips, and a code for each."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import beijing_day, moment_text
from server.errors import Conflict, Invalid, NotFound
from server.models.county import County, Division
from server.models.person import BindCode, Keeping, Person, Role, SignIn, SignInKind
from server.models.station import Station
from server.services.common import history
from server.services.common.queues import Asked, QueueLine, Statement, built_once, counted, waiting
from server.services.people.actions import PeopleAction
from server.services.people.codes import CODE_LETTERS, CROCKFORD, grouped, sha256
from server.services.people.scope import Everybody, people_visible_to, stations_visible_to

SLIPS_LAST = timedelta(days=7)  # slips travel to the villages by the township's hand


@dataclass(frozen=True, slots=True)
class Unbound:
    """A keeper without a bound phone; `slip_until` is when the slip already given out ends."""

    person: Person
    stations: tuple[Station, ...]
    township_code: str
    township: str
    slip_until: datetime | None


def unbound_keepers(
    session: Session, *, seen_by: Person | Everybody, now: datetime
) -> list[Unbound]:
    """Keepers in sight who keep an open station and have no phone, by township and station."""
    slips: dict[int, datetime] = dict(
        session.execute(
            sa.select(BindCode.person_id, sa.func.max(BindCode.expires_at))
            .where(
                BindCode.used_at.is_(None),
                BindCode.withdrawn_at.is_(None),
                BindCode.expires_at > now,
            )
            .group_by(BindCode.person_id)
        ).all()
    )
    rows = session.execute(
        sa.select(Person, Station, Division.name)
        .join(Keeping, Keeping.person_id == Person.id)
        .join(Station, Station.id == Keeping.station_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(*_unbound(seen_by, now))
        .order_by(Station.township_code, Station.level, Station.code, Station.id, Person.id)
    ).all()
    found: dict[int, Unbound] = {}
    for person, station, township in rows:
        known = found.get(person.id)
        found[person.id] = Unbound(
            person=person,
            stations=(*(known.stations if known else ()), station),
            township_code=known.township_code if known else station.township_code or "",
            township=known.township if known else township or "",
            slip_until=slips.get(person.id),
        )
    return list(found.values())


def unbound_queue(session: Session, asked: Asked) -> QueueLine:
    """How many keepers in sight keep an open station and have no phone; one query.

    They wait since the first of them began to keep a station.
    """
    number, first = _without_phone(session, asked).one()
    return QueueLine(number, beijing_day(first) if first else None)


@built_once
def _without_phone(asked: Asked) -> Statement:
    return (
        sa.select(sa.func.count(Person.id.distinct()), sa.func.min(Keeping.from_at))
        .select_from(Person)
        .join(Keeping, Keeping.person_id == Person.id)
        .join(Station, Station.id == Keeping.station_id)
        .where(*_unbound(asked.seen_by, asked.now))
    )


@counted
def without_keeper_queue(session: Session, asked: Asked) -> QueueLine:
    """How many open stations in sight nobody keeps, since the first was entered; one query."""
    rows = sa.select(Station).where(*_without_keeper(asked.seen_by))
    return waiting(session, rows, Station.created_at)


def _unbound(seen_by: Person | Everybody, now: datetime) -> list[sa.ColumnElement[bool]]:
    """Conditions on Person, Keeping and Station: keeps an open station, and has no phone."""
    bound = sa.select(SignIn.id).where(
        SignIn.person_id == Person.id,  # of whom it is asked alone: not the phones of all counties
        SignIn.kind == SignInKind.PHONE,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > now,
    )
    return [
        people_visible_to(seen_by),
        stations_visible_to(seen_by),
        Person.role == Role.KEEPER,
        Person.active.is_(True),
        ~bound.correlate(Person).exists(),
        Keeping.until_at.is_(None),
        Station.closed_on.is_(None),
    ]


def _without_keeper(seen_by: Person | Everybody) -> list[sa.ColumnElement[bool]]:
    kept = (
        sa.select(Keeping.id)
        .join(Person, Person.id == Keeping.person_id)
        .where(Keeping.station_id == Station.id, Keeping.until_at.is_(None), Person.active)
    )
    return [
        stations_visible_to(seen_by),
        Station.closed_on.is_(None),
        ~kept.correlate(Station).exists(),
    ]


def stations_without_keeper(
    session: Session, *, seen_by: Person | Everybody
) -> list[tuple[Station, str]]:
    """Open stations in sight that nobody keeps, each with its township's name."""
    rows = session.execute(
        sa.select(Station, Division.name)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(*_without_keeper(seen_by))
        .order_by(Station.township_code, Station.level, Station.code, Station.id)
    )
    return [(station, township or "") for station, township in rows]


def fresh_codes(people: Sequence[Person]) -> dict[int, str]:
    """A new code for each, as a slip shows it (XXXX-XXXX); nothing is kept yet."""
    codes: dict[int, str] = {}
    for one in people:
        codes[one.id] = grouped("".join(secrets.choice(CROCKFORD) for _ in range(CODE_LETTERS)))
    return codes


def keep_codes(
    session: Session,
    *,
    county: County,
    codes: Mapping[int, str],
    by: Person,
    now: datetime,
) -> None:
    """Make the codes that stand on printed slips good for a week; older slips of these people end.

    Raises Invalid nothing-chosen, NotFound person-unknown, Conflict person-switched-off.
    """
    if not codes:
        raise Invalid("nothing-chosen", "没有要印纸条的人：都绑好了，或者都已经发过纸条。")
    people = session.scalars(
        sa.select(Person)
        .where(Person.id.in_(codes), Person.county == county.code, people_visible_to(by))
        .order_by(Person.id)
        .with_for_update(of=Person)  # of two who print at once, the later slips hold
    ).all()
    if len(people) != len(codes):
        raise NotFound("person-unknown", "没有找到其中一个人。请返回名单重新选择。")
    for one in people:
        if not one.active:
            raise Conflict("person-switched-off", f"{one.name}已停用。请先恢复，再发绑定码。")
    session.execute(
        sa.update(BindCode)
        .where(
            BindCode.person_id.in_(codes),
            BindCode.used_at.is_(None),
            BindCode.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    until = now + SLIPS_LAST
    session.add_all(
        BindCode(
            person_id=one.id,
            code_sha256=sha256(codes[one.id].replace("-", "")),
            made_by=by.id,
            made_at=now,
            expires_at=until,
        )
        for one in people
    )
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=PeopleAction.BIND_SLIPS_MADE,
        summary=f"给{len(people)}位站长印了绑定纸条，{moment_text(until)}前有效",
        changes=[
            history.Change(field=str(one.id), label=one.name, old="", new="绑定纸条")
            for one in people
        ],
    )
