"""Which station serves which village on a day, and how: in it, from elsewhere, or only planned."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from server.calendar import beijing_day
from server.labelled import Labelled
from server.models.acceptance import Acceptance
from server.models.county import Division, DivisionKind, DivisionLevel
from server.models.coverage import PopulationBasis, VillagePopulation
from server.models.person import Person
from server.models.station import Stage, Station
from server.policy.standard.facts import Level
from server.services.common.closures import times_away
from server.services.coverage.populations import newest_populations
from server.services.people.scope import Everybody, stations_visible_to, villages_visible_to

RESIDENT_MODE = "resident_point"


class Served(Labelled):
    """How a village is served on a day; the best of what serves it."""

    RESIDENT = "resident", "村里有站"
    RADIATED = "radiated", "外村的站辐射"
    UNACCEPTED = "unaccepted", "有站，还没有验收"
    PLANNED = "planned", "只有拟建的站"
    NONE = "none", "没有站服务"

    @property
    def covers(self) -> bool | None:
        """Whether this is coverage; None for a station that nobody has accepted."""
        if self is Served.UNACCEPTED:
            return None
        return self in (Served.RESIDENT, Served.RADIATED)


class Built(Labelled):
    """How far a station had come on a day; one that was closed or not yet entered is none."""

    ACCEPTED = "accepted", "建成"
    UNACCEPTED = "unaccepted", "未验收"
    PLANNED = "planned", "拟建"


class Server(NamedTuple):
    """One station that serves a village; `id` is None where whoever looks may not see it."""

    id: int | None
    name: str
    code: str | None
    here: bool
    built: Built
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VillageServed:
    """One village on one day: its people by basis as known by then, and the stations serving it."""

    code: str
    name: str
    kind: DivisionKind
    township_code: str
    township: str
    people: Mapping[PopulationBasis, VillagePopulation]
    servers: tuple[Server, ...]
    how: Served

    @property
    def committee(self) -> bool:
        """Whether it is a 建制村, with a 村民委员会."""
        return self.kind is DivisionKind.VILLAGE_COMMITTEE

    @property
    def resident(self) -> bool | None:
        """Whether a built station stands in it; None where one stands that nobody accepted."""
        return _any(one.built for one in self.servers if one.here)

    @property
    def resident_of_the_mode(self) -> bool | None:
        """Whether one of the mode 驻村设点 does; None where its mode or acceptance is unknown."""
        here = [one for one in self.servers if one.here]
        if any(one.built is Built.ACCEPTED and RESIDENT_MODE in one.modes for one in here):
            return True
        maybe = any(
            one.built is not Built.PLANNED and (not one.modes or RESIDENT_MODE in one.modes)
            for one in here
        )
        return None if maybe else False


def _any(found: Iterable[Built]) -> bool | None:
    states = set(found)
    if Built.ACCEPTED in states:
        return True
    return None if Built.UNACCEPTED in states else False


def villages_served(
    session: Session, *, county: str, on: date, seen_by: Person | Everybody
) -> list[VillageServed]:
    """Every village in somebody's sight as it is served on a day, by code; a fixed number of reads.

    Radiated villages and modes are those of the register now, whatever the day: it keeps no days
    for them. A station counts from its acceptance (and opening) until it is closed.
    """
    township = aliased(Division)
    places = session.execute(
        sa.select(Division, township.name)
        .join(township, township.code == Division.parent)
        .where(
            Division.county == county,
            Division.level == DivisionLevel.VILLAGE,
            Division.withdrawn_on.is_(None) | (Division.withdrawn_on > on),
            villages_visible_to(seen_by),
        )
        .order_by(Division.code)
    ).all()
    people = newest_populations(session, county=county, on=on)
    serving = _servers(session, county, on, seen_by)
    found = []
    for village, township_name in places:
        servers = tuple(serving.get(village.code, ()))
        found.append(
            VillageServed(
                code=village.code,
                name=village.short_name,
                kind=village.kind,
                township_code=village.parent,
                township=township_name,
                people=people.get(village.code, {}),
                servers=servers,
                how=_how(servers),
            )
        )
    return found


def _how(servers: Sequence[Server]) -> Served:
    kinds = {(one.built, one.here) for one in servers}
    if (Built.ACCEPTED, True) in kinds:
        return Served.RESIDENT
    if (Built.ACCEPTED, False) in kinds:
        return Served.RADIATED
    states = {built for built, _ in kinds}
    if Built.UNACCEPTED in states:
        return Served.UNACCEPTED
    return Served.PLANNED if Built.PLANNED in states else Served.NONE


def _servers(
    session: Session, county: str, on: date, seen_by: Person | Everybody
) -> dict[str, list[Server]]:
    """By village, the stations that serve it on a day; names only of those in sight."""
    accepted = _accepted(session, county)
    visible = sa.case((stations_visible_to(seen_by), 1), else_=0)
    rows = session.execute(
        sa.select(
            Station.id, Station.name, Station.code, Station.village_code, Station.serves,
            Station.coop_modes, Station.stage, Station.opened_on, Station.created_at, visible,
        )
        .where(
            Station.county == county,
            Station.level != Level.COUNTY_HUB,
            Station.closed_on.is_(None) | (Station.closed_on > on),
        )
        .order_by(Station.level.desc(), Station.code, Station.id)
    ).all()  # fmt: skip
    away = times_away(session, county=county)
    found: dict[str, list[Server]] = defaultdict(list)
    for row in rows:
        if away.on(row.id, on):
            continue
        built = _built(
            row.stage, accepted.get(row.id, ()), row.opened_on, beijing_day(row.created_at), on
        )
        if built is None:
            continue
        seen = bool(row[-1])
        for village in dict.fromkeys([row.village_code, *row.serves]):
            if village is None:
                continue
            found[village].append(
                Server(
                    id=row.id if seen else None,
                    name=row.name if seen else "",
                    code=row.code if seen else None,
                    here=village == row.village_code,
                    built=built,
                    modes=tuple(row.coop_modes),
                )
            )
    return found


def _accepted(session: Session, county: str) -> dict[int, list[tuple[date, Stage]]]:
    """By station, the days on which it was accepted, with what it was before, the first first."""
    found: dict[int, list[tuple[date, Stage]]] = defaultdict(list)
    for station_id, on, before in session.execute(
        sa.select(Acceptance.station_id, Acceptance.accepted_on, Acceptance.stage_before)
        .where(Acceptance.county == county, Acceptance.withdrawn_at.is_(None))
        .order_by(Acceptance.accepted_on, Acceptance.id)
    ):
        found[station_id].append((on, before))
    return found


def _built(
    stage: Stage,
    accepted: Sequence[tuple[date, Stage]],
    opened_on: date | None,
    entered_on: date,
    on: date,
) -> Built | None:
    """How far a station had come on a day; None where it was not known of by then."""
    was = stage
    if accepted and accepted[0][0] > on:
        was = accepted[0][1]
    if was.accepted:
        return Built.ACCEPTED if opened_on is None or opened_on <= on else Built.PLANNED
    if was is Stage.BUILT_BEFORE and (opened_on is None or opened_on <= on):
        return Built.UNACCEPTED
    return Built.PLANNED if entered_on <= on else None
