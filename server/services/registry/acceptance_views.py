"""What can be accepted and what was: stations as they stand now, and records as frozen."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import NotFound
from server.models.acceptance import Acceptance
from server.models.county import County
from server.models.person import Person
from server.models.station import Stage, Station
from server.policy.plan.hub import (
    BrandPeriod,
    HubGoal,
    SharedHub,
    hub_on,
    why_no_demonstration,
)
from server.policy.standard.acceptance import against_standardised, failing, unknown
from server.policy.standard.examine import finding_json
from server.policy.standard.facts import Level
from server.policy.standard.frozen import FrozenAcceptance, PinnedStandard
from server.policy.standard.standards import Standard, standards_for
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.people.scope import Everybody, stations_visible_to
from server.services.registry.hub import hub_brands, periods_of
from server.services.standing.standing import Standing, standings

WAITING = (Stage.PLANNED, Stage.BUILT_BEFORE)
"""The stages in which a station waits until somebody accepts it as built."""

SEAL_LENGTH = 32  # of a list's 267 seals; half a SHA-256 is enough between a page and its answer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A station as it would be accepted now; `seen` is the seal of what this shows.

    `no_standardised` says why it cannot be accepted as 标准化, `no_demonstration` why the centre
    cannot be as 示范, "" where it can; `hub` is how brands share the centre, None for others.
    """

    standing: Standing
    failing: tuple[str, ...]
    unknown: tuple[str, ...]
    no_standardised: str
    no_demonstration: str
    hub: SharedHub | None
    seen: str

    @property
    def station(self) -> Station:
        """The station itself."""
        return self.standing.station

    @property
    def stands(self) -> str:
        """A hash over what an acceptance rests on; the words of a day are not in it."""
        return record_hash(
            {
                "stage": self.station.stage.value,
                "status": self.standing.status.value,
                "failing": list(self.failing),
                "unknown": list(self.unknown),
            }
        )[:SEAL_LENGTH]


@dataclass(frozen=True, slots=True)
class AcceptanceView:
    """One acceptance with the names around it; `whole` is whether its record hashes as kept."""

    acceptance: Acceptance
    who: str
    withdrawn_who: str
    whole: bool
    newest: bool


def candidates(
    session: Session,
    *,
    county: County,
    on: date,
    standards: Sequence[Standard],
    seen_by: Person | Everybody,
    station_ids: Iterable[int] | None = None,
    goal: HubGoal | None = None,
    hub_day: date | None = None,
) -> list[Candidate]:
    """Every (chosen) open station in sight as it would be accepted today; six queries.

    `goal` is what the plan asks of the centre, `hub_day` the day on which brands are looked at.
    """
    assessed = any(one.basis != "national" for one in in_force(standards, on, county))
    brands = periods_of(hub_brands(session, county=county.code))
    hub = hub_on(brands, hub_day or on)
    return [
        Candidate(
            standing=one,
            failing=tuple(failing(one.findings)),
            unknown=tuple(unknown(one.findings)),
            no_standardised=against_standardised(
                one.station.level, one.findings, assessed=assessed
            ),
            no_demonstration=(
                why_no_demonstration(goal, hub)
                if one.station.level is Level.COUNTY_HUB
                else "“示范”说的是县级中心，这一级不这样验收。"
            ),
            hub=hub if one.station.level is Level.COUNTY_HUB else None,
            seen=_seal(one, brands if one.station.level is Level.COUNTY_HUB else ()),
        )
        for one in standings(
            session,
            county=county,
            on=on,
            standards=standards,
            seen_by=seen_by,
            station_ids=None if station_ids is None else list(station_ids),
        )
    ]


@counted
def acceptances_queue(session: Session, asked: Asked) -> QueueLine:
    """How many open stations in sight nobody has accepted as built; one query.

    Those of the plan and those from before acceptances were kept; since the first was entered.
    """
    rows = select(Station).where(
        stations_visible_to(asked.seen_by),
        Station.closed_on.is_(None),
        Station.stage.in_(WAITING),
    )
    return waiting(session, rows, Station.created_at)


