"""When 异常提示 ask: the county's own thresholds, and the kinds it does not want to be told of."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http.guards import guard_desk
from server.policy.setting import typed_numbers
from server.policy.signals.options import (
    KINDS,
    SETTINGS,
    SignalOptions,
)
from server.services.common.seals import Value
from server.services.people.scope import OFFICE
from server.services.signals.questions import (
    edit_signal_options,
    signal_options,
    signal_options_shown,
)

blueprint = Blueprint("desk_county_signals", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _held() -> dict[str, Any]:
    """What holds now, in the form's own shape."""
    options = signal_options(county_of_desk())
    return {name: str(getattr(options, name)) for name in SETTINGS} | {
        "ask": [kind for kind in KINDS if kind not in options.off]
    }


def _sent() -> dict[str, Any]:
    form = request.form
    return {name: form.get(name, "").strip() for name in SETTINGS} | {"ask": form.getlist("ask")}


def _values(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The form as the service takes it: whole numbers where there are some."""
    off = [kind for kind in KINDS if kind not in sent["ask"]]
    return typed_numbers(SETTINGS, sent) | {"off": off}


def _merged() -> MergedForm:
    def told(field: str, value: Value) -> tuple[str, str]:
        if field == "ask":
            return "问哪些", "、".join(KINDS.get(one, one) for one in value)
        return SETTINGS[field].label, f"{value}{SETTINGS[field].unit}"

    return merged(_held(), _sent(), told)


def _page(problem: Problem | None = None) -> Any:
    form = _merged() if problem else opened(_held())
    return page(
        "county_signals.html",
        problem=problem,
        form=form,
        typed=form.values,
        reason=request.form.get("reason", "").strip(),
        settings=SETTINGS,
        ours=SignalOptions(),
        kinds=KINDS,
    )


@blueprint.get("/signals")
def thresholds() -> Any:
    """Every threshold with its unit and limits."""
    return _page()


@blueprint.post("/signals")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page):
        form = _merged()
        made = choices_saved(
            form,
            edit_signal_options,
            what="异常提示的设置",
            shown=signal_options_shown(signal_options(county_of_desk())),
            values=_values(form.values),
        )
    message = "改好了，今天夜里起按新的问；已经问过的不变。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county_signals.thresholds"))
