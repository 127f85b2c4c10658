"""A township proposes a change of the register: frozen as it was asked for, until it is decided."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotAllowed, NotFound
from server.models.county import County, Division
from server.models.person import Person
from server.models.proposal import Proposal, ProposalKind, ProposalState
from server.models.station import Stage, Station
from server.policy.standard.facts import Level
from server.policy.standard.frozen import (
    FrozenProposal,
    ProposedAcceptance,
    ProposedField,
    ProposedPlace,
)
from server.services.common import history
from server.services.common.worked_days import ask_about_closing
from server.services.common.written import reason_given
from server.services.county.place_words import station_name
from server.services.people.scope import proposals_visible_to
from server.services.registry.acceptance_views import record_hash
from server.services.registry.actions import RegistryAction
from server.services.registry.fields import FIELDS, as_json, names_of, show, stored
from server.services.registry.station_places import places_of_new, refuse_second_point
from server.services.registry.stations import changes_of, read_values

WHY = "请写一句为什么改，例如“7月5日现场核对”，县里审核时要看。"


def propose_edit(
    session: Session,
    *,
    station: Station,
    changes: Mapping[str, Any],
    by: Person,
    now: datetime,
    reason: str,
    amends: Proposal | None = None,
) -> Proposal | None:
    """Propose other register facts; None where they are what the register says already.

    Raises Invalid field-invalid, reason-needed, text-too-long; Conflict proposal-waiting,
    proposal-decided.
    """
    made, values = changes_of(session, station=station, changes=changes, now=now)
    if not made:
        return None
    names = names_of(session, station.county)
    fields = []
    for one in made:
        field = FIELDS[one["field"]]
        old, new = stored(station, field), values[field.name]
        fields.append(
            ProposedField(
                field=field.name,
                label=field.label,
                old=show(field, old, names),
                new=show(field, new, names),
                old_value=as_json(old),
                new_value=as_json(new),
            )
        )
    return put_proposal(
        session, ProposalKind.EDIT, station=station, fields=fields, by=by, now=now, reason=reason,
        amends=amends,
    )  # fmt: skip


def propose_closing(
    session: Session,
    *,
    station: Station,
    on: date | None,
    by: Person,
    now: datetime,
    reason: str,
    amends: Proposal | None = None,
    sure: str | None = None,
) -> Proposal:
    """Propose that a station closes on a day, or with None that a closed one opens again.

    `sure` is what was ticked of days on which the keeper was there all the same, as
    `ask_about_closing` has it. Raises Conflict station-closed, station-open, closing-asked,
    proposal-waiting, proposal-decided; Invalid reason-needed, text-too-long, field-invalid.
    """
    if on is None and station.closed_on is None:
        raise Conflict("station-open", f"{station.name}没有停业，不用恢复。")
    if on is not None and station.closed_on is not None:
        raise Conflict("station-closed", f"{station.name}已经停业，不用再办一次。")
    if on is not None and on > beijing_day(now):
        raise Invalid("field-invalid", "“停业日期”还没有到，请核对。", fields={"on": "还没有到"})
    if on is not None:
        ask_about_closing(session, station_id=station.id, on=on, sure=sure)
    return put_proposal(
        session, ProposalKind.REOPEN if on is None else ProposalKind.CLOSE, station=station, on=on,
        by=by, now=now, reason=reason, amends=amends,
    )  # fmt: skip


def propose_new(
    session: Session,
    *,
    county: County,
    level: Level,
    township_code: str | None,
    village_code: str | None,
    name: str,
    by: Person,
    now: datetime,
    reason: str,
    amends: Proposal | None = None,
) -> Proposal:
    """Propose a new station (拟建) at a place of the proposer's own township.

    Raises Invalid division-wrong, field-invalid, reason-needed, text-too-long; NotAllowed
    proposal-not-your-township; Conflict village-has-point, proposal-waiting, proposal-decided.
    """
    township, village = places_of_new(session, county, level, township_code, village_code)
    if township is None or township.code != by.township_code:
        raise NotAllowed("proposal-not-your-township", "只能提本乡镇的站。请选本乡镇的地方。")
    if village is not None:
        refuse_second_point(session, village)
    place: Division = village or township
    given = read_values(session, county.code, {"name": name}, now) if name.strip() else {}
    called = given.get("name") or station_name(county, level, place)
    _refuse_second_new(session, place, level, amends)
    return put_proposal(
        session, ProposalKind.NEW, county=county, name=called, by=by, now=now, reason=reason,
        place={
            "level": level.value,
            "township_code": township.code,
            "village_code": village.code if village else "",
            "place": f"{township.name}{village.short_name if village else ''}",
        },
        amends=amends,
    )  # fmt: skip


def withdraw_proposal(session: Session, *, proposal: Proposal, by: Person, now: datetime) -> None:
    """Take one's own waiting or returned proposal back.

    Raises NotAllowed proposal-not-yours; Conflict proposal-decided.
    """
    held = _still_own(session, proposal, by)
    held.state, held.withdrawn_at = ProposalState.WITHDRAWN, now
    session.flush()
    history.write(
        session,
        of=held,
        by=by,
        at=now,
        action=RegistryAction.PROPOSAL_WITHDRAWN,
        summary=f"撤回提交的变更：{summary_of(held.change)}",
    )


def proposal_for(session: Session, seen_by: Person, proposal_id: int) -> Proposal:
    """One proposal in somebody's sight. Raises NotFound proposal-unknown."""
    found = session.scalar(
        select(Proposal).where(Proposal.id == proposal_id, proposals_visible_to(seen_by))
    )
    if found is None:
        raise NotFound("proposal-unknown", "没有找到这份变更。请从待审变更的列表里重新选择。")
    return found


