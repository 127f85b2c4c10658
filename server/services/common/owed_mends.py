"""What of a station is still to be mended: it is withdrawn for good when the station closes."""

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.calendar import full_day_text
from server.models.rectification import OVER, Rectification
from server.services.common.seals import Shown


def owed_mends(session: Session, *, station_ids: Collection[int]) -> dict[int, str]:
    """By station, the open 整改 that a closing takes along, in a sentence; others are left out.

    One query for any number of stations, none for none.
    """
    if not station_ids:
        return {}
    found = defaultdict[int, list[str]](list)
    for one in session.scalars(
        sa.select(Rectification)
        .where(Rectification.station_id.in_(station_ids), Rectification.state.not_in(OVER))
        .order_by(Rectification.id)
    ):
        due = f"期限{full_day_text(one.due_on)}"
        found[one.station_id].append(f"{one.clause}{one.title}（{one.state.label}，{due}）")
    return {
        key: f"没办完的{len(mends)}项整改会同时撤销，恢复营业也不再恢复：{'；'.join(mends)}"
        for key, mends in found.items()
    }


def closing_shown(session: Session, *, station_id: int) -> list[Shown]:
    """What the page that closes a station shows of what goes with it, as its seal tells it."""
    owed = owed_mends(session, station_ids=[station_id]).get(station_id, "没有")
    return [Shown("owed", "跟着撤销的整改", owed)]
