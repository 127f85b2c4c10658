"""常用备注: the county's own sentences for inspectors, offered at the clauses that they fit."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http import clock
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.policy.standard.standards import standards_for
from server.services.common.seals import Value
from server.services.county.remarks import (
    AT_MOST,
    LONGEST,
    edit_remarks,
    remarks_of,
    remarks_shown,
)
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_county_remarks", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _clauses() -> dict[str, str]:
    """The clauses that may be named, each with the title of its first rule, in order."""
    county = county_of_desk()
    found: dict[str, str] = {}
    for one in standards_for(standards_here(), clock.today(), county.code, county.standard_id):
        for rule in one.rules:
            found.setdefault(rule.clause, rule.title)
    return found


def _held() -> dict[str, str]:
    return {"remarks": "\n".join(one.line for one in remarks_of(county_of_desk()))}


def _merged() -> MergedForm:
    def told(_field: str, value: Value) -> tuple[str, str]:
        return "常用备注", str(value)

    return merged(_held(), {"remarks": request.form.get("remarks", "")}, told)


def _page(problem: Problem | None = None) -> tuple[str, int]:
    form = _merged() if problem else opened(_held())
    return page(
        "county_remarks.html",
        problem=problem,
        form=form,
        typed=form.values["remarks"],
        reason=request.form.get("reason", "").strip(),
        clauses=_clauses(),
        at_most=AT_MOST,
        longest=LONGEST,
    )


@blueprint.get("/remarks")
def remarks() -> Any:
    """The sentences, one a line."""
    return _page()


@blueprint.post("/remarks")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page):
        form = _merged()
        made = choices_saved(
            form,
            edit_remarks,
            what="县设置",
            shown=remarks_shown(remarks_of(county_of_desk())),
            lines=form.values["remarks"].splitlines(),
            clauses=_clauses(),
        )
    message = "改好了，督导员下次“带上”名单时就有。" if made else "没有改动。"
    return done(message, url_for("desk_county_remarks.remarks"))
