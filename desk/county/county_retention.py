"""个人信息保存多久: days by kind of position and photo, what stays anyway, what was erased."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http.database import session
from server.http.guards import guard_desk
from server.models.consent import ConsentState
from server.services.common import history
from server.services.common.seals import Value
from server.services.county.complaint_options import complaint_options
from server.services.county.retention_options import (
    PAUSED_LABEL,
    SETTINGS,
    USUAL,
    edit_retention,
    retention_options,
    retention_shown,
)
from server.services.people.scope import OFFICE
from server.services.retention.consents import A_PAGE, counts, standings
from server.services.retention.holds import WHY
from server.services.retention.round import LINES
from server.services.retention.wordings import earlier_texts, told, wordings

SHOWN = 20
blueprint = Blueprint("desk_county_retention", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _held() -> dict[str, str]:
    options = retention_options(county_of_desk())
    days = {str(kind): str(days) for kind, days in options.days.items()}
    return days | {"paused": "yes" if options.paused else ""}


def _merged() -> MergedForm:
    def told(field: str, value: Value) -> tuple[str, str]:
        if field not in SETTINGS:
            return PAUSED_LABEL, "是" if value else "否"
        return SETTINGS[field].label, f"{value}{SETTINGS[field].unit}"

    return merged(_held(), {name: request.form.get(name, "").strip() for name in _held()}, told)


def _page(problem: Problem | None = None) -> Any:
    form = _merged() if problem else opened(_held())
    county = county_of_desk()
    return page(
        "county_retention.html",
        problem=problem,
        form=form,
        typed=form.values,
        reason=request.form.get("reason", "").strip(),
        settings=SETTINGS,
        ours=USUAL,
        paused_label=PAUSED_LABEL,
        held_because=WHY,
        complaint_days=complaint_options(county).keep_days,
        lines=history.lines(
            session(),
            county=county.code,
            station_id=None,
            among=[one.value for one in LINES],
            limit=SHOWN,
        ),
    )


@blueprint.get("/retention")
def choices() -> Any:
    """Every kind with its days, what is kept all the same, and what was erased lately."""
    return _page()


@blueprint.post("/retention")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page):
        form = _merged()
        made = choices_saved(
            form,
            edit_retention,
            what="个人信息保存多久的设置",
            shown=retention_shown(retention_options(county_of_desk())),
            typed={name: str(value) for name, value in form.values.items()},
        )
    message = "改好了，今天夜里起按新的删；已经删掉的找不回来。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county_retention.choices"))


@blueprint.get("/consents")
def consents() -> Any:
    """Which keeper agreed to what, counted and by name, and the texts that are asked now."""
    county = county_of_desk()
    first = max(0, request.args.get("from", 0, int))
    found = standings(session(), county=county, first=first, most=A_PAGE + 1)
    return page(
        "county_consents.html",
        asked=wordings(county),
        earlier=earlier_texts(session(), county),
        told=told(county),
        counts=counts(session(), county=county),
        standings=found[:A_PAGE],
        states=ConsentState,
        first=first,
        more=first + A_PAGE if len(found) > A_PAGE else None,
        less=max(0, first - A_PAGE) if first else None,
    )