def summary_of(change: FrozenProposal) -> str:
    """A proposal in one sentence: 改营业时间、地址; 停业（2023年7月5日）."""
    kind, on = ProposalKind(change["kind"]), change["on"]
    day = full_day_text(date.fromisoformat(on)) if on else ""
    match kind:
        case ProposalKind.EDIT:
            return f"改{'、'.join(one['label'] for one in change['fields'])}"
        case ProposalKind.CLOSE:
            return f"停业（{day}）"
        case ProposalKind.NEW:
            return f"登记新站：{change['name']}"
        case ProposalKind.ACCEPT if asked := change["acceptance"]:
            return f"验收为{Stage(asked['grade']).label}（{day}）"
        case _:
            return kind.label


def put_proposal(
    session: Session,
    kind: ProposalKind,
    *,
    by: Person,
    now: datetime,
    reason: str,
    station: Station | None = None,
    county: County | None = None,
    name: str = "",
    fields: list[ProposedField] | None = None,
    on: date | None = None,
    place: ProposedPlace | None = None,
    acceptance: ProposedAcceptance | None = None,
    amends: Proposal | None = None,
) -> Proposal:
    """Keep a proposal as it was asked for, and write it down.

    Raises Invalid reason-needed, text-too-long; Conflict proposal-waiting, proposal-decided.
    """
    because = reason_given(reason, WHY, into=Proposal.reason)
    change: FrozenProposal = {
        "kind": kind.value,
        "station_id": station.id if station else None,
        "name": station.name if station else name,
        "fields": fields or [],
        "place": place,
        "acceptance": acceptance,
        "on": on.isoformat() if on else "",
        "reason": because,
        "by": by.name,
    }
    digest = record_hash(change)
    if station is not None:  # whoever proposes for the same station waits here
        session.get_one(Station, station.id, with_for_update=True)
    if amends is not None:
        _still_own(session, amends, by).state = ProposalState.REPLACED
        session.flush()
    _refuse_second(session, station, kind, by, digest)
    proposal = Proposal(
        county=by.county,
        township_code=station.township_code if station else by.township_code,
        station_id=station.id if station else None,
        kind=kind,
        state=ProposalState.WAITING,
        change=change,
        change_sha256=digest,
        reason=because,
        proposed_by=by.id,
        proposed_at=now,
        replaces_id=amends.id if amends else None,
        demo=station.demo if station else bool(county and county.demo),
    )
    session.add(proposal)
    session.flush()
    history.write(
        session,
        of=proposal,
        by=by,
        at=now,
        action=RegistryAction.CHANGE_PROPOSED,
        summary=f"{'改后重新提交' if amends else '提交'}县里审核：{summary_of(change)}",
        changes=[
            history.Change(field=one["field"], label=one["label"], old=one["old"], new=one["new"])
            for one in change["fields"]
        ],
        reason=because,
    )
    return proposal


def _refuse_second(
    session: Session, station: Station | None, kind: ProposalKind, by: Person, digest: str
) -> None:
    """Raise Conflict proposal-waiting where the same person's same wish is open already."""
    same = Proposal.change_sha256 == digest
    if station is not None:
        same |= (Proposal.station_id == station.id) & (Proposal.kind == kind)
    other = session.scalar(
        select(Proposal.id).where(
            Proposal.county == by.county,
            Proposal.state == ProposalState.WAITING,
            Proposal.proposed_by == by.id,
            same,
        )
    )
    if other is not None:
        raise Conflict(
            "proposal-waiting",
            "您已经提交过，县里还没有审。要改，请到“待审变更”里打开那一份，改了重交。",
            proposal_id=other,
        )


def _refuse_second_new(
    session: Session, place: Division, level: Level, amends: Proposal | None
) -> None:
    """Raise Conflict proposal-waiting where a new point of the same village waits already."""
    if level is not Level.VILLAGE_POINT:
        return
    waiting = session.scalars(
        select(Proposal).where(
            Proposal.county == place.county,
            Proposal.kind == ProposalKind.NEW,
            Proposal.state == ProposalState.WAITING,
        )
    )
    for one in waiting:
        there = one.change["place"]
        if there and there["village_code"] == place.code and (not amends or one.id != amends.id):
            raise Conflict(
                "proposal-waiting",
                f"{place.short_name}的新站{one.change['by']}已经提交过，县里还没有审。"
                "请先在“待审变更”里看一下那一份。",
            )


def _still_own(session: Session, proposal: Proposal, by: Person) -> Proposal:
    """A proposal, locked, that its proposer may still take back or hand in anew."""
    held = session.get_one(Proposal, proposal.id, with_for_update=True, populate_existing=True)
    if held.proposed_by != by.id:
        raise NotAllowed("proposal-not-yours", "这份变更是别人提交的，只有提交人能改或撤回。")
    if not held.state.at_township:
        raise Conflict(
            "proposal-decided", f"这份变更{held.state.label}，不能再改。请看一下现在的情况。"
        )
    return held
