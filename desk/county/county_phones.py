"""手机一天最多交多少: how many records, and how much of photos, one person may hand in a day."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.services.common.seals import Value, seal
from server.services.intake.quotas import SETTINGS, Quotas, edit_quotas, quotas, quotas_shown
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_county_phones", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _held() -> dict[str, str]:
    return {name: str(one) for name, one in asdict(quotas(county_of_desk())).items()}


def _merged() -> MergedForm:
    def told(field: str, value: Value) -> tuple[str, str]:
        return SETTINGS[field].label, f"{value}{SETTINGS[field].unit}"

    return merged(_held(), {name: request.form.get(name, "").strip() for name in SETTINGS}, told)


def _page(problem: Problem | None = None) -> Any:
    form = _merged() if problem else opened(_held())
    return page(
        "county_phones.html",
        problem=problem,
        form=form,
        typed=form.values,
        reason=request.form.get("reason", "").strip(),
        settings=SETTINGS,
        ours=asdict(Quotas()),
    )


@blueprint.get("/phones")
def shares() -> Any:
    """Both numbers with their limits."""
    return _page()


@blueprint.post("/phones")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page):
        shown, form = seal(quotas_shown(quotas(county_of_desk()))), _merged()
        form.refuse("county-changed-meanwhile", "手机一天最多交多少")
        made = edit_quotas(
            session(),
            county=county_of_desk(),
            typed={name: str(value) for name, value in form.values.items()},
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", "").strip(),
            seal=shown,
        )
    message = "改好了，从现在起按新的算。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county_phones.shares"))
