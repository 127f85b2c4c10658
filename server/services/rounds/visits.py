"""Tells for every station of a round what became of it, and adds that up per township."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import Division
from server.models.inspection import (
    Campaign,
    Counted,
    Inspection,
    InspectionOutcome,
    SignedHow,
    Visit,
)
from server.models.person import Person
from server.models.station import Station
from server.policy.rounds.marks import Mark, minutes_on_site
from server.policy.rounds.visits import Ended, VisitState, visit_state
from server.policy.standard.examine import Status, held_back
from server.policy.standard.open_work import NOTHING_OPEN, OpenWork
from server.services.inspections.answers import answered_text
from server.services.inspections.presence import marks_kept
from server.services.people.scope import Everybody, stations_visible_to
from server.services.standing.open_work import open_when_received, open_work_of


@dataclass(frozen=True, slots=True)
class InspectionBrief:
    """The current version of one inspector's visit, in one line.

    `outcome_label` has the keeper's later answer in it, `refusal` what the keeper said against it.

    `status` is as it reads since its arrival, `frozen_status` what its findings alone come to.
    """

    id: UUID
    version: int
    inspector_id: int
    inspector_name: str
    outcome: InspectionOutcome
    outcome_label: str
    finished_at: datetime
    day_on: date
    status: str
    frozen_status: str
    fails: int
    confirmed: bool
    counted: Counted
    refusal: str
    marks: tuple[Mark, ...]
    minutes: int | None
    signed_how: SignedHow | None
    differing: int  # how much of it nobody of the office has looked at


@dataclass(frozen=True, slots=True)
class VisitView:
    """A station in a round: `result` counts; `all` has every inspector's visit, none hidden.

    `open_work` is what nobody has settled at the station on the day of the view.
    Of two records one waits for the office's decision or was set aside by it; both stay in `all`.
    """

    visit: Visit
    station: Station
    township_code: str | None
    township_name: str
    inspector_name: str
    state: VisitState
    in_time: bool | None
    result: InspectionBrief | None
    all: tuple[InspectionBrief, ...]
    open_work: OpenWork

    @property
    def status(self) -> Status | None:
        """What the visit that counts comes to today: no bare 达标 while anything is open."""
        return held_back(Status(self.result.frozen_status), self.open_work) if self.result else None

    @property
    def two_results(self) -> bool:
        """Whether two inspectors were there and saw different things."""
        seen = {
            (one.status, one.fails)
            for one in self.all
            if one.outcome is not InspectionOutcome.CLOSED_DOOR and one.counted is Counted.YES
        }
        return len(seen) > 1

    @property
    def record(self) -> InspectionBrief | None:
        """The record behind the station's state: what counts, else the last locked door."""
        counting = [one for one in self.all if one.counted is Counted.YES]
        return self.result or (counting[-1] if counting else None)

    @property
    def covert(self) -> tuple[InspectionBrief, ...]:
        """The 暗访 in this round: reported apart, never its result."""
        return tuple(one for one in self.all if one.counted is Counted.APART)

    @property
    def waiting(self) -> bool:
        """Whether a second record waits for the office to decide which one stands."""
        return any(one.counted is Counted.WAITS for one in self.all)


@dataclass(frozen=True, slots=True)
class TownshipCoverage:
    """How far one township is."""

    code: str | None
    name: str
    total: int
    per_state: dict[VisitState, int]
    inspectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InspectorCoverage:
    """How far one inspector is; id None for visits that nobody was given."""

    person_id: int | None
    name: str
    total: int
    per_state: dict[VisitState, int]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a round is; withdrawn stations stand in `per_state` but not in `total`."""

    total: int
    per_state: dict[VisitState, int]
    per_township: list[TownshipCoverage]
    per_inspector: list[InspectorCoverage]

    @property
    def inspected(self) -> int:
        """Stations with a result."""
        return sum(count for state, count in self.per_state.items() if state.inspected)


def visit_views(
    session: Session,
    *,
    campaign: Campaign,
    on: date,
    seen_by: Person | Everybody,
    township_code: str | None = None,
) -> list[VisitView]:
    """Every visit of a round in somebody's sight, by township and number; three queries."""
    query = (
        sa.select(Visit, Station, Division.name, Person.name)
        .join(Station, Station.id == Visit.station_id)
        .outerjoin(Division, Division.code == Station.township_code)
        .outerjoin(Person, Person.id == Visit.inspector_id)
        .where(Visit.campaign_id == campaign.id, stations_visible_to(seen_by))
        .order_by(Station.township_code, Station.level, Station.code, Station.id)
    )
    if township_code is not None:
        query = query.where(Station.township_code == township_code)
    rows = session.execute(query).all()
    briefs = _briefs(session, campaign.id)
    still_open = open_work_of(session, county=campaign.county, on=on, station_ids=None)
    return [
        _view(
            visit,
            station,
            briefs.get(visit.id, ()),
            township=township,
            inspector=inspector,
            campaign=campaign,
            on=on,
            open_work=still_open.get(station.id, NOTHING_OPEN),
        )
        for visit, station, township, inspector in rows
    ]


