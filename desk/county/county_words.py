"""站名的写法: how this county names stations of farms, 居委会 and 街道."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http.guards import guard_desk
from server.services.common.seals import Value
from server.services.county.place_words import (
    LABELS,
    LONGEST,
    PLACE,
    edit_place_words,
    place_words,
    place_words_shown,
)
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_county_words", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _merged() -> MergedForm:
    def told(field: str, value: Value) -> tuple[str, str]:
        return LABELS[field], str(value)

    held = place_words(county_of_desk())
    return merged(held, {kind: request.form.get(kind, held[kind]) for kind in LABELS}, told)


def _page(problem: Problem | None = None) -> Any:
    form = _merged() if problem else opened(place_words(county_of_desk()))
    return page(
        "county_words.html",
        problem=problem,
        form=form,
        labels=LABELS,
        place=PLACE,
        longest=LONGEST,
        reason=request.form.get("reason", "").strip(),
    )


@blueprint.get("/words")
def words() -> Any:
    """The wordings, one for each kind of place."""
    return _page()


@blueprint.post("/words")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page):
        form = _merged()
        made = choices_saved(
            form,
            edit_place_words,
            what="县设置",
            shown=place_words_shown(place_words(county_of_desk())),
            given=form.values,
        )
    message = "改好了，以后新登记的站照这样取名。" if made else "没有改动。"
    return done(message + form.told(), url_for("desk_county_words.words"))
