"""The county's own settings: hotline, standard, and our choices in reading it, with their why."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.pages import answering, done, page
from server.errors import Conflict, NotFound, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.policy.setting import typed_numbers
from server.policy.standard.options import OPTIONS, SAFETY_ITEMS, SETTINGS
from server.policy.standard.standards import in_force
from server.services.common import history
from server.services.common.seals import seal
from server.services.county.actions import CountyAction
from server.services.county.counties import policy_options
from server.services.county.round_options import (
    NAMES,
    edit_round_options,
    round_options,
    round_options_shown,
)
from server.services.county.round_options import SETTINGS as ROUND_SETTINGS
from server.services.county.settings import edit_county, equipment_items, settings_shown
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_county", __name__, url_prefix="/desk")
guard_desk(blueprint, *OFFICE)
PAST_SHOWN = 10


def _held() -> dict[str, Any]:
    """What holds now, in the form's own shape."""
    county = county_of_desk()
    options = policy_options(county)
    numbers = {name: getattr(options, name) for name in SETTINGS}
    return {
        "hotline": county.hotline,
        "standard_id": county.standard_id or "",
        **{name: "" if number is None else str(number) for name, number in numbers.items()},
        "enabled": sorted(options.enabled),
        "safety_items": list(options.safety_items),
        "equipment": "\n".join(name for _, name in options.equipment_items),
    }


def _sent() -> dict[str, Any]:
    form = request.form
    # A page opened before a number could be set does not send it: it stays as it is.
    numbers = {name: form.get(name, _held()[name]).strip() for name in SETTINGS}
    texts = {name: form.get(name, "").strip() for name in ("hotline", "standard_id", "equipment")}
    return numbers | texts | {name: form.getlist(name) for name in ("enabled", "safety_items")}


def _changes(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The form as the service takes it; raises Invalid county-setting-invalid."""
    return {
        "hotline": sent["hotline"],
        "standard_id": sent["standard_id"] or None,
        "policy": {
            **typed_numbers(SETTINGS, sent),
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
        rounds_seal=seal(round_options_shown(round_options(county))),
        round_settings=ROUND_SETTINGS,
        seal=seal(settings_shown(county, standards_here())),
        standards=standards_here(),
        binding=binding,
        options=OPTIONS,
        safety=SAFETY_ITEMS,
        lines=history.lines(
            session(),
            county=county.code,
            station_id=None,
            action=CountyAction.COUNTY_EDITED,
            limit=PAST_SHOWN,
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
    # A page opened before a number could be set does not send it: it stays as it is.
    held = _held_of_rounds()
    typed = {name: form.get(name, str(held[name])).strip() for name in (*NAMES, *ROUND_SETTINGS)}
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
