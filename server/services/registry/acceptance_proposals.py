"""A township asks for stations to be accepted as built; the office accepts, both are named."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from server.calendar import beijing_day
from server.errors import Conflict, Invalid, NotFound
from server.models.acceptance import Acceptance
from server.models.county import County
from server.models.person import Person
from server.models.proposal import Proposal, ProposalKind
from server.models.station import Stage
from server.policy.standard.frozen import ProposedAcceptance
from server.policy.standard.standards import Standard
from server.services.people.scope import EVERYBODY
from server.services.registry.acceptance_views import Candidate, candidates
from server.services.registry.acceptances import (
    accept_stations,
    read_acceptance,
    refuse_acceptance,
)
from server.services.registry.proposals import put_proposal

ASKED = "提请验收"


def propose_acceptances(
    session: Session,
    *,
    county: County,
    seen: Mapping[int, str | None],
    grade: Stage,
    on: date,
    present: str,
    by: Person,
    now: datetime,
    standards: Sequence[Standard],
    note: str = "",
    amends: Proposal | None = None,
) -> list[Proposal]:
    """Ask that the stations named in `seen` be accepted as built on a day; all of them or none.

    Raises what `accept_stations` raises, and Conflict proposal-waiting, proposal-decided.
    """
    today = beijing_day(now)
    present, note = read_acceptance(grade=grade, on=on, present=present, note=note, today=today)
    if not seen:
        raise Invalid("nothing-chosen", "还没有选站点。请勾选后再办。")
    found = candidates(
        session, county=county, on=today, standards=standards, seen_by=by, station_ids=list(seen)
    )
    if len(found) != len(seen):
        raise NotFound("station-unknown", "没有找到其中一个站点，或者它已经停业。请返回重新选择。")
    for one in found:
        refuse_acceptance(one, grade=grade, seen=seen[one.station.id])
    return [
        put_proposal(
            session,
            ProposalKind.ACCEPT,
            station=one.station,
            on=on,
            by=by,
            now=now,
            reason=ASKED,
            acceptance=_asked(one, grade, present, note),
            amends=amends,
        )
        for one in sorted(found, key=lambda one: one.station.id)
    ]


def accept_as_proposed(
    session: Session,
    *,
    county: County,
    proposal: Proposal,
    stands: str | None,
    by: Person,
    now: datetime,
    standards: Sequence[Standard],
) -> Acceptance:
    """Accept a station as its township asked for.

    `stands` is how the office saw it stand (`Candidate.stands`); None holds it against how it stood
    when the township asked. Raises Conflict proposal-differs, and what `accept_stations` raises.
    """
    asked, station_id = proposal.change["acceptance"], proposal.station_id
    if asked is None or station_id is None:  # no acceptance is proposed without
        raise Conflict("proposal-altered", "这份变更没有写明验收什么，不能采纳。请退回。")
    found = candidates(
        session, county=county, on=beijing_day(now), standards=standards, seen_by=EVERYBODY,
        station_ids=[station_id],
    )  # fmt: skip
    if found and not _still(found[0], asked, stands):
        raise Conflict(
            "proposal-differs",
            f"提交以后{found[0].station.name}的情况有了变化。请打开这一份，看了现在的情况再验收。",
        )
    [made] = accept_stations(
        session,
        county=county,
        seen={station_id: None},
        grade=Stage(asked["grade"]),
        on=date.fromisoformat(proposal.change["on"]),
        present=asked["present"],
        note=asked["note"],
        by=by,
        now=now,
        standards=standards,
        proposed_by=proposal.change["by"],
    )
    return made


def _still(one: Candidate, asked: ProposedAcceptance, stands: str | None) -> bool:
    if stands is not None:
        return stands == one.stands
    return (one.standing.status.value, list(one.failing), list(one.unknown)) == (
        asked["status"], asked["failing"], asked["unknown"]
    )  # fmt: skip


def _asked(one: Candidate, grade: Stage, present: str, note: str) -> ProposedAcceptance:
    return {
        "grade": grade.value,
        "present": present,
        "note": note,
        "status": one.standing.status.value,
        "failing": list(one.failing),
        "unknown": list(one.unknown),
    }
