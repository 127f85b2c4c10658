"""Proposals as people look at them: what was asked for, beside what the register says by now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.errors import NotFound
from server.models.county import Division
from server.models.history import HistoryLine
from server.models.person import Person
from server.models.proposal import Proposal, ProposalKind, ProposalState
from server.models.station import Stage, Station
from server.services.common.owed_mends import owed_mends
from server.services.common.queues import Asked, QueueLine, counted, waiting
from server.services.common.worked_days import worked_after
from server.services.people.people import names_of as people_names
from server.services.people.scope import Everybody, proposals_visible_to
from server.services.registry.acceptance_views import SEAL_LENGTH, record_hash
from server.services.registry.acceptances import has_come_to
from server.services.registry.actions import RegistryAction
from server.services.registry.fields import FIELDS, Names, as_json, names_of, show, stored
from server.services.registry.proposals import summary_of


@dataclass(frozen=True, slots=True)
class FieldView:
    """One proposed field: as it was, as it is by now, as it should be, as text.

    `moved` says that the register says something else by now than when it was proposed, and not
    what is proposed either; `already` that it says what is proposed.
    """

    field: str
    label: str
    old: str
    now: str
    new: str
    moved: bool
    already: bool


@dataclass(frozen=True, slots=True)
class ProposalView:
    """One proposal with the names around it.

    `obstacle` says why it can no longer be accepted, "" where it can; `worked` on how many days
    after the day of a closing the keeper was there, `owed` the open 整改 that go with a closing, ""
    where there are none; `seen` is the seal of what
    this shows; `whole` whether the frozen text still hashes as it was kept.
    """

    proposal: Proposal
    station: Station | None
    township: str
    who: str
    decided_who: str
    summary: str
    fields: tuple[FieldView, ...]
    obstacle: str
    worked: str
    owed: str
    seen: str
    whole: bool

    @property
    def moved(self) -> tuple[FieldView, ...]:
        """The fields that somebody changed otherwise meanwhile: each is asked for."""
        return tuple(one for one in self.fields if one.moved)


def proposals_seen(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    state: ProposalState | None = None,
    township_code: str = "",
    station_id: int | None = None,
    proposed_by: int | None = None,
    offset: int = 0,
    limit: int = 100,
) -> list[ProposalView]:
    """Proposals in somebody's sight: waiting ones the oldest first, others the newest first."""
    query = _seen(county, seen_by, township_code, station_id, proposed_by)
    if state is not None:
        query = query.where(Proposal.state == state)
    oldest_first = state is ProposalState.WAITING
    order = Proposal.id if oldest_first else Proposal.id.desc()
    rows = session.scalars(query.order_by(order).offset(offset).limit(limit)).all()
    return views_of(session, county=county, proposals=rows)


def proposal_tally(
    session: Session,
    *,
    county: str,
    seen_by: Person | Everybody,
    township_code: str = "",
    proposed_by: int | None = None,
) -> dict[ProposalState, int]:
    """How many proposals in sight stand how; one query."""
    seen = _seen(county, seen_by, township_code, None, proposed_by).subquery()
    rows = session.execute(select(seen.c.state, func.count()).group_by(seen.c.state))
    found = {state: count for state, count in rows}  # noqa: C416
    return {state: found.get(state, 0) for state in ProposalState}


@counted
def proposals_queue(session: Session, asked: Asked) -> QueueLine:
    """How many proposals in sight wait for the office, since the first was handed in; one query."""
    rows = select(Proposal).where(
        proposals_visible_to(asked.seen_by), Proposal.state == ProposalState.WAITING
    )
    return waiting(session, rows, Proposal.proposed_at)


@counted
def returned_queue(session: Session, asked: Asked) -> QueueLine:
    """How many of the person's own came back and are not handed in anew; one query."""
    rows = select(Proposal).where(
        proposals_visible_to(asked.seen_by),
        Proposal.state == ProposalState.RETURNED,
        Proposal.proposed_by == asked.seen_by.id,
    )
    return waiting(session, rows, Proposal.decided_at)


def _seen(
    county: str,
    seen_by: Person | Everybody,
    township_code: str,
    station_id: int | None,
    proposed_by: int | None,
) -> Any:
    query = select(Proposal).where(Proposal.county == county, proposals_visible_to(seen_by))
    if township_code:
        query = query.where(Proposal.township_code == township_code)
    if station_id is not None:
        query = query.where(Proposal.station_id == station_id)
    if proposed_by is not None:
        query = query.where(Proposal.proposed_by == proposed_by)
    return query


def views_of(session: Session, *, county: str, proposals: Sequence[Proposal]) -> list[ProposalView]:
    """Proposals beside what the register says now; a fixed number of queries for any number."""
    if not proposals:
        return []
    ids = {one.station_id for one in proposals} - {None}
    stations = {one.id: one for one in session.scalars(select(Station).where(Station.id.in_(ids)))}
    places: dict[str, str] = dict(
        session.execute(
            select(Division.code, Division.name).where(
                Division.code.in_({one.township_code for one in proposals} - {None})
            )
        ).all()
    )
    people = people_names(
        session,
        person_ids={
            key for one in proposals for key in (one.proposed_by, one.decided_by) if key is not None
        },
    )
    around = _Around(
        names_of(session, county), places, people, _villages_taken(session, county, proposals),
        worked_after(session, closings=_closings(proposals)),
        owed_mends(session, station_ids=_closings(proposals)),
    )  # fmt: skip
    return [_view(one, stations.get(one.station_id or 0), around) for one in proposals]


