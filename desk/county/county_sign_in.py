"""谁登录时要动态码: whom the county asks for a second factor."""

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
from server.models.second_factor import WHO_NEEDS_IT, WhoNeedsIt
from server.services.common.seals import Value, seal
from server.services.county.second_factor_rule import LABEL, edit_rule, rule_shown
from server.services.people.people import people_seen
from server.services.people.scope import AT_DESK, OFFICE
from server.services.people.second_factor import needs_second_factor, with_factor

blueprint = Blueprint("desk_county_sign_in", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _held() -> dict[str, str]:
    return {WHO_NEEDS_IT: WhoNeedsIt.in_county(county_of_desk()).value}


def _merged() -> MergedForm:
    def told(_field: str, value: Value) -> tuple[str, str]:
        return LABEL, next((one.label for one in WhoNeedsIt if one == value), str(value))

    return merged(_held(), {WHO_NEEDS_IT: request.form.get(WHO_NEEDS_IT, "")}, told)


def _page(problem: Problem | None = None) -> Any:
    form = _merged() if problem else opened(_held())
    there = with_factor(session(), county=me().county)
    county = county_of_desk()
    return page(
        "county_sign_in.html",
        problem=problem,
        form=form,
        typed=form.values,
        reason=request.form.get("reason", "").strip(),
        field=WHO_NEEDS_IT,
        choices=list(WhoNeedsIt),
        people=[
            (
                one,
                one.person.id in there,
                needs_second_factor(session(), one.person, county),
            )
            for one in people_seen(session(), county=me().county, seen_by=me())
            if one.person.role in AT_DESK and one.person.login
        ],
    )


@blueprint.get("/sign-in")
def rule() -> Any:
    """The choice, and who has set one up."""
    return _page()


@blueprint.post("/sign-in")
@carries("seal")
def save() -> Any:
    """Change it, with a reason that stays in the history."""
    with answering(_page):
        shown, form = seal(rule_shown(WhoNeedsIt.in_county(county_of_desk()))), _merged()
        form.refuse("county-changed-meanwhile", LABEL)
        made = edit_rule(
            session(),
            county=county_of_desk(),
            typed=str(form.values[WHO_NEEDS_IT]),
            by=me(),
            now=clock.now(),
            reason=request.form.get("reason", "").strip(),
            seal=shown,
        )
    message = "改好了，从各人下一次登录起算。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county_sign_in.rule"))
