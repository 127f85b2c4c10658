"""投诉的设置: the clock, the day's numbers, the weight in draws, how parcels come to the door."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http.guards import guard_desk
from server.services.common.seals import Value
from server.services.county.complaint_options import (
    DELIVERY_LABEL,
    LONGEST_DELIVERY,
    SETTINGS,
    ComplaintOptions,
    complaint_options,
    complaint_options_shown,
    edit_complaint_options,
)
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_county_complaints", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _held() -> dict[str, str]:
    return {name: str(one) for name, one in asdict(complaint_options(county_of_desk())).items()}


def _merged() -> MergedForm:
    def told(field: str, value: Value) -> tuple[str, str]:
        if field not in SETTINGS:
            return DELIVERY_LABEL, str(value)
        return SETTINGS[field].label, f"{value}{SETTINGS[field].unit}"

    return merged(_held(), {name: request.form.get(name, "").strip() for name in _held()}, told)


def _page(problem: Problem | None = None) -> Any:
    form = _merged() if problem else opened(_held())
    return page(
        "county_complaints.html",
        problem=problem,
        form=form,
        typed=form.values,
        reason=request.form.get("reason", "").strip(),
        settings=SETTINGS,
        ours=asdict(ComplaintOptions()),
        delivery_label=DELIVERY_LABEL,
        longest=LONGEST_DELIVERY,
    )


@blueprint.get("/complaints")
def choices() -> Any:
    """Every choice with its unit and limits."""
    return _page()


@blueprint.post("/complaints")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page):
        form = _merged()
        made = choices_saved(
            form,
            edit_complaint_options,
            what="投诉的设置",
            shown=complaint_options_shown(complaint_options(county_of_desk())),
            typed={name: str(value) for name, value in form.values.items()},
        )
    message = "改好了，以后收到的按新的算；已经定了的期限不变。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county_complaints.choices"))
