"""乡镇电话: the townships' office numbers that keepers' phones show, also before they are bound."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, choices_saved, merged, opened
from desk.frame.pages import answering, done, page
from server.errors import Problem
from server.http.database import session
from server.http.guards import guard_desk
from server.services.common.seals import Value
from server.services.county.counties import townships
from server.services.county.telephones import edit_telephones, lines_of, telephones_shown
from server.services.people.scope import OFFICE

blueprint = Blueprint("desk_county_telephones", __name__, url_prefix="/desk/county")
guard_desk(blueprint, *OFFICE)


def _lines() -> list[str]:
    county = county_of_desk()
    return lines_of(county, townships(session(), county.code))


def _held() -> dict[str, str]:
    return {"telephones": "\n".join(_lines())}


def _merged() -> MergedForm:
    def told(_field: str, value: Value) -> tuple[str, str]:
        return "乡镇电话", str(value)

    return merged(_held(), {"telephones": request.form.get("telephones", "")}, told)


def _page(problem: Problem | None = None) -> tuple[str, int]:
    form = _merged() if problem else opened(_held())
    county = county_of_desk()
    return page(
        "county_telephones.html",
        problem=problem,
        form=form,
        typed=form.values["telephones"],
        reason=request.form.get("reason", "").strip(),
        hotline=county.hotline,
        places=townships(session(), county.code),
    )


@blueprint.get("/telephones")
def telephones() -> Any:
    """The numbers, one township a line."""
    return _page()


@blueprint.post("/telephones")
@carries("seal")
def save() -> Any:
    """Change them, with a reason that stays in the history."""
    with answering(_page):
        form = _merged()
        made = choices_saved(
            form,
            edit_telephones,
            what="县设置",
            shown=telephones_shown(_lines()),
            lines=form.values["telephones"].splitlines(),
        )
    message = "改好了，站长的手机下次连网就换成新的。" if made else "没有改动。"
    return done(message, url_for("desk_county_telephones.telephones"))
