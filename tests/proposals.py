"""Proposals of a township, for tests."""

from typing import Any

from sqlalchemy.orm import Session

from server.models.person import Person, Role
from server.models.proposal import Proposal
from server.models.station import Station
from server.services.registry.proposal_decisions import accept_proposal
from server.services.registry.proposals import propose_edit
from tests.factories import NOW, Cast, make_person


def own_officer(session: Session, cast: Cast, name: str = "鹅城专干") -> Person:
    """A township officer of 鹅城镇, where C0001 and C0002 are."""
    return make_person(
        session, name=name, role=Role.TOWNSHIP_OFFICER, township_code=cast.township.code
    )


def proposed(
    session: Session,
    station: Station,
    by: Person,
    *,
    reason: str = "7月5日现场核对",
    **changes: Any,
) -> Proposal:
    """A waiting proposal of other register facts."""
    found = propose_edit(session, station=station, changes=changes, by=by, now=NOW, reason=reason)
    assert found is not None
    return found


def accepted(session: Session, cast: Cast, one: Proposal, **more: Any) -> str:
    """Accept it as the office, without a form; gives what was said."""
    return accept_proposal(
        session, county=cast.county, proposal=one, seen=more.pop("seen", None), by=cast.office,
        now=NOW, closing=more.pop("closing", lambda *_: 0), **more,
    )  # fmt: skip
