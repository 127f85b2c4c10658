"""Who gets the money for a station: its enterprise, the station itself, or its keeper on a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import BEIJING
from server.errors import NotFound
from server.models.county import Operator
from server.models.person import Keeping, Person
from server.models.snapshot import StationSnapshot
from server.models.station import Station
from server.policy.plan.subsidies import PayeeKind


class Payee(NamedTuple):
    """Whose account it is: `key` names the row, `name` what it is called."""

    kind: PayeeKind
    key: str
    name: str


class NoPayee(NamedTuple):
    """Why nobody can be paid for a station yet."""

    why: str


def ran_by(
    session: Session, *, stations: Iterable[Station], since: date, on: date
) -> dict[int, frozenset[int]]:
    """By station, the enterprises that ran it from `since` to `on`, as the nights found it.

    Where no night of these days was written down, the one that it has now.
    """
    every = list(stations)
    found: defaultdict[int, set[int | None]] = defaultdict(set)
    for station_id, operator_id in session.execute(
        select(StationSnapshot.station_id, StationSnapshot.operator_id).where(
            StationSnapshot.county.in_({one.county for one in every}),
            StationSnapshot.station_id.in_([one.id for one in every]),
            StationSnapshot.from_on <= on,
            StationSnapshot.until_on.is_(None) | (StationSnapshot.until_on > since),
            StationSnapshot.operator_id.is_not(None),
        )
    ):
        found[station_id].add(operator_id)
    return {
        one.id: frozenset(each for each in found[one.id] or {one.operator_id} if each is not None)
        for one in every
    }


def payees_of(
    session: Session,
    *,
    stations: Iterable[Station],
    kind: PayeeKind,
    on: date,
    since: date | None = None,
) -> dict[int, Payee | NoPayee]:
    """By station, who gets the money at the end of a day (Beijing); two queries at most.

    The enterprise is that of all days from `since` on, where given: whoever took the station over
    later is not paid for another's parcels.
    """
    every = list(stations)
    if kind is PayeeKind.STATION:
        return {
            one.id: Payee(kind, f"station:{one.id}", f"{one.code or ''} {one.name}".strip())
            for one in every
        }
    if kind is PayeeKind.OPERATOR:
        ran = ran_by(session, stations=every, since=since or on, on=on)
        ids = {one for some in ran.values() for one in some}
        names = dict(
            session.execute(select(Operator.id, Operator.name).where(Operator.id.in_(ids))).all()
        )
        return {one.id: _operator(sorted(ran[one.id]), names) for one in every}
    return _keepers(session, every, on)


def _operator(ids: list[int], names: Mapping[int, str]) -> Payee | NoPayee:
    if not ids:
        return NoPayee("没有登记运营企业")
    if len(ids) > 1:
        both = "、".join(names[one] for one in ids)
        return NoPayee(f"那些天先后由{len(ids)}家企业运营（{both}），分不清付给谁")
    return Payee(PayeeKind.OPERATOR, f"operator:{ids[0]}", names[ids[0]])


def _keepers(session: Session, stations: list[Station], on: date) -> dict[int, Payee | NoPayee]:
    at = datetime.combine(on + timedelta(days=1), time(), BEIJING)
    found: dict[int, list[Payee]] = {}
    for station_id, person_id, name in session.execute(
        select(Keeping.station_id, Person.id, Person.name)
        .join(Person, Person.id == Keeping.person_id)
        .where(
            Keeping.station_id.in_([one.id for one in stations]),
            Keeping.from_at < at,
            Keeping.until_at.is_(None) | (Keeping.until_at >= at),
        )
        .order_by(Keeping.from_at)
    ):
        payee = Payee(PayeeKind.KEEPER, f"person:{person_id}", name)
        if payee not in found.setdefault(station_id, []):
            found[station_id].append(payee)
    chosen: dict[int, Payee | NoPayee] = {}
    for one in stations:
        own = found.get(one.id, [])
        if len(own) == 1:
            chosen[one.id] = own[0]
        else:
            names = "、".join(payee.name for payee in own)
            why = f"那时有{len(own)}位站长（{names}），分不清付给谁" if own else "那时没有站长"
            chosen[one.id] = NoPayee(why)
    return chosen


def changed_keepers(
    session: Session, *, stations: Iterable[Station], kind: PayeeKind, since: date, on: date
) -> dict[int, tuple[str, ...]]:
    """By station, a doubt where its money goes to the keeper and others kept it before.

    Whoever keeps it on the last day is not paid for another's parcels unless a person says so.
    """
    if kind is not PayeeKind.KEEPER:
        return {}
    first, last = (
        datetime.combine(day + timedelta(days=1), time(), BEIJING) for day in (since, on)
    )
    found: dict[int, dict[int, str]] = {}
    for station_id, person_id, name in session.execute(
        select(Keeping.station_id, Person.id, Person.name)
        .join(Person, Person.id == Keeping.person_id)
        .where(
            Keeping.station_id.in_([one.id for one in stations]),
            Keeping.from_at < last,
            Keeping.until_at.is_(None) | (Keeping.until_at >= first),
        )
        .order_by(Keeping.from_at)
    ):
        found.setdefault(station_id, {})[person_id] = name
    return {
        station_id: (
            f"这个月先后有{len(own)}位站长（{'、'.join(own.values())}），请人看一下付给谁",
        )
        for station_id, own in found.items()
        if len(own) > 1
    }


def payee_named(session: Session, *, county: str, key: str) -> Payee:
    """A payee by its key. Raises NotFound payee-unknown, also across counties."""
    noun, _, number = key.partition(":")
    unknown = NotFound("payee-unknown", "没有找到这个收款人。请从收款账户页重新选择。")
    if not (number.isascii() and number.isdigit() and number == number.lstrip("0")[:9]):
        raise unknown
    nouns: dict[str, tuple[type[Operator | Station | Person], PayeeKind]] = {
        "operator": (Operator, PayeeKind.OPERATOR),
        "station": (Station, PayeeKind.STATION),
        "person": (Person, PayeeKind.KEEPER),
    }
    if noun not in nouns:
        raise unknown
    table, kind = nouns[noun]
    row: Any = session.get(table, int(number))
    if row is None or row.county != county:
        raise unknown
    code = f"{row.code or ''} " if isinstance(row, Station) else ""
    return Payee(kind, key, f"{code}{row.name}".strip())
