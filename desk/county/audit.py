"""Everything that was changed in the county, by whom and why: filtered, newest first."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame import words
from desk.frame.access import county_of_desk
from desk.frame.pages import page
from server.calendar import BEIJING
from server.http.database import row_id, session
from server.http.guards import guard_desk
from server.services.common import history
from server.services.people.actions import COMINGS
from server.services.people.scope import READS_HISTORY
from server.services.registry.actions import DEEDS

blueprint = Blueprint("desk_audit", __name__, url_prefix="/desk")
guard_desk(blueprint, *READS_HISTORY)
PEOPLE = "people"
COMINGS_ASKED = "comings"
PAGE_LINES = 60
PARTS_SHOWN = 30  # of a deed on many stations; the rest stand on its own page


def _day(name: str) -> date | None:
    """A day from the address; one that is none filters nothing."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _number(name: str) -> int | None:
    return request.args.get(name, type=row_id)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING).astimezone(UTC)


@blueprint.get("/history")
def audit() -> Any:
    """The county's history; filters stand in the address, older lines follow by `before`."""
    county = county_of_desk()
    since, until, who = _day("since"), _day("until"), _number("who")
    people_only = request.args.get("who") == PEOPLE
    asked = {
        "action": request.args.get("action", ""),
        "who": PEOPLE if people_only else "" if who is None else str(who),
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
    }
    action = asked["action"] if asked["action"] in words.ACTIONS else None
    comings = asked["action"] == COMINGS_ASKED
    found = history.lines(
        session(),
        county=county.code,
        station_id=None,
        secret=True,
        action=action,
        among=COMINGS if comings else (),
        without=() if comings or action else COMINGS,
        person_id=who,
        people_only=people_only,
        since=_begins(since) if since else None,
        until=_begins(until + timedelta(days=1)) if until else None,
        before=_number("before"),
        limit=PAGE_LINES + 1,
    )
    parts = history.parts_of(
        session(),
        county=county.code,
        ids=[one.id for one in found if one.action in DEEDS],
        most=PARTS_SHOWN,
    )
    more = found[PAGE_LINES - 1].id if len(found) > PAGE_LINES else None
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return page(
        "audit.html",
        lines=found[:PAGE_LINES],
        parts=parts,
        parts_shown=PARTS_SHOWN,
        asked=asked,
        actions=words.ACTIONS,
        people=history.people_in(session(), county=county.code),
        older=url_for("desk_audit.audit", **kept, before=more) if more else None,
        newest=url_for("desk_audit.audit", **kept) if _number("before") is not None else None,
    )
