"""The register of stations: adding, changing, closing, and showing one or many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound, Problem
from server.models.county import County, Division, Operator
from server.models.person import Person
from server.models.sign import Sign
from server.models.station import Station
from server.policy.hours import hours_lines
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.reading_jobs import ask_to_compare
from server.services.common.written import reason_given, written
from server.services.county.place_words import default_name, station_name
from server.services.people.people import keepers_of
from server.services.people.scope import Everybody, stations_visible_to
from server.services.plates.signs import live_sign
from server.services.registry.actions import RegistryAction
from server.services.registry.field_reading import Reading, read_change
from server.services.registry.fields import FIELDS, Names, names_of, show, store, stored
from server.services.registry.filing_dates import refuse_impossible_dates
from server.services.registry.filing_register import (
    follow_closing,
    follow_register,
    follow_reopening,
)
from server.services.registry.lapsing import lapse_with
from server.services.registry.station_places import places_of_new, refuse_second_point

SHOWN_OUTSIDE = frozenset(("name", "filed_name", "hours"))
"""What signs and hours boards are held against; the number is given by numbers.py."""


@dataclass(frozen=True, slots=True)
class StationView:
    """One station with what a page says around it."""

    station: Station
    township_name: str
    village_name: str
    operator_name: str
    level_label: str
    ownership_label: str
    hours_lines: tuple[str, ...]
    keepers: tuple[Person, ...]
    sign: Sign | None


def add_station(
    session: Session,
    *,
    county: County,
    level: Level,
    by: Person | None,
    now: datetime,
    name: str | None = None,
    township_code: str | None = None,
    village_code: str | None = None,
    basis: str = "",
    demo: bool = False,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Station:
    """Enter a station at a place of the county; named after the place unless a name is given.

    The history gives the `reason`, or else the `basis`, which stands in the register.

    Raises Invalid division-wrong, field-invalid; Conflict village-has-point.
    """
    township, village = places_of_new(session, county, level, township_code, village_code)
    if village is not None:
        refuse_second_point(session, village)
    place = village or township
    station = Station(
        county=county.code,
        level=level,
        name=station_name(county, level, place) if place else default_name(level, county.name),
        township_code=township.code if township else None,
        village_code=village.code if village else None,
        coop_modes=[],
        hours=[],
        services=[],
        serves=[],
        basis=written(basis, "依据", field="basis", into=Station.basis),
        demo=demo,
        created_at=now,
    )
    given = {**({"name": name} if name else {}), **(values or {})}
    for field_name, value in read_values(session, county.code, given, now).items():
        store(station, FIELDS[field_name], value)
    refuse_impossible_dates(station, {})
    session.add(station)
    session.flush()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=RegistryAction.STATION_ADDED,
        summary=f"新增{level.label}：{station.name}",
        reason=reason or basis,
    )
    follow_register(session, [station], changed={station.id: set(given)}, by=by, now=now)
    return station


def edit_station(
    session: Session,
    *,
    station: Station,
    changes: Mapping[str, Any],
    standards: Sequence[Standard],
    by: Person | None,
    now: datetime,
    reason: str,
    version: int | None = None,
) -> list[history.Change]:
    """Change register fields, all or none; gives what really changed, and writes it down.

    `version` is the one the form was filled from. Raises Conflict station-changed-meanwhile,
    Invalid field-invalid (details: fields → sentence), reason-needed.
    """
    if version is not None and version != station.version:
        raise Conflict(
            "station-changed-meanwhile",
            f"您填写期间，有人改过{station.name}。请对照最新内容后再保存一次。",
            version=station.version,
        )
    values = read_values(session, station.county, changes, now, station=station)
    return write_values(
        session,
        station=station,
        values=values,
        standards=standards,
        by=by,
        now=now,
        reason=reason,
    )


def write_values(
    session: Session,
    *,
    station: Station,
    values: Mapping[str, Any],
    standards: Sequence[Standard],
    by: Person | None,
    now: datetime,
    reason: str,
) -> list[history.Change]:
    """Put values as the register keeps them into a station, and write down what changed.

    Raises Invalid field-invalid, reason-needed.
    """
    made = _checked(session, station, values, now)
    if not made:
        return []
    reason = reason_given(reason, "请写一句修改的原因，例如“现场核实”。")
    for name, value in values.items():
        store(station, FIELDS[name], value)
    session.flush()
    changed = {one["field"] for one in made}
    if SHOWN_OUTSIDE & changed:
        ask_to_compare(session, [station.id], now=now)
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=RegistryAction.STATION_EDITED,
        summary=f"修改{'、'.join(one['label'] for one in made)}",
        changes=made,
        reason=reason,
    )
    lapse_with(session, station=station, changed=changed, standards=standards, by=by, now=now)
    follow_register(session, [station], changed={station.id: changed}, by=by, now=now)
    return made


def changes_of(
    session: Session,
    *,
    station: Station,
    changes: Mapping[str, Any],
    now: datetime,
) -> tuple[list[history.Change], dict[str, Any]]:
    """What an edit would change, and the values to store; changes nothing. Raises field-invalid."""
    values = read_values(session, station.county, changes, now, station=station)
    return _checked(session, station, values, now), values


def _checked(
    session: Session, station: Station, values: Mapping[str, Any], now: datetime
) -> list[history.Change]:
    """What these values would change. Raises Invalid field-invalid where they cannot hold."""
    made = differences(station, values, names_of(session, station.county))
    refuse_impossible_dates(station, values)
    refuse_gone_operator(made, values, Reading(session, station.county, beijing_day(now)))
    return made


def refuse_gone_operator(
    made: Iterable[history.Change], values: Mapping[str, Any], reading: Reading
) -> None:
    """Raise Invalid field-invalid where a change gives a station to an operator that has left."""
    for one in made:
        if one["field"] == "operator" and values["operator"] in reading.gone:
            raise Invalid(
                "field-invalid",
                f"“运营企业”写的{one['new']}已经退出，不能再接站点。请换一家，或先恢复它的状态。",
                fields={"operator": "已经退出"},
            )


def differences(station: Station, values: Mapping[str, Any], names: Names) -> list[history.Change]:
    """Which of these values differ from what a station holds, in words."""
    made = []
    for name, value in values.items():
        field = FIELDS[name]
        old = stored(station, field)
        if old != value:
            made.append(
                history.Change(
                    field=name,
                    label=field.label,
                    old=show(field, old, names),
                    new=show(field, value, names),
                )
            )
    return made


def close_station(
    session: Session, *, station: Station, by: Person | None, now: datetime, on: date, reason: str
) -> None:
    """Take a station out of the register from a day on; its number stays used for ever.

    Raises Conflict station-closed, Invalid reason-needed, field-invalid.
    """
    if station.closed_on is not None:
        raise Conflict("station-closed", f"{station.name}已经停业，不用再办一次。")
    reason = reason_given(reason, "请写明停业的原因，例如“站长外出务工，改由邻村服务”。")
    if on > beijing_day(now):
        raise Invalid("field-invalid", "“停业日期”还没有到，请核对。", fields={"on": "还没有到"})
    station.closed_on = on
    session.flush()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=RegistryAction.STATION_CLOSED,
        summary=f"{station.name}停业（{full_day_text(on)}）",
        changes=[history.Change(field="closed_on", label="停业日期", old="", new=on.isoformat())],
        reason=reason,
    )
    follow_closing(session, station, by=by, now=now, on=on, reason=reason)


def reopen_station(
    session: Session, *, station: Station, by: Person | None, now: datetime, reason: str
) -> None:
    """Bring a closed station back under its old number.

    Raises Conflict station-open, village-has-point; Invalid reason-needed.
    """
    if station.closed_on is None:
        raise Conflict("station-open", f"{station.name}没有停业，不用恢复。")
    reason = reason_given(reason, "请写明恢复的原因。")
    if station.village_code:
        refuse_second_point(session, session.get_one(Division, station.village_code))
    old = station.closed_on.isoformat()
    station.closed_on = None
    session.flush()
    history.write(
        session,
        of=station,
        by=by,
        at=now,
        action=RegistryAction.STATION_REOPENED,
        summary=f"{station.name}恢复营业",
        changes=[history.Change(field="closed_on", label="停业日期", old=old, new="")],
        reason=reason,
    )
    follow_reopening(session, station, by=by, now=now, reason=reason)


def station_of(session: Session, *, county: str, station_id: int) -> Station:
    """One of the county's stations; another county's looks the same as none at all."""
    station = session.get(Station, station_id)
    if station is None or station.county != county:
        raise NotFound("station-unknown", "没有找到这个站点。请从站点列表里重新选择。")
    return station


def stations_in_sight(
    session: Session, *, seen_by: Person | Everybody
) -> list[tuple[Station, str]]:
    """Every station in somebody's sight, open or closed, with its township's name; one query."""
    rows = session.execute(
        select(Station, Division.name)
        .outerjoin(Division, Division.code == Station.township_code)
        .where(stations_visible_to(seen_by))
        .order_by(Station.id)
    )
    return [(station, township or "") for station, township in rows]


def station_view(session: Session, *, station: Station, now: datetime) -> StationView:
    """A station with the names, keepers and plate that belong to it."""
    township = session.get(Division, station.township_code) if station.township_code else None
    village = session.get(Division, station.village_code) if station.village_code else None
    operator = session.get(Operator, station.operator_id) if station.operator_id else None
    return StationView(
        station=station,
        township_name=township.name if township else "",
        village_name=village.short_name if village else "",
        operator_name=operator.name if operator else "",
        level_label=station.level.label,
        ownership_label=station.ownership.label if station.ownership else "",
        hours_lines=hours_lines(station.hours),
        keepers=tuple(keepers_of(session, station_id=station.id, now=now)),
        sign=live_sign(session, station.id),
    )


def read_values(
    session: Session,
    county: str,
    given: Mapping[str, Any],
    now: datetime,
    *,
    station: Station | None = None,
) -> dict[str, Any]:
    """Read every given field; raises one Invalid that names all the wrong ones."""
    reading = Reading(session, county, beijing_day(now))
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, raw in given.items():
        field = FIELDS.get(name)
        if field is None:
            wrong[name] = f"没有“{name}”这一项。"
            continue
        try:
            values[name] = read_change(field, raw, reading, station)
        except Problem as problem:
            wrong[name] = problem.message
    if wrong:
        raise Invalid("field-invalid", "".join(wrong.values()), fields=wrong)
    return values
