"""Builds a county from the national division table and its plan, and compares a newer table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import NotFound
from server.models.county import County, Division, DivisionAlias, DivisionKind, DivisionLevel
from server.models.person import Person
from server.models.station import Station
from server.policy.plan.nouns import Programme
from server.policy.standard.facts import Level
from server.services.common import history
from server.services.county.counties import TARGET_KINDS
from server.services.county.divisions import (
    DIVISIONS_ON,
    DIVISIONS_SOURCE,
    DivisionRow,
    classify,
    short_name,
)
from server.services.county.organisation_plan import bring_organisations
from server.services.programme.actions import ProgrammeAction
from server.services.programme.programmes import bring_programme
from server.services.programme.stations import bring_plan, make_stations_everywhere

TOWNSHIP_DIGITS, VILLAGE_DIGITS = 9, 12


@dataclass(frozen=True, slots=True)
class DivisionChange:
    """One difference between the county as kept and the table; `text` says it in words."""

    kind: Literal["new", "renamed", "withdrawn", "returned"]
    code: str
    old: str
    new: str

    @property
    def text(self) -> str:
        """The difference as a sentence."""
        return {
            "new": f"新增 {self.code} {self.new}",
            "renamed": f"更名 {self.code} {self.old} → {self.new}",
            "withdrawn": f"撤销 {self.code} {self.old}",
            "returned": f"恢复 {self.code} {self.new}",
        }[self.kind]


@dataclass(frozen=True, slots=True)
class CountySetUp:
    """What set-up did: `counts` are the county's places and stations now, in plain words."""

    county: County
    made: bool
    counts: dict[str, int]
    changes: tuple[DivisionChange, ...] = ()
    applied: bool = False
    notes: tuple[str, ...] = ()


def set_up_county(
    session: Session,
    *,
    code: str,
    rows: Sequence[DivisionRow],
    programme: Programme | None,
    now: datetime,
    by: Person | None = None,
    confirm: bool = False,
    with_stations: bool = False,
    demo: bool = False,
    source: str = DIVISIONS_SOURCE,
) -> CountySetUp:
    """Make the county if it is not there; otherwise report how the table differs.

    Differences are applied only with `confirm`. The plan's aliases, operators and stations are
    brought once. Doing it all again changes nothing. Raises NotFound county-unknown.
    """
    names = {row.code: row.name for row in rows}
    if code not in names:
        raise NotFound("county-unknown", f"区划表里没有代码为{code}的县。请核对6位县级代码。")
    county = session.get(County, code)
    made = county is None
    changes: tuple[DivisionChange, ...] = ()
    if county is None:
        county = _make(session, code, names, now=now, by=by, demo=demo, source=source)
    else:
        changes = _differences(session, code, names)
        if confirm and changes:
            _apply(session, county, changes, now=now, by=by, source=source)
    notes: list[str] = []
    if programme is not None and county.programme_id != programme.id:
        notes += bring_plan(session, county=county, programme=programme, now=now, by=by, demo=demo)
        bring_organisations(session, county=county, programme=programme, by=by, now=now)
    elif programme is not None:
        bring_programme(session, county=county, programme=programme, now=now, by=by)
    elif with_stations:
        notes += make_stations_everywhere(session, county=county, now=now, by=by, demo=demo)
    done = CountySetUp(county=county, made=made, counts={}, changes=changes, notes=tuple(notes))
    return replace(done, applied=confirm and bool(changes), counts=_counts(session, code))


def _make(
    session: Session,
    code: str,
    names: dict[str, str],
    *,
    now: datetime,
    by: Person | None,
    demo: bool,
    source: str,
) -> County:
    county = County(
        code=code,
        name=names[code],
        province=names.get(code[:2], ""),
        prefecture=names.get(code[:4], ""),
        divisions_source=source,
        options={},
        demo=demo,
        created_at=now,
    )
    session.add(county)
    session.flush()
    session.add_all(
        _division(code, place, name) for place, name in names.items() if _is_place(place, code)
    )
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ProgrammeAction.COUNTY_SET_UP,
        summary=f"建立{county.name}，区划来自{source}",
    )
    return county


