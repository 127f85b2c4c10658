"""The board: the county at a glance and every station with its state, filtered by the address."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, may, me, standings_in_sight, whole_county_in_sight
from desk.frame.pages import page
from desk.frame.paging import page_of
from server.calendar import BEIJING
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import programme_here, standards_here
from server.policy.standard.facts import Level
from server.policy.standard.standards import standards_for
from server.services.days.activity import Activity, activity
from server.services.people.scope import TOWNSHIP
from server.services.photos.missing import missing_by_station
from server.services.programme.plan import progress
from server.services.programme.targets import targets_of
from server.services.registry.searching import (
    closed_stations,
    digits_of,
    ids_by_phone,
    villages_without_station,
)
from server.services.signals.questions import open_counts
from server.services.standing.standing import Standing, narrowed, summary

blueprint = Blueprint("desk_board", __name__, url_prefix="/desk")
guard_desk(blueprint)
PERIOD = timedelta(days=29)  # with today: thirty days
FILTERS = ("q", "township", "level", "stage", "status", "clause", "photos")
ORDER = ("fails", "to_verify", "not_assessed", "meets_open", "meets")
PAGE_ROWS = 100
CLOSED = "closed"
NEVER = datetime.min.replace(tzinfo=BEIJING)


def _sorted(
    found: list[Standing], active: dict[int, Activity], sort: str, *, down: bool
) -> list[Standing]:
    """By one column; stations equal in it stay in the order of their numbers."""
    idle = Activity()

    def number(one: Standing) -> tuple[bool, str, int]:
        # XZ before C, as the plan lists them, and those without a number last.
        code = one.station.code or ""
        return (not code, f"{not code.startswith('XZ')}{code}", one.station.id)

    keys: dict[str, Callable[[Standing], Any]] = {
        "code": number,
        "name": lambda one: one.station.name,
        "township": lambda one: one.station.township_code or "",
        "status": lambda one: ORDER.index(one.status),
        "last": lambda one: active.get(one.station.id, idle).last_check_in_at or NEVER,
        "received": lambda one: active.get(one.station.id, idle).received,
        "sent": lambda one: active.get(one.station.id, idle).sent,
    }
    return sorted(sorted(found, key=number), key=keys.get(sort, number), reverse=down)


def _per_level(everything: list[Standing]) -> dict[str, Counter[str]]:
    """For each level how many stations are in each state, and in all."""
    found: dict[str, Counter[str]] = {level: Counter() for level in Level}
    for one in everything:
        found[one.station.level].update((one.status.value, "total"))
    return found


@blueprint.get("/board")
def board() -> Any:
    """Counts, plan, and the list as the filters leave it."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    sort, down = request.args.get("sort", "code"), request.args.get("down") == "1"
    county = county_of_desk()
    everything = standings_in_sight()
    ids = [one.station.id for one in everything]
    active = activity(
        session(),
        county=county.code,
        since=clock.today() - PERIOD,
        until=clock.today(),
        station_ids=ids,
    )
    digits = digits_of(asked["q"]) if may(*TOWNSHIP) else ""
    found = narrowed(
        everything,
        township=asked["township"] or None,
        clause=asked["clause"] or None,
        status=asked["status"] or None,
        level=asked["level"] or None,
        stage=asked["stage"] or None,
        q=asked["q"],
        found_ids=ids_by_phone(session(), digits=digits, seen_by=me()),
    )
    missing = missing_by_station(session(), county=county.code, station_ids=ids, to=me())
    if asked["photos"] == "missing":
        found = [one for one in found if one.station.id in missing]
    programme = programme_here(county.code)
    questions = open_counts(session(), county=county.code, seen_by=me())

    def address(**changes: str | None) -> str:
        """This board with some filters changed; empty ones leave the address."""
        kept = {name: request.args.get(name) for name in ("sort", "down")}
        wanted: dict[str, Any] = {**asked, **kept, **changes}
        return url_for("desk_board.board", **{k: v for k, v in wanted.items() if v})

    ordered = _sorted(found, active, sort, down=down)
    whole = request.args.get("all") == "1"
    leaf = page_of(len(ordered), max(len(ordered), 1) if whole else PAGE_ROWS)
    closed = closed_stations(
        session(), seen_by=me(), q=asked["q"], township=asked["township"] or None
    )
    return page(
        "board.html",
        order=ORDER,
        leaf=leaf,
        closed=closed,
        closed_shown=asked["status"] == CLOSED or bool(asked["q"] and closed),
        bare=villages_without_station(session(), county=county.code, seen_by=me(), q=asked["q"]),
        asked=asked,
        filtered=any(asked.values()),
        count=len(ordered),
        found=leaf.of(ordered),
        active=active,
        missing=missing,
        sort=sort,
        down=down,
        address=address,
        summary=summary(everything),
        questions=sum(questions.get(station_id, 0) for station_id in ids),
        per_level=_per_level(everything),
        per_stage=Counter(one.station.stage for one in everything),
        programme=programme,
        progress=(
            progress(targets_of(session(), county, clock.today()), everything)
            if programme and whole_county_in_sight()
            else []
        ),
        standards=standards_for(standards_here(), clock.today(), county.code, county.standard_id),
    )