def coverage(views: Iterable[VisitView]) -> Coverage:
    """The views added up per state, township and inspector."""
    every = list(views)
    townships: dict[str | None, list[VisitView]] = defaultdict(list)
    inspectors: dict[int | None, list[VisitView]] = defaultdict(list)
    for one in every:
        townships[one.township_code].append(one)
        inspectors[one.visit.inspector_id].append(one)
    return Coverage(
        total=_total(every),
        per_state=_per_state(every),
        per_township=[
            TownshipCoverage(
                code,
                members[0].township_name,
                _total(members),
                _per_state(members),
                tuple(dict.fromkeys(one.inspector_name for one in members if one.inspector_name)),
            )
            for code, members in townships.items()
        ],
        per_inspector=[
            InspectorCoverage(
                person_id,
                members[0].inspector_name or "未分派",
                _total(members),
                _per_state(members),
            )
            for person_id, members in inspectors.items()
        ],
    )


def _view(
    visit: Visit,
    station: Station,
    briefs: Sequence[InspectionBrief],
    *,
    township: str | None,
    inspector: str | None,
    campaign: Campaign,
    on: date,
    open_work: OpenWork,
) -> VisitView:
    counting = [one for one in briefs if one.counted is Counted.YES]
    state = visit_state(
        (Ended(one.outcome.value, one.day_on) for one in counting),
        due_on=campaign.due_on,
        on=on,
        withdrawn=visit.withdrawn_at is not None,
    )
    result = _that_counts(visit, counting)
    return VisitView(
        visit=visit,
        station=station,
        township_code=station.township_code,
        township_name=township or "",
        inspector_name=inspector or "",
        state=state,
        in_time=None if result is None else result.day_on <= campaign.due_on,
        result=result,
        all=tuple(briefs),
        open_work=open_work,
    )


def _that_counts(visit: Visit, briefs: Sequence[InspectionBrief]) -> InspectionBrief | None:
    """The assigned inspector's result; else the earliest one of those who got in."""
    inside = [one for one in briefs if one.outcome is not InspectionOutcome.CLOSED_DOOR]
    own = [one for one in inside if one.inspector_id == visit.inspector_id]
    # The newest of an inspector's own visits: a second visit after a refusal replaces the first.
    if own:
        return max(own, key=lambda one: one.finished_at)
    return min(inside, key=lambda one: one.finished_at, default=None)


def _briefs(session: Session, campaign_id: int) -> dict[int, list[InspectionBrief]]:
    """The newest version of each visit's inspections, by visit, the earliest first."""
    found: dict[int, list[InspectionBrief]] = defaultdict(list)
    for row in session.execute(
        sa.select(
            Inspection.visit_id,
            Inspection.id,
            Inspection.version,
            Inspection.inspector_id,
            Person.name,
            Inspection.outcome,
            Inspection.finished_at,
            Inspection.day_on,
            Inspection.status,
            Inspection.fails,
            Inspection.confirmed_at,
            Inspection.refused_at,
            Inspection.refusal,
            open_when_received(),
            Inspection.counted,
            Inspection.marks,
            Inspection.time_verified,
            Inspection.arrived_at,
            Inspection.signed_how,
            sa.case((Inspection.looked_at.is_(None), Inspection.differing), else_=0),
        )
        .join(Visit, Visit.id == Inspection.visit_id)
        .join(Person, Person.id == Inspection.inspector_id)
        .where(
            Visit.campaign_id == campaign_id,
            Inspection.is_current(),
        )
        .order_by(Inspection.finished_at, Inspection.id)
    ):
        visit_id, key, version, inspector_id, name, outcome, at, day, *rest = row
        status, fails, confirmed, refused, refusal, was_open, counted, *there = rest
        marks, verified, arrived, how, differing = there
        if visit_id is not None:
            found[visit_id].append(
                InspectionBrief(
                    id=key,
                    version=version,
                    inspector_id=inspector_id,
                    inspector_name=name,
                    outcome=outcome,
                    outcome_label=answered_text(outcome, confirmed=confirmed, refused=refused),
                    finished_at=at,
                    day_on=day,
                    frozen_status=status,
                    status=Status.MEETS_OPEN if was_open and status == Status.MEETS else status,
                    fails=fails,
                    confirmed=outcome is InspectionOutcome.SIGNED or confirmed is not None,
                    counted=counted,
                    refusal=refusal,
                    marks=tuple(
                        Mark(one["code"]) for one in marks_kept(marks, time_verified=verified)
                    ),
                    minutes=minutes_on_site(arrived, at, verified=verified),
                    signed_how=how,
                    differing=differing,
                )
            )
    return found


def _total(views: Iterable[VisitView]) -> int:
    return sum(one.state is not VisitState.WITHDRAWN for one in views)


def _per_state(views: Iterable[VisitView]) -> dict[VisitState, int]:
    counted = Counter(one.state for one in views)
    return {state: counted[state] for state in VisitState}
