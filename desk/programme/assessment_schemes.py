"""考核办法: the county's own items, points and rules, version by version."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import assessed_here, county_of_desk, me
from desk.frame.marks import carries
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.models.assessment import AssessmentScheme
from server.policy.plan.assessment import (
    ITEMS_AT_MOST,
    MEASURES,
    Item,
    Measure,
    Untold,
    Way,
    Whom,
    bands_text,
    points_text,
)
from server.policy.plan.duties import Deed
from server.policy.typed_days import read_day
from server.services.people.people import names_of
from server.services.people.scope import SEES_ROUNDS, refuse_unless_may_do
from server.services.reporting.assessments import may_assess
from server.services.reporting.schemes import (
    FIELDS,
    SchemeTyped,
    items_of,
    save_scheme,
    scheme_of,
    schemes_of,
)

blueprint = Blueprint("desk_schemes", __name__, url_prefix="/desk/assessments/schemes")
guard_desk(blueprint, *SEES_ROUNDS)
ROWS_AT_FIRST, ROWS_MORE = 8, 3


def whom_named(text: str) -> Whom:
    """Who is meant by an address or a form; townships where nobody is."""
    return next((one for one in Whom if one.value == text), Whom.TOWNSHIPS)


def _row(item: Item) -> dict[str, str]:
    return {
        "title": item.title,
        "points": points_text(item.points),
        "basis": item.basis,
        "way": item.way.value,
        "measure": item.measure,
        "untold": item.untold.value,
        "bands": bands_text(item.bands),
    }


def _typed_rows() -> list[dict[str, str]]:
    form = request.form
    return [
        {name: form.get(f"{name}-{number}", "") for name in FIELDS}
        for number in range(ITEMS_AT_MOST + ROWS_MORE)
        if f"title-{number}" in form
    ]


def _measures(whom: Whom, used: set[str]) -> list[Measure]:
    """What an item may be counted from here; without a standard nothing that judges."""
    judged = assessed_here()
    return [
        one
        for one in MEASURES.values()
        if one.whom is whom and (judged or not one.judges or one.key in used)
    ]


def _page(whom: Whom, shown: AssessmentScheme | None, problem: Problem | None = None) -> Any:
    every = schemes_of(session(), county=me().county, whom=whom)
    newest = every[0] if every else None
    shown = shown or newest
    items = items_of(shown) if shown else []
    rows = _typed_rows() if problem else [_row(one) for one in items]
    most = ITEMS_AT_MOST + ROWS_MORE
    blank = dict.fromkeys(FIELDS, "")
    rows += [blank] * (min(max(len(rows) + ROWS_MORE, ROWS_AT_FIRST), most) - len(rows))
    held = {
        "name": newest.name if newest else "",
        "basis": newest.basis if newest else "",
        "from_on": "",
        "because": "",
    }
    writes = may_assess(session(), me()) and shown is newest
    return page(
        "assessment_scheme.html",
        problem=problem,
        whom=whom,
        everybody=Whom,
        shown=shown,
        newest=newest,
        every=every,
        items=items,
        total=points_text(sum((one.points for one in items), Decimal(0))),
        writes=writes,
        rows=rows,
        values={name: request.form.get(name, one) for name, one in held.items()}
        if problem
        else held,
        seen=request.form.get("seen", "0") if problem else (newest.version if newest else 0),
        ways=Way,
        untolds=Untold,
        measures=_measures(whom, {row["measure"] for row in rows}),
        measure_of=MEASURES,
        bands_text=bands_text,
        points_text=points_text,
        who=names_of(session(), person_ids=[one.made_by for one in every]),
    )


@blueprint.get("")
def schemes() -> Any:
    """The newest version; whoever assesses writes the next one over it."""
    return _page(whom_named(request.args.get("whom", "")), None)


@blueprint.get("/<int:scheme_id>")
def scheme(scheme_id: int) -> Any:
    """One version as it was kept."""
    found = scheme_of(session(), county=me().county, scheme_id=scheme_id)
    return _page(found.whom, found)


@blueprint.post("")
@carries("seen")
def save() -> Any:
    """Keep what was typed as a new version."""
    refuse_unless_may_do(session(), me(), Deed.ASSESS)
    form = request.form
    whom = whom_named(form.get("whom", ""))
    with answering(lambda problem: _page(whom, None, problem)):
        made = save_scheme(
            session(),
            county=county_of_desk(),
            typed=SchemeTyped(
                whom=whom,
                name=form.get("name", ""),
                basis=form.get("basis", ""),
                from_on=read_day(form.get("from_on", ""), "施行日期", latest=None),
                rows=_typed_rows(),
                because=form.get("because", ""),
            ),
            seen=form.get("seen", 0, type=int),
            by=me(),
            now=clock.now(),
        )
    return done(
        f"考核办法第 {made.version} 版存好了。已经开的考核表仍照原来那一版。",
        url_for("desk_schemes.schemes", whom=whom.value),
    )
