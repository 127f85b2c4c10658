"""What rounds leave on a keeper's home: things to mend, photos asked for today, a yes or no."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.inspection import Inspection, PhotoRequest
from server.models.rectification import Rectification, RectificationState, RectificationStep
from server.services.inspections.answers import waits_for_keeper
from server.services.inspections.versions import of_stations
from server.services.mending.rectifications import OPEN_STATES, one_a_clause
from server.services.photos.requests import open_requests

_MENDS = sa.select(Rectification).where(
    Rectification.station_id.in_(sa.bindparam("ids", expanding=True)),
    Rectification.state.in_(OPEN_STATES),
)


@dataclass
class FromRounds:
    """One station's open business from rounds; `returned` are reasons by rectification id."""

    mends: list[Rectification] = field(default_factory=list)
    returned: dict[int, str] = field(default_factory=dict)
    requests: list[PhotoRequest] = field(default_factory=list)
    to_confirm: list[Inspection] = field(default_factory=list)


def from_rounds(
    session: Session, *, station_ids: Collection[int], now: datetime
) -> dict[int, FromRounds]:
    """The open business of these stations; four queries at most."""
    found: dict[int, FromRounds] = defaultdict(FromRounds)
    mends = one_a_clause(session.scalars(_MENDS, {"ids": list(station_ids)}))
    for one in mends:
        found[one.station_id].mends.append(one)
    sent_back = {one.id: one for one in mends if one.state is RectificationState.RETURNED}
    if sent_back:
        for step in session.scalars(
            sa.select(RectificationStep)
            .where(
                RectificationStep.rectification_id.in_(list(sent_back)),
                RectificationStep.action == "returned",
            )
            .order_by(RectificationStep.id)
        ):
            home = found[sent_back[step.rectification_id].station_id]
            home.returned[step.rectification_id] = step.note
    for request in open_requests(session, station_ids=station_ids, now=now):
        found[request.station_id].requests.append(request)
    for inspection in of_stations(session, station_ids=station_ids):
        if waits_for_keeper(inspection):
            found[inspection.station_id].to_confirm.append(inspection)
    return found
