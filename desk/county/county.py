"""The county's own settings: hotline, standard, and our choices in reading it, with their why."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.pages import answering, done, page
from server.errors import Conflict, Invalid, NotFound, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.policy.standard.options import ABOUT_PERCENT, OPTIONS, SAFETY_ITEMS
from server.policy.standard.standards import in_force
from server.services.common import history
from server.services.county.actions import CountyAction
from server.services.county.counties import policy_options
from server.services.county.round_options import (
    LABELS,
    LIMITS,
    edit_round_options,
    round_options,
    round_options_seal,
)
from server.services.county.settings import edit_county, equipment_items, settings_seal
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_county", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
PAST_SHOWN = 10


def _held() -> dict[str, Any]:
    """What holds now, in the form's own shape."""
    county = county_of_desk()
    options = policy_options(county)
    return {
        "hotline": county.hotline,
        "standard_id": county.standard_id or "",
        "fresh_days": "" if options.fresh_days is None else str(options.fresh_days),
        "inspection_fresh_days": ""
        if options.inspection_fresh_days is None
        else str(options.inspection_fresh_days),
        "about_percent": str(options.about_percent),
        "enabled": sorted(options.enabled),
        "safety_items": list(options.safety_items),
        "equipment": "\n".join(name for _, name in options.equipment_items),
    }


def _sent() -> dict[str, Any]:
    form = request.form
    texts = ("hotline", "standard_id", "fresh_days", "inspection_fresh_days", "equipment")
    lists = ("enabled", "safety_items")
    sent = {name: form.get(name, "").strip() for name in texts} | {
        name: form.getlist(name) for name in lists
    }
    # A page opened before 左右 could be set does not send it: it stays as it is.
    return sent | {"about_percent": form.get("about_percent", _held()["about_percent"]).strip()}


def _days(text: str, label: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= 3650):
        raise Invalid(
            "county-setting-invalid", f"“{label}”应为1到3650的整天数，不要过期就留空。请改正。"
        )
    return int(text)


def _percent(text: str) -> int:
    low, high = ABOUT_PERCENT
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and low <= int(text) <= high):
        raise Invalid(
            "county-setting-invalid", f"“左右”放宽应为{low}到{high}的整数，不放宽就写0。请改正。"
        )
    return int(text)


def _changes(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The form as the service takes it; raises Invalid county-setting-invalid."""
    return {
        "hotline": sent["hotline"],
        "standard_id": sent["standard_id"] or None,
        "policy": {
            "fresh_days": _days(sent["fresh_days"], "站长、机器、县办的说法"),
            "inspection_fresh_days": _days(sent["inspection_fresh_days"], "督导员的说法"),
            "about_percent": _percent(sent["about_percent"]),
            "enabled": sent["enabled"],
            "safety_items": sent["safety_items"],
            "equipment_items": equipment_items(sent["equipment"].splitlines()),
        },
    }


def _page(
    typed: Mapping[str, Any] | None = None,
    reason: str = "",
    problem: Problem | None = None,
    rounds: Mapping[str, str] | None = None,
) -> Any:
    """The page; `typed` or `rounds` is what stands in the form that was refused."""
    county = county_of_desk()
    on_rounds = rounds is not None
    binding = {one.id for one in in_force(standards_here(), clock.today(), county.code)}
    return page(
        "county.html",
        problem=problem,
        typed=typed or _held(),
        reason="" if on_rounds else reason,
        rounds=rounds or {name: str(held) for name, held in _held_of_rounds().items()},
        rounds_reason=reason if on_rounds else "",
        rounds_seal=round_options_seal(county),
        round_limits=LIMITS,
        seal=settings_seal(county),
        standards=standards_here(),
        binding=binding,
        options=OPTIONS,
        safety=SAFETY_ITEMS,
        lines=history.lines(
            session(), county=county.code, action=CountyAction.COUNTY_EDITED, limit=PAST_SHOWN
        ),
    )


def _held_of_rounds() -> dict[str, Any]:
    return asdict(round_options(county_of_desk()))


@blueprint.get("/county")
def county() -> Any:
    """The settings, each with what it does."""
    return _page()


@blueprint.post("/county")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    sent, reason = _sent(), request.form.get("reason", "").strip()
    # After somebody else's change the form shows what holds now, not what stood here before.
    with answering(
        lambda problem: _page(None if isinstance(problem, Conflict) else sent, reason, problem),
        NotFound,
    ):
        made = edit_county(
            session(),
            county=county_of_desk(),
            changes=_changes(sent),
            by=me(),
            now=clock.now(),
            reason=reason,
            standards=standards_here(),
            seal=request.form.get("seal", ""),
        )
    message = "县设置已经改好，各站的结论从现在起按新设置算。" if made else "没有改动。"
    return done(message, url_for("desk_county.county"))


@blueprint.post("/county/rounds")
def save_rounds() -> Any:
    """Change what this county chose about rounds, notices and photo requests."""
    form = request.form
    typed = {name: form.get(name, "").strip() for name in LABELS}
    reason = form.get("reason", "").strip()
    # After somebody else's change the form shows what holds now, not what stood here before.
    with answering(
        lambda problem: _page(None, reason, problem, {} if isinstance(problem, Conflict) else typed)
    ):
        made = edit_round_options(
            session(),
            county=county_of_desk(),
            typed=typed,
            by=me(),
            now=clock.now(),
            reason=reason,
            seal=form.get("rounds_seal", ""),
        )
    message = "已经改好。已经定下的整改期限不变，以后的按新设置。" if made else "没有改动。"
    return done(message, url_for("desk_county.county"))
