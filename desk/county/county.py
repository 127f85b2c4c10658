"""The county's own settings: hotline, standard, and our choices in reading it, with their why."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import NotFound, Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.policy.setting import typed_numbers
from server.policy.standard.options import OPTIONS, SAFETY_ITEMS, SETTINGS
from server.policy.standard.standards import in_force
from server.services.common import history
from server.services.common.seals import Value
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
LABELS = {
    "hotline": "服务热线",
    "enabled": "本县的读法",
    "safety_items": "要核查的安全设备",
    "equipment": "本县的必要设备清单",
}
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


def _told(field: str, value: Value) -> tuple[str, str]:
    """A field of this page and a value of it, as people call them."""
    if field == "standard_id":
        names = {one.id: f"{one.jurisdiction_name}：{one.name}" for one in standards_here()}
        return "本县选用的标准", names.get(str(value), "")
    words = {"enabled": OPTIONS, "safety_items": SAFETY_ITEMS}.get(field, {})
    text = "、".join(words.get(one, one) for one in value) if isinstance(value, list) else value
    labels = {name: one.label for name, one in {**SETTINGS, **ROUND_SETTINGS}.items()}
    return {**labels, **NAMES, **LABELS}[field], text


def _merged() -> MergedForm:
    return merged(_held(), _sent(), _told)


def _merged_rounds() -> MergedForm:
    # A page opened before a number could be set does not send it: it stays as it is.
    held, form = _held_of_rounds(), request.form
    sent = {name: form.get(name, held[name]).strip() for name in (*NAMES, *ROUND_SETTINGS)}
    return merged(held, sent, _told, name="rounds_seal")


def _page(problem: Problem | None = None, *, on_rounds: bool = False) -> Any:
    """The page; what was refused stands in the form that it came from."""
    county = county_of_desk()
    form = _merged() if problem and not on_rounds else opened(_held())
    rounds = (
        _merged_rounds() if problem and on_rounds else opened(_held_of_rounds(), name="rounds_seal")
    )
    reason = request.form.get("reason", "").strip() if problem else ""
    binding = {one.id for one in in_force(standards_here(), clock.today(), county.code)}
    return page(
        "county.html",
        problem=problem,
        form=form,
        typed=form.values,
        reason="" if on_rounds else reason,
        rounds_form=rounds,
        rounds=rounds.values,
        rounds_reason=reason if on_rounds else "",
        round_settings=ROUND_SETTINGS,
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
    return {name: str(held) for name, held in asdict(round_options(county_of_desk())).items()}


@blueprint.get("/county")
def county() -> Any:
    """The settings, each with what it does."""
    return _page()


@blueprint.post("/county")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page, NotFound):
        form = _merged()
        made = choices_saved(
            form,
            edit_county,
            what="县设置",
            shown=settings_shown(county_of_desk(), standards_here()),
            changes=_changes(form.values),
            standards=standards_here(),
        )
    message = "县设置已经改好，各站的结论从现在起按新设置算。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county.county"))


@blueprint.post("/county/rounds")
@carries("rounds_seal")
def save_rounds() -> Any:
    """Change what this county chose about rounds, notices and photo requests."""
    with answering(lambda problem: _page(problem, on_rounds=True)):
        form = _merged_rounds()
        made = choices_saved(
            form,
            edit_round_options,
            what="县设置",
            shown=round_options_shown(round_options(county_of_desk())),
            typed=form.values,
        )
    message = "已经改好。已经定下的整改期限不变，以后的按新设置。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county.county"))
