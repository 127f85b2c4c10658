"""People of a county: adding them, appointing keepers, switching accounts off and on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid
from server.models.county import County, Division, Operator
from server.models.organisation import Organisation
from server.models.person import Keeping, Person, Role, SignIn, SignInKind
from server.models.station import Station
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.people.actions import PeopleAction
from server.services.people.erased import refuse_erased
from server.services.people.person_fields import LABELS, read_person, refuse_without_place
from server.services.people.scope import OVER_COUNTIES, Everybody, people_visible_to
from server.services.people.sign_ins import end_all


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person with the names that belong to them; `organisation` is the short name."""

    person: Person
    role_label: str
    township_name: str
    operator_name: str
    organisation: str
    stations: tuple[Station, ...]


def add_person(
    session: Session,
    *,
    county: County,
    name: str,
    role: Role,
    by: Person | None,
    now: datetime,
    phone: str | None = None,
    township_code: str | None = None,
    operator_id: int | None = None,
    organisation_id: int | None = None,
    until_on: date | None = None,
    login: str | None = None,
    demo: bool = False,
) -> Person:
    """Enter a person; signing in is arranged separately (a bind code, or a desk password).

    Raises Invalid person-invalid, Conflict login-taken.
    """
    if (role in OVER_COUNTIES) != county.is_area:
        raise Invalid(
            "person-invalid",
            "上级查看的账号只开在市、省，市、省也只开这一种。"
            "请由技术人员用 invite --role viewer 开。",
            fields={"role": "请选别的身份"},
        )
    values = read_person(
        session,
        county.code,
        {
            "name": name,
            "phone": phone,
            "login": login,
            "township_code": township_code,
            "operator_id": operator_id,
            "organisation_id": organisation_id,
            "until_on": until_on,
        },
    )
    person = Person(county=county.code, role=role, demo=demo, created_at=now, **values)
    refuse_without_place(person)
    if until_on is not None and until_on < beijing_day(now):
        raise Invalid(
            "person-invalid",
            "最后一天已经过去，这个账号开了也登不进来。请写今天或以后的一天。",
            fields={"until_on": "请写今天或以后"},
        )
    session.add(person)
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=PeopleAction.PERSON_ADDED,
        summary=f"新增{role.label}：{person.name}",
    )
    return person


def edit_person(
    session: Session,
    *,
    person: Person,
    changes: Mapping[str, Any],
    by: Person | None,
    now: datetime,
    seal: str | None = None,
) -> None:
    """Change a person's name, phone, login, township, operator, body or last day.

    The phone number itself never goes into the history. `seal` is that of `person_shown` when the
    form was filled in. Raises Invalid person-invalid; Conflict person-changed-meanwhile,
    login-taken.
    """
    if not changes:
        return
    session.refresh(person, with_for_update=True)  # of two at once, one is told
    refuse_erased(person)
    held = person_shown(session, person)
    refuse_if_changed(seal, held, code="person-changed-meanwhile", what=f"{person.name}的资料")
    kept = {
        key for key in ("name", "phone") if key in changes and changes[key] == getattr(person, key)
    }
    fresh = {key: value for key, value in changes.items() if key not in kept}  # kept ones may stay
    values = read_person(session, person.county, fresh, person_id=person.id)
    last_day = person.until_on
    if (
        last_day is not None
        and last_day < beijing_day(now)
        and values.get("until_on", last_day) != last_day
    ):
        end_all(session, person=person, now=now)  # a new term: nothing of the old one opens a door
    own = by is not None and by.id == person.id
    if own and values.get("until_on", person.until_on) != person.until_on:
        raise Conflict("person-is-you", "不能改自己账号的最后一天。请让另一位同事来操作。")
    told = {one.field: one.text for one in held}
    assigned = person.organisation_id is not None
    made = []
    for field, value in values.items():
        if getattr(person, field) != value:
            setattr(person, field, value)
            made.append(field)
    # A reviewer from before bodies were kept may wait for one; who has one keeps one.
    refuse_without_place(person, waits=not assigned)
    session.flush()
    if made:
        now_told = {one.field: one.text for one in person_shown(session, person)}
        history.write(
            session,
            of=person,
            by=by,
            at=now,
            action=PeopleAction.PERSON_EDITED,
            summary=f"修改{person.name}的{'、'.join(LABELS[field] for field in made)}",
            changes=[
                history.Change(
                    field=field, label=LABELS[field], old=told[field], new=now_told[field]
                )
                for field in made
            ],
        )


def person_shown(
    session: Session, person: Person, fields: Collection[str] | None = None
) -> list[Shown]:
    """What the form of a person shows, as its seal tells it; only some `fields`, or all."""
    township = session.get(Division, person.township_code) if person.township_code else None
    operator = session.get(Operator, person.operator_id) if person.operator_id else None
    body = session.get(Organisation, person.organisation_id) if person.organisation_id else None
    texts = {
        "name": person.name,
        "phone": person.phone or "",
        "login": person.login or "",
        "township_code": township.name if township else "",
        "operator_id": operator.name if operator else "",
        "organisation_id": body.name if body else "",
        "until_on": full_day_text(person.until_on) if person.until_on else "",
    }
    return [
        Shown(name, LABELS[name], text)
        for name, text in texts.items()
        if fields is None or name in fields
    ]


