"""What the lists of what townships propose and keepers ask for show of C0001."""

from collections.abc import Callable
from typing import Any

from server.services.registry import proposal_views, proposals
from server.services.requests import lists as requests
from tests.services.world import World, shown

LOOKS: dict[str, Callable[[World, dict[str, Any]], int]] = {
    "registry.proposals.proposal_for": lambda w, a: shown(
        lambda: proposals.proposal_for(w.session, proposal_id=w.proposal.id, **a)
    ),
    "registry.proposal_views.proposals_seen": lambda w, a: len(
        proposal_views.proposals_seen(w.session, county=w.county.code, **a)
    ),
    "registry.proposal_views.proposal_tally": lambda w, a: sum(
        proposal_views.proposal_tally(w.session, county=w.county.code, **a).values()
    ),
    "requests.lists.requests_seen": lambda w, a: len(
        requests.requests_seen(w.session, county=w.county.code, **a)
    ),
    "requests.lists.request_tally": lambda w, a: sum(
        requests.request_tally(w.session, county=w.county.code, **a).values()
    ),
    "requests.lists.request_for": lambda w, a: shown(
        lambda: requests.request_for(w.session, request_id=w.request.id, **a)
    ),
}
