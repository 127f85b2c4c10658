"""What the register's forms need where a township officer hands them in to the office."""

from typing import Any

from flask import request, url_for

from desk.frame.access import me
from desk.frame.pages import done
from server.errors import NotFound
from server.http.database import row_id, session
from server.models.proposal import Proposal, ProposalKind, ProposalState
from server.models.station import Station
from server.services.registry.fields import FIELDS
from server.services.registry.proposal_views import ProposalView, proposals_seen
from server.services.registry.proposals import proposal_for, summary_of


def amended(station: Station | None, *kinds: ProposalKind) -> Proposal | None:
    """The own proposal that this form hands in anew; None for a first one.

    Raises NotFound proposal-unknown, also where it is of another station or another kind.
    """
    wanted = request.values.get("amends", type=row_id)
    if not wanted:
        return None
    found = proposal_for(session(), me(), wanted)
    here = station.id if station else None
    if found.proposed_by != me().id or found.station_id != here or found.kind not in kinds:
        raise NotFound("proposal-unknown", "没有找到这份变更。请从待审变更的列表里重新选择。")
    return found


def as_proposed(amends: Proposal) -> dict[str, Any]:
    """The older version's values, as the register's form shows them."""
    shown: dict[str, Any] = {}
    for row in (one for one in amends.change["fields"] if one["field"] in FIELDS):
        match FIELDS[row["field"]].kind:
            case "choices":
                shown[row["field"]] = list(row["new_value"] or [])
            case "choice":
                shown[row["field"]] = str(row["new_value"] or "")
            case _:
                shown[row["field"]] = row["new"]
    return shown


def waiting_here(station: Station) -> list[ProposalView]:
    """What waits for the office about one station, in sight of whoever is at the desk."""
    return proposals_seen(
        session(),
        county=station.county,
        seen_by=me(),
        state=ProposalState.WAITING,
        station_id=station.id,
    )


def handed_in(proposal: Proposal, told: str = "") -> Any:
    """Say that it is with the office now, and go on to it."""
    return done(
        f"已提交县里审核：{summary_of(proposal.change)}。县里采纳以后，登记才会变。{told}",
        url_for("desk_proposals.proposal", proposal_id=proposal.id),
    )