def switch_off_person(
    session: Session, *, person: Person, by: Person | None, now: datetime
) -> None:
    """Refuse every further sign-in of a person; what they did stays. Not possible for oneself."""
    if by is not None and by.id == person.id:
        raise Conflict("person-is-you", "不能停用自己的账号。请让另一位同事来操作。")
    _switch(session, person, active=False, by=by, now=now)


def switch_on_person(session: Session, *, person: Person, by: Person | None, now: datetime) -> None:
    """Let a person in again, with a new slip or the password; no old phone or page comes back."""
    _switch(session, person, active=True, by=by, now=now)


def people_seen(
    session: Session, *, county: str, seen_by: Person | Everybody, active: bool | None = True
) -> list[PersonView]:
    """The county's people in somebody's sight, by role and in the order of their coming."""
    query = (
        select(Person, Division.name, Operator.name, Organisation.short)
        .outerjoin(Division, Division.code == Person.township_code)
        .outerjoin(Operator, Operator.id == Person.operator_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.county == county, people_visible_to(seen_by))
        .order_by(Person.role, Person.id)
    )
    if active is not None:
        query = query.where(Person.active.is_(active))
    rows = session.execute(query).all()
    kept: dict[int, list[Station]] = {}
    for person_id, station in session.execute(
        select(Keeping.person_id, Station)
        .join(Station, Station.id == Keeping.station_id)
        .where(Station.county == county, Keeping.until_at.is_(None))
        .order_by(Station.code)
    ):
        kept.setdefault(person_id, []).append(station)
    return [
        PersonView(
            person,
            person.role.label,
            township or "",
            operator or "",
            body or "",
            tuple(kept.get(person.id, ())),
        )
        for person, township, operator, body in rows
    ]


def bound_phones(session: Session, *, county: str, now: datetime) -> set[int]:
    """The people of a county who have a phone bound at this moment, by id."""
    return set(
        session.scalars(
            select(SignIn.person_id)
            .join(Person, Person.id == SignIn.person_id)
            .where(
                Person.county == county,
                SignIn.kind == SignInKind.PHONE,
                SignIn.revoked_at.is_(None),
                SignIn.expires_at > now,
            )
        )
    )


def names_of(session: Session, *, person_ids: Iterable[int]) -> dict[int, str]:
    """These people's names by id; one query, none where nobody is asked for."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def keepers_of(session: Session, *, station_id: int, now: datetime) -> list[Person]:
    """Who keeps a station at this moment."""
    return list(
        session.scalars(
            select(Person)
            .join(Keeping, Keeping.person_id == Person.id)
            .where(
                Keeping.station_id == station_id,
                Keeping.from_at <= now,
                or_(Keeping.until_at.is_(None), Keeping.until_at > now),
            )
            .order_by(Keeping.id)
        )
    )


def appoint_keeper(
    session: Session, *, station: Station, person: Person, by: Person | None, now: datetime
) -> Keeping:
    """Let a keeper keep a station from now on; appointing twice changes nothing.

    Raises Invalid person-not-keeper, Conflict station-closed.
    """
    if person.role != Role.KEEPER or person.county != station.county or not person.active:
        raise Invalid(
            "person-not-keeper", f"{person.name}不是本县在用的站长账号。请先新增站长，再指定站点。"
        )
    if station.closed_on is not None:
        raise Conflict("station-closed", f"{station.name}已经撤销。如要继续使用，请先恢复站点。")
    current = _current(session, station, person)
    if current is not None:
        return current
    keeping = Keeping(person_id=person.id, station_id=station.id, from_at=now)
    session.add(keeping)
    session.flush()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=PeopleAction.KEEPER_APPOINTED,
        summary=f"{person.name}任{station.name}站长",
    )
    return keeping


def dismiss_keeper(
    session: Session,
    *,
    station: Station,
    person: Person,
    by: Person | None,
    now: datetime,
    reason: str = "",
) -> None:
    """End a keeper's time at a station. Raises Conflict keeper-not-here."""
    current = _current(session, station, person)
    if current is None:
        raise Conflict(
            "keeper-not-here", f"{person.name}现在不是{station.name}的站长。请刷新看看。"
        )
    current.until_at = now
    session.flush()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=PeopleAction.KEEPER_DISMISSED,
        summary=f"{person.name}不再任{station.name}站长",
        reason=reason,
    )


def _current(session: Session, station: Station, person: Person) -> Keeping | None:
    return session.scalar(
        select(Keeping).where(
            Keeping.station_id == station.id,
            Keeping.person_id == person.id,
            Keeping.until_at.is_(None),
        )
    )


def _switch(
    session: Session, person: Person, *, active: bool, by: Person | None, now: datetime
) -> None:
    if person.active == active:
        return
    refuse_erased(person)
    person.active = active
    end_all(session, person=person, now=now)
    history.write(
        session,
        of=person,
        by=by,
        at=now,
        action=PeopleAction.PERSON_SWITCHED,
        summary=f"{'启用' if active else '停用'}{person.name}的账号",
    )