def _is_place(place: str, county: str) -> bool:
    return place.startswith(county) and len(place) in {TOWNSHIP_DIGITS, VILLAGE_DIGITS}


def _division(county: str, code: str, name: str) -> Division:
    village = len(code) == VILLAGE_DIGITS
    return Division(
        code=code,
        county=county,
        level=DivisionLevel.VILLAGE if village else DivisionLevel.TOWNSHIP,
        kind=classify(name, code),
        parent=code[:TOWNSHIP_DIGITS] if village else county,
        name=name,
        short_name=short_name(name) if village else name,
        valid_from=DIVISIONS_ON,
    )


def _differences(
    session: Session, county: str, names: dict[str, str]
) -> tuple[DivisionChange, ...]:
    kept = {one.code: one for one in _kept(session, county)}
    changes = []
    for code, name in names.items():
        if not _is_place(code, county):
            continue
        old = kept.get(code)
        if old is None:
            changes.append(DivisionChange("new", code, "", name))
        elif old.withdrawn_on is not None:
            changes.append(DivisionChange("returned", code, old.name, name))
        elif old.name != name:
            changes.append(DivisionChange("renamed", code, old.name, name))
    changes += [
        DivisionChange("withdrawn", code, one.name, "")
        for code, one in kept.items()
        if code not in names and one.withdrawn_on is None
    ]
    return tuple(sorted(changes, key=lambda one: one.code))


def _kept(session: Session, county: str) -> list[Division]:
    return list(session.scalars(select(Division).where(Division.county == county)))


def _apply(
    session: Session,
    county: County,
    changes: tuple[DivisionChange, ...],
    *,
    now: datetime,
    by: Person | None,
    source: str,
) -> None:
    """Follow the newer table; an old name stays findable as an alias, nothing is deleted."""
    kept = {one.code: one for one in _kept(session, county.code)}
    today = beijing_day(now)
    for one in changes:
        division = kept.get(one.code)
        if division is None:
            session.add(_division(county.code, one.code, one.new))
            continue
        if one.kind == "withdrawn":
            division.withdrawn_on = today
            continue
        if division.name != one.new:
            session.add(
                DivisionAlias(
                    county=county.code,
                    division_code=division.code,
                    alias=division.short_name,
                    source=f"{full_day_text(today)}以前的名称",
                )
            )
        fresh = _division(county.code, one.code, one.new)
        division.name, division.short_name = fresh.name, fresh.short_name
        division.kind, division.withdrawn_on = fresh.kind, None
    county.divisions_source = source
    session.flush()
    history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=ProgrammeAction.DIVISIONS_CHANGED,
        summary=f"按新区划表更新{len(changes)}处",
        changes=[
            history.Change(field=one.code, label=one.code, old=one.old, new=one.new)
            for one in changes
        ],
    )


def _counts(session: Session, county: str) -> dict[str, int]:
    by_kind: dict[DivisionKind, int] = dict(
        session.execute(
            select(Division.kind, func.count())
            .where(Division.county == county, Division.withdrawn_on.is_(None))
            .group_by(Division.kind)
        ).all()
    )
    by_level: dict[DivisionLevel, int] = dict(
        session.execute(
            select(Division.level, func.count())
            .where(Division.county == county, Division.withdrawn_on.is_(None))
            .group_by(Division.level)
        ).all()
    )
    stations: dict[Level, int] = dict(
        session.execute(
            select(Station.level, func.count())
            .where(Station.county == county, Station.closed_on.is_(None))
            .group_by(Station.level)
        ).all()
    )
    return {
        "乡级区划": by_level.get(DivisionLevel.TOWNSHIP, 0),
        "乡镇": sum(by_kind.get(kind, 0) for kind in TARGET_KINDS),
        "村级区划": by_level.get(DivisionLevel.VILLAGE, 0),
        "村民委员会": by_kind.get(DivisionKind.VILLAGE_COMMITTEE, 0),
        **{level.short: stations.get(level, 0) for level in Level},
    }