def acceptance_for(session: Session, seen_by: Person, acceptance_id: int) -> Acceptance:
    """One acceptance, if its station may be seen. Raises NotFound acceptance-unknown."""
    found = session.scalar(
        select(Acceptance)
        .join(Station, Station.id == Acceptance.station_id)
        .where(Acceptance.id == acceptance_id, stations_visible_to(seen_by))
    )
    if found is None:
        raise NotFound("acceptance-unknown", "没有找到这次验收。请从站点页面重新选择。")
    return found


def acceptances_of(session: Session, *, station_id: int) -> list[AcceptanceView]:
    """A station's acceptances, the newest first, those taken back too."""
    rows = session.scalars(
        select(Acceptance).where(Acceptance.station_id == station_id).order_by(Acceptance.id.desc())
    ).all()
    ids = {one.accepted_by for one in rows} | {one.withdrawn_by for one in rows}
    names: dict[int, str] = {}
    if ids:
        names = dict(
            session.execute(select(Person.id, Person.name).where(Person.id.in_(ids - {None}))).all()
        )
    standing = next((one.id for one in rows if one.withdrawn_at is None), None)
    return [
        AcceptanceView(
            acceptance=one,
            who=names[one.accepted_by],
            withdrawn_who=names.get(one.withdrawn_by or 0, "系统"),
            whole=record_hash(one.record) == one.record_sha256,
            newest=one.id == standing,
        )
        for one in rows
    ]


def record_of(
    one: Candidate,
    *,
    grade: Stage,
    on: date,
    today: date,
    by: Person,
    present: str,
    note: str,
    pinned: list[PinnedStandard],
    proposed_by: str = "",
) -> FrozenAcceptance:
    """What is frozen of one station: what the form showed, by whom and on which day."""
    station = one.station
    record: FrozenAcceptance = {
        "station": {
            "id": station.id,
            "code": station.code,
            "name": station.name,
            "level": station.level.value,
            "township": one.standing.township_name,
        },
        "grade": grade.value,
        "accepted_on": on.isoformat(),
        "examined_on": today.isoformat(),
        "by": by.name,
        "present": present,
        "note": note,
        "status": one.standing.status.value,
        "why": one.standing.why,
        "failing": list(one.failing),
        "unknown": list(one.unknown),
        "findings": [finding_json(finding) for finding in one.standing.findings],
        "standards": pinned,
    }
    if proposed_by:
        record["proposed_by"] = proposed_by
    if one.hub is not None:
        record["hub"] = {
            "on": one.hub.on.isoformat(),
            "sharing": list(one.hub.sharing),
            "unknown": list(one.hub.unknown),
            "partly": list(one.hub.partly),
        }
    return record


def in_force(standards: Iterable[Standard], on: date, county: County) -> list[Standard]:
    """The standards that a county's stations are held against on a day."""
    return list(standards_for(standards, on, county.code, county.standard_id))


def _seal(one: Standing, brands: Sequence[BrandPeriod]) -> str:
    """What a form shows of a station, so that nobody accepts something else than was seen.

    Of the centre also every brand's time, for the day of the acceptance is chosen in the form.
    """
    station = one.station
    there = [
        [str(part) for part in (brand.brand, brand.from_on, brand.until_on, dict(brand.shares))]
        for brand in brands
    ]
    return record_hash(
        {
            **({"brands": sorted(there)} if there else {}),
            "station": [station.id, station.code, station.name, station.level.value],
            "stage": station.stage.value,
            "status": one.status.value,
            "findings": [finding_json(finding) for finding in one.findings],
        }
    )[:SEAL_LENGTH]


def record_hash(whole: Mapping[str, Any] | FrozenAcceptance) -> str:
    """SHA-256 over a record, in one canonical spelling."""
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