class _Around(NamedTuple):
    """What the views of many proposals need, read once."""

    names: Names
    townships: Mapping[str, str]
    people: Mapping[int, str]
    taken: Mapping[str, str]
    worked: Mapping[int, str]
    owed: Mapping[int, str]


def _closings(proposals: Iterable[Proposal]) -> dict[int, date]:
    """The day from which each station is to be closed, as far as that waits."""
    return {
        one.station_id: date.fromisoformat(one.change["on"])
        for one in proposals
        if one.kind is ProposalKind.CLOSE
        and one.state is ProposalState.WAITING
        and one.station_id is not None
        and one.change["on"]
    }


def _villages_taken(session: Session, county: str, proposals: Iterable[Proposal]) -> dict[str, str]:
    """Which villages of proposed new points have an open point by now: code → its name."""
    wanted = {
        place["village_code"]
        for one in proposals
        if one.state is ProposalState.WAITING and (place := one.change["place"])
    } - {""}
    if not wanted:
        return {}
    rows = session.execute(
        select(Station.village_code, Station.name).where(
            Station.county == county,
            Station.village_code.in_(wanted),
            Station.closed_on.is_(None),
        )
    )
    return {code or "": name for code, name in rows}


def _view(one: Proposal, station: Station | None, around: _Around) -> ProposalView:
    fields = (
        tuple(_field(station, row, around.names) for row in one.change["fields"]) if station else ()
    )
    obstacle = _obstacle(one, station, around.taken) if one.state is ProposalState.WAITING else ""
    waits = one.kind is ProposalKind.CLOSE and one.state is ProposalState.WAITING
    worked = around.worked.get(one.station_id or 0, "") if waits else ""
    owed = around.owed.get(one.station_id or 0, "") if waits else ""
    return ProposalView(
        proposal=one,
        station=station,
        township=around.townships.get(one.township_code or "", ""),
        who=around.people.get(one.proposed_by, one.change["by"]),
        decided_who=around.people.get(one.decided_by or 0, ""),
        summary=summary_of(one.change),
        fields=fields,
        obstacle=obstacle,
        worked=worked,
        owed=owed,
        seen=record_hash(
            {
                "proposal": [one.id, one.state.value, one.change_sha256],
                "now": [[field.field, field.now] for field in fields],
                "obstacle": obstacle,
                **({"worked": worked} if worked else {}),
                **({"owed": owed} if owed else {}),
            }
        )[:SEAL_LENGTH],
        whole=record_hash(one.change) == one.change_sha256,
    )


def _field(station: Station, row: Any, names: Names) -> FieldView:
    field = FIELDS.get(row["field"])
    if field is None:  # kept elsewhere by now; what was asked for stays readable
        return FieldView(row["field"], row["label"], row["old"], "", row["new"], False, False)
    held = stored(station, field)
    value = as_json(held)
    already = value == row["new_value"]
    return FieldView(
        field=field.name,
        label=row["label"],
        old=row["old"],
        now=show(field, held, names),
        new=row["new"],
        moved=not already and value != row["old_value"],
        already=already,
    )


def _obstacle(one: Proposal, station: Station | None, taken: Mapping[str, str]) -> str:
    """Why what was proposed cannot be carried out any more."""
    gone = [row["label"] for row in one.change["fields"] if row["field"] not in FIELDS]
    if gone:  # a later version keeps this elsewhere
        return f"登记里已经没有“{'”“'.join(gone)}”这一项。"
    if station is not None and station.closed_on is not None:
        if one.kind in (ProposalKind.CLOSE, ProposalKind.ACCEPT):
            return f"{station.name}已经停业（{full_day_text(station.closed_on)}）。"
    elif station is not None and one.kind is ProposalKind.REOPEN:
        return f"{station.name}已经恢复营业。"
    asked = one.change["acceptance"]
    if station is not None and asked and has_come_to(station.stage, Stage(asked["grade"])):
        return f"{station.name}已经验收为“{station.stage.label}”。"
    place = one.change["place"]
    if place and (name := taken.get(place["village_code"])):
        return f"这个村已经有站点“{name}”。"
    return ""


def versions_of(session: Session, proposal: Proposal) -> list[Proposal]:
    """A proposal with what it replaced and what replaced it, the oldest first."""
    chain = [proposal]
    while (before := chain[0].replaces_id) is not None:
        chain.insert(0, session.get_one(Proposal, before))
    while True:
        later = session.scalar(select(Proposal).where(Proposal.replaces_id == chain[-1].id))
        if later is None:
            return chain
        chain.append(later)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one proposal in a decision on many; `ok` False where nothing was done."""

    proposal_id: int
    label: str
    said: str
    ok: bool


def decided_together(session: Session, *, county: str, line_id: int) -> list[Told]:
    """What one decision on many proposals did, each one's result.

    Raises NotFound proposal-unknown.
    """
    line = session.get(HistoryLine, line_id)
    if line is None or line.county != county or line.action != RegistryAction.PROPOSALS_DECIDED:
        raise NotFound("proposal-unknown", "没有找到这一次审核。请从待审变更的列表里重新选择。")
    return [
        Told(int(one["field"]), one["label"], one["new"], one["old"] != NOT_DONE)
        for one in line.changes
    ]


NOT_DONE = "没有办成"
DONE = "已办"


def day_of(change_day: str) -> date | None:
    """A frozen day; None for ""."""
    return date.fromisoformat(change_day) if change_day else None
