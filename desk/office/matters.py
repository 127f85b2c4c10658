"""问题清单: problems from any source in one list, with filters, and as a table."""

from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me, whole_county_in_sight
from desk.frame.list_words import narrowed_in_words
from desk.frame.pages import page
from desk.frame.paging import page_of
from desk.frame.papers import anchor_now, table_out
from server.calendar import file_day, moment_text
from server.http import clock
from server.http.database import session
from server.http.guards import guard_desk
from server.models.matter import MatterSource
from server.services.county.counties import townships
from server.services.matters.heads import head_on
from server.services.matters.lists import (
    CHOICES,
    Wanted,
    matter_lines,
    matter_tally,
    sources_tallied,
)
from server.services.matters.rights import sources_open_to
from server.services.matters.views import units_holding

blueprint = Blueprint("desk_matters", __name__, url_prefix="/desk")
guard_desk(blueprint)
ROWS_A_PAGE = 100
FILTERS = ("q", "state", "source", "township", "unit")


def _asked() -> dict[str, str]:
    """The address's filters; what cannot be is left out."""
    asked = {name: request.args.get(name, "").strip() for name in FILTERS}
    asked["state"] = asked["state"] if asked["state"] in CHOICES else ""
    asked["source"] = asked["source"] if asked["source"] in MatterSource.labels() else ""
    return asked


def _wanted(asked: dict[str, str]) -> Wanted:
    return Wanted(asked["state"], asked["source"], asked["township"], asked["unit"], asked["q"])


@blueprint.get("/matters")
def matters() -> Any:
    """By default what is not closed, what is due first at the front."""
    asked, county = _asked(), county_of_desk()
    wanted = _wanted(asked)
    within: dict[str, Any] = {"county": county.code, "on": clock.today(), "seen_by": me()}
    counts = matter_tally(session(), **within, wanted=wanted)
    leaf = page_of(counts[asked["state"]], ROWS_A_PAGE)

    def address(**changes: str | None) -> str:
        kept: dict[str, Any] = {**asked, **changes}
        return url_for(
            "desk_matters.matters", **{name: value for name, value in kept.items() if value}
        )

    return page(
        "matters.html",
        asked=asked,
        address=address,
        kept_filters={name: value for name, value in asked.items() if value},
        counts=counts,
        choices=CHOICES,
        leaf=leaf,
        found=matter_lines(session(), **within, wanted=wanted, limit=leaf.size, offset=leaf.first),
        sources=sources_tallied(session(), county=county.code, seen_by=me()),
        places=townships(session(), county.code) if whole_county_in_sight() else [],
        units=units_holding(session(), county=county.code) if whole_county_in_sight() else [],
        head=head_on(session(), county=county.code, on=clock.today()),
        may_register=bool(sources_open_to(session(), me())),
    )


def _which(asked: dict[str, str]) -> str:
    """What the address narrows the list to, in words."""
    code = county_of_desk().code
    places = {one.code: one.name for one in townships(session(), code)}
    units = dict(units_holding(session(), county=code)) if asked["unit"] else {}
    return narrowed_in_words(
        CHOICES[asked["state"]],
        MatterSource.labels().get(asked["source"], ""),
        places.get(asked["township"], asked["township"]),
        units.get(asked["unit"], asked["unit"]),
        q=asked["q"],
    )


@blueprint.get("/matters.<any(xlsx, csv):kind>")
def table(kind: str) -> Any:
    """All lines that the filters leave, as a table."""
    from server.services.matters.sheets import matters_csv, matters_xlsx

    county, today = county_of_desk(), clock.today()
    lines = matter_lines(
        session(), county=county.code, on=today, seen_by=me(), wanted=_wanted(_asked())
    )
    title, which = f"{county.name}问题清单", _which(_asked())
    if kind == "csv":
        content = matters_csv(lines, which=which, taken=moment_text(clock.now()))
    else:
        content = matters_xlsx(lines, title=title, on=today, which=which, anchor=anchor_now())
    return table_out(content, f"{title}{file_day(today)}.{kind}")
