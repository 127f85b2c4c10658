"""The office accepts proposals or returns them: one by one, or many with each one's result."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.calendar import beijing_day, full_day_text
from server.errors import Conflict, Invalid, NotFound, Problem
from server.models.county import County
from server.models.person import Person
from server.models.proposal import Proposal, ProposalKind, ProposalState
from server.models.station import Station
from server.policy.standard.facts import Level
from server.policy.standard.standards import Standard
from server.services.common import history
from server.services.common.worked_days import ask_about_closing
from server.services.common.written import reason_given
from server.services.registry.acceptance_proposals import accept_as_proposed
from server.services.registry.actions import RegistryAction
from server.services.registry.fields import FIELDS, from_json
from server.services.registry.proposal_views import (
    DONE,
    NOT_DONE,
    ProposalView,
    Told,
    day_of,
    views_of,
)
from server.services.registry.stations import (
    add_station,
    close_station,
    reopen_station,
    write_values,
)

Closing = Callable[[Session, Station, str, Person, datetime], int]
"""What else is to be done when a station closes (its open rectifications); gives how many."""
MINE, THEIRS = "mine", "theirs"
MOST = 100  # proposals decided together


def accept_proposal(
    session: Session,
    *,
    county: County,
    proposal: Proposal,
    seen: str | None,
    by: Person,
    now: datetime,
    closing: Closing,
    choose: Mapping[str, str] | None = None,
    standards: Sequence[Standard] = (),
    stands: str | None = None,
    sure: str | None = None,
) -> str:
    """Write exactly what was proposed into the register; gives a sentence of what was done.

    `stands` is how the office saw a station stand that is to be accepted as built, `sure` what it
    ticked of days on which the keeper of a station that is to be closed was there all the same.
    `choose` says of each field that the register changed meanwhile whether the proposal's text
    holds (mine) or the register's (theirs). Raises Conflict proposal-decided,
    proposal-changed-meanwhile, proposal-differs, proposal-obstacle, proposal-altered,
    closing-asked, and what the register's own verbs raise.
    """
    [held] = _held(session, county, [proposal.id])
    [view] = views_of(session, county=county.code, proposals=[held])
    _refuse_unless_waiting(view, seen)
    how = _How(by, now, closing, standards, choose or {}, stands, sure)
    return _accept(session, county, view, how)


def return_proposal(
    session: Session,
    *,
    county: County,
    proposal: Proposal,
    seen: str | None,
    by: Person,
    now: datetime,
    because: str,
) -> None:
    """Give a proposal back to the township with the reason; the register stays as it is.

    Raises Conflict proposal-decided, proposal-changed-meanwhile; Invalid reason-needed,
    text-too-long.
    """
    [held] = _held(session, county, [proposal.id])
    [view] = views_of(session, county=county.code, proposals=[held])
    _refuse_unless_waiting(view, seen)
    _return(session, view, _because(because), by=by, now=now)


def decide_many(
    session: Session,
    *,
    county: County,
    seen: Mapping[int, str | None],
    accept: bool,
    by: Person,
    now: datetime,
    closing: Closing,
    because: str = "",
    standards: Sequence[Standard] = (),
) -> tuple[int, list[Told]]:
    """Accept or return many; one that fails never stops the others.

    `seen` holds the seal of what the list showed of each. Gives the history line under which the
    results stay readable, and each one's result. Raises Invalid nothing-chosen, reason-needed,
    text-too-long, proposal-too-many; NotFound proposal-unknown.
    """
    why = "" if accept else _because(because)
    held = _held(session, county, seen)
    shown = {one.proposal.id: one for one in views_of(session, county=county.code, proposals=held)}
    told = []
    for one in held:
        name = _label(shown[one.id])
        try:
            with session.begin_nested():
                _refuse_unless_waiting(shown[one.id], seen[one.id])
                # What an earlier one of this list changed is looked at anew.
                [view] = views_of(session, county=county.code, proposals=[one])
                if accept:
                    said = _accept(
                        session, county, view, _How(by, now, closing, standards, sure="")
                    )
                else:
                    _return(session, view, why, by=by, now=now)
                    said = f"已退回：{why}"
            told.append(Told(one.id, name, said, True))
        except Problem as problem:
            session.expire(one)
            told.append(Told(one.id, name, problem.message, False))
    line = history.write(
        session,
        of=county,
        by=by,
        at=now,
        action=RegistryAction.PROPOSALS_DECIDED,
        summary=_count_text(told, accept=accept),
        changes=[
            history.Change(
                field=str(one.proposal_id),
                label=one.label,
                old=DONE if one.ok else NOT_DONE,
                new=one.said,
            )
            for one in told
        ],
        reason=why,
    )
    return line.id, told


def _count_text(told: list[Told], *, accept: bool) -> str:
    done = sum(one.ok for one in told)
    failed = f"，{len(told) - done}份没有办成" if done < len(told) else ""
    return f"{'采纳' if accept else '退回'}{done}份变更{failed}"


def _label(view: ProposalView) -> str:
    code = view.station.code if view.station else None
    name = view.station.name if view.station else view.proposal.change["name"]
    return f"{f'{code} ' if code else ''}{name}：{view.proposal.kind.label}"


def _held(session: Session, county: County, ids: Iterable[int]) -> list[Proposal]:
    """The chosen proposals and their stations, locked one after another, by id."""
    wanted = set(ids)
    if not wanted:
        raise Invalid("nothing-chosen", "还没有选。请先勾选要审的变更。")
    if len(wanted) > MOST:
        raise Invalid("proposal-too-many", f"一次最多审{MOST}份，请少勾选一些，分几次审。")
    held = list(
        session.scalars(
            select(Proposal)
            .where(Proposal.id.in_(wanted), Proposal.county == county.code)
            .order_by(Proposal.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if len(held) != len(wanted):
        raise NotFound("proposal-unknown", "没有找到其中一份变更。请返回列表重新选择。")
    session.scalars(
        select(Station)
        .where(Station.id.in_({one.station_id for one in held} - {None}))
        .order_by(Station.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return held


def _refuse_unless_waiting(view: ProposalView, seen: str | None) -> None:
    state = view.proposal.state
    if state is not ProposalState.WAITING:
        raise Conflict("proposal-decided", f"这份变更{state.label}，不能再审。请看一下现在的情况。")
    if seen is not None and seen != view.seen:
        raise Conflict(
            "proposal-changed-meanwhile",
            "您看的时候，登记或这份变更有了变化，所以还没有审。请看一下现在的内容，再审一次。",
        )
    if not view.whole:
        raise Conflict(
            "proposal-altered", "这份变更的留底和提交时不一样了，不能采纳。请退回，让乡镇重新提交。"
        )


class _How(NamedTuple):
    """Who accepts, when, and by what; the last three as `accept_proposal` has them."""

    by: Person
    now: datetime
    closing: Closing
    standards: Sequence[Standard]
    choose: Mapping[str, str] = MappingProxyType({})
    stands: str | None = None
    sure: str | None = None


def _accept(session: Session, county: County, view: ProposalView, how: _How) -> str:
    by, now = how.by, how.now
    proposal, change = view.proposal, view.proposal.change
    if view.obstacle:
        raise Conflict("proposal-obstacle", f"{view.obstacle}这份变更办不了了，请退回并写明原因。")
    day = full_day_text(beijing_day(proposal.proposed_at))
    reason = f"{change['reason']}（{view.who}{day}提交，{by.name}采纳）"
    made: list[history.Change] = []
    kept: list[str] = []
    extra = ""
    match proposal.kind:
        case ProposalKind.EDIT:
            made, kept = _write(
                session, view, how.choose, by=by, now=now, reason=reason, standards=how.standards
            )
        case ProposalKind.NEW:
            proposal.station_id = _enter(
                session, county, proposal, by=by, now=now, reason=reason
            ).id
        case ProposalKind.CLOSE:
            station, on = _station(view), day_of(change["on"])
            on = on or beijing_day(now)
            ask_about_closing(session, station_id=station.id, on=on, sure=how.sure)
            close_station(session, station=station, by=by, now=now, on=on, reason=reason)
            if owed := how.closing(session, station, reason, by, now):
                extra = f"，没办完的{owed}项整改同时撤销"
        case ProposalKind.REOPEN:
            reopen_station(session, station=_station(view), by=by, now=now, reason=reason)
        case ProposalKind.ACCEPT:
            accept_as_proposed(
                session, county=county, proposal=proposal, stands=how.stands, by=by, now=now,
                standards=how.standards,
            )  # fmt: skip
    proposal.state = ProposalState.ACCEPTED
    proposal.decided_by, proposal.decided_at = by.id, now
    proposal.written, proposal.kept = [dict(one) for one in made], kept
    session.flush()
    if kept:
        extra = f"，{'、'.join(kept)}留用登记里现在的"
    elif proposal.kind is ProposalKind.EDIT and not made:
        extra = "，登记里已经是这样，没有再改"
    return f"已采纳：{view.summary}{extra}"


def _station(view: ProposalView) -> Station:
    if view.station is None:
        raise NotFound("station-unknown", "没有找到这个站点。请退回这份变更。")
    return view.station


def _write(
    session: Session,
    view: ProposalView,
    choose: Mapping[str, str],
    *,
    by: Person,
    now: datetime,
    reason: str,
    standards: Sequence[Standard],
) -> tuple[list[history.Change], list[str]]:
    """Write the proposed values as they were frozen; gives what changed, and what was kept."""
    asked = [one for one in view.moved if choose.get(one.field) not in (MINE, THEIRS)]
    if asked:
        told = "；".join(
            f"“{one.label}”提交时是“{one.old or '空'}”，现在登记的是“{one.now or '空'}”，"
            f"提的是“{one.new or '空'}”"
            for one in asked
        )
        raise Conflict(
            "proposal-differs",
            f"提交以后登记又改过：{told}。请打开这一份，逐项选用哪一个，或者退回。",
            fields={one.field: "请选用哪一个" for one in asked},
        )
    kept = [one for one in view.moved if choose.get(one.field) == THEIRS]
    if len(kept) == len(view.fields):
        raise Invalid(
            "proposal-nothing-left", "全都留用登记里现在的，等于没有采纳。请改用“退回”，写明原因。"
        )
    left = {one.field for one in kept}
    values = {
        row["field"]: from_json(FIELDS[row["field"]], row["new_value"])
        for row in view.proposal.change["fields"]
        if row["field"] not in left
    }
    made = write_values(
        session,
        station=_station(view),
        values=values,
        standards=standards,
        by=by,
        now=now,
        reason=reason,
    )
    return made, [one.label for one in kept]


def _enter(
    session: Session,
    county: County,
    proposal: Proposal,
    *,
    by: Person,
    now: datetime,
    reason: str,
) -> Station:
    """The new station, 拟建, as it was proposed."""
    place = proposal.change["place"]
    if place is None:  # no new station is proposed without
        raise Conflict("proposal-altered", "这份变更没有写明地方，不能采纳。请退回。")
    return add_station(
        session,
        county=county,
        level=Level(place["level"]),
        by=by,
        now=now,
        name=proposal.change["name"],
        township_code=place["township_code"] or None,
        village_code=place["village_code"] or None,
        basis=proposal.change["reason"],
        demo=proposal.demo,
        reason=reason,
    )


def _because(text: str) -> str:
    return reason_given(text, "请写明为什么退回，让乡镇知道要改什么。", into=Proposal.because)


def _return(
    session: Session, view: ProposalView, because: str, *, by: Person, now: datetime
) -> None:
    proposal = view.proposal
    proposal.state, proposal.because = ProposalState.RETURNED, because
    proposal.decided_by, proposal.decided_at = by.id, now
    session.flush()
    history.write(
        session,
        of=proposal,
        by=by,
        at=now,
        action=RegistryAction.PROPOSAL_RETURNED,
        summary=f"退回{view.who}提交的变更：{view.summary}",
        reason=because,
    )
