"""People of a county: adding them, appointing keepers, switching accounts off and on."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid
from server.models.county import County, Division, DivisionLevel, Operator
from server.models.person import Keeping, Person, Role, SignIn, SignInKind
from server.models.station import Station
from server.services.common import history
from server.services.common.seals import Shown, refuse_if_changed
from server.services.people.actions import PeopleAction
from server.services.people.scope import Everybody, people_visible_to

_LABELS = {
    "name": "姓名",
    "phone": "电话",
    "login": "账号",
    "township_code": "所属乡镇",
    "operator_id": "所属企业",
}


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person with the names that belong to them."""

    person: Person
    role_label: str
    township_name: str
    operator_name: str
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
    login: str | None = None,
    demo: bool = False,
) -> Person:
    """Enter a person; signing in is arranged separately (a bind code, or a desk password).

    Raises Invalid person-invalid, Conflict login-taken.
    """
    values = _read(
        session,
        county.code,
        {
            "name": name,
            "phone": phone,
            "login": login,
            "township_code": township_code,
            "operator_id": operator_id,
        },
    )
    person = Person(county=county.code, role=role, demo=demo, created_at=now, **values)
    _refuse_without_place(person)
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
    """Change a person's name, phone, login, township or operator.

    The phone number itself never goes into the history. `seal` is that of `person_shown` when the
    form was filled in. Raises Invalid person-invalid; Conflict person-changed-meanwhile,
    login-taken.
    """
    if not changes:
        return
    session.refresh(person, with_for_update=True)  # of two at once, one is told
    held = person_shown(session, person)
    refuse_if_changed(seal, held, code="person-changed-meanwhile", what=f"{person.name}的资料")
    values = _read(session, person.county, changes, person_id=person.id)
    made = []
    for field, value in values.items():
        old = getattr(person, field)
        if old == value:
            continue
        setattr(person, field, value)
        hidden = field == "phone"
        made.append(
            history.Change(
                field=field,
                label=_LABELS[field],
                old="（原号码）" if hidden and old else "" if hidden else str(old or ""),
                new="（新号码）" if hidden and value else "" if hidden else str(value or ""),
            )
        )
    _refuse_without_place(person)
    session.flush()
    if made:
        history.write(
            session,
            of=person,
            by=by,
            at=now,
            action=PeopleAction.PERSON_EDITED,
            summary=f"修改{person.name}的{'、'.join(one['label'] for one in made)}",
            changes=made,
        )


def person_shown(
    session: Session, person: Person, fields: Collection[str] | None = None
) -> list[Shown]:
    """What the form of a person shows, as its seal tells it; only some `fields`, or all."""
    township = session.get(Division, person.township_code) if person.township_code else None
    operator = session.get(Operator, person.operator_id) if person.operator_id else None
    texts = {
        "name": person.name,
        "phone": person.phone or "",
        "login": person.login or "",
        "township_code": township.name if township else "",
        "operator_id": operator.name if operator else "",
    }
    return [
        Shown(name, _LABELS[name], text)
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
    """Let a person in again."""
    _switch(session, person, active=True, by=by, now=now)


def people_seen(
    session: Session, *, county: str, seen_by: Person | Everybody, active: bool | None = True
) -> list[PersonView]:
    """The county's people in somebody's sight, by role and in the order of their coming."""
    query = (
        select(Person, Division.name, Operator.name)
        .outerjoin(Division, Division.code == Person.township_code)
        .outerjoin(Operator, Operator.id == Person.operator_id)
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
            tuple(kept.get(person.id, ())),
        )
        for person, township, operator in rows
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
    person.active = active
    session.flush()
    history.write(
        session,
        of=person,
        by=by,
        at=now,
        action=PeopleAction.PERSON_SWITCHED,
        summary=f"{'启用' if active else '停用'}{person.name}的账号",
    )


def _read(
    session: Session, county: str, given: Mapping[str, Any], person_id: int | None = None
) -> dict[str, Any]:
    """Check and tidy a person's fields; all wrong ones are named at once."""
    values = {
        key: (value.strip() or None) if isinstance(value, str) else value
        for key, value in given.items()
        if key in _LABELS
    }
    wrong: dict[str, str] = {}
    name, phone, login = values.get("name"), values.get("phone"), values.get("login")
    if "name" in values and (not name or len(name) > 40):
        wrong["name"] = "请填写姓名，不超过40个字。"
    if phone and not re.fullmatch(r"\+?[\d\s-]{5,20}", phone):
        wrong["phone"] = f"“{phone}”不像电话号码，请改正。"
    if login and not re.fullmatch(r"[a-z][a-z0-9._-]{2,39}", login):
        wrong["login"] = "账号用小写字母开头，3至40个字母、数字，请改正。"
    wrong |= _wrong_places(session, county, values)
    if wrong:
        raise Invalid("person-invalid", "".join(wrong.values()), fields=wrong)
    if login:
        holder = session.scalar(select(Person.id).where(Person.login == login))
        if holder is not None and holder != person_id:
            raise Conflict(
                "login-taken",
                f"账号“{login}”已有人使用。请换一个。",
                fields={"login": "已有人使用"},
            )
    return values


def _wrong_places(session: Session, county: str, values: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if code := values.get("township_code"):
        township = session.get(Division, code)
        if (
            township is None
            or township.county != county
            or township.level != DivisionLevel.TOWNSHIP
        ):
            wrong["township_code"] = "请从本县的乡镇名单里选择。"
    if operator_id := values.get("operator_id"):
        operator = session.get(Operator, operator_id)
        if operator is None or operator.county != county:
            wrong["operator_id"] = "请从本县的运营企业名单里选择。"
    return wrong


def _refuse_without_place(person: Person) -> None:
    if person.role == Role.TOWNSHIP_OFFICER and not person.township_code:
        raise Invalid(
            "person-invalid",
            "乡镇专干要写明所属乡镇。请从名单里选择。",
            fields={"township_code": "请选择"},
        )
    if person.role == Role.OPERATOR and not person.operator_id:
        raise Invalid(
            "person-invalid",
            "运营企业的账号要写明所属企业。请从名单里选择。",
            fields={"operator_id": "请选择"},
        )
