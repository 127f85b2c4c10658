"""存证链: how the county's chain stands, the last look at it, and an anchor typed off a paper."""

from typing import Any

from flask import Blueprint, request

from desk.frame.access import county_of_desk
from desk.frame.pages import page
from server.errors import Invalid
from server.http.database import session
from server.http.guards import guard_desk
from server.services.audit.bearing import Borne, borne_out, first_anchor
from server.services.audit.checks import last_check
from server.services.common.chain import anchor_text, head_of, newest_anchors
from server.services.people.scope import READS_HISTORY

blueprint = Blueprint("desk_chain", __name__, url_prefix="/desk")
guard_desk(blueprint, *READS_HISTORY)
ANCHORS_SHOWN = 14
LONGEST_TYPED = 200


@blueprint.get("/history/chain")
def chain() -> Any:
    """The state of the chain; what was typed off a paper stands in the address."""
    county = county_of_desk()
    typed = request.args.get("anchor", "").strip()[:LONGEST_TYPED]
    borne: Borne | None = None
    unreadable = ""
    if typed:
        try:
            borne = borne_out(session(), county=county.code, mark=first_anchor(typed))
        except Invalid as problem:
            unreadable = problem.message
    seq, head = head_of(session(), county=county.code)
    return page(
        "chain.html",
        seq=seq,
        head=head,
        anchors=[
            (one, anchor_text(one))
            for one in newest_anchors(session(), county=county.code, most=ANCHORS_SHOWN)
        ],
        check=last_check(session(), county=county.code),
        typed=typed,
        borne=borne,
        unreadable=unreadable,
        command=f"python -m server audit verify --county {county.code}",
    )
